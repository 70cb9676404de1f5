//! The writing half of an import: person by person onto the list, and off it who is no longer in the file.
//!
//! Promises: a row that says nothing new writes nothing; what a membership said before stands in `membership_was` before it changes.

use super::known::{Known, differences};
use super::prepared::{ConsentWords, Prepared};
use super::statements::Statements;
use super::{Change, Example, ImportId, ImportReport, ListSource, MOST_EXAMPLES, MOST_NOTED, Note, Noted};
use crate::store::keys::PersonHash;
use crate::store::{Doing, StoreError};
use crate::subscriber::consent::{Answer, Basis};
use crate::subscriber::suppression::Reason;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::{HashMap, HashSet};

pub(super) const DOING: &str = "import a list";

/// One import under way, inside its transaction.
pub(super) struct Writer<'t> {
    transaction: &'t Transaction<'t>,
    list: i64,
    import: ImportId,
    source: &'t ListSource<'t>,
    now: i64,
    /// Everybody who is not written to on this list, by hash.
    suppressed: HashMap<PersonHash, Standing>,
    /// Whether the store knew anybody, and this list had ever had anybody: else there is nothing to look up.
    knows_people: bool,
    had_members: bool,
    next_person: i64,
    seen: People,
    statements: Statements<'t>,
    report: ImportReport,
    noted: Vec<Noted>,
    examples: Vec<Example>,
}

/// What keeps a person from mail already.
#[derive(Clone, Copy)]
struct Standing {
    /// The gravest reason of all.
    gravest: Reason,
    /// The gravest that is for all mail and is not taken back with another list's import.
    covering: Option<Reason>,
}

/// A set of people by their rows' numbers.
#[derive(Default)]
struct People(Vec<u64>);

impl People {
    fn put(&mut self, person: i64) {
        let number = usize::try_from(person).unwrap_or_default();
        if self.0.len() <= number / 64 {
            self.0.resize(number / 64 + 1024, 0);
        }
        self.0[number / 64] |= 1 << (number % 64);
    }

    fn has(&self, person: i64) -> bool {
        let number = usize::try_from(person).unwrap_or_default();
        self.0.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }
}

impl<'t> Writer<'t> {
    pub(super) fn new(
        transaction: &'t Transaction<'t>,
        list: i64,
        import: ImportId,
        source: &'t ListSource<'t>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let number = |sql: &str| transaction.query_row(sql, [list], |row| row.get::<_, i64>(0)).doing(DOING);
        let before = number("SELECT count(*) FROM membership WHERE list = ? AND left_at IS NULL")?;
        let last_person = number("SELECT coalesce(max(id), 0) FROM person WHERE ?1 = ?1")?;
        Ok(Self {
            transaction,
            list,
            import,
            source,
            now: now.as_microsecond(),
            suppressed: suppressed(transaction, source.list)?,
            knows_people: last_person > 0,
            had_members: number("SELECT EXISTS (SELECT 1 FROM membership WHERE list = ?)")? == 1,
            next_person: last_person + 1,
            seen: People::default(),
            statements: Statements::of(transaction)?,
            report: ImportReport {
                before: before.unsigned_abs(),
                ..ImportReport::default()
            },
            noted: Vec::new(),
            examples: Vec::new(),
        })
    }

    /// Everybody who asked to be forgotten.
    pub(super) fn erased(&self) -> HashSet<PersonHash> {
        let erased = self
            .suppressed
            .iter()
            .filter(|(_, standing)| standing.gravest == Reason::Erased);
        erased.map(|(hash, _)| *hash).collect()
    }

    /// Writes the next rows of the file.
    pub(super) fn write(&mut self, batch: &[Prepared]) -> Result<(), StoreError> {
        let people = self.people(batch)?;
        for (row, person) in batch.iter().zip(people) {
            match person {
                Some(person) => self.row(row, person)?,
                None => {
                    self.report.erased += 1;
                    self.note(row, Note::Erased);
                }
            }
        }
        Ok(())
    }

