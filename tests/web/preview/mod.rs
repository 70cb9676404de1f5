//! The page on which the clinic looks at its letters: over real sockets, by keyboard, and as files.
//!
//! Promises: loopback alone, ports chosen by the kernel; every process ends with its test. A browser is asked where it is installed; in CI
//! it has to be.

mod browser;
mod door;
mod files;
mod open;
mod story;

use super::talk::{Reply, ask};
use crate::support::workspace::Workspace;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

/// A preview's process; killed when dropped.
struct Preview {
    child: Child,
    address: SocketAddr,
    /// `http://127.0.0.1:PORT/TOKEN/`
    url: String,
    token: String,
}

impl Preview {
    /// Starts `tidings preview` and waits until it says where it answers.
    fn show(workspace: &Workspace, arguments: &[&str]) -> Self {
        let mut command = workspace.command();
        command.arg("preview").args(arguments);
        command.stderr(Stdio::inherit());
        Self::start(command)
    }

    fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (told, hears) = std::sync::mpsc::channel();
        std::thread::spawn(move || told.send(lines.next().and_then(Result::ok).unwrap_or_default()));
        let url = hears.recv_timeout(PATIENCE).unwrap();
        let mut parts = url.trim_start_matches("http://").split('/');
        let address = parts.next().and_then(|address| address.parse().ok());
        Self {
            address: address.unwrap_or_else(|| panic!("no address in `{url}`")),
            token: parts.next().unwrap().to_owned(),
            child,
            url,
        }
    }

    /// Asks for what stands behind the token, with the query a link of the page has.
    fn get(&self, path: &str) -> Reply {
        self.request(&format!("GET /{}/{path}", self.token), &self.address.to_string(), "")
    }

    /// Asks for anything under any host's name.
    fn request(&self, what: &str, host: &str, fields: &str) -> Reply {
        ask(
            self.address,
            format!("{what} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{fields}\r\n"),
        )
    }

    /// Ends it as Ctrl-C does; gives the exit code.
    fn interrupt(mut self) -> Option<i32> {
        let sent = Command::new("kill")
            .args(["-s", "INT", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The target of the first link of a page that has these words, as a query.
#[track_caller]
fn link(page: &Reply, words: &str) -> String {
    let before = page.body.split(&format!("<bdi>{words}")).next().unwrap();
    assert!(before.len() < page.body.len(), "no link `{words}` in {page:?}");
    let href = before.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
    href.replace("&amp;", "&")
}

/// The address of the letter in a page's frame.
#[track_caller]
fn frame(page: &Reply) -> String {
    let source = page.body.split("src=\"letter").nth(1);
    let source = source.unwrap_or_else(|| panic!("no letter in {page:?}"));
    format!("letter{}", source.split('"').next().unwrap().replace("&amp;", "&"))
}
