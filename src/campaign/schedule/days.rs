//! Sets of days of the week: `weekdays`, `weekends`, `every day`, `monday and thursday`, `monday to thursday`.

use crate::campaign::schedule::words::{WEEKDAYS, Wrong, listed, plain, shown, weekday};
use crate::finding::suggestion;
use jiff::civil::Weekday;
use std::fmt;

/// Some days of the week, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days([bool; 7]);

impl Days {
    /// All seven.
    pub const ALL: Self = Self([true; 7]);
    /// Monday to Friday.
    pub const WEEKDAYS: Self = Self([true, true, true, true, true, false, false]);
    /// Saturday and Sunday.
    pub const WEEKENDS: Self = Self([false, false, false, false, false, true, true]);

    /// Whether `day` is one of them.
    pub fn contains(&self, day: Weekday) -> bool {
        self.0[offset(day)]
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Wrong> {
        let plain = plain(text).replace(" and ", ", ");
        match plain.as_str() {
            "every day" | "daily" | "all" => return Ok(Self::ALL),
            "weekdays" | "weekday" => return Ok(Self::WEEKDAYS),
            "weekends" | "weekend" => return Ok(Self::WEEKENDS),
            _ => {}
        }
        let mut days = [false; 7];
        for part in plain.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (first, last) = part
                .split_once(" to ")
                .or_else(|| part.split_once('-'))
                .unwrap_or((part, part));
            let (first, last) = (named(first)?, named(last)?);
            for day in first.cycle_forward().take(first.until(last).unsigned_abs() as usize + 1) {
                days[offset(day)] = true;
            }
        }
        match days.contains(&true) {
            true => Ok(Self(days)),
            false => Err(unknown(text)),
        }
    }
}

fn offset(day: Weekday) -> usize {
    day.to_monday_zero_offset().unsigned_abs() as usize % 7
}

fn named(word: &str) -> Result<Weekday, Wrong> {
    weekday(word).ok_or_else(|| unknown(word))
}

fn unknown(word: &str) -> Wrong {
    let known = ["weekdays", "weekends", "every day"].into_iter().chain(WEEKDAYS);
    let hint = match suggestion::nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "say `weekdays`, `weekends`, `every day` or names like `monday, thursday`".to_owned(),
    };
    Wrong::new(format!("{} is no day of the week", shown(word)), hint)
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ALL => f.write_str("every day"),
            Self::WEEKDAYS => f.write_str("weekdays"),
            Self::WEEKENDS => f.write_str("weekends"),
            Self(days) => {
                let names = WEEKDAYS.iter().zip(days).filter(|(_, on)| *on);
                f.write_str(&listed(&names.map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::campaign::schedule::days::Days;

    #[test]
    fn days_are_read_and_others_say_how() {
        const SAY: &str = "say `weekdays`, `weekends`, `every day` or names like `monday, thursday`";
        let cases = [
            ("weekdays", Ok("weekdays")),
            ("Every  Day", Ok("every day")),
            ("sat and sun", Ok("weekends")),
            ("monday to friday", Ok("weekdays")),
            ("mon-thu", Ok("monday, tuesday, wednesday and thursday")),
            ("fri to mon", Ok("monday, friday, saturday and sunday")),
            ("thursday, monday, thursday", Ok("monday and thursday")),
            ("tuesday", Ok("tuesday")),
            (
                "weakdays",
                Err("`weakdays` is no day of the week, did you mean `weekdays`?".to_owned()),
            ),
            (
                "monday, tusday",
                Err("`tusday` is no day of the week, did you mean `tuesday`?".to_owned()),
            ),
            ("mo", Err(format!("`mo` is no day of the week, {SAY}"))),
            (",", Err(format!("`,` is no day of the week, {SAY}"))),
            ("", Err(format!("`` is no day of the week, {SAY}"))),
        ];
        for (text, expected) in cases {
            let found = Days::parse(text).map(|days| days.to_string());
            let found = found.map_err(|wrong| format!("{}, {}", wrong.text, wrong.hint));
            assert_eq!(found.as_deref(), expected.as_ref().copied(), "{text}");
        }
    }
}
