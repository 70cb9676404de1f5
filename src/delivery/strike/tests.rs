//! The rules of strikes, to the microsecond, and what holds for any history.

use super::*;
use crate::delivery::reply::Stage;
use proptest::prelude::*;

/// Microseconds.
const DAY: i64 = 24 * 3600 * 1_000_000;

fn at(moment: i64) -> Timestamp {
    Timestamp::from_microsecond(moment).unwrap()
}

fn strike(edition: i64, weight: Weight, moment: i64) -> Strike {
    let at = at(moment);
    Strike { edition, weight, at }
}

/// A history in words: `edition weight day[+microseconds]`, and what follows from it.
fn judged(history: &str, last_good: Option<i64>) -> Option<Rule> {
    let strikes: Vec<Strike> = history.split(", ").filter(|one| !one.is_empty()).map(read).collect();
    judge(&strikes, last_good.map(at)).map(|verdict| verdict.rule)
}

fn read(text: &str) -> Strike {
    let words: Vec<&str> = text.split(' ').collect();
    let (day, more) = words[2].split_once('+').unwrap_or((words[2], "0"));
    let moment = day.parse::<i64>().unwrap() * DAY + more.parse::<i64>().unwrap();
    strike(words[0].parse().unwrap(), Weight::parse(words[1]).unwrap(), moment)
}

#[test]
fn every_rule_to_the_microsecond() {
    for (history, expected) in [
        ("", None),
        // One that is sure is enough, and comes before every other rule.
        ("1 sure 0", Some(Rule::Sure)),
        ("1 hard 0, 2 hard 1, 3 sure 2", Some(Rule::Sure)),
        // Two refused for good, of two editions, within thirty days.
        ("1 hard 0", None),
        ("1 hard 0, 1 hard 1", None),
        ("1 hard 0, 2 hard 0", Some(Rule::HardTwice)),
        ("1 hard 0, 2 hard 30", Some(Rule::HardTwice)),
        ("1 hard 0, 2 hard 30+1", None),
        ("1 hard 0, 2 soft 1", None),
        ("1 hard 0, 2 hard 31, 3 hard 61", Some(Rule::HardTwice)),
        ("2 hard 30, 1 hard 0", Some(Rule::HardTwice)),
        // Four editions in a row, however long that takes.
        ("1 soft 0, 2 soft 1, 3 soft 2", None),
        ("1 soft 0, 2 soft 1, 3 soft 2, 3 soft 3", None),
        ("1 soft 0, 2 soft 400, 3 soft 800, 4 soft 1200", Some(Rule::InARow)),
        ("1 soft 0, 2 soft 1, 3 soft 2, 4 hard 3", Some(Rule::InARow)),
        // Five points within ninety days.
        ("1 hard 0, 2 hard 45, 3 soft 90", Some(Rule::Points)),
        ("1 hard 0, 2 hard 45, 3 soft 90+1", None),
        ("1 hard 0, 2 soft 40, 3 soft 41", None),
        ("1 hard 0, 2 hard 31, 3 hard 62", Some(Rule::Points)),
        ("1 soft 0, 2 hard 10, 3 hard 41", Some(Rule::Points)),
        // One edition counts once, by its heaviest.
        ("1 hard 0, 1 soft 0, 2 hard 31", None),
        ("1 soft 0, 1 hard 1, 2 hard 32", None),
        ("1 soft 0, 1 hard 1, 2 hard 31", Some(Rule::HardTwice)),
    ] {
        assert_eq!(judged(history, None), expected, "{history}");
    }
}

#[test]
fn what_was_before_a_good_delivery_counts_no_more() {
    for (history, good, expected) in [
        ("1 sure 5", 5 * DAY - 1, Some(Rule::Sure)),
        ("1 sure 5", 5 * DAY, None),
        ("1 hard 0, 2 hard 10", 0, None),
        ("1 hard 0, 2 hard 10", -1, Some(Rule::HardTwice)),
        ("1 soft 0, 2 soft 1, 3 soft 2, 4 soft 3", 0, None),
        ("1 soft 0, 2 soft 1, 3 soft 2, 4 soft 3, 5 soft 4", 0, Some(Rule::InARow)),
        ("1 hard 0, 2 hard 31, 3 soft 32", 0, None),
    ] {
        assert_eq!(judged(history, Some(good)), expected, "{history} after {good}");
    }
    let now = at(10 * DAY);
    assert_eq!(good_until(now), at(3 * DAY), "seven days of silence, to the microsecond");
    assert_eq!(good_until(Timestamp::MIN), Timestamp::MIN);
}

