//! `relay:` in `tidings.yaml`: which server takes the letters, how the line is protected, how fast we go.

use super::file::RelayFile;
use super::login::{self, LoginWay, PasswordSource};
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
    /// How to log in.
    pub login: LoginWay,
    /// The name we give in EHLO, where it is not the usual one.
    pub hello: Option<String>,
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
    /// How many seconds each reply of a test relay may take; `None` is as long as RFC 5321 wants.
    pub patience: Option<f64>,
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

/// The relay, if the file says it rightly.
pub(super) fn check(desk: &mut Inspection<'_>, file: &RelayFile) -> Option<RelaySettings> {
    let test = file.test.unwrap_or(false);
    let host = desk.required(
        &["relay", "host"],
        file.host.as_ref(),
        "the relay's host name, like `smtp.example.org`",
    );
    let tls = tls(desk, file);
    let password = login::password(desk, file);
    let way = login::way(desk, file);
    login::hello(desk, file);
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
    port_of_the_other_kind(desk, tls, file.port);
    patience(desk, file, test);
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
        login: way?,
        hello: file.hello.clone(),
        connections,
        per_second,
        per_connection,
        per_day,
        per_domain_per_minute,
        per_domain_per_day,
        warm_up,
        in_flight,
        profile: file.profile.clone(),
        patience: file.patience,
        test,
    })
}

/// Whoever hangs up early on a real relay has letters in doubt, so only a test relay may be hurried.
fn patience(desk: &mut Inspection<'_>, file: &RelayFile, test: bool) {
    let wrong = match file.patience {
        None => return,
        Some(_) if !test => "`patience` is for test relays: hanging up early on a real one leaves letters in doubt",
        Some(seconds) if !(0.01..=3600.0).contains(&seconds) => "`patience` is a number of seconds from 0.01 to 3600",
        Some(_) => return,
    };
    desk.wrong(&["relay", "patience"], wrong, "take it away");
}

/// A relay that begins with TLS and one that is waited for to speak first would wait for each other.
fn port_of_the_other_kind(desk: &mut Inspection<'_>, tls: Tls, port: Option<u16>) {
    let hint = match (tls, port) {
        (Tls::StartTls, Some(465)) => "port 465 begins with TLS: take `tls` away, or take `port` away",
        (Tls::Implicit, Some(25 | 587)) => "this port begins in clear text: write `tls: starttls`, or take `port` away",
        (_, _) => return,
    };
    desk.doubt(&["relay", "port"], "`port` and `tls` do not fit together", hint);
}

impl RelaySettings {
    /// Whether it stands on this very machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// The relay and how we speak with it, in words without any secret: what was tried counts as long as this stays.
    pub fn described(&self) -> String {
        let tls = match self.tls {
            Tls::Implicit => "implicit",
            Tls::StartTls => "starttls",
            Tls::None => "none",
        };
        let user = self.user.as_deref().unwrap_or("nobody");
        let (login, password, hello, roots) = (self.login, &self.password, &self.hello, &self.roots);
        format!(
            "{}:{} {tls} as {user}, {login:?}, {password:?}, {hello:?}, {roots:?}",
            self.host, self.port
        )
    }
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
