//! The keys that the settings name for signing, read from their files.
//!
//! Promises: a key that other users of the machine can read is refused; a mistake is a finding at the place that names the file; nothing of
//! a key is ever shown. Knows nothing of letters.

use super::settings::{Dkim, FILE, KeySource, Settings};
use crate::finding::Finding;
use crate::letter::sign::{Algorithm, Key, KeyError, MAKE_ED25519, MAKE_RSA, NamedKey, Signer, another_name};
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// No key is longer.
const MOST: u64 = 64 * 1024;

/// Reads the keys into the settings, and notes what is wrong with them. Where one cannot sign there are no settings: a letter without the
/// signature that its sender promises is taken for a forgery.
pub(super) fn read(root: &Path, settings: Option<Settings>, findings: &mut Vec<Finding>) -> Option<Settings> {
    let mut settings = settings?;
    let (signer, found) = signer(root, &settings.dkim);
    let is_sound = !found.iter().any(Finding::is_error);
    findings.extend(found);
    settings.signer = signer.map(Arc::new);
    is_sound.then_some(settings)
}

/// Who signs by these settings, where that is us and every key can; and everything that is worth saying.
fn signer(root: &Path, dkim: &Dkim) -> (Option<Signer>, Vec<Finding>) {
    let Dkim::Us { domain, keys } = dkim else {
        return (None, Vec::new());
    };
    let (mut named, mut findings) = (Vec::new(), Vec::new());
    for source in keys {
        match key(root, source) {
            Ok(key) => named.push(NamedKey {
                selector: source.selector.clone(),
                key,
            }),
            Err(finding) => findings.push(finding),
        }
    }
    if named.len() < keys.len() {
        return (None, findings);
    }
    findings.extend(doubt(keys, &named));
    (Some(Signer::new(domain, named)), findings)
}

fn key(root: &Path, source: &KeySource) -> Result<Key, Finding> {
    let file = &source.file;
    let text = text(root, source)?;
    Key::read(&text).map_err(|error| {
        let words = match error {
            KeyError::NoKey => format!("`{file}` cannot sign letters: {error}, neither as PEM nor as an Ed25519 seed in base64"),
            error => format!("`{file}` cannot sign letters: {error}"),
        };
        at(source, Finding::error(FILE, words)).hint(error.hint(file))
    })
}

/// The file's text. It is asked of the file that was opened, not of whatever has the name by now.
fn text(root: &Path, source: &KeySource) -> Result<Zeroizing<String>, Finding> {
    let name = &source.file;
    let wrong = |words: String, hint: String| at(source, Finding::error(FILE, words)).hint(hint);
    let unread = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => wrong(
            format!("there is no key file `{name}`"),
            format!("`(umask 077; {MAKE_RSA} {name})` makes a key; then `tidings doctor` shows the record that belongs into DNS"),
        ),
        ErrorKind::PermissionDenied => wrong(
            format!("the key file `{name}` may not be read by you"),
            "the user that runs tidings has to own it".to_owned(),
        ),
        _ => wrong(
            format!("the key file `{name}` cannot be read: {error}"),
            "look at the file and its folder".to_owned(),
        ),
    };
    // A pipe would keep whoever opens it waiting.
    let facts = std::fs::metadata(root.join(name)).map_err(unread)?;
    if !facts.is_file() {
        let what = if facts.is_dir() { "a folder" } else { "no file" };
        return Err(wrong(
            format!("`{name}` is {what}, and letters are signed with the key in a file"),
            "name the file that holds the private key, like `keys/dkim.pem`".to_owned(),
        ));
    }
    let file = File::open(root.join(name)).map_err(unread)?;
    let facts = file.metadata().map_err(unread)?;
    if facts.permissions().mode() & 0o077 != 0 {
        return Err(wrong(
            format!("other users of this machine can read or change the key in `{name}`, and write letters in the clinic's name"),
            format!("`chmod 600 {name}`"),
        ));
    }
    let mut text = Zeroizing::new(String::with_capacity(MOST as usize));
    let read = file.take(MOST).read_to_string(&mut text);
    match read {
        Ok(_) => Ok(text),
        Err(error) if error.kind() == ErrorKind::InvalidData => Err(wrong(
            format!("`{name}` cannot sign letters: it is no text"),
            format!(
                "`(umask 077; openssl pkey -inform DER -in {name} -out {other})` writes a key as text; name `{other}` under `dkim.keys` then",
                other = another_name(name)
            ),
        )),
        Err(error) => Err(unread(error)),
    }
}

