//! Delivery reports (RFC 3464; in other scripts RFC 6533): what a mail server says became of each recipient.
//!
//! Promises: recipients are told apart also where the blank line between them is missing; only `Action: failed` counts, however it is
//! spelled; what the other server said weighs more than the reporting server's number for it; a report that is late news alone is a
//! [`Notice::Delay`], one that all is well a machine's answer.

use super::head::Fields;
use super::part::Part;
use super::{Notice, Refused, clues};
use crate::address::Address;
use crate::delivery::reply::{EnhancedCode, Reply, Stage};
use crate::delivery::strike::Weight;

/// Recipients of one report that are looked at: letters have one each.
const MOST: usize = 200;

/// Characters of a server's words that are kept.
const MOST_SAID: usize = 512;

/// What became of one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Failed,
    Delayed,
    /// Delivered, relayed, expanded.
    Fine,
    Unknown,
}

/// What the report says, if this mail is one that names anybody.
pub(super) fn read(mail: &Part) -> Option<Notice> {
    let report = mail.first(&["message/delivery-status", "message/global-delivery-status"])?;
    let groups = groups(report.text()?);
    let actions: Vec<Action> = groups.iter().map(action).collect();
    if actions.contains(&Action::Failed) {
        return Some(Notice::Bounce {
            recipients: groups.iter().zip(actions).map(refused).collect(),
            clues: clues::in_report(mail),
            at: mail.head.at,
        });
    }
    match actions {
        actions if actions.contains(&Action::Delayed) => Some(Notice::Delay),
        actions if actions.contains(&Action::Fine) => Some(Notice::AutoReply),
        _ => None,
    }
}

/// The groups that speak of a recipient: a field that a group has already begins the next one.
fn groups(text: &str) -> Vec<Fields> {
    const OF_A_RECIPIENT: [&str; 4] = ["final-recipient", "original-recipient", "action", "status"];
    let (mut groups, mut there) = (vec![String::new()], [false; OF_A_RECIPIENT.len()]);
    for line in text.lines() {
        let name = line.split(':').next().unwrap_or_default().trim().to_ascii_lowercase();
        let of_a_recipient = OF_A_RECIPIENT.iter().position(|field| *field == name);
        if line.trim().is_empty() || of_a_recipient.is_some_and(|field| there[field]) {
            groups.push(String::new());
            there = [false; OF_A_RECIPIENT.len()];
        }
        if groups.len() > MOST {
            break;
        }
        if let Some(field) = of_a_recipient {
            there[field] = true;
        }
        if let Some(group) = groups.last_mut() {
            group.push_str(line);
            group.push('\n');
        }
    }
    groups
        .iter()
        .map(|group| Fields::read(group))
        .filter(|group| OF_A_RECIPIENT.into_iter().any(|name| group.get(name).is_some()))
        .collect()
}

fn action(group: &Fields) -> Action {
    let said = group.get("action").unwrap_or_default().to_ascii_lowercase();
    match said.split([' ', '(', ';']).next().unwrap_or_default() {
        "failed" => Action::Failed,
        "delayed" => Action::Delayed,
        "delivered" | "relayed" | "expanded" => Action::Fine,
        // The field is required; where it is missing, the number must do.
        "" => match status(group).map(|code| code.class) {
            Some(5) => Action::Failed,
            Some(4) => Action::Delayed,
            _ => Action::Unknown,
        },
        _ => Action::Unknown,
    }
}

fn status(group: &Fields) -> Option<EnhancedCode> {
    group.get("status").and_then(EnhancedCode::parse)
}

fn refused((group, action): (&Fields, Action)) -> Refused {
    let diagnostic = group.get("diagnostic-code").unwrap_or_default();
    let text = match diagnostic.split_once(';') {
        Some((kind, text)) if !kind.trim().contains(' ') => text.trim(),
        _ => diagnostic.trim(),
    };
    let said = Said::read(text, status(group));
    Refused {
        addresses: addresses(group),
        weight: if action == Action::Failed { said.weight() } else { None },
        code: said.code,
        reply: said.text,
    }
}

