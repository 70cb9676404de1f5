//! Tests of whose turn it is: the rules one by one, then years of edited series with invented people.

use super::{Course, Joiner, Mark, Record, Stand, Standing, Step, Turn};
use crate::campaign::schedule::{ClinicHours, Hours, Late, Then};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn step(file: &str, after_days: u32) -> Step {
    let at = Time::constant(9, 0, 0, 0);
    let file = file.to_owned();
    Step { file, after_days, at }
}

fn london() -> Hours {
    ClinicHours::always(TimeZone::get("Europe/London").unwrap()).with(None)
}

/// Welcome at once, tips after a week, a question after two; known since the first of March.
struct Scene {
    steps: Vec<Step>,
    standings: Vec<Standing>,
    hours: Hours,
    late: Late,
}

impl Scene {
    fn new() -> Self {
        let open = Standing {
            seen: at("2026-03-01T06:00:00Z"),
            stand: Stand::Open,
            freed: None,
            stopped: None,
        };
        Self {
            steps: vec![step("welcome", 0), step("tips", 7), step("question", 14)],
            standings: vec![open; 3],
            hours: london(),
            late: Late::default(),
        }
    }

    fn turn(&self, joiner: &Joiner, now: &str) -> Turn {
        let course = Course {
            steps: &self.steps,
            standings: &self.standings,
            hours: &self.hours,
            late: self.late,
            since: at("2026-03-01T06:00:00Z"),
            now: at(now),
        };
        course.turn(joiner)
    }

    /// The turn in short.
    #[track_caller]
    fn check(&self, joiner: &Joiner, now: &str, expected: &str) {
        let found = match self.turn(joiner, now) {
            Turn::Coming(next) => format!("{} from {}", self.steps[next.step].file, next.from),
            Turn::Due(next) => format!("{} due {}", self.steps[next.step].file, next.due),
            Turn::Late(next, late) => format!("{} {} h late", self.steps[next.step].file, late.as_hours()),
            Turn::Held { step, due } => format!("{} held {due}", self.steps[step].file),
            Turn::Waits(record) => format!("waits for {:?}", record.step),
            Turn::Out(out) => format!("{out:?}"),
            Turn::Finished => "finished".to_owned(),
        };
        assert_eq!(found, expected, "{joiner:?} at {now}");
    }
}

fn joined(day: &str) -> Joiner {
    Joiner {
        joined: day.parse().unwrap(),
        known_since: at("2026-03-01T06:00:00Z"),
        consent: None,
        told_at: None,
        records: Vec::new(),
        passed: None,
    }
}

fn with(mut joiner: Joiner, step: usize, mark: Mark, moment: &str) -> Joiner {
    let (step, at) = (Some(step), at(moment));
    joiner.records.push(Record { step, mark, at });
    joiner
}

#[test]
fn steps_come_on_their_days_at_their_hour_through_a_change_of_clocks() {
    let scene = Scene::new();
    let ann = joined("2026-03-25");
    scene.check(&ann, "2026-03-25T08:59:59Z", "welcome from 2026-03-25T09:00:00Z");
    scene.check(&ann, "2026-03-25T09:00:00Z", "welcome due 2026-03-25T09:00:00Z");
    let ann = with(ann, 0, Mark::Accepted, "2026-03-25T09:00:07Z");
    // Seven seconds late is no reason to be a run later every week; in summer nine is eight in Greenwich.
    scene.check(&ann, "2026-04-01T07:59:59Z", "tips from 2026-04-01T08:00:00Z");
    scene.check(&ann, "2026-04-01T08:00:00Z", "tips due 2026-04-01T08:00:00Z");
    let ann = with(ann, 1, Mark::Settled, "2026-04-01T08:00:09Z");
    scene.check(&ann, "2026-04-02T08:00:00Z", "question from 2026-04-08T08:00:00Z");
    let ann = with(ann, 2, Mark::Accepted, "2026-04-08T08:00:09Z");
    scene.check(&ann, "2026-05-02T08:00:00Z", "finished");
}

