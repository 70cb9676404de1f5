//! What became of the editions between two looks at the store, a line each.

use crate::cli::ui::{count, moment};
use crate::store::edition::{Edition, Status};
use crate::store::heartbeat::Omission;
use crate::store::{Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// What stands in the store at one moment.
pub(super) struct Seen {
    editions: BTreeMap<i64, Edition>,
    /// Those that have letters to go.
    open: BTreeSet<i64>,
    /// Up to which occurrence it is told that nothing began on it.
    omitted: i64,
    /// Those that came to nothing since the look before.
    omissions: Vec<Omission>,
}

/// Looks at the store, after `before` or for the first time.
pub(super) fn look(store: &Store, before: Option<&Seen>) -> Result<Seen, StoreError> {
    let editions = store.editions()?.into_iter().map(|edition| (edition.id.0, edition));
    let open = store.unfinished_editions()?.into_iter().map(|edition| edition.id.0);
    let omissions = before.map(|before| store.omissions_after(before.omitted)).transpose()?;
    Ok(Seen {
        omitted: store.last_omission()?,
        omissions: omissions.unwrap_or_default(),
        editions: editions.collect(),
        open: open.collect(),
    })
}

/// What happened between two looks.
pub(super) fn between(before: &Seen, now: &Seen) -> Vec<String> {
    let omissions = now.omissions.iter().map(|omission| {
        let due = moment(omission.due_at);
        format!(
            "`{}`: nothing began that was due {due}: {}",
            omission.campaign_name, omission.detail
        )
    });
    let mut lines: Vec<String> = omissions.collect();
    for (id, edition) in &now.editions {
        let name = format!("`{}/{}`", edition.campaign_name, edition.key.article);
        let was = before.editions.get(id);
        lines.extend(changes(was, edition).into_iter().map(|change| format!("{name}: {change}")));
        if before.open.contains(id) && !now.open.contains(id) && edition.status == Status::Released {
            lines.push(format!("{name}: no letter of it waits any more"));
        }
    }
    lines
}

/// What became of one edition.
fn changes(was: Option<&Edition>, edition: &Edition) -> Vec<String> {
    let was_released = was.is_some_and(|was| was.status != Status::Draft);
    let mut changes = Vec::new();
    if edition.status == Status::Released && !was_released {
        let (due, letters) = (moment(edition.due_at), count(edition.planned, "letter"));
        changes.push(format!("begun, due {due}, {letters} planned"));
    }
    match (was.and_then(|was| was.held.as_deref()), edition.held.as_deref()) {
        (old, Some(reason)) if old != Some(reason) => changes.push(format!("on hold: {reason}")),
        (Some(_), None) if edition.status == Status::Released => changes.push("released".to_owned()),
        (_, _) => {}
    }
    if edition.status == Status::Cancelled && was.is_some_and(|was| was.status != Status::Cancelled) {
        let why = edition.ended.as_deref().unwrap_or("called off");
        changes.push(format!("cancelled: {why}"));
    }
    changes
}
