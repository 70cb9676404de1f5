//! `tidings people find`: somebody by a name, a part of an address, or any column that is kept.

use super::list::{as_json, name_of};
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::listing::table;
use crate::cli::private::store_there;
use crate::cli::ui::Ui;
use crate::store::dossier::Listed;
use crate::subscriber::word::fold;

/// Find people by any word that is kept of them
///
/// Capitals and accents make no difference, and a part of a word is enough.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidings people find jorg\n  tidings people find @example.org --json")]
pub(super) struct Args {
    /// What to look for
    #[arg(required = true)]
    text: Vec<String>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let wanted = args.text.join(" ");
    let words = Wanted::of(&wanted);
    if words.is_empty() {
        return Err(Failure::new(Kind::Usage, "there is nothing to look for").hint("name a word: `tidings people find lee`"));
    }
    let store = store_there(context)?;
    let mut lines = Vec::new();
    let mut found = 0_u64;
    store.each_listed(None, |listed| {
        let Some(place) = words.place_in(&listed) else { return Ok(()) };
        found += 1;
        match context.ui.wants_json() {
            true => {
                let mut value = as_json(&listed);
                value["matched"] = serde_json::json!(place);
                context.ui.json(&value)?;
            }
            false => lines.push(vec![
                listed.address.to_string(),
                name_of(&listed.attributes),
                listed.standing.list.clone(),
                place,
            ]),
        }
        Ok::<_, Failure>(())
    })?;
    if found == 0 {
        context
            .ui
            .say(&format!("nobody: no address and no column that is kept has `{wanted}`"));
        return Ok(());
    }
    if context.ui.wants_json() {
        return Ok(());
    }
    let headings = ["ADDRESS", "NAME", "LIST", "FOUND IN"].map(Ui::bold);
    let headings = headings.each_ref().map(String::as_str);
    context.ui.data(&table(&headings, lines.into_iter()))
}

/// A text that is looked for: as it is in addresses, folded in everything else.
struct Wanted {
    plain: String,
    folded: String,
}

impl Wanted {
    fn of(text: &str) -> Self {
        Self {
            plain: text.trim().to_lowercase(),
            folded: fold(text),
        }
    }

    fn is_empty(&self) -> bool {
        self.plain.is_empty()
    }

    /// Where a person matches first: `address`, or a column with its value.
    fn place_in(&self, listed: &Listed) -> Option<String> {
        if listed.address.identity().contains(&self.plain) {
            return Some("address".to_owned());
        }
        if self.folded.is_empty() {
            return None;
        }
        let columns = std::iter::once(&listed.attributes).chain(&listed.rows).flatten();
        let mut matching = columns.filter(|(_, value)| fold(value).contains(&self.folded));
        matching.next().map(|(column, value)| format!("{column}: {value}"))
    }
}
