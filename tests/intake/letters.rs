//! Letters that a relay took, and the answers that people and mail systems send to them.

use crate::support::judge::Judge;
use std::fmt::Write as _;
use std::path::Path;
use tidings::delivery::token::Token;

/// A letter as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// Whose.
    pub(crate) to: String,
    /// What its List-Unsubscribe carries.
    pub(crate) token: Token,
    /// Without `<>`.
    pub(crate) message_id: String,
    /// Its head, as a report brings it back.
    head: String,
}

/// The letter in these bytes, to this address.
pub(crate) fn letter(to: &str, bytes: &[u8]) -> Letter {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let head = text.split("\n\n").next().unwrap().to_owned();
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let field = |name: &str| {
        let found = unfolded.lines().find_map(|line| line.strip_prefix(name));
        found.unwrap_or_else(|| panic!("no {name} in\n{head}")).trim().to_owned()
    };
    let tokens = Token::all_in(&field("List-Unsubscribe:"));
    assert!(!tokens.is_empty(), "no token in\n{head}");
    Letter {
        to: to.to_owned(),
        token: tokens[0],
        message_id: field("Message-ID:").trim_matches(['<', '>']).to_owned(),
        head,
    }
}

/// The letters that the judge keeps, by person.
pub(crate) fn letters(judge: &Judge) -> Vec<Letter> {
    let mut letters: Vec<Letter> = judge
        .accepted()
        .iter()
        .map(|taken| letter(&taken.recipient, &taken.letter(judge)))
        .collect();
    letters.sort_by(|one, other| one.to.cmp(&other.to));
    letters
}

/// The one to this person.
pub(crate) fn to<'a>(letters: &'a [Letter], person: &str) -> &'a Letter {
    letters
        .iter()
        .find(|letter| letter.to.starts_with(&format!("{person}@")))
        .unwrap()
}

/// The same token with one bit of its tag flipped.
pub(crate) fn forged(token: &Token) -> Token {
    let mut forged = *token;
    forged.tag[7] ^= 0x10;
    forged
}

/// What the link in a letter makes: the token in the subject, from whichever address.
pub(crate) fn by_token(from: &str, token: &Token) -> String {
    mail(from, &format!("unsubscribe {token}"), "")
}

/// A mail with these words.
pub(crate) fn mail(from: &str, subject: &str, text: &str) -> String {
    format!(
        "From: {from}\nTo: unsubscribe@mill-lane.example\nSubject: {subject}\nDate: Tue, 3 Nov 2026 10:00:00 +0000\n\
         Message-ID: <{}@home.example>\nContent-Type: text/plain; charset=utf-8\n\n{text}\n",
        subject.bytes().chain(from.bytes()).map(u32::from).sum::<u32>()
    )
}

/// A delivery report (RFC 3464) about these recipients (address, action, status), with the letter's head.
pub(crate) fn report(recipients: &[(&str, &str, &str)], returned: &str) -> String {
    let mut groups = String::new();
    for (address, action, status) in recipients {
        write!(
            groups,
            "\nFinal-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; 550 {status} <{address}>: no such user\n"
        )
        .unwrap();
    }
    format!(
        "From: MAILER-DAEMON@mx.example\nTo: tips@mill-lane.example\nSubject: Undelivered Mail Returned to Sender\n\
         Date: Tue, 3 Nov 2026 10:00:00 +0000\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\n\n\
         --b1\nContent-Type: text/plain\n\nYour mail could not be delivered.\n\n\
         --b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n{groups}\n\
         --b1\nContent-Type: text/rfc822-headers\n\n{returned}\n\n--b1--\n"
    )
}

/// A spam complaint (RFC 5965), its recipient taken out as providers do.
pub(crate) fn complaint(returned: &str) -> String {
    format!(
        "From: feedback@provider.example\nTo: tips@mill-lane.example\nSubject: FW: All about sleep\n\
         Date: Tue, 3 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"b2\"\n\n\
         --b2\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n\
         --b2\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: Provider/1.0\nVersion: 1\n\n\
         --b2\nContent-Type: message/rfc822\n\n{returned}\n\nA text.\n\n--b2--\n"
    )
}

/// A holiday note.
pub(crate) fn vacation(from: &str) -> String {
    let note = mail(from, "Automatic reply: All about sleep", "I am away until Monday.");
    note.replacen("Content-Type", "Auto-Submitted: auto-replied\nContent-Type", 1)
}

impl Letter {
    /// Its head with both proofs.
    pub(crate) fn head(&self) -> String {
        self.head.clone()
    }

    /// Its head with the Message-ID as the only proof.
    pub(crate) fn head_without_token(&self) -> String {
        format!("Subject: All about sleep\nMessage-ID: <{}>", self.message_id)
    }

    /// Its head with every proof spoilt: another Message-ID, and a bit of the token flipped.
    pub(crate) fn forged_head(&self) -> String {
        let head = self
            .head
            .replace("\n ", " ")
            .replace(&self.token.to_string(), &forged(&self.token).to_string());
        let id = if self.message_id.starts_with('a') { "b" } else { "a" };
        head.replace(&self.message_id, &format!("{id}{}", &self.message_id[1..]))
    }
}

/// Puts mails into a Maildir.
pub(crate) fn maildir(folder: &Path, mails: &[String]) {
    for name in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(folder.join(name)).unwrap();
    }
    for (number, mail) in mails.iter().enumerate() {
        std::fs::write(folder.join(format!("new/{}.M1P2.host", 1_700_000_000 + number)), mail).unwrap();
    }
}

/// The same mails as an mbox.
pub(crate) fn mbox(file: &Path, mails: &[String]) {
    let mut text = String::new();
    for mail in mails {
        let quoted: Vec<String> = mail.lines().map(quoted).collect();
        write!(
            text,
            "From someone@example.org Tue Nov  3 10:00:00 2026\n{}\n\n",
            quoted.join("\n")
        )
        .unwrap();
    }
    std::fs::write(file, text).unwrap();
}

fn quoted(line: &str) -> String {
    match line.trim_start_matches('>').starts_with("From ") {
        true => format!(">{line}"),
        false => line.to_owned(),
    }
}

/// How many mails of a Maildir are marked as read.
pub(crate) fn read_mails(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder.join("cur")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name.split(":2,").nth(1).is_some_and(|flags| flags.contains('S')))
        .count()
}
