//! Holding the world against a plan: everything that moved is found before anything is said of it.

use super::moved::{MOST_NAMED, Moved};
use super::{frozen_parts, local, mark};
use crate::address::Address;
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::send::due_now;
use crate::cli::sending::bring_lists;
use crate::cli::ui::{count, grouped};
use crate::dispatch::plan_file::{Parts, PlanFile, Planned, letters, parts};
use crate::dispatch::prepare::{self, Draft, Next, Plan};
use crate::store::edition::{Edition, Skip, Status};
use crate::store::import::Guard;
use crate::store::planned::{Mark, Whereabouts};
use crate::store::{EditionId, Store};
use crate::workspace::Workspace;
use crate::workspace::settings::Settings;
use jiff::{SignedDuration, Timestamp};
use std::path::Path;

/// Clocks are set right by minutes; a plan from further ahead was made by a wrong one.
const SLACK: SignedDuration = SignedDuration::from_mins(10);

/// So many of those who get no letter any more are named.
const MOST_DROPPED: usize = 100;

/// A plan, and the world it is held against.
pub(in crate::cli) struct Held<'a> {
    pub(in crate::cli) context: &'a Context,
    pub(in crate::cli) workspace: &'a Workspace,
    pub(in crate::cli) settings: &'a Settings,
    pub(in crate::cli) plan: Plan<'a>,
    pub(in crate::cli) file: &'a PlanFile,
    pub(in crate::cli) path: &'a Path,
}

/// What may be sent by a plan.
pub(in crate::cli) enum Stands {
    /// The article, whose draft goes to nobody else.
    Begin(Box<Draft>),
    /// The rest of this edition.
    Resume(Box<Edition>),
}

