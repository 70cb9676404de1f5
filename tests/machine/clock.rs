//! Clocks that jump, between two runs and in the middle of one: they decide when a letter leaves, never whether twice or never.

use super::{Chance, Figures, Scene, Toll, judged, or_passed_over, points};
use crate::support::judge::{Phase, Rule};
use crate::support::ledger::until;
use crate::support::people;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

const PEOPLE: usize = 12;
const CONNECTIONS: usize = 2;
const HOUR: i64 = 3600;
const YEAR: i64 = 365 * 24 * HOUR;

/// One article, due in January, that may go out for ever; the sample's own expires after three days.
const CAMPAIGN: &str = "\
id: k7f2m9
title: Seasonal immunity tips
audience: {lists: [patients]}
template: letter
schedule: {every: month, day: first tuesday, at: \"09:00\"}
articles:
  - {file: massage-and-immunity.md}
";

fn scene(told: String) -> Scene {
    let scene = Scene::new(told, PEOPLE, CONNECTIONS);
    scene.clinic.write("campaigns/seasonal-immunity/campaign.yaml", CAMPAIGN);
    scene
}

/// Half an hour after the article is due.
fn due() -> Timestamp {
    "2027-01-05T09:30:00Z".parse().unwrap()
}

/// A heartbeat of a clock that is so many seconds wrong.
fn beat(scene: &Scene, off: i64) -> crate::support::workspace::run::Output {
    let now = (due() + SignedDuration::from_secs(off)).to_string();
    scene.clinic.run(&["run", "--now", &now])
}

/// Longer than any wait between two attempts.
const LATER: i64 = 5 * HOUR;

#[test]
fn a_clock_that_wanders_between_runs_loses_and_doubles_nobody() {
    let mut figures = Figures::of("clock wanders between runs");
    let jumps = [0, 60, -60, HOUR, -HOUR, 6 * HOUR, YEAR, -YEAR, 10 * YEAR, -10 * YEAR];
    for seed in 0..points(6, 60) as u64 {
        let (mut chance, mut latest) = (Chance(seed), 0);
        let scene = scene(format!("seed {seed}: a clock that wanders"));
        for step in 0..6 {
            let off = if step == 0 { 0 } else { jumps[chance.below(jumps.len())] };
            let refusals = Rule::at(Phase::Rcpt).after(chance.below(4)).times(chance.below(5));
            scene.judge.add(refusals.reply("451 4.7.1 greylisted"));
            beat(&scene, off).exits(0);
            scene.judge.heal();
            let ledger = scene.assert_true();
            let waits = ledger.people("deferred").len();
            assert_eq!(
                ledger.people("accepted").len() + waits,
                PEOPLE,
                "{}: {:?}",
                scene.told,
                ledger.counts()
            );
            latest = latest.max(off);
        }
        beat(&scene, latest + LATER).exits(0);
        let back = (due() - SignedDuration::from_hours(1)).to_string();
        figures.add(scene.is_at_its_end(&["run", "--now", &back]));
    }
}

/// The waits between two attempts are hours; a clock that was ten years ahead for one run may not make them ten years.
#[test]
fn a_letter_that_was_deferred_by_a_clock_far_ahead_goes_out_once_the_clock_is_right() {
    let scene = scene("deferred ten years ahead".to_owned());
    scene
        .judge
        .add(Rule::at(Phase::Rcpt).to(&people::address(3)).reply("451 4.7.1 greylisted"));
    beat(&scene, 0).exits(0);
    beat(&scene, 10 * YEAR).exits(0);
    scene.judge.heal();
    beat(&scene, LATER).exits(0);
    assert_eq!(scene.clinic.ledger().of(&people::address(3)).state, "accepted");
    scene.is_at_its_end(&["run"]);
}

/// The night in which London's clocks go forward, and the one in which they go back: each morning's article once.
#[test]
fn the_nights_that_lose_and_repeat_an_hour_send_each_article_once() {
    let mut figures = Figures::of("nights of the time change");
    for (first, last) in [
        ("2027-03-27T22:00:00Z", "2027-03-29T02:00:00Z"),
        ("2027-10-30T22:00:00Z", "2027-11-01T03:00:00Z"),
    ] {
        let scene = scene(format!("the night of {first}"));
        let daily = CAMPAIGN.replace(
            "{every: month, day: first tuesday, at: \"09:00\"}",
            "{every: day, at: \"01:30\"}",
        );
        let daily = format!("{daily}  - {{file: calmer-days.md}}\n");
        scene.clinic.write("campaigns/seasonal-immunity/campaign.yaml", daily);
        let (mut now, last): (Timestamp, Timestamp) = (first.parse().unwrap(), last.parse().unwrap());
        let step = SignedDuration::from_mins(if points(0, 1) == 1 { 15 } else { 90 });
        while now < last {
            // The system's clock hesitates too: it falls back an hour, and runs ahead of itself, in each of them.
            for off in [0, -HOUR, HOUR] {
                let at = now + SignedDuration::from_secs(off);
                scene.clinic.run(&["run", "--now", &at.to_string()]).exits(0);
            }
            now += step;
        }
        let ledger = scene.clinic.ledger();
        assert_eq!(
            ledger.counts().into_iter().collect::<Vec<_>>(),
            [("accepted", 2 * PEOPLE)],
            "{}",
            scene.told
        );
        ledger.assert_message_ids_differ();
        scene.clinic.assert_numbers_close();
        let ids: BTreeSet<String> = scene.judge.accepted().into_iter().map(|taken| taken.message_id).collect();
        figures.add(Toll {
            lost: 2 * PEOPLE - ids.len(),
            doubled: scene.judge.accepted().len() - ids.len(),
            in_doubt: 0,
        });
    }
}

/// A clock of our own for the whole process, which can be set while it runs.
struct FalseClock {
    file: PathBuf,
}

impl FalseClock {
    /// Puts the program of `scene` under a false clock; `None` where there is none.
    fn over(scene: &mut Scene) -> Option<Self> {
        let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
        let mut libraries = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
        let library = or_passed_over(libraries.find(|library| library.is_file()), "`libfaketime`")?;
        let clock = Self {
            file: scene.clinic.path("clock"),
        };
        clock.set(0);
        for (name, value) in [
            ("LD_PRELOAD", library.to_str().unwrap()),
            ("FAKETIME_TIMESTAMP_FILE", clock.file.to_str().unwrap()),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ] {
            scene.clinic.set_variable(name, value);
        }
        Some(clock)
    }

    /// The clock shows this many seconds past the due moment, and runs on from there.
    #[expect(
        clippy::disallowed_methods,
        reason = "a false clock is told how far it is from the real one"
    )]
    fn set(&self, off: i64) {
        let off = due().duration_since(Timestamp::now()).as_secs() + off;
        // In one stroke: half a file would be no time at all.
        let fresh = self.file.with_extension("fresh");
        std::fs::write(&fresh, format!("{off:+}")).unwrap();
        std::fs::rename(&fresh, &self.file).unwrap();
    }
}

