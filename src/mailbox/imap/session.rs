//! A session with a mail server: the seven commands that reading a folder takes, each with its own way to fail.
//!
//! Promises: an answer counts only with the server's last word to the command, so that a lost connection is never an empty folder; what
//! it says of its own accord is passed over; the secret is in no text. Knows nothing of what mails are for.

use super::line::Line;
use super::name;
use super::trouble::Trouble;
use crate::address::mask_all;
use crate::mailbox::MOST_BYTES;
use imap_proto::{AttributeValue, MailboxDatum, NameAttribute, Response, ResponseCode, Status};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use zeroize::Zeroizing;

/// More mails that are new to us are a mistake in the settings; a list of them takes 4 MB.
pub(super) const MOST_MAILS: usize = 500_000;
/// Folders that are named where the right one is missing.
const MOST_FOLDERS: usize = 1_000;
/// Longer words than these tell nobody more.
const MOST_WORDS: usize = 200;

/// An open folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Folder {
    /// By which numbering its UIDs hold.
    pub(super) validity: u32,
    /// Whether it is empty.
    pub(super) is_empty: bool,
    /// Whether mails can be marked in it.
    pub(super) is_writable: bool,
}

/// A mail by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Listed {
    pub(super) uid: u32,
    /// By the server's own account, which some of them only guess.
    pub(super) size: usize,
}

/// The last word to a command.
pub(super) struct Verdict {
    pub(super) is_yes: bool,
    pub(super) words: String,
    is_read_only: bool,
}

/// A line that has been greeted on.
pub(super) struct Session<S> {
    line: Line<S>,
    commands: u32,
    /// What no text may repeat.
    pub(super) secrets: Vec<Zeroizing<String>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Waits for the greeting; tells whether we are known already (PREAUTH).
    pub(super) async fn greeted(line: Line<S>) -> Result<(Self, bool), Trouble> {
        let mut session = Self {
            line,
            commands: 0,
            secrets: Vec::new(),
        };
        let greeting = session.line.answer().await?;
        let is_known = match understood(&mend(greeting))? {
            Some(Response::Data { status: Status::Ok, .. }) => false,
            Some(Response::Data {
                status: Status::PreAuth, ..
            }) => true,
            Some(Response::Data { outcome, .. }) => {
                let words = session.discreet(outcome.information.as_deref());
                return Err(Trouble::Unavailable { words });
            }
            _ => {
                return Err(Trouble::Confused {
                    what: "its greeting is none",
                });
            }
        };
        Ok((session, is_known))
    }

