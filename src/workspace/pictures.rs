//! The pictures that articles show: read from beside them, or known to come from the clinic's own host.
//!
//! Promises: every picture of a letter is one that mail programs show and people can do without; what is not is a finding at the
//! article's line. Knows nothing of how a letter carries them.

use super::campaigns::CampaignFolder;
use super::files;
use super::settings::Settings;
use crate::article::Article;
use crate::article::desk::{host_of, is_among};
use crate::article::image::{Image, LARGEST_READ, LARGEST_TOGETHER, Way, says_place};
use crate::article::markdown::address::Target;
use crate::article::markdown::picture::{Shown, pictures};
use crate::finding::{Finding, Place, Severity};
use std::collections::BTreeMap;
use std::path::Path;

/// An article with more pictures is an album.
const MOST: usize = 20;

/// The pictures beside the article `article.file` that its text shows, by name, and what is wrong with any.
pub(super) fn of(root: &Path, campaign: &str, article: &Article, settings: Option<&Settings>) -> (Vec<Image>, Vec<Finding>) {
    let mut reader = Reader {
        root,
        campaign,
        article,
        settings,
        images: BTreeMap::new(),
        findings: Vec::new(),
    };
    for shown in pictures(&article.markdown) {
        match &shown.target {
            Target::File(file) => reader.beside(&shown, file),
            Target::Address(address) => reader.elsewhere(&shown, address),
            Target::Refused => {}
        }
    }
    reader.weigh();
    (reader.images.into_values().flatten().collect(), reader.findings)
}

/// On the web a heavier picture is slow and dear to whoever reads on a phone.
const HEAVY: usize = 1024 * 1024;

/// The ways out for a picture that is too large to travel.
pub(super) const TOO_LARGE: &str = "saved at most 1200 pixels wide and under 20 KB it travels with the letter; a larger one goes on your web \
    site: say in tidings.yaml in which folder, as in `look: {images: https://…/}`";

/// A file's size as people say it.
pub(super) fn weight(bytes: usize) -> String {
    match bytes {
        0..1_000_000 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{:.1} MB", (bytes / 100_000) as f64 / 10.0),
    }
}

