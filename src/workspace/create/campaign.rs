//! A campaign's folder: its settings, explained, and its article, both there or neither.

use crate::workspace::create::durable::{self, Access, Made};
use crate::workspace::create::quoted::quoted;
use crate::workspace::create::{CreateError, name};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The file that makes a folder a campaign.
const SETTINGS: &str = "campaign.yaml";

/// A campaign that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewCampaign<'a> {
    /// The folder's name.
    pub name: &'a str,
    /// The stable id, fresh for this campaign.
    pub id: &'a str,
    /// What the campaign is called.
    pub title: &'a str,
    /// The articles in their order: the name that each gets inside the folder, and its text, front matter and all.
    pub articles: &'a [(String, String)],
    /// The pictures that the articles show: their names beside them, and their bytes.
    pub pictures: &'a [(String, Vec<u8>)],
    /// The days from one article to the next, where they are a series.
    pub every: Option<u32>,
    /// The lists that the workspace has.
    pub lists: &'a [String],
}

/// Makes `campaigns/NAME` in the workspace at `root` and returns its path. Whoever reads the workspace meanwhile, or after a
/// crash, sees the whole folder or none; the one on the way is called `.new-NAME…`.
///
/// # Errors
/// When the name cannot be used or is taken, or when the disk says no. Then nothing has changed.
pub fn new_campaign(root: &Path, new: &NewCampaign<'_>) -> Result<PathBuf, CreateError> {
    check_names(new)?;
    let campaigns = root.join("campaigns");
    let path = campaigns.join(new.name);
    if durable::stands(&path) {
        return Err(exists(new, path));
    }
    write(&campaigns, &path, new).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty => exists(new, path.clone()),
        _ => CreateError::Unwritable {
            path: path.clone(),
            source,
        },
    })?;
    Ok(path)
}

fn exists(new: &NewCampaign<'_>, path: PathBuf) -> CreateError {
    CreateError::CampaignExists {
        name: new.name.to_owned(),
        path,
    }
}

fn check_names(new: &NewCampaign<'_>) -> Result<(), CreateError> {
    if let Some(fault) = name::fault(new.name) {
        return Err(CreateError::Name {
            found: new.name.to_owned(),
            fault,
            suggestion: name::suggestion(new.name),
        });
    }
    let files = new
        .articles
        .iter()
        .map(|(file, _)| file)
        .chain(new.pictures.iter().map(|(file, _)| file));
    match files.into_iter().find(|file| !is_plain(file)) {
        Some(file) => Err(CreateError::ArticleFile { found: file.clone() }),
        None => Ok(()),
    }
}

fn is_plain(file: &str) -> bool {
    let stays = !file.starts_with('.') && !file.contains(|c: char| c.is_control() || matches!(c, '/' | '\\'));
    !file.is_empty() && stays && !file.eq_ignore_ascii_case(SETTINGS)
}

/// Writes the folder under another name beside its place, then gives it its own: a rename is seen whole or not at all.
fn write(campaigns: &Path, path: &Path, new: &NewCampaign<'_>) -> io::Result<()> {
    let mut around = Made::default();
    around.folders(campaigns, Access::Usual)?;
    let draft = free_draft(campaigns, new.name);
    let mut made = Made::default();
    made.file(&draft.join(SETTINGS), settings(new), Access::Usual)?;
    for (file, text) in new.articles {
        made.file(&draft.join(file), text, Access::Usual)?;
    }
    for (file, bytes) in new.pictures {
        made.file(&draft.join(file), bytes, Access::Usual)?;
    }
    durable::settle_names(&draft)?;
    fs::rename(&draft, path)?;
    made.keep_elsewhere();
    // The campaign stands, whole. Should its name be lost in a power cut, `new` can be said again: no letter hangs on it yet.
    around.keep().and_then(|()| durable::settle_names(campaigns)).ok();
    Ok(())
}

/// A name for the folder on the way that nobody uses; a crash may have left one behind.
fn free_draft(campaigns: &Path, name: &str) -> PathBuf {
    let mut draft = campaigns.join(format!(".new-{name}"));
    let mut number = 2;
    while durable::stands(&draft) {
        draft = campaigns.join(format!(".new-{name}-{number}"));
        number += 1;
    }
    draft
}

/// The campaign's settings, for somebody who has never seen such a file.
pub(super) fn settings(new: &NewCampaign<'_>) -> String {
    let (id, title, when) = (quoted(new.id), quoted(new.title), when(new));
    let lists = audience(new.lists);
    format!(
        r#"# One campaign: which articles go to whom, in which dress, and when.

# Recognises letters that were sent, even after the folder is renamed. Leave it as it is.
id: {id}

title: {title}

{lists}

# Only some of those people? Take the `#` away and name columns of the list.
# only: {{city: [Bath, Bristol]}}

# The dress of the letter: `letter` is quiet, `magazine` has a coloured head and a card for each section. Both are in `templates/`.
template: letter

{when}"#
    )
}

/// When the articles go, and which they are.
fn when(new: &NewCampaign<'_>) -> String {
    match new.every {
        Some(days) => series(new, days),
        None => scheduled(new),
    }
}

fn scheduled(new: &NewCampaign<'_>) -> String {
    let name = new.name;
    let articles: String = new
        .articles
        .iter()
        .map(|(file, _)| format!("  - file: {}\n", quoted(file)))
        .collect();
    format!(
        r#"# Without a schedule the letter goes when you say so: `tidings send {name}`. To let it go by itself, take the `#` away.
# schedule: {{every: month, day: first tuesday, at: "09:00"}}
# window: {{days: weekdays, from: "08:30", until: "18:00"}}    # letters leave only in these hours
# season: {{from: 1 September, until: 31 March}}               # and only in this part of the year
# late: {{by: 6h, then: hold}}                                 # a date was missed by more than this: hold it, `skip` it or `send` it

# The articles, in their order: each date takes the next one.
articles:
{articles}"#
    )
}

fn series(new: &NewCampaign<'_>, days: u32) -> String {
    let step = |(index, (file, _)): (usize, &(String, String))| {
        let after = u64::from(days) * index as u64;
        format!("  - {{file: {}, after: {after}d}}\n", quoted(file))
    };
    let steps: String = new.articles.iter().enumerate().map(step).collect();
    format!(
        r#"# A series has no schedule: everybody gets its letters in turn, so many days after joining the list (the column `joined`).
# window: {{days: weekdays, from: "08:30", until: "18:00"}}    # letters leave only in these hours

# The articles, in their order, and the days after joining.
series:
{steps}"#
    )
}

/// Whom it goes to: the one list there is. Where there are several a person has to choose: a letter to the wrong people cannot be
/// called back.
fn audience(lists: &[String]) -> String {
    let names: Vec<String> = lists.iter().map(|list| quoted(list)).collect();
    let (comment, chosen) = match names.as_slice() {
        [] => (
            "# To whom? There is no list yet: put a file such as `subscribers/patients.csv` there and write its name, `[patients]`.".to_owned(),
            "",
        ),
        [only] => (
            format!("# Which lists: a name here is a file in `subscribers/`. There is one so far: {only}."),
            only.as_str(),
        ),
        several => (
            format!(
                "# To whom? Write one or more of your lists between the brackets, with commas: {}.",
                several.join(", ")
            ),
            "",
        ),
    };
    format!("{comment}\naudience:\n  lists: [{chosen}]")
}
