//! A day as people and programs write it in a cell.
//!
//! Promises: a day that could be two days is never guessed. Knows no time zone and no clock: of a moment only its written day
//! counts.

use jiff::civil::Date;

/// Which of the two numbers in `01/06/2026` is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOrder {
    /// 1 June.
    DayFirst,
    /// 6 January.
    MonthFirst,
}

/// Why a text is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// It could be two days.
    #[error("`{found}` may be {day_first} or {month_first}")]
    Ambiguous {
        /// The text.
        found: String,
        /// The day, read as in Europe.
        day_first: Date,
        /// The day, read as in the United States.
        month_first: Date,
    },
    /// It is none.
    #[error("`{0}` is no date")]
    Unknown(String),
}

impl DateError {
    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Ambiguous { day_first, .. } => format!("write such days as `{day_first}`: year, month, day"),
            Self::Unknown(_) => "write days as `2026-06-01`: year, month, day".to_owned(),
        }
    }
}

/// Month names by their first letters, folded to plain ASCII: English, German, French, Spanish, Italian, Dutch.
#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &["jan", "janv", "ene", "gen"], &["feb", "fev", "febr"], &["mar", "marz", "mars", "mrz", "mrt", "maer", "maart"], &["apr", "avr", "abr"],
    &["may", "mai", "mag", "mei"], &["jun", "juin", "giu"], &["jul", "juil", "lug"], &["aug", "aou", "ago"], &["sep", "sept", "set"],
    &["oct", "okt", "ott"], &["nov"], &["dec", "dez", "dic"],
];

/// Reads one day: `2026-06-01` with or without a time behind it, `1 June 2026`, `June 1, 2026`, `1.6.2026`, and slashed days where
/// only one reading exists or `order` decides.
///
/// # Errors
/// When the text is no day, or may be two.
pub fn read(text: &str, order: Option<DayOrder>) -> Result<Date, DateError> {
    let text = text.trim();
    let unknown = || DateError::Unknown(text.chars().filter(|c| !c.is_control()).take(40).collect());
    let day = without_time(text);
    year_first(day)
        .or_else(|| named_month(day))
        .or_else(|| dotted(day))
        .map(Ok)
        .or_else(|| slashed(day, order))
        .unwrap_or_else(|| Err(unknown()))
}

/// The text up to a time of day (`2026-06-01T09:00:00Z`, `1/6/2026 9:00 AM`).
fn without_time(text: &str) -> &str {
    let Some(colon) = text.find(':') else { return text };
    let before = text[..colon].trim_end_matches(|c: char| c.is_ascii_digit());
    match before.strip_suffix(['T', ' ']) {
        Some(day) => day.trim_end_matches([',', ' ']),
        None => text,
    }
}

/// `2026-06-01`, `2026/6/1`, `2026.06.01`, `20260601`.
fn year_first(text: &str) -> Option<Date> {
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return calendar_day(&text[..4], &text[4..6], &text[6..]);
    }
    let mut parts = text.split(['-', '/', '.']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    match (year.len(), parts.next()) {
        (4, None) => calendar_day(year, month, day),
        _ => None,
    }
}

/// `1 June 2026`, `1. Juni 2026`, `1-Jun-2026`, `June 1st, 2026`, `1 de junio de 2026`.
fn named_month(text: &str) -> Option<Date> {
    let words: Vec<&str> = text
        .split([' ', '-', ',', '.', '/', '\u{a0}'])
        .filter(|word| !word.is_empty() && *word != "de")
        .collect();
    let [first, second, year] = words[..] else { return None };
    let (day, month) = match month_number(second) {
        Some(month) => (first, month),
        None => (second, month_number(first)?),
    };
    let day = ["st", "nd", "rd", "th", "er"]
        .iter()
        .find_map(|ending| day.strip_suffix(ending))
        .unwrap_or(day);
    (year.len() == 4).then(|| calendar_day(year, month, day)).flatten()
}

fn month_number(word: &str) -> Option<&'static str> {
    const NUMBERS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];
    let word = super::word::fold(word);
    let is_month = |starts: &&[&str]| {
        starts
            .iter()
            .any(|start| word == *start || (start.len() >= 3 && word.len() > 3 && word.starts_with(start)))
    };
    MONTHS.iter().position(is_month).map(|position| NUMBERS[position])
}

