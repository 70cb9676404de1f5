//! `tidings suppress`: addresses that are never written to again, whatever a list file says.
//!
//! Promises: nothing here takes a suppression back; files are read by the same reader as lists, and each row that is nobody is named.
//! Knows nothing of campaigns.

mod export;
mod reading;
mod token;

use super::context::Context;
use super::failure::{Failure, Kind};
use super::hold::parse_address;
use super::listing::table;
use super::private::{read_named, store_there};
use super::ui::{count, moment};
use crate::finding::suggestion;
use crate::store::Store;
use crate::store::suppress::{NewSuppression, Suppressed, SuppressionLine, Whom};
use crate::subscriber::suppression::{Reason, Scope, Suppression};
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// Keep addresses from being written to, and look who is kept from it
///
/// A suppression holds for all mail or for one list, and no import lifts it; `tidings consent restore` does, with proof. It takes effect
/// within one letter of a send that is running.
#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:\n  tidings suppress add ann@example.org --evidence \"phoned on 3 May\"\n  tidings suppress import unsubscribed_export.csv --reason unsubscribed\n  tidings suppress list --reason bounced"
)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Add(Add),
    List(List),
    Import(Import),
    Export(export::Args),
}

/// Suppress addresses by hand
///
/// The token of a letter (`v1.…`, in the subject of an unsubscribe mail) does in the place of an address: whoever got that letter leaves its
/// lists.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings suppress add ann@example.org bob@example.org --evidence \"asked at the desk\"\n  tidings suppress add --from left.txt --list newsletter --reason unsubscribed"
)]
struct Add {
    /// The addresses, or tokens
    #[arg(required_unless_present = "from")]
    address: Vec<String>,
    /// Only for the mail to this list, not for all mail
    #[arg(long, value_name = "LIST")]
    list: Option<String>,
    /// Why; by default `by_hand`, and `unsubscribed` for a token
    #[arg(long, value_name = "REASON", value_parser = reason)]
    reason: Option<Reason>,
    /// What proves it: a call, a letter, a note
    #[arg(long, value_name = "TEXT")]
    evidence: Option<String>,
    /// A file with more addresses, one a line
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

/// Show who is not written to, and why
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidings suppress list\n  tidings suppress list --list newsletter --json")]
struct List {
    /// Only what keeps people from the mail to this list
    #[arg(long, value_name = "LIST")]
    list: Option<String>,
    /// Only for this reason
    #[arg(long, value_name = "REASON", value_parser = any_reason)]
    reason: Option<Reason>,
    /// Also those that were lifted
    #[arg(long)]
    lifted: bool,
}

/// Bring in a list of people who left, as Mailchimp and others export it
///
/// Takes Mailchimp's `unsubscribed` and `cleaned` files, any list with a column of addresses, a plain file with one address a line, and
/// what `suppress export` wrote. The same file twice changes nothing; a graver reason that stands is kept.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings suppress import unsubscribed_segment_export.csv --reason unsubscribed\n  tidings suppress import cleaned_segment_export.csv --reason bounced"
)]
struct Import {
    /// The file
    file: PathBuf,
    /// Why the people of the file are not written to; what `suppress export` wrote tells it itself
    #[arg(long, value_name = "REASON", value_parser = reason)]
    reason: Option<Reason>,
    /// Only for the mail to this list, not for all mail
    #[arg(long, value_name = "LIST")]
    list: Option<String>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    match &args.verb {
        Verb::Add(args) => add(context, args),
        Verb::List(args) => list(context, args),
        Verb::Import(args) => import(context, args),
        Verb::Export(args) => export::run(context, args),
    }
}

const BY_WORD: [Reason; 4] = [Reason::ByHand, Reason::Unsubscribed, Reason::Bounced, Reason::Complained];

fn any_reason(word: &str) -> Result<Reason, String> {
    let known = BY_WORD.iter().chain([&Reason::Erased]).map(|reason| reason.as_str());
    Reason::parse(word).ok_or_else(|| suggestion::hint(word, known))
}

