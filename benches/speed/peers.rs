//! The senders of other houses: where they are, how to get them, and how each is asked to write to so many people.
//!
//! Each is used as its own pages show it; the scripts are in `peers/`.

use crate::letter::{self, Language};
use crate::sender::Sender;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The senders of other houses that are here.
pub(crate) struct Peers {
    smtp_source: Option<PathBuf>,
    /// The test relay that comes with it.
    pub(crate) smtp_sink: Option<PathBuf>,
    folder: Option<PathBuf>,
}

/// What a peer is to send.
pub(crate) struct Task<'a> {
    pub(crate) port: u16,
    pub(crate) connections: usize,
    pub(crate) letters: usize,
    /// An empty folder for what it reads.
    pub(crate) folder: &'a Path,
    /// The octets of smtp-source's text.
    pub(crate) length: usize,
}

impl Peers {
    /// Looks for them.
    pub(crate) fn find() -> Self {
        let is_here = |place: &&str| {
            let tried = Command::new(place).stdout(Stdio::null()).stderr(Stdio::null()).status();
            tried.is_ok()
        };
        let smtp_source = ["smtp-source", "/usr/sbin/smtp-source"].into_iter().find(is_here);
        let smtp_sink = ["smtp-sink", "/usr/sbin/smtp-sink"].into_iter().find(is_here);
        Self {
            smtp_source: smtp_source.map(PathBuf::from),
            smtp_sink: smtp_sink.map(PathBuf::from),
            folder: std::env::var_os("TIDINGS_BENCH_PEERS").map(PathBuf::from),
        }
    }

    pub(crate) fn has(&self, sender: Sender) -> bool {
        let part = match sender {
            Sender::Tidings(_) => return true,
            Sender::OpenSsl => return Command::new("openssl").arg("version").output().is_ok(),
            Sender::SmtpSource => return self.smtp_source.is_some(),
            Sender::Nodemailer => "node_modules/nodemailer",
            Sender::Aiosmtplib => "python/bin/python",
            Sender::Mailmerge => "python/bin/mailmerge",
        };
        self.folder.as_ref().is_some_and(|folder| folder.join(part).exists())
    }

    /// How to get a sender that is not here.
    pub(crate) fn how_to_get(sender: Sender) -> &'static str {
        match sender {
            Sender::SmtpSource => "Debian: apt-get install postfix",
            Sender::OpenSsl => "Debian: apt-get install openssl",
            _ => "benches/speed/peers/install DIR, then TIDINGS_BENCH_PEERS=DIR",
        }
    }

    /// The program that does this task. Only for senders of other houses that are here.
    pub(crate) fn command(&self, sender: Sender, task: &Task<'_>) -> (PathBuf, Vec<String>) {
        let folder = self.folder.clone().unwrap_or_default();
        let list = task.folder.join("people.csv");
        letter::write_list(&list, task.letters);
        let script = |name: &str| format!("{}/benches/speed/peers/{name}", env!("CARGO_MANIFEST_DIR"));
        let (port, connections) = (task.port.to_string(), task.connections.to_string());
        let (templates, list) = (task.folder.display().to_string(), list.display().to_string());
        let (program, arguments) = match sender {
            Sender::SmtpSource => (self.smtp_source.clone().unwrap(), smtp_source(task)),
            Sender::Nodemailer => {
                letter::write_templates(task.folder, Language::Handlebars);
                let modules = folder.display().to_string();
                let words = vec![script("nodemailer.mjs"), modules, port, connections, templates, list];
                (PathBuf::from("node"), words)
            }
            Sender::Aiosmtplib => {
                letter::write_templates(task.folder, Language::Jinja);
                let words = vec![script("aiosmtplib_sender.py"), port, connections, templates, list];
                (folder.join("python/bin/python"), words)
            }
            Sender::Mailmerge => {
                fs::write(task.folder.join("letter.txt"), letter::mailmerge()).unwrap();
                let server = format!("[smtp_server]\nhost = 127.0.0.1\nport = {port}\n");
                fs::write(task.folder.join("server.conf"), server).unwrap();
                let words = "--no-dry-run --no-limit --output-format text --template letter.txt --config server.conf --database";
                let words = words.split(' ').map(str::to_owned).chain([list]).collect();
                (folder.join("python/bin/mailmerge"), words)
            }
            Sender::Tidings(_) | Sender::OpenSsl => panic!("{sender:?} is of this house"),
        };
        (program, arguments)
    }
}

fn smtp_source(task: &Task<'_>) -> Vec<String> {
    let Task {
        port,
        connections,
        letters,
        length,
        ..
    } = task;
    let words =
        format!("-d -m {letters} -N -s {connections} -l {length} -f tips@riverside.example -t u@patients.example 127.0.0.1:{port}");
    words.split(' ').map(str::to_owned).collect()
}
