//! Worlds of chance: schedules, zones, seasons, pins, hours, run times and edits as they come.

use crate::campaign::Campaign;
use crate::campaign::calendar::tests::{calendar, campaign, clinic, record};
use crate::campaign::calendar::{Calendar, Decision, Fate, Reason, Recorded, Turn, What};
use crate::campaign::schedule::ClinicHours;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::TestCaseError;

const ZONES: [&str; 5] = [
    "Europe/London",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/New_York",
];

const RHYTHMS: [&str; 9] = [
    "every: day",
    "every: day, day: weekdays",
    "every: 3 days",
    "every: week, day: tuesday",
    "every: 2 weeks, day: sunday",
    "every: month, day: first tuesday",
    "every: month, day: last day",
    "every: quarter, day: 15",
    "dates: [2027-03-26, 2027-03-28, 2027-04-30, 2027-05-04, 2027-10-03]",
];

const HOURS: [&str; 4] = ["09:00", "02:15", "00:00", "23:30"];
const EXPIRIES: [&str; 3] = ["", ", expires: 8h", ", expires: 3d"];
const SEASONS: [&str; 3] = [
    "",
    "season: {from: 1 October, until: 31 May}\n",
    "season: {from: 15 March, until: 15 June}\n",
];
const WINDOWS: [&str; 4] = [
    "",
    "window: {days: weekdays, from: \"08:30\", until: \"18:00\"}\n",
    "window: {days: monday, from: \"10:00\", until: \"12:00\"}\n",
    "window: {from: \"02:00\", until: \"02:30\"}\n",
];
const LATES: [&str; 4] = [
    "",
    "late: {by: 1h, then: skip}\n",
    "late: {by: 2d, then: hold}\n",
    "late: {by: 30m, then: send}\n",
];

/// How many articles a campaign has.
const ARTICLES: u64 = 24;

/// A number below `below`, and the rest of the chance for the next.
fn pick(chance: &mut u64, below: u64) -> u64 {
    let picked = *chance % below;
    *chance = (*chance / below) ^ chance.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17);
    picked
}

fn one_of<'t>(chance: &mut u64, texts: &[&'t str]) -> &'t str {
    let at = pick(chance, texts.len() as u64);
    texts[usize::try_from(at).unwrap_or_default()]
}

fn start(chance: &mut u64) -> Timestamp {
    let begin: Timestamp = "2027-02-20T00:00Z".parse().expect("an instant");
    begin + SignedDuration::from_mins(i64::try_from(pick(chance, 60 * 24 * 90)).unwrap_or_default())
}

/// A campaign's file, with some articles pinned to days near `from`.
fn file(chance: &mut u64, from: Date) -> String {
    let (rhythm, hour) = (one_of(chance, &RHYTHMS), one_of(chance, &HOURS));
    let season = one_of(chance, &SEASONS);
    let mut text = format!("schedule: {{{rhythm}, at: \"{hour}\"{}}}\n", one_of(chance, &EXPIRIES));
    text += season;
    text += one_of(chance, &WINDOWS);
    text += one_of(chance, &LATES);
    text += "articles:\n";
    let mut pinned = Vec::new();
    for article in 0..ARTICLES {
        let day = from + i64::try_from(pick(chance, 60)).unwrap_or_default().days();
        let is_pinned = pick(chance, 5) == 0 && season.is_empty() && !pinned.contains(&day);
        let pin = if is_pinned { format!(", date: {day}") } else { String::new() };
        text += &format!("  - {{file: a{article}.md{pin}}}\n");
        pinned.extend(is_pinned.then_some(day));
    }
    text
}

/// What the books say must hold when this is decided.
fn check_decision(
    calendar: &Calendar<'_>,
    recorded: &[Recorded],
    decision: &Decision<'_>,
    now: Timestamp,
) -> Result<(), TestCaseError> {
    for missed in &decision.missed {
        let is_same = |line: &&Recorded| line.due_on == missed.occurrence.date && line.article == missed.pinned.unwrap_or_default();
        let skipped = |line: &&Recorded| matches!(line.what, What::Skipped(_));
        prop_assert!(
            recorded.iter().filter(skipped).find(is_same).is_none(),
            "skipped twice: {missed:?}"
        );
        prop_assert!(missed.occurrence.at <= now);
    }
    let Turn::Begins(due) = &decision.turn else { return Ok(()) };
    let schedule = calendar.schedule().expect("a schedule");
    let is_used = |line: &&Recorded| !matches!(line.what, What::Skipped(_)) && line.article == due.article;
    prop_assert!(recorded.iter().find(is_used).is_none(), "an article goes out once: {due:?}");
    prop_assert!(due.occurrence.at <= now && calendar.hours.contains(now));
    prop_assert!(due.expires_at.is_none_or(|end| now < end));
    let pin = calendar
        .articles
        .iter()
        .find(|article| article.id == due.article)
        .expect("listed")
        .pin;
    match pin {
        Some(day) => prop_assert_eq!(day, due.occurrence.date),
        None => {
            let period = schedule.period_of(due.occurrence.date);
            let same = |line: &&Recorded| line.what == What::Edition && schedule.period_of(line.due_on) == period;
            prop_assert!(
                recorded.iter().find(same).is_none(),
                "a period takes one: {due:?} {recorded:?}"
            );
        }
    }
    Ok(())
}

