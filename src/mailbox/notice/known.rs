//! Bounces in words, of mail systems that write no report for machines, or whose report got lost on the way.
//!
//! Promises: only a mail that comes from a mail system (nobody's return path, or its name) can be one, and only in the words of a system
//! that is known or under the subject of a bounce. Words weigh little: [`Weight::Soft`] at most, unless a code says that the address
//! itself is wrong (`5.1.x`, or what Exchange says for it).

use super::head::Fields;
use super::part::Part;
use super::plain::small;
use super::report::Said;
use super::{Notice, Refused, clues, own_words};
use crate::address::Address;
use crate::delivery::reply::EnhancedCode;
use crate::delivery::strike::Weight;

/// Recipients of one bounce that are looked at.
const MOST: usize = 50;
/// Of text, in bytes.
const MOST_TEXT: usize = 128 * 1024;

/// What mail systems say of a letter that is late, in small letters, wherever it stands.
const LATE: &[&str] = &[
    "has not yet been delivered",
    "this is a warning message only",
    "you do not need to resend your message",
    "will continue to try",
    "will keep trying",
    "will be retried",
    "transient non-fatal errors",
    "delivery has been delayed",
    "delivery to the following recipients has been delayed",
    "delivery status notification (delay)",
    "delivery incomplete",
    "zustellung verzogert",
];

/// What they say of one that was given up; stronger than what is late.
const GIVEN_UP: &[&str] = &[
    "giving up",
    "failed permanently",
    "permanent fatal errors",
    "could not be delivered",
    "permanent error",
];

/// How known systems begin to speak.
const FAILED: &[&str] = &[
    // qmail
    "this is the qmail-send program",
    "i wasn't able to deliver your message",
    // Exim, GMX, web.de, Mail.ru in English
    "a message that you sent could not be delivered",
    "this message was created automatically by mail delivery software",
    "diese nachricht wurde automatisch von der mail delivery software",
    // Postfix
    "this is the mail system at host",
    "this is the postfix program at host",
    "i'm sorry to have to inform you that your message could not",
    // Sendmail
    "permanent fatal errors",
    "transcript of session follows",
    // Exchange
    "did not reach some or all of the intended recipients",
    "delivery has failed to these recipients",
    "diagnostic information for administrators",
    "could not be delivered to the following recipient",
    "fehler bei der nachrichtenzustellung an folgende empfanger",
    "echec de la remise a ces destinataires",
    "no se pudo entregar el mensaje a",
    // Outlook.com, Hotmail, older Exchange
    "this is an automatically generated delivery status notification",
    "delivery to the following recipients failed",
    // Domino
    "was not delivered to:",
    "not listed in domino directory",
    "not listed in public name & address book",
    // Gmail
    "delivery to the following recipient failed permanently",
    "your message wasn't delivered to",
    "address not found",
    "your message couldn't be delivered to",
    // Yahoo
    "unable to deliver your message to the following address",
    "this user doesn't have a",
    // Mail.ru, Yandex
    "сервером mail.ru",
    "почтовая система яндекса",
    "письмо не может быть доставлено",
    "не удалось доставить",
    // AOL
    "your mail to the following recipients could not be delivered",
    "not accepting mail from",
    // IBM, MDaemon, MailEnable, Courier, Kerio
    "failed to deliver message",
    "failed to deliver to",
    "message could not be delivered for",
    "your message could not be delivered",
    "this is a delivery failure notification",
    "undeliverable mail",
    "unable to deliver the message",
    "the following message could not be delivered",
];

/// How the subjects of bounces begin.
const SUBJECTS: &[&str] = &[
    "failure notice",
    "mail delivery failed",
    "mail delivery failure",
    "mail delivery system",
    "message delivery failure",
    "undelivered mail",
    "undelivered message",
    "undeliverable",
    "undeliverable mail",
    "undeliverable message",
    "returned mail",
    "delivery failure",
    "delivery failed",
    "delivery status notification",
    "delivery notification",
    "delivery report",
    "mail system error",
    "mail could not be delivered",
    "non delivery report",
    "nondeliverable mail",
    "message undeliverable",
    "permanent delivery failure",
    "unzustellbar",
    "unzustellbare nachricht",
    "nicht zustellbar",
    "non remis",
    "echec de la remise",
    "no se puede entregar",
    "non recapitabile",
    "onbestelbaar",
    "niet bezorgd",
    "nao e possivel entregar",
    "nie mozna dostarczyc",
];

