//! Each row of the table by itself: what it decides, and what its neighbours keep.

use super::super::table::{TABLE, decide};
use super::{Class, Stage, check, reply};
use Stage::{Connect, Data, Ehlo, EndOfData, Greeting, Login, Mail, Rcpt, StartTls, Tls};
use std::collections::BTreeSet;

/// Row, stage, a line that it decides about.
const EXAMPLES: &[(&str, Stage, &str)] = &[
    ("taken", EndOfData, "250 2.0.0 Ok: queued as 4F1"),
    ("no connection", Connect, "421 no"),
    ("no connection", Tls, "554 no"),
    (
        "sandbox account",
        EndOfData,
        "554 Message rejected: Email address is not verified",
    ),
    (
        "account stopped",
        Data,
        "421 Domain a.example is not allowed to send: please activate it",
    ),
    ("greylisted", Rcpt, "450 4.7.1 Greylisted, try again in 300 seconds"),
    ("goodbye", Rcpt, "421 4.7.0 Try again later, closing connection"),
    ("opening, not now", Greeting, "450 busy"),
    ("opening refused", Ehlo, "504 5.5.2 need fully-qualified hostname"),
    (
        "no TLS just now",
        StartTls,
        "454 4.7.0 TLS not available due to local problem",
    ),
    ("TLS refused", StartTls, "502 5.5.1 not implemented"),
    ("login, other mechanism", Login, "432 4.7.12 A password transition is needed"),
    ("login, too many", Login, "535 5.7.0 Too many connections"),
    ("login, not now", Login, "454 4.7.0 Temporary authentication failure"),
    (
        "login, not spoken here",
        Login,
        "503 5.5.1 AUTH command used when not advertised",
    ),
    ("login refused", Login, "535 5.7.8 Username and Password not accepted"),
    (
        "recipient's rate",
        Rcpt,
        "550 5.2.1 The user you are trying to contact is receiving mail at a rate that",
    ),
    ("mailbox full, by code", Rcpt, "452 4.2.2 no"),
    ("letter too long for one mailbox", Rcpt, "552 5.2.3 no"),
    ("mailbox full", Rcpt, "550 Mailbox is full"),
    ("unknown address, by code", Rcpt, "550 5.1.1 no"),
    ("address in letters we cannot carry", Rcpt, "553 5.6.7 SMTPUTF8 required"),
    ("too many recipients", Rcpt, "452 4.5.3 too many recipients"),
    ("quota, by code", Mail, "550 5.4.5 no"),
    ("quota", Rcpt, "550 5.7.1 Daily SMTP relay limit exceeded for customer"),
    ("quota, at MAIL", Mail, "452 4.3.1 quota"),
    ("a mailbox's quota", Rcpt, "550 Quota exceeded"),
    (
        "too fast",
        EndOfData,
        "454 Throttling failure: Maximum sending rate exceeded.",
    ),
    ("too many at once", EndOfData, "432 4.3.2 no"),
    ("sender, by code", Rcpt, "550 5.1.8 no"),
    ("account banned", EndOfData, "550 5.7.705 no"),
    (
        "sender",
        Rcpt,
        "553 5.7.1 <a@b.example>: Sender address rejected: not owned by user c",
    ),
    ("not without TLS", Mail, "530 5.7.0 Must issue a STARTTLS command first"),
    ("relaying denied", Rcpt, "554 5.7.1 <a@b.example>: Relay access denied"),
    ("our grammar", Mail, "503 5.5.1 nested MAIL command"),
    ("nobody to write to", Data, "554 5.5.1 Error: no valid recipients"),
    ("login wanted, at RCPT", Rcpt, "530 5.7.1 Authentication required"),
    ("login wanted", Mail, "530 5.7.57 Client not authenticated to send mail"),
    ("login wanted, in words", Rcpt, "550 5.7.1 Authentication required"),
    ("MAIL, not now", Mail, "451 4.3.0 later"),
    ("too big, at MAIL", Mail, "552 5.3.4 Message size exceeds fixed limit"),
    ("too big, by code, at MAIL", Mail, "554 5.3.4 no"),
    ("MAIL refused", Mail, "550 5.7.1 no"),
    ("not now", Rcpt, "451 4.3.0 later"),
    ("policy, by code, at RCPT", Rcpt, "550 5.7.1 no"),
    ("policy, at RCPT", Rcpt, "550 blocked by our reputation service"),
    ("no room for it", Rcpt, "552 no"),
    ("unknown address", Rcpt, "550 no such user here"),
    ("address refused", Rcpt, "551 please try elsewhere"),
    ("address status", Rcpt, "550 5.1.0 no"),
    ("no way to the address", Rcpt, "550 5.4.1 no"),
    ("refused without a reason", Rcpt, "550 no"),
    (
        "unknown address, late",
        EndOfData,
        "554 delivery error: dd This user doesn't have a mail.example account",
    ),
    ("attachment or size", EndOfData, "552 5.7.0 This message was blocked"),
    ("content, by code", EndOfData, "554 5.6.0 no"),
    ("too big, by code", EndOfData, "554 5.3.4 no"),
    ("content", EndOfData, "550 5.7.1 This message is not RFC 5322 compliant"),
    ("refused after the letter", EndOfData, "554 5.7.1 no"),
];

