//! `tidings people show`: all that is known of one person, to read.

use super::access::Dossier;
use crate::cli::consent::{consent_words, proof, suppression_words};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::private::{person_meant, store_there};
use crate::cli::strikes::{mail_words, strike_words};
use crate::cli::ui::{Ui, count, moment};

/// Show all that is known of one person
///
/// Their lists with file and line, columns, family, consent and its history, what keeps them from letters, and their letters in short:
/// `tidings why` tells those whole.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidings people show ann@example.org\n  tidings people show ann@example.org --json")]
pub(super) struct Args {
    /// The person's address
    address: String,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let store = store_there(context)?;
    let (address, person) = person_meant(context, &store, &args.address)?;
    let dossier = Dossier::read(&store, &address, person, context.clock.now())?;
    if context.ui.wants_json() {
        return context.ui.json(&dossier.as_json());
    }
    let lines = head(&dossier).into_iter().chain(body(&dossier));
    lines.into_iter().try_for_each(|line| context.ui.data(&line))
}

/// Who they are and where they stand.
fn head(dossier: &Dossier) -> Vec<String> {
    let mut lines = vec![Ui::bold(dossier.address.as_str())];
    lines.extend(
        dossier
            .erased_at
            .map(|at| format!("  asked to be forgotten, and erased on {}", moment(at))),
    );
    if dossier.standings_now().next().is_none() {
        lines.push("  on no list".to_owned());
    }
    for standing in dossier.standings_now() {
        lines.push(format!("  list {}: {}", standing.list, consent_words(standing)));
        lines.push(format!("    {}", proof(standing)));
    }
    if let Some(version) = dossier.versions.last() {
        lines.extend(
            version
                .attributes
                .iter()
                .map(|(column, value)| format!("  {column}: {value}")),
        );
        for (number, row) in (1..).zip(&version.rows) {
            let cells: Vec<String> = row.iter().map(|(column, value)| format!("{column}: {value}")).collect();
            lines.push(format!("  family, row {number}: {}", cells.join(", ")));
        }
        if dossier.versions.len() > 1 {
            let versions = count(dossier.versions.len() as u64 - 1, "older version");
            lines.push(format!("  {versions} kept for letters on record: `--json` shows them"));
        }
    }
    lines
}

/// What has happened.
fn body(dossier: &Dossier) -> Vec<String> {
    let mut lines = Vec::new();
    for standing in dossier.standings_before() {
        let until = standing.until.map(moment).unwrap_or_default();
        lines.push(format!(
            "  before {until}, list {}: {}",
            standing.list,
            consent_words(standing)
        ));
    }
    lines.extend(
        dossier
            .suppressions
            .iter()
            .map(|line| format!("  {}", suppression_words(line))),
    );
    lines.extend(dossier.strikes.iter().map(|strike| format!("  {}", strike_words(strike))));
    lines.extend(dossier.mails.iter().map(|mail| format!("  {}", mail_words(mail))));
    for letter in &dossier.letters {
        let (edition, line) = (&letter.edition, &letter.line);
        let state = line.state.name().replace('_', " ");
        lines.push(format!(
            "  letter {} · {}: {state}, {}",
            edition.campaign_name,
            edition.key.article,
            moment(line.at)
        ));
    }
    for (edition, left) in &dossier.left_out {
        lines.push(format!(
            "  no letter {} · {}: {}",
            edition.campaign_name, edition.key.article, left.detail
        ));
    }
    let orders = dossier.orders.iter();
    lines.extend(orders.map(|(at, verb, detail)| format!("  order {} at {}: {detail}", verb, moment(*at))));
    lines
}
