//! The workspace as the preview shows it: every letter that the files give.
//!
//! Promises: letters are compiled from the sources that a release would freeze; what has not changed is not made again; no list is read
//! here, so that a long one keeps nobody waiting for an article. Knows nothing of the page.

use super::register::{Register, folders, nobody};
use crate::article::Article;
use crate::campaign::ArticleEntry;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::sending::plan_of;
use crate::dispatch::prepare::{Plan, sources};
use crate::finding::Finding;
use crate::letter::compile::{Compiled, compile};
use crate::web::preview::{ArticleOnShow, CampaignOnShow, Catalogue, Language, Made};
use crate::workspace::{CampaignFolder, Workspace};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

/// Reads a workspace's letters again and again.
pub(super) struct Reader {
    context: Arc<Context>,
    root: PathBuf,
    /// The campaign that is looked at alone, if one is.
    only: Option<String>,
    /// What was read last.
    before: Catalogue,
}

impl Reader {
    pub(super) fn new(context: Arc<Context>, root: &Path, only: Option<String>) -> Self {
        Self {
            context,
            root: root.to_owned(),
            only,
            before: Catalogue::default(),
        }
    }

    /// What there is to look at, for the people of these lists.
    pub(super) fn read(&mut self, register: &Register) -> Result<Catalogue, Failure> {
        let workspace = Workspace::read(&self.root);
        let mut catalogue = Catalogue {
            clinic: workspace
                .settings
                .as_ref()
                .map(|settings| settings.sender.clinic.name.clone()),
            zone: workspace.settings.as_ref().map(|settings| settings.zone().clone()),
            campaigns: Vec::new(),
            findings: workspace.findings.clone(),
            doubt: register.doubt.clone(),
        };
        catalogue.findings.extend(register.findings.iter().cloned());
        for folder in folders(&workspace, self.only.as_deref()) {
            let campaign = self.campaign(&workspace, folder, register)?;
            catalogue.campaigns.push(campaign);
        }
        self.before = catalogue.clone();
        Ok(catalogue)
    }

    fn campaign(&self, workspace: &Workspace, folder: &CampaignFolder, register: &Register) -> Result<CampaignOnShow, Failure> {
        let people = register.people.get(&folder.name).cloned();
        let people = people.map_or_else(|| nobody(&self.context).map(Arc::new), Ok)?;
        let articles = folder.campaign.iter().flat_map(|campaign| &campaign.articles);
        let articles = articles.map(|entry| self.article(workspace, folder, entry, register));
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

    fn article(&self, workspace: &Workspace, folder: &CampaignFolder, entry: &ArticleEntry, register: &Register) -> ArticleOnShow {
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
                Some(article) => self.made(workspace, folder, article, register),
                None => Err(faults(workspace, folder, file)),
            },
            old: None,
        }
    }

    fn made(
        &self,
        workspace: &Workspace,
        folder: &CampaignFolder,
        article: &Article,
        register: &Register,
    ) -> Result<Made, Vec<Finding>> {
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
        let unknown = unknown_names(plan, &compiled, register);
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
}

/// Names that nobody's letter can have, whoever reads it.
fn unknown_names(plan: Plan<'_>, compiled: &Compiled, register: &Register) -> Vec<Finding> {
    if !register.findings.is_empty() {
        return Vec::new();
    }
    let store = register.store.lock().unwrap_or_else(PoisonError::into_inner);
    let columns = store.columns(&plan.campaign.audience.lists).unwrap_or_default();
    let found = compiled.check_names(&columns.into_keys().collect());
    found.into_iter().filter(Finding::is_error).collect()
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
