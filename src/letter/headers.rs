//! A letter's headers: what is equal in every letter is made once, what names the person is made safe.
//!
//! Promises: exactly one of each; no text can add a header or break a line; no header but `To` says who the person is. Knows
//! nothing of bodies.

use crate::address::Address;
use crate::finding::Finding;
use crate::letter::frame;
use crate::letter::sign::Signer;
use crate::letter::ways_out::{WaysOut, as_uri};
use crate::letter::{Sources, Stamp};
use crate::template::context::one_line;
use lettre::message::Mailbox;
use lettre::message::header::{self, Header, HeaderName, HeaderValue};
use unicode_normalization::UnicodeNormalization;

/// What mail programs show of a name; longer ones are cut.
const LONGEST_NAME: usize = 100;

/// The headers that every letter of an edition shares.
#[derive(Debug, Clone)]
pub(crate) struct Fixed {
    pub(crate) from: Address,
    /// MAIL FROM: where letters that cannot be delivered come back to.
    pub(crate) return_path: Address,
    pub(crate) ways_out: WaysOut,
    pub(crate) shared: Vec<HeaderValue>,
    /// The shared fields as they stand in a message.
    pub(crate) head: Vec<u8>,
    /// `From`, also among the shared.
    author: HeaderValue,
    /// Why lettre would build no message by this sender.
    refusal: Option<String>,
    /// Who and what for, in `Feedback-ID`.
    feedback: String,
}

impl Fixed {
    /// The shared headers of an edition.
    ///
    /// # Errors
    /// Findings about sender addresses and unsubscribe targets that cannot stand in a header.
    pub(crate) fn of(sources: &Sources) -> Result<Self, Vec<Finding>> {
        let sender = &sources.sender;
        let from = address("sender.from", &sender.from_address);
        let reply_to = sender
            .reply_to
            .as_deref()
            .map(|text| address("sender.reply_to", text))
            .transpose();
        let return_path = sender
            .return_path
            .as_deref()
            .map(|text| address("sender.return_path", text))
            .transpose();
        let ways_out = WaysOut::of(sender);
        match (from, reply_to, return_path, ways_out) {
            (Ok(from), Ok(reply_to), Ok(return_path), Ok(ways_out)) => {
                let author = sender_value::<header::From>(sender.from_name.as_deref(), &from)?;
                let mut shared = vec![author.clone()];
                if let Some(reply_to) = reply_to {
                    shared.push(sender_value::<header::ReplyTo>(None, &reply_to)?);
                }
                shared.push(written(
                    "List-Id",
                    list_id(&sender.clinic_name, &sources.campaign_id, from.domain()),
                ));
                // RFC 3834 §5.2: keeps vacation replies away.
                shared.push(written("Auto-Submitted", "auto-generated".to_owned()));
                shared.extend(list_fields(&sender.contact));
                Ok(Self {
                    refusal: frame::refusal(&author, &written("To", from.to_string())),
                    author,
                    head: frame::fields(&shared),
                    shared,
                    feedback: format!("{}:{}", label(&sources.campaign_id), label(from.domain())),
                    return_path: return_path.unwrap_or_else(|| from.clone()),
                    from,
                    ways_out,
                })
            }
            (from, reply_to, return_path, ways_out) => Err([from.err(), reply_to.err(), return_path.err(), ways_out.err()]
                .into_iter()
                .flatten()
                .collect()),
        }
    }

    /// The letters are signed by us: only then is `Feedback-ID` believed, and the button of mail programs allowed.
    pub(crate) fn signed_by(&mut self, signer: &Signer) {
        self.ways_out.signed_by_us();
        let value = format!("{}:{}", self.feedback, signer.sender_id());
        self.shared.push(written("Feedback-ID", value));
        self.head = frame::fields(&self.shared);
    }

    /// Why lettre would build no message to this person. What is ASCII it can always read back; the rest it is asked about.
    pub(crate) fn refusal(&self, to: &HeaderValue, is_ascii: bool) -> Option<String> {
        match is_ascii {
            true => self.refusal.clone(),
            false => frame::refusal(&self.author, to),
        }
    }
}

/// Where questions about the list go (RFC 2369 §3); nobody writes to the list itself. An address that not every server takes is left out.
fn list_fields(contact: &str) -> Vec<HeaderValue> {
    let contact = Address::parse(contact).ok().filter(|contact| !contact.needs_smtputf8());
    let ways = contact.map(|contact| format!("<mailto:{}>", as_uri(&contact)));
    let named = ways
        .iter()
        .flat_map(|way| ["List-Help", "List-Owner"].map(|name| written(name, way.clone())));
    named.chain([written("List-Post", "NO".to_owned())]).collect()
}

