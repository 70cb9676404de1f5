//! What the judge writes down: a JSON line per recipient, synced before the reply.

use super::{locked, words};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// One end of data, for one of its recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delivery {
    /// RCPT TO, in lower case.
    pub(crate) recipient: String,
    /// The letter's Message-ID without `<>`; empty where it has none.
    pub(crate) message_id: String,
    /// SHA-256 of the letter without dot-stuffing, in hexadecimal.
    pub(crate) body_hash: String,
    /// The same without what is another's in every store: Message-ID, Date, the name of the MIME boundary.
    pub(crate) words_hash: String,
    /// Whether the judge keeps the letter: in the eyes of the person it is for, it has arrived.
    pub(crate) accepted: bool,
    /// Whether a whole reply follows this line; whether it reaches the sender, nobody can know.
    pub(crate) replied: bool,
    /// On which connection, from 1.
    pub(crate) connection: usize,
    /// Which end of data over all connections, from 1; two recipients of one letter share it.
    pub(crate) at_sequence: usize,
}

impl Delivery {
    /// The letter as it came, without dot-stuffing, where the judge was told to keep letters.
    pub(crate) fn letter(&self, judge: &super::Judge) -> Vec<u8> {
        std::fs::read(letter_file(judge.folder.path(), self.at_sequence)).unwrap()
    }
}

/// The open record.
pub(super) struct Record {
    folder: PathBuf,
    file: Mutex<File>,
    /// What stands in the file, for those who ask a thousand times a second.
    deliveries: Mutex<Vec<Delivery>>,
    letters: AtomicBool,
    connections: AtomicUsize,
    sequence: AtomicUsize,
}

/// What is known of an end of data when it is written down.
pub(super) struct Judgement<'a> {
    pub(super) recipients: &'a [String],
    pub(super) letter: &'a [u8],
    pub(super) accepted: bool,
    pub(super) replied: bool,
    pub(super) connection: usize,
}

impl Record {
    pub(super) fn create(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            file: Mutex::new(File::options().create_new(true).append(true).open(file(folder)).unwrap()),
            deliveries: Mutex::default(),
            letters: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            sequence: AtomicUsize::new(0),
        }
    }

    pub(super) fn keep_letters(&self) {
        self.letters.store(true, Ordering::SeqCst);
    }

    pub(super) fn next_connection(&self) -> usize {
        self.connections.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// A number from 0 to 1 that looks like chance and is another one after each end of data.
    pub(super) fn whim(&self) -> f64 {
        let letters = u32::try_from(self.sequence.load(Ordering::SeqCst)).unwrap_or(u32::MAX);
        f64::from(letters.wrapping_mul(2_654_435_769)) / f64::from(u32::MAX)
    }

    /// Writes the judgement down and does not come back before it is on disk.
    pub(super) fn write(&self, judgement: &Judgement<'_>) {
        let at_sequence = self.sequence.fetch_add(1, Ordering::SeqCst) + 1;
        if self.letters.load(Ordering::SeqCst) {
            std::fs::write(letter_file(&self.folder, at_sequence), judgement.letter).unwrap();
        }
        let mut lines = Vec::new();
        let deliveries = judgement.recipients.iter().map(|recipient| Delivery {
            recipient: recipient.clone(),
            message_id: message_id(judgement.letter),
            body_hash: hash(judgement.letter),
            words_hash: hash(words::of(judgement.letter).as_bytes()),
            accepted: judgement.accepted,
            replied: judgement.replied,
            connection: judgement.connection,
            at_sequence,
        });
        let deliveries: Vec<Delivery> = deliveries.collect();
        for delivery in &deliveries {
            serde_json::to_writer(&mut lines, delivery).unwrap();
            lines.push(b'\n');
        }
        let mut file = locked(&self.file);
        file.write_all(&lines).unwrap();
        file.sync_data().unwrap();
        // Still under the file's lock: the order is the file's.
        locked(&self.deliveries).extend(deliveries);
    }

    pub(super) fn deliveries(&self) -> Vec<Delivery> {
        locked(&self.deliveries).clone()
    }

    pub(super) fn count(&self) -> usize {
        locked(&self.deliveries).len()
    }
}

pub(super) fn file(folder: &Path) -> PathBuf {
    folder.join("record.jsonl")
}

fn letter_file(folder: &Path, sequence: usize) -> PathBuf {
    folder.join(format!("{sequence:07}.eml"))
}

fn hash(letter: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, letter);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The value of the Message-ID field without `<>`.
fn message_id(letter: &[u8]) -> String {
    let value = words::field(letter, "message-id").unwrap_or_default();
    value.trim_matches(['<', '>']).to_owned()
}
