//! Postfix's own test relay, `smtp-sink`: the relay that the other senders' figures are usually taken with.
//!
//! It reads letters line by line as mail servers do, knows no CHUNKING, and uses three times the processor time of our sink. It counts
//! letters and looks at nothing else.

use super::Offers;
use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// An `smtp-sink` at work; dropped, it is ended.
pub(crate) struct PostfixSink {
    child: Child,
    counters: PathBuf,
    pub(crate) port: u16,
}

impl PostfixSink {
    /// Starts `program` on a free port of this machine; what it counts goes into a file in `folder`.
    pub(crate) fn start(program: &Path, offers: Offers, folder: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let counters = folder.join("counters");
        let mut command = Command::new(program);
        if nix::unistd::geteuid().is_root() {
            command.args(["-u", "nobody"]);
        }
        if offers == Offers::Nothing {
            command.arg("-p");
        }
        let child = command
            .args(["-c", &format!("127.0.0.1:{port}"), "1000"])
            .stdin(Stdio::null())
            .stdout(File::create(&counters).unwrap())
            .spawn()
            .unwrap();
        let mut sink = Self { child, counters, port };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(sink.child.try_wait().unwrap().is_none(), "smtp-sink does not start");
            std::thread::sleep(Duration::from_millis(5));
        }
        sink
    }

    /// Letters taken, by its own count.
    pub(crate) fn letters(&self) -> u64 {
        let said = fs::read_to_string(&self.counters).unwrap();
        let last = said.rsplit("mesg=").next().unwrap_or_default();
        let digits = last.split(|sign: char| !sign.is_ascii_digit()).next();
        digits.and_then(|count| count.parse().ok()).unwrap_or(0)
    }
}

impl Drop for PostfixSink {
    fn drop(&mut self) {
        // It ends only by a signal.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
