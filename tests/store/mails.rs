//! Mail that came in, against real SQLite files: taken once, whole or not at all, and proved by what only the store can make.

use super::strikes::{DEAD, edition, hear, store, strikes, suppressed};
use super::*;
use crate::support::stopwatch::Stopwatch;
use rusqlite::Connection;
use tidings::delivery::reply::EnhancedCode;
use tidings::delivery::strike::Weight;
use tidings::store::judge::Ending;
use tidings::store::mail::{Effect, MailKind, Outcome, Taken, TakenMail};
use tidings::store::strike::Standing;
use tidings::store::suppress::{NewSuppression, Whom};

const TAKEN: &str = "250 2.0.0 queued as 4F1";

fn bounce(hash: u8, delivery: DeliveryId, weight: Weight, code: &str, minute: i64) -> TakenMail {
    TakenMail {
        hash: [hash; 32],
        at: at(minute),
        kind: MailKind::Bounce,
        effect: Effect::Strike {
            delivery,
            weight,
            code: EnhancedCode::parse(code),
            reply: format!("smtp; 550 {code} <Ann@Example.org>... passed on to ann.lee@elsewhere.example: user unknown"),
        },
        detail: format!("{code}, of ann@example.org"),
    }
}

fn letter(store: &Store, name: &str, edition: EditionId) -> DeliveryId {
    let person = store.person(&subscriber(name).address).unwrap().unwrap();
    let letters = store.deliveries_of(person).unwrap();
    letters.into_iter().find(|line| line.edition == edition).unwrap().delivery
}

/// A store whose one edition everybody has.
fn sent(dir: &Path, names: &[&str]) -> (Store, EditionId) {
    let mut store = store(dir, names);
    let edition = edition(&mut store, "tea", 0);
    let answers: Vec<(&str, &str)> = names.iter().map(|name| (*name, TAKEN)).collect();
    let run = hear(&mut store, edition, &answers, at(1));
    store.end_run(run, at(2)).unwrap();
    (store, edition)
}

#[test]
fn a_bounce_is_taken_once_judged_at_once_and_holds_no_address() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, tea) = sent(dir.path(), &["ann", "bob"]);
    let mail = bounce(7, letter(&store, "ann", tea), Weight::Sure, "5.1.1", 5);
    assert!(!store.knows_mail(&mail.hash).unwrap());
    let taken = store.take_mail(&mail).unwrap();
    assert_eq!((taken.is_new, taken.outcome), (true, Outcome::Acted));
    let evidence = taken.suppressed.unwrap().evidence.unwrap();
    assert_eq!(evidence, "5.1.1 at 1 December 2026, letter seasonal/tea");
    assert_eq!(suppressed(&store, "ann"), Some(evidence));
    assert!(store.knows_mail(&mail.hash).unwrap());
    let again = store.take_mail(&mail).unwrap();
    let known = Taken {
        is_new: false,
        outcome: Outcome::Acted,
        suppressed: None,
    };
    assert_eq!(again, known);
    // Another mail about the same letter, in the same words: on record, and no second strike.
    let other = store
        .take_mail(&bounce(8, letter(&store, "ann", tea), Weight::Sure, "5.1.1", 6))
        .unwrap();
    assert_eq!((other.is_new, other.outcome, other.suppressed), (true, Outcome::Stood, None));
    assert_eq!(strikes(&store, "ann", 9).len(), 1);
    let line = strikes(&store, "ann", 9).remove(0);
    assert_eq!(
        (line.at, line.reply.as_str()),
        (at(1), "smtp; 550 5.1.1 <recipient>... passed on to <recipient> user unknown"),
        "the letter's moment, not the mail's"
    );
    let mails = store.mails_about(&subscriber("ann").address).unwrap();
    assert_eq!(
        mails.iter().map(|mail| mail.detail.as_str()).collect::<Vec<_>>(),
        ["5.1.1, of <recipient>"; 2]
    );
    assert_eq!(mails[0].letter.as_deref(), Some("seasonal/tea"));
    assert!(store.mails_about(&subscriber("bob").address).unwrap().is_empty());
}

