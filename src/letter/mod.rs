//! A letter: the message composed for one subscriber, ready for the wire.
//!
//! Promises: the same sources, person and stamp give the same bytes; CRLF only, no bare CR, LF or NUL, ASCII (but for the `To` of a
//! person whose own address is not), no line over 998 octets (RFC 5322 §2.1.1); no text of a person's can add a header. Knows nothing of files, relays or the store.

mod bounds;
pub mod compile;
pub mod compose;
mod constants;
mod encode;
mod frame;
pub mod headers;
mod layout;
pub mod lint;
pub(crate) mod markup;
mod numbers;
pub mod pictures;
mod plain;
pub mod sign;
mod structure;
mod ways_out;

#[cfg(test)]
mod tests;

use crate::address::Address;

/// Everything an edition is made from, apart from the people: what the store freezes at release.
///
/// Serialised as JSON; two editions with equal sources are the same text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sources {
    /// The article.
    pub article: crate::article::Article,
    /// The template and its partials.
    pub template: crate::template::TemplateSource,
    /// Who writes.
    pub sender: SenderSource,
    /// The campaign's title.
    pub campaign_title: String,
    /// The campaign's id.
    pub campaign_id: String,
    /// How the clinic's letters look.
    #[serde(default, skip_serializing_if = "LookSource::is_plain")]
    pub look: LookSource,
    /// Which of the program's own words the letters use.
    #[serde(default, skip_serializing_if = "Vocabulary::is_first")]
    pub vocabulary: Vocabulary,
}

/// Which of the program's own words an edition uses: what was released goes on in the words that it began with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vocabulary {
    /// Those of the first letters: they greet in seven languages, and pictures are only described in the text part.
    #[default]
    First,
    /// All of `template::words`; the text part says where pictures lie.
    Whole,
}

impl Vocabulary {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it this way")]
    fn is_first(&self) -> bool {
        *self == Self::First
    }
}

/// How the clinic's letters look, as it is frozen.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LookSource {
    /// The clinic's colour, `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// The clinic's mark at the head of a letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<crate::article::image::Image>,
    /// Where the clinic's own host shows the pictures that are too large for a letter: `https://…/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<String>,
}

impl LookSource {
    fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// The sender as it is frozen: checked texts, plain shapes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SenderSource {
    /// The clinic's name.
    pub clinic_name: String,
    /// The postal address.
    pub postal_address: String,
    /// Where questions go.
    pub contact: String,
    /// The display name of `From:`.
    pub from_name: Option<String>,
    /// The address of `From:` and of the envelope.
    pub from_address: String,
    /// `Reply-To:`, where it differs.
    pub reply_to: Option<String>,
    /// The mailbox for unsubscribes.
    pub unsubscribe_mailto: Option<String>,
    /// The page for unsubscribes; a letter's token follows it.
    pub unsubscribe_url: Option<String>,
    /// Whether a mail program may unsubscribe by itself, when its button is pressed (RFC 8058).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub one_click: bool,
    /// The domain that letters are signed for by ourselves: without that signature no mail program is offered the button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_for: Option<String>,
    /// MAIL FROM, where it is not the address of `From:`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_path: Option<String>,
}

/// The person a letter is for, as the store froze them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Where it goes.
    pub address: Address,
    /// The columns the template may use.
    pub attributes: crate::subscriber::Attributes,
    /// What the letter's ways out carry: it proves which letter an answer is to, and names nobody.
    pub token: String,
}

/// What the journal decides about a letter: it makes every attempt the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The part of Message-ID before the `@`: opaque, no address in it (law 11).
    pub message_id: String,
    /// `Date:`, from the first attempt.
    pub date: jiff::Timestamp,
}

/// A finished letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// MAIL FROM.
    pub from: Address,
    /// RCPT TO: one person.
    pub to: Address,
    /// The whole Message-ID, without `<>`.
    pub message_id: String,
    /// The message, CRLF line ends, not dot-stuffed, ending in CRLF.
    pub bytes: Vec<u8>,
}
