//! Real mail software that somebody else wrote: what our letters and conversations are held against.
//!
//! Promises: each peer runs on loopback, on a port of its own, and ends with its test. A peer that is not installed is said on the
//! terminal and its tests are passed over, but never in CI, where `.ci/run` has installed them all.

pub(crate) mod aiosmtpd;
pub(crate) mod certificate;
mod login;
pub(crate) mod mail_reader;
mod mailers;
pub(crate) mod smtp_sink;
mod stories;
mod tests;

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Where Debian keeps programs that are not meant for everybody's `PATH`.
const BESIDE_THE_PATH: [&str; 4] = [
    "/usr/sbin",
    "/usr/local/sbin",
    "/usr/libexec/postfix",
    "/usr/lib/postfix/sbin",
];

/// A peer's process; killed when dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The program `name`, on the `PATH` or where Debian keeps it.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(BESIDE_THE_PATH.map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// The Python that has the peers' packages: `TIDINGS_TEST_PYTHON`, or else `python3`.
pub(crate) fn python() -> Option<PathBuf> {
    let named = std::env::var_os("TIDINGS_TEST_PYTHON").map(PathBuf::from);
    named.or_else(|| program("python3")).filter(|python| python.is_file())
}

/// The peer itself, or word on the terminal that its test was passed over.
pub(crate) fn or_passed_over<T>(peer: Option<T>, name: &str) -> Option<T> {
    if peer.is_none() {
        let in_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
        assert!(!in_ci, "`{name}` is not installed, and in CI no test is passed over");
        let test = std::thread::current().name().unwrap_or_default().to_owned();
        // Not `eprintln!`: the test harness swallows that when the test passes.
        writeln!(
            std::io::stderr(),
            "PASSED OVER: `{test}` needs `{name}`, which is not installed"
        )
        .ok();
    }
    peer
}

fn am_root() -> bool {
    let said = Command::new("id").arg("-u").output();
    let said = said.map(|output| output.stdout).unwrap_or_default();
    said.trim_ascii() == b"0"
}

/// A peer that gives up root must still be able to read and write in this folder.
fn allow_everybody(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
}

/// A script of ours beside this file.
fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name)
}

/// Starts a server that must be told its port, and waits until it answers. The kernel names a free port; should somebody else
/// take it in between, another one is tried.
fn start_on_free_port(command: impl Fn(u16) -> Command) -> (Process, u16) {
    for _ in 0..5 {
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .unwrap()
            .port();
        let mut process = Process(command(port).stdin(Stdio::null()).spawn().unwrap());
        for _ in 0..500 {
            if process.0.try_wait().unwrap().is_some() {
                break;
            }
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return (process, port);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    panic!("the peer does not start: {:?}", command(0));
}