#[test]
fn the_verdict_names_the_strike_that_was_one_too_many() {
    let history = [
        strike(3, Weight::Hard, 20 * DAY),
        strike(1, Weight::Hard, 0),
        strike(2, Weight::Soft, DAY),
    ];
    let verdict = judge(&history, None).unwrap();
    assert_eq!((verdict.rule, verdict.by, verdict.editions), (Rule::HardTwice, 0, 2));
    assert_eq!(verdict.to_string(), "2 letters refused for good within 30 days");
    let row = |n: i64| strike(n, Weight::Soft, n * 200 * DAY);
    let verdict = judge(&[row(1), row(2), row(3), row(4), row(5)], None).unwrap();
    assert_eq!(
        (verdict.by, verdict.to_string()),
        (3, "4 letters in a row that it did not take".to_owned())
    );
    let points = [
        strike(1, Weight::Hard, 0),
        strike(2, Weight::Hard, 40 * DAY),
        strike(3, Weight::Soft, 80 * DAY),
    ];
    let verdict = judge(&points, None).unwrap();
    assert_eq!(
        (verdict.by, verdict.to_string()),
        (2, "3 letters within 90 days that it did not take".to_owned())
    );
    let sure = judge(&[strike(1, Weight::Sure, 0)], None).unwrap();
    assert_eq!(sure.to_string(), "the address does not exist");
}

#[test]
fn only_the_addresss_own_refusals_count() {
    for (code, text, expected) in [
        (550, "5.1.1 no such user", Some(Weight::Sure)),
        (550, "5.1.6 moved", Some(Weight::Sure)),
        (556, "5.1.10 null MX", Some(Weight::Sure)),
        (550, "5.2.1 mailbox disabled", Some(Weight::Sure)),
        (550, "no such user here", Some(Weight::Hard)),
        (452, "4.2.2 mailbox full", Some(Weight::Soft)),
        (450, "4.7.1 greylisted, try again", Some(Weight::Soft)),
        (550, "5.7.1 blocked for spam", None),
        (550, "5.4.5 Daily user sending limit exceeded", None),
        (554, "5.7.1 relay access denied", None),
        (552, "5.3.4 too big", None),
        (421, "4.3.2 too busy", None),
    ] {
        let reply = Reply::new(Stage::Rcpt, code, &[text.to_owned()]);
        assert_eq!(Weight::of(&reply), expected, "{code} {text}");
    }
    for weight in [Weight::Soft, Weight::Hard, Weight::Sure] {
        assert_eq!(Weight::parse(weight.as_str()), Some(weight));
    }
}

/// Days close together and moments at the rules' very edges.
fn any_strike() -> impl Strategy<Value = Strike> {
    let moment = (0..140_i64, -1..=1_i64).prop_map(|(day, micro)| day * DAY + micro);
    let weight = prop_oneof![4 => Just(Weight::Soft), 3 => Just(Weight::Hard), 1 => Just(Weight::Sure)];
    (1..6_i64, weight, moment).prop_map(|(edition, weight, moment)| strike(edition, weight, moment))
}

fn any_history() -> impl Strategy<Value = Vec<Strike>> {
    prop::collection::vec(any_strike(), 0..7)
}

/// The rules as they are written down, counted one by one.
fn by_the_letter(history: &[Strike]) -> bool {
    let heaviest = |from: Timestamp, to: Timestamp, edition: i64| {
        let within = history
            .iter()
            .filter(|one| one.edition == edition && one.at >= from && one.at <= to);
        within.map(|one| one.weight.points()).max().unwrap_or(0)
    };
    let pair = |one: &Strike, other: &Strike| {
        let are_hard = one.weight >= Weight::Hard && other.weight >= Weight::Hard;
        are_hard && one.edition != other.edition && one.at.duration_since(other.at).abs() <= HARD_WITHIN
    };
    let editions: BTreeSet<i64> = history.iter().map(|one| one.edition).collect();
    history.iter().any(|one| one.weight == Weight::Sure)
        || history.iter().any(|one| history.iter().any(|other| pair(one, other)))
        || editions.len() >= IN_A_ROW
        || history.iter().any(|one| {
            let to = one.at + POINTS_WITHIN;
            editions.iter().map(|edition| heaviest(one.at, to, *edition)).sum::<u32>() >= POINTS
        })
}

proptest! {
    #[test]
    fn one_strike_more_never_helps(history in any_history(), more in any_strike(), good in prop::option::of(0..140_i64)) {
        let good = good.map(|day| at(day * DAY));
        let mut longer = history.clone();
        longer.push(more);
        prop_assert!(judge(&history, good).is_none() || judge(&longer, good).is_some());
    }

    #[test]
    fn a_good_delivery_never_harms(history in any_history(), good in 0..140_i64, later in 0..40_i64) {
        let judged = |day: i64| judge(&history, Some(at(day * DAY))).is_some();
        prop_assert!(!judged(good) || judge(&history, None).is_some());
        prop_assert!(!judged(good + later) || judged(good));
    }

    #[test]
    fn the_order_in_which_strikes_are_told_is_nothing(history in any_history(), turn in 0..7_usize) {
        let mut turned = history.clone();
        if !turned.is_empty() {
            let by = turn % turned.len();
            turned.rotate_left(by);
        }
        prop_assert_eq!(
            judge(&history, None).map(|verdict| (verdict.rule, verdict.editions)),
            judge(&turned, None).map(|verdict| (verdict.rule, verdict.editions))
        );
    }

    #[test]
    fn the_rules_are_kept_to_the_letter(history in any_history()) {
        prop_assert_eq!(judge(&history, None).is_some(), by_the_letter(&history));
        if let Some(verdict) = judge(&history, None) {
            prop_assert!(verdict.by < history.len());
        }
    }
}
