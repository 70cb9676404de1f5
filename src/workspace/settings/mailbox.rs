//! Who reads what people answer: a person, `mail-in` from a mailbox on this machine, or from a server's folder.

use super::file::{ImapFile, UnsubscribeFile};
use super::login::PasswordSource;
use crate::finding::yaml::Inspection;

/// How the unsubscribe mailbox is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailboxSettings {
    /// Somebody of the clinic reads it and acts: their choice, on record in the settings.
    pub read_by_hand: bool,
    /// A Maildir folder or an mbox file, relative to the workspace; `run` and `send` read it before they send.
    pub path: Option<String>,
    /// A folder on a mail server.
    pub imap: Option<ImapSettings>,
}

/// A folder on a mail server, over TLS from the first byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImapSettings {
    /// The server's name, which its certificate must have.
    pub host: String,
    /// Usually 993.
    pub port: u16,
    /// A file with roots to trust instead of the system's.
    pub roots: Option<String>,
    /// The name to log in with.
    pub user: String,
    /// Where the password, or the OAuth token, is.
    pub password: PasswordSource,
    /// Whether it is an OAuth token.
    pub is_token: bool,
    /// The folder; `INBOX` where the settings name none.
    pub folder: String,
}

impl ImapSettings {
    /// How messages and the store name it.
    pub fn described(&self) -> String {
        format!("imap://{}@{}:{}/{}", self.user, self.host, self.port, self.folder)
    }
}

/// How the mailbox is read, if the file says it rightly.
pub(super) fn check(desk: &mut Inspection<'_>, file: Option<&UnsubscribeFile>) -> Option<MailboxSettings> {
    let Some(file) = file else {
        return Some(MailboxSettings::default());
    };
    let path = file.mailbox.as_deref().map(str::trim).filter(|path| !path.is_empty());
    if file.mailbox.is_some() && path.is_none() {
        let hint = "name a Maildir folder or an mbox file, like `mailbox: /var/mail/unsubscribe`, or take the line away";
        desk.wrong(&["unsubscribe", "mailbox"], "`unsubscribe.mailbox` names nothing", hint);
        return None;
    }
    if let Some(short) = path.filter(|path| path.starts_with('~')) {
        let text = format!("`{short}` begins with `~`, which only a shell understands");
        let hint = "write the whole path, like `mailbox: /home/clinic/Maildir`";
        desk.wrong(&["unsubscribe", "mailbox"], text, hint);
        return None;
    }
    let imap = match &file.imap {
        Some(imap) => Some(imap_folder(desk, imap)?),
        None => None,
    };
    Some(MailboxSettings {
        read_by_hand: file.read_by_hand.unwrap_or(false),
        path: path.map(str::to_owned),
        imap,
    })
}

fn imap_folder(desk: &mut Inspection<'_>, file: &ImapFile) -> Option<ImapSettings> {
    let host = desk.required(
        &["unsubscribe", "imap", "host"],
        file.host.as_ref(),
        "the mail server, like `imap.example.org`",
    );
    let user = desk.required(
        &["unsubscribe", "imap", "user"],
        file.user.as_ref(),
        "the name to log in with, often the whole address",
    );
    let password = password(desk, file);
    let is_token = match file.login.as_deref() {
        None | Some("plain" | "login") => Some(false),
        Some("xoauth2") => Some(true),
        Some(other) => {
            let text = format!("`{other}` is no way to log in");
            let hint = crate::finding::suggestion::hint(other, ["plain", "login", "xoauth2"]);
            desk.wrong(&["unsubscribe", "imap", "login"], text, hint);
            None
        }
    };
    Some(ImapSettings {
        host: host?,
        port: file.port.unwrap_or(993),
        roots: file.roots.clone(),
        user: user?,
        password: password?,
        is_token: is_token?,
        folder: file.folder.clone().unwrap_or_else(|| "INBOX".to_owned()),
    })
}

fn password(desk: &mut Inspection<'_>, file: &ImapFile) -> Option<PasswordSource> {
    const HINT: &str = "put the password into a file beside this one (chmod 600) and write `password_file: imap.password`";
    if file.password.is_some() {
        desk.wrong(
            &["unsubscribe", "imap", "password"],
            "a password does not stand in this file, which others may read",
            HINT,
        );
        return None;
    }
    let ways = [
        file.password_env.clone().map(PasswordSource::Env),
        file.password_file.clone().map(PasswordSource::File),
        file.password_command.clone().map(PasswordSource::Command),
    ];
    let mut ways = ways.into_iter().flatten();
    match (ways.next(), ways.next()) {
        (Some(way), None) => Some(way),
        (None, _) => {
            desk.wrong(
                &["unsubscribe", "imap"],
                "`unsubscribe.imap` says nowhere where the password is",
                HINT,
            );
            None
        }
        (Some(_), Some(_)) => {
            desk.wrong(
                &["unsubscribe", "imap"],
                "`unsubscribe.imap` names more than one place for the password",
                "keep one of them",
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn who_reads_the_answers_is_said_in_one_way() {
        let mailbox = |keys: &str| {
            let text = crate::workspace::settings::tests::SOUND.replace("unsubscribe: {", &format!("unsubscribe: {{{keys}, "));
            let (settings, findings) = crate::workspace::settings::Settings::check(&text);
            settings.unwrap_or_else(|| panic!("{findings:?}")).mailbox
        };
        assert!(mailbox("read_by_hand: true").read_by_hand);
        assert_eq!(mailbox("mailbox: mail/leaving").path.as_deref(), Some("mail/leaving"));
        let imap = mailbox("imap: {host: imap.example.org, user: u, password_file: p}")
            .imap
            .unwrap();
        assert_eq!((imap.port, imap.folder.as_str(), imap.is_token), (993, "INBOX", false));
        assert_eq!(imap.described(), "imap://u@imap.example.org:993/INBOX");
        let wrong = |keys: &str, place: &str, words: &str| {
            let text = crate::workspace::settings::tests::SOUND.replace("unsubscribe: {", &format!("unsubscribe: {{{keys}, "));
            let findings = crate::workspace::settings::tests::told(&text);
            let found = findings
                .iter()
                .find(|finding| finding.starts_with(&format!("tidings.yaml:{place}: {words}")));
            assert!(found.is_some_and(|finding| finding.contains("hint: ")), "{findings:?}");
        };
        wrong("mailbox: ''", "8:24", "`unsubscribe.mailbox` names nothing");
        wrong(
            "mailbox: ~/Maildir",
            "8:24",
            "`~/Maildir` begins with `~`, which only a shell understands",
        );
        wrong(
            "imap: {host: h, user: u}",
            "8:21",
            "`unsubscribe.imap` says nowhere where the password is",
        );
        wrong(
            "imap: {host: h, user: u, password: x}",
            "8:50",
            "a password does not stand in this file",
        );
        wrong(
            "imap: {user: u, password_file: p}",
            "8:15",
            "`unsubscribe.imap.host` is missing",
        );
        wrong(
            "imap: {host: h, user: u, password_file: p, login: xoauth}",
            "8:65",
            "`xoauth` is no way to log in",
        );
        wrong(
            "url: 'https://riverside.example/u?x'",
            "8:20",
            "`https://riverside.example/u?x` is no https address of a page",
        );
        wrong(
            "url: 'https://riverside.example/u'",
            "8:20",
            "warning: mail programs show no unsubscribe button",
        );
    }
}
