//! Imports into real stores: nothing twice, nobody revived, everything taken back whole.

use super::{at, subscriber};
use crate::support::rows::all_rows;
use std::path::Path;
use tidings::address::Address;
use tidings::store::import::{Assumed, Change, Guard, ImportId, ImportReport, Imported, ListSource, NoUndo, Note, Noted};
use tidings::store::{Kind, Store};
use tidings::subscriber::Subscriber;
use tidings::subscriber::column;
use tidings::subscriber::consent::{Answer, Basis, Consent};
use tidings::subscriber::suppression::{Reason, Scope, Suppression};

/// A file of these people for the list `patients`, read as `hash`.
pub(super) struct File<'a> {
    people: Vec<Subscriber>,
    bytes: &'a [u8],
    hash: &'a [u8],
    assumed: Option<Assumed>,
}

impl<'a> File<'a> {
    pub(super) fn of(people: impl IntoIterator<Item = Subscriber>) -> Self {
        let people = people.into_iter().collect();
        Self {
            people,
            bytes: b"the file's own",
            hash: b"read so",
            assumed: None,
        }
    }

    pub(super) fn named(names: &[&str]) -> Self {
        Self::of(names.iter().map(|name| subscriber(name)))
    }

    pub(super) fn read_as(self, hash: &'a [u8]) -> Self {
        Self { hash, ..self }
    }

    pub(super) fn of_bytes(self, bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            hash: bytes,
            ..self
        }
    }

    pub(super) fn vouched_for(self, basis: Basis) -> Self {
        let assumed = Some(Assumed {
            basis,
            date: Some(jiff::civil::date(2026, 6, 1)),
            evidence: Some("paper forms in the blue folder".to_owned()),
        });
        Self { assumed, ..self }
    }

    pub(super) fn import(&self, store: &mut Store, guard: Guard, minute: i64) -> Imported {
        let source = ListSource {
            list: "patients",
            file: "patients.csv",
            file_hash: self.bytes,
            hash: self.hash,
            columns: &[("first_name".to_owned(), column::Kind::Text)],
            asks_consent: true,
            assumed: self.assumed.as_ref(),
        };
        let rows = self
            .people
            .clone()
            .into_iter()
            .enumerate()
            .map(|(row, person)| (row + 2, person));
        store.import(&source, rows, guard, at(minute)).unwrap()
    }

    pub(super) fn kept(&self, store: &mut Store, minute: i64) -> ImportId {
        self.import(store, Guard::Trusted, minute).import.unwrap()
    }
}

pub(super) fn store(dir: &Path) -> Store {
    Store::create(dir, Kind::Test, at(0)).unwrap()
}

pub(super) fn who_said(name: &str, answer: Answer) -> Subscriber {
    Subscriber {
        consent: Consent {
            answer,
            ..Consent::default()
        },
        ..subscriber(name)
    }
}

pub(super) fn address(name: &str) -> Address {
    Address::parse(&format!("{name}@example.org")).unwrap()
}

fn consent_of(store: &Store, name: &str) -> Consent {
    let person = store.person(&address(name)).unwrap().unwrap();
    store.memberships(person).unwrap().remove(0).consent
}

pub(super) fn numbers(imported: &Imported) -> (u64, u64, u64, u64, u64) {
    let ImportReport {
        added,
        updated,
        unchanged,
        returned,
        left,
        ..
    } = imported.report;
    (added, updated, unchanged, returned, left)
}

#[test]
fn the_same_file_twice_changes_nothing_and_a_row_gone_leaves_the_list() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path());
    let (three, two) = (File::named(&["ann", "bob", "cid"]), File::named(&["ann", "cid"]));
    for (minute, (file, expected)) in (0..).zip([
        (&three, (3, 0, 0, 0, 0)),
        (&three, (0, 0, 3, 0, 0)),
        (&two, (0, 0, 2, 0, 1)),
        (&three, (0, 0, 2, 1, 0)),
    ]) {
        let imported = file.import(&mut store, Guard::Cautious, minute);
        assert_eq!((numbers(&imported), imported.kept), (expected, true));
    }
    assert_eq!(store.list_source("patients").unwrap().as_deref(), Some(&b"read so"[..]));
}

#[test]
fn a_file_that_changes_a_fifth_of_its_list_waits_for_a_person() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path());
    let (six, two) = (File::named(&["a", "b", "c", "d", "e", "f"]), File::named(&["a", "b"]));
    six.kept(&mut store, 0);
    let undone = two.import(&mut store, Guard::Cautious, 1);
    assert_eq!((undone.kept, undone.report.left), (false, 4));
    let again = six.import(&mut store, Guard::DryRun, 2);
    assert_eq!((again.kept, again.report.unchanged), (false, 6), "nothing had been written");
    assert!(two.import(&mut store, Guard::Trusted, 3).kept);
}

