//! Postfix's `smtp-sink`: takes everything, fast.

use super::{Process, allow_everybody, am_root, or_passed_over, program, start_on_free_port};
use std::fs::File;
use std::path::Path;
use std::process::Command;

/// A running `smtp-sink`.
pub(crate) struct SmtpSink {
    port: u16,
    folder: tempfile::TempDir,
    _process: Process,
}

/// What to do with the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letters {
    /// Counted only.
    Counted,
    /// Each in a file of its own.
    Kept,
}

impl SmtpSink {
    /// Starts one with further options, such as `-p` for a server without PIPELINING; `None` where it is not installed.
    pub(crate) fn start(letters: Letters, options: &[&str]) -> Option<Self> {
        let program = or_passed_over(program("smtp-sink"), "smtp-sink")?;
        let folder = tempfile::tempdir().unwrap();
        allow_everybody(folder.path());
        let (process, port) = start_on_free_port(|port| command(&program, folder.path(), letters, options, port));
        Some(Self {
            port,
            folder,
            _process: process,
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How many letters were taken: the sink's own counter.
    pub(crate) fn count(&self) -> usize {
        let said = std::fs::read_to_string(self.folder.path().join("counters")).unwrap();
        let last = said.rsplit_once("mesg=").map_or("0", |(_, rest)| rest);
        last.split(|c: char| !c.is_ascii_digit())
            .next()
            .and_then(|count| count.parse().ok())
            .unwrap_or(0)
    }

    /// The letters that were kept, as `(recipient, letter)` in no order, line ends as LF; what the sink wrote above them is taken off.
    pub(crate) fn letters(&self) -> Vec<(String, String)> {
        let files = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let letters = files.filter(|file| file.file_stem().is_some_and(|stem| stem == "letter"));
        letters.map(|file| letter(&std::fs::read_to_string(file).unwrap())).collect()
    }
}

fn command(program: &Path, folder: &Path, letters: Letters, options: &[&str], port: u16) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .stdout(File::create(folder.join("counters")).unwrap());
    if am_root() {
        command.args(["-u", "nobody"]);
    }
    if letters == Letters::Kept {
        command.args(["-d", "letter."]);
    }
    command.arg("-c").args(options).arg(format!("127.0.0.1:{port}")).arg("100");
    command
}

/// The pseudo header fields and the `Received:` field are the sink's; the letter begins behind them.
fn letter(dump: &str) -> (String, String) {
    let recipient = dump
        .lines()
        .find_map(|line| line.strip_prefix("X-Rcpt-Args: <")?.split_once('>'))
        .map(|(address, _)| address);
    let (_, letter) = dump
        .split_once("\tby smtp-sink")
        .and_then(|(_, rest)| rest.split_once(";\n"))
        .unwrap();
    let (_, letter) = letter.split_once('\n').unwrap();
    // The sink ends each file with one empty line.
    (
        recipient.unwrap_or_default().to_owned(),
        letter.strip_suffix('\n').unwrap_or(letter).to_owned(),
    )
}
