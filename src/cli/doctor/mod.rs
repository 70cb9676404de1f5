//! `tidings doctor`: is everything as it should be?
//!
//! Promises: every finding at once, each with its next step; no letter is sent and nothing is mended. Knows nothing of the files: those
//! are `check`'s.

mod answers;
mod domain;
mod relay;
mod signature;
mod store;

use super::context::Context;
use super::failure::{Failure, Kind};
use serde_json::json;

/// Examine the store, the relay and the sender's domain
///
/// The store: is it whole, private and the right one? Every letter's state is told again from its attempts and from what was decided
/// about it, and compared. It may be asked while letters leave.
///
/// The relay, where `relay:` names one: connects and logs in as `run` would, looks at its certificate and at what it can do, and says
/// goodbye; no letter is sent. Where the clinic signs its letters itself, the records that have to stand in DNS. For a real relay also what DNS says about the sender's domain, and who reads what people answer. `--offline`
/// leaves the relay and DNS out: nothing but this machine is asked.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings doctor\n  tidings doctor --offline && tidings backup ~/backups/clinic-$(date +%F).tidings"
)]
pub(super) struct Args {
    /// Use no network: leave the relay and DNS out
    #[arg(long)]
    offline: bool,
}

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    Well,
    /// It works, and there is something to know about it.
    Doubtful,
    /// It has to be mended; with the kind of failure that it is.
    Ill(Kind),
}

/// One thing that was looked at.
#[derive(Debug)]
struct Check {
    check: &'static str,
    health: Health,
    found: String,
    details: Vec<String>,
    /// The next step, where one is needed.
    hint: Option<String>,
}

impl Check {
    fn well(check: &'static str, found: impl Into<String>) -> Self {
        Self {
            check,
            health: Health::Well,
            found: found.into(),
            details: Vec::new(),
            hint: None,
        }
    }

    fn doubtful(check: &'static str, found: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            health: Health::Doubtful,
            hint: Some(hint.into()),
            ..Self::well(check, found)
        }
    }

    fn ill(check: &'static str, kind: Kind, found: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            health: Health::Ill(kind),
            hint: Some(hint.into()),
            ..Self::well(check, found)
        }
    }

    /// What a failure says, as a check.
    fn failed(check: &'static str, failure: &Failure) -> Self {
        Self::ill(check, failure.kind, failure.text.clone(), failure.hints.join("; "))
    }

    fn details(self, details: Vec<String>) -> Self {
        Self { details, ..self }
    }

    fn is_ill(&self) -> bool {
        matches!(self.health, Health::Ill(_))
    }
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let root = context.root()?;
    let mut checks = store::examine(context, &root)?;
    if checks.is_empty() && !context.ui.wants_json() {
        context.ui.data(context.no_store_yet())?;
    }
    if !context.is_rehearsal() {
        checks.extend(answers::examine(context, &root)?);
        checks.extend(signature::examine(context)?);
    }
    if !args.offline && !context.is_rehearsal() {
        checks.extend(relay::examine(context, &root)?);
    }
    show(context, &checks)?;
    ending(context, &checks)
}

fn show(context: &Context, checks: &[Check]) -> Result<(), Failure> {
    if context.ui.wants_json() {
        let well = !checks.iter().any(Check::is_ill);
        let checks: Vec<_> = checks.iter().map(shape).collect();
        return context.ui.json(&json!({"well": well, "checks": checks}));
    }
    for check in checks {
        let word = match check.health {
            Health::Well => "well",
            Health::Doubtful => "look",
            Health::Ill(_) => "ILL ",
        };
        context.ui.data(&format!("{word}  {}: {}", check.check, check.found))?;
        for detail in &check.details {
            context.ui.data(&format!("        {detail}"))?;
        }
    }
    Ok(())
}

fn shape(check: &Check) -> serde_json::Value {
    json!({"check": check.check, "ok": !check.is_ill(), "found": check.found, "details": check.details, "hint": check.hint})
}

/// The gravest illness names the exit code: a store before settings, settings before what passes by itself.
fn ending(context: &Context, checks: &[Check]) -> Result<(), Failure> {
    let ill = checks.iter().filter(|check| check.is_ill()).count();
    let hints = checks.iter().filter_map(|check| check.hint.as_deref());
    if ill == 0 {
        hints.for_each(|hint| context.ui.hint(hint));
        return Ok(());
    }
    let mut gravest = [Kind::Store, Kind::FixFirst, Kind::Later].into_iter();
    let kind = gravest.find(|kind| checks.iter().any(|check| check.health == Health::Ill(*kind)));
    let failure = Failure::new(kind.unwrap_or(Kind::FixFirst), things(ill));
    Err(hints.fold(failure, |failure, hint| failure.hint(hint)))
}

fn things(number: usize) -> String {
    match number {
        1 => "1 thing is not as it should be".to_owned(),
        number => format!("{number} things are not as they should be"),
    }
}