#[test]
fn no_import_revives_whoever_left() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path());
    let reasons = [
        Reason::Unsubscribed,
        Reason::Complained,
        Reason::Bounced,
        Reason::ByHand,
        Reason::Erased,
    ];
    let names = ["una", "cat", "ben", "han", "eve"];
    File::named(&names).kept(&mut store, 0);
    for (name, reason) in names.iter().zip(reasons) {
        let suppression = Suppression {
            scope: Scope::All,
            reason,
            at: at(1),
            evidence: None,
        };
        store.suppress(&address(name), &suppression).unwrap();
    }
    let saying_yes: Vec<Subscriber> = names
        .iter()
        .map(|name| Subscriber {
            consent: Consent {
                answer: Answer::Yes,
                basis: Some(Basis::Express),
                date: Some(jiff::civil::date(2030, 1, 1)),
                source: Some("newer than anything".to_owned()),
                wording: None,
            },
            ..subscriber(name)
        })
        .collect();
    for (minute, guard) in [(2, Guard::DryRun), (3, Guard::Cautious), (4, Guard::Trusted)] {
        let file = File::of(saying_yes.clone()).vouched_for(Basis::Express).read_as(b"again");
        let imported = file.import(&mut store, guard, minute);
        assert_eq!((imported.report.suppressed, imported.report.erased), (4, 1));
        for (name, reason) in names.iter().zip(reasons) {
            let standing = store.suppressions(&address(name)).unwrap();
            assert_eq!(standing.iter().map(|one| one.reason).collect::<Vec<_>>(), [reason], "{name}");
        }
    }
    let noted = File::of(saying_yes).import(&mut store, Guard::DryRun, 5).noted;
    let eve = Noted {
        line: 6,
        note: Note::Erased,
    };
    assert!(noted.contains(&eve) && noted.len() == 5, "{noted:?}");
}

#[test]
fn whoever_was_forgotten_is_not_written_down_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path());
    let suppression = Suppression {
        scope: Scope::All,
        reason: Reason::Erased,
        at: at(1),
        evidence: None,
    };
    store.suppress(&address("eve"), &suppression).unwrap();
    let mut ann = subscriber("ann");
    ann.attributes
        .insert("partner".to_owned(), "Eve <Eve@example.org>".to_owned());
    ann.consent.source = Some("eve@example.org told us".to_owned());
    File::of([ann, subscriber("eve")]).kept(&mut store, 2);
    drop(store);
    let all: Vec<String> = all_rows(dir.path())
        .into_iter()
        .filter(|row| row.to_lowercase().contains("eve@"))
        .collect();
    assert_eq!(all, [""; 0]);
}

#[test]
fn whom_a_mailing_programs_file_knows_to_have_left_is_suppressed_from_then_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path());
    let left = |name: &str, reason| Subscriber {
        left: Some(reason),
        ..who_said(name, Answer::No)
    };
    let first = File::of([
        left("una", Reason::Unsubscribed),
        left("ben", Reason::Bounced),
        subscriber("ann"),
    ]);
    let import = first.kept(&mut store, 0);
    let standing = |store: &Store, name| {
        let all = store.suppressions(&address(name)).unwrap();
        all.into_iter()
            .map(|one| (one.scope, one.reason, one.evidence))
            .collect::<Vec<_>>()
    };
    let evidence = |line| Some(format!("patients.csv, line {line}"));
    assert_eq!(standing(&store, "una"), [(Scope::All, Reason::Unsubscribed, evidence(2))]);
    assert_eq!(standing(&store, "ben"), [(Scope::All, Reason::Bounced, evidence(3))]);
    let again = File::named(&["una", "ben", "ann"]).import(&mut store, Guard::Trusted, 1);
    assert_eq!(
        (again.report.suppressed, again.report.unsubscribed),
        (2, 0),
        "a later yes does not bring them back"
    );
    // The undo of the very import that told of it is another matter: its file was the wrong one.
    assert_eq!(
        store.undo_import(import, at(2)).unwrap(),
        Err(NoUndo::NotTheLast(again.import.unwrap()))
    );
    store.undo_import(again.import.unwrap(), at(3)).unwrap().unwrap();
    assert_eq!(store.undo_import(import, at(4)).unwrap().unwrap().lifted, 2);
    assert!(standing(&store, "una").is_empty() && standing(&store, "ben").is_empty());
}

