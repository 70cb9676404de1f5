//! Tests of `tidings.yaml`: the exact findings with their places.

use super::{Dkim, LoginWay, PasswordSource, Settings, Tls};

pub(super) const SOUND: &str = "\
clinic:
  name: Mill Lane Clinic
  postal_address: 12 Mill Lane, Bath
  contact: hello@mill-lane.example
  jurisdiction: GB
sender: {from: Mill Lane Clinic <tips@mill-lane.example>}
timezone: Europe/London
unsubscribe: {mailto: unsubscribe@mill-lane.example}
";

pub(super) fn told(text: &str) -> Vec<String> {
    let (settings, findings) = Settings::check(text);
    let has_errors = findings.iter().any(crate::finding::Finding::is_error);
    assert_eq!(settings.is_none(), has_errors, "settings with errors are none: {findings:?}");
    findings.iter().map(ToString::to_string).collect()
}

/// Settings that are sound but for the lines of `more`, which begin at line 9.
#[track_caller]
fn check_more(more: &str, expected: &[&str]) {
    assert_eq!(told(&format!("{SOUND}{more}\n")), expected, "{more}");
}

/// Sound settings with `old` exchanged for `new`.
#[track_caller]
fn check(old: &str, new: &str, expected: &[&str]) {
    assert!(SOUND.contains(old), "{old}");
    assert_eq!(told(&SOUND.replace(old, new)), expected, "{new}");
}

fn sound(more: &str) -> Settings {
    let (settings, findings) = Settings::check(&format!("{SOUND}{more}\n"));
    settings.unwrap_or_else(|| panic!("{findings:?}"))
}

#[test]
fn sound_settings_have_no_finding() {
    check_more("", &[]);
    let settings = sound("");
    assert_eq!(settings.sender.from.address.as_str(), "tips@mill-lane.example");
    assert_eq!(settings.zone().iana_name(), Some("Europe/London"));
    assert!(settings.auto_import && settings.relay.is_none());
    assert_eq!(
        (settings.dkim, settings.selectors),
        (
            Dkim::Relay {
                covers_unsubscribe: false
            },
            vec![]
        )
    );
    assert_eq!(
        sound("dkim: {keys: [{selector: s1}, {selector: s2}]}").selectors,
        ["s1", "s2"]
    );
    assert!(!sound("lists: {auto_import: false}").auto_import);
}

#[test]
fn a_relay_is_slow_and_careful_unless_told_otherwise() {
    let relay = sound("relay: {host: smtp.example.org, user: tips, password_file: relay.password}")
        .relay
        .unwrap();
    assert_eq!((relay.port, relay.tls, relay.connections), (465, Tls::Implicit, 1));
    assert_eq!(
        (relay.per_second, relay.per_connection, relay.per_day),
        (Some(1.0), Some(50), None)
    );
    assert_eq!(relay.password, Some(PasswordSource::File("relay.password".to_owned())));
    let relay = sound("relay: {host: smtp.example.org, tls: starttls}").relay.unwrap();
    assert_eq!((relay.port, relay.tls), (587, Tls::StartTls));
    let relay = sound("relay: {host: 127.0.0.1, tls: none, test: true, port: 2525, connections: 10}")
        .relay
        .unwrap();
    assert_eq!(
        (relay.port, relay.connections, relay.per_second, relay.per_connection),
        (2525, 10, None, None)
    );
}

#[test]
fn what_every_letter_needs_has_to_be_there() {
    check(
        "  postal_address: 12 Mill Lane, Bath\n",
        "",
        &[
            "tidings.yaml:1:1: `clinic.postal_address` is missing\n  hint: a street or post box address has to stand in every letter \
           (US CAN-SPAM, Canada's CASL, EU and UK law); nothing is sent without it",
        ],
    );
    check(
        "12 Mill Lane, Bath",
        "\" \"",
        &[
            "tidings.yaml:3:19: `clinic.postal_address` is empty\n  hint: a street or post box address has to stand in every letter \
           (US CAN-SPAM, Canada's CASL, EU and UK law); nothing is sent without it",
        ],
    );
    check(
        "unsubscribe: {mailto: unsubscribe@mill-lane.example}\n",
        "",
        &[
            "tidings.yaml:1:1: `unsubscribe` is missing\n  hint: every letter has to offer a way out that works: write \
           `unsubscribe: {mailto: unsubscribe@riverside.example}`",
        ],
    );
    check(
        "hello@mill-lane.example",
        "hello at mill-lane",
        &[
            "tidings.yaml:4:12: `hello at mill-lane` is no address: it needs exactly one `@`\n  hint: write it like `hello@riverside.example`",
        ],
    );
}