/// Where the letter itself begins.
const ORIGINAL: &[&str] = &[
    "below this line is a copy of the message",
    "this is a copy of the message",
    "this is a copy of your message",
    "----- original message",
    "-----original message",
    "original message follows",
    "original message headers",
    "message header follows",
    "headers follow",
    "the header of the original message",
    "the original message was received",
    "received: from ",
    "return-path:",
    "dkim-signature:",
    "list-unsubscribe:",
    "message-id:",
];

/// What stands for 5.1.1 in the words of Exchange.
const EXCHANGE_UNKNOWN: &[&str] = &[
    "resolver.adr.recipnotfound",
    "resolver.adr.recipientnotfound",
    "recipientnotfound; not found",
];

/// Whether a mail system wrote this, by who it says it is.
pub(super) fn is_from_system(mail: &Part) -> bool {
    const NAMES: &[&str] = &[
        "mailer-daemon",
        "mailerdaemon",
        "mail-daemon",
        "maildaemon",
        "mailer_daemon",
        "postmaster",
        "double-bounce",
        "mdaemon",
        "microsoftexchange",
    ];
    let from = mail.head.from.iter().map(|from| from.to_ascii_lowercase());
    let is_name = |from: String| NAMES.iter().any(|name| from.starts_with(name));
    let nobody = mail.head.fields.get("return-path").is_some_and(|path| path.trim() == "<>");
    let name = mail.head.from_name.to_ascii_lowercase();
    let is_named = [
        "mail delivery s",
        "mailer-daemon",
        "mail system",
        "system administrator",
        "postmaster",
    ]
    .iter()
    .any(|beginning| name.starts_with(beginning));
    nobody || from.into_iter().any(is_name) || is_named || mail.head.fields.get("x-failed-recipients").is_some()
}

/// What it says, if it is a bounce. `subject` is in small letters.
pub(super) fn read(mail: &Part, subject: &str) -> Option<Notice> {
    let text = own_words::all_text(mail);
    let told = before_the_original(&text);
    let small = small(&told.split_whitespace().collect::<Vec<_>>().join(" "));
    let says = |sayings: &[&str]| sayings.iter().any(|saying| small.contains(saying));
    let is_bounce = says(FAILED) || SUBJECTS.iter().any(|beginning| subject.starts_with(beginning));
    let is_warning = subject.starts_with("warning:") || subject.contains("delay") || says(LATE);
    if is_warning && !says(GIVEN_UP) {
        return Some(Notice::Delay);
    }
    is_bounce.then(|| Notice::Bounce {
        recipients: recipients(mail, told),
        clues: clues::in_report(mail),
        at: mail.head.at,
    })
}

/// The system's own words, without the letter that it may repeat.
fn before_the_original(text: &str) -> &str {
    let (mut end, mut lines) = (0, 0);
    for line in text.split_inclusive('\n') {
        let lower = line.trim_start_matches(['>', ' ', '-', '\t', '|']).to_ascii_lowercase();
        let is_original = ORIGINAL
            .iter()
            .any(|mark| lower.starts_with(mark.trim_start_matches('-').trim_start()));
        // Sendmail's bounces begin with a line that sounds like it.
        if end + line.len() > MOST_TEXT || (is_original && lines > 2) {
            break;
        }
        end += line.len();
        lines += usize::from(!line.trim().is_empty());
    }
    &text[..end]
}

fn recipients(mail: &Part, told: &str) -> Vec<Refused> {
    let named = failed_recipients(&mail.head.fields);
    let addresses = if named.is_empty() { addresses(mail, told) } else { named };
    let places = addresses.iter().map(|address| (address, place(told, address.as_str())));
    let mut places: Vec<(&Address, usize)> = places.collect();
    places.sort_by_key(|(_, place)| *place);
    let ends: Vec<usize> = places.iter().skip(1).map(|(_, place)| *place).chain([told.len()]).collect();
    let sections = places.iter().zip(ends).map(|((address, begin), end)| {
        let alone = places.len() == 1;
        refused(
            vec![(*address).clone()],
            if alone { told } else { told.get(*begin..end).unwrap_or(told) },
        )
    });
    let refusals: Vec<Refused> = sections.collect();
    match refusals.is_empty() {
        true => vec![refused(Vec::new(), told)],
        false => refusals,
    }
}

