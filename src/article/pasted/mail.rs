//! What a mail program adds around a text: the lines of the mail's head, and the signature.

use super::lines::Line;
use super::words;
use crate::article::note::{Note, shown};

/// What the head of a mail told.
#[derive(Debug, Default)]
pub(super) struct Mail {
    /// Its subject.
    pub(super) subject: Option<(usize, String)>,
    /// Its sender's name.
    pub(super) sender: Option<String>,
    /// What was done.
    pub(super) notes: Vec<Note>,
}

/// Takes the head and the signature of a mail off the lines, where there are any.
pub(super) fn take_off(lines: &mut Vec<Line>) -> Mail {
    let mut mail = Mail::default();
    take_head(lines, &mut mail);
    take_signature(lines, &mut mail);
    mail
}

fn take_head(lines: &mut Vec<Line>, mail: &mut Mail) {
    let fields: Vec<(&str, &str)> = lines.iter().map_while(|line| field(&line.text)).collect();
    let has = |names: &[&str]| fields.iter().any(|(name, _)| names.contains(name));
    if fields.len() < 2 || !has(&["from", "von", "de"]) || !has(&["subject", "betreff", "objet"]) {
        return;
    }
    for (line, (name, value)) in lines.iter().zip(&fields) {
        match *name {
            "subject" | "betreff" | "objet" => mail.subject = Some((line.number, without_reply(value).to_owned())),
            "from" | "von" | "de" => mail.sender = sender(value),
            _ => {}
        }
    }
    let first = lines[0].number;
    mail.notes.push(Note::done(
        first,
        format!("left out {} lines of a mail's head; its subject is the title", fields.len()),
    ));
    if let Some(sender) = &mail.sender {
        mail.notes.push(Note::unsure(
            first,
            format!("`{sender}` sent the mail and is taken for the author"),
        ));
    }
    let n_fields = fields.len();
    lines.drain(..n_fields);
}

/// A line such as `Subject: News`, with the name in lower case.
fn field(line: &str) -> Option<(&'static str, &str)> {
    const NAMES: [&str; 16] = [
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "date",
        "sent",
        "reply-to",
        "von",
        "an",
        "betreff",
        "gesendet",
        "datum",
        "de",
        "objet",
        "attachments",
    ];
    let (name, value) = line.split_once(':')?;
    let name = name.trim().to_lowercase();
    NAMES.iter().find(|known| **known == name).map(|known| (*known, value.trim()))
}

fn without_reply(subject: &str) -> &str {
    let mut subject = subject;
    while let Some((head, rest)) = subject.split_once(':') {
        if !matches!(head.trim().to_lowercase().as_str(), "re" | "fw" | "fwd" | "aw" | "wg" | "tr") {
            break;
        }
        subject = rest.trim();
    }
    subject
}

fn sender(value: &str) -> Option<String> {
    let name = value.split(['<', '[']).next().unwrap_or("").trim().trim_matches('"').trim();
    (!name.is_empty() && !name.contains('@')).then(|| name.to_owned())
}

/// RFC 3676 section 4.3: a line of two dashes opens the signature.
fn take_signature(lines: &mut Vec<Line>, mail: &mut Mail) {
    const LONGEST: usize = 12;
    let Some(start) = lines.iter().rposition(|line| line.text == "--") else {
        return;
    };
    if lines.len() - start > LONGEST || start == 0 {
        return;
    }
    let said: Vec<&str> = lines[start + 1..]
        .iter()
        .map(|line| line.text.as_str())
        .filter(|text| words::count(text) > 0)
        .collect();
    mail.notes.push(Note::done(
        lines[start].number,
        format!("left out the signature `{}`", shown(&said.join(", "))),
    ));
    lines.truncate(start);
}