/// A provider's bad hour, told by reports: the first few are believed, the crowd is not before another edition says the same.
#[test]
fn what_comes_back_in_a_crowd_is_not_believed_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let names: Vec<String> = (b'a'..=b'l').map(|letter| format!("{}nn", char::from(letter))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut store, tea) = sent(dir.path(), &names);
    for (hash, name) in (1..).zip(&names) {
        let mail = bounce(hash, letter(&store, name, tea), Weight::Sure, "5.1.1", 5);
        assert_eq!(store.take_mail(&mail).unwrap().outcome, Outcome::Acted);
    }
    let out = names.iter().filter(|name| suppressed(&store, name).is_some()).count();
    assert_eq!(out, 5);
    assert_eq!(strikes(&store, "lnn", 9)[0].standing, Standing::Doubtful);
}

#[test]
fn a_mail_and_what_it_does_are_on_the_disk_together_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, tea) = sent(dir.path(), &["ann"]);
    let file = Connection::open(dir.path().join("store.db")).unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON mail BEGIN SELECT RAISE(ABORT, 'no room'); END";
    file.execute_batch(full).unwrap();
    let mail = bounce(7, letter(&store, "ann", tea), Weight::Sure, "5.1.1", 5);
    assert!(store.take_mail(&mail).is_err());
    assert_eq!((suppressed(&store, "ann"), strikes(&store, "ann", 6).len()), (None, 0));
    assert!(!store.knows_mail(&mail.hash).unwrap());
    file.execute_batch("DROP TRIGGER full").unwrap();
    assert_eq!(store.take_mail(&mail).unwrap().outcome, Outcome::Acted);
    for sql in [
        "DELETE FROM mail",
        "UPDATE mail SET outcome = 'stood'",
        "UPDATE mail SET hash = x'00'",
    ] {
        let refused = file.execute(sql, []).unwrap_err().to_string();
        assert!(refused.contains("a mail"), "{sql}: {refused}");
    }
}

#[test]
fn strikes_by_mail_and_by_the_relay_add_up_by_their_letters_moments() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, tea) = sent(dir.path(), &["ann"]);
    let walks = edition(&mut store, "walks", 40 * 24 * 60);
    let run = hear(&mut store, walks, &[("ann", TAKEN)], at(40 * 24 * 60 + 1));
    store.end_run(run, at(40 * 24 * 60 + 2)).unwrap();
    // Both come back, and are read on one day: the letters were forty days apart.
    let late = 60 * 24 * 60;
    let hard = |hash, edition, store: &Store| bounce(hash, letter(store, "ann", edition), Weight::Hard, "5.0.0", late);
    let first = hard(1, tea, &store);
    assert_eq!(store.take_mail(&first).unwrap().suppressed, None);
    // The second edition has been good since its seventh day: what was before it counts no more, and it has bounced itself now.
    assert_eq!(strikes(&store, "ann", late)[0].standing, Standing::Past);
    let second = hard(2, walks, &store);
    assert_eq!(store.take_mail(&second).unwrap().suppressed, None);
    let standing: Vec<Standing> = strikes(&store, "ann", late).iter().map(|line| line.standing).collect();
    assert_eq!(standing, [Standing::Counts, Standing::Counts], "nothing was good after all");
    let sleep = edition(&mut store, "sleep", late);
    let run = hear(&mut store, sleep, &[("ann", "550 user unknown")], at(late + 1));
    store.judge_run(run, Ending::Calm, at(late + 2)).unwrap();
    assert_eq!(
        suppressed(&store, "ann").unwrap(),
        "2 letters refused for good within 30 days; the last: 550 at 30 January 2027, letter seasonal/sleep"
    );
}

