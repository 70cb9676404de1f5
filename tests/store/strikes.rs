//! Strikes against real SQLite files: what a refusal costs, when, and whom it never costs anything.

use super::*;
use crate::support::stopwatch::Stopwatch;
use rusqlite::Connection;
use tidings::store::judge::Ending;
use tidings::store::lift::Lifting;
use tidings::store::strike::{Source, Standing, StrikeLine};

const DAY: i64 = 24 * 60;
pub(super) const DEAD: &str = "550 5.1.1 no such user";
pub(super) const REFUSED: &str = "550 user unknown";
pub(super) const FULL: &str = "452 4.2.2 mailbox full";
const TAKEN: &str = "250 2.0.0 queued as 4F1";

/// A store with these people on its list, and no edition yet.
pub(super) fn store(dir: &Path, names: &[&str]) -> Store {
    let mut store = Store::create(dir, Kind::Test, at(0)).unwrap();
    import(&mut store, names, Guard::Trusted, 0);
    store
}

/// A released edition of this article to everybody, whose time is over after an hour.
pub(super) fn edition(store: &mut Store, article: &str, minute: i64) -> EditionId {
    let key = EditionKey {
        campaign: CampaignId("k7f2m9".to_owned()),
        article: article.to_owned(),
        round: 1,
    };
    let new = NewEdition {
        key: &key,
        campaign_name: "seasonal",
        title: article,
        domain: "riverside.example",
        lists: &["patients".to_owned()],
        not_lists: &[],
        only: &Asked::default(),
        sources: "{}",
        sources_hash: article.as_bytes(),
        article_hash: article.as_bytes(),
        due_at: at(minute),
        due_on: jiff::civil::date(2027, 1, 1),
        expires_at: Some(at(minute + 60)),
        hours: None,
    };
    let edition = store.draft(&new, at(minute), |candidate| Place::In {
        version: candidate.memberships[0].version,
    });
    store.release(edition.unwrap(), at(minute)).unwrap();
    store.editions().unwrap().into_iter().find(|one| one.key == key).unwrap().id
}

/// One run that hands these people's letters of an edition over and hears these answers; it has not been judged.
pub(super) fn hear(store: &mut Store, edition: EditionId, answers: &[(&str, &str)], moment: Timestamp) -> RunId {
    let run = store.begin_run("run", moment).unwrap();
    // The next try would be too late: what is put off is given up.
    let policy = move |_| RetryPolicy {
        expires: Some(moment),
        ..RetryPolicy::default()
    };
    let (journal, writer) = Journal::start(store, run, policy).unwrap();
    let desk = Desk {
        journal,
        runtime: tokio::runtime::Builder::new_current_thread().build().unwrap(),
    };
    let waiting = store.claims(edition, DeliveryId(0), moment, 10_000).unwrap();
    for (name, said) in answers {
        let address = subscriber(name).address;
        let claim = waiting.iter().find(|claim| claim.recipient.address == address).unwrap();
        let intent = Intent {
            at: moment,
            ..intent(claim, 0)
        };
        if desk.record(None, Some(intent)).begun != Some(Grant::Given) {
            continue;
        }
        let answer = Settlement {
            at: moment,
            ..answered(claim, said)
        };
        desk.record(Some(answer), None).settled.unwrap();
    }
    drop(desk);
    writer.join().unwrap();
    run
}

fn answered(claim: &Claim, said: &str) -> Settlement {
    let (code, text) = said.split_once(' ').unwrap();
    let stage = if said == TAKEN { Stage::EndOfData } else { Stage::Rcpt };
    let reply = Reply::new(stage, code.parse().unwrap(), &[text.to_owned()]);
    let event = match reply.code / 100 {
        2 => Event::Accept,
        4 => Event::RefuseForNow { refusals: 1 },
        _ => Event::RefuseForGood,
    };
    Settlement {
        stage: Some(stage),
        reply: Some(reply),
        ..settlement(claim, event, 0)
    }
}

