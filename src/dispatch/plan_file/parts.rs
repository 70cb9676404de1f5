//! What letters are made from, part by part: so that whoever changed something is told what.

use crate::letter::Sources;
use crate::letter::sign::Signer;
use ring::digest;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The hash of each part, by a name such as `article.subject` or `template.letter.html`.
pub type Parts = BTreeMap<String, [u8; 16]>;

/// Where an article lies is no part of what a letter says.
const PLACES: [&str; 2] = ["file", "body_line"];

/// The parts of these sources. By which keys the letters are signed is the sender's too, though no key is ever frozen.
pub fn parts(sources: &Sources, signer: Option<&Arc<Signer>>) -> Parts {
    let mut parts = Parts::new();
    for (whole, value) in [
        ("article", serde_json::to_value(&sources.article)),
        ("sender", serde_json::to_value(&sources.sender)),
    ] {
        let fields = value.ok().and_then(|value| value.as_object().cloned()).unwrap_or_default();
        for (name, value) in fields.into_iter().filter(|(name, _)| !PLACES.contains(&name.as_str())) {
            parts.insert(format!("{whole}.{name}"), hash(&value));
        }
    }
    if let Some(signer) = signer {
        let selectors: Vec<Value> = signer.records().into_iter().map(|record| record.selector.into()).collect();
        parts.insert("sender.dkim_selectors".to_owned(), hash(&Value::from(selectors)));
    }
    for file in &sources.template.files {
        parts.insert(format!("template.{}", file.name), hash(&Value::from(file.text.as_str())));
    }
    parts.insert("template.name".to_owned(), hash(&Value::from(sources.template.name.as_str())));
    parts.insert(
        "campaign.title".to_owned(),
        hash(&Value::from(sources.campaign_title.as_str())),
    );
    parts
}

fn hash(value: &Value) -> [u8; 16] {
    let mut hash = [0; 16];
    let whole = digest::digest(&digest::SHA256, value.to_string().as_bytes());
    hash.copy_from_slice(&whole.as_ref()[..16]);
    hash
}
