//! Where a password comes from, the relay's or a mailbox's: the environment, a file, or a command.
//!
//! Promises: neither the secret nor anything that a command printed is ever shown, not even where it is wrong; a file that other users
//! can read is refused; a command has a time limit. Knows nothing of how the password is said.

use super::failure::{Failure, Kind, plain};
use crate::relay::server::{Login, Renewal, Secret, Way};
use crate::workspace::settings::{LoginWay, PasswordSource, RelaySettings};
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use zeroize::Zeroizing;

/// No token is longer.
const MOST: usize = 64 * 1024;
/// Long enough for a password manager or a token server, short enough for cron.
const PATIENCE: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(20);
/// What a command that has ended has printed is there at once.
const LAST_WORDS: Duration = Duration::from_secs(2);

type Bytes = Zeroizing<Vec<u8>>;

/// Whose password it is, and where the settings say so; for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    /// As in "the relay's password".
    pub(super) whose: &'static str,
    /// The key in `tidings.yaml` under which to mend it.
    pub(super) key: &'static str,
}

const RELAY: Owner = Owner {
    whose: "the relay's",
    key: "relay:",
};

/// Who we are to this relay, with the secret fetched; `None` where it wants to know nobody.
pub(super) fn login(root: &Path, relay: &RelaySettings) -> Result<Option<Login>, Failure> {
    let (Some(user), Some(source)) = (&relay.user, &relay.password) else {
        return Ok(None);
    };
    let way = match relay.login {
        LoginWay::Best => Way::Best,
        LoginWay::Plain => Way::Plain,
        LoginWay::Login => Way::Login,
        LoginWay::Xoauth2 => Way::Xoauth2,
    };
    let renewable = match source {
        PasswordSource::Command(_) => matches!(way, Way::Best | Way::Xoauth2),
        // Another program may put fresh tokens there.
        PasswordSource::File(_) => way == Way::Xoauth2,
        PasswordSource::Env(_) => false,
    };
    let (root, source) = (root.to_owned(), source.clone());
    Ok(Some(Login {
        password: secret(&root, &source, RELAY)?,
        way,
        renewal: renewable.then(|| Renewal::new(move || fetch(&root, &source, RELAY))),
        ..Login::new(user.as_str(), Secret::new(""))
    }))
}

/// The secret of `owner`, from where the settings say that it is.
pub(super) fn secret(root: &Path, source: &PasswordSource, owner: Owner) -> Result<Secret, Failure> {
    let mend = format!("nobody was touched; mend it under `{}` in `tidings.yaml`", owner.key);
    fetch(root, source, owner).map_err(|text| Failure::new(Kind::FixFirst, text).hint(mend))
}

fn fetch(root: &Path, source: &PasswordSource, owner: Owner) -> Result<Secret, String> {
    let (bytes, from) = match source {
        PasswordSource::Env(name) => (from_environment(name, owner)?, format!("the variable `{name}`")),
        PasswordSource::File(file) => (from_file(&root.join(file), file, owner)?, format!("`{file}`")),
        PasswordSource::Command(command) => (from_command(root, command, PATIENCE)?, "`password_command`".to_owned()),
    };
    only_line(&bytes, &from, owner)
}

/// The one line of a secret. More than one is not guessed about: a password manager may print remarks behind it, or before it.
fn only_line(bytes: &[u8], from: &str, owner: Owner) -> Result<Secret, String> {
    if bytes.len() > MOST {
        return Err(format!("{from} gives more than 64 KiB, which is no password"));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(format!(
            "{from} gives a password that is no UTF-8 text: save it anew as UTF-8"
        ));
    };
    // Windows editors put a mark in front.
    let text = text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
    match text {
        "" => Err(format!("{} password is empty", owner.whose)),
        several if several.contains(['\r', '\n']) => Err(format!(
            "{from} gives several lines: the password must be the only one (`… | head -n 1` takes the first)"
        )),
        odd if odd.contains(char::is_control) => Err(format!("{from} gives a password with a control character, which none has")),
        text => Ok(Secret::new(text)),
    }
}

fn from_environment(name: &str, owner: Owner) -> Result<Bytes, String> {
    use std::os::unix::ffi::OsStringExt;
    let missing = || format!("the environment has no variable `{name}` with {} password", owner.whose);
    let value = std::env::var_os(name).ok_or_else(missing)?;
    Ok(Zeroizing::new(value.into_vec()))
}

fn from_file(path: &Path, name: &str, owner: Owner) -> Result<Bytes, String> {
    let cannot = |error: io::Error| {
        let (key, why) = (owner.key, plain(&error));
        format!("cannot read `{name}`, which `{key}` in `tidings.yaml` names: {why} (the path is relative to the workspace)")
    };
    let file = File::open(path).map_err(cannot)?;
    // Of the file that was opened, not of whatever has the name by now.
    let mode = file.metadata().map_err(cannot)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(format!(
            "other users of this machine can read or change the password in `{name}`: `chmod 600 {name}`"
        ));
    }
    read_all(file).map_err(cannot)
}

