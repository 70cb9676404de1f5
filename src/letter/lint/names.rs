//! The names of the findings that a person may read about in docs/check.md, and accept on purpose.

use crate::finding::{Finding, Severity};

/// Every name, in the order of the page that explains them.
pub const NAMES: &[&str] = &[
    // What the law and mail programs want.
    "postal-address",
    "way-out",
    "size",
    "pictures-heavy",
    "article-tags",
    // Pictures.
    "alt-missing",
    "alt-says-nothing",
    "alt-long",
    "picture-of-text",
    "picture-other-host",
    // Links.
    "link-dead",
    "link-empty",
    "link-http",
    "link-lost",
    "link-other-address",
    "link-other-host",
    "link-relative",
    "link-scheme",
    "link-script",
    "link-shortened",
    "link-tracking",
    "link-without-target",
    "link-words",
    // What was to be filled in, and what is not what it seems.
    "greeting-empty",
    "placeholder",
    "damaged",
    "invisible",
    "mixed-scripts",
    "turned-text",
    // How a letter reads.
    "contrast",
    "contrast-dark",
    "small-text",
    "first-heading",
    "heading-skipped",
    "layout-table",
    "long-paragraph",
    "page-direction",
    "page-language",
    "page-title",
    "support",
    // The lines in the inbox.
    "preheader",
    "preheader-repeats",
    "subject-again",
    "subject-answer",
    "subject-capitals",
    "subject-emoji",
    "subject-long",
    "subject-marks",
    "subject-spam",
    // Claims about health.
    "claim-before-after",
    "claim-cure",
    "claim-detox",
    "claim-free",
    "claim-guarantee",
    "claim-hundred",
    "claim-immunity",
    "claim-medicine",
    "claim-miracle",
    "claim-prevents",
    "claim-safe",
    "claim-testimonial",
];

/// Whether a person has accepted a finding: `accept` holds names, or beginnings of names (`claim` accepts every `claim-…`). An error cannot
/// be accepted.
pub fn is_accepted(finding: &Finding, accept: &[String]) -> bool {
    let Some(name) = finding.name.filter(|_| finding.severity == Severity::Warning) else {
        return false;
    };
    accept.iter().any(|accepted| covers(accepted, name))
}

/// Whether an accepted name is that of a finding, or the family of it.
pub fn covers(accepted: &str, name: &str) -> bool {
    name.strip_prefix(accepted)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}
