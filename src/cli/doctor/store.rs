//! The store: is it whole, private and the right one, and is every letter where it must be?

use super::Check;
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::letters::whose;
use crate::cli::ui::{count, listed};
use crate::store::audit::Audit;
use crate::store::{Kind as StoreKind, Store};
use crate::workspace::sent;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Looks at the store; nothing where there is none yet.
pub(super) fn examine(context: &Context, root: &Path) -> Result<Vec<Check>, Failure> {
    // Looked at first: opening a store closes it to others.
    let private = private(&context.store_dir(root));
    let Some(store) = context.store_if_any(root)? else {
        return Ok(Vec::new());
    };
    let audit = store.audit()?;
    let mut checks = vec![whole(&audit), closed(&audit), told_again(&store, &audit)?, private];
    if !context.is_rehearsal() {
        checks.push(right_one(root, &store)?);
    }
    checks.push(trusted(&store)?);
    checks.push(cut_off(context, root, &store)?);
    Ok(checks)
}

fn whole(audit: &Audit) -> Check {
    const CHECK: &str = "the file is sound";
    match audit.unsound.is_empty() {
        true => Check::well(CHECK, "every page and every reference is in its place"),
        false => Check::ill(
            CHECK,
            Kind::Store,
            "the store is damaged",
            "keep a copy of `.tidings/` as it is, then `tidings restore FILE --replace` from the newest backup",
        )
        .details(audit.unsound.clone()),
    }
}

fn closed(audit: &Audit) -> Check {
    const CHECK: &str = "the numbers close";
    match audit.unclosed.len() as u64 {
        0 => Check::well(CHECK, "what was planned stands somewhere, in every edition"),
        unclosed => Check::ill(
            CHECK,
            Kind::Store,
            format!("{} do not", count(unclosed, "edition")),
            "this is a fault of ours: keep a copy of `.tidings/` as it is and report it",
        )
        .details(audit.unclosed.clone()),
    }
}

fn told_again(store: &Store, audit: &Audit) -> Result<Check, Failure> {
    let found = match audit.differing {
        0 => format!(
            "{}, told again from {} and {}",
            count(audit.letters, "letter"),
            count(audit.attempts, "attempt"),
            count(audit.changes, "decision")
        ),
        1 => "1 letter stands elsewhere than its story ends".to_owned(),
        differing => format!("{} stand elsewhere than their stories end", count(differing, "letter")),
    };
    let mut details = Vec::new();
    for (delivery, why) in &audit.differences {
        let edition = store.edition_of(*delivery)?.map(|id| store.edition(id)).transpose()?;
        let edition = edition.map(|edition| format!("{} · {}", edition.campaign_name, edition.key.article));
        let whose = store.delivery(*delivery).ok().flatten().map(|line| whose(&line));
        details.push(format!(
            "{}, letter {} to {}: {why}",
            edition.unwrap_or_default(),
            delivery.0,
            whose.unwrap_or_default()
        ));
    }
    const CHECK: &str = "every state follows from its story";
    Ok(match audit.differing {
        0 => Check::well(CHECK, found),
        _ => Check::ill(
            CHECK,
            Kind::Store,
            found,
            "something other than tidings wrote into the store: keep a copy of `.tidings/` as it is before you change anything",
        )
        .details(details),
    })
}

/// Who is on a clinic's list is nobody else's business.
fn private(dir: &Path) -> Check {
    let names = ["", "store.db", "store.db-wal", "store.db-shm", "keys", "lock"];
    let open = names.into_iter().filter(|name| {
        let found = fs::metadata(dir.join(name));
        found.is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
    });
    let open: Vec<String> = open.map(|name| dir.join(name).display().to_string()).collect();
    const CHECK: &str = "nobody else can read it";
    match open.is_empty() {
        true => Check::well(CHECK, "folder and files are their owner's alone"),
        false => Check::ill(
            CHECK,
            Kind::FixFirst,
            format!("other users can read {}", listed(&open)),
            "`chmod -R go-rwx .tidings` closes it",
        ),
    }
}

/// Law 13: the store is the one that letters went out from last.
fn right_one(root: &Path, store: &Store) -> Result<Check, Failure> {
    let identity = store.identity();
    let own = format!(
        "store `{}`, generation {}, {}",
        identity.id,
        identity.generation,
        identity.kind.name()
    );
    let sent = sent::read(root)?;
    let differs = sent.filter(|sent| sent.outdates(&identity.id, identity.generation));
    const CHECK: &str = "it is the store that sent last";
    Ok(match differs {
        None => Check::well(CHECK, own),
        Some(sent) => Check::ill(
            CHECK,
            Kind::FixFirst,
            format!(
                "this is {own}; letters went out last from store `{}`, generation {}",
                sent.store_id, sent.generation
            ),
            "bring the newest `.tidings/` here, `tidings restore FILE` a backup of it, or `tidings adopt --journal-lost` if it is gone for good",
        ),
    })
}

fn trusted(store: &Store) -> Result<Check, Failure> {
    let distrust = match store.distrusted()? {
        Some(why) if store.identity().kind != StoreKind::Rehearsal => Some(why),
        Some(_) | None => None,
    };
    // A restored store is no fault: what it may not know is on hold and in doubt until a person has looked.
    Ok(match distrust {
        None => Check::well("it knows every letter that left", "it was never restored or replaced"),
        Some(why) => Check::well(
            "it may not know every letter that left",
            why + "; what waited then is in doubt, and `tidings status` names the campaigns on hold",
        ),
    })
}

fn cut_off(context: &Context, root: &Path, store: &Store) -> Result<Check, Failure> {
    let mut sending = 0;
    for edition in store.editions()? {
        sending += store.tally(edition.id)?.of("sending");
    }
    let found = match (context.live_sender(root)?, sending) {
        (Some(sender), _) => format!("{sender} is sending"),
        (None, 0) => "nobody is sending, and nothing is under way".to_owned(),
        (None, cut) => format!(
            "a run was cut off with {} under way: the next `tidings run` names them",
            count(cut, "letter")
        ),
    };
    Ok(Check::well("who is sending", found))
}
