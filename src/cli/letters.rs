//! The letters that a person means by a campaign's name and by addresses, for the commands that settle or repeat single letters.

use super::context::Context;
use super::failure::{Failure, Kind};
use super::hold::parse_address;
use super::log::editions_named;
use super::ui::listed;
use crate::address::Address;
use crate::store::Store;
use crate::store::ask::LogLine;
use crate::store::edition::{Edition, Status};

/// The edition that `name` calls by its own name, if it does.
pub(super) fn edition_named<'a>(editions: &'a [Edition], name: &str) -> Option<&'a Edition> {
    editions
        .iter()
        .filter(|edition| edition.status != Status::Draft)
        .find(|edition| edition.key.to_string() == name || format!("{}/{}", edition.campaign_name, edition.key.article) == name)
}

/// The editions that `name` means, newest first: one by its own name, or all that a campaign has begun.
pub(super) fn editions_meant(store: &Store, name: &str) -> Result<Vec<Edition>, Failure> {
    let mut found = match edition_named(&store.editions()?, name) {
        Some(edition) => vec![edition.clone()],
        None => editions_named(store, Some(name))?,
    };
    found.retain(|edition| edition.status != Status::Draft && edition.skipped.is_none());
    found.reverse();
    Ok(found)
}

/// The letters of an edition in this state.
pub(super) fn letters_in(store: &Store, edition: &Edition, state: &str) -> Result<Vec<LogLine>, Failure> {
    let mut lines = Vec::new();
    store.each_delivery(edition.id, Some(state), |line| {
        lines.push(line);
        Ok::<_, Failure>(())
    })?;
    Ok(lines)
}

/// The letters of these editions to these addresses; every address that has none is named.
pub(super) fn letters_to(store: &Store, name: &str, editions: &[Edition], to: &[String]) -> Result<Vec<LogLine>, Failure> {
    let (mut lines, mut missing) = (Vec::new(), Vec::new());
    for text in to {
        let address = parse_address(text)?;
        let known = store
            .person(&address)?
            .map(|person| store.deliveries_of(person))
            .transpose()?;
        let found: Vec<LogLine> = known
            .unwrap_or_default()
            .into_iter()
            .filter(|line| editions.iter().any(|edition| edition.id == line.edition))
            .collect();
        match found.is_empty() {
            true => missing.push(format!("`{}`", address.masked())),
            false => lines.extend(found),
        }
    }
    lines.sort_by_key(|line| line.delivery);
    lines.dedup_by_key(|line| line.delivery);
    match missing.is_empty() {
        true => Ok(lines),
        false => {
            let text = format!(
                "no letter of `{name}` to {} is on record; nothing was changed",
                listed(&missing)
            );
            Err(Failure::new(Kind::Usage, text).hint("`tidings why ADDRESS` shows what is known of a person"))
        }
    }
}

/// Whether a person stands by an order that could send somebody a second letter. A test relay's people are nobody.
pub(super) fn stands_by(context: &Context, store: &Store, yes: bool, question: &str) -> Result<bool, Failure> {
    if yes || store.identity().kind != crate::store::Kind::Real {
        return Ok(true);
    }
    if !context.ui.can_ask() {
        return Err(Failure::new(Kind::Usage, format!("nobody is here to ask: {question}"))
            .hint("add `--yes` if that is what you want; nothing was changed"));
    }
    let stands = context.ui.ask(question);
    if !stands {
        context.ui.say("nothing was changed");
    }
    Ok(stands)
}

/// `ann@example.org`, or what stands for a person who was forgotten.
pub(super) fn whose(line: &LogLine) -> String {
    line.address.as_ref().map_or_else(|| "erased".to_owned(), ToString::to_string)
}

/// The same for the talk, which keeps addresses to itself.
pub(super) fn whose_masked(line: &LogLine) -> String {
    line.address.as_ref().map_or_else(|| "erased".to_owned(), Address::masked)
}

/// An order does not lift a hold.
pub(super) fn warn_of_hold(context: &Context, edition: &Edition) {
    if let Some(reason) = &edition.held {
        context
            .ui
            .say(&format!("they wait: `{}` is on hold ({reason})", edition.key.article));
        context
            .ui
            .hint(&format!("`tidings release {}` lets it go on", edition.campaign_name));
    }
}
