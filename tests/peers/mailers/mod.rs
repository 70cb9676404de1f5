//! Real mail servers that refuse some people at each step: what our conversation is held against where a judge of our own could
//! share our mistakes.
//!
//! Promises: each runs in a namespace of its own, with a configuration, a queue and mailboxes in a temporary folder, on loopback, and
//! ends with its test however that ends. What arrived is read back from the mailboxes: for whom it was delivered, and the letter.
//! They need root, because they change users; whoever is not root is told so.

mod aiosmtpd;
mod exim;
mod opensmtpd;
mod postfix;
mod stories;

use super::{Process, allow_everybody, am_root, or_passed_over};
use crate::support::ledger::until;
use crate::support::people;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs a command where the folders below the first argument lie over the machine's own; ends, and everything in the namespace with
/// it, when its standard input does.
const INSIDE: &str = "for place in etc run var/spool var/lib usr/libexec; do
  if [ -d \"$1/$place\" ]; then mount --bind \"$1/$place\" \"/$place\" || exit 1; fi
done
folder=$1; shift
\"$@\" >\"$folder/said\" 2>&1 </dev/null &
read -r _";

/// What a server does with a person's letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Treatment {
    Taken,
    /// 550 at RCPT.
    Unknown,
    /// 450 at RCPT.
    Greylisted,
    /// 451 at DATA, where the server can refuse there.
    NotNow,
    /// 554 at the end of data.
    Spam,
    /// 421 at RCPT, and the end of the connection.
    Goodbye,
}

impl Treatment {
    /// How person `number` is treated: some in each way, never so many in a row that the run stops for it.
    pub(super) fn of(number: usize) -> Self {
        match number {
            3 | 9 | 17 | 26 | 33 => Treatment::Unknown,
            5 | 13 | 22 | 37 => Treatment::Greylisted,
            2 | 7 | 15 | 24 | 31 | 38 => Treatment::NotNow,
            11 | 29 => Treatment::Spam,
            20 => Treatment::Goodbye,
            _ => Treatment::Taken,
        }
    }

    /// The addresses that are treated so, of `count` people.
    fn addresses(self, count: usize) -> Vec<String> {
        let people = (1..=count).filter(|number| Treatment::of(*number) == self);
        people.map(people::address).collect()
    }
}

/// What a server offers, as far as it can be told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offers {
    Nothing,
    Pipelining,
    Chunking,
}

/// How a server is to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) offers: Offers,
    /// How many people it knows.
    pub(super) people: usize,
    /// Whether it refuses those whom [`Treatment::of`] names.
    pub(super) refuses: bool,
}

impl Wanted {
    fn refused(&self, treatment: Treatment) -> Vec<String> {
        match self.refuses {
            true => treatment.addresses(self.people),
            false => Vec::new(),
        }
    }

    fn names(&self, treatment: Treatment) -> Vec<String> {
        let addresses = self.refused(treatment).into_iter();
        addresses
            .map(|address| address.split('@').next().unwrap_or_default().to_owned())
            .collect()
    }
}

/// A letter in somebody's mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Arrived {
    /// For whom the server delivered it.
    pub(super) recipient: String,
    /// To whom it is written.
    pub(super) to: String,
    pub(super) message_id: String,
}

/// A running mail server.
pub(super) trait Mailer {
    fn port(&self) -> u16;

    /// Everything in the mailboxes once the server has delivered all that it took.
    fn arrived(&self) -> Vec<Arrived>;

    /// How many letters are in the mailboxes at this moment.
    fn count(&self) -> usize;
}

/// One that runs in a folder and a namespace of its own.
struct Housed {
    port: u16,
    folder: tempfile::TempDir,
    /// The header field in which the server notes for whom it delivers.
    mark: &'static str,
    /// Where letters lie that are not delivered yet.
    queues: Vec<PathBuf>,
    _process: Process,
}

impl Mailer for Housed {
    fn port(&self) -> u16 {
        self.port
    }

    fn arrived(&self) -> Vec<Arrived> {
        until("an empty queue", || self.queues.iter().all(|queue| files(queue).is_empty()));
        let letter = |file: PathBuf| {
            let text = std::fs::read(file).unwrap();
            Arrived {
                recipient: field(&text, self.mark),
                ..Arrived::read(&text)
            }
        };
        self.letters().into_iter().map(letter).collect()
    }

