//! Who gets another letter first, and so waits: one letter in so many days, looked at ahead of time, the oldest letter first.
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

/// When people get which of the lines; none is a letter that has left already.
type Letters = HashMap<i64, Vec<(Timestamp, Option<usize>)>>;

/// Takes out of each edition's first day the letters whose people get another one first, and says so. The oldest is looked at first: no
/// newer one takes its place.
pub(super) fn foresee(lines: &mut [Line], zone: &TimeZone) {
    let mut letters = Letters::new();
    let mut order: Vec<(Option<Timestamp>, Timestamp, usize)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        order.extend(leaves_at(line, None).map(|at| (line.due_at, at, index)));
        for (person, at) in &line.got_lately {
            let before = letters.entry(*person).or_default();
            if !before.contains(&(*at, None)) {
                before.push((*at, None));
            }
        }
    }
    order.sort_unstable();
    for (_, leaves, index) in order {
        let groups = crowd(&mut lines[index], index, leaves, &mut letters);
        for (other, group) in groups {
            let words = other.map(|other| words(&lines[other], &group, zone));
            let line = &mut lines[index];
            line.free_at = line.free_at.max(Some(group.until));
            if line.expires_at.is_some_and(|expires| group.until >= expires) {
                line.late += group.letters;
            }
            // Who waits for a letter that has left is counted already.
            if let Some(words) = words {
                line.crowds.push(words);
                line.capped = (line.capped + group.letters).min(line.planned);
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
fn crowd(line: &mut Line, index: usize, leaves: Timestamp, letters: &mut Letters) -> BTreeMap<Option<usize>, Group> {
    let mut groups: BTreeMap<Option<usize>, Group> = BTreeMap::new();
    let people = std::mem::take(&mut line.people);
    let mut stay = Vec::with_capacity(people.len());
    for person in people {
        let others = letters.entry(person).or_default();
        let (at, other) = first_free(line, leaves, others);
        stay.push(at == leaves);
        others.push((at, Some(index)));
        if at != leaves {
            let group = groups.entry(other).or_insert(Group { letters: 0, until: at });
            group.letters += 1;
            group.until = group.until.max(at);
        }
    }
    if let Some(coming) = &mut line.coming {
        let mut stay = stay.into_iter();
        coming.letters.retain(|_| stay.next().unwrap_or(true));
    }
    groups
}

/// When somebody gets this letter who gets those others, and for which of them it waits in the end.
fn first_free(line: &Line, leaves: Timestamp, others: &[(Timestamp, Option<usize>)]) -> (Timestamp, Option<usize>) {
    let (mut at, mut last) = (leaves, None);
    let Some(spacing) = &line.spacing else { return (at, last) };
    // One that comes after it is in its way as well, if it is older.
    let in_the_way = |at: Timestamp| {
        others
            .iter()
            .find(|(other, _)| *other < spacing.until(at) && at < spacing.until(*other))
    };
    for _ in 0..=others.len() {
        let Some((other, index)) = in_the_way(at) else { break };
        let Some(next) = leaves_at(line, Some(spacing.until(*other))) else {
            break;
        };
        (at, last) = (next, *index);
    }
    (at, last)
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
