//! Holidays: days of the clinic's calendar on which no letter leaves, from a file of its own.
//!
//! Promises: pure; what a file means is read from its text alone, as a list ([`lines`]) or as the calendars that governments publish
//! ([`ics`]); every line that cannot be read is a finding with its place and the right way to write it, all at once. Knows nothing of
//! folders, or of what waits.

mod ics;
mod lines;

#[cfg(test)]
mod tests;

use crate::campaign::schedule::date::YearDay;
use crate::campaign::schedule::words::Wrong;
use crate::finding::{Finding, Place};
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The longest stretch of days that one entry may close: whoever means more has mistyped a year.
const LONGEST: usize = 366;
/// How many findings one file may have before the rest goes unsaid.
const MOST: usize = 50;
/// What a day is called that its file gives no name.
const NAMELESS: &str = "holiday";

/// Days on which no letter leaves, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays {
    days: BTreeMap<Date, String>,
    yearly: BTreeMap<YearDay, String>,
}

impl Holidays {
    /// The holidays in `text`, and everything that is wrong with it; `file` is the name that findings show.
    pub fn read(file: &str, text: &str) -> (Self, Vec<Finding>) {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut desk = Desk::new(file);
        let is_named_so = file.to_ascii_lowercase().ends_with(".ics");
        desk.is_calendar = is_named_so || ics::is_calendar(text);
        match ics::is_calendar(text) {
            true => ics::read(&mut desk, text),
            false if is_named_so => desk.wrong(
                Place::new(1, 1),
                Wrong::new(
                    "this is no calendar: it does not begin with `BEGIN:VCALENDAR`",
                    "download it anew (a web page may have been saved in its place), or name a list of days `holidays.txt`",
                ),
            ),
            false => lines::read(&mut desk, text),
        }
        desk.close()
    }

    /// The name of the holiday on this day, if it is one.
    pub fn on(&self, date: Date) -> Option<&str> {
        let yearly = || self.yearly.get(&YearDay::of(date));
        self.days.get(&date).or_else(yearly).map(String::as_str)
    }

    /// The warning that the file's last day with a year has passed by `today`; those of every year go on.
    pub fn outdated(&self, file: &str, today: Date) -> Option<Finding> {
        let (last, name) = self.days.last_key_value().filter(|(last, _)| **last < today)?;
        let text = format!("its last day, {last} ({name}), has passed: it closes no day of the coming year");
        Some(
            Finding::warning(file, text)
                .hint("add the next year's days, or write those that never move without a year, like `25 December`"),
        )
    }

    fn is_empty(&self) -> bool {
        self.days.is_empty() && self.yearly.is_empty()
    }
}

/// A file under way: the days so far, and what is wrong so far.
struct Desk<'a> {
    file: &'a str,
    holidays: Holidays,
    findings: Vec<Finding>,
    unsaid: usize,
    /// How many events with an hour were passed over, and where the first stands.
    passed_over: usize,
    first_passed_over: Option<Place>,
    /// Whether it is a calendar, by its beginning or its name.
    is_calendar: bool,
}

impl<'a> Desk<'a> {
    fn new(file: &'a str) -> Self {
        Self {
            file,
            holidays: Holidays::default(),
            findings: Vec::new(),
            unsaid: 0,
            passed_over: 0,
            first_passed_over: None,
            is_calendar: false,
        }
    }

    fn wrong(&mut self, place: Place, wrong: Wrong) {
        match self.findings.len() < MOST {
            true => self
                .findings
                .push(Finding::error(self.file, wrong.text).at(place).hint(wrong.hint)),
            false => self.unsaid += 1,
        }
    }

    /// Counts an event with an hour: an evening for parents closes no clinic.
    fn pass_over(&mut self, place: Place) {
        self.passed_over += 1;
        self.first_passed_over.get_or_insert(place);
    }