fn read_all(from: impl Read) -> io::Result<Bytes> {
    // Grown once: a vector that moves leaves its old bytes behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST + 1));
    from.take(MOST as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What the command prints; what it has to say on stderr is nobody's business, since it may hold the secret.
fn from_command(root: &Path, command: &str, patience: Duration) -> Result<Bytes, String> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).current_dir(root);
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    // A group of its own can be ended whole. At a terminal it stays in ours, or it could not ask for a master password.
    let grouped = !io::stdin().is_terminal();
    if grouped {
        shell.process_group(0);
    }
    let cannot = |error: &io::Error| format!("`password_command` cannot be run: {}", plain(error));
    let mut child = shell.spawn().map_err(|error| cannot(&error))?;
    let (tell, said) = mpsc::channel();
    let stdout = child.stdout.take();
    std::thread::spawn(move || {
        // Whoever has lost patience listens no more.
        let _ = tell.send(stdout.map_or_else(|| Ok(Bytes::default()), read_all));
    });
    let Some(status) = ended(&mut child, patience) else {
        put_an_end_to(&mut child, grouped);
        return Err(format!(
            "`password_command` did not end within {} s and was stopped",
            patience.as_secs()
        ));
    };
    if !status.success() {
        return Err(format!("`password_command` ended with {status}; run it by hand to see why"));
    }
    said.recv_timeout(LAST_WORDS)
        .map_err(|_| "`password_command` has ended, and something it started keeps its output open".to_owned())?
        .map_err(|error| cannot(&error))
}

/// How the command ended, if it did in time.
fn ended(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    for _ in 0..=patience.as_millis() / GLANCE.as_millis() {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        std::thread::sleep(GLANCE);
    }
    None
}

fn put_an_end_to(child: &mut Child, grouped: bool) {
    if grouped {
        let group = format!("kill -9 -{}", child.id());
        // Where it cannot be done, the shell itself at least is ended below.
        let _ = Command::new("sh").args(["-c", &group]).stderr(Stdio::null()).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: Result<&str, &str>) {
        let found = only_line(bytes, "it", RELAY);
        let found = found.as_ref().map(Secret::expose).map_err(String::as_str);
        match (found, expected) {
            (Err(why), Err(words)) => assert!(why.contains(words) && !why.contains("sesame"), "{why}"),
            (found, expected) => assert_eq!(found, expected),
        }
    }

    #[test]
    fn a_secret_is_one_line_of_text() {
        check(b"sesame", Ok("sesame"));
        check(b"open sesame \n", Ok("open sesame "));
        check(b"\xef\xbb\xbfsesame\r\n", Ok("sesame"));
        check("s\u{e9}same\n".as_bytes(), Ok("s\u{e9}same"));
        check(b"", Err("is empty"));
        check(b"\n\n", Err("is empty"));
        check(b"sesame\nuser: tips\n", Err("several lines"));
        check(b"sesame\x07", Err("control character"));
        check(b"sesame\xff", Err("no UTF-8"));
        check(&[b'x'; MOST + 1], Err("more than 64 KiB"));
    }

    #[test]
    fn a_file_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.password");
        std::fs::write(&path, "sesame\n").unwrap();
        for (mode, is_taken) in [
            (0o600, true),
            (0o400, true),
            (0o640, false),
            (0o604, false),
            (0o620, false),
            (0o644, false),
        ] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            match from_file(&path, "relay.password", RELAY) {
                Ok(bytes) => assert!(is_taken && *bytes == b"sesame\n", "{mode:o}"),
                Err(why) => assert!(!is_taken && why.contains("`chmod 600 relay.password`"), "{mode:o}: {why}"),
            }
        }
        assert!(from_file(folder.path(), ".", RELAY).is_err());
    }

    #[test]
    fn a_command_has_its_time_and_is_ended_whole() {
        let folder = tempfile::tempdir().unwrap();
        let run = |command: &str, millis| from_command(folder.path(), command, Duration::from_millis(millis));
        let long = 20_000;
        assert_eq!(**run("echo sesame; echo noise >&2", long).unwrap(), *b"sesame\n");
        assert_eq!(
            run("pwd", long).unwrap().trim_ascii_end(),
            folder.path().canonicalize().unwrap().as_os_str().as_encoded_bytes()
        );
        let why = run("echo sesame; echo sesame >&2; exit 3", long).unwrap_err();
        assert_eq!(why, "`password_command` ended with exit status: 3; run it by hand to see why");
        // A child of the shell holds the pipe; it is ended with it.
        let why = run("sleep 600 & echo $! > child; wait", 300).unwrap_err();
        assert!(why.contains("did not end within"), "{why}");
        if !io::stdin().is_terminal() {
            let child = std::fs::read_to_string(folder.path().join("child")).unwrap();
            let state = || std::fs::read_to_string(format!("/proc/{}/stat", child.trim())).unwrap_or_default();
            let is_gone = || state().is_empty() || state().contains(") Z ");
            let gone = (0..1000).any(|_| {
                is_gone() || {
                    std::thread::sleep(GLANCE);
                    false
                }
            });
            assert!(gone, "the child lives on: {}", state());
        }
    }
}
