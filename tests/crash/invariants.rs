//! What must hold after every kill and at every end, whoever was killed when: the store's books against the judge's record.
//!
//! Promises: a broken invariant is named with its number, the person it broke for, and what the judge has of them.

use super::books::{Books, Line};
use super::clinic::{CANARY, words_by_address};
use super::fold;
use crate::support::judge::Delivery;
use crate::support::workspace::run::Output;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is wrong, a line each.
pub(super) type Faults = Vec<String>;

/// I1 to I4, I6 and I8: the books against the record.
pub(super) fn of_books(books: &Books, record: &[Delivery]) -> Faults {
    let mut had: BTreeMap<&str, Vec<&Delivery>> = BTreeMap::new();
    for delivery in record {
        had.entry(&delivery.recipient).or_default().push(delivery);
    }
    let mut faults = each_once(books);
    for line in &books.lines {
        let had = had.remove(line.address.as_str()).unwrap_or_default();
        let story = fold::faults(line).into_iter().map(|fault| format!("I8 {fault}"));
        let broken: Faults = story.chain(of_copies(line, &had)).chain(of_words(line, &had)).collect();
        faults.extend(broken.iter().map(|fault| told(fault, line, &had)));
    }
    let strangers = had.into_iter();
    faults.extend(strangers.map(|(address, had)| format!("I4 `{address}` is not planned and has {had:?}")));
    faults
}

fn told(fault: &str, line: &Line, had: &[&Delivery]) -> String {
    let seen = |one: &&Delivery| {
        let kept = if one.accepted { "kept" } else { "dropped" };
        let replied = if one.replied { "answered" } else { "unanswered" };
        format!("no. {} {kept} {replied} {}", one.at_sequence, one.message_id)
    };
    let had: Vec<String> = had.iter().map(seen).collect();
    format!("{fault}: {line:?}\n    the judge has {had:?}")
}

/// I1: each frozen recipient stands in exactly one state, the numbers close, and a draft is nobody's letter.
fn each_once(books: &Books) -> Faults {
    let people: BTreeSet<&str> = books.lines.iter().map(|line| line.address.as_str()).collect();
    let planned = usize::try_from(books.planned).unwrap();
    let mut faults = Faults::new();
    if people.len() != books.lines.len() || planned != people.len() {
        faults.push(format!(
            "I1 {planned} planned, {} lines for {} people",
            books.lines.len(),
            people.len()
        ));
    }
    if books.status.as_deref() == Some("draft") && books.lines.iter().any(|line| line.attempt > 0) {
        faults.push("I1 a draft's letters have left".to_owned());
    }
    faults
}

/// I2, I3 and I4 for one person: the judge has a copy for each attempt that was accepted, may have one for each in doubt, and has
/// none for any other.
fn of_copies(line: &Line, had: &[&Delivery]) -> Faults {
    let copies = had.iter().filter(|one| one.accepted).count();
    let answered = had.iter().filter(|one| one.accepted && one.replied).count();
    let accepted = line.came_out("accepted");
    let unknown = line.came_out("in_doubt") + line.tries.iter().filter(|one| !one.is_settled).count();
    let ordered = line.decided("resend") + line.decided("not_sent");
    let mut faults = Faults::new();
    if answered < accepted {
        faults.push(format!(
            "I2 accepted {accepted} times, and the judge said {answered} whole yes"
        ));
    }
    if copies > 1 + ordered {
        faults.push(format!("I3 {copies} copies, and {ordered} orders to send again"));
    }
    if copies > accepted + unknown {
        faults.push(format!("I4 {copies} copies, {accepted} accepted and {unknown} in doubt"));
    }
    if had.len() > line.tries.len() {
        faults.push(format!(
            "I4 {} letters for {} attempts on record",
            had.len(),
            line.tries.len()
        ));
    }
    faults
}

/// I6: the words frozen for this very person, and every attempt the same bytes until a person orders another letter.
fn of_words(line: &Line, had: &[&Delivery]) -> Faults {
    let mut faults = Faults::new();
    let own = &words_by_address()[&line.address];
    if had.iter().any(|one| one.words_hash != *own) {
        faults.push("I6 not the words frozen for this person".to_owned());
    }
    let letters: BTreeSet<(&str, &str)> = had
        .iter()
        .map(|one| (one.message_id.as_str(), one.body_hash.as_str()))
        .collect();
    let ids: BTreeSet<&str> = letters.iter().map(|(id, _)| *id).collect();
    if letters.len() > ids.len() || ids.len() > 1 + line.decided("resend") {
        faults.push(format!("I6 one letter, and its attempts differ: {letters:?}"));
    }
    faults
}

/// I5: a kill leaves no more letters under way than the connections may have between them.
pub(super) fn of_doubts(books: &Books, most: usize) -> Faults {
    let under_way = books.people("sending");
    match under_way.len() <= most {
        true => Faults::new(),
        false => vec![format!("I5 {most} letters may be under way, and these are: {under_way:?}")],
    }
}

/// I7: what a run that came to its end by itself said, against what it did: `before` and `after` are the books around it.
pub(super) fn of_ending(output: &Output, before: &Books, after: &Books) -> Faults {
    let needs_a_person = |line: &&Line| {
        let by_rule = line.held_by.as_deref() != Some("person");
        matches!(line.state.as_str(), "failed" | "in_doubt" | "expired") || (line.state == "held" && by_rule)
    };
    let is_new = |line: &&Line| {
        let old = before.of_person(&line.address);
        old.is_none_or(|old| old.state != line.state || old.attempt != line.attempt)
    };
    let new: Vec<&str> = after
        .lines
        .iter()
        .filter(needs_a_person)
        .filter(is_new)
        .map(|line| line.address.as_str())
        .collect();
    let told = before.untold.difference(&after.untold);
    let untold: Vec<&String> = told.filter(|address| !output.stdout.contains(*address)).collect();
    let unnamed: Vec<&&str> = new.iter().filter(|address| !output.stdout.contains(**address)).collect();
    let mut faults = Faults::new();
    if !unnamed.is_empty() {
        faults.push(format!("I7 {unnamed:?} need a person and are not named"));
    }
    if !untold.is_empty() {
        faults.push(format!("I7 {untold:?} count as named and are not"));
    }
    let (waiting, open) = (after.count(&["pending"]), after.count(&["pending", "deferred"]));
    let fits = match output.status {
        Some(0) => new.is_empty() && (waiting == 0 || after.is_held),
        Some(1) => !new.is_empty() || after.is_held || !before.untold.is_empty(),
        Some(75) => open > 0,
        _ => false,
    };
    if !fits {
        faults.push(format!(
            "I7 exit code {:?}: {} new that need a person, {open} waiting",
            output.status,
            new.len()
        ));
    }
    if after.count(&["sending"]) > 0 {
        faults.push("I7 a run that ended left letters under way".to_owned());
    }
    faults
}

/// I9: no address and no secret in what was said aside, but for addresses that somebody had just `typed`.
pub(super) fn of_talk(output: &Output, typed: &[String]) -> Faults {
    let mut talk = output.stderr.clone();
    for word in typed {
        talk = talk.replace(word.as_str(), "what was typed");
    }
    let is_patient = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    match talk.split("person").skip(1).any(is_patient) || talk.contains(CANARY) {
        true => vec![format!("I9 a patient's data is in the talk:\n{talk}")],
        false => Faults::new(),
    }
}
