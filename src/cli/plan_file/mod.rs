//! `plan CAMPAIGN --out FILE`: the plan of the next edition as a file, and `send --plan FILE`, which holds the world against it.
//!
//! Promises: no address stands in the file, and its owner alone can read it; a file that is no plan is never written over; what is sent
//! by a plan goes to nobody who was not in it, and says nothing else than it said then.

mod check;
mod moved;

pub(super) use check::{Held, Stands};

use super::context::{Context, campaign_named};
use super::failure::{Failure, Kind, plain};
use super::namesake;
use super::send::{due_now, tell_unpinned};
use super::sending::{bring_lists, plan};
use super::ui::count;
use crate::campaign::Timing;
use crate::dispatch::due::calendar;
use crate::dispatch::plan_file::{self, Parts, PlanFile, RelayMark, Until};
use crate::dispatch::prepare::{self, Next, Plan};
use crate::finding::Finding;
use crate::letter::Sources;
use crate::letter::sign::Signer;
use crate::store::Store;
use crate::store::edition::Edition;
use crate::store::import::Guard;
use crate::workspace::create::durable::{self, Access};
use crate::workspace::settings::{RelaySettings, Settings};
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// How long anybody may be taken to remember what they agreed to.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A file larger than this is no plan: ten million people fit into it.
const MOST_BYTES: u64 = 1 << 30;

/// So many reasons of letters on hold are told.
const MOST_REASONS: usize = 5;

/// Writes the plan of a campaign's next edition into `out`.
pub(super) fn make(context: &Context, name: &str, out: &Path) -> Result<(), Failure> {
    if context.is_rehearsal() {
        return Err(Failure::new(Kind::Usage, "a rehearsal's letters are sent by no plan").hint("leave `--rehearsal` out"));
    }
    let (root, workspace) = context.workspace()?;
    let settings = context.settings(&workspace)?;
    context.refuse_played_time_for(settings)?;
    let folder = campaign_named(&workspace, name)?;
    let plan = plan(settings, folder)?;
    refuse_series(plan)?;
    let relay = relay(settings)?;
    let is_there = is_older_plan(out)?;
    // The people's marks are this store's: where there is none yet it is made now, and whoever is planned for is known from now on,
    // so that they can be named when they have left.
    let mut store = context.store_for_sending(&root, settings)?;
    namesake::refuse(&store, &workspace, folder)?;
    let warnings = bring_lists(&mut store, &workspace, plan, Guard::Cautious, context.clock.now())?;
    context.ui.findings(&warnings);
    let (file, stays, warnings) = drawn_up(context, settings, plan, relay, &mut store.copy_in_memory()?)?;
    context.ui.findings(&warnings);
    if file.people.is_empty() {
        return Err(
            Failure::new(Kind::Files, "nobody would get this letter, so there is nothing to plan")
                .hint(format!("`tidings plan {}` tells who is left out and why", plan.campaign.name)),
        );
    }
    write(out, &file, is_there)?;
    tell(context, settings, out, &file, &stays)
}

fn refuse_series(plan: Plan<'_>) -> Result<(), Failure> {
    match &plan.campaign.timing {
        Timing::Series(_) => {
            let text = format!(
                "`{}` is a series: its steps go to each person on a day of their own",
                plan.campaign.name
            );
            Err(Failure::new(Kind::Usage, text)
                .hint("`tidings run` sends them; `tidings plan` shows how many are due on which day"))
        }
        Timing::ByHand | Timing::Schedule(_) => Ok(()),
    }
}

fn relay(settings: &Settings) -> Result<&RelaySettings, Failure> {
    settings.relay.as_ref().ok_or_else(|| {
        Failure::new(
            Kind::FixFirst,
            "`tidings.yaml` names no relay, so there is nothing to send a plan by",
        )
        .hint("add `relay:` to `tidings.yaml`; `tidings plan` without `--out` needs none")
    })
}

/// What keeps letters of a plan from leaving, or from being in it.
struct Stays {
    /// What is on hold as a whole, by the name that `release` takes, and why.
    on_hold: Option<(String, String)>,
    /// Single letters, by reason.
    held: Vec<(String, u64)>,
}

