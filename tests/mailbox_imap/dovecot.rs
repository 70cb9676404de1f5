//! Dovecot, the mail server of most providers, as an ordinary process in a temporary folder, on loopback.
//!
//! Promises: it runs without root, as `nobody` where the test is root, on a port that the kernel named, and ends with its test, whatever
//! became of that. Its mailbox is a Maildir, so that what it did with a mail is read from the mail's own file name.

use crate::peers::certificate::Certificate;
use crate::peers::or_passed_over;
use aws_lc_rs::hmac;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tidings::mailbox::imap::Account;
use zeroize::Zeroizing;

pub(super) const PASSWORD: &str = "open sesame";

/// Somebody whose password is in the way of quoting.
pub(super) const ODD_USER: &str = "odd";
pub(super) const ODD_PASSWORD: &str = "pä\"ss \\wörd";

/// What tokens are signed with.
const KEY: &[u8] = b"the key of one test, for tokens";

/// A token for the reader (RFC 7519), as a provider gives them out; good until this second since 1970.
pub(super) fn token(until: u64) -> Zeroizing<String> {
    let head = BASE64URL_NOPAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let body = BASE64URL_NOPAD.encode(format!(r#"{{"sub":"reader","iat":1,"exp":{until}}}"#).as_bytes());
    let signed = format!("{head}.{body}");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, KEY), signed.as_bytes());
    Zeroizing::new(format!("{signed}.{}", BASE64URL_NOPAD.encode(tag.as_ref())))
}

/// A mailbox, and the server that has it.
pub(super) struct Dovecot {
    program: PathBuf,
    certificate: Certificate,
    folder: tempfile::TempDir,
    running: Option<(Child, u16)>,
    delivered: u32,
}

/// Whose processes they are.
struct Owner {
    user: String,
    group: String,
    ids: Option<(u32, u32)>,
}

impl Dovecot {
    /// A running server with a certificate for `localhost`; `None` where Dovecot is not installed.
    pub(super) fn start() -> Option<Self> {
        Self::with(Certificate::naming(&["localhost"]))
    }

    /// A running server with this certificate.
    pub(super) fn with(certificate: Certificate) -> Option<Self> {
        let named = std::env::var_os("TIDINGS_TEST_DOVECOT").map_or_else(|| PathBuf::from("/usr/sbin/dovecot"), PathBuf::from);
        let program = or_passed_over(Some(named).filter(|program| program.is_file()), "dovecot")?;
        let mut server = Self {
            program,
            certificate,
            folder: tempfile::tempdir().unwrap(),
            running: None,
            delivered: 0,
        };
        server.furnish();
        server.start_again();
        Some(server)
    }

    /// A reader with the right password.
    pub(super) fn account(&self) -> Account {
        let port = self.running.as_ref().map_or(0, |(_, port)| *port);
        Account {
            host: "localhost".to_owned(),
            port,
            roots: Some(std::fs::read(self.certificate.authority()).unwrap()),
            user: "reader".to_owned(),
            secret: Zeroizing::new(PASSWORD.to_owned()),
            is_token: false,
            folder: "INBOX".to_owned(),
            described: format!("imap://reader@localhost:{port}/INBOX"),
        }
    }

    /// Puts a mail into the inbox, as a delivery agent does.
    pub(super) fn deliver(&mut self, text: &str) {
        self.deliver_into("", text);
    }

    /// Puts a mail into a folder, by its name on disk.
    pub(super) fn deliver_into(&mut self, folder: &str, text: &str) {
        let maildir = self.maildir().join(folder);
        if !maildir.join("new").is_dir() {
            self.make_maildir(&maildir);
        }
        self.delivered += 1;
        let name = format!("{:07}.mail.example", self.delivered);
        let written = maildir.join("tmp").join(&name);
        std::fs::write(&written, text).unwrap();
        std::fs::set_permissions(&written, std::fs::Permissions::from_mode(0o644)).unwrap();
        std::fs::rename(written, maildir.join("new").join(name)).unwrap();
    }

    /// The mails of the inbox in order of delivery, with whether each is marked as read.
    pub(super) fn mails(&self) -> Vec<(String, bool)> {
        let files = ["new", "cur"].map(|part| std::fs::read_dir(self.maildir().join(part)).unwrap());
        let mut files: Vec<PathBuf> = files.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        files.sort_by_key(|file| file.file_name().unwrap().to_owned());
        let is_seen = |file: &Path| {
            let name = file.to_string_lossy();
            name.rsplit_once(":2,").is_some_and(|(_, flags)| flags.contains('S'))
        };
        let mail = |file: &PathBuf| (std::fs::read_to_string(file).unwrap(), is_seen(file));
        files.iter().map(mail).collect()
    }

    /// Takes away by what the server knows its mails: it numbers them anew, under a new UIDVALIDITY.
    pub(super) fn forget_numbers(&self) {
        let files = std::fs::read_dir(self.maildir()).unwrap().map(|entry| entry.unwrap().path());
        let numbers = |file: &PathBuf| {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with("dovecot.index") || name == "dovecot-uidlist"
        };
        let forgotten: Vec<PathBuf> = files.filter(numbers).collect();
        assert!(!forgotten.is_empty());
        forgotten.iter().for_each(|file| std::fs::remove_file(file).unwrap());
    }

