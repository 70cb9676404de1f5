//! The account of a year: what the program says became of each occurrence, held against the almanac and the relay's record.
//!
//! Promises: reads `status --json` and `log --json` as anybody could. Each period of the year has its letter once, or a word why not;
//! nobody has a copy twice; no letter left outside its hours or too late without somebody's word.

use super::almanac::{days, first_minute};
use super::world::{Campaign, HOLIDAYS, PEOPLE, QUIET, World};
use jiff::civil::{Date, Time, Weekday};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// An edition as `status --json` shows it.
#[derive(Debug, Clone, serde::Deserialize)]
pub(super) struct Edition {
    /// Campaign and article by their ids: `weekly/weekly-07`.
    edition: String,
    pub(super) due_at: Timestamp,
    pub(super) due_on: Date,
    status: String,
    held: Option<String>,
    ended: Option<String>,
    planned: u64,
    states: BTreeMap<String, u64>,
}

impl Edition {
    pub(super) fn campaign(&self) -> &str {
        self.edition.split_once('/').unwrap().0
    }

    pub(super) fn article(&self) -> &str {
        self.edition.split_once('/').unwrap().1
    }
}

/// A skipped occurrence as `status --json` shows it.
#[derive(Debug, Clone, serde::Deserialize)]
pub(super) struct Skipped {
    campaign: String,
    pub(super) due_at: Timestamp,
    due_on: Date,
    reason: String,
    detail: String,
}

impl Skipped {
    pub(super) fn campaign(&self) -> &str {
        id_of(&self.campaign)
    }
}

/// The campaign's id, by any name its folder ever had.
pub(super) fn id_of(folder: &str) -> &str {
    folder.split_once("-letters").unwrap().0
}

/// All that the program says at one moment.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Account {
    pub(super) editions: Vec<Edition>,
    pub(super) skipped: Vec<Skipped>,
}

impl Account {
    pub(super) fn of(world: &World, now: Timestamp) -> Self {
        let said = world.at(now, "status --json");
        serde_json::from_value(said.json()[0].clone()).unwrap_or_else(|error| panic!("{error} in\n{said}"))
    }

    /// Adds what was told earlier: a status tells of the last weeks' skipped occurrences only.
    pub(super) fn remember(&mut self, earlier: Self) {
        for skipped in earlier.skipped {
            let is_same = |other: &Skipped| other.campaign() == skipped.campaign() && other.due_at == skipped.due_at;
            if !self.skipped.iter().any(is_same) {
                self.skipped.push(skipped);
            }
        }
    }

    fn editions_of<'a>(&'a self, campaign: &'a Campaign) -> impl Iterator<Item = &'a Edition> {
        self.editions.iter().filter(|edition| edition.campaign() == campaign.id)
    }

    fn skipped_of<'a>(&'a self, campaign: &'a Campaign) -> impl Iterator<Item = &'a Skipped> {
        self.skipped.iter().filter(|skipped| skipped.campaign() == campaign.id)
    }

    /// Each period in which the almanac wants a letter has its edition, once, or a reason for none.
    pub(super) fn assert_each_period_once(&self, world: &World, first: Date, last: Date) {
        for campaign in &world.campaigns {
            let mut used: BTreeMap<String, Vec<&Edition>> = BTreeMap::new();
            for edition in self.editions_of(campaign) {
                let rhythm = &campaign.schedule_at(edition.due_at).1;
                used.entry(rhythm.period(edition.due_on)).or_default().push(edition);
            }
            for (period, editions) in &used {
                assert_eq!(
                    editions.len(),
                    1,
                    "{} has two letters in {period}: {editions:#?}",
                    campaign.id
                );
            }
            for day in days(first, last) {
                let Some(due) = wanted(world, campaign, day) else { continue };
                let period = campaign.schedule_at(due).1.period(day);
                let has_reason = self.skipped_of(campaign).any(|skipped| skipped.due_on == day);
                assert!(
                    used.contains_key(&period) || has_reason,
                    "{}: nobody knows what became of {day} ({due})\n{self:#?}",
                    campaign.id
                );
            }
        }
    }