    /// Says what was passed over, where other events were not.
    fn told_passed_over(&self) -> Option<Finding> {
        let place = self.first_passed_over.filter(|_| !self.holidays.is_empty())?;
        let text = match self.passed_over {
            1 => "1 event has an hour and closes no day; it begins on this line".to_owned(),
            many => format!("{many} events have an hour and close no day; the first begins on this line"),
        };
        let hint = "a day on which nothing may leave is an event of the whole day, with `DTSTART;VALUE=DATE:20261225`";
        Some(Finding::warning(self.file, text).at(place).hint(hint))
    }

    /// Closes every day from `first` to `last`, both included.
    fn close_days(&mut self, place: Place, first: Date, last: Date, name: &str) {
        if let Some(wrong) = backwards_or_endless(first, last) {
            return self.wrong(place, wrong);
        }
        for day in first.series(1.day()).take_while(|day| *day <= last) {
            self.holidays.days.entry(day).or_insert_with(|| named(name));
        }
    }

    /// Closes these days of every year, over New Year if need be; a stretch that goes over the end of February has its 29th as well.
    fn close_yearly(&mut self, first: YearDay, last: YearDay, name: &str) {
        // Any leap year knows every day there is.
        let Some((from, until)) = in_2024(first).zip(in_2024(last)) else {
            return;
        };
        let all = Date::constant(2024, 1, 1).series(1.day()).take(366);
        let is_in = |day: &Date| match from <= until {
            true => (from..=until).contains(day),
            false => from <= *day || *day <= until,
        };
        for day in all.filter(is_in) {
            self.holidays.yearly.entry(YearDay::of(day)).or_insert_with(|| named(name));
        }
    }

    fn close(mut self) -> (Holidays, Vec<Finding>) {
        if self.unsaid > 0 {
            let text = format!("there are {} more mistakes in this file", self.unsaid);
            let more = Finding::error(self.file, text).hint("mend these first, then check again");
            self.findings.push(more);
        }
        if self.holidays.is_empty() && self.findings.is_empty() && self.is_calendar {
            // Nobody keeps a calendar without a day: this is a download that went wrong, and letters would leave on every holiday.
            let text = match self.passed_over {
                0 => "there is no day in this calendar".to_owned(),
                1 => "there is no whole day in this calendar: its 1 event has an hour".to_owned(),
                many => format!("there is no whole day in this calendar: its {many} events have an hour"),
            };
            let empty = Finding::error(self.file, text);
            self.findings.push(
                empty.hint("export or download it anew: each day is an event of the whole day, with `DTSTART;VALUE=DATE:20261225`"),
            );
        } else if self.holidays.is_empty() && self.findings.is_empty() {
            let empty = Finding::warning(self.file, "there is no day in it");
            self.findings
                .push(empty.hint("write one day a line, like `2026-12-25 Christmas Day`"));
        }
        self.findings.extend(self.told_passed_over());
        (self.holidays, self.findings)
    }
}

fn in_2024(day: YearDay) -> Option<Date> {
    Date::new(2024, day.month, day.day).ok()
}

fn backwards_or_endless(first: Date, last: Date) -> Option<Wrong> {
    if last < first {
        let text = format!("the days from {first} to {last} end before they begin");
        return Some(Wrong::new(
            text,
            format!("write `{last} to {first}`, or look at the year again"),
        ));
    }
    let days = first
        .until(last)
        .map_or(usize::MAX, |span| span.get_days().unsigned_abs() as usize);
    (days >= LONGEST).then(|| {
        let text = format!("the days from {first} to {last} are more than a year");
        Wrong::new(text, "look at the years again; nobody would get a letter in all that time")
    })
}

fn named(name: &str) -> String {
    match name.split_whitespace().collect::<Vec<_>>().join(" ") {
        name if name.is_empty() => NAMELESS.to_owned(),
        name => name.chars().filter(|c| !c.is_control()).take(80).collect(),
    }
}
