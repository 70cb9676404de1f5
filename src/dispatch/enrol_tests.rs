//! What is believed of a list's file from outside, and what is not.

use super::{Enrolled, Wish, enrol_at, is_seen, note_seen};
use crate::clock::Clock;
use crate::store::Store;
use crate::store::import::Guard;
use crate::subscriber::csv::Mapping;
use crate::workspace::ListFile;
use jiff::{SignedDuration, Timestamp};
use std::fs;

const ANN: &str = "email,consent\nann@example.org,yes\n";
const ANN_AND_BEN: &str = "email,consent\nann@example.org,yes\nben@example.org,yes\n";

struct Desk {
    _dir: tempfile::TempDir,
    list: ListFile,
    store: Store,
    /// Long enough after the files were written.
    later: Timestamp,
}

impl Desk {
    fn new(text: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("patients.csv");
        fs::write(&path, text).unwrap();
        Self {
            list: ListFile::at(dir.path(), &path, "patients".to_owned(), Mapping::default()),
            store: Store::in_memory(Timestamp::UNIX_EPOCH).unwrap(),
            later: Clock::real().now() + SignedDuration::from_mins(1),
            _dir: dir,
        }
    }

    fn enrol(&mut self, looked: Timestamp, by_hand: bool) -> Enrolled {
        let wish = Wish {
            by_hand,
            ..Wish::of_a_run(Guard::Trusted)
        };
        enrol_at(&mut self.store, &self.list, wish, Timestamp::UNIX_EPOCH, looked).unwrap()
    }

    /// Takes what stands there now for what was imported, as only a look from outside can.
    fn take_for_seen(&mut self) {
        let stamp = self.list.stamp(self.later).unwrap();
        note_seen(&mut self.store, &self.list, stamp).unwrap();
    }

    fn is_seen(&self, looked: Timestamp) -> bool {
        is_seen(&self.store, &self.list, self.list.stamp(looked)).unwrap()
    }
}

#[test]
fn a_file_that_looks_as_it_did_is_not_read() {
    let mut desk = Desk::new(ANN);
    let later = desk.later;
    assert!(matches!(desk.enrol(later, false), Enrolled::Read { .. }));
    assert!(desk.is_seen(later), "the import has noted it");
    fs::write(desk.list.path(), ANN_AND_BEN).unwrap();
    desk.take_for_seen();
    assert!(matches!(desk.enrol(later, false), Enrolled::Same), "else Ben would be found");
    assert!(
        matches!(desk.enrol(later, true), Enrolled::Read { .. }),
        "a person who asks for a file has it read"
    );
}

#[test]
fn another_file_is_read_whatever_its_name() {
    let mut desk = Desk::new(ANN);
    let later = desk.later;
    desk.enrol(later, false);
    let other = desk.list.path().with_file_name("other");
    // As long as the first, and another person.
    fs::write(&other, ANN.replace("ann", "eve")).unwrap();
    fs::rename(&other, desk.list.path()).unwrap();
    assert!(!desk.is_seen(later));
    match desk.enrol(later, false) {
        Enrolled::Read { imported, .. } => assert_eq!((imported.report.added, imported.report.left), (1, 1)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_that_was_changed_just_now_is_read_each_time() {
    let mut desk = Desk::new(ANN);
    let now = Clock::real().now();
    desk.enrol(now, false);
    assert_eq!(desk.store.list_seen("patients").unwrap(), None);
    assert!(!desk.is_seen(now));
    // A clock that went back knows nothing of the file either.
    assert_eq!(desk.list.stamp(now - SignedDuration::from_hours(24)), None);
}

#[test]
fn what_is_read_in_another_way_or_was_taken_back_is_not_believed() {
    let mut desk = Desk::new(ANN);
    let later = desk.later;
    desk.enrol(later, false);
    let mut mapped = desk.list.clone();
    mapped.mapping.encoding = Some("latin1".to_owned());
    assert!(!is_seen(&desk.store, &mapped, mapped.stamp(later)).unwrap());
    desk.store.note_list_source("patients", b"another").unwrap();
    assert!(!desk.is_seen(later), "the list stands on something else");
}
