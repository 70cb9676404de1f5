//! Every mail of the corpus, and what it is about, in one table: `tests/mailbox/expected`.
//!
//! `TIDINGS_WRITE_MAILBOX=1 cargo test mailbox` writes the table anew; the change is then read in the diff.

use super::{Sample, folder, read, samples};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use tidings::mailbox::notice::{Clues, Notice, Refused};

fn table(samples: &[Sample]) -> String {
    samples.iter().fold(String::new(), |mut table, sample| {
        writeln!(table, "{}\n{}", sample.name, told(&read(&sample.bytes))).unwrap();
        table
    })
}

/// What the notice says, in lines.
fn told(notice: &Notice) -> String {
    match notice {
        Notice::Unsubscribe {
            from,
            in_words,
            clues,
            at,
        } => {
            let from = from.as_ref().map_or("nobody", |from| from.as_str());
            let words = if *in_words { ", in words" } else { "" };
            format!("    unsubscribe{words}, from {from}{}{}", when(*at), clues_told(clues))
        }
        Notice::Bounce { recipients, clues, at } => {
            let shown = recipients.iter().take(3).map(refused);
            let more = recipients.len().saturating_sub(3);
            let more = if more > 0 {
                format!("    and {more} more\n")
            } else {
                String::new()
            };
            format!(
                "    bounce{}{}{more}{}",
                when(*at),
                shown.collect::<String>(),
                clues_told(clues)
            )
        }
        Notice::Delay => "    delay\n".to_owned(),
        Notice::Complaint { clues, recipient, at } => {
            let recipient = recipient.as_ref().map_or("nobody", |recipient| recipient.as_str());
            format!("    complaint of {recipient}{}{}", when(*at), clues_told(clues))
        }
        Notice::AutoReply => "    automatic answer\n".to_owned(),
        Notice::Other(why) => format!("    for a person: {why}\n"),
    }
}

fn when(at: Option<jiff::Timestamp>) -> String {
    at.map_or_else(|| ", no date\n".to_owned(), |at| format!(", {at}\n"))
}

fn refused(refused: &Refused) -> String {
    let addresses: Vec<&str> = refused.addresses.iter().map(|address| address.as_str()).collect();
    let weight = refused.weight.map_or("nothing", |weight| weight.as_str());
    let code = refused.code.map_or_else(|| "no code".to_owned(), |code| code.to_string());
    format!("    {}: {weight}, {code}: {}\n", addresses.join(" or "), refused.reply)
}

/// Tokens by their letter's number.
fn clues_told(clues: &Clues) -> String {
    let letters: Vec<String> = clues.tokens.iter().map(|token| token.delivery.to_string()).collect();
    let mut told = String::new();
    if !letters.is_empty() {
        let place = if clues.is_of_text { ", in its text" } else { "" };
        writeln!(told, "    letters {}{place}", letters.join(" ")).unwrap();
    }
    if !clues.message_ids.is_empty() {
        writeln!(told, "    ids {}", clues.message_ids.join(" ")).unwrap();
    }
    told
}

#[test]
fn every_mail_is_about_what_was_agreed() {
    let samples = samples();
    let (file, table) = (folder().join("expected"), table(&samples));
    if std::env::var_os("TIDINGS_WRITE_MAILBOX").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    let differ: Vec<(&str, &str)> = table
        .split("\n\n")
        .zip(expected.split("\n\n"))
        .filter(|(told, expected)| told != expected)
        .collect();
    assert!(
        table == expected,
        "TIDINGS_WRITE_MAILBOX=1 writes the table anew; said, and agreed: {:#?}",
        differ.first()
    );
    println!(
        "proof| mailbox | mails of people and mail systems, each told as it was agreed | {}",
        samples.len()
    );
    for (kind, number) in kinds(&table) {
        println!("proof| mailbox | of them: {kind} | {number}");
    }
}

fn kinds(table: &str) -> BTreeMap<&str, usize> {
    let mut kinds = BTreeMap::new();
    for block in table.split("\n\n") {
        let first = block.lines().nth(1).unwrap_or_default().trim();
        let kind = first.split([',', ':']).next().unwrap_or_default();
        let kind = if kind.starts_with("complaint") { "complaint" } else { kind };
        if !kind.is_empty() {
            *kinds.entry(kind).or_default() += 1;
        }
    }
    kinds
}

/// What the names promise, held apart from the table: a table that is written anew must not agree to these.
#[test]
fn no_name_lies() {
    for sample in samples() {
        let notice = read(&sample.bytes);
        let is_unsubscribe = matches!(notice, Notice::Unsubscribe { .. });
        let in_words = super::is_in_words(&notice);
        let name = &sample.name;
        let holds = match name.split('-').next().unwrap() {
            "leave" if name.starts_with("leave-words") => in_words,
            "leave" => is_unsubscribe,
            "stay" => matches!(notice, Notice::Other(_)),
            "auto" if name == "auto-submitted-no" => matches!(notice, Notice::Other(_)),
            "auto" => notice == Notice::AutoReply,
            "words" | "dsn" | "arf" => !is_unsubscribe,
            _ => true,
        };
        assert!(holds, "{name}: {notice:?}");
    }
}
