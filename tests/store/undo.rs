//! Imports taken back: the list says again what it said before, and nobody else's word goes with it.

use super::imports::{File, address, numbers, store, who_said};
use super::{at, subscriber};
use crate::support::rows::all_rows;
use tidings::store::import::{Guard, ImportId, NoUndo};
use tidings::store::suppress::{NewSuppression, Whom};
use tidings::store::{Kind, Store};
use tidings::subscriber::Subscriber;
use tidings::subscriber::consent::Answer;
use tidings::subscriber::suppression::{Reason, Scope, Suppression};

#[test]
fn an_import_is_taken_back_as_if_it_had_never_been() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path());
    File::named(&["ann", "bob", "cid"]).kept(&mut store, 0);
    File::named(&["ann", "cid"]).read_as(b"without bob").kept(&mut store, 1);
    drop(store);
    let before = all_rows(dir.path());
    let mut store = Store::open(dir.path()).unwrap();
    let wrong = File::of([who_said("ann", Answer::No), subscriber("bob"), subscriber("eve")]).of_bytes(b"wrong bytes");
    let imported = wrong.import(&mut store, Guard::Trusted, 2);
    assert_eq!(
        numbers(&imported),
        (1, 1, 0, 1, 1),
        "one new, one changed, one back, one gone"
    );
    let undone = store.undo_import(imported.import.unwrap(), at(3)).unwrap().unwrap();
    assert_eq!((undone.removed, undone.restored, undone.lifted), (1, 3, 0));
    assert_eq!(undone.before.as_deref(), Some(&b"the file's own"[..]));
    assert_eq!(
        store.undo_import(imported.import.unwrap(), at(4)).unwrap(),
        Err(NoUndo::Already {
            at: at(3),
            list: "patients".to_owned(),
            before: Some(b"the file's own".to_vec())
        })
    );
    assert_eq!(store.undo_import(ImportId(99), at(4)).unwrap(), Err(NoUndo::Unknown));
    assert_eq!(store.list_source("patients").unwrap().as_deref(), Some(&b"without bob"[..]));
    let taken_back = store.taken_back("patients", b"wrong bytes").unwrap();
    assert_eq!(
        taken_back.map(|told| told.import),
        imported.import,
        "a run must not bring it in again"
    );
    assert_eq!(store.taken_back("patients", b"other").unwrap(), None);
    drop(store);
    let of_no_record = |row: &&String| {
        !["import ", "spoken_order ", "person "]
            .iter()
            .any(|table| row.starts_with(table))
    };
    let after = all_rows(dir.path());
    let (before, after): (Vec<&String>, Vec<&String>) = (
        before.iter().filter(of_no_record).collect(),
        after.iter().filter(of_no_record).collect(),
    );
    assert_eq!(before, after, "but for the record of it, the store is what it was");
}

#[test]
fn an_undo_lifts_only_what_nobody_else_has_said() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path());
    let cleaned = Subscriber {
        left: Some(Reason::Bounced),
        ..who_said("ann", Answer::No)
    };
    let import = File::of([cleaned.clone()]).kept(&mut store, 0);
    let phoned = |minute| NewSuppression {
        whom: Whom::Address(address("ann")),
        suppression: Suppression {
            scope: Scope::All,
            reason: Reason::Unsubscribed,
            at: at(minute),
            evidence: Some("phoned".to_owned()),
        },
        happened: Some(at(minute)),
    };
    assert_eq!(
        store.suppress_all(&[phoned(1)]).unwrap().added,
        1,
        "a file that may be taken back stands in for nobody's word"
    );
    store.undo_import(import, at(2)).unwrap().unwrap();
    let standing = |store: &Store| {
        store
            .suppressions(&address("ann"))
            .unwrap()
            .into_iter()
            .map(|one| one.reason)
            .collect::<Vec<_>>()
    };
    assert_eq!(standing(&store), [Reason::Unsubscribed]);
    // And that an import was taken back is nobody's word that the person came back.
    let mut store = Store::create(&dir.path().join("other"), Kind::Test, at(0)).unwrap();
    let import = File::of([cleaned]).kept(&mut store, 3);
    store.undo_import(import, at(4)).unwrap().unwrap();
    assert_eq!(standing(&store), [Reason::Unsubscribed; 0]);
    assert_eq!(
        store.suppress_all(&[phoned(1)]).unwrap().added,
        1,
        "the right command with the same old news"
    );
    assert_eq!(standing(&store), [Reason::Unsubscribed]);
}

#[test]
fn of_several_imports_taken_back_none_comes_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(dir.path());
    let file = |names: &[&str], hash| File::named(names).of_bytes(hash);
    let first = file(&["ann"], b"A").kept(&mut store, 0);
    store.note_list_source("patients", b"read by its mapping").unwrap();
    let second = file(&["bob"], b"B").kept(&mut store, 1);
    store.undo_import(second, at(2)).unwrap().unwrap();
    assert_eq!(
        store.list_source("patients").unwrap().as_deref(),
        Some(&b"read by its mapping"[..])
    );
    store.undo_import(first, at(3)).unwrap().unwrap();
    for (hash, import) in [(b"A", first), (b"B", second)] {
        let told = store.taken_back("patients", hash).unwrap();
        assert_eq!(told.map(|told| told.import), Some(import));
    }
    file(&["ann"], b"A").kept(&mut store, 4);
    assert_eq!(
        store.taken_back("patients", b"A").unwrap(),
        None,
        "a person has asked for it again"
    );
}
