//! The same to keep: a folder with every letter in every view, and a page that leads to them.
//!
//! Promises: nothing is written into a folder that has files of anybody else's, and what an earlier preview left there goes first; only
//! the owner can read what is written; the pages work without a network and ask nobody for anything. Knows nothing of how letters are
//! chosen.

use super::asked::{View, Wanted};
use super::catalogue::Catalogue;
use super::door::guise;
use super::guise::dress;
use super::page::{kilobytes, list, told};
use super::people::Standing;
use super::stage::{Chosen, Composed, Stage};
use crate::finding::{Finding, each_once};
use crate::letter::lint::names::is_accepted;
use crate::web::page::Html;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Component, Path, PathBuf};

/// Names the files that are ours.
const LIST: &str = ".tidings-preview";
/// Keeps the folder out of git, wherever it lies: what is in it are people's data.
const IGNORED: &str = ".gitignore";
const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                      form-action 'none'; base-uri 'none'\"><meta name=\"referrer\" content=\"no-referrer\">";

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The folder has files of somebody else's.
    #[error("`{}` holds `{file}`, which no preview has written", dir.display())]
    Foreign {
        /// The folder.
        dir: PathBuf,
        /// The first of them.
        file: String,
    },
    /// A file is in the way of the folder.
    #[error("`{}` is no folder", dir.display())]
    NoFolder {
        /// Its place.
        dir: PathBuf,
    },
    /// It cannot be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Unwritable {
        /// What.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A folder for letters, ready to be filled.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    files: Vec<String>,
}

/// What was written.
#[derive(Debug, Default)]
pub struct Written {
    /// The files, from the folder.
    pub files: Vec<String>,
    /// The addresses that stand in them.
    pub addresses: BTreeSet<String>,
    /// Why some letters are not among them.
    pub findings: Vec<Finding>,
    /// Campaigns whose letters the person that was asked for would not get, and why.
    pub left_out: Vec<(String, String)>,
    /// Campaigns whose lists do not have the person that was asked for.
    pub without_person: Vec<String>,
}

