//! Several attempts at one letter: every one has the same bytes, its signatures included.

use super::{Text, campaign, clinic, list, outbox, read_by, reader, records};
use crate::support::judge::{Judge, Phase, Rule};
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn every_attempt_has_the_same_bytes_and_every_person_another_message_id() {
    let refused = Rule::at(Phase::Dot).times(2).reply("451 4.3.0 try again");
    let judge = Judge::start().keeping_letters().rule(refused);
    let clinic = clinic().relay(judge.port(), 1);
    campaign(&clinic, 1, "Tips", &Text::PLAIN);
    list(
        &clinic,
        1,
        &[
            ["annabel@example.org", "Annabel", "A", "Bath", ""],
            ["benjamin@example.org", "Benjamin", "B", "Bath", ""],
        ],
    );
    clinic.run(&["send", "c001", "--now", "2027-01-14T10:00:00Z"]).exits(0);
    clinic.run(&["run", "--now", "2027-01-14T10:06:30Z"]).exits(0);
    let deliveries = judge.deliveries();
    assert_eq!(
        (deliveries.len(), judge.accepted().len()),
        (4, 2),
        "two refused, two accepted"
    );
    let mut ids = BTreeSet::new();
    for person in ["annabel@example.org", "benjamin@example.org"] {
        let copies: Vec<Vec<u8>> = deliveries
            .iter()
            .filter(|found| found.recipient == person)
            .map(|found| found.letter(&judge))
            .collect();
        assert_eq!(copies.len(), 2);
        assert_eq!(
            String::from_utf8_lossy(&copies[0]),
            String::from_utf8_lossy(&copies[1]),
            "another attempt, other bytes"
        );
        assert_eq!(copies[0].windows(15).filter(|window| window == b"DKIM-Signature:").count(), 2);
        let id = deliveries
            .iter()
            .find(|found| found.recipient == person)
            .map(|found| found.message_id.clone())
            .unwrap();
        // Long enough that no id has one of them by chance.
        let tells = ["annabel", "benjamin"].iter().any(|name| id.contains(name));
        assert!(!tells && id.ends_with("@riverside.example"), "{id}");
        ids.insert(id);
    }
    assert_eq!(ids.len(), 2);
    println!(
        "proof| mail | check 7 | Message-ID: the same over 2 attempts, byte for byte with both signatures; another for each person"
    );
    let Some(python) = reader() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (number, delivery) in judge.accepted().iter().enumerate() {
        std::fs::write(folder.path().join(format!("{number}.eml")), delivery.letter(&judge)).unwrap();
    }
    let people = json!({"annabel@example.org": "Annabel A", "benjamin@example.org": "Benjamin B"});
    read_by(
        &python,
        "fuzzed.py",
        &json!({"letters": folder.path(), "records": records(&clinic), "wanted": 2, "people": people}),
    );
}

/// `t=` is the letter's own date, whenever it is tried.
#[test]
fn a_signature_bears_the_date_of_its_letter() {
    let clinic = clinic();
    campaign(&clinic, 1, "Tips", &Text::PLAIN);
    list(&clinic, 1, &[["ann@example.org", "Ann", "A", "Bath", ""]]);
    clinic.run(&["rehearse", "--now", "2027-01-14T10:00:00Z"]).exits(0);
    let letters: Vec<_> = std::fs::read_dir(outbox(&clinic))
        .unwrap()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    let letter = letters
        .iter()
        .find(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .unwrap();
    let text = std::fs::read_to_string(letter).unwrap();
    let date = text.lines().find_map(|line| line.strip_prefix("Date: ")).unwrap();
    let date = jiff::fmt::rfc2822::parse(date).unwrap().timestamp().as_second();
    assert_eq!(text.matches(&format!(" t={date};")).count(), 2, "{text}");
}

#[test]
fn a_test_letter_and_a_second_copy_are_signed_too() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic().relay(judge.port(), 1);
    campaign(&clinic, 1, "Tips", &Text::PLAIN);
    list(&clinic, 1, &[["ann@example.org", "Ann", "A", "Bath", ""]]);
    clinic.run(&["test", "c001", "--to", "me@riverside.example"]).exits(0);
    clinic.run(&["send", "c001"]).exits(0);
    clinic.run(&["resend", "c001", "--to", "ann@example.org", "--yes"]).exits(0);
    clinic.run(&["run"]).exits(0);
    let letters: Vec<String> = judge
        .accepted()
        .iter()
        .map(|found| String::from_utf8(found.letter(&judge)).unwrap())
        .collect();
    assert_eq!(letters.len(), 3);
    for letter in letters {
        assert!(letter.starts_with("DKIM-Signature: v=1; a=rsa-sha256;"), "{letter}");
        assert_eq!(letter.matches("DKIM-Signature:").count(), 2, "{letter}");
        let feedback = letter
            .lines()
            .filter(|line| line.starts_with("Feedback-ID: camp001:riverside-example:"))
            .count();
        assert_eq!(feedback, 1, "{letter}");
    }
}
