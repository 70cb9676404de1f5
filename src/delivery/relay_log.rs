//! A relay's own log as a witness: which letters it took, by their Message-IDs.
//!
//! Promises: a letter counts as taken only where Postfix put it into its queue (`qmgr … queue active`) or handed it on; a Message-ID
//! alone proves nothing, because Postfix logs it while the letter is still on its way in. Queue ids are used again after `removed`, so
//! lines are read in their order. What is not in the log proves nothing either: it is no evidence, never a "no".
//! Knows the lines that Postfix 2.3 to 3.10 write, behind whatever head syslog or journald puts before them.

use std::collections::HashMap;

/// What a log proves about one letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The letter's Message-ID, without `<>`.
    pub message_id: String,
    /// Postfix's name for it.
    pub queue_id: String,
    /// The line that proves it, from 1.
    pub line: usize,
}

/// Reads a log line by line and keeps what it proves.
#[derive(Debug, Default)]
pub struct RelayLog {
    /// Letters that came in and are in nobody's queue yet, by queue id.
    coming: HashMap<String, String>,
    proofs: Vec<Proof>,
    lines: usize,
    understood: usize,
    first: Option<String>,
    last: Option<String>,
}

impl RelayLog {
    /// Reads the next line.
    pub fn read(&mut self, line: &str) {
        self.lines += 1;
        let Some((head, service, queue_id, rest)) = postfix(line) else {
            return;
        };
        self.understood += 1;
        self.first.get_or_insert_with(|| head.to_owned());
        self.last = Some(head.to_owned());
        match service {
            "cleanup" => {
                if let Some(id) = between(rest, "message-id=<", ">") {
                    self.coming.insert(queue_id.to_owned(), id.to_owned());
                }
            }
            "qmgr" if rest.starts_with("removed") => drop(self.coming.remove(queue_id)),
            "qmgr" if rest.contains("(queue active)") => self.prove(queue_id),
            _ if rest.contains("status=sent") || rest.contains("status=deferred") || rest.contains("status=bounced") => {
                self.prove(queue_id);
            }
            _ => {}
        }
    }

    fn prove(&mut self, queue_id: &str) {
        if let Some(message_id) = self.coming.remove(queue_id) {
            self.proofs.push(Proof {
                message_id,
                queue_id: queue_id.to_owned(),
                line: self.lines,
            });
        }
    }

    /// What is proved about the letter with this Message-ID, written without `<>`.
    pub fn proof(&self, message_id: &str) -> Option<&Proof> {
        self.proofs.iter().find(|proof| proof.message_id == message_id)
    }

    /// How many lines were read, and how many of them Postfix has written.
    pub fn lines(&self) -> (usize, usize) {
        (self.lines, self.understood)
    }

    /// The times of the first and the last line that Postfix has written, as they stand there.
    pub fn span(&self) -> Option<(&str, &str)> {
        self.first.as_deref().zip(self.last.as_deref())
    }
}

