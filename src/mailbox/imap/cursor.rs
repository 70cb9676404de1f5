//! The place in a folder behind which everything is new.

use std::fmt;

/// The last mail that was looked at, and the numbering by which that is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The folder's UIDVALIDITY: another one means that all numbers are new (RFC 3501 §2.3.1.1).
    pub(super) validity: u32,
    /// The last UID that needs no more looking at; 0 before the first.
    pub(super) uid: u32,
}

impl Cursor {
    /// Where to go on in a folder with this numbering; at its beginning, where `kept` speaks of another one or of none.
    pub(super) fn resume(kept: Option<&str>, validity: u32) -> Self {
        let kept = kept.and_then(Self::parse).filter(|kept| kept.validity == validity);
        kept.unwrap_or(Self { validity, uid: 0 })
    }

    fn parse(text: &str) -> Option<Self> {
        let (validity, uid) = text.split_once(':')?;
        Some(Self {
            validity: validity.parse().ok()?,
            uid: uid.parse().ok()?,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.validity, self.uid)
    }
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn a_cursor_holds_for_one_numbering_only() {
        let check = |kept: Option<&str>, uid| assert_eq!(Cursor::resume(kept, 7), Cursor { validity: 7, uid });
        check(Some("7:12"), 12);
        check(Some(&Cursor { validity: 7, uid: 3 }.to_string()), 3);
        for odd in [None, Some("8:12"), Some("7:"), Some("7"), Some("7:-1"), Some("7:4294967296")] {
            check(odd, 0);
        }
    }
}
