//! The register: the people of the list files, each placed in each campaign as a run would place them.
//!
//! Promises: whoever left, bounced or was vouched for is known from the store, of which a copy in memory is taken; the store itself is
//! never made, written or brought up to date, and may be sent from meanwhile. Where it cannot be read, that is said. Knows nothing of
//! letters and of the page.

use crate::campaign::edition::EditionKey;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::send::due_now;
use crate::cli::sending::plan_of;
use crate::cli::ui::count;
use crate::dispatch::choice::{choice, place, question};
use crate::dispatch::enrol::{Enrolled, Wish, enrol};
use crate::dispatch::prepare::Plan;
use crate::finding::Finding;
use crate::store::draft::NewEdition;
use crate::store::import::Guard;
use crate::store::{EditionId, Store};
use crate::template::TemplateSource;
use crate::web::preview::{Audience, People};
use crate::workspace::settings::Settings;
use crate::workspace::{CampaignFolder, Workspace, sent};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Reading this many rows takes long enough to be told of.
const MANY: usize = 5_000;

/// The people, read.
pub(super) struct Register {
    /// What is known of them.
    pub(super) store: Arc<Mutex<Store>>,
    /// The people of each campaign, by its folder.
    pub(super) people: BTreeMap<String, Arc<People>>,
    /// What is wrong with the files that cannot be read.
    pub(super) findings: Vec<Finding>,
    /// Why it is not known who left, where it is not.
    pub(super) doubt: Option<String>,
}

/// Reads the register again and again.
pub(super) struct Clerk {
    context: Arc<Context>,
    root: PathBuf,
    only: Option<String>,
    /// What was read last.
    before: Option<Arc<Register>>,
}

impl Clerk {
    pub(super) fn new(context: Arc<Context>, root: &Path, only: Option<String>) -> Self {
        Self {
            context,
            root: root.to_owned(),
            only,
            before: None,
        }
    }

    /// Says that there is much to read, where somebody waits for it.
    pub(super) fn forewarn(&self, workspace: &Workspace) {
        let rows = |bytes: Vec<u8>| bytes.iter().filter(|byte| **byte == b'\n').count().saturating_sub(1);
        let people: usize = workspace.lists.iter().filter_map(|list| list.read().ok()).map(rows).sum();
        if people >= MANY && self.context.ui.is_watched() {
            self.context.ui.say(&format!("reading {}…", count(people as u64, "person")));
        }
    }

    /// Reads the list files over what the store knows, and places everybody in each campaign.
    pub(super) fn read(&mut self, workspace: &Workspace) -> Result<Arc<Register>, Failure> {
        let now = self.context.clock.now();
        let (mut store, doubt) = self.known()?;
        let (mut findings, mut unreadable) = (Vec::new(), Vec::new());
        for list in &workspace.lists {
            if let Enrolled::Unreadable { findings: found } = enrol(&mut store, list, Wish::of_a_run(Guard::Trusted), now)? {
                findings.extend(found);
                unreadable.push(list.name.clone());
            }
        }
        let store = Arc::new(Mutex::new(store));
        let mut people = BTreeMap::new();
        for folder in folders(workspace, self.only.as_deref()) {
            let asks_unreadable = folder
                .campaign
                .iter()
                .flat_map(|campaign| &campaign.audience.lists)
                .any(|list| unreadable.contains(list));
            // As long as a list cannot be read, its people are those who were on it.
            let before = self.before.as_ref().and_then(|before| before.people.get(&folder.name));
            let placed = match before.filter(|_| asks_unreadable) {
                Some(before) => Arc::clone(before),
                None => Arc::new(self.people(&store, workspace, folder)?),
            };
            people.insert(folder.name.clone(), placed);
        }
        let register = Arc::new(Register {
            store,
            people,
            findings,
            doubt,
        });
        self.before = Some(Arc::clone(&register));
        Ok(register)
    }

    /// What the store knows of people, in memory; or nothing, and why that is not to be relied on.
    fn known(&self) -> Result<(Store, Option<String>), Failure> {
        let dir = self.context.store_dir(&self.root);
        let found = match Store::is_there(&dir) {
            Ok(true) => Store::glance(&dir).and_then(|store| store.copy_in_memory()).map(Some),
            Ok(false) => Ok(None),
            Err(error) => Err(error),
        };
        let lost = || match sent::read(&self.root) {
            Ok(None) => None,
            Ok(Some(_)) | Err(_) => Some("letters have left from this workspace, and its store is not here".to_owned()),
        };
        let doubt = match found {
            Ok(Some(store)) => return Ok((store, None)),
            Ok(None) => lost(),
            Err(error) => Some(Failure::from(error).text),
        };
        Ok((Store::in_memory(self.context.clock.now())?, doubt))
    }

    fn people(&self, store: &Arc<Mutex<Store>>, workspace: &Workspace, folder: &CampaignFolder) -> Result<People, Failure> {
        let (Some(settings), Some(campaign)) = (&workspace.settings, &folder.campaign) else {
            return nobody(&self.context);
        };
        let template = TemplateSource {
            name: campaign.template.clone(),
            files: Vec::new(),
        };
        let plan = plan_of(settings, campaign, folder, &template);
        let mut opened = store.lock().unwrap_or_else(PoisonError::into_inner);
        let (edition, count) = placed(&self.context, &mut opened, settings, plan)?;
        // The ways out of these letters are made by the store that will be asked about them.
        let tokens = opened.tokens();
        drop(opened);
        let audience = Audience {
            store: Arc::clone(store),
            lists: campaign.audience.lists.clone(),
            edition,
            count,
        };
        Ok(People::of(Some(audience), tokens, self.context.clock.now())?)
    }
}

/// The campaigns that are looked at.
pub(super) fn folders<'w>(workspace: &'w Workspace, only: Option<&str>) -> impl Iterator<Item = &'w CampaignFolder> {
    let folders = workspace.campaigns.iter();
    folders.filter(move |folder| only.is_none_or(|only| only == folder.name))
}

/// Who would get the campaign's letters, written down in the store as a draft is.
fn placed(context: &Context, store: &mut Store, settings: &Settings, plan: Plan<'_>) -> Result<(EditionId, u64), Failure> {
    let due = due_now(context, settings, plan);
    let chosen = choice(store, plan, due.today)?;
    let question = question(plan, &chosen.only, due.today);
    let key = EditionKey {
        campaign: plan.campaign.id.clone(),
        // No article can have such an id, so no edition of the record is in the way; and folders may share theirs by mistake.
        article: format!(" {}", plan.campaign.name),
        round: 1,
    };
    let new = NewEdition {
        key: &key,
        campaign_name: &plan.campaign.name,
        title: &plan.campaign.title,
        domain: plan.sender.from.address.domain(),
        lists: &plan.campaign.audience.lists,
        not_lists: &plan.campaign.audience.not_lists,
        only: &chosen.only,
        sources: "{}",
        sources_hash: &[],
        article_hash: &[],
        due_at: due.at,
        due_on: due.on,
        expires_at: None,
        hours: None,
    };
    let edition = store.draft(&new, due.at, |candidate| place(&question, candidate))?;
    Ok((edition, store.edition(edition)?.planned))
}

/// The people of a campaign that has none.
pub(super) fn nobody(context: &Context) -> Result<People, Failure> {
    let now = context.clock.now();
    Ok(People::of(None, Store::in_memory(now)?.tokens(), now)?)
}
