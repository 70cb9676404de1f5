//! The relay's faults: what each of them makes of the letters and of the exit code, and that nothing is lost once the relay is well
//! again.
//!
//! Each story sends to a few people through a judge with a fault script, holds the log against the judge's record, heals the judge and
//! runs on, some hours later, to the end. Nobody may be without a letter then but those whom the relay refused for good or left in doubt.

use crate::support::judge::{Judge, Phase, Rule};
use crate::support::people;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Output;

/// Person 2 of 6 is whom a fault picks out.
const PEOPLE: usize = 6;
const THE_ONE: usize = 2;

/// One fault and what it must lead to.
struct Fault {
    name: &'static str,
    rules: Vec<Rule>,
    connections: usize,
    people: usize,
    exit: i32,
    /// Where the letters stand after the faulty run; nothing else may be on record.
    states: &'static [(&'static str, usize)],
    /// The exit code of the healed run.
    healed: i32,
    /// Letters that no healed relay brings back by itself.
    for_good: &'static [(&'static str, usize)],
}

fn fault(name: &'static str, rules: impl IntoIterator<Item = Rule>, exit: i32, states: &'static [(&'static str, usize)]) -> Fault {
    Fault {
        name,
        rules: rules.into_iter().collect(),
        connections: 1,
        people: PEOPLE,
        exit,
        states,
        healed: 0,
        for_good: &[],
    }
}

impl Fault {
    fn over(self, connections: usize, people: usize) -> Self {
        Self {
            connections,
            people,
            ..self
        }
    }

    fn leaving(self, for_good: &'static [(&'static str, usize)]) -> Self {
        Self { for_good, ..self }
    }

    /// Sends with the fault, checks, heals, and runs on to the end.
    fn check(self) -> (Workspace, Judge, Output) {
        let judge = self.rules.into_iter().fold(Judge::start(), Judge::rule);
        let clinic = Workspace::sample()
            .with_people(self.people)
            .relay(judge.port(), self.connections);
        let sent = clinic.run(&["send", "seasonal-immunity", "--now", "2027-01-14T10:00Z"]);
        let ledger = clinic.ledger();
        let found: Vec<_> = ledger.counts().into_iter().collect();
        assert_eq!(
            (sent.status, found.as_slice()),
            (Some(self.exit), self.states),
            "{}\n{sent}",
            self.name
        );
        ledger.assert_true(self.people, &judge);
        clinic.assert_numbers_close();
        for state in ["in_doubt", "failed", "held"] {
            for address in ledger.people(state) {
                assert!(sent.stdout.contains(address), "{}: {address} is not named\n{sent}", self.name);
            }
        }
        judge.heal();
        if !ledger.people("held").is_empty() {
            clinic.run(&["release", "seasonal-immunity"]).exits(0);
        }
        let healed = clinic.run(&["run", "--now", "2027-01-14T15:00Z"]);
        let ledger = clinic.ledger();
        let lost: usize = self.for_good.iter().map(|(_, count)| count).sum();
        let mut expected = self.for_good.to_vec();
        expected.extend((self.people > lost).then_some(("accepted", self.people - lost)));
        expected.sort_unstable();
        let found: Vec<_> = ledger.counts().into_iter().collect();
        assert_eq!(
            (healed.status, found),
            (Some(self.healed), expected),
            "{} healed\n{healed}",
            self.name
        );
        ledger.assert_true(self.people, &judge);
        clinic.run(&["run", "--now", "2027-01-14T15:01Z"]).exits(0).says_nothing();
        judge.assert_polite();
        (clinic, judge, sent)
    }
}

/// Most of the time of these stories is patience with a relay that is away, so they are told side by side.
fn check_all(faults: Vec<Fault>) {
    std::thread::scope(|scope| {
        for fault in faults {
            scope.spawn(|| fault.check());
        }
    });
}

fn at_the_one(phase: Phase) -> Rule {
    Rule::at(phase).to(&people::address(THE_ONE))
}

#[test]
fn a_relay_that_is_away_or_refuses_us_touches_nobody() {
    let nobody: &[_] = &[("pending", PEOPLE)];
    let faults = vec![
        fault(
            "busy banner",
            [Rule::at(Phase::Banner).reply_then_close("421 4.3.2 busy")],
            75,
            nobody,
        ),
        fault(
            "unwanted",
            [Rule::at(Phase::Banner).reply_then_close("554 5.7.1 no service for you")],
            78,
            nobody,
        ),
        fault("closes on accept", [Rule::at(Phase::Banner).close()], 75, nobody),
        fault("no EHLO", [Rule::at(Phase::Ehlo).reply("502 5.5.2 what?")], 78, nobody),
        fault("MAIL later", [Rule::at(Phase::Mail).reply("451 4.3.0 later")], 75, nobody),
        fault(
            "sender refused",
            [Rule::at(Phase::Mail).reply("550 5.7.1 sender not allowed")],
            78,
            nobody,
        ),
        fault(
            "login wanted",
            [Rule::at(Phase::Mail).reply("530 5.7.0 authentication required")],
            78,
            nobody,
        ),
        fault(
            "quota",
            [Rule::at(Phase::Mail).reply("550 5.4.5 Daily user sending limit exceeded")],
            75,
            nobody,
        ),
        fault(
            "relaying denied",
            [Rule::at(Phase::Rcpt).reply("554 5.7.1 <x>: Relay access denied")],
            78,
            nobody,
        ),
    ];
    check_all(faults);
}