/// What a server said, as a report repeats it.
pub(super) struct Said {
    /// The status: the report's, unless it says nothing (`5.0.0`) and the server more.
    pub(super) code: Option<EnhancedCode>,
    /// The words, with codes, controls escaped, cut.
    pub(super) text: String,
    reply: Option<Reply>,
}

impl Said {
    /// Reads `text`, which may begin with a server's reply code, beside the report's own status.
    pub(super) fn read(text: &str, status: Option<EnhancedCode>) -> Self {
        let (number, words) = number(text);
        let own = EnhancedCode::parse(words);
        let is_plain = |code: &EnhancedCode| (code.subject, code.detail) == (0, 0);
        let code = status.filter(|status| !is_plain(status)).or(own).or(status);
        let number = number.or(match code.map(|code| code.class) {
            Some(5) => Some(550),
            Some(4) => Some(450),
            _ => None,
        });
        // RFC 3463 §3.5: given up after days of trying, whatever the first digit says.
        let is_given_up = code.is_some_and(|code| (code.subject, code.detail) == (4, 7));
        let lower = words.to_lowercase();
        let stage = match lower.contains("end of data") || lower.contains("end of message") {
            true => Stage::EndOfData,
            false => Stage::Rcpt,
        };
        let line = match (own, code) {
            (None, Some(code)) => format!("{code} {words}"),
            _ => words.to_owned(),
        };
        let number = if is_given_up { Some(450) } else { number };
        Self {
            code,
            text: plain(text),
            reply: number.map(|number| Reply::new(stage, number, &[line])),
        }
    }

    /// Whether there is any code, the server's or the report's.
    pub(super) fn has_code(&self) -> bool {
        self.reply.is_some()
    }

    /// What it counts.
    pub(super) fn weight(&self) -> Option<Weight> {
        self.reply.as_ref().and_then(Weight::of)
    }
}

/// Words for people: without controls, cut.
fn plain(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(MOST_SAID).collect()
}

/// The reply code that `text` begins with, and what follows it.
fn number(text: &str) -> (Option<u16>, &str) {
    let (digits, rest) = text.split_at_checked(3).unwrap_or(("", text));
    let number = digits.parse().ok().filter(|number| (200..600).contains(number));
    match number.filter(|_| rest.is_empty() || rest.starts_with([' ', '-', '\t'])) {
        Some(number) => (Some(number), rest.trim_start_matches([' ', '-', '\t'])),
        None => (None, text),
    }
}

/// Who it was for: as the sender wrote it before what the servers made of it.
fn addresses(group: &Fields) -> Vec<Address> {
    let mut addresses: Vec<Address> = Vec::new();
    for name in ["original-recipient", "final-recipient"] {
        for spelling in group.get(name).into_iter().flat_map(spellings) {
            if let Ok(address) = Address::parse(&spelling)
                && !addresses.contains(&address)
            {
                addresses.push(address);
            }
        }
    }
    addresses
}

/// A recipient's address behind its kind, decoded and as it stands: servers forget to encode, and to decode.
fn spellings(field: &str) -> Vec<String> {
    let (kind, address) = field.split_once(';').unwrap_or(("rfc822", field));
    let address = address.trim().trim_matches(['<', '>']).trim();
    let decoded = match kind.trim().eq_ignore_ascii_case("utf-8") {
        true => without_braces(address),
        false => without_xtext(address),
    };
    vec![decoded, address.to_owned()]
}

/// `+2B` is a plus (RFC 3461 §4).
fn without_xtext(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .filter(|hex| hex.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')));
        let byte = hex
            .filter(|_| first == b'+')
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = &after[if byte.is_some() { 2 } else { 0 }..];
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// `\x{E9}` is é (RFC 6533 §3).
fn without_braces(text: &str) -> String {
    let mut decoded = String::new();
    let mut pieces = text.split("\\x{");
    decoded.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (hex, after) = piece.split_once('}').unwrap_or(("", piece));
        decoded.extend(u32::from_str_radix(hex, 16).ok().and_then(char::from_u32));
        decoded.push_str(after);
    }
    decoded
}
