//! The catalogue: what there is to look at, as the files were at one moment.
//!
//! Promises: an article whose files are broken keeps the last letter that could be made of it, marked with the moment it is of. Knows
//! nothing of requests.

use super::people::People;
use crate::finding::Finding;
use crate::letter::Sources;
use crate::letter::compile::Compiled;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// Everything that can be looked at.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// The clinic's name, where the settings can be read.
    pub clinic: Option<String>,
    /// The clinic's zone, where the settings can be read.
    pub zone: Option<TimeZone>,
    /// The campaigns, by name.
    pub campaigns: Vec<CampaignOnShow>,
    /// What is wrong with the settings and the lists.
    pub findings: Vec<Finding>,
    /// Why it is not known who left, where it is not.
    pub doubt: Option<String>,
}

/// A campaign.
#[derive(Debug, Clone)]
pub struct CampaignOnShow {
    /// The folder's name.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// Its articles, in turn.
    pub articles: Vec<ArticleOnShow>,
    /// Who would get its letters.
    pub people: Arc<People>,
    /// What is wrong with its files.
    pub findings: Vec<Finding>,
}

/// An article of a campaign.
#[derive(Debug, Clone)]
pub struct ArticleOnShow {
    /// The file's name inside the campaign's folder.
    pub file: String,
    /// The id, where the file can be read.
    pub id: Option<String>,
    /// What it is called.
    pub title: String,
    /// The languages it is written in, its own first.
    pub languages: Vec<Language>,
    /// What the letters are made from, or why they cannot be made.
    pub made: Result<Made, Vec<Finding>>,
    /// The last letter that could be made, where this one cannot.
    pub old: Option<Made>,
}

/// A language of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    /// The tag.
    pub tag: String,
    /// The file.
    pub file: String,
}

/// An edition that letters can be made of.
#[derive(Debug, Clone)]
pub struct Made {
    /// What it was made from.
    pub sources: Arc<Sources>,
    /// What it was made into.
    pub compiled: Arc<Compiled>,
    /// The warnings that the campaign's owner has accepted, by name.
    pub accept: Vec<String>,
    /// When the files were like this.
    pub at: Timestamp,
}

impl Catalogue {
    /// A moment by the clinic's clock, with the zone's name: `14:05:09 (Europe/London)`.
    pub fn moment(&self, at: Timestamp) -> String {
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        let name = zone.iana_name().unwrap_or("UTC").to_owned();
        format!("{} ({name})", at.to_zoned(zone).strftime("%H:%M:%S"))
    }

    /// The campaign of this name.
    pub fn campaign(&self, name: &str) -> Option<&CampaignOnShow> {
        self.campaigns.iter().find(|campaign| campaign.name == name)
    }

    /// The same catalogue with what `before` could still show and this one cannot.
    #[must_use]
    pub fn keeping(mut self, before: &Self) -> Self {
        self.clinic = self.clinic.or_else(|| before.clinic.clone());
        self.zone = self.zone.or_else(|| before.zone.clone());
        for campaign in &mut self.campaigns {
            if let Some(before) = before.campaign(&campaign.name) {
                campaign.keep(before);
            }
        }
        self
    }
}

impl CampaignOnShow {
    /// The article in this file.
    pub fn article(&self, file: &str) -> Option<&ArticleOnShow> {
        self.articles.iter().find(|article| article.file == file)
    }

    fn keep(&mut self, before: &Self) {
        if self.articles.is_empty() && self.findings.iter().any(Finding::is_error) {
            // The campaign itself cannot be read: its articles are those that it had.
            let lost = |article: &ArticleOnShow| ArticleOnShow {
                made: Err(self.findings.clone()),
                ..article.clone()
            };
            self.articles = before.articles.iter().map(lost).collect();
            self.title.clone_from(&before.title);
        }
        if self.people.count() == 0 && self.findings.iter().any(Finding::is_error) {
            self.people = Arc::clone(&before.people);
        }
        for article in self.articles.iter_mut().filter(|article| article.made.is_err()) {
            if let Some(before) = before.article(&article.file) {
                article.old = before.made.as_ref().ok().or(before.old.as_ref()).cloned();
                article.languages.clone_from(&before.languages);
                article.title.clone_from(&before.title);
            }
        }
    }
}

impl ArticleOnShow {
    /// What can be shown: the letter as it is, or as it was.
    pub fn shown(&self) -> Option<&Made> {
        self.made.as_ref().ok().or(self.old.as_ref())
    }

    /// Why there is no newer letter to show.
    pub fn faults(&self) -> &[Finding] {
        self.made.as_ref().err().map_or(&[], Vec::as_slice)
    }
}
