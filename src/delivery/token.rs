//! A token: what a letter's ways out carry, so that whoever answers is known to hold that letter, and nobody has to say who they are.
//!
//! ```text
//! v1.k3f7.<base64url of generation, delivery and the person's keyed hash>.<base64url of 16 bytes that prove them>
//! ```
//!
//! Promises: what is read is what was written, to the bit; no address, no name and no end of its days are in it. Only whoever has the
//! store's keys can make or prove one. Knows nothing of keys.

use data_encoding::BASE64URL_NOPAD;
use std::fmt;

/// Which key made a token: keys change when a store is lost, letters in mailboxes do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; KEY_ID]);

const KEY_ID: usize = 4;
const PAYLOAD: usize = 4 + 8 + 32;
const TAG: usize = 16;
const VERSION: &str = "v1";

/// The texts of payload and tag are always this long (RFC 4648 §5, without padding).
const PAYLOAD_TEXT: usize = 59;
const TAG_TEXT: usize = 22;

/// The delivery of a letter that is none: a test letter, a preview.
pub const NO_DELIVERY: i64 = 0;

/// A token as it was read: whether it is true is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Which key is said to have made it.
    pub key: KeyId,
    /// The store's generation when the letter was drafted.
    pub generation: u32,
    /// The letter; [`NO_DELIVERY`] for one that is on no record.
    pub delivery: i64,
    /// The person's keyed hash.
    pub person: [u8; 32],
    /// What proves the rest.
    pub tag: [u8; TAG],
}

impl KeyId {
    /// The id of no key.
    pub const UNKNOWN: Self = Self(*b"0000");

    /// The id in these letters: four small letters and digits.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; KEY_ID] = text.as_bytes().try_into().ok()?;
        let plain = letters.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        plain.then_some(Self(letters))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|&byte| write!(f, "{}", char::from(byte)))
    }
}

impl Token {
    /// The token in `text`, and nothing beside it.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(VERSION)?.strip_prefix('.')?;
        let mut parts = rest.split('.');
        let (key, payload, tag) = (KeyId::parse(parts.next()?)?, parts.next()?, parts.next()?);
        if parts.next().is_some() || payload.len() != PAYLOAD_TEXT || tag.len() != TAG_TEXT {
            return None;
        }
        let payload = BASE64URL_NOPAD.decode(payload.as_bytes()).ok()?;
        let (generation, rest) = payload.split_first_chunk::<4>()?;
        let (delivery, person) = rest.split_first_chunk::<8>()?;
        Some(Self {
            key,
            generation: u32::from_be_bytes(*generation),
            delivery: i64::from_be_bytes(*delivery),
            person: person.try_into().ok()?,
            tag: BASE64URL_NOPAD.decode(tag.as_bytes()).ok()?.try_into().ok()?,
        })
    }

    /// All tokens that stand in `text`, as a mail program or a person may have left them there.
    pub fn all_in(text: &str) -> Vec<Self> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let words = text.split(|c: char| !is_part(c));
        let starts = words.filter_map(|word| word.find("v1.").map(|at| word[at..].trim_end_matches('.')));
        starts.filter_map(Self::parse).collect()
    }

    /// What the tag proves: version, key and payload, as bytes.
    pub fn proved(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(VERSION.len() + KEY_ID + PAYLOAD);
        bytes.extend_from_slice(VERSION.as_bytes());
        bytes.extend_from_slice(&self.key.0);
        bytes.extend_from_slice(&self.payload());
        bytes
    }

    fn payload(&self) -> [u8; PAYLOAD] {
        let mut payload = [0; PAYLOAD];
        payload[..4].copy_from_slice(&self.generation.to_be_bytes());
        payload[4..12].copy_from_slice(&self.delivery.to_be_bytes());
        payload[12..].copy_from_slice(&self.person);
        payload
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (payload, tag) = (BASE64URL_NOPAD.encode(&self.payload()), BASE64URL_NOPAD.encode(&self.tag));
        write!(f, "{VERSION}.{}.{payload}.{tag}", self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn token(delivery: i64) -> Token {
        Token {
            key: KeyId::parse("k3f7").unwrap(),
            generation: 2,
            delivery,
            person: [0xfb; 32],
            tag: [0xff; 16],
        }
    }

    #[test]
    fn a_token_is_short_and_plain() {
        let text = token(77).to_string();
        assert_eq!(text.len(), 2 + 1 + 4 + 1 + 59 + 1 + 22);
        assert!(
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        );
    }

    #[test]
    fn what_is_no_token_is_none() {
        let text = token(77).to_string();
        for wrong in [
            "",
            "v1",
            &text[..text.len() - 1],
            &text[1..],
            &format!("{text}A"),
            &format!("{text}.A"),
            &text.replace("v1.", "v2."),
            &text.replace("k3f7", "K3F7"),
            &text.replace('_', "é"),
            &text.to_uppercase(),
        ] {
            assert_eq!(Token::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn tokens_are_found_among_words() {
        let one = token(1);
        for text in [
            format!("unsubscribe {one}"),
            format!("<https://riverside.example/u/{one}>, <mailto:x@riverside.example?subject=unsubscribe%20{one}>"),
            format!("Re: unsubscribe {one}."),
        ] {
            let found = Token::all_in(&text);
            assert!(
                !found.is_empty() && found.iter().all(|found| *found == one),
                "{text}: {found:?}"
            );
        }
        assert_eq!(Token::all_in("rev1.2 of v1.k3f7.x.y"), vec![]);
    }

    proptest! {
        #[test]
        fn a_token_comes_back(generation: u32, delivery: i64, person: [u8; 32], tag: [u8; 16], key in "[a-z0-9]{4}") {
            let token = Token { key: KeyId::parse(&key).unwrap(), generation, delivery, person, tag };
            prop_assert_eq!(Token::parse(&token.to_string()), Some(token));
        }

        #[test]
        fn nothing_panics_it(text: String) {
            let _ = (Token::parse(&text), Token::all_in(&text));
        }
    }
}
