//! Spans of time as people write them: `90m`, `6h`, `3d`, `2w`.
//!
//! A day is 24 hours here: these spans say how late is too late, where an hour more or less on the night when clocks change does
//! not matter.

use crate::campaign::schedule::words::{Wrong, plain, shown};
use jiff::SignedDuration;

/// How to write a span, for hints.
pub const SPAN_HINT: &str = "write a number and `m`, `h`, `d` or `w`, like `90m`, `6h`, `3d` or `2w`";

/// The longest span that is read, in days: ten years.
const LONGEST: i64 = 3660;

/// Reads `90m`, `6h`, `3d`, `2w`, also with a blank or the whole word: `3 days`.
pub fn parse_span(text: &str) -> Result<SignedDuration, String> {
    let plain = plain(text);
    let (number, unit) = plain.split_at(plain.find(|c: char| !c.is_ascii_digit()).unwrap_or(plain.len()));
    if number.is_empty() {
        return Err(format!("{} is no span of time", shown(text)));
    }
    let minutes = match unit.trim() {
        "m" | "min" | "mins" | "minute" | "minutes" => 1,
        "h" | "hour" | "hours" => 60,
        "d" | "day" | "days" => 24 * 60,
        "w" | "week" | "weeks" => 7 * 24 * 60,
        "" => return Err(format!("{} does not say minutes, hours, days or weeks", shown(text))),
        _ => return Err(format!("{} is no span of time", shown(text))),
    };
    let total = number.parse::<i64>().ok().and_then(|number| number.checked_mul(minutes));
    match total {
        Some(total) if total <= LONGEST * 24 * 60 => Ok(SignedDuration::from_mins(total)),
        _ => Err(format!("{} is longer than ten years", shown(text))),
    }
}

/// Reads a span that is longer than nothing.
pub(crate) fn some_span(text: &str) -> Result<SignedDuration, Wrong> {
    match parse_span(text) {
        Ok(span) if span.is_zero() => Err(Wrong::new(
            format!("{} is no time at all", shown(text)),
            "write at least `1m`",
        )),
        other => other.map_err(|text| Wrong::new(text, SPAN_HINT)),
    }
}

/// A span in words: `90 minutes`, `6 hours`, `3 days`.
pub fn span_words(span: SignedDuration) -> String {
    let minutes = span.as_mins();
    let (number, unit) = match minutes {
        _ if minutes != 0 && minutes % (24 * 60) == 0 => (minutes / (24 * 60), "day"),
        _ if minutes != 0 && minutes % 60 == 0 => (minutes / 60, "hour"),
        _ => (minutes, "minute"),
    };
    match number {
        1 => format!("1 {unit}"),
        _ => format!("{number} {unit}s"),
    }
}

#[cfg(test)]
mod tests {
    use crate::campaign::schedule::span::{parse_span, span_words};

    #[test]
    fn spans_are_read_and_said_in_words() {
        let cases = [
            ("90m", Ok("90 minutes")),
            ("60 min", Ok("1 hour")),
            ("6h", Ok("6 hours")),
            ("36H", Ok("36 hours")),
            ("3d", Ok("3 days")),
            (" 3  days ", Ok("3 days")),
            ("24h", Ok("1 day")),
            ("2w", Ok("14 days")),
            ("0d", Ok("0 minutes")),
            ("3660d", Ok("3660 days")),
            ("3661d", Err("`3661d` is longer than ten years")),
            (
                "99999999999999999999d",
                Err("`99999999999999999999d` is longer than ten years"),
            ),
            ("9999999999999999w", Err("`9999999999999999w` is longer than ten years")),
            ("3", Err("`3` does not say minutes, hours, days or weeks")),
            ("3 months", Err("`3 months` is no span of time")),
            ("1.5h", Err("`1.5h` is no span of time")),
            ("-3d", Err("`-3d` is no span of time")),
            ("1d12h", Err("`1d12h` is no span of time")),
            ("soon", Err("`soon` is no span of time")),
            ("", Err("`` is no span of time")),
        ];
        for (text, expected) in cases {
            let found = parse_span(text).map(span_words);
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{text}");
        }
    }
}
