//! The import benchmark: a list of a million people into a new store, beside `sqlite3 .import` of the same file, in one alternating run.
//!
//! ```sh
//! cargo bench --bench import -- --people 1000000 --rounds 5
//! ```
//!
//! sqlite3 copies the cells into one table whose key is the address, in one transaction, and looks at nothing. Ours decodes, finds the
//! columns, checks every address, finds families, hashes every person, keeps consent with its evidence, and can take it all back; then
//! the same file comes again and changes nothing. Peak memory and processor time are the kernel's own count of each process.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark that meets the unexpected stops and says what it met"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What one process took.
#[derive(Clone, Copy, Default)]
struct Cost {
    seconds: f64,
    cpu_seconds: f64,
    peak_mib: f64,
}

fn main() {
    let (people, rounds) = options();
    if Command::new("sqlite3").arg("--version").output().is_err() {
        println!("sqlite3 is not here (Debian: apt-get install sqlite3): nothing to compare with");
        return;
    }
    println!("{people} people, {rounds} rounds, a new store each; seconds: median (lowest-highest)");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.csv");
    fs::write(&file, list(people)).unwrap();
    let (mut theirs, mut ours, mut again) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        theirs.push(sqlite(folder.path(), &file));
        let clinic = clinic(folder.path(), &file);
        ours.push(import(&clinic));
        // A line end more is another file with the same people in it.
        fs::write(clinic.join("subscribers/people.csv"), list(people) + "\n").unwrap();
        again.push(import(&clinic));
        fs::remove_dir_all(&clinic).unwrap();
    }
    let against = median(&theirs, |cost| cost.seconds);
    show("sqlite3 .import, the address its key", &theirs, against);
    show("tidings import, a new list", &ours, against);
    show("tidings import, the same people again", &again, against);
}

fn options() -> (usize, usize) {
    let words: Vec<String> = std::env::args().collect();
    let number = |name: &str, default: usize| {
        let at = words.iter().position(|word| word == name);
        at.and_then(|at| words.get(at + 1))
            .map_or(default, |word| word.parse().unwrap())
    };
    (number("--people", 1_000_000), number("--rounds", 3))
}

/// Six columns a person, as a clinic's system writes them; addresses in no order.
fn list(people: usize) -> String {
    let mut text = String::from("email,first_name,last_name,city,joined,consent,consent_date\n");
    let (names, cities) = (["Ann", "José", "Zoë", "Priya"], ["Bath", "Bristol", "Wells"]);
    let mut chance = 0x9E37_79B9_7F4A_7C15_u64;
    for person in 0..people {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let (name, city) = (names[person % 4], cities[person % 3]);
        let (day, month) = (person % 28 + 1, person % 12 + 1);
        writeln!(
            text,
            "p{:08x}.{person}@example.org,{name},Person{person},{city},2024-{month:02}-{day:02},yes,2025-{month:02}-{day:02}",
            chance as u32
        )
        .unwrap();
    }
    text
}

/// The same file into one table, in one transaction.
fn sqlite(folder: &Path, file: &Path) -> Cost {
    let (database, script) = (folder.join("theirs.db"), folder.join("theirs.sql"));
    let sql = format!(
        "CREATE TABLE people (email TEXT PRIMARY KEY, first_name, last_name, city, joined, consent, consent_date);\n.mode csv\n.import --skip 1 {} people\n",
        file.display()
    );
    fs::write(&script, sql).unwrap();
    let mut command = Command::new("sqlite3");
    command.arg(&database).stdin(fs::File::open(&script).unwrap());
    let cost = measure(command);
    fs::remove_file(database).unwrap();
    cost
}

/// A workspace with this list alone.
fn clinic(folder: &Path, file: &Path) -> std::path::PathBuf {
    let clinic = folder.join("clinic");
    let made = Command::new(env!("CARGO_BIN_EXE_tidings"))
        .arg("init")
        .arg(&clinic)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    fs::copy(file, clinic.join("subscribers/people.csv")).unwrap();
    clinic
}

fn import(clinic: &Path) -> Cost {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidings"));
    command.arg("-C").arg(clinic).args(["import", "subscribers/people.csv"]);
    measure(command)
}

/// Runs a command to its end, and looks at its process until then.
fn measure(mut command: Command) -> Cost {
    let started = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut cost = Cost::default();
    let status = loop {
        look_at(&child, &mut cost);
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    assert!(status.success(), "{command:?}: {status}");
    cost.seconds = started.elapsed().as_secs_f64();
    cost
}

/// What the kernel counts so far; both only grow, so the last look before the end tells nearly all.
fn look_at(child: &Child, cost: &mut Cost) {
    let read = |name: &str| fs::read_to_string(format!("/proc/{}/{name}", child.id())).unwrap_or_default();
    let status = read("status");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    if let Some(kib) = peak.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok()) {
        cost.peak_mib = kib / 1024.0;
    }
    let stat = read("stat");
    let times: Vec<f64> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse().ok())
        .collect();
    if let [user, system] = times[..] {
        // proc(5): in clock ticks, a hundred a second on every Linux.
        cost.cpu_seconds = (user + system) / 100.0;
    }
}

fn median(costs: &[Cost], of: impl Fn(&Cost) -> f64) -> f64 {
    let mut sorted: Vec<f64> = costs.iter().map(of).collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn show(name: &str, costs: &[Cost], against: f64) {
    let seconds = median(costs, |cost| cost.seconds);
    let (low, high) = costs.iter().fold((f64::MAX, 0.0_f64), |(low, high), cost| {
        (low.min(cost.seconds), high.max(cost.seconds))
    });
    println!(
        "{name:<40} {seconds:>6.2} s ({low:.2}-{high:.2}) {:>5.2} x, processor {:>5.2} s, peak {:>4.0} MiB",
        seconds / against,
        median(costs, |cost| cost.cpu_seconds),
        median(costs, |cost| cost.peak_mib)
    );
}
