//! Whether bytes can go over the wire: line ends, line lengths, and nothing outside ASCII.
//!
//! Promises: reads every byte and costs a microsecond, and only where something is wrong another look to say where. Knows RFC 5322's form, not what a letter says.

use memchr::{memchr, memchr2};

/// RFC 5322 §2.1.1, without the CRLF.
const LONGEST_LINE: usize = 998;

/// Why bytes are no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireFault {
    /// A CR without LF, or an LF without CR.
    #[error("line {line} of the letter ends in a bare CR or LF")]
    BareLineEnd {
        /// The line, from 1.
        line: usize,
    },
    /// A NUL.
    #[error("line {line} of the letter holds a NUL")]
    Nul {
        /// The line, from 1.
        line: usize,
    },
    /// A byte outside ASCII.
    #[error("line {line} of the letter holds a byte outside ASCII")]
    NotAscii {
        /// The line, from 1.
        line: usize,
    },
    /// A line over 998 octets.
    #[error("line {line} of the letter has {length} octets, at most 998 are allowed")]
    LongLine {
        /// The line, from 1.
        line: usize,
        /// How long it is.
        length: usize,
    },
    /// The last line has no end.
    #[error("the letter does not end in a line end")]
    Unfinished,
}

/// Whether `bytes` can go over any wire: CRLF only, no NUL, ASCII, no line over 998 octets.
///
/// # Errors
/// The first thing that is wrong.
pub fn wire(bytes: &[u8]) -> Result<(), WireFault> {
    match is_sound(bytes) {
        true => Ok(()),
        false => lines(bytes, |_, line| line.is_ascii()),
    }
}

/// The same for a person whose own address is not ASCII: `To` may then be UTF-8 (RFC 6532 §3.2), because only SMTPUTF8 carries it.
///
/// # Errors
/// The first thing that is wrong.
pub fn wire_utf8(bytes: &[u8]) -> Result<(), WireFault> {
    lines(bytes, |header, line| {
        line.is_ascii() || header && std::str::from_utf8(line).is_ok()
    })
}

/// Whether [`lines`] would find nothing wrong with an ASCII letter.
fn is_sound(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(length) = memchr2(b'\r', b'\n', rest) {
        match &rest[length..] {
            [b'\r', b'\n', behind @ ..] if length <= LONGEST_LINE => rest = behind,
            _ => return false,
        }
    }
    rest.is_empty() && !bytes.is_empty() && bytes.is_ascii() && memchr(0, bytes).is_none()
}

fn lines(bytes: &[u8], letters_are_sound: impl Fn(bool, &[u8]) -> bool) -> Result<(), WireFault> {
    let Some(body) = bytes.strip_suffix(b"\n") else {
        return Err(WireFault::Unfinished);
    };
    let mut header = true;
    for (number, line) in body.split(|&byte| byte == b'\n').enumerate() {
        let number = number + 1;
        let Some(line) = line.strip_suffix(b"\r").filter(|line| !line.contains(&b'\r')) else {
            return Err(WireFault::BareLineEnd { line: number });
        };
        if line.contains(&0) {
            return Err(WireFault::Nul { line: number });
        }
        if line.len() > LONGEST_LINE {
            return Err(WireFault::LongLine {
                line: number,
                length: line.len(),
            });
        }
        header &= !line.is_empty();
        if !letters_are_sound(header, line) {
            return Err(WireFault::NotAscii { line: number });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sound_bytes_pass() {
        let long = format!("A: b\r\n\r\n{}\r\n", "x".repeat(999));
        for (bytes, expected) in [
            ("A: b\r\n\r\n.\r\n", Ok(())),
            ("A: b\r\n\nc\r\n", Err(WireFault::BareLineEnd { line: 2 })),
            ("A: b\rc\r\n", Err(WireFault::BareLineEnd { line: 1 })),
            ("A: b\r\n\r\nc\0\r\n", Err(WireFault::Nul { line: 3 })),
            ("A: é\r\n", Err(WireFault::NotAscii { line: 1 })),
            ("A: b\r\n\r\nc", Err(WireFault::Unfinished)),
            ("", Err(WireFault::Unfinished)),
            (&long, Err(WireFault::LongLine { line: 3, length: 999 })),
        ] {
            assert_eq!(wire(bytes.as_bytes()), expected, "{bytes:?}");
        }
    }

    /// The quick look and the one that says where come to the same.
    #[test]
    fn one_wrong_byte_anywhere_is_found() {
        let sound = format!("A: b\r\n\r\n{}\r\n.\r\n\r\nc\r\n", "x".repeat(998));
        assert_eq!(wire(sound.as_bytes()), Ok(()));
        for at in 0..sound.len() {
            for wrong in [b'\r', b'\n', 0, 0xff, b'y'] {
                let mut bytes = sound.clone().into_bytes();
                bytes[at] = wrong;
                let expected = lines(&bytes, |_, line| line.is_ascii());
                assert_eq!(wire(&bytes), expected, "{wrong} at {at}");
                assert!(wrong != 0 || expected.is_err());
            }
        }
    }

    #[test]
    fn only_headers_may_be_utf8_and_only_when_asked() {
        assert_eq!(wire_utf8("To: é@x.example\r\n\r\na\r\n".as_bytes()), Ok(()));
        assert_eq!(
            wire_utf8("To: a\r\n\r\né\r\n".as_bytes()),
            Err(WireFault::NotAscii { line: 3 })
        );
        assert_eq!(wire_utf8(b"To: \xff\r\n\r\n"), Err(WireFault::NotAscii { line: 1 }));
    }
}
