//! `tidings init`: a new workspace.

use super::context::Context;
use super::cron::quoted::for_shell;
use super::failure::Failure;
use crate::workspace::create;
use std::path::{Component, PathBuf};

/// Make a new workspace, ready to rehearse
///
/// Writes a starter campaign, a letter template, a small list and commented settings. Nothing that is there is overwritten.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tidings init riverside && cd riverside && tidings rehearse")]
pub(super) struct Args {
    /// The folder; made if it is not there
    dir: PathBuf,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let files = create::init(&args.dir).map_err(Failure::from)?;
    if context.ui.wants_json() {
        let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        return context
            .ui
            .json(&serde_json::json!({"workspace": args.dir.display().to_string(), "files": files}));
    }
    context.ui.data(&format!("made a workspace in `{}`:", args.dir.display()))?;
    for file in &files {
        context.ui.data(&format!("  {}", file.display()))?;
    }
    let is_here = args.dir.components().all(|part| part == Component::CurDir);
    let first = if is_here {
        String::new()
    } else {
        format!("`cd {}`, ", for_shell(&args.dir.display().to_string()))
    };
    context
        .ui
        .hint(&format!("{first}fill in `tidings.yaml`, then `tidings rehearse`"));
    Ok(())
}
