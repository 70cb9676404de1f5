//! What was meant to be filled in, and what only looks like it.

use super::*;

fn found(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    in_words(text, "de", |_, what, _| found.push(what.to_owned()));
    found
}

#[test]
fn what_was_to_be_filled_in_is_found() {
    for (text, what) in [
        ("Dear [name], hello", "[name]"),
        ("Dear <Name>", "<Name>"),
        ("Hi {first_name}!", "{first_name}"),
        ("Hi {first name}!", "{first name}"),
        ("Hello %NAME%", "%NAME%"),
        ("Hello %%FirstName%%", "%%FirstName%%"),
        ("Hello *|FNAME|*", "*|FNAME|*"),
        ("Hello *|IF:FNAME|*", "*|IF:FNAME|*"),
        ("Hi [[Vorname]]", "[[Vorname]]"),
        ("on [insert date here] we", "[insert date here]"),
        ("[Your Name Here]", "[Your Name Here]"),
        ("${firstName}", "${firstName}"),
        ("Lorem ipsum dolor sit amet", "lorem ipsum"),
        (concat!("TO", "DO: write this"), concat!("TO", "DO")),
        ("bitte hier einfügen", "hier einfugen"),
        ("{first_name|fallback}", "{first_name|fallback}"),
    ] {
        assert_eq!(found(text), [what], "{text}");
    }
}

#[test]
fn the_next_step_fits_what_was_forgotten() {
    for (what, line, hint) in [
        ("[DATE]", "On [DATE] we open", "write what belongs here, or take it out"),
        (
            concat!("TO", "DO"),
            concat!("TO", "DO: more"),
            "write what belongs here, or take it out",
        ),
        ("lorem ipsum", "Lorem ipsum dolor", "write what belongs here, or take it out"),
        ("[clinic name]", "At [clinic name]", "write what belongs here, or take it out"),
        ("[FIRST NAME]", "[FIRST NAME],", "delete this line: the letter greets already"),
        (
            "[Name]",
            "Dear [Name], it is time",
            "delete this line: the letter greets already",
        ),
    ] {
        assert_eq!(fill(what, line, Text::Article), hint, "{line}");
    }
    assert!(fill("[name]", "When [name] comes", Text::Article).starts_with("take it out"));
    assert!(fill("[name]", "Dear [name]", Text::Template).contains("{{ greeting }}"));
}

#[test]
fn what_only_looks_alike_is_left_alone() {
    for text in [
        "30% of people and 40% of others",
        "[1] a footnote",
        "a < b and c > d",
        "see [Smith 2020]",
        "* a list",
        "|*Mon*|9-5|*Tue*|",
        "|**Mon**|9-5|**Tue**|",
        "| *a*|B|*c*|",
        "50 % Rabatt",
        "{0.1, 0.2}",
        "#1 and #2",
        "100% cotton 50% wool",
        concat!("XX", "XL"),
        "mastodon",
        "[sic]",
        "TBCs",
        "the name of the rose",
        "cost: $5 [approx.]",
        "Insert the key and turn",
        "<3",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn greetings_of_nobody_are_found() {
    for line in [
        "Dear ,",
        "Hello !",
        "Dear,",
        "Hi ,",
        "Liebe ,",
        "Sehr geehrte Frau ,",
        "Bonjour ,",
        "Cher/Chère ,",
        "Beste ,",
    ] {
        assert!(greets_nobody(line), "{line}");
    }
    for line in [
        "Hello,",
        "Hallo,",
        "Dear Ann,",
        "Dear friend,",
        "Bonjour,",
        "Guten Tag,",
        "Hi!",
        "Dear",
        "Hello",
        ",",
        "",
        "Hola,",
    ] {
        assert!(!greets_nobody(line), "{line}");
    }
}