impl Folder {
    /// Makes the folder ready: new, or emptied of what an earlier preview left.
    ///
    /// # Errors
    /// When it is not ours, or cannot be written; nothing is changed then.
    pub fn prepare(dir: &Path) -> Result<Self, FolderError> {
        let failed = |source| FolderError::Unwritable {
            path: dir.to_owned(),
            source,
        };
        match fs::metadata(dir) {
            Ok(facts) if !facts.is_dir() => return Err(FolderError::NoFolder { dir: dir.to_owned() }),
            Ok(_) => empty(dir)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(dir)
                    .map_err(failed)?;
            }
            Err(error) => return Err(failed(error)),
        }
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(failed)?;
        Ok(Self {
            dir: dir.to_owned(),
            files: Vec::new(),
        })
    }

    /// Writes every letter of the catalogue that `wanted` does not leave out, in every language and view.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn fill(mut self, stage: &Stage, catalogue: &Catalogue, wanted: &Wanted) -> Result<Written, FolderError> {
        let mut written = Written::default();
        let mut index = Html::default();
        self.write(IGNORED, b"*\n")?;
        for (campaign, file) in letters(catalogue, wanted) {
            let asked = Wanted {
                letter: Some((campaign, file)),
                ..stage.start().clone()
            };
            self.put_article(stage, &asked, &mut index, &mut written)?;
        }
        // Letters of one template have its faults in common.
        written.findings = each_once(written.findings);
        let made = catalogue.moment(stage.scene().at);
        let page = cover(&index, &written, &made);
        self.write("index.html", page.as_bytes())?;
        let list = self.files.join("\n") + "\n";
        self.write(LIST, list.as_bytes())?;
        self.files.retain(|file| file != LIST && file != IGNORED);
        written.files = self.files;
        Ok(written)
    }

    /// One article, in each of its languages.
    fn put_article(&mut self, stage: &Stage, asked: &Wanted, index: &mut Html, written: &mut Written) -> Result<(), FolderError> {
        let scene = stage.scene();
        let Some(own) = stage.choose(&scene, asked) else {
            return Ok(());
        };
        if own.missing.iter().any(|missing| missing.contains("person")) {
            if written.without_person.last() != Some(&own.campaign.name) {
                written.without_person.push(own.campaign.name.clone());
            }
            return Ok(());
        }
        let campaign = &own.campaign.name;
        if let Standing::LeftOut(why) = &own.person.standing
            && written.left_out.last().is_none_or(|(last, _)| last != campaign)
        {
            written.left_out.push((campaign.clone(), why.clone()));
        }
        let made = own.article.shown();
        if let Some(made) = made {
            let told = made.compiled.warnings().into_iter();
            written
                .findings
                .extend(told.filter(|finding| !is_accepted(finding, &made.accept)));
        }
        // The person's own language comes first, under the article's plain name.
        let theirs = made.map(|made| made.compiled.for_reader(&own.person.recipient).language());
        let others = own.article.languages.iter().map(|language| language.tag.as_str());
        let others = others.filter(|tag| Some(*tag) != theirs).map(|tag| Some(tag.to_owned()));
        for language in std::iter::once(None).chain(others.collect::<Vec<_>>()) {
            let asked = Wanted {
                language: language.clone(),
                ..asked.clone()
            };
            let Some(chosen) = stage.choose(&scene, &asked) else {
                continue;
            };
            match &chosen.letter {
                Some(Ok(letter)) => {
                    written.addresses.insert(chosen.person.recipient.address.to_string());
                    written.findings.extend(letter.warnings.iter().cloned());
                    self.put_letter(&chosen, letter, language.as_deref(), index)?;
                }
                Some(Err(fault)) => written.findings.push((**fault).clone()),
                None => written.findings.extend(chosen.article.faults().iter().cloned()),
            }
        }
        Ok(())
    }

    fn put_letter(
        &mut self,
        chosen: &Chosen,
        letter: &Composed,
        language: Option<&str>,
        index: &mut Html,
    ) -> Result<(), FolderError> {
        let stem = self.stem(&chosen.campaign.name, &chosen.article.file, language);
        let reading = &letter.reading;
        let language = language.map(|tag| format!(" ({tag})")).unwrap_or_default();
        index
            .raw("<h2><bdi>")
            .text(&chosen.article.title)
            .text(&language)
            .raw("</bdi></h2><p>");
        index.text(&format!("{}, for {}", chosen.campaign.title, told(&chosen.person)));
        if let Standing::LeftOut(reason) = &chosen.person.standing {
            index.text(&format!(", who would not get it: {reason}"));
        }
        index.raw(". ");
        index.text(&format!(
            "HTML {}, message {}.",
            kilobytes(reading.html.len()),
            kilobytes(letter.bytes.len())
        ));
        index.raw("</p><ul>");
        for (view, ending, words) in [
            (View::Letter, "html", "The letter"),
            (View::Dark, "dark.html", "On a dark screen"),
            (View::NoPictures, "no-pictures.html", "With pictures off"),
        ] {
            let html = dress(&reading.html, &reading.pictures, guise(view)).html;
            self.put(index, &format!("{stem}.{ending}"), words, guarded(&html).as_bytes())?;
        }
        let headers: String = reading
            .fields
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect();
        self.put(index, &format!("{stem}.txt"), "Plain text", reading.text.as_bytes())?;
        self.put(index, &format!("{stem}.headers.txt"), "Headers", headers.as_bytes())?;
        self.put(
            index,
            &format!("{stem}.eml"),
            "The message, for a mail program",
            &letter.bytes,
        )?;
        index.raw("</ul>");
        Ok(())
    }

    fn put(&mut self, index: &mut Html, file: &str, words: &str, bytes: &[u8]) -> Result<(), FolderError> {
        index
            .raw("<li><a")
            .attribute("href", &super::asked::encoded(file))
            .raw(">")
            .text(words)
            .raw("</a></li>");
        self.write(file, bytes)
    }

    /// What a letter's files begin with; no two letters share it.
    fn stem(&self, campaign: &str, file: &str, language: Option<&str>) -> String {
        let name = Path::new(file).file_stem().and_then(|stem| stem.to_str()).unwrap_or(file);
        let language = language.map(|tag| format!(".{tag}")).unwrap_or_default();
        let stem = format!("{campaign}/{name}{language}");
        let is_taken = |stem: &str| self.files.contains(&format!("{stem}.eml"));
        let others = (2..).map(|number| format!("{stem}-{number}"));
        std::iter::once(stem.clone())
            .chain(others)
            .find(|stem| !is_taken(stem))
            .unwrap_or(stem)
    }

    fn write(&mut self, file: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let path = self.dir.join(file);
        let written = (|| {
            if let Some(folder) = path.parent() {
                fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            }
            let mut opened = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            opened.write_all(bytes)
        })();
        self.files.push(file.to_owned());
        written.map_err(|source| FolderError::Unwritable { path, source })
    }
}

/// Which letters are wanted: one article, one campaign, or all.
fn letters(catalogue: &Catalogue, wanted: &Wanted) -> Vec<(String, String)> {
    let is_wanted = |campaign: &str, file: &str| match &wanted.letter {
        Some((name, article)) => name == campaign && (article.is_empty() || article == file),
        None => true,
    };
    let all = catalogue.campaigns.iter();
    let all = all.flat_map(|campaign| {
        campaign
            .articles
            .iter()
            .map(|article| (campaign.name.clone(), article.file.clone()))
    });
    all.filter(|(campaign, file)| is_wanted(campaign, file)).collect()
}

