//! The timetable: when the letters of each campaign may leave, and how many of them a person gets in a while.
//!
//! Promises: a campaign's window is the one that its file has now, else the one that its edition was drafted with; holidays and quiet
//! hours are always the clinic's of now. When letters go on is reckoned each time it is asked for, never stored. Knows nothing of relays.

use super::DispatchError;
use super::run::{Work, is_over, work};
use crate::campaign::CampaignId;
use crate::campaign::schedule::{ClinicHours, Hours, Window};
use crate::store::cap::Cap;
use crate::store::edition::Edition;
use crate::store::spacing::Spacing;
use crate::store::{DeliveryId, EditionId, Store};
use crate::workspace::Workspace;
use crate::workspace::settings::Settings;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};

/// When letters may leave.
#[derive(Debug, Clone, Default)]
pub struct Timetable {
    clinic: Option<ClinicHours>,
    one_letter_in: Option<u16>,
    campaigns: HashMap<CampaignId, Own>,
}

/// The editions that keep to the cap and may leave within its days: where they are older, their letters go first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Firsts(Vec<EditionId>);

impl Firsts {
    /// All but one: nobody waits for themselves.
    fn but(&self, edition: EditionId) -> Vec<EditionId> {
        self.0.iter().copied().filter(|first| *first != edition).collect()
    }
}

/// What one campaign says itself.
#[derive(Debug, Clone, Copy)]
struct Own {
    window: Option<Window>,
    uncapped: bool,
}

/// The hours of one edition's letters, for who asks before every letter: they open and shut on whole seconds, so one answer serves for one.
#[derive(Debug)]
pub(super) struct Gate {
    hours: Option<Hours>,
    /// The last second that was asked about, doubled, and one more if letters may leave in it.
    last: AtomicI64,
}

impl Gate {
    /// The gate of these hours; of none it is open at any time.
    pub(super) fn of(hours: Option<Hours>) -> Self {
        Self {
            hours,
            last: AtomicI64::new(i64::MIN),
        }
    }

    /// Whether letters may leave at `at`.
    pub(super) fn is_open(&self, at: Timestamp) -> bool {
        let Some(hours) = &self.hours else { return true };
        let second = at.as_second();
        let last = self.last.load(Ordering::Relaxed);
        if last >> 1 == second {
            return last & 1 == 1;
        }
        let is_open = hours.contains(at);
        self.last.store((second << 1) | i64::from(is_open), Ordering::Relaxed);
        is_open
    }
}

impl Timetable {
    /// Any letter at any time, as in a rehearsal.
    pub fn none() -> Self {
        Self::default()
    }

    /// As the files say now.
    pub fn of(workspace: &Workspace, settings: &Settings) -> Self {
        let campaigns = workspace.campaigns.iter().filter_map(|folder| folder.campaign.as_ref());
        let own = campaigns.map(|campaign| {
            let own = Own {
                window: campaign.window,
                uncapped: campaign.uncapped,
            };
            (campaign.id.clone(), own)
        });
        Self {
            clinic: Some(settings.hours.clone()),
            one_letter_in: settings.calendar.one_letter_in,
            campaigns: own.collect(),
        }
    }

    /// The hours of an edition's letters; none where they may leave at any time.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn hours(&self, store: &Store, edition: &Edition) -> Result<Option<Hours>, DispatchError> {
        let Some(clinic) = &self.clinic else { return Ok(None) };
        let window = match self.campaigns.get(&edition.key.campaign) {
            Some(own) => own.window,
            None => store.frozen_hours(edition.id)?.as_deref().and_then(Window::thawed),
        };
        Ok(Some(clinic.with(window).due(edition.due_at)))
    }

    /// Within how many days a person gets one letter, where that holds for this edition.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn spacing(&self, store: &Store, edition: &Edition) -> Result<Option<Spacing>, DispatchError> {
        let Some(days) = self.days(&edition.key.campaign) else {
            return Ok(None);
        };
        let hours = self.hours(store, edition)?;
        Ok(hours.map(|hours| Spacing {
            days,
            hour: hours.morning(),
            zone: hours.clinic.zone,
        }))
    }

    /// The same, with the editions whose letters go first where they are older.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn cap(&self, store: &Store, edition: &Edition, firsts: &Firsts) -> Result<Option<Cap>, DispatchError> {
        let spacing = self.spacing(store, edition)?;
        Ok(spacing.map(|spacing| Cap {
            spacing,
            firsts: firsts.but(edition.id),
        }))
    }

    /// Who goes first at `now`: the same for every edition, so it is asked once where many are looked at.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn firsts(&self, store: &Store, now: Timestamp) -> Result<Firsts, DispatchError> {
        if self.one_letter_in.is_none() {
            return Ok(Firsts::default());
        }
        let mut firsts = Vec::new();
        for edition in work(store, &Work::Everything)? {
            if self.goes_first(store, &edition, now)? {
                firsts.push(edition.id);
            }
        }
        Ok(Firsts(firsts))
    }

    /// Whether an edition keeps to the cap and may leave within its days: for one that cannot, nobody waits.
    fn goes_first(&self, store: &Store, edition: &Edition, now: Timestamp) -> Result<bool, DispatchError> {
        let (Some(spacing), Some(hours)) = (self.spacing(store, edition)?, self.hours(store, edition)?) else {
            return Ok(false);
        };
        let opens = hours.opens(now);
        Ok(opens.is_some_and(|opens| opens < spacing.until(now) && edition.expires_at.is_none_or(|end| opens < end)))
    }

    fn days(&self, campaign: &CampaignId) -> Option<u16> {
        let is_uncapped = self.campaigns.get(campaign).is_some_and(|own| own.uncapped);
        self.one_letter_in.filter(|_| !is_uncapped)
    }
}