/// A display name fit for `To` and `From`: one clean line of at most 100 characters; nothing left is no name.
pub(crate) fn display_name(name: &str) -> Option<String> {
    let name = without_encoded_words(&one_line(name));
    let short: String = name.chars().take(LONGEST_NAME).collect();
    let short = short.trim();
    (!short.is_empty()).then(|| short.to_owned())
}

/// `=?` would be read as the beginning of an encoded word (RFC 2047 §2), whoever wrote it.
pub(crate) fn without_encoded_words(text: &str) -> String {
    text.replace("=?", "= ?")
}

/// `To`: the person's name and address; `None` where lettre refuses the address.
pub(crate) fn to(name: Option<&str>, address: &Address) -> Option<HeaderValue> {
    mailbox_value::<header::To>(name, address)
}

/// `Message-ID` without its angle brackets: the stamp's opaque part at the sender's domain.
pub(crate) fn message_id(stamp: &Stamp, from: &Address) -> Option<String> {
    let atom = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_+=$".contains(&byte))
    };
    let sound = stamp.message_id.len() <= 200 && stamp.message_id.split('.').all(atom);
    sound.then(|| format!("{}@{}", stamp.message_id, from.domain()))
}

/// The letter's opaque part once more: some relays put a `Message-ID` of their own in the place of ours.
pub(crate) fn reference(stamp: &Stamp) -> HeaderValue {
    written("X-Tidings-Ref", stamp.message_id.clone())
}

/// `Date` (RFC 5322 §3.3), always in UTC: the zone would say where the clinic's computer stands. `None` before 1970.
///
/// Given as a type, because lettre puts the present moment in place of a date that it cannot read.
pub(crate) fn date(stamp: &Stamp) -> Option<header::Date> {
    (stamp.date >= jiff::Timestamp::UNIX_EPOCH).then(|| header::Date::new(stamp.date.into()))
}

/// A MIME boundary that follows from the stamp. `=_` never occurs in quoted-printable text (RFC 2045 §6.7) nor in base64, so no body
/// can hold it.
pub(crate) fn boundary(stamp: &Stamp) -> String {
    format!("=_{}", opaque(stamp))
}

/// The boundary of the parts that belong to the HTML; neither of the two begins with the other (RFC 2046 §5.1.2).
pub(crate) fn boundary_inside(stamp: &Stamp) -> String {
    format!("=_.{}", opaque(stamp))
}

fn opaque(stamp: &Stamp) -> String {
    stamp
        .message_id
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(60)
        .collect()
}

