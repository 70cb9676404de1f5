//! Hours of the day as `HH:MM` on the 24-hour clock; other ways to say an hour are refused with the right way in the hint.

use crate::campaign::schedule::words::{Wrong, plain, shown};
use jiff::civil::Time;

/// Reads `09:00` or `9:00`.
pub(crate) fn hour(text: &str) -> Result<Time, Wrong> {
    let plain = plain(text);
    let Some((hour, minute)) = plain.split_once(':').filter(|parts| is_clock(*parts)) else {
        let example = guess(&plain).map_or_else(|| "09:00".to_owned(), clock);
        return Err(Wrong::new(
            format!("{} is no hour", shown(text)),
            format!("write `{example}`"),
        ));
    };
    time(hour, minute).ok_or_else(|| {
        let text = format!("{} is no hour of the day", shown(text));
        Wrong::new(text, "hours go from `00:00` to `23:59`")
    })
}

/// An hour as it is written in files.
pub(crate) fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn is_clock((hour, minute): (&str, &str)) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    digits(hour) && digits(minute) && (1..=2).contains(&hour.len()) && minute.len() == 2
}

fn time(hour: &str, minute: &str) -> Option<Time> {
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// What hour a person may have meant, good enough for a hint.
fn guess(plain: &str) -> Option<Time> {
    let text = plain.replace(' ', "").replace(".m.", "m");
    match text.as_str() {
        "noon" | "midday" => return Time::new(12, 0, 0, 0).ok(),
        "midnight" => return Some(Time::midnight()),
        _ => {}
    }
    let (digits, half) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(digits), _) => (digits, Some(0)),
        (_, Some(digits)) => (digits, Some(12)),
        _ => (text.as_str(), None),
    };
    let (hour, minute) = match digits.split_once([':', '.', 'h']) {
        Some((hour, rest)) => (hour, rest.split([':', '.', 'm']).next().unwrap_or_default()),
        None if digits.len() == 4 && digits.is_ascii() => digits.split_at(2),
        None => (digits, "0"),
    };
    let hour: i8 = hour.parse().ok()?;
    let minute: i8 = if minute.is_empty() { 0 } else { minute.parse().ok()? };
    let hour = half
        .filter(|_| (1..=12).contains(&hour))
        .map_or(hour, |half| hour % 12 + half);
    Time::new(hour, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use crate::campaign::schedule::hour::{clock, hour};

    #[test]
    fn hours_are_read_and_others_say_how() {
        let cases = [
            ("09:00", Ok("09:00")),
            ("9:00", Ok("09:00")),
            (" 23:59 ", Ok("23:59")),
            ("00:00", Ok("00:00")),
            (
                "25:00",
                Err("`25:00` is no hour of the day, hours go from `00:00` to `23:59`"),
            ),
            (
                "24:00",
                Err("`24:00` is no hour of the day, hours go from `00:00` to `23:59`"),
            ),
            (
                "09:60",
                Err("`09:60` is no hour of the day, hours go from `00:00` to `23:59`"),
            ),
            ("9am", Err("`9am` is no hour, write `09:00`")),
            ("9:30 p.m.", Err("`9:30 p.m.` is no hour, write `21:30`")),
            ("12am", Err("`12am` is no hour, write `00:00`")),
            ("12pm", Err("`12pm` is no hour, write `12:00`")),
            ("noon", Err("`noon` is no hour, write `12:00`")),
            ("9.30", Err("`9.30` is no hour, write `09:30`")),
            ("9h", Err("`9h` is no hour, write `09:00`")),
            ("0915", Err("`0915` is no hour, write `09:15`")),
            ("9", Err("`9` is no hour, write `09:00`")),
            ("09:15:00", Err("`09:15:00` is no hour, write `09:15`")),
            ("in the morning", Err("`in the morning` is no hour, write `09:00`")),
            ("+9:00", Err("`+9:00` is no hour, write `09:00`")),
            ("ééam", Err("`ééam` is no hour, write `09:00`")),
            ("", Err("`` is no hour, write `09:00`")),
        ];
        for (text, expected) in cases {
            let found = hour(text)
                .map(clock)
                .map_err(|wrong| format!("{}, {}", wrong.text, wrong.hint));
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{text}");
        }
    }
}
