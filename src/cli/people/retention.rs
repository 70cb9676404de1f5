//! `tidings people retention`: whoever left long ago is forgotten, as the settings say.

use crate::address::Address;
use crate::cli::context::{Context, real_dir};
use crate::cli::failure::{Failure, Kind};
use crate::cli::letters::stands_by;
use crate::cli::listing::table;
use crate::cli::private::store_to_change;
use crate::cli::ui::{count, moment};
use crate::store::lock::SenderLock;
use crate::store::retention::Lapsed;
use crate::store::{PersonId, Store};
use crate::workspace::settings::{Months, Settings};
use jiff::{Timestamp, ToSpan as _};

/// Show who left all lists so long ago that the clinic's settings want them forgotten
///
/// `people: {forget_after_leaving: 24 months}` in `tidings.yaml` says how long. With --yes their data is blanked; suppressions stay, and
/// whoever comes back with a new row is welcome. Where the settings say so, `tidings run` does it by itself.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidings people retention\n  tidings people retention --yes")]
pub(super) struct Args {
    /// Blank them
    #[arg(long)]
    yes: bool,
}

/// More than any clinic loses in a month, and few enough for one glance.
const AT_MOST: u32 = 10_000;
/// What one run blanks by itself: letters come first.
const IN_ONE_RUN: u32 = 200;

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let (root, workspace) = context.workspace()?;
    let settings = context.settings(&workspace)?;
    let Some(months) = settings.forget_after_leaving else {
        return Err(Failure::new(
            Kind::FixFirst,
            "`tidings.yaml` does not say when people who left are forgotten",
        )
        .hint("add `people: {forget_after_leaving: 24 months}`; nobody is forgotten before that"));
    };
    let mut store = store_to_change(context)?;
    let due = store.lapsed(before(context.clock.now(), settings, months), AT_MOST)?;
    show(context, &due, months)?;
    let people = count(due.len() as u64, "person");
    if due.is_empty() || (!args.yes && !context.ui.can_ask()) {
        return Ok(());
    }
    if !stands_by(context, &store, args.yes, &format!("forget {people} now?"))? {
        return Ok(());
    }
    let lock = SenderLock::take(&real_dir(&root), "people retention", context.clock.now())?.ok();
    lapse(&mut store, &due, context.clock.now())?;
    context.ui.say(&format!("{people} forgotten"));
    super::forget::wipe_or_wait(context, &mut store, lock.is_some())
}

/// Blanks whoever is due, a bounded number at a time, without a word: `run` is called again soon.
pub(in crate::cli) fn lapse_quietly(context: &Context, store: &mut Store, settings: &Settings) -> Result<(), Failure> {
    let Some(months) = settings.forget_after_leaving else {
        return Ok(());
    };
    let now = context.clock.now();
    let due = store.lapsed(before(now, settings, months), IN_ONE_RUN)?;
    if due.is_empty() {
        return Ok(());
    }
    lapse(store, &due, now)?;
    // Whoever looks at the store just now makes it wait for the next run.
    super::forget::finish_wiping(context, store)
}

fn lapse(store: &mut Store, due: &[Lapsed], now: Timestamp) -> Result<(), Failure> {
    let addresses: Vec<Address> = due.iter().map(|lapsed| lapsed.address.clone()).collect();
    crate::store::remains::lapse_aside(store.dir(), &addresses, now);
    let people: Vec<PersonId> = due.iter().map(|lapsed| lapsed.person).collect();
    store.let_lapse(&people, now)?;
    Ok(())
}

/// The moment before which somebody has to have left.
fn before(now: Timestamp, settings: &Settings, months: Months) -> Timestamp {
    let now = now.to_zoned(settings.zone().clone());
    now.checked_sub(i64::from(months.0).months())
        .map_or(Timestamp::MIN, |then| then.timestamp())
}

fn show(context: &Context, due: &[Lapsed], months: Months) -> Result<(), Failure> {
    if context.ui.wants_json() {
        return due.iter().try_for_each(|lapsed| {
            let line = serde_json::json!({"address": lapsed.address.to_string(), "left_at": lapsed.left_at.to_string()});
            context.ui.json(&line)
        });
    }
    if due.is_empty() {
        context.ui.say(&format!("nobody left all lists {months} ago or longer"));
        return Ok(());
    }
    let rows = due
        .iter()
        .map(|lapsed| vec![lapsed.address.to_string(), moment(lapsed.left_at)]);
    context.ui.data(&table(&["address", "left"], rows))
}