struct Reader<'a> {
    root: &'a Path,
    campaign: &'a str,
    article: &'a Article,
    settings: Option<&'a Settings>,
    /// Those that were looked for, with those that were found.
    images: BTreeMap<String, Option<Image>>,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn wrong(&mut self, shown: &Shown, text: String, hint: impl Into<String>) {
        let place = Place::of_offset(&self.article.markdown, shown.range.start);
        let line = place.line + self.article.body_line.saturating_sub(1);
        let finding = Finding::error(&self.article.file, text).at(Place::new(line, place.column));
        self.findings.push(finding.hint(hint));
    }

    /// A picture beside the article.
    fn beside(&mut self, shown: &Shown, file: &str) {
        if self.images.contains_key(file) {
            return;
        }
        let image = match self.read(file) {
            Ok((image, bytes)) => {
                if matches!(image.way, Way::Hosted(_)) {
                    self.hosted(shown, &image, &bytes);
                }
                Some(image)
            }
            Err(wrong) => {
                let hint = wrong
                    .hint
                    .unwrap_or_else(|| format!("put `{file}` into `campaigns/{}/`, or take it out of the text", self.campaign));
                self.wrong(shown, wrong.text, hint);
                None
            }
        };
        if self.images.len() == MOST {
            self.wrong(
                shown,
                format!("the article shows more than {MOST} pictures"),
                "choose the best of them",
            );
        }
        self.images.insert(file.to_owned(), image);
    }

    /// A picture that is too large to travel: where it has to lie, and what it costs and tells there.
    fn hosted(&mut self, shown: &Shown, image: &Image, bytes: &[u8]) {
        let Some(settings) = self.settings else { return };
        let size = format!("{} × {} pixels and {}", image.width, image.height, weight(bytes.len()));
        let Some(folder) = &settings.look.images else {
            self.wrong(
                shown,
                format!("`{}` has {size}, too large to travel inside each letter", image.file),
                TOO_LARGE,
            );
            return;
        };
        let file = format!("campaigns/{}/{}", self.campaign, image.file);
        let hint = format!(
            "upload `{file}` before the letters leave, and open that address once; then accept it: `accept: [picture-hosted]`"
        );
        self.look_at(
            shown,
            "picture-hosted",
            format!("`{}` is shown from `{folder}{}`", image.file, image.address()),
            hint,
        );
        if bytes.len() > HEAVY {
            let hint = "save it 1200 pixels wide, as a JPEG of middling quality; whoever reads it on a phone pays for it";
            self.look_at(shown, "picture-heavy", format!("`{}` has {size}", image.file), hint);
        }
        if says_place(bytes) {
            let hint = format!(
                "anybody who opens it can read that: send it to yourself as a message, or export it without its place, and upload that; \
                 `{file}` itself should be that file too"
            );
            self.look_at(
                shown,
                "picture-place",
                format!("`{}` says where it was taken", image.file),
                hint,
            );
        }
    }

    fn look_at(&mut self, shown: &Shown, name: &str, text: String, hint: impl Into<String>) {
        self.wrong(shown, text, hint);
        if let Some(finding) = self.findings.pop() {
            let finding = Finding {
                severity: Severity::Warning,
                ..finding
            };
            self.findings.push(finding.called(name));
        }
    }

    fn read(&self, file: &str) -> Result<(Image, Vec<u8>), Finding> {
        let folder = self.root.join("campaigns").join(self.campaign);
        let names = files::names(&folder).unwrap_or_default();
        if !names.iter().any(|name| name == file) {
            let other = names.iter().find(|name| name.eq_ignore_ascii_case(file));
            let finding = Finding::error(file, format!("there is no picture `{file}` beside the article"));
            return Err(match other {
                Some(other) => finding.hint(format!("capitals count: the file is called `{other}`")),
                None => finding,
            });
        }
        // Not only inside the workspace: a link to the list of patients is no picture.
        let bytes = files::bytes(&folder, file, LARGEST_READ as u64).map_err(|wrong| Finding {
            text: format!("`{file}`: {}", wrong.text.replace("workspace", "campaign's folder")),
            ..wrong
        })?;
        Ok((Image::read(file, &bytes)?, bytes))
    }

    /// A picture on the web: it tells its host who reads the letter and when, so the host must be the clinic's.
    fn elsewhere(&mut self, shown: &Shown, address: &str) {
        let Some(settings) = self.settings else { return };
        let host = host_of(address).unwrap_or_default();
        if !is_among(&settings.own_hosts(), &host) {
            let text = format!("the picture comes from `{host}`, which would learn who opens the letter, and when");
            let hint = "save it beside the article and name it alone, as in `![what it shows](hands.jpg)`";
            self.wrong(shown, text, hint);
        } else if !address.to_ascii_lowercase().starts_with("https://") {
            self.wrong(
                shown,
                format!("the picture's address `{address}` is not safe on its way"),
                "write `https://`",
            );
        }
    }

    /// What each letter carries, the logo with it.
    fn weigh(&mut self) {
        let logo = self.settings.and_then(|settings| settings.letter_look.logo.as_ref());
        let images = self.images.values().flatten().chain(logo);
        let weight: usize = images.filter_map(Image::carried).map(|bytes| bytes.len()).sum();
        if weight > LARGEST_TOGETHER {
            let text = format!(
                "the pictures weigh {} KB together, and a letter carries at most {}",
                weight.div_ceil(1024),
                LARGEST_TOGETHER / 1024
            );
            let hint = "leave some out, or save them smaller";
            let place = Place::new(self.article.body_line, 1);
            self.findings
                .push(Finding::error(&self.article.file, text).at(place).hint(hint));
        }
    }
}

/// Two different pictures of one name cannot lie in one folder of the clinic's web site.
pub(super) fn warn_of_equal_names(campaigns: &mut [CampaignFolder]) {
    let mut seen: BTreeMap<String, (String, String)> = BTreeMap::new();
    for folder in campaigns {
        let articles = folder
            .articles
            .iter()
            .flat_map(|article| std::iter::once(article).chain(&article.variants));
        let mut findings = Vec::new();
        for (article, image) in articles.flat_map(|article| article.images.iter().map(move |image| (article, image))) {
            let Way::Hosted(hash) = &image.way else { continue };
            let file = format!("campaigns/{}/{}", folder.name, article.file);
            let (first, known) = seen.entry(image.file.clone()).or_insert_with(|| (file.clone(), hash.clone()));
            if known != hash {
                let text = format!("`{}` is another picture than the one of that name in `{first}`", image.file);
                let hint = "both would lie in one folder of your web site: give one of them another name";
                findings.push(Finding::warning(file, text).hint(hint));
            }
        }
        folder.findings.extend(findings);
    }
}
