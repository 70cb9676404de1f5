//! Backups, and what comes back from them: an old store does not send (law 13).
//!
//! Promises: a backup is one private file with everything, its keys included, taken from a store that may be sending; it is whole or
//! absent, and no letter is ever sent from it before it was restored. A restored store has a higher generation than any other, holds
//! every campaign, and doubts every letter that waited: it cannot know what left after the backup was taken.

use super::aside::{fold_and_close, one_file};
use super::change::{Decision, decide};
use super::create::into_place;
use super::hold::{By, Target, write_order};
use super::keys::Keys;
use super::recover::doubt_what_was_under_way;
use super::{
    Doing, Identity, Store, StoreError, codec, copy, file, make_private_dir, make_private_file, migrate, read_identity, shape,
};
use crate::campaign::CampaignId;
use crate::delivery::state::Event;
use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::path::Path;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The store it was taken from.
    pub identity: Identity,
    /// When.
    pub taken_at: Timestamp,
    keys: String,
}

impl Store {
    /// Writes everything into `path`, which must not be there yet; other processes may send meanwhile.
    ///
    /// # Errors
    /// When the file is there, or cannot be written; nothing is left behind then.
    pub fn back_up(&self, path: &Path, now: Timestamp) -> Result<(), StoreError> {
        into_place(path, |own| {
            make_private_file(own)?;
            let mut connection = open_alone(own)?;
            copy(&self.connection, &mut connection)?;
            let row = (self.keys.text(), now.as_microsecond());
            connection
                .execute("INSERT INTO backup (one, keys, at) VALUES (1, ?, ?)", row)
                .doing("be backed up")?;
            require_sound(&connection)?;
            one_file(&connection)
        })
    }

    /// What the backup in `path` says of itself.
    ///
    /// # Errors
    /// When it is no backup, is damaged, or was taken by a newer program.
    pub fn look_at_backup(path: &Path) -> Result<Backup, StoreError> {
        let connection = open_backup(path)?;
        require_sound(&connection)?;
        let row = connection.query_row("SELECT keys, at FROM backup", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
        });
        let (keys, at) = row.optional().doing("be looked at")?.ok_or_else(|| not_a_backup(path))?;
        Keys::parse(&keys).ok_or_else(|| not_a_backup(path))?;
        Ok(Backup {
            identity: read_identity(&connection)?,
            taken_at: codec::instant(at)?,
            keys,
        })
    }

    /// Puts the backup in `path` into `dir`, where no store may stand, under a new generation and on hold.
    ///
    /// `before` runs when all is made and nothing is in its place yet: it clears the place.
    ///
    /// # Errors
    /// When it is no backup or cannot be written; then no store is made. What `before` has done is done.
    pub fn restore<E: From<StoreError>>(
        path: &Path,
        dir: &Path,
        generation: u32,
        now: Timestamp,
        before: impl FnOnce() -> Result<(), E>,
    ) -> Result<Self, E> {
        let backup = Self::look_at_backup(path)?;
        make_private_dir(dir)?;
        let mut early = None;
        let placed = into_place(&file(dir), |own| {
            make_private_file(own)?;
            let mut connection = open_alone(own)?;
            copy(&open_backup(path)?, &mut connection)?;
            migrate(&mut connection)?;
            let forget = "PRAGMA secure_delete = ON; DELETE FROM backup;";
            connection.execute_batch(forget).doing("be restored")?;
            distrust(&mut connection, generation, &distrust_words(&backup), now)?;
            fold_and_close(connection)?;
            if let Err(error) = before() {
                early = Some(error);
                return Err(StoreError::Stopped);
            }
            Keys::parse(&backup.keys).ok_or_else(|| not_a_backup(path))?.write(dir)
        });
        match (early, placed) {
            (Some(error), _) => Err(error),
            (None, Err(error)) => Err(error.into()),
            (None, Ok(())) => Ok(Self::open(dir)?),
        }
    }

    /// Takes it as given that letters may have left that this store does not know: a higher generation, every campaign on hold, every
    /// letter that waited in doubt.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn distrust(&mut self, generation: u32, why: &str, now: Timestamp) -> Result<(), StoreError> {
        distrust(&mut self.connection, generation, why, now)?;
        self.identity.generation = generation;
        Ok(())
    }

    /// Why this store may not know everything, if it may not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn distrusted(&self) -> Result<Option<String>, StoreError> {
        self.connection
            .query_row("SELECT distrust FROM store", [], |row| row.get(0))
            .doing("say which one it is")
    }
}

fn distrust_words(backup: &Backup) -> String {
    format!(
        "restored from the backup of {}",
        backup.taken_at.strftime("%Y-%m-%d %H:%M UTC")
    )
}

fn distrust(connection: &mut Connection, generation: u32, why: &str, now: Timestamp) -> Result<(), StoreError> {
    let transaction = connection.transaction().doing("be put on hold")?;
    let sql = "UPDATE store SET generation = ?, distrusted_at = ?, distrust = ?";
    transaction
        .execute(sql, (generation, now.as_microsecond(), why))
        .doing("be put on hold")?;
    transaction
        .execute("DELETE FROM campaign_cleared", [])
        .doing("be put on hold")?;
    let doubted = Decision {
        event: Event::Doubt,
        by: By::Rule,
        reason: Some(why),
        at: now,
    };
    decide(&transaction, "?1", &true, &doubted)?;
    doubt_what_was_under_way(&transaction, now)?;
    write_order(
        &transaction,
        "restore",
        &Target::Campaign(CampaignId(String::new())),
        why,
        now,
    )?;
    transaction.commit().doing("be put on hold")
}

fn open_backup(path: &Path) -> Result<Connection, StoreError> {
    if !path.exists() {
        return Err(StoreError::File {
            doing: "read",
            path: path.to_owned(),
            source: std::io::ErrorKind::NotFound.into(),
        });
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).doing("be looked at")?;
    let found = shape(&connection).map_err(|error| match error {
        StoreError::Newer { .. } => error,
        _ => not_a_backup(path),
    })?;
    match found {
        // An empty file has no shape, and the first shape had no backups.
        0 | 1 => Err(not_a_backup(path)),
        _ => Ok(connection),
    }
}

fn not_a_backup(path: &Path) -> StoreError {
    StoreError::NoBackup { path: path.to_owned() }
}

/// Every page is where it belongs.
fn require_sound(connection: &Connection) -> Result<(), StoreError> {
    let found = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))
        .doing("be looked at")?;
    match found.as_str() {
        "ok" => Ok(()),
        found => Err(StoreError::Damaged { what: found.to_owned() }),
    }
}

/// A database that nobody else opens: it needs no memory shared with others, which a stick or a network share may not have.
fn open_alone(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).doing("be opened")?;
    let settings = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
    connection.execute_batch(settings).doing("be opened")?;
    Ok(connection)
}

/// Whether this file is a backup, which is never sent from.
pub(super) fn refuse_backup(connection: &Connection, dir: &Path) -> Result<(), StoreError> {
    let is_backup = connection
        .query_row("SELECT EXISTS (SELECT 1 FROM backup)", [], |row| row.get::<_, bool>(0))
        .doing("say which one it is")?;
    match is_backup {
        true => Err(StoreError::Backup { path: file(dir) }),
        false => Ok(()),
    }
}
