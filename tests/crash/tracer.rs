//! strace, which kills a thread's process at the very system call that it is told.
//!
//! Promises: `when=N` of strace counts the calls of one thread, so one thread is watched at a time and the N-th call is the N-th of
//! that thread, exactly; the process dies before that call is made, and so just behind the one before it. The main thread is watched
//! from its first call to its last. The others are born later: the judge holds its greeting back until the thread is found by its
//! name and strace is attached to it; before that greeting they write nothing.

use super::axe::watch;
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::workspace::Workspace;
use crate::support::workspace::run::{Output, Running};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

/// What a process does to files and sockets that somebody else can see, and what it hears.
pub(super) const CALLS: &str = "write,pwrite64,writev,fsync,fdatasync,sendto,sendmsg,recvfrom,close,rename,renameat,renameat2,link,linkat,unlink,unlinkat,\
                                ftruncate,openat,mkdir,mkdirat,chmod,fchmod,connect,shutdown";

/// One thread of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thread {
    /// Files, store, preparations, and the end.
    Main,
    /// The journal's writer.
    Journal,
    /// The one that brings the journal's log to the disk.
    Log,
    /// The one that holds the conversations.
    Worker,
}

pub(super) const THREADS: [Thread; 4] = [Thread::Main, Thread::Journal, Thread::Log, Thread::Worker];

impl Thread {
    fn name(self) -> &'static str {
        match self {
            Self::Main => "tidings",
            Self::Journal => "journal",
            Self::Log => "log",
            Self::Worker => "tokio-rt-worker",
        }
    }

    /// The kernel's number of this thread of `process`.
    fn of(self, process: u32) -> Option<u32> {
        let tasks = std::fs::read_dir(format!("/proc/{process}/task")).ok()?;
        let numbers = tasks.filter_map(|task| task.ok()?.file_name().to_str()?.parse().ok());
        let is_it = |task: &u32| {
            let name = std::fs::read_to_string(format!("/proc/{process}/task/{task}/comm"));
            name.is_ok_and(|name| name.trim_end() == self.name())
        };
        // Others of the runtime's may be born later, to wait for names and passwords.
        numbers.filter(is_it).min()
    }
}

/// Where the axe falls: at the `nth` call of its kind that the thread makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) thread: Thread,
    pub(super) call: String,
    pub(super) nth: usize,
}

/// What the tracer is to do at the calls it watches.
enum Task<'a> {
    Kill(&'a Point),
    /// Only write the calls down, into this file.
    Count(&'a Path),
}

impl Task<'_> {
    fn arguments(&self) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match self {
            Self::Kill(Point { call, nth, .. }) => {
                let inject = format!("inject={call}:signal=KILL:when={nth}");
                words(&["-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject])
            }
            Self::Count(file) => {
                // Not every kind of machine has every call.
                let known = CALLS.replace(',', ",?");
                words(&["-o", file.to_str().unwrap(), "-e", &format!("trace=?{known}")])
            }
        }
    }
}

/// strace, if it is here.
pub(super) fn strace() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join("strace"))
        .find(|program| program.is_file())
}

/// Whether strace may attach to a process that it has not started: some kernels are told to forbid that.
pub(super) fn may_attach() -> bool {
    let mut sleeper = Command::new("sleep").arg("30").spawn().unwrap();
    let nothing = Point {
        thread: Thread::Main,
        call: "write".to_owned(),
        nth: 1,
    };
    let attached = Tracer::attach(sleeper.id(), &Task::Kill(&nothing)).is_ok();
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
    attached
}

/// Runs `verb` and kills it at the point; a run that has no such call comes to its end.
pub(super) fn kill_at(clinic: &Workspace, judge: &Judge, verb: &[&str], connections: usize, point: &Point) -> Output {
    traced(clinic, judge, verb, connections, point.thread, &Task::Kill(point))
}

/// At which calls of each kind an undisturbed run of `verb` can leave something behind in this thread: all of them, but where a file
/// is opened only those that may make it.
pub(super) fn count(
    clinic: &Workspace,
    judge: &Judge,
    verb: &[&str],
    connections: usize,
    thread: Thread,
) -> BTreeMap<String, Vec<usize>> {
    let file = clinic.path("calls");
    traced(clinic, judge, verb, connections, thread, &Task::Count(&file));
    let (mut made, mut counts) = (BTreeMap::new(), BTreeMap::new());
    for line in std::fs::read_to_string(&file).unwrap().lines() {
        let known = |call: &str| CALLS.split(',').any(|known| known == call);
        let Some((call, words)) = line.split_once('(').filter(|(call, _)| known(call)) else {
            continue;
        };
        let nth = made.entry(call.to_owned()).or_insert(0);
        *nth += 1;
        if call != "openat" || words.contains("O_CREAT") {
            counts.entry(call.to_owned()).or_insert_with(Vec::new).push(*nth);
        }
    }
    counts
}

fn traced(clinic: &Workspace, judge: &Judge, verb: &[&str], connections: usize, thread: Thread, task: &Task<'_>) -> Output {
    match thread {
        Thread::Main => from_the_start(clinic, verb, task),
        Thread::Journal | Thread::Log | Thread::Worker => from_the_greeting(clinic, judge, verb, connections, thread, task),
    }
}

/// strace starts the program and, without `-f`, watches nobody but its main thread.
fn from_the_start(clinic: &Workspace, verb: &[&str], task: &Task<'_>) -> Output {
    let program = clinic.command();
    let mut command = Command::new(strace().unwrap());
    command
        .env_clear()
        .envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(clinic.root()).arg("-qqq").args(task.arguments());
    command.arg("--").arg(program.get_program()).args(verb);
    Running::start(command, format!("strace {:?} tidings {}", task.arguments(), verb.join(" "))).wait()
}

fn from_the_greeting(
    clinic: &Workspace,
    judge: &Judge,
    verb: &[&str],
    connections: usize,
    thread: Thread,
    task: &Task<'_>,
) -> Output {
    judge.add(Rule::at(Phase::Banner).behind_the_gate());
    let mut running = clinic.spawn(verb);
    let pid = running.pid();
    watch(&mut running, || judge.connections() >= connections);
    let mut number = None;
    // A thread takes its name after it was born.
    watch(&mut running, || {
        number = thread.of(pid);
        number.is_some()
    });
    let number = number.unwrap_or_else(|| panic!("{thread:?} is not there before the relay's greeting"));
    let tracer = Tracer::attach(number, task).unwrap_or_else(|said| panic!("strace cannot attach to {thread:?}: {said}"));
    judge.open_gate();
    let output = running.wait();
    drop(tracer);
    output
}

/// strace, attached to one thread; it ends with the thread.
struct Tracer {
    strace: Child,
    /// Open for as long as strace may have something to say: it would not survive a closed pipe.
    _said: BufReader<ChildStderr>,
}

impl Tracer {
    /// Attaches to this thread, or tells what strace said instead.
    fn attach(thread: u32, task: &Task<'_>) -> Result<Self, String> {
        let mut command = Command::new(strace().unwrap());
        command.arg("-p").arg(thread.to_string()).args(task.arguments());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut strace = command.spawn().unwrap();
        let mut said = BufReader::new(strace.stderr.take().unwrap());
        let mut first = String::new();
        said.read_line(&mut first).unwrap();
        let tracer = Self { strace, _said: said };
        match first.contains("attached") {
            true => Ok(tracer),
            false => Err(first),
        }
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        // Its thread is gone, and so is it, or is about to be.
        drop(self.strace.kill());
        drop(self.strace.wait());
    }
}