    /// Says a command and hears the answers to it, until the last word. Whatever it is asked meanwhile gets an empty answer.
    pub(super) async fn ask(&mut self, command: &str, hear: &mut dyn FnMut(Response<'_>)) -> Result<Verdict, Trouble> {
        let tag = self.say(command).await?;
        self.heard_out(&tag, hear).await
    }

    /// Says a command; its tag is how the last word to it is known.
    pub(super) async fn say(&mut self, command: &str) -> Result<String, Trouble> {
        self.commands += 1;
        let tag = format!("t{}", self.commands);
        let line = Zeroizing::new(format!("{tag} {command}\r\n"));
        self.line.write(line.as_bytes()).await?;
        Ok(tag)
    }

    pub(super) async fn heard_out(&mut self, tag: &str, hear: &mut dyn FnMut(Response<'_>)) -> Result<Verdict, Trouble> {
        let patience = self.line.patience.command;
        let hearing = timeout(patience, self.hear_out(tag, hear)).await;
        hearing.unwrap_or(Err(Trouble::Silent(patience)))
    }

    async fn hear_out(&mut self, tag: &str, hear: &mut dyn FnMut(Response<'_>)) -> Result<Verdict, Trouble> {
        let mut farewell = None;
        loop {
            let answer = match (self.line.answer().await, farewell.take()) {
                (Ok(answer), _) => mend(answer),
                (Err(_), Some(words)) => return Err(Trouble::Unavailable { words }),
                (Err(trouble), None) => return Err(trouble),
            };
            match understood(&answer)? {
                Some(Response::Done {
                    tag: ours,
                    status,
                    outcome,
                }) if ours.0 == tag => {
                    return Ok(Verdict {
                        is_yes: status == Status::Ok,
                        words: self.discreet(outcome.information.as_deref()),
                        is_read_only: outcome.code == Some(ResponseCode::ReadOnly),
                    });
                }
                Some(Response::Done { .. }) => {
                    return Err(Trouble::Confused {
                        what: "it answers a command that was never said",
                    });
                }
                Some(Response::Data {
                    status: Status::Bye,
                    outcome,
                }) => farewell = Some(self.discreet(outcome.information.as_deref())),
                Some(Response::Continue(_)) => self.line.write(b"\r\n").await?,
                Some(other) => hear(other),
                None => {}
            }
        }
    }

    /// Answers the question of a command that has been said; `None` where the last word comes instead of a question.
    pub(super) async fn answer_question(&mut self, tag: &str, answer: &str) -> Result<Option<Verdict>, Trouble> {
        loop {
            let heard = mend(self.line.answer().await?);
            match understood(&heard)? {
                Some(Response::Continue(_)) => {
                    let line = Zeroizing::new(format!("{answer}\r\n"));
                    self.line.write(line.as_bytes()).await?;
                    return Ok(None);
                }
                Some(Response::Done { tag: ours, outcome, .. }) if ours.0 == tag => {
                    return Ok(Some(Verdict {
                        is_yes: false,
                        words: self.discreet(outcome.information.as_deref()),
                        is_read_only: false,
                    }));
                }
                Some(Response::Data {
                    status: Status::Bye,
                    outcome,
                }) => {
                    let words = self.discreet(outcome.information.as_deref());
                    return Err(Trouble::Unavailable { words });
                }
                _ => {}
            }
        }
    }

    /// Opens a folder, to read and to mark.
    pub(super) async fn select(&mut self, folder: &str) -> Result<Folder, Trouble> {
        let (mut validity, mut count) = (None, 0);
        let command = format!("SELECT {}", quoted(&name::encode(folder)));
        let verdict = self
            .ask(&command, &mut |response| match response {
                Response::Data { outcome, .. } => {
                    if let Some(ResponseCode::UidValidity(found)) = outcome.code {
                        validity = Some(found);
                    }
                }
                Response::MailboxData(MailboxDatum::Exists(found)) => count = found,
                _ => {}
            })
            .await?;
        if !verdict.is_yes {
            return Err(self.why_not(folder, verdict.words).await?);
        }
        let validity = validity.ok_or(Trouble::Confused {
            what: "it gives mails no lasting numbers (UIDVALIDITY)",
        })?;
        Ok(Folder {
            validity,
            is_empty: count == 0,
            is_writable: !verdict.is_read_only,
        })
    }

    async fn why_not(&mut self, folder: &str, words: String) -> Result<Trouble, Trouble> {
        let known = self.folders().await?;
        Ok(match known.iter().any(|name| name == folder) {
            _ if is_for_now(&words) => Trouble::Unavailable { words },
            true => Trouble::FolderRefused {
                folder: folder.to_owned(),
                words,
            },
            false => Trouble::NoSuchFolder {
                folder: folder.to_owned(),
                known,
            },
        })
    }

    /// The folders that can be opened.
    async fn folders(&mut self) -> Result<Vec<String>, Trouble> {
        let mut names = Vec::new();
        let mut hear = |response: Response<'_>| {
            if let Response::MailboxData(MailboxDatum::List(found)) = response
                && !found.name_attributes.contains(&NameAttribute::NoSelect)
                && names.len() < MOST_FOLDERS
            {
                names.push(name::decode(&found.name));
            }
        };
        // Where even that is refused, none is known.
        self.ask("LIST \"\" \"*\"", &mut hear).await?;
        names.sort();
        Ok(names)
    }

    /// The mails above a number, by their own, in order.
    pub(super) async fn newer_than(&mut self, uid: u32, folder: &str) -> Result<Vec<Listed>, Trouble> {
        let Some(first) = uid.checked_add(1) else {
            return Ok(Vec::new());
        };
        let (mut listed, mut surplus) = (Vec::new(), false);
        let command = format!("UID FETCH {first}:* (UID RFC822.SIZE)");
        let verdict = self
            .ask(&command, &mut |response| {
                // `*` is the last mail, also where that is an old one.
                let found = listed_in(&response).filter(|found| found.uid >= first);
                surplus |= found.is_some() && listed.len() == MOST_MAILS;
                listed.extend(found.filter(|_| !surplus));
            })
            .await?;
        if surplus {
            let (folder, most) = (folder.to_owned(), MOST_MAILS);
            return Err(Trouble::TooMany { folder, most });
        }
        verdict.or_refused("list the mails of the folder")?;
        listed.sort_unstable();
        listed.dedup_by_key(|mail| mail.uid);
        Ok(listed)
    }

    /// Fetches mails without marking them, one by one, as they come.
    pub(super) async fn fetch(&mut self, uids: &[u32], mut take: impl FnMut(u32, &[u8])) -> Result<(), Trouble> {
        // One byte more than is taken tells a mail that is larger than its server said.
        let command = format!("UID FETCH {} (UID BODY.PEEK[]<0.{}>)", set(uids), MOST_BYTES + 1);
        let verdict = self
            .ask(&command, &mut |response| {
                if let Response::Fetch(_, attributes) = response
                    && let (Some(uid), Some(bytes)) = (uid_of(&attributes), body_of(&attributes))
                {
                    take(uid, bytes);
                }
            })
            .await?;
        verdict.or_refused("hand a mail out")
    }

    /// Those of the mails that are still there.
    pub(super) async fn still_there(&mut self, uids: &[u32]) -> Result<Vec<u32>, Trouble> {
        let mut found = Vec::new();
        let mut hear = |response: Response<'_>| found.extend(listed_in(&response).map(|mail| mail.uid));
        let command = format!("UID FETCH {} (UID RFC822.SIZE)", set(uids));
        let verdict = self.ask(&command, &mut hear).await?;
        verdict.or_refused("list the mails of the folder")?;
        found.retain(|uid| uids.contains(uid));
        Ok(found)
    }

    /// Marks mails as read; whether the server did.
    pub(super) async fn mark_read(&mut self, uids: &[u32]) -> Result<bool, Trouble> {
        let command = format!("UID STORE {} +FLAGS.SILENT (\\Seen)", set(uids));
        Ok(self.ask(&command, &mut |_| {}).await?.is_yes)
    }

    /// Takes leave. All is done by now: a server that does not answer has kept nothing back.
    pub(super) async fn take_leave(mut self) {
        let patience = self.line.patience.goodbye;
        let _ = timeout(patience, self.ask("LOGOUT", &mut |_| {})).await;
    }

    /// What the server said, for a person to read.
    pub(super) fn discreet(&self, words: Option<&str>) -> String {
        let words = words.map_or("", str::trim);
        let repeats = |secret: &Zeroizing<String>| {
            let telling: String = secret.chars().take(8).collect();
            telling.chars().count() >= 3 && words.contains(&telling)
        };
        if self.secrets.iter().any(repeats) {
            return "***".to_owned();
        }
        let escaped: String = mask_all(words)
            .chars()
            .flat_map(|c| match c.is_control() {
                true => c.escape_unicode().collect::<Vec<_>>(),
                false => vec![c],
            })
            .take(MOST_WORDS)
            .collect();
        if escaped.is_empty() { "nothing".to_owned() } else { escaped }
    }
}

impl Verdict {
    fn or_refused(self, doing: &'static str) -> Result<(), Trouble> {
        match self.is_yes {
            true => Ok(()),
            false if is_for_now(&self.words) => Err(Trouble::Unavailable { words: self.words }),
            false => Err(Trouble::Refused {
                doing,
                words: self.words,
            }),
        }
    }
}

/// Whether a no is one for now, by the codes of RFC 5530 or in words that providers use.
pub(super) fn is_for_now(words: &str) -> bool {
    let words = words.to_lowercase();
    let signs = [
        "[unavailable]",
        "[inuse]",
        "[limit]",
        "[serverbug]",
        "too many",
        "try again",
        "temporar",
    ];
    signs.iter().any(|sign| words.contains(sign))
}

/// Text as a quoted string (RFC 3501 §4.3); letters beyond ASCII go as they are, which servers take.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

fn set(uids: &[u32]) -> String {
    let uids: Vec<String> = uids.iter().map(u32::to_string).collect();
    uids.join(",")
}

fn uid_of(attributes: &[AttributeValue<'_>]) -> Option<u32> {
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    })
}

fn body_of<'a>(attributes: &'a [AttributeValue<'_>]) -> Option<&'a [u8]> {
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::BodySection {
            section: None,
            data: Some(data),
            ..
        } => Some(data.as_ref()),
        _ => None,
    })
}

