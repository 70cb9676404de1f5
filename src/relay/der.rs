//! Just enough DER (X.690) to walk through what others have checked: tags, lengths, contents.

/// The tag of a SEQUENCE.
pub(super) const SEQUENCE: u8 = 0x30;

/// The tag and the content of the first element, and what follows it.
pub(super) fn next(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(first) {
        short @ 0..0x80 => (short, rest),
        long => {
            let (digits, rest) = rest.split_at_checked(long & 0x7f).filter(|(digits, _)| digits.len() <= 4)?;
            (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// The content of the first element, where it has this tag.
pub(super) fn inside(der: &[u8], wanted: u8) -> Option<&[u8]> {
    next(der).filter(|(tag, _, _)| *tag == wanted).map(|(_, content, _)| content)
}
