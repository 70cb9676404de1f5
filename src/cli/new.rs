//! `tidings new`: a text as it lies on the desk becomes a campaign.

use super::context::Context;
use super::failure::{Failure, Kind, plain};
use super::ui::Ui;
use crate::article::draft::{self, Draft};
use crate::article::encoding::MAX_ARTICLE_BYTES;
use crate::store::keys::random_id;
use crate::workspace::create::{self, NewCampaign};
use std::path::{Path, PathBuf};

/// Turn an article into a campaign
///
/// Takes Markdown or pasted plain text. Finds title, headings and paragraphs, and says what it changed and what it is unsure of.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tidings new calmer-days --article ~/Desktop/calmer.txt")]
pub(super) struct Args {
    /// The campaign's name: its folder in `campaigns/`
    name: String,
    /// The article's file
    #[arg(long, value_name = "FILE")]
    article: PathBuf,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let (root, workspace) = context.workspace()?;
    let bytes = read(&args.article)?;
    let file_name = args.article.file_name().and_then(|name| name.to_str()).unwrap_or("article");
    let mut draft = draft::read(file_name, &bytes).map_err(Failure::findings)?;
    if draft.author.is_none() {
        // Somebody has to stand under the title; the clinic does where the text names nobody.
        draft.author = workspace
            .settings
            .as_ref()
            .map(|settings| settings.sender.clinic.name.clone());
    }
    let lists: Vec<String> = workspace.lists.iter().map(|list| list.name.clone()).collect();
    let (id, article_file) = (random_id()?, format!("{}.md", draft.id));
    let new = NewCampaign {
        name: &args.name,
        id: &id,
        title: &draft.title,
        article_file: &article_file,
        article_text: &draft.to_file(),
        lists: &lists,
    };
    let folder = create::new_campaign(&root, &new).map_err(Failure::from)?;
    tell(context, &root, args, &draft, &folder)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(Kind::Files, format!("cannot read `{}`: {}", path.display(), plain(&error)))
            .hint("check the path; `--article` takes a text file")
    };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > MAX_ARTICLE_BYTES as u64 {
        let text = format!(
            "`{}` has {} MB, an article at most {} MB",
            path.display(),
            size / 1_000_000,
            MAX_ARTICLE_BYTES / 1_000_000
        );
        return Err(Failure::new(Kind::Files, text).hint("an article is text alone; take pictures and scans out"));
    }
    std::fs::read(path).map_err(failed)
}

fn tell(context: &Context, root: &Path, args: &Args, draft: &Draft, folder: &Path) -> Result<(), Failure> {
    let folder = folder.strip_prefix(root).unwrap_or(folder).display();
    if context.ui.wants_json() {
        let notes: Vec<String> = draft.notes.iter().map(ToString::to_string).collect();
        return context.ui.json(&serde_json::json!({
            "campaign": args.name, "folder": folder.to_string(), "article": draft.id, "title": draft.title, "subject": draft.subject,
            "preheader": draft.preheader, "author": draft.author, "language": draft.language, "notes": notes,
        }));
    }
    context
        .ui
        .data(&format!("made campaign {} in `{folder}`", Ui::bold(&args.name)))?;
    context.ui.data(&format!("  title      {}", draft.title))?;
    context.ui.data(&format!("  subject    {}", draft.subject))?;
    context.ui.data(&format!("  preheader  {}", draft.preheader))?;
    if let Some(author) = &draft.author {
        context.ui.data(&format!("  author     {author}"))?;
    }
    for note in &draft.notes {
        context.ui.data(&format!("  {note}"))?;
    }
    context
        .ui
        .hint(&format!("`tidings check {0}`, then `tidings rehearse {0}`", args.name));
    Ok(())
}
