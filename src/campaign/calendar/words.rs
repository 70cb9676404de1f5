//! What is said of an occurrence on which nothing began.

use crate::campaign::calendar::{Entry, Reason};
use crate::campaign::schedule::span_words;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// A moment as people read it: `Tue 5 Jan 2027 09:00 GMT`.
pub fn moment(local: &Zoned) -> String {
    local.strftime("%a %-d %b %Y %H:%M %Z").to_string()
}

/// `due Tue 5 Jan 2027 09:00 GMT, found 3 days late`, with the first moment at which it was allowed, where that is another one.
pub fn late_words(due: &Zoned, allowed: Timestamp, late: SignedDuration) -> String {
    let from = match allowed == due.timestamp() {
        true => String::new(),
        false => format!(", allowed from {}", moment(&in_zone(allowed, due.time_zone()))),
    };
    let late = match late.as_hours() {
        ..2 => span_words(late),
        hours @ 2..48 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    };
    format!("due {}{from}, found {late} late", moment(due))
}

pub(super) fn missed(entry: &Entry<'_>, reason: Reason, now: Timestamp) -> String {
    let zone = entry.occurrence.local.time_zone();
    let at = |moment_of: Timestamp| moment(&in_zone(moment_of, zone));
    let (due, found) = (moment(&entry.occurrence.local), at(now));
    match reason {
        Reason::Late => format!("due {due}, found {found}: too late"),
        Reason::Overtaken => format!("due {due}, found {found}: the next one was due already"),
        Reason::Expired => match entry.expires_at {
            Some(end) => format!("due {due}, its time was over {}, found {found}", at(end)),
            None => format!("due {due}, its time was over, found {found}"),
        },
        Reason::Empty => format!("due {due}: no article was left"),
    }
}

pub(super) fn left_behind(entry: &Entry<'_>, now: Timestamp) -> String {
    let sent = moment(&in_zone(now, entry.occurrence.local.time_zone()));
    format!(
        "due {}: before it began, a letter was sent by hand on {sent}",
        moment(&entry.occurrence.local)
    )
}

fn in_zone(at: Timestamp, zone: &TimeZone) -> Zoned {
    at.to_zoned(zone.clone())
}
