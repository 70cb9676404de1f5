//! What a letter must be before it leaves: sound bytes for the wire, a body that law and mail programs accept, and words that people
//! can read and believe. One file a family of rules; docs/check.md explains every finding by its name.
//!
//! Promises: what stops an edition is an error, what deserves a look a warning; both name the file and, where it is known, the line.
//! What does not depend on people is looked at once an edition, in time that grows with the text. Knows nothing of people's lists or of
//! what was sent before.

mod balance;
mod characters;
mod claims;
mod colour;
mod contrast;
mod css;
mod dark;
mod hosts;
mod law;
mod leftovers;
mod links;
mod loads;
pub mod names;
mod pictures;
mod reading;
mod report;
mod shape;
mod size;
mod subject;
mod support;
mod tree;
mod wire;
mod words;

#[cfg(test)]
mod tests;

use crate::article::{Article, markdown};
use crate::finding::{Finding, Place};
use crate::letter::Sources;
use crate::letter::compile::Compiled;
use crate::letter::compose::Rendered;
use crate::template::{TemplateSource, tags};
use hosts::Own;
use report::{Report, shown};

pub(crate) use size::{LARGEST_HTML, too_large};
pub use subject::{again, front};
pub use wire::{WireFault, wire, wire_utf8};

/// Tags of the template language in an article, where they would stand as they are.
pub(crate) fn article(article: &Article) -> Vec<Finding> {
    let mut report = Report::of(&article.file, &article.markdown, article.body_line);
    // In code a tag is there to be read.
    let code = markdown::code(&article.markdown);
    for tag in tags::tags(&article.markdown)
        .into_iter()
        .filter(|tag| tag.kind != tags::Kind::Comment && !markdown::is_in(&code, tag.range.start))
    {
        let text = format!(
            "`{}` would stand in every letter as it is",
            shown(&article.markdown[tag.range.clone()], 40)
        );
        let hint = "an article's text is the same for everybody; greet people in the template, or in the subject";
        report.refuse("article-tags", tag.range.start, text, hint);
    }
    report.findings()
}

/// Everything that can be said of an edition before anybody's letter is made.
pub fn edition(sources: &Sources) -> Vec<Finding> {
    let own = Own::of(sources);
    let mut findings = text(&sources.article, &own);
    findings.extend(size::of_pictures(&sources.article));
    findings.extend(template(&sources.template, &sources.article.language, &own));
    findings
}

/// The parts of a letter that its template makes without the article. An error that only those meet who are about to release it: what was
/// released goes on as it is.
pub(crate) fn article_missing(template: &TemplateSource) -> Vec<Finding> {
    let parts = [
        (template.html_name(), "{{ article.html }}"),
        (template.text_name(), "{{ article.text }}"),
    ];
    let made = parts.iter().filter(|(part, _)| template.file(part).is_some());
    let missing = made.filter(|(part, _)| !template.shows_article(part));
    let told = missing.map(|(part, tag)| {
        let text = "the article's text is not in the letter: the template does not show it";
        let hint = format!("write `{tag}` where the text is to stand");
        Finding::error(format!("templates/{part}"), text)
            .called("article-missing")
            .hint(hint)
    });
    told.collect()
}

/// What can be said of an article whose campaign is not known whole: all but whose web sites it links to.
pub fn alone(article: &Article) -> Vec<Finding> {
    let mut findings = text(article, &Own::default());
    findings.retain(|finding| finding.name.is_none_or(|name| name.as_str() != "link-other-host"));
    findings
}

/// What is looked at of a text: a letter of more cannot be sent, and that is said.
fn seen(text: &str) -> &str {
    let most = text.len().min(2 * LARGEST_HTML);
    &text[..text.floor_char_boundary(most)]
}

