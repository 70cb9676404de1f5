//! One edition in several languages: everybody reads their own, and nobody another's.

use super::{BARE, SHIPPED, recipient, sources, stamp, text_of};
use crate::article::Article;
use crate::letter::compile::{Compiled, compile};
use crate::letter::{Sources, Vocabulary};
use std::collections::BTreeSet;

fn in_languages(files: &[(&str, &str)], own: &str, others: &[&str]) -> Sources {
    let mut sources = sources(files, "In en", "Body in en.");
    own.clone_into(&mut sources.article.language);
    let variant = |language: &&str| Article {
        file: format!("calm.{language}.md"),
        language: (*language).to_owned(),
        subject: format!("In {language}"),
        markdown: format!("Body in {language}."),
        ..sources.article.clone()
    };
    sources.article.variants = others.iter().map(variant).collect();
    sources
}

fn edition() -> Compiled {
    compile(&in_languages(&[("letter.html", BARE)], "en", &["de", "ar", "pt-BR", "de-AT"])).unwrap()
}

#[test]
fn the_column_chooses_and_what_is_unknown_is_the_editions_own() {
    let edition = edition();
    for (written, expected) in [
        (Some("de"), "de"),
        (Some("de-CH"), "de"),
        (Some("de_at"), "de-AT"),
        (Some(" Deutsch "), "de"),
        (Some("German"), "de"),
        (Some("العربية"), "ar"),
        (Some("ar-EG"), "ar"),
        (Some("pt"), "pt-BR"),
        (Some("en-GB"), "en"),
        (Some("Klingon"), "en"),
        (Some("d"), "en"),
        (Some(""), "en"),
        (None, "en"),
    ] {
        let columns: Vec<(&str, &str)> = written.iter().map(|written| ("language", *written)).collect();
        let rendered = edition.render(&recipient("ann@example.org", &columns)).unwrap();
        assert_eq!(rendered.language, expected, "{written:?}");
        assert_eq!(rendered.subject, format!("In {expected}"));
        assert!(rendered.html.contains(&format!("Body in {expected}.")), "{written:?}");
        assert!(rendered.text.contains(&format!("Body in {expected}.")), "{written:?}");
    }
}

#[test]
fn every_person_is_greeted_in_their_own_language() {
    let edition = compile(&in_languages(SHIPPED, "en", &["de", "ar"])).unwrap();
    for (language, greeting, dir) in [
        ("de", "Guten Tag Ann,", "ltr"),
        ("ar", "مرحبًا Ann،", "rtl"),
        ("fr", "Dear Ann,", "ltr"),
    ] {
        let ann = recipient("ann@example.org", &[("language", language), ("first_name", "Ann")]);
        let rendered = edition.render(&ann).unwrap();
        assert!(
            rendered.text.contains(greeting) && rendered.html.contains(greeting),
            "{language}: {}",
            rendered.text
        );
        assert!(rendered.html.contains(&format!("dir=\"{dir}\"")), "{language}");
        let letter = edition.compose(&ann, &stamp("a1")).unwrap();
        assert!(text_of(&letter).contains("List-Id: \"Riverside Massage Clinic\" <k7f2m9.riverside.example>"));
    }
}

#[test]
fn what_is_wrong_is_found_in_every_language_and_said_once() {
    let mut wrong = in_languages(&[("letter.html", "{{ citty }} {{ greeting }}")], "en", &["de", "ar"]);
    wrong.article.variants[0].subject = "{{ nmae }}".to_owned();
    let edition = compile(&wrong).unwrap();
    let names = edition.check_names(&BTreeSet::new());
    let said: Vec<(&str, &str)> = names
        .iter()
        .map(|found| (found.file.as_str(), found.text.split('`').nth(1).unwrap()))
        .collect();
    assert_eq!(said, [("templates/letter.html", "citty"), ("calm.de.md", "subject")]);
    wrong.article.variants[1].markdown = "{{ x }}".to_owned();
    wrong.template.files[0].text = "{{ x | uper }}".to_owned();
    let found: Vec<String> = compile(&wrong)
        .err()
        .unwrap()
        .iter()
        .map(|found| found.file.clone())
        .collect();
    assert_eq!(found, ["templates/letter.html", "calm.ar.md"]);
}

#[test]
fn the_languages_are_frozen_with_the_edition() {
    let sources = in_languages(&[("letter.html", BARE)], "en", &["de"]);
    let thawed: Sources = serde_json::from_str(&serde_json::to_string(&sources).unwrap()).unwrap();
    assert_eq!(thawed, sources);
    assert_eq!(
        compile(&thawed)
            .unwrap()
            .versions()
            .map(Compiled::language)
            .collect::<Vec<_>>(),
        ["en", "de"]
    );
}

#[test]
fn an_edition_goes_on_in_the_words_that_it_began_with() {
    let mut old = in_languages(&[("letter.html", BARE)], "pl", &[]);
    let ann = recipient("ann@example.org", &[("first_name", "Ann")]);
    assert!(
        compile(&old)
            .unwrap()
            .render(&ann)
            .unwrap()
            .html
            .contains("Dzień dobry, Ann,")
    );
    old.vocabulary = Vocabulary::First;
    assert!(compile(&old).unwrap().render(&ann).unwrap().html.contains("Dear Ann,"));
}

#[test]
fn a_number_keeps_its_order_among_words_that_run_the_other_way() {
    for (language, vocabulary, html, text) in [
        (
            "ar",
            Vocabulary::Whole,
            "<span dir=\"ltr\">01225 000000</span>",
            "\u{200e}01225 000000\u{200e}",
        ),
        (
            "he",
            Vocabulary::Whole,
            "<span dir=\"ltr\">01225 000000</span>",
            "\u{200e}01225 000000\u{200e}",
        ),
        ("en", Vocabulary::Whole, " 01225 000000.", " 01225 000000."),
        ("ar", Vocabulary::First, " 01225 000000.", " 01225 000000."),
    ] {
        let mut sources = in_languages(&[("letter.html", BARE)], language, &[]);
        sources.vocabulary = vocabulary;
        sources.article.markdown = "Ring 01225 000000.".to_owned();
        let edition = compile(&sources).unwrap();
        let rendered = edition.render(&recipient("ann@example.org", &[])).unwrap();
        assert!(rendered.html.contains(html), "{language}: {}", rendered.html);
        assert!(rendered.text.contains(text), "{language}: {}", rendered.text);
    }
}
