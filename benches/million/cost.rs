//! What a command costs: its wall clock, its processor time and its peak memory, by the kernel's own count.
//!
//! The kernel sums up the children of one process; so each command runs below a process of its own, which is this program again.

use nix::sys::resource::{UsageWho, getrusage};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The word by which this program knows that it is to run one command and to tell what that took.
pub(crate) const WORD: &str = "--cost-of";

/// What one process took.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cost {
    pub(crate) wall_ms: f64,
    pub(crate) cpu_ms: f64,
    pub(crate) peak_mib: f64,
}

/// Runs a command below a process of its own; exit codes that only say how letters stand (1, 65) are none of its business.
pub(crate) fn of(program: &Path, folder: &Path, arguments: &[&str], stdin: Option<&Path>) -> Cost {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(WORD).arg(program).args(arguments).current_dir(folder);
    command.stdin(stdin.map_or_else(Stdio::null, |file| std::fs::File::open(file).unwrap().into()));
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = told.split_whitespace().map_while(|word| word.parse().ok()).collect();
    let [code, wall_ms, cpu_ms, peak_mib] = numbers[..] else {
        panic!("{arguments:?}: {told}{}", String::from_utf8_lossy(&output.stderr));
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!([0.0, 1.0, 65.0].contains(&code), "{arguments:?} ended with {code}: {said}");
    Cost {
        wall_ms,
        cpu_ms,
        peak_mib,
    }
}

/// The process below: runs the command and prints its exit code and what it took.
pub(crate) fn tell(words: &[String]) {
    let started = Instant::now();
    let status = Command::new(&words[0])
        .args(&words[1..])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    let wall_ms = started.elapsed().as_secs_f64() * 1000.0;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let ms = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 * 1000.0 + time.tv_usec() as f64 / 1000.0;
    println!(
        "{} {wall_ms} {} {}",
        status.code().unwrap_or(-1),
        ms(usage.user_time()) + ms(usage.system_time()),
        usage.max_rss() as f64 / 1024.0
    );
}

/// The middle of some runs, number by number.
pub(crate) fn median(costs: &[Cost]) -> Cost {
    let middle = |of: fn(&Cost) -> f64| {
        let mut sorted: Vec<f64> = costs.iter().map(of).collect();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    Cost {
        wall_ms: middle(|cost| cost.wall_ms),
        cpu_ms: middle(|cost| cost.cpu_ms),
        peak_mib: middle(|cost| cost.peak_mib),
    }
}
