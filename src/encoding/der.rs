//! Just enough DER (X.690) to walk through what others have checked, and to wrap a key: tags, lengths, contents.
//!
//! Promises: no bytes make it fail other than by `None`. Knows no certificates and no keys.

/// The tag of a SEQUENCE.
pub(crate) const SEQUENCE: u8 = 0x30;

/// The tag and the content of the first element, and what follows it.
pub(crate) fn next(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
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
pub(crate) fn inside(der: &[u8], wanted: u8) -> Option<&[u8]> {
    next(der).filter(|(tag, _, _)| *tag == wanted).map(|(_, content, _)| content)
}

/// One element around this content.
pub(crate) fn wrapped(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut element = vec![tag];
    match u8::try_from(length) {
        Ok(short @ ..0x80) => element.push(short),
        _ => {
            let digits: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|digit| *digit == 0).collect();
            element.push(0x80 | digits.len() as u8);
            element.extend(digits);
        }
    }
    element.extend_from_slice(content);
    element
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrapped_can_be_opened() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 70_000] {
            let content = vec![7; length];
            let element = wrapped(SEQUENCE, &content);
            assert_eq!(
                next(&element),
                Some((SEQUENCE, content.as_slice(), [].as_slice())),
                "{length}"
            );
        }
    }
}
