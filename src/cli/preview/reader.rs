//! The workspace as the preview shows it: every letter that the files give, and who would get it.
//!
//! Promises: letters are compiled from the sources that a release would freeze; people are read and placed as a run would, in a store that
//! is in memory alone; what has not changed is not made again. Knows nothing of the page.

use crate::article::Article;
use crate::campaign::ArticleEntry;
use crate::campaign::edition::EditionKey;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::send::due_now;
use crate::dispatch::choice::{choice, place, question};
use crate::dispatch::enrol::{Enrolled, Wish, enrol};
use crate::dispatch::prepare::{Plan, sources};
use crate::finding::Finding;
use crate::letter::compile::compile;
use crate::store::draft::NewEdition;
use crate::store::import::Guard;
use crate::store::token::Tokens;
use crate::store::{EditionId, Store};
use crate::template::TemplateSource;
use crate::web::preview::{ArticleOnShow, Audience, CampaignOnShow, Catalogue, Language, Made, People};
use crate::workspace::settings::Settings;
use crate::workspace::{CampaignFolder, Workspace};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Reads a workspace again and again.
pub(super) struct Reader {
    context: Arc<Context>,
    root: PathBuf,
    /// The campaign that is looked at alone, if one is.
    only: Option<String>,
    /// What was read last.
    before: Catalogue,
    lists: Option<Lists>,
}

/// The lists, read.
struct Lists {
    store: Arc<Mutex<Store>>,
    people: BTreeMap<String, Arc<People>>,
    /// What is wrong with the files that cannot be read.
    findings: Vec<Finding>,
}

impl Reader {
    pub(super) fn new(context: Arc<Context>, root: &Path, only: Option<String>) -> Self {
        Self {
            context,
            root: root.to_owned(),
            only,
            before: Catalogue::default(),
            lists: None,
        }
    }

    /// What there is to look at; the lists are read again only where `people_changed`.
    pub(super) fn read(&mut self, people_changed: bool) -> Result<Catalogue, Failure> {
        let workspace = Workspace::read(&self.root);
        if people_changed || self.lists.is_none() {
            let lists = self.lists(&workspace)?;
            self.lists = Some(lists);
        }
        let mut catalogue = Catalogue {
            clinic: workspace
                .settings
                .as_ref()
                .map(|settings| settings.sender.clinic.name.clone()),
            campaigns: Vec::new(),
            findings: workspace.findings.clone(),
        };
        catalogue
            .findings
            .extend(self.lists.iter().flat_map(|lists| lists.findings.iter().cloned()));
        for folder in self.folders(&workspace) {
            let campaign = self.campaign(&workspace, folder)?;
            catalogue.campaigns.push(campaign);
        }
        self.before = catalogue.clone();
        Ok(catalogue)
    }

