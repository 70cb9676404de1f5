//! Looking ahead, campaign by campaign: what goes out now, and what the calendar begins within the days asked for.

use super::line::{Fate, Line, Summary, Whole, moment};
use super::series::steps;
use crate::campaign::Timing;
use crate::campaign::calendar::{Calendar, Entry, Fate as Turn, Reason, Recorded};
use crate::campaign::schedule::Hours;
use crate::cli::failure::Failure;
use crate::cli::namesake;
use crate::cli::outlook::Limited;
use crate::cli::send::due_at;
use crate::cli::sending::{bring_lists, plan};
use crate::cli::ui::count;
use crate::cli::waits;
use crate::dispatch::DispatchError;
use crate::dispatch::due;
use crate::dispatch::forecast::Coming;
use crate::dispatch::prepare::{self, Due, Next, Plan};
use crate::finding::Finding;
use crate::store::Store;
use crate::store::edition::Edition;
use crate::store::import::Guard;
use crate::workspace::settings::Settings;
use crate::workspace::{CampaignFolder, Workspace};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What a look ahead goes by.
pub(super) struct Desk<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) settings: &'a Settings,
    pub(super) limited: Option<&'a Limited>,
    pub(super) now: Timestamp,
    pub(super) until: Timestamp,
    pub(super) days: u32,
}

/// One campaign that is looked at.
struct Ahead<'a, 'd> {
    desk: &'d Desk<'a>,
    plan: Plan<'a>,
    /// Why the whole campaign is on hold, if it is.
    hold: Option<String>,
    findings: Vec<Finding>,
}

impl<'a> Desk<'a> {
    pub(super) fn zone(&self) -> &TimeZone {
        self.settings.zone()
    }

    /// Adds a campaign's lines to the plan; gives what deserves a look.
    pub(super) fn look_ahead(
        &self,
        store: &mut Store,
        folder: &'a CampaignFolder,
        whole: &mut Whole,
    ) -> Result<Vec<Finding>, Failure> {
        let plan = plan(self.settings, folder)?;
        namesake::refuse(store, self.workspace, folder)?;
        let findings = bring_lists(store, self.workspace, plan, Guard::Trusted, self.now)?;
        let hold = store.campaign_hold(&plan.campaign.id)?;
        let mut ahead = Ahead {
            desk: self,
            plan,
            hold,
            findings,
        };
        let summary = match &plan.campaign.timing {
            Timing::ByHand => ahead.by_hand(store, whole)?,
            Timing::Series(_) => ahead.series(store, whole)?,
            Timing::Schedule(_) => ahead.schedule(store, whole)?,
        };
        whole.campaigns.push(summary);
        Ok(ahead.findings)
    }

    /// Editions whose campaign's folder is gone: a run holds them, unless a person has let them go on since.
    pub(super) fn orphans(&self, store: &Store) -> Result<Vec<Line>, Failure> {
        let is_home = |edition: &Edition| {
            let (id, name) = (&edition.key.campaign.0, &edition.campaign_name);
            let mut folders = self.workspace.campaigns.iter();
            folders.any(|folder| folder.id() == Some(id) || folder.name == *name)
        };
        let mut lines = Vec::new();
        for edition in store.unfinished_editions()?.iter().filter(|edition| !is_home(edition)) {
            let mut line = self.begun(store, edition, None, None)?;
            if edition.held.is_none() && !store.was_released_after(edition.id, "its folder is gone")? {
                (line.fate, line.coming) = (Fate::OnHold, None);
                line.note = Some("its folder is gone: the next `tidings run` puts it on hold".to_owned());
            }
            lines.push(line);
        }
        Ok(lines)
    }

