//! The settings: `tidings.yaml`, checked. Who sends, in which time zone, through which relay, how fast.
//!
//! Promises: settings that exist can be sent with, as far as a file can tell; every mistake is a finding at its place, all at once; a
//! password never stands in the file. Knows nothing of campaigns or of what the relay will say.

pub(in crate::workspace) mod calendar;
pub(in crate::workspace) mod dkim;
mod example;
mod file;
mod login;
pub(in crate::workspace) mod look;
mod mailbox;
mod numbers;
mod people;
mod profile;
mod relay;
mod sender;

#[cfg(test)]
mod tests;

pub use calendar::CalendarSettings;
pub use dkim::{Dkim, KeySource};
pub use login::{LoginWay, PasswordSource};
pub use look::{Colour, LookSettings};
pub use mailbox::{ImapSettings, MailboxSettings};
pub use people::Months;
pub use relay::{RelaySettings, Tls};

use crate::article::desk::{as_in_addresses, host_of, is_everybodys};
use crate::campaign::schedule::ClinicHours;
use crate::campaign::sender::Sender;
use crate::finding::yaml::{Inspection, Read, Source, read};
use crate::finding::{Finding, suggestion};
use crate::letter::LookSource;
use crate::letter::sign::Signer;
use file::SettingsFile;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// The settings of a workspace.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who writes.
    pub sender: Sender,
    /// The zone in which schedules are meant, and when no letter of any campaign leaves.
    pub hours: ClinicHours,
    /// What is said about the calendar of all campaigns.
    pub calendar: CalendarSettings,
    /// Whether `send` and `run` import list files that changed.
    pub auto_import: bool,
    /// The relay, if one is named; rehearsals need none.
    pub relay: Option<RelaySettings>,
    /// Who signs the letters.
    pub dkim: Dkim,
    /// The selectors under which DNS has the keys of the signatures, as far as the settings name them.
    pub selectors: Vec<String>,
    /// Who signs with keys of our own, once their files are read.
    pub signer: Option<Arc<Signer>>,
    /// How long after they left every list people are forgotten; never where it does not say.
    pub forget_after_leaving: Option<Months>,
    /// Who reads what people answer.
    pub mailbox: MailboxSettings,
    /// How letters and the clinic's own pages look.
    pub look: LookSettings,
    /// The same as letters need it, with the logo read.
    pub letter_look: LookSource,
}

/// The name of the file, for findings.
pub const FILE: &str = "tidings.yaml";

impl Settings {
    /// The zone in which days and hours are meant.
    pub fn zone(&self) -> &TimeZone {
        &self.hours.zone
    }

    /// The hosts that the clinic's own pictures may come from: the one that shows them, the one people unsubscribe on, the sender's domain.
    pub fn own_hosts(&self) -> Vec<String> {
        let named = [self.look.images.as_deref(), self.sender.unsubscribe.url.as_deref()];
        let named = named.into_iter().flatten().filter_map(host_of);
        let domain = as_in_addresses(self.sender.from.address.domain());
        named.chain(Some(domain).filter(|domain| !is_everybodys(domain))).collect()
    }

    /// The warning that the file of holidays has come to its end by `today`.
    pub fn outdated_holidays(&self, today: Date) -> Option<Finding> {
        let file = self.calendar.holidays.as_deref()?;
        self.hours.holidays.outdated(file, today)
    }

