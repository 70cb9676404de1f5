//! DKIM: a letter signed by the clinic itself (RFC 6376, RFC 8463), with one key or with two.
//!
//! Promises: the same letter and moment give the same bytes; every signature holds by itself; headers that a stranger could put in front
//! are signed once more than they occur, so that one that is added breaks it; the whole body is signed. What does not depend on the
//! letter is made once. Knows nothing of files or of who reads them.

mod canon;
mod key;

#[cfg(test)]
mod tests;

pub use key::{Algorithm, Key, KeyError, MAKE_ED25519, MAKE_RSA, another_name};

use canon::Field;
use data_encoding::{BASE32_NOPAD, BASE64};
use jiff::Timestamp;

/// Signed once more than they occur, in the order of `h=`.
const OVERSIGNED: [&str; 9] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
];
/// No letter of ours has them; signed all the same, so that none can be added.
const ABSENT: [&str; 8] = [
    "cc",
    "sender",
    "resent-date",
    "resent-from",
    "resent-sender",
    "resent-to",
    "resent-cc",
    "resent-message-id",
];
/// Signed as they are.
const ONCE: [&str; 9] = [
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "feedback-id",
    "auto-submitted",
    "x-tidings-ref",
    "list-help",
    "list-owner",
    "list-post",
];

/// RFC 5322 §2.1.1, where a fold is possible.
const WIDTH: usize = 78;

/// More than one signature has, with a key of 4096 bits and the longest of domains.
const SIGNATURE: usize = 2000;

/// Why a letter could not be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// It has no head, or a line of it is no header.
    #[error("the letter has no headers that could be signed")]
    NoLetter,
    /// The machine failed.
    #[error("this machine could not make the signature")]
    Machine,
}

/// One key with its name in DNS.
#[derive(Debug)]
pub struct NamedKey {
    /// The selector.
    pub selector: String,
    /// The key.
    pub key: Key,
}

/// Who signs: a domain and its keys.
#[derive(Debug)]
pub struct Signer {
    domain: String,
    keys: Vec<NamedKey>,
    /// Of each key, how its signatures begin.
    openings: Vec<String>,
}

/// What has to stand in DNS for a signature to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The selector.
    pub selector: String,
    /// Where.
    pub name: String,
    /// The text of the TXT record.
    pub text: String,
    /// The public key in it.
    pub public: String,
}

/// The same domain, one above it or one below it: receivers take the whole house for one (RFC 9989, relaxed alignment).
pub(crate) fn is_aligned(domain: &str, from: &str) -> bool {
    let is_below = |one: &str, other: &str| one.strip_suffix(other).is_some_and(|rest| rest.ends_with('.'));
    domain == from || is_below(domain, from) || is_below(from, domain)
}

impl Signer {
    /// A signer for `domain`; each of the keys makes a signature of its own.
    pub fn new(domain: &str, keys: Vec<NamedKey>) -> Self {
        let opening = |key: &NamedKey| {
            let algorithm = key.key.algorithm().tag();
            let mut text = format!("DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed;");
            add(&mut text, &format!(" d={domain};"));
            add(&mut text, &format!(" s={};", key.selector));
            text
        };
        Self {
            openings: keys.iter().map(opening).collect(),
            domain: domain.to_owned(),
            keys,
        }
    }

    /// The domain that vouches.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether mailboxes take its signatures as a word for letters from the domain `from`.
    pub fn vouches_for(&self, from: &str) -> bool {
        is_aligned(&self.domain, from)
    }

