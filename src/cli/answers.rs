//! Who reads what people answer: no real letter leaves while its way out leads nowhere.
//!
//! A page answers, or a mailbox is read before each send, or mail is handed in, or somebody says that they read it by hand: one of
//! these, or the send is refused before anybody is touched. Knows nothing of what the mails say.

use super::context::Context;
use super::failure::{Failure, Kind};
use super::mail_in::look;
use super::ui::moment;
use crate::finding::Finding;
use crate::store::Store;
use crate::store::mailbox::ReadingLine;
use crate::workspace::settings::{FILE, Settings};
use jiff::{SignedDuration, Timestamp};

/// A box that was read by hand of `mail-in` so recently is one that somebody reads.
const RECENTLY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Who reads what people answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reader {
    /// A page acts by itself.
    Page,
    /// `run` and `send` read this box before they send.
    Box(String),
    /// Somebody of the clinic: their word stands in the settings.
    ByHand,
    /// The mail server hands each mail in.
    HandedIn,
    /// `mail-in` has read this box lately, called by somebody else.
    Lately(String, Timestamp),
}

impl Reader {
    /// Who it is; `None` where nobody does.
    fn of(settings: &Settings, readings: &[ReadingLine], now: Timestamp) -> Option<Self> {
        let (unsubscribe, mailbox) = (&settings.sender.unsubscribe, &settings.mailbox);
        if unsubscribe.url.is_some() {
            return Some(Self::Page);
        }
        if let Some(path) = &mailbox.path {
            return Some(Self::Box(path.clone()));
        }
        if let Some(imap) = &mailbox.imap {
            return Some(Self::Box(imap.described()));
        }
        if mailbox.read_by_hand {
            return Some(Self::ByHand);
        }
        // A quiet month brings no mail: where one was ever handed in, the next one will be too.
        if readings.iter().any(|reading| reading.name == "-") {
            return Some(Self::HandedIn);
        }
        let is_recent = |reading: &&ReadingLine| now.duration_since(reading.read_at) < RECENTLY;
        // A single file that somebody had read is no box that anybody looks into.
        let lately = readings.iter().filter(|reading| !reading.name.starts_with("file:"));
        let newest = lately.filter(is_recent).max_by_key(|reading| reading.read_at);
        newest.map(|reading| Self::Lately(reading.name.clone(), reading.read_at))
    }

    /// In a line, for `status` and `doctor`.
    pub(super) fn words(&self, by_hand_since: Option<Timestamp>) -> String {
        match self {
            Self::Page => "the page at `unsubscribe.url` takes them, if `tidings serve` answers there".to_owned(),
            Self::Box(name) => format!("`run` and `send` read `{name}` before they send"),
            Self::ByHand => match by_hand_since {
                Some(at) => format!(
                    "somebody reads them by hand, says `read_by_hand: true`; letters leave by that word since {}",
                    moment(at)
                ),
                None => "somebody reads them by hand, says `read_by_hand: true`".to_owned(),
            },
            Self::HandedIn => "the mail server hands them to `tidings mail-in -`".to_owned(),
            Self::Lately(name, at) => format!("`tidings mail-in` read `{name}` on {}", moment(*at)),
        }
    }
}

/// Who reads what people answer; `None` where nobody does.
pub(super) fn reader(settings: &Settings, store: Option<&Store>, now: Timestamp) -> Result<Option<Reader>, Failure> {
    let readings = store.map(Store::readings).transpose()?.unwrap_or_default();
    Ok(Reader::of(settings, &readings, now))
}

/// Refuses a real send while nobody reads the answers (78). That somebody does so by hand is kept on record.
pub(super) fn require_reader(context: &Context, settings: &Settings, store: &mut Store) -> Result<(), Failure> {
    if !counts(settings) {
        return Ok(());
    }
    let now = context.clock.now();
    match reader(settings, Some(store), now)? {
        None => Err(refusal(settings)),
        Some(Reader::ByHand) => Ok(store.note_reading_by_hand(now)?),
        Some(Reader::Page | Reader::Box(_) | Reader::HandedIn | Reader::Lately(..)) => Ok(()),
    }
}

