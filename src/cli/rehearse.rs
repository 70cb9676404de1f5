//! `tidings rehearse`: the whole thing, on a copy, through the relay that is built in.

use super::context::{Context, campaign_named, holder_words, real_dir, rehearsal_dir};
use super::failure::{Failure, Kind, plain};
use super::outcome::{ending, summary};
use super::send::{due_now, tell_draft, tell_left_out};
use super::sending::{Bounds, bring_lists, hand_over, plan, runtime};
use super::ui::{Ui, count};
use crate::dispatch::hours::Timetable;
use crate::dispatch::prepare::{self, Next};
use crate::dispatch::quota::Limits;
use crate::dispatch::report::Report;
use crate::dispatch::run::Work;
use crate::dispatch::worker::Route;
use crate::finding::Finding;
use crate::letter::sign::Signer;
use crate::relay::outbox::{self, index};
use crate::relay::sandbox::Sandbox;
use crate::relay::server::{Deadlines, Roots, Security, Server};
use crate::store::import::Guard;
use crate::store::lock::SenderLock;
use crate::store::{Kind as StoreKind, Store};
use crate::workspace::sent;
use crate::workspace::settings::Settings;
use crate::workspace::{CampaignFolder, Workspace};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Play the next edition of a campaign, or of all, on a copy: nobody is written to
///
/// The store is copied, every letter goes through a real mail conversation with the sandbox inside this program, and lands in a folder
/// to look at. The real store never learns of it, so rehearse as often as you like.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings rehearse\n  tidings rehearse seasonal-immunity --now 2027-01-05T09:00Z\n  tidings --rehearsal log"
)]
pub(super) struct Args {
    /// Only this campaign
    campaign: Option<String>,
}

/// What `--json` prints.
#[derive(serde::Serialize)]
struct Shape<'a> {
    accepted: u64,
    outbox: &'a Path,
    index: &'a Path,
    editions: Vec<String>,
    need_a_person: u64,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let (root, workspace) = context.workspace()?;
    let settings = context.settings(&workspace)?;
    let folders = match &args.campaign {
        Some(name) => vec![campaign_named(&workspace, name)?],
        None => workspace.campaigns.iter().collect(),
    };
    if folders.is_empty() {
        return Err(Failure::new(Kind::Files, "there is no campaign in `campaigns/`")
            .hint("`tidings new NAME --article FILE` turns a text into one"));
    }
    let _lock = lock(context, &root)?;
    let mut store = copy_store(context, &root)?;
    let (editions, findings) = stage(context, &mut store, &workspace, settings, &folders)?;
    if editions.is_empty() {
        super::context::tell_passed_over(&findings)?;
        context.ui.say("nothing was played");
        return Ok(());
    }
    let outbox = rehearsal_dir(&root).join("outbox");
    let report = play(context, &mut store, &outbox, settings.signer.clone())?;
    show(context, &report, &outbox, editions)?;
    ending(&report)?;
    super::context::tell_passed_over(&findings)
}

fn lock(context: &Context, root: &Path) -> Result<SenderLock, Failure> {
    let taken = SenderLock::take(&rehearsal_dir(root), "rehearse", context.clock.now())?;
    taken.map_err(|holder| Failure::new(Kind::Later, format!("{} is playing at this moment", holder_words(&holder))))
}

/// A fresh copy of the real store, or a new one where nothing has been sent yet; what the last rehearsal left goes first.
fn copy_store(context: &Context, root: &Path) -> Result<Store, Failure> {
    let dir = rehearsal_dir(root);
    Store::clear_rehearsal(&dir)?;
    outbox::clear(&dir.join("outbox")).map_err(|error| cannot("clear", &dir.join("outbox"), &error))?;
    let real = real_dir(root);
    Ok(match Store::is_there(&real)? {
        true => Store::open(&real)?.copy_for_rehearsal(&dir)?,
        false => {
            if sent::read(root)?.is_some() {
                context.ui.say(
                    "letters went out before, and the store that remembers them is not here: this plays as if nobody had got any",
                );
            }
            Store::create(&dir, StoreKind::Rehearsal, context.clock.now())?
        }
    })
}

fn cannot(verb: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Kind::Store, format!("cannot {verb} `{}`: {}", path.display(), plain(error)))
        .hint("check that the folder belongs to you")
}

/// Drafts and releases the next edition of each campaign on the copy; gives what was staged and what is wrong with the others.
fn stage(
    context: &Context,
    store: &mut Store,
    workspace: &Workspace,
    settings: &Settings,
    folders: &[&CampaignFolder],
) -> Result<(Vec<String>, Vec<Finding>), Failure> {
    let (mut editions, mut findings) = (Vec::new(), Vec::new());
    for folder in folders {
        match stage_one(context, store, workspace, settings, folder) {
            Ok(staged) => editions.extend(staged),
            Err(failure) if failure.kind == Kind::Files && folders.len() > 1 => findings.extend(failure.findings),
            Err(failure) => return Err(failure),
        }
    }
    Ok((editions, findings))
}

