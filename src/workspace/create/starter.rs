//! The starter workspace: complete, commented, and ready to rehearse as it is.

use crate::workspace::create::durable::{self, Access, Made};
use crate::workspace::create::{CreateError, NewCampaign, campaign};
use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

/// The file that makes a folder a workspace.
pub(super) const SETTINGS: &str = "tidings.yaml";

/// A file of the starter workspace.
struct StarterFile {
    /// Where it goes, relative to the workspace.
    name: &'static str,
    text: Cow<'static, str>,
    access: Access,
}

impl StarterFile {
    fn usual(name: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name,
            text: text.into(),
            access: Access::Usual,
        }
    }
}

/// In the order in which they are written. The settings come last: a folder without them is no workspace, so a half-written one is
/// never taken for a workspace, even after a power cut.
fn files() -> [StarterFile; 16] {
    let article = include_str!("starter/welcome.md");
    [
        StarterFile::usual(".gitignore", include_str!("starter/gitignore")),
        StarterFile::usual("templates/ask.html", include_str!("../../../templates/ask.html")),
        StarterFile::usual("templates/ask.txt", include_str!("../../../templates/ask.txt")),
        StarterFile::usual("templates/footer.html", include_str!("../../../templates/footer.html")),
        StarterFile::usual("templates/footer.txt", include_str!("../../../templates/footer.txt")),
        StarterFile::usual("templates/head.html", include_str!("../../../templates/head.html")),
        StarterFile::usual("templates/letter.html", include_str!("../../../templates/letter.html")),
        StarterFile::usual("templates/letter.txt", include_str!("../../../templates/letter.txt")),
        StarterFile::usual("templates/magazine.html", include_str!("../../../templates/magazine.html")),
        StarterFile::usual("templates/magazine.txt", include_str!("../../../templates/magazine.txt")),
        StarterFile::usual("templates/mark.html", include_str!("../../../templates/mark.html")),
        StarterFile::usual("templates/preheader.html", include_str!("../../../templates/preheader.html")),
        StarterFile {
            access: Access::OwnerOnly,
            ..StarterFile::usual("subscribers/patients.csv", include_str!("starter/patients.csv"))
        },
        StarterFile::usual("campaigns/welcome/welcome.md", article),
        StarterFile::usual("campaigns/welcome/campaign.yaml", welcome(article)),
        StarterFile::usual(SETTINGS, include_str!("starter/tidings.yaml")),
    ]
}

/// The settings of the first campaign, as `new` would write them.
fn welcome(article_text: &str) -> String {
    campaign::settings(&NewCampaign {
        name: "welcome",
        id: "welcome",
        title: "Welcome to the clinic",
        articles: &[("welcome.md".to_owned(), article_text.to_owned())],
        pictures: &[],
        every: None,
        lists: &["patients".to_owned()],
    })
}

/// Makes a workspace of `dir`, which may be new or hold files of other names, and says which files it wrote.
///
/// # Errors
/// When `dir` is a file, when any file of the workspace exists there already (all of them are named), or when the disk says no.
/// Then nothing has changed.
pub fn init(dir: &Path) -> Result<Vec<PathBuf>, CreateError> {
    if durable::stands(dir) && !dir.is_dir() {
        return Err(CreateError::NotAFolder { path: dir.to_owned() });
    }
    let files = files();
    let in_the_way = in_the_way(dir, &files);
    if !in_the_way.is_empty() {
        return Err(CreateError::InTheWay {
            folder: dir.to_owned(),
            files: in_the_way,
        });
    }
    let mut made = Made::default();
    for file in &files {
        let path = dir.join(file.name);
        made.file(&path, file.text.as_bytes(), file.access)
            .map_err(|source| refused(dir, file, source))?;
    }
    made.keep().map_err(|source| CreateError::Unwritable {
        path: dir.to_owned(),
        source,
    })?;
    Ok(files.iter().map(|file| dir.join(file.name)).collect())
}

/// Everything that a file of ours would overwrite, or whose place it would need as a folder.
fn in_the_way(dir: &Path, files: &[StarterFile]) -> Vec<String> {
    let mut names: Vec<String> = files.iter().filter_map(|file| obstacle(dir, file.name)).collect();
    names.sort();
    names.dedup();
    names
}

/// What keeps `name` from being made in `dir`: the file itself, or a file where a folder above it has to be.
fn obstacle(dir: &Path, name: &str) -> Option<String> {
    let ends = name.match_indices('/').map(|(end, _)| end);
    let blocked = ends.map(|end| &name[..end]).find(|folder| {
        let path = dir.join(folder);
        durable::stands(&path) && !path.is_dir()
    });
    blocked
        .or_else(|| durable::stands(&dir.join(name)).then_some(name))
        .map(str::to_owned)
}

/// A file that came to stand there after we looked is in the way like the others.
fn refused(dir: &Path, file: &StarterFile, source: io::Error) -> CreateError {
    match source.kind() {
        io::ErrorKind::AlreadyExists => CreateError::InTheWay {
            folder: dir.to_owned(),
            files: vec![file.name.to_owned()],
        },
        _ => CreateError::Unwritable {
            path: dir.join(file.name),
            source,
        },
    }
}
