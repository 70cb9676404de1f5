//! The scribe: hears what a run says and writes down what happened, for a file that logrotate may take away at any time.
//!
//! Promises: one line a thing, whole and in one write, behind whatever others write; addresses masked; the file is opened anew for
//! each write and is for its owner alone when it is made. A file that cannot be written is told once and stops nothing. A run that had
//! nothing to write leaves no line. Knows nothing of what a run does.

use super::failure::plain;
use super::handwriting::{self, Sort};
use super::reminder::Reminder;
use crate::address::mask_all;
use crate::clock::Clock;
use jiff::Timestamp;
use std::fs;
use std::io::{Error, ErrorKind, Write as _};
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many of a run's words are kept for its status file.
const KEPT: usize = 100;

/// One run's scribe.
#[derive(Debug)]
pub(super) struct Scribe {
    log: Option<PathBuf>,
    clock: Clock,
    begun_at: Timestamp,
    notes: Mutex<Notes>,
    reminder: Mutex<Option<Reminder>>,
}

#[derive(Debug, Default)]
struct Notes {
    words: Vec<String>,
    /// That the run began stands in the log.
    has_begun: bool,
    /// That the log cannot be written was told.
    has_told: bool,
}

impl Scribe {
    /// A scribe who listens from now on, and writes into `log`.
    pub(super) fn new(clock: Clock, log: Option<PathBuf>) -> Self {
        Self {
            log,
            clock,
            begun_at: clock.now(),
            notes: Mutex::default(),
            reminder: Mutex::default(),
        }
    }

    /// Whether there is a file to write in.
    pub(super) fn has_log(&self) -> bool {
        self.log.is_some()
    }

    /// When the scribe began to listen.
    pub(super) fn begun_at(&self) -> Timestamp {
        self.begun_at
    }

    /// Hears a line that is said: it is kept and written down. Gives, once, why it cannot be.
    pub(super) fn hear(&self, line: &str) -> Option<String> {
        let line = plain_line(line);
        let mut notes = self.notes();
        if notes.words.len() < KEPT {
            notes.words.push(line.clone());
        }
        self.write(&mut notes, &line)
    }

    /// Writes down what happened and was not said. Gives, once, why it cannot.
    pub(super) fn note(&self, line: &str) -> Option<String> {
        self.write(&mut self.notes(), &plain_line(line))
    }

    /// From now on asks, of what stays wrong, whether it was said before.
    pub(super) fn remember(&self, reminder: Reminder) {
        *self.reminder.lock().unwrap_or_else(PoisonError::into_inner) = Some(reminder);
    }

    /// Whether something that stays wrong is to be said now.
    pub(super) fn is_news(&self, lines: &[String]) -> bool {
        let mut reminder = self.reminder.lock().unwrap_or_else(PoisonError::into_inner);
        reminder
            .as_mut()
            .is_none_or(|reminder| reminder.is_news(lines, self.clock.now()))
    }

    /// The end of what is said, by a run that has looked at everything or by one that has not.
    pub(super) fn keep(&self, is_whole: bool) {
        let reminder = self.reminder.lock().unwrap_or_else(PoisonError::into_inner).take();
        reminder.into_iter().for_each(|reminder| reminder.keep(is_whole));
    }

    /// Whether anything stands in the log.
    pub(super) fn has_begun(&self) -> bool {
        self.notes().has_begun
    }

    /// What was said, masked.
    pub(super) fn words(&self) -> Vec<String> {
        self.notes().words.clone()
    }

    fn write(&self, notes: &mut Notes, line: &str) -> Option<String> {
        let path = self.log.as_deref()?;
        let mut text = String::new();
        if !notes.has_begun {
            text = dated(self.begun_at, "run begun");
        }
        text.push_str(&dated(self.clock.now(), line));
        // Said even where it could not be written: the next line tries anew, and its time tells that something is missing.
        notes.has_begun = true;
        let error = append(path, &text).err()?;
        let is_news = !std::mem::replace(&mut notes.has_told, true);
        is_news.then(|| format!("cannot write the log `{}`: {}", path.display(), plain(&error)))
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        // Whoever panicked while writing was on the way to say so: what is there is still the best there is.
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One line of the log.
fn dated(at: Timestamp, line: &str) -> String {
    let at = at.strftime("%Y-%m-%dT%H:%M:%SZ");
    format!("{at} tidings[{}]: {line}\n", std::process::id())
}

/// What was said, without colour, line ends and whole addresses.
fn plain_line(line: &str) -> String {
    let line = anstream::adapter::strip_str(line.trim_end()).to_string();
    let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    mask_all(&line)
}

/// Adds the text behind whatever stands in the file, in one write.
fn append(path: &Path, text: &str) -> Result<(), Error> {
    // Somebody may have put something else there since the run began.
    handwriting::require_own(path, Sort::Log)?;
    // Opening a pipe that nobody reads would wait for a reader.
    if fs::metadata(path).is_ok_and(|file| file.file_type().is_fifo()) {
        return Err(Error::new(ErrorKind::InvalidInput, "it is a pipe, not a file"));
    }
    let mut file = fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    match file.write(text.as_bytes())? {
        written if written == text.len() => Ok(()),
        _ => Err(Error::new(ErrorKind::StorageFull, "no space left on device")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_without_colour_and_whole_addresses() {
        let said = "\u{1b}[1;31merror:\u{1b}[0m ann.archer@patients.example\nsaid \u{7}no\r\n";
        let line = plain_line(said);
        assert!(!line.contains("ann.archer"), "{line}");
        assert!(line.starts_with("error: a") && line.contains("@patients.example"), "{line}");
        assert!(line.chars().all(|c| !c.is_control()), "{line:?}");
    }

    #[test]
    fn a_scribe_who_heard_nothing_leaves_no_file_and_trouble_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.log");
        let scribe = Scribe::new(Clock::real(), Some(path.clone()));
        assert!(!scribe.has_begun() && !path.exists());
        assert_eq!(scribe.note("one"), None);
        assert_eq!(scribe.hear("two"), None);
        let text = fs::read_to_string(&path).unwrap();
        let words: Vec<&str> = text.lines().map(|line| line.split_once("]: ").unwrap().1).collect();
        assert_eq!(words, ["run begun", "one", "two"]);
        assert_eq!(scribe.words(), ["two"]);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let told = scribe.note("three").unwrap_or_default();
        assert!(
            told.contains("cannot write the log") && told.contains("it is a folder"),
            "{told}"
        );
        assert_eq!(scribe.note("four"), None, "told once");
    }
}