    /// Everybody's row in `person`, new where needed; nobody for those who asked to be forgotten.
    ///
    /// Numbers are given in the order of the file. They are looked up and written in the order of the hashes, which is the index's own:
    /// neighbours share its pages.
    fn people(&mut self, batch: &[Prepared]) -> Result<Vec<Option<i64>>, StoreError> {
        let is_erased = |row: &Prepared| {
            self.suppressed
                .get(&row.hash)
                .is_some_and(|standing| standing.gravest == Reason::Erased)
        };
        let mut by_hash: Vec<usize> = (0..batch.len()).filter(|index| !is_erased(&batch[*index])).collect();
        by_hash.sort_unstable_by_key(|index| &batch[*index].hash);
        let mut people = vec![None; batch.len()];
        let mut is_new = vec![!self.knows_people; batch.len()];
        if self.knows_people {
            for index in &by_hash {
                let find = &mut self.statements.find_person;
                people[*index] = find
                    .query_row([&batch[*index].hash], |row| row.get(0))
                    .optional()
                    .doing(DOING)?;
                is_new[*index] = people[*index].is_none();
            }
        }
        for (index, row) in batch.iter().enumerate() {
            if is_new[index] && !is_erased(row) {
                people[index] = Some(self.next_person);
                self.next_person += 1;
            }
        }
        for index in by_hash.into_iter().filter(|index| is_new[*index]) {
            let row = (people[index], &batch[index].hash);
            self.statements.insert_person.execute(row).doing(DOING)?;
        }
        Ok(people)
    }

    /// Puts one person on the list, with a new version only where something changed.
    fn row(&mut self, row: &Prepared, person: i64) -> Result<(), StoreError> {
        self.seen.put(person);
        self.leave_behind(row)?;
        let known = match self.had_members {
            true => self.known(person)?,
            false => None,
        };
        let (consent, assumed) = self.consent(row, known.as_ref());
        self.report.agreed += u64::from(consent.answer != Answer::No && !consent.is_blank());
        let Some(known) = known else {
            self.report.added += 1;
            self.example(Change::Added, &row.address, Vec::new);
            let version = self.version(row, person)?;
            return self.insert(row, person, version, &consent, assumed);
        };
        let same_person =
            (known.address.as_str(), known.attributes.as_str(), &known.rows) == (&row.address, &row.attributes, &row.rows);
        let same_place = known.consent == consent && known.joined == row.joined && known.assumed == assumed;
        if same_person && same_place && !known.left {
            self.report.unchanged += 1;
            return Ok(());
        }
        if known.consent.answer == Answer::No && consent.answer != Answer::No {
            self.note(row, Note::SaidNoBefore);
        }
        let change = match known.left {
            true => Change::Returned,
            false => Change::Updated,
        };
        *self.count(change) += 1;
        self.example(change, &row.address, || differences(&known, row, &consent));
        let version = match same_person {
            true => known.version,
            false => self.version(row, person)?,
        };
        self.keep_was(person)?;
        self.update(row, person, version, &consent, assumed)
    }

    /// The consent that counts: the file's own word, or what a person vouched for, now or before.
    fn consent(&mut self, row: &Prepared, known: Option<&Known>) -> (ConsentWords, bool) {
        let said_no = known.filter(|known| known.consent.answer == Answer::No && self.source.asks_consent);
        if let Some(known) = said_no.filter(|_| row.consent.answer == Answer::Unknown) {
            // Blank is not yes, and neither it nor a ground without words is a word against a no.
            self.note(row, Note::NoStands);
            return (known.consent.clone(), false);
        }
        if !row.consent.is_blank() {
            return (row.consent.clone(), false);
        }
        if let Some(assumed) = self.source.assumed {
            self.report.assumed += 1;
            let consent = ConsentWords {
                answer: match assumed.basis {
                    Basis::Express => Answer::Yes,
                    Basis::Implied | Basis::Inquiry => Answer::Unknown,
                },
                basis: Some(assumed.basis),
                date: row.consent.date.clone().or(assumed.date.map(|day| day.to_string())),
                source: row.consent.source.clone().or(assumed.evidence.clone()),
                wording: row.consent.wording.clone(),
            };
            return (consent, true);
        }
        match known.filter(|known| known.assumed) {
            Some(known) => (known.consent.clone(), true),
            None => (row.consent.clone(), false),
        }
    }

