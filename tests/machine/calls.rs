//! A disk that answers with errors: one system call fails, once or from then on, as a tracer makes it.

use super::{Figures, RUN, Scene, assert_told, is_told, or_passed_over, points};
use std::process::Command;

const PEOPLE: usize = 16;
const CONNECTIONS: usize = 3;

/// The files whose calls fail; the others of the process are none of the store's.
const FILES: [&str; 6] = [
    ".tidings",
    ".tidings/store.db",
    ".tidings/store.db-wal",
    ".tidings/store.db-shm",
    ".tidings/lock",
    ".tidings/keys",
];

/// What a broken, full or vanished disk answers.
const ERRORS: [&str; 4] = ["EIO", "ENOSPC", "EDQUOT", "EROFS"];

/// Which call fails, with what, and from which of them on.
#[derive(Debug, Clone, Copy)]
struct Fault {
    call: &'static str,
    error: &'static str,
    number: usize,
    /// Only this one, or this one and all that follow.
    lasts: bool,
}

impl Fault {
    /// One fault a number; the errors and whether they last take turns.
    fn each(call: &'static str, numbers: impl Iterator<Item = usize>) -> impl Iterator<Item = Self> {
        numbers.enumerate().map(move |(turn, number)| Self {
            call,
            error: ERRORS[turn % ERRORS.len()],
            number,
            lasts: turn / ERRORS.len() % 2 == 1,
        })
    }

    fn inject(self) -> String {
        let plus = if self.lasts { "+" } else { "" };
        format!("inject={}:error={}:when={}{plus}", self.call, self.error, self.number)
    }
}

fn tracer() -> Option<()> {
    let found = Command::new("strace").arg("-V").output().is_ok();
    or_passed_over(found.then_some(()), "`strace`")
}

/// Runs with the fault and without it to the end; gives whether the run ended over it.
fn meet(figures: &mut Figures, fault: Fault, new_store: bool) -> bool {
    let scene = Scene::new(format!("{fault:?}, new store: {new_store}"), PEOPLE, CONNECTIONS);
    if !new_store {
        scene.clinic.run(&["import", "subscribers/patients.csv"]).exits(0);
    }
    let (log, inject) = (scene.clinic.path("trace.log"), fault.inject());
    // As its own grandchild, so that the process we watch is the program's.
    let mut wrapper = vec!["strace", "-D", "-f", "-qq", "-s", "16", "-o", log.to_str().unwrap()];
    let files = FILES.map(|file| scene.clinic.path(file));
    match fault.call {
        // Only the store writes at a place and syncs, so these need no filter and the relay's conversation can be seen too.
        "fsync" | "pwrite64" => wrapper.extend(["-e", "trace=fsync,pwrite64,sendto"]),
        call => {
            wrapper.extend(files.iter().flat_map(|file| ["-P", file.to_str().unwrap()]));
            wrapper.extend(["-e", call]);
        }
    }
    wrapper.extend(["-e", &inject]);
    let failed = scene.clinic.spawn_through(&wrapper, RUN).wait();
    let trace = std::fs::read_to_string(&log).unwrap();
    if !trace.contains("(INJECTED)") {
        failed.exits(0);
        return false;
    }
    if failed.status != Some(0) {
        assert_told(&failed, &scene.told);
        let begun = begun_after(&trace);
        assert!(
            begun <= CONNECTIONS,
            "{}: {begun} letters begun after the failure\n{trace}",
            scene.told
        );
    }
    let toll = scene.comes_to_its_end(RUN);
    if failed.status != Some(0) {
        figures.add(toll);
    }
    failed.status != Some(0)
}

/// How many letters were begun after the journal's call failed; where only the main thread met the fault, after its last failure, as the
/// store lives through some of them.
fn begun_after(trace: &str) -> usize {
    let thread = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let main = thread(trace);
    let failures = trace.lines().enumerate().filter(|(_, line)| line.contains("(INJECTED)"));
    let journal = failures.clone().find(|(_, line)| thread(line) != main);
    let failed = journal.or_else(|| failures.last());
    let after = trace.lines().skip(failed.map_or(0, |(number, _)| number));
    after.filter(|line| line.contains("\"DATA\\r\\n\"")).count()
}

#[test]
fn a_write_that_fails_ends_the_run_before_another_letter_begins() {
    let (mut figures, mut ended) = (Figures::of("failing calls, in a run"), 0);
    let Some(()) = tracer() else { return };
    let faults = Fault::each("fsync", (1..18).step_by(points(6, 1)))
        .chain(Fault::each("pwrite64", (1..90).step_by(points(22, 3))))
        .chain(Fault::each("openat", (1..10).step_by(points(4, 1))))
        .chain(Fault::each("write", 1..2))
        .chain(Fault::each("ftruncate", 1..points(2, 5)));
    for fault in faults {
        ended += usize::from(meet(&mut figures, fault, false));
    }
    assert!(ended >= points(8, 50), "only {ended} runs met their fault");
}

#[test]
fn a_store_that_cannot_be_made_leaves_none_or_a_whole_one() {
    let mut figures = Figures::of("failing calls, new store");
    let Some(()) = tracer() else { return };
    let faults = Fault::each("linkat", 1..3)
        .chain(Fault::each("fsync", (1..20).step_by(points(5, 1))))
        .chain(Fault::each("pwrite64", (1..160).step_by(points(40, 8))))
        .chain(Fault::each("openat", (1..20).step_by(points(10, 1))))
        .chain(Fault::each("write", 1..4));
    for fault in faults {
        meet(&mut figures, fault, true);
    }
}

/// No more threads: a process limit, as a shared host sets one.
#[test]
fn a_thread_that_cannot_be_started_is_told_and_loses_nobody() {
    let mut figures = Figures::of("threads that do not start");
    let Some(()) = tracer() else { return };
    let mut untold = Vec::new();
    for number in (1..10).step_by(points(2, 1)) {
        let scene = Scene::new(format!("no thread {number}"), PEOPLE, CONNECTIONS);
        scene.clinic.run(&["import", "subscribers/patients.csv"]).exits(0);
        let inject = format!("inject=clone,clone3:error=EAGAIN:when={number}");
        let tracer = [
            "strace",
            "-D",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            "trace=clone,clone3",
            "-e",
            &inject,
        ];
        let wrapper = [&["timeout", "-k", "5", "10"][..], &tracer].concat();
        let failed = scene.clinic.spawn_through(&wrapper, RUN).wait();
        let toll = scene.comes_to_its_end(RUN);
        if failed.status == Some(0) {
            continue;
        }
        figures.add(toll);
        if !is_told(&failed, &[70, 74]) {
            untold.push(format!("thread {number}: {failed}"));
        }
    }
    assert!(
        untold.is_empty(),
        "ended without a word for people, 124 is a hang:\n{}",
        untold.join("\n")
    );
}
