//! Runs, and what a dead one leaves behind.
//!
//! Law 9: whoever takes the sender's lock turns every `sending` of a dead run into `in_doubt`. Nothing else is repaired, because
//! nothing else can be wrong: before the intent nothing happened, after the outcome all is said.

use super::ask::{LOG, LogLine};
use super::change::{Decision, decide};
use super::hold::By;
use super::strike::note_expiry;
use super::{Doing, EditionId, RunId, Store, StoreError};
use crate::delivery::state::Event;
use jiff::Timestamp;
use rusqlite::Transaction;

/// The letters that are under way. One edition is asked after the other (the order of the join is ours), because letters are found by
/// their state within an edition: a run with nothing to do must not walk through every letter that was ever sent.
const UNDER_WAY: &str = "SELECT d.id FROM edition e CROSS JOIN delivery d ON d.edition = e.id AND d.state = 'sending'";
/// The letters in doubt that nobody has been told of.
const UNTOLD: &str =
    "SELECT d.id FROM edition e CROSS JOIN delivery d ON d.edition = e.id AND d.state = 'in_doubt' WHERE d.untold = 1";

impl Store {
    /// Settles what dead runs left, under the sender's lock, and judges their strikes; gives how many letters are in doubt because of
    /// them.
    ///
    /// Writes nothing where nothing was left.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn recover(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let doubts = self.doubt_what_was_left(now)?;
        self.judge_dead_runs(now)?;
        Ok(doubts)
    }

    fn doubt_what_was_left(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        if !self
            .connection
            .query_row(&any_under_way(), [], |row| row.get::<_, bool>(0))
            .doing("look for a dead run")?
        {
            return Ok(0);
        }
        let transaction = self.write("recover a dead run")?;
        let doubts = doubt_what_was_under_way(&transaction, now)?;
        transaction.commit().doing("recover a dead run")?;
        Ok(doubts)
    }

    /// The letters that came to be in doubt and whose names nobody has been told: also those of a run that was killed before it told them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn untold_doubts(&self) -> Result<Vec<LogLine>, StoreError> {
        self.lines(&untold_lines(), [])
    }

    /// All their names have been told.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn doubts_are_told(&mut self) -> Result<(), StoreError> {
        let transaction = self.write("note what was told")?;
        transaction.execute(&told(), []).doing("note what was told")?;
        transaction.commit().doing("note what was told")
    }

    /// Begins a run: its row is on the disk before anybody is spoken to, which also proves that the store can be written.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn begin_run(&mut self, command: &str, now: Timestamp) -> Result<RunId, StoreError> {
        let transaction = self.write("begin a run")?;
        let sql = "INSERT INTO run (command, pid, version, started_at) VALUES (?, ?, ?, ?)";
        let row = (command, std::process::id(), env!("CARGO_PKG_VERSION"), now.as_microsecond());
        transaction.execute(sql, row).doing("begin a run")?;
        let run = RunId(transaction.last_insert_rowid());
        transaction.commit().doing("begin a run")?;
        Ok(run)
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
        let expired = match is_over(&transaction, edition, now)? {
            true => end_waiting(&transaction, edition, now)?,
            false => 0,
        };
        transaction.commit().doing("expire an edition")?;
        Ok(expired)
    }
}

/// Asked of the store, not of whoever remembers: a person's order may have opened the edition again meanwhile.
fn is_over(transaction: &Transaction<'_>, edition: EditionId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "SELECT coalesce(expires_at <= ?2, FALSE) FROM edition WHERE id = ?1";
    transaction
        .query_row(sql, (edition.0, now.as_microsecond()), |row| row.get(0))
        .doing("expire an edition")
}

/// Nobody waits any more in an edition whose time is over; gives how many did.
pub(super) fn end_waiting(transaction: &Transaction<'_>, edition: EditionId, now: Timestamp) -> Result<u64, StoreError> {
    note_expiry(transaction, edition)?;
    let over = Decision {
        event: Event::Expire,
        by: By::Rule,
        reason: Some("the edition ended before the relay took it"),
        at: now,
    };
    decide(transaction, "edition = ?1", &edition.0, &over)
}

/// What a dead run began: nobody can know how far it got.
pub(super) fn doubt_what_was_under_way(transaction: &Transaction<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let at = now.as_microsecond();
    let [attempts, letters] = doubt_them();
    transaction.execute(&attempts, [at]).doing("recover a dead run")?;
    transaction
        .execute(&letters, [at])
        .doing("recover a dead run")
        .map(|doubts| doubts as u64)
}

fn any_under_way() -> String {
    format!("SELECT EXISTS ({UNDER_WAY})")
}

fn untold_lines() -> String {
    format!("{LOG} WHERE d.id IN ({UNTOLD}) ORDER BY d.id")
}

fn told() -> String {
    format!("UPDATE delivery SET untold = 0 WHERE id IN ({UNTOLD})")
}

/// How what was under way comes to be in doubt: first the attempts, then their letters.
fn doubt_them() -> [String; 2] {
    [
        format!(
            "UPDATE attempt SET settled_at = ?, outcome = 'in_doubt', reply = 'the run ended before the outcome was written' \
             WHERE settled_at IS NULL AND (delivery, number) IN (SELECT id, attempt FROM delivery WHERE id IN ({UNDER_WAY}))"
        ),
        format!(
            "UPDATE delivery SET state = 'in_doubt', reason = 'the run ended before the outcome was written', changed_at = ?, \
             untold = 1 WHERE id IN ({UNDER_WAY})"
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::{any_under_way, doubt_them, told, untold_lines};
    use crate::store::Store;
    use jiff::Timestamp;

    #[test]
    fn nothing_walks_through_letters_that_were_settled_long_ago() {
        let store = Store::in_memory(Timestamp::UNIX_EPOCH).unwrap();
        for sql in [any_under_way(), untold_lines(), told()].into_iter().chain(doubt_them()) {
            let mut statement = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let values = vec![0; statement.parameter_count()];
            let steps = statement.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3));
            let steps: Vec<String> = steps.unwrap().map(Result::unwrap).collect();
            let walks = ["SCAN d", "SCAN delivery", "SCAN a", "SCAN v"];
            assert!(
                !steps.iter().any(|step| walks.iter().any(|walk| step.starts_with(walk))),
                "{sql}: {steps:#?}"
            );
            let seeks = steps
                .iter()
                .filter(|step| step.contains("delivery_state (edition=? AND state=?)"));
            assert_eq!(seeks.count(), 1, "{sql}: {steps:#?}");
        }
    }
}