/// One run: decides, holds it to the rules, records it, and finds nothing left to do at the same moment.
fn run(calendar: &Calendar<'_>, recorded: &mut Vec<Recorded>, now: Timestamp) -> Result<(), TestCaseError> {
    let decision = calendar.decide(recorded, now);
    check_decision(calendar, recorded, &decision, now)?;
    record(recorded, &decision);
    let again = calendar.decide(recorded, now);
    prop_assert!(
        again.missed.is_empty() && !matches!(again.turn, Turn::Begins(_)),
        "no burst: {again:?}"
    );
    Ok(())
}

/// A person sends the next article; gives the record of it.
fn send(calendar: &Calendar<'_>, recorded: &mut Vec<Recorded>, now: Timestamp) -> Option<Recorded> {
    for missed in calendar.left_behind(recorded, now) {
        recorded.push(Recorded {
            article: String::new(),
            due_on: missed.occurrence.date,
            what: What::Skipped(missed.reason),
        });
    }
    let is_left = |id: &str| {
        recorded
            .iter()
            .all(|line| line.article != id || matches!(line.what, What::Skipped(_)))
    };
    let next = calendar.articles.iter().find(|article| is_left(article.id));
    let due_on = calendar.hours.clinic.zone.to_datetime(now).date();
    let sent = next.map(|next| Recorded {
        article: next.id.to_owned(),
        due_on,
        what: What::Edition,
    });
    recorded.extend(sent.clone());
    sent
}

/// What was played.
struct Played {
    campaign: Campaign,
    recorded: Vec<Recorded>,
    by_hand: Vec<Recorded>,
    first: Timestamp,
    last: Timestamp,
}

/// Plays some of the year; without edits, `edits` is 0.
fn play(chance: &mut u64, clinic: &ClinicHours, edits: u64) -> Result<Played, TestCaseError> {
    let first = start(chance);
    let from = clinic.zone.to_datetime(first).date();
    let mut campaign = campaign(&file(chance, from));
    let (mut now, mut recorded, mut by_hand) = (first, Vec::new(), Vec::new());
    run(&calendar(&campaign, clinic, Some(first)), &mut recorded, now)?;
    for _ in 0..40 {
        let gap = [20, 90, 700, 3000, 30_000][usize::try_from(pick(chance, 5)).unwrap_or_default()];
        now += SignedDuration::from_mins(i64::try_from(pick(chance, gap)).unwrap_or_default());
        let deed = pick(chance, 20);
        if deed < edits {
            campaign = super::campaign(&file(chance, from));
        } else if deed == 19 {
            by_hand.extend(send(&calendar(&campaign, clinic, Some(first)), &mut recorded, now));
        } else {
            run(&calendar(&campaign, clinic, Some(first)), &mut recorded, now)?;
        }
    }
    run(&calendar(&campaign, clinic, Some(first)), &mut recorded, now)?;
    Ok(Played {
        campaign,
        recorded,
        by_hand,
        first,
        last: now,
    })
}

