//! The breaker at its door: which runs it ends, at which letter, and with what words.

use super::*;
use crate::delivery::reply::Stage;
use crate::dispatch::verdict::judge;
use crate::relay::outcome::Outcome;
use proptest::prelude::{Just, Strategy, prop};
use proptest::prop_oneof;

fn verdict(stage: Stage, line: &str, to: &Address) -> Verdict {
    let (code, text) = line.split_at(3);
    let reply = Reply::new(stage, code.parse().unwrap(), &[text.trim_start().to_owned()]);
    judge(&Outcome::Answered(reply), to)
}

/// A run as the breaker hears it: the number of the letter that stopped it, and why.
fn hears(letters: impl IntoIterator<Item = (Stage, String, String)>) -> Option<(usize, Stop)> {
    let breaker = Breaker::default();
    letters.into_iter().enumerate().find_map(|(number, (stage, line, to))| {
        let to = Address::parse(&to).unwrap();
        let stop = breaker.weigh(verdict(stage, &line, &to), &to).stop?;
        Some((number + 1, stop))
    })
}

fn accepted(number: usize) -> (Stage, String, String) {
    let line = format!("250 2.0.0 Ok: queued as {number:X}F1");
    (Stage::EndOfData, line, format!("p{number}@d{}.example", number % 7))
}

/// An address that does not exist, each at a server with words of its own.
fn unknown(number: usize) -> (Stage, String, String) {
    let words = [
        "user unknown",
        "no such user",
        "mailbox not found",
        "recipient rejected",
        "account closed",
        "no mailbox",
    ];
    let line = format!("550 5.1.1 {}", words[number % words.len()]);
    (Stage::Rcpt, line, format!("p{number}@d{}.example", number % 7))
}

fn full(number: usize) -> (Stage, String, String) {
    let line = "452 4.2.2 mailbox full".to_owned();
    (Stage::Rcpt, line, format!("p{number}@d{}.example", number % 7))
}

fn same(domain: usize, number: usize) -> (Stage, String, String) {
    let line = format!(
        "550 5.1.1 <p{number}@d{domain}.example> id {number}a3f9c1 [192.0.2.{number}]: Recipient rejected by node-{number}"
    );
    (Stage::Rcpt, line, format!("p{number}@d{domain}.example"))
}

#[test]
fn five_equal_refusals_of_three_domains_stop_the_run_and_the_fifth_is_held() {
    let breaker = Breaker::default();
    for (number, domain) in [0, 0, 1, 1, 2, 2].into_iter().enumerate() {
        let (stage, line, to) = same(domain, number);
        let to = Address::parse(&to).unwrap();
        let weighed = breaker.weigh(verdict(stage, &line, &to), &to);
        let (event, stops) = match number {
            0..4 => (Event::RefuseForGood, false),
            _ => (Event::RefuseForAll, true),
        };
        assert_eq!((weighed.event, weighed.stop.is_some()), (event, stops), "letter {number}");
    }
    assert_eq!(
        hears((0..40).map(|number| same(number % 2, number))).map(|(at, _)| at),
        Some(6),
        "two domains: only the tenth"
    );
    assert_eq!(hears((0..5).map(|number| same(number, number))).map(|(at, _)| at), Some(5));
    let broken = (0..5).map(|number| same(number, number)).chain([accepted(5)]);
    let mut broken: Vec<_> = broken.collect();
    broken.swap(4, 5);
    assert_eq!(hears(broken), None, "an accepted letter between them");
}

#[test]
fn a_tenth_of_the_first_fifty_is_the_most() {
    let six_of = |tried: usize| {
        (0..tried).map(move |number| {
            if number % (tried / 6) == 0 && number < tried / 6 * 6 {
                unknown(number / (tried / 6))
            } else {
                accepted(number)
            }
        })
    };
    let (at, stop) = hears(six_of(48)).unwrap();
    assert_eq!(at, 41);
    let Stop::Hold {
        why, hint, fix_first, ..
    } = stop
    else {
        panic!("{stop:?}")
    };
    assert!(
        fix_first && why.starts_with("6 of the first 41 addresses do not exist"),
        "{why}"
    );
    assert!(hint.contains("tidings release"), "{hint}");
    let five = (0..50).map(|number| {
        if number % 10 == 0 {
            unknown(number / 10)
        } else {
            accepted(number)
        }
    });
    assert_eq!(hears(five), None, "a tenth is bearable");
    let sixth_too_late = (0..99).map(|number| {
        if number < 60 && number % 10 == 0 {
            unknown(number / 10)
        } else {
            accepted(number)
        }
    });
    assert_eq!(hears(sixth_too_late), None);
}

#[test]
fn two_in_a_hundred_are_the_most_once_a_hundred_were_tried() {
    let every = |share: usize, all: usize| {
        (1..=all).map(move |number| {
            if number % share == 0 {
                unknown(number / share)
            } else {
                accepted(number)
            }
        })
    };
    assert_eq!(hears(every(50, 5000)), None, "two in a hundred");
    let (at, stop) = hears(every(30, 5000)).unwrap();
    assert_eq!(at, 120, "at the first refusal after the hundredth letter");
    assert!(
        matches!(&stop, Stop::Hold { why, fix_first: false, .. } if why.starts_with("4 of 120 ")),
        "{stop:?}"
    );
    assert_eq!(hears(every(20, 99)), None, "fewer than a hundred say nothing");
}

#[test]
fn a_list_that_somebody_has_looked_at_is_no_news() {
    let breaker = Breaker::default();
    breaker.begin_list(true);
    for number in 0..300 {
        let (stage, line, to) = if number % 3 == 0 {
            unknown(number / 3)
        } else {
            accepted(number)
        };
        let to = Address::parse(&to).unwrap();
        assert_eq!(breaker.weigh(verdict(stage, &line, &to), &to).stop, None, "letter {number}");
    }
}