/// `1.6.2026`: wherever days are written with dots, the day comes first.
fn dotted(text: &str) -> Option<Date> {
    let mut parts = text.split('.');
    match (parts.next()?, parts.next()?, parts.next()?, parts.next()) {
        (day, month, year, None) if year.len() == 4 => calendar_day(year, month, day),
        _ => None,
    }
}

/// `1/6/2026` and `1-6-2026`.
fn slashed(text: &str, order: Option<DayOrder>) -> Option<Result<Date, DateError>> {
    let mut parts = text.split(['/', '-']);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || parts.next().is_some() {
        return None;
    }
    let day_first = calendar_day(year, second, first);
    let month_first = calendar_day(year, first, second);
    match order {
        Some(DayOrder::DayFirst) => day_first.map(Ok),
        Some(DayOrder::MonthFirst) => month_first.map(Ok),
        None => match (day_first, month_first) {
            (Some(day_first), Some(month_first)) if day_first != month_first => Some(Err(DateError::Ambiguous {
                found: text.to_owned(),
                day_first,
                month_first,
            })),
            (either, other) => either.or(other).map(Ok),
        },
    }
}

/// The day with these numbers, if the calendar has it and a living person may have written it.
fn calendar_day(year: &str, month: &str, day: &str) -> Option<Date> {
    let number = |text: &str| match text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit()) {
        true => text.parse::<i16>().ok(),
        false => None,
    };
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    (1900..=2199).contains(&year).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::{DateError, DayOrder, read};

    #[test]
    fn a_day_is_read_in_every_form_that_has_one_meaning() {
        for text in [
            "2026-06-01",
            " 2026-6-1 ",
            "2026/06/01",
            "20260601",
            "2026-06-01T09:00:00Z",
            "2026-06-01 09:00:00",
            "2026-06-01 9:05 AM",
            "1 June 2026",
            "1 Jun 2026",
            "1-Jun-2026",
            "June 1, 2026",
            "Jun 1st 2026",
            "1. Juni 2026",
            "1er juin 2026",
            "1 de junio de 2026",
            "01.06.2026",
            "1.6.2026",
            "1 June 2026, 14:30",
        ] {
            assert_eq!(
                read(text, None).map(|date| date.to_string()),
                Ok("2026-06-01".to_owned()),
                "{text}"
            );
        }
        for (text, iso) in [
            ("25/12/2026", "2026-12-25"),
            ("12/25/2026", "2026-12-25"),
            ("05/05/2026", "2026-05-05"),
            ("3 März 2026", "2026-03-03"),
            ("1 août 2026", "2026-08-01"),
        ] {
            assert_eq!(read(text, None).map(|date| date.to_string()), Ok(iso.to_owned()), "{text}");
        }
    }

    #[test]
    fn two_readings_are_never_guessed() {
        let error = read("01/06/2026", None).unwrap_err();
        assert_eq!(error.to_string(), "`01/06/2026` may be 2026-06-01 or 2026-01-06");
        for (order, iso) in [(DayOrder::DayFirst, "2026-06-01"), (DayOrder::MonthFirst, "2026-01-06")] {
            assert_eq!(
                read("01/06/2026 10:00", Some(order)).map(|date| date.to_string()),
                Ok(iso.to_owned())
            );
        }
        assert!(read("12/25/2026", Some(DayOrder::DayFirst)).is_err());
    }

    #[test]
    fn what_is_no_day_is_said() {
        for text in [
            "",
            "soon",
            "2026",
            "01/06/26",
            "2026-02-30",
            "45809",
            "0000-00-00",
            "1 Foo 2026",
            "2026-06-01-02",
            "+1/+6/2026",
            "::",
            "9:00",
        ] {
            assert!(matches!(read(text, None), Err(DateError::Unknown(_))), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,20}|[0-9/.T: -]{0,20}") {
            let _ = read(&text, Some(DayOrder::DayFirst));
            if let Ok(date) = read(&text, None) {
                assert_eq!(read(&date.to_string(), None), Ok(date));
            }
        }
    }
}