/// A reason that a person can give; `erased` has a command of its own.
fn reason(word: &str) -> Result<Reason, String> {
    match any_reason(word)? {
        Reason::Erased => Err("whoever asks to be forgotten is: `tidings people forget ADDRESS`".to_owned()),
        reason => Ok(reason),
    }
}

fn add(context: &Context, args: &Add) -> Result<(), Failure> {
    let (mut addresses, mut tokens) = (Vec::new(), Vec::new());
    for text in &args.address {
        match token::typed(text) {
            Some(token) => tokens.push(token),
            None => match token::damaged(text) {
                Some(failure) => return Err(failure),
                None => addresses.push(parse_address(text)?),
            },
        }
    }
    if let Some(file) = &args.from {
        addresses.extend(reading::plain_addresses(&file.display().to_string(), &read_named(file)?)?);
    }
    let (root, workspace) = context.workspace()?;
    let mut store = writable(context, &root, &workspace)?;
    require_list(&store, &workspace, args.list.as_deref())?;
    let at = context.clock.now();
    let mut new = Vec::new();
    for token in &tokens {
        new.extend(token::leaving(context, &store, token, args, at)?);
    }
    let reason = args.reason.unwrap_or(Reason::ByHand);
    new.extend(addresses.into_iter().map(|address| NewSuppression {
        whom: Whom::Address(address),
        suppression: suppression(args.list.as_deref(), reason, args.evidence.clone(), at),
        happened: None,
    }));
    let done = store.suppress_all(&new)?;
    tell(context, &done, 0)?;
    tell_of_strangers(context, &store, &new)
}

/// An address that is on no list may be a slip of the keyboard: then the person who asked would go on getting mail.
fn tell_of_strangers(context: &Context, store: &Store, new: &[NewSuppression]) -> Result<(), Failure> {
    let addresses = new.iter().filter_map(|one| match &one.whom {
        Whom::Address(address) => Some(address),
        Whom::Hash(_) => None,
    });
    for address in addresses.take(MOST_STRANGERS).filter(|_| !context.ui.wants_json()) {
        if store.person(address)?.is_none() {
            let near = store.nearest_address(address)?;
            let meant = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
            context.ui.data(&format!("  {address} is on no list so far{meant}"))?;
        }
    }
    Ok(())
}

/// More than these are a file, whose addresses nobody has typed.
const MOST_STRANGERS: usize = 20;

fn suppression(list: Option<&str>, reason: Reason, evidence: Option<String>, at: Timestamp) -> Suppression {
    Suppression {
        scope: list.map_or(Scope::All, |list| Scope::List(list.to_owned())),
        reason,
        at,
        evidence,
    }
}

/// The store, or a new one: a wish not to be written to is kept before the first letter too.
fn writable(context: &Context, root: &Path, workspace: &crate::workspace::Workspace) -> Result<Store, Failure> {
    if context.is_rehearsal() {
        return Err(
            Failure::new(Kind::Usage, "a rehearsal is a copy: suppressions are for the real store")
                .hint("leave `--rehearsal` out; the next rehearsal knows them too; nothing was changed"),
        );
    }
    let store = context.store_or_new(root, context.settings(workspace)?)?;
    context.refuse_played_time_in(store.identity().kind)?;
    context.require_newest(root, &store)?;
    Ok(store)
}

/// A list that nobody has ever heard of is a slip of the keyboard.
fn require_list(store: &Store, workspace: &crate::workspace::Workspace, list: Option<&str>) -> Result<(), Failure> {
    let Some(list) = list else { return Ok(()) };
    let mut known = store.list_names()?;
    known.extend(workspace.lists.iter().map(|list| list.name.clone()));
    known.sort();
    known.dedup();
    match known.iter().any(|name| name == list) {
        true => Ok(()),
        false => Err(
            Failure::new(Kind::Usage, format!("there is no list `{list}`; nothing was changed"))
                .hint(suggestion::hint(list, known.iter().map(String::as_str))),
        ),
    }
}

