//! How long people are known after they have left every list.

use super::file::PeopleFile;
use crate::finding::yaml::Inspection;
use std::fmt;

/// A number of months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Months(pub u32);

impl fmt::Display for Months {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 month"),
            months => write!(f, "{months} months"),
        }
    }
}

/// Longer than any law wants a clinic to remember who left its letters.
const MOST: u32 = 240;

/// When people who left are forgotten; `None` inside for never, none at all where the text is wrong.
pub(super) fn check(desk: &mut Inspection<'_>, file: Option<&PeopleFile>) -> Option<Option<Months>> {
    let Some(text) = file.and_then(|people| people.forget_after_leaving.as_deref()) else {
        return Some(None);
    };
    match parse(text) {
        Ok(months) => Some(Some(months)),
        Err(why) => {
            desk.wrong(
                &["people", "forget_after_leaving"],
                format!("`forget_after_leaving: {text}` {why}"),
                "write a number of months or years, like `24 months`; leave it out to forget nobody",
            );
            None
        }
    }
}

fn parse(text: &str) -> Result<Months, &'static str> {
    let text = text.trim().to_lowercase();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let each = match unit.trim() {
        "month" | "months" => 1,
        "year" | "years" | "y" => 12,
        _ => return Err("does not say months or years"),
    };
    let months = number.parse::<u32>().ok().and_then(|number| number.checked_mul(each));
    match months {
        None => Err("is no span of time"),
        Some(0) => Err("would forget people on the day they leave"),
        Some(months) if months > MOST => Err("is longer than twenty years"),
        Some(months) => Ok(Months(months)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Months, parse};

    #[test]
    fn months_and_years_are_read() {
        assert_eq!(
            [parse("24 months"), parse("2 years"), parse(" 1 Month "), parse("18months")],
            [Ok(Months(24)), Ok(Months(24)), Ok(Months(1)), Ok(Months(18))]
        );
        for wrong in [
            "",
            "24",
            "24 weeks",
            "0 months",
            "-1 months",
            "99 years",
            "months",
            "99999999999 years",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Months(24).to_string(), "24 months");
    }
}
