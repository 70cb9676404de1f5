//! How often a timer beats: what cron can say evenly, in cron's words and in systemd's.

use crate::campaign::schedule::{parse_span, span_words};
use jiff::SignedDuration;

/// Every so many minutes of an hour, or hours of a day; even, because cron begins anew with each hour and each day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rhythm {
    /// Every so many minutes, a divisor of 60.
    Minutes(i64),
    /// Every so many hours, a divisor of 24.
    Hours(i64),
}

/// What can be said, in minutes. Rarer than twice a day, letters that are due in the morning would leave in the evening.
const EVEN: [i64; 18] = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720];

impl Rhythm {
    /// Reads `15m` or `1h`; what cron cannot say evenly is answered with the nearest that it can.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if !text.trim().is_empty() && text.trim().bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("`{text}` does not say minutes or hours: write `{}m`", text.trim()));
        }
        let span = parse_span(text)?;
        let minutes = span.as_mins();
        if !EVEN.contains(&minutes) {
            // Of two that are as near, the one that beats more often.
            let nearest = EVEN.into_iter().min_by_key(|even| (even - minutes).abs()).unwrap_or(15);
            return Err(format!(
                "cron cannot say every {} evenly; the nearest is `--every {}`",
                span_words(span),
                short(nearest)
            ));
        }
        Ok(match minutes {
            minutes if minutes < 60 => Self::Minutes(minutes),
            minutes => Self::Hours(minutes / 60),
        })
    }

    /// The five fields of a crontab line.
    pub(super) fn crontab(self) -> String {
        match self {
            Self::Minutes(1) => "* * * * *".to_owned(),
            Self::Minutes(minutes) => format!("*/{minutes} * * * *"),
            Self::Hours(1) => "0 * * * *".to_owned(),
            Self::Hours(hours) => format!("0 */{hours} * * *"),
        }
    }

    /// The same as systemd's `OnCalendar=`.
    pub(super) fn on_calendar(self) -> String {
        match self {
            Self::Minutes(1) => "*-*-* *:*:00".to_owned(),
            Self::Minutes(minutes) => format!("*-*-* *:00/{minutes}:00"),
            Self::Hours(1) => "*-*-* *:00:00".to_owned(),
            Self::Hours(hours) => format!("*-*-* 00/{hours}:00:00"),
        }
    }

    /// As it is typed: `15m`.
    pub(super) fn typed(self) -> String {
        short(self.minutes())
    }

    /// In words: `15 minutes`, and `minute` for every one of them.
    pub(super) fn words(self) -> String {
        let words = span_words(SignedDuration::from_mins(self.minutes()));
        words.strip_prefix("1 ").map_or(words.clone(), str::to_owned)
    }

    fn minutes(self) -> i64 {
        match self {
            Self::Minutes(minutes) => minutes,
            Self::Hours(hours) => hours * 60,
        }
    }
}

fn short(minutes: i64) -> String {
    match minutes {
        minutes if minutes % 60 == 0 => format!("{}h", minutes / 60),
        minutes => format!("{minutes}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cron_says_evenly_is_said_and_else_the_nearest_is_named() {
        for (text, crontab, calendar) in [
            ("1m", "* * * * *", "*-*-* *:*:00"),
            ("15m", "*/15 * * * *", "*-*-* *:00/15:00"),
            ("30 minutes", "*/30 * * * *", "*-*-* *:00/30:00"),
            ("60m", "0 * * * *", "*-*-* *:00:00"),
            ("1h", "0 * * * *", "*-*-* *:00:00"),
            ("6h", "0 */6 * * *", "*-*-* 00/6:00:00"),
        ] {
            let rhythm = Rhythm::parse(text).unwrap();
            assert_eq!(
                (rhythm.crontab().as_str(), rhythm.on_calendar().as_str()),
                (crontab, calendar)
            );
            assert_eq!(Rhythm::parse(&rhythm.typed()), Ok(rhythm));
        }
        for (text, nearest) in [
            ("0m", "1m"),
            ("7m", "6m"),
            ("11m", "10m"),
            ("25m", "20m"),
            ("40m", "30m"),
            ("45m", "30m"),
            ("50m", "1h"),
            ("90m", "1h"),
            ("5h", "4h"),
            ("1d", "12h"),
            ("2w", "12h"),
        ] {
            let told = Rhythm::parse(text).unwrap_err();
            assert!(
                told.ends_with(&format!("the nearest is `--every {nearest}`")),
                "{text}: {told}"
            );
        }
        let told = Rhythm::parse("5").unwrap_err();
        assert_eq!(told, "`5` does not say minutes or hours: write `5m`");
        for text in ["", "often", "15", "-5m", "99999999999999999999m"] {
            assert!(Rhythm::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_rhythm_is_said_as_people_say_it() {
        let words = |text: &str| Rhythm::parse(text).unwrap().words();
        assert_eq!(
            [words("1m"), words("15m"), words("1h"), words("2h")],
            ["minute", "15 minutes", "hour", "2 hours"]
        );
    }
}
