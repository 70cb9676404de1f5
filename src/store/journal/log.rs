//! The write-ahead log's way to the disk: a thread that syncs it while the writer gathers the next group.
//!
//! Promises (laws 3, 14): an answer is given only after a sync that began behind its commit has come back; once a sync has failed nobody
//! is answered any more, and the writer is told. Knows nothing of what the answers say.

use super::{Answer, Call, Recorded, spawn};
use crate::store::StoreError;
use std::fs::File;
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;
use tokio::sync::mpsc::WeakUnboundedSender;

/// What one transaction answers, each to whom.
pub(super) type Batch = Vec<(Answer, Vec<Recorded>)>;

/// The door to the log's thread.
pub(super) struct Log {
    batches: mpsc::Sender<Batch>,
    thread: JoinHandle<Result<(), StoreError>>,
}

impl Log {
    /// Starts the log's thread for the store in `dir`; it tells `desk` of each batch that is on the disk.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(super) fn start(dir: &Path, desk: WeakUnboundedSender<Call>) -> Result<Self, StoreError> {
        let (batches, receiver) = mpsc::channel();
        let path = dir.join("store.db-wal");
        let thread = spawn("log", dir, move || sync_all(&path, &receiver, &desk))?;
        Ok(Self { batches, thread })
    }

    /// Hands on the answers of a committed transaction: they are given when it is on the disk.
    pub(super) fn sync(&self, batch: Batch) {
        // A log that has failed answers nobody: dropped, the batch says that the journal has stopped.
        let _ = self.batches.send(batch);
    }

    /// Waits until all that was handed on is on the disk.
    ///
    /// # Errors
    /// The sync that failed, if one did.
    pub(super) fn finish(self) -> Result<(), StoreError> {
        drop(self.batches);
        self.thread.join().unwrap_or(Err(StoreError::Stopped))
    }
}

fn sync_all(path: &Path, batches: &mpsc::Receiver<Batch>, desk: &WeakUnboundedSender<Call>) -> Result<(), StoreError> {
    let mut log = None;
    for batch in batches {
        let synced = sync(&mut log, path);
        // Nobody is left to be told when all connections are done.
        let tell = |is_synced| desk.upgrade().is_some_and(|desk| desk.send(Call::Synced(is_synced)).is_ok());
        if let Err(source) = synced {
            tell(false);
            return Err(StoreError::File {
                doing: "sync",
                path: path.to_owned(),
                source,
            });
        }
        for (answer, answers) in batch {
            // A connection that is gone has no use for the answer; what it began is in doubt by law 6.
            let _ = answer.send(answers);
        }
        tell(true);
    }
    Ok(())
}

/// Opened behind the first commit, when SQLite has made it; it stands as long as the writer's connection does. SQLite keeps no lock on this
/// file, so that closing it takes none away.
fn sync(log: &mut Option<File>, path: &Path) -> std::io::Result<()> {
    match log {
        Some(log) => log.sync_data(),
        None => log.insert(File::options().read(true).write(true).open(path)?).sync_data(),
    }
}