#[test]
fn each_edition_is_judged_by_its_own_list() {
    let breaker = Breaker::default();
    let hears = |(stage, line, to): (Stage, String, String)| {
        let to = Address::parse(&to).unwrap();
        breaker.weigh(verdict(stage, &line, &to), &to).stop
    };
    breaker.begin_list(true);
    assert!((0..300).all(|number| hears(if number % 3 == 0 { unknown(number) } else { accepted(number) }).is_none()));
    breaker.begin_list(false);
    assert_eq!(hears(unknown(1)), None, "one of one, behind another edition's hundred");
    breaker.begin_list(false);
    assert!((0..5000).all(|number| hears(accepted(number)).is_none()));
    breaker.begin_list(false);
    let stopped = (0..50).find(|number| hears(unknown(*number)).is_some());
    assert_eq!(stopped, Some(5), "a clean edition does not lend its good name");
}

#[test]
fn three_for_policy_in_a_row_stop_the_run() {
    let spam = |stage| (stage, "554 5.7.1 looks like spam".to_owned(), "ann@example.org".to_owned());
    for stage in [Stage::Rcpt, Stage::EndOfData] {
        assert_eq!(hears([spam(stage), spam(stage), spam(stage)]).map(|(at, _)| at), Some(3));
        assert_eq!(hears([spam(stage), spam(stage), accepted(1), spam(stage), spam(stage)]), None);
        assert!(
            hears([spam(stage), full(1), unknown(1), spam(stage), spam(stage)]).is_some(),
            "what tells nothing of us"
        );
    }
}

#[test]
fn full_mailboxes_and_the_relays_own_troubles_count_nowhere() {
    assert_eq!(hears((0..1000).map(full)), None);
    let to = Address::parse("ann@example.org").unwrap();
    let breaker = Breaker::default();
    for _ in 0..100 {
        let goodbye = breaker.weigh(verdict(Stage::Rcpt, "421 4.7.0 too many", &to), &to);
        assert_eq!((goodbye.event, goodbye.stop), (Event::NotTaken, None));
        let lost = Outcome::InDoubt { why: "reset".to_owned() };
        assert_eq!(breaker.weigh(judge(&lost, &to), &to).stop, None);
    }
    assert_eq!(breaker.count.lock().unwrap().tried, 0);
}

#[test]
fn a_relay_that_puts_everybody_off_is_busy_and_nobody_is_refused() {
    let busy = |number: usize| {
        (
            Stage::Rcpt,
            "450 4.7.1 try again later".to_owned(),
            format!("p{number}@d{}.example", number % 3),
        )
    };
    let (at, stop) = hears((0..40).map(busy)).unwrap();
    assert_eq!(at, 5);
    assert!(
        matches!(&stop, Stop::RelayForNow { why } if why.contains("put off 5 letters in a row")),
        "{stop:?}"
    );
    let one_domain = (0..40).map(|number| {
        (
            Stage::Rcpt,
            "450 4.7.1 try again later".to_owned(),
            format!("p{number}@d.example"),
        )
    });
    assert_eq!(hears(one_domain), None, "one domain's greylisting is its own business");
    let breaker = Breaker::default();
    let events = (0..5).map(|number| {
        let (stage, line, to) = busy(number);
        let to = Address::parse(&to).unwrap();
        breaker.weigh(verdict(stage, &line, &to), &to).event
    });
    assert_eq!(events.last(), Some(Event::NotTaken));
}

/// However the connections' answers fall: no order of what is bearable trips it, and of more than a tenth at the beginning every
/// order does.
#[test]
fn no_order_of_the_connections_trips_it_wrongly() {
    let letter = prop_oneof![5 => Just(accepted as fn(usize) -> _), 3 => Just(full as fn(usize) -> _)];
    let runs = (
        prop::collection::vec(letter, 0..300),
        0..=10_usize,
        prop::collection::vec(0..10_000_usize, 50),
    );
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let ran = runner.run(&runs.prop_map(|runs| runs), |(letters, hard, places)| {
        // All that is hard lies among the first fifty; those who follow can only thin it out.
        let mut first: Vec<(Stage, String, String)> = (0..50 - hard).map(accepted).chain((0..hard).map(unknown)).collect();
        for (at, to) in places.into_iter().enumerate() {
            first.swap(at, to % 50);
        }
        let later = letters.into_iter().enumerate().map(|(number, letter)| letter(number));
        let stopped = hears(first.into_iter().chain(later));
        assert_eq!(stopped.is_some(), hard > 5, "{hard} of the first 50: {stopped:?}");
        assert!(stopped.is_none_or(|(at, _)| at <= 50));
        Ok(())
    });
    ran.unwrap();
}

#[test]
fn words_are_compared_without_whom_and_when() {
    let to = Address::parse("ann@example.org").unwrap();
    let of = |line| normalised(&verdict(Stage::Rcpt, line, &to).reply.unwrap());
    assert_eq!(
        of("550 5.1.1 <ann@example.org>: user unknown (id=4F1 deadbeef, mx7.example.org) https://a.example/x?id=1"),
        of("550 5.1.1 <bob@other.example>: User unknown (id=9x9 cafebabe42, mx3.example.org) https://a.example/y"),
    );
    assert_ne!(of("550 5.1.1 user unknown"), of("550 5.1.1 no such user"));
    assert_ne!(of("550 5.1.1 user unknown"), of("550 5.2.1 user unknown"));
}
