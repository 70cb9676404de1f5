//! What every verb starts from: the workspace, the store that is meant, the time that is played.

use super::Global;
use super::cron::quoted::for_shell;
use super::failure::{Failure, Kind, plain};
use super::ui::{Ui, hang_clock, moment};
use crate::clock::Clock;
use crate::finding::Finding;
use crate::finding::suggestion;
use crate::store::lock::{Holder, SenderLock};
use crate::store::{Identity, Kind as StoreKind, Store};
use crate::workspace::sent::{self, Sent};
use crate::workspace::settings::Settings;
use crate::workspace::{CampaignFolder, Workspace};
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// The common ground of all verbs.
pub(super) struct Context {
    /// The screen.
    pub(super) ui: Ui,
    /// The time.
    pub(super) clock: Clock,
    start: Option<PathBuf>,
    rehearsal: bool,
    played: bool,
}

impl Context {
    pub(super) fn new(global: Global, ui: Ui) -> Result<Self, Failure> {
        let moment = global.now.as_deref().map(parse_moment).transpose()?;
        let clock = moment.map_or_else(Clock::real, Clock::playing);
        Ok(Self {
            ui,
            clock,
            start: global.workspace,
            rehearsal: global.rehearsal,
            played: moment.is_some(),
        })
    }

    /// Whether `--rehearsal` points at the last rehearsal.
    pub(super) fn is_rehearsal(&self) -> bool {
        self.rehearsal
    }

    /// The workspace's folder.
    pub(super) fn root(&self) -> Result<PathBuf, Failure> {
        let start = match &self.start {
            Some(dir) => dir.clone(),
            None => std::env::current_dir().map_err(|error| {
                Failure::new(Kind::FixFirst, format!("cannot see the current folder: {}", plain(&error)))
                    .hint("name the workspace with `-C DIR`")
            })?,
        };
        let root = Workspace::find(&start).map_err(|error| {
            let below = workspaces_in(&start);
            let way = match below.as_slice() {
                [] => "go into the workspace's folder, or name it with `-C DIR`".to_owned(),
                [first, ..] => format!("there is one in `{first}`: `cd {}`", for_shell(first)),
            };
            Failure::new(Kind::FixFirst, error.to_string())
                .hint(way)
                .hint("`tidings init DIR` makes a new workspace")
        })?;
        Workspace::zone(&root).iter().for_each(hang_clock);
        Ok(root)
    }

    /// The workspace, read whole.
    pub(super) fn workspace(&self) -> Result<(PathBuf, Workspace), Failure> {
        let root = self.root()?;
        let workspace = Workspace::read(&root);
        Ok((root, workspace))
    }