#[test]
fn a_name_that_is_nearly_right_is_suggested() {
    check(
        "timezone: Europe/London",
        "timezone: London",
        &["tidings.yaml:7:11: `London` is no time zone\n  hint: did you mean `Europe/London`?"],
    );
    check(
        "timezone: Europe/London",
        "timezone: GMT+1",
        &[
            "tidings.yaml:7:11: `GMT+1` is no time zone\n  hint: an offset knows no summer time; write the zone by its city, like \
           `timezone: Europe/London`",
        ],
    );
    check(
        "sender:",
        "sendr:",
        &["tidings.yaml:6:1: unknown key `sendr`\n  hint: did you mean `sender`?"],
    );
    check_more(
        "dkim: {signed_by: relais}",
        &["tidings.yaml:9:19: `relais` cannot sign\n  hint: did you mean `relay`?"],
    );
}

#[test]
fn a_sender_that_mailboxes_refuse_is_a_warning() {
    check(
        "tips@mill-lane.example",
        "millane@gmail.com",
        &[
            "tidings.yaml:6:16: warning: letters from `gmail.com` are refused by many mailboxes unless that provider itself sends them\n  \
           hint: use an address at the clinic's own domain",
        ],
    );
}

#[test]
fn a_password_stands_elsewhere() {
    const WAYS: &str = "hint: ";
    let first = |more: &str| told(&format!("{SOUND}{more}\n")).first().cloned().unwrap_or_default();
    let check = |more: &str, place: &str, words: &str| {
        let finding = first(more);
        assert!(
            finding.starts_with(&format!("tidings.yaml:{place}: {words}")) && finding.contains(WAYS),
            "{finding}"
        );
        assert!(!finding.contains("sesame"), "{finding}");
    };
    check(
        "relay: {host: smtp.example.org, user: tips, password: sesame}",
        "9:55",
        "a password does not stand in `tidings.yaml`, where others and git would see it",
    );
    check(
        "relay: {host: smtp.example.org, user: tips}",
        "9:39",
        "`user` is there and its password is not",
    );
    check(
        "relay: {host: smtp.example.org, password_env: P}",
        "9:8",
        "there is a password and no `user`",
    );
    check(
        "relay: {host: smtp.example.org, user: tips, password_env: P, password_file: p}",
        "9:8",
        "the password is named in several places",
    );
}

#[test]
fn a_login_is_the_best_one_unless_it_is_named() {
    const RELAY: &str = "relay: {host: smtp.example.org, user: tips";
    let way = |more: &str| sound(&format!("{RELAY}, {more}}}")).relay.unwrap().login;
    assert_eq!(way("password_file: p"), LoginWay::Best);
    assert_eq!(way("password_file: p, login: login"), LoginWay::Login);
    assert_eq!(way("password_file: p, login: PLAIN"), LoginWay::Plain);
    assert_eq!(way("password_command: token, login: xoauth2"), LoginWay::Xoauth2);
    check_more(
        &format!("{RELAY}, password_file: p, login: xoauth}}"),
        &["tidings.yaml:9:70: `xoauth` is no way to log in\n  hint: did you mean `xoauth2`?"],
    );
    check_more(
        &format!("{RELAY}, password_env: P, login: xoauth2}}"),
        &[
            "tidings.yaml:9:69: warning: a token lasts about an hour, and the environment cannot fetch a fresh one\n  hint: write \
           `password_command:` with the program that prints a token",
        ],
    );
    check_more(
        "relay: {host: smtp.example.org, login: plain}",
        &[
            "tidings.yaml:9:40: there is a `login` and no `user`\n  hint: add `user:` with the name the provider gave you, or take \
           `login` away",
        ],
    );
}

#[test]
fn the_name_we_give_is_a_full_one() {
    for good in [
        "mail.riverside.example",
        "192.0.2.1",
        "\"2001:db8::1\"",
        "xn--bcher-kva.example",
    ] {
        assert!(
            sound(&format!("relay: {{host: smtp.example.org, hello: {good}}}"))
                .relay
                .is_some()
        );
    }
    for bad in [
        "vm",
        "mail_1.example",
        "-a.example",
        "a..example",
        "bücher.example",
        "[192.0.2.1]",
        "a b.example",
    ] {
        let told = told(&format!("{SOUND}relay: {{host: smtp.example.org, hello: \"{bad}\"}}\n"));
        assert_eq!(
            told,
            [format!(
                "tidings.yaml:9:40: `{bad}` is no full host name\n  hint: write this machine's, like `hello: mail.riverside.example`; left \
               out, it is the sender's domain"
            )]
        );
    }
}

