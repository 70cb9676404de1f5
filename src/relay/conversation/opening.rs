//! The opening: from the relay's greeting to the moment when letters may be posted.
//!
//! Promises: STARTTLS is either required or not used; nothing that came in clear text is believed behind it; a password is said
//! only to a line that is encrypted.

use crate::delivery::reply::{Class, Reply, Stage};
use crate::relay::conversation::capabilities::Capabilities;
use crate::relay::conversation::reply_reader::WholeReply;
use crate::relay::conversation::{Awaited, Conversation, Event, Phase};
use crate::relay::login::{Login, Way};
use crate::relay::outcome::Trouble;
use crate::relay::server::Security;
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
    /// It decides about a token.
    Token,
    /// It has said why it refuses the token, as a status, and will say the refusal itself.
    TokenRefused(Option<u16>),
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
            (Awaited::Login(AuthStep::Token), 400..) => self.fail(token_refused(said(awaited, reply), None)),
            (Awaited::Login(AuthStep::TokenRefused(status)), 400..) => self.fail(token_refused(said(awaited, reply), status)),
            (_, 400..) => self.fail(Trouble::refused(said(awaited, reply))),
            (Awaited::Greeting, 220) => self.greet(),
            (Awaited::Ehlo, 250) => self.meet(reply),
            (Awaited::StartTls, 220) => self.events.push_back(Event::Secure),
            (Awaited::Login(AuthStep::User), 334) => self.say_secret(AuthStep::Password, |login| &login.user),
            (Awaited::Login(AuthStep::Password), 334) => self.say_secret(AuthStep::Verdict, |login| login.password.expose()),
            // The refusal comes when this line has been answered, with an empty one.
            (Awaited::Login(AuthStep::Token), 334) => {
                self.say(&"\r\n", Awaited::Login(AuthStep::TokenRefused(status_in(reply))), None);
            }
            (Awaited::Login(AuthStep::Verdict | AuthStep::Token), 200..300) => self.ready(),
            (Awaited::Login(_), 300..) | (Awaited::Login(AuthStep::TokenRefused(_)), _) => {
                self.fail(odd_login(said(awaited, reply)));
            }
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
        let way = self.capabilities.way_for(login);
        let command = way.and_then(|way| Some((way, Auth::new(way, credentials, None).ok()?)));
        match command {
            Some((Mechanism::Login, auth)) => self.say(&auth, Awaited::Login(AuthStep::User), None),
            Some((Mechanism::Xoauth2, auth)) => self.say(&auth, Awaited::Login(AuthStep::Token), None),
            Some((Mechanism::Plain, auth)) => self.say(&auth, Awaited::Login(AuthStep::Verdict), None),
            None => self.fail(no_login_offered(login.way, &self.capabilities.logins)),
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

fn no_login_offered(way: Way, offered: &[Mechanism]) -> Trouble {
    let known = offered.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let (why, hint) = match (way, offered) {
        (_, []) => (
            "the relay offers no login that tidings speaks (PLAIN, LOGIN or XOAUTH2)".to_owned(),
            "check the port, or take `user` away if the relay wants no login",
        ),
        (Way::Best, _) => (
            "the relay takes tokens only (XOAUTH2), and what tidings has is a password".to_owned(),
            "write `login: xoauth2` and a `password_command` that prints a token; many providers give an app password instead",
        ),
        (Way::Plain | Way::Login | Way::Xoauth2, _) => (
            format!("the relay does not offer the login that `login:` names; it offers {known}"),
            "take `login` away, and the best that is offered is used",
        ),
    };
    Trouble::new(Stage::Login, Class::Settings, why).hint(hint)
}

/// Why a token was refused: base64 of JSON such as `{"status":"401","schemes":"bearer"}`. Only the number is kept.
fn status_in(reply: &WholeReply) -> Option<u16> {
    let json = BASE64.decode(reply.lines.first()?.trim().as_bytes()).ok()?;
    let json: serde_json::Value = serde_json::from_slice(&json).ok()?;
    let status = json.get("status")?;
    status
        .as_str()
        .and_then(|text| text.parse().ok())
        .or_else(|| u16::try_from(status.as_u64()?).ok())
}

fn token_refused(reply: Reply, status: Option<u16>) -> Trouble {
    let status = status.map(|status| format!(" (status {status})")).unwrap_or_default();
    let refused = Trouble::refused(reply);
    match refused.class {
        Class::Login => Trouble {
            why: format!("{}{status}", refused.why),
            hint: Some(
                "the token has run out or is not for sending mail: check that `password_command` prints a fresh one for `user`"
                    .to_owned(),
            ),
            is_token_refused: true,
            ..refused
        },
        _ => refused,
    }
}

/// A further challenge where the verdict belongs.
fn odd_login(reply: Reply) -> Trouble {
    let why = format!("the relay did not finish the login: it answered `{reply}`");
    Trouble {
        reply: Some(reply),
        ..Trouble::new(Stage::Login, Class::Login, why)
    }
}
