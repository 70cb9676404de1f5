//! `tidings doctor`: is everything as it should be?

use super::context::Context;
use super::failure::{Failure, Kind};
use super::letters::whose;
use super::ui::{count, listed};
use crate::store::audit::Audit;
use crate::store::{Kind as StoreKind, Store};
use crate::workspace::sent;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Examine the store: is it whole, private and the right one, and is every letter where it must be?
///
/// Tells every letter's state again from its attempts and from what was decided about it, and compares. Changes nothing, and may be
/// asked while letters leave.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tidings doctor && tidings backup ~/backups/clinic-$(date +%F).tidings")]
pub(super) struct Args {}

/// One thing that was looked at.
#[derive(serde::Serialize)]
struct Check {
    check: &'static str,
    ok: bool,
    found: String,
    #[serde(skip)]
    details: Vec<String>,
    #[serde(skip)]
    hint: &'static str,
}

pub(super) fn run(context: &Context, _args: &Args) -> Result<(), Failure> {
    let root = context.root()?;
    // Looked at first: opening a store closes it to others.
    let private = private(&context.store_dir(&root));
    let Some(store) = context.store_if_any(&root)? else {
        return match context.ui.wants_json() {
            true => context.ui.json(&serde_json::json!({"well": true, "checks": []})),
            false => context.ui.data(context.no_store_yet()),
        };
    };
    let audit = store.audit()?;
    let mut checks = vec![whole(&audit), closed(&audit), told_again(&store, &audit)?, private];
    if !context.is_rehearsal() {
        checks.push(right_one(&root, &store)?);
    }
    checks.push(trusted(&store)?);
    checks.push(cut_off(context, &root, &store)?);
    show(context, &checks)?;
    ending(&checks)
}

fn whole(audit: &Audit) -> Check {
    Check {
        check: "the file is sound",
        ok: audit.unsound.is_empty(),
        found: match audit.unsound.len() {
            0 => "every page and every reference is in its place".to_owned(),
            _ => "the store is damaged".to_owned(),
        },
        details: audit.unsound.clone(),
        hint: "keep a copy of `.tidings/` as it is, then `tidings restore FILE --replace` from the newest backup",
    }
}

fn closed(audit: &Audit) -> Check {
    Check {
        check: "the numbers close",
        ok: audit.unclosed.is_empty(),
        found: match audit.unclosed.len() {
            0 => "what was planned stands somewhere, in every edition".to_owned(),
            _ => format!("{} do not", count(audit.unclosed.len() as u64, "edition")),
        },
        details: audit.unclosed.clone(),
        hint: "this is a fault of ours: keep a copy of `.tidings/` as it is and report it",
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
    Ok(Check {
        check: "every state follows from its story",
        ok: audit.differing == 0,
        found,
        details,
        hint: "something other than tidings wrote into the store: keep a copy of `.tidings/` as it is before you change anything",
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
    Check {
        check: "nobody else can read it",
        ok: open.is_empty(),
        found: match open.is_empty() {
            true => "folder and files are their owner's alone".to_owned(),
            false => format!("other users can read {}", listed(&open)),
        },
        details: Vec::new(),
        hint: "`chmod -R go-rwx .tidings` closes it",
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
    Ok(Check {
        check: "it is the store that sent last",
        ok: differs.is_none(),
        found: match &differs {
            None => own,
            Some(sent) => format!(
                "this is {own}; letters went out last from store `{}`, generation {}",
                sent.store_id, sent.generation
            ),
        },
        details: Vec::new(),
        hint: "bring the newest `.tidings/` here, `tidings restore FILE` a backup of it, or `tidings adopt --journal-lost` if it is gone for good",
    })
}

fn trusted(store: &Store) -> Result<Check, Failure> {
    let distrust = match store.distrusted()? {
        Some(why) if store.identity().kind != StoreKind::Rehearsal => Some(why),
        Some(_) | None => None,
    };
    Ok(Check {
        check: match distrust {
            None => "it knows every letter that left",
            Some(_) => "it may not know every letter that left",
        },
        // A restored store is no fault: what it may not know is on hold and in doubt until a person has looked.
        ok: true,
        found: distrust.map_or_else(
            || "it was never restored or replaced".to_owned(),
            |why| why + "; what waited then is in doubt, and `tidings status` names the campaigns on hold",
        ),
        details: Vec::new(),
        hint: "",
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
    Ok(Check {
        check: "who is sending",
        ok: true,
        found,
        details: Vec::new(),
        hint: "",
    })
}

fn show(context: &Context, checks: &[Check]) -> Result<(), Failure> {
    if context.ui.wants_json() {
        let well = checks.iter().all(|check| check.ok);
        return context.ui.json(&serde_json::json!({"well": well, "checks": checks}));
    }
    for check in checks {
        let word = if check.ok { "well" } else { "ILL " };
        context.ui.data(&format!("{word}  {}: {}", check.check, check.found))?;
        for detail in &check.details {
            context.ui.data(&format!("        {detail}"))?;
        }
    }
    Ok(())
}

fn ending(checks: &[Check]) -> Result<(), Failure> {
    let ill: Vec<&Check> = checks.iter().filter(|check| !check.ok).collect();
    if ill.is_empty() {
        return Ok(());
    }
    let fix = ill
        .iter()
        .all(|check| matches!(check.check, "nobody else can read it" | "it is the store that sent last"));
    let kind = if fix { Kind::FixFirst } else { Kind::Store };
    let failure = Failure::new(kind, format!("{} not as it should be", things(ill.len())));
    Err(ill.iter().fold(failure, |failure, check| failure.hint(check.hint)))
}

fn things(number: usize) -> String {
    match number {
        1 => "1 thing is".to_owned(),
        number => format!("{number} things are"),
    }
}