    /// An edition that is going out, or is on hold.
    fn begun(
        &self,
        store: &Store,
        edition: &Edition,
        hours: Option<Hours>,
        superseded_at: Option<Timestamp>,
    ) -> Result<Line, Failure> {
        let fate = if edition.held.is_some() {
            Fate::OnHold
        } else {
            Fate::GoingOut
        };
        let mut line = Line::new(&edition.campaign_name, fate, self.now);
        line.due(edition.due_at, self.zone());
        line.begins_at = edition.released_at;
        line.begins_local = edition.released_at.map(|at| moment(at, self.zone()));
        line.expires_at = edition.expires_at;
        self.fill(store, edition, self.now, &mut line)?;
        let to_go = count(line.to_go, "letter");
        line.note = Some(match &edition.held {
            Some(reason) => {
                let deadline = self.waits().waits(store, edition)?.deadline;
                let deadline = deadline.map(|words| format!("; {words}")).unwrap_or_default();
                format!("on hold: {reason}, {to_go} to go{deadline}")
            }
            None => match self.waits().waits(store, edition)?.words {
                Some(waits) => format!("{to_go} to go; {waits}"),
                None => format!("going out now, {to_go} to go"),
            },
        });
        // One whose own time is over before the next begins is not there to be called off.
        let superseded_at = superseded_at.filter(|at| edition.expires_at.is_none_or(|end| *at < end));
        match &edition.held {
            Some(_) => {
                line.superseded_at = superseded_at;
                line.superseded_local = superseded_at.map(|at| moment(at, self.zone()));
            }
            None => line.coming = self.coming(store, edition, hours, self.now)?,
        }
        Ok(line)
    }

    /// Who gets it.
    fn fill(&self, store: &Store, edition: &Edition, at: Timestamp, line: &mut Line) -> Result<(), Failure> {
        let tally = store.tally(edition.id)?;
        (line.planned, line.to_go, line.held) = (tally.planned(), tally.open(), tally.of("held"));
        line.left_out = store.left_out(edition.id)?;
        line.capped = self.waits().capped(store, edition, at)?;
        if self.settings.calendar.one_letter_in.is_some() {
            line.people = store.people_waiting(edition.id)?;
            line.spacing = self.waits().spacing(store, edition)?;
            let got = line
                .spacing
                .as_ref()
                .map(|spacing| store.got_lately(edition.id, spacing, at.max(self.now)));
            line.got_lately = got.transpose()?.unwrap_or_default();
        }
        (line.edition, line.title) = (Some(edition.key.to_string()), Some(edition.title.clone()));
        Ok(())
    }

    fn coming(&self, store: &Store, edition: &Edition, hours: Option<Hours>, from: Timestamp) -> Result<Option<Coming>, Failure> {
        let Some(limited) = self.limited else { return Ok(None) };
        Ok(Some(limited.coming(store, edition.id, from, edition.expires_at, hours)?))
    }

    fn waits(&self) -> waits::Desk {
        waits::Desk::at(self.workspace, self.settings, self.now)
    }
}

