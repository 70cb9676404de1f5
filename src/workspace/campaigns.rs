//! Campaign folders: `campaigns/NAME/` with its settings and articles, and the template it names.

use super::lists::ListFile;
use super::settings::Settings;
use super::{files, pictures};
use crate::article::encoding::{MAX_ARTICLE_BYTES, decode};
use crate::article::{Article, front_matter};
use crate::campaign::{Campaign, Timing, file, telling};
use crate::finding::yaml::Source;
use crate::finding::{Finding, suggestion};
use crate::letter::lint::{self, names};
use crate::template::{TemplateFile, TemplateSource};
use std::path::Path;

/// One campaign's folder, read.
#[derive(Debug)]
pub struct CampaignFolder {
    /// The folder's name.
    pub name: String,
    /// The campaign, as far as it could be read; with an error among the findings nothing of it is sent.
    pub campaign: Option<Campaign>,
    /// Its articles, in the order of `campaign.yaml`.
    pub articles: Vec<Article>,
    /// The template it names.
    pub template: Option<TemplateSource>,
    /// Everything that is wrong with it, and everything that deserves a look.
    pub findings: Vec<Finding>,
}

impl CampaignFolder {
    /// The campaign's stable id, if its settings could be read.
    pub fn id(&self) -> Option<&str> {
        self.campaign.as_ref().map(|campaign| campaign.id.0.as_str())
    }
}

/// All campaigns of the workspace.
pub(super) fn read(root: &Path, lists: &[ListFile], settings: Option<&Settings>) -> Vec<CampaignFolder> {
    let Ok(names) = files::names(&root.join("campaigns")) else {
        return Vec::new();
    };
    let folders = names.into_iter().filter(|name| root.join("campaigns").join(name).is_dir());
    let templates = templates(root);
    let mut campaigns: Vec<CampaignFolder> = folders
        .map(|name| Reader::new(root, name, settings).read(lists, &templates))
        .collect();
    refuse_twins(&mut campaigns);
    pictures::warn_of_equal_names(&mut campaigns);
    campaigns
}

/// Two campaigns with one id would take each other's letters for their own.
fn refuse_twins(campaigns: &mut [CampaignFolder]) {
    let ids: Vec<(String, Option<String>)> = campaigns
        .iter()
        .map(|folder| (folder.name.clone(), folder.id().map(str::to_owned)))
        .collect();
    for folder in campaigns {
        let twin = ids
            .iter()
            .find(|(name, id)| *name != folder.name && id.as_deref() == folder.id() && id.is_some());
        if let Some((twin, id)) = twin {
            let text = format!("campaign `{twin}` has the same id `{}`", id.as_deref().unwrap_or_default());
            let finding = Finding::error(format!("campaigns/{}/campaign.yaml", folder.name), text);
            folder
                .findings
                .push(finding.hint("a copied campaign needs an id of its own: any other short word"));
        }
    }
}

/// Every text file of `templates/`, with what could not be read.
struct Templates {
    files: Vec<TemplateFile>,
    findings: Vec<Finding>,
}

fn templates(root: &Path) -> Templates {
    let mut templates = Templates {
        files: Vec::new(),
        findings: Vec::new(),
    };
    let names = files::names(&root.join("templates")).unwrap_or_default();
    for name in names
        .into_iter()
        .filter(|name| name.ends_with(".html") || name.ends_with(".txt"))
    {
        match files::text(root, &format!("templates/{name}")) {
            Ok(text) => templates.files.push(TemplateFile { name, text }),
            Err(finding) => templates.findings.push(finding),
        }
    }
    templates
}

/// Reads one campaign's folder.
struct Reader<'a> {
    root: &'a Path,
    /// For where pictures may come from; without sound settings nothing leaves anyhow.
    settings: Option<&'a Settings>,
    folder: CampaignFolder,
    file: String,
    text: String,
}

impl<'a> Reader<'a> {
    fn new(root: &'a Path, name: String, settings: Option<&'a Settings>) -> Self {
        let file = format!("campaigns/{name}/campaign.yaml");
        let folder = CampaignFolder {
            name,
            campaign: None,
            articles: Vec::new(),
            template: None,
            findings: Vec::new(),
        };
        Self {
            root,
            settings,
            folder,
            file,
            text: String::new(),
        }
    }