/// `Name: value` for values that are ASCII and free of controls by construction.
pub(crate) fn written(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// A name and an address in one header. A name in ASCII stands in quotes as it is: lettre would leave `Dr.` without them, which
/// only the obsolete syntax allows (RFC 5322 §4.1), and would encode `O'Brien`.
fn mailbox_value<H>(name: Option<&str>, address: &Address) -> Option<HeaderValue>
where
    H: Header + From<lettre::message::Mailboxes>,
{
    let bare = lettre::Address::new(address.local_part(), address.domain()).ok()?;
    match name.and_then(display_name) {
        Some(name) if name.is_ascii() => {
            let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
            let fold = if quoted.len() + address.as_str().len() > 70 {
                "\r\n "
            } else {
                " "
            };
            let encoded = format!("\"{quoted}\"{fold}<{address}>");
            Some(HeaderValue::dangerous_new_pre_encoded(
                H::name(),
                address.to_string(),
                encoded,
            ))
        }
        name => Some(H::from(lettre::message::Mailboxes::from(Mailbox::new(name, bare))).display()),
    }
}

fn sender_value<H>(name: Option<&str>, address: &Address) -> Result<HeaderValue, Vec<Finding>>
where
    H: Header + From<lettre::message::Mailboxes>,
{
    mailbox_value::<H>(name, address).ok_or_else(|| vec![settings(format!("`{address}` cannot be written as a sender"))])
}

pub(crate) fn address(key: &str, text: &str) -> Result<Address, Finding> {
    let address = Address::parse(text).map_err(|error| settings(format!("`{key}`: {error}")))?;
    match address.needs_smtputf8() {
        true => Err(settings(format!(
            "`{key}`: `{address}` has letters before the `@` that not every server accepts"
        ))
        .hint("write from an address of plain letters, digits, dots and dashes")),
        false => Ok(address),
    }
}

pub(crate) fn settings(text: String) -> Finding {
    Finding::error("tidings.yaml", text)
}

/// RFC 2919: a phrase for people, and a label that stays for ever. The label is the campaign's id, so that it names no illness.
fn list_id(clinic: &str, campaign: &str, domain: &str) -> String {
    let label = label(campaign);
    match phrase(clinic) {
        Some(phrase) => format!("\"{phrase}\" <{label}.{domain}>"),
        None => format!("<{label}.{domain}>"),
    }
}

/// Small letters, digits and dashes alone; never empty.
fn label(text: &str) -> String {
    let plain = |c: char| match c.is_ascii_alphanumeric() {
        true => c.to_ascii_lowercase(),
        false => '-',
    };
    let label: String = text.chars().map(plain).take(60).collect();
    match label.trim_matches('-') {
        "" => "letters".to_owned(),
        label => label.to_owned(),
    }
}

/// The clinic's name in ASCII, accents taken off; `None` where that leaves other letters.
fn phrase(clinic: &str) -> Option<String> {
    let bare: String = one_line(clinic)
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .collect();
    let bare = without_encoded_words(&bare.replace(['"', '\\'], ""));
    let bare: String = bare.trim().chars().take(LONGEST_NAME).collect();
    (!bare.is_empty() && bare.is_ascii()).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_id_is_ascii_stable_and_bland() {
        for (clinic, campaign, expected) in [
            (
                "Riverside Massage",
                "k7f2m9",
                "\"Riverside Massage\" <k7f2m9.riverside.example>",
            ),
            ("Zürich \"Wärme\"", "K7 f2", "\"Zurich Warme\" <k7-f2.riverside.example>"),
            ("診療所", "...", "<letters.riverside.example>"),
            ("a\r\nBcc: x", "k", "\"a Bcc: x\" <k.riverside.example>"),
        ] {
            assert_eq!(list_id(clinic, campaign, "riverside.example"), expected);
        }
    }

    #[test]
    fn hostile_names_become_harmless_or_nothing() {
        for (name, expected) in [
            ("Ann\r\nBcc: x@y.example", Some("Ann Bcc: x@y.example")),
            ("\0\u{7f}\u{85}", None),
            ("\u{202e}nnA", Some("nnA")),
            ("=?utf-8?q?x?=", Some("= ?utf-8?q?x?=")),
            ("  ", None),
        ] {
            assert_eq!(display_name(name).as_deref(), expected, "{name:?}");
        }
        assert_eq!(display_name(&"é".repeat(300)).map(|name| name.chars().count()), Some(100));
    }

    #[test]
    fn a_name_is_quoted_or_encoded_and_never_left_bare() {
        let ann = Address::parse("ann@example.org").unwrap();
        let shown = |name| format!("{:?}", to(name, &ann).unwrap());
        for (name, expected) in [
            (None, "encoded_value: \"ann@example.org\""),
            (Some("."), r#"encoded_value: "\".\" <ann@example.org>""#),
            (Some("O'Brien"), r#"encoded_value: "\"O'Brien\" <ann@example.org>""#),
            (Some("a\"b\\"), r#"encoded_value: "\"a\\\"b\\\\\" <ann@example.org>""#),
            (Some("Zoë"), r#"encoded_value: "=?utf-8?b?Wm/Dqw==?= <ann@example.org>""#),
        ] {
            assert!(shown(name).contains(expected), "{name:?}: {}", shown(name));
        }
    }

    #[test]
    fn a_message_id_is_a_dot_atom_or_refused() {
        let from = Address::parse("tips@riverside.example").unwrap();
        let stamp = |id: &str| Stamp {
            message_id: id.to_owned(),
            date: jiff::Timestamp::UNIX_EPOCH,
        };
        assert_eq!(message_id(&stamp("ab.c1"), &from).as_deref(), Some("ab.c1@riverside.example"));
        for id in ["", "a b", "a\r\nBcc: x", "a@b", "a..b", "é"] {
            assert_eq!(message_id(&stamp(id), &from), None, "{id:?}");
        }
        assert_eq!(boundary(&stamp("ab.c1")), "=_abc1");
    }
}
