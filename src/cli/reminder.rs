//! Reminders: what stays wrong is said once to whoever is not there to see it, and then once a day, however often a timer beats.
//!
//! Promises: words that change are said at once, and so is what was mended and has come back; where it cannot be written down what was
//! said, everything is said. The file holds no words, only their hashes, and is for its owner alone.

use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// So long nothing is said twice: a day, less the minutes by which one beat of cron is later than the other.
const REST: SignedDuration = SignedDuration::from_mins(24 * 60 - 5);

/// More than this many different things are not remembered.
const MOST: usize = 1000;

/// What was said to whom nobody knows, and when.
#[derive(Debug)]
pub(super) struct Reminder {
    path: PathBuf,
    /// By earlier runs.
    told: BTreeMap<String, Timestamp>,
    /// What this run has met, said by it or by an earlier one.
    met: BTreeMap<String, Timestamp>,
}

impl Reminder {
    /// What was said by runs from the store in this folder.
    pub(super) fn of(dir: &Path) -> Self {
        let path = dir.join("told");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let line = |line: &str| {
            let (hash, at) = line.split_once(' ')?;
            Some((hash.to_owned(), at.parse().ok()?))
        };
        Self {
            path,
            told: text.lines().filter_map(line).take(MOST).collect(),
            met: BTreeMap::new(),
        }
    }

    /// Whether this is to be said now.
    pub(super) fn is_news(&mut self, lines: &[String], now: Timestamp) -> bool {
        let hash = HEXLOWER.encode(digest::digest(&digest::SHA256, lines.join("\n").as_bytes()).as_ref());
        let told = self.told.get(&hash).or_else(|| self.met.get(&hash)).copied();
        // A clock that ran ahead makes nobody deaf.
        let rests = told.filter(|told| *told <= now && now.duration_since(*told) < REST);
        self.met.insert(hash, rests.unwrap_or(now));
        rests.is_none()
    }

    /// Writes down what was said; what a whole run has not met is solved, and forgotten.
    pub(super) fn keep(mut self, is_whole: bool) {
        if !is_whole {
            let met = std::mem::take(&mut self.met);
            self.met = std::mem::take(&mut self.told);
            self.met.extend(met);
        }
        if self.met == self.told {
            return;
        }
        let text: String = self.met.iter().map(|(hash, at)| format!("{hash} {at}\n")).collect();
        let fresh = self.path.with_extension("new");
        let open = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&fresh);
        let written = open.and_then(|mut file| file.write_all(text.as_bytes()));
        // Where it cannot be written, the next run says it again.
        let _ = written.and_then(|()| fs::rename(&fresh, &self.path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    /// What a run says that meets these things.
    fn run(dir: &Path, met: &[&str], hours: i64, is_whole: bool) -> Vec<bool> {
        let mut reminder = Reminder::of(dir);
        let news = met
            .iter()
            .map(|text| reminder.is_news(&[(*text).to_owned()], at(hours)))
            .collect();
        reminder.keep(is_whole);
        news
    }

    #[test]
    fn a_thing_is_said_once_a_day_and_again_when_it_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(run(dir.path(), &["a", "a"], 100, true), [true, false]);
        assert_eq!(run(dir.path(), &["a", "b"], 101, true), [false, true]);
        assert_eq!(
            run(dir.path(), &["c"], 102, false),
            [true],
            "a run that could not look keeps the others"
        );
        assert_eq!(run(dir.path(), &["a", "b"], 123, true), [false, false]);
        assert_eq!(run(dir.path(), &["a", "b"], 124, true), [true, false]);
        assert_eq!(run(dir.path(), &["b"], 125, true), [true]);
        assert_eq!(run(dir.path(), &["a"], 126, true), [true], "it had been mended");
        assert_eq!(run(dir.path(), &["a"], 90, true), [true], "the clock ran ahead");
        let nowhere = dir.path().join("nowhere");
        assert_eq!(run(&nowhere, &["a"], 1, true), [true]);
        assert_eq!(run(&nowhere, &["a"], 2, true), [true]);
    }
}
