//! A year of newcomers: cron that sleeps for weeks, runs that are killed, people who leave and come back.
//!
//! `cargo test` lives through its first six months; `TIDINGS_YEAR=all` lives through the whole.

use super::{at, import, list, taken, welcoming};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::workspace::Workspace;
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};
use std::collections::BTreeMap;

const WHOLE: i64 = 365;
const PART: i64 = 180;
/// The weeks in which nothing runs.
const ASLEEP: [std::ops::Range<i64>; 3] = [40..47, 120..141, 300..315];

/// A small generator, always the same.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// One newcomer.
struct Newcomer {
    name: String,
    joined: String,
    is_away: bool,
    /// The first day in the list.
    came: i64,
}

struct Year {
    /// How many days it has.
    length: i64,
    chance: Chance,
    clinic: Workspace,
    judge: Judge,
    newcomers: Vec<Newcomer>,
    /// On which day the relay took each letter: what came after the last look.
    days: BTreeMap<String, Vec<Date>>,
    seen: usize,
    kills: usize,
}

fn first() -> Date {
    date(2026, 3, 1)
}

fn day(number: i64) -> Date {
    first().checked_add(number.days()).unwrap()
}

impl Year {
    /// People come, leave and come back; gives whether anybody's first letter is due today.
    fn live(&mut self, today: i64) -> bool {
        let mut is_awaited = false;
        if self.chance.below(6) == 0 && today < self.length - 90 {
            for _ in 0..=self.chance.below(2) {
                let number = self.newcomers.len();
                let joined = match self.chance.below(4) {
                    0 => String::new(),
                    1 => day((today - 30).max(0)).to_string(),
                    _ => day(today).to_string(),
                };
                let (name, is_away) = (format!("n{number:03}"), false);
                self.newcomers.push(Newcomer {
                    name,
                    joined,
                    is_away,
                    came: today,
                });
                is_awaited = true;
            }
        }
        if self.chance.below(9) == 0 && !self.newcomers.is_empty() && today < self.length - 90 {
            let who = self.chance.below(self.newcomers.len() as u64) as usize;
            self.newcomers[who].is_away = !self.newcomers[who].is_away;
        }
        if today == self.length - 90 {
            self.newcomers.iter_mut().for_each(|newcomer| newcomer.is_away = false);
        }
        let here: Vec<(&str, &str)> = self
            .newcomers
            .iter()
            .filter(|newcomer| !newcomer.is_away)
            .map(|newcomer| (newcomer.name.as_str(), newcomer.joined.as_str()))
            .collect();
        // Enough old patients that nobody takes a leaver for a broken export.
        let old: Vec<String> = (0..60).map(|number| format!("old{number}")).collect();
        let old: Vec<(&str, &str)> = old.iter().map(|name| (name.as_str(), "2019-05-01")).collect();
        self.clinic
            .write("subscribers/patients.csv", list(&[&old, here.as_slice()].concat()));
        is_awaited
    }

    fn run(&mut self, today: i64, kill: bool) {
        let now = day(today)
            .at(10, 0, 0, 0)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .unwrap()
            .timestamp();
        if kill {
            self.kill(now);
            self.take(today);
        }
        let run = at(&self.clinic, "run", &now.to_string());
        assert!(matches!(run.status, Some(0 | 1)), "{run}");
        self.take(today);
        let doubts: Vec<String> = self
            .clinic
            .ledger()
            .people("in_doubt")
            .into_iter()
            .map(str::to_owned)
            .collect();
        for address in doubts {
            let line = format!("resolve welcome --sent {address}");
            at(&self.clinic, &line, &now.to_string()).exits(0);
        }
    }

    /// A run that dies while the relay has taken a letter and says nothing.
    fn kill(&mut self, now: Timestamp) {
        let before = self.judge.letters();
        self.judge.add(Rule::at(Phase::Dot).hang().kept());
        let moment = now.to_string();
        let mut running = self.clinic.spawn(&["run", "--now", &moment]);
        until("a letter, or the end of the run", || {
            self.judge.letters() > before || !running.is_alive()
        });
        running.kill();
        self.judge.heal();
        self.judge.settle();
        self.kills += usize::from(self.judge.letters() > before);
    }

    fn take(&mut self, today: i64) {
        let taken = self.judge.accepted();
        for letter in &taken[self.seen..] {
            let name = letter.recipient.split('@').next().unwrap().to_owned();
            self.days.entry(name).or_default().push(day(today));
        }
        self.seen = taken.len();
    }
}

#[test]
fn a_year_of_newcomers_gives_each_of_them_each_step_once_in_order_and_apart() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "late: {by: 40d, then: send}\n");
    let length = match std::env::var("TIDINGS_YEAR").as_deref() {
        Ok("all") => WHOLE,
        _ => PART,
    };
    let mut year = Year {
        length,
        chance: Chance(0x7e11_0f5e_a5e5),
        clinic,
        judge,
        newcomers: Vec::new(),
        days: BTreeMap::new(),
        seen: 0,
        kills: 0,
    };
    let mut runs = 0;
    year.live(0);
    import(&year.clinic, "2026-03-01T07:00Z");
    for today in 1..length {
        let is_awaited = year.live(today);
        let sleeps = ASLEEP.iter().any(|weeks| weeks.contains(&today));
        // Cron runs every other day, and whenever somebody has come.
        if !sleeps && (is_awaited || today % 2 == 0) {
            let kill = is_awaited && year.chance.below(3) > 0;
            year.run(today, kill);
            runs += 1;
        }
    }
    let complete: Vec<String> = year
        .newcomers
        .iter()
        .map(|one| format!("{}: welcome tips question", one.name))
        .collect();
    assert_eq!(taken(&year.judge), complete);
    for newcomer in &year.newcomers {
        let days = &year.days[&newcomer.name];
        assert!(days[0] >= day(newcomer.came), "{} on {days:?}", newcomer.name);
        for pair in days.windows(2) {
            assert!(
                pair[0].checked_add(7.days()).unwrap() <= pair[1],
                "{} on {days:?}",
                newcomer.name
            );
        }
    }
    year.clinic.assert_numbers_close();
    let days = usize::try_from(length).unwrap();
    assert!(
        year.newcomers.len() > days / 14 && year.kills > days / 100,
        "{} came, {} kills",
        year.newcomers.len(),
        year.kills
    );
    let (newcomers, kills, letters) = (year.newcomers.len(), year.kills, year.judge.accepted().len());
    #[allow(clippy::print_stdout, reason = "figures that are collected")]
    for (what, number) in [
        ("days", days),
        ("newcomers", newcomers),
        ("runs", runs),
        ("runs killed", kills),
        ("letters", letters),
    ] {
        println!("proof| series | {what} of a year | {number}");
    }
}
