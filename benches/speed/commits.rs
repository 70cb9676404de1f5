//! How long the disk takes to keep something for good, as a sender is made to see it.
//!
//! A few lines of C stand between the program and the system: no switch for it is in the product. With 0 they do what Debian's
//! `eatmydata` does; with more they wait instead of writing, so the figures do not depend on this machine's disk.
//! (strace can inject the same, and halves the rate by looking on.)

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What fsync and fdatasync do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commits {
    /// What they do on this disk.
    AsTheyAre,
    /// Nothing but wait for so long.
    Pretended(Duration),
}

/// The library that pretends.
pub(crate) struct Pretence {
    library: PathBuf,
}

impl Pretence {
    /// Compiles it into this folder; none where there is no C compiler.
    pub(crate) fn compile(folder: &Path) -> Option<Self> {
        let library = folder.join("commits.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/speed/commits.c");
        let status = Command::new("cc")
            .args(["-O2", "-shared", "-fPIC", "-o"])
            .arg(&library)
            .arg(source)
            .status();
        status.is_ok_and(|status| status.success()).then_some(Self { library })
    }

    /// The variables that make a program see this.
    pub(crate) fn environment(&self, time: Duration) -> Vec<(String, String)> {
        let library = self.library.display().to_string();
        let time = time.as_micros().to_string();
        vec![
            ("LD_PRELOAD".to_owned(), library),
            ("TIDINGS_BENCH_COMMIT_US".to_owned(), time),
        ]
    }
}