    fn read(mut self, lists: &[ListFile], templates: &Templates) -> CampaignFolder {
        match files::text(self.root, &self.file) {
            Ok(text) => self.text = text,
            Err(finding) => {
                let hint = "a folder in `campaigns/` is a campaign and needs one; `tidings new` writes it";
                let hint = finding.hint.clone().unwrap_or_else(|| hint.to_owned());
                self.folder.findings.push(finding.hint(hint));
                return self.folder;
            }
        }
        let (campaign, findings) = file::check(&self.file, &self.folder.name, &self.text);
        self.folder.findings.extend(findings);
        if let Some(mut campaign) = campaign {
            self.articles(&campaign);
            self.template(&campaign, templates);
            self.lists(&campaign, lists);
            let articles = self.folder.articles.iter();
            let texts: Vec<Article> = articles
                .flat_map(|article| std::iter::once(article).chain(&article.variants))
                .cloned()
                .collect();
            campaign.telling.extend(telling::of_articles(&campaign, &texts));
            self.folder
                .findings
                .extend(lint::again(&self.folder.name, &self.folder.articles));
            self.accept(&mut campaign);
            self.folder.campaign = Some(campaign);
        }
        self.folder
            .findings
            .sort_by(|one, other| (&one.file, one.place).cmp(&(&other.file, other.place)));
        self.folder
    }

    fn wrong(&mut self, path: &[&str], text: String, hint: String) {
        let source = Source {
            file: &self.file,
            text: &self.text,
            first_line: 1,
        };
        let finding = source.finding(path, text).hint(hint);
        self.folder.findings.push(finding);
    }

    fn articles(&mut self, campaign: &Campaign) {
        let here = files::names(&self.root.join("campaigns").join(&self.folder.name)).unwrap_or_default();
        let section = match campaign.timing {
            Timing::Series(_) => "series",
            Timing::ByHand | Timing::Schedule(_) => "articles",
        };
        for (index, entry) in campaign.articles.iter().enumerate() {
            let position = index.to_string();
            if !self.is_here(&entry.file, &here, &[section, &position, "file"]) {
                continue;
            }
            let Some(mut article) = self.article(&entry.file) else {
                continue;
            };
            let named = entry.languages.iter().enumerate().filter(|(_, file)| !file.is_empty());
            for (at, file) in named {
                let at = at.to_string();
                if self.is_here(file, &here, &[section, &position, "languages", &at])
                    && let Some(variant) = self.article(file)
                {
                    self.fits(&article, &variant);
                    article.variants.push(variant);
                }
            }
            self.folder.articles.push(article);
        }
        self.refuse_equal_ids();
    }

    /// Whether an article that the settings name at `path` lies in the folder; says so where it does not.
    fn is_here(&mut self, file: &str, here: &[String], path: &[&str]) -> bool {
        let found = here.iter().any(|name| name == file);
        if !found {
            let others = here.iter().map(String::as_str).filter(|name| *name != "campaign.yaml");
            let text = format!("article `{file}` does not exist in `campaigns/{}/`", self.folder.name);
            self.wrong(path, text, suggestion::hint(file, others));
        }
        found
    }

    fn article(&mut self, name: &str) -> Option<Article> {
        let file = format!("campaigns/{}/{name}", self.folder.name);
        let bytes = match files::bytes(self.root, &file, MAX_ARTICLE_BYTES as u64) {
            Ok(bytes) => bytes,
            Err(finding) => {
                self.folder.findings.push(finding);
                return None;
            }
        };
        let text = decode(&bytes).text;
        match front_matter::read(&file, &text) {
            Ok((article, warnings)) => {
                self.folder.findings.extend(warnings);
                self.folder.findings.extend(lint::front(&file, &text, &article));
                let (images, findings) = pictures::of(self.root, &self.folder.name, &article, self.settings);
                self.folder.findings.extend(findings);
                Some(Article {
                    file: name.to_owned(),
                    images,
                    ..article
                })
            }
            Err(findings) => {
                self.folder.findings.extend(findings);
                // Tags of templates in an article are one mistake: the others are told with it.
                let (head, body) = text.split_at(text.find("\n---").unwrap_or(0));
                let tagless = format!("{head}{}", body.replace("{{", "((").replace("{%", "(%").replace("{#", "(#"));
                if let Ok((article, _)) = front_matter::read(&file, &tagless) {
                    self.folder.findings.extend(lint::front(&file, &tagless, &article));
                    self.folder.findings.extend(lint::alone(&article));
                }
                None
            }
        }
    }

