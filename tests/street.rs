//! The whole street: files in, letters out, and the log that tells of them.

use crate::peers::mail_reader::{self, Read};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::people;
use crate::support::workspace::Workspace;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const HEADER: &str = "email,first_name,last_name,city,joined,consent,consent_date,consent_source\n";

/// Letters as a strict reader sees them, by person; `None` where there is no such reader.
fn letters(judge: &Judge) -> Option<BTreeMap<String, Read>> {
    let taken = judge.accepted();
    let bytes: Vec<Vec<u8>> = taken.iter().map(|delivery| delivery.letter(judge)).collect();
    let people = taken.into_iter().map(|delivery| delivery.recipient);
    Some(people.zip(mail_reader::read(&bytes)?).collect())
}

#[test]
fn everybody_gets_one_letter_and_the_log_says_which() {
    for connections in [1, 4] {
        let judge = Judge::start();
        let refusers = "no@left.example,N,O,Bath,2025-01-01,no,2025-01-01,form\nblank@left.example,B,L,Bath,2025-01-01,,,\n";
        let clinic = Workspace::sample().relay(judge.port(), connections);
        let clinic = clinic
            .with_people(0)
            .file("subscribers/patients.csv", &format!("{}{refusers}", people::csv(30)));
        clinic
            .run(&["send", "seasonal-immunity"])
            .exits(0)
            .prints("30 letters accepted by the relay")
            .tells("left out: 2 people");
        let ledger = clinic.ledger();
        ledger.assert_true(30, &judge);
        ledger.assert_message_ids_differ();
        assert_eq!(ledger.people("accepted").len(), 30);
        let hashes: BTreeSet<String> = judge.accepted().into_iter().map(|delivery| delivery.body_hash).collect();
        assert_eq!(hashes.len(), 30, "no two letters are the same");
        clinic.assert_numbers_close();
        assert!(judge.connections() <= connections, "{} connections", judge.connections());
        judge.assert_polite();
        assert_eq!(
            judge.commands()[0].1,
            "EHLO [127.0.0.1]",
            "an address literal, RFC 5321 §4.1.3"
        );
        clinic.run(&["run"]).exits(0).says_nothing();
    }
}

#[test]
fn a_strict_reader_finds_every_field_and_no_defect() {
    let judge = Judge::start().keeping_letters();
    let clinic = Workspace::sample().with_people(12).relay(judge.port(), 2);
    clinic.run(&["send", "seasonal-immunity"]).exits(0);
    let (ledger, Some(letters)) = (clinic.ledger(), letters(&judge)) else {
        return;
    };
    assert_eq!(letters.len(), 12);
    for (address, letter) in &letters {
        assert_eq!(letter.defects, [""; 0], "{address}");
        assert_eq!(letter.header("message-id"), format!("<{}>", ledger.of(address).message_id));
        assert!(letter.header("to").contains(address.as_str()), "{}", letter.header("to"));
        assert!(letter.header("from").contains("tips@riverside.example"));
        assert_eq!(letter.header("reply-to"), "hello@riverside.example");
        assert!(
            letter
                .header("list-unsubscribe")
                .contains("mailto:unsubscribe@riverside.example")
        );
        assert!(
            letter.header("list-id").contains("riverside.example"),
            "{}",
            letter.header("list-id")
        );
        for name in ["subject", "date", "auto-submitted", "mime-version"] {
            assert!(!letter.header(name).is_empty(), "{name}");
        }
        let kinds: Vec<&str> = letter.parts.iter().map(|part| part.kind.as_str()).collect();
        assert_eq!(kinds, ["text/plain", "text/html"]);
        assert!(letter.part("text/plain").contains("12 Mill Lane"));
    }
}

