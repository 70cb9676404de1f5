//! `tidings suppress export`: who is not written to, for another store or another program.

use super::reading::EXPORTED;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::private::{csv_line, store_there, write_private};
use crate::cli::ui::count;
use crate::store::suppress::SuppressionLine;
use crate::subscriber::suppression::Scope;
use std::path::PathBuf;

/// Write down who is not written to, to carry it to another store or program
///
/// A CSV file that only you can read; without FILE it goes to stdout. Where the address is forgotten, or was never on a list, only its
/// keyed hash is left, which no other program can use; a store with the same keys (a restored one) takes it with `suppress import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidings suppress export left.csv\n  tidings suppress export --with-address-only left.csv")]
pub(super) struct Args {
    /// The file to write, which must not be there yet
    file: Option<PathBuf>,
    /// Leave out those of whom only a hash is left
    #[arg(long)]
    with_address_only: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let store = store_there(context)?;
    let mark = store.key_mark();
    let mut text = csv_line(EXPORTED);
    text.push('\n');
    let (mut written, mut hashes) = (0, 0);
    store.each_suppression(false, |line| {
        hashes += u64::from(line.address.is_none());
        if line.address.is_some() || !args.with_address_only {
            written += 1;
            text.push_str(&row(&line, &mark));
        }
        Ok::<_, Failure>(())
    })?;
    match &args.file {
        None => context.ui.data(text.trim_end())?,
        Some(file) => {
            write_private(file, &text)?;
            if context.ui.wants_json() {
                context
                    .ui
                    .json(&serde_json::json!({"file": file, "suppressions": written, "hashes": hashes}))?;
            } else {
                context
                    .ui
                    .data(&format!("{}: {}", file.display(), count(written, "suppression")))?;
            }
        }
    }
    if hashes > 0 {
        let what = count(hashes, "suppression");
        context
            .ui
            .say(&format!("of {what} only a hash is left: another program cannot use it"));
    }
    Ok(())
}

fn row(line: &SuppressionLine, mark: &str) -> String {
    let one = &line.suppression;
    let address = line.address.as_ref().map(ToString::to_string).unwrap_or_default();
    let hash = match line.address {
        Some(_) => String::new(),
        None => format!("{mark}:{}", line.hash_text()),
    };
    let list = match &one.scope {
        Scope::All => "",
        Scope::List(list) => list,
    };
    let (since, evidence) = (one.at.to_string(), one.evidence.clone().unwrap_or_default());
    let cells = [&address, &hash, list, one.reason.as_str(), &since, &evidence];
    csv_line(cells) + "\n"
}
