//! What is looked at after a kill: the list's files, the people in the store, who is written to, and what the same command does now.
//!
//! Promises: looks at copies until the command is given again, so that nothing is mended by looking; tells every fault it finds and goes on. Knows nothing of where
//! the axe fell.

use super::{Case, Contents, SUPPRESSED, copied, run};
use crate::crash::clinic::CAMPAIGN;
use crate::crash::mode::STOP_AND_WAIT;
use crate::support::judge::Judge;
use crate::support::people::address;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Output;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// The clinic's own folder of lists.
const HOME: &str = "subscribers";

/// Who is on the list, and what everybody would read.
pub(super) struct State {
    pub(super) people: Vec<String>,
    pub(super) letters: BTreeMap<String, String>,
}

impl State {
    pub(super) fn of(clinic: &Workspace) -> Self {
        Self {
            people: people(clinic),
            letters: letters(&copied(clinic)).1,
        }
    }
}

/// What everybody on the list would be sent, by address, and how the send ended.
fn letters(clinic: &Workspace) -> (Output, BTreeMap<String, String>) {
    let judge = Judge::start_apart();
    let clinic = STOP_AND_WAIT.relay(copied(clinic), &judge, 1);
    let output = clinic.run(&["send", CAMPAIGN, "--yes"]);
    judge.settle();
    judge.assert_polite();
    let deliveries = judge.deliveries().into_iter();
    let words = deliveries.map(|delivery| (delivery.recipient, delivery.words_hash));
    (output, words.collect())
}

/// Everybody whom the store knows a list to have or to have had, with all that is known of them, and the lists' columns.
fn people(clinic: &Workspace) -> Vec<String> {
    let sql = "SELECT json_array(l.name, v.address, v.attributes, v.rows, m.line, m.joined, m.answer, m.basis, m.consent_date, \
               m.consent_source, m.consent_wording, m.assumed, m.left_at IS NULL) AS one \
               FROM membership m JOIN list l ON l.id = m.list LEFT JOIN person_version v ON v.id = m.version AND v.person = m.person \
               UNION ALL SELECT json_array(name, columns) FROM list ORDER BY one";
    rows(clinic, sql)
}

pub(super) fn suppressed(clinic: &Workspace) -> Vec<String> {
    let sql = "SELECT json_array(hex(hash), list, reason, lifted_at IS NULL) FROM suppression ORDER BY id";
    rows(clinic, sql)
}

/// One column of a copy of the store: whoever looks at a store whose process died mends it a little.
fn rows(clinic: &Workspace, sql: &str) -> Vec<String> {
    let copied = copied(clinic);
    let file = copied.path(".tidings/store.db");
    if !file.exists() {
        return Vec::new();
    }
    let store = Connection::open(file).unwrap();
    let has_tables: bool = store
        .query_row("SELECT count(*) > 0 FROM sqlite_schema", [], |row| row.get(0))
        .unwrap();
    if !has_tables {
        return Vec::new();
    }
    let mut statement = store.prepare(sql).unwrap();
    let found = statement.query_map([], |row| row.get(0)).unwrap();
    found.map(Result::unwrap).collect()
}

/// The files by the list's name, but for those that are not finished and that nobody reads.
pub(super) fn list_files(clinic: &Workspace) -> BTreeMap<String, String> {
    let names = names(clinic).into_iter().filter(|name| !is_unfinished(name));
    names
        .map(|name| (name.clone(), clinic.read(&format!("{HOME}/{name}"))))
        .collect()
}

