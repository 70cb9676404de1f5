//! One reading of a folder: what is new, in small batches, each marked and left behind before the next.
//!
//! Promises: the cursor moves over a mail only when it was taken, was too large, or is gone, and when its batch was marked: what a fault
//! leaves unmarked comes once more, and whoever takes it knows it by its hash. One mail is in memory at a time.

use super::Read;
use super::cursor::Cursor;
use super::session::{Folder, Listed, Session};
use super::trouble::{ImapError, Trouble};
use crate::mailbox::{Fate, MOST_BYTES, Mail, Take};
use tokio::io::{AsyncRead, AsyncWrite};

/// So many mails in one command: few enough that a fault repeats little, enough that a distant server is not asked for each.
const BATCH: usize = 50;
/// So many bytes, unless one mail alone has more.
const BATCH_BYTES: usize = 1024 * 1024;

/// Why a reading ends early.
pub(super) enum Broken<E> {
    /// The mail server's fault.
    Server(ImapError),
    /// Whoever takes the mails could not.
    Taker(E),
}

impl<E> From<Trouble> for Broken<E> {
    fn from(trouble: Trouble) -> Self {
        Broken::Server(trouble.into())
    }
}

/// Reads what is new in the folder.
pub(super) async fn read<S: AsyncRead + AsyncWrite + Unpin, E>(
    session: &mut Session<S>,
    folder: &str,
    cursor: Option<&str>,
    take: Take<'_, E>,
) -> Result<Read, Broken<E>> {
    let open = session.select(folder).await?;
    let mut place = Cursor::resume(cursor, open.validity);
    let mut done = Read {
        cursor: place.to_string(),
        ..Read::default()
    };
    let new = match open.is_empty {
        true => Vec::new(),
        false => session
            .newer_than(place.uid, folder)
            .await
            .map_err(|trouble| after(trouble, &done))?,
    };
    for batch in batches(&new) {
        let taken = take_batch(session, &open, batch, take).await;
        let taken = taken.map_err(|broken| match broken {
            Broken::Server(ImapError { trouble, .. }) => after(trouble, &done),
            taker @ Broken::Taker(_) => taker,
        })?;
        place.uid = batch.last().map_or(place.uid, |mail| mail.uid);
        done = Read {
            mails: done.mails + taken.mails,
            too_large: done.too_large + taken.too_large,
            unmarked: done.unmarked + taken.unmarked,
            cursor: place.to_string(),
        };
    }
    Ok(done)
}

fn after<E>(trouble: Trouble, done: &Read) -> Broken<E> {
    Broken::Server(ImapError {
        trouble,
        done: Some(done.clone()),
    })
}

/// The mails in runs that are fetched together.
fn batches(new: &[Listed]) -> Vec<&[Listed]> {
    let mut batches = Vec::new();
    let mut rest = new;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = |mail: &&Listed| {
            bytes += mail.size.min(MOST_BYTES);
            bytes <= BATCH_BYTES
        };
        let count = rest.iter().take(BATCH).take_while(fits).count().max(1);
        let (batch, behind) = rest.split_at(count);
        batches.push(batch);
        rest = behind;
    }
    batches
}

async fn take_batch<S: AsyncRead + AsyncWrite + Unpin, E>(
    session: &mut Session<S>,
    open: &Folder,
    batch: &[Listed],
    take: Take<'_, E>,
) -> Result<Read, Broken<E>> {
    let (mut wanted, mut acted_on) = (Vec::new(), Vec::new());
    wanted.extend(batch.iter().filter(|mail| mail.size <= MOST_BYTES).map(|mail| mail.uid));
    let mut taken = Read {
        too_large: (batch.len() - wanted.len()) as u64,
        ..Read::default()
    };
    let mut fault = None;
    if !wanted.is_empty() {
        let asked = wanted.clone();
        let fetched = session.fetch(&asked, |uid, bytes| {
            // Twice the same, or one that nobody asked for, is the server telling of something else.
            let Some(at) = wanted.iter().position(|asked| *asked == uid).filter(|_| fault.is_none()) else {
                return;
            };
            if bytes.len() > MOST_BYTES {
                taken.too_large += 1;
            } else {
                match take(&Mail::new(bytes.to_vec())) {
                    Ok(Fate::Done) => acted_on.push(uid),
                    Ok(Fate::Stays) => {}
                    Err(error) => return fault = Some(error),
                }
                taken.mails += 1;
            }
            wanted.swap_remove(at);
        });
        fetched.await?;
        // What is on record is marked, also where the next mail could not be taken.
        let marked = mark(session, open, &acted_on).await;
        fault.map_or(Ok(()), |error| Err(Broken::Taker(error)))?;
        taken.unmarked += marked?;
    }
    match wanted.is_empty() || session.still_there(&wanted).await?.is_empty() {
        true => Ok(taken),
        false => Err(Trouble::Confused {
            what: "it keeps a mail back that it has",
        }
        .into()),
    }
}

/// Marks mails as read; how many it could not.
async fn mark<S: AsyncRead + AsyncWrite + Unpin>(session: &mut Session<S>, open: &Folder, uids: &[u32]) -> Result<u64, Trouble> {
    let can = uids.is_empty() || (open.is_writable && session.mark_read(uids).await?);
    Ok(if can { 0 } else { uids.len() as u64 })
}