/// The same run, which ends by itself.
fn run(store: &mut Store, edition: EditionId, answers: &[(&str, &str)], minute: i64) -> u64 {
    let run = hear(store, edition, answers, at(minute));
    end(store, run, Ending::Calm, minute)
}

fn end(store: &mut Store, run: RunId, ending: Ending, minute: i64) -> u64 {
    let suppressed = store.judge_run(run, ending, at(minute)).unwrap();
    store.end_run(run, at(minute)).unwrap();
    suppressed
}

pub(super) fn suppressed(store: &Store, name: &str) -> Option<String> {
    let found = store.suppressions(&subscriber(name).address).unwrap();
    let bounced: Vec<_> = found
        .into_iter()
        .filter(|one| one.reason == Reason::Bounced && one.scope == Scope::All)
        .collect();
    assert!(bounced.len() <= 1, "one is enough: {bounced:?}");
    bounced.into_iter().next().map(|one| one.evidence.unwrap())
}

pub(super) fn strikes(store: &Store, name: &str, minute: i64) -> Vec<StrikeLine> {
    store.strikes(&subscriber(name).address, at(minute)).unwrap()
}

#[test]
fn who_does_not_exist_is_written_to_no_more_once_the_run_has_ended_well() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path(), &["ann", "bob", "cid"]);
    let first = edition(&mut store, "tea", 0);
    let met = hear(&mut store, first, &[("ann", DEAD), ("bob", TAKEN), ("cid", TAKEN)], at(1));
    assert_eq!(suppressed(&store, "ann"), None, "not while the run goes on");
    assert_eq!(end(&mut store, met, Ending::Calm, 2), 1);
    assert_eq!(
        suppressed(&store, "ann").unwrap(),
        "550 5.1.1 at 1 December 2026, letter seasonal/tea"
    );
    let line = strikes(&store, "ann", 3).remove(0);
    assert_eq!(
        (line.weight.as_str(), line.source, line.standing),
        ("sure", Source::Relay, Standing::Counts)
    );
    assert_eq!(
        (line.code.as_deref(), line.reply.as_str(), line.at),
        (Some("550 5.1.1"), "no such user", at(1))
    );
    assert!(strikes(&store, "bob", 3).is_empty());
    // Judged once: asked again there is nothing to judge, and the next edition's letter does not leave.
    assert_eq!(end(&mut store, met, Ending::Calm, 4), 0);
    let second = edition(&mut store, "walks", 5);
    run(&mut store, second, &[("ann", TAKEN), ("bob", TAKEN)], 6);
    assert_eq!(store.tally(second).unwrap().of("suppressed"), 1);
    assert!(store.audit().unwrap().agrees());
}

#[test]
fn what_is_nobodys_fault_strikes_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path(), &["ann", "bob", "cid", "dov", "eve"]);
    let first = edition(&mut store, "tea", 0);
    let answers = [
        ("ann", "550 5.7.1 blocked for spam"),
        ("bob", "554 5.7.1 relay access denied"),
        ("cid", "552 5.3.4 too big"),
        ("dov", "550 5.6.7 letters we cannot carry"),
        ("eve", TAKEN),
    ];
    assert_eq!(run(&mut store, first, &answers, 1), 0);
    let counted = answers.iter().map(|(name, _)| strikes(&store, name, 2).len()).sum::<usize>();
    assert_eq!(counted, 0);
}