/// Where the line begins in which the address stands first.
fn place(told: &str, address: &str) -> usize {
    let at = told.find(address).unwrap_or_default();
    told[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Exim and Gmail name them for machines.
fn failed_recipients(fields: &Fields) -> Vec<Address> {
    let named = fields.all("x-failed-recipients").flat_map(|value| value.split(','));
    named.filter_map(|word| Address::parse(word.trim()).ok()).take(MOST).collect()
}

/// The addresses in the system's words: those with which a line begins, or else any; but not the ones in the mail's own head.
fn addresses(mail: &Part, told: &str) -> Vec<Address> {
    let head = |name| mail.head.fields.get(name).unwrap_or_default().to_ascii_lowercase();
    let ours = [head("from"), head("to"), head("cc")].join(" ");
    let mut all: Vec<Address> = Vec::new();
    let mut first: Vec<Address> = Vec::new();
    for line in told.lines() {
        for (number, address) in in_line(line).into_iter().enumerate() {
            let is_ours = ours.contains(&address.as_str().to_ascii_lowercase());
            if is_ours || all.contains(&address) || all.len() >= MOST {
                continue;
            }
            let begins = number == 0
                && line
                    .trim_start()
                    .trim_start_matches(['<', '(', '"', '*'])
                    .starts_with(address.as_str());
            first.extend(begins.then(|| address.clone()));
            all.push(address);
        }
    }
    if first.is_empty() {
        all.into_iter().take(1).collect()
    } else {
        first
    }
}

fn in_line(line: &str) -> Vec<Address> {
    let words =
        line.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | '\'' | ',' | ';' | '[' | ']' | '*'));
    let bare = words.map(|word| word.trim_start_matches("mailto:").trim_end_matches([':', '.']));
    bare.filter(|word| word.contains('@'))
        .filter_map(|word| Address::parse(word).ok())
        .collect()
}

fn refused(addresses: Vec<Address>, section: &str) -> Refused {
    let code = code_in(section);
    let reply = reply_in(section);
    let said = Said::read(&reply, code);
    let lower = section.to_ascii_lowercase();
    let is_unknown = EXCHANGE_UNKNOWN.iter().any(|saying| lower.contains(saying));
    let is_address = said.code.is_some_and(|code| (code.class, code.subject) == (5, 1));
    let weight = match said.has_code() {
        // Given up, and nobody says why.
        false => Some(Weight::Soft),
        true => said.weight(),
    };
    Refused {
        addresses,
        weight: match weight {
            _ if is_unknown => Some(Weight::Sure),
            weight if is_address => weight,
            weight => weight.map(|weight| weight.min(Weight::Soft)),
        },
        code: said.code,
        reply: said.text,
    }
}

/// The first status in the text: `5.1.1`, `#5.1.1`, `(#5.1.1)`.
fn code_in(text: &str) -> Option<EnhancedCode> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    let statuses = words.map(|word| word.trim_matches('.')).filter_map(EnhancedCode::parse);
    // A version or an address of a machine is no status.
    statuses
        .filter(|code| matches!(code.class, 4 | 5) && code.subject <= 7)
        .find(|code| code.detail <= 999)
}

/// What the other server said: from its reply code on, to the end of the paragraph.
fn reply_in(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        if let Some(at) = reply_code(line) {
            let rest = lines[number + 1..].iter().take_while(|line| !line.trim().is_empty()).take(6);
            return [&line[at..]].into_iter().chain(rest.copied()).collect::<Vec<_>>().join(" ");
        }
    }
    let with_words = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    with_words.take(12).collect::<Vec<_>>().join(" ")
}

/// Where in the line a reply code stands: three digits by themselves, the first 4 or 5.
fn reply_code(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    (0..bytes.len().saturating_sub(2)).find(|&at| {
        let is_code = matches!(bytes[at], b'4' | b'5') && bytes[at + 1].is_ascii_digit() && bytes[at + 2].is_ascii_digit();
        let is_alone = at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b':' | b'(' | b'\'' | b'"' | b'<' | b'#' | b'[');
        let ends = matches!(bytes.get(at + 3), Some(b' ' | b'-'));
        is_code && is_alone && ends
    })
}