    /// Notes who is suppressed already, and suppresses whom the file knows to have left a mailing program.
    fn leave_behind(&mut self, row: &Prepared) -> Result<(), StoreError> {
        let standing = self.suppressed.get(&row.hash).copied();
        if let Some(standing) = standing {
            self.report.suppressed += 1;
            self.note(row, Note::Suppressed(standing.gravest));
        }
        let Some(reason) = row.left else { return Ok(()) };
        if standing.is_some_and(|standing| standing.covering >= Some(reason)) {
            return Ok(());
        }
        // Whoever left a mailing program knew nothing of our lists: it is all mail that they left.
        let evidence = format!("{}, line {}", self.source.file, row.line);
        let sql = "INSERT INTO suppression (hash, reason, evidence, at, import) VALUES (?, ?, ?, ?, ?)";
        let values = params![row.hash, reason.as_str(), evidence, self.now, self.import.0];
        self.transaction
            .prepare_cached(sql)
            .doing(DOING)?
            .execute(values)
            .doing(DOING)?;
        let standing = Standing {
            gravest: standing.map_or(reason, |standing| standing.gravest.max(reason)),
            covering: Some(reason),
        };
        self.suppressed.insert(row.hash, standing);
        self.report.unsubscribed += 1;
        Ok(())
    }

    fn known(&mut self, person: i64) -> Result<Option<Known>, StoreError> {
        let find = &mut self.statements.find_member;
        let found = find.query_row((self.list, person), |row| {
            let word = |index: usize| row.get::<_, Option<String>>(index);
            Ok(Known {
                version: row.get(0)?,
                address: word(1)?.unwrap_or_default(),
                attributes: word(2)?.unwrap_or_default(),
                rows: word(3)?,
                left: row.get(4)?,
                consent: ConsentWords {
                    answer: word(5)?.as_deref().and_then(Answer::parse).unwrap_or_default(),
                    basis: word(6)?.as_deref().and_then(Basis::parse),
                    date: word(7)?,
                    source: word(8)?,
                    wording: word(9)?,
                },
                joined: word(10)?,
                assumed: row.get(11)?,
            })
        });
        found.optional().doing(DOING)
    }

    fn version(&mut self, row: &Prepared, person: i64) -> Result<i64, StoreError> {
        let values = params![person, row.address, row.attributes, row.rows, self.now];
        self.statements.insert_version.insert(values).doing(DOING)
    }

    #[rustfmt::skip]
    fn insert(&mut self, row: &Prepared, person: i64, version: i64, consent: &ConsentWords, assumed: bool) -> Result<(), StoreError> {
        let values = params![
            self.list, person, version, row.line, row.joined, consent.answer.as_str(), consent.basis.map(Basis::as_str), consent.date,
            consent.source, consent.wording, assumed, self.now, self.import.0
        ];
        self.statements.insert_member.execute(values).doing(DOING).map(|_| ())
    }

    #[rustfmt::skip]
    fn update(&mut self, row: &Prepared, person: i64, version: i64, consent: &ConsentWords, assumed: bool) -> Result<(), StoreError> {
        let values = params![
            self.list, person, version, row.line, row.joined, consent.answer.as_str(), consent.basis.map(Basis::as_str), consent.date,
            consent.source, consent.wording, assumed, self.import.0
        ];
        self.statements.update_member.execute(values).doing(DOING).map(|_| ())
    }

    fn keep_was(&mut self, person: i64) -> Result<(), StoreError> {
        let values = (self.import.0, self.list, person);
        self.statements.keep_was.execute(values).doing(DOING).map(|_| ())
    }

    /// Takes off the list who is not in the file any more; gives what the import did.
    pub(super) fn finish(mut self) -> Result<(ImportReport, Vec<Noted>, Vec<Example>), StoreError> {
        for (person, address) in self.gone()? {
            self.report.left += 1;
            self.example(Change::Left, &address, Vec::new);
            self.keep_was(person)?;
            let sql = "UPDATE membership SET left_at = ? WHERE list = ? AND person = ?";
            let mut leave = self.transaction.prepare_cached(sql).doing(DOING)?;
            leave.execute((self.now, self.list, person)).doing(DOING)?;
        }
        if !self.had_members {
            self.report.left_elsewhere = self.left_elsewhere()?;
        }
        self.examples.sort_by_key(|example| example.change);
        Ok((self.report, self.noted, self.examples))
    }

