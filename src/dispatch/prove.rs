//! Prove before you post (law 1): every letter of a draft is composed before the first one of anybody leaves.
//!
//! A fault of the template or the article, or of more than one person in a hundred, stops everything at zero letters; a fault of one
//! person's data holds that person alone.

use super::DispatchError;
use crate::address::Address;
use crate::letter::Stamp;
use crate::letter::compile::Compiled;
use crate::letter::compose::{ComposeError, Fault};
use crate::store::claim::Claim;
use crate::store::{DeliveryId, EditionId, Store};
use jiff::Timestamp;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Letters read from the store at a time.
const PAGE: u32 = 512;
/// Faults that are kept to be shown; all of them are counted.
const SHOWN: usize = 20;

/// One letter that cannot be composed.
#[derive(Debug)]
pub struct UnfitLetter {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Whose.
    pub address: Address,
    /// Why not.
    pub error: ComposeError,
}

/// What composing a whole edition has shown.
#[derive(Debug, Default)]
pub struct Proof {
    /// How many letters were composed or tried.
    pub letters: u64,
    /// The size of the largest one, in bytes.
    pub largest: u64,
    /// The letters that cannot be composed, because of one person's data each.
    pub faults: Vec<UnfitLetter>,
    /// The fault that would be everybody's, if there is one.
    pub stopped_by: Option<UnfitLetter>,
}

impl Proof {
    /// Whether the edition may be released: no fault of its own, and at most one faulty person in a hundred (but one may always be).
    pub fn holds(&self) -> bool {
        let faults = self.faults.len() as u64;
        self.stopped_by.is_none() && (faults <= 1 || faults * 100 <= self.letters)
    }

    /// Whether a batch of a step's letters may stand, of which `planned` were written before: the faulty are held one by one and the
    /// others go, unless nobody's letter of several can be written, and they are more than one in a hundred of all.
    pub fn holds_for_a_step(&self, planned: u64) -> bool {
        let faults = self.faults.len() as u64;
        let is_nobodys = faults == self.letters && faults > 1 && faults * 100 > planned + self.letters;
        self.stopped_by.is_none() && !is_nobodys
    }

    /// The faults to show: the one that stopped everything, or the first of the rest.
    pub fn shown(&self) -> impl Iterator<Item = &UnfitLetter> {
        self.stopped_by.iter().chain(self.faults.iter()).take(SHOWN)
    }
}

/// Composes every letter of `edition` and throws the bytes away, on all cores.
///
/// # Errors
/// When the store cannot be read.
pub fn prove(store: &Store, edition: EditionId, compiled: &Compiled, now: Timestamp) -> Result<Proof, DispatchError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (claims_in, claims) = async_channel::bounded::<Claim>(PAGE as usize);
    let bench = Bench::default();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (claims, bench) = (claims.clone(), &bench);
            let compose = move || {
                while let Ok(claim) = claims.recv_blocking() {
                    bench.compose(&store_stamp(&claim, now), compiled, claim);
                }
            };
            if std::thread::Builder::new().spawn_scoped(scope, compose).is_err() {
                // Those that did start would wait for letters, and the scope for them.
                claims_in.close();
                return Err(DispatchError::Thread {
                    what: "starting to compose letters",
                });
            }
        }
        drop(claims);
        feed(store, edition, now, &claims_in, &bench)
    })?;
    Ok(bench.proof())
}

/// Composes these letters and throws the bytes away: few enough for one thread, inside the transaction that has written them.
pub fn prove_these(claims: &[Claim], compiled: &Compiled, now: Timestamp) -> Proof {
    let bench = Bench::default();
    for claim in claims {
        if !bench.is_stopped.load(Ordering::Relaxed) {
            bench.compose(&store_stamp(claim, now), compiled, claim.clone());
        }
    }
    bench.proof()
}

/// A stamp like the one the letter will have: the same length in every part, so the proof has the same size.
fn store_stamp(claim: &Claim, now: Timestamp) -> Stamp {
    Stamp {
        message_id: format!("{:026}", claim.delivery.0),
        date: now,
    }
}

fn feed(
    store: &Store,
    edition: EditionId,
    now: Timestamp,
    claims: &async_channel::Sender<Claim>,
    bench: &Bench,
) -> Result<(), DispatchError> {
    let fed = (|| {
        let mut after = DeliveryId(0);
        loop {
            let page = store.claims(edition, after, now, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.delivery;
            for claim in page {
                if bench.is_stopped.load(Ordering::Relaxed) || claims.send_blocking(claim).is_err() {
                    return Ok(());
                }
            }
        }
    })();
    claims.close();
    fed
}

/// Where the composing threads put what they find.
#[derive(Default)]
struct Bench {
    letters: AtomicU64,
    largest: AtomicU64,
    is_stopped: AtomicBool,
    found: Mutex<(Vec<UnfitLetter>, Option<UnfitLetter>)>,
}

impl Bench {
    fn compose(&self, stamp: &Stamp, compiled: &Compiled, claim: Claim) {
        // A signature costs more than the rest of the letter, and if one is made all can be: the first letter is signed as well.
        let is_first = self.letters.fetch_add(1, Ordering::Relaxed) == 0;
        match compiled.prove(&claim.recipient, stamp, is_first) {
            Ok(letter) => {
                let signed = letter.bytes.len() + if is_first { 0 } else { compiled.signature_size() };
                self.largest.fetch_max(signed as u64, Ordering::Relaxed);
            }
            Err(error) => {
                let everybodys = error.fault == Fault::Template;
                let fault = UnfitLetter {
                    delivery: claim.delivery,
                    address: claim.recipient.address,
                    error,
                };
                let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
                match everybodys {
                    true => {
                        self.is_stopped.store(true, Ordering::Relaxed);
                        found.1.get_or_insert(fault);
                    }
                    false => found.0.push(fault),
                }
            }
        }
    }

    fn proof(self) -> Proof {
        let (mut faults, stopped_by) = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        faults.sort_by_key(|fault| fault.delivery);
        Proof {
            letters: self.letters.into_inner(),
            largest: self.largest.into_inner(),
            faults,
            stopped_by,
        }
    }
}