#[test]
fn consent_that_was_vouched_for_is_on_record_and_outlives_the_next_import() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path());
    let blank = |name| who_said(name, Answer::Unknown);
    let file = File::of([blank("ann"), who_said("bob", Answer::No), subscriber("cid")]);
    let imported = File::of(file.people.clone())
        .vouched_for(Basis::Implied)
        .import(&mut store, Guard::Cautious, 0);
    assert_eq!(imported.report.assumed, 1);
    let ann = consent_of(&store, "ann");
    assert_eq!((ann.answer, ann.basis), (Answer::Unknown, Some(Basis::Implied)));
    assert_eq!(ann.source.as_deref(), Some("paper forms in the blue folder"));
    assert_eq!(consent_of(&store, "bob").answer, Answer::No, "a no is a no, whoever vouches");
    assert_eq!(consent_of(&store, "cid").basis, None, "who answered needs nobody's word");
    // The file comes again without the word, with one person more: who was vouched for stays so, the new one is blank.
    let more = File::of([blank("ann"), who_said("bob", Answer::No), subscriber("cid"), blank("dan")]).read_as(b"more");
    let imported = more.import(&mut store, Guard::Cautious, 1);
    assert_eq!(numbers(&imported), (1, 0, 3, 0, 0));
    assert_eq!(
        (consent_of(&store, "ann").basis, consent_of(&store, "dan").basis),
        (Some(Basis::Implied), None)
    );
    // And what the person says in the end counts more than anybody's word.
    let said = File::of([
        who_said("ann", Answer::No),
        who_said("bob", Answer::No),
        subscriber("cid"),
        blank("dan"),
    ]);
    said.import(&mut store, Guard::Cautious, 2);
    assert_eq!(consent_of(&store, "ann").answer, Answer::No);
    let words = store.imports(Some("patients")).unwrap();
    let assumed = "{\"basis\":\"implied\",\"date\":\"2026-06-01\",\"evidence\":\"paper forms in the blue folder\"}";
    assert_eq!(words[0].assumed.as_deref(), Some(assumed));
}

#[test]
fn a_trial_shows_whom_it_concerns() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path());
    File::named(&["ann", "bob"]).kept(&mut store, 0);
    let mut ann = who_said("ann", Answer::No);
    ann.attributes.insert("city".to_owned(), "Bath".to_owned());
    let tried = File::of([ann, subscriber("eve")]).import(&mut store, Guard::DryRun, 1);
    let told: Vec<(Change, &str, String)> = tried
        .examples
        .iter()
        .map(|example| (example.change, example.address.as_str(), example.detail.join("; ")))
        .collect();
    let expected = [
        (Change::Added, "eve@example.org", String::new()),
        (
            Change::Updated,
            "ann@example.org",
            "city: (empty) → Bath; consent: yes → no".to_owned(),
        ),
        (Change::Left, "bob@example.org", String::new()),
    ];
    assert_eq!(told, expected);
    let twenty: Vec<String> = (0..20).map(|number| format!("new{number}")).collect();
    let names: Vec<&str> = twenty.iter().map(String::as_str).collect();
    assert_eq!(File::named(&names).import(&mut store, Guard::DryRun, 2).examples.len(), 5 + 2);
}

#[test]
fn a_graver_end_in_a_file_is_not_hidden_by_a_milder_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path());
    let by_hand = Suppression {
        scope: Scope::List("patients".to_owned()),
        reason: Reason::ByHand,
        at: at(0),
        evidence: None,
    };
    store.suppress(&address("ann"), &by_hand).unwrap();
    let complained = Subscriber {
        left: Some(Reason::Complained),
        ..who_said("ann", Answer::No)
    };
    let imported = File::of([complained]).import(&mut store, Guard::Cautious, 1);
    assert_eq!((imported.report.suppressed, imported.report.unsubscribed), (1, 1));
    let standing = store.suppressions(&address("ann")).unwrap();
    assert!(
        standing
            .iter()
            .any(|one| (&one.scope, one.reason) == (&Scope::All, Reason::Complained))
    );
}

#[test]
fn a_blank_cell_is_no_word_against_a_no() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path());
    File::of([who_said("ann", Answer::No), subscriber("bob")]).kept(&mut store, 0);
    let blank = File::of([who_said("ann", Answer::Unknown), subscriber("bob")]);
    let note = Noted {
        line: 2,
        note: Note::NoStands,
    };
    assert_eq!(blank.import(&mut store, Guard::Cautious, 1).noted, [note]);
    assert_eq!(consent_of(&store, "ann").answer, Answer::No);
    let vouched = blank.vouched_for(Basis::Implied).import(&mut store, Guard::Cautious, 2);
    assert_eq!(
        (vouched.report.assumed, consent_of(&store, "ann").answer),
        (0, Answer::No),
        "whoever vouches"
    );
    File::named(&["bob"]).kept(&mut store, 3);
    File::of([who_said("ann", Answer::Unknown), subscriber("bob")]).kept(&mut store, 4);
    assert_eq!(consent_of(&store, "ann").answer, Answer::No, "back on the list with it");
    let yes = File::named(&["ann", "bob"]).import(&mut store, Guard::Cautious, 5);
    assert_eq!(
        (yes.noted[0].note, consent_of(&store, "ann").answer),
        (Note::SaidNoBefore, Answer::Yes)
    );
}
