//! Large mails and large folders: memory is one mail's, whatever lies there.

use super::dovecot::Dovecot;
use super::{Ended, read, text};
use crate::support::stopwatch::Stopwatch;
use std::process::Command;
use tidings::mailbox::imap::{self, Account};
use tidings::mailbox::{Fate, MOST_BYTES};
use zeroize::Zeroizing;

const MAILS: usize = 2_000;
/// Some 24 MB in all: far more than a reading may need.
const BODY: usize = 12_000;
const MOST_GROWTH_KB: u64 = 6_000;

/// Set for the process that only reads: its port, and the file with its roots.
const READER: &str = "TIDINGS_TEST_IMAP_READER";
const THIS: &str = "mailbox_imap::large::two_thousand_mails_need_the_memory_of_one";

#[test]
fn a_giant_is_passed_over_and_what_is_nearly_one_is_read() {
    let Some(mut server) = Dovecot::start() else { return };
    let of = |bytes: usize| {
        format!(
            "Subject: unsubscribe\n\n{}",
            format!("{}\n", "x".repeat(79)).repeat(bytes / 81)
        )
    };
    // Lines end in two bytes on the wire.
    for bytes in [MOST_BYTES - 10_000, MOST_BYTES + 10_000, 4 * MOST_BYTES] {
        server.deliver(&of(bytes));
    }
    server.deliver(&text(1, "unsubscribe"));
    let (done, mails) = read(&server.account(), None);
    assert_eq!((done.mails, done.too_large), (2, 2));
    assert!(mails[0].bytes.len() > MOST_BYTES - 20_000);
    let marked: Vec<bool> = server.mails().into_iter().map(|(_, is_seen)| is_seen).collect();
    assert_eq!(marked, [true, false, false, true]);
    assert_eq!(read(&server.account(), Some(&done.cursor)).0.mails, 0);
    println!(
        "proof| imap | bytes of the largest mail read, above 5 MiB left to a person | {}",
        mails[0].bytes.len()
    );
}

/// The reading runs in a process of its own, so that no other test's memory is counted.
#[test]
fn two_thousand_mails_need_the_memory_of_one() {
    if let Ok(reader) = std::env::var(READER) {
        println!("grown by {}", read_alone(&reader));
        return;
    }
    let Some(mut server) = Dovecot::start() else { return };
    let body = format!("{}\n", "y".repeat(79)).repeat(BODY / 80);
    (0..MAILS).for_each(|number| server.deliver(&format!("{}{body}", text(number, "unsubscribe"))));
    let account = server.account();
    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, account.roots.unwrap()).unwrap();
    let watch = Stopwatch::start();
    let mut reader = Command::new(std::env::current_exe().unwrap());
    reader.args(["--exact", THIS, "--nocapture", "--test-threads=1"]);
    let output = reader
        .env(READER, format!("{}|{}", account.port, roots.display()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(server.mails().iter().all(|(_, is_seen)| *is_seen));
    let grown = said.lines().find_map(|line| line.split_once("grown by ")).unwrap().1;
    println!(
        "proof| imap | {MAILS} mails of 12 kB read and marked, ms | {}",
        watch.shows().as_millis()
    );
    println!("proof| imap | memory that this took, kB | {grown}");
}

/// By how much this process's memory rose at most, looked at with each mail in hand.
fn read_alone(reader: &str) -> u64 {
    let (port, roots) = reader.split_once('|').unwrap();
    let account = Account {
        host: "localhost".to_owned(),
        port: port.parse().unwrap(),
        roots: Some(std::fs::read(roots).unwrap()),
        user: "reader".to_owned(),
        secret: Zeroizing::new(super::dovecot::PASSWORD.to_owned()),
        is_token: false,
        folder: "INBOX".to_owned(),
        described: String::new(),
    };
    let before = anonymous_kb();
    let mut peak = before;
    let done = imap::read::<Ended>(&account, None, &mut |_| {
        peak = peak.max(anonymous_kb());
        Ok(Fate::Done)
    });
    let (done, grown) = (done.unwrap(), peak - before);
    assert_eq!((done.mails, done.unmarked), (MAILS as u64, 0));
    assert!(grown < MOST_GROWTH_KB, "{grown} kB");
    grown
}

/// Memory without the pages of the program itself, of which a test binary has many.
fn anonymous_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