#[test]
fn a_step_that_was_taken_out_stays_behind_with_its_day() {
    let mut scene = Scene::new();
    let mut ann = joined("2026-03-25");
    let (step, mark, at_nine) = (None, Mark::Accepted, at("2026-03-25T09:00:07Z"));
    ann.records.push(Record { step, mark, at: at_nine });
    ann.passed = Some(at("2026-03-25T09:00:00Z"));
    scene.check(&ann, "2026-03-25T09:15:00Z", "tips from 2026-04-01T08:00:00Z");
    // A new hour makes no new day.
    scene.steps[0].at = Time::constant(10, 0, 0, 0);
    scene.check(&ann, "2026-03-25T10:15:00Z", "tips from 2026-04-01T08:00:00Z");
    ann.passed = Some(at("2026-03-24T09:00:00Z"));
    scene.check(&ann, "2026-03-25T10:15:00Z", "welcome due 2026-03-25T10:00:00Z");
}

#[test]
fn nobody_grows_late_while_no_letter_of_the_step_can_be_written() {
    let mut scene = Scene::new();
    let ann = joined("2026-04-06");
    scene.standings[0].stopped = Some(at("2026-04-06T10:00:00Z"));
    scene.check(&ann, "2026-04-06T12:00:00Z", "welcome due 2026-04-06T08:00:00Z");
    scene.check(&ann, "2026-04-16T15:00:00Z", "welcome due 2026-04-06T08:00:00Z");
    scene.standings[0].stopped = Some(at("2026-04-07T10:00:00Z"));
    scene.check(&ann, "2026-04-16T15:00:00Z", "welcome 26 h late");
    let bea = joined("2026-04-17");
    scene.check(&bea, "2026-04-17T15:00:00Z", "welcome due 2026-04-17T08:00:00Z");
}

#[test]
fn the_next_step_keeps_its_distance_from_one_that_came_late() {
    let scene = Scene::new();
    let ann = with(joined("2026-04-06"), 0, Mark::Accepted, "2026-04-10T15:00:00Z");
    scene.check(&ann, "2026-04-13T09:00:00Z", "tips from 2026-04-17T08:00:00Z");
    let ann = with(ann, 1, Mark::Settled, "2026-04-17T08:00:00Z");
    scene.check(&ann, "2026-04-17T09:00:00Z", "question from 2026-04-24T08:00:00Z");
    let bob = with(joined("2026-04-06"), 0, Mark::Open, "2026-04-06T15:00:00Z");
    scene.check(&bob, "2026-06-01T09:00:00Z", "waits for Some(0)");
}

#[test]
fn who_joined_before_the_series_was_known_is_not_of_it() {
    let scene = Scene::new();
    scene.check(&joined("2026-02-20"), "2026-03-01T06:00:00Z", "JoinedBefore");
    scene.check(&joined("2026-02-28"), "2026-03-01T06:00:00Z", "JoinedBefore");
    scene.check(
        &joined("2026-03-01"),
        "2026-03-01T09:00:00Z",
        "welcome due 2026-03-01T09:00:00Z",
    );
    let before = with(joined("2026-02-20"), 0, Mark::Accepted, "2026-03-01T09:00:00Z");
    scene.check(&before, "2026-03-08T09:00:00Z", "tips due 2026-03-08T09:00:00Z");
    // Known for long, and joined long before: a year and a day.
    let mut old = joined("2026-03-02");
    scene.check(&old, "2027-03-03T09:00:00Z", "welcome 8784 h late");
    scene.check(&old, "2027-03-04T09:00:00Z", "JoinedLongAgo");
    old.known_since = at("2027-03-01T12:00:00Z");
    scene.check(&old, "2027-03-01T12:30:00Z", "welcome due 2026-03-02T09:00:00Z");
}