impl Held<'_> {
    /// What the plan lets leave. Where anything moved, all of it is told, and nothing of the attempt is left behind.
    pub(in crate::cli) fn stands(&self, store: &mut Store, next: &Next<'_>) -> Result<Stands, Failure> {
        let mut moved = Moved::default();
        self.origin(store, &mut moved);
        if !moved.is_empty() {
            // Nothing else could be compared: its people and its texts are another's.
            return Err(self.refuse(moved));
        }
        self.time(&mut moved);
        if let Some(text) = self.edition(store, next)? {
            moved.note("edition", text);
        }
        self.relay(store, &mut moved);
        match next {
            Next::Unfinished(edition) if self.file.is_begun && self.is_planned(edition) => {
                self.texts(&frozen_parts(store, edition, self.plan.signer)?, &mut moved);
                self.rest(store, edition, moved)
            }
            Next::Unfinished(_) | Next::Article(_) | Next::NothingLeft => self.article(store, moved),
        }
    }

    /// Fails where its time is over.
    pub(in crate::cli) fn is_good_still(&self) -> Result<(), Failure> {
        let mut moved = Moved::default();
        self.time(&mut moved);
        match moved.is_empty() {
            true => Ok(()),
            false => Err(self.refuse(moved)),
        }
    }

    fn refuse(&self, moved: Moved) -> Failure {
        moved.refuse(self.context, &self.file.edition, &self.plan.campaign.name, self.path)
    }

    fn is_planned(&self, edition: &Edition) -> bool {
        edition.key.to_string() == self.file.edition
    }

    fn origin(&self, store: &Store, moved: &mut Moved) {
        let (file, identity, campaign) = (self.file, store.identity(), self.plan.campaign);
        if file.store != identity.id {
            let text = format!("it was made with store `{}`, and this one is `{}`", file.store, identity.id);
            moved.note("store", text);
        } else if file.generation != identity.generation {
            moved.note("store", "the store was restored from a backup since it was made");
        }
        if file.campaign != campaign.id.0 {
            moved.note(
                "campaign",
                format!("it is a plan of `{}`, not of `{}`", file.name, campaign.name),
            );
        }
    }

    fn time(&self, moved: &mut Moved) {
        let (file, now) = (self.file, self.context.clock.now());
        if now >= file.valid_until {
            let (until, why) = (local(self.settings, file.valid_until), file.until.told());
            moved.note("time", format!("it was good until {until}: {why}"));
        }
        if file.made_at.duration_since(now) > SLACK {
            let made_at = local(self.settings, file.made_at);
            moved.note(
                "time",
                format!("it was made on {made_at}, which is still to come by this machine's clock"),
            );
        }
    }

    fn relay(&self, store: &Store, moved: &mut Moved) {
        let Some(relay) = &self.settings.relay else { return };
        let (was, is) = (&self.file.relay, mark(store, relay));
        if was.shown != is.shown {
            moved.note("relay", format!("it is {} now; it was {}", is.shown, was.shown));
        } else if was.mark != is.mark {
            moved.note(
                "relay",
                format!("{} is spoken to in another way now: TLS, user or login", is.shown),
            );
        }
    }

    /// What became of the edition meanwhile, if it is not what comes next as the plan knows it.
    fn edition(&self, store: &Store, next: &Next<'_>) -> Result<Option<String>, Failure> {
        let (file, article) = (self.file, &self.file.article);
        let recorded = store.editions_of(&self.plan.campaign.id)?;
        let recorded = recorded
            .into_iter()
            .find(|edition| edition.status != Status::Draft && self.is_planned(edition));
        Ok(match (recorded, next) {
            (Some(_), Next::Unfinished(edition)) if file.is_begun && self.is_planned(edition) => None,
            (Some(edition), _) => Some(self.gone(store, &edition)?),
            (None, Next::Article(next)) if next.id == *article && !file.is_begun => None,
            (None, Next::Article(next)) => Some(format!("`{}` is next now, before `{article}`", next.id)),
            (None, Next::Unfinished(edition)) => {
                let first = &edition.key.article;
                Some(format!("`{first}` has letters waiting, and goes before `{article}`"))
            }
            (None, Next::NothingLeft) => Some(format!("`{article}` is in the campaign no more, and no other is left")),
        })
    }

    fn gone(&self, store: &Store, edition: &Edition) -> Result<String, Failure> {
        let article = &edition.key.article;
        let tally = store.tally(edition.id)?;
        let released = edition.released_at.map(|at| local(self.settings, at)).unwrap_or_default();
        Ok(match (edition.skipped, edition.status) {
            (Some(Skip::Article | Skip::Turn), _) => format!("`{article}` was skipped meanwhile: it goes to nobody"),
            (None, Status::Cancelled) => format!("`{article}` was called off meanwhile"),
            (None, _) if tally.open() == 0 => format!("`{article}` has gone out meanwhile, on {released}: no letter of it waits"),
            (None, _) => format!(
                "`{article}` has begun meanwhile, on {released}: {} of {} wait, and `tidings run` sends them",
                grouped(tally.open()),
                count(tally.planned(), "letter")
            ),
        })
    }

    /// Names what the letters would be made from that is not what it was.
    fn texts(&self, now: &Parts, moved: &mut Moved) {
        let was = &self.file.parts;
        for (whole, called) in [
            ("article", format!("`{}`", self.file.article)),
            ("template", format!("`{}`", self.plan.campaign.template)),
            ("sender", "in `tidings.yaml`".to_owned()),
            ("campaign", "in `campaign.yaml`".to_owned()),
        ] {
            let theirs = |name: &&String| name.split_once('.').is_some_and(|(first, _)| first == whole);
            let mut changed: Vec<&str> = was
                .keys()
                .filter(theirs)
                .chain(now.keys().filter(theirs))
                .filter(|name| was.get(*name) != now.get(*name))
                .map(|name| said(name))
                .collect();
            changed.sort_unstable();
            changed.dedup();
            if !changed.is_empty() {
                moved.note(
                    whole,
                    format!("{called} was changed: {}", changed.join(", ").replace('_', " ")),
                );
            }
        }
    }

    /// The rest of an edition: whoever waits now has waited then.
    fn rest(&self, store: &Store, edition: &Edition, mut moved: Moved) -> Result<Stands, Failure> {
        let people = Difference::between(&self.file.people, &letters(store, edition.id)?);
        people.name_added(store, edition.id, &mut moved)?;
        if edition.sources_hash == self.file.sources {
            people.name_changed(store, edition.id, &mut moved)?;
        }
        if !moved.is_empty() {
            people.name_dropped(store, edition.id, &mut moved)?;
            return Err(self.refuse(moved));
        }
        people.tell_dropped(self.context, store, edition.id)?;
        Ok(Stands::Resume(Box::new(edition.clone())))
    }

    /// The article: its draft says who would get it now.
    fn article(&self, store: &mut Store, mut moved: Moved) -> Result<Stands, Failure> {
        let article = self.plan.articles.iter().find(|article| article.id == self.file.article);
        let recorded = store.editions_of(&self.plan.campaign.id)?;
        let is_recorded = recorded
            .iter()
            .any(|edition| edition.status != Status::Draft && self.is_planned(edition));
        if let Some(article) = article {
            self.texts(&parts(&prepare::sources(self.plan, article), self.plan.signer), &mut moved);
        }
        let (Some(article), false) = (article, is_recorded) else {
            return Err(self.refuse(moved));
        };
        let now = self.context.clock.now();
        let drafted = bring_lists(store, self.workspace, self.plan, Guard::Cautious, now).and_then(|warnings| {
            self.context.ui.findings(&warnings);
            let due = due_now(self.context, self.settings, self.plan);
            Ok(prepare::draft(store, self.plan, article, due, now)?)
        });
        let draft = match drafted {
            Ok(draft) => draft,
            // Both are told: what moved, and what keeps anybody from saying who would get it now.
            Err(failure) if failure.kind == Kind::Files && !moved.is_empty() => {
                let refused = self.refuse(moved);
                return Err(Failure {
                    findings: failure.findings,
                    ..refused
                });
            }
            Err(failure) => return Err(failure),
        };
        let kept = self.kept(store, &draft, moved);
        if kept.is_err() {
            store.discard(draft.edition.id)?;
        }
        kept.map(|()| Stands::Begin(Box::new(draft)))
    }

    fn kept(&self, store: &Store, draft: &Draft, mut moved: Moved) -> Result<(), Failure> {
        let edition = &draft.edition;
        if moved.is_empty() && edition.sources_hash != self.file.sources {
            moved.note("article", "what its letters are made from was changed");
        }
        let people = Difference::between(&self.file.people, &letters(store, edition.id)?);
        people.name_added(store, edition.id, &mut moved)?;
        if edition.sources_hash == self.file.sources {
            // Where the text is another one, so is everybody's letter, and that is told.
            people.name_changed(store, edition.id, &mut moved)?;
        }
        match moved.is_empty() {
            true => people.tell_dropped(self.context, store, edition.id),
            false => {
                people.name_dropped(store, edition.id, &mut moved)?;
                Err(self.refuse(moved))
            }
        }
    }
}

