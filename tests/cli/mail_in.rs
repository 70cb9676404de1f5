//! `tidings mail-in`, what `run` and `send` read before they send, and what they refuse while nobody reads the answers.

use super::{clinic, clinic_with, type_in};
use crate::intake::letters::{by_token, letter, letters, mail, maildir, read_mails, to};
use crate::intake::{dump, hand_in, suppressed, tried_out_on, written_to};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::workspace::Workspace;
use std::collections::BTreeSet;

const BOX: &str = "unsubscribe: {mailto: unsubscribe@mill-lane.example, mailbox: Maildir}";
const WORDS: &str = "Please unsubscribe me.";

fn recipients(judge: &Judge) -> Vec<String> {
    let mut people: Vec<String> = judge.accepted().into_iter().map(|taken| taken.recipient).collect();
    people.sort();
    people
}

/// A relay on this machine that counts as a real one, and settings that say nothing of who reads the answers.
fn real(judge: &Judge, people: usize) -> Workspace {
    let port = judge.port();
    clinic(people)
        .setting(&format!(
            "relay: {{host: 127.0.0.1, port: {port}, tls: none, per_second: 1000}}"
        ))
        .setting("unsubscribe: {mailto: unsubscribe@mill-lane.example}")
}

#[test]
fn the_mailbox_is_read_before_every_send() {
    for line in ["send tips", "run"] {
        let judge = Judge::start().keeping_letters();
        let clinic = clinic_with(&judge, 3).setting(BOX);
        clinic.write(
            "campaigns/tips/campaign.yaml",
            super::CAMPAIGN.to_owned() + "schedule: {every: day, at: \"09:00\"}\nlate: {by: 6h, then: send}\n",
        );
        maildir(&clinic.path("Maildir"), &[]);
        type_in(&clinic, "send tips").exits(0);
        let first = letters(&judge);
        let mails = [
            by_token("x@elsewhere.example", &to(&first, "person2").token),
            mail("x@elsewhere.example", "unsubscribe", WORDS),
        ];
        maildir(&clinic.path("Maildir"), &mails);
        let line = format!("{line} --now 2096-05-05T09:01Z");
        type_in(&clinic, &line)
            .exits(0)
            .tells("a mail needs a person: somebody wants no more letters")
            .tells("x***@elsewhere.example");
        let mut expected =
            ["person1", "person1", "person2", "person3", "person3"].map(|person| format!("{person}@patients.example"));
        expected.sort();
        assert_eq!(recipients(&judge), expected, "{line}");
        assert_eq!(read_mails(&clinic.path("Maildir")), 0, "a test store leaves real mails alone");
        // It is told once.
        type_in(&clinic, "run --now 2096-05-05T09:02Z").exits(0).says_nothing();
    }
}

/// Whoever asked to leave before their row was taken in gets no letter of the very send that takes it in.
#[test]
fn a_wish_from_an_address_that_is_on_no_list_yet_is_kept_for_it() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3).setting(BOX);
    maildir(
        &clinic.path("Maildir"),
        &[mail("person2@patients.example", "unsubscribe", WORDS)],
    );
    type_in(&clinic, "send tips")
        .exits(0)
        .tells("it gets none, should it come on one (from p***@patients.example");
    assert_eq!(
        recipients(&judge),
        ["person1", "person3"].map(|person| format!("{person}@patients.example"))
    );
}

#[test]
fn a_mailbox_that_cannot_be_read_stops_everything() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 2).setting(BOX);
    for line in ["send tips", "run"] {
        type_in(&clinic, line)
            .exits(78)
            .tells("there is no mailbox")
            .tells("nobody was touched: letters would go to people who have left");
    }
    assert_eq!(judge.deliveries().len(), 0);
    maildir(&clinic.path("Maildir"), &[]);
    type_in(&clinic, "mail-in").exits(0).says_nothing();
    type_in(&clinic, "send tips").exits(0);
    assert_eq!(judge.accepted().len(), 2);
}

