//! Crowding: campaigns to the same people that mean more letters than a cap of one in so many days lets leave.
//!
//! Promises: pure. What counts is a year of each rhythm, every letter waiting for the one before it: where one would wait for longer than
//! the cap itself, they pile up. Knows nothing of segments, of what was sent, or of series, whose people have days of their own.

use super::schedule::{Schedule, Season};
use super::{Campaign, Timing};
use crate::finding::Finding;
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// How many days are looked at: whole weeks.
const YEAR: i64 = 364;

/// A warning for each list whose campaigns pile up under one letter in `days`; `file` is the one that says so.
pub fn crowding<'a>(file: &str, campaigns: impl Iterator<Item = &'a Campaign>, days: u16, today: Date) -> Vec<Finding> {
    let mut lists: BTreeMap<&str, Vec<&Campaign>> = BTreeMap::new();
    for campaign in campaigns.filter(|campaign| !campaign.uncapped && schedule(campaign).is_some()) {
        for list in &campaign.audience.lists {
            lists.entry(list).or_default().push(campaign);
        }
    }
    let mut said = BTreeSet::new();
    let mut findings = Vec::new();
    for (list, campaigns) in lists {
        let names: Vec<&str> = campaigns.iter().map(|campaign| campaign.name.as_str()).collect();
        let mut meant: Vec<Date> = campaigns.iter().flat_map(|campaign| year(campaign, today)).collect();
        meant.sort_unstable();
        let wait = longest_wait(&meant, days);
        if wait > i64::from(days) && said.insert(names.clone()) {
            findings.push(piled_up(file, list, &names, meant.len(), days, wait));
        }
    }
    findings
}

fn schedule(campaign: &Campaign) -> Option<(&Schedule, Option<Season>)> {
    match &campaign.timing {
        Timing::Schedule(schedule) => Some((schedule, campaign.season)),
        Timing::ByHand | Timing::Series(_) => None,
    }
}

/// The days of the coming year on which a campaign means a letter.
fn year(campaign: &Campaign, today: Date) -> Vec<Date> {
    let Some((schedule, season)) = schedule(campaign) else {
        return Vec::new();
    };
    let end = today.saturating_add(YEAR.days());
    let days = schedule.days_from(today).take_while(|day| *day < end);
    days.filter(|day| season.is_none_or(|season| season.contains(*day))).collect()
}

/// How many days one of these letters would wait at most, were each to leave as soon as it may.
fn longest_wait(meant: &[Date], days: u16) -> i64 {
    let (mut longest, mut free) = (0, Date::MIN);
    for day in meant {
        let leaves = free.max(*day);
        longest = longest.max(day.until(leaves).map_or(0, |span| i64::from(span.get_days())));
        free = leaves.saturating_add(i64::from(days).days());
    }
    longest
}

fn piled_up(file: &str, list: &str, names: &[&str], letters: usize, days: u16, wait: i64) -> Finding {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let (who, mean) = match names.as_slice() {
        [one] => (one.clone(), "means"),
        [before @ .., last] => (format!("{} and {last}", before.join(", ")), "mean"),
        [] => (String::new(), "mean"),
    };
    let text = format!(
        "{who} {mean} {letters} letters within a year for the list `{list}`, and `one_letter_in: {days}d` lets one in {days} days leave: \
         some would wait {wait} days"
    );
    Finding::warning(file, text)
        .hint("choose a shorter `one_letter_in`, let the campaigns come less often, or write `uncapped: true` into one of them")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::file;

    fn campaign(name: &str, rest: &str) -> Campaign {
        let text = format!(
            "id: {name}\ntitle: Tips\naudience: {{lists: [patients]}}\ntemplate: letter\narticles: [{{file: a.md}}]\nschedule: {{{rest}}}\n"
        );
        file::check("campaign.yaml", name, &text).0.expect("a campaign")
    }

    fn told(days: u16, campaigns: &[Campaign]) -> Vec<String> {
        let found = crowding("tidings.yaml", campaigns.iter(), days, Date::constant(2027, 1, 1));
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn rhythms_that_come_closer_than_the_cap_are_told_with_their_numbers() {
        let weekly = || campaign("tips", "every: week, day: tuesday, at: \"09:00\"");
        let friday = || campaign("news", "every: week, day: friday, at: \"09:00\"");
        let monthly = |name: &str| campaign(name, "every: month, day: first tuesday, at: \"09:00\"");
        assert_eq!(told(7, &[weekly()]), [""; 0], "a week's letter keeps its day");
        let found = told(14, &[weekly()]);
        assert!(
            found[0].starts_with(
                "tidings.yaml: warning: `tips` means 52 letters within a year for the list `patients`, and `one_letter_in: 14d` lets \
                 one in 14 days leave: some would wait 357 days"
            ),
            "{found:?}"
        );
        let found = told(7, &[weekly(), friday()]);
        assert!(
            found.len() == 1 && found[0].contains("`tips` and `news` mean 104 letters"),
            "{found:?}"
        );
        assert_eq!(
            told(7, &[monthly("a"), monthly("b")]),
            [""; 0],
            "one waits a week, and none longer"
        );
        assert_eq!(
            told(
                7,
                &[
                    weekly(),
                    Campaign {
                        uncapped: true,
                        ..friday()
                    }
                ]
            ),
            [""; 0]
        );
        assert_eq!(told(30, &[monthly("a")]), [""; 0], "a short month makes up for nothing");
    }
}