#[test]
fn who_leaves_by_mail_has_left_and_older_news_bring_nobody_to_leave_again() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, tea) = sent(dir.path(), &["ann", "bob"]);
    let address = subscriber("ann").address;
    let person = store.keys().person(&address);
    let leave = |hash: u8, minute: i64| TakenMail {
        hash: [hash; 32],
        at: at(minute),
        kind: MailKind::Unsubscribe,
        effect: Effect::Leave {
            suppressions: vec![NewSuppression {
                whom: Whom::Hash(person),
                suppression: Suppression {
                    scope: Scope::List("patients".to_owned()),
                    reason: Reason::Unsubscribed,
                    at: at(minute),
                    evidence: Some("mail".to_owned()),
                },
                happened: Some(at(minute)),
            }],
            person,
            delivery: Some(letter(&store, "ann", tea)),
            is_for_a_person: false,
        },
        detail: "by token".to_owned(),
    };
    let (first, second) = (leave(1, 5), leave(2, 6));
    let taken = store.take_mail(&first).unwrap();
    assert_eq!(
        (taken.outcome, taken.suppressed.map(|one| one.reason)),
        (Outcome::Acted, Some(Reason::Unsubscribed))
    );
    assert_eq!(store.take_mail(&second).unwrap().outcome, Outcome::Stood);
    assert_eq!(store.suppressions(&address).unwrap().len(), 1);
    let nothing = |hash: u8, outcome| TakenMail {
        hash: [hash; 32],
        at: at(7),
        kind: MailKind::Other,
        effect: Effect::Nothing(outcome),
        detail: "a question".to_owned(),
    };
    for (hash, outcome) in (10..).zip(Outcome::ALL) {
        assert_eq!(store.take_mail(&nothing(hash, outcome)).unwrap().outcome, outcome);
    }
    assert_eq!(store.mails_for_a_person(at(7)).unwrap(), 1);
    assert_eq!(store.mails_for_a_person(at(8)).unwrap(), 0);
    let nobody = store
        .take_mail(&bounce(30, DeliveryId(999), Weight::Sure, "5.1.1", 9))
        .unwrap();
    assert_eq!(
        (nobody.outcome, nobody.suppressed),
        (Outcome::Unproved, None),
        "no such letter is on record"
    );
}

#[test]
fn a_message_id_finds_its_letter_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, tea) = sent(dir.path(), &["ann", "bob", "cid"]);
    let id = |store: &Store, name: &str, orders: u32| {
        let letter = letter(store, name, tea);
        format!("{}@riverside.example", store.keys().message_id(letter, 1, orders))
    };
    let ann = store.keys().person(&subscriber("ann").address);
    let found = |store: &Store, ids: &[&str], to: &[&str]| {
        let ids: Vec<String> = ids.iter().map(|&id| id.to_owned()).collect();
        let to: Vec<Address> = to.iter().map(|name| subscriber(name).address).collect();
        store.letter_by_message_id(&ids, &to).unwrap()
    };
    let first = id(&store, "ann", 0);
    for to in [&[][..], &["ann"], &["bob"], &["nobody", "bob", "ann"]] {
        let letter = found(&store, &["20261201@elsewhere.example", &first], to).unwrap();
        assert_eq!(
            (letter.person, letter.address),
            (ann, Some(subscriber("ann").address)),
            "{to:?}"
        );
        assert_eq!(letter.delivery, super::mails::letter(&store, "ann", tea));
    }
    let shouted = first.replace("riverside.example", "Riverside.EXAMPLE");
    assert!(found(&store, &[&shouted], &[]).is_some(), "a domain's letters may be large");
    for wrong in [
        "",
        "@riverside.example",
        &first.replace("riverside", "elsewhere"),
        &first[1..],
        &format!("x{first}"),
        &id(&store, "ann", 1),
        &format!(
            "{}@riverside.example",
            store.keys().message_id(letter(&store, "ann", tea), 2, 0)
        ),
    ] {
        assert_eq!(found(&store, &[wrong], &["ann"]), None, "{wrong}");
    }
    // Ordered anew, the letter has a second one, and the first still finds it.
    let line = store.delivery(letter(&store, "ann", tea)).unwrap().unwrap();
    store.resend(tea, &[line], at(3)).unwrap();
    assert!(found(&store, &[&id(&store, "ann", 1)], &[]).is_some() && found(&store, &[&first], &[]).is_some());
    // Forgotten, it is still a letter, and nobody's address.
    store.forget(&subscriber("ann").address, at(4)).unwrap();
    let letter = found(&store, &[&first], &["ann"]).unwrap();
    assert_eq!((letter.person, letter.address), (ann, None));
    let untried = edition(&mut store, "walks", 10);
    let waiting = super::mails::letter(&store, "bob", untried);
    let never = format!("{}@riverside.example", store.keys().message_id(waiting, 1, 0));
    assert_eq!(
        found(&store, &[&never], &["bob"]),
        None,
        "a letter that never left does not come back"
    );
    assert!(store.letter_of(waiting).unwrap().is_some() && store.letter_of(DeliveryId(999)).unwrap().is_none());
}