#[test]
fn what_is_no_mailbox_is_told_beforehand_and_never_read_as_one() {
    let judge = Judge::start();
    let clinic = real(&judge, 1).setting(BOX);
    let check = |words: &str| {
        for line in ["check", "plan"] {
            type_in(&clinic, line)
                .exits(0)
                .tells(words)
                .tells("`send` and `run` refuse until it can be read");
        }
        type_in(&clinic, "doctor --offline")
            .exits(78)
            .prints("ILL   somebody reads what people answer: ")
            .prints(words);
        type_in(&clinic, "status")
            .exits(0)
            .prints("what people answer: ")
            .prints(words);
        for line in ["mail-in", "send tips --yes"] {
            type_in(&clinic, line).exits(78).tells(words).tells("/var/mail/unsubscribe");
        }
    };
    check("there is no mailbox");
    clinic.write("Maildir", "no mbox at all");
    check("is no mbox: its first line does not begin with `From `");
    std::fs::remove_file(clinic.path("Maildir")).unwrap();
    assert_eq!(judge.deliveries().len(), 0);
    maildir(&clinic.path("Maildir"), &[]);
    type_in(&clinic, "check").exits(0).never_says("mailbox");
    type_in(&clinic, "send tips --yes").exits(0);
    assert_eq!(judge.accepted().len(), 1);
    maildir(
        &clinic.path("Maildir"),
        &[mail("person1@patients.example", "unsubscribe", WORDS)],
    );
    type_in(&clinic, "run").exits(0).says_nothing();
    assert_eq!(suppressed(&clinic), ["person1 all unsubscribed"]);
    assert_eq!(read_mails(&clinic.path("Maildir")), 1);
}

#[test]
fn whoever_leaves_while_letters_leave_gets_none_of_those_that_wait() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic_with(&judge, 6);
    type_in(&clinic, "send tips").exits(0);
    let first = letters(&judge);
    judge.add(Rule::at(Phase::Dot).after(1).times(1).behind_the_gate());
    let running = clinic.spawn(&["send", "tips"]);
    until("the second letter", || judge.letters() >= 8);
    let seen: BTreeSet<String> = judge.deliveries()[6..]
        .iter()
        .map(|letter| letter.recipient.clone())
        .collect();
    let mails: Vec<String> = first
        .iter()
        .filter(|letter| !seen.contains(&letter.to))
        .map(|letter| by_token("x@elsewhere.example", &letter.token))
        .collect();
    assert_eq!(mails.len(), 4);
    maildir(&clinic.path("Maildir"), &mails);
    type_in(&clinic, "mail-in Maildir").exits(0).prints("4 mails: 4 left");
    judge.open_gate();
    running.wait().exits(0);
    assert_eq!(judge.accepted().len(), 8);
    assert_eq!(clinic.ledger().people("suppressed").len(), 4);
    clinic.assert_numbers_close();
}

#[test]
fn no_real_letter_leaves_while_nobody_reads_the_answers() {
    let judge = Judge::start();
    let clinic = real(&judge, 2);
    const NOBODY: &str = "nobody reads what people answer at `unsubscribe@mill-lane.example`";
    for line in ["check", "plan"] {
        let told = type_in(&clinic, line).exits(0).tells(NOBODY).stderr;
        assert_eq!(told.matches("nobody reads").count(), 1, "{told}");
    }
    let refused = type_in(&clinic, "send tips --yes")
        .exits(78)
        .tells(NOBODY)
        .tells("nobody was touched");
    refused
        .tells("under `unsubscribe:` in `tidings.yaml`, write `read_by_hand: true`")
        .tells("`mailbox: /var/mail/unsubscribe`")
        .tells("`url: https://");
    type_in(&clinic, "doctor")
        .exits(78)
        .prints("ILL   somebody reads what people answer: nobody does");
    const REFUSED: &str = "what people answer: nobody reads it, and `send` and `run` refuse until somebody does\n";
    type_in(&clinic, "status")
        .exits(0)
        .prints("nothing has been sent yet: ")
        .prints(REFUSED);
    // Nothing is due, so there is nothing to refuse.
    type_in(&clinic, "run").exits(0).says_nothing();
    // Whoever chose otherwise meanwhile: what waits goes on waiting.
    let by_hand = clinic.setting("unsubscribe: {mailto: unsubscribe@mill-lane.example, read_by_hand: true}");
    type_in(&by_hand, "send tips --yes --limit 1").exits(0);
    type_in(&by_hand, "release tips").exits(0);
    let clinic = by_hand.setting("unsubscribe: {mailto: unsubscribe@mill-lane.example}");
    type_in(&clinic, "run").exits(78).tells(NOBODY);
    type_in(&clinic, "status").prints("1 letter to go").prints(REFUSED);
    assert_eq!(judge.deliveries().len(), 1);
    for line in ["rehearse", "test tips --to me@mill-lane.example"] {
        type_in(&clinic, line).exits(0);
    }
    assert_eq!(judge.accepted().len(), 2);
}