#[test]
fn a_relay_that_is_down_touches_nobody() {
    let judge = Judge::start();
    let port = judge.port();
    drop(judge);
    let clinic = Workspace::sample().with_people(PEOPLE).relay(port, 3);
    clinic
        .run(&["send", "seasonal-immunity"])
        .exits(75)
        .tells("cannot be reached");
    let ledger = clinic.ledger();
    assert_eq!(ledger.people("pending").len(), PEOPLE);
    assert!(ledger.letters.iter().all(|letter| letter.attempts == 0), "{ledger:#?}");
}

#[test]
fn what_an_address_is_refused_for_is_its_own_business() {
    let one_waits: &[_] = &[("accepted", PEOPLE - 1), ("deferred", 1)];
    let one_failed: &[_] = &[("accepted", PEOPLE - 1), ("failed", 1)];
    let one_held: &[_] = &[("accepted", PEOPLE - 1), ("held", 1)];
    let gone = || at_the_one(Phase::Rcpt).reply("550 5.1.1 no such user");
    check_all(vec![
        fault(
            "greylisted",
            [at_the_one(Phase::Rcpt).reply("450 4.7.1 greylisted")],
            0,
            one_waits,
        ),
        fault(
            "mailbox full",
            [at_the_one(Phase::Rcpt).reply("452 4.2.2 mailbox full")],
            0,
            one_waits,
        ),
        fault(
            "refused at DATA for now",
            [at_the_one(Phase::Data).reply("451 4.3.0 later")],
            0,
            one_waits,
        ),
        fault(
            "refused at DATA",
            [at_the_one(Phase::Data).reply("554 5.7.1 no")],
            1,
            one_held,
        ),
        fault(
            "later, after the dot",
            [at_the_one(Phase::Dot).reply("451 4.3.0 later")],
            0,
            one_waits,
        ),
        fault(
            "goodbye after the dot",
            [at_the_one(Phase::Dot).reply_then_close("421 4.3.2 bye")],
            0,
            one_waits,
        ),
        fault(
            "refused after the dot",
            [at_the_one(Phase::Dot).reply("554 5.7.1 looks like spam")],
            1,
            one_held,
        ),
        fault(
            "refused at RCPT for policy",
            [at_the_one(Phase::Rcpt).reply("550 5.7.1 blocked")],
            1,
            one_held,
        ),
        fault("unknown, four at once", [gone()], 1, one_failed)
            .over(4, PEOPLE)
            .leaving(&[("failed", 1)]),
    ]);
    // Letters leave in the order in which they were composed, so it is the third one, whosever it is, that is not the last.
    let third = Rule::at(Phase::Rcpt).after(2).times(1).reply("550 5.1.1 no such user");
    let (_, judge, _) = fault("unknown, the third", [third], 1, one_failed)
        .leaving(&[("failed", 1)])
        .check();
    let said: Vec<String> = judge
        .commands()
        .into_iter()
        .filter(|(connection, _)| *connection == 1)
        .map(|(_, line)| line)
        .collect();
    let refused = said
        .iter()
        .enumerate()
        .filter(|(_, line)| line.starts_with("RCPT"))
        .nth(2)
        .unwrap()
        .0;
    assert_eq!(
        said[refused + 1],
        "RSET",
        "one person's letter may not join another's transaction: {said:#?}"
    );
    assert!(
        said[refused + 2].starts_with("MAIL"),
        "the next letter goes over the same connection: {said:#?}"
    );
}

#[test]
fn a_letter_that_was_certainly_not_taken_goes_out_in_the_same_run() {
    let all: &[_] = &[("accepted", PEOPLE)];
    check_all(vec![
        fault(
            "RCPT goodbye",
            [Rule::at(Phase::Rcpt).after(2).times(1).reply_then_close("421 4.3.2 bye")],
            0,
            all,
        ),
        fault("closes after RCPT", [Rule::at(Phase::Rcpt).after(2).times(1).close()], 0, all),
        fault("closes at DATA", [Rule::at(Phase::Data).after(2).times(1).close()], 0, all),
        fault(
            "accepted, then closed",
            [Rule::at(Phase::Dot).reply_then_close("250 2.0.0 ok")],
            0,
            all,
        ),
    ]);
}

