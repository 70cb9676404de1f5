//! Days of the calendar: whole dates as `2026-12-01`, and days of any year as `1 March`.
//!
//! Slashed dates are refused even where only one reading is possible: the next one a person writes may have two.

use crate::campaign::schedule::words::{Wrong, month, month_name, plain, shown};
use jiff::civil::Date;
use std::fmt;

/// The years in which mail can leave; others are slips of the finger.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2199;

/// A day of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct YearDay {
    /// The month, from 1.
    pub month: i8,
    /// The day of the month; 29 in February is possible.
    pub day: i8,
}

impl YearDay {
    /// The day of the year that `date` is.
    pub fn of(date: Date) -> Self {
        let (month, day) = (date.month(), date.day());
        Self { month, day }
    }
}

impl fmt::Display for YearDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.day, month_name(self.month))
    }
}

/// Reads `2026-12-01`.
pub(crate) fn date(text: &str) -> Result<Date, Wrong> {
    let plain = plain(text);
    let numbers = numbers(&plain);
    let iso = plain.len() == 10
        && plain
            .bytes()
            .enumerate()
            .all(|(at, byte)| (byte == b'-') == (at == 4 || at == 7));
    match numbers.as_deref() {
        Some(&[year, month, day]) if iso => in_calendar(text, year, month, day),
        _ => {
            let reason = match slashed(&plain, numbers.as_deref()) {
                Some(readings) if readings.len() > 1 => "can be read as two different days",
                _ => "is no date",
            };
            Err(Wrong::new(
                format!("{} {reason}", shown(text)),
                date_hint(&plain, numbers.as_deref()),
            ))
        }
    }
}

fn in_calendar(text: &str, year: i16, month: i16, day: i16) -> Result<Date, Wrong> {
    let found = shown(text);
    if !YEARS.contains(&year) {
        return Err(Wrong::new(
            format!("{found} is far from any year of ours"),
            "look at the year again",
        ));
    }
    match new_date(year, month, day) {
        Some(date) => Ok(date),
        None => Err(Wrong::new(
            format!("{found} is not in the calendar"),
            length_hint(year, month),
        )),
    }
}

fn length_hint(year: i16, month: i16) -> String {
    match new_date(year, month, 1) {
        Some(first) => format!("{} {year} has {} days", month_name(first.month()), first.days_in_month()),
        None => "months go from `01` to `12`".to_owned(),
    }
}

/// The right way to write what a person may have meant.
fn date_hint(plain: &str, numbers: Option<&[i16]>) -> String {
    let readings = slashed(plain, numbers).unwrap_or_default();
    let guess = match (numbers, plain.split_once([' ', 't'])) {
        (Some(&[year, month, day]), _) if YEARS.contains(&year) => new_date(year, month, day),
        _ if readings.len() == 1 => readings.first().copied(),
        (_, Some((day, hour))) if hour.contains(':') && date(day).is_ok() => {
            return format!("write `{day}`, and the hour as `at`");
        }
        _ => spelled(plain),
    };
    match (guess, readings.as_slice()) {
        (Some(guess), _) => format!("write `{guess}`"),
        (None, [one, two]) => format!("write `{one}` for {} or `{two}` for {}", YearDay::of(*one), YearDay::of(*two)),
        _ => "write year-month-day, like `2026-12-01`".to_owned(),
    }
}

/// The days that `01/06/2026` may be, day first.
fn slashed(plain: &str, numbers: Option<&[i16]>) -> Option<Vec<Date>> {
    let &[one, two, year] = numbers.filter(|_| plain.contains(['/', '.', '-']))? else {
        return None;
    };
    let mut readings: Vec<Date> = [(two, one), (one, two)]
        .into_iter()
        .filter_map(|(month, day)| YEARS.contains(&year).then(|| new_date(year, month, day))?)
        .collect();
    readings.dedup();
    Some(readings)
}

/// `1 June 2026`, `june 1st, 2026`.
fn spelled(plain: &str) -> Option<Date> {
    let words: Vec<&str> = plain.split([' ', ',', '.']).filter(|word| !word.is_empty()).collect();
    let [one, two, year] = words[..] else { return None };
    let day = day_and_month(one, two)?;
    Date::new(year.parse().ok().filter(|year| YEARS.contains(year))?, day.month, day.day).ok()
}

fn numbers(plain: &str) -> Option<Vec<i16>> {
    let parts = plain.split(['-', '/', '.']);
    parts
        .map(|part| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?)
        .collect()
}

fn new_date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// Reads `1 March` or `March 1`.
pub(crate) fn year_day(text: &str) -> Result<YearDay, Wrong> {
    let plain = plain(text);
    let words: Vec<&str> = plain.split(' ').collect();
    let day = match words[..] {
        [one, two] => day_and_month(one, two),
        _ => None,
    };
    match day {
        // A leap year knows every day there is.
        Some(day) if Date::new(2024, day.month, day.day).is_ok() => Ok(day),
        Some(day) => {
            let text = format!("{} is not in the calendar", shown(text));
            let hint = match day.month {
                2 => "February has 28 days, in leap years 29".to_owned(),
                _ => length_hint(2024, day.month.into()),
            };
            Err(Wrong::new(text, hint.replace(" 2024", "")))
        }
        None => {
            let guess = date(text).ok().or_else(|| spelled(&plain)).map(YearDay::of);
            let hint = match guess {
                Some(day) => format!("leave out the year: `{day}`"),
                None => "write a day and a month, like `1 September`".to_owned(),
            };
            Err(Wrong::new(format!("{} is no day of the year", shown(text)), hint))
        }
    }
}