    /// What tells one sender from another in the statistics of large mailbox providers: follows from the domain, and stays as long as it.
    pub fn sender_id(&self) -> String {
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, self.domain.as_bytes());
        BASE32_NOPAD.encode(hash.as_ref())[..10].to_ascii_lowercase()
    }

    /// How many bytes its signatures add to a letter, at most.
    pub(crate) fn size(&self) -> usize {
        self.keys.len() * SIGNATURE
    }

    /// The records that receivers look for, one for each key.
    pub fn records(&self) -> Vec<Record> {
        let record = |key: &NamedKey| {
            let public = key.key.public();
            Record {
                selector: key.selector.clone(),
                name: format!("{}._domainkey.{}", key.selector, self.domain),
                text: format!("v=DKIM1; k={}; p={public}", key.key.algorithm().record_tag()),
                public,
            }
        };
        self.keys.iter().map(record).collect()
    }

    /// The message with a signature of each key in front. `moment` is the letter's own, so that every attempt has the same bytes.
    ///
    /// # Errors
    /// When this is no message, or the machine fails.
    pub fn sign(&self, message: &[u8], moment: Timestamp) -> Result<Vec<u8>, SignError> {
        let (head, body) = canon::parted(message).ok_or(SignError::NoLetter)?;
        let fields = canon::fields(head).ok_or(SignError::NoLetter)?;
        let (names, mut headers) = chosen(&fields);
        let facts = [
            format!(" t={};", moment.as_second()),
            format!(" h={names};"),
            format!(" bh={};", BASE64.encode(canon::body_hash(body).as_ref())),
        ];
        let length = headers.len();
        let mut signed = Vec::with_capacity(message.len() + self.size());
        for (key, opening) in self.keys.iter().zip(&self.openings) {
            let mut text = opening.clone();
            facts.iter().for_each(|fact| add(&mut text, fact));
            add(&mut text, " b=");
            headers.truncate(length);
            headers.extend(canon::relaxed(text.as_bytes()).ok_or(SignError::NoLetter)?.relaxed);
            let signature = key.key.sign(&headers).ok_or(SignError::Machine)?;
            add_broken(&mut text, &BASE64.encode(&signature));
            signed.extend_from_slice(text.as_bytes());
            signed.extend_from_slice(b"\r\n");
        }
        signed.extend_from_slice(message);
        Ok(signed)
    }
}

/// `h=`, and what is signed by it: of several fields with one name the last one first (RFC 6376 §5.4.2).
fn chosen(fields: &[Field]) -> (String, Vec<u8>) {
    let (mut names, mut headers) = (Vec::new(), Vec::with_capacity(2048));
    let wanted = OVERSIGNED.iter().chain(&ABSENT).map(|name| (*name, 1));
    for (name, more) in wanted.chain(ONCE.iter().map(|name| (*name, 0))) {
        let found = fields.iter().rev().filter(|field| field.name == name);
        let mut count = more;
        for field in found {
            headers.extend_from_slice(&field.relaxed);
            headers.extend_from_slice(b"\r\n");
            count += 1;
        }
        names.extend(std::iter::repeat_n(name, count));
    }
    (names.join(":"), headers)
}

/// Adds a tag to a folded header. A tag that is too long for a line is broken at its colons; one that has none stays whole.
fn add(text: &mut String, tag: &str) {
    for (number, piece) in tag.split_inclusive(':').enumerate() {
        let column = text.len() - text.rfind('\n').map_or(0, |at| at + 1);
        match (column + piece.len() > WIDTH, number) {
            (true, 0) => text.push_str("\r\n\t"),
            (true, _) => text.push_str("\r\n\t "),
            (false, _) => {
                text.push_str(piece);
                continue;
            }
        }
        text.push_str(piece.trim_start());
    }
}

/// Adds base64, which may be broken anywhere.
fn add_broken(text: &mut String, base64: &str) {
    let column = text.len() - text.rfind('\n').map_or(0, |at| at + 1);
    let (first, rest) = base64.split_at(WIDTH.saturating_sub(column).min(base64.len()));
    text.push_str(first);
    for at in (0..rest.len()).step_by(WIDTH - 1) {
        text.push_str("\r\n\t");
        text.push_str(&rest[at..rest.len().min(at + WIDTH - 1)]);
    }
}
