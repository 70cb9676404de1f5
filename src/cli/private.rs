//! What the commands about people share: files for the owner alone, cells that no spreadsheet takes for formulas, the person who is meant.

use super::context::Context;
use super::failure::{Failure, Kind, plain};
use super::hold::parse_address;
use crate::address::Address;
use crate::store::{PersonId, Store};
use crate::subscriber::csv::guard::guard;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// One line of a CSV file: every cell in quotes and guarded.
pub(super) fn csv_line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let quoted = cells
        .into_iter()
        .map(|cell| format!("\"{}\"", guard(cell).replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(",")
}

/// Writes a new file that its owner alone can read; never over another.
pub(super) fn write_private(path: &Path, text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let opened = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = opened.and_then(|mut file| {
        let written = file.write_all(text.as_ref()).and_then(|()| file.sync_all());
        if written.is_err() {
            // The file is ours: this call made it.
            fs::remove_file(path).ok();
        }
        written
    });
    written.map_err(|error| {
        let (kind, hint) = match error.kind() {
            std::io::ErrorKind::AlreadyExists => (Kind::Files, "name another file, or move this one away"),
            _ => (Kind::Store, "check the folder, its rights, and that the disk is not full"),
        };
        Failure::new(kind, format!("cannot write `{}`: {}", path.display(), plain(&error))).hint(hint)
    })
}

/// The bytes of a file that somebody named.
pub(super) fn read_named(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| {
        Failure::new(Kind::Files, format!("cannot read `{}`: {}", path.display(), plain(&error)))
            .hint("look at the name; nothing was changed")
    })
}

/// The store that is meant, which has to be there.
pub(super) fn store_there(context: &Context) -> Result<Store, Failure> {
    let root = context.root()?;
    context.store_if_any(&root)?.ok_or_else(|| {
        Failure::new(Kind::FixFirst, context.no_store_yet()).hint("`tidings import subscribers/LIST.csv` brings a list in")
    })
}

/// The same to change something in: the newest, at its own time.
pub(super) fn store_to_change(context: &Context) -> Result<Store, Failure> {
    let store = store_there(context)?;
    context.refuse_played_time_in(store.identity().kind)?;
    if !context.is_rehearsal() {
        context.require_newest(&context.root()?, &store)?;
    }
    Ok(store)
}

/// The address that somebody typed and the person behind it, who has to be on record.
pub(super) fn person_meant(context: &Context, store: &Store, text: &str) -> Result<(Address, PersonId), Failure> {
    let address = parse_address(text)?;
    match store.person(&address)? {
        Some(person) => Ok((address, person)),
        None => Err(nobody(context, store, &address)?),
    }
}

/// Nobody has this address; perhaps somebody has nearly this one.
pub(super) fn nobody(context: &Context, store: &Store, address: &Address) -> Result<Failure, Failure> {
    let failure = Failure::new(
        Kind::Usage,
        format!("nobody with the address {} is on record", address.masked()),
    );
    if !store.suppressions(address)?.is_empty() {
        return Ok(failure.hint("they are on no list, and not written to: `tidings why ADDRESS` tells why"));
    }
    Ok(match store.nearest_address(address)? {
        // Only somebody who sits here is shown the whole of it; a log is not.
        Some(near) if context.ui.is_watched() => failure.hint(format!("did you mean {near}?")),
        Some(near) => failure.hint(format!(
            "did you mean {}? `tidings people find` tells it whole",
            near.masked()
        )),
        None => failure.hint("`tidings people find NAME` looks for them by name; their row may not be imported yet"),
    })
}
