//! A campaign's name: the name of its folder, and what people type on the command line.

use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// The longest name, in characters.
pub(super) const LONGEST_NAME: usize = 64;

/// Why a text cannot be a campaign's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    /// There is nothing.
    Empty,
    /// There is a blank.
    Blank,
    /// There is a `/` or `\`.
    Separator,
    /// There is a dot; names with dots are the program's own, such as `.sent`.
    Dot,
    /// There is a capital letter; some systems take `Spring` and `spring` for one name.
    Capital,
    /// It begins with a hyphen, like an option.
    LeadingHyphen,
    /// There is another character that is no small letter, digit or hyphen.
    Character(char),
    /// It is too long; this many characters.
    Long(usize),
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Empty => "it is empty".to_owned(),
            Self::Blank => "there is a blank in it".to_owned(),
            Self::Separator => "there is a folder separator in it".to_owned(),
            Self::Dot => "there is a dot in it".to_owned(),
            Self::Capital => "there is a capital letter in it".to_owned(),
            Self::LeadingHyphen => "it begins with a hyphen".to_owned(),
            Self::Character(character) => format!("there is {character:?} in it"),
            Self::Long(length) => return write!(f, "it has {length} characters, at most {LONGEST_NAME} are possible"),
        };
        write!(f, "{what}, wanted small letters a to z, digits and hyphens")
    }
}

/// The first thing that keeps `name` from being a campaign's name.
pub(super) fn fault(name: &str) -> Option<NameFault> {
    let length = name.chars().count();
    match name.chars().find_map(character_fault) {
        Some(fault) => Some(fault),
        None if name.is_empty() => Some(NameFault::Empty),
        None if name.starts_with('-') => Some(NameFault::LeadingHyphen),
        None if length > LONGEST_NAME => Some(NameFault::Long(length)),
        None => None,
    }
}

fn character_fault(character: char) -> Option<NameFault> {
    match character {
        'a'..='z' | '0'..='9' | '-' | '_' => None,
        '/' | '\\' => Some(NameFault::Separator),
        '.' => Some(NameFault::Dot),
        _ if character.is_whitespace() => Some(NameFault::Blank),
        _ if character.is_uppercase() => Some(NameFault::Capital),
        _ => Some(NameFault::Character(character)),
    }
}

/// A name like `found` that can be used, if one can be made of its letters.
pub(super) fn suggestion(found: &str) -> Option<String> {
    // Who types `campaigns/spring/` means `spring`.
    let last = found
        .rsplit(['/', '\\'])
        .find(|part| !part.trim_matches(['.', ' ']).is_empty())?;
    let letters = last
        .to_lowercase()
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .map(|c| if character_fault(c).is_none() { c } else { '-' })
        .collect::<String>();
    let words: Vec<&str> = letters.split('-').filter(|word| !word.is_empty()).collect();
    let name: String = words.join("-").chars().take(LONGEST_NAME).collect();
    let name = name.trim_end_matches('-').to_owned();
    fault(&name).is_none().then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: &str, expected: Option<(NameFault, Option<&str>)>) {
        let fault = fault(found);
        assert_eq!(fault, expected.map(|(fault, _)| fault), "{found:?}");
        if let Some((_, name)) = expected {
            assert_eq!(suggestion(found).as_deref(), name, "{found:?}");
        }
    }

    #[test]
    fn a_name_is_a_slug_or_gets_one_suggested() {
        check("calmer", None);
        check("spring_2027-a", None);
        check("2027", None);
        check(&"a".repeat(64), None);
        check("", Some((NameFault::Empty, None)));
        check("  ", Some((NameFault::Blank, None)));
        check("Spring tips", Some((NameFault::Capital, Some("spring-tips"))));
        check("spring tips", Some((NameFault::Blank, Some("spring-tips"))));
        check("spring\u{a0}tips", Some((NameFault::Blank, Some("spring-tips"))));
        check("campaigns/spring/", Some((NameFault::Separator, Some("spring"))));
        check("..\\spring", Some((NameFault::Dot, Some("spring"))));
        check("../../etc", Some((NameFault::Dot, Some("etc"))));
        check("/", Some((NameFault::Separator, None)));
        check("..", Some((NameFault::Dot, None)));
        check(".sent", Some((NameFault::Dot, Some("sent"))));
        check("article.md", Some((NameFault::Dot, Some("article-md"))));
        check("--yes", Some((NameFault::LeadingHyphen, Some("yes"))));
        check("-", Some((NameFault::LeadingHyphen, None)));
        check("ruhe&kraft", Some((NameFault::Character('&'), Some("ruhe-kraft"))));
        check("gefühl", Some((NameFault::Character('ü'), Some("gefuhl"))));
        check("שלום", Some((NameFault::Character('ש'), None)));
        check("a\u{0}b", Some((NameFault::Character('\u{0}'), Some("a-b"))));
        check(&"a".repeat(65), Some((NameFault::Long(65), Some(&"a".repeat(64)))));
        let words = format!("{}-b", "a".repeat(63));
        check(&words, Some((NameFault::Long(65), Some(&"a".repeat(63)))));
    }

    #[test]
    fn a_fault_says_what_was_found_and_what_is_wanted() {
        let wanted = "wanted small letters a to z, digits and hyphens";
        assert_eq!(NameFault::Dot.to_string(), format!("there is a dot in it, {wanted}"));
        assert_eq!(NameFault::Character('&').to_string(), format!("there is '&' in it, {wanted}"));
        assert_eq!(
            NameFault::Long(70).to_string(),
            "it has 70 characters, at most 64 are possible"
        );
    }
}