    /// A variant is the same article in a language that it is not there in yet.
    fn fits(&mut self, article: &Article, variant: &Article) {
        let file = format!("campaigns/{}/{}", self.folder.name, variant.file);
        let place = |key: &str| {
            files::text(self.root, &file)
                .ok()
                .and_then(|text| front_matter::place(&text, key))
        };
        let mut wrong = |key: &str, text: String, hint: String| {
            let finding = Finding::error(&file, text).hint(hint);
            let placed = place(key).or_else(|| place("id"));
            self.folder.findings.push(match placed {
                Some(place) => finding.at(place),
                None => finding,
            });
        };
        if variant.id != article.id {
            let text = format!(
                "`{}` is `{}` in another language, and yet its `id` is `{}`",
                variant.file, article.file, variant.id
            );
            wrong(
                "id",
                text,
                format!("write `id: {}`: it is one article, whatever its language", article.id),
            );
        }
        let tag = |article: &Article| article.language.to_ascii_lowercase();
        let mut known = std::iter::once(article).chain(&article.variants);
        if let Some(twin) = known.find(|twin| tag(twin) == tag(variant)) {
            let text = format!(
                "`{}` and `{}` are both in the language `{}`",
                twin.file, variant.file, twin.language
            );
            wrong(
                "language",
                text,
                "say in each file which language it is in, as in `language: de`".to_owned(),
            );
        }
    }

    fn refuse_equal_ids(&mut self) {
        for (index, article) in self.folder.articles.iter().enumerate() {
            if let Some(twin) = self.folder.articles[..index].iter().find(|before| before.id == article.id) {
                let file = format!("campaigns/{}/{}", self.folder.name, article.file);
                let text = format!("article `{}` has the same id `{}`", twin.file, article.id);
                let finding = Finding::error(file, text).hint("give each article an id of its own; what was sent is known by it");
                self.folder.findings.push(finding);
            }
        }
    }

    fn template(&mut self, campaign: &Campaign, templates: &Templates) {
        let wanted = format!("{}.html", campaign.template);
        let template = TemplateSource {
            name: campaign.template.clone(),
            files: templates.files.clone(),
        };
        let unfit = match template.file(&wanted) {
            None => Some(format!(
                "template `{}` does not exist: there is no `templates/{wanted}`",
                template.name
            )),
            Some(_) if template.is_part(&wanted) && !template.shows_article(&wanted) => Some(format!(
                "`templates/{wanted}` is a part of other templates: a letter made of it alone would not show the article"
            )),
            Some(_) => None,
        };
        if let Some(text) = unfit {
            let letters: Vec<&str> = template.letters().collect();
            self.wrong(&["template"], text, suggestion::hint(&campaign.template, letters));
            return;
        }
        self.folder.findings.extend(templates.findings.iter().cloned());
        self.folder.template = Some(template);
    }

    /// Takes out what the campaign's owner has accepted; says so where a name accepts nothing that exists.
    fn accept(&mut self, campaign: &mut Campaign) {
        for (index, accepted) in campaign.accept.iter().enumerate() {
            let is_known = |name: &&str| names::covers(accepted, name);
            if !names::NAMES.iter().any(is_known) {
                let text = format!("no warning of `check` is called `{accepted}`");
                let hint = suggestion::nearest(accepted, names::NAMES.iter().copied());
                let hint = hint.map_or_else(
                    || "the name stands in brackets behind the warning; docs/check.md lists all".to_owned(),
                    |name| format!("did you mean `{name}`?"),
                );
                self.wrong(&["accept", &index.to_string()], text, hint);
            }
        }
        self.folder
            .findings
            .retain(|finding| !names::is_accepted(finding, &campaign.accept));
    }

    fn lists(&mut self, campaign: &Campaign, lists: &[ListFile]) {
        for (key, names) in [
            ("lists", &campaign.audience.lists),
            ("not_lists", &campaign.audience.not_lists),
        ] {
            for (index, name) in names
                .iter()
                .enumerate()
                .filter(|(_, name)| !lists.iter().any(|list| list.name == **name))
            {
                let position = index.to_string();
                let known = lists.iter().map(|list| list.name.as_str());
                let text = format!("list `{name}` does not exist: there is no `subscribers/{name}.csv`");
                self.wrong(&["audience", key, &position], text, suggestion::hint(name, known));
            }
        }
    }
}
