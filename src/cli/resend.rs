//! `tidings resend`: another letter, by a person's order.

use super::context::Context;
use super::failure::{Failure, Kind};
use super::hold::{open_recovered, tell};
use super::letters::{editions_meant, letters_in, letters_to, stands_by, warn_of_hold, whose_masked};
use super::ui::count;
use crate::delivery::state::State;
use crate::store::ask::LogLine;
use crate::store::{EditionId, Store};
use std::collections::BTreeMap;

/// Order letters anew: to those whom the relay refused, who were too late, or whom you name
///
/// Takes the campaign's newest edition, unless you name an older one. The letters leave with the next `run`, with the text that the others
/// got, each under a new Message-ID. Whoever has it already gets a second one only when you name them, and that is asked about first (the
/// people of a relay with `test: true` are nobody, and nothing is asked).
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("which").required(true).multiple(true),
    after_help = "Examples:\n  tidings resend seasonal-immunity --failed\n  tidings resend seasonal-immunity/calmer-days --expired\n  tidings resend seasonal-immunity --to ann@example.org && tidings run"
)]
pub(super) struct Args {
    /// The campaign, or an edition as `status --json` names it (campaign/article)
    campaign: String,
    /// Everybody whose letter was refused for good
    #[arg(long, group = "which")]
    failed: bool,
    /// Everybody whose letter was still waiting when the edition's time was over
    #[arg(long, group = "which")]
    expired: bool,
    /// Everybody whose letter was cancelled
    #[arg(long, group = "which")]
    cancelled: bool,
    /// The person with this address (can be repeated)
    #[arg(long, group = "which", value_name = "ADDRESS")]
    to: Vec<String>,
    /// Do not ask before somebody gets a second copy
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let root = context.root()?;
    let mut store = open_recovered(context, &root, &format!("resend {}", args.campaign))?;
    let name = &args.campaign;
    let meant = letters(context, &store, args)?;
    refuse_what_cannot(&meant)?;
    if meant.is_empty() {
        return tell(
            context,
            name,
            "resent",
            0,
            &format!("nothing to send again: `{name}` has no such letter"),
        );
    }
    if let Some(question) = question(&store, &meant)? {
        context.ui.say(&question);
        if !stands_by(context, &store, args.yes, "send them again?")? {
            return Ok(());
        }
    }
    let mut by_edition: BTreeMap<EditionId, Vec<LogLine>> = BTreeMap::new();
    for line in meant {
        by_edition.entry(line.edition).or_default().push(line);
    }
    let mut ordered = 0;
    for (edition, letters) in &by_edition {
        ordered += store.resend(*edition, letters, context.clock.now())?;
    }
    let goes = if ordered == 1 { "goes" } else { "go" };
    let when = match context.live_sender(&root)? {
        Some(_) => "with the run that is sending now, or the next one",
        None => "with the next `tidings run`",
    };
    let words = format!("`{name}`: {} {goes} out again {when}", count(ordered, "letter"));
    tell(context, name, "resent", ordered, &words)?;
    for edition in by_edition.keys() {
        warn_of_hold(context, &store.edition(*edition)?);
    }
    Ok(())
}

/// The letters that are meant: those of the newest edition, and of each person named the newest they have.
fn letters(context: &Context, store: &Store, args: &Args) -> Result<Vec<LogLine>, Failure> {
    let editions = editions_meant(store, &args.campaign)?;
    let Some(newest) = editions.first() else {
        return Ok(Vec::new());
    };
    let mut meant = Vec::new();
    let wanted = [
        ("failed", args.failed),
        ("expired", args.expired),
        ("cancelled", args.cancelled),
    ];
    for (state, _) in wanted.into_iter().filter(|(_, is_wanted)| *is_wanted) {
        meant.extend(letters_in(store, newest, state)?);
    }
    leave_out_who_has_it(context, store, &mut meant)?;
    for address in &args.to {
        let mut found = letters_to(store, &args.campaign, &editions, std::slice::from_ref(address))?;
        let place = |line: &LogLine| editions.iter().position(|edition| edition.id == line.edition);
        found.sort_by_key(place);
        meant.extend(found.into_iter().take(1));
    }
    meant.sort_by_key(|line| line.delivery);
    meant.dedup_by_key(|line| line.delivery);
    leave_out_who_is_suppressed(context, store, &mut meant)?;
    Ok(meant)
}

/// An order is no way back to somebody who is not to be written to: their letter would only be set aside.
fn leave_out_who_is_suppressed(context: &Context, store: &Store, meant: &mut Vec<LogLine>) -> Result<(), Failure> {
    let before = meant.len();
    let mut without = Vec::new();
    for line in meant.drain(..) {
        match store.kept_from(line.delivery)? {
            Some(no) if line.state != State::Suppressed => {
                let evidence = no.evidence.map(|evidence| format!(" ({evidence})")).unwrap_or_default();
                let who = whose_masked(&line);
                context.ui.say(&format!(
                    "left out: {who} is not written to any more: {}{evidence}",
                    no.reason
                ));
            }
            _ => without.push(line),
        }
    }
    *meant = without;
    if meant.len() < before {
        context
            .ui
            .hint("`tidings consent restore ADDRESS` is the only way back, with proof");
    }
    Ok(())
}

/// A state tells of the last attempt alone: whoever got the letter from an earlier one is not meant by it.
fn leave_out_who_has_it(context: &Context, store: &Store, meant: &mut Vec<LogLine>) -> Result<(), Failure> {
    let mut without = Vec::new();
    for line in meant.drain(..) {
        if !store.has_a_copy(line.delivery)? {
            without.push(line);
        } else {
            context.ui.say(&format!(
                "left out: {} has the letter from an earlier attempt; `--to` orders a second one",
                whose_masked(&line)
            ));
        }
    }
    *meant = without;
    Ok(())
}

/// Letters that an order to send again does not fit, all named at once.
fn refuse_what_cannot(meant: &[LogLine]) -> Result<(), Failure> {
    let why = |state: State| match state {
        State::Pending | State::Sending | State::Deferred { .. } => Some("waits already"),
        State::Held => Some("is on hold: `tidings release` lets it go"),
        State::InDoubt => Some("is in doubt: find out first, then `tidings resolve`"),
        State::Suppressed => Some("is not to be written to any more"),
        State::Accepted | State::Failed | State::Cancelled | State::Expired => None,
    };
    let cannot: Vec<String> = meant
        .iter()
        .filter_map(|line| why(line.state).map(|why| format!("the letter to `{}` {why}", whose_masked(line))))
        .collect();
    match cannot.is_empty() {
        true => Ok(()),
        false => Err(
            Failure::new(Kind::Usage, format!("{}; nothing was changed", cannot.join("; ")))
                .hint("`tidings why ADDRESS` tells a letter's story"),
        ),
    }
}

/// What has to be asked before somebody may get a second copy.
fn question(store: &Store, meant: &[LogLine]) -> Result<Option<String>, Failure> {
    let mut twice = Vec::new();
    for line in meant {
        if store.has_a_copy(line.delivery)? {
            twice.push(line);
        }
    }
    if let (true, Some(why)) = (twice.is_empty(), store.distrusted()?) {
        let letters = count(meant.len() as u64, "letter");
        return Ok(Some(format!("{why}: {letters} may have left since")));
    }
    Ok(match twice.as_slice() {
        [] => None,
        [one] => Some(format!(
            "{} has the letter already: this orders a second one",
            whose_masked(one)
        )),
        several => Some(format!(
            "{} have the letter already: this orders second ones",
            count(several.len() as u64, "person")
        )),
    })
}