#[test]
fn a_letter_without_a_whole_answer_is_in_doubt_and_never_sent_again() {
    let doubt = |name, rule: Rule| fault(name, [rule], 1, &[("accepted", PEOPLE - 1), ("in_doubt", 1)]).leaving(&[("in_doubt", 1)]);
    let dot = || Rule::at(Phase::Dot).after(1).times(1);
    check_all(vec![
        doubt("taken, no answer", dot().keep_but_close()),
        doubt("dropped, no answer", dot().close()),
        doubt("half a line", dot().half_line("25").kept()),
        doubt("half an answer", dot().half_line("250-2.0.0 taken\r\n").kept()),
        doubt("354 again", dot().reply("354 go on").kept()),
        doubt("two answers", dot().raw(b"250 2.0.0 ok\r\n250 2.0.0 ok\r\n").kept()),
        doubt("no and yes", dot().raw(b"554 5.0.0 no\r\n250 2.0.0 ok\r\n").kept()),
        doubt("no answer in mail at all", dot().raw(b"hello there\r\n").kept()),
    ]);
}

#[test]
fn refusals_for_policy_in_a_row_stop_the_run_before_they_reach_everybody() {
    let three: &[_] = &[("held", 3), ("pending", PEOPLE - 3)];
    let after_dot = Rule::at(Phase::Dot).reply("554 5.7.1 message looks like spam");
    let at_rcpt = Rule::at(Phase::Rcpt).reply("554 5.7.1 Service unavailable; client host blocked using a list");
    check_all(vec![
        fault("all refused after the dot", [after_dot], 78, three),
        fault("all refused at RCPT", [at_rcpt], 78, three),
    ]);
}

#[test]
fn relays_that_want_few_letters_or_few_connections_get_them_so() {
    let all: &[_] = &[("accepted", 24)];
    let closing = || Rule::at(Phase::Dot).reply_then_close("250 2.0.0 ok, and goodbye");
    let goodbye = || {
        Rule::at(Phase::Mail)
            .after(1)
            .reply_then_close("421 4.7.0 one letter a connection")
    };
    let full = |number| {
        Rule::at(Phase::Banner)
            .on_connection(number)
            .reply_then_close("421 4.7.0 too many connections")
    };
    check_all(vec![
        fault("one letter a connection, 1", [closing()], 0, all).over(1, 24),
        fault("one letter a connection, 4", [closing()], 0, all).over(4, 24),
        fault("one letter a connection, 10", [closing()], 0, all).over(10, 24),
        fault("one connection of four", [full(2), full(3), full(4)], 0, all).over(4, 24),
        fault("one farewell", [goodbye().times(1)], 0, all).over(2, 24),
    ]);
}

/// A short letter is with the kernel, final dot and all, before the sender can know that the relay has hung up in its middle: then only
/// doubt is honest. That a long one comes back as not taken is tried at the socket itself.
#[test]
fn a_relay_that_hangs_up_in_the_middle_of_a_letter_never_gets_it_twice() {
    let judge = Judge::start().rule(Rule::at(Phase::Body).after(1).times(3).close());
    let clinic = Workspace::sample().with_people(20).relay(judge.port(), 2);
    clinic.run(&["send", "seasonal-immunity"]);
    let ledger = clinic.ledger();
    ledger.assert_true(20, &judge);
    let (accepted, doubtful) = (ledger.people("accepted").len(), ledger.people("in_doubt").len());
    assert!(accepted >= 17 && accepted + doubtful == 20, "{:?}", ledger.counts());
}

#[test]
fn a_relay_that_breaks_off_one_persons_letter_each_time_is_not_asked_for_ever() {
    let cut = || at_the_one(Phase::Rcpt).close();
    fault("cut for one", [cut()], 0, &[("accepted", PEOPLE - 1), ("deferred", 1)]).check();
}

#[test]
fn a_reply_is_kept_without_the_address_whatever_it_answers() {
    let address = people::address(THE_ONE);
    let line = format!("354 go on, <{address}>");
    let rule = at_the_one(Phase::Dot).reply(&line).kept();
    let (clinic, _, _) = fault("354 with an address", [rule], 1, &[("accepted", PEOPLE - 1), ("in_doubt", 1)])
        .leaving(&[("in_doubt", 1)])
        .check();
    let reply = clinic.ledger().of(&address).reply.clone().unwrap();
    assert!(reply.contains("354 go on") && !reply.contains(&address), "{reply}");
}
