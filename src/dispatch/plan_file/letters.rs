//! What each letter of an edition says, told by marks: so that nobody's letter becomes another one unseen between a plan and its sending.
//!
//! Promises: the same text to the same person has the same mark, whichever number or date the letter gets, and a column that the letter
//! does not use changes nothing; a mark means nothing to any other store.

use super::Planned;
use crate::dispatch::DispatchError;
use crate::letter::compile::{Compiled, compile};
use crate::letter::{Recipient, Sources};
use crate::store::{EditionId, Store};
use crate::template::context::display_name;

/// Everybody whose letter of this edition has still to leave, in the order of their marks, with what it says.
///
/// # Errors
/// When the store cannot be read, or this program can no longer compile the edition's text.
pub fn letters(store: &Store, edition: EditionId) -> Result<Vec<Planned>, DispatchError> {
    let frozen = |error: serde_json::Error| DispatchError::Frozen { what: error.to_string() };
    let sources: Sources = serde_json::from_str(&store.sources(edition)?).map_err(frozen)?;
    let compiled = compile(&sources).map_err(|findings| DispatchError::Findings { findings })?;
    let mut planned = Vec::new();
    store.each_reader::<DispatchError>(edition, |person, recipient| {
        let said = recipient.map(|recipient| said(&compiled, &recipient)).unwrap_or_default();
        planned.push(Planned {
            person,
            letter: store.mark_of_letter(&said),
        });
        Ok(())
    })?;
    Ok(planned)
}

/// All that a person reads of their letter. A letter that cannot be written says why, and no more.
fn said(compiled: &Compiled, recipient: &Recipient) -> String {
    let rendered = match compiled.render(recipient) {
        Ok(rendered) => [rendered.subject, rendered.preheader, rendered.text, rendered.html],
        Err(error) => [error.finding.to_string(), String::new(), String::new(), String::new()],
    };
    let name = display_name(&recipient.attributes).unwrap_or_default();
    let whole = [name, recipient.address.to_string()].into_iter().chain(rendered);
    // Told apart by a character that no part of a letter has.
    whole.collect::<Vec<_>>().join("\0")
}