/// The same beforehand, as a warning.
pub(super) fn forewarning(context: &Context, settings: &Settings, store: Option<&Store>) -> Result<Option<Finding>, Failure> {
    // Unread, a box stops every send, also of a workspace that only tries things out.
    if let Err(failure) = look(&context.root()?, settings) {
        let text = format!("{}; `send` and `run` refuse until it can be read", failure.text);
        return Ok(Some(Finding::warning(FILE, text).hint(failure.hints.join("; "))));
    }
    if !counts(settings) || reader(settings, store, context.clock.now())?.is_some() {
        return Ok(None);
    }
    let text = format!("{}; `send` and `run` refuse until somebody does", nobody(settings));
    let warning = Finding::warning(FILE, text);
    Ok(Some(warning.hint(WAYS.join("; "))))
}

/// Only letters that leave for real people have to have a way out that works.
pub(super) fn counts(settings: &Settings) -> bool {
    settings.relay.as_ref().is_some_and(|relay| !relay.test)
}

fn refusal(settings: &Settings) -> Failure {
    let text = format!("{}; nobody was touched", nobody(settings));
    let refused = Failure::new(Kind::FixFirst, text);
    WAYS.into_iter().fold(refused, Failure::hint)
}

fn nobody(settings: &Settings) -> String {
    let whose = settings.sender.unsubscribe.mailto.as_ref();
    let mailto = whose.map_or_else(String::new, |address| format!(" at `{address}`"));
    format!("nobody reads what people answer{mailto}, so the way out that every letter offers would lead nowhere")
}

/// The three ways out, each with the line to write.
pub(super) const WAYS: [&str; 3] = [
    "under `unsubscribe:` in `tidings.yaml`, write `read_by_hand: true` where somebody of the clinic reads it every day and types `tidings \
     suppress add ADDRESS`",
    "or `mailbox: /var/mail/unsubscribe` where it lies on this machine: `run` and `send` read it themselves (a Maildir folder or an mbox \
     file; or let the mail server pipe each mail into `tidings -C DIR mail-in -`)",
    "or `url: https://riverside.example/u` where a page of your own takes it, which `tidings serve` answers",
];

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: &str = "clinic: {name: A, postal_address: B, contact: hello@mill-lane.example, jurisdiction: GB}\n\
        sender: {from: tips@mill-lane.example}\ntimezone: Europe/London\nrelay: {host: smtp.example.org}\n";

    fn check(unsubscribe: &str, readings: &[(&str, i64)], expected: Option<&str>) {
        let text = format!("{SETTINGS}unsubscribe: {{mailto: out@mill-lane.example{unsubscribe}}}\n");
        let settings = Settings::check(&text).0.unwrap();
        let now = Timestamp::from_second(100 * 86_400).unwrap();
        let days_ago = |(name, days): &(&str, i64)| ReadingLine {
            name: (*name).to_owned(),
            read_at: now - SignedDuration::from_hours(24 * days),
            mails: 0,
            cursor: None,
        };
        let readings: Vec<ReadingLine> = readings.iter().map(days_ago).collect();
        let found = Reader::of(&settings, &readings, now).map(|reader| reader.words(None));
        assert_eq!(found.is_some(), expected.is_some(), "{unsubscribe} {readings:?}: {found:?}");
        let words = found.unwrap_or_default();
        assert!(words.contains(expected.unwrap_or_default()), "{unsubscribe}: {words}");
    }

    #[test]
    fn somebody_has_to_read_the_answers() {
        check("", &[], None);
        check(", read_by_hand: false", &[], None);
        check(", read_by_hand: true", &[], Some("by hand"));
        check(", mailbox: /var/mail/out", &[], Some("`/var/mail/out`"));
        check(", url: \"https://mill-lane.example/u\"", &[], Some("page"));
        check("", &[("maildir:/var/mail/out", 6)], Some("`maildir:/var/mail/out`"));
        check("", &[("maildir:/var/mail/out", 8)], None);
        check("", &[("file:one.eml", 0)], None);
        check("", &[("-", 80)], Some("hands them"));
    }
}
