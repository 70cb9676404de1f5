//! `tidings people find`: somebody by a name, a part of an address, or any column that is kept.

use super::list::{as_json, name_of};
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::listing::table;
use crate::cli::private::store_there;
use crate::store::dossier::Listed;
use crate::subscriber::word::fold;

/// Find people by any word that is kept of them
///
/// Capitals and accents make no difference, and a part of a word is enough; of several words all have to be there.
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
    context
        .ui
        .data(&table(&["address", "name", "list", "found in"], lines.into_iter()))
}

/// The words that are looked for: as they are in addresses, folded in everything else. All of them have to be somebody's.
struct Wanted {
    words: Vec<(String, String)>,
}

impl Wanted {
    fn of(text: &str) -> Self {
        let words = text.split_whitespace().map(|word| (word.to_lowercase(), fold(word)));
        Self { words: words.collect() }
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Where a person matches: `address`, or columns with their values.
    fn place_in(&self, listed: &Listed) -> Option<String> {
        let mut places: Vec<String> = Vec::new();
        for (plain, folded) in &self.words {
            let place = place_of(listed, plain, folded)?;
            if !places.contains(&place) {
                places.push(place);
            }
        }
        Some(places.join(", "))
    }
}

/// Where one word stands first.
fn place_of(listed: &Listed, plain: &str, folded: &str) -> Option<String> {
    if listed.address.identity().contains(plain) {
        return Some("address".to_owned());
    }
    let mut columns = std::iter::once(&listed.attributes).chain(&listed.rows).flatten();
    let matching = columns.find(|(_, value)| !folded.is_empty() && fold(value).contains(folded));
    matching.map(|(column, value)| format!("{column}: {value}"))
}