/// Every day of the row between two moments, found day by day, and whether it is pinned.
fn days(calendar: &Calendar<'_>, first: Timestamp, last: Timestamp) -> Vec<(Date, bool)> {
    let (schedule, zone) = (calendar.schedule().expect("a schedule"), &calendar.hours.clinic.zone);
    let pins: Vec<Date> = calendar.articles.iter().filter_map(|article| article.pin).collect();
    let in_season = |day: Date| calendar.campaign.season.is_none_or(|season| season.contains(day));
    let row = schedule
        .upcoming(zone, first, 2000)
        .into_iter()
        .take_while(|found| found.at <= last);
    let row = row.map(|found| found.date).filter(|day| {
        let period = schedule.period_of(*day);
        pins.iter().all(|pin| schedule.period_of(*pin) != period)
    });
    let pinned = pins.iter().copied().filter(|day| {
        let at = schedule.on(*day, zone).expect("a day").at;
        first < at && at <= last
    });
    let all = row.map(|day| (day, false)).chain(pinned.map(|day| (day, true)));
    all.filter(|(day, _)| in_season(*day)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]

    /// Whatever is edited and whenever it runs: an article goes out once, a period takes one of the row, nothing bursts.
    #[test]
    fn no_edit_and_no_pause_sends_twice_in_a_period(chance in any::<u64>(), place in 0_usize..5, quiet in 0_usize..2) {
        let mut chance = chance;
        let clinic = clinic(ZONES[place], [None, Some((20, 8))][quiet]);
        play(&mut chance, &clinic, 4)?;
    }

    /// Every occurrence between the first and the last run has begun, or was skipped with a reason, or is still open; never two of these.
    #[test]
    fn every_occurrence_comes_to_one_end(chance in any::<u64>(), place in 0_usize..5, quiet in 0_usize..2) {
        let mut chance = chance;
        let clinic = clinic(ZONES[place], [None, Some((20, 8))][quiet]);
        let Played { campaign, recorded, by_hand, first, last } = play(&mut chance, &clinic, 0)?;
        let calendar = calendar(&campaign, &clinic, Some(first));
        let schedule = calendar.schedule().expect("a schedule");
        let open: Vec<Date> = calendar.agenda(&recorded, last, last).iter().map(|entry| entry.occurrence.date).collect();
        for (day, is_pinned) in days(&calendar, first, last) {
            let pinned = calendar.articles.iter().find(|article| is_pinned && article.pin == Some(day));
            let period = schedule.period_of(day);
            let concerns = |line: &&Recorded| match (pinned, line.what) {
                (Some(pinned), What::Edition | What::Article) => line.article == pinned.id,
                (None, What::Edition) => schedule.period_of(line.due_on) == period,
                (None, What::Article) => false,
                (_, What::Skipped(_)) => line.due_on == day && line.article == pinned.map_or("", |pinned| pinned.id),
            };
            let (sent, own): (Vec<&Recorded>, Vec<&Recorded>) =
                recorded.iter().filter(concerns).partition(|line| by_hand.contains(line));
            let ends = own.len() + usize::from(open.contains(&day));
            // A letter that a person sends into a period, or of a pinned article, is its end where it had none.
            prop_assert!(ends == 1 || (ends == 0 && !sent.is_empty()), "{} ends {} times: {:?}", day, ends, recorded);
        }
    }

    /// What the agenda says beforehand is what is done at each of its moments, to the minute and to the article.
    #[test]
    fn the_agenda_comes_true(chance in any::<u64>(), place in 0_usize..5, quiet in 0_usize..2) {
        let mut chance = chance;
        let clinic = clinic(ZONES[place], [None, Some((20, 8))][quiet]);
        let Played { campaign, mut recorded, first, last, .. } = play(&mut chance, &clinic, 4)?;
        let calendar = calendar(&campaign, &clinic, Some(first));
        let agenda = calendar.agenda(&recorded, last, last + SignedDuration::from_hours(24 * 60));
        let mut foretold: Vec<(Timestamp, Date, String)> = agenda.iter().filter_map(|entry| match entry.fate {
            Fate::Begins { at, is_held, .. } => Some((at, entry.occurrence.date, format!("{} {is_held}", entry.article?))),
            Fate::Skipped { at, reason } => Some((at, entry.occurrence.date, reason.name().to_owned())),
        }).filter(|(at, ..)| *at < Timestamp::MAX).collect();
        foretold.sort();
        let mut moments: Vec<Timestamp> = foretold.iter().map(|(at, ..)| *at).collect();
        moments.dedup();
        let mut done = Vec::new();
        for now in moments {
            let decision = calendar.decide(&recorded, now);
            done.extend(decision.missed.iter().map(|missed| (now, missed.occurrence.date, missed.reason.name().to_owned())));
            if let Turn::Begins(due) = &decision.turn {
                done.push((now, due.occurrence.date, format!("{} {}", due.article, due.is_held)));
            }
            record(&mut recorded, &decision);
        }
        done.sort();
        done.retain(|(_, day, _)| agenda.iter().any(|entry| entry.occurrence.date == *day));
        prop_assert_eq!(done, foretold);
    }
}

#[test]
fn reasons_have_names_of_their_own() {
    let names: std::collections::HashSet<&str> = Reason::ALL.iter().map(|reason| reason.name()).collect();
    assert_eq!(names.len(), Reason::ALL.len());
}
