//! A clinic whose letters have left, each with its way out, and the page they lead to.
//!
//! Promises: tokens come from the letters themselves, as a patient has them; a page's process ends with its test.

use super::talk::{Reply, ask};
use crate::support::judge::Judge;
use crate::support::ledger::until;
use crate::support::people;
use crate::support::workspace::Workspace;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

const URL: &str = "https://riverside.example/u";
/// Longer than any page takes to be there on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A clinic after its first letters.
pub(super) struct Clinic {
    pub(super) workspace: Workspace,
    pub(super) judge: Judge,
    tokens: BTreeMap<String, String>,
}

/// A clinic's workspace with a page that its letters link to, and a relay.
pub(super) fn workspace(judge: &Judge) -> Workspace {
    let ways = format!("unsubscribe: {{mailto: leave@riverside.example, url: \"{URL}\"}}");
    Workspace::sample().relay(judge.port(), 1).setting(&ways)
}

impl Clinic {
    /// So many people have had their letter.
    pub(super) fn after_letters_to(count: usize) -> Self {
        Self::after_letters(|workspace| workspace.with_people(count))
    }

    /// Everybody has had their letter, in a workspace made ready like this.
    pub(super) fn after_letters(ready: impl FnOnce(Workspace) -> Workspace) -> Self {
        let judge = Judge::start().keeping_letters();
        let workspace = ready(workspace(&judge));
        workspace.run(&["send", "seasonal-immunity"]).exits(0);
        let mut clinic = Self {
            workspace,
            judge,
            tokens: BTreeMap::new(),
        };
        clinic.read_letters();
        clinic
    }

    /// Takes the ways out of all letters that have arrived; the newest one counts.
    pub(super) fn read_letters(&mut self) {
        for delivery in self.judge.accepted() {
            let letter = String::from_utf8_lossy(&delivery.letter(&self.judge)).into_owned();
            self.tokens.insert(delivery.recipient.clone(), token_in(&letter));
        }
    }

    /// The token of the letter to this person.
    pub(super) fn token(&self, person: usize) -> &str {
        self.token_of(&people::address(person))
    }

    /// The token of the letter to this address.
    pub(super) fn token_of(&self, address: &str) -> &str {
        self.tokens.get(address).unwrap_or_else(|| panic!("no letter to {address}"))
    }

    /// The token of a letter that is on no record, by this clinic's own keys.
    pub(super) fn sample_token(&self) -> String {
        let store = tidings::store::Store::open(&self.workspace.path(".tidings")).unwrap();
        store
            .tokens()
            .sample(&tidings::address::Address::parse("me@mill-lane.example").unwrap())
    }

    /// The token of a test letter, as it arrives.
    pub(super) fn test_letter(&self) -> String {
        let told = "me@mill-lane.example";
        self.workspace
            .run(&["test", "seasonal-immunity", "--to", told, "--article", "calmer-days"])
            .exits(0);
        let letters = self.judge.accepted();
        let letter = letters.iter().rev().find(|letter| letter.recipient == told).unwrap();
        token_in(&String::from_utf8_lossy(&letter.letter(&self.judge)))
    }

    /// What stands against an address, as `all:REASON` or `LIST:REASON`; those that were lifted with a `-` before it.
    pub(super) fn stands(&self, address: &str) -> Vec<String> {
        let listed = self
            .workspace
            .run(&["suppress", "list", "--lifted", "--json"])
            .exits(0)
            .json();
        let own = listed
            .iter()
            .filter(|line| line["address"] == address || (address.is_empty() && line["address"].is_null()));
        own.map(|line| {
            let lifted = if line["lifted_at"].is_null() { "" } else { "-" };
            format!(
                "{lifted}{}:{}",
                line["list"].as_str().unwrap_or("all"),
                line["reason"].as_str().unwrap()
            )
        })
        .collect()
    }

    /// What stands against this person.
    pub(super) fn stands_against(&self, person: usize) -> Vec<String> {
        self.stands(&people::address(person))
    }