fn stage_one(
    context: &Context,
    store: &mut Store,
    workspace: &Workspace,
    settings: &Settings,
    folder: &CampaignFolder,
) -> Result<Option<String>, Failure> {
    let (plan, now) = (plan(settings, folder)?, context.clock.now());
    let warnings = bring_lists(store, workspace, plan, Guard::Trusted, now)?;
    context.ui.findings(&warnings);
    if let Some(reason) = store.campaign_hold(&plan.campaign.id)? {
        context.ui.say(&format!(
            "{} is on hold ({reason}): nothing of it would leave",
            Ui::bold(&folder.name)
        ));
        context.ui.hint(&format!("`tidings release {}` lets it go on", folder.name));
        return Ok(None);
    }
    let article = match prepare::next(store, plan)? {
        Next::Unfinished(edition) => return Ok(Some(edition.key.to_string())),
        Next::NothingLeft => {
            context
                .ui
                .say(&format!("no article of `{}` is left: nothing to rehearse", folder.name));
            return Ok(None);
        }
        Next::Article(article) => article,
    };
    let mut draft = prepare::draft(store, plan, article, due_now(context, settings, plan), now)?;
    // What `check` says of texts has been said, or is asked for there.
    let before = draft.warnings.len();
    draft.warnings.retain(|finding| finding.name.is_none());
    let of_texts = before - draft.warnings.len();
    if draft.edition.planned == 0 {
        context.ui.say(&format!("{}: nobody would get it", Ui::bold(&folder.name)));
        tell_left_out(context, store, &draft.edition)?;
        store.discard(draft.edition.id)?;
        return Ok(None);
    }
    tell_draft(context, store, &draft)?;
    if of_texts > 0 {
        let warnings = count(of_texts as u64, "warning");
        context
            .ui
            .hint(&format!("{warnings} about its texts: `tidings check {}` tells", folder.name));
    }
    store.release(draft.edition.id, now)?;
    Ok(Some(draft.edition.key.to_string()))
}

/// Sends through the sandbox, as fast as it goes.
fn play(context: &Context, store: &mut Store, outbox: &Path, signer: Option<Arc<Signer>>) -> Result<Report, Failure> {
    let runtime = runtime()?;
    let started = {
        let _inside = runtime.enter();
        Sandbox::start(outbox)
    };
    let sandbox = started.map_err(|error| cannot("open the sandbox relay for", outbox, &error))?;
    let server = Server {
        host: "127.0.0.1".to_owned(),
        port: sandbox.port(),
        security: Security::Plain,
        login: None,
        hello: "127.0.0.1".to_owned(),
        roots: Roots::System,
        in_flight: 1,
        deadlines: Deadlines::default(),
    };
    let route = Route {
        server,
        connections: 4,
        per_connection: None,
        per_second: None,
        limits: Limits::none(),
        signer,
    };
    // Nobody is written to: at night and on holidays too, and as often as one likes.
    let report = hand_over(
        context,
        store,
        "rehearse",
        Work::Everything,
        (&route, &Timetable::none()),
        Bounds::default(),
    );
    runtime.block_on(sandbox.stop());
    report
}

fn show(context: &Context, report: &Report, outbox: &Path, editions: Vec<String>) -> Result<(), Failure> {
    let accepted = report.of("accepted");
    let written = index::write_index(outbox, "Rehearsal").map_err(|error| cannot("write the page for", outbox, &error))?;
    if context.ui.wants_json() {
        let need_a_person = report.need_a_person();
        return context.ui.json(&Shape {
            accepted,
            outbox,
            index: &written.path,
            editions,
            need_a_person,
        });
    }
    context.ui.data(&format!(
        "{}: the sandbox accepted {}; nobody was written to",
        Ui::bold("rehearsed"),
        count(accepted, "letter")
    ))?;
    if report.states.len() > 1 {
        context.ui.data(&format!("  {}", summary(report)))?;
    }
    context.ui.data(&format!("  look at them:  {}", shown(&written.path)))?;
    context.ui.data(&format!(
        "  or one by one: {}",
        first_letter(outbox).map_or_else(|| shown(outbox), |path| shown(&path))
    ))?;
    context
        .ui
        .data("  who and why:   tidings --rehearsal log · tidings --rehearsal why ADDRESS")
}

/// The path from here, where that is shorter.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok().filter(|here| here.parent().is_some());
    let short = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    short.unwrap_or_else(|| path.to_owned()).display().to_string()
}

fn first_letter(outbox: &Path) -> Option<PathBuf> {
    let letters = fs::read_dir(outbox).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    letters
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .min()
}
