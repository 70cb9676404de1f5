//! A recurring rhythm: every day, 2 weeks, month, quarter, year, and which day of it.
//!
//! Where a rhythm leaves periods out (`2 weeks`, `3 months`), it counts from a fixed point, never from the last result: weeks and
//! days from Monday 1 January 2024, months, quarters and years from January 2024. So `2 months` is January, March, May and so on,
//! and a missed or repeated run cannot shift what follows.

use crate::campaign::schedule::days::Days;
use crate::campaign::schedule::rule::{AnnualRule, DayRule};
use crate::campaign::schedule::words::{Wrong, plain, shown, weekday, weekday_name};
use crate::finding::suggestion;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use std::fmt;

/// Where all counting starts: a Monday, and the first day of a year.
const ANCHOR: Date = Date::constant(2024, 1, 1);

/// How many periods one step may take.
const MOST: u16 = 99;

/// A rhythm: every `step` units, on one day of the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Every {
    /// How many units from one occurrence to the next, from 1.
    pub step: u16,
    /// The unit and its day.
    pub unit: Unit,
}

/// A unit of the calendar, and which day of it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A day, if it is one of these.
    Day(Days),
    /// A day of each week, which starts on Monday.
    Week(Weekday),
    /// A day of each month.
    Month(DayRule),
    /// A day of each quarter.
    Quarter(DayRule),
    /// A day of each year.
    Year(AnnualRule),
}

/// The number of a day; the one of [`ANCHOR`] is 0.
pub(crate) fn day_number(date: Date) -> i64 {
    (date - ANCHOR).get_days().into()
}

impl Every {
    /// The number of the turn that `date` lies in: a period, or as many of them as one step takes.
    pub(crate) fn turn_of(self, date: Date) -> i64 {
        self.unit.period_of(date).div_euclid(i64::from(self.step.max(1)))
    }

    /// The days of this rhythm from `date` on, in order.
    pub(crate) fn days_from(self, date: Date) -> impl Iterator<Item = Date> {
        self.days_around(date, 1).filter(move |day| *day >= date)
    }

    /// The days of this rhythm up to `date`, the latest first.
    pub(crate) fn days_back_from(self, date: Date) -> impl Iterator<Item = Date> {
        self.days_around(date, -1).filter(move |day| *day <= date)
    }

    /// The days of this rhythm from the turn that `date` lies in, onwards (1) or backwards (-1) to the end of the calendar.
    fn days_around(self, date: Date, direction: i64) -> impl Iterator<Item = Date> {
        let Self { step, unit } = self;
        let step = i64::from(step.max(1));
        let first = unit.period_of(date).div_euclid(step) * step;
        // The calendar may begin or end inside the first turn, and go on in the next.
        let near = unit.day_in(first).into_iter();
        let far = (1..).map_while(move |turn| unit.day_in(first + direction * turn * step));
        near.chain(far).filter(move |day| unit.counts(*day))
    }
}

impl Unit {
    /// The number of the period that `date` lies in; the one of [`ANCHOR`] is 0.
    fn period_of(self, date: Date) -> i64 {
        let days = day_number(date);
        let years = i64::from(date.year() - ANCHOR.year());
        let month = i64::from(date.month() - 1);
        match self {
            Self::Day(_) => days,
            Self::Week(_) => days.div_euclid(7),
            Self::Month(_) => years * 12 + month,
            Self::Quarter(_) => years * 4 + month / 3,
            Self::Year(_) => years,
        }
    }

    /// The day meant in the period with this number; none past the ends of the calendar.
    fn day_in(self, period: i64) -> Option<Date> {
        let month = |number: i64| {
            let year = i16::try_from(number.div_euclid(12)).ok()?.checked_add(ANCHOR.year())?;
            Date::new(year, i8::try_from(number.rem_euclid(12) + 1).ok()?, 1).ok()
        };
        let days_on = |days: i64| ANCHOR.checked_add(i32::try_from(days).ok()?.days()).ok();
        match self {
            Self::Day(_) => days_on(period),
            Self::Week(weekday) => days_on(period * 7 + i64::from(weekday.to_monday_zero_offset())),
            Self::Month(day) => day.within(month(period)?, month(period)?),
            Self::Quarter(day) => day.within(month(period * 3)?, month(period * 3 + 2)?),
            Self::Year(day) => day.within(month(period * 12)?.year()),
        }
    }