#[test]
fn many_letters_are_looked_through_in_little_time() {
    let dir = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..3000).map(|n| format!("person{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut store = store(dir.path(), &names);
    let tea = edition(&mut store, "tea", 0);
    Connection::open(dir.path().join("store.db"))
        .unwrap()
        .execute("UPDATE delivery SET attempt = 1", [])
        .unwrap();
    let first = letter(&store, "person0", tea);
    let id = format!("{}@riverside.example", store.keys().message_id(first, 1, 0));
    let stopwatch = Stopwatch::start();
    assert_eq!(
        store.letter_by_message_id(&[id], &[]).unwrap().map(|found| found.delivery),
        Some(first)
    );
    let nanos = stopwatch.shows().as_nanos() / 3000;
    println!("proof| mails | nanoseconds a letter to find a Message-ID whose recipient nobody names (test build) | {nanos}");
}

#[test]
fn boxes_are_remembered_with_how_far_they_were_read() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = sent(dir.path(), &["ann"]);
    assert_eq!((store.readings().unwrap(), store.cursor("-").unwrap()), (Vec::new(), None));
    store.note_reading("maildir:/home/clinic/Maildir", 3, None, at(5)).unwrap();
    store
        .note_reading("imap://clinic@mail.example/INBOX", 2, Some("7:19"), at(6))
        .unwrap();
    store.note_reading("maildir:/home/clinic/Maildir", 1, None, at(7)).unwrap();
    store
        .note_reading("imap://clinic@mail.example/INBOX", 0, None, at(6))
        .unwrap();
    let lines = store.readings().unwrap();
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.name.as_str(), line.read_at, line.mails))
        .collect();
    assert_eq!(
        told,
        [
            ("maildir:/home/clinic/Maildir", at(7), 4),
            ("imap://clinic@mail.example/INBOX", at(6), 2)
        ]
    );
    assert_eq!(
        store.cursor("imap://clinic@mail.example/INBOX").unwrap().as_deref(),
        Some("7:19")
    );
}

#[test]
fn a_letter_that_the_relay_refused_and_that_comes_back_too_strikes_once_for_each_weight() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path(), &["ann", "bob"]);
    let tea = edition(&mut store, "tea", 0);
    let run = hear(&mut store, tea, &[("ann", DEAD), ("bob", TAKEN)], at(1));
    // While the run goes on: what the relay said is not judged yet, and a mail of the same weight says nothing new.
    let mail = bounce(1, letter(&store, "ann", tea), Weight::Sure, "5.1.1", 2);
    let taken = store.take_mail(&mail).unwrap();
    assert_eq!((taken.outcome, taken.suppressed), (Outcome::Stood, None));
    let softer = bounce(2, letter(&store, "ann", tea), Weight::Soft, "4.2.2", 3);
    assert_eq!(store.take_mail(&softer).unwrap().outcome, Outcome::Acted);
    store.judge_run(run, Ending::Calm, at(4)).unwrap();
    assert!(suppressed(&store, "ann").is_some());
}

#[test]
fn what_a_run_under_way_has_met_adds_to_nothing_before_it_is_judged() {
    for (ending, expected) in [(Ending::AtFault, false), (Ending::Calm, true)] {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, tea) = sent(dir.path(), &["ann", "bob"]);
        let walks = edition(&mut store, "walks", 10);
        let run = hear(&mut store, walks, &[("ann", "550 user unknown"), ("bob", TAKEN)], at(11));
        let mail = bounce(1, letter(&store, "ann", tea), Weight::Hard, "5.0.0", 12);
        assert_eq!(store.take_mail(&mail).unwrap().suppressed, None, "the relay may be at fault");
        let standing: Vec<Standing> = strikes(&store, "ann", 13).iter().map(|line| line.standing).collect();
        assert_eq!(standing, [Standing::Counts, Standing::Waits]);
        store.judge_run(run, ending, at(14)).unwrap();
        assert_eq!(suppressed(&store, "ann").is_some(), expected, "{ending:?}");
    }
}
