//! Claims and what only sounds like one, in seven languages.

use super::*;
use crate::letter::lint::reading;

fn names(text: &str, language: &str) -> Vec<&'static str> {
    let mut report = Report::of("a.md", text, 1);
    of(&mut report, &reading::of_markdown(text), language);
    report
        .findings()
        .into_iter()
        .filter_map(|finding| finding.name.map(|name| name.as_str()))
        .collect()
}

#[test]
fn claims_are_found_in_seven_languages() {
    for (language, text, name) in [
        ("en", "Our massage cures back pain.", "claim-cure"),
        ("en", "Results guaranteed.", "claim-guarantee"),
        ("en", "It is 100% effective.", "claim-hundred"),
        ("en", "It works in 100 per cent of cases.", "claim-hundred"),
        ("en", "It boosts your\nimmune system.", "claim-immunity"),
        ("en", "This tea prevents the flu.", "claim-prevents"),
        ("en", "It protects you against COVID-19.", "claim-prevents"),
        ("en", "A small miracle in a jar.", "claim-miracle"),
        ("en", "It has no side effects.", "claim-safe"),
        ("en", "Our oil flushes out toxins.", "claim-detox"),
        ("en", "See the before and after photos.", "claim-before-after"),
        ("en", "Ask us about Botox.", "claim-medicine"),
        ("en", "Book a free consultation today.", "claim-free"),
        ("en", "Not only that: because it cures pain.", "claim-cure"),
        ("en", "We never stop: we cure your pain.", "claim-cure"),
        ("en", "No pain anymore – guaranteed!", "claim-guarantee"),
        ("en", "It heals psoriasis.", "claim-cure"),
        ("en", "Pain-free in 3 sessions.", "claim-cure"),
        ("en", "See our before-and-after gallery.", "claim-before-after"),
        (
            "en",
            "> The best massage I ever had, my back pain disappeared. -- Maria K.",
            "claim-testimonial",
        ),
        ("de", "Die Massage heilt Rückenschmerzen.", "claim-cure"),
        ("de", "Wir garantieren den Erfolg.", "claim-guarantee"),
        ("de", "Massage stärkt Ihr Immunsystem.", "claim-immunity"),
        ("de", "Sie schützt Sie vor der Grippe.", "claim-prevents"),
        ("de", "Ganz ohne Nebenwirkungen.", "claim-safe"),
        ("de", "Vorher-Nachher-Bilder sehen Sie hier.", "claim-before-after"),
        ("de", "Kostenlose Beratung für alle.", "claim-free"),
        ("fr", "Le massage guérit le mal de dos.", "claim-cure"),
        ("fr", "Il renforce l’immunité.", "claim-immunity"),
        ("fr", "Résultat garanti.", "claim-guarantee"),
        ("fr", "Une séance gratuite.", "claim-free"),
        ("es", "El masaje cura el dolor.", "claim-cure"),
        ("es", "Refuerza el sistema inmunitario.", "claim-immunity"),
        ("es", "Resultados garantizados.", "claim-guarantee"),
        ("it", "Il massaggio guarisce il mal di schiena.", "claim-cure"),
        ("it", "Rafforza l'immunità.", "claim-immunity"),
        ("nl", "Massage geneest rugpijn.", "claim-cure"),
        ("nl", "Het versterkt uw immuunsysteem.", "claim-immunity"),
        ("pt", "A massagem cura a dor.", "claim-cure"),
        ("pt", "Reforça a imunidade.", "claim-immunity"),
        (
            "en",
            "> “I could not walk. After two sessions my pain was gone.” — Anna, 43",
            "claim-testimonial",
        ),
        (
            "de",
            "„Ich konnte nicht gehen, nach zwei Terminen war mein Rücken frei.“ – Anna K.",
            "claim-testimonial",
        ),
        (
            "en",
            "“My neck has never felt better, I can recommend it”, says our patient Tom.",
            "claim-testimonial",
        ),
    ] {
        assert_eq!(names(text, language), [name], "{language}: {text}");
    }
}

#[test]
fn what_only_sounds_like_a_claim_is_left_alone() {
    for (language, text) in [
        ("en", "A massage cannot cure a cold."),
        ("en", "There is no cure for the common cold."),
        ("en", "We give no guarantee."),
        ("en", "Nobody can guarantee that."),
        ("en", "It does not boost your immune system."),
        ("en", "Does it prevent the flu?"),
        ("en", "A secure place, a manicure, an obscure guaranty."),
        ("en", "Dry-cured ham and 100% cotton sheets."),
        ("en", "Feel free to ring us; try sugar-free tea."),
        ("en", "A free consultation, valid until 3 March; terms at the desk."),
        ("en", "Eat before and after your walk."),
        ("en", "If someone promises you a miracle, be polite."),
        ("en", "It is not without side effects."),
        ("en", "> A walk in daylight does more than any oil."),
        ("en", "“Where does it hurt?” is what we ask first."),
        ("de", "Eine Massage heilt keine Erkältung."),
        ("de", "Massage kann Schmerzen nicht heilen."),
        ("de", "Niemand kann das garantieren."),
        ("de", "Wir garantieren nichts."),
        ("de", "Die Kasse zahlt zu 100 %."),
        ("en", "You are 100% welcome."),
        ("de", "Die Wundheilung braucht Zeit."),
        ("fr", "Le massage ne guérit pas la grippe."),
        ("fr", "Aucun résultat n’est garanti."),
        ("es", "El masaje no cura la gripe."),
        ("it", "Il massaggio non guarisce, ma rilassa. Prenditi cura di te."),
        ("nl", "Massage geneest geen griep."),
        ("pt", "A massagem não cura a gripe."),
        ("ar", "التدليك راحة للجسم"),
        ("", "cures"),
    ] {
        assert_eq!(names(text, language), [""; 0], "{language}: {text}");
    }
}

#[test]
fn every_row_is_of_a_known_claim_and_folded() {
    for (language, patterns) in PATTERNS.iter() {
        for pattern in patterns.values().flatten() {
            assert!(
                pattern.name == "except" || CLAIMS.iter().any(|claim| claim.name == pattern.name),
                "{language} {}",
                pattern.name
            );
            for wanted in &pattern.words {
                if let Wanted::Word(word) | Wanted::Start(word) = wanted {
                    assert!(*word == "%" || folded(word) == *word, "{language} {word}");
                }
            }
        }
    }
    for claim in CLAIMS {
        let covered = |language: &str| {
            PATTERNS[language]
                .values()
                .flatten()
                .any(|pattern| pattern.name == claim.name)
        };
        assert!(
            covered("any") || ["en", "de", "fr", "es", "it", "nl", "pt"].into_iter().all(covered),
            "{}",
            claim.name
        );
    }
}
