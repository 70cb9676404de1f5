//! Holidays as governments publish them: an iCalendar file (RFC 5545) of whole-day events.
//!
//! An event with an hour closes no day: it is passed over, and said. What cannot be told otherwise (odd repetitions) is refused rather
//! than guessed.

use super::Desk;
use crate::campaign::schedule::date::YearDay;
use crate::campaign::schedule::words::{Wrong, shown};
use crate::finding::Place;
use jiff::ToSpan as _;
use jiff::civil::Date;

/// Whether a text is a calendar, whatever its file is called.
pub(super) fn is_calendar(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty());
    first.is_some_and(|line| line.eq_ignore_ascii_case("BEGIN:VCALENDAR"))
}

/// One property, unfolded, with the line on which it begins.
struct Property {
    line: usize,
    name: String,
    parameters: String,
    value: String,
}

/// What is known of an event so far.
#[derive(Default)]
struct Event {
    line: usize,
    start: Option<Property>,
    end: Option<Property>,
    duration: Option<Property>,
    repeats: Option<Property>,
    name: String,
    is_cancelled: bool,
}

pub(super) fn read(desk: &mut Desk<'_>, text: &str) {
    let mut event: Option<Event> = None;
    // Parts of an event, such as its alarm, have properties of the same names.
    let mut inside = 0_usize;
    for property in properties(text) {
        let what = property.value.trim().to_ascii_uppercase();
        match (property.name.as_str(), what.as_str(), &mut event) {
            ("BEGIN", "VEVENT", None) => {
                event = Some(Event {
                    line: property.line,
                    ..Event::default()
                });
            }
            ("BEGIN", _, Some(_)) => inside += 1,
            ("END", "VEVENT", Some(_)) if inside == 0 => settle(desk, &event.take().unwrap_or_default()),
            ("END", _, Some(_)) => inside = inside.saturating_sub(1),
            (_, _, Some(event)) if inside == 0 => event.note(property),
            (_, _, _) => {}
        }
    }
    if let Some(event) = event {
        let wrong = Wrong::new("the file ends in the middle of an event", "load it down again: it is cut off");
        desk.wrong(Place::new(event.line, 1), wrong);
    }
}

impl Event {
    fn note(&mut self, property: Property) {
        match property.name.as_str() {
            "DTSTART" => self.start = Some(property),
            "DTEND" => self.end = Some(property),
            "DURATION" => self.duration = Some(property),
            "RRULE" | "RDATE" => self.repeats = Some(property),
            "SUMMARY" => self.name = unescaped(&property.value),
            "STATUS" => self.is_cancelled = property.value.trim().eq_ignore_ascii_case("CANCELLED"),
            _ => {}
        }
    }
}

fn settle(desk: &mut Desk<'_>, event: &Event) {
    if event.is_cancelled {
        return;
    }
    let Some(start) = &event.start else {
        let wrong = Wrong::new(
            "an event does not say when it begins",
            "add `DTSTART;VALUE=DATE:20261225` to it",
        );
        return desk.wrong(Place::new(event.line, 1), wrong);
    };
    let place = Place::new(start.line, 1);
    if has_hour(start) {
        return desk.pass_over(place);
    }
    let found = day(start).and_then(|first| Ok((first, last(event, first)?, is_yearly(event)?)));
    match found {
        Ok((first, last, false)) => desk.close_days(place, first, last, &event.name),
        Ok((first, last, true)) => desk.close_yearly(YearDay::of(first), YearDay::of(last), &event.name),
        Err((line, wrong)) => desk.wrong(Place::new(line, 1), wrong),
    }
}

type Misread = (usize, Wrong);