fn listed_in(response: &Response<'_>) -> Option<Listed> {
    let Response::Fetch(_, attributes) = response else {
        return None;
    };
    let size = attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::Rfc822Size(size) => usize::try_from(*size).ok(),
        _ => None,
    })?;
    let uid = uid_of(attributes)?;
    Some(Listed { uid, size })
}

/// The parser takes the first letter behind a `]` for a blank, and falls over one that is longer than a byte.
pub(super) fn mend(mut answer: Vec<u8>) -> Vec<u8> {
    let end = answer.iter().position(|&byte| byte == b'\n').unwrap_or(answer.len());
    let bracket = answer[..end]
        .windows(2)
        .position(|pair| pair[0] == b']' && !pair[1].is_ascii());
    if let Some(at) = bracket {
        answer.insert(at + 1, b' ');
    }
    answer
}

/// An answer, if it is one that we know; what a server says of its own accord may be something else.
pub(super) fn understood(answer: &[u8]) -> Result<Option<Response<'_>>, Trouble> {
    let is_fetch = answer
        .windows(7)
        .take(32)
        .any(|window| window.eq_ignore_ascii_case(b" FETCH "));
    match Response::parse(answer) {
        Ok((_, response)) => Ok(Some(response)),
        Err(_) if answer.starts_with(b"* ") && !is_fetch => Ok(None),
        Err(_) => Err(Trouble::Confused { what: "it is no IMAP" }),
    }
}