    /// The settings, or all that is wrong with them.
    pub(super) fn settings<'a>(&self, workspace: &'a Workspace) -> Result<&'a Settings, Failure> {
        workspace.settings.as_ref().ok_or_else(|| {
            let errors = workspace.findings.iter().filter(|finding| finding.is_error()).cloned();
            Failure {
                text: "the settings have to be mended first; nothing was sent".to_owned(),
                ..Failure::findings(errors.collect())
            }
        })
    }

    /// The folder of the store that is meant.
    pub(super) fn store_dir(&self, root: &Path) -> PathBuf {
        match self.rehearsal {
            true => rehearsal_dir(root),
            false => real_dir(root),
        }
    }

    /// The store that is meant, if it is there; one that sent and is gone is no answer, but a failure.
    pub(super) fn store_if_any(&self, root: &Path) -> Result<Option<Store>, Failure> {
        let dir = self.store_dir(root);
        if Store::is_there(&dir)? {
            return Ok(Some(Store::open(&dir)?));
        }
        match (self.rehearsal, sent::read(root)?) {
            (true, _) | (false, None) => Ok(None),
            (false, Some(sent)) => Err(lost_store(&sent)),
        }
    }

    /// What it means that the store that is meant is not there.
    pub(super) fn no_store_yet(&self) -> &'static str {
        match self.rehearsal {
            true => "there is no rehearsal yet: `tidings rehearse` makes one",
            false => "nothing has been sent yet: there is no store",
        }
    }

    /// Who sends at this moment, in words, if anybody does.
    pub(super) fn live_sender(&self, root: &Path) -> Result<Option<String>, Failure> {
        Ok(SenderLock::holder(&self.store_dir(root))?.map(|holder| holder_words(&holder)))
    }

    /// The store that is meant, or a new one of the kind that the relay calls for.
    pub(super) fn store_or_new(&self, root: &Path, settings: &Settings) -> Result<Store, Failure> {
        if let Some(store) = self.store_if_any(root)? {
            return Ok(store);
        }
        let kind = match settings.relay.as_ref().is_some_and(|relay| relay.test) {
            true => StoreKind::Test,
            false => StoreKind::Real,
        };
        let dir = self.store_dir(root);
        match Store::create(&dir, kind, self.clock.now()) {
            // Two made it at once: there is one now.
            Err(error) if error.is_there_already() && Store::is_there(&dir)? => Ok(Store::open(&dir)?),
            made => Ok(made?),
        }
    }

    /// The real store, ready for letters: of the right kind, and not older than what was sent.
    pub(super) fn store_for_sending(&self, root: &Path, settings: &Settings) -> Result<Store, Failure> {
        let mut store = self.store_or_new(root, settings)?;
        self.refuse_other_kind(root, settings, store.identity().kind)?;
        let test = settings.relay.as_ref().is_some_and(|relay| relay.test);
        if store.identity().kind == StoreKind::Real && test {
            store.become_test_store()?;
        }
        self.require_newest(root, &store)?;
        Ok(store)
    }

    /// Refuses a store of the other kind than the relay: test letters and real ones never stand in one record.
    pub(super) fn refuse_other_kind(&self, root: &Path, settings: &Settings, kind: StoreKind) -> Result<(), Failure> {
        let test = settings.relay.as_ref().is_some_and(|relay| relay.test);
        match (kind, test) {
            (StoreKind::Test, false) if settings.relay.is_some() => Err(Failure::new(
                Kind::FixFirst,
                "this store is a test store for ever: its letters went to a test relay",
            )
            .hint("make a new workspace for real letters, or move `.tidings/` away")),
            (StoreKind::Real, true) if sent::read(root)?.is_some() => Err(Failure::new(
                Kind::FixFirst,
                "real letters have left from this workspace, so a relay with `test: true` may not use its store",
            )
            .hint("try things out in a copy of the workspace without `.tidings/` and `campaigns/.sent`")),
            (StoreKind::Rehearsal, _) => Err(Failure::new(Kind::FixFirst, "`.tidings/` holds a rehearsal, not a store")),
            (StoreKind::Test | StoreKind::Real, _) => Ok(()),
        }
    }

    /// Refuses a store that letters did not go out from last (law 13): neither letters nor orders may go by it.
    pub(super) fn require_newest(&self, root: &Path, store: &Store) -> Result<(), Failure> {
        let sent = sent::read(root)?;
        let identity = store.identity();
        if let Some(sent) = sent
            && sent.outdates(&identity.id, identity.generation)
        {
            return Err(Failure::new(
                Kind::FixFirst,
                "this store is not the one that letters went out from last (`campaigns/.sent`)",
            )
            .hint("an older or other copy would send letters twice: bring the newest `.tidings/` here; nothing was sent")
            .hint(
                "`tidings doctor` tells which is which; `tidings adopt --journal-lost` takes this one, with everything on hold",
            ));
        }
        Ok(())
    }

    /// Writes down, beside the campaigns, which store sends: before the first real letter leaves.
    pub(super) fn mark_sent(&self, root: &Path, identity: &Identity) -> Result<(), Failure> {
        if identity.kind != StoreKind::Real {
            return Ok(());
        }
        let marker = Sent {
            store_id: identity.id.clone(),
            generation: identity.generation,
        };
        Ok(sent::write(root, &marker)?)
    }

    /// Refuses `--now` unless the relay is a test relay.
    pub(super) fn refuse_played_time_for(&self, settings: &Settings) -> Result<(), Failure> {
        match settings.relay.as_ref().is_some_and(|relay| relay.test) {
            true => Ok(()),
            false => self.refuse_played_time(),
        }
    }

    /// Refuses `--now` unless the store is one whose people are nobody.
    pub(super) fn refuse_played_time_in(&self, kind: StoreKind) -> Result<(), Failure> {
        match kind {
            StoreKind::Real => self.refuse_played_time(),
            StoreKind::Test | StoreKind::Rehearsal => Ok(()),
        }
    }

    /// Refuses `--now` where real letters could leave at a played moment.
    pub(super) fn refuse_played_time(&self) -> Result<(), Failure> {
        match self.played && !self.rehearsal {
            true => Err(Failure::new(
                Kind::Usage,
                "`--now` plays another moment, and this command would act for real",
            )
            .hint("add `--rehearsal`, use `tidings rehearse`, or a relay with `test: true`")),
            false => Ok(()),
        }
    }
}

