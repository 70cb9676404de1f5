//! The numbers of `relay:`: how many at once, how fast, how many a day.
//!
//! What the file does not say, the profile fills in; what it says counts, and where a provider is known to refuse that it is a warning.

use super::file::RelayFile;
use super::profile::{self, Number, Profile};
use crate::finding::suggestion;
use crate::finding::yaml::Inspection;

/// The numbers as they hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbers {
    pub(super) connections: u16,
    pub(super) per_second: Option<f64>,
    pub(super) per_connection: Option<u32>,
    pub(super) per_day: Option<u32>,
    pub(super) per_domain_per_minute: Option<u32>,
    pub(super) per_domain_per_day: Option<u32>,
    pub(super) warm_up: bool,
    pub(super) in_flight: u16,
}

/// The numbers of this relay, and everything that is to be said about them.
pub(super) fn check(desk: &mut Inspection<'_>, file: &RelayFile) -> Numbers {
    refuse_nonsense(desk, file);
    let profile = profile_of(desk, file);
    warn(desk, &profile, "connections", file.connections, profile.connections);
    warn(desk, &profile, "per_second", file.per_second, profile.per_second);
    warn(desk, &profile, "per_connection", file.per_connection, profile.per_connection);
    warn(desk, &profile, "per_day", file.per_day, profile.per_day);
    Numbers {
        connections: file.connections.or(profile.connections.usual).unwrap_or(1).max(1),
        per_second: file.per_second.or(profile.per_second.usual),
        per_connection: file.per_connection.or(profile.per_connection.usual),
        per_day: file.per_day.or(profile.per_day.usual),
        per_domain_per_minute: file.per_domain_per_minute,
        per_domain_per_day: file.per_domain_per_day,
        warm_up: file.warm_up.unwrap_or(profile.warm_up),
        in_flight: file.in_flight.unwrap_or(1).max(1),
    }
}

/// The profile that the file names, or what is kept to without one.
fn profile_of(desk: &mut Inspection<'_>, file: &RelayFile) -> Profile {
    let (host, is_test) = (file.host.as_deref().unwrap_or_default().trim(), file.test.unwrap_or(false));
    let Some(name) = file.profile.as_deref() else {
        if let Some(name) = profile::of_host(host, file.user.as_deref()) {
            desk.doubt(
                &["relay", "host"],
                format!("`{host}` has limits of its own, and `relay` does not keep to them"),
                format!("add `profile: {name}`; what else stands there counts all the same"),
            );
        }
        return profile::unnamed(is_test);
    };
    let Some(profile) = profile::named(name, host) else {
        desk.wrong(
            &["relay", "profile"],
            format!("no relay profile is called `{name}`"),
            suggestion::hint(name, profile::names()),
        );
        return profile::unnamed(is_test);
    };
    Profile {
        // The people of a test relay are nobody, who knows every sender.
        warm_up: profile.warm_up && !is_test,
        ..profile
    }
}

/// A number beyond what the provider takes.
fn warn<T: PartialOrd + std::fmt::Display>(
    desk: &mut Inspection<'_>,
    profile: &Profile,
    name: &str,
    said: Option<T>,
    known: Number<T>,
) {
    if let (Some(said), Some(most)) = (said, known.most)
        && said > most
    {
        desk.doubt(
            &["relay", name],
            format!(
                "`{name}: {said}` is more than `{}` takes: {most} ({})",
                profile.name, profile.source
            ),
            "a provider that is asked for more closes the door, often for a day; leave it out unless they promised you more",
        );
    }
}

/// More than any relay takes.
const MOST_CONNECTIONS: u16 = 100;

/// Letters under way on one connection: all of them are held in memory, and after a crash a person has to decide about each.
const MOST_IN_FLIGHT: u16 = 100;

fn refuse_nonsense(desk: &mut Inspection<'_>, file: &RelayFile) {
    let zero = |number: Option<u32>| number == Some(0);
    let counts = [
        ("connections", zero(file.connections.map(u32::from))),
        ("per_connection", zero(file.per_connection)),
        ("per_day", zero(file.per_day)),
        ("per_domain_per_minute", zero(file.per_domain_per_minute)),
        ("per_domain_per_day", zero(file.per_domain_per_day)),
        ("in_flight", zero(file.in_flight.map(u32::from))),
    ];
    for (name, is_zero) in counts {
        if is_zero {
            desk.wrong(
                &["relay", name],
                format!("`{name}: 0` would send nothing"),
                "write 1 or more, or leave it out",
            );
        }
    }
    if file.connections.is_some_and(|connections| connections > MOST_CONNECTIONS) {
        desk.wrong(
            &["relay", "connections"],
            format!("no relay takes more than {MOST_CONNECTIONS} connections"),
            "most take 1 to 10",
        );
    }
    if file.in_flight.is_some_and(|letters| letters > MOST_IN_FLIGHT) {
        desk.wrong(
            &["relay", "in_flight"],
            format!("more than {MOST_IN_FLIGHT} letters in flight would be too many in doubt after a crash"),
            "2 to 8 are enough for long lines",
        );
    }
    if file.per_second.is_some_and(|rate| rate.is_nan() || rate <= 0.0) {
        desk.wrong(
            &["relay", "per_second"],
            "`per_second` has to be more than 0",
            "0.5 is one letter every two seconds",
        );
    }
}
