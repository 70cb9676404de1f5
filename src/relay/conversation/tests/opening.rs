//! Dialogues about the opening: greeting, STARTTLS, login.

use crate::relay::conversation::tests::{check_opening, play, profile};
use crate::relay::conversation::{Conversation, Profile};
use crate::relay::login::{Login, Secret, Way};
use crate::relay::server::Security;

#[test]
fn the_opening_meets_every_relay() {
    let plain = |dialogue: &str| check_opening(Security::Plain, None, dialogue);
    plain("< 220-welcome\n< 220 hi\n> EHLO clinic.example\n< 250 relay\n* ready");
    plain(
        "< 554 5.7.1 blocked\n* failed greeting Settings: the relay does not want to speak with this machine: it answered `554 5.7.1 blocked`\n* over",
    );
    plain(
        "< 421 busy\n* failed greeting Throttle: the relay does not want to speak with this machine: it answered `421 busy`\n* over",
    );
    plain("< HTTP/1.1 400 Bad\n* failed greeting Settings: the relay sent `HTTP/1.1 400 Bad`, which is no SMTP reply\n* over");
    plain("= lost closed\n* failed greeting RelayDown: closed\n* over");
    plain(
        "< 220 hi\n> EHLO clinic.example\n< 502 what\n* failed ehlo Settings: the relay refuses our greeting (EHLO): it answered `502 what`\n* over",
    );
    plain(
        "< 220 hi\n> EHLO clinic.example\n< 354 go\n* failed ehlo RelayDown: the relay answered 354 where that is no answer\n* over",
    );
    plain("<~ 220 hi\\r\\n250 relay\\r\\n\n* failed greeting Settings: the relay sent more than one reply to one command\n* over");
}

#[test]
fn starttls_is_required_and_nothing_in_front_of_it_is_believed() {
    let opening = "< 220 hi\n> EHLO clinic.example";
    let starttls = |dialogue: &str| check_opening(Security::StartTls, Some("tips"), &format!("{opening}\n{dialogue}"));
    starttls(
        "<~ 250-relay\\r\\n250-AUTH PLAIN\\r\\n250 starttls\\r\\n
        > STARTTLS
        < 220 go
        * secure
        = secured
        > EHLO clinic.example
        <~ 250-relay\\r\\n250 AUTH PLAIN\\r\\n
        > AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk
        < 235 ok
        * ready",
    );
    starttls(
        "< 250 relay\n* failed starttls Settings: the relay does not offer STARTTLS, so the connection cannot be encrypted\n* over",
    );
    starttls(
        "<~ 250-r\\r\\n250 STARTTLS\\r\\n\n> STARTTLS\n< 454 no\n* failed starttls RelayDown: the relay cannot begin TLS: it answered `454 no`\n* over",
    );
    for behind in ["250 evil\\r\\n", "2", "\\x16"] {
        starttls(&format!(
            "<~ 250-r\\r\\n250 STARTTLS\\r\\n\n> STARTTLS\n<~ 220 go\\r\\n{behind}
            * failed starttls Settings: the relay sent clear text behind its answer to STARTTLS; somebody on the way may be tampering with the connection\n* over"
        ));
    }
}