#[test]
fn late_is_counted_from_when_they_were_known_agreed_or_were_let_go() {
    let mut scene = Scene::new();
    let mut ann = joined("2026-04-06");
    scene.check(&ann, "2026-04-06T14:00:00Z", "welcome due 2026-04-06T08:00:00Z");
    scene.check(&ann, "2026-04-08T08:00:00Z", "welcome 48 h late");
    ann.consent = Some("2026-04-08".parse().unwrap());
    scene.check(&ann, "2026-04-08T05:00:00Z", "welcome due 2026-04-06T08:00:00Z");
    ann.told_at = Some(at("2026-04-08T10:00:00Z"));
    scene.check(&ann, "2026-04-08T15:00:00Z", "welcome due 2026-04-06T08:00:00Z");
    ann.known_since = at("2026-05-08T08:00:00Z");
    scene.check(&ann, "2026-05-08T08:00:00Z", "welcome due 2026-04-06T08:00:00Z");
    scene.check(&ann, "2026-05-08T14:00:01Z", "welcome 6 h late");
    scene.standings[0].freed = Some(at("2026-06-08T08:00:00Z"));
    scene.check(&ann, "2026-06-08T09:00:00Z", "welcome due 2026-04-06T08:00:00Z");
    scene.late.then = Then::Send;
    scene.check(&ann, "2026-07-08T09:00:00Z", "welcome due 2026-04-06T08:00:00Z");
}

#[test]
fn a_step_on_hold_is_waited_for_and_a_closed_or_a_new_one_passed_by() {
    let mut scene = Scene::new();
    let ann = with(joined("2026-04-06"), 0, Mark::Accepted, "2026-04-06T08:00:00Z");
    scene.standings[1].stand = Stand::Held;
    scene.check(&ann, "2026-04-20T09:00:00Z", "tips held 2026-04-13T08:00:00Z");
    scene.standings[1].stand = Stand::Closed;
    scene.check(&ann, "2026-04-20T09:00:00Z", "question due 2026-04-20T08:00:00Z");
    scene.standings[1].stand = Stand::Open;
    scene.standings[1].seen = at("2026-04-14T08:00:00Z");
    scene.check(&ann, "2026-04-20T09:00:00Z", "question due 2026-04-20T08:00:00Z");
    let bob = with(joined("2026-04-08"), 0, Mark::Accepted, "2026-04-08T08:00:00Z");
    scene.check(&bob, "2026-04-15T09:00:00Z", "tips due 2026-04-15T08:00:00Z");
}

#[test]
fn whoever_was_further_never_goes_back_to_a_step_put_before() {
    let mut scene = Scene::new();
    scene.steps = vec![step("new", 3), step("question", 7), step("tips", 10), step("more", 30)];
    scene.standings = vec![scene.standings[0]; 4];
    let ann = with(joined("2026-04-06"), 2, Mark::Accepted, "2026-04-13T08:00:00Z");
    scene.check(&ann, "2026-04-20T09:00:00Z", "more from 2026-05-06T08:00:00Z");
    let mut gone = ann.clone();
    gone.records[0].step = None;
    scene.check(&gone, "2026-04-09T09:00:00Z", "new due 2026-04-09T08:00:00Z");
    gone.records[0].mark = Mark::Open;
    scene.check(&gone, "2026-04-09T09:00:00Z", "waits for None");
}

#[test]
fn nothing_begins_outside_the_hours_and_nobody_is_late_for_them() {
    let mut scene = Scene::new();
    scene.hours.clinic.quiet = Some(crate::campaign::schedule::Quiet {
        from: Time::constant(20, 0, 0, 0),
        until: Time::constant(10, 0, 0, 0),
    });
    let ann = joined("2026-04-06");
    scene.check(&ann, "2026-04-06T08:30:00Z", "welcome from 2026-04-06T09:00:00Z");
    scene.check(&ann, "2026-04-06T15:00:00Z", "welcome due 2026-04-06T08:00:00Z");
    scene.check(&ann, "2026-04-06T22:00:00Z", "welcome from 2026-04-07T09:00:00Z");
    scene.check(&ann, "2026-04-07T09:00:00Z", "welcome 24 h late");
}

