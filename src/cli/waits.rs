//! What letters wait for that are due: their hours, and people who got another letter lately. The same words in `status`, `why`, `plan`.

use super::failure::Failure;
use super::ui::count;
use crate::dispatch::hours::{Resumption, Timetable, resumption_of, told_ahead, told_resumption};
use crate::store::cap::{Cap, Crowd, First, Recent};
use crate::store::edition::{Edition, Status};
use crate::store::spacing::Spacing;
use crate::store::{DeliveryId, Store};
use crate::workspace::Workspace;
use crate::workspace::settings::Settings;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The desk at which is asked what keeps letters from leaving.
pub(super) struct Desk {
    timetable: Timetable,
    zone: TimeZone,
    now: Timestamp,
}

/// What an edition's letters wait for.
#[derive(Default)]
pub(super) struct Waits {
    /// When those go on that are outside their hours.
    pub(super) resumes_at: Option<Timestamp>,
    /// How many wait because their people got another letter lately.
    pub(super) capped: u64,
    /// All of it in words.
    pub(super) words: Option<String>,
    /// When the time of one on hold is over, in words.
    pub(super) deadline: Option<String>,
}

impl Desk {
    pub(super) fn at(workspace: &Workspace, settings: &Settings, now: Timestamp) -> Self {
        Self {
            timetable: Timetable::of(workspace, settings),
            zone: settings.zone().clone(),
            now,
        }
    }

    /// What the letters of this edition wait for, where nobody holds them.
    pub(super) fn waits(&self, store: &Store, edition: &Edition) -> Result<Waits, Failure> {
        let is_over = edition.expires_at.is_some_and(|expires| self.now >= expires);
        if edition.status == Status::Released && edition.held.is_some() {
            let deadline = edition.expires_at.map(|end| self.deadline(end));
            return Ok(Waits {
                deadline,
                ..Waits::default()
            });
        }
        if edition.status != Status::Released || edition.held.is_some() || is_over {
            return Ok(Waits::default());
        }
        let firsts = self.timetable.firsts(store, self.now)?;
        let resumption = resumption_of(store, edition, &self.timetable, &firsts, self.now)?;
        let cap = self.timetable.cap(store, edition, &firsts)?;
        let mut crowd = match &cap {
            Some(cap) => store.crowd(edition.id, cap, self.now)?,
            None => Crowd::default(),
        };
        crowd.until = match crowd.until {
            Some(until) => self.opens(store, edition, until)?,
            None => None,
        };
        let words = [
            resumption.as_ref().map(|resumption| self.hours_words(resumption)),
            cap.as_ref().and_then(|cap| self.crowd_words(&crowd, &cap.spacing)),
            behind_words(&crowd),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        Ok(Waits {
            resumes_at: resumption.and_then(|resumption| resumption.at),
            capped: crowd.letters + crowd.behind,
            words: (!words.is_empty()).then(|| words.join("; ")),
            deadline: None,
        })
    }

    /// Within how many days a person gets one letter, where this edition keeps to it.
    pub(super) fn spacing(&self, store: &Store, edition: &Edition) -> Result<Option<Spacing>, Failure> {
        Ok(self.timetable.spacing(store, edition)?)
    }

    /// When the first letter may leave from `at` on, as far as its hours go.
    fn opens(&self, store: &Store, edition: &Edition, at: Timestamp) -> Result<Option<Timestamp>, Failure> {
        let hours = self.timetable.hours(store, edition)?;
        Ok(hours.map_or(Some(at), |hours| hours.opens(at)))
    }

    /// How many letters of a draft would wait for their people at `at`.
    pub(super) fn capped(&self, store: &Store, edition: &Edition, at: Timestamp) -> Result<u64, Failure> {
        let Some(spacing) = self.spacing(store, edition)? else {
            return Ok(0);
        };
        Ok(store.crowd(edition.id, &Cap::of(spacing), at.max(self.now))?.letters)
    }

    /// What one letter waits for: the other letter that its person got, or its hours.
    pub(super) fn letter_waits(&self, store: &Store, edition: &Edition, delivery: DeliveryId) -> Result<Option<String>, Failure> {
        if edition.status != Status::Released || edition.held.is_some() {
            return Ok(None);
        }
        let firsts = self.timetable.firsts(store, self.now)?;
        if let Some(cap) = self.timetable.cap(store, edition, &firsts)? {
            let recent = store.recent(delivery, &cap.spacing, self.now)?;
            if let Some(first) = store.first(delivery, &cap, self.now)? {
                let free = recent.as_ref().map_or(self.now, |recent| recent.until);
                let leaves = self.opens(store, &store.edition(first.edition)?, free)?;
                return Ok(Some(self.first_words(&first, &cap, leaves)));
            }
            if let Some(recent) = recent {
                let until = self.opens(store, edition, recent.until)?;
                return Ok(Some(self.recent_words(&recent, &cap, until)));
            }
        }
        let resumption = resumption_of(store, edition, &self.timetable, &firsts, self.now)?;
        Ok(resumption.map(|resumption| format!("waits: {}", self.hours_words(&resumption))))
    }

    fn recent_words(&self, recent: &Recent, cap: &Cap, until: Option<Timestamp>) -> String {
        let got = recent.at.to_zoned(self.zone.clone()).strftime("%a %-d %b %H:%M");
        let until = until.map(|until| format!("; may leave from {}", told_ahead(until, self.now, &self.zone)));
        format!(
            "waits: `{}` of {} left for them on {got}, and they get one letter in {}{}",
            recent.article,
            recent.campaign,
            count(u64::from(cap.spacing.days), "day"),
            until.unwrap_or_default()
        )
    }

    fn first_words(&self, first: &First, cap: &Cap, leaves: Option<Timestamp>) -> String {
        let leaves = leaves.filter(|at| *at > self.now);
        let leaves = leaves.map(|at| format!(", {}", told_ahead(at, self.now, &self.zone)));
        format!(
            "waits: `{}` of {} is older and goes to them first{}, and they get one letter in {}",
            first.article,
            first.campaign,
            leaves.unwrap_or_default(),
            count(u64::from(cap.spacing.days), "day")
        )
    }

    fn deadline(&self, end: Timestamp) -> String {
        let told = told_ahead(end, self.now, &self.zone);
        match self.now < end {
            true => format!("its time is over {told}"),
            false => "its time is over, and the next `tidings run` ends it".to_owned(),
        }
    }

    fn hours_words(&self, resumption: &Resumption) -> String {
        format!(
            "{} ({})",
            told_resumption(resumption.at, self.now, &self.zone),
            resumption.why
        )
    }

    fn crowd_words(&self, crowd: &Crowd, spacing: &Spacing) -> Option<String> {
        let until = crowd.until.filter(|_| crowd.letters > 0)?;
        Some(format!(
            "{} waiting for people who got another one (one letter in {}), the first until {}",
            count(crowd.letters, "letter"),
            count(u64::from(spacing.days), "day"),
            told_ahead(until, self.now, &self.zone)
        ))
    }
}

fn behind_words(crowd: &Crowd) -> Option<String> {
    let letters = count(crowd.behind, "letter");
    (crowd.behind > 0).then(|| format!("{letters} waiting for an older one that goes to the same people first"))
}