    /// How many people of this new list left another one, or said no there.
    fn left_elsewhere(&self) -> Result<u64, StoreError> {
        // Nearly always there is nothing else to have left, which is known without looking at everybody.
        let sql = "SELECT EXISTS (SELECT 1 FROM suppression WHERE list IS NOT NULL) OR EXISTS (SELECT 1 FROM membership WHERE list < ?1) \
                   OR EXISTS (SELECT 1 FROM membership WHERE list > ?1)";
        let is_possible = self.transaction.query_row(sql, [self.list], |row| row.get(0));
        if !is_possible.doing(DOING)? {
            return Ok(0);
        }
        let sql = "SELECT count(*) FROM membership m JOIN person p ON p.id = m.person WHERE m.list = ?1 AND m.answer <> 'no' AND \
                   (EXISTS (SELECT 1 FROM suppression s WHERE s.hash = p.hash AND s.lifted_at IS NULL AND s.list <> ?2) \
                    OR EXISTS (SELECT 1 FROM membership o WHERE o.person = m.person AND o.list <> ?1 AND o.answer = 'no'))";
        let people = self
            .transaction
            .query_row(sql, (self.list, self.source.list), |row| row.get::<_, i64>(0));
        people.doing(DOING).map(i64::unsigned_abs)
    }

    fn gone(&self) -> Result<Vec<(i64, String)>, StoreError> {
        if !self.had_members {
            return Ok(Vec::new());
        }
        let sql = "SELECT person FROM membership WHERE list = ? AND left_at IS NULL";
        let mut statement = self.transaction.prepare(sql).doing(DOING)?;
        let mut rows = statement.query([self.list]).doing(DOING)?;
        let mut gone = Vec::new();
        while let Some(row) = rows.next().doing(DOING)? {
            let person: i64 = row.get(0).doing(DOING)?;
            if !self.seen.has(person) {
                let address = match gone.len() < MOST_EXAMPLES {
                    true => self.address_of(person)?,
                    false => String::new(),
                };
                gone.push((person, address));
            }
        }
        Ok(gone)
    }

    fn address_of(&self, person: i64) -> Result<String, StoreError> {
        let sql = "SELECT v.address FROM membership m JOIN person_version v ON v.id = m.version WHERE m.list = ? AND m.person = ?";
        let found = self
            .transaction
            .query_row(sql, (self.list, person), |row| row.get::<_, Option<String>>(0));
        Ok(found.doing(DOING)?.unwrap_or_default())
    }

    fn count(&mut self, change: Change) -> &mut u64 {
        match change {
            Change::Added => &mut self.report.added,
            Change::Updated => &mut self.report.updated,
            Change::Returned => &mut self.report.returned,
            Change::Left => &mut self.report.left,
        }
    }

    fn note(&mut self, row: &Prepared, note: Note) {
        if self.noted.len() < MOST_NOTED {
            let line = usize::try_from(row.line).unwrap_or_default();
            self.noted.push(Noted { line, note });
        }
    }

    fn example(&mut self, change: Change, address: &str, detail: impl FnOnce() -> Vec<String>) {
        let so_far = match change {
            Change::Added => self.report.added,
            Change::Updated => self.report.updated,
            Change::Returned => self.report.returned,
            Change::Left => self.report.left,
        };
        // The one at hand is counted already.
        if so_far <= MOST_EXAMPLES as u64 {
            let (address, detail) = (address.to_owned(), detail());
            self.examples.push(Example { change, address, detail });
        }
    }
}

/// Everybody who gets no mail to this list, with the gravest reason.
fn suppressed(transaction: &Transaction<'_>, list: &str) -> Result<HashMap<PersonHash, Standing>, StoreError> {
    let sql = "SELECT s.hash, s.reason, s.list IS NULL AND (s.import IS NULL OR l.name = ?1) \
               FROM suppression s LEFT JOIN import i ON i.id = s.import LEFT JOIN list l ON l.id = i.list \
               WHERE s.lifted_at IS NULL AND (s.list IS NULL OR s.list = ?1)";
    let mut statement = transaction.prepare(sql).doing(DOING)?;
    let mut rows = statement.query([list]).doing(DOING)?;
    let mut suppressed: HashMap<PersonHash, Standing> = HashMap::new();
    while let Some(row) = rows.next().doing(DOING)? {
        let (hash, word): (PersonHash, String) = (row.get(0).doing(DOING)?, row.get(1).doing(DOING)?);
        let reason = Reason::parse(&word).unwrap_or(Reason::ByHand);
        let standing = suppressed.entry(hash).or_insert(Standing {
            gravest: reason,
            covering: None,
        });
        standing.gravest = standing.gravest.max(reason);
        if row.get(2).doing(DOING)? {
            standing.covering = standing.covering.max(Some(reason));
        }
    }
    Ok(suppressed)
}