/// Keys that sign, and of which many receivers make nothing.
fn doubt(sources: &[KeySource], keys: &[NamedKey]) -> Option<Finding> {
    let kinds: Vec<Algorithm> = keys.iter().map(|key| key.key.algorithm()).collect();
    let source = sources.last()?;
    let (words, hint) = match kinds.as_slice() {
        [Algorithm::Ed25519] | [Algorithm::Ed25519, Algorithm::Ed25519] => (
            "letters are signed with Ed25519 alone, which some large mailboxes do not check yet: to them they are not signed",
            format!("add an RSA key beside it: `{MAKE_RSA} dkim-rsa.pem`"),
        ),
        [Algorithm::Rsa, Algorithm::Rsa] => (
            "both keys are RSA keys: the second signature costs time and gains nothing",
            format!("keep the newer one, or make the other one an Ed25519 key: `{MAKE_ED25519} dkim-ed25519.pem`"),
        ),
        _ => return None,
    };
    Some(at(source, Finding::warning(FILE, words)).hint(hint))
}

fn at(source: &KeySource, finding: Finding) -> Finding {
    match source.place {
        Some(place) => finding.at(place),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use crate::workspace::Workspace;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;
    use tempfile::TempDir;

    const SETTINGS: &str = "\
clinic: {name: Mill Lane, postal_address: 12 Mill Lane, contact: hello@mill-lane.example, jurisdiction: GB}
sender: {from: tips@mill-lane.example}
timezone: Europe/London
unsubscribe: {mailto: unsubscribe@mill-lane.example}
dkim:
  signed_by: us
  domain: mill-lane.example
  keys:
";
    const RSA: &str = include_str!("../../tests/mail/keys/rsa.pem");
    const ED: &str = include_str!("../../tests/mail/keys/ed25519.pem");

    /// Key files of these contents and rights, and what is said of them; settings are there exactly where nothing is wrong.
    fn told(files: &[(&str, &[u8], u32)]) -> Vec<String> {
        let root = TempDir::new().unwrap();
        let mut settings = SETTINGS.to_owned();
        for (number, (name, bytes, mode)) in files.iter().enumerate() {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            if !bytes.is_empty() {
                fs::write(&path, bytes).unwrap();
                fs::set_permissions(&path, Permissions::from_mode(*mode)).unwrap();
            }
            settings += &format!("    - {{selector: s{number}, file: {name}}}\n");
        }
        fs::write(root.path().join("tidings.yaml"), settings).unwrap();
        let workspace = Workspace::read(root.path());
        let has_errors = workspace.findings.iter().any(crate::finding::Finding::is_error);
        assert_eq!(workspace.settings.is_none(), has_errors, "{:?}", workspace.findings);
        let signer = workspace.settings.and_then(|settings| settings.signer);
        assert_eq!(
            signer.map(|signer| signer.records().len()),
            (!has_errors).then_some(files.len())
        );
        workspace.findings.iter().map(ToString::to_string).collect()
    }

    #[track_caller]
    fn check(files: &[(&str, &[u8], u32)], expected: &[&str]) {
        let told = told(files);
        let fits = told.len() == expected.len() && told.iter().zip(expected).all(|(found, words)| found.starts_with(words));
        assert!(fits, "wanted {expected:#?}\nfound {told:#?}");
        assert!(told.iter().all(|found| found.contains("hint: ")), "{told:?}");
    }

    #[test]
    fn keys_that_can_sign_are_read() {
        check(&[("a.pem", RSA.as_bytes(), 0o600)], &[]);
        check(&[("keys/a.pem", RSA.as_bytes(), 0o400), ("b.pem", ED.as_bytes(), 0o600)], &[]);
        let here = TempDir::new().unwrap();
        let elsewhere = here.path().join("a.pem");
        check(&[(elsewhere.to_str().unwrap(), RSA.as_bytes(), 0o600)], &[]);
    }

    #[test]
    fn a_key_that_cannot_sign_is_said_where_it_is_named() {
        let place = "tidings.yaml:9:28: ";
        for (bytes, mode, words) in [
            (
                &b""[..],
                0o600,
                "there is no key file `a.pem`\n  hint: `(umask 077; openssl genpkey",
            ),
            (
                RSA.as_bytes(),
                0o640,
                "other users of this machine can read or change the key in `a.pem`",
            ),
            (
                RSA.as_bytes(),
                0o604,
                "other users of this machine can read or change the key in `a.pem`",
            ),
            (
                b"sesame",
                0o600,
                "`a.pem` cannot sign letters: there is no private key in it, neither",
            ),
            (b"\xff\xfe", 0o600, "`a.pem` cannot sign letters: it is no text"),
            (
                include_bytes!("../../tests/mail/keys/old.pem"),
                0o600,
                "`a.pem` cannot sign letters: the key has 1024 bits, and letters",
            ),
            (
                include_bytes!("../../tests/mail/keys/tiny.pem"),
                0o600,
                "`a.pem` cannot sign letters: the key has 768 bits, and receivers count",
            ),
            (
                include_bytes!("../../tests/mail/keys/pub.pem"),
                0o600,
                "`a.pem` cannot sign letters: it holds the public half",
            ),
        ] {
            check(&[("a.pem", bytes, mode)], &[&format!("{place}{words}")]);
        }
        check(
            &[("a.pem", b"", 0), ("b.pem", b"", 0)],
            &["tidings.yaml:9:28: there is no", "tidings.yaml:10:28: there is no"],
        );
    }

    #[test]
    fn no_hint_writes_over_the_file_that_it_is_about() {
        for bytes in [
            &b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"[..],
            include_bytes!("../../tests/mail/keys/ec.pem"),
            include_bytes!("../../tests/mail/keys/locked.pem"),
            include_bytes!("../../tests/mail/keys/old.pem"),
            include_bytes!("../../tests/mail/keys/exponent3.pem"),
            b"sesame",
            b"\x30\xff",
        ] {
            for file in ["a.pem", "dkim-2026b.pem", "keys/a.pem"] {
                let told = told(&[(file, bytes, 0o600)]).join("");
                assert!(told.contains("-out ") && !told.contains(&format!("-out {file}")), "{told}");
            }
        }
        let told = told(&[("a.pem", include_bytes!("../../tests/mail/keys/exponent3.pem"), 0o600)]);
        assert!(told[0].contains("made in an old way (its public exponent is 3"), "{told:?}");
    }

    #[test]
    fn a_folder_is_no_key() {
        let root = TempDir::new().unwrap();
        fs::create_dir(root.path().join("keys")).unwrap();
        fs::write(
            root.path().join("tidings.yaml"),
            format!("{SETTINGS}    - {{selector: s0, file: keys}}\n"),
        )
        .unwrap();
        let found = Workspace::read(root.path()).findings;
        assert_eq!(
            found[0].text,
            "`keys` is a folder, and letters are signed with the key in a file"
        );
        assert!(!found[0].hint.as_ref().unwrap().contains("chmod"));
    }

    #[test]
    fn keys_that_many_receivers_do_not_check_are_doubted() {
        check(
            &[("a.pem", ED.as_bytes(), 0o600)],
            &["tidings.yaml:9:28: warning: letters are signed with Ed25519 alone"],
        );
        check(
            &[("a.pem", RSA.as_bytes(), 0o600), ("b.pem", RSA.as_bytes(), 0o600)],
            &["tidings.yaml:10:28: warning: both keys are RSA keys"],
        );
    }
}