#[test]
fn a_login_is_said_only_to_an_encrypted_line() {
    let login = |offers: &str, dialogue: &str| {
        let opening = format!("< 220 hi\n> EHLO clinic.example\n<~ 250-relay\\r\\n250 {offers}\\r\\n");
        check_opening(Security::Implicit, Some("tips"), &format!("{opening}\n{dialogue}"));
    };
    let refused = "* failed login Login: the relay refuses the login: it answered `535 5.7.8 no`\n* over";
    login("AUTH LOGIN PLAIN", "> AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk\n< 235 ok\n* ready");
    login(
        "AUTH LOGIN",
        "> AUTH LOGIN\n< 334 VXNlcm5hbWU6\n> dGlwcw==\n< 334 UGFzc3dvcmQ6\n> cGFzcyB3b3Jk\n< 235 ok\n* ready",
    );
    login(
        "AUTH LOGIN",
        &format!("> AUTH LOGIN\n< 334 ?\n> dGlwcw==\n< 535 5.7.8 no\n{refused}"),
    );
    login(
        "AUTH PLAIN",
        &format!("> AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk\n< 535 5.7.8 no\n{refused}"),
    );
    login(
        "AUTH PLAIN",
        "> AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk\n< 454 4.7.0 later\n* failed login Throttle: the relay refuses the login: it answered `454 4.7.0 later`\n* over",
    );
    login(
        "AUTH PLAIN",
        "> AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk\n< 334 more\n* failed login Login: the relay did not finish the login: it answered `334 more`\n* over",
    );
    login(
        "AUTH GSSAPI",
        "* failed login Settings: the relay offers no login that tidings speaks (PLAIN, LOGIN or XOAUTH2)\n* over",
    );
    check_opening(
        Security::Plain,
        Some("tips"),
        "< 220 hi\n> EHLO clinic.example\n<~ 250-relay\\r\\n250 AUTH PLAIN\\r\\n
        * failed login Settings: the relay needs a login and the connection is not encrypted; the password was not sent\n* over",
    );
}

#[test]
fn a_token_is_said_and_its_refusal_is_heard_out() {
    // {"status":"400","schemes":"Bearer"}, and the same without a status.
    let (status, no_status) = (
        "eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIn0=",
        "eyJzY2hlbWVzIjoiQmVhcmVyIn0=",
    );
    let token = |dialogue: &str| {
        let login = Login {
            way: Way::Xoauth2,
            ..Login::new("tips", Secret::new("pass word"))
        };
        let mut conversation = Conversation::new(Profile {
            login: Some(login),
            ..profile(Security::Implicit)
        });
        let opening = "< 220 hi\n> EHLO clinic.example\n<~ 250-relay\\r\\n250 AUTH PLAIN XOAUTH2\\r\\n
            > AUTH XOAUTH2 dXNlcj10aXBzAWF1dGg9QmVhcmVyIHBhc3Mgd29yZAEB";
        play(&mut conversation, &format!("{opening}\n{dialogue}"));
    };
    let refused = "* failed login Login: the relay refuses the login: it answered `535 5.7.8 no`";
    token("< 235 ok\n* ready");
    token(&format!("< 334 {status}\n>\n< 535 5.7.8 no\n{refused} (status 400)\n* over"));
    token(&format!("< 334 {no_status}\n>\n< 535 5.7.8 no\n{refused}\n* over"));
    token(&format!("< 334\n>\n< 535 5.7.8 no\n{refused}\n* over"));
    token(&format!("< 535 5.7.8 no\n{refused}\n* over"));
    token(&format!(
        "< 334 {status}\n>\n< 454 4.7.0 later\n* failed login Throttle: the relay refuses the login: it answered `454 4.7.0 later`\n* over"
    ));
    for odd in ["235 ok after all", "334 more"] {
        token(&format!(
            "< 334 {status}\n>\n< {odd}\n* failed login Login: the relay did not finish the login: it answered `{odd}`\n* over"
        ));
    }
    check_opening(
        Security::Implicit,
        Some("tips"),
        "< 220 hi\n> EHLO clinic.example\n<~ 250-relay\\r\\n250 AUTH XOAUTH2\\r\\n
        * failed login Settings: the relay takes tokens only (XOAUTH2), and what tidings has is a password\n* over",
    );
}

#[test]
fn our_name_cannot_end_the_command() {
    for (hello, expected) in [
        ("mail.example.org", "EHLO mail.example.org"),
        ("192.0.2.1", "EHLO [192.0.2.1]"),
        ("2001:db8::1", "EHLO [IPv6:2001:db8::1]"),
        ("a\r\nMAIL FROM:<x@y.example>", "EHLO aMAILFROMxy.example"),
        ("", "EHLO [127.0.0.1]"),
    ] {
        let mut conversation = Conversation::new(Profile {
            hello: hello.to_owned(),
            ..profile(Security::Plain)
        });
        play(&mut conversation, &format!("< 220 hi\n> {expected}"));
    }
}