/// What would be sent if it were now: the rest of what is begun, or the next article.
fn drawn_up(
    context: &Context,
    settings: &Settings,
    plan: Plan<'_>,
    relay: &RelaySettings,
    copy: &mut Store,
) -> Result<(PlanFile, Stays, Vec<Finding>), Failure> {
    let now = context.clock.now();
    let mut warnings = Vec::new();
    let (edition, is_begun) = match prepare::next(copy, plan)? {
        Next::Unfinished(edition) => (*edition, true),
        Next::Article(article) => {
            tell_unpinned(context, settings, plan, &article.id);
            let draft = prepare::draft(copy, plan, article, due_now(context, settings, plan), now)?;
            warnings = draft.warnings;
            (draft.edition, false)
        }
        Next::NothingLeft => {
            let text = format!("no article of `{}` is left to plan", plan.campaign.name);
            return Err(Failure::new(Kind::Files, text).hint("add an article to `articles:` in its `campaign.yaml`"));
        }
    };
    let (valid_until, until) = validity(copy, plan, &edition, now)?;
    let identity = copy.identity();
    let file = PlanFile {
        made_at: whole_second(now),
        valid_until: whole_second(valid_until),
        until,
        store: identity.id.clone(),
        generation: identity.generation,
        campaign: plan.campaign.id.0.clone(),
        name: plan.campaign.name.clone(),
        article: edition.key.article.clone(),
        title: edition.title.clone(),
        edition: edition.key.to_string(),
        is_begun,
        parts: frozen_parts(copy, &edition, plan.signer)?,
        relay: mark(copy, relay),
        held: copy.tally(edition.id)?.of("held"),
        left_out: copy.left_out(edition.id)?,
        people: plan_file::letters(copy, edition.id)?,
        sources: edition.sources_hash.clone(),
    };
    let name = &plan.campaign.name;
    let whole = copy.campaign_hold(&plan.campaign.id)?.map(|reason| (name.clone(), reason));
    let own = edition.held.map(|reason| (format!("{name}/{}", edition.key.article), reason));
    let stays = Stays {
        on_hold: whole.or(own),
        held: copy.held_by_reason(edition.id)?,
    };
    Ok((file, stays, warnings))
}

/// Until when a plan is good: what was agreed to is not sent when it is over, when the next one is due, or when nobody remembers it.
fn validity(store: &Store, plan: Plan<'_>, edition: &Edition, now: Timestamp) -> Result<(Timestamp, Until), Failure> {
    let week = now.saturating_add(WEEK).unwrap_or(Timestamp::MAX);
    let recorded = store.recorded(&plan.campaign.id, &plan.clinic.zone, now)?;
    let agenda = calendar(store, plan)?.agenda(&recorded, now, week);
    let next = agenda.iter().map(|entry| entry.occurrence.at).find(|at| *at > now);
    let next = next.map(|at| (at, Until::NextOccurrence));
    let expiry = edition.expires_at.map(|at| (at, Until::Expiry));
    let ends = [Some((week, Until::Week)), next, expiry];
    let first = ends.into_iter().flatten().min_by_key(|(at, _)| *at);
    Ok(first.unwrap_or((week, Until::Week)))
}

/// The second that a moment lies in: a plan ends rather a little early than a little late.
fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_microsecond().div_euclid(1_000_000)).unwrap_or(at)
}

/// The parts of what an edition's letters are made from, as the store has frozen them.
fn frozen_parts(store: &Store, edition: &Edition, signer: Option<&Arc<Signer>>) -> Result<Parts, Failure> {
    let sources: Sources = serde_json::from_str(&store.sources(edition.id)?).map_err(|error| {
        Failure::new(
            Kind::FixFirst,
            format!("the frozen text of an edition cannot be read: {error}"),
        )
    })?;
    Ok(plan_file::parts(&sources, signer))
}

/// The relay as a plan knows it: which one may be said, how it is spoken with may not.
fn mark(store: &Store, relay: &RelaySettings) -> RelayMark {
    RelayMark {
        mark: store.mark_of_relay(&relay.described()),
        shown: format!("{}, port {}", relay.host, relay.port),
    }
}

/// Whether an older plan stands there; a file that is none is somebody's, and is not written over.
fn is_older_plan(out: &Path) -> Result<bool, Failure> {
    let shown = out.display();
    match fs::symlink_metadata(out) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Ok(found) if found.is_file() && begins_as_plan(out) => Ok(true),
        Ok(_) => Err(
            Failure::new(Kind::Files, format!("`{shown}` is there already, and is no plan of tidings"))
                .hint("name another file; an older plan is written over, anything else is left alone"),
        ),
        Err(error) => Err(
            Failure::new(Kind::Store, format!("cannot write `{shown}`: {}", plain(&error))).hint("check the folder and its rights"),
        ),
    }
}