    /// The settings in `text`, if nothing is wrong that stops sending; and everything that is worth saying.
    pub fn check(text: &str) -> (Option<Self>, Vec<Finding>) {
        if text.trim().is_empty() {
            let empty =
                Finding::error(FILE, "there is nothing in it").hint("`tidings init DIR` makes a workspace with settings to copy");
            return (None, vec![empty]);
        }
        let source = Source {
            file: FILE,
            text,
            first_line: 1,
        };
        let Read { value: file, findings } = read::<SettingsFile>(&source);
        let mut desk = Inspection { source, findings };
        let sender = sender::check(&mut desk, &file);
        let timezone = timezone(&mut desk, file.timezone.as_deref());
        let relay = file.relay.as_ref().map(|relay| relay::check(&mut desk, relay));
        let selectors = dkim::selectors(&file);
        let dkim = dkim::check(&mut desk, &file, sender.as_ref());
        let auto_import = file.lists.and_then(|lists| lists.auto_import).unwrap_or(true);
        let forget_after_leaving = people::check(&mut desk, file.people.as_ref()).flatten();
        let mailbox = mailbox::check(&mut desk, file.unsubscribe.as_ref());
        let look = look::check(&mut desk, file.look.as_ref());
        let calendar = calendar::check(&mut desk, file.calendar.as_ref());
        if let (Some(sender), Some(Some(relay))) = (&sender, &relay) {
            example::check(&mut desk, sender, relay);
        }
        let findings = desk.into_findings();
        let sound = !findings.iter().any(Finding::is_error);
        let settings = match (sender, timezone.zip(calendar), relay, dkim.zip(mailbox).zip(look)) {
            // A relay that is named and is wrong leaves no settings.
            (_, _, Some(None), _) => None,
            (Some(sender), Some((zone, calendar)), relay, Some(((dkim, mailbox), look))) => Some(Self {
                sender,
                hours: ClinicHours {
                    quiet: calendar.quiet,
                    ..ClinicHours::always(zone)
                },
                calendar,
                auto_import,
                relay: relay.flatten(),
                dkim,
                selectors,
                signer: None,
                forget_after_leaving,
                mailbox,
                letter_look: LookSource {
                    colour: (look.colour != Colour::DEFAULT).then(|| look.colour.to_string()),
                    logo: None,
                    images: look.images.clone(),
                },
                look,
            }),
            (_, _, _, _) => None,
        };
        (settings.filter(|_| sound), findings)
    }
}

fn timezone(desk: &mut Inspection<'_>, name: Option<&str>) -> Option<TimeZone> {
    const HINT: &str = "write the zone by its city, like `timezone: Europe/London`";
    let found = name.map(str::to_owned);
    let name = desk.required(&["timezone"], found.as_ref(), HINT)?;
    if let Ok(zone) = TimeZone::get(&name) {
        if let Some(city) = city_of(&name) {
            let text = format!("`{name}` is the same hour all year round, without summer time");
            desk.doubt(&["timezone"], text, format!("did you mean `{city}`? {HINT}"));
        }
        return Some(zone);
    }
    let names: Vec<String> = jiff::tz::db().available().map(|zone| zone.as_str().to_owned()).collect();
    let city = |zone: &&String| {
        zone.rsplit('/')
            .next()
            .is_some_and(|city| city.eq_ignore_ascii_case(&name.replace(' ', "_")))
    };
    let offset = name.starts_with(['+', '-']) || name.to_uppercase().starts_with("UTC") || name.to_uppercase().starts_with("GMT");
    let hint = match names.iter().find(city) {
        // `Etc/GMT+1` lies an hour behind Greenwich, against what everybody means by it.
        _ if offset => format!("an offset knows no summer time; {HINT}"),
        Some(zone) => format!("did you mean `{zone}`?"),
        None => suggestion::nearest(&name, names.iter().map(String::as_str))
            .map_or(HINT.to_owned(), |zone| format!("did you mean `{zone}`?")),
    };
    desk.wrong(&["timezone"], format!("`{name}` is no time zone"), hint);
    None
}

/// The city that is most likely meant by a name whose zone never changes its clocks though the people who use it do.
fn city_of(name: &str) -> Option<&'static str> {
    const CITIES: [(&str, &str); 6] = [
        ("EST", "America/New_York"),
        ("MST", "America/Denver"),
        ("GMT", "Europe/London"),
        ("GMT0", "Europe/London"),
        ("Greenwich", "Europe/London"),
        ("Etc/GMT", "Europe/London"),
    ];
    let found = CITIES.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, city)| city)
}
