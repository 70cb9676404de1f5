//! What a person tried and chose before the first letter: test letters, looks at the relay, and that somebody reads the answers.
//!
//! Kept among the orders: which relay, spoken with how, as a keyed hash (a command that fetches a password may hold a secret of its own),
//! and what came of it in words. Counts no letter: a test letter is no delivery.

use super::hold::{Target, write_order};
use super::{Doing, Store, StoreError, codec};
use crate::campaign::CampaignId;
use jiff::Timestamp;

/// What a doctor writes who found nothing ill.
const WELL: &str = "well";

/// The order by which somebody of the clinic reads what people answer.
const BY_HAND: &str = "read by hand";

impl Store {
    /// Writes down a letter that was sent as a test through `relay`, with the relay's answer.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_test(&mut self, campaign: &CampaignId, relay: &str, words: &str, now: Timestamp) -> Result<(), StoreError> {
        let detail = format!("{} → {words}", self.keys().mark(relay));
        let transaction = self.write("note a test letter")?;
        write_order(&transaction, "test", &Target::Campaign(campaign.clone()), &detail, now)?;
        transaction.commit().doing("note a test letter")
    }

    /// Writes down that somebody looked at `relay`, and whether all was well.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_look(&mut self, relay: &str, found: Result<(), &str>, now: Timestamp) -> Result<(), StoreError> {
        let detail = format!("{} → {}", self.keys().mark(relay), found.err().unwrap_or(WELL));
        let transaction = self.write("note a look at the relay")?;
        transaction
            .execute(
                "INSERT INTO spoken_order (at, verb, detail) VALUES (?, 'doctor', ?)",
                (now.as_microsecond(), detail),
            )
            .doing("note a look at the relay")?;
        transaction.commit().doing("note a look at the relay")
    }

    /// Whether a relay took a test letter of this campaign.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn was_tested(&self, campaign: &CampaignId) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM spoken_order WHERE verb = 'test' AND campaign = ? AND instr(detail, ' → 2') > 0)";
        self.connection
            .query_row(sql, [&campaign.0], |row| row.get(0))
            .doing("look for a test letter")
    }

    /// Whether this relay, spoken with in this way, took a test letter or was found well.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn was_looked_at(&self, relay: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM spoken_order WHERE verb = 'test' AND substr(detail, 1, length(?1)) = ?1 \
                   OR verb = 'doctor' AND detail = ?2)";
        let relay = self.keys().mark(relay);
        let row = (format!("{relay} → 2"), format!("{relay} → {WELL}"));
        self.connection
            .query_row(sql, row, |row| row.get(0))
            .doing("look for a look at the relay")
    }

    /// Writes down, once, that letters leave because the clinic says that somebody reads the answers and acts.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_reading_by_hand(&mut self, now: Timestamp) -> Result<(), StoreError> {
        if self.read_by_hand_since()?.is_some() {
            return Ok(());
        }
        let transaction = self.write("note who reads the answers")?;
        let sql = "INSERT INTO spoken_order (at, verb, detail) VALUES (?, ?, 'by `read_by_hand: true` in the settings')";
        transaction
            .execute(sql, (now.as_microsecond(), BY_HAND))
            .doing("note who reads the answers")?;
        transaction.commit().doing("note who reads the answers")
    }

    /// When letters first left because somebody reads the answers by hand.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn read_by_hand_since(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT min(at) FROM spoken_order WHERE verb = ?";
        let found: Option<i64> = self
            .connection
            .query_row(sql, [BY_HAND], |row| row.get(0))
            .doing("look who reads the answers")?;
        found.map(codec::instant).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_went_well_counts_and_only_for_its_own() {
        let now = Timestamp::UNIX_EPOCH;
        let mut store = Store::in_memory(now).unwrap();
        let (one, other) = (CampaignId("one".to_owned()), CampaignId("other".to_owned()));
        let known = |store: &Store| (store.was_tested(&one).unwrap(), store.was_looked_at("a:465").unwrap());
        store.note_test(&one, "a:465", "550 5.1.1 no", now).unwrap();
        store.note_look("a:465", Err("the login is refused"), now).unwrap();
        store.note_look("a:4655", Ok(()), now).unwrap();
        store.note_test(&other, "b:465", "250 ok", now).unwrap();
        assert_eq!(known(&store), (false, false));
        store.note_look("a:465", Ok(()), now).unwrap();
        assert_eq!(known(&store), (false, true));
        store.note_test(&one, "c:465", "250 2.0.0 ok", now).unwrap();
        assert_eq!(known(&store), (true, true));
        assert!(store.was_looked_at("c:465").unwrap() && !store.was_looked_at("c:46").unwrap());
    }

    #[test]
    fn who_reads_the_answers_is_noted_once() {
        let (now, later) = (Timestamp::UNIX_EPOCH, Timestamp::from_second(9).unwrap());
        let mut store = Store::in_memory(now).unwrap();
        assert_eq!(store.read_by_hand_since().unwrap(), None);
        store.note_reading_by_hand(now).unwrap();
        store.note_reading_by_hand(later).unwrap();
        assert_eq!(store.read_by_hand_since().unwrap(), Some(now));
        let sql = "SELECT count(*) FROM spoken_order";
        assert_eq!(store.connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    }
}