#[test]
fn each_row_decides_about_its_own_lines() {
    for (row, stage, line) in EXAMPLES {
        assert_eq!(decide(&reply(*stage, line)).name, *row, "{stage}: {line}");
    }
    let with_example: BTreeSet<&str> = EXAMPLES.iter().map(|(row, _, _)| *row).collect();
    let names: BTreeSet<&str> = TABLE.iter().map(|row| row.name).collect();
    assert_eq!(with_example, names, "one example a row at least");
    assert_eq!(names.len(), TABLE.len(), "a row's name is its own");
}

/// Whatever a relay says, there is an answer, and before the recipient is known it is never the recipient's fault.
#[test]
fn no_reply_is_without_a_class_and_nobody_pays_for_what_was_said_before_rcpt() {
    let before = [Connect, Tls, Greeting, Ehlo, StartTls, Login, Mail];
    let details = [
        (0, 0),
        (1, 1),
        (1, 8),
        (2, 1),
        (2, 2),
        (3, 4),
        (4, 5),
        (5, 1),
        (6, 7),
        (7, 1),
        (7, 999),
    ];
    let words = [
        "",
        "no such user",
        "mailbox full",
        "greylisted",
        "spam",
        "daily quota",
        "over quota",
        "too many messages",
    ];
    for code in 400..600 {
        for (subject, detail) in details {
            for said in words {
                let line = format!("{code} {}.{subject}.{detail} {said}", code / 100);
                for stage in before {
                    let class = decide(&reply(stage, &line)).class;
                    let touched = [
                        Class::Accepted,
                        Class::Hard,
                        Class::Soft,
                        Class::Policy,
                        Class::UnsupportedAddress,
                    ];
                    assert!(!touched.contains(&class), "{stage}: {line} is {class}");
                }
                for stage in [Rcpt, Data, EndOfData] {
                    let class = decide(&reply(stage, &line)).class;
                    assert_ne!(class, Class::Accepted, "{stage}: {line}");
                    assert!(code >= 500 || class != Class::Hard, "{stage}: {line}");
                }
            }
        }
    }
}

#[test]
fn only_a_2xx_to_the_end_of_data_is_acceptance() {
    check(
        EndOfData,
        Class::Accepted,
        &["250 ok", "250 2.0.0 daily quota exceeded: no such user", "251 forwarded"],
    );
    check(EndOfData, Class::RelayDown, &["354 go on", "199 odd", "650 odd"]);
    check(Rcpt, Class::RelayDown, &["250 ok", "354 go on"]);
}

#[test]
fn what_stands_in_brackets_or_is_an_address_never_decides() {
    let hard = [
        "550 5.1.1 <daily.quota@example.org> user unknown",
        "550 <spam.daily@example.org>: no such user",
        "550 daily.limit@example.org: no such user",
        "550 no such user relay-limit@greylist.example",
        "550 No such user; see https://help.example/too-many-connections/daily-quota",
    ];
    check(Rcpt, Class::Hard, &hard);
    check(
        Rcpt,
        Class::Policy,
        &["550 <no.such.user@example.org>", "550 <user unknown> no"],
    );
    check(Rcpt, Class::Soft, &["450 <daily.news@quota.example> try later"]);
    check(EndOfData, Class::Policy, &["550 5.7.1 <email address is not verified>"]);
}

#[test]
fn a_policy_at_rcpt_is_never_hard_whatever_else_is_said() {
    for said in [
        "user unknown",
        "no such user",
        "mailbox unavailable",
        "address rejected",
        "is inactive",
        "access denied",
    ] {
        for detail in [0, 1, 2, 13, 25, 26, 27, 29, 103, 504, 507, 509, 513, 606] {
            check(Rcpt, Class::Policy, &[&format!("550 5.7.{detail} {said}")]);
        }
    }
}

#[test]
fn goodbye_touches_nobody_before_the_end_and_defers_behind_it() {
    for stage in [Greeting, Ehlo, StartTls, Login, Mail, Rcpt, Data] {
        check(
            stage,
            Class::Throttle,
            &["421 4.3.2 closing", "421 5.1.1 user unknown", "421 4.2.2 mailbox full"],
        );
    }
    check(
        EndOfData,
        Class::Soft,
        &["421 4.3.2 closing", "421 4.4.5 Server busy, try again later."],
    );
}
