//! Complaints: somebody pressed "this is spam", and their provider says so (ARF, RFC 5965; addresses may be redacted, RFC 6590).
//!
//! Promises: a report is a complaint only by its `Feedback-Type`; one that a letter is *not* spam, or that a signature failed, is a
//! machine's note that asks for nothing; any other kind is for a person.

use super::head::{Fields, moment_in};
use super::part::{Content, Part};
use super::{Notice, clues};
use crate::address::Address;

/// What the report says, if this mail is one.
pub(super) fn read(mail: &Part) -> Option<Notice> {
    let report = mail.first(&["message/feedback-report"]);
    let is_said_to_be = mail.head.report_type.as_deref() == Some("feedback-report");
    match report.and_then(Part::text) {
        Some(text) => Some(of_kind(mail, &Fields::read(text))),
        None if is_said_to_be => Some(Notice::Other("a provider's report about a letter, which cannot be read")),
        None => of_microsoft(mail),
    }
}

fn of_kind(mail: &Part, report: &Fields) -> Notice {
    let kind = report.get("feedback-type").unwrap_or_default().to_ascii_lowercase();
    match kind.split([' ', '(', ';']).next().unwrap_or_default() {
        "abuse" | "fraud" | "opt-out" | "opt-out-list" | "unsubscribe" => Notice::Complaint {
            clues: clues::in_report(mail),
            recipient: recipient(report),
            at: at(mail, report),
        },
        "not-spam" | "auth-failure" | "dmarc" => Notice::AutoReply,
        _ => Notice::Other("a provider's report about a letter, of a kind that is no complaint"),
    }
}

fn at(mail: &Part, report: &Fields) -> Option<jiff::Timestamp> {
    let arrived = ["arrival-date", "received-date"]
        .into_iter()
        .find_map(|name| report.get(name));
    arrived.and_then(moment_in).or(mail.head.at)
}

/// Only a single recipient is the one who complained.
fn recipient(report: &Fields) -> Option<Address> {
    let mut named = report.all("original-rcpt-to");
    let only = named.next().filter(|_| named.next().is_none())?;
    let bare = only.rsplit(';').next().unwrap_or_default().trim().trim_matches(['<', '>']);
    named_in(bare)
}

/// The address, unless it stands for one that was taken out: by a word, or by a hash (RFC 6590 §3, whose base64 ends so).
fn named_in(text: &str) -> Option<Address> {
    const TAKEN_OUT: &[&str] = &["redact", "hidden", "removed", "suppressed", "anonym", "xxx", "***"];
    let local = text.rsplit_once('@')?.0.to_ascii_lowercase();
    let is_taken_out = local.ends_with('=') || TAKEN_OUT.iter().any(|word| local.contains(word));
    Address::parse(text).ok().filter(|_| !is_taken_out)
}

/// Microsoft's older reports: the letter itself as an attachment, with who complained in a field of its own.
fn of_microsoft(mail: &Part) -> Option<Notice> {
    let subject = mail.head.subject.to_ascii_lowercase();
    if !subject.starts_with("complaint about message from") {
        return None;
    }
    let letter = mail.own().into_iter().find_map(|part| match &part.content {
        Content::Mail(letter) => Some(letter),
        Content::Text(_) | Content::Parts(_) | Content::Other => None,
    })?;
    let recipient = letter.head.fields.get("x-hmxmroriginalrecipient");
    Some(Notice::Complaint {
        clues: clues::in_report(mail),
        recipient: recipient.and_then(named_in),
        at: mail.head.at,
    })
}
