//! A mail server that plays by a script, also one that no honest server would follow; what a real one does is tested from outside.
//!
//! Promises: no socket, and no waiting: time stands still where a deadline is what is tested.

mod faults;
mod logins;
mod readings;

use super::line::{Line, Patience};
use super::reading::Broken;
use super::{Account, ImapError, Read, Trouble, visit};
use crate::mailbox::{Fate, Mail};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};
use zeroize::Zeroizing;

const SECRET: &str = "open sesame";

/// Who reads in these tests.
fn account() -> Account {
    Account {
        host: "imap.example.org".to_owned(),
        port: 993,
        roots: None,
        user: "clinic".to_owned(),
        secret: Zeroizing::new(SECRET.to_owned()),
        is_token: false,
        folder: "INBOX".to_owned(),
        described: "imap://clinic@imap.example.org:993/INBOX".to_owned(),
    }
}

/// What a server says to each command, in order; `TAG` stands for the command's own. What follows the last is the end of the line.
struct Script {
    greeting: String,
    steps: Vec<(&'static str, String)>,
    /// Whether it falls silent after the last step, instead of hanging up.
    falls_silent: bool,
}

impl Script {
    fn new(greeting: &str) -> Self {
        Self {
            greeting: greeting.to_owned(),
            steps: Vec::new(),
            falls_silent: false,
        }
    }

    /// Everything up to an open folder of UIDVALIDITY 7.
    fn opened() -> Self {
        Self::new("* PREAUTH hello\r\n").says(
            "SELECT \"INBOX\"",
            "* 9 EXISTS\r\n* OK [UIDVALIDITY 7] fine\r\nTAG OK [READ-WRITE] open\r\n",
        )
    }

    fn says(mut self, wanted: &'static str, answer: impl Into<String>) -> Self {
        self.steps.push((wanted, answer.into()));
        self
    }

    /// The list of these mails, each of 30 bytes by the server's account.
    fn lists(self, uids: &[u32]) -> Self {
        let lines: String = uids
            .iter()
            .map(|uid| format!("* {uid} FETCH (UID {uid} RFC822.SIZE 30)\r\n"))
            .collect();
        self.says("(UID RFC822.SIZE)", format!("{lines}TAG OK listed\r\n"))
    }

    /// These mails, each with its number as its text.
    fn hands_out(self, uids: &[u32]) -> Self {
        let mails: String = uids
            .iter()
            .map(|uid| mail(*uid, &format!("Subject: {uid}\r\n\r\n")))
            .collect();
        self.says("BODY.PEEK[]", format!("{mails}TAG OK fetched\r\n"))
    }

    async fn play(self, stream: DuplexStream) -> Vec<String> {
        let (reader, mut writer) = tokio::io::split(stream);
        let mut lines = BufReader::new(reader).lines();
        let mut heard = Vec::new();
        writer.write_all(self.greeting.as_bytes()).await.unwrap();
        let mut tag = String::new();
        for (wanted, answer) in self.steps {
            let Ok(Some(line)) = lines.next_line().await else {
                break;
            };
            assert!(line.contains(wanted), "wanted `{wanted}`, heard `{line}`");
            match line.split_once(' ').filter(|(first, _)| first.starts_with('t')) {
                Some((first, _)) => tag = first.to_owned(),
                None => assert!(!line.starts_with('t')),
            }
            heard.push(line);
            // Whoever has heard enough has hung up.
            let _ = writer.write_all(answer.replace("TAG", &tag).as_bytes()).await;
        }
        if self.falls_silent {
            while let Ok(Some(line)) = lines.next_line().await {
                heard.push(line);
            }
        }
        heard
    }

    /// One visit of a reader who takes every mail and acts on it; with what the server heard.
    async fn visited(self, account: &Account, cursor: Option<&str>) -> (Result<Read, ImapError>, Vec<String>) {
        let (read, heard) = self.visited_by(account, cursor, &mut |_| Ok(Fate::Done)).await;
        let read = read.map_err(|broken| match broken {
            Broken::Server(error) => error,
            Broken::Taker(never) => panic!("{never}"),
        });
        (read, heard)
    }

    async fn visited_by(
        self,
        account: &Account,
        cursor: Option<&str>,
        take: &mut dyn FnMut(&Mail) -> Result<Fate, &'static str>,
    ) -> (Result<Read, Broken<&'static str>>, Vec<String>) {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        tokio::join!(
            visit(Line::new(ours, Patience::default()), account, cursor, take),
            self.play(theirs)
        )
    }
}

/// A mail as it is handed out.
fn mail(uid: u32, text: &str) -> String {
    format!("* {uid} FETCH (UID {uid} BODY[]<0> {{{}}}\r\n{text})\r\n", text.len())
}

/// What goes wrong where a server plays this script.
async fn trouble(script: Script) -> Trouble {
    script.visited(&account(), None).await.0.unwrap_err().trouble
}
