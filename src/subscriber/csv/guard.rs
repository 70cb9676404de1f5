//! The guard before formulas: a cell that a spreadsheet would compute is written with an apostrophe in front, and read without it.
//!
//! Promises: what is written guarded comes back exactly as it was, apostrophes of its own included. Spreadsheets run what starts
//! with `=`, `+`, `-` or `@`, and look behind a tabulator or a carriage return (OWASP, "CSV injection").

use std::borrow::Cow;

/// The text as it may stand in a CSV file that a spreadsheet will open.
pub fn guard(text: &str) -> Cow<'_, str> {
    match wants_guard(text) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// The text behind its guard.
pub fn unguard(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| wants_guard(rest)).unwrap_or(text)
}

/// Whether a text would be computed, or looks like one that was guarded.
fn wants_guard(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::{guard, unguard};

    #[test]
    fn what_a_spreadsheet_would_compute_is_guarded() {
        for (text, guarded) in [
            ("=1+1", "'=1+1"),
            ("-2", "'-2"),
            ("@x", "'@x"),
            ("\t=1", "'\t=1"),
            ("'=1", "''=1"),
            ("'t Hooft", "'t Hooft"),
            ("Ann", "Ann"),
            ("", ""),
            ("'", "'"),
        ] {
            assert_eq!(guard(text), guarded);
            assert_eq!(unguard(guarded), text);
        }
        assert_eq!(unguard("=1"), "=1", "what nobody guarded stays");
    }

    proptest::proptest! {
        #[test]
        fn what_is_guarded_comes_back(text in "'{0,3}[=+@\t\r-]?\\PC{0,5}") {
            let guarded = guard(&text);
            assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r']));
            assert_eq!(unguard(&guarded), text);
        }
    }
}
