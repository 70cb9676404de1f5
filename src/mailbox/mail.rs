//! A mail, gathered from its bytes: kept up to a size, and known by its hash at any size.
//!
//! Knows nothing of what stands in it.

use aws_lc_rs::digest;
use std::io::{self, Read};

/// The most bytes of one mail that are kept; the rest only counts for its hash, and [`super::notice`] leaves such a mail to a person.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;

/// A mail as it lay in its box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The mail; line ends as they were. One that is larger than [`MOST_BYTES`] may end one byte after that.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes with line ends as LF, and without blank lines at the end: equal in every kind of box.
    pub hash: [u8; 32],
}

/// A mail that comes in pieces.
pub(super) struct Gathering {
    kept: Vec<u8>,
    digest: digest::Context,
    /// Line ends that count only if something follows them.
    line_ends: usize,
    /// A CR that is no part of a line end if no LF follows it.
    cr: bool,
}

impl Mail {
    /// A mail of these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        let mut gathering = Gathering::new();
        gathering.hash(&bytes);
        Self {
            hash: gathering.finish().hash,
            bytes,
        }
    }

    /// The mail that `reader` gives up to its end.
    pub(super) fn from_reader(reader: &mut dyn Read) -> io::Result<Self> {
        let mut gathering = Gathering::new();
        let mut piece = vec![0; 64 * 1024];
        loop {
            match reader.read(&mut piece) {
                Ok(0) => return Ok(gathering.finish()),
                Ok(read) => gathering.push(&piece[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Gathering {
    pub(super) fn new() -> Self {
        Self {
            kept: Vec::new(),
            digest: digest::Context::new(&digest::SHA256),
            line_ends: 0,
            cr: false,
        }
    }

    /// The next piece.
    pub(super) fn push(&mut self, piece: &[u8]) {
        let room = (MOST_BYTES + 1).saturating_sub(self.kept.len());
        self.kept.extend_from_slice(&piece[..piece.len().min(room)]);
        self.hash(piece);
    }

    /// How many bytes are kept so far.
    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    /// The whole mail.
    pub(super) fn finish(self) -> Mail {
        let mut hash = [0; 32];
        hash.copy_from_slice(self.digest.finish().as_ref());
        Mail { bytes: self.kept, hash }
    }

    fn hash(&mut self, mut piece: &[u8]) {
        while let Some(&first) = piece.first() {
            let plain = piece.iter().take_while(|byte| !matches!(byte, b'\r' | b'\n')).count();
            let (now, rest) = piece.split_at(plain.max(1));
            match first {
                // The CR before it belongs to the line end.
                b'\n' => (self.line_ends, self.cr) = (self.line_ends + 1, false),
                b'\r' if !self.cr => self.cr = true,
                b'\r' => {
                    self.settle();
                    self.cr = true;
                }
                _ => {
                    self.settle();
                    self.digest.update(now);
                }
            }
            piece = rest;
        }
    }

    /// Something follows: what was held back counts.
    fn settle(&mut self) {
        for _ in 0..std::mem::take(&mut self.line_ends) {
            self.digest.update(b"\n");
        }
        if std::mem::take(&mut self.cr) {
            self.digest.update(b"\r");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the hash is of, said in the plainest way.
    fn hashed(bytes: &[u8]) -> Vec<u8> {
        let mut lines = Vec::new();
        for line in bytes.split(|&byte| byte == b'\n') {
            lines.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            lines.push(b'\n');
        }
        while lines.last() == Some(&b'\n') {
            lines.pop();
        }
        digest::digest(&digest::SHA256, &lines).as_ref().to_vec()
    }

    #[test]
    fn a_mail_is_the_same_in_every_box() {
        let hash = |text: &str| Mail::new(text.as_bytes().to_vec()).hash;
        assert_eq!(hash("A: b\r\n\r\nc\r\n"), hash("A: b\n\nc\n\n"));
        assert_ne!(hash("A: b\n\nc\n"), hash("A: b\n\nd\n"));
    }

    #[test]
    fn a_giant_is_kept_up_to_a_size_and_known_by_all_of_it() {
        let giant = |last: u8| {
            let mut bytes = vec![b'a'; MOST_BYTES + 5];
            bytes.push(last);
            bytes
        };
        let (one, other) = (giant(b'1'), giant(b'2'));
        let read = |bytes: &[u8]| Mail::from_reader(&mut &bytes[..]).unwrap();
        assert_eq!(read(&one).bytes.len(), MOST_BYTES + 1);
        assert_eq!(read(&one).hash, Mail::new(one.clone()).hash);
        assert_ne!(read(&one).hash, read(&other).hash);
    }

    proptest! {
        #[test]
        fn pieces_make_the_hash_of_the_whole(pieces in prop::collection::vec(prop::collection::vec(prop::sample::select(b"ab\r\n".to_vec()), 0..9), 0..9)) {
            let mut gathering = Gathering::new();
            pieces.iter().for_each(|piece| gathering.push(piece));
            let whole = pieces.concat();
            prop_assert_eq!(gathering.len(), whole.len());
            prop_assert_eq!(gathering.finish().hash.to_vec(), hashed(&whole));
            prop_assert_eq!(Mail::new(whole.clone()).hash.to_vec(), hashed(&whole));
        }
    }
}