    /// An edition is due when the almanac says, and what is on record as skipped says when that was and why.
    pub(super) fn assert_moments(&self, world: &World) {
        for campaign in &world.campaigns {
            for edition in self.editions_of(campaign) {
                assert!(was_meant(world, campaign, edition.due_on, edition.due_at), "{edition:#?}");
            }
            for skipped in self.skipped_of(campaign) {
                assert!(was_meant(world, campaign, skipped.due_on, skipped.due_at), "{skipped:#?}");
                assert!(
                    ["late", "overtaken", "expired"].contains(&skipped.reason.as_str()),
                    "{skipped:#?}"
                );
                assert!(!skipped.detail.is_empty(), "{skipped:#?}");
            }
        }
    }

    /// Nothing was skipped that cron came by for in time.
    pub(super) fn assert_skips_were_right(&self, world: &World) {
        for campaign in &world.campaigns {
            let by = SignedDuration::from_hours(campaign.late.0);
            for skipped in self.skipped_of(campaign) {
                let from = allowed(world, campaign, skipped.due_at);
                let in_time = |run: &&Timestamp| from <= **run && **run <= from + by && is_open(world, campaign, **run);
                let missed = world.runs.iter().find(in_time);
                assert_eq!(missed, None, "a run came by in time, and yet {skipped:#?}");
            }
        }
    }

    /// The articles of each campaign went out in their order, none was passed by.
    pub(super) fn assert_articles_in_turn(&self, world: &World) {
        for campaign in &world.campaigns {
            let mut editions: Vec<&Edition> = self.editions_of(campaign).collect();
            editions.sort_by_key(|edition| edition.due_at);
            let articles: Vec<&str> = editions.iter().map(|edition| edition.article()).collect();
            let expected: Vec<String> = (1..=articles.len())
                .map(|number| format!("{}-{number:02}", campaign.id))
                .collect();
            assert_eq!(articles, expected);
        }
    }

    /// Everybody stands in one state of each edition, with the one copy that goes with it; what nobody got says why.
    pub(super) fn assert_letters(&self, world: &World) {
        let ledger = world.clinic.ledger();
        let mut copies: BTreeMap<&str, usize> = BTreeMap::new();
        let accepted = world.judge.accepted();
        for copy in &accepted {
            *copies.entry(copy.message_id.as_str()).or_default() += 1;
        }
        let mut people: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for letter in &ledger.letters {
            assert!(
                people.entry(&letter.edition).or_default().insert(&letter.address),
                "{letter:?} is there twice"
            );
            let had = copies.remove(letter.message_id.as_str()).unwrap_or_default();
            let fits = match letter.state.as_str() {
                "accepted" => had == 1,
                "pending" | "cancelled" | "expired" => had == 0,
                _ => false,
            };
            assert!(fits, "the relay has {had} of {letter:#?}");
        }
        assert!(copies.is_empty(), "nobody knows of {copies:?}");
        for edition in &self.editions {
            let sum: u64 = edition.states.values().sum();
            assert_eq!((edition.planned, sum), (PEOPLE as u64, PEOPLE as u64), "{edition:#?}");
            let open = edition.states.get("pending").copied().unwrap_or_default();
            assert!(open == 0 || edition.held.is_some(), "{edition:#?}");
            let cancelled = edition.states.get("cancelled").copied().unwrap_or_default();
            assert_eq!(cancelled > 0, edition.ended.is_some(), "{edition:#?}");
            assert_eq!(edition.status == "cancelled", edition.ended.is_some(), "{edition:#?}");
        }
    }

