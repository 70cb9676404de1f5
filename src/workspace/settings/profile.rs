//! What is known of mail providers: how fast they may be written to, as one table of data.
//!
//! A profile fills in what the file does not say; the file's word counts. Numbers that the provider does not publish are this
//! program's own caution, and nobody is warned about those.

/// One kind of relay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Profile {
    /// Its name in `tidings.yaml`.
    pub(super) name: &'static str,
    /// Only for this host, where one provider has several; `None` for any.
    pub(super) host: Option<&'static str>,
    /// Whose limits they are, and since when they are known to be so.
    pub(super) source: &'static str,
    pub(super) connections: Number<u16>,
    pub(super) per_second: Number<f64>,
    pub(super) per_connection: Number<u32>,
    pub(super) per_day: Number<u32>,
    /// Whether a new sender begins small.
    pub(super) warm_up: bool,
}

/// What we keep to where the file says nothing, and what the provider is known to refuse beyond; `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number<T> {
    pub(super) usual: Option<T>,
    pub(super) most: Option<T>,
}

const fn number<T: Copy>(usual: T, most: Option<T>) -> Number<T> {
    Number {
        usual: Some(usual),
        most,
    }
}

/// Where no profile is named: slow enough for everybody. A relay that nobody knows may be the clinic's own, so it begins small.
const UNKNOWN: Profile = Profile {
    name: "",
    host: None,
    source: "",
    connections: number(1, None),
    per_second: number(1.0, None),
    per_connection: number(50, None),
    per_day: Number { usual: None, most: None },
    warm_up: true,
};

/// A relay on this machine for a throw-away workspace: no limit unless the file sets one.
const TEST: Profile = Profile {
    per_second: Number { usual: None, most: None },
    per_connection: Number { usual: None, most: None },
    warm_up: false,
    ..UNKNOWN
};

// Warm-up (`warm_up`) is for senders that receivers do not know yet. With gmail, workspace and office365 letters leave from servers
// and, as a rule, a domain that have carried the clinic's everyday mail for years, under daily limits of their own: no warm-up unless
// the file asks for it. With ses, sendgrid, mailgun and postfix the clinic's own domain (and, with postfix, its own IP address) sends
// in bulk for the first time: a warm-up unless the file says otherwise.
const PROFILES: [Profile; 8] = [
    // 500 recipients in 24 hours; beyond it the account is closed for a day (support.google.com/mail/answer/22839, November 2026).
    // 450 leaves the clinic fifty letters of its own.
    Profile {
        name: "gmail",
        source: "Gmail's sending limits, November 2026",
        per_day: number(450, Some(500)),
        warm_up: false,
        ..UNKNOWN
    },
    // 10,000 messages a user in 24 hours through the relay service (support.google.com/a/answer/2956491, November 2026).
    Profile {
        name: "workspace",
        host: Some("smtp-relay.gmail.com"),
        source: "the SMTP relay service's limits for Google Workspace, November 2026",
        per_day: number(9_000, Some(10_000)),
        warm_up: false,
        ..UNKNOWN
    },
    // 2,000 messages in 24 hours, 500 in a trial (support.google.com/a/answer/166852, November 2026).
    Profile {
        name: "workspace",
        source: "Google Workspace's sending limits, November 2026",
        per_day: number(1_800, Some(2_000)),
        warm_up: false,
        ..UNKNOWN
    },
    // 10,000 recipients a day, 30 messages a minute, 3 connections at once, then `432 4.3.2` (Exchange Online limits, learn.microsoft.com,
    // November 2026). Microsoft would rather see newsletters at a bulk provider.
    Profile {
        name: "office365",
        source: "Exchange Online's limits, November 2026",
        connections: number(1, Some(3)),
        per_second: number(0.5, Some(0.5)),
        per_day: number(9_000, Some(10_000)),
        warm_up: false,
        ..UNKNOWN
    },
    // Every account has numbers of its own (sandbox: 200 a day, 1 a second, to verified addresses alone); what is sent too fast is
    // dropped, not queued (docs.aws.amazon.com/ses, November 2026).
    Profile {
        name: "ses",
        source: "Amazon SES's quotas, November 2026",
        ..UNKNOWN
    },
    // 5,000 messages a connection (sendgrid.com/docs, November 2026).
    Profile {
        name: "sendgrid",
        source: "SendGrid's SMTP limits, November 2026",
        connections: number(2, None),
        per_second: number(5.0, None),
        per_connection: number(500, Some(5_000)),
        ..UNKNOWN
    },
    // `421 #4.4.5 Too many connections from your host`, at a number that is not published; daily caps are the plan's.
    Profile {
        name: "mailgun",
        source: "Mailgun's SMTP limits, November 2026",
        connections: number(2, None),
        per_second: number(5.0, None),
        per_connection: number(100, None),
        ..UNKNOWN
    },
    // 50 connections from one client (`smtpd_client_connection_count_limit`, postconf(5) of Postfix 3.7). What is behind it keeps each
    // destination's pace by itself.
    Profile {
        name: "postfix",
        source: "Postfix's defaults, `postconf smtpd_client_connection_count_limit`",
        connections: number(4, Some(50)),
        per_second: number(10.0, None),
        per_connection: number(500, None),
        ..UNKNOWN
    },
];

/// Hosts that are plainly a provider's, by how they begin and end, and the profile that fits.
const HOSTS: [(&str, &str, &str); 8] = [
    ("smtp.gmail.com", "", "gmail"),
    ("smtp.googlemail.com", "", "gmail"),
    ("smtp-relay.gmail.com", "", "workspace"),
    ("smtp.office365.com", "", "office365"),
    ("email-smtp.", ".amazonaws.com", "ses"),
    ("smtp.sendgrid.net", "", "sendgrid"),
    ("smtp.mailgun.org", "", "mailgun"),
    ("smtp.eu.mailgun.org", "", "mailgun"),
];

/// The profile of this name for this host; an unknown name has none.
pub(super) fn named(name: &str, host: &str) -> Option<Profile> {
    let fits = |profile: &&Profile| profile.name == name && profile.host.is_none_or(|only| only.eq_ignore_ascii_case(host));
    PROFILES.iter().find(fits).copied()
}

/// What is kept to where no profile is named.
pub(super) fn unnamed(is_test: bool) -> Profile {
    if is_test { TEST } else { UNKNOWN }
}

/// All names, each once.
pub(super) fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = PROFILES.iter().map(|profile| profile.name).collect();
    names.dedup();
    names
}

/// The profile for a host that is plainly a provider's. Whoever logs in at Gmail with an address of their own has Google Workspace.
pub(super) fn of_host(host: &str, user: Option<&str>) -> Option<&'static str> {
    let host = host.to_ascii_lowercase();
    let fits = |(begin, end, _): &&(&str, &str, &str)| match end.is_empty() {
        true => host == *begin,
        false => host.starts_with(begin) && host.ends_with(end),
    };
    let (_, _, name) = HOSTS.iter().find(fits)?;
    let domain = user
        .and_then(|user| user.rsplit_once('@'))
        .map(|(_, domain)| domain.to_ascii_lowercase());
    let is_gmail = domain.is_none_or(|domain| matches!(domain.as_str(), "gmail.com" | "googlemail.com"));
    Some(if *name == "gmail" && !is_gmail { "workspace" } else { name })
}
