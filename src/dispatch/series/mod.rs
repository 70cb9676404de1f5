//! Series: whose step is due now, and the letters that are written for them.
//!
//! Promises: nobody outside the range of the series' days is read; each batch of letters is composed in the transaction that writes it
//! (law 1), with the text of this day. Nothing here sends: what is written waits, as any letter does.

mod ahead;
mod write;

pub use ahead::{Ahead, StepDay, ahead, joined_before};
pub use write::{Served, pass_by, serve};

use super::DispatchError;
use super::choice::{choice, place, question};
use super::prepare::Plan;
use crate::article::Article;
use crate::campaign::Timing;
use crate::campaign::schedule::{Hours, Then};
use crate::campaign::series::{Appointment, Course, Joiner, LOOKBACK, Mark, Record, Series, Stand, Standing, Turn};
use crate::delivery::state::State;
use crate::finding::Finding;
use crate::store::draft::Place;
use crate::store::series::{Passed, Range};
use crate::store::{PersonId, Store};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// A day more on both sides: the index knows days in Greenwich, the clinic has its own.
const MARGIN: i32 = 1;

/// A series as it stands at one moment.
pub struct Look<'a> {
    plan: Plan<'a>,
    series: &'a Series,
    standings: Vec<Standing>,
    hours: Hours,
    since: Timestamp,
    now: Timestamp,
}

/// A person whose step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Called {
    /// Who.
    pub person: PersonId,
    /// Which step, and when it was due.
    pub appointment: Appointment,
    /// How much later than the campaign allows, if so.
    pub late: Option<SignedDuration>,
}

/// Of whom it is asked whether they are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom {
    /// Those who would get the letter at this moment.
    Audience,
    /// Whoever is on the lists.
    Everybody,
}

/// Notes the series and its steps, so that those who join from now on are told from those who did before.
///
/// # Errors
/// When the store cannot be written.
pub fn note(store: &mut Store, plan: Plan<'_>, now: Timestamp) -> Result<(), DispatchError> {
    let articles = plan.articles.iter().map(|article| article.id.as_str());
    Ok(store.note_series(&plan.campaign.id, articles, now)?)
}