#[test]
fn hostile_names_change_nothing_but_the_name() {
    let judge = Judge::start().keeping_letters();
    let rows = [
        "\"Ann\r\nBcc: evil@example.net\"",
        "\"Ann\nSubject: mine\"",
        "\u{202e}nnA\u{202c}",
        "<b>&amp;</b><script>alert(1)</script>",
        "\"Ann \"\"the\"\" Archer, Jr.\"",
        "{{ clinic.name }}{% include 'x' %}",
        "=HYPERLINK(1)",
        "ann@elsewhere.example",
    ];
    let rows = rows.iter().enumerate().map(|(number, name)| {
        format!(
            "{},{name},Archer,Bath,2025-03-01,yes,2025-03-01,form\n",
            people::address(number + 1)
        )
    });
    let csv = format!("{HEADER}{}", rows.collect::<String>());
    let clinic = Workspace::sample()
        .with_people(0)
        .file("subscribers/patients.csv", &csv)
        .relay(judge.port(), 1);
    clinic.run(&["send", "seasonal-immunity"]).exits(0);
    clinic.ledger().assert_true(8, &judge);
    judge.assert_polite();
    let recipients: BTreeSet<String> = judge.accepted().into_iter().map(|delivery| delivery.recipient).collect();
    assert!(
        recipients.iter().all(|address| address.ends_with("@patients.example")),
        "{recipients:?}"
    );
    let Some(letters) = letters(&judge) else { return };
    let plain = letters[&people::address(5)]
        .headers
        .iter()
        .map(|(name, _)| name.clone())
        .collect::<Vec<_>>();
    for (address, letter) in &letters {
        assert_eq!(letter.defects, [""; 0], "{address}");
        let names: Vec<String> = letter.headers.iter().map(|(name, _)| name.clone()).collect();
        assert_eq!(names, plain, "{address}: no field more, none less");
        assert_eq!(letter.header("subject"), letters[&people::address(5)].header("subject"));
        let html = letter.part("text/html");
        assert!(!html.contains("<script") && !html.contains("<b>&amp;amp;"), "{html}");
        let all = format!("{}{}{html}", letter.header("to"), letter.part("text/plain"));
        assert!(!all.contains('\u{202e}'), "{address}: {all}");
    }
    let typed = letters[&people::address(6)].part("text/plain");
    assert!(typed.contains("{{ clinic.name }}"), "a name is no template: {typed}");
    let html = letters[&people::address(4)].part("text/html");
    assert!(html.contains("&lt;script&gt;"), "{html}");
}

#[test]
fn each_send_takes_the_next_article_until_none_is_left() {
    let judge = Judge::start().keeping_letters();
    let clinic = Workspace::sample().with_people(3).relay(judge.port(), 1);
    for round in 1..=2 {
        clinic
            .run(&["send", "seasonal-immunity"])
            .exits(0)
            .prints("3 letters accepted");
        assert_eq!(judge.accepted().len(), 3 * round);
    }
    clinic.run(&["send", "seasonal-immunity"]).exits(0).tells("nothing to send");
    let ledger = clinic.ledger();
    let editions: BTreeSet<&str> = ledger.letters.iter().map(|letter| letter.edition.as_str()).collect();
    assert_eq!(
        (editions.len(), ledger.people("accepted").len(), ledger.letters.len()),
        (2, 3, 6)
    );
    ledger.assert_message_ids_differ();
}

/// Sends to `people` and is killed when `sent` letters have arrived; one of them is in doubt.
fn broken_off(judge: &Judge, people: usize, sent: usize) -> Workspace {
    judge.add(Rule::at(Phase::Dot).after(sent - 1).hang().kept());
    let clinic = Workspace::sample().with_people(people).relay(judge.port(), 1);
    let running = clinic.spawn(&["send", "seasonal-immunity"]);
    until("the letter that is never answered", || judge.deliveries().len() == sent);
    running.kill();
    judge.heal();
    clinic
}

