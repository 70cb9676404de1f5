//! Claims: the letters of an edition that wait for an attempt, read page by page so that memory does not grow with the list.
//!
//! A claim is not a state: it reads and writes nothing, so a run that dies with claims in hand leaves them as they were. Only the
//! journal's grant lets a letter leave. A person who was forgotten has no letter to claim.

use super::cap::{Cap, lately, older};
use super::{DeliveryId, Doing, EditionId, PersonId, Store, StoreError, TextId, codec, people};
use crate::delivery::retry::LONGEST;
use crate::letter::Recipient;
use jiff::Timestamp;

/// A letter that waits for an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Whose it is.
    pub person: PersonId,
    /// The person, as the edition froze them.
    pub recipient: Recipient,
    /// The number its next attempt has.
    pub attempt: u32,
    /// The store's generation when it was drafted, or last ordered anew.
    pub generation: u32,
    /// How many times a person ordered it anew.
    pub orders: u32,
    /// The `Date:` of its first attempt, if there was one.
    pub dated: Option<Timestamp>,
    /// The text it was frozen with; none for the edition's own.
    pub text: Option<TextId>,
}

/// Those that wait and those that wait for their next attempt, each in the order of its index: asked in one, all would be read and
/// sorted for every page.
fn question() -> String {
    let of = |state: &str| {
        format!(
            "SELECT d.id, d.person, v.address, v.attributes, d.attempt + 1, d.orders, d.dated, d.generation, d.text FROM delivery d \
             JOIN person_version v ON v.id = d.version WHERE d.edition = ?1 AND d.id > ?2 AND v.address IS NOT NULL AND {state} \
             AND (?6 IS NULL OR NOT EXISTS (SELECT 1 {})) AND (?8 IS NULL OR NOT EXISTS (SELECT 1 {}))",
            lately("?6", "?7"),
            older("?8", "?3")
        )
    };
    let (pending, deferred) = (
        of("d.state = 'pending'"),
        of("d.state = 'deferred' AND (d.retry_at <= ?3 OR d.retry_at > ?5)"),
    );
    format!("{pending} UNION ALL {deferred} ORDER BY 1 LIMIT ?4")
}

impl Store {
    /// Up to `limit` letters of `edition` behind `after` that wait and are due, in the order of their rows.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn claims(&self, edition: EditionId, after: DeliveryId, now: Timestamp, limit: u32) -> Result<Vec<Claim>, StoreError> {
        self.claims_under(None, edition, after, now, limit)
    }

    /// The same, but for the letters of people who got another one lately or get an older one first: those go on waiting.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn claims_under(
        &self,
        cap: Option<&Cap>,
        edition: EditionId,
        after: DeliveryId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        let (from, before) = cap.map(|cap| cap.spacing.bounds(now)).unzip();
        let sql = question();
        let wrong = now.saturating_add(LONGEST).unwrap_or(Timestamp::MAX).as_microsecond();
        let mut statement = self.connection.prepare_cached(&sql).doing("read waiting letters")?;
        let mut rows = statement
            .query((
                edition.0,
                after.0,
                now.as_microsecond(),
                limit,
                wrong,
                from,
                before,
                cap.and_then(Cap::list),
            ))
            .doing("read waiting letters")?;
        let tokens = self.tokens();
        let mut claims = Vec::new();
        while let Some(row) = rows.next().doing("read waiting letters")? {
            let address = people::address(row.get(2).doing("read waiting letters")?)?;
            let attributes = people::attributes(row.get::<_, Option<String>>(3).doing("read waiting letters")?.as_deref())?;
            let delivery = DeliveryId(row.get(0).doing("read waiting letters")?);
            let generation = row.get(7).doing("read waiting letters")?;
            claims.push(Claim {
                delivery,
                person: PersonId(row.get(1).doing("read waiting letters")?),
                recipient: Recipient {
                    token: tokens.letter(delivery, generation, &address),
                    address,
                    attributes,
                },
                attempt: row.get(4).doing("read waiting letters")?,
                orders: row.get(5).doing("read waiting letters")?,
                dated: row
                    .get::<_, Option<i64>>(6)
                    .doing("read waiting letters")?
                    .map(codec::instant)
                    .transpose()?,
                generation,
                text: row.get::<_, Option<i64>>(8).doing("read waiting letters")?.map(TextId),
            });
        }
        Ok(claims)
    }

    /// When the next deferred letter of `edition` may be tried again, if one waits.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_retry(&self, edition: EditionId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT min(retry_at) FROM delivery WHERE edition = ? AND state = 'deferred'";
        let at = self
            .connection
            .query_row(sql, [edition.0], |row| row.get::<_, Option<i64>>(0))
            .doing("read waiting letters")?;
        at.map(codec::instant).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::question;
    use crate::store::Store;
    use jiff::Timestamp;
    use rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG;

    /// How the store answers, with values at hand and one plan for all of them, or a plan for each.
    fn plan(store: &Store, one_for_all: bool) -> Vec<String> {
        store
            .connection
            .set_db_config(SQLITE_DBCONFIG_ENABLE_QPSG, one_for_all)
            .unwrap();
        let sql = format!("EXPLAIN QUERY PLAN {}", question());
        let mut statement = store.connection.prepare(&sql).unwrap();
        let steps = statement.query_map((1, 0, 5, 256, 9, 2, 7, "[1]"), |row| row.get::<_, String>(3));
        steps.unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn a_page_is_read_in_the_order_of_the_index_whatever_is_asked() {
        let store = Store::in_memory(Timestamp::UNIX_EPOCH).unwrap();
        let steps = plan(&store, true);
        assert_eq!(steps, plan(&store, false), "no value makes a better plan");
        let is_bad = |step: &String| step.contains("TEMP B-TREE") || ["SCAN d", "SCAN o", "SCAN a"].iter().any(|scan| step == scan);
        assert!(!steps.iter().any(is_bad), "{steps:#?}");
        let pages = steps
            .iter()
            .filter(|step| step.contains("delivery_state (edition=? AND state=? AND id>?)"));
        assert_eq!(pages.count(), 2, "{steps:#?}");
    }
}
