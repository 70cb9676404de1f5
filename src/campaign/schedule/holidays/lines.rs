//! Holidays as a list: one a line, `2026-12-25 Christmas Day`, `25 December Christmas Day` for every year, and stretches of days as
//! `2026-12-24 to 2027-01-02 closed`.

use super::Desk;
use crate::campaign::schedule::date::{YearDay, date, day_and_month, year_day};
use crate::campaign::schedule::words::{Wrong, shown};
use crate::finding::Place;
use jiff::civil::Date;

const SAY: &str = "write the day first, like `2026-12-25 Christmas Day`, or `25 December Christmas Day` for every year";
/// What people write between two days; the first of them is read.
const JOINTS: [&str; 7] = ["to", "-", "–", "—", "until", "till", "through"];

/// A day, or some of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    Dated(Date),
    Yearly(YearDay),
}

pub(super) fn read(desk: &mut Desk<'_>, text: &str) {
    for (number, line) in (1..).zip(text.lines()) {
        let line = without_comment(line);
        let column = line.chars().take_while(|c| c.is_whitespace()).count() + 1;
        let place = Place::new(number, column);
        let words: Vec<&str> = line
            .split([' ', '\t', ',', ';', '\u{a0}', '\r'])
            .filter(|word| !word.is_empty())
            .collect();
        if !words.is_empty()
            && let Err(wrong) = read_line(desk, place, &words)
        {
            desk.wrong(place, wrong);
        }
    }
}

/// A comment begins with the line, or behind a blank.
fn without_comment(line: &str) -> &str {
    let begins = |(at, _): &(usize, &str)| line[..*at].chars().next_back().is_none_or(char::is_whitespace);
    line.match_indices('#').find(begins).map_or(line, |(at, _)| &line[..at])
}

fn read_line(desk: &mut Desk<'_>, place: Place, words: &[&str]) -> Result<(), Wrong> {
    let (first, rest) = day(words)?;
    let Some(last) = rest.first().filter(|word| is_joint(word)).map(|_| day(&rest[1..])) else {
        close(desk, place, first, first, rest);
        return Ok(());
    };
    match (first, last, rest[0].eq_ignore_ascii_case(JOINTS[0])) {
        (first, Ok((last, name)), true) if is_alike(first, last) => close(desk, place, first, last, name),
        (_, Ok(_), true) => {
            let text = "one of the two days has a year and the other has none";
            return Err(Wrong::new(text, "write both with their years, or both without"));
        }
        (_, Ok(_), false) => {
            let text = format!("{} does not join two days", shown(rest[0]));
            return Err(Wrong::new(text, "write `to` between the first day and the last"));
        }
        (_, Err(wrong), true) => return Err(wrong),
        // `2026-12-25 - Christmas Day`: a name, with a dash before it.
        (first, Err(_), false) => close(desk, place, first, first, &rest[1..]),
    }
    Ok(())
}

fn is_joint(word: &str) -> bool {
    JOINTS.iter().any(|joint| word.eq_ignore_ascii_case(joint))
}

fn is_alike(one: Day, other: Day) -> bool {
    matches!(
        (one, other),
        (Day::Dated(_), Day::Dated(_)) | (Day::Yearly(_), Day::Yearly(_))
    )
}

fn close(desk: &mut Desk<'_>, place: Place, first: Day, last: Day, name: &[&str]) {
    let name = name.join(" ");
    match (first, last) {
        (Day::Dated(first), Day::Dated(last)) => desk.close_days(place, first, last, &name),
        (Day::Yearly(first), Day::Yearly(last)) => desk.close_yearly(first, last, &name),
        (Day::Dated(_), Day::Yearly(_)) | (Day::Yearly(_), Day::Dated(_)) => {}
    }
}

/// The day at the beginning of these words, and the words behind it.
fn day<'a>(words: &'a [&'a str]) -> Result<(Day, &'a [&'a str]), Wrong> {
    let Some(first) = words.first() else {
        return Err(Wrong::new(
            "the last day is missing",
            "write it behind `to`, like `2026-12-24 to 2027-01-02`",
        ));
    };
    if let [one, two, rest @ ..] = words
        && day_and_month(one, two).is_some()
    {
        return match rest.first().filter(|year| is_year(year)) {
            // `25 December 2026` has its hint from the reader of dates.
            Some(year) => Err(date(&format!("{one} {two} {year}")).err().unwrap_or_else(nothing)),
            None => year_day(&format!("{one} {two}")).map(|day| (Day::Yearly(day), rest)),
        };
    }
    match first.starts_with(|c: char| c.is_ascii_digit()) {
        true => date(first).map(|day| (Day::Dated(day), &words[1..])),
        false => Err(Wrong::new(format!("{} is no day", shown(first)), SAY)),
    }
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn nothing() -> Wrong {
    Wrong::new("this is no day", SAY)
}