#[test]
fn who_comes_on_the_day_the_series_begins_comes_to_it() {
    let scene = Scene::new();
    let mut ann = joined("2026-03-01");
    ann.known_since = at("2026-03-01T18:00:00Z");
    scene.check(&ann, "2026-03-01T18:15:00Z", "welcome due 2026-03-01T09:00:00Z");
    ann.joined = "2026-02-28".parse().unwrap();
    scene.check(&ann, "2026-03-01T18:15:00Z", "JoinedBefore");
}

/// What happens in one day of a made-up series.
#[derive(Debug, Clone)]
enum Event {
    /// Nobody runs the program for so many days.
    Missed(u8),
    /// The steps are these from now on, by name, with these gaps.
    Edited(Vec<u8>, Vec<u8>),
    /// The step on hold is this one, or none.
    Hold(Option<u8>),
}

fn event() -> impl Strategy<Value = Event> {
    let edit = (
        Just((0..6_u8).collect::<Vec<_>>()).prop_shuffle(),
        1..6_usize,
        prop::collection::vec(1..12_u8, 6),
    )
        .prop_map(|(names, number, gaps)| Event::Edited(names[..number].to_vec(), gaps));
    prop_oneof![
        5 => (0..20_u8).prop_map(Event::Missed),
        2 => edit,
        1 => prop::option::of(0..6_u8).prop_map(Event::Hold),
    ]
}

/// One person's way through a series that is edited, held and missed, told by the names of its steps.
struct Walk {
    names: Vec<u8>,
    steps: Vec<Step>,
    seen: std::collections::BTreeMap<u8, Timestamp>,
    held: Option<u8>,
    late: Late,
    joined: Date,
    /// Which step's letter was written, when it was accepted if it was, with the step's day and place at that time.
    letters: Vec<(u8, Mark, Timestamp)>,
}

impl Walk {
    fn edit(&mut self, names: &[u8], gaps: &[u8], now: Timestamp) {
        self.names = names.to_vec();
        let mut days = 0;
        self.steps = Vec::new();
        for (name, gap) in names.iter().zip(gaps) {
            self.steps.push(step(&name.to_string(), days));
            days += u32::from(*gap);
            self.seen.entry(*name).or_insert(now);
        }
    }

    fn joiner(&self) -> Joiner {
        let record = |(name, mark, at): &(u8, Mark, Timestamp)| Record {
            step: self.names.iter().position(|known| known == name),
            mark: *mark,
            at: *at,
        };
        Joiner {
            joined: self.joined,
            known_since: at("2026-03-01T06:00:00Z"),
            consent: None,
            records: self.letters.iter().map(record).collect(),
            told_at: None,
            passed: None,
        }
    }

    fn turn(&self, hours: &Hours, now: Timestamp) -> Turn {
        let standing = |name: &u8| Standing {
            seen: self.seen[name],
            stand: if self.held == Some(*name) { Stand::Held } else { Stand::Open },
            freed: None,
            stopped: None,
        };
        let standings: Vec<Standing> = self.names.iter().map(standing).collect();
        let (steps, standings, late) = (&self.steps, &standings, self.late);
        let since = at("2026-03-01T06:00:00Z");
        Course {
            steps,
            standings,
            hours,
            late,
            since,
            now,
        }
        .turn(&self.joiner())
    }

    /// One run: what is due is written, and `fate` becomes of it.
    fn run(&mut self, hours: &Hours, now: Timestamp, fate: Mark) {
        let furthest = self.joiner().records.iter().filter_map(|record| record.step).max();
        let appointment = match self.turn(hours, now) {
            Turn::Due(appointment) | Turn::Late(appointment, _) => appointment,
            _ => return,
        };
        let name = self.names[appointment.step];
        assert!(self.letters.iter().all(|(sent, ..)| *sent != name), "step {name} twice");
        assert!(furthest.is_none_or(|furthest| furthest < appointment.step), "backwards");
        assert!(self.letters.iter().all(|(_, mark, _)| *mark != Mark::Open), "two at once");
        assert!(appointment.due <= now && self.held != Some(name));
        self.assert_apart(hours, appointment.step, now);
        self.letters.push((name, fate, now));
    }

