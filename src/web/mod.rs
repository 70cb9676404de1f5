//! The web: the page on which people unsubscribe, come back, and choose; and the one on which the clinic looks at its letters.
//!
//! Promises: looking changes nothing; what a person is told was done is on the disk; nothing about a person is shown or logged but to
//! themselves; a wrong token is a wrong token, and nobody learns why. Everything that comes in is bounded in size, time and number, and
//! no file is ever served. Knows nothing of TLS, which a proxy in front does, and never sends a letter.

mod answer;
mod asked;
mod client;
mod counter;
mod desk;
mod face;
mod form;
mod page;
pub mod preview;
mod server;
mod words;

pub use counter::Counter;
pub use server::{serve, show};

use std::sync::Arc;

/// Where the program's few words go: a line for each request, and what is wrong with the settings.
pub type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// Why the page cannot be shown at all.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The settings have to be mended first.
    #[error("the settings have to be mended first")]
    Settings {
        /// What is wrong.
        findings: Vec<crate::finding::Finding>,
    },
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// The machine has no thread left.
    #[error("the machine has no room for one more thread")]
    Thread(#[source] std::io::Error),
}
