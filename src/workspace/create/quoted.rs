//! A text as a YAML scalar that reads back as the very same text.

use std::fmt::Write as _;

/// Words that YAML readers of one version or another take for something else than text.
const TAKEN: [&str; 9] = ["y", "n", "yes", "no", "true", "false", "on", "off", "null"];

/// `text` as one line of YAML: bare where nobody could misread it, else in double quotes.
pub(crate) fn quoted(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            _ if is_printable(character) => quoted.push(character),
            _ => write!(quoted, "\\U{:08X}", u32::from(character)).expect("a string takes every word"),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether `text` means itself without quotes, in a block as well as between brackets: it begins with a letter, so it is no number, date
/// or mark, and holds only what has no meaning in YAML.
fn is_plain(text: &str) -> bool {
    let tame = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.');
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(tame)
        && !text.ends_with(' ')
        && !TAKEN.contains(&text.to_ascii_lowercase().as_str())
}

/// Whether YAML 1.2 (§5.1, `c-printable`) lets the character stand for itself on one line; line and paragraph separators (1.1 broke lines
/// there) and the byte order mark do not.
fn is_printable(character: char) -> bool {
    matches!(character, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
    use std::collections::BTreeMap;

    fn check(text: &str, expected: &str) {
        assert_eq!(quoted(text), expected);
        assert_eq!(read_back(text), (text.to_owned(), vec![text.to_owned()]));
    }

    /// What YAML reads where the text stands as a value, and where it stands in brackets.
    fn read_back(text: &str) -> (String, Vec<String>) {
        let scalar = quoted(text);
        let yaml = format!("text: {scalar}\nafter: here\n");
        let mut value: BTreeMap<String, String> = serde_yaml::from_str(&yaml).unwrap_or_else(|error| panic!("{yaml}{error}"));
        assert_eq!(value["after"], "here");
        let list = serde_yaml::from_str(&format!("[{scalar}]")).unwrap_or_else(|error| panic!("[{scalar}]: {error}"));
        (value.remove("text").unwrap(), list)
    }

    #[test]
    fn a_title_is_quoted_only_where_yaml_could_misread_it() {
        check("Calmer days", "Calmer days");
        check("k7f2m9", "k7f2m9");
        check("article.md", "article.md");
        check("", r#""""#);
        check("Sale: 50% off", r#""Sale: 50% off""#);
        check("- dash", r#""- dash""#);
        check("#1 tip", r##""#1 tip""##);
        check("tip #1", r##""tip #1""##);
        check(r#"The "soft" way \o/"#, r#""The \"soft\" way \\o/""#);
        check("Ruhe 🧘 für alle", r#""Ruhe 🧘 für alle""#);
        check(
            "two\nlines\u{2028}\u{feff}\u{0}",
            r#""two\nlines\U00002028\U0000FEFF\U00000000""#,
        );
        check("trailing ", r#""trailing ""#);
        for word in [
            "No",
            "on",
            "null",
            "123456",
            "1e5",
            "2026-01-01",
            "~",
            "*a",
            "&a",
            "!a",
            "[a]",
            "{a: b}",
            "@a",
            "%a",
            "a, b",
        ] {
            check(word, &format!("\"{word}\""));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_text_reads_back_as_itself(text in any::<String>()) {
            prop_assert_eq!(read_back(&text), (text.clone(), vec![text]));
        }

        #[test]
        fn any_text_of_yaml_s_own_marks_reads_back_as_itself(text in "[-:#?!&*|>%@`'\"\\\\\\[\\]{},~ yno01.\t\r\n\u{85}\u{fffe}]{0,12}") {
            prop_assert_eq!(read_back(&text), (text.clone(), vec![text]));
        }
    }
}
