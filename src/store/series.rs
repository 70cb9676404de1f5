//! Series: who is in the range of a series' days, what its letters to them became, and since when its steps are known.
//!
//! Promises: the range is read from the index on the lists' days of joining, and nobody outside it. Knows nothing of what is due: the
//! series' own rules say that.

use super::draft::names;
use super::edition::Edition;
use super::freeze::candidate_on;
use super::hold::{Target, write_order};
use super::people::Candidate;
use super::{Doing, PersonId, Store, StoreError, codec};
use crate::campaign::CampaignId;
use crate::delivery::state::State;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::params;
use std::collections::BTreeMap;

/// Whose turn may have come.
#[derive(Debug, Clone)]
pub struct Range<'a> {
    /// The series.
    pub campaign: &'a CampaignId,
    /// Its lists.
    pub lists: &'a [String],
    /// Nobody who joined before this day.
    pub from: Date,
    /// Nor after this one.
    pub until: Date,
    /// Of those who have had no letter of it, nobody who joined before this day.
    pub newcomers: Date,
    /// Nobody who has come to the end: to this article.
    pub last: &'a str,
}

/// What the store knows of a person that their turn depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The day of joining: the earliest of the lists they are on.
    pub joined: Date,
    /// Since when they are on that list, or are again.
    pub known_since: Timestamp,
    /// The day of their consent there.
    pub consent: Option<Date>,
    /// When the store learned what they say of mail now, if that was after they came.
    pub told_at: Option<Timestamp>,
    /// What became of the letters of the campaign.
    pub letters: Vec<Passed>,
}

/// A step or an edition that came to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The article.
    pub article: String,
    /// How the letter stands; none for left out.
    pub state: Option<State>,
    /// Since when.
    pub at: Timestamp,
    /// When it was due for them, where it was a step.
    pub due: Option<Timestamp>,
}

/// A person's joining of one of some lists.
#[derive(Debug, Clone, Copy)]
struct Joining {
    joined: Date,
    known_since: Timestamp,
    consent: Option<Date>,
    told_at: Option<Timestamp>,
}

/// A step as the store has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepRow {
    /// Since when it is known.
    pub seen: Option<Timestamp>,
    /// Whether it is on hold.
    pub is_held: bool,
    /// Whether nobody comes to it any more.
    pub is_closed: bool,
    /// When a person let it or its campaign go last.
    pub freed: Option<Timestamp>,
    /// Since when no letter of it could be written, if the last run could write none.
    pub stopped: Option<Timestamp>,
}

const RANGE: &str = "SELECT DISTINCT m.person FROM list l CROSS JOIN membership m INDEXED BY membership_joined ON m.list = l.id \
     WHERE l.name IN (SELECT value FROM json_each(?1)) AND coalesce(m.joined, date(m.since / 1000000, 'unixepoch')) BETWEEN ?2 AND ?3 \
     AND m.left_at IS NULL AND (coalesce(m.joined, date(m.since / 1000000, 'unixepoch')) >= ?4 OR EXISTS \
     (SELECT 1 FROM delivery d JOIN edition e ON e.id = d.edition WHERE d.person = m.person AND e.campaign = ?5)) \
     AND NOT EXISTS (SELECT 1 FROM delivery d JOIN edition e ON e.id = d.edition WHERE d.person = m.person AND e.campaign = ?5 AND \
     e.article = ?6 AND e.status <> 'draft') ORDER BY m.person";

/// Those who joined the last of the lists they are on before the range's newcomers did, and have had no letter of the series.
const BEFORE: &str = "SELECT count(*) FROM (SELECT m.person FROM membership m JOIN list l ON l.id = m.list \
     WHERE l.name IN (SELECT value FROM json_each(?1)) AND m.left_at IS NULL GROUP BY m.person \
     HAVING max(coalesce(m.joined, date(m.since / 1000000, 'unixepoch'))) < ?2) b WHERE NOT EXISTS \
     (SELECT 1 FROM delivery d JOIN edition e ON e.id = d.edition WHERE d.person = b.person AND e.campaign = ?3)";

