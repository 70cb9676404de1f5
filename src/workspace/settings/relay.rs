//! `relay:` in `tidings.yaml`: which server takes the letters, how the line is protected, how fast we go.

use super::file::RelayFile;
use super::numbers::{self, Numbers};
use crate::finding::suggestion;
use crate::finding::yaml::Inspection;

/// A relay as the settings name it.
#[derive(Debug, Clone, PartialEq)]
pub struct RelaySettings {
    /// Its host name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is protected.
    pub tls: Tls,
    /// A PEM file whose certificates are believed instead of the system's, relative to the workspace.
    pub roots: Option<String>,
    /// The user name, where the relay wants a login.
    pub user: Option<String>,
    /// Where the password is.
    pub password: Option<PasswordSource>,
    /// How many connections at once.
    pub connections: u16,
    /// How many letters a second, over all connections; `None` is no limit.
    pub per_second: Option<f64>,
    /// How many letters over one connection; `None` is no limit.
    pub per_connection: Option<u32>,
    /// How many letters in any 24 hours; `None` is no limit.
    pub per_day: Option<u32>,
    /// How many letters to one domain in any minute; `None` is no limit.
    pub per_domain_per_minute: Option<u32>,
    /// How many letters to one domain in any 24 hours; `None` is no limit.
    pub per_domain_per_day: Option<u32>,
    /// Whether a store that is new to sending begins small.
    pub warm_up: bool,
    /// How many letters one connection may have under way.
    pub in_flight: u16,
    /// The provider's name, for its known limits.
    pub profile: Option<String>,
    /// A relay on this machine for a throw-away workspace.
    pub test: bool,
}

/// How the line to the relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte: port 465.
    Implicit,
    /// After STARTTLS, which has to be offered: port 587.
    StartTls,
    /// Not at all: this machine only.
    None,
}

/// Where the relay's password is; never in the settings themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordSource {
    /// In this environment variable.
    Env(String),
    /// In the first line of this file.
    File(String),
    /// In the first line that this command prints.
    Command(String),
}

/// The relay, if the file says it rightly.
pub(super) fn check(desk: &mut Inspection<'_>, file: &RelayFile) -> Option<RelaySettings> {
    let test = file.test.unwrap_or(false);
    let host = desk.required(
        &["relay", "host"],
        file.host.as_ref(),
        "the relay's host name, like `smtp.example.org`",
    );
    let tls = tls(desk, file);
    let password = password(desk, file);
    let Numbers {
        connections,
        per_second,
        per_connection,
        per_day,
        per_domain_per_minute,
        per_domain_per_day,
        warm_up,
        in_flight,
    } = numbers::check(desk, file);
    let (host, tls) = (host?, tls?);
    if let Some((name, port)) = host.rsplit_once(':')
        && !name.contains(':')
    {
        desk.wrong(
            &["relay", "host"],
            format!("`{host}` is a host and a port"),
            format!("write `host: {name}` and `port: {port}`"),
        );
        return None;
    }
    if !is_loopback(&host) && tls == Tls::None {
        let hint = "letters and passwords would be readable on the way: leave `tls` out, or write `starttls`";
        desk.wrong(
            &["relay", "tls"],
            format!("`tls: none` is for this machine only, and `{host}` is another"),
            hint,
        );
    }
    if !is_loopback(&host) && test {
        let hint = "take `test: true` away; a test relay is a mail server on this machine, such as 127.0.0.1";
        desk.wrong(
            &["relay", "test"],
            format!("`{host}` is no test relay: real people could get its letters"),
            hint,
        );
    }
    if tls == Tls::None && file.user.is_some() {
        desk.wrong(
            &["relay", "user"],
            "a login needs TLS",
            "take `user` and the password away, or write `tls: starttls`",
        );
    }
    let port = file.port.unwrap_or(match tls {
        Tls::Implicit => 465,
        Tls::StartTls => 587,
        Tls::None => 25,
    });
    Some(RelaySettings {
        host,
        port,
        tls,
        roots: file.roots.clone(),
        user: file.user.clone(),
        password: password?,
        connections,
        per_second,
        per_connection,
        per_day,
        per_domain_per_minute,
        per_domain_per_day,
        warm_up,
        in_flight,
        profile: file.profile.clone(),
        test,
    })
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<core::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn tls(desk: &mut Inspection<'_>, file: &RelayFile) -> Option<Tls> {
    match file.tls.as_deref() {
        None | Some("implicit") => Some(Tls::Implicit),
        Some("starttls") => Some(Tls::StartTls),
        Some("none") => Some(Tls::None),
        Some(other) => {
            let other = other.to_owned();
            let hint = suggestion::hint(&other, ["implicit", "starttls", "none"]);
            desk.wrong(&["relay", "tls"], format!("`{other}` is no way to protect the line"), hint);
            None
        }
    }
}

/// Where the password is: at most one place, and never this file.
#[expect(clippy::option_option, reason = "no password and a wrong one are different")]
fn password(desk: &mut Inspection<'_>, file: &RelayFile) -> Option<Option<PasswordSource>> {
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
