//! Schedules: the instants a campaign is due at, the season and the hours that limit it, and what lateness means.
//!
//! Promises: pure. What is due depends on the schedule, the zone and the instant asked about, never on a clock or on what was sent
//! before. A checked [`Schedule`] has a day in every period it names. Every wrong word in the file is a finding at its place, with
//! the right word in its hint. Knows nothing of articles, people or the store.

mod date;
mod days;
mod every;
mod file;
mod holidays;
mod hour;
mod hours;
mod late;
mod occurrence;
mod quiet;
mod rule;
mod season;
mod span;
mod window;
pub(crate) mod words;

#[cfg(test)]
mod tests;

pub use date::YearDay;
pub(crate) use date::date;
pub use days::Days;
pub use every::{Every, Unit};
pub use file::ScheduleFile;
pub use holidays::Holidays;
pub use hours::{ClinicHours, FARTHEST, Hours};
pub use late::{Late, LateFile, Then};
pub use occurrence::Occurrence;
pub use quiet::{Quiet, QuietFile};
pub use rule::{AnnualRule, DayRule};
pub use season::{Season, SeasonFile};
pub use span::{SPAN_HINT, parse_span, span_words};
pub use window::{Window, WindowFile};

pub(crate) use hour::hour as parse_hour;
pub(crate) use occurrence::resolve;

use crate::campaign::schedule::hour::clock;
use crate::campaign::schedule::words::listed;
use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use std::fmt;

/// A checked schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// The days.
    pub when: When,
    /// The hour on the clinic's wall.
    pub at: Time,
    /// How long after its moment a letter is still worth sending, if limited.
    pub expires: Option<SignedDuration>,
}

/// The days of a schedule.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// One day.
    Once(Date),
    /// Some days, in order, each once.
    Dates(Vec<Date>),
    /// A rhythm.
    Every(Every),
}

/// What keeps letters from leaving for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shut {
    /// The campaign's window is closed.
    Window,
    /// It is quiet.
    Quiet,
    /// It is this holiday.
    Holiday(String),
    /// It was this holiday, and the hour has not come at which letters leave.
    Morning(String),
}

impl Hours {
    /// What keeps letters from leaving, in words: `quiet from 20:00 until 08:00`.
    pub fn told(&self, shut: &Shut) -> String {
        match (shut, &self.clinic.quiet, &self.window) {
            (Shut::Holiday(name), _, _) => format!("a holiday, {name}"),
            (Shut::Morning(name), _, _) => format!("the morning after a holiday, {name}"),
            (Shut::Quiet, Some(quiet), _) => quiet.to_string(),
            (Shut::Window, _, Some(window)) => format!("its window, {window}"),
            (Shut::Quiet | Shut::Window, _, _) => "its hours".to_owned(),
        }
    }
}

/// As many dates as a sentence can name.
const NAMED: usize = 4;

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.when {
            When::Once(date) => write!(f, "on {date}")?,
            When::Dates(dates) => match dates.as_slice() {
                [first, .., last] if dates.len() > NAMED => write!(f, "on {} days from {first} to {last}", dates.len())?,
                _ => write!(f, "on {}", listed(&dates.iter().map(Date::to_string).collect::<Vec<_>>()))?,
            },
            When::Every(every) => write!(f, "{every}")?,
        }
        write!(f, " at {}", clock(self.at))?;
        match self.expires {
            Some(expires) => write!(f, ", given up after {}", span_words(expires)),
            None => Ok(()),
        }
    }
}