/// What an article's text shows.
fn text(article: &Article, own: &Own) -> Vec<Finding> {
    let markdown = seen(&article.markdown);
    let mut report = Report::of(&article.file, markdown, article.body_line);
    let reading = reading::of_markdown(markdown);
    pictures::of_article(&mut report, &reading, article);
    links::of(&mut report, &reading, links::Text::Article, own);
    leftovers::of(&mut report, &reading, &article.language, links::Text::Article);
    leftovers::of_source(&mut report, markdown);
    characters::of(&mut report, markdown);
    shape::of_article(&mut report, &reading);
    support::of_article(&mut report, &reading);
    claims::of(&mut report, &reading, &article.language);
    let mut findings = report.findings();
    // A tag is an error of its own, and said once.
    let tags: Vec<Option<Place>> = self::article(article).iter().map(|finding| finding.place).collect();
    findings.retain(|finding| finding.name.is_none_or(|name| name.as_str() != "placeholder") || !tags.contains(&finding.place));
    findings
}

/// What the template's HTML files show, those that the letter uses.
fn template(source: &TemplateSource, language: &str, own: &Own) -> Vec<Finding> {
    let files = source
        .files
        .iter()
        .filter(|file| file.name.ends_with(".html") && source.uses(&file.name));
    let set = loads::names_set(source.files.iter().map(|file| file.text.as_str()));
    let of_file = |file: &crate::template::TemplateFile| {
        let name = format!("templates/{}", file.name);
        let blinded = reading::blinded(seen(&file.text));
        let mut report = Report::of(&name, &blinded, 1);
        let reading = reading::of_html(&blinded);
        pictures::of_template(&mut report, &reading, own);
        links::of(&mut report, &reading, links::Text::Template, own);
        loads::of_template(&mut report, (&file.text, &blinded), own, &set);
        leftovers::of(&mut report, &reading, language, links::Text::Template);
        characters::of(&mut report, &blinded);
        shape::of_template(&mut report, &blinded);
        support::of_template(&mut report, &blinded);
        claims::of(&mut report, &reading, language);
        report.findings()
    };
    files.flat_map(of_file).collect()
}

impl Compiled {
    /// What is to be said of a finished letter: its size, what the law wants in it, whether it can be read, links lost in the text.
    pub fn lint(&self, rendered: &Rendered) -> Vec<Finding> {
        let html = format!("templates/{}", self.html_name);
        let text = format!("templates/{}", self.text_name);
        let mut findings: Vec<Finding> = size::of_letter(&html, &rendered.html).into_iter().collect();
        findings.extend(law::missing(self, rendered));
        let lost = law::lost_links(rendered, &self.article.html).map(|lost| {
            let (file, hint) = match lost.is_of_article {
                true => (
                    self.article_file(),
                    "write the address itself beside the words of the link: who reads no HTML has no other way to it",
                ),
                false => (
                    text.as_str(),
                    "write the address into the text too: who reads no HTML has no other way to it",
                ),
            };
            let said = format!("the text part leaves out the link `{}`", shown(&lost.target, 120));
            Finding::warning(file, said).called("link-lost").hint(hint)
        });
        findings.extend(lost.take(20));
        findings.extend(self.shape(rendered));
        findings
    }

    /// What the law wants and this letter does not say: a condition may leave it out for one person and not for another.
    pub(crate) fn unlawful(&self, rendered: &Rendered) -> Option<Finding> {
        if law::is_plainly_said(self, rendered) {
            return None;
        }
        law::missing(self, rendered).into_iter().next()
    }

    fn shape(&self, rendered: &Rendered) -> Vec<Finding> {
        let html = format!("templates/{}", self.html_name);
        let letter = shape::Letter {
            html: &rendered.html,
            language: &self.article.language,
            direction: crate::template::context::direction(&self.article.language),
            template: self.as_written.source(),
        };
        let mut findings = shape::of_letter(&letter);
        let made = contrast::Made {
            template: self.as_written.source(),
            article: &self.article.text,
        };
        findings.extend(contrast::of(&made, &rendered.html));
        let lines = rendered.text.lines();
        findings.extend(leftovers::empty_greeting(lines).map(|line| {
            let text = format!("the letter says `{line}`, a greeting of nobody");
            let finding = Finding::warning(&html, text).called("greeting-empty");
            let finding = finding.hint("write `{{ greeting }}`, which knows what to say to people without a name");
            shape::at_words(self.as_written.source(), line.trim_end_matches([',', '!', ' ']), finding)
        }));
        findings
    }
}
