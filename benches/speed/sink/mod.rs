//! The relay that the benchmark sends to, in a process of its own: what it costs never counts for a sender.
//!
//! It takes every letter and keeps none. It is strict (a command out of turn, a wrong chunk length or a bare line end is a fault, and a
//! fault ends the benchmark) and cheap: one thread, one read and one write for whatever has come. A slow relay would make its fastest
//! senders look alike. Knows nothing of who sends.

mod postfix;
mod server;
mod session;
mod tally;

pub(crate) use postfix::PostfixSink;
pub(crate) use server::serve;
pub(crate) use tally::Report;

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// What the sink offers in its reply to EHLO.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offers {
    Nothing,
    Pipelining,
    Chunking,
}

impl Offers {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Nothing, "nothing"),
        (Self::Pipelining, "pipelining"),
        (Self::Chunking, "chunking"),
    ];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(offers, _)| *offers == self).unwrap().1
    }

    fn of(word: &str) -> Self {
        Self::ALL.iter().find(|(_, name)| *name == word).unwrap().0
    }
}

/// A sink at work; it ends when this is finished or dropped.
pub(crate) struct Sink {
    child: Child,
    said: BufReader<ChildStdout>,
    pub(crate) port: u16,
}

impl Sink {
    /// Starts a sink on a free port of this machine, each of whose replies leaves `delay` after the command it answers has come.
    pub(crate) fn start(offers: Offers, delay: Duration) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["sink", offers.word(), &delay.as_millis().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut port = String::new();
        said.read_line(&mut port).unwrap();
        let port = port.trim().parse().expect("the sink says its port");
        Self { child, said, port }
    }

    /// Ends the sink and gives what came.
    pub(crate) fn finish(mut self) -> Report {
        drop(self.child.stdin.take());
        let mut report = String::new();
        self.said.read_to_string(&mut report).unwrap();
        serde_json::from_str(&report).expect("the sink says what came")
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // The end of its input ends it.
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}
