//! Which day of a month, a quarter or a year: `first tuesday`, `last friday`, `last day`, `15`, `1 March`.
//!
//! Promises: a rule that exists names exactly one day in every month, quarter or year it was read for, so nothing is ever skipped
//! for want of a day.

use crate::campaign::schedule::date::{day_and_month, day_number};
use crate::campaign::schedule::words::{WEEKDAYS, Wrong, month, month_name, plain, shown, weekday, weekday_name};
use crate::finding::suggestion;
use jiff::civil::{Date, Weekday};
use std::fmt;

const ORDINALS: [&str; 4] = ["first", "second", "third", "fourth"];

/// One day of a stretch of whole months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayRule {
    /// The first to fourth such day of the week.
    Nth(i8, Weekday),
    /// The last such day of the week.
    Last(Weekday),
    /// The day with this number, in the first of the months.
    Number(i8),
    /// The last day.
    LastDay,
}

impl DayRule {
    /// The day meant between the month of `first` and the month of `last`.
    pub(crate) fn within(self, first: Date, last: Date) -> Option<Date> {
        match self {
            Self::Nth(nth, weekday) => first.nth_weekday_of_month(nth, weekday).ok(),
            Self::Last(weekday) => last.nth_weekday_of_month(-1, weekday).ok(),
            Self::Number(day) => Date::new(first.year(), first.month(), day).ok(),
            Self::LastDay => Some(last.last_of_month()),
        }
    }

    /// Reads the day of a month or quarter, each of which must have it.
    pub(crate) fn parse(text: &str) -> Result<Self, Wrong> {
        match Self::parse_loosely(text)? {
            Self::Number(29..) => {
                let text = format!("not every month has a day {}", shown(text));
                Err(Wrong::new(text, "say `last day`, or a number up to `28`"))
            }
            rule => Ok(rule),
        }
    }

    /// Reads any rule; a number may be too large for short months.
    fn parse_loosely(text: &str) -> Result<Self, Wrong> {
        let plain = plain(text);
        if let Some(day) = day_number(&plain) {
            return Ok(Self::Number(day));
        }
        match plain.split(' ').collect::<Vec<_>>()[..] {
            ["last", "day"] => Ok(Self::LastDay),
            [ordinal, day] => match (ordinal, nth(ordinal), weekday(day)) {
                ("last", _, Some(day)) => Ok(Self::Last(day)),
                (_, Some(nth), Some(day)) => Ok(Self::Nth(nth, day)),
                ("fifth" | "5th", _, Some(day)) => {
                    let text = format!("not every month has a {}", shown(&plain));
                    Err(Wrong::new(text, format!("say `last {}`", weekday_name(day))))
                }
                _ => Err(unknown(text)),
            },
            _ => Err(unknown(text)),
        }
    }
}

fn nth(word: &str) -> Option<i8> {
    let short = ["1st", "2nd", "3rd", "4th"];
    let at = (0..4).find(|at| ORDINALS[*at] == word || short[*at] == word)?;
    i8::try_from(at + 1).ok()
}

fn unknown(text: &str) -> Wrong {
    let plain = plain(text);
    let found = shown(text);
    if let Some(day) = weekday(&plain) {
        let name = weekday_name(day);
        let text = format!("{found} comes several times");
        return Wrong::new(text, format!("say `first {name}` or `last {name}`, or `every: week`"));
    }
    if let [one, two] = plain.split(' ').collect::<Vec<_>>()[..]
        && day_and_month(one, two).is_some()
    {
        return Wrong::new(
            format!("{found} comes once a year"),
            "say `every: year`, or a day like `first tuesday`",
        );
    }
    let known = ORDINALS.iter().chain(&["last"]);
    let mut known: Vec<String> = known
        .flat_map(|ordinal| WEEKDAYS.map(|day| format!("{ordinal} {day}")))
        .collect();
    known.push("last day".to_owned());
    let hint = match suggestion::nearest(&plain, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "say `first tuesday`, `last friday`, `last day` or a number up to `28`".to_owned(),
    };
    Wrong::new(format!("{found} is no day"), hint)
}

impl fmt::Display for DayRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nth(nth, day) => {
                let at = nth.unsigned_abs().saturating_sub(1) as usize % 4;
                write!(f, "the {} {}", ORDINALS[at], weekday_name(*day))
            }
            Self::Last(day) => write!(f, "the last {}", weekday_name(*day)),
            Self::Number(day) => write!(f, "the {day}{}", ending(*day)),
            Self::LastDay => f.write_str("the last day"),
        }
    }
}

fn ending(day: i8) -> &'static str {
    match (day / 10, day % 10) {
        (0 | 2 | 3, 1) => "st",
        (0 | 2, 2) => "nd",
        (0 | 2, 3) => "rd",
        _ => "th",
    }
}

/// One day of a year: `1 March`, `first tuesday of october`, `last day`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnnualRule {
    /// The month from 1, or none for the whole year.
    month: Option<i8>,
    day: DayRule,
}

impl AnnualRule {
    /// The day meant in `year`.
    pub(crate) fn within(self, year: i16) -> Option<Date> {
        let month = |number| Date::new(year, number, 1).ok();
        match self.month {
            Some(number) => self.day.within(month(number)?, month(number)?),
            None => self.day.within(month(1)?, month(12)?),
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Wrong> {
        let plain = plain(text);
        if let Some((day, of)) = plain.split_once(" of ") {
            let of = month(of).ok_or_else(|| Wrong::new(format!("{} is no month", shown(of)), "write it like `october`"))?;
            return Self::in_month(of, DayRule::parse_loosely(day)?, text);
        }
        if let [one, two] = plain.split(' ').collect::<Vec<_>>()[..]
            && let Some(day) = day_and_month(one, two)
        {
            return Self::in_month(day.month, DayRule::Number(day.day), text);
        }
        match DayRule::parse_loosely(text)? {
            DayRule::Number(day) => {
                let text = format!("{} does not say in which month", shown(text));
                Err(Wrong::new(text, format!("write `{day} January`, with your month")))
            }
            day => Ok(Self { month: None, day }),
        }
    }

    fn in_month(month: i8, day: DayRule, text: &str) -> Result<Self, Wrong> {
        let rule = Self { month: Some(month), day };
        // 2027 is no leap year: what it has, every year has; 2028 has what only leap years have.
        match (rule.within(2027), rule.within(2028)) {
            (Some(_), _) => Ok(rule),
            (None, Some(_)) => {
                let text = format!("{} comes only every fourth year", shown(text));
                Err(Wrong::new(text, "say `28 February` or `1 March`"))
            }
            (None, None) => {
                let text = format!("{} is not in the calendar", shown(text));
                Err(Wrong::new(text, format!("say `last day of {}`", month_name(month))))
            }
        }
    }
}

impl fmt::Display for AnnualRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.month, self.day) {
            (Some(month), DayRule::Number(day)) => write!(f, "{day} {}", month_name(month)),
            (Some(month), day) => write!(f, "{day} of {}", month_name(month)),
            (None, day) => write!(f, "{day}"),
        }
    }
}