#[test]
fn a_port_of_the_other_kind_is_a_warning() {
    check_more(
        "relay: {host: smtp.example.org, port: 465, tls: starttls}",
        &[
            "tidings.yaml:9:39: warning: `port` and `tls` do not fit together\n  hint: port 465 begins with TLS: take `tls` away, or take \
           `port` away",
        ],
    );
    check_more(
        "relay: {host: smtp.example.org, port: 587}",
        &[
            "tidings.yaml:9:39: warning: `port` and `tls` do not fit together\n  hint: this port begins in clear text: write `tls: \
           starttls`, or take `port` away",
        ],
    );
}

#[test]
fn a_line_that_others_could_read_is_refused() {
    check_more(
        "relay: {host: smtp.example.org, tls: none}",
        &[
            "tidings.yaml:9:38: `tls: none` is for this machine only, and `smtp.example.org` is another\n  \
         hint: letters and passwords would be readable on the way: leave `tls` out, or write `starttls`",
        ],
    );
    check_more(
        "relay: {host: smtp.example.org, test: true}",
        &[
            "tidings.yaml:9:39: `smtp.example.org` is no test relay: real people could get its letters\n  \
         hint: take `test: true` away; a test relay is a mail server on this machine, such as 127.0.0.1",
        ],
    );
    check_more(
        "relay: {host: localhost, tls: none, user: tips, password_env: P}",
        &["tidings.yaml:9:43: a login needs TLS\n  hint: take `user` and the password away, or write `tls: starttls`"],
    );
}

#[test]
fn numbers_that_send_nothing_are_refused_together() {
    check_more(
        "relay:\n  host: smtp.example.org\n  connections: 0\n  per_second: -1\n  per_day: 0\n  port: 70000\n  in_flight: 101",
        &[
            "tidings.yaml:11:16: `connections: 0` would send nothing\n  hint: write 1 or more, or leave it out",
            "tidings.yaml:12:15: `per_second` has to be more than 0\n  hint: 0.5 is one letter every two seconds",
            "tidings.yaml:13:12: `per_day: 0` would send nothing\n  hint: write 1 or more, or leave it out",
            "tidings.yaml:14:9: found `70000`, wanted a whole number from 0 to 65535",
            "tidings.yaml:15:14: more than 100 letters in flight would be too many in doubt after a crash\n  hint: 2 to 8 are enough for long lines",
        ],
    );
}

#[test]
fn a_port_has_a_key_of_its_own() {
    check_more(
        "relay: {host: \"127.0.0.1:2525\", tls: none, test: true}",
        &["tidings.yaml:9:15: `127.0.0.1:2525` is a host and a port\n  hint: write `host: 127.0.0.1` and `port: 2525`"],
    );
}

/// The relay with these keys and a login, and what is said about it.
fn relay(more: &str) -> (super::RelaySettings, Vec<String>) {
    let text = format!("{SOUND}relay: {{{more}, user: tips@mill-lane.example, password_env: P}}\n");
    let relay = Settings::check(&text).0.and_then(|settings| settings.relay);
    (relay.unwrap_or_else(|| panic!("{:?}", told(&text))), told(&text))
}

#[test]
fn a_profile_fills_in_what_the_file_does_not_say_and_the_file_wins() {
    /// Connections, letters a second, a connection, a day, and whether a new sender begins small.
    type Found = (u16, Option<f64>, Option<u32>, Option<u32>, bool);
    #[track_caller]
    fn check(more: &str, wanted: Found) {
        let (relay, told) = relay(more);
        let found = (
            relay.connections,
            relay.per_second,
            relay.per_connection,
            relay.per_day,
            relay.warm_up,
        );
        assert_eq!((found, told), (wanted, Vec::new()), "{more}");
    }
    let profile = |host: &str, name: &str| format!("host: {host}, profile: {name}");
    check("host: smtp.example.org", (1, Some(1.0), Some(50), None, true));
    check(
        &profile("smtp.gmail.com", "gmail"),
        (1, Some(1.0), Some(50), Some(450), false),
    );
    check(
        &profile("smtp.gmail.com", "workspace"),
        (1, Some(1.0), Some(50), Some(1800), false),
    );
    let relay_service = profile("smtp-relay.gmail.com", "workspace");
    check(&relay_service, (1, Some(1.0), Some(50), Some(9000), false));
    let office = profile("smtp.office365.com", "office365");
    check(&office, (1, Some(0.5), Some(50), Some(9000), false));
    let ses = profile("email-smtp.eu-west-1.amazonaws.com", "ses");
    check(&ses, (1, Some(1.0), Some(50), None, true));
    check(
        &profile("smtp.sendgrid.net", "sendgrid"),
        (2, Some(5.0), Some(500), None, true),
    );
    check(&profile("smtp.mailgun.org", "mailgun"), (2, Some(5.0), Some(100), None, true));
    check(
        &profile("mail.mill-lane.example", "postfix"),
        (4, Some(10.0), Some(500), None, true),
    );
    check(
        "host: smtp.gmail.com, profile: gmail, per_day: 300, connections: 2, per_connection: 20, per_second: 0.2, warm_up: true",
        (2, Some(0.2), Some(20), Some(300), true),
    );
    let test = "host: 127.0.0.1, test: true";
    check(test, (1, None, None, None, false));
    check(
        &format!("{test}, profile: ses, per_day: 9"),
        (1, Some(1.0), Some(50), Some(9), false),
    );
}