pub(super) fn names(clinic: &Workspace) -> Vec<String> {
    let entries = std::fs::read_dir(clinic.path(HOME)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

pub(super) fn is_unfinished(name: &str) -> bool {
    name.contains(".new-")
}

/// What one kill led to.
#[derive(Debug, Default)]
pub(super) struct Fallen {
    pub(super) killed: bool,
    /// The store had the people of after.
    pub(super) is_done: bool,
    /// A send wrote to nobody, for a reason that it told.
    pub(super) sent_nobody: bool,
    pub(super) unfinished: usize,
    /// Files of the list that stand otherwise than after an undisturbed run, once the command was given again.
    pub(super) otherwise: Vec<String>,
    pub(super) faults: Vec<String>,
}

impl Fallen {
    fn hold(&mut self, is_true: bool, fault: impl FnOnce() -> String) {
        if !is_true {
            self.faults.push(fault());
        }
    }

    /// Every file of the list is one of those that are known, and those that are kept are there.
    pub(super) fn hold_files(&mut self, case: &Case, clinic: &Workspace, when: &str) {
        let files = list_files(clinic);
        let Contents { old, new, mapping } = &case.contents;
        for (name, text) in &files {
            let is_whole = match name.contains(".yaml") {
                true => text == mapping,
                false => text == old || text == new,
            };
            self.hold(is_whole, || format!("{when}: `{name}` is not whole, {} bytes", text.len()));
        }
        let lists: Vec<&String> = files
            .keys()
            .filter(|name| !name.contains('~') && !name.contains(".yaml"))
            .collect();
        self.hold(!lists.is_empty(), || format!("{when}: the list has no file"));
        for content in &case.keeps {
            let is_kept = files.values().any(|text| text == content);
            let which = if content == old { "old" } else { "new" };
            self.hold(is_kept, || {
                format!("{when}: the {which} content is lost; there are {:?}", files.keys())
            });
        }
    }

    pub(super) fn hold_people(&mut self, case: &Case, clinic: &Workspace) {
        let people = people(clinic);
        self.is_done = people == case.after.people;
        self.hold(self.is_done || people == case.before.people, || {
            format!("people of neither before nor after: {people:#?}")
        });
        let suppressed = suppressed(clinic);
        self.hold(suppressed == case.suppressed, || format!("suppressions are {suppressed:?}"));
        let doctor = copied(clinic).run(&["doctor", "--offline"]);
        self.hold(doctor.status == Some(0), || format!("the doctor says\n{doctor}"));
    }

    /// Whoever is written to now is of before or of after, and reads the words of then.
    pub(super) fn hold_letters(&mut self, case: &Case, clinic: &Workspace) {
        let (output, letters) = letters(clinic);
        self.sent_nobody = letters.is_empty();
        // `check` calls two files of one list an error, so a send may do the same.
        let is_refused = letters.is_empty() && output.status == Some(65) && output.stderr.contains("has two files");
        let is_one = letters == case.before.letters || letters == case.after.letters;
        self.hold(is_one || is_refused, || {
            format!("a send writes to {:?}\n{output}", letters.keys())
        });
        let is_spared = case.suppressed.is_empty() || !letters.contains_key(&address(SUPPRESSED));
        self.hold(is_spared, || "whoever is suppressed was written to".to_owned());
    }

    /// The same command once more ends as if it had never been killed.
    pub(super) fn hold_again(&mut self, case: &Case, clinic: &Workspace) {
        let again = run(clinic, &case.verb);
        let is_undone = self.is_done && again.status == Some(2) && again.stderr.contains("was taken back at");
        self.hold(again.status == Some(0) || is_undone, || format!("given again\n{again}"));
        let people = people(clinic);
        self.hold(people == case.after.people, || {
            format!("given again, the people are {people:#?}\n{again}")
        });
        let suppressed = suppressed(clinic);
        self.hold(suppressed == case.suppressed, || {
            format!("given again, suppressions are {suppressed:?}")
        });
        self.hold_files(case, clinic, "given again");
        let files = list_files(clinic);
        let differs = |name: &&String| files.get(*name) != case.ending.get(*name);
        let all: BTreeSet<&String> = files.keys().chain(case.ending.keys()).collect();
        self.otherwise = all.into_iter().filter(differs).cloned().collect();
        let letters = letters(clinic).1;
        self.hold(letters == case.after.letters, || {
            format!("given again, a send writes to {:?}", letters.keys())
        });
    }
}
