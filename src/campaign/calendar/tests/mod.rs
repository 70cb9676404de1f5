//! The calendar held to its promises: by stories that can be read, and by worlds made of chance.
//!
//! Each test makes a campaign of text, plays moments and records what was decided, as a store would.

mod chance;
mod stories;

use crate::campaign::calendar::{Calendar, Decision, Recorded, Turn, What};
use crate::campaign::schedule::{ClinicHours, Hours, Quiet};
use crate::campaign::{Campaign, Timing, file};
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

/// The checked campaign with this much of a file.
fn campaign(rest: &str) -> Campaign {
    let text = format!("id: c1\ntitle: Tips\naudience: {{lists: [patients]}}\ntemplate: letter\n{rest}");
    let (campaign, findings) = file::check("campaign.yaml", "tips", &text);
    let errors: Vec<String> = findings
        .iter()
        .filter(|finding| finding.is_error())
        .map(ToString::to_string)
        .collect();
    assert_eq!(errors, [""; 0], "{text}");
    campaign.expect("a campaign")
}

fn clinic(zone: &str, quiet: Option<(i8, i8)>) -> ClinicHours {
    let hour = |hour| Time::new(hour, 0, 0, 0).expect("an hour");
    let mut clinic = ClinicHours::always(TimeZone::get(zone).expect("a zone"));
    clinic.quiet = quiet.map(|(from, until)| Quiet {
        from: hour(from),
        until: hour(until),
    });
    clinic
}

fn calendar<'a>(campaign: &'a Campaign, clinic: &ClinicHours, since: Option<Timestamp>) -> Calendar<'a> {
    Calendar {
        freed: None,
        campaign,
        articles: Calendar::listed(campaign, |entry| entry.file.strip_suffix(".md")),
        hours: own(clinic.with(campaign.window), campaign),
        since,
    }
}

fn own(hours: Hours, campaign: &Campaign) -> Hours {
    match &campaign.timing {
        Timing::Schedule(schedule) => hours.with_own(schedule.at),
        _ => hours,
    }
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// What a store has on record after this was done.
fn record(recorded: &mut Vec<Recorded>, decision: &Decision<'_>) {
    for missed in &decision.missed {
        recorded.push(Recorded {
            article: missed.pinned.unwrap_or_default().to_owned(),
            due_on: missed.occurrence.date,
            what: What::Skipped(missed.reason),
        });
    }
    if let Turn::Begins(due) = &decision.turn {
        recorded.push(Recorded {
            article: due.article.to_owned(),
            due_on: due.occurrence.date,
            what: What::Edition,
        });
    }
}
