//! The opening: from the relay's greeting to the moment when letters may be posted.
//!
//! Promises: STARTTLS is either required or not used; nothing that came in clear text is believed behind it; a password is said
//! only to a line that is encrypted.

use crate::delivery::reply::{Class, Reply, Stage};
use crate::relay::conversation::capabilities::Capabilities;
use crate::relay::conversation::reply_reader::WholeReply;
use crate::relay::conversation::{Awaited, Conversation, Event, Phase};
use crate::relay::outcome::Trouble;
use crate::relay::server::{Login, Security};
use data_encoding::BASE64;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::commands::{Auth, Ehlo, Starttls};
use lettre::transport::smtp::extension::ClientId;
use std::net::IpAddr;

/// What the relay will say to a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthStep {
    /// It asks for the user name.
    User,
    /// It asks for the password.
    Password,
    /// It decides.
    Verdict,
}

impl Conversation {
    /// The TLS handshake that [`Event::Secure`] asked for is made: the relay is greeted anew (RFC 3207 §4.2).
    pub fn secured(&mut self) {
        self.encrypted = true;
        self.capabilities = Capabilities::default();
        self.greet();
    }

    pub(super) fn go_on_opening(&mut self, awaited: Awaited, reply: &WholeReply) {
        match (awaited, reply.code) {
            (_, 400..) => self.fail(Trouble::refused(said(awaited, reply))),
            (Awaited::Greeting, 220) => self.greet(),
            (Awaited::Ehlo, 250) => self.meet(reply),
            (Awaited::StartTls, 220) => self.events.push_back(Event::Secure),
            (Awaited::Login(AuthStep::User), 334) => self.say_secret(AuthStep::Password, |login| &login.user),
            (Awaited::Login(AuthStep::Password), 334) => self.say_secret(AuthStep::Verdict, |login| login.password.expose()),
            (Awaited::Login(AuthStep::Verdict), 200..300) => self.ready(),
            (Awaited::Login(_), 300..) => self.fail(odd_login(said(awaited, reply))),
            (_, _) => {
                self.awaited.push_front((awaited, None));
                self.out_of_step(&format!("the relay answered {} where that is no answer", reply.code));
            }
        }
    }

    fn greet(&mut self) {
        let ehlo = Ehlo::new(client_id(&self.profile.hello));
        self.say(&ehlo, Awaited::Ehlo, None);
    }

    /// The relay has said what it can do.
    fn meet(&mut self, reply: &WholeReply) {
        self.capabilities = Capabilities::parse(&reply.lines);
        let must_encrypt = self.profile.security == Security::StartTls && !self.encrypted;
        match (must_encrypt, self.capabilities.start_tls, self.profile.login.clone()) {
            (true, true, _) => self.say(&Starttls, Awaited::StartTls, None),
            (true, false, _) => self.fail(no_starttls()),
            (false, _, Some(login)) => self.log_in(&login),
            (false, _, None) => self.ready(),
        }
    }

    fn log_in(&mut self, login: &Login) {
        if !self.encrypted {
            return self.fail(login_in_clear());
        }
        let credentials = Credentials::new(login.user.clone(), login.password.expose().to_owned());
        let way = self.capabilities.best_login();
        let command = way.and_then(|way| Some((way, Auth::new(way, credentials, None).ok()?)));
        match command {
            Some((Mechanism::Login, auth)) => self.say(&auth, Awaited::Login(AuthStep::User), None),
            Some((_, auth)) => self.say(&auth, Awaited::Login(AuthStep::Verdict), None),
            None => self.fail(no_login_offered()),
        }
    }

    /// Answers a challenge of AUTH LOGIN. Its wording differs from server to server, its order does not: name, then password.
    fn say_secret(&mut self, next: AuthStep, secret: fn(&Login) -> &str) {
        let answer = self
            .profile
            .login
            .as_ref()
            .map(|login| BASE64.encode(secret(login).as_bytes()));
        self.say(&format!("{}\r\n", answer.unwrap_or_default()), Awaited::Login(next), None);
    }

    fn ready(&mut self) {
        self.phase = Phase::Open;
        self.events.push_back(Event::Ready);
    }
}

fn said(awaited: Awaited, reply: &WholeReply) -> Reply {
    Reply::new(awaited.stage(), reply.code, &reply.lines)
}

/// RFC 5321 §4.1.3: a domain, or an address in brackets. Nothing in it may end the command.
fn client_id(hello: &str) -> ClientId {
    let name: String = hello
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-._".contains(*c))
        .collect();
    match hello.parse() {
        Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
        Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
        Err(_) if name.is_empty() => ClientId::default(),
        Err(_) => ClientId::Domain(name),
    }
}

/// Text behind the 220 to STARTTLS was sent before encryption, by the relay or by somebody on the way: the "NO STARTTLS" attacks.
pub(super) fn injected() -> Trouble {
    let why = "the relay sent clear text behind its answer to STARTTLS; somebody on the way may be tampering with the connection";
    Trouble::new(Stage::StartTls, Class::Settings, why)
        .hint("use `tls: implicit` (port 465) if the relay offers it, and tell the provider")
}

/// What answers on this port is no SMTP server.
pub(super) fn no_smtp(why: &str) -> Trouble {
    Trouble::new(Stage::Greeting, Class::Settings, why).hint("check `host`, `port` and `tls` under `relay:` in `tidings.yaml`")
}

fn no_starttls() -> Trouble {
    let why = "the relay does not offer STARTTLS, so the connection cannot be encrypted";
    Trouble::new(Stage::StartTls, Class::Settings, why).hint("use `tls: implicit` with the relay's TLS port, usually 465")
}

fn login_in_clear() -> Trouble {
    let why = "the relay needs a login and the connection is not encrypted; the password was not sent";
    Trouble::new(Stage::Login, Class::Settings, why).hint("use `tls: implicit` or `tls: starttls`, or take `user` away")
}

fn no_login_offered() -> Trouble {
    let why = "the relay offers no login that tidings speaks (PLAIN or LOGIN)";
    Trouble::new(Stage::Login, Class::Settings, why).hint("check the port, or take `user` away if the relay wants no login")
}

/// A further challenge where the verdict belongs.
fn odd_login(reply: Reply) -> Trouble {
    let why = format!("the relay did not finish the login: it answered `{reply}`");
    Trouble {
        reply: Some(reply),
        ..Trouble::new(Stage::Login, Class::Login, why)
    }
}