#[test]
fn what_was_released_goes_out_though_the_files_have_changed() {
    let judge = Judge::start().keeping_letters();
    let clinic = broken_off(&judge, 10, 4);
    let article = "campaigns/seasonal-immunity/massage-and-immunity.md";
    let changed = clinic.read(article).replace("Every autumn", "CHANGED autumn");
    assert!(changed.contains("CHANGED"));
    clinic.write(article, changed);
    clinic.write("subscribers/patients.csv", people::csv(11));
    clinic
        .run(&["run"])
        .exits(1)
        .tells("the rest get the released text, as the others did");
    let ledger = clinic.ledger();
    ledger.assert_true(10, &judge);
    assert_eq!((ledger.people("accepted").len(), ledger.people("in_doubt").len()), (9, 1));
    for delivery in judge.accepted() {
        let letter = String::from_utf8(delivery.letter(&judge)).unwrap();
        assert!(letter.contains("Every autumn") && !letter.contains("CHANGED"), "{letter}");
    }
    let next = clinic.run(&["send", "seasonal-immunity"]).exits(0);
    assert!(
        next.stdout.contains("11 letters accepted"),
        "the newcomer is in the next one\n{next}"
    );
}

#[test]
fn who_is_suppressed_after_the_release_gets_nothing() {
    use tidings::subscriber::suppression::{Reason, Scope, Suppression};
    let judge = Judge::start();
    let clinic = broken_off(&judge, 10, 2);
    let gone = people::address(7);
    let suppression = Suppression {
        scope: Scope::All,
        reason: Reason::Unsubscribed,
        evidence: None,
        at: "2026-12-01T09:00:00Z".parse().unwrap(),
    };
    let mut store = tidings::store::Store::open(&clinic.path(".tidings")).unwrap();
    store
        .suppress(&tidings::address::Address::parse(&gone).unwrap(), &suppression)
        .unwrap();
    drop(store);
    clinic.run(&["run"]).exits(1);
    let ledger = clinic.ledger();
    ledger.assert_true(10, &judge);
    assert_eq!(ledger.people("suppressed"), BTreeSet::from([gone.as_str()]));
    assert_eq!(ledger.people("accepted").len(), 8);
    clinic.assert_numbers_close();
}

#[test]
fn a_hold_stops_a_run_that_is_at_work_and_a_release_lets_it_go_on() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).delay(Duration::from_millis(50)));
    let clinic = Workspace::sample().with_people(40).relay(judge.port(), 2);
    let running = clinic.spawn(&["send", "seasonal-immunity"]);
    until("a few letters", || judge.deliveries().len() >= 4);
    clinic.run(&["hold", "seasonal-immunity"]).exits(0);
    let told = judge.deliveries().len();
    running.wait();
    let sent = judge.accepted().len();
    assert!(
        sent <= told + 2 * 2,
        "each connection may finish its letter: {told}, then {sent}"
    );
    clinic.run(&["run"]).exits(0);
    assert_eq!(judge.accepted().len(), sent);
    judge.heal();
    clinic.run(&["release", "seasonal-immunity"]).exits(0);
    clinic.run(&["run"]).exits(0);
    let ledger = clinic.ledger();
    ledger.assert_true(40, &judge);
    assert_eq!(ledger.people("accepted").len(), 40);
}

#[test]
fn a_limit_lets_so_many_leave_and_holds_the_rest() {
    let judge = Judge::start().rule(Rule::at(Phase::Rcpt).after(1).times(1).reply_then_close("421 4.3.2 bye"));
    let clinic = Workspace::sample().with_people(9).relay(judge.port(), 1);
    clinic.run(&["send", "seasonal-immunity", "--limit", "4"]).exits(0);
    assert_eq!(judge.accepted().len(), 4, "a letter that came back is no letter that left");
    clinic.run(&["run"]).exits(0);
    assert_eq!(judge.accepted().len(), 4);
    clinic.run(&["release", "seasonal-immunity"]).exits(0);
    clinic.run(&["run"]).exits(0);
    clinic.ledger().assert_true(9, &judge);
    assert_eq!(judge.accepted().len(), 9);
}