    fn count(&self) -> usize {
        self.letters().len()
    }
}

impl Housed {
    /// The files of letters that have wholly arrived: those in a maildir's `tmp` have not.
    fn letters(&self) -> Vec<PathBuf> {
        let mut files = files(&self.folder.path().join("boxes"));
        files.retain(|file| file.parent().is_some_and(|folder| !folder.ends_with("tmp")));
        files
    }
}

impl Arrived {
    /// What the letter itself says.
    fn read(letter: &[u8]) -> Self {
        Self {
            recipient: String::new(),
            to: field(letter, "to"),
            message_id: field(letter, "message-id"),
        }
    }
}

/// The address or number in a header field, in small letters and without what stands around it.
fn field(letter: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(letter).replace("\r\n", "\n");
    let head = text.split("\n\n").next().unwrap_or_default();
    let head = head.replace("\n ", " ").replace("\n\t", " ");
    let found = head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value)
    });
    let value = found.unwrap_or_default().trim().trim_end_matches('>');
    value.rsplit('<').next().unwrap_or_default().to_lowercase()
}

/// Every file below `folder`; what vanishes meanwhile is not there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&entry.path()),
            _ => vec![entry.path()],
        })
        .collect()
}

/// The root of the file system that has the program at `path`: what `TIDINGS_TEST_MAILERS` names, or the machine's own.
fn root_with(path: &str) -> Option<PathBuf> {
    let named = std::env::var_os("TIDINGS_TEST_MAILERS").map(PathBuf::from);
    let roots = named.into_iter().chain([PathBuf::from("/")]);
    roots.into_iter().find(|root| root.join(path).is_file())
}

/// The way to start what needs root; `None` where we are not.
fn as_root(name: &str) -> Option<()> {
    or_passed_over(am_root().then_some(()), &format!("root, for {name}"))
}

/// A folder that every user may look into, with these folders in it.
fn furnish(folders: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    allow_everybody(folder.path());
    for name in folders {
        std::fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

fn give_to(folder: &Path, user: &str) {
    let done = Command::new("chown").arg("-R").arg(user).arg(folder).status().unwrap();
    assert!(done.success(), "`{}` cannot be given to `{user}`", folder.display());
}

/// The few files of `/etc` that a server looks at, with users that the machine may not have.
fn private_etc(folder: &Path, users: &[(&str, u32)]) {
    for name in ["passwd", "group", "nsswitch.conf", "hosts", "ld.so.cache"] {
        let from = Path::new("/etc").join(name);
        if from.is_file() {
            std::fs::copy(&from, folder.join("etc").join(name)).unwrap();
        }
    }
    let home = folder.join("boxes");
    let append = |name: &str, line: String| {
        let file = std::fs::File::options().append(true).open(folder.join("etc").join(name));
        file.unwrap().write_all(line.as_bytes()).unwrap();
    };
    for (user, id) in users {
        append(
            "passwd",
            format!("{user}:x:{id}:{id}::{}:/usr/sbin/nologin\n", home.display()),
        );
        append("group", format!("{user}:x:{id}:\n"));
    }
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Starts a server in a namespace of its own and waits for its greeting.
fn start(folder: &Path, port: u16, command: &[&str]) -> Process {
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "--pid", "--fork", "--kill-child=KILL", "sh", "-c", INSIDE, "sh"]);
    unshare.arg(folder).args(command).stdin(Stdio::piped());
    let mut process = Process(unshare.spawn().unwrap());
    until("the mail server's greeting", || {
        let ended = process.0.try_wait().unwrap();
        let said = || std::fs::read_to_string(folder.join("said")).unwrap_or_default();
        assert!(ended.is_none(), "the mail server does not start:\n{}", said());
        greets(port)
    });
    process
}

fn greets(port: u16) -> bool {
    use std::io::Read as _;
    let Ok(mut line) = std::net::TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let mut greeting = [0; 3];
    line.read_exact(&mut greeting).is_ok() && greeting == *b"220"
}
