//! Holidays: days of the clinic's calendar on which no letter leaves, from a file of its own.

use jiff::civil::Date;
use std::collections::BTreeMap;

/// Days on which no letter leaves, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays {
    days: BTreeMap<Date, String>,
}

impl Holidays {
    /// The name of the holiday on this day, if it is one.
    pub fn on(&self, date: Date) -> Option<&str> {
        self.days.get(&date).map(String::as_str)
    }
}
