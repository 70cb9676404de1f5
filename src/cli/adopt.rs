//! `tidings adopt`: go on without the journal, when it is gone for good.

use super::backup::called;
use super::context::{Context, holder_words, real_dir};
use super::failure::{Failure, Kind};
use super::restore::{Standing, standing};
use crate::store::lock::SenderLock;
use crate::store::{Kind as StoreKind, Store};
use crate::workspace::Workspace;
use crate::workspace::sent::{self, Sent};

/// Go on without the record of who got what, when it is lost for good
///
/// Begins a new record, or takes the older one that stands here. Every campaign is put on hold, because nobody can know any more which
/// articles went out: cancel those that did, then release the campaign. A backup is better: see `tidings restore`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  tidings adopt --journal-lost\n  tidings import subscribers/patients.csv\n  tidings cancel seasonal-immunity/calmer-days\n  tidings release seasonal-immunity"
)]
pub(super) struct Args {
    /// Yes, the journal is lost: no copy of `.tidings/` and no backup is left anywhere
    #[arg(long, required = true)]
    journal_lost: bool,
}

const WHY: &str = "the journal of earlier letters was lost";

pub(super) fn run(context: &Context, _args: &Args) -> Result<(), Failure> {
    context.refuse_played_time()?;
    let (root, workspace) = context.workspace()?;
    let Some(marker) = sent::read(&root)? else {
        return Err(Failure::new(
            Kind::Usage,
            "no real letter has left from this workspace yet, so no journal can be lost",
        )
        .hint("`tidings send` or `tidings run` makes the store by itself"));
    };
    let dir = real_dir(&root);
    let now = context.clock.now();
    let _lock = SenderLock::take(&dir, "adopt", now)?.map_err(|holder| {
        Failure::new(Kind::Later, format!("{} is sending at this moment", holder_words(&holder))).hint("wait for its end")
    })?;
    let mut store = match standing(&dir)? {
        Standing::Store(store) => *store,
        // Laid aside, never deleted: somebody may still be able to read it, and its keys are not for other letters.
        Standing::Nothing | Standing::Broken => {
            Store::lay_aside(&dir)?;
            Store::create(&dir, StoreKind::Real, now)?
        }
    };
    refuse_what_is_not_lost(&store, &marker)?;
    let generation = marker.generation.max(store.identity().generation).saturating_add(1);
    store.distrust(generation, WHY, now)?;
    context.mark_sent(&root, store.identity())?;
    tell(context, &store, &workspace)
}

fn refuse_what_is_not_lost(store: &Store, marker: &Sent) -> Result<(), Failure> {
    let identity = store.identity();
    if identity.kind != StoreKind::Real {
        return Err(Failure::new(
            Kind::FixFirst,
            "a test store stands here, and real letters never leave from one",
        )
        .hint("move `.tidings/` away first"));
    }
    match marker.outdates(&identity.id, identity.generation) {
        true => Ok(()),
        false => Err(Failure::new(
            Kind::Usage,
            format!("nothing is lost: {} is here, and it is the one that sent last", called(store)),
        )
        .hint("`tidings doctor` examines it")),
    }
}

fn tell(context: &Context, store: &Store, workspace: &Workspace) -> Result<(), Failure> {
    let campaigns: Vec<&str> = workspace.campaigns.iter().map(|folder| folder.name.as_str()).collect();
    if context.ui.wants_json() {
        let identity = store.identity();
        return context
            .ui
            .json(&serde_json::json!({"store": identity.id, "generation": identity.generation, "on_hold": campaigns}));
    }
    context
        .ui
        .data(&format!("{} sends from now on; every campaign is on hold", called(store)))?;
    for folder in &workspace.campaigns {
        context.ui.data(&format!("  {}", folder.name))?;
        for article in &folder.articles {
            let name = format!("{}/{}", folder.name, article.id);
            context.ui.data(&format!("    went out already? `tidings cancel {name}`"))?;
        }
    }
    context
        .ui
        .hint("then `tidings release CAMPAIGN` lets a campaign go on with the articles that are left");
    Ok(())
}