#[test]
fn a_letter_that_is_put_off_strikes_only_when_it_is_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path(), &["ann", "bob"]);
    let first = edition(&mut store, "tea", 0);
    let (desk, _) = Desk::open(&mut store);
    for (claim, said) in claims(&store, first, 1).iter().zip([FULL, "451 4.3.0 try later"]) {
        desk.begin(claim, 1);
        let settled = desk
            .record(
                Some(Settlement {
                    at: at(1),
                    ..answered(claim, said)
                }),
                None,
            )
            .settled;
        assert!(matches!(settled, Some(State::Deferred { .. })), "{settled:?}");
    }
    assert!(strikes(&store, "ann", 2).is_empty(), "put off is no strike");
    assert_eq!(store.expire(first, at(61)).unwrap(), 2);
    let line = strikes(&store, "ann", 62).remove(0);
    assert_eq!(
        (line.weight.as_str(), line.at),
        ("soft", at(1)),
        "the moment of its last refusal"
    );
    assert_eq!(strikes(&store, "bob", 62).len(), 1);
    assert_eq!(store.expire(first, at(62)).unwrap(), 0);
    assert_eq!(strikes(&store, "ann", 62).len(), 1);
    // Given up by the waits themselves.
    let second = edition(&mut store, "walks", 100);
    run(&mut store, second, &[("ann", FULL)], 101);
    assert_eq!(store.tally(second).unwrap().of("expired"), 1);
    assert_eq!(strikes(&store, "ann", 102).len(), 2);
    assert_eq!(suppressed(&store, "ann"), None);
}

#[test]
fn four_editions_in_a_row_are_enough_and_a_good_delivery_begins_anew() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path(), &["ann", "bob"]);
    for (number, month) in (1..=5).zip([0, 31, 62, 93, 124]) {
        let edition = edition(&mut store, &format!("letter-{number}"), month * DAY);
        let to_bob = if number == 3 { TAKEN } else { FULL };
        let suppressed = run(&mut store, edition, &[("ann", FULL), ("bob", to_bob)], month * DAY + 1);
        assert_eq!(suppressed, u64::from(number == 4), "letter {number}");
    }
    assert_eq!(
        suppressed(&store, "ann").unwrap(),
        "4 letters in a row that it did not take; the last: 452 4.2.2 at 4 March 2027, letter seasonal/letter-4"
    );
    assert_eq!(suppressed(&store, "bob"), None);
    let standing: Vec<Standing> = strikes(&store, "bob", 200 * DAY).iter().map(|line| line.standing).collect();
    assert_eq!(standing, [Standing::Past, Standing::Past, Standing::Counts, Standing::Counts]);
}

#[test]
fn thirty_days_are_thirty_days_to_the_microsecond() {
    for (micros, expected) in [(0, true), (1, false)] {
        let dir = tempfile::tempdir().unwrap();
        let mut store = store(dir.path(), &["ann"]);
        let first = edition(&mut store, "tea", 0);
        run(&mut store, first, &[("ann", REFUSED)], 1);
        assert_eq!(suppressed(&store, "ann"), None, "one that leaves a doubt is not enough");
        let moment = at(1 + 30 * DAY) + jiff::SignedDuration::from_micros(micros);
        let second = edition(&mut store, "walks", 30 * DAY);
        let met = hear(&mut store, second, &[("ann", REFUSED)], moment);
        store.judge_run(met, Ending::Calm, moment).unwrap();
        assert_eq!(suppressed(&store, "ann").is_some(), expected, "{micros} microseconds more");
    }
}

#[test]
fn a_delivery_is_good_after_seven_days_of_silence_to_the_microsecond() {
    for (micros, resets) in [(0, true), (-1, false)] {
        let dir = tempfile::tempdir().unwrap();
        let mut store = store(dir.path(), &["ann"]);
        for (article, said, minute) in [("tea", REFUSED, 1), ("walks", TAKEN, DAY)] {
            let edition = edition(&mut store, article, minute);
            run(&mut store, edition, &[("ann", said)], minute);
        }
        let third = edition(&mut store, "sleep", 8 * DAY);
        let moment = at(8 * DAY) + jiff::SignedDuration::from_micros(micros);
        let met = hear(&mut store, third, &[("ann", REFUSED)], moment);
        store.judge_run(met, Ending::Calm, moment).unwrap();
        assert_eq!(suppressed(&store, "ann").is_none(), resets, "{micros} microseconds");
    }
}

