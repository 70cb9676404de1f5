//! What a list said of a person before an import, and what a row says anew.

use super::prepared::{ConsentWords, Prepared};
use crate::subscriber::Attributes;

/// What the list said of a person so far.
pub(super) struct Known {
    pub(super) version: i64,
    pub(super) address: String,
    pub(super) attributes: String,
    pub(super) rows: Option<String>,
    pub(super) left: bool,
    pub(super) joined: Option<String>,
    pub(super) consent: ConsentWords,
    pub(super) assumed: bool,
}

/// What a row says anew, as `city: Bath → Wells`.
pub(super) fn differences(known: &Known, row: &Prepared, consent: &ConsentWords) -> Vec<String> {
    let read = |json: &str| serde_json::from_str::<Attributes>(json).unwrap_or_default();
    let (before, after) = (read(&known.attributes), read(&row.attributes));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let empty = || "(empty)".to_owned();
    let changed = |name: &&String| before.get(*name) != after.get(*name);
    let mut said: Vec<String> = names
        .into_iter()
        .filter(changed)
        .map(|name| {
            let show = |values: &Attributes| values.get(name).cloned().unwrap_or_else(empty);
            format!("{name}: {} → {}", show(&before), show(&after))
        })
        .collect();
    if known.address != row.address {
        said.push(format!("email: {} → {}", known.address, row.address));
    }
    if known.consent.answer != consent.answer {
        said.push(format!(
            "consent: {} → {}",
            known.consent.answer.as_str(),
            consent.answer.as_str()
        ));
    } else if known.consent != *consent {
        said.push("consent: its date, basis, source or wording".to_owned());
    }
    said
}
