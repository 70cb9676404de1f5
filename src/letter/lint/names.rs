//! Which findings a person has accepted, by their names.

use crate::finding::{Finding, Severity};

pub use crate::finding::name::NAMES;

/// Whether a person has accepted a finding: `accept` holds names, or beginnings of names (`claim` accepts every `claim-…`). An error cannot
/// be accepted.
pub fn is_accepted(finding: &Finding, accept: &[String]) -> bool {
    let Some(name) = finding.name.filter(|_| finding.severity == Severity::Warning) else {
        return false;
    };
    accept.iter().any(|accepted| covers(accepted, name.as_str()))
}

/// Whether an accepted name is that of a finding, or the family of it.
pub fn covers(accepted: &str, name: &str) -> bool {
    name.strip_prefix(accepted)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}
