//! A letter as it comes in after DATA or by BDAT: unstuffed, measured, and checked for what a good receiver refuses.
//!
//! Promises: only CRLF, dot, CRLF ends a letter; one with a bare CR or LF is read to its end and refused, so that nothing can be
//! smuggled behind a dot that another server might take for the end (CVE-2023-51764).

/// The largest letter taken, as at Gmail.
pub(super) const LARGEST: usize = 25 * 1024 * 1024;
/// RFC 5321 §4.5.3.1.6: a line of text, with its CRLF.
const LONGEST_LINE: usize = 1000;

/// A letter that is coming in.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    bytes: Vec<u8>,
    place: Place,
    /// Octets of the line that is coming in.
    line: usize,
    last: u8,
    fault: Option<Fault>,
}

/// Where in a line of DATA the wire is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// Behind a CRLF, or at the very beginning.
    #[default]
    Start,
    /// Behind a dot at the start.
    Dot,
    /// Behind a dot at the start and a CR.
    DotCr,
    /// Anywhere else; also behind a bare LF, which ends no line.
    Middle,
}

/// Why a letter is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    TooLarge,
    BareLineBreak,
    LongLine,
    Nul,
}

impl Fault {
    /// The whole reply.
    pub(super) fn reply(self) -> &'static str {
        match self {
            Fault::TooLarge => "552 5.3.4 the letter is larger than this relay takes",
            Fault::BareLineBreak => "550 5.6.0 the letter has a bare CR or LF",
            Fault::LongLine => "500 5.6.0 the letter has a line of more than 1000 octets",
            Fault::Nul => "550 5.6.0 the letter has a NUL",
        }
    }
}

impl Incoming {
    /// Takes octets of DATA; the number of those that belong to the letter, when its end was among them.
    pub(super) fn take_data(&mut self, octets: &[u8]) -> Option<usize> {
        octets.iter().position(|octet| self.take_octet(*octet)).map(|end| end + 1)
    }

    /// Takes octets of BDAT, as they are.
    pub(super) fn take_chunk(&mut self, octets: &[u8]) {
        octets.iter().for_each(|octet| self.add(*octet));
    }

    /// The letter, or why it is refused.
    pub(super) fn finish(self) -> Result<Vec<u8>, Fault> {
        match self.fault {
            Some(fault) => Err(fault),
            None if self.last == b'\r' => Err(Fault::BareLineBreak),
            None => Ok(self.bytes),
        }
    }

    /// True when this octet ends the letter.
    fn take_octet(&mut self, octet: u8) -> bool {
        match (self.place, octet) {
            (Place::Start, b'.') => self.place = Place::Dot,
            (Place::Dot, b'\r') => self.place = Place::DotCr,
            (Place::DotCr, b'\n') => return true,
            (Place::DotCr, _) => {
                self.add(b'\r');
                self.add_and_step(octet);
            }
            (Place::Start | Place::Dot | Place::Middle, _) => self.add_and_step(octet),
        }
        false
    }

    fn add_and_step(&mut self, octet: u8) {
        let line_ended = self.last == b'\r' && octet == b'\n';
        self.add(octet);
        self.place = if line_ended { Place::Start } else { Place::Middle };
    }

    fn add(&mut self, octet: u8) {
        self.line += 1;
        let fault = match (self.last, octet) {
            (b'\r', b'\n') if self.line > LONGEST_LINE => Some(Fault::LongLine),
            (b'\r', b'\n') => None,
            (b'\r', _) | (_, b'\n') => Some(Fault::BareLineBreak),
            (_, 0) => Some(Fault::Nul),
            (_, _) if self.bytes.len() >= LARGEST => Some(Fault::TooLarge),
            (_, _) => None,
        };
        self.fault = self.fault.or(fault);
        self.last = octet;
        if octet == b'\n' {
            self.line = 0;
        }
        // What is refused anyway need not be kept.
        match self.fault {
            Some(_) => self.bytes = Vec::new(),
            None => self.bytes.push(octet),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Octets on the wire; what follows the letter's end; the letter or its fault.
    fn check(wire: &str, expected: Option<(&str, Result<&str, Fault>)>) {
        for at_once in [1, 3, usize::MAX] {
            let mut incoming = Incoming::default();
            let mut rest = wire.as_bytes();
            let mut ended = false;
            while !ended && !rest.is_empty() {
                let (now, later) = rest.split_at(at_once.min(rest.len()));
                let taken = incoming.take_data(now);
                ended = taken.is_some();
                rest = if let Some(taken) = taken { &rest[taken..] } else { later };
            }
            let letter = incoming.finish().map(|bytes| String::from_utf8(bytes).unwrap());
            let found = ended.then(|| (std::str::from_utf8(rest).unwrap(), letter.as_deref().map_err(|fault| *fault)));
            assert_eq!(found, expected, "{wire:?}");
        }
    }

    #[test]
    fn only_a_dot_between_two_whole_line_ends_ends_a_letter() {
        check("a\r\n.\r\nQUIT\r\n", Some(("QUIT\r\n", Ok("a\r\n"))));
        check(".\r\n", Some(("", Ok(""))));
        check("..\r\n...b\r\n.\r\n", Some(("", Ok(".\r\n..b\r\n"))));
        check(".x\r\n.\r\n", Some(("", Ok("x\r\n"))));
        check("a\r\n.\r", None);
        check("a.\r\n", None);
    }

    #[test]
    fn nothing_can_be_smuggled_behind_a_dot() {
        for smuggled in [
            "a\n.\nMAIL\r\n.\r\n",
            "a\n.\r\nMAIL\r\n.\r\n",
            "a\r\n.\nMAIL\r\n.\r\n",
            "a\r.\rMAIL\r\n.\r\n",
            "a\r\n.\rMAIL\r\n.\r\n",
            "a\r\r\n.\r\nb\r\n.\r\n",
        ] {
            let mut incoming = Incoming::default();
            let taken = incoming.take_data(smuggled.as_bytes()).unwrap();
            let rest = &smuggled[taken..];
            assert!(rest.is_empty() || rest == "b\r\n.\r\n", "{smuggled:?} left {rest:?}");
            assert_eq!(incoming.finish(), Err(Fault::BareLineBreak), "{smuggled:?}");
        }
    }

    #[test]
    fn limits_are_kept() {
        let line = "x".repeat(998);
        check(&format!("{line}\r\n.\r\n"), Some(("", Ok(&format!("{line}\r\n")))));
        check(&format!("{line}x\r\n.\r\n"), Some(("", Err(Fault::LongLine))));
        check("a\0\r\n.\r\n", Some(("", Err(Fault::Nul))));
        let mut incoming = Incoming {
            bytes: vec![b'x'; LARGEST - 1],
            ..Incoming::default()
        };
        incoming.take_chunk(b"y");
        assert_eq!(incoming.fault, None);
        incoming.take_chunk(b"y");
        assert_eq!(incoming.finish(), Err(Fault::TooLarge));
    }
}