#[test]
fn a_clock_that_jumps_in_a_run_loses_and_doubles_nobody() {
    let mut figures = Figures::of("clock jumps in a run");
    let jumps = [HOUR, -HOUR, 10 * YEAR, -10 * YEAR, 2, -2, 24 * HOUR, -24 * HOUR];
    for (point, jump) in (0..points(4, 24)).zip(jumps.into_iter().cycle()) {
        // From the first letter on: a run that begins by a wrong clock is another story.
        let letters = 1 + Chance(point as u64).below(PEOPLE - 3);
        let mut scene = scene(format!("a jump of {jump} s after {letters} letters"));
        let Some(clock) = FalseClock::over(&mut scene) else { return };
        scene.judge.add(Rule::at(Phase::Dot).delay(Duration::from_millis(5)));
        let mut run = scene.clinic.spawn(&["run"]);
        until("the moment", || judged(&scene.judge) >= letters || !run.is_alive());
        let greylisted = Rule::at(Phase::Rcpt).times(2).reply("451 4.7.1 greylisted");
        scene.judge.add(greylisted);
        clock.set(jump);
        run.wait().exits(0).says_nothing();
        let ledger = scene.assert_true();
        assert_eq!(
            (ledger.people("in_doubt").len(), ledger.people("pending").len()),
            (0, 0),
            "{}",
            scene.told
        );
        // Back to the right time, at which nothing may be sent again; then on to where the longest wait is over.
        clock.set(0);
        scene.clinic.run(&["run"]).exits(0);
        clock.set(jump.max(0) + LATER);
        figures.add(scene.comes_to_its_end(&["run"]));
    }
}

#[test]
fn a_laptop_that_sleeps_in_a_run_loses_and_doubles_nobody() {
    let mut figures = Figures::of("laptop sleeps");
    for seed in 0..points(3, 20) as u64 {
        let letters = Chance(seed).below(PEOPLE - 3);
        let mut scene = scene(format!("asleep for eight hours after {letters} letters"));
        let Some(clock) = FalseClock::over(&mut scene) else { return };
        scene.judge.add(Rule::at(Phase::Dot).delay(Duration::from_millis(5)));
        let run = scene.clinic.spawn(&["run"]);
        until("the lid", || judged(&scene.judge) > letters);
        run.signal("STOP");
        scene.judge.hang_up();
        clock.set(8 * HOUR);
        run.signal("CONT");
        let woken = run.wait();
        assert!(matches!(woken.status, Some(0 | 1 | 75)), "{}\n{woken}", scene.told);
        let toll = scene.comes_to_its_end(&["run"]);
        assert!(toll.in_doubt <= CONNECTIONS, "{}: {toll:?}", scene.told);
        figures.add(toll);
    }
}