fn begins_as_plan(path: &Path) -> bool {
    use std::io::Read as _;
    let mut opening = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(64).read_to_end(&mut opening));
    read.is_ok() && plan_file::is_plan(&opening)
}

fn write(out: &Path, file: &PlanFile, is_there: bool) -> Result<(), Failure> {
    let (shown, text) = (out.display(), file.to_string());
    let written = match is_there {
        true => durable::replace(out, text, Access::OwnerOnly),
        false => durable::file(out, text, Access::OwnerOnly),
    };
    written.map_err(|error| {
        Failure::new(Kind::Store, format!("cannot write `{shown}`: {}", plain(&error)))
            .hint("check the folder, its rights, and that the disk is not full")
    })
}

fn tell(context: &Context, settings: &Settings, out: &Path, file: &PlanFile, stays: &Stays) -> Result<(), Failure> {
    let shown = out.display().to_string();
    if context.ui.wants_json() {
        return context.ui.json(&serde_json::json!({
            "file": shown, "campaign": file.name, "edition": file.edition, "title": file.title, "planned": file.people.len(),
            "held": file.held, "left_out": file.left_out, "made_at": file.made_at.to_string(),
            "valid_until": file.valid_until.to_string(), "until": file.until.word(),
            "on_hold": stays.on_hold.as_ref().map(|(_, reason)| reason),
        }));
    }
    let letters = count(file.people.len() as u64, "letter");
    let what = if file.is_begun { "the rest of " } else { "" };
    context
        .ui
        .data(&format!("{shown}: {what}`{}` of `{}`, {letters}", file.title, file.name))?;
    for (reason, people) in &file.left_out {
        let (people, reason) = (count(*people, "person"), reason.replace('_', " "));
        context.ui.data(&format!("  left out: {people} ({reason})"))?;
    }
    for (reason, letters) in stays.held.iter().take(MOST_REASONS) {
        context
            .ui
            .data(&format!("  held: {} ({reason})", count(*letters, "letter")))?;
    }
    if stays.held.len() > MOST_REASONS {
        context.ui.data(&format!(
            "  held: others too; `tidings log {} --state held` names all",
            file.name
        ))?;
    }
    if let Some((what, reason)) = &stays.on_hold {
        let step = format!("`tidings release {what}` comes first, or this plan sends nothing");
        context.ui.data(&format!("  on hold: {reason}; {step}"))?;
    }
    context.ui.data(&format!(
        "  good until {}: {}",
        local(settings, file.valid_until),
        file.until.told()
    ))?;
    context.ui.hint(&format!(
        "`tidings send {} --plan {shown}` sends these letters, and refuses when anybody was added or any letter changed",
        file.name
    ));
    Ok(())
}

/// A moment by the clinic's clock.
fn local(settings: &Settings, at: Timestamp) -> String {
    at.to_zoned(settings.zone().clone())
        .strftime("%a %-d %b %Y %H:%M %Z")
        .to_string()
}

/// The plan in a file that somebody named.
pub(super) fn read(path: &Path) -> Result<PlanFile, Failure> {
    let shown = path.display();
    let cannot =
        |why: &str| Failure::new(Kind::Files, format!("cannot read `{shown}`: {why}")).hint("look at the name; nothing was sent");
    let found = fs::metadata(path).map_err(|error| cannot(&plain(&error)))?;
    if !found.is_file() {
        return Err(cannot("it is no file"));
    }
    if found.len() > MOST_BYTES {
        return Err(cannot("it is too large for a plan"));
    }
    let bytes = fs::read(path).map_err(|error| cannot(&plain(&error)))?;
    plan_file::read(&bytes).map_err(|fault| {
        let failure = Failure::new(Kind::Files, format!("`{shown}`, {fault}"));
        let newer = matches!(fault, plan_file::Fault::Newer { .. });
        let step = match newer {
            false if matches!(fault, plan_file::Fault::Older { .. }) => "make the plan anew with this one; nothing was sent",
            true => "use the tidings that wrote it, or make the plan anew with this one; nothing was sent",
            false => "`tidings plan CAMPAIGN --out FILE` makes a plan; nothing was sent",
        };
        failure.hint(step)
    })
}
