//! Ours: a clinic with many people in a folder of its own, taken as far as the first letter, and then sent.
//!
//! The program's own calendar separates what comes before the first letter from the sending: `send` at night writes the draft, composes
//! every letter once to prove it, releases the edition and leaves it until its window opens; `run` by day hands it over. Each is a process
//! of its own. The sending copies that folder first, so all rounds begin alike.

use crate::letter;
use crate::meter::{Cost, Measured};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_tidings");
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/speed/clinic");
const NIGHT: &str = "2027-01-14T03:00Z";
const DAY: &str = "2027-01-14T10:00Z";
/// The program's exit code for "run again later".
const LATER: i32 = 75;

/// A clinic whose letters are proved, released and wait for the day.
pub(crate) struct Clinic {
    folder: PathBuf,
    /// What it took to bring the list in.
    pub(crate) import: Cost,
    /// What it took to draft and to compose every letter once.
    pub(crate) proving: Cost,
}

/// The way to the sink, and how it is used.
pub(crate) struct Relay {
    pub(crate) port: u16,
    pub(crate) connections: usize,
    pub(crate) in_flight: usize,
}

impl Clinic {
    /// Makes one in `folder`, which is not there yet; with a key, its letters are signed.
    pub(crate) fn open(folder: PathBuf, people: usize, key: Option<&Path>) -> Self {
        copy(Path::new(SAMPLE), &folder);
        fs::create_dir(folder.join("subscribers")).unwrap();
        letter::write_list(&folder.join("subscribers/patients.csv"), people);
        if let Some(key) = key {
            let key = key.display();
            let line = format!("dkim: {{signed_by: us, domain: riverside.example, keys: [{{selector: t1, file: {key}}}]}}\n");
            append(&folder.join("tidings.yaml"), &line);
        }
        let away = Relay {
            port: 1,
            connections: 1,
            in_flight: 1,
        };
        let run = |words: &[&str], ends_with| tidings(&folder, words, ends_with, Vec::new());
        let import = run(&["import", "subscribers/patients.csv"], 0);
        let settings = fs::read_to_string(folder.join("tidings.yaml")).unwrap();
        append(&folder.join("tidings.yaml"), &away.line());
        let proving = run(&["send", "tips", "--now", NIGHT], LATER);
        fs::write(folder.join("tidings.yaml"), settings).unwrap();
        Self { folder, import, proving }
    }

    /// Sends what waits, in a copy of this clinic that is thrown away; gives what the sending took.
    pub(crate) fn send(&self, relay: &Relay, environment: Vec<(String, String)>) -> Cost {
        let copied = self.folder.with_extension("sending");
        copy(&self.folder, &copied);
        append(&copied.join("tidings.yaml"), &relay.line());
        // What the copy left to write must not be waited for by the first commit.
        fs::File::open(copied.join(".tidings/store.db")).unwrap().sync_all().unwrap();
        let cost = tidings(&copied, &["run", "--now", DAY], 0, environment);
        fs::remove_dir_all(copied).unwrap();
        cost
    }
}

impl Relay {
    fn line(&self) -> String {
        let Self {
            port,
            connections,
            in_flight,
        } = self;
        format!(
            "relay: {{host: 127.0.0.1, port: {port}, tls: none, test: true, connections: {connections}, in_flight: {in_flight}}}\n"
        )
    }
}

fn tidings(folder: &Path, words: &[&str], ends_with: i32, environment: Vec<(String, String)>) -> Cost {
    let measured = Measured {
        program: Path::new(PROGRAM),
        arguments: words.iter().map(|word| (*word).to_owned()).collect(),
        folder,
        environment,
        stdin: None,
        ends_with: &[ends_with],
    };
    measured.run()
}

fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap();
    assert!(status.success(), "cp -r {}", from.display());
}

fn append(file: &Path, line: &str) {
    let text = fs::read_to_string(file).unwrap();
    fs::write(file, text + line).unwrap();
}
