//! The part of `relay:` that says who we are: user, secret, the way to log in, and the name we give.

use super::file::RelayFile;
use crate::finding::suggestion;
use crate::finding::yaml::Inspection;
use std::net::IpAddr;

/// Where the relay's password is; never in the settings themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordSource {
    /// In this environment variable.
    Env(String),
    /// In this file, which holds nothing else.
    File(String),
    /// This command prints it, and nothing else.
    Command(String),
}

/// How to log in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LoginWay {
    /// The best that the relay offers.
    #[default]
    Best,
    /// By AUTH PLAIN.
    Plain,
    /// By AUTH LOGIN.
    Login,
    /// With an OAuth token.
    Xoauth2,
}

const WAYS: [(&str, LoginWay); 3] = [
    ("plain", LoginWay::Plain),
    ("login", LoginWay::Login),
    ("xoauth2", LoginWay::Xoauth2),
];

/// How to log in, if the file says it rightly.
pub(super) fn way(desk: &mut Inspection<'_>, file: &RelayFile) -> Option<LoginWay> {
    let Some(name) = &file.login else {
        return Some(LoginWay::Best);
    };
    let path = ["relay", "login"];
    let Some((_, way)) = WAYS.iter().find(|(known, _)| *known == name.to_lowercase()) else {
        let hint = suggestion::hint(name, WAYS.map(|(known, _)| known));
        desk.wrong(&path, format!("`{name}` is no way to log in"), hint);
        return None;
    };
    if file.user.is_none() {
        desk.wrong(
            &path,
            "there is a `login` and no `user`",
            "add `user:` with the name the provider gave you, or take `login` away",
        );
    }
    if *way == LoginWay::Xoauth2 && file.password_env.is_some() {
        desk.doubt(
            &path,
            "a token lasts about an hour, and the environment cannot fetch a fresh one",
            "write `password_command:` with the program that prints a token",
        );
    }
    Some(*way)
}

/// The name we give in EHLO (RFC 5321 §4.1.3): strict relays turn away what is neither a full host name nor an address.
pub(super) fn hello(desk: &mut Inspection<'_>, file: &RelayFile) {
    let Some(name) = &file.hello else { return };
    if name.parse::<IpAddr>().is_ok() || is_full_name(name) {
        return;
    }
    desk.wrong(
        &["relay", "hello"],
        format!("`{name}` is no full host name"),
        "write this machine's, like `hello: mail.riverside.example`; left out, it is the sender's domain",
    );
}

fn is_full_name(name: &str) -> bool {
    let label = |label: &str| {
        let inside = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        inside && !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
    };
    name.len() <= 253 && name.contains('.') && name.split('.').all(label)
}

/// Where the password is: at most one place, and never this file.
#[expect(clippy::option_option, reason = "no password and a wrong one are different")]
pub(super) fn password(desk: &mut Inspection<'_>, file: &RelayFile) -> Option<Option<PasswordSource>> {
    const WAYS: &str = "put it into a file that only you can read and write `password_file: relay.password`, or use `password_env` or \
                        `password_command`";
    if file.password.is_some() {
        desk.wrong(
            &["relay", "password"],
            "a password does not stand in `tidings.yaml`, where others and git would see it",
            WAYS,
        );
        return None;
    }
    let sources = [
        file.password_env.clone().map(PasswordSource::Env),
        file.password_file.clone().map(PasswordSource::File),
        file.password_command.clone().map(PasswordSource::Command),
    ];
    let sources: Vec<PasswordSource> = sources.into_iter().flatten().collect();
    match (sources.as_slice(), &file.user) {
        ([], None) => Some(None),
        ([], Some(_)) => {
            desk.wrong(&["relay", "user"], "`user` is there and its password is not", WAYS);
            None
        }
        ([one], Some(_)) => Some(Some(one.clone())),
        ([_], None) => {
            desk.wrong(
                &["relay"],
                "there is a password and no `user`",
                "add `user:` with the name the provider gave you",
            );
            None
        }
        (_, _) => {
            desk.wrong(
                &["relay"],
                "the password is named in several places",
                "keep one of `password_env`, `password_file` and `password_command`",
            );
            None
        }
    }
}