/// The parts of a line: its time, the service's short name, the queue id, and what is said about it.
///
/// `Nov 21 06:38:47 mx postfix/cleanup[812]: 4XyZ12: message-id=<…>`; the middle may be `postfix-relay/submission/smtpd[812]`.
fn postfix(line: &str) -> Option<(&str, &str, &str, &str)> {
    let (head, said) = line.split_once("]: ")?;
    let (before, tag) = head.rsplit_once(' ')?;
    let (name, _pid) = tag.split_once('[')?;
    let (program, service) = name.split_once('/')?;
    if !program.starts_with("postfix") {
        return None;
    }
    let service = service.rsplit('/').next()?;
    let (queue_id, rest) = said.split_once(": ")?;
    let is_queue_id = (5..=20).contains(&queue_id.len()) && queue_id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // What stands before the tag is the time and the machine's name.
    let time = before.rsplit_once(' ').map_or(before, |(time, _)| time);
    is_queue_id.then_some((time, service, queue_id, rest))
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(open)?;
    rest.split_once(close).map(|(inner, _)| inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKEN: &str = "\
Nov 21 06:38:47 mx postfix/smtpd[811]: 4XyZ12abc: client=localhost[127.0.0.1]
Nov 21 06:38:47 mx postfix/cleanup[812]: 4XyZ12abc: message-id=<aaaa@riverside.example>
Nov 21 06:38:48 mx postfix/qmgr[640]: 4XyZ12abc: from=<tips@riverside.example>, size=1204, nrcpt=1 (queue active)
Nov 21 06:38:49 mx postfix/smtp[813]: 4XyZ12abc: to=<ann@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=2, status=sent (250 ok)
Nov 21 06:38:49 mx postfix/qmgr[640]: 4XyZ12abc: removed
";

    fn log(text: &str) -> RelayLog {
        let mut log = RelayLog::default();
        text.lines().for_each(|line| log.read(line));
        log
    }

    #[test]
    fn a_letter_in_the_queue_was_taken() {
        let log = log(TAKEN);
        let proof = log.proof("aaaa@riverside.example").unwrap();
        assert_eq!((proof.queue_id.as_str(), proof.line), ("4XyZ12abc", 3));
        assert_eq!(log.proof("bbbb@riverside.example"), None);
        assert_eq!(log.lines(), (5, 5));
        assert_eq!(log.span(), Some(("Nov 21 06:38:47", "Nov 21 06:38:49")));
    }

    #[test]
    fn a_message_id_alone_proves_nothing() {
        let broken_off = "\
Nov 21 06:38:47 mx postfix/cleanup[812]: 4XyZ12abc: message-id=<aaaa@riverside.example>
Nov 21 06:38:48 mx postfix/smtpd[811]: lost connection after DATA (1204 bytes) from localhost[127.0.0.1]
";
        assert_eq!(log(broken_off).proof("aaaa@riverside.example"), None);
        let refused = "\
Nov 21 06:38:47 mx postfix/cleanup[812]: 4XyZ12abc: message-id=<aaaa@riverside.example>
Nov 21 06:38:48 mx postfix/cleanup[812]: 4XyZ12abc: milter-reject: END-OF-MESSAGE from localhost[127.0.0.1]: 5.7.1 no
";
        assert_eq!(log(refused).proof("aaaa@riverside.example"), None);
    }

    #[test]
    fn a_queue_id_that_is_used_again_is_another_letter() {
        let again = format!(
            "{TAKEN}Nov 21 07:00:00 mx postfix/cleanup[812]: 4XyZ12abc: message-id=<bbbb@riverside.example>\n\
             Nov 21 07:00:01 mx postfix/qmgr[640]: 4XyZ12abc: removed\n\
             Nov 21 07:00:02 mx postfix/qmgr[640]: 4XyZ12abc: from=<x@example.org>, size=1, nrcpt=1 (queue active)\n"
        );
        let log = log(&again);
        assert!(log.proof("aaaa@riverside.example").is_some());
        assert_eq!(log.proof("bbbb@riverside.example"), None);
    }

    #[test]
    fn other_heads_and_other_programs() {
        let modern = "\
2026-11-21T06:38:47.123456+00:00 mx postfix/cleanup[812]: A1B2C3D4E5: message-id=<aaaa@riverside.example>
2026-11-21T06:38:47.2+00:00 mx postfix-relay/submission/cleanup[812]: F1B2C3D4E5: message-id=<bbbb@riverside.example>
2026-11-21T06:38:48+00:00 mx postfix/qmgr[640]: A1B2C3D4E5: from=<t@riverside.example>, size=1204, nrcpt=1 (queue active)
2026-11-21T06:38:48+00:00 mx postfix-relay/local[640]: F1B2C3D4E5: to=<b@example.org>, status=bounced (unknown user)
2026-11-21T06:38:49+00:00 mx dovecot: imap-login: Login: user=<ann>
not a log line at all
";
        let log = log(modern);
        assert!(log.proof("aaaa@riverside.example").is_some() && log.proof("bbbb@riverside.example").is_some());
        assert_eq!(log.lines(), (6, 4));
        assert_eq!(
            log.span().unwrap(),
            ("2026-11-21T06:38:47.123456+00:00", "2026-11-21T06:38:48+00:00")
        );
    }
}
