//! `tidings new`: a text as it lies on the desk becomes a campaign.

use super::context::Context;
use super::failure::{Failure, Kind, plain};
use super::ui::Ui;
use crate::article::desk::{Absent, Desk};
use crate::article::draft::{self, Draft};
use crate::article::encoding::MAX_ARTICLE_BYTES;
use crate::article::image::LARGEST_READ;
use crate::article::note::Note;
use crate::campaign::schedule::parse_span;
use crate::store::keys::random_id;
use crate::workspace::create::{self, NewCampaign};
use crate::workspace::settings::Settings;
use std::path::{Component, Path, PathBuf};

/// Turn an article into a campaign
///
/// Takes Markdown, pasted plain text, a web page (.html) or a Word document (.docx). Finds title, headings and paragraphs, brings the
/// pictures along, leaves out what is no article, and says what it changed and what it is unsure of.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings new calmer-days --article ~/Desktop/calmer.txt\n  tidings new winter --article winter.docx --split --every 7d"
)]
pub(super) struct Args {
    /// The campaign's name: its folder in `campaigns/`
    name: String,
    /// The article's file
    #[arg(long, value_name = "FILE")]
    article: PathBuf,
    /// Make a series of a long article: one letter for each section
    #[arg(long)]
    split: bool,
    /// The time from one letter of the series to the next
    #[arg(long, value_name = "SPAN", requires = "split", default_value = "7d")]
    every: String,
}

/// The largest web page or Word document, with the pictures in it.
const MAX_DOCUMENT_BYTES: usize = 40_000_000;

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let every = days(&args.every)?;
    let (root, workspace) = context.workspace()?;
    let bytes = read(&args.article)?;
    let file_name = args.article.file_name().and_then(|name| name.to_str()).unwrap_or("article");
    let own_hosts = workspace.settings.as_ref().map(Settings::own_hosts).unwrap_or_default();
    let folder = args.article.parent().unwrap_or(Path::new("")).to_owned();
    let beside = |path: &str| beside(&folder, path);
    let desk = Desk {
        beside: &beside,
        own_hosts: &own_hosts,
    };
    let mut draft = draft::read_on(&desk, file_name, &bytes).map_err(Failure::findings)?;
    if draft.author.is_none() {
        // Somebody has to stand under the title; the clinic does where the text names nobody.
        draft.author = workspace
            .settings
            .as_ref()
            .map(|settings| settings.sender.clinic.name.clone());
    }
    let parts = parts(args, &draft)?;
    let lists: Vec<String> = workspace.lists.iter().map(|list| list.name.clone()).collect();
    let id = random_id()?;
    let articles: Vec<(String, String)> = parts.iter().map(|part| (format!("{}.md", part.id), part.to_file())).collect();
    let pictures: Vec<(String, Vec<u8>)> = draft
        .images
        .iter()
        .map(|image| (image.file.clone(), image.bytes.clone()))
        .collect();
    let new = NewCampaign {
        name: &args.name,
        id: &id,
        title: &draft.title,
        articles: &articles,
        pictures: &pictures,
        every: args.split.then_some(every),
        lists: &lists,
    };
    let folder = create::new_campaign(&root, &new).map_err(Failure::from)?;
    let made = Made {
        folder: folder.strip_prefix(&root).unwrap_or(&folder).display().to_string(),
        draft: &draft,
        parts: &parts,
        every: args.split.then_some(every),
    };
    tell(context, args, &made)
}

/// The days between two letters of a series: whole ones, because a series counts days.
fn days(every: &str) -> Result<u32, Failure> {
    let wrong =
        |text: String| Failure::new(Kind::Usage, format!("`--every`: {text}")).hint("write whole days or weeks, like `7d` or `2w`");
    let minutes = parse_span(every).map_err(wrong)?.as_mins();
    let days = u32::try_from(minutes / (24 * 60)).unwrap_or(0);
    match days > 0 && minutes % (24 * 60) == 0 {
        true => Ok(days),
        false => Err(wrong(format!("`{every}` is no number of whole days"))),
    }
}

