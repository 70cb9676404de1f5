//! `tidings people list`: everybody on a list, one a line.

use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::listing::Columns;
use crate::cli::private::store_there;
use crate::finding::suggestion;
use crate::store::Store;
use crate::store::dossier::Listed;
use crate::subscriber::Attributes;
use crate::subscriber::consent::{Answer, Consent};

const HEADINGS: [&str; 6] = ["address", "name", "list", "consent", "joined", "standing"];

/// List the people of one list, or of all
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidings people list --list patients\n  tidings people list --suppressed --json")]
pub(super) struct Args {
    /// Only this list
    #[arg(long, value_name = "LIST")]
    list: Option<String>,
    /// Only those who are not written to
    #[arg(long)]
    suppressed: bool,
    /// Only those whose row is gone from the file
    #[arg(long)]
    left: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let store = store_there(context)?;
    require_list(&store, args.list.as_deref())?;
    if context.ui.wants_json() {
        return each_meant(&store, args, |listed| context.ui.json(&as_json(&listed)));
    }
    // Twice, in place of keeping a million lines.
    let (mut columns, mut is_empty) = (Columns::new(&HEADINGS), true);
    each_meant(&store, args, |listed| {
        is_empty = false;
        columns.widen(&row(&listed));
        Ok(())
    })?;
    if is_empty {
        context.ui.say("nobody");
        return Ok(());
    }
    context.ui.data(&columns.line(&HEADINGS))?;
    each_meant(&store, args, |listed| context.ui.data(&columns.line(&row(&listed))))
}

/// Everybody who is asked for. Whoever has left is no member any more: only shown where they are asked for.
fn each_meant(store: &Store, args: &Args, mut each: impl FnMut(Listed) -> Result<(), Failure>) -> Result<(), Failure> {
    store.each_listed(args.list.as_deref(), |listed| {
        let has_left = listed.standing.left_at.is_some();
        match has_left == args.left && (!args.suppressed || listed.is_suppressed) {
            true => each(listed),
            false => Ok(()),
        }
    })
}

/// A list that was never imported is a slip of the keyboard.
pub(super) fn require_list(store: &Store, list: Option<&str>) -> Result<(), Failure> {
    let Some(list) = list else { return Ok(()) };
    let known = store.list_names()?;
    match known.iter().any(|name| name == list) {
        true => Ok(()),
        false => Err(Failure::new(Kind::Usage, format!("there is no list `{list}` in the store"))
            .hint(suggestion::hint(list, known.iter().map(String::as_str)))),
    }
}

/// What a person is called, as far as their columns tell.
pub(super) fn name_of(attributes: &Attributes) -> String {
    let of = |column: &str| attributes.get(column).cloned();
    of("name").unwrap_or_else(|| {
        [of("first_name"), of("last_name")]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    })
}

fn standing(listed: &Listed) -> &'static str {
    match (listed.standing.left_at.is_some(), listed.is_suppressed) {
        (_, true) => "suppressed",
        (true, false) => "left",
        (false, false) => "",
    }
}

fn row(listed: &Listed) -> Vec<String> {
    let family = match listed.rows.len() {
        0 => String::new(),
        rows => format!(" (family of {rows})"),
    };
    vec![
        listed.address.to_string(),
        name_of(&listed.attributes) + &family,
        listed.standing.list.clone(),
        consent_word(&listed.standing.consent).to_owned(),
        listed.standing.joined.map(|day| day.to_string()).unwrap_or_default(),
        standing(listed).to_owned(),
    ]
}

/// One person on one list as `--json` shows them.
pub(super) fn as_json(listed: &Listed) -> serde_json::Value {
    let standing = &listed.standing;
    serde_json::json!({
        "address": listed.address.to_string(), "list": standing.list, "line": standing.line, "columns": listed.attributes, "rows": listed.rows.len(),
        "consent": standing.consent.answer.as_str(), "joined": standing.joined.map(|day| day.to_string()),
        "left_at": standing.left_at.map(|at| at.to_string()), "suppressed": listed.is_suppressed,
    })
}

/// A ground that needs no yes in words is told in place of the answer that is not there.
fn consent_word(consent: &Consent) -> &'static str {
    match (consent.answer, consent.basis) {
        (Answer::Unknown, Some(basis)) => basis.as_str(),
        (answer, _) => answer.as_str(),
    }
}