impl<'a> Look<'a> {
    /// Looks at a campaign's series, as the store has it; none for a campaign without.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn at(store: &Store, plan: Plan<'a>, now: Timestamp) -> Result<Option<Self>, DispatchError> {
        let Timing::Series(series) = &plan.campaign.timing else {
            return Ok(None);
        };
        let known = store.steps(&plan.campaign.id)?;
        let standing = |article: &Article| {
            let row = known.get(&article.id);
            Standing {
                seen: row.and_then(|row| row.seen).unwrap_or(now).min(now),
                freed: row.and_then(|row| row.freed),
                stopped: row.and_then(|row| row.stopped),
                stand: match row {
                    Some(row) if row.is_closed => Stand::Closed,
                    Some(row) if row.is_held => Stand::Held,
                    Some(_) | None => Stand::Open,
                },
            }
        };
        Ok(Some(Self {
            plan,
            series,
            standings: plan.articles.iter().map(standing).collect(),
            hours: plan.hours(),
            since: store.campaign_known_since(&plan.campaign.id)?.unwrap_or(now).min(now),
            now,
        }))
    }

    /// Everybody of the audience whose step is due now, in the order of the steps. Where the campaign's conditions cannot be asked,
    /// everybody: whoever writes the step says what is wrong with them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn called(&self, store: &Store) -> Result<Vec<Called>, DispatchError> {
        self.gather(store, Whom::Audience, |turn| match turn {
            Turn::Due(appointment) => Some((appointment, None)),
            Turn::Late(appointment, late) => Some((appointment, Some(late))),
            _ => None,
        })
    }

    /// The same, with those whose step was due and only waits for its hours.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn called_or_waiting(&self, store: &Store) -> Result<Vec<Called>, DispatchError> {
        self.gather(store, Whom::Audience, |turn| self.was_due(turn))
    }

    /// The same, whether or not they are of the audience at this moment.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn due_before(&self, store: &Store) -> Result<Vec<Called>, DispatchError> {
        self.gather(store, Whom::Everybody, |turn| self.was_due(turn))
    }

    /// Forgets of steps that they were stopped, where nobody is due for them any more.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn forget_stops(&self, store: &mut Store) -> Result<(), DispatchError> {
        let stopped: Vec<usize> = (0..self.standings.len())
            .filter(|step| self.stopped_since(*step).is_some())
            .collect();
        if stopped.is_empty() {
            return Ok(());
        }
        let due = self.called_or_waiting(store)?;
        let is_idle = |step: &usize| due.iter().all(|called| called.appointment.step != *step);
        for article in stopped
            .into_iter()
            .filter(is_idle)
            .filter_map(|step| self.plan.articles.get(step))
        {
            store.note_stop(&self.plan.campaign.id, &article.id, None)?;
        }
        Ok(())
    }

    fn was_due(&self, turn: Turn) -> Option<(Appointment, Option<SignedDuration>)> {
        match turn {
            Turn::Due(appointment) => Some((appointment, None)),
            Turn::Late(appointment, late) => Some((appointment, Some(late))),
            Turn::Coming(appointment) if appointment.due <= self.now => Some((appointment, None)),
            _ => None,
        }
    }

    fn gather(
        &self,
        store: &Store,
        whom: Whom,
        is_called: impl Fn(Turn) -> Option<(Appointment, Option<SignedDuration>)>,
    ) -> Result<Vec<Called>, DispatchError> {
        let today = self.day(self.now);
        let choice = choice(store, self.plan, today)?;
        let question = question(self.plan, &choice.only, today);
        let is_asked = whom == Whom::Audience && !choice.findings.iter().any(Finding::is_error);
        let audience = &self.plan.campaign.audience;
        let mut called = Vec::new();
        self.each(store, 0, |person, joiner| {
            let Some((appointment, late)) = is_called(self.course(self.now).turn(joiner)) else {
                return Ok(());
            };
            if is_asked {
                let candidate = store.candidate(person, &audience.lists, &audience.not_lists)?;
                let place = candidate.map(|candidate| place(&question, &candidate));
                if !matches!(place, Some(Place::In { .. })) {
                    return Ok(());
                }
            }
            called.push(Called {
                person,
                appointment,
                late,
            });
            Ok(())
        })?;
        called.sort_by_key(|called: &Called| (called.appointment.step, called.person));
        Ok(called)
    }

    /// What comes next for one person, if they are on one of the lists; and what it is counted from.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn turn_of(&self, store: &Store, person: PersonId) -> Result<Option<(Turn, Joiner)>, DispatchError> {
        let joiner = self.joiner(store, person)?;
        Ok(joiner.map(|joiner| (self.course(self.now).turn(&joiner), joiner)))
    }

    /// What the next run does with whoever comes too late.
    pub fn late_words(&self) -> &'static str {
        match self.plan.campaign.late.then {
            Then::Hold => "the next `tidings run` holds it for a person to decide",
            Then::Skip => "the next `tidings run` leaves it out and goes on to the next step",
            Then::Send => "the next `tidings run` sends it all the same",
        }
    }

    /// Since when the last run and those before it could write no letter of this step, if so.
    pub fn stopped_since(&self, step: usize) -> Option<Timestamp> {
        self.standings.get(step)?.stopped
    }

    /// The steps' articles, in order.
    pub fn articles(&self) -> &'a [Article] {
        self.plan.articles
    }

    fn course(&self, now: Timestamp) -> Course<'_> {
        Course {
            steps: &self.series.steps,
            standings: &self.standings,
            hours: &self.hours,
            late: self.plan.campaign.late,
            since: self.since,
            now,
        }
    }

    /// Calls `each` with everybody who may be due within so many days.
    fn each(
        &self,
        store: &Store,
        days: i32,
        mut each: impl FnMut(PersonId, &Joiner) -> Result<(), DispatchError>,
    ) -> Result<(), DispatchError> {
        let Some(range) = self.range(days) else { return Ok(()) };
        store.each_in_range(&range, |person| match self.joiner(store, person)? {
            Some(joiner) => each(person, &joiner),
            None => Ok(()),
        })
    }

    fn range(&self, days: i32) -> Option<Range<'_>> {
        let (first, last) = (self.series.steps.first()?, self.series.steps.last()?);
        let today = self.day(self.now);
        let after = |days: u32| i32::try_from(days).unwrap_or(i32::MAX / 4);
        let earlier = |day: Date, days: i32| day.checked_sub(days.days()).unwrap_or(Date::MIN);
        let known = self
            .since
            .saturating_sub(self.plan.campaign.late.by)
            .unwrap_or(Timestamp::MIN);
        Some(Range {
            campaign: &self.plan.campaign.id,
            lists: &self.plan.campaign.audience.lists,
            from: earlier(today, LOOKBACK + after(last.after_days) + MARGIN),
            until: today
                .saturating_add((days + MARGIN).days())
                .saturating_sub(after(first.after_days).days()),
            newcomers: earlier(self.day(known), after(first.after_days) + MARGIN),
            last: &self.plan.articles.last()?.id,
        })
    }

    fn joiner(&self, store: &Store, person: PersonId) -> Result<Option<Joiner>, DispatchError> {
        let campaign = self.plan.campaign;
        let found = store.passage(person, &campaign.id, &campaign.audience.lists, &self.hours.clinic.zone)?;
        let Some(passage) = found else { return Ok(None) };
        let place = |letter: &Passed| self.plan.articles.iter().position(|known| known.id == letter.article);
        let taken_out = passage.letters.iter().filter(|letter| place(letter).is_none());
        let record = |letter: &Passed| Record {
            step: place(letter),
            mark: letter.state.map_or(Mark::Settled, mark),
            at: letter.at,
        };
        Ok(Some(Joiner {
            joined: passage.joined,
            known_since: passage.known_since,
            consent: passage.consent,
            told_at: passage.told_at,
            passed: taken_out.filter_map(|letter| letter.due).max(),
            records: passage.letters.iter().map(record).collect(),
        }))
    }

    fn day(&self, at: Timestamp) -> Date {
        self.hours.clinic.zone.to_datetime(at).date()
    }
}

/// What a letter's state means for the next step.
fn mark(state: State) -> Mark {
    match state {
        State::Accepted => Mark::Accepted,
        State::Pending | State::Sending | State::Deferred { .. } | State::Held | State::InDoubt => Mark::Open,
        State::Failed | State::Suppressed | State::Cancelled | State::Expired => Mark::Settled,
    }
}
