//! `calendar:`: the days and hours in which no letter leaves, and how many letters a person gets in a while.

use super::file::CalendarFile;
use crate::campaign::schedule::{Quiet, SPAN_HINT, parse_span};
use crate::finding::Finding;
use crate::finding::yaml::{Inspection, Source};
use jiff::SignedDuration;

/// What the settings say about the calendar of all campaigns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalendarSettings {
    /// The file of the days on which no letter leaves, relative to the workspace.
    pub holidays: Option<String>,
    /// The hours of every day in which no letter leaves.
    pub quiet: Option<Quiet>,
    /// A person gets one letter in so many days, over all campaigns that do not say otherwise.
    pub one_letter_in: Option<u16>,
}

/// A longer time between two letters is a slip: nobody would notice who waits.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 366);

/// A day's minutes.
const DAY: i64 = 24 * 60;

/// The calendar, if nothing is wrong with what the file says of it.
pub(super) fn check(desk: &mut Inspection<'_>, file: Option<&CalendarFile>) -> Option<CalendarSettings> {
    let Some(file) = file else {
        return Some(CalendarSettings::default());
    };
    let before = desk.findings.len();
    let quiet = file
        .quiet
        .as_ref()
        .map(|quiet| quiet.check(&desk.source, &["calendar", "quiet"]));
    let quiet = quiet.and_then(|quiet| quiet.map_err(|findings| desk.findings.extend(findings)).ok());
    let one_letter_in = file.one_letter_in.as_deref().and_then(|text| days(desk, text));
    let holidays = file.holidays.as_deref().and_then(|name| inside(desk, name));
    (desk.findings.len() == before).then_some(CalendarSettings {
        holidays,
        quiet,
        one_letter_in,
    })
}

fn days(desk: &mut Inspection<'_>, text: &str) -> Option<u16> {
    let path = ["calendar", "one_letter_in"];
    match parse_span(text) {
        Ok(span) if span.is_zero() => desk.wrong(
            &path,
            format!("`{text}` is no time at all"),
            "leave `one_letter_in` out to let everybody get every letter",
        ),
        Ok(span) if span > LONGEST => desk.wrong(&path, format!("`{text}` is longer than a year"), SPAN_HINT),
        Ok(span) if span.as_mins() % DAY != 0 => desk.wrong(
            &path,
            format!("`{text}` is not a number of whole days"),
            "this counts the days of your calendar: write `1d`, `7d` or `2w`",
        ),
        Ok(span) => return u16::try_from(span.as_mins() / DAY).ok(),
        Err(why) => desk.wrong(&path, why, SPAN_HINT),
    }
    None
}

/// The name of a file inside the workspace, as far as the name can tell.
fn inside(desk: &mut Inspection<'_>, name: &str) -> Option<String> {
    let name = name.trim();
    let path = ["calendar", "holidays"];
    let leads_out = name.starts_with(['/', '\\', '~']) || name.split(['/', '\\']).any(|part| part == "..");
    match (name.is_empty(), leads_out) {
        (true, _) => desk.wrong(
            &path,
            "`calendar.holidays` names nothing",
            "write the name of a file beside `tidings.yaml`, like `holidays.txt`",
        ),
        (false, true) => desk.wrong(
            &path,
            format!("`{name}` leads out of the workspace"),
            "put a copy of the file beside `tidings.yaml` and name that",
        ),
        (false, false) => return Some(name.to_owned()),
    }
    None
}

/// The finding about the file of holidays as a whole, where the settings name it.
pub(in crate::workspace) fn unread(text: &str, name: &str, found: &Finding) -> Finding {
    let source = Source {
        file: super::FILE,
        text,
        first_line: 1,
    };
    let finding = source.finding(&["calendar", "holidays"], format!("`{name}`: {}", found.text));
    let hint = found.hint.clone();
    finding.hint(hint.unwrap_or_else(|| {
        "the name is read from the folder of `tidings.yaml`; nothing leaves while nobody knows the holidays".to_owned()
    }))
}

#[cfg(test)]
mod tests {
    use crate::workspace::settings::tests::{SOUND, told};

    #[track_caller]
    fn check(section: &str, expected: &[&str]) {
        let told = told(&format!("{SOUND}calendar: {section}\n"));
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.starts_with(&format!("tidings.yaml:{expected}")), "{told}");
            assert!(told.contains("hint: "), "{told}");
        }
    }

    #[test]
    fn a_calendar_is_read_and_every_mistake_is_told_at_its_place() {
        check(
            "{holidays: holidays.txt, quiet: {from: \"20:00\", until: \"08:00\"}, one_letter_in: 7d}",
            &[],
        );
        check("{}", &[]);
        check(
            "{quiet: {from: \"25:00\", until: \"8am\"}, one_letter_in: often, holiday: h.txt}",
            &[
                "9:26: `25:00` is no hour of the day",
                "9:42: `8am` is no hour",
                "9:65: `often` is no span of time",
                "9:72: ",
            ],
        );
        check(
            "{quiet: {from: \"08:00\", until: \"08:00\"}}",
            &["9:42: the quiet hours begin and end"],
        );
        check("{quiet: {from: \"00:00\", until: \"23:59\"}}", &["9:42: quiet hours from"]);
        check(
            "{quiet: {from: \"20:00\"}}",
            &["9:12: the quiet hours do not say when they end"],
        );
        check("{one_letter_in: 0d}", &["9:27: `0d` is no time at all"]);
        check("{one_letter_in: 36h}", &["9:27: `36h` is not a number of whole days"]);
        check("{one_letter_in: 90m}", &["9:27: `90m` is not a number of whole days"]);
        check("{one_letter_in: 48h}", &[]);
        check("{one_letter_in: 2000d}", &["9:27: `2000d` is longer than a year"]);
        for name in ["../holidays.txt", "/etc/passwd", "a/../../b", "~/h.txt"] {
            check(&format!("{{holidays: {name}}}"), &["9:22: `"]);
        }
    }
}