#[test]
fn a_number_that_the_provider_refuses_is_a_warning_that_says_whose_it_is() {
    const HINT: &str =
        "\n  hint: a provider that is asked for more closes the door, often for a day; leave it out unless they promised you more";
    let found = relay("host: smtp.gmail.com, profile: gmail, per_day: 501").1;
    let words =
        "tidings.yaml:9:56: warning: `per_day: 501` is more than `gmail` takes: 500 (Gmail's sending limits, November 2026)";
    assert_eq!(found, [format!("{words}{HINT}")]);
    assert_eq!(relay("host: smtp.gmail.com, profile: gmail, per_day: 500").1.len(), 0);
    let found = relay("host: smtp.office365.com, profile: office365, per_second: 1, connections: 4").1;
    assert!(
        found[0].contains("`per_second: 1` is more than `office365` takes: 0.5 (Exchange Online's limits, November 2026)"),
        "{found:?}"
    );
    assert!(
        found[1].contains("`connections: 4` is more than `office365` takes: 3"),
        "{found:?}"
    );
    assert_eq!(
        relay("host: smtp-relay.gmail.com, profile: workspace, per_day: 10000")
            .1
            .len(),
        0
    );
    assert_eq!(relay("host: smtp.gmail.com, profile: workspace, per_day: 10000").1.len(), 1);
}

#[test]
fn a_host_that_is_plainly_a_providers_asks_for_its_profile() {
    #[track_caller]
    fn check(host: &str, user: &str, name: &str) {
        let text = format!("{SOUND}relay: {{host: {host}, user: {user}, password_env: P}}\n");
        let words = format!("tidings.yaml:9:15: warning: `{host}` has limits of its own, and `relay` does not keep to them");
        let hint = format!("\n  hint: add `profile: {name}`; what else stands there counts all the same");
        assert_eq!(told(&text), [words + &hint]);
    }
    check("smtp.gmail.com", "mill.lane@gmail.com", "gmail");
    check("SMTP.Gmail.com", "tips@mill-lane.example", "workspace");
    check("smtp-relay.gmail.com", "tips@mill-lane.example", "workspace");
    check("smtp.office365.com", "tips@mill-lane.example", "office365");
    check("email-smtp.eu-west-1.amazonaws.com", "AKIA", "ses");
    check("smtp.sendgrid.net", "apikey", "sendgrid");
    check("smtp.eu.mailgun.org", "tips@mill-lane.example", "mailgun");
    assert_eq!(relay("host: smtp.gmail.com.example.org").1.len(), 0);
    check_more(
        "relay: {host: smtp.example.org, profile: gmial}",
        &["tidings.yaml:9:42: no relay profile is called `gmial`\n  hint: did you mean `gmail`?"],
    );
}

#[test]
fn a_zone_without_summer_time_is_taken_with_a_warning_that_names_a_city() {
    for (name, city) in [
        ("EST", "America/New_York"),
        ("GMT", "Europe/London"),
        ("MST", "America/Denver"),
    ] {
        let told = told(&SOUND.replace("timezone: Europe/London", &format!("timezone: {name}")));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].contains(&format!("warning: `{name}` is the same hour all year")),
            "{told:?}"
        );
        assert!(told[0].contains(&format!("did you mean `{city}`?")), "{told:?}");
    }
    assert_eq!(
        told(&SOUND.replace("timezone: Europe/London", "timezone: EST5EDT")),
        Vec::<String>::new()
    );
}
