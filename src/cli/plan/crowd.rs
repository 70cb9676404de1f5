//! Who gets another letter of the same plan first, and so waits: one letter in so many days, looked at ahead of time.
//!
//! Knows the editions of the plan alone, each on its first day: whom a quota moves to another day is not followed, nor are the steps of
//! series, whose people are counted and not named.

use super::line::{Fate, Line};
use crate::cli::ui::count;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, HashMap};

/// Those of one edition who get one certain other letter first.
struct Group {
    letters: u64,
    until: Timestamp,
}

/// Takes out of each edition's first day the letters whose people get another one first, and says so.
pub(super) fn foresee(lines: &mut [Line], zone: &TimeZone) {
    let mut last: HashMap<i64, (Timestamp, usize)> = HashMap::new();
    let mut order: Vec<(Timestamp, Option<Timestamp>, usize)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        order.extend(leaves_at(line, None).map(|at| (at, line.due_at, index)));
    }
    order.sort_unstable();
    for (leaves, _, index) in order {
        let groups = crowd(&mut lines[index], index, leaves, &mut last);
        for (other, group) in groups {
            let words = words(&lines[other], &group, zone);
            let line = &mut lines[index];
            line.crowds.push(words);
            line.capped = (line.capped + group.letters).min(line.planned);
            line.free_at = line.free_at.max(leaves_at(line, Some(group.until)));
            if line.expires_at.is_some_and(|expires| group.until >= expires) {
                line.late += group.letters;
            }
        }
    }
}

/// When its first letter leaves, or those that may from a certain moment on.
fn leaves_at(line: &Line, from: Option<Timestamp>) -> Option<Timestamp> {
    let coming = line.coming.as_ref().filter(|_| line.fate != Fate::ByHand)?;
    let from = from.unwrap_or(coming.from);
    match &coming.hours {
        Some(hours) => hours.opens(from),
        None => Some(from),
    }
}

/// Walks through an edition's people; gives those who wait, by the edition that they get first.
fn crowd(line: &mut Line, index: usize, leaves: Timestamp, last: &mut HashMap<i64, (Timestamp, usize)>) -> BTreeMap<usize, Group> {
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    let people = std::mem::take(&mut line.people);
    let mut stay = Vec::with_capacity(people.len());
    for person in people {
        let before = line.spacing.as_ref().zip(last.get(&person));
        let waits = before.map(|(spacing, (at, other))| (spacing.until(*at), *other));
        let waits = waits.filter(|(until, _)| *until > leaves);
        stay.push(waits.is_none());
        last.insert(person, (waits.map_or(leaves, |(until, _)| until), index));
        if let Some((until, other)) = waits {
            let group = groups.entry(other).or_insert(Group { letters: 0, until });
            group.letters += 1;
            group.until = group.until.max(until);
        }
    }
    if let Some(coming) = &mut line.coming {
        let mut stay = stay.into_iter();
        coming.letters.retain(|_| stay.next().unwrap_or(true));
    }
    groups
}

/// `3 of them get `Tea` on Tue 1 Dec and wait until Tue 8 Dec`.
fn words(other: &Line, group: &Group, zone: &TimeZone) -> String {
    let day = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %-d %b").to_string();
    let title = other.title.as_deref().unwrap_or(&other.campaign);
    let on = match (other.fate, leaves_at(other, None)) {
        (Fate::GoingOut, _) | (_, None) => "now".to_owned(),
        (_, Some(at)) => format!("on {}", day(at)),
    };
    let (get, wait) = if group.letters == 1 {
        ("gets", "waits")
    } else {
        ("get", "wait")
    };
    let people = count(group.letters, "person");
    format!("{people} {get} `{title}` {on} and {wait} until {}", day(group.until))
}
