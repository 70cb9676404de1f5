//! The machine under a measurement: processor, cores, and how long its disk takes to keep 4 KiB for good.

use crate::figures::Spread;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

/// How many times the disk is asked.
const WRITES: usize = 200;

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The processor's name, as the kernel has it.
pub(crate) fn processor() -> String {
    let told = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = told.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(": ")).map(|(_, name)| name);
    name.unwrap_or("unknown processor").to_owned()
}

/// How busy the machine was in the last minute, in runnable threads; other work makes every absolute figure worse.
pub(crate) fn load() -> String {
    let told = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    told.split(' ').next().unwrap_or("unknown").to_owned()
}

/// Milliseconds to append 4 KiB to a file in this folder and wait for fdatasync.
pub(crate) fn commit_time(folder: &Path) -> Spread {
    let path = folder.join("fdatasync");
    let mut file = OpenOptions::new().create(true).append(true).open(&path).unwrap();
    let once = || {
        let started = Instant::now();
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
        started.elapsed().as_secs_f64() * 1e3
    };
    let times: Vec<f64> = std::iter::repeat_with(once).take(WRITES).collect();
    std::fs::remove_file(path).unwrap();
    Spread::of(&times)
}
