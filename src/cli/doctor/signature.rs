//! The signature of the letters: which records have to stand in DNS for it to count.
//!
//! Asks nobody: what DNS really says is looked at with the sender's domain.

use super::Check;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::letter::sign::{MAKE_ED25519, MAKE_RSA};
use crate::workspace::settings::Dkim;

const CHECK: &str = "the letters are signed";

/// One string of a TXT record (RFC 1035 §3.3.14).
const LONGEST_STRING: usize = 255;
const SPLIT: &str = "DNS keeps a text of more than 255 characters in pieces, and receivers put them together: paste it whole, most DNS \
                     providers split it by themselves; where yours asks for pieces, cut it anywhere into \"…\" \"…\" of at most 255";

/// What is to be said where the settings say more than that the relay signs.
pub(super) fn examine(context: &Context) -> Result<Option<Check>, Failure> {
    let (_, workspace) = context.workspace()?;
    let Some(settings) = workspace.settings else { return Ok(None) };
    Ok(match (settings.dkim, settings.signer) {
        (Dkim::Nobody, _) => Some(
            Check::doubtful(
                CHECK,
                "nobody signs them: large mailboxes put such letters among the spam, or refuse them",
                "sign them with a key of the clinic's own (docs/dkim.md): make it with the first line, publish the record that `tidings \
                 doctor` then shows, and write `dkim: {signed_by: us, …}`",
            )
            .details(vec![
                format!("(umask 077; {MAKE_RSA} dkim-rsa.pem)"),
                format!("(umask 077; {MAKE_ED25519} dkim-ed25519.pem)"),
            ]),
        ),
        (Dkim::Us { .. }, Some(signer)) => {
            let records = signer.records();
            let many = match records.len() {
                1 => "with one key; this record has".to_owned(),
                many => format!("with {many} keys; these records have"),
            };
            let found = format!("`{}` signs them {many} to stand in DNS, as a TXT", signer.domain());
            let details = records.iter().map(|record| format!("{}  TXT  \"{}\"", record.name, record.text));
            let mut details: Vec<String> = details.collect();
            if records.iter().any(|record| record.text.len() > LONGEST_STRING) {
                details.push(SPLIT.to_owned());
            }
            Some(Check::well(CHECK, found).details(details))
        }
        (Dkim::Us { .. } | Dkim::Relay { .. }, _) => None,
    })
}
