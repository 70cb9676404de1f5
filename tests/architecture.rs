//! The house's order, held by reading the source: floors, waterline, names, openings, leftovers.
//!
//! The tables here are the same ones that `src/lib.rs` shows its readers, as data. Every rule is a pure function of one file's name
//! and text, and is itself tested with planted offenders.

mod offenders;
mod rules;
mod source;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The floors, from the ground up; a module imports only from floors below its own.
const FLOORS: &[&[&str]] = &[
    &["finding", "address", "encoding"],
    &["article", "subscriber"],
    &["campaign"],
    &["template", "delivery"],
    &["letter"],
    // ══ the waterline ══
    &["clock", "workspace", "store", "relay", "mailbox"],
    &["dispatch", "intake", "web"],
    &["cli"],
];

/// The first floor that may touch files, sockets, databases, the environment and the clock.
const WATERLINE: usize = 5;

/// What no floor above the waterline may name, and why.
const ONLY_BELOW_THE_WATERLINE: &[(&str, &str)] = &[
    ("std::fs", "files"),
    ("std::net", "sockets"),
    ("std::env", "the environment"),
    ("std::process", "processes"),
    ("std::thread", "threads"),
    ("std::time::Instant", "the clock"),
    ("std::time::SystemTime", "the clock"),
    ("Instant::now", "the clock"),
    ("SystemTime::now", "the clock"),
    ("Timestamp::now", "the clock"),
    ("Zoned::now", "the clock"),
    ("TimeZone::system", "the environment"),
    ("io::stdin", "the terminal"),
    ("io::stdout", "the terminal"),
    ("io::stderr", "the terminal"),
    ("print!", "the terminal"),
    ("println!", "the terminal"),
    ("eprint!", "the terminal"),
    ("eprintln!", "the terminal"),
    ("anstream", "the terminal"),
    ("indicatif", "the terminal"),
    ("aws_lc_rs::rand", "chance"),
    ("tokio", "sockets"),
    ("rustls", "sockets"),
    ("rusqlite", "databases"),
];

/// The one exception: AWS-LC asks for a source of chance even where a signature (PKCS#1 v1.5) takes nothing from it.
const DRY_ALL_THE_SAME: (&str, &str) = ("letter::sign::key", "aws_lc_rs::rand");

/// Names that say nothing about what they hold.
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "misc", "manager", "service", "helpers", "prelude"];

/// What is only written to be taken out again. Spelled in two halves here, so that this file does not offend.
const LEFTOVERS: &[&str] = &[
    concat!("to", "do!("),
    concat!("unimplemented", "!("),
    concat!("d", "bg!("),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("TO", "DO"),
    concat!("(in ", "work)"),
];

/// Folders of one particular machine, which mean nothing on another.
const MACHINE_FOLDERS: &[&str] = &[concat!("/wo", "rk/"), concat!("/tmp", "/wt"), concat!("/ro", "ot/")];

const MOST_LINES: usize = 450;
const MOST_LINES_OF_MAIN: usize = 20;

/// A broken rule, with the line that breaks it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Violation {
    file: String,
    line: usize,
    shown: String,
    why: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}\n    {}", self.file, self.line, self.shown, self.why)
    }
}

#[test]
fn the_house_is_in_order() {
    let mut violations = Vec::new();
    for (file, text) in files_under("src") {
        violations.extend(rules::source(&file, &text));
    }
    for (file, text) in files_under("tests") {
        violations.extend(rules::shape(&file, &text));
    }
    violations.extend(rules::table(&read("src/lib.rs"), &top_level_modules()));
    report(&violations);
}

#[test]
fn nothing_is_left_over() {
    let violations: Vec<Violation> = files_under("")
        .iter()
        .flat_map(|(file, text)| rules::leftovers(file, text))
        .collect();
    report(&violations);
}

fn report(violations: &[Violation]) {
    let list = violations.iter().fold(String::new(), |mut list, violation| {
        writeln!(list, "{violation}").expect("a string takes every word");
        list
    });
    assert!(violations.is_empty(), "{} rules broken:\n{list}", violations.len());
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The names of the modules right under `src`: its folders, and its files but the two roots.
fn top_level_modules() -> Vec<String> {
    entries(&root().join("src"))
        .iter()
        .filter_map(|path| path.file_stem()?.to_str().map(str::to_owned))
        .filter(|name| name != "lib" && name != "main")
        .collect()
}

/// Every text file under `folder` with its name relative to the root, `/` between folders; what is built, stored or hidden by
/// version control is passed by.
fn files_under(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if matches!(name, "target" | ".git" | ".tidings") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                let name = path.strip_prefix(root()).expect("the walk began at the root");
                files.push((name.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut entries: Vec<PathBuf> = read.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}