#[test]
fn each_way_of_reading_lets_letters_leave() {
    let leaves = |prepare: &dyn Fn(Workspace) -> Workspace, words: &str| {
        let judge = Judge::start();
        let clinic = prepare(real(&judge, 1));
        type_in(&clinic, "check").never_says("nobody reads");
        type_in(&clinic, "send tips --yes").exits(0);
        assert_eq!(judge.accepted().len(), 1, "{words}");
        type_in(&clinic, "status").exits(0).prints(words);
        type_in(&clinic, "doctor").prints(&format!("well  somebody reads what people answer: {words}"));
        (clinic, judge)
    };
    let by_hand = |clinic: Workspace| clinic.setting("unsubscribe: {mailto: unsubscribe@mill-lane.example, read_by_hand: true}");
    let (clinic, _judge) = leaves(
        &by_hand,
        "somebody reads them by hand, says `read_by_hand: true`; letters leave by that word since",
    );
    type_in(&clinic, "send tips --yes").exits(0);
    let orders = dump(&clinic);
    let orders = orders
        .iter()
        .filter(|row| row.starts_with("spoken_order") && row.contains("read by hand"));
    assert_eq!(orders.count(), 1, "a choice is recorded once");
    let page = |clinic: Workspace| {
        clinic.setting("unsubscribe: {mailto: unsubscribe@mill-lane.example, url: \"https://mill-lane.example/u\"}")
    };
    leaves(&page, "the page at `unsubscribe.url` takes them");
    let boxed = |clinic: Workspace| {
        maildir(&clinic.path("Maildir"), &[]);
        clinic.setting(BOX)
    };
    leaves(&boxed, "`run` and `send` read `Maildir` before they send");
    let handed = |clinic: Workspace| {
        hand_in(&clinic, &mail("me@mill-lane.example", "Is anybody there?", "Hello."), &[])
            .exits(0)
            .says_nothing();
        clinic
    };
    leaves(&handed, "the mail server hands them to `tidings mail-in -`");
    let lately = |clinic: Workspace| {
        maildir(&clinic.path("Maildir"), &[]);
        type_in(&clinic, "mail-in Maildir").exits(0).says_nothing();
        clinic
    };
    leaves(&lately, "`tidings mail-in` read `maildir:");
}

#[test]
fn a_folder_on_a_server_needs_a_program_that_can_read_one() {
    if cfg!(feature = "imap") {
        return println!("this program can");
    }
    let judge = Judge::start();
    let imap = "unsubscribe: {mailto: unsubscribe@mill-lane.example, imap: {host: imap.example.org, user: u, password_env: P}}";
    let clinic = clinic_with(&judge, 1).setting(imap);
    type_in(&clinic, "check")
        .exits(0)
        .tells("built without reading mail servers; `send` and `run` refuse until it can be read");
    type_in(&clinic, "doctor --offline")
        .exits(78)
        .prints("ILL   somebody reads what people answer: `unsubscribe.imap` names");
    for line in ["mail-in", "send tips", "run"] {
        type_in(&clinic, line)
            .exits(78)
            .tells("built without reading mail servers")
            .tells("--features imap");
    }
    assert_eq!(judge.deliveries().len(), 0);
}

