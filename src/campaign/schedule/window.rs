//! The hours in which letters may leave, on the wall of the clinic: `from` counts, `until` does not.

use crate::campaign::schedule::days::Days;
use crate::campaign::schedule::hour::{clock, hour};
use crate::campaign::schedule::words::{Mapping, Wrong};
use crate::finding::Finding;
use crate::finding::yaml::Source;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use std::fmt;

/// `window:` as it stands in the file.
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WindowFile {
    /// The days of the week; every day where it is left out.
    pub days: Option<String>,
    /// The hour it opens.
    pub from: Option<String>,
    /// The hour it closes.
    pub until: Option<String>,
}

impl WindowFile {
    /// The window, or all that is wrong with it; `path` is where the mapping stands in the file.
    pub fn check(&self, source: &Source<'_>, path: &[&str]) -> Result<Window, Vec<Finding>> {
        let mut mapping = Mapping::new(source, path);
        let days = self.days.as_deref().unwrap_or("every day");
        let days = mapping.read("days", Some(days), Days::parse);
        let absent = Wrong::new("the window does not say when it opens", "add `from: \"08:30\"`");
        let from = mapping.demand("from", self.from.as_deref(), absent, hour);
        let absent = Wrong::new("the window does not say when it closes", "add `until: \"18:00\"`");
        let until = mapping.demand("until", self.until.as_deref(), absent, hour);
        if let Some((from, until)) = from.zip(until)
            && from >= until
        {
            mapping.wrong(&["until"], backwards(from, until));
        }
        let window = days
            .zip(from.zip(until))
            .map(|(days, (from, until))| Window { days, from, until });
        mapping.close(window)
    }
}

fn backwards(from: Time, until: Time) -> Wrong {
    let (opens, closes) = (clock(from), clock(until));
    match from == until {
        true => Wrong::new(
            format!("the window opens and closes at `{opens}`"),
            "let `until` be later than `from`, or leave the window out",
        ),
        false => Wrong::new(
            format!("the window goes over midnight, from `{opens}` until `{closes}`"),
            "let `until` be later than `from` on the same day, at most `23:59`",
        ),
    }
}

/// Hours of some days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The days it opens on.
    pub days: Days,
    /// The hour it opens.
    pub from: Time,
    /// The hour it closes, later than `from`.
    pub until: Time,
}

/// How far ahead the next opening can be: a week, and another where a jump of the clock swallows the hours of one.
const FARTHEST: SignedDuration = SignedDuration::from_hours(24 * 16);

impl Window {
    /// Whether letters may leave at `at`.
    pub fn contains(&self, zone: &TimeZone, at: Timestamp) -> bool {
        let local = zone.to_datetime(at);
        self.days.contains(local.date().weekday()) && self.from <= local.time() && local.time() < self.until
    }

    /// `at` itself if letters may leave then, else the next moment they may.
    pub fn opens(&self, zone: &TimeZone, at: Timestamp) -> Timestamp {
        if self.contains(zone, at) {
            return at;
        }
        let until = at.saturating_add(FARTHEST).unwrap_or(Timestamp::MAX);
        // A window opens at its own hour, which an overlap has twice, or where a jump of the clock lands inside it.
        let jumps = zone
            .following(at)
            .map(|jump| jump.timestamp())
            .take_while(|jump| *jump <= until);
        let first = zone.to_datetime(at).date();
        let dates = first
            .series(1.day())
            .take_while(|date| *date <= zone.to_datetime(until).date());
        let hours = dates.flat_map(|date| {
            let hour = zone.to_ambiguous_timestamp(date.to_datetime(self.from));
            [hour.earlier(), hour.later()].into_iter().flatten()
        });
        let openings = jumps
            .chain(hours)
            .filter(|moment| *moment > at && self.contains(zone, *moment));
        // Nothing opens any more only where the calendar itself ends.
        openings.min().unwrap_or(at)
    }
}

impl Window {
    /// The window as an edition keeps it.
    pub fn frozen(&self) -> String {
        let (days, from, until) = (self.days.to_string(), clock(self.from), clock(self.until));
        serde_json::json!({"days": days, "from": from, "until": until}).to_string()
    }

    /// The window that an edition kept.
    pub fn thawed(text: &str) -> Option<Self> {
        let file: WindowFile = serde_json::from_str(text).ok()?;
        let source = Source {
            file: "",
            text: "",
            first_line: 1,
        };
        file.check(&source, &[]).ok()
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {} until {}", self.days, clock(self.from), clock(self.until))
    }
}