/// Takes away what an earlier preview wrote; refuses where anything else is there.
fn empty(dir: &Path) -> Result<(), FolderError> {
    let ours = fs::read_to_string(dir.join(LIST)).unwrap_or_default();
    let ours: BTreeSet<&Path> = ours
        .lines()
        .map(Path::new)
        .filter(|path| stays_inside(path))
        .chain([Path::new(LIST)])
        .collect();
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| FolderError::Unwritable { path, source }
    };
    let (mut files, mut folders, mut waiting) = (Vec::new(), Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).map_err(failed(&folder))? {
            let entry = entry.map_err(failed(&folder))?;
            let path = entry.path();
            let inside = path.strip_prefix(dir).unwrap_or(&path).to_owned();
            let kind = entry.file_type().map_err(failed(&path))?;
            if kind.is_dir() && ours.iter().any(|file| file.starts_with(&inside)) {
                folders.push(path.clone());
                waiting.push(path);
            } else if kind.is_file() && ours.contains(inside.as_path()) {
                files.push(path);
            } else {
                return Err(FolderError::Foreign {
                    dir: dir.to_owned(),
                    file: inside.display().to_string(),
                });
            }
        }
    }
    for file in files {
        fs::remove_file(&file).map_err(failed(&file))?;
    }
    // The innermost were found last.
    for folder in folders.into_iter().rev() {
        fs::remove_dir(&folder).map_err(failed(&folder))?;
    }
    Ok(())
}

fn stays_inside(path: &Path) -> bool {
    !path.as_os_str().is_empty() && path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// A letter as a file: it says itself that nothing may be loaded, as no server does.
fn guarded(html: &str) -> String {
    let opening = format!("<meta charset=\"utf-8\">{POLICY}");
    let at = html
        .to_ascii_lowercase()
        .find("<head")
        .and_then(|at| Some(at + html[at..].find('>')? + 1));
    match at {
        Some(at) => format!("{}{opening}{}", &html[..at], &html[at..]),
        None => format!("<!DOCTYPE html>\n{opening}{html}"),
    }
}

fn cover(letters: &Html, written: &Written, made: &str) -> String {
    let mut html = Html::default();
    html.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .raw(POLICY);
    html.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Preview</title><style>");
    html.raw(include_str!("page/style.css"))
        .raw("</style></head><body><header><h1>Preview</h1></header><main>");
    let addresses: Vec<&str> = written.addresses.iter().map(String::as_str).collect();
    html.raw("<p>These letters are not sent. They hold the data of <bdi>")
        .text(&addresses.join(", "));
    html.raw("</bdi>: keep them to yourself. Made of the files of ")
        .text(made)
        .raw(".</p>");
    html.0.push_str(&letters.0);
    if !written.findings.is_empty() {
        html.raw("<h2>Findings</h2>");
        list(&mut html, &written.findings);
    }
    html.raw("</main></body></html>\n");
    html.0
}

#[cfg(test)]
mod tests {
    use super::{Folder, FolderError, guarded};
    use std::fs;

    #[test]
    fn a_folder_of_ours_is_written_anew_and_no_other() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("out");
        let mut folder = Folder::prepare(&dir).unwrap();
        folder.write("a b/c.html", b"x").unwrap();
        folder.write(super::LIST, b"a b/c.html\n../outside\n").unwrap();
        fs::write(home.path().join("outside"), "mine").unwrap();
        Folder::prepare(&dir).unwrap();
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 0);
        assert!(home.path().join("outside").exists());
        fs::write(dir.join("notes.txt"), "mine").unwrap();
        let refused = Folder::prepare(&dir).unwrap_err();
        assert!(
            matches!(&refused, FolderError::Foreign { file, .. } if file == "notes.txt"),
            "{refused}"
        );
        assert!(matches!(
            Folder::prepare(&dir.join("notes.txt")),
            Err(FolderError::NoFolder { .. })
        ));
        fs::remove_file(dir.join("notes.txt")).unwrap();
        std::os::unix::fs::symlink(home.path().join("outside"), dir.join("c.html")).unwrap();
        fs::write(dir.join(super::LIST), "c.html\n").unwrap();
        assert!(Folder::prepare(&dir).is_err(), "a link leads elsewhere");
    }

    #[test]
    fn a_letter_says_itself_that_nothing_is_loaded() {
        let kept = guarded("<html><HEAD lang=en><title>é</title></HEAD></html>");
        assert!(
            kept.starts_with("<html><HEAD lang=en><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\""),
            "{kept}"
        );
        assert!(guarded("<p>").starts_with("<!DOCTYPE html>\n<meta charset"));
    }
}