/// Letters went out, and what remembers to whom is not here (law 13).
fn lost_store(sent: &Sent) -> Failure {
    let text = format!(
        "letters of this workspace went out from store `{}`, and that store is not here",
        sent.store_id
    );
    Failure::new(Kind::FixFirst, text)
        .hint("bring `.tidings/` here from the machine that sent last: without it people would get letters twice")
        .hint("`tidings restore FILE` brings a backup back; `tidings adopt --journal-lost` goes on without any, with everything on hold")
        .hint("`campaigns/.sent` is what remembers; nothing was sent")
}

/// Where the real store stands.
pub(super) fn real_dir(root: &Path) -> PathBuf {
    root.join(".tidings")
}

/// Where a rehearsal stands.
pub(super) fn rehearsal_dir(root: &Path) -> PathBuf {
    real_dir(root).join("rehearsal")
}

/// A live sender, in words.
pub(super) fn holder_words(holder: &Holder) -> String {
    let since = holder
        .since
        .map(|since| format!(" since {}", moment(since)))
        .unwrap_or_default();
    format!("`tidings {}` (process {}){since}", holder.command, holder.pid)
}

/// The campaign of this name, or what is wrong with the name.
pub(super) fn campaign_named<'a>(workspace: &'a Workspace, name: &str) -> Result<&'a CampaignFolder, Failure> {
    let found = workspace
        .campaigns
        .iter()
        .find(|folder| folder.name == name || folder.id() == Some(name));
    found.ok_or_else(|| {
        let names = workspace.campaigns.iter().map(|folder| folder.name.as_str());
        let missing = Failure::new(Kind::Usage, format!("there is no campaign `{name}` in `campaigns/`"));
        missing.hint(suggestion::hint(name, names))
    })
}

/// Fails with the errors of the campaigns that were passed over, where the others were not.
pub(super) fn tell_passed_over(findings: &[Finding]) -> Result<(), Failure> {
    refuse_errors(findings).map_err(|failure| Failure {
        text: "what these errors concern was passed over; mend them, and the next time it comes along".to_owned(),
        ..failure
    })
}

/// Fails with all errors of a campaign and of what it shares with others.
pub(super) fn refuse_errors(findings: &[Finding]) -> Result<(), Failure> {
    let errors: Vec<Finding> = findings.iter().filter(|finding| finding.is_error()).cloned().collect();
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Failure {
            text: "mend these first; nothing was sent".to_owned(),
            ..Failure::findings(errors)
        }),
    }
}

fn parse_moment(text: &str) -> Result<Timestamp, Failure> {
    let zoned = text.parse::<jiff::Zoned>().map(|zoned| zoned.timestamp());
    text.parse::<Timestamp>().or(zoned).map_err(|_| {
        Failure::new(Kind::Usage, format!("`--now {text}` is no instant"))
            .hint("write it like 2027-01-05T09:00Z or 2027-01-05T09:00[Europe/London]")
    })
}

/// The folders right below this one that are workspaces.
fn workspaces_in(dir: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return Vec::new();
    };
    let named = entries.flatten().filter(|entry| entry.path().join("tidings.yaml").is_file());
    let mut found: Vec<String> = named.map(|entry| entry.path().display().to_string()).collect();
    found.sort();
    found
}
