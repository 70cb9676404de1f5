//! The part of the year in which a campaign's occurrences count, both ends included, over New Year if need be.

use crate::campaign::schedule::date::{YearDay, year_day};
use crate::campaign::schedule::words::{Mapping, Wrong};
use crate::finding::Finding;
use crate::finding::yaml::Source;
use jiff::civil::Date;
use std::fmt;

/// `season:` as it stands in the file.
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SeasonFile {
    /// The first day.
    pub from: Option<String>,
    /// The last day.
    pub until: Option<String>,
}

impl SeasonFile {
    /// The season, or all that is wrong with it; `path` is where the mapping stands in the file.
    pub fn check(&self, source: &Source<'_>, path: &[&str]) -> Result<Season, Vec<Finding>> {
        let mut mapping = Mapping::new(source, path);
        let absent = Wrong::new("the season does not say when it begins", "add `from: 1 September`");
        let from = mapping.demand("from", self.from.as_deref(), absent, year_day);
        let absent = Wrong::new(
            "the season does not say when it ends",
            "add `until: 31 March`, the last day that counts",
        );
        let until = mapping.demand("until", self.until.as_deref(), absent, year_day);
        mapping.close(from.zip(until).map(|(from, until)| Season { from, until }))
    }
}

/// A part of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Season {
    /// The first day that counts; 29 February is 1 March where there is none.
    pub from: YearDay,
    /// The last day that counts; 29 February is 28 February where there is none.
    pub until: YearDay,
}

impl Season {
    /// Whether `date` lies in the season.
    pub fn contains(&self, date: Date) -> bool {
        let day = YearDay::of(date);
        match self.from <= self.until {
            true => self.from <= day && day <= self.until,
            false => self.from <= day || day <= self.until,
        }
    }
}

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "from {} until {}", self.from, self.until)
    }
}
