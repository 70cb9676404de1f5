//! The guard against formulas: a cell that a spreadsheet would take for one opens with an apostrophe, and loses it when it is read back.
//!
//! Promises: what is guarded and read again is what it was, whatever it was.

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether a text would be a formula, or would become one when an apostrophe is taken off.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// The text as it goes into a file that a spreadsheet may open.
pub fn guard(text: &str) -> String {
    match is_formula(text) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// The text that was guarded; one that was not is itself.
pub fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{guard, unguard};

    #[test]
    fn formulas_are_guarded_and_names_are_not() {
        for (text, guarded) in [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("-2", "'-2"),
            ("+44 1225", "'+44 1225"),
            ("'=x", "''=x"),
            ("\tx", "'\tx"),
            ("O'Neill", "O'Neill"),
            ("'t Hooft", "'t Hooft"),
            ("", ""),
        ] {
            assert_eq!((guard(text).as_str(), unguard(guarded)), (guarded, text));
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_guarded_comes_back(text in "['=+@\t\r -]{0,4}[a-z']{0,3}") {
            let guarded = guard(&text);
            proptest::prop_assert_eq!(unguard(&guarded), &text);
            proptest::prop_assert!(!guarded.starts_with(super::FORMULA));
        }
    }
}
