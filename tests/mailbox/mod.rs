//! What comes back: two hundred mails as people and mail systems write them, each with what it is about; the boxes in which they lie; and
//! what becomes of both when they are torn, turned or moved.
//!
//! Promises: nobody is taken off a list by a machine, by a mail that is cut, or by a thank-you with the letter quoted below it. The mails
//! are written after the RFCs and the shapes of real ones; all addresses are examples. Knows nothing of the store.

mod boxes;
mod corpus;
mod opinion;
mod torn;

use std::path::PathBuf;
use tidings::mailbox::Mail;
use tidings::mailbox::notice::{self, Notice};

/// A mail of the corpus.
struct Sample {
    name: String,
    bytes: Vec<u8>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mailbox")
}

/// The corpus, in order: what lies in the folder, and what is too large or too deep to lie there.
fn samples() -> Vec<Sample> {
    let files = std::fs::read_dir(folder().join("corpus")).unwrap();
    let lying = files.map(|file| {
        let path = file.unwrap().path();
        Sample {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            bytes: std::fs::read(&path).unwrap(),
        }
    });
    let mut samples: Vec<Sample> = lying.chain(made()).collect();
    samples.sort_by(|one, other| one.name.cmp(&other.name));
    samples
}

fn made() -> Vec<Sample> {
    let head = "Return-Path: <ann@example.org>\nFrom: Ann <ann@example.org>\nDate: Tue, 1 Dec 2026 09:12:00 +0000\n";
    let mixed = "Subject: Calm days\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nPlease unsubscribe me.\n--a\n";
    let picture = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5\n".repeat(20_000);
    let nested = |kind: &str| {
        format!(
            "{head}Subject: deep\n{}\nunsubscribe\n",
            format!("Content-Type: {kind}\n\n").repeat(20_000)
        )
    };
    let boundaries: String = (0..2_000)
        .map(|depth| format!("Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n"))
        .collect();
    let groups: String = (0..5_000)
        .map(|number| format!("\nFinal-Recipient: rfc822; p{number}@example.org\nAction: failed\nStatus: 5.1.1\n"))
        .collect();
    let report = "Return-Path: <>\nSubject: x\nContent-Type: multipart/report; report-type=delivery-status; boundary=a\n\n--a\nContent-Type: message/delivery-status\n";
    [
        (
            "made-large-attachment",
            format!("{head}{mixed}Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n{picture}--a--\n"),
        ),
        (
            "made-larger-than-5-mb",
            format!("{head}Subject: unsubscribe\n\n{}", picture.repeat(4)),
        ),
        ("made-mails-in-mails", nested("message/rfc822")),
        (
            "made-parts-in-parts",
            format!("{head}Subject: deep\n{boundaries}\nunsubscribe\n"),
        ),
        (
            "made-many-parts",
            format!(
                "{head}Subject: many\nContent-Type: multipart/mixed; boundary=a\n\n{}--a--\n",
                "--a\n\nx\n".repeat(50_000)
            ),
        ),
        ("made-many-recipients", format!("{report}{groups}\n--a--\n")),
        (
            "made-one-long-line",
            format!("{head}Subject: long\n\n{}", "stop ".repeat(400_000)),
        ),
        (
            "made-endless-head",
            format!("{head}{}\nunsubscribe\n", "X-Filler: x\n".repeat(200_000)),
        ),
    ]
    .map(|(name, text)| Sample {
        name: name.to_owned(),
        bytes: text.into_bytes(),
    })
    .into()
}

fn read(bytes: &[u8]) -> Notice {
    notice::read(&Mail::new(bytes.to_vec()))
}

/// Whether somebody would be taken off all lists without any proof.
fn is_in_words(notice: &Notice) -> bool {
    matches!(notice, Notice::Unsubscribe { in_words: true, .. })
}
