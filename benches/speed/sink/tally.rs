//! What came to a sink.

use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Instant;

/// Counts while letters come. People and Message-IDs are kept as 64-bit hashes: enough to tell a million apart.
#[derive(Default)]
pub(super) struct Tally {
    hasher: RandomState,
    octets: u64,
    letters: u64,
    people: HashSet<u64>,
    message_ids: HashSet<u64>,
    span: Option<(Instant, Instant)>,
    pub(super) connections: u64,
    pub(super) mail: u64,
    pub(super) data: u64,
    pub(super) bdat: u64,
    pub(super) rset: u64,
    pub(super) faults: u64,
    first_fault: Option<String>,
}

/// What came, when all is over.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) letters: u64,
    /// Different recipients.
    pub(crate) people: u64,
    /// Different Message-IDs.
    pub(crate) message_ids: u64,
    /// Mean octets of a letter as it travelled.
    pub(crate) mean_size: f64,
    /// From the first letter's end to the last one's.
    pub(crate) seconds: f64,
    pub(crate) connections: u64,
    pub(crate) mail: u64,
    pub(crate) data: u64,
    pub(crate) bdat: u64,
    pub(crate) rset: u64,
    /// Commands out of turn and other breaches of RFC 5321 and RFC 3030.
    pub(crate) faults: u64,
    pub(crate) first_fault: Option<String>,
}

impl Report {
    /// Letters a second, from the first letter's end to the last one's.
    pub(crate) fn rate(&self) -> f64 {
        self.letters.saturating_sub(1) as f64 / self.seconds
    }
}

impl Tally {
    /// A hash by which this run tells recipients, or Message-IDs, apart.
    pub(super) fn mark(&self, octets: &[u8]) -> u64 {
        self.hasher.hash_one(octets)
    }

    /// A letter's last octet has come.
    pub(super) fn take(&mut self, recipient: u64, message_id: Option<u64>, octets: usize) {
        let now = Instant::now();
        self.span = Some(self.span.map_or((now, now), |(first, _)| (first, now)));
        self.letters += 1;
        self.octets += octets as u64;
        self.people.insert(recipient);
        self.message_ids.extend(message_id);
    }

    pub(super) fn fault(&mut self, line: &[u8]) {
        self.faults += 1;
        self.first_fault.get_or_insert_with(|| {
            let shown = line.get(..60).unwrap_or(line);
            String::from_utf8_lossy(shown).into_owned()
        });
    }

    pub(super) fn report(&self) -> Report {
        Report {
            letters: self.letters,
            people: self.people.len() as u64,
            message_ids: self.message_ids.len() as u64,
            mean_size: self.octets as f64 / self.letters.max(1) as f64,
            seconds: self.span.map_or(0.0, |(first, last)| (last - first).as_secs_f64()),
            connections: self.connections,
            mail: self.mail,
            data: self.data,
            bdat: self.bdat,
            rset: self.rset,
            faults: self.faults,
            first_fault: self.first_fault.clone(),
        }
    }
}
