//! `tidings.yaml` as it is written: the only serde shapes of the settings.

use crate::campaign::schedule::QuietFile;
use serde::Deserialize;

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SettingsFile {
    pub(super) clinic: Option<ClinicFile>,
    pub(super) sender: Option<SenderFile>,
    pub(super) timezone: Option<String>,
    pub(super) lists: Option<ListsFile>,
    pub(super) relay: Option<RelayFile>,
    pub(super) dkim: Option<DkimFile>,
    pub(super) unsubscribe: Option<UnsubscribeFile>,
    pub(super) people: Option<PeopleFile>,
    pub(super) look: Option<LookFile>,
    pub(super) calendar: Option<CalendarFile>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ClinicFile {
    pub(super) name: Option<String>,
    pub(super) postal_address: Option<String>,
    pub(super) contact: Option<String>,
    pub(super) jurisdiction: Option<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SenderFile {
    pub(super) from: Option<String>,
    pub(super) reply_to: Option<String>,
    pub(super) return_path: Option<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ListsFile {
    pub(super) auto_import: Option<bool>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RelayFile {
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) tls: Option<String>,
    pub(super) roots: Option<String>,
    pub(super) user: Option<String>,
    /// Refused with the way to do it: a password does not stand in this file.
    pub(super) password: Option<String>,
    pub(super) password_env: Option<String>,
    pub(super) password_file: Option<String>,
    pub(super) password_command: Option<String>,
    pub(super) login: Option<String>,
    pub(super) hello: Option<String>,
    pub(super) connections: Option<u16>,
    pub(super) per_second: Option<f64>,
    pub(super) per_connection: Option<u32>,
    pub(super) per_day: Option<u32>,
    pub(super) per_domain_per_minute: Option<u32>,
    pub(super) per_domain_per_day: Option<u32>,
    pub(super) warm_up: Option<bool>,
    pub(super) in_flight: Option<u16>,
    pub(super) profile: Option<String>,
    /// For a test relay alone: so many seconds each of its replies may take.
    pub(super) patience: Option<f64>,
    pub(super) test: Option<bool>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DkimFile {
    pub(super) signed_by: Option<String>,
    pub(super) domain: Option<String>,
    /// Whether the relay's signature covers both headers of one-click unsubscribing.
    pub(super) covers_unsubscribe: Option<bool>,
    pub(super) keys: Option<Vec<KeyFile>>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct KeyFile {
    pub(super) selector: Option<String>,
    pub(super) file: Option<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct UnsubscribeFile {
    pub(super) mailto: Option<String>,
    pub(super) url: Option<String>,
    pub(super) read_by_hand: Option<bool>,
    pub(super) mailbox: Option<String>,
    pub(super) imap: Option<ImapFile>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ImapFile {
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) roots: Option<String>,
    pub(super) user: Option<String>,
    pub(super) folder: Option<String>,
    /// Refused with the way to do it: a password does not stand in this file.
    pub(super) password: Option<String>,
    pub(super) password_env: Option<String>,
    pub(super) password_file: Option<String>,
    pub(super) password_command: Option<String>,
    pub(super) login: Option<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PeopleFile {
    pub(super) forget_after_leaving: Option<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LookFile {
    pub(super) colour: Option<String>,
    pub(super) logo: Option<String>,
    pub(super) images: Option<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CalendarFile {
    pub(super) holidays: Option<String>,
    pub(super) quiet: Option<QuietFile>,
    pub(super) one_letter_in: Option<String>,
}