/// Letters that are due and wait for their hours alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resumption {
    /// How many.
    pub letters: u64,
    /// When the first of them may leave; none where nothing opens any more.
    pub at: Option<Timestamp>,
    /// What keeps those from leaving now.
    pub why: String,
}

impl Resumption {
    /// `3 letters wait (quiet from 20:00 until 08:00); resumes tomorrow 08:00`.
    pub fn told(&self, now: Timestamp, zone: &TimeZone) -> String {
        let wait = if self.letters == 1 { "letter waits" } else { "letters wait" };
        let resumes = told_resumption(self.at, now, zone);
        format!("{} {wait} ({}); {resumes}", self.letters, self.why)
    }
}

/// What of this work is due and outside its hours, if anything is.
///
/// # Errors
/// When the store cannot be read.
pub fn resumption(
    store: &Store,
    wanted: &Work,
    timetable: &Timetable,
    now: Timestamp,
) -> Result<Option<Resumption>, DispatchError> {
    let mut found: Option<Resumption> = None;
    let firsts = timetable.firsts(store, now)?;
    for edition in work(store, wanted)?.iter().filter(|edition| !is_over(edition, now)) {
        let Some(own) = resumption_of(store, edition, timetable, &firsts, now)? else {
            continue;
        };
        found = Some(match found.take() {
            None => own,
            Some(first) => {
                let letters = first.letters + own.letters;
                let is_sooner = own.at.is_some_and(|at| first.at.is_none_or(|first| at < first));
                Resumption {
                    letters,
                    ..if is_sooner { own } else { first }
                }
            }
        });
    }
    Ok(found)
}

/// The same of one edition.
///
/// # Errors
/// When the store cannot be read.
pub fn resumption_of(
    store: &Store,
    edition: &Edition,
    timetable: &Timetable,
    firsts: &Firsts,
    now: Timestamp,
) -> Result<Option<Resumption>, DispatchError> {
    let Some(hours) = timetable.hours(store, edition)? else {
        return Ok(None);
    };
    let Some(shut) = hours.shut(now) else { return Ok(None) };
    let cap = timetable.cap(store, edition, firsts)?;
    if store
        .claims_under(cap.as_ref(), edition.id, DeliveryId(0), now, 1)?
        .is_empty()
    {
        return Ok(None);
    }
    Ok(Some(Resumption {
        letters: store.tally(edition.id)?.open(),
        at: hours.opens(now),
        why: hours.told(&shut),
    }))
}

/// `resumes tomorrow 08:30`.
pub fn told_resumption(at: Option<Timestamp>, now: Timestamp, zone: &TimeZone) -> String {
    match at {
        Some(at) => format!("resumes {}", told_ahead(at, now, zone)),
        None => "its hours do not open within a year".to_owned(),
    }
}

/// `today 18:00`, `tomorrow 08:30`, `Mon 4 Jan 08:30`.
pub fn told_ahead(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, today) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()).date());
    let days = today.until(at.date()).map_or(i32::MAX, |span| span.get_days());
    let day = match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        2..300 => at.strftime("%a %-d %b").to_string(),
        _ => at.strftime("%a %-d %b %Y").to_string(),
    };
    format!("{day} {}", at.strftime("%H:%M"))
}

#[cfg(test)]
mod tests {
    use super::told_ahead;
    use jiff::tz::TimeZone;

    #[test]
    fn a_moment_ahead_is_told_as_a_person_says_it() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let cases = [
            ("2026-12-01T18:00Z", "today 18:00"),
            ("2026-12-02T08:30Z", "tomorrow 08:30"),
            ("2026-12-07T08:30Z", "Mon 7 Dec 08:30"),
            ("2027-07-01T07:30Z", "Thu 1 Jul 08:30"),
            ("2027-12-01T08:30Z", "Wed 1 Dec 2027 08:30"),
        ];
        for (at, expected) in cases {
            let told = told_ahead(at.parse().unwrap(), "2026-12-01T09:00Z".parse().unwrap(), &zone);
            assert_eq!(told, expected, "{at}");
        }
    }
}