impl<'a> Ahead<'a, '_> {
    fn summary(&self, note: Option<String>) -> Summary {
        Summary {
            campaign: self.plan.campaign.name.clone(),
            note,
            next_at: None,
            next_local: None,
            last_article_at: None,
            last_article_local: None,
            is_out_of_articles: false,
            left_out: std::collections::BTreeMap::new(),
            joined_before: None,
        }
    }

    /// What has begun already; a hold on it ends when the next edition begins.
    fn begun(&self, store: &Store, next_at: Option<Timestamp>, whole: &mut Whole) -> Result<bool, Failure> {
        let editions = store.unfinished_editions()?.into_iter();
        let own: Vec<Edition> = editions
            .filter(|edition| edition.key.campaign == self.plan.campaign.id)
            .collect();
        for edition in &own {
            whole.editions.push(
                self.desk
                    .begun(store, edition, Some(self.plan.hours().due(edition.due_at)), next_at)?,
            );
        }
        Ok(!own.is_empty())
    }

    /// Its next article, whenever somebody sends it.
    fn by_hand(&mut self, store: &mut Store, whole: &mut Whole) -> Result<Summary, Failure> {
        let name = &self.plan.campaign.name;
        let note = format!("no schedule: `tidings send {name}`");
        if self.begun(store, None, whole)? {
            return Ok(self.summary(Some(note)));
        }
        let Next::Article(article) = prepare::next(store, self.plan)? else {
            return Ok(Summary {
                is_out_of_articles: true,
                ..self.summary(Some("no article is left".to_owned()))
            });
        };
        let due = due_at(self.desk.now, self.desk.settings, self.plan);
        let mut line = Line::new(name, Fate::ByHand, self.desk.now);
        self.draft(store, &article.id, due, &mut line)?;
        line.note = self.hold.as_ref().map(|reason| format!("on hold: {reason}"));
        whole.editions.push(line);
        Ok(self.summary(Some(note)))
    }

    fn series(&self, store: &Store, whole: &mut Whole) -> Result<Summary, Failure> {
        self.begun(store, None, whole)?;
        let hold = self.hold.as_ref();
        let mut summary = self.summary(hold.map(|reason| format!("a series, on hold: {reason}")));
        whole.steps.extend(steps(self.desk, store, self.plan, &mut summary)?);
        Ok(summary)
    }

    fn schedule(&mut self, store: &mut Store, whole: &mut Whole) -> Result<Summary, Failure> {
        let (now, until) = (self.desk.now, self.desk.until);
        let recorded = store.recorded(&self.plan.campaign.id, self.desk.zone(), now)?;
        let calendar = due::calendar(store, self.plan)?;
        self.findings.extend(due::forewarning(store, self.plan, now)?);
        let entries = calendar.agenda(&recorded, now, until);
        let next = entries.iter().find_map(Entry::begins);
        self.begun(store, next.filter(|_| self.hold.is_none()), whole)?;
        for entry in &entries {
            let line = self.entry(store, &calendar.hours, entry)?;
            whole.editions.push(line);
        }
        Ok(self.dates(&calendar, &recorded, entries.is_empty()))
    }

    /// What is to be said of the schedule as a whole.
    fn dates(&self, calendar: &Calendar<'_>, recorded: &[Recorded], is_empty: bool) -> Summary {
        let (now, zone) = (self.desk.now, self.desk.zone());
        let next = calendar.upcoming(recorded, now).and_then(|entry| entry.begins());
        let last = calendar.last_article(recorded, now).and_then(|entry| entry.begins());
        let is_out_of_articles = calendar.is_out_of_articles(recorded, now);
        let note = match (is_out_of_articles, next, &self.hold) {
            (true, ..) => Some("no article is left".to_owned()),
            (false, None, _) if is_empty => Some("its schedule has no date left".to_owned()),
            (false, Some(_), Some(reason)) => Some(format!("on hold: {reason}")),
            (false, Some(at), None) if is_empty => {
                let days = count(u64::from(self.desk.days), "day");
                Some(format!("next on {}, not within {days}", moment(at, zone)))
            }
            (false, _, _) => None,
        };
        Summary {
            next_at: next,
            next_local: next.map(|at| moment(at, zone)),
            last_article_at: last,
            last_article_local: last.map(|at| moment(at, zone)),
            is_out_of_articles,
            ..self.summary(note)
        }
    }

    fn entry(&mut self, store: &mut Store, hours: &Hours, entry: &Entry<'a>) -> Result<Line, Failure> {
        let (now, zone, due) = (self.desk.now, self.desk.zone(), entry.occurrence.at);
        let mut line = Line::new(&self.plan.campaign.name, self.fate(entry), due);
        line.due(due, zone);
        (line.is_pinned, line.expires_at) = (entry.is_pinned, entry.expires_at);
        match entry.fate {
            Turn::Skipped { at, reason } => {
                // What was due by now is told now; the others where people would look for them.
                line.stands_at(if at <= now { at } else { due }, now, zone);
                line.note = Some(self.skipped(reason, entry));
                line.title = entry.article.and_then(|id| self.title(id));
            }
            Turn::Begins { at, .. } => {
                // What is due and waits for its hours is told now.
                line.stands_at(if due <= now { due } else { at }, now, zone);
                line.begins(at, zone);
                if at > due.max(now) {
                    let shut = hours.shut(due.max(now)).or_else(|| hours.shut(due));
                    line.delayed_by = shut.map(|shut| hours.told(&shut));
                }
                line.note = self.note(entry, line.fate);
                self.article(store, entry, &mut line)?;
            }
        }
        Ok(line)
    }

    /// Drafts the article that the occurrence takes.
    fn article(&mut self, store: &mut Store, entry: &Entry<'a>, line: &mut Line) -> Result<(), Failure> {
        let Some(article) = entry.article else { return Ok(()) };
        let due = due::due(self.plan, &entry.occurrence, line.begins_at.unwrap_or(self.desk.now));
        self.draft(store, article, due, line)?;
        if line.edition.is_some() && line.planned == 0 {
            line.note = Some("nobody would get it: `tidings run` stops there, and the article keeps its turn".to_owned());
        }
        Ok(())
    }

    /// Writes the draft, takes its numbers and throws it away; what is wrong with it is said, and the other editions go on.
    fn draft(&mut self, store: &mut Store, id: &str, due: Due, line: &mut Line) -> Result<(), Failure> {
        line.title = self.title(id);
        let Some(article) = self.plan.articles.iter().find(|article| article.id == id) else {
            return Ok(());
        };
        let draft = match prepare::draft(store, self.plan, article, due, self.desk.now) {
            Ok(draft) => draft,
            Err(DispatchError::Findings { findings }) => {
                self.findings.extend(findings);
                line.note = Some("it cannot be sent as it is: the errors say why".to_owned());
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.findings.extend(draft.warnings);
        let from = line.begins_at.unwrap_or(self.desk.now);
        self.desk.fill(store, &draft.edition, from, line)?;
        if matches!(line.fate, Fate::Due | Fate::Waiting | Fate::Scheduled | Fate::ByHand) && self.hold.is_none() {
            let hours = self.plan.hours().due(draft.edition.due_at);
            line.coming = self.desk.coming(store, &draft.edition, Some(hours), from)?;
        }
        Ok(store.discard(draft.edition.id)?)
    }

    fn title(&self, id: &str) -> Option<String> {
        let article = self.plan.articles.iter().find(|article| article.id == id)?;
        Some(article.title.clone())
    }

    fn fate(&self, entry: &Entry<'_>) -> Fate {
        let now = self.desk.now;
        match (&self.hold, &entry.fate) {
            (_, Turn::Skipped { .. }) => Fate::Skipped,
            (Some(_), Turn::Begins { .. }) => Fate::OnHold,
            (None, Turn::Begins { at, is_held: true, .. }) if *at <= now => Fate::Late,
            (None, Turn::Begins { at, .. }) if *at <= now => Fate::Due,
            (None, Turn::Begins { .. }) if entry.occurrence.at <= now => Fate::Waiting,
            (None, Turn::Begins { .. }) => Fate::Scheduled,
        }
    }

    fn note(&self, entry: &Entry<'_>, fate: Fate) -> Option<String> {
        let late = matches!(entry.fate, Turn::Begins { late: Some(_), .. });
        match (fate, &self.hold) {
            (Fate::OnHold, Some(reason)) => Some(format!("on hold: {reason}")),
            (Fate::Due, _) if late => Some("late, and the next `tidings run` sends it all the same".to_owned()),
            (Fate::Due, _) => Some("the next `tidings run` sends it".to_owned()),
            (Fate::Late, _) => Some("late, and the next `tidings run` puts it on hold".to_owned()),
            (Fate::Waiting, _) if late => Some("by then it is late".to_owned()),
            (_, _) => None,
        }
    }

    fn skipped(&self, reason: Reason, entry: &Entry<'_>) -> String {
        let until = |at: Option<Timestamp>| {
            at.map(|at| format!(" on {}", moment(at, self.desk.zone())))
                .unwrap_or_default()
        };
        match reason {
            Reason::Late => "skipped: too late, and the campaign says to skip it then; its article keeps its turn".to_owned(),
            Reason::Overtaken => "skipped: the next one is due before it may begin; its article keeps its turn".to_owned(),
            Reason::Expired => format!(
                "skipped: its time is over{} before it may begin; its article keeps its turn",
                until(entry.expires_at)
            ),
            Reason::Empty => "no article is left".to_owned(),
        }
    }
}
