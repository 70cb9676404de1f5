//! Rows made ready for the store: hashed and encoded, on a thread of their own, so that reading and writing share the work.

use crate::store::StoreError;
use crate::store::keys::{Keys, PersonHash};
use crate::subscriber::Subscriber;
use crate::subscriber::consent::{Answer, Basis};
use crate::subscriber::suppression::Reason;
use std::sync::mpsc::{SyncSender, sync_channel};

/// How many rows travel together: enough that their hashes, sorted, meet neighbours on the index's pages.
const BATCH: usize = 16 * 1024;
/// How many batches may wait to be written.
const WAITING: usize = 1;

/// One row as the store's columns hold it.
pub(super) struct Prepared {
    pub(super) hash: PersonHash,
    pub(super) line: i64,
    pub(super) address: String,
    pub(super) attributes: String,
    pub(super) rows: Option<String>,
    pub(super) joined: Option<String>,
    pub(super) consent: ConsentWords,
    pub(super) left: Option<Reason>,
}

/// A consent as its columns hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConsentWords {
    pub(super) answer: Answer,
    pub(super) basis: Option<Basis>,
    pub(super) date: Option<String>,
    pub(super) source: Option<String>,
    pub(super) wording: Option<String>,
}

impl ConsentWords {
    /// Whether the file says nothing either way.
    pub(super) fn is_blank(&self) -> bool {
        self.answer == Answer::Unknown && self.basis.is_none()
    }
}

impl Prepared {
    fn of(line: usize, subscriber: Subscriber, keys: &Keys) -> Result<Self, serde_json::Error> {
        let consent = subscriber.consent;
        Ok(Self {
            hash: keys.person(&subscriber.address),
            line: i64::try_from(line).unwrap_or(i64::MAX),
            attributes: serde_json::to_string(&subscriber.attributes)?,
            rows: match subscriber.rows.is_empty() {
                true => None,
                false => Some(serde_json::to_string(&subscriber.rows)?),
            },
            joined: subscriber.joined.map(|day| day.to_string()),
            consent: ConsentWords {
                answer: consent.answer,
                basis: consent.basis,
                date: consent.date.map(|day| day.to_string()),
                source: consent.source,
                wording: consent.wording,
            },
            left: subscriber.left,
            address: subscriber.address.as_str().to_owned(),
        })
    }
}

/// Hands all rows over in batches, in their order.
pub(super) fn each_batch(
    people: impl Iterator<Item = (usize, Subscriber)> + Send,
    keys: &Keys,
    mut each: impl FnMut(Vec<Prepared>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    std::thread::scope(|scope| {
        let (sender, batches) = sync_channel(WAITING);
        let preparing = scope.spawn(move || prepare(people, keys, &sender));
        // Dropped with an error in hand, the receiver ends the other thread too.
        batches.into_iter().try_for_each(&mut each)?;
        match preparing.join() {
            Ok(prepared) => prepared.map_err(|error| super::damaged(&error)),
            Err(_) => Err(StoreError::Damaged {
                what: "the rows could not be made ready".to_owned(),
            }),
        }
    })
}

fn prepare(
    people: impl Iterator<Item = (usize, Subscriber)>,
    keys: &Keys,
    sender: &SyncSender<Vec<Prepared>>,
) -> Result<(), serde_json::Error> {
    let mut batch = Vec::with_capacity(BATCH);
    for (line, subscriber) in people {
        batch.push(Prepared::of(line, subscriber, keys)?);
        if batch.len() == BATCH && sender.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).is_err() {
            return Ok(());
        }
    }
    if !batch.is_empty() {
        // Nobody listens only where the writer has failed, which is told there.
        let _ = sender.send(batch);
    }
    Ok(())
}