    /// Whether the day of a period counts.
    fn counts(self, day: Date) -> bool {
        match self {
            Self::Day(days) => days.contains(day.weekday()),
            Self::Week(_) | Self::Month(_) | Self::Quarter(_) | Self::Year(_) => true,
        }
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = self.step;
        let each = |unit: &str| match step {
            1 => format!("every {unit}"),
            _ => format!("every {step} {unit}s"),
        };
        match self.unit {
            Unit::Day(Days::ALL) => f.write_str(&each("day")),
            Unit::Day(Days::WEEKDAYS) => f.write_str("every weekday"),
            Unit::Day(Days::WEEKENDS) => f.write_str("every saturday and sunday"),
            Unit::Day(days) => write!(f, "every {days}"),
            Unit::Week(day) => write!(f, "{} on {}", each("week"), weekday_name(day)),
            Unit::Month(day) => write!(f, "{} on {day}", each("month")),
            Unit::Quarter(day) => write!(f, "{} on {day}", each("quarter")),
            Unit::Year(day) => write!(f, "{} on {day}", each("year")),
        }
    }
}

/// The unit that `every:` names, before its day is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnitName {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

const UNITS: [(&str, &str, UnitName); 5] = [
    ("day", "days", UnitName::Day),
    ("week", "weeks", UnitName::Week),
    ("month", "months", UnitName::Month),
    ("quarter", "quarters", UnitName::Quarter),
    ("year", "years", UnitName::Year),
];

/// Reads `month` or `2 weeks`.
pub(crate) fn rhythm(text: &str) -> Result<(u16, UnitName), Wrong> {
    let plain = plain(text);
    let (number, word) = match plain.split_once(' ') {
        Some((number, word)) if number.bytes().all(|byte| byte.is_ascii_digit()) => (number, word),
        _ => ("1", plain.as_str()),
    };
    let unit = UNITS.iter().find(|(one, many, _)| *one == word || *many == word);
    let Some((_, _, unit)) = unit else {
        return Err(no_rhythm(text, &plain, word));
    };
    match number.parse() {
        Ok(step @ 1..=MOST) => Ok((step, *unit)),
        _ => {
            let text = format!("{} is no rhythm", shown(text));
            Err(Wrong::new(text, format!("the number goes from 1 to {MOST}")))
        }
    }
}

fn no_rhythm(text: &str, plain: &str, word: &str) -> Wrong {
    let meant = match plain {
        "daily" | "each day" | "every day" => Some("day"),
        "weekly" | "each week" | "every week" => Some("week"),
        "monthly" | "each month" | "every month" => Some("month"),
        "quarterly" | "3 monthly" => Some("quarter"),
        "yearly" | "annually" | "annual" => Some("year"),
        "biweekly" | "bi-weekly" | "fortnightly" | "fortnight" | "other week" | "two weeks" => Some("2 weeks"),
        "bimonthly" | "bi-monthly" | "other month" | "two months" => Some("2 months"),
        _ => None,
    };
    let near = || suggestion::nearest(word, UNITS.iter().flat_map(|(one, many, _)| [*one, *many]));
    let hint = match (meant, weekday(plain)) {
        (Some(meant), _) => format!("say `{meant}`"),
        (None, Some(day)) => format!("say `every: week` and `day: {}`", weekday_name(day)),
        _ if matches!(plain, "weekday" | "weekdays") => "say `every: day` and `day: weekdays`".to_owned(),
        _ => match near() {
            Some(near) => format!("did you mean `{}`?", plain.replace(word, near)),
            None => "say `day`, `week`, `month`, `quarter` or `year`, or a number of them like `2 weeks`".to_owned(),
        },
    };
    Wrong::new(format!("{} is no rhythm", shown(text)), hint)
}