fn tell(context: &Context, done: &Suppressed, rejected: usize) -> Result<(), Failure> {
    if context.ui.wants_json() {
        return context.ui.json(&serde_json::json!({
            "added": done.added, "stood": done.stood, "taken_back": done.taken_back, "rejected": rejected,
        }));
    }
    let mut words = vec![format!("{} suppressed", count(done.added, "address"))];
    if done.stood > 0 {
        words.push(format!("{} stood already", done.stood));
    }
    if done.taken_back > 0 {
        words.push(format!(
            "{} came back since by `consent restore`, and are left alone",
            done.taken_back
        ));
    }
    if rejected > 0 {
        words.push(format!("{} left out", count(rejected as u64, "row")));
    }
    context.ui.data(&words.join(", "))
}

fn import(context: &Context, args: &Import) -> Result<(), Failure> {
    let (root, workspace) = context.workspace()?;
    let bytes = read_named(&args.file)?;
    let mut store = writable(context, &root, &workspace)?;
    require_list(&store, &workspace, args.list.as_deref())?;
    let desk = reading::Desk {
        file: args.file.display().to_string(),
        reason: args.reason,
        list: args.list.as_deref(),
        key_mark: store.key_mark(),
        now: context.clock.now(),
    };
    let read = desk.read(&bytes)?;
    context.ui.findings(&read.findings);
    let done = store.suppress_all(&read.new)?;
    tell(context, &done, read.rejected)
}

fn list(context: &Context, args: &List) -> Result<(), Failure> {
    let store = store_there(context)?;
    let mut lines = Vec::new();
    store.each_suppression(args.lifted, |line| {
        let one = &line.suppression;
        let is_meant =
            args.list.as_deref().is_none_or(|list| one.concerns(&[list])) && args.reason.is_none_or(|reason| reason == one.reason);
        match (is_meant, context.ui.wants_json()) {
            (false, _) => {}
            (true, true) => context.ui.json(&as_json(&line))?,
            (true, false) => lines.push(line),
        }
        Ok::<_, Failure>(())
    })?;
    if context.ui.wants_json() {
        return Ok(());
    }
    if lines.is_empty() {
        context.ui.say("nobody is suppressed");
        return Ok(());
    }
    context.ui.data(&table(
        &["address", "reason", "for", "since", "evidence"],
        lines.iter().map(row),
    ))
}

fn row(line: &SuppressionLine) -> Vec<String> {
    let one = &line.suppression;
    let lifted = line.lifted.as_ref().map(|(at, evidence)| {
        let evidence = evidence.as_deref().unwrap_or_default();
        format!("lifted {}: {evidence}", moment(*at))
    });
    vec![
        whose(line),
        one.reason.as_str().to_owned(),
        one.scope.to_string(),
        moment(one.at),
        [one.evidence.clone(), lifted]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("; "),
    ]
}

/// The address, or what is left of it.
fn whose(line: &SuppressionLine) -> String {
    let hash: String = line.hash_text().chars().take(8).collect();
    match (&line.address, line.is_forgotten) {
        (Some(address), _) => address.to_string(),
        (None, true) => format!("(forgotten) {hash}"),
        (None, false) => format!("(on no list) {hash}"),
    }
}

/// One suppression as `--json` shows it.
pub(super) fn as_json(line: &SuppressionLine) -> serde_json::Value {
    let one = &line.suppression;
    let list = match &one.scope {
        Scope::All => None,
        Scope::List(list) => Some(list),
    };
    serde_json::json!({
        "address": line.address.as_ref().map(ToString::to_string), "hash": line.hash_text(), "forgotten": line.is_forgotten,
        "list": list, "reason": one.reason.as_str(), "since": one.at.to_string(), "evidence": one.evidence,
        "lifted_at": line.lifted.as_ref().map(|(at, _)| at.to_string()), "lift_evidence": line.lifted.as_ref().and_then(|(_, evidence)| evidence.clone()),
    })
}