    /// Takes the letters off the record, as it is in a store that was restored from before they left.
    pub(super) fn forget_letters(&self) {
        let store = rusqlite::Connection::open(self.workspace.path(".tidings/store.db")).unwrap();
        let sql = "PRAGMA foreign_keys = OFF; UPDATE delivery SET id = id + 1000";
        store.execute_batch(sql).unwrap();
    }

    /// Shows the page.
    pub(super) fn page(&self) -> Page {
        Page::show(&self.workspace, &[])
    }
}

/// The token in a letter's List-Unsubscribe field.
pub(super) fn token_in(letter: &str) -> String {
    let head = letter
        .split("\r\n\r\n")
        .next()
        .unwrap()
        .replace("\r\n ", " ")
        .replace("\r\n\t", " ");
    let field = head
        .lines()
        .find(|line| line.to_lowercase().starts_with("list-unsubscribe:"))
        .unwrap();
    let start = field.find(&format!("{URL}/")).unwrap_or_else(|| panic!("no page in {field}")) + URL.len() + 1;
    field[start..].split('>').next().unwrap().replace(' ', "")
}

/// The page's process; killed when dropped.
pub(super) struct Page {
    child: Child,
    pub(super) address: SocketAddr,
    said: Arc<Mutex<Vec<String>>>,
    listener: Option<JoinHandle<()>>,
}

impl Page {
    /// Starts `tidings serve` on a port that the kernel chooses, and waits until it answers.
    pub(super) fn show(workspace: &Workspace, arguments: &[&str]) -> Self {
        let mut command = workspace.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments);
        Self::start(command)
    }

    fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let said = Arc::new(Mutex::new(Vec::new()));
        let (told, hearer) = (Arc::clone(&said), std::sync::mpsc::channel());
        let listener = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let address = line
                    .split("http://")
                    .nth(1)
                    .and_then(|rest| rest.split('/').next()?.parse().ok());
                told.lock().unwrap().push(line);
                if let Some(address) = address {
                    let _ = hearer.0.send(address);
                }
            }
        });
        let address = hearer.1.recv_timeout(PATIENCE);
        let address = address.unwrap_or_else(|_| panic!("no page is shown: {:?}", said.lock().unwrap()));
        Self {
            child,
            address,
            said,
            listener: Some(listener),
        }
    }

    /// Waits until it has said something with these words; gives how often it has.
    pub(super) fn hears(&self, words: &str) -> usize {
        let count = || self.said.lock().unwrap().iter().filter(|line| line.contains(words)).count();
        until(words, || count() > 0);
        count()
    }

    /// Asks it to end; gives the exit code and everything it has said.
    pub(super) fn end(mut self) -> (Option<i32>, Vec<String>) {
        self.signal("TERM");
        let code = self.child.wait().unwrap().code();
        self.listener.take().unwrap().join().unwrap();
        let said = self.said.lock().unwrap().clone();
        (code, said)
    }

    /// Looks at a letter's page.
    pub(super) fn look(&self, token: &str) -> Reply {
        self.look_with(token, "")
    }

    /// The same with more fields in the head, each with its line's end.
    pub(super) fn look_with(&self, token: &str, fields: &str) -> Reply {
        ask(
            self.address,
            format!("GET /u/{token} HTTP/1.1\r\nHost: r\r\nConnection: close\r\n{fields}\r\n"),
        )
    }

    /// Posts a web form.
    pub(super) fn post(&self, token: &str, form: &str) -> Reply {
        self.post_as(token, "application/x-www-form-urlencoded", form)
    }

    /// Posts any body.
    pub(super) fn post_as(&self, token: &str, kind: &str, body: &str) -> Reply {
        let length = body.len();
        ask(
            self.address,
            format!(
                "POST /u/{token} HTTP/1.1\r\nHost: r\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
            ),
        )
    }

    /// Presses the mail program's button.
    pub(super) fn one_click(&self, token: &str) -> Reply {
        self.post(token, "List-Unsubscribe=One-Click")
    }

    /// Sends a signal by its name.
    pub(super) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for its end; gives the exit code.
    pub(super) fn ended(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// The most memory it has had so far, in KiB, as the kernel counts it.
    pub(super) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
        line.split_whitespace()
            .next()
            .and_then(|number| number.parse().ok())
            .unwrap_or_default()
    }

    /// Kills it as a power cut would.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
