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
    /// Postfix's name for it.
    pub queue_id: String,
    /// The line that proves it, from 1.
    pub line: usize,
}

/// Reads a log line by line and keeps what it proves.
#[derive(Debug, Default)]
pub struct RelayLog {
    /// Letters that came in and are in nobody's queue yet, by machine, instance and queue id.
    coming: HashMap<(String, String, String), String>,
    /// By Message-ID.
    proofs: HashMap<String, Proof>,
    lines: usize,
    understood: usize,
    first: Option<String>,
    last: Option<String>,
}

/// A line of Postfix's about a letter in one of its queues.
struct Entry<'a> {
    time: &'a str,
    host: &'a str,
    /// `postfix`, or another instance's name.
    instance: &'a str,
    service: &'a str,
    queue_id: &'a str,
    said: &'a str,
}

impl RelayLog {
    /// Reads the next line.
    pub fn read(&mut self, line: &str) {
        self.lines += 1;
        let Some(entry) = postfix(line) else { return };
        self.understood += 1;
        self.first.get_or_insert_with(|| entry.time.to_owned());
        self.last = Some(entry.time.to_owned());
        let key = [entry.host, entry.instance, entry.queue_id].map(str::to_owned);
        let key: (String, String, String) = key.into();
        let handed_on = ["status=sent", "status=deferred", "status=bounced"];
        match entry.service {
            "cleanup" if entry.said.starts_with("message-id=") => {
                self.coming.remove(&key);
                if let Some(id) = between(entry.said, "message-id=<", ">") {
                    self.coming.insert(key, id.to_owned());
                }
            }
            // A new letter, or the end of one: whatever had this queue id before, has it no more.
            "smtpd" | "pickup" if entry.said.starts_with("client=") || entry.said.starts_with("uid=") => {
                self.coming.remove(&key);
            }
            "qmgr" if entry.said == "removed" => {
                self.coming.remove(&key);
            }
            "qmgr" if entry.said.ends_with("(queue active)") => self.prove(&key),
            "smtp" | "lmtp" | "local" | "virtual" | "pipe" | "error" | "retry" | "discard"
                if handed_on.iter().any(|status| entry.said.contains(status)) =>
            {
                self.prove(&key);
            }
            _ => {}
        }
    }

    fn prove(&mut self, key: &(String, String, String)) {
        let Some(message_id) = self.coming.remove(key) else { return };
        let (queue_id, line) = (key.2.clone(), self.lines);
        self.proofs.entry(message_id).or_insert(Proof { queue_id, line });
    }

    /// What is proved about the letter with this Message-ID, written without `<>`.
    pub fn proof(&self, message_id: &str) -> Option<&Proof> {
        self.proofs.get(message_id)
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

/// The parts of a line such as `Nov 21 06:38:47 mx postfix/cleanup[812]: 4XyZ12: message-id=<…>`; the tag may be
/// `postfix-relay/submission/smtpd[812]`.
fn postfix(line: &str) -> Option<Entry<'_>> {
    let (head, text) = line.split_once("]: ")?;
    let (before, tag) = head.rsplit_once(' ')?;
    let (name, _pid) = tag.split_once('[')?;
    let (instance, service) = name.split_once('/')?;
    if !instance.starts_with("postfix") {
        return None;
    }
    let service = service.rsplit('/').next()?;
    let (queue_id, said) = text.split_once(": ")?;
    let is_queue_id = (5..=20).contains(&queue_id.len()) && queue_id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let (time, host) = before.rsplit_once(' ').unwrap_or((before, ""));
    is_queue_id.then_some(Entry {
        time,
        host,
        instance,
        service,
        queue_id,
        said: said.trim_end(),
    })
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
    fn another_letters_lines_prove_nothing() {
        let never = |text: &str| assert_eq!(log(text).proof("aaaa@riverside.example"), None, "{text}");
        let ours = "Nov 21 06:38:47 mx postfix/cleanup[812]: 4XyZ12abc: message-id=<aaaa@riverside.example>\n";
        // Broken off; the queue id goes to a letter whose Message-ID has no brackets, and to one that says nothing of its own.
        for next in [
            "cleanup[812]: 4XyZ12abc: message-id=odd",
            "smtpd[812]: 4XyZ12abc: client=other[192.0.2.9]",
        ] {
            never(&format!(
                "{ours}Nov 21 07:00:00 mx postfix/{next}\nNov 21 07:00:01 mx postfix/qmgr[640]: 4XyZ12abc: from=<x@example.org>, size=1, nrcpt=1 (queue active)\n"
            ));
        }
        // Another instance's queue, another machine's, and a daemon that hands nothing on.
        for (host, tag) in [("mx", "postfix-in/qmgr"), ("mx2", "postfix/qmgr"), ("mx", "postfix/smtpd")] {
            never(&format!(
                "{ours}Nov 21 06:38:48 {host} {tag}[640]: 4XyZ12abc: x, status=sent (queue active)\n"
            ));
        }
        // A header that somebody wrote into their own mail.
        never(
            "Nov 21 06:38:47 mx postfix/cleanup[812]: 4XyZ12abc: resent-message-id=<aaaa@riverside.example>\n\
             Nov 21 06:38:48 mx postfix/qmgr[640]: 4XyZ12abc: from=<x@example.org>, size=1, nrcpt=1 (queue active)\n",
        );
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