/// A part's name for people.
fn said(part: &str) -> &str {
    match part.split_once('.').map_or(part, |(_, name)| name) {
        "markdown" => "text",
        name => name,
    }
}

/// Who would get a letter now and was not planned for, the other way round, and who would get another one.
struct Difference {
    added: Vec<Mark>,
    changed: Vec<Mark>,
    dropped: Vec<Mark>,
}

impl Difference {
    /// Of two lists in order.
    fn between(planned: &[Planned], now: &[Planned]) -> Self {
        fn same<'a>(others: &'a [Planned], one: &Planned) -> Option<&'a Planned> {
            let place = others.binary_search_by_key(&one.person, |other| other.person).ok()?;
            others.get(place)
        }
        let marks = |people: &[Planned], is_meant: &dyn Fn(&Planned) -> bool| -> Vec<Mark> {
            people.iter().filter(|one| is_meant(one)).map(|one| one.person).collect()
        };
        Self {
            added: marks(now, &|one| same(planned, one).is_none()),
            changed: marks(now, &|one| same(planned, one).is_some_and(|was| was.letter != one.letter)),
            dropped: marks(planned, &|one| same(now, one).is_none()),
        }
    }

    fn name_added(&self, store: &Store, edition: EditionId, moved: &mut Moved) -> Result<(), Failure> {
        moved.added(self.added.len(), names(store, &self.added, edition)?);
        Ok(())
    }

    fn name_changed(&self, store: &Store, edition: EditionId, moved: &mut Moved) -> Result<(), Failure> {
        moved.changed(self.changed.len(), names(store, &self.changed, edition)?);
        Ok(())
    }

    /// The same people beside everything else that moved, where nothing is sent.
    fn name_dropped(&self, store: &Store, edition: EditionId, moved: &mut Moved) -> Result<(), Failure> {
        for mark in self.dropped.iter().take(MOST_NAMED) {
            let person = store.whereabouts(mark, edition)?;
            moved.dropped(person.address.as_ref(), why(&person));
        }
        match self.dropped.len().saturating_sub(MOST_NAMED) {
            0 => {}
            more => moved.note("dropped", format!("and {} more", grouped(more as u64))),
        }
        Ok(())
    }

    /// People who left get no letter, and are named with the reason.
    fn tell_dropped(&self, context: &Context, store: &Store, edition: EditionId) -> Result<(), Failure> {
        let mut lines = Vec::new();
        for mark in self.dropped.iter().take(MOST_DROPPED) {
            let person = store.whereabouts(mark, edition)?;
            let (whole, masked) = match &person.address {
                Some(address) => (address.to_string(), address.masked()),
                None => ("somebody".to_owned(), "somebody".to_owned()),
            };
            lines.push((whole, masked, why(&person)));
        }
        lines.sort();
        for (whole, masked, why) in &lines {
            match context.ui.wants_json() {
                true => context.ui.say(&format!("  dropped   {masked} {why}")),
                false => context.ui.data(&format!("  dropped   {whole} {why}"))?,
            }
        }
        match self.dropped.len() - lines.len() {
            0 => {}
            more => context.ui.say(&format!("  dropped   and {} more", grouped(more as u64))),
        }
        Ok(())
    }
}

/// Who the first of these people are.
fn names(store: &Store, people: &[Mark], edition: EditionId) -> Result<Vec<Address>, Failure> {
    let mut named = Vec::new();
    for mark in people.iter().take(MOST_NAMED) {
        named.extend(store.whereabouts(mark, edition)?.address);
    }
    named.sort_by_key(ToString::to_string);
    Ok(named)
}

/// Why somebody of the plan gets no letter, in words.
fn why(person: &Whereabouts) -> String {
    match (person.erased_at, &person.letter, &person.left_out) {
        (Some(at), _, _) => format!("asked to be forgotten ({})", day(at)),
        (None, Some((state, _)), _) if state == "accepted" => "has it already".to_owned(),
        (None, Some((state, reason)), _) => {
            let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("{}{reason}", state.replace('_', " "))
        }
        (None, None, Some(detail)) => detail.clone(),
        (None, None, None) => "is on none of its lists any more".to_owned(),
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
