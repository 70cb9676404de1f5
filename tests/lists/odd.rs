//! Hundreds of odd and broken files, and the report that was agreed for each of them, as `odd/NAME.EXT` and `odd/NAME.EXT.expected`; a map
//! `odd/NAME.yaml` lies beside its list.
//!
//! Most were typed; the workbooks were made with `openpyxl`, `xlwt` and `odfpy`, and damaged by hand.
//!
//! `TIDINGS_WRITE_LISTS=1 cargo test lists` writes the reports anew; the change is then read in the diff.

use super::{desk, folder, names, reader};
use crate::support::stopwatch::Stopwatch;
use crate::support::workspace::run::Output;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

/// Time of the processor after which a file counts as hanging and its reader is killed; how long the slowest one took is printed.
const LONGEST: Duration = Duration::from_secs(10);

/// Memory of its own that the program is allowed, in MiB: the least that is enough is looked for, and more than the last is too much.
const MEMORY: [u32; 4] = [8, 12, 24, 64];

/// How reading one file went.
struct Reading {
    name: String,
    wanted: String,
    report: String,
    took: Duration,
    memory: u32,
}

/// The list files: everything but the reports and the maps.
fn lists() -> Vec<String> {
    let is_list = |name: &String| !name.ends_with(".expected") && !name.ends_with(".yaml") && !name.starts_with('.');
    names(&folder("odd")).into_iter().filter(is_list).collect()
}

/// Tries the file with little memory, and with more of it as long as the report is not the one that is wanted.
fn read(name: &str) -> Reading {
    let people = reader::people(name);
    let mut reading = Reading {
        name: name.to_owned(),
        wanted: std::fs::read_to_string(expected(name)).unwrap_or_default(),
        report: String::new(),
        took: Duration::ZERO,
        memory: 0,
    };
    let from = if writes() { MEMORY.len() - 1 } else { 0 };
    for memory in &MEMORY[from..] {
        let began = Stopwatch::start();
        let tried = tried(name, *memory);
        (reading.took, reading.memory) = (began.shows(), *memory);
        reading.report = report(&tried, &people);
        if reading.report == reading.wanted {
            break;
        }
    }
    reading
}

/// `import --dry-run` of the file in a workspace of its own, with so much memory.
fn tried(name: &str, memory: u32) -> (Output, String) {
    let odd = folder("odd");
    let clinic = desk();
    let list = format!("subscribers/{name}");
    clinic.write(&list, std::fs::read(odd.join(name)).unwrap());
    let map = Path::new(name).with_extension("yaml");
    if let Ok(text) = std::fs::read(odd.join(&map)) {
        clinic.write(&format!("subscribers/{}", map.display()), text);
    }
    let (time, memory) = (LONGEST.as_secs(), memory * 1024);
    let limit = format!("ulimit -c 0; ulimit -t {time}; ulimit -d {memory}; exec \"$@\"");
    let output = clinic
        .spawn_through(&["sh", "-c", &limit, "sh"], &["import", &list, "--dry-run"])
        .wait();
    let here = clinic.root().canonicalize().unwrap().display().to_string();
    (output, here)
}

fn report((output, here): &(Output, String), people: &str) -> String {
    let code = output.status.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
    let mut report = format!("exit code {code}\n");
    // Nobody is imported from a file that is of no use.
    let people = if output.status == Some(0) || people.contains(reader::BROKEN) {
        people
    } else {
        ""
    };
    for (heading, text) in [("data", output.stdout.as_str()), ("talk", &output.stderr), ("people", people)] {
        if !text.is_empty() {
            write!(report, "── {heading}\n{}", text.replace(here, "HERE")).unwrap();
        }
    }
    report
}

fn writes() -> bool {
    std::env::var_os("TIDINGS_WRITE_LISTS").is_some()
}

fn expected(name: &str) -> std::path::PathBuf {
    folder("odd").join(format!("{name}.expected"))
}

/// Reads all files, a few at a time.
fn read_all(lists: &[String]) -> Vec<Reading> {
    let (waiting, readings) = (Mutex::new(lists.iter()), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let next = waiting.lock().unwrap().next();
            let Some(name) = next else { break };
            let reading = read(name);
            readings.lock().unwrap().push(reading);
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, |threads| threads.get().min(4));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    readings.into_inner().unwrap()
}

/// What is wrong with a report: it is another one than was agreed, or one that nobody should ever agree to.
fn fault(reading: &Reading) -> Option<String> {
    let Reading {
        name, wanted, report, ..
    } = reading;
    let ends_well = ["exit code 0\n", "exit code 65\n"]
        .iter()
        .any(|code| report.starts_with(code));
    if !ends_well || report.contains(reader::BROKEN) {
        return Some(format!("── {name} ── is said, and may not be:\n{report}"));
    }
    (report != wanted && !writes()).then(|| format!("── {name} ── was agreed:\n{wanted}── is said:\n{report}"))
}

#[test]
fn every_odd_file_is_told_as_it_was_agreed() {
    let lists = lists();
    assert!(lists.len() >= 200, "{} files", lists.len());
    let readings = read_all(&lists);
    if writes() {
        for reading in readings.iter().filter(|reading| fault(reading).is_none()) {
            std::fs::write(expected(&reading.name), &reading.report).unwrap();
        }
    }
    let faults: Vec<String> = readings.iter().filter_map(fault).collect();
    assert!(
        faults.is_empty(),
        "{} files are told otherwise; TIDINGS_WRITE_LISTS=1 writes the reports anew\n{}",
        faults.len(),
        faults.join("\n")
    );
    let slowest = readings.iter().max_by_key(|reading| reading.took).unwrap();
    let hungriest = readings.iter().max_by_key(|reading| reading.memory).unwrap();
    println!(
        "proof| lists | odd and broken files, each with the report that was agreed | {}",
        readings.len()
    );
    println!(
        "proof| lists | the slowest of them, program started and ended | {} ms ({})",
        slowest.took.as_millis(),
        slowest.name
    );
    println!(
        "proof| lists | memory of its own that is enough for the hungriest | {} MiB ({})",
        hungriest.memory, hungriest.name
    );
}

#[test]
fn every_report_belongs_to_a_list() {
    let lists = lists();
    for name in names(&folder("odd")) {
        let of_a_list = |list: &String| {
            name == format!("{list}.expected") || Path::new(&name) == Path::new(list).with_extension("yaml") || name == *list
        };
        assert!(
            name.starts_with('.') || lists.iter().any(of_a_list),
            "{name} belongs to no list"
        );
    }
}
