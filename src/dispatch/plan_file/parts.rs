//! What letters are made from, part by part: so that whoever changed something is told what.

use crate::letter::Sources;
use crate::letter::sign::Signer;
use aws_lc_rs::digest;
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
        // The record holds the public key: another key file under the same selector is another signature.
        let records = signer.records().into_iter();
        let selectors: Vec<Value> = records.map(|record| vec![record.name, record.text].into()).collect();
        parts.insert("sender.dkim_keys".to_owned(), hash(&Value::from(selectors)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::sign::{Key, NamedKey};

    const FROZEN: &str = include_str!("../../letter/tests/frozen.json");

    #[test]
    fn another_key_under_the_same_selector_is_another_part() {
        let frozen: Value = serde_json::from_str(FROZEN).unwrap();
        let sources: Sources = serde_json::from_str(frozen[0]["sources"].as_str().unwrap()).unwrap();
        let of = |domain: &str, selector: &str, key: &str| {
            let key = NamedKey {
                selector: selector.to_owned(),
                key: Key::read(key).unwrap(),
            };
            parts(&sources, Some(&Arc::new(Signer::new(domain, vec![key]))))
        };
        let (one, other) = (
            include_str!("../../../tests/mail/keys/rsa.pem"),
            include_str!("../../../tests/mail/keys/large.pem"),
        );
        let before = of("riverside.example", "t1", one);
        assert_eq!(before, of("riverside.example", "t1", one));
        for changed in [
            of("riverside.example", "t1", other),
            of("riverside.example", "t2", one),
            of("mail.riverside.example", "t1", one),
        ] {
            let differ: Vec<&String> = before.keys().filter(|part| changed[*part] != before[*part]).collect();
            assert_eq!(differ, ["sender.dkim_keys"]);
        }
    }
}
