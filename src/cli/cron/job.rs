//! The job that a timer runs: which program, which workspace, how often, what it leaves in writing. All paths are absolute.

use super::Args;
use super::owner::Owner;
use super::quoted::{for_shell, sayable};
use super::rhythm::Rhythm;
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind, plain};
use crate::cli::handwriting::refuse_foreign;
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// What a timer runs.
pub(super) struct Job {
    /// This program.
    pub(super) program: String,
    /// The workspace's folder.
    pub(super) workspace: String,
    /// How often.
    pub(super) rhythm: Rhythm,
    /// The file that a run writes its log to.
    pub(super) log_file: Option<String>,
    /// The file that a run leaves its status in.
    pub(super) status_file: Option<String>,
    /// Whose workspace it is.
    pub(super) owner: Option<Owner>,
    /// What it is called: `tidings-` and the folder's name.
    pub(super) name: String,
}

impl Job {
    /// The job that was asked for, or what of it cannot be told to a timer.
    pub(super) fn of(context: &Context, args: &Args) -> Result<Self, Failure> {
        let root = context.root()?;
        let (log_file, status_file) = (args.log_file.as_deref(), args.status_file.as_deref());
        let files = (log_file.map(file).transpose()?, status_file.map(file).transpose()?);
        refuse_foreign(Some(&root), status_file, log_file)?;
        Ok(Self {
            program: said(&program()?)?,
            workspace: said(&root)?,
            rhythm: args.every,
            log_file: files.0,
            status_file: files.1,
            owner: Owner::of(&root),
            name: name(&root),
        })
    }

    /// The command's words.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = vec![
            self.program.clone(),
            "-C".to_owned(),
            self.workspace.clone(),
            "run".to_owned(),
        ];
        for (flag, file) in [("--log-file", &self.log_file), ("--status-file", &self.status_file)] {
            words.extend(file.iter().flat_map(|file| [flag.to_owned(), file.clone()]));
        }
        words
    }

    /// The command as sh reads it.
    pub(super) fn command(&self) -> String {
        let words: Vec<String> = self.words().iter().map(|word| for_shell(word)).collect();
        words.join(" ")
    }

    /// The folders that a run writes in.
    pub(super) fn folders(&self) -> Vec<&str> {
        let files = [&self.log_file, &self.status_file].into_iter().flatten();
        let parents = files.filter_map(|file| Path::new(file).parent()?.to_str());
        let mut folders = vec![self.workspace.as_str()];
        for folder in parents {
            if !folders.iter().any(|known| Path::new(folder).starts_with(known)) {
                folders.push(folder);
            }
        }
        folders
    }
}

fn said(path: &Path) -> Result<String, Failure> {
    sayable(path).map_err(|why| {
        Failure::new(Kind::Usage, why).hint("give it another name, or a link with another name; nothing was changed")
    })
}

/// The absolute place of a file in a folder that is there.
fn file(path: &Path) -> Result<String, Failure> {
    let missing = |why: String| {
        let text = format!("`{}` cannot be written to: {why}", path.display());
        Failure::new(Kind::Usage, text)
            .hint("name a file in a folder that is there and that whoever owns the workspace can write in")
    };
    let name = path.file_name().ok_or_else(|| missing("it names no file".to_owned()))?;
    if path.is_dir() {
        return Err(missing("it is a folder".to_owned()));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new(".")).canonicalize();
    said(&folder.map_err(|error| missing(plain(&error)))?.join(name))
}

/// This program where people call it: a link that an update will point elsewhere is kept, what it points to is not.
fn program() -> Result<PathBuf, Failure> {
    let called = std::env::args_os().next().unwrap_or_default();
    let running = std::env::current_exe().and_then(std::fs::canonicalize);
    let named = called_from(&called).filter(|path| running.as_ref().is_ok_and(|running| is(path, running)));
    let found = named.map_or(running, Ok);
    found.map_err(|error| {
        Failure::new(
            Kind::FixFirst,
            format!("cannot find this program's own file: {}", plain(&error)),
        )
        .hint("call it by its whole path; if it was updated this very moment, try again")
    })
}

fn is(path: &Path, running: &Path) -> bool {
    path.canonicalize().is_ok_and(|path| path == running)
}

/// The file behind the word that the program was called by.
fn called_from(called: &OsString) -> Option<PathBuf> {
    let called = Path::new(called);
    if called.components().count() > 1 {
        return std::path::absolute(called).ok();
    }
    let folders = std::env::var_os("PATH")?;
    let mut places = std::env::split_paths(&folders).map(|folder| folder.join(called));
    places.find(|place| {
        place.is_absolute()
            && place
                .metadata()
                .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    })
}

/// `tidings-` and the folder's name in letters that every timer takes.
fn name(root: &Path) -> String {
    let folder = root.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let plain: String = folder
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let words = std::iter::once("tidings").chain(plain.split_whitespace().filter(|word| *word != "tidings"));
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_called_after_its_folder() {
        for (folder, expected) in [
            ("/home/clinic/mail", "tidings-mail"),
            ("/srv/Mill Lane (50%)", "tidings-mill-lane-50"),
            ("/srv/tidings", "tidings"),
            ("/srv/健康", "tidings"),
            ("/", "tidings"),
        ] {
            assert_eq!(name(Path::new(folder)), expected);
        }
    }
}
