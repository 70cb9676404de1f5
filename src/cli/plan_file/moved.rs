//! What has moved since a plan was made: gathered whole, and told at once.

use crate::address::Address;
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::ui::grouped;
use std::path::Path;

/// So many people are named; of the others it is said how many they are.
pub(super) const MOST_NAMED: usize = 20;

/// One thing that is not what the plan says.
#[derive(Debug, serde::Serialize)]
pub(super) struct Move {
    /// What kind of thing: `store` `campaign` `time` `edition` `article` `template` `sender` `relay` `added` `changed` `dropped`.
    what: &'static str,
    /// What was found against what was planned.
    text: String,
    /// The person who was added, is gone, or whose letter is another one.
    address: Option<String>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Moved {
    moves: Vec<Move>,
    added: usize,
    changed: usize,
}

impl Moved {
    pub(super) fn note(&mut self, what: &'static str, text: impl Into<String>) {
        self.moves.push(Move {
            what,
            text: text.into(),
            address: None,
        });
    }

    /// People who were not in the plan: the first of them by name.
    pub(super) fn added(&mut self, people: usize, named: Vec<Address>) {
        self.added = people;
        self.name("added", "was not in the plan", named);
    }

    /// People whose letter would say something else than planned: the first of them by name.
    pub(super) fn changed(&mut self, people: usize, named: Vec<Address>) {
        self.changed = people;
        self.name("changed", "would get another letter than planned: their data changed", named);
    }

    fn name(&mut self, what: &'static str, text: &str, named: Vec<Address>) {
        self.moves.extend(named.into_iter().map(|address| Move {
            what,
            text: text.to_owned(),
            address: Some(address.to_string()),
        }));
    }

    /// Somebody of the plan who would get no letter any more; alone that refuses nothing.
    pub(super) fn dropped(&mut self, address: Option<&Address>, why: String) {
        self.moves.push(Move {
            what: "dropped",
            text: why,
            address: Some(address.map_or_else(|| "somebody".to_owned(), ToString::to_string)),
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.moves.is_empty() && self.added == 0 && self.changed == 0
    }

    /// The refusal that tells everything; nothing was sent.
    pub(super) fn refuse(self, context: &Context, edition: &str, name: &str, path: &Path) -> Failure {
        let shown = path.display();
        let failure = Failure::new(Kind::Files, format!("things are not as `{shown}` says; nothing was sent")).hint(format!(
            "look at them, then `tidings plan {name} --out {shown}` makes the plan anew, for `tidings send {name} --plan {shown}`"
        ));
        match self.tell(context, edition) {
            Ok(()) => failure,
            Err(unwritten) => unwritten,
        }
    }

    fn tell(&self, context: &Context, edition: &str) -> Result<(), Failure> {
        if context.ui.wants_json() {
            return context.ui.json(&serde_json::json!({
                "edition": edition, "moved": self.moves, "added": self.added, "changed": self.changed,
            }));
        }
        for moved in &self.moves {
            let whom = moved
                .address
                .as_ref()
                .map(|address| format!("{address} "))
                .unwrap_or_default();
            context.ui.data(&format!("  {:<9} {whom}{}", moved.what, moved.text))?;
        }
        for (what, people) in [("added", self.added), ("changed", self.changed)] {
            let named = self.moves.iter().filter(|moved| moved.what == what).count();
            match people.saturating_sub(named) {
                0 => {}
                more => context.ui.data(&format!("  {what:<9} and {} more", grouped(more as u64)))?,
            }
        }
        Ok(())
    }
}