/// The day that a number and the name of a month mean, in either order; whether the month is long enough is left open.
pub(crate) fn day_and_month(one: &str, two: &str) -> Option<YearDay> {
    let (month, number) = match (month(one), month(two)) {
        (Some(month), None) => (month, two),
        (None, Some(month)) => (month, one),
        _ => return None,
    };
    let day = day_number(number)?;
    Some(YearDay { month, day })
}

/// Reads `15` or `15th`.
pub(crate) fn day_number(word: &str) -> Option<i8> {
    let digits = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .unwrap_or(word);
    let number = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse::<i8>().ok())?;
    number.filter(|number| (1..=31).contains(number))
}

#[cfg(test)]
mod tests {
    use crate::campaign::schedule::date::{date, year_day};
    use crate::campaign::schedule::words::Wrong;

    fn check(text: &str, found: Result<String, Wrong>, expected: Result<&str, &str>) {
        let found = found.map_err(|wrong| format!("{}, {}", wrong.text, wrong.hint));
        assert_eq!(found.as_deref().map_err(String::as_str), expected, "{text}");
    }

    #[test]
    fn dates_are_read_and_others_say_how() {
        let cases = [
            ("2026-12-01", Ok("2026-12-01")),
            ("2028-02-29", Ok("2028-02-29")),
            (
                "2026-02-29",
                Err("`2026-02-29` is not in the calendar, February 2026 has 28 days"),
            ),
            (
                "2026-13-01",
                Err("`2026-13-01` is not in the calendar, months go from `01` to `12`"),
            ),
            (
                "0206-12-01",
                Err("`0206-12-01` is far from any year of ours, look at the year again"),
            ),
            (
                "01/06/2026",
                Err("`01/06/2026` can be read as two different days, write `2026-06-01` for 1 June or `2026-01-06` for 6 January"),
            ),
            ("06/06/2026", Err("`06/06/2026` is no date, write `2026-06-06`")),
            ("31.12.2026", Err("`31.12.2026` is no date, write `2026-12-31`")),
            ("12/31/2026", Err("`12/31/2026` is no date, write `2026-12-31`")),
            (
                "01/06/26",
                Err("`01/06/26` is no date, write year-month-day, like `2026-12-01`"),
            ),
            ("2026-6-1", Err("`2026-6-1` is no date, write `2026-06-01`")),
            ("2026/06/01", Err("`2026/06/01` is no date, write `2026-06-01`")),
            ("1 June 2026", Err("`1 June 2026` is no date, write `2026-06-01`")),
            ("June 1st, 2026", Err("`June 1st, 2026` is no date, write `2026-06-01`")),
            (
                "2026-12-01 09:00",
                Err("`2026-12-01 09:00` is no date, write `2026-12-01`, and the hour as `at`"),
            ),
            (
                "2026-12-01T09:00",
                Err("`2026-12-01T09:00` is no date, write `2026-12-01`, and the hour as `at`"),
            ),
            (
                "tomorrow",
                Err("`tomorrow` is no date, write year-month-day, like `2026-12-01`"),
            ),
            (
                "99999-1-1",
                Err("`99999-1-1` is no date, write year-month-day, like `2026-12-01`"),
            ),
            ("", Err("`` is no date, write year-month-day, like `2026-12-01`")),
        ];
        for (text, expected) in cases {
            check(text, date(text).map(|date| date.to_string()), expected);
        }
    }

    #[test]
    fn days_of_the_year_are_read_and_others_say_how() {
        let cases = [
            ("1 September", Ok("1 September")),
            ("31 march", Ok("31 March")),
            ("sep 1st", Ok("1 September")),
            ("29 February", Ok("29 February")),
            (
                "30 February",
                Err("`30 February` is not in the calendar, February has 28 days, in leap years 29"),
            ),
            ("31 June", Err("`31 June` is not in the calendar, June has 30 days")),
            (
                "2026-09-01",
                Err("`2026-09-01` is no day of the year, leave out the year: `1 September`"),
            ),
            (
                "1 September 2026",
                Err("`1 September 2026` is no day of the year, leave out the year: `1 September`"),
            ),
            (
                "autumn",
                Err("`autumn` is no day of the year, write a day and a month, like `1 September`"),
            ),
            (
                "march may",
                Err("`march may` is no day of the year, write a day and a month, like `1 September`"),
            ),
            (
                "32 May",
                Err("`32 May` is no day of the year, write a day and a month, like `1 September`"),
            ),
        ];
        for (text, expected) in cases {
            check(text, year_day(text).map(|day| day.to_string()), expected);
        }
    }
}
