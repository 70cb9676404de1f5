//! List files as the world makes them: one list in every dress, and hundreds that are odd or broken, each with its expected report.
//!
//! Promises: whatever bytes a list file holds, `tidings import` ends by itself with a documented exit code and within 64 MiB of memory
//! of its own, and what it says is word for word what was read and agreed. Knows nothing of how lists are read.

mod dresses;
mod laws;
mod odd;
mod properties;
mod reader;
mod sheet;

use crate::support::workspace::Workspace;
use std::path::PathBuf;

const SETTINGS: &str = "\
clinic:
  name: Mill Lane Clinic
  postal_address: 12 Mill Lane, Bath
  contact: hello@mill-lane.example
  jurisdiction: GB
sender: {from: Mill Lane Clinic <tips@mill-lane.example>}
timezone: Europe/London
unsubscribe: {mailto: unsubscribe@mill-lane.example}
";

/// A workspace that can import, without any list.
fn desk() -> Workspace {
    Workspace::empty().file("tidings.yaml", SETTINGS)
}

/// The folder of this suite's files.
fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/lists").join(name)
}

/// The names of the files in a folder, in order.
fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