    /// Ends the server and all its processes at once, without a word to anybody.
    pub(super) fn kill(&mut self) {
        let Some((mut process, _)) = self.running.take() else {
            return;
        };
        // The group is its own: no other process is in it.
        let group = format!("-{}", process.id());
        drop(
            Command::new("kill")
                .args(["-KILL", "--", &group])
                .stderr(Stdio::null())
                .status(),
        );
        drop(process.kill());
        drop(process.wait());
        // Those that the server started end a moment later, and may still be writing.
        for _ in 0..1_000 {
            if !lives(process.id()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Starts it on a free port. Should somebody else take that in between, another one is tried.
    pub(super) fn start_again(&mut self) {
        for _ in 0..5 {
            let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
            let port = listener.local_addr().unwrap().port();
            drop(listener);
            self.running = Some((self.spawn(port), port));
            if self.answers(port) {
                return;
            }
            self.kill();
        }
        let said = std::fs::read_to_string(self.at("log")).unwrap_or_default();
        panic!("Dovecot does not start:\n{said}");
    }

    fn answers(&mut self, port: u16) -> bool {
        for _ in 0..1_000 {
            let ended = self
                .running
                .as_mut()
                .is_none_or(|(process, _)| process.try_wait().unwrap().is_some());
            if ended {
                return false;
            }
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    fn spawn(&self, port: u16) -> Child {
        let owner = Owner::here();
        std::fs::write(self.at("dovecot.conf"), configuration(self.folder.path(), &owner, port)).unwrap();
        let mut command = Command::new(&self.program);
        command.arg("-F").arg("-c").arg(self.at("dovecot.conf")).process_group(0);
        if let Some((user, group)) = owner.ids {
            command.uid(user).gid(group);
        }
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.spawn().unwrap()
    }

    /// What is the same at every start.
    fn furnish(&self) {
        for folder in ["run", "home", "home/reader", "home/odd"] {
            std::fs::create_dir(self.at(folder)).unwrap();
        }
        std::fs::copy(self.certificate.server(), self.at("server.pem")).unwrap();
        std::fs::copy(self.certificate.key(), self.at("server.key")).unwrap();
        std::fs::write(self.at("users"), format!("reader:{PASSWORD}\n{ODD_USER}:{ODD_PASSWORD}\n")).unwrap();
        let tokens = format!(
            "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={}/\n",
            self.at("keys").display()
        );
        std::fs::write(self.at("tokens.conf"), tokens + "username_attribute = sub\n").unwrap();
        std::fs::create_dir_all(self.at("keys/default/HS256")).unwrap();
        std::fs::write(self.at("keys/default/HS256/default"), BASE64.encode(KEY)).unwrap();
        if let Some((user, group)) = Owner::here().ids {
            chown(self.folder.path(), Some(user), Some(group)).unwrap();
            for name in ["run", "home", "home/reader", "home/odd", "server.pem", "server.key", "users"] {
                chown(self.at(name), Some(user), Some(group)).unwrap();
            }
        }
        self.make_maildir(&self.maildir());
    }

    fn make_maildir(&self, maildir: &Path) {
        let ids = Owner::here().ids;
        for folder in [
            maildir.to_owned(),
            maildir.join("new"),
            maildir.join("cur"),
            maildir.join("tmp"),
        ] {
            std::fs::create_dir(&folder).unwrap();
            if let Some((user, group)) = ids {
                chown(&folder, Some(user), Some(group)).unwrap();
            }
        }
    }

    fn maildir(&self) -> PathBuf {
        self.at("home/reader/Maildir")
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Whether a process of this group still runs: `/proc/N/stat` has state, parent and group behind the name in brackets.
fn lives(group: u32) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let mut stats = processes.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    stats.any(|stat| {
        let mut fields = stat.rsplit_once(") ").map_or("", |(_, rest)| rest).split(' ');
        let (state, found) = (fields.next(), fields.nth(1));
        state != Some("Z") && found == Some(group.to_string().as_str())
    })
}

impl Owner {
    /// Whoever runs the tests; `nobody` where that is root, whom Dovecot lets read no mail.
    fn here() -> Self {
        let said = |arguments: &[&str]| {
            let output = Command::new("id").args(arguments).output().unwrap();
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        if said(&["-u"]) != "0" {
            return Self {
                user: said(&["-un"]),
                group: said(&["-gn"]),
                ids: None,
            };
        }
        Self {
            user: "nobody".to_owned(),
            group: said(&["-gn", "nobody"]),
            ids: Some((
                said(&["-u", "nobody"]).parse().unwrap(),
                said(&["-g", "nobody"]).parse().unwrap(),
            )),
        }
    }
}

/// Everything under one user, nothing outside of the folder (doc.dovecot.org, "Rootless Installation").
fn configuration(folder: &Path, owner: &Owner, port: u16) -> String {
    let (folder, Owner { user, group, .. }) = (folder.display(), owner);
    format!(
        "base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
auth_failure_delay = 0
auth_mechanisms = plain login xoauth2
mail_location = maildir:~/Maildir
mail_fsync = never
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/tokens.conf
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home/%u
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"
    )
}
