//! The desk: where wishes are written down, by one thread, many in one transaction; and where is looked up whose letter it is.
//!
//! Promises: a wish that is answered with yes is on the disk, in the store that lies in its place at that moment: one that was restored
//! meanwhile is opened, and the wish written down there. Looking waits for nobody who writes. The store is only ever opened by the
//! writing thread, and never twice: closing a second handle on the file would take SQLite's locks away from the first.

use super::{Tell, WebError};
use crate::clock::Clock;
use crate::delivery::token::Token;
use crate::store::visit::{FileId, Visitor, Wish};
use crate::store::{Store, StoreError};
use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How long a write may be kept waiting by another process.
const PATIENCE: Duration = Duration::from_secs(4);
/// So many wishes may wait.
const QUEUE: usize = 256;
/// So many are written down together.
const GROUP: usize = 64;

/// How often another store may be laid into the place while one group is written.
const EXCHANGES: usize = 3;

/// What the writing thread is asked for.
enum Job {
    /// To write a wish down; answered with whether its token proved anything.
    Wish(Box<Wish>, oneshot::Sender<Result<bool, Unwritten>>),
    /// To open the store that lies in its place now.
    Open(oneshot::Sender<()>),
}

/// The store cannot be used at the moment.
#[derive(Debug)]
pub(super) struct Unwritten;

/// The desk, as those who ask see it.
pub(super) struct Desk {
    dir: PathBuf,
    clock: Clock,
    reading: Arc<Mutex<Opened>>,
    jobs: mpsc::Sender<Job>,
}

/// A store, and which file it is.
struct Opened {
    store: Store,
    file: Option<FileId>,
}

impl Opened {
    fn open(dir: &Path) -> Result<Self, StoreError> {
        // Asked before: if the file is exchanged meanwhile, it is not the current one, and opened once more.
        let file = Store::file_id(dir);
        let store = Store::open(dir)?;
        store.wait_at_most(PATIENCE)?;
        Ok(Self { store, file })
    }

    fn reader(&self) -> Result<Self, StoreError> {
        let store = self.store.reader()?;
        store.wait_at_most(PATIENCE)?;
        Ok(Self { store, file: self.file })
    }

    fn is_current(&self, dir: &Path) -> bool {
        self.file.is_some() && self.file == Store::file_id(dir)
    }
}

impl Desk {
    /// Opens the store in `dir`, and the desk.
    pub(super) fn open(dir: &Path, clock: Clock, tell: Tell) -> Result<Self, WebError> {
        let writing = Opened::open(dir)?;
        let reading = Arc::new(Mutex::new(writing.reader()?));
        let (jobs, queue) = mpsc::channel(QUEUE);
        let mut writer = Writer {
            dir: dir.to_owned(),
            clock,
            writing,
            reading: Arc::clone(&reading),
            tell,
            has_told: false,
        };
        let thread = std::thread::Builder::new().name("desk".to_owned());
        thread.spawn(move || writer.work(queue)).map_err(WebError::Thread)?;
        Ok(Self {
            dir: dir.to_owned(),
            clock,
            reading,
            jobs,
        })
    }

    /// Writes a wish down; whether its token proved anything.
    pub(super) async fn grant(&self, wish: Wish) -> Result<bool, Unwritten> {
        let (answer, answered) = oneshot::channel();
        self.jobs
            .send(Job::Wish(Box::new(wish), answer))
            .await
            .map_err(|_| Unwritten)?;
        answered.await.map_err(|_| Unwritten)?
    }

    /// Whose letter it is; `None` where the token proves nothing. Waits: not for a thread that others need.
    pub(super) fn look(&self, token: &Token) -> Result<Option<Visitor>, Unwritten> {
        self.read(|store| store.visitor(token))
    }

    /// A form by which the holder of this letter can come back.
    pub(super) fn return_form(&self, token: &Token) -> Result<String, Unwritten> {
        self.read(|store| Ok(store.return_form(token, self.clock.now())))
    }

    /// Whether a form is one of those, for this letter, and not too old.
    pub(super) fn is_return_form(&self, token: &Token, form: &str) -> Result<bool, Unwritten> {
        self.read(|store| Ok(store.is_return_form(token, form, self.clock.now())))
    }

    fn read<T>(&self, ask: impl Fn(&Store) -> Result<T, StoreError>) -> Result<T, Unwritten> {
        for is_last in [false, true] {
            {
                let reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
                if reading.is_current(&self.dir) {
                    return ask(&reading.store).map_err(|_| Unwritten);
                }
            }
            if !is_last {
                let (answer, answered) = oneshot::channel();
                self.jobs.blocking_send(Job::Open(answer)).map_err(|_| Unwritten)?;
                answered.blocking_recv().map_err(|_| Unwritten)?;
            }
        }
        Err(Unwritten)
    }
}

/// The writing thread's own.
struct Writer {
    dir: PathBuf,
    clock: Clock,
    writing: Opened,
    reading: Arc<Mutex<Opened>>,
    tell: Tell,
    /// Whether it was said that the store cannot be written; once is enough until it can.
    has_told: bool,
}

impl Writer {
    /// Works until nobody is left who could ask.
    fn work(&mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(first) = queue.blocking_recv() {
            let rest = std::iter::from_fn(|| queue.try_recv().ok()).take(GROUP - 1);
            let jobs: Vec<Job> = std::iter::once(first).chain(rest).collect();
            self.settle(jobs);
        }
    }

    fn settle(&mut self, jobs: Vec<Job>) {
        let (mut wishes, mut answers) = (Vec::new(), Vec::new());
        for job in jobs {
            match job {
                Job::Wish(wish, answer) => {
                    wishes.push(*wish);
                    answers.push(answer);
                }
                Job::Open(answer) => {
                    // Whether it worked is seen by whoever looks next.
                    let _ = self.keep_current();
                    let _ = answer.send(());
                }
            }
        }
        if wishes.is_empty() {
            return;
        }
        match self.write(&wishes) {
            // Who has gone meanwhile has no use for the answer; the wish is on the disk all the same.
            Ok(proved) => {
                self.has_told = false;
                answers
                    .into_iter()
                    .zip(proved)
                    .for_each(|(answer, proved)| drop(answer.send(Ok(proved))));
            }
            Err(error) => {
                if !std::mem::replace(&mut self.has_told, true) {
                    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
                    (self.tell)(&format!(
                        "wishes cannot be written down, and whoever asks is told to try again: {error}{cause}"
                    ));
                }
                answers.into_iter().for_each(|answer| drop(answer.send(Err(Unwritten))));
            }
        }
    }

    /// Writes wishes into the store that lies in its place before and after.
    fn write(&mut self, wishes: &[Wish]) -> Result<Vec<bool>, StoreError> {
        for _ in 0..EXCHANGES {
            self.keep_current()?;
            let proved = self.writing.store.grant(wishes, self.clock.now())?;
            if self.writing.is_current(&self.dir) {
                return Ok(proved);
            }
        }
        Err(StoreError::Stopped)
    }

    fn keep_current(&mut self) -> Result<(), StoreError> {
        if self.writing.is_current(&self.dir) {
            return Ok(());
        }
        let writing = Opened::open(&self.dir)?;
        let reading = writing.reader()?;
        self.writing = writing;
        *self.reading.lock().unwrap_or_else(PoisonError::into_inner) = reading;
        Ok(())
    }
}