impl Store {
    /// How many people are on the lists who joined before the range's newcomers, and have had no letter of the series.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn joined_before(&self, range: &Range<'_>) -> Result<u64, StoreError> {
        let row = (names(range.lists)?, range.newcomers.to_string(), &range.campaign.0);
        let people: i64 = self
            .connection
            .query_row(BEFORE, row, |row| row.get(0))
            .doing("count who joined before")?;
        Ok(people.unsigned_abs())
    }

    /// Calls `each` with everybody in the range.
    ///
    /// # Errors
    /// When the store cannot be read, or whatever `each` gives.
    pub fn each_in_range<E: From<StoreError>>(
        &self,
        range: &Range<'_>,
        mut each: impl FnMut(PersonId) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self.connection.prepare_cached(RANGE).doing("read who has joined")?;
        let days = (range.from.to_string(), range.until.to_string(), range.newcomers.to_string());
        let row = params![names(range.lists)?, days.0, days.1, days.2, range.campaign.0, range.last];
        let mut rows = statement.query(row).doing("read who has joined")?;
        while let Some(row) = rows.next().doing("read who has joined")? {
            each(PersonId(row.get(0).doing("read who has joined")?))?;
        }
        Ok(())
    }

    /// What a person's turn depends on; none who is on none of the lists.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn passage(
        &self,
        person: PersonId,
        campaign: &CampaignId,
        lists: &[String],
        zone: &TimeZone,
    ) -> Result<Option<Passage>, StoreError> {
        let Some(joining) = self.joining(person, lists, zone)? else {
            return Ok(None);
        };
        Ok(Some(Passage {
            joined: joining.joined,
            known_since: joining.known_since,
            consent: joining.consent,
            told_at: joining.told_at,
            letters: self.letters_of(person, campaign)?,
        }))
    }

    /// The earliest joining of any of these lists, and the latest change of what they say of mail on any. Who had left and is there
    /// again was away meanwhile, and not late.
    fn joining(&self, person: PersonId, lists: &[String], zone: &TimeZone) -> Result<Option<Joining>, StoreError> {
        const DOING: &str = "read when somebody joined";
        let sql = "SELECT m.joined, m.since, m.consent_date, (SELECT max(i.at) FROM membership_was w JOIN import i ON i.id = w.import \
                   WHERE w.person = m.person AND w.list = m.list AND w.left_at IS NOT NULL AND i.undone_at IS NULL), \
                   (SELECT max(i.at) FROM membership_was w JOIN import i ON i.id = w.import \
                   WHERE w.person = m.person AND w.list = m.list AND i.undone_at IS NULL AND (w.answer IS NOT m.answer \
                   OR w.basis IS NOT m.basis OR w.consent_date IS NOT m.consent_date)) \
                   FROM membership m JOIN list l ON l.id = m.list WHERE m.person = ?1 AND m.left_at IS NULL \
                   AND l.name IN (SELECT value FROM json_each(?2))";
        let mut statement = self.connection.prepare_cached(sql).doing(DOING)?;
        let mut rows = statement.query((person.0, names(lists)?)).doing(DOING)?;
        let (mut earliest, mut told): (Option<Joining>, Option<Timestamp>) = (None, None);
        while let Some(row) = rows.next().doing(DOING)? {
            let instant = |index| row.get::<_, Option<i64>>(index).doing(DOING)?.map(codec::instant).transpose();
            let day = |index| {
                let day = row.get::<_, Option<String>>(index).doing(DOING)?;
                Ok::<_, StoreError>(day.and_then(|day| day.parse().ok()))
            };
            let since = codec::instant(row.get(1).doing(DOING)?)?;
            let joined = day(0)?.unwrap_or_else(|| zone.to_datetime(since).date());
            told = told.max(instant(4)?);
            if earliest.is_none_or(|before| joined < before.joined) {
                earliest = Some(Joining {
                    joined,
                    known_since: instant(3)?.map_or(since, |back| back.max(since)),
                    consent: day(2)?,
                    told_at: None,
                });
            }
        }
        Ok(earliest.map(|joining| Joining {
            told_at: told,
            ..joining
        }))
    }

    fn letters_of(&self, person: PersonId, campaign: &CampaignId) -> Result<Vec<Passed>, StoreError> {
        const DOING: &str = "read a person's letters";
        let sql = "SELECT e.article, d.state, d.retry_at, d.changed_at, CASE WHEN e.is_step THEN coalesce(d.due_at, e.due_at) END \
                   FROM delivery d JOIN edition e ON e.id = d.edition \
                   WHERE d.person = ?1 AND e.campaign = ?2 AND e.status <> 'draft' UNION ALL \
                   SELECT e.article, NULL, NULL, 0, coalesce(o.due_at, e.due_at) FROM left_out o JOIN edition e ON e.id = o.edition \
                   WHERE o.person = ?1 AND e.campaign = ?2 AND o.reason IN ('late', 'before_release') AND e.is_step";
        let mut statement = self.connection.prepare_cached(sql).doing(DOING)?;
        let mut rows = statement.query((person.0, &campaign.0)).doing(DOING)?;
        let mut letters = Vec::new();
        while let Some(row) = rows.next().doing(DOING)? {
            let state = match row.get::<_, Option<String>>(1).doing(DOING)? {
                Some(word) => Some(codec::state(&word, row.get(2).doing(DOING)?)?),
                None => None,
            };
            let due: Option<i64> = row.get(4).doing(DOING)?;
            letters.push(Passed {
                article: row.get(0).doing(DOING)?,
                state,
                at: codec::instant(row.get(3).doing(DOING)?)?,
                due: due.map(codec::instant).transpose()?,
            });
        }
        Ok(letters)
    }

    /// The audience's question about one person: every list that matters, and what keeps them from being written to.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn candidate(&self, person: PersonId, lists: &[String], not_lists: &[String]) -> Result<Option<Candidate>, StoreError> {
        candidate_on(&self.connection, person, lists, not_lists)
    }

    /// Notes the steps of a series that were not known before, and the series itself.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_series<'a>(
        &mut self,
        campaign: &CampaignId,
        articles: impl Iterator<Item = &'a str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let articles: Vec<&str> = articles.collect();
        if self.is_noted(campaign, &articles, now)? {
            return Ok(());
        }
        self.campaign_seen(campaign, now)?;
        let sql = "INSERT INTO step_seen (campaign, article, since) SELECT ?1, ?2, ?3 WHERE NOT EXISTS \
                   (SELECT 1 FROM step_seen WHERE campaign = ?1 AND article = ?2 AND since <= ?3) \
                   ON CONFLICT (campaign, article) DO UPDATE SET since = excluded.since";
        for article in articles {
            let mut insert = self.connection.prepare_cached(sql).doing("note a step")?;
            insert
                .execute((&campaign.0, article, now.as_microsecond()))
                .doing("note a step")?;
        }
        Ok(())
    }

    /// Whether there is nothing to note: a run that has nothing to do writes nothing.
    fn is_noted(&self, campaign: &CampaignId, articles: &[&str], now: Timestamp) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM campaign_seen WHERE campaign = ?1 AND since <= ?3) AND NOT EXISTS (SELECT 1 FROM \
                   json_each(?2) a WHERE NOT EXISTS (SELECT 1 FROM step_seen s WHERE s.campaign = ?1 AND s.article = a.value AND s.since <= ?3))";
        let articles: Vec<String> = articles.iter().map(|article| (*article).to_owned()).collect();
        let row = (&campaign.0, names(&articles)?, now.as_microsecond());
        self.connection.query_row(sql, row, |row| row.get(0)).doing("note a step")
    }

    /// Notes that no letter of a step can be written at this moment, or that one can again: nobody is late for it meanwhile.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_stop(&mut self, campaign: &CampaignId, article: &str, stopped: Option<Timestamp>) -> Result<(), StoreError> {
        let sql = "UPDATE step_seen SET stopped_since = ?3 WHERE campaign = ?1 AND article = ?2 \
                   AND (stopped_since IS NULL OR ?3 IS NULL) AND stopped_since IS NOT ?3";
        let row = (&campaign.0, article, stopped.map(Timestamp::as_microsecond));
        self.connection.execute(sql, row).doing("note that a step is stopped")?;
        Ok(())
    }

    /// Opens closed steps again, this one or all of the series, for whoever comes to them from now on.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn open_steps(&mut self, campaign: &CampaignId, step: Option<&Edition>, now: Timestamp) -> Result<(), StoreError> {
        const CLOSED: &str = "campaign = ?1 AND round = 1 AND (?2 IS NULL OR article = ?2) AND \
                              (status = 'cancelled' OR ended IS NOT NULL OR skipped IS NOT NULL)";
        const DOING: &str = "open a step again";
        let transaction = self.write(DOING)?;
        let article = step.map(|step| &step.key.article);
        // Nobody is owed what they passed by meanwhile: the step counts as one that is new at this moment.
        let sql = format!(
            "UPDATE step_seen SET since = ?3 WHERE campaign = ?1 AND article IN (SELECT article FROM edition WHERE {CLOSED})"
        );
        transaction
            .execute(&sql, (&campaign.0, article, now.as_microsecond()))
            .doing(DOING)?;
        for change in [
            format!("DELETE FROM edition WHERE skipped IS NOT NULL AND {CLOSED}"),
            format!("UPDATE edition SET status = 'released', ended = NULL WHERE {CLOSED}"),
        ] {
            transaction.execute(&change, (&campaign.0, article)).doing(DOING)?;
        }
        let target = step.map_or_else(|| Target::Campaign(campaign.clone()), |step| Target::Edition(step.id));
        write_order(&transaction, "release", &target, "closed steps", now)?;
        transaction.commit().doing(DOING)
    }

    /// The steps of a series that the store knows, by their articles.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn steps(&self, campaign: &CampaignId) -> Result<BTreeMap<String, StepRow>, StoreError> {
        const DOING: &str = "read the steps";
        let sql = "WITH known(article) AS (SELECT article FROM step_seen WHERE campaign = ?1 UNION SELECT article FROM edition WHERE \
                   campaign = ?1 AND round = 1) SELECT k.article, s.since, e.held IS NOT NULL, \
                   coalesce(e.status = 'cancelled' OR e.ended IS NOT NULL OR e.skipped IS NOT NULL, FALSE), \
                   (SELECT max(o.at) FROM spoken_order o WHERE o.verb = 'release' AND (o.edition = e.id OR o.campaign = ?1)), \
                   s.stopped_since \
                   FROM known k LEFT JOIN step_seen s ON s.campaign = ?1 AND s.article = k.article \
                   LEFT JOIN edition e ON e.campaign = ?1 AND e.article = k.article AND e.round = 1";
        let mut statement = self.connection.prepare_cached(sql).doing(DOING)?;
        let mut rows = statement.query([&campaign.0]).doing(DOING)?;
        let mut steps = BTreeMap::new();
        while let Some(row) = rows.next().doing(DOING)? {
            let instant = |index| row.get::<_, Option<i64>>(index).doing(DOING)?.map(codec::instant).transpose();
            let step = StepRow {
                seen: instant(1)?,
                is_held: row.get(2).doing(DOING)?,
                is_closed: row.get(3).doing(DOING)?,
                freed: instant(4)?,
                stopped: instant(5)?,
            };
            steps.insert(row.get(0).doing(DOING)?, step);
        }
        Ok(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_is_read_from_the_index_on_the_day_of_joining() {
        let store = Store::in_memory(Timestamp::UNIX_EPOCH).unwrap();
        let sql = format!("EXPLAIN QUERY PLAN {RANGE}");
        let plan = |one_for_all: bool| -> Vec<String> {
            let setting = rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG;
            store.connection.set_db_config(setting, one_for_all).unwrap();
            let mut statement = store.connection.prepare(&sql).unwrap();
            let rows = statement.query_map(params!["[]", "", "", "", "", ""], |row| row.get::<_, String>(3));
            rows.unwrap().map(Result::unwrap).collect()
        };
        assert_eq!(plan(true), plan(false), "no value makes a better plan");
        let plan = plan(true);
        let range = "SEARCH m USING INDEX membership_joined (list=? AND <expr>>? AND <expr><?)";
        assert!(plan.iter().any(|line| line == range), "{plan:#?}");
        assert!(
            !plan
                .iter()
                .any(|line| line.starts_with("SCAN m") || line.starts_with("SCAN d")),
            "{plan:#?}"
        );
    }
}