#[test]
fn whoever_reads_by_hand_pastes_the_token() {
    let (clinic, judge) = written_to(3);
    let letters = letters(&judge);
    let token = to(&letters, "person1").token.to_string();
    clinic
        .run(&["suppress", "add", &token])
        .exits(0)
        .tells("the token of a letter to p***@patients.example: no more of list `patients`")
        .prints("1 address suppressed");
    let subject = format!("unsubscribe {}", to(&letters, "person2").token);
    clinic
        .run(&["suppress", "add", &subject, "person3@patients.example"])
        .exits(0)
        .prints("2 addresses suppressed");
    assert_eq!(
        suppressed(&clinic),
        [
            "person1 patients unsubscribed",
            "person2 patients unsubscribed",
            "person3 all by_hand"
        ]
    );
    let forged = crate::intake::letters::forged(&to(&letters, "person1").token).to_string();
    clinic
        .run(&["suppress", "add", &forged])
        .exits(2)
        .tells("this store did not make this token");
    for damaged in [&token[..token.len() - 1], &token[..30], "v1.nzwu.AAAAAQ…", &subject[..60]] {
        let told = clinic
            .run(&["suppress", "add", damaged])
            .exits(2)
            .tells("…` begins like a letter's token, and is damaged or incomplete; nothing was changed")
            .tells("copy it whole, from `v1.` to its end");
        assert_eq!(
            told.stderr.matches("`v1.").count(),
            2,
            "once quoted, once in the hint: {told}"
        );
    }
    type_in(&clinic, "test tips --to me@mill-lane.example").exits(0);
    let sample = crate::intake::letters::letters(&judge);
    let sample = to(&sample, "me").token.to_string();
    clinic
        .run(&["suppress", "add", &sample])
        .exits(2)
        .tells("a test letter or a preview");
}

#[test]
fn a_rehearsals_letters_are_answered_in_the_rehearsal_alone() {
    let clinic = clinic(2);
    type_in(&clinic, "rehearse").exits(0);
    let outbox = std::fs::read_dir(clinic.path(".tidings/rehearsal/outbox")).unwrap();
    let mut files = outbox.map(|entry| entry.unwrap().path());
    let file = files.find(|file| file.to_str().unwrap().ends_with("person1-patients.example.eml"));
    let rehearsed = letter("person1@patients.example", &std::fs::read(file.unwrap()).unwrap());
    maildir(&clinic.path("Maildir"), &[by_token("x@elsewhere.example", &rehearsed.token)]);
    type_in(&clinic, "--rehearsal mail-in Maildir")
        .exits(0)
        .prints("1 mail: 1 left");
    assert_eq!(read_mails(&clinic.path("Maildir")), 0, "the box is the real one's");
    let told = type_in(&clinic, "mail-in Maildir --json").exits(1).json();
    assert_eq!(told[0]["outcome"], "for_a_person");
    type_in(&clinic, "suppress list").exits(0).never_says("person1");
}

#[test]
fn a_token_does_not_grow_old_and_old_mail_undoes_nothing() {
    let (clinic, judge) = tried_out_on(2);
    let letters = letters(&judge);
    let answer = by_token("x@elsewhere.example", &to(&letters, "person1").token);
    hand_in(&clinic, &answer, &["--now", "2098-11-21T10:00:00Z"]).exits(0);
    assert_eq!(suppressed(&clinic), ["person1 patients unsubscribed"]);
    type_in(&clinic, "suppress list").prints("mail of 3 November 2026, unsubscribe by token");
    // Whoever came back after that mail was written is not sent away by another copy of it.
    type_in(&clinic, "consent restore person1@patients.example --evidence phoned").exits(0);
    let copy = answer.replace("Subject: unsubscribe", "Subject: Unsubscribe");
    hand_in(&clinic, &copy, &[]).exits(0);
    assert_eq!(suppressed(&clinic), Vec::<String>::new());
    let later = copy.replace("Tue, 3 Nov 2026", "Tue, 3 Nov 2099");
    hand_in(&clinic, &later, &["--now", "2099-11-21T10:00:00Z"]).exits(0);
    assert_eq!(suppressed(&clinic), ["person1 patients unsubscribed"]);
}
