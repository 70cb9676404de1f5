//! `tidings log`: one line a letter, from the journal.

use super::context::Context;
use super::failure::{Failure, Kind};
use super::letters::whose;
use super::ui::{Ui, moment};
use crate::delivery::state::State;
use crate::store::Store;
use crate::store::ask::LogLine;
use crate::store::edition::{Edition, Status};

/// Show what became of every letter
///
/// One line a letter, oldest edition first. With --json, one object a line, addresses in full.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings log seasonal-immunity\n  tidings log --state in_doubt\n  tidings log --json > letters.jsonl"
)]
pub(super) struct Args {
    /// Only this campaign
    campaign: Option<String>,
    /// Only letters in this state: pending, sending, accepted, deferred, failed, held, in_doubt, suppressed, cancelled, expired
    #[arg(long, value_name = "STATE", value_parser = parse_state)]
    state: Option<String>,
}

fn parse_state(text: &str) -> Result<String, String> {
    let word = text.trim().to_lowercase().replace([' ', '-'], "_");
    match State::NAMES.contains(&word.as_str()) {
        true => Ok(word),
        false => Err(crate::finding::suggestion::hint(&word, State::NAMES)),
    }
}

/// A delivery as `--json` shows it: the documented shape.
#[derive(Debug, serde::Serialize)]
struct Shape<'a> {
    campaign: &'a str,
    edition: String,
    address: Option<String>,
    state: &'static str,
    attempts: u32,
    code: Option<u16>,
    enhanced_code: Option<String>,
    reply: Option<String>,
    relay: Option<String>,
    message_id: String,
    at: String,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let root = context.root()?;
    let Some(store) = context.store_if_any(&root)? else {
        return if context.ui.wants_json() {
            Ok(())
        } else {
            context.ui.data(context.no_store_yet())
        };
    };
    let editions = editions_named(&store, args.campaign.as_deref())?;
    if editions.is_empty() && !context.ui.wants_json() {
        return context.ui.data("nothing has been sent yet: the store holds no edition");
    }
    for edition in editions
        .iter()
        .filter(|edition| edition.status != Status::Draft && edition.skipped.is_none())
    {
        if !context.ui.wants_json() {
            context.ui.data(&format!(
                "{} · {} · due {}",
                Ui::bold(&edition.campaign_name),
                edition.key.article,
                moment(edition.due_at)
            ))?;
        }
        store.each_delivery(edition.id, args.state.as_deref(), |line| {
            show(context, &store, edition, &line)
        })?;
    }
    Ok(())
}

/// The editions of the campaign that a person names by folder or id; all of them without a name.
pub(super) fn editions_named(store: &Store, campaign: Option<&str>) -> Result<Vec<Edition>, Failure> {
    let all = store.editions()?;
    let Some(name) = campaign else { return Ok(all) };
    let known: Vec<String> = all.iter().map(|edition| edition.campaign_name.clone()).collect();
    let found: Vec<Edition> = all
        .into_iter()
        .filter(|edition| edition.campaign_name == name || edition.key.campaign.0 == name)
        .collect();
    if found.is_empty() {
        let mut known = known;
        known.sort();
        known.dedup();
        let hint = crate::finding::suggestion::hint(name, known.iter().map(String::as_str));
        return Err(Failure::new(Kind::Usage, format!("no letter of a campaign `{name}` is on record")).hint(hint));
    }
    Ok(found)
}

fn show(context: &Context, store: &Store, edition: &Edition, line: &LogLine) -> Result<(), Failure> {
    if context.ui.wants_json() {
        return context.ui.json(&shape(store, edition, line));
    }
    let words = format!(
        "  {:<11} {}  {}",
        line.state.name().replace('_', " "),
        whose(line),
        said(line)
    );
    context.ui.data(words.trim_end())
}

fn shape<'a>(store: &Store, edition: &'a Edition, line: &LogLine) -> Shape<'a> {
    Shape {
        campaign: &edition.campaign_name,
        edition: edition.key.to_string(),
        address: line.address.as_ref().map(ToString::to_string),
        state: line.state.name(),
        attempts: line.attempts,
        code: line.code,
        enhanced_code: line.enhanced_code.clone(),
        reply: line.reply.clone(),
        relay: line.relay.clone(),
        message_id: edition.message_id(store.keys(), line),
        at: line.at.to_string(),
    }
}

/// What was last said about a letter, for the screen.
pub(super) fn said(line: &LogLine) -> String {
    let code = line.code.map(|code| format!("{code} ")).unwrap_or_default();
    let enhanced = line.enhanced_code.as_ref().map(|code| format!("{code} ")).unwrap_or_default();
    format!("{code}{enhanced}{}", line.reply.as_deref().unwrap_or_default())
        .trim()
        .to_owned()
}