    /// How often what became of it: for the proof's figures.
    pub(super) fn fates(&self) -> BTreeMap<String, usize> {
        let mut fates: BTreeMap<String, usize> = BTreeMap::new();
        for edition in &self.editions {
            let fate = match (&edition.ended, &edition.held) {
                (Some(_), _) => "superseded",
                (None, Some(_)) => "held",
                (None, None) if edition.states.contains_key("expired") => "expired on the way",
                (None, None) => "sent",
            };
            *fates.entry(fate.to_owned()).or_default() += 1;
        }
        for skipped in &self.skipped {
            *fates.entry(format!("skipped, {}", skipped.reason)).or_default() += 1;
        }
        fates
    }
}

/// When the almanac wants a letter of this campaign on this day, by the schedule that stood in the file then.
pub(super) fn wanted(world: &World, campaign: &Campaign, day: Date) -> Option<Timestamp> {
    let at = |hour: Time| first_minute(&world.zone, day, hour);
    let mut moments = campaign
        .schedules
        .iter()
        .rev()
        .map(|(since, rhythm, hour)| (*since, rhythm, at(*hour)));
    let (_, rhythm, due) = moments.find(|(since, _, due)| since <= due)?;
    (campaign.season.contains(&day.month()) && rhythm.means(day)).then_some(due)
}

/// Whether any schedule that ever stood in the file means this day at this moment.
fn was_meant(world: &World, campaign: &Campaign, day: Date, at: Timestamp) -> bool {
    let mut schedules = campaign.schedules.iter();
    let is_meant = schedules.any(|(_, rhythm, hour)| rhythm.means(day) && first_minute(&world.zone, day, *hour) == at);
    is_meant && campaign.season.contains(&day.month())
}

/// Whether a letter of this campaign may leave at this moment.
pub(super) fn is_open(world: &World, campaign: &Campaign, at: Timestamp) -> bool {
    let local = world.zone.to_datetime(at);
    let (day, hour) = (local.date(), local.time());
    let is_holiday = HOLIDAYS.contains(&(day.month(), day.day()));
    let is_quiet = hour >= QUIET.0 || hour < QUIET.1;
    let is_within = campaign.window.is_none_or(|(weekdays, from, until)| {
        let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        !(weekdays && is_weekend) && from <= hour && hour < until
    });
    !is_holiday && !is_quiet && is_within
}

/// The first minute from `due` on at which it may.
pub(super) fn allowed(world: &World, campaign: &Campaign, due: Timestamp) -> Timestamp {
    let minutes = (0..20 * 24 * 60).map(|minute| due + SignedDuration::from_mins(minute));
    let mut open = minutes.filter(|at| is_open(world, campaign, *at));
    open.next().unwrap()
}

/// When each accepted letter was taken: by edition, as `log --json` shows it.
#[derive(Debug, serde::Deserialize)]
struct Taken {
    edition: String,
    campaign: String,
    state: String,
    at: Timestamp,
}

/// No letter left outside its campaign's hours; none of an edition that nobody released by hand left before it was due.
pub(super) fn assert_hours(world: &World, account: &Account, now: Timestamp) {
    let log = world.at(now, "log --json");
    let taken = log.stdout.lines().map(|line| serde_json::from_str::<Taken>(line).unwrap());
    for letter in taken.filter(|letter| letter.state == "accepted") {
        let edition = account
            .editions
            .iter()
            .find(|edition| letter.edition == edition.edition)
            .unwrap_or_else(|| panic!("{letter:?}"));
        let campaign = world
            .campaigns
            .iter()
            .find(|campaign| campaign.id == edition.campaign())
            .unwrap();
        assert!(
            is_open(world, campaign, letter.at),
            "{letter:?} of {} left at an hour that was closed",
            letter.campaign
        );
        assert!(
            letter.at >= edition.due_at,
            "{letter:?} left before it was due at {}",
            edition.due_at
        );
        if let Some(expires) = campaign.expires() {
            assert!(letter.at < edition.due_at + expires, "{letter:?} had expired");
        }
    }
}
