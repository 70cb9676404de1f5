//! Who reads what people answer: a way out that leads nowhere is none.

use super::Check;
use crate::cli::answers::{WAYS, counts, reader};
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::mail_in::look;
use std::path::Path;

const CHECK: &str = "somebody reads what people answer";

/// Looks who reads them; that a box cannot be read is said in any case, since it stops every send.
pub(super) fn examine(context: &Context, root: &Path) -> Result<Option<Check>, Failure> {
    let (_, workspace) = context.workspace()?;
    let Some(settings) = workspace.settings.as_ref() else {
        return Ok(None);
    };
    if let Err(failure) = look(root, settings) {
        return Ok(Some(Check::failed(CHECK, &failure)));
    }
    if !counts(settings) {
        return Ok(None);
    }
    let store = context.store_if_any(root)?;
    let since = store.as_ref().map(|store| store.read_by_hand_since()).transpose()?.flatten();
    Ok(Some(match reader(settings, store.as_ref(), context.clock.now())? {
        Some(reader) => Check::well(CHECK, reader.words(since)),
        None => Check::ill(
            CHECK,
            Kind::FixFirst,
            "nobody does, and `send` and `run` refuse until somebody does",
            WAYS.join("; "),
        ),
    }))
}
