//! A year of a clinic: four campaigns, a cron that comes by when it likes, nights on which clocks change, and people who edit, rename and
//! forget.
//!
//! Promises: the program and its store are the real ones, over real SMTP to a judge on loopback; only the clock is told. At the end each
//! occurrence has left once, or is on hold, skipped or superseded with its reason, and what `plan` said beforehand is what happened.
//! What is right is known from an almanac of the test's own. `cargo test` lives through a part of a year in one zone;
//! `TIDINGS_YEAR=all` lives through a whole one in three.

mod account;
mod almanac;
mod foresight;
mod world;

use account::{Account, assert_hours};
use almanac::{days, next};
use foresight::Foresight;
use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday, date, time};
use world::{HOLIDAYS, World};

/// A zone, and the weekday and hour of its weekly letter: a night on which its clocks change.
type Place = (&'static str, (Weekday, Time));

const LONDON: Place = ("Europe/London", (Weekday::Sunday, time(1, 15, 0, 0)));
const CAIRO: Place = ("Africa/Cairo", (Weekday::Friday, time(0, 0, 0, 0)));
const LORD_HOWE: Place = ("Australia/Lord_Howe", (Weekday::Sunday, time(2, 15, 0, 0)));

#[test]
fn a_spring_in_which_each_occurrence_leaves_once_or_says_why_not() {
    live(CAIRO, 1, date(2027, 3, 25), date(2027, 5, 31));
}

#[test]
fn a_year_in_three_zones() {
    if std::env::var("TIDINGS_YEAR").as_deref() != Ok("all") {
        println!("a whole year in three zones is lived through with TIDINGS_YEAR=all");
        return;
    }
    let lives = [LONDON, CAIRO, LORD_HOWE].into_iter().zip(1..);
    let lives: Vec<_> = lives
        .map(|(place, seed)| std::thread::spawn(move || live(place, seed, date(2027, 1, 1), date(2027, 12, 31))))
        .collect();
    for life in lives {
        life.join().unwrap();
    }
}

/// Lives from one day to another, and gives account.
#[expect(clippy::print_stdout, reason = "a proof says its figures")]
fn live((zone, night): Place, seed: u64, first: Date, last: Date) {
    let mut world = World::new(zone, night, seed);
    let mut foresight = Foresight::default();
    let (mut away, mut told) = (0, Vec::new());
    // Cron is there before the first day: what was before the first run nobody promised.
    let before = world.moment(first, time(0, 0, 0, 0));
    world.run(before);
    for day in days(next(first), last) {
        away = match away {
            0 if world.chance.one_in(45) => 2 + world.chance.below(11),
            left => usize::saturating_sub(left, 1),
        };
        if away > 0 {
            continue;
        }
        for now in moments(&mut world, day) {
            world.run(now);
        }
        if is_working_day(day) && world.chance.one_in(9) {
            let noon = world.moment(day, time(12, 59, 0, 0));
            world.run(noon);
            world.meddle(noon);
            foresight.ends(noon);
        }
        foresight.look(&mut world, day);
        if day.day() == 1 {
            told.push(Account::of(&world, world.moment(day, time(23, 55, 0, 0))));
        }
    }
    let end = come_to_rest(&mut world, last);
    let mut account = Account::of(&world, end);
    told.into_iter().for_each(|earlier| account.remember(earlier));
    account.assert_each_period_once(&world, next(first), last);
    account.assert_moments(&world);
    account.assert_skips_were_right(&world);
    account.assert_articles_in_turn(&world);
    account.assert_letters(&world);
    assert_hours(&world, &account, end);
    foresight.assert_came_true(&account);
    world.at(end, "doctor --offline").exits(0);
    println!(
        "proof| year | {zone} from {first} to {last}: runs, letters, occurrences foretold by plan, what became of all | {}, {}, {}, {:?}",
        world.runs.len(),
        world.judge.accepted().len(),
        foresight.number(),
        account.fates()
    );
}

/// When cron comes by on this day: a few times, or every twenty minutes in a night on which clocks change.
fn moments(world: &mut World, day: Date) -> Vec<Timestamp> {
    let midnight = world.moment(day, time(0, 0, 0, 0));
    let is_long_night = world.moment(next(day), time(0, 0, 0, 0)).duration_since(midnight).as_hours() != 24;
    let mut minutes: Vec<i64> = match is_long_night {
        true => (0..15).map(|turn| turn * 20).chain([480, 610, 1079]).collect(),
        false => (0..world.chance.below(4))
            .map(|_| i64::try_from(world.chance.below(1435)).unwrap())
            .collect(),
    };
    minutes.sort_unstable();
    minutes.dedup();
    let at = |minute| midnight + jiff::SignedDuration::from_mins(minute);
    minutes.into_iter().map(at).collect()
}

fn is_working_day(day: Date) -> bool {
    let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !is_weekend && !HOLIDAYS.contains(&(day.month(), day.day()))
}

/// Cron comes by until nothing waits for its hours any more.
fn come_to_rest(world: &mut World, last: Date) -> Timestamp {
    let mut end = Timestamp::MIN;
    for day in days(next(last), last + jiff::Span::new().days(5)) {
        for hour in [9, 13, 17] {
            end = world.moment(day, time(hour, 0, 0, 0));
            world.runs.push(end);
            world.at(end, "run");
        }
    }
    end
}