#[test]
fn a_relay_gone_mad_costs_nobody_their_letters() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path(), &["ann", "bob", "cid", "dov"]);
    let first = edition(&mut store, "tea", 0);
    let everybody = [("ann", DEAD), ("bob", DEAD), ("cid", DEAD), ("dov", DEAD)];
    let mad = hear(&mut store, first, &everybody, at(1));
    assert_eq!(end(&mut store, mad, Ending::AtFault, 2), 0);
    assert_eq!(strikes(&store, "ann", 3)[0].standing, Standing::Void);
    // Nor does a later run that ends well.
    let second = edition(&mut store, "walks", 10);
    assert_eq!(
        run(&mut store, second, &[("ann", TAKEN), ("bob", TAKEN), ("cid", TAKEN)], 11),
        0
    );
    // What is said once more of the very same letter counts.
    let person = store.person(&subscriber("dov").address).unwrap().unwrap();
    let failed = store.deliveries_of(person).unwrap().remove(0);
    assert_eq!(store.resend(first, &[failed], at(20)).unwrap(), 1);
    let again = hear(&mut store, first, &[("dov", DEAD)], at(21));
    assert_eq!(end(&mut store, again, Ending::Calm, 22), 1);
    assert!(suppressed(&store, "dov").is_some());
    assert_eq!(strikes(&store, "dov", 23).len(), 2);
}

#[test]
fn what_many_are_told_together_is_believed_when_it_is_said_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path(), &["ann", "bob", "cid", "dov"]);
    let first = edition(&mut store, "tea", 0);
    let met = hear(&mut store, first, &[("ann", DEAD), ("bob", DEAD)], at(1));
    assert_eq!(end(&mut store, met, Ending::TooMany, 2), 0);
    assert_eq!(strikes(&store, "ann", 3)[0].standing, Standing::Doubtful);
    let second = edition(&mut store, "walks", 20 * DAY);
    assert_eq!(run(&mut store, second, &[("ann", REFUSED), ("bob", TAKEN)], 20 * DAY + 1), 1);
    assert_eq!(
        suppressed(&store, "ann").unwrap(),
        "2 letters refused for good within 30 days; the last: 550 at 21 December 2026, letter seasonal/walks"
    );
    assert_eq!(suppressed(&store, "bob"), None);
}

#[test]
fn a_run_in_which_nothing_but_refusals_was_heard_is_not_believed_at_once() {
    for (taken, believed) in [(0, false), (1, true)] {
        let dir = tempfile::tempdir().unwrap();
        let mut store = store(dir.path(), &["ann", "bob", "cid", "dov"]);
        let first = edition(&mut store, "tea", 0);
        let mut answers = vec![("ann", DEAD), ("bob", DEAD), ("cid", DEAD)];
        answers.extend((taken > 0).then_some(("dov", TAKEN)));
        let suppressed = run(&mut store, first, &answers, 1);
        assert_eq!(suppressed, if believed { 3 } else { 0 }, "{taken} taken");
    }
}

/// A series sends one letter a run: the relay that refuses each of them is not believed from the second on.
#[test]
fn a_relay_that_takes_nothing_run_after_run_is_not_believed() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path(), &["ann", "bob", "cid", "dov"]);
    let first = edition(&mut store, "tea", 0);
    let out = |store: &Store| ["ann", "bob", "cid", "dov"].map(|name| suppressed(store, name).is_some());
    for (minute, name) in [(1, "ann"), (5, "bob"), (9, "cid")] {
        run(&mut store, first, &[(name, DEAD)], minute);
    }
    assert_eq!(out(&store), [true, false, false, false]);
    let second = edition(&mut store, "walks", 20);
    run(&mut store, second, &[("bob", TAKEN)], 21);
    run(&mut store, second, &[("dov", DEAD)], 25);
    assert_eq!(out(&store), [true, false, false, true]);
}