/// The articles to write: the draft, or its sections.
fn parts(args: &Args, draft: &Draft) -> Result<Vec<Draft>, Failure> {
    if !args.split {
        return Ok(vec![draft.clone()]);
    }
    draft.split().ok_or_else(|| {
        let text = format!(
            "`{}` has fewer than two sections, so there is nothing to split",
            args.article.display()
        );
        Failure::new(Kind::Files, text)
            .hint("write a heading above each section: in a text or in Markdown a line such as `## 1 December`, in Word one of the styles `Heading`; without `--split` the article becomes a campaign of one letter")
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(Kind::Files, format!("cannot read `{}`: {}", path.display(), plain(&error)))
            .hint("check the path; `--article` takes a text, a web page or a Word document")
    };
    if path
        .to_str()
        .is_some_and(|path| path.starts_with("http://") || path.starts_with("https://"))
    {
        let text = format!("`{}` is a page on the web, and nothing is fetched from there", path.display());
        return Err(Failure::new(Kind::Files, text).hint("open it in your browser, save it as a web page, and name that file"));
    }
    let size = std::fs::metadata(path).map_err(failed)?.len();
    let is_document = path
        .file_name()
        .and_then(|name| name.to_str())
        .is_some_and(draft::is_document);
    let (most, hint) = match is_document {
        true => (MAX_DOCUMENT_BYTES, "take large pictures out, or make them smaller"),
        false => (MAX_ARTICLE_BYTES, "an article is text alone; take pictures and scans out"),
    };
    if size > most as u64 {
        let text = format!(
            "`{}` is too large: it has {} MB, an article at most {} MB",
            path.display(),
            tenths(size),
            most / 1_000_000
        );
        return Err(Failure::new(Kind::Files, text).hint(hint));
    }
    std::fs::read(path).map_err(failed)
}

/// Megabytes with one place behind the point, never fewer than there are: a file above 1 MB has not 1 MB.
fn tenths(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

/// A file beside the article: never one outside of its folder, wherever links lead.
fn beside(folder: &Path, path: &str) -> Result<Vec<u8>, Absent> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let relative = Path::new(path);
    let climbs = |part: Component<'_>| !matches!(part, Component::Normal(_) | Component::CurDir);
    if path.is_empty() || path.contains("://") || path.contains('\0') {
        return Err(Absent::Missing);
    }
    if relative.components().any(climbs) {
        return Err(Absent::Outside);
    }
    let home = folder.canonicalize().map_err(|_| Absent::Missing)?;
    let file = home.join(relative).canonicalize().map_err(|_| Absent::Missing)?;
    if !file.starts_with(&home) {
        return Err(Absent::Outside);
    }
    let about = std::fs::metadata(&file).map_err(|_| Absent::Missing)?;
    if !about.is_file() {
        return Err(Absent::Missing);
    }
    if about.len() > LARGEST_READ as u64 {
        return Err(Absent::TooLarge);
    }
    std::fs::read(&file).map_err(|_| Absent::Missing)
}

/// What was made, for the telling.
struct Made<'a> {
    folder: String,
    draft: &'a Draft,
    parts: &'a [Draft],
    every: Option<u32>,
}

impl Made<'_> {
    /// Everything to look at: about the source, then about its parts.
    fn notes(&self) -> impl Iterator<Item = &Note> {
        let parts = if self.every.is_some() { self.parts } else { &[] };
        // What the whole was unsure of in its own preheader says nothing where it has none.
        self.draft.notes.iter().chain(parts.iter().flat_map(|part| &part.notes))
    }
}

fn tell(context: &Context, args: &Args, made: &Made<'_>) -> Result<(), Failure> {
    let draft = made.draft;
    if context.ui.wants_json() {
        return context.ui.json(&as_json(args, made));
    }
    let ui = &context.ui;
    ui.data(&format!("made campaign {} in `{}`", Ui::bold(&args.name), made.folder))?;
    match made.every {
        None => {
            ui.data(&format!("  title      {}", draft.title))?;
            ui.data(&format!("  subject    {}", draft.subject))?;
            ui.data(&format!("  preheader  {}", draft.preheader))?;
        }
        Some(days) => {
            ui.data(&format!("  title      {}", draft.title))?;
            ui.data(&format!(
                "  series     {} letters, one every {}",
                made.parts.len(),
                days_in_words(days)
            ))?;
            for (index, part) in made.parts.iter().enumerate() {
                ui.data(&format!(
                    "  {:>2}. day {:<4} {}",
                    index + 1,
                    index as u64 * u64::from(days),
                    part.subject
                ))?;
            }
        }
    }
    if let Some(author) = &draft.author {
        ui.data(&format!("  author     {author}"))?;
    }
    if !draft.images.is_empty() {
        let names: Vec<&str> = draft.images.iter().map(|image| image.file.as_str()).collect();
        ui.data(&format!("  pictures   {}", names.join(", ")))?;
    }
    for note in made.notes() {
        ui.data(&format!("  {note}"))?;
    }
    if made.every.is_some() {
        ui.say("a series is for those who join from now on; nobody who is on the list already gets it");
        ui.hint(
            "to write to those too: `articles:` instead of `series:` in its campaign.yaml, with a `schedule:` (docs/calendar.md)",
        );
    }
    ui.hint(&format!(
        "`tidings check {0}` and `tidings preview {0}`, then `tidings rehearse {0}`",
        args.name
    ));
    Ok(())
}

fn days_in_words(days: u32) -> String {
    match days {
        1 => "day".to_owned(),
        7 => "week".to_owned(),
        days => format!("{days} days"),
    }
}

fn as_json(args: &Args, made: &Made<'_>) -> serde_json::Value {
    let draft = made.draft;
    let notes: Vec<String> = made.notes().map(ToString::to_string).collect();
    let pictures: Vec<&str> = draft.images.iter().map(|image| image.file.as_str()).collect();
    let step = |(index, part): (usize, &Draft)| {
        serde_json::json!({
            "article": part.id, "after_days": index as u64 * u64::from(made.every.unwrap_or(0)), "title": part.title,
            "subject": part.subject, "preheader": part.preheader,
        })
    };
    let steps = made.parts.iter().enumerate().filter(|_| made.every.is_some());
    let series: Vec<serde_json::Value> = steps.map(step).collect();
    serde_json::json!({
        "campaign": args.name, "folder": made.folder, "article": made.parts.first().map_or(&draft.id, |part| &part.id),
        "title": draft.title, "subject": draft.subject, "preheader": draft.preheader, "author": draft.author,
        "language": draft.language, "pictures": pictures, "series": series, "notes": notes,
    })
}

#[cfg(test)]
mod tests {
    use super::tenths;

    #[test]
    fn a_size_above_a_limit_never_looks_like_the_limit() {
        for (bytes, words) in [(1_600_000, "1.6"), (1_000_001, "1.1"), (2_000_000, "2"), (41_250_000, "41.3")] {
            assert_eq!(tenths(bytes), words);
        }
    }
}
