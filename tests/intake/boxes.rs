//! Boxes and what can befall them: a kill between the store and the mark, a store that is busy, a mail that is handed in and lost nowhere.

use super::letters::{by_token, letters, mail, maildir, read_mails, to};
use super::{dump, hand_in, suppressed, tried_out_on, written_to};
use crate::peers::{or_passed_over, program};
use crate::support::workspace::Workspace;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

const PEOPLE: usize = 60;

fn mode(clinic: &Workspace, name: &str) -> u32 {
    std::fs::metadata(clinic.path(name)).unwrap().permissions().mode() & 0o777
}

/// The mails that are kept beside the store.
fn kept(clinic: &Workspace) -> Vec<String> {
    let entries = std::fs::read_dir(clinic.path(".tidings/mail")).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_kill_between_the_store_and_the_mark_doubles_nothing() {
    let (clinic, judge) = written_to(PEOPLE);
    let mails: Vec<String> = letters(&judge)
        .iter()
        .map(|letter| by_token(&letter.to, &letter.token))
        .collect();
    maildir(&clinic.path("Maildir"), &mails);
    let mut kills = 0;
    for patience in (0..40).map(|step| Duration::from_millis(3 * step)) {
        let mut running = clinic.spawn(&["mail-in", "Maildir"]);
        std::thread::sleep(patience);
        if !running.is_alive() {
            break;
        }
        running.kill();
        kills += 1;
    }
    clinic.run(&["mail-in", "Maildir"]).exits(0);
    assert_eq!(suppressed(&clinic).len(), PEOPLE);
    assert_eq!(read_mails(&clinic.path("Maildir")), PEOPLE);
    let once = dump(&clinic);
    assert_eq!(once.iter().filter(|row| row.starts_with("mail ")).count(), PEOPLE);
    // The very moment: on record, and not marked.
    for entry in std::fs::read_dir(clinic.path("Maildir/cur")).unwrap() {
        let path = entry.unwrap().path();
        let name = path
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .split(':')
            .next()
            .unwrap()
            .to_owned();
        std::fs::rename(&path, clinic.path("Maildir/new").join(name)).unwrap();
    }
    clinic.run(&["mail-in", "Maildir"]).exits(0).says_nothing();
    assert_eq!(dump(&clinic), once);
    assert_eq!(read_mails(&clinic.path("Maildir")), PEOPLE);
    println!("proof| intake | kills while {PEOPLE} mails were taken in | {kills}, nobody twice and nobody lost");
}

#[test]
fn what_is_handed_in_is_acted_on_or_kept_and_never_lost() {
    let (clinic, judge) = written_to(2);
    let letters = letters(&judge);
    hand_in(&clinic, &by_token("x@elsewhere.example", &to(&letters, "person1").token), &[])
        .exits(0)
        .says_nothing();
    assert_eq!(suppressed(&clinic), ["person1 patients unsubscribed"]);
    assert_eq!(kept(&clinic), Vec::<String>::new());
    let stranger = mail("ann@elsewhere.example", "unsubscribe", "Please unsubscribe me.");
    for odd in [stranger.as_str(), "", "no mail at all \u{0}", "\n\n\n"] {
        hand_in(&clinic, odd, &[]).exits(0).says_nothing();
        // The mail server may hand it in once more, having missed our answer.
        hand_in(&clinic, odd, &[]).exits(0).says_nothing();
    }
    let names = kept(&clinic);
    // Two of them are the same mail: none.
    assert_eq!(names.len(), 3, "{names:?}");
    let texts: Vec<String> = names
        .iter()
        .map(|name| clinic.read(&format!(".tidings/mail/{name}")))
        .collect();
    assert!(texts.contains(&stranger));
    assert_eq!(mode(&clinic, ".tidings/mail"), 0o700);
    assert!(
        names
            .iter()
            .all(|name| mode(&clinic, &format!(".tidings/mail/{name}")) == 0o600)
    );
    let status = clinic
        .run(&["status"])
        .exits(0)
        .prints("3 mails for a person to read, act on and remove");
    assert!(status.stdout.contains(".tidings/mail"), "{status}");
    assert_eq!(clinic.run(&["status", "--json"]).json()[0]["kept_mails"], 3);
    assert_eq!(hand_in(&clinic, &stranger, &["--json"]).exits(0).json().len(), 0);
}

#[test]
fn a_mail_that_is_handed_in_is_on_the_disk_before_the_answer() {
    let Some(_) = or_passed_over(program("strace"), "strace") else {
        return;
    };
    let (clinic, _judge) = written_to(1);
    clinic.write("handed.eml", "no mail at all");
    let tracer = ["strace", "-D", "-f", "-y", "-qq", "-o", "calls.log", "-e", "trace=fsync"];
    let tracer: Vec<&str> = tracer
        .into_iter()
        .chain(["sh", "-c", "exec \"$@\" <handed.eml", "sh"])
        .collect();
    // The second time it is there already, by another process that may not have come to its end.
    for _ in 0..2 {
        clinic.spawn_through(&tracer, &["mail-in", "-"]).wait().exits(0);
        let calls = clinic.read("calls.log");
        assert!(calls.contains("/.tidings/mail>"), "{calls}");
    }
    assert_eq!(kept(&clinic).len(), 1);
}

#[test]
fn a_test_store_leaves_what_real_people_write_for_somebody() {
    let (clinic, judge) = tried_out_on(2);
    let letters = letters(&judge);
    let answer = |person: &str| by_token("x@elsewhere.example", &to(&letters, person).token);
    maildir(&clinic.path("Maildir"), &[answer("person1")]);
    clinic.run(&["mail-in", "Maildir"]).exits(0).prints("1 mail: 1 left");
    assert_eq!(read_mails(&clinic.path("Maildir")), 0);
    for _ in 0..2 {
        hand_in(&clinic, &answer("person2"), &[]).exits(0).says_nothing();
    }
    assert_eq!(
        suppressed(&clinic),
        ["person1 patients unsubscribed", "person2 patients unsubscribed"]
    );
    let names = kept(&clinic);
    assert_eq!(names.len(), 1, "{names:?}");
    assert_eq!(clinic.read(&format!(".tidings/mail/{}", names[0])), answer("person2"));
}

#[test]
fn the_mail_server_keeps_what_cannot_be_taken() {
    let (clinic, judge) = written_to(1);
    let answer = by_token("x@elsewhere.example", &letters(&judge)[0].token);
    let store = clinic.path(".tidings/store.db");
    // Busy for longer than anybody waits.
    let busy = rusqlite::Connection::open(&store).unwrap();
    busy.execute_batch("BEGIN IMMEDIATE").unwrap();
    hand_in(&clinic, &answer, &[]).exits(75).tells("the mail was not taken");
    busy.execute_batch("ROLLBACK").unwrap();
    drop(busy);
    // Not there, and letters have left from it.
    std::fs::rename(clinic.path(".tidings"), clinic.path("elsewhere")).unwrap();
    clinic.write("campaigns/.sent", "store: abcdefghij\ngeneration: 1\n");
    hand_in(&clinic, &answer, &[]).exits(75);
    std::fs::rename(clinic.path("elsewhere"), clinic.path(".tidings")).unwrap();
    std::fs::remove_file(clinic.path("campaigns/.sent")).unwrap();
    // A folder for what is kept cannot be made.
    clinic.write(".tidings/mail", "in the way");
    hand_in(&clinic, "odd", &[]).exits(75).tells("cannot keep a mail");
    std::fs::remove_file(clinic.path(".tidings/mail")).unwrap();
    // Settings that are wrong keep nobody from leaving.
    let settings = clinic.read("tidings.yaml");
    clinic.write("tidings.yaml", "clinic: [");
    hand_in(&clinic, &answer, &[]).exits(0).says_nothing();
    clinic.write("tidings.yaml", &settings);
    assert_eq!(suppressed(&clinic), ["person1 patients unsubscribed"]);
    hand_in(&clinic, "odd", &[]).exits(0).says_nothing();
    assert_eq!(kept(&clinic).len(), 1);
}

#[test]
fn two_that_read_one_box_at_once_do_it_once() {
    let (clinic, judge) = written_to(PEOPLE);
    let mails: Vec<String> = letters(&judge)
        .iter()
        .map(|letter| by_token(&letter.to, &letter.token))
        .collect();
    maildir(&clinic.path("Maildir"), &mails);
    let readers = [(); 3].map(|()| clinic.spawn(&["mail-in", "Maildir", "--json"]));
    let told: usize = readers.into_iter().map(|reader| reader.wait().exits(0).json().len()).sum();
    assert_eq!(told, PEOPLE, "each mail is told by one of them");
    assert_eq!(suppressed(&clinic).len(), PEOPLE);
    assert_eq!(read_mails(&clinic.path("Maildir")), PEOPLE);
    let rows = dump(&clinic);
    assert_eq!(rows.iter().filter(|row| row.starts_with("mail ")).count(), PEOPLE);
}

#[test]
fn a_box_that_cannot_be_read_keeps_the_others_from_nothing() {
    let (clinic, judge) = written_to(1);
    let letter = letters(&judge).remove(0);
    maildir(&clinic.path("Maildir"), &[by_token(&letter.to, &letter.token)]);
    clinic
        .run(&["mail-in", "nowhere", "Maildir"])
        .exits(65)
        .prints("1 mail: 1 left")
        .tells("there is no mailbox");
    assert_eq!(suppressed(&clinic), ["person1 patients unsubscribed"]);
}

#[test]
fn what_is_no_mailbox_is_named() {
    let (clinic, _judge) = written_to(1);
    clinic.write("folder/note.txt", "nothing");
    clinic.run(&["mail-in", "nothing"]).exits(65).tells("there is no mailbox");
    clinic.run(&["mail-in", "folder"]).exits(65).tells("no Maildir");
    clinic.run(&["mail-in", "-", "folder"]).exits(2).tells("stands alone");
    clinic
        .run(&["mail-in"])
        .exits(78)
        .tells("names no mailbox")
        .tells("mailbox: /var/mail/unsubscribe");
}