#[test]
fn what_a_run_that_died_has_left_is_judged_by_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path(), &["ann", "bob", "cid", "dov"]);
    let first = edition(&mut store, "tea", 0);
    hear(&mut store, first, &[("ann", DEAD), ("bob", TAKEN)], at(1));
    drop(store);
    let mut store = Store::open(dir.path()).unwrap();
    assert_eq!(suppressed(&store, "ann"), None);
    assert_eq!(store.recover(at(5)).unwrap(), 0);
    assert!(suppressed(&store, "ann").is_some(), "nothing of it is lost");
    // Where many were refused, nobody knows what the breaker would have said.
    let second = edition(&mut store, "walks", 10);
    hear(&mut store, second, &[("bob", DEAD), ("cid", DEAD), ("dov", DEAD)], at(11));
    store.recover(at(12)).unwrap();
    assert_eq!(["bob", "cid", "dov"].map(|name| suppressed(&store, name)), [None, None, None]);
    assert_eq!(strikes(&store, "cid", 13)[0].standing, Standing::Doubtful);
}

#[test]
fn whoever_was_brought_back_begins_anew() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path(), &["ann"]);
    let first = edition(&mut store, "tea", 0);
    run(&mut store, first, &[("ann", DEAD)], 1);
    let lifting = Lifting {
        list: None,
        evidence: "their provider was down, says Ann",
        is_written_request: false,
    };
    let address = subscriber("ann").address;
    assert_eq!(store.lift(&address, &lifting, at(10)).unwrap().lifted.len(), 1);
    assert_eq!(strikes(&store, "ann", 11)[0].standing, Standing::Past);
    let second = edition(&mut store, "walks", 20);
    assert_eq!(
        run(&mut store, second, &[("ann", REFUSED)], 21),
        0,
        "the one before the lifting counts no more"
    );
    let third = edition(&mut store, "sleep", 30);
    assert_eq!(run(&mut store, third, &[("ann", REFUSED)], 31), 1);
    assert_eq!(store.suppressions_ever(&address).unwrap().len(), 2);
}

#[test]
fn a_graver_word_stands_and_a_strike_is_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path(), &["ann", "bob", "cid"]);
    let first = edition(&mut store, "tea", 0);
    let met = hear(&mut store, first, &[("ann", DEAD), ("bob", TAKEN)], at(1));
    let complaint = Suppression {
        scope: Scope::All,
        reason: Reason::Complained,
        at: at(2),
        evidence: None,
    };
    store.suppress(&subscriber("ann").address, &complaint).unwrap();
    assert_eq!(end(&mut store, met, Ending::Calm, 3), 0);
    assert_eq!(store.suppressions(&subscriber("ann").address).unwrap(), [complaint]);
    let file = Connection::open(dir.path().join("store.db")).unwrap();
    for sql in [
        "DELETE FROM strike",
        "UPDATE strike SET weight = 'soft'",
        "UPDATE strike SET at = 0",
    ] {
        let refused = file.execute(sql, []).unwrap_err().to_string();
        assert!(refused.contains("a strike "), "{sql}: {refused}");
    }
    // Whoever asked to be forgotten is not looked at again.
    let second = edition(&mut store, "walks", 10);
    let met = hear(&mut store, second, &[("bob", DEAD), ("cid", TAKEN)], at(11));
    store.forget(&subscriber("bob").address, at(12)).unwrap();
    assert_eq!(end(&mut store, met, Ending::Calm, 13), 0);
}

#[test]
fn a_long_lists_strikes_are_judged_page_by_page() {
    let dir = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..1200).map(|n| format!("person{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut store = store(dir.path(), &names);
    let first = edition(&mut store, "tea", 0);
    // The run's own word is set aside here: who strikes is the question, not how many.
    let answers: Vec<(&str, &str)> = names.iter().map(|name| (*name, REFUSED)).collect();
    let met = hear(&mut store, first, &answers, at(1));
    assert_eq!(end(&mut store, met, Ending::TooMany, 2), 0);
    let second = edition(&mut store, "walks", 10);
    let met = hear(&mut store, second, &answers, at(11));
    let stopwatch = Stopwatch::start();
    assert_eq!(end(&mut store, met, Ending::TooMany, 12), 1200);
    let each = stopwatch.shows().as_micros() / 1200;
    println!("proof| strikes | microseconds to judge one of 1200 people, their suppression durable | {each}");
}
