//! Quiet hours: a part of every day, over midnight as a rule, in which no letter leaves.

use crate::campaign::schedule::hour::{clock, hour};
use crate::campaign::schedule::span::span_words;
use crate::campaign::schedule::words::{Mapping, Wrong};
use crate::finding::Finding;
use crate::finding::yaml::Source;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use std::fmt;

/// Hours of every day, on the clinic's wall: `from` counts, `until` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// When it becomes quiet.
    pub from: Time,
    /// When letters may leave again; where it is earlier than `from`, on the next day.
    pub until: Time,
}

impl Quiet {
    /// Whether it is quiet at this hour.
    pub fn contains(self, time: Time) -> bool {
        match self.from <= self.until {
            true => self.from <= time && time < self.until,
            false => self.from <= time || time < self.until,
        }
    }

    /// The first moment behind `at` that is not quiet: the clock shows `until`, both times where an hour comes twice, or has jumped over it.
    pub(crate) fn ends(self, zone: &TimeZone, at: Timestamp) -> Timestamp {
        let today = zone.to_datetime(at).date();
        let days = today.series(1.day()).take(3);
        let hours = days.flat_map(|day| {
            let hour = zone.to_ambiguous_timestamp(day.to_datetime(self.until));
            [hour.earlier(), hour.later()].into_iter().flatten()
        });
        let farthest = at.saturating_add(FARTHEST).unwrap_or(Timestamp::MAX);
        let jumps = zone.following(at).map(|jump| jump.timestamp());
        let ends = hours.chain(jumps.take_while(|jump| *jump <= farthest));
        let is_free = |end: &Timestamp| *end > at && !self.contains(zone.to_datetime(*end).time());
        // Nothing ends any more only where the calendar itself does.
        ends.filter(is_free).min().unwrap_or(at)
    }
}

/// How far ahead the end of one night can be, with a jump of the clock to spare.
const FARTHEST: SignedDuration = SignedDuration::from_hours(72);

/// `quiet:` as it stands in the file.
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QuietFile {
    /// The hour from which it is quiet.
    pub from: Option<String>,
    /// The hour at which letters may leave again.
    pub until: Option<String>,
}

/// A day with less than this left open would have cron pass by outside it.
const LEAST_MINUTES: i64 = 15;

impl QuietFile {
    /// The quiet hours, or all that is wrong with them; `path` is where the mapping stands in the file.
    pub fn check(&self, source: &Source<'_>, path: &[&str]) -> Result<Quiet, Vec<Finding>> {
        let mut mapping = Mapping::new(source, path);
        let absent = Wrong::new("the quiet hours do not say when they begin", "add `from: \"20:00\"`");
        let from = mapping.demand("from", self.from.as_deref(), absent, hour);
        let absent = Wrong::new("the quiet hours do not say when they end", "add `until: \"08:00\"`");
        let until = mapping.demand("until", self.until.as_deref(), absent, hour);
        let quiet = from.zip(until).map(|(from, until)| Quiet { from, until });
        if let Some(wrong) = quiet.and_then(Quiet::leaves_nothing) {
            mapping.wrong(&["until"], wrong);
        }
        mapping.close(quiet)
    }
}

impl Quiet {
    fn leaves_nothing(self) -> Option<Wrong> {
        let (from, until) = (clock(self.from), clock(self.until));
        let hint = "leave hours in which letters may leave, like `quiet: {from: \"20:00\", until: \"08:00\"}`";
        let minutes = |time: Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
        let open = (minutes(self.from) - minutes(self.until)).rem_euclid(24 * 60);
        match open {
            0 => Some(Wrong::new(format!("the quiet hours begin and end at `{from}`"), hint)),
            1..LEAST_MINUTES => {
                let text = format!(
                    "quiet hours from `{from}` until `{until}` cover the whole day but for {}",
                    span_words(SignedDuration::from_mins(open))
                );
                Some(Wrong::new(text, hint))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "quiet from {} until {}", clock(self.from), clock(self.until))
    }
}
