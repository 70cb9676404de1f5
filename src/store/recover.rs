//! Runs, and what a dead one leaves behind.
//!
//! Law 9: whoever takes the sender's lock turns every `sending` of a dead run into `in_doubt`. Nothing else is repaired, because
//! nothing else can be wrong: before the intent nothing happened, after the outcome all is said.

use super::{Doing, EditionId, RunId, Store, StoreError};
use jiff::Timestamp;

impl Store {
    /// Begins a run under the sender's lock: first settles what dead runs left, then writes its own row.
    ///
    /// Gives the run and how many letters are in doubt because of the dead.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn begin_run(&mut self, command: &str, now: Timestamp) -> Result<(RunId, u64), StoreError> {
        let at = now.as_microsecond();
        let transaction = self.write("begin a run")?;
        let sql = "UPDATE attempt SET settled_at = ?, outcome = 'in_doubt', reply = 'the run ended before the outcome was written' \
                   WHERE settled_at IS NULL AND (delivery, number) IN (SELECT id, attempt FROM delivery WHERE state = 'sending')";
        transaction.execute(sql, [at]).doing("recover a dead run")?;
        let sql = "UPDATE delivery SET state = 'in_doubt', reason = 'the run ended before the outcome was written', changed_at = ? \
                   WHERE state = 'sending'";
        let doubts = transaction.execute(sql, [at]).doing("recover a dead run")?;
        let sql = "INSERT INTO run (command, pid, version, started_at) VALUES (?, ?, ?, ?)";
        transaction
            .execute(sql, (command, std::process::id(), env!("CARGO_PKG_VERSION"), at))
            .doing("begin a run")?;
        let run = RunId(transaction.last_insert_rowid());
        transaction.commit().doing("begin a run")?;
        Ok((run, doubts as u64))
    }

    /// Ends a run that came to its end by itself.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn end_run(&mut self, run: RunId, now: Timestamp) -> Result<(), StoreError> {
        let transaction = self.write("end a run")?;
        transaction
            .execute("UPDATE run SET ended_at = ? WHERE id = ?", (now.as_microsecond(), run.0))
            .doing("end a run")?;
        transaction.commit().doing("end a run")
    }

    /// Ends the waiting of an edition whose time is over; gives how many letters expired.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn expire(&mut self, edition: EditionId, now: Timestamp) -> Result<u64, StoreError> {
        let transaction = self.write("expire an edition")?;
        let sql = "UPDATE delivery SET state = 'expired', retry_at = NULL, reason = 'the edition ended before the relay took it', \
                   changed_at = ?2 WHERE edition = ?1 AND state IN ('pending', 'deferred')";
        let expired = transaction
            .execute(sql, (edition.0, now.as_microsecond()))
            .doing("expire an edition")?;
        transaction.commit().doing("expire an edition")?;
        Ok(expired as u64)
    }
}
