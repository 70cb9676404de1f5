//! An edition made ready once, so that a person's letter costs as little as can be: Markdown, layout, templates, shared headers.
//!
//! Promises: what has compiled names every fault that does not depend on people; it holds nothing of people, is never changed again,
//! and can be shared by threads. Knows nothing of the store that froze its sources.

use crate::article::markdown;
use crate::finding::Finding;
use crate::letter::headers::Fixed;
use crate::letter::{Sources, layout, lint, plain};
use crate::template::context::{ArticleWords, EditionWords, one_line};
use crate::template::{Line, TemplateFile, TemplateSource, Templates};
use std::collections::BTreeSet;

/// An edition ready for its people.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The template as its author wrote it, for the places of findings.
    pub(crate) as_written: Templates,
    /// The template that letters are made with.
    pub(crate) laid_out: Templates,
    pub(crate) html_name: String,
    pub(crate) text_name: String,
    pub(crate) article: ArticleWords,
    pub(crate) article_file: String,
    pub(crate) subject_is_personal: bool,
    pub(crate) fixed: Fixed,
    pub(crate) postal_address: String,
    warnings: Vec<Finding>,
}

/// Compiles an edition's sources.
///
/// # Errors
/// All findings that no letter could be sent with. What only deserves a look is in [`Compiled::warnings`].
pub fn compile(sources: &Sources) -> Result<Compiled, Vec<Finding>> {
    let mut findings = lint::article(&sources.article);
    let fixed = Fixed::of(sources).map_err(|faults| findings.extend(faults));
    let words = words(sources);
    let template = as_html_only(&sources.template);
    let templates = templates(&template, &words, lines(sources)).map_err(|faults| findings.extend(faults));
    findings.extend(lint::edition(sources));
    let (Ok(fixed), Ok((as_written, laid_out)), false) = (fixed, templates, findings.iter().any(Finding::is_error)) else {
        return Err(findings);
    };
    Ok(Compiled {
        subject_is_personal: laid_out.line_is_personal("subject"),
        as_written,
        laid_out,
        html_name: template.html_name(),
        text_name: template.text_name(),
        article_file: sources.article.file.clone(),
        postal_address: words.postal_address.clone(),
        article: words.article,
        fixed,
        warnings: findings,
    })
}

impl Compiled {
    /// What deserves a look, but stops nothing.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// Findings about names that no letter can have, given the columns of the lists that the edition goes to.
    pub fn check_names(&self, columns: &BTreeSet<String>) -> Vec<Finding> {
        self.as_written.check_names(columns)
    }
}

/// The template without line ends of other systems and byte order marks, which would shift places and show in letters.
fn as_html_only(source: &TemplateSource) -> TemplateSource {
    let clean = |text: &str| text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let files = source.files.iter().map(|file| TemplateFile {
        name: file.name.clone(),
        text: clean(&file.text),
    });
    TemplateSource {
        name: source.name.clone(),
        files: files.collect(),
    }
}

fn words(sources: &Sources) -> EditionWords {
    let (article, sender) = (&sources.article, &sources.sender);
    EditionWords {
        article: ArticleWords {
            title: article.title.clone(),
            preheader: one_line(&article.preheader),
            author: article.author.clone(),
            language: article.language.clone(),
            html: markdown::to_html(&article.markdown),
            text: markdown::to_text(&article.markdown),
        },
        clinic_name: sender.clinic_name.clone(),
        postal_address: sender.postal_address.clone(),
        contact: sender.contact.clone(),
        campaign_title: sources.campaign_title.clone(),
    }
}

fn lines(sources: &Sources) -> Vec<Line> {
    let line = |key, text: &str| Line {
        key,
        file: sources.article.file.clone(),
        text: text.to_owned(),
    };
    vec![
        line("subject", &sources.article.subject),
        line("preheader", &sources.article.preheader),
    ]
}

/// The templates as written, and laid out for mail programs.
fn templates(source: &TemplateSource, words: &EditionWords, lines: Vec<Line>) -> Result<(Templates, Templates), Vec<Finding>> {
    let mut as_written = Templates::compile(source, lines.clone())?;
    let faults = layout::faults(source);
    if !faults.is_empty() {
        return Err(faults);
    }
    let source = laid_out(source, &words.article.html).map_err(|error| vec![error])?;
    let mut laid_out = Templates::compile(&source, lines)?;
    as_written.promise(words.variables());
    laid_out.promise(words.variables());
    Ok((as_written, laid_out))
}

/// The source with styles in the elements, the article in its place, and a text part.
fn laid_out(source: &TemplateSource, article_html: &str) -> Result<TemplateSource, Finding> {
    let unreadable = |error: String| Finding::error(format!("templates/{}", source.html_name()), error);
    let mut guarded = layout::guard(source);
    guarded.with_article(article_html);
    let html = guarded
        .inlined()
        .map_err(|error| unreadable(format!("the style sheet cannot be read: {error}")))?;
    let mut files: Vec<TemplateFile> = source
        .files
        .iter()
        .filter(|file| file.name != source.html_name())
        .cloned()
        .collect();
    files.push(TemplateFile {
        name: source.html_name(),
        text: html,
    });
    if source.file(&source.text_name()).is_none() {
        let mut guarded = layout::guard(source);
        guarded.with_article_tag("{{ article.text }}");
        let text = plain::template(&guarded).map_err(|error| unreadable(format!("no text part can be made: {error}")))?;
        files.push(TemplateFile {
            name: source.text_name(),
            text,
        });
    }
    Ok(TemplateSource {
        name: source.name.clone(),
        files,
    })
}
