//! What one process costs: its time, its processor time and its peak memory, as the kernel counts them when it has ended.
//!
//! The kernel tells these of all children of a process together, so each measured program is the only child of a process of its own:
//! the benchmark's own binary, run once more with the word [`WORD`]. That parent is small; a program smaller than it (about 3 MB) shows the parent's size.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The word by which a benchmark knows that it is to [`measure`].
pub(crate) const WORD: &str = "meter";

/// What one process took.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// From its start to its end.
    pub(crate) seconds: f64,
    /// In user mode and in the kernel.
    pub(crate) cpu_seconds: f64,
    /// Resident, at most, in MB (1,000,000 bytes).
    pub(crate) peak_mb: f64,
    /// Its exit code; none where a signal ended it.
    code: Option<i32>,
}

/// A program that is to be measured.
pub(crate) struct Measured<'a> {
    pub(crate) program: &'a Path,
    pub(crate) arguments: Vec<String>,
    pub(crate) folder: &'a Path,
    /// Variables of its environment, on top of this process's own.
    pub(crate) environment: Vec<(String, String)>,
    /// What it reads; nothing without one.
    pub(crate) stdin: Option<&'a Path>,
    /// The exit codes that it may end with.
    pub(crate) ends_with: &'a [i32],
}

impl Measured<'_> {
    /// Runs it to its end.
    pub(crate) fn run(&self) -> Cost {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(WORD);
        command.args(self.environment.iter().map(|(name, value)| format!("{name}={value}")));
        command.arg("--").arg(self.program).args(&self.arguments);
        command.stdin(self.stdin.map_or_else(Stdio::null, |file| File::open(file).unwrap().into()));
        let output = command.current_dir(self.folder).output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        let cost: Cost =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}: {complaint}", self.program.display()));
        assert!(
            cost.code.is_some_and(|code| self.ends_with.contains(&code)),
            "{} {:?} ended with {:?}: {complaint}",
            self.program.display(),
            self.arguments,
            cost.code
        );
        cost
    }
}

/// The process of the meter: `NAME=VALUE… -- PROGRAM ARGUMENTS…`.
pub(crate) fn measure(arguments: &[String]) {
    let at = arguments.iter().position(|word| word == "--").unwrap();
    let (environment, program) = (&arguments[..at], &arguments[at + 1..]);
    let mut command = Command::new(&program[0]);
    // What it reads is what was given to this process.
    command.args(&program[1..]).stdout(Stdio::null());
    command.envs(environment.iter().filter_map(|pair| pair.split_once('=')));
    let started = Instant::now();
    let status = command.status().unwrap();
    let seconds = started.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let cost = Cost {
        seconds,
        cpu_seconds: (duration(usage.user_time()) + duration(usage.system_time())).as_secs_f64(),
        peak_mb: usage.max_rss() as f64 * 1024.0 / 1e6,
        code: status.code(),
    };
    println!("{}", serde_json::to_string(&cost).unwrap());
}

fn duration(time: TimeVal) -> Duration {
    Duration::from_secs(time.tv_sec() as u64) + Duration::from_micros(time.tv_usec() as u64)
}
