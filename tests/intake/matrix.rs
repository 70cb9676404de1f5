//! Every kind of answer, from every kind of box: what it does, and that it does it once.

use super::letters::{Letter, by_token, complaint, forged, letter, letters, mail, maildir, mbox, read_mails, report, to, vacation};
use super::{dump, hand_in, suppressed, written_to};
use crate::support::workspace::Workspace;

/// A mail, and what is to come of it: kind, outcome, person.
type Case = (String, [&'static str; 3]);

/// Tokens that prove nothing here: another store's, a rehearsal's.
struct Strange {
    other_store: Letter,
    rehearsed: Letter,
}

const DESK: &str = "ann@elsewhere.example";

fn cases(letters: &[Letter], strange: &Strange) -> Vec<Case> {
    let person = |number: usize| to(letters, &format!("person{number}"));
    let gone = |number: usize, status| [(person(number).to.clone(), "failed", status)];
    let said = |groups: &[(String, &str, &str)], head: &str| {
        let groups: Vec<(&str, &str, &str)> = groups.iter().map(|(a, b, c)| (a.as_str(), *b, *c)).collect();
        report(&groups, head)
    };
    let words = "Please unsubscribe me.";
    vec![
        (by_token(DESK, &person(1).token), ["unsubscribe", "acted", "person1"]),
        (
            mail("Person2@Patients.example", "Re: All about sleep", words),
            ["unsubscribe", "acted", "person2"],
        ),
        (said(&gone(3, "5.1.1"), &person(3).head()), ["bounce", "acted", "person3"]),
        // Known by its Message-ID alone, to the address that the person forwards to.
        (
            report(
                &[("forwarded@elsewhere.example", "failed", "5.0.0")],
                &person(4).head_without_token(),
            ),
            ["bounce", "acted", "person4"],
        ),
        (complaint(&person(5).head()), ["complaint", "acted", "person5"]),
        (vacation(&person(6).to), ["auto_reply", "ignored", ""]),
        (
            said(&[(person(6).to.clone(), "delayed", "4.4.1")], &person(6).head()),
            ["delay", "ignored", ""],
        ),
        // Somebody of that report was not reached; whether it was they, nobody can tell.
        (
            report(
                &[
                    ("one@elsewhere.example", "failed", "5.1.1"),
                    ("two@elsewhere.example", "delivered", "2.0.0"),
                ],
                &person(6).head(),
            ),
            ["bounce", "ignored", "person6"],
        ),
        (said(&gone(6, "5.7.1"), &person(6).head()), ["bounce", "ignored", "person6"]),
        // The address that a mailbox forwards to is gone for sure; the mailbox itself may not be.
        (report(&COLLEAGUE, &person(10).head()), ["bounce", "acted", "person10"]),
        // The desk passed a letter on to a colleague who is gone: the letter that it quotes did reach its person.
        (
            passed_on("Message-ID: <1@mill-lane.example>\n", person(11)),
            ["bounce", "unproved", ""],
        ),
        (passed_on("", person(11)), ["bounce", "for_a_person", ""]),
        (
            by_token(DESK, &forged(&person(7).token)),
            ["unsubscribe", "for_a_person", "ann"],
        ),
        (said(&gone(7, "5.1.1"), &person(7).forged_head()), ["bounce", "unproved", ""]),
        (complaint(&person(7).forged_head()), ["complaint", "for_a_person", ""]),
        (
            by_token(DESK, &strange.other_store.token),
            ["unsubscribe", "for_a_person", "ann"],
        ),
        (
            by_token(DESK, &strange.rehearsed.token),
            ["unsubscribe", "for_a_person", "ann"],
        ),
        (said(&gone(7, "5.1.1"), &strange.rehearsed.head()), ["bounce", "unproved", ""]),
        (
            by_token("me@mill-lane.example", &to(letters, "me").token),
            ["unsubscribe", "ignored", ""],
        ),
        // A forged token takes nothing from a person's own plain words.
        (
            mail(
                &person(8).to,
                "unsubscribe",
                &format!("{words}\n{}", forged(&person(7).token)),
            ),
            ["unsubscribe", "acted", "person8"],
        ),
        (mail(DESK, "unsubscribe", words), ["unsubscribe", "for_a_person", "ann"]),
        // The keys of the letter are lost: its link still says the word, from the person's own address.
        (
            by_token(&person(12).to, &strange.other_store.token),
            ["unsubscribe", "acted", "person12"],
        ),
        (
            mail(DESK, "A question", &forged(&person(7).token).to_string()),
            ["unsubscribe", "for_a_person", ""],
        ),
        // Whoever passes a wish on has none, and an answer about leaving may be a wish to stay.
        (mail(&person(11).to, "Fwd: unsubscribe", ""), ["other", "for_a_person", ""]),
        (
            mail(
                DESK,
                &format!("Re: unsubscribe {}", person(11).token),
                "A mistake, please keep me on the list.",
            ),
            ["other", "for_a_person", ""],
        ),
        // Whom the letter was passed on to complains, and not the person whose letter it is.
        (
            complaint(&person(11).head()).replace("Version: 1\n", "Version: 1\nOriginal-Rcpt-To: <bob@elsewhere.example>\n"),
            ["complaint", "for_a_person", "person11"],
        ),
        (
            mail(&person(9).to, "A question", "Do you have a free hour on Friday?"),
            ["other", "for_a_person", ""],
        ),
    ]
}

const COLLEAGUE: [(&str, &str, &str); 1] = [("gone@elsewhere.example", "failed", "5.1.1")];

/// A report about a mail to a colleague, with these proofs in its head, in which somebody's letter is quoted.
fn passed_on(proofs: &str, letter: &Letter) -> String {
    let mail = format!(
        "From: Desk <tips@mill-lane.example>\nSubject: Fwd: Sleep\n{proofs}\nCould you answer her?\n\n> https://mill-lane.example/u/{}",
        letter.token
    );
    report(&COLLEAGUE, &mail).replace("text/rfc822-headers", "message/rfc822")
}

/// Whoever is written to no more; the first is the wish that is kept for an address on no list.
const SUPPRESSED: [&str; 7] = [
    "? all unsubscribed",
    "person1 patients unsubscribed",
    "person12 all unsubscribed",
    "person2 all unsubscribed",
    "person3 all bounced",
    "person5 all complained",
    "person8 all unsubscribed",
];

fn strange(clinic: &Workspace) -> Strange {
    let (_other, judge) = written_to(1);
    clinic.run(&["rehearse"]).exits(0);
    let outbox = std::fs::read_dir(clinic.path(".tidings/rehearsal/outbox")).unwrap();
    let mut files: Vec<_> = outbox.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let file = files.iter().find(|file| file.to_str().unwrap().contains("person7")).unwrap();
    Strange {
        other_store: letters(&judge).remove(0),
        rehearsed: letter("person7@patients.example", &std::fs::read(file).unwrap()),
    }
}

fn all_answers() -> (Workspace, Vec<Case>) {
    let (clinic, judge) = written_to(12);
    let strange = strange(&clinic);
    clinic.run(&["test", "tips", "--to", "me@mill-lane.example"]).exits(0);
    let cases = cases(&letters(&judge), &strange);
    (clinic, cases)
}

/// What `mail-in --json` says came of a mail.
fn told(line: &serde_json::Value) -> [String; 3] {
    let person = line["address"]
        .as_str()
        .unwrap_or_default()
        .split('@')
        .next()
        .unwrap()
        .to_lowercase();
    [
        line["kind"].as_str().unwrap().to_owned(),
        line["outcome"].as_str().unwrap().to_owned(),
        person,
    ]
}

#[test]
fn every_answer_does_what_it_should_and_once_whichever_box_it_lies_in() {
    let (clinic, cases) = all_answers();
    let mails: Vec<String> = cases.iter().map(|(mail, _)| mail.clone()).collect();
    maildir(&clinic.path("Maildir"), &mails);
    mbox(&clinic.path("answers.mbox"), &mails);
    let told_of: Vec<[String; 3]> = clinic
        .run(&["mail-in", "Maildir", "--json"])
        .exits(1)
        .json()
        .iter()
        .map(told)
        .collect();
    for ((mail, expected), told) in cases.iter().zip(&told_of) {
        assert_eq!(told, expected, "{mail}");
    }
    assert_eq!(told_of.len(), cases.len());
    assert_eq!(suppressed(&clinic), SUPPRESSED);
    let settled = cases
        .iter()
        .filter(|(_, [_, outcome, _])| ["acted", "ignored"].contains(outcome))
        .count();
    assert_eq!(read_mails(&clinic.path("Maildir")), settled);
    println!("proof| intake | kinds of answer, each from a real letter | {}", cases.len());

    let once = dump(&clinic);
    assert!(
        !once.iter().any(|row| row.starts_with("mail ") && row.contains('@')),
        "an address is kept of a mail"
    );
    for line in [&["mail-in", "Maildir"][..], &["mail-in", "answers.mbox", "Maildir"]] {
        clinic.run(line).exits(0).says_nothing();
    }
    for mail in &mails {
        hand_in(&clinic, mail, &[]).exits(0).says_nothing();
        clinic.write("one.eml", mail.replace('\n', "\r\n"));
        clinic.run(&["mail-in", "one.eml"]).exits(0).says_nothing();
    }
    assert_eq!(dump(&clinic), once, "what was fed again has changed something");
    println!("proof| intake | fed again from Maildir, mbox, file and standard input | nothing changed");
}

#[test]
fn a_look_says_all_of_it_and_changes_nothing() {
    let (clinic, cases) = all_answers();
    let mails: Vec<String> = cases.iter().map(|(mail, _)| mail.clone()).collect();
    maildir(&clinic.path("Maildir"), &mails);
    let before = (dump(&clinic), suppressed(&clinic));
    let seen = clinic.run(&["mail-in", "Maildir", "--dry-run", "--json"]).exits(0).json();
    let wanted: Vec<[String; 3]> = cases.iter().map(|(_, expected)| expected.map(str::to_owned)).collect();
    assert_eq!(seen.iter().map(told).collect::<Vec<_>>(), wanted);
    clinic
        .run(&["mail-in", "Maildir", "--dry-run"])
        .exits(0)
        .prints("person1@patients.example")
        .prints("no more of list `patients`: unsubscribe by token")
        .prints("nothing was changed");
    assert_eq!((dump(&clinic), suppressed(&clinic)), before);
    assert_eq!(read_mails(&clinic.path("Maildir")), 0);
    assert_eq!(std::fs::read_dir(clinic.path("Maildir/new")).unwrap().count(), cases.len());
}
