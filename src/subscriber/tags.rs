//! Several words in one cell, as programs export tags and people type them.
//!
//! Promises: two spellings that a person would call the same tag are one; what is not a letter keeps its meaning, so that `A+` is not `A-`.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What parts one tag of a cell from the next.
const PARTING: [char; 3] = [',', ';', '|'];

/// What stands around a tag without belonging to it.
const QUOTES: [char; 11] = ['"', '\'', '“', '”', '„', '‘', '’', '«', '»', '‹', '›'];

/// The tags of a cell, as written, without quotes and blanks around them.
pub fn split(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(PARTING)
        .map(|tag| tag.trim_matches(|c: char| c.is_whitespace() || QUOTES.contains(&c)))
        .filter(|tag| !tag.is_empty())
}

/// A tag as it is compared: lower case, without accents; blanks, underscores and the hyphens inside a word are one.
pub fn fold(tag: &str) -> String {
    let mut folded = String::with_capacity(tag.len());
    let letters = tag
        .trim()
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase);
    let mut letters = letters.peekable();
    while let Some(c) = letters.next() {
        let joins = match c {
            '_' => true,
            '-' => folded.ends_with(char::is_alphanumeric) && letters.peek().is_some_and(|next| next.is_alphanumeric()),
            c => c.is_whitespace(),
        };
        match joins {
            true if folded.is_empty() || folded.ends_with(' ') => {}
            true => folded.push(' '),
            false => folded.push(c),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::{fold, split};

    #[test]
    fn a_cell_is_parted_where_programs_part_it() {
        let check = |cell: &str, tags: &[&str]| assert_eq!(split(cell).collect::<Vec<_>>(), tags, "{cell}");
        check("massage; sauna", &["massage", "sauna"]);
        check("\"massage\",\"deep tissue\"", &["massage", "deep tissue"]);
        check("massage|„Sauna“|", &["massage", "Sauna"]);
        check("  ", &[]);
        check(";,|", &[]);
        check("new client", &["new client"]);
    }

    #[test]
    fn spellings_of_one_tag_are_one() {
        for (one, other) in [
            ("Deep-Tissue", "deep tissue"),
            ("deep_tissue", "Deep  Tissue"),
            ("Café", "cafe"),
            ("VIP", "vip"),
        ] {
            assert_eq!(fold(one), fold(other));
        }
        assert_ne!(fold("A+"), fold("A-"));
        assert_ne!(fold("massage"), fold("massages"));
        assert_eq!(fold("-"), "-");
    }

    proptest::proptest! {
        #[test]
        fn folding_twice_changes_nothing(tag in "\\PC{0,16}") {
            proptest::prop_assert_eq!(fold(&fold(&tag)), fold(&tag));
        }
    }
}