/// The last day of an event: its end is the first day that is free again.
fn last(event: &Event, first: Date) -> Result<Date, Misread> {
    let (line, days) = match (&event.end, &event.duration) {
        (Some(end), _) => {
            let free = day(end)?;
            // Some programs write the same day where they mean the whole of it.
            return Ok(if free > first {
                free.saturating_sub(1.day())
            } else if free == first {
                first
            } else {
                free
            });
        }
        (None, Some(duration)) => (duration.line, whole_days(&duration.value)),
        (None, None) => return Ok(first),
    };
    let unread = || {
        (
            line,
            Wrong::new(
                "an event does not last whole days",
                "make it an event of whole days, with `DTEND;VALUE=DATE:`",
            ),
        )
    };
    days.map(|days| first.saturating_add((days - 1).days())).ok_or_else(unread)
}

/// `P2D`, `P1W`.
fn whole_days(text: &str) -> Option<i64> {
    let number = text.trim().trim_start_matches('+').strip_prefix('P')?;
    let (number, unit) = match (number.strip_suffix('D'), number.strip_suffix('W')) {
        (Some(days), _) => (days, 1),
        (None, Some(weeks)) => (weeks, 7),
        (None, None) => return None,
    };
    let number: i64 = number.parse().ok()?;
    (1..=366).contains(&number).then_some(number * unit)
}

fn is_yearly(event: &Event) -> Result<bool, Misread> {
    let Some(rule) = &event.repeats else { return Ok(false) };
    let mut parts: Vec<String> = rule.value.trim().to_ascii_uppercase().split(';').map(str::to_owned).collect();
    parts.retain(|part| part != "INTERVAL=1" && !part.starts_with("WKST=") && !part.is_empty());
    match (rule.name.as_str(), parts.as_slice()) {
        ("RRULE", [one]) if one == "FREQ=YEARLY" => Ok(true),
        _ => {
            let text = format!("an event repeats in a way that is not read here: {}", shown(&rule.value));
            Err((rule.line, Wrong::new(text, "write each of its days as an event of its own")))
        }
    }
}

/// Whether a property names an hour.
fn has_hour(property: &Property) -> bool {
    let said = property.parameters.to_ascii_uppercase();
    property.value.contains(['T', 't']) || said.contains("VALUE=DATE-TIME")
}

/// The whole day that a property names.
fn day(property: &Property) -> Result<Date, Misread> {
    let value = property.value.trim();
    let is_date = value.len() == 8 && value.bytes().all(|byte| byte.is_ascii_digit());
    if !is_date {
        let text = match has_hour(property) {
            true => format!("{} has an hour, and a holiday is a whole day", shown(value)),
            false => format!("{} is no date", shown(value)),
        };
        let hint = "make it an event of the whole day, like `DTSTART;VALUE=DATE:20261225`, or take it out";
        return Err((property.line, Wrong::new(text, hint)));
    }
    let iso = format!("{}-{}-{}", &value[..4], &value[4..6], &value[6..]);
    crate::campaign::schedule::date::date(&iso).map_err(|wrong| (property.line, wrong))
}

/// The properties of a text, each unfolded: a line that begins with a blank goes on with the one before it.
fn properties(text: &str) -> impl Iterator<Item = Property> {
    let mut whole: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match (line.strip_prefix([' ', '\t']), whole.last_mut()) {
            (Some(more), Some((_, before))) => before.push_str(more),
            _ => whole.push((number, line.to_owned())),
        }
    }
    whole.into_iter().filter_map(|(line, text)| property(line, &text))
}

/// `NAME;PARAMETER="a:b":value`.
fn property(line: usize, text: &str) -> Option<Property> {
    let mut is_quoted = false;
    let colon = text.char_indices().find(|(_, c)| {
        is_quoted ^= *c == '"';
        *c == ':' && !is_quoted
    });
    let (head, value) = (&text[..colon?.0], &text[colon?.0 + 1..]);
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    Some(Property {
        line,
        name: name.trim().to_ascii_uppercase(),
        parameters: parameters.to_owned(),
        value: value.to_owned(),
    })
}

/// A text without its escapes; a line's end in it is a blank.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') => plain.push(' '),
                Some(other) => plain.push(other),
                None => {}
            },
            other => plain.push(other),
        }
    }
    plain
}
