//! The canary: whatever goes wrong between a clinic and its relay, the password is nowhere to be read afterwards.
//!
//! Everything that was printed and every file that was written is searched, for the password and for the clothes it travels in.

use super::real_relay::{PASSWORD, clinic_at, secure};
use super::type_in;
use crate::support::secure_relay::usual;
use crate::support::workspace::Workspace;
use std::path::{Path, PathBuf};

/// The password as it is, and as AUTH says it.
fn clothes() -> [String; 4] {
    let encode = |text: String| data_encoding::BASE64.encode(text.as_bytes()).trim_end_matches('=').to_owned();
    [
        PASSWORD.to_owned(),
        encode(PASSWORD.to_owned()),
        encode(format!("\0tips\0{PASSWORD}")),
        encode(format!("user=tips\x01auth=Bearer {PASSWORD}\x01\x01")),
    ]
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

#[expect(clippy::print_stdout, reason = "proofs are read from the output")]
fn proved(told: &str, lines: usize, files: usize) {
    println!("proof| canary | {told} | {lines} outputs and {files} files searched for 4 shapes of the password, 0 found");
}

/// Types each line and searches what it said; then searches every file of the workspace but the one the password belongs in.
fn search(clinic: &Workspace, lines: &[&str], told: &str) {
    let mut last = String::new();
    for line in lines {
        let output = type_in(clinic, line);
        assert_ne!(output.status, Some(70), "a fault of ours\n{output}");
        for secret in clothes() {
            assert!(!output.to_string().contains(&secret), "{told}: `{secret}` was said\n{output}");
        }
        last = output.to_string();
    }
    let mut searched = 0;
    for file in files(clinic.root()).iter().filter(|file| !file.ends_with("relay.password")) {
        let bytes = std::fs::read(file).unwrap();
        for secret in clothes() {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{told}: `{secret}` stands in {}\n{last}", file.display());
        }
        searched += 1;
    }
    assert!(searched > 5, "{searched} files are not a workspace");
    proved(told, lines.len(), searched);
}

const TRIES: [&str; 8] = [
    "test tips --to me@mill-lane.example",
    "doctor",
    "doctor --json",
    "send tips --yes",
    "run --json",
    "status --json",
    "log --json",
    "why person1@patients.example --json",
];

const SOURCES: [&str; 3] = [
    "password_file: relay.password",
    "password_env: RELAY_PASSWORD",
    "password_command: cat relay.password",
];

#[test]
fn no_relay_makes_the_password_known() {
    type Answer = fn(&str) -> Option<String>;
    // To AUTH, and to the lines that may follow it.
    let answers: [(&str, Answer); 8] = [
        ("it is refused", |_| Some("535 5.7.8 no".to_owned())),
        ("it is repeated", |line| Some(format!("502 5.5.1 unknown command: {line}"))),
        ("it is repeated in many lines", |line| {
            Some(format!("535-5.7.8 you said\r\n535-{line}\r\n535 no"))
        }),
        ("it is repeated at the cut", |line| {
            Some(format!("535 5.7.8 {}{line}", "x".repeat(480)))
        }),
        ("it is repeated as no reply", |line| Some(line.to_owned())),
        ("it is repeated as a yes and a no", |line| {
            Some(format!("235 {line}\r\n535 {line}"))
        }),
        ("it is asked for again", |line| {
            Some(format!("334 {}", line.rsplit(' ').next().unwrap()))
        }),
        ("another answer than any", |line| Some(format!("299 {line}\r\n199 {line}"))),
    ];
    for (number, (told, answer)) in answers.into_iter().enumerate() {
        let (relay, certificate) = secure(move |line| usual(line).filter(|_| !line.starts_with("AUTH")).or_else(|| answer(line)));
        let clinic = clinic_at(&relay, &certificate, SOURCES[number % 3]);
        // A relay that is out of step is asked again and again, with longer and longer waits: there one try has to do.
        let tries = if matches!(number, 4 | 5 | 7) {
            &TRIES[..3]
        } else {
            &TRIES[..]
        };
        search(&clinic, tries, told);
        assert!(
            relay.heard().iter().any(|line| line.starts_with("AUTH PLAIN")),
            "{told}: nobody logged in"
        );
    }
}

#[test]
fn no_way_to_log_in_makes_it_known() {
    for (way, offered) in [("login", "AUTH LOGIN"), ("xoauth2", "AUTH XOAUTH2")] {
        let (relay, certificate) = secure(move |line| match line {
            _ if line.starts_with("EHLO") => Some(format!("250-secure.example\r\n250 {offered}")),
            "AUTH LOGIN" => Some("334 VXNlcm5hbWU6".to_owned()),
            "dGlwcw==" => Some("334 UGFzc3dvcmQ6".to_owned()),
            _ if line.starts_with("AUTH XOAUTH2") => Some("334 eyJzdGF0dXMiOiI0MDAifQ==".to_owned()),
            _ => usual(line).or_else(|| Some(format!("535 5.7.8 not with {line}"))),
        });
        let clinic = clinic_at(
            &relay,
            &certificate,
            &format!("login: {way}, password_command: cat relay.password"),
        );
        search(&clinic, &TRIES, way);
    }
}

#[test]
fn no_letter_makes_it_known() {
    for (told, at, answer) in [
        ("all is well", "nothing", ""),
        ("the sender is refused", "MAIL", "550 5.7.1 not you"),
        ("the login is forgotten", "MAIL", "530 5.7.0 log in first"),
        ("the recipient is refused", "RCPT", "550 5.1.1 no such user"),
        ("the letter is refused", ".", "554 5.7.1 spam"),
        ("it hangs up", ".", ""),
    ] {
        let (relay, certificate) = secure(move |line| match line.starts_with(at) {
            true => Some(answer.to_owned()),
            false => usual(line),
        });
        search(&clinic_at(&relay, &certificate, SOURCES[0]), &TRIES, told);
    }
}
