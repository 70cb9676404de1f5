//! Dispatch: one run, from due editions to a report.
//!
//! Promises: a run computes wanted − recorded and does only that; every letter of an edition is composed before the first one leaves
//! (law 1); what stops a run leaves every letter in a state that the next run understands.

pub mod breaker;
pub mod choice;
pub mod compiled;
pub mod due;
pub mod enrol;
pub mod forecast;
pub mod hours;
pub mod plan_file;
pub mod prepare;
pub mod prove;
pub mod run;
pub mod series;
pub mod worker;

mod feeder;
mod lane;
mod line;

pub mod pace;
pub mod quota;
pub mod report;
pub mod verdict;

use crate::finding::Finding;
use crate::store::StoreError;

/// Why a run could not do its work at all.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The workspace's files have errors.
    #[error("{} to mend first", findings.len())]
    Findings {
        /// All of them.
        findings: Vec<Finding>,
    },
    /// The frozen text of an edition cannot be read back.
    #[error("the frozen text of an edition cannot be read: {what}")]
    Frozen {
        /// What is wrong with it.
        what: String,
    },
    /// A thread could not be started, or ended in a fault of ours.
    #[error("a fault of this program while {what}")]
    Thread {
        /// What it was doing.
        what: &'static str,
    },
}
