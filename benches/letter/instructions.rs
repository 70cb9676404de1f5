//! The guard: instructions a letter, counted by valgrind's callgrind, beside the number on record.
//!
//! Counted are runs with one and with two portions of letters; the difference is what one portion takes, so setting up drops out. The
//! counts of two runs differ by well under 1 %, whatever else the machine does. A smaller number is welcome and worth recording; a larger one
//! that is meant is recorded with `--record`, by the very command that `instructions.txt` names: another profile, compiler or kind of
//! processor has other numbers.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// A letter may take so much more than what is on record.
const ALLOWED: f64 = 1.10;
/// Letters of one portion.
const PORTION: usize = 200;
pub(crate) const EDITIONS: [&str; 3] = ["letter", "sample", "magazine"];

const HEAD: &str = "\
# Instructions that composing one letter takes, unsigned, by edition: the mean over 200 people. Recorded, with a debug build's checks in it, by
#   CARGO_INCREMENTAL=0 cargo bench --profile dev --config profile.dev.package.tidings.opt-level=3 --bench letter -- --record
";

/// Counts, and fails when a letter has become dearer by more than what is allowed.
pub(crate) fn compare() -> ExitCode {
    let recorded = std::fs::read_to_string(file()).unwrap();
    let counted = EDITIONS.map(|edition| (edition, counted(edition)));
    for (edition, count) in counted {
        println!(
            "{edition}: {count} instructions a letter, {} on record",
            on_record(&recorded, edition)
        );
    }
    assert_that_it_notices(&counted);
    let complaints = complaints(&counted, &recorded);
    if complaints.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!(
        "{}\nif that is meant, record it; {} says how",
        complaints.join("\n"),
        file().display()
    );
    ExitCode::FAILURE
}

/// What has become too dear.
fn complaints(counted: &[(&str, u64)], recorded: &str) -> Vec<String> {
    let dearer = |(edition, count): &(&str, u64)| dearer(edition, *count, on_record(recorded, edition));
    counted.iter().filter_map(dearer).collect()
}

/// A guard that never complains guards nothing: held against records of which these counts are 11 % more, it complains of each edition,
/// and of none where they are 9 % more.
fn assert_that_it_notices(counted: &[(&str, u64)]) {
    let recorded = |percent: u64| -> String {
        let lines = counted
            .iter()
            .map(|(edition, count)| format!("{edition} {}\n", count * 100 / percent));
        lines.collect()
    };
    assert_eq!(
        complaints(counted, &recorded(111)).len(),
        counted.len(),
        "the guard sees nothing"
    );
    assert!(
        complaints(counted, &recorded(109)).is_empty(),
        "the guard sees what is not there"
    );
}

/// Counts, and puts the numbers on record.
pub(crate) fn record() {
    let mut text = HEAD.to_owned();
    for edition in EDITIONS {
        writeln!(text, "{edition} {}", counted(edition)).unwrap();
    }
    std::fs::write(file(), &text).unwrap();
    print!("{text}");
}

fn file() -> PathBuf {
    PathBuf::from(crate::REPOSITORY).join("benches/letter/instructions.txt")
}

fn on_record(recorded: &str, edition: &str) -> u64 {
    let lines = recorded.lines().filter_map(|line| line.split_once(' '));
    let mut numbers = lines
        .filter(|(name, _)| *name == edition)
        .map(|(_, number)| number.parse().unwrap());
    numbers
        .next()
        .unwrap_or_else(|| panic!("nothing is on record for `{edition}`"))
}

/// What to say of a letter that has become too dear.
fn dearer(edition: &str, count: u64, recorded: u64) -> Option<String> {
    let ratio = count as f64 / recorded as f64;
    (ratio > ALLOWED).then(|| {
        format!(
            "{edition}: a letter takes {:.0} % more instructions than on record",
            (ratio - 1.0) * 100.0
        )
    })
}

/// Instructions that one letter of the edition takes.
fn counted(edition: &str) -> u64 {
    let [one, two] = [PORTION, 2 * PORTION].map(|letters| run(edition, letters));
    (two - one) / PORTION as u64
}

/// All instructions of a process that composes so many letters.
fn run(edition: &str, letters: usize) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().unwrap())
        .args(["--compose", edition, &letters.to_string()])
        .output()
        .unwrap_or_else(|error| panic!("valgrind cannot be started (Debian: apt-get install valgrind): {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let collected = said.lines().find_map(|line| line.split_once("Collected : "));
    let (_, count) = collected.unwrap_or_else(|| panic!("callgrind counted nothing: {said}"));
    count.trim().parse().unwrap()
}