    /// Every accepted step that stands before this one lies as many days back as the steps lie apart.
    fn assert_apart(&self, hours: &Hours, next: usize, now: Timestamp) {
        let day = |at: Timestamp| hours.clinic.zone.to_datetime(at).date();
        let last = self
            .joiner()
            .records
            .into_iter()
            .filter(|record| record.mark == Mark::Accepted);
        let Some(last) = last.filter(|record| record.step.is_some()).max_by_key(|record| record.step) else {
            return;
        };
        let before = &self.steps[last.step.unwrap()];
        let apart = self.steps[next].after_days - before.after_days;
        assert!(day(last.at).checked_add(i64::from(apart).days()).unwrap() <= day(now));
        assert!(
            self.joined
                .checked_add(i64::from(self.steps[next].after_days).days())
                .unwrap()
                <= day(now)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn through_edits_holds_and_missed_weeks_each_step_comes_once_in_order_and_apart(
        events in prop::collection::vec(event(), 1..60),
        fates in prop::collection::vec(prop::sample::select(vec![Mark::Accepted, Mark::Accepted, Mark::Settled, Mark::Open]), 40),
        joins in 0..30_i64,
        late_by in 1..400_i64,
        then in prop::sample::select(vec![Then::Hold, Then::Skip, Then::Send]),
    ) {
        let hours = london();
        let mut now = at("2026-03-01T06:00:00Z");
        let first: Date = "2026-03-01".parse().unwrap();
        let mut walk = Walk {
            names: Vec::new(), steps: Vec::new(), seen: Default::default(), held: None,
            late: Late { by: SignedDuration::from_hours(late_by), then },
            joined: first.checked_add(joins.days()).unwrap(), letters: Vec::new(),
        };
        walk.edit(&[0, 1, 2], &[7, 7, 7], now);
        let mut fates = fates.into_iter();
        for event in &events {
            match event {
                Event::Missed(days) => now += SignedDuration::from_hours(24 * i64::from(*days)),
                Event::Edited(names, gaps) => walk.edit(names, gaps, now),
                Event::Hold(step) => walk.held = *step,
            }
            now += SignedDuration::from_mins(437);
            let fate = fates.next().unwrap_or(Mark::Accepted);
            walk.run(&hours, now, fate);
            // What is open is settled by the next run, or the one after.
            for (_, mark, at) in &mut walk.letters {
                if *mark == Mark::Open && *at < now {
                    (*mark, *at) = (Mark::Accepted, now);
                }
            }
        }
    }

    #[test]
    fn whoever_is_served_every_day_gets_every_step_on_its_day(
        gaps in prop::collection::vec(1..40_u8, 1..6),
        joins in 0..300_i64,
    ) {
        let hours = london();
        let first: Date = "2026-03-02".parse().unwrap();
        let mut walk = Walk {
            names: Vec::new(), steps: Vec::new(), seen: Default::default(), held: None,
            late: Late::default(), joined: first.checked_add(joins.days()).unwrap(), letters: Vec::new(),
        };
        let names: Vec<u8> = (0..6).take(gaps.len()).collect();
        walk.edit(&names, &gaps, at("2026-03-01T06:00:00Z"));
        let days: i64 = joins + gaps.iter().map(|gap| i64::from(*gap)).sum::<i64>();
        for day in 0..=days {
            let morning = first.checked_add(day.days()).unwrap().at(9, 0, 0, 0);
            let now = hours.clinic.zone.to_zoned(morning).unwrap().timestamp();
            walk.run(&hours, now, Mark::Accepted);
        }
        let wanted: Vec<Date> = walk.steps.iter().map(|step| walk.joined.checked_add(i64::from(step.after_days).days()).unwrap()).collect();
        let found: Vec<Date> = walk.letters.iter().map(|(.., at)| hours.clinic.zone.to_datetime(*at).date()).collect();
        prop_assert_eq!(found, wanted);
    }
}