    fn folders<'w>(&self, workspace: &'w Workspace) -> impl Iterator<Item = &'w CampaignFolder> {
        let only = self.only.clone();
        let folders = workspace.campaigns.iter();
        folders.filter(move |folder| only.as_ref().is_none_or(|only| *only == folder.name))
    }

    fn campaign(&self, workspace: &Workspace, folder: &CampaignFolder) -> Result<CampaignOnShow, Failure> {
        let people = self.lists.as_ref().and_then(|lists| lists.people.get(&folder.name).cloned());
        let people = people.map_or_else(|| nobody(self.context.as_ref()).map(Arc::new), Ok)?;
        let articles = folder.campaign.iter().flat_map(|campaign| &campaign.articles);
        let articles = articles.map(|entry| self.article(workspace, folder, entry));
        Ok(CampaignOnShow {
            name: folder.name.clone(),
            title: folder
                .campaign
                .as_ref()
                .map_or_else(|| folder.name.clone(), |campaign| campaign.title.clone()),
            articles: articles.collect(),
            people,
            findings: folder.findings.clone(),
        })
    }

    fn article(&self, workspace: &Workspace, folder: &CampaignFolder, entry: &ArticleEntry) -> ArticleOnShow {
        let file = entry.file.as_str();
        let article = folder.articles.iter().find(|article| article.file == file);
        // An article that has lost one of its languages is not the one that would be sent.
        let broken: Vec<Finding> = entry.languages.iter().flat_map(|file| errors_in(folder, file)).collect();
        let language = |article: &Article| Language {
            tag: article.language.clone(),
            file: article.file.rsplit('/').next().unwrap_or_default().to_owned(),
        };
        let languages = article
            .iter()
            .flat_map(|article| std::iter::once(*article).chain(&article.variants));
        ArticleOnShow {
            file: file.to_owned(),
            id: article.map(|article| article.id.clone()),
            title: article.map_or_else(|| file.to_owned(), |article| article.title.clone()),
            languages: languages.map(language).collect(),
            made: match article {
                Some(_) if !broken.is_empty() => Err(broken),
                Some(article) => self.made(workspace, folder, article),
                None => Err(faults(workspace, folder, file)),
            },
            old: None,
        }
    }

    fn made(&self, workspace: &Workspace, folder: &CampaignFolder, article: &Article) -> Result<Made, Vec<Finding>> {
        let (Some(settings), Some(campaign), Some(template)) = (&workspace.settings, &folder.campaign, &folder.template) else {
            return Err(faults(workspace, folder, &article.file));
        };
        let plan = plan_of(settings, campaign, folder, template);
        let sources = sources(plan, article);
        let before = self
            .before
            .campaign(&folder.name)
            .and_then(|campaign| campaign.article(&article.file));
        if let Some(before) = before.and_then(|before| before.made.as_ref().ok())
            && *before.sources == sources
            // The keys are no part of the sources, and may be others now.
            && before.compiled.signer.is_none()
            && settings.signer.is_none()
        {
            return Ok(Made {
                accept: campaign.accept.clone(),
                ..before.clone()
            });
        }
        let compiled = compile(&sources)?.signed_by(plan.signer);
        let unknown = self.unknown_names(plan, &compiled);
        if !unknown.is_empty() {
            return Err(unknown);
        }
        Ok(Made {
            sources: Arc::new(sources),
            compiled: Arc::new(compiled),
            accept: campaign.accept.clone(),
            at: self.context.clock.now(),
        })
    }

    /// Names that nobody's letter can have, whoever reads it.
    fn unknown_names(&self, plan: Plan<'_>, compiled: &crate::letter::compile::Compiled) -> Vec<Finding> {
        let Some(lists) = self.lists.as_ref().filter(|lists| lists.findings.is_empty()) else {
            return Vec::new();
        };
        let store = lists.store.lock().unwrap_or_else(PoisonError::into_inner);
        let columns = store.columns(&plan.campaign.audience.lists).unwrap_or_default();
        let found = compiled.check_names(&columns.into_keys().collect());
        found.into_iter().filter(Finding::is_error).collect()
    }

    /// Reads the list files into a store of their own, and places everybody on them in each campaign.
    fn lists(&self, workspace: &Workspace) -> Result<Lists, Failure> {
        let now = self.context.clock.now();
        let mut store = Store::in_memory(now)?;
        let (mut findings, mut unreadable) = (Vec::new(), Vec::new());
        for list in &workspace.lists {
            if let Enrolled::Unreadable { findings: found } = enrol(&mut store, list, Wish::of_a_run(Guard::Trusted), now)? {
                findings.extend(found);
                unreadable.push(list.name.clone());
            }
        }
        let store = Arc::new(Mutex::new(store));
        let mut people = BTreeMap::new();
        for folder in self.folders(workspace) {
            let asks_unreadable = folder
                .campaign
                .iter()
                .flat_map(|campaign| &campaign.audience.lists)
                .any(|list| unreadable.contains(list));
            // As long as a list cannot be read, its people are those who were on it.
            let before = self.lists.as_ref().and_then(|lists| lists.people.get(&folder.name));
            let placed = match before.filter(|_| asks_unreadable) {
                Some(before) => Arc::clone(before),
                None => Arc::new(self.people(&store, workspace, folder)?),
            };
            people.insert(folder.name.clone(), placed);
        }
        Ok(Lists { store, people, findings })
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
        drop(opened);
        let audience = Audience {
            store: Arc::clone(store),
            edition,
            count,
        };
        Ok(People::of(
            Some(audience),
            tokens(&self.context, &self.root)?,
            self.context.clock.now(),
        )?)
    }
}

/// What of a campaign's files says why there is no letter: what is wrong with the article, or else with anything it needs.
fn faults(workspace: &Workspace, folder: &CampaignFolder, article: &str) -> Vec<Finding> {
    let errors = |findings: &[Finding]| {
        findings
            .iter()
            .filter(|finding| finding.is_error())
            .cloned()
            .collect::<Vec<_>>()
    };
    let own = errors_in(folder, article);
    match (own.is_empty(), &workspace.settings) {
        (false, _) => own,
        (true, None) => errors(&workspace.findings),
        (true, Some(_)) => errors(&folder.findings),
    }
}

/// What is wrong with one file of a campaign's folder.
fn errors_in(folder: &CampaignFolder, file: &str) -> Vec<Finding> {
    let file = format!("campaigns/{}/{file}", folder.name);
    let errors = folder
        .findings
        .iter()
        .filter(|finding| finding.is_error() && finding.file == file);
    errors.cloned().collect()
}

fn plan_of<'a>(
    settings: &'a Settings,
    campaign: &'a crate::campaign::Campaign,
    folder: &'a CampaignFolder,
    template: &'a TemplateSource,
) -> Plan<'a> {
    Plan {
        campaign,
        articles: &folder.articles,
        template,
        sender: &settings.sender,
        clinic: &settings.hours,
        look: &settings.letter_look,
        signer: settings.signer.as_ref(),
    }
}

/// Who would get the campaign's letters, written down in the store as a draft is.
fn placed(context: &Context, store: &mut Store, settings: &Settings, plan: Plan<'_>) -> Result<(EditionId, u64), Failure> {
    let due = due_now(context, settings, plan);
    let chosen = choice(store, plan, due.today)?;
    let question = question(plan, &chosen.only, due.today);
    let key = EditionKey {
        campaign: plan.campaign.id.clone(),
        article: "preview".to_owned(),
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

fn nobody(context: &Context) -> Result<People, Failure> {
    let now = context.clock.now();
    Ok(People::of(None, Store::in_memory(now)?.tokens(), now)?)
}

/// What makes the letters' ways out: the keys of the store that will be asked about them, where there is one.
fn tokens(context: &Context, root: &Path) -> Result<Tokens, Failure> {
    match context.store_if_any(root) {
        Ok(Some(store)) => Ok(store.tokens()),
        // A store that cannot be opened keeps nobody from looking at letters.
        Ok(None) | Err(_) => Ok(Store::in_memory(context.clock.now())?.tokens()),
    }
}
