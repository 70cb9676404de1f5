//! An edition made ready once, so that a person's letter costs as little as can be: Markdown, layout, templates, shared headers.
//!
//! Promises: what has compiled names every fault that does not depend on people; it holds nothing of people, is never changed again,
//! and can be shared by threads. Knows nothing of the store that froze its sources.

use crate::article::front_matter::has_template_marks;
use crate::article::markdown;
use crate::finding::{Finding, each_once};
use crate::letter::constants::{Constants, Ground};
use crate::letter::headers::Fixed;
use crate::letter::layout::{Guarded, Part};
use crate::letter::pictures::{Carried, Pictures};
use crate::letter::sign::Signer;
use crate::letter::{Recipient, Sources, Vocabulary, bounds, layout, lint, numbers, plain, structure};
use crate::template::colour::Colour;
use crate::template::context::{ArticleWords, EditionWords, LookWords, direction, one_line};
use crate::template::words::{self, Words};
use crate::template::{Line, Rules, TemplateFile, TemplateSource, Templates};
use std::collections::BTreeSet;
use std::sync::Arc;

/// An edition ready for its people: in its own language, and in those others that it has.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The template as its author wrote it, for the places of findings.
    pub(crate) as_written: Templates,
    /// The template that letters are made with.
    pub(crate) laid_out: Templates,
    pub(crate) html_name: String,
    pub(crate) text_name: String,
    pub(crate) article: ArticleWords,
    /// The article as templates see it.
    pub(crate) article_variable: tera::Value,
    pub(crate) article_file: String,
    pub(crate) subject_is_personal: bool,
    pub(crate) fixed: Fixed,
    pub(crate) signer: Option<Arc<Signer>>,
    pub(crate) postal_address: String,
    /// The words of greetings.
    pub(crate) words: &'static Words,
    pub(crate) pictures: Pictures,
    /// The same edition in other languages; none of them has others of its own.
    variants: Vec<Compiled>,
    warnings: Vec<Finding>,
}

/// Compiles the sources of an edition that is to be released, in all its languages.
///
/// # Errors
/// All findings that no letter could be sent with. What only deserves a look is in [`Compiled::warnings`].
pub fn compile(sources: &Sources) -> Result<Compiled, Vec<Finding>> {
    compiled_by(Rules::Todays, sources)
}

/// Compiles what was released before: a rule that this program has learned since then is no reason to leave people waiting.
///
/// # Errors
/// All findings that no letter could be made with.
pub fn compile_released(sources: &Sources) -> Result<Compiled, Vec<Finding>> {
    compiled_by(Rules::Released, sources)
}

fn compiled_by(rules: Rules, sources: &Sources) -> Result<Compiled, Vec<Finding>> {
    let (whole, findings) = attempt(rules, sources);
    match whole {
        Some(whole) if !findings.iter().any(Finding::is_error) => Ok(whole),
        _ => Err(findings),
    }
}

/// Everything that can be said of an edition's sources, however much is wrong with them; `columns` are those of its lists.
pub fn said_of(sources: &Sources, columns: &BTreeSet<String>, example: &Recipient) -> Vec<Finding> {
    let (whole, mut findings) = attempt(Rules::Todays, sources);
    if let Some(whole) = whole {
        findings.extend(whole.check_names(columns).into_iter().filter(Finding::is_error));
        findings.extend(whole.looked_over(Some(example)));
    }
    each_once(findings)
}

/// An edition as far as it can be made, with all that is wrong with it; with an error among it, no letter may be.
fn attempt(rules: Rules, sources: &Sources) -> (Option<Compiled>, Vec<Finding>) {
    let (own, mut findings) = attempt_one(rules, sources);
    let mut variants = Vec::new();
    for variant in &sources.article.variants {
        let sources = Sources {
            article: variant.clone(),
            ..sources.clone()
        };
        let (variant, found) = attempt_one(rules, &sources);
        variants.extend(variant);
        // What is wrong with the template is wrong in every language, and said once.
        findings.extend(found);
    }
    let whole = own.map(|own| Compiled { variants, ..own });
    (whole, each_once(findings))
}

fn attempt_one(rules: Rules, sources: &Sources) -> (Option<Compiled>, Vec<Finding>) {
    let beyond = bounds::faults(sources);
    if !beyond.is_empty() {
        return (None, beyond);
    }
    let is_looked_at = rules == Rules::Todays;
    let mut findings = if is_looked_at {
        lint::article(&sources.article)
    } else {
        Vec::new()
    };
    let fixed = Fixed::of(sources).map_err(|faults| findings.extend(faults));
    let domain = fixed.as_ref().map_or("", |fixed| fixed.from.domain());
    let pictures = Pictures::of(&sources.article, &sources.look, domain, sources.vocabulary);
    let pictures = pictures.map_err(|faults| findings.extend(faults)).unwrap_or_default();
    let words = words(sources, &pictures);
    let template = as_html_only(&sources.template);
    let templates = templates(rules, &template, &words, lines(sources)).map_err(|faults| findings.extend(faults));
    if is_looked_at {
        findings.extend(lint::edition(sources));
    }
    let (Ok(fixed), Ok((as_written, laid_out))) = (fixed, templates) else {
        return (None, findings);
    };
    let compiled = Compiled {
        subject_is_personal: laid_out.line_is_personal("subject"),
        as_written,
        laid_out,
        html_name: template.html_name(),
        text_name: template.text_name(),
        article_file: sources.article.file.clone(),
        postal_address: words.postal_address.clone(),
        words: match sources.vocabulary {
            Vocabulary::First => Words::of_the_first(&words.article.language),
            Vocabulary::Whole => Words::of(&words.article.language),
        },
        article_variable: words.article.variable(),
        article: words.article,
        pictures,
        fixed,
        variants: Vec::new(),
        signer: None,
        warnings: findings.clone(),
    };
    (Some(compiled), findings)
}

impl Compiled {
    /// The same edition, its letters signed by us; without a signer it stays as it is.
    #[must_use]
    pub fn signed_by(mut self, signer: Option<&Arc<Signer>>) -> Self {
        if let Some(signer) = signer {
            self.fixed.signed_by(signer);
            self.signer = Some(Arc::clone(signer));
            let variants = std::mem::take(&mut self.variants).into_iter();
            self.variants = variants.map(|variant| variant.signed_by(Some(signer))).collect();
        }
        self
    }

    /// How many bytes the signatures of a letter have, and a few more.
    pub fn signature_size(&self) -> usize {
        self.signer.as_ref().map_or(0, |signer| signer.size())
    }

    /// What deserves a look, but stops nothing.
    pub fn warnings(&self) -> Vec<Finding> {
        each_once(self.versions().flat_map(|version| version.warnings.clone()))
    }

    /// Findings about names that no letter can have, given the columns of the lists that the edition goes to.
    pub fn check_names(&self, columns: &BTreeSet<String>) -> Vec<Finding> {
        each_once(self.versions().flat_map(|version| version.as_written.check_names(columns)))
    }

    /// The edition in each of its languages, its own first; each of them is whole and composes in its language, whoever is written to
    /// that has no other wish.
    pub fn versions(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.variants)
    }

    /// What deserves a look, and what one person's letter shows of the text that all get, in each language.
    pub fn looked_over(&self, example: Option<&Recipient>) -> Vec<Finding> {
        let mut findings = self.warnings();
        findings.extend(lint::article_missing(self.as_written.source()));
        for version in self.versions() {
            findings.extend(example.into_iter().flat_map(|recipient| version.unbalanced(recipient)));
            // Of a version the example may be no reader; its text is looked at all the same.
            let rendered = example.and_then(|recipient| version.rendered(recipient).ok());
            findings.extend(rendered.iter().flat_map(|rendered| version.lint(rendered)));
        }
        each_once(findings)
    }

    /// What the template has lost, as one person's letter shows it: the article, tags that close what it opens.
    pub(crate) fn misses(&self, recipient: &Recipient) -> Vec<Finding> {
        let mut findings = lint::article_missing(self.as_written.source());
        findings.extend(self.unbalanced(recipient));
        findings
    }

    /// The language of this version, as a tag.
    pub fn language(&self) -> &str {
        &self.article.language
    }

    /// The file of this version's article.
    pub fn article_file(&self) -> &str {
        &self.article_file
    }

    /// The pictures that letters of this version may carry inside them.
    pub fn carried(&self) -> &[Carried] {
        &self.pictures.carried
    }

    /// The version that a person reads: the one in the language of their column `language`, else the edition's own.
    pub fn for_reader(&self, recipient: &Recipient) -> &Self {
        let wanted = recipient.attributes.get("language").filter(|_| !self.variants.is_empty());
        let wanted = wanted.map(|written| words::language(written)).unwrap_or_default();
        if wanted.is_empty() {
            return self;
        }
        let tag = |version: &Self| words::language(&version.article.language);
        let primary = words::primary(&wanted);
        let exact = self.versions().find(|version| tag(version) == wanted);
        let general = || self.versions().find(|version| tag(version) == primary);
        let related = || self.versions().find(|version| words::primary(&tag(version)) == primary);
        exact.or_else(general).or_else(related).unwrap_or(self)
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

fn words(sources: &Sources, pictures: &Pictures) -> EditionWords {
    let (article, sender) = (&sources.article, &sources.sender);
    let sections = markdown::sections(&article.markdown, &pictures.shown);
    let colour = sources.look.colour.as_deref().and_then(Colour::parse);
    let html = markdown::to_html_with(&article.markdown, &pictures.shown);
    let text = markdown::to_text_with(&article.markdown, &pictures.shown);
    // What was released before keeps its bytes.
    let turns = sources.vocabulary == Vocabulary::Whole && direction(&article.language) == "rtl";
    let in_html = |html: String| if turns { numbers::kept_in_html(&html) } else { html };
    EditionWords {
        article: ArticleWords {
            title: article.title.clone(),
            preheader: one_line(&article.preheader),
            author: article.author.clone(),
            language: article.language.clone(),
            html: in_html(html),
            text: if turns { numbers::kept_in_text(&text) } else { text },
            sections: in_html(sections.html),
            contents: sections.contents.map(in_html),
        },
        clinic_name: sender.clinic_name.clone(),
        postal_address: sender.postal_address.clone(),
        contact: sender.contact.clone(),
        campaign_title: sources.campaign_title.clone(),
        look: LookWords {
            colour: colour.unwrap_or(Colour::DEFAULT),
            logo: pictures.logo.clone(),
        },
        words: Words::of(&article.language),
    }
}

fn lines(sources: &Sources) -> Vec<Line> {
    let line = |key: &'static str, text: &str| Line {
        key,
        file: sources.article.file.clone(),
        place: sources.article.places.get(key).copied(),
        text: text.to_owned(),
    };
    vec![
        line("subject", &sources.article.subject),
        line("preheader", &sources.article.preheader),
    ]
}

/// The templates as written, and laid out for mail programs.
fn templates(
    rules: Rules,
    source: &TemplateSource,
    words: &EditionWords,
    lines: Vec<Line>,
) -> Result<(Templates, Templates), Vec<Finding>> {
    let mut as_written = Templates::compile_by(rules, source, lines.clone())?;
    let faults = structure::faults(source);
    if !faults.is_empty() && rules == Rules::Todays {
        return Err(faults);
    }
    let source = laid_out(source, words).map_err(|error| vec![error])?;
    let mut laid_out = Templates::compile_by(rules, &source, lines)?;
    as_written.promise(words.variables());
    laid_out.promise(words.variables());
    Ok((as_written, laid_out))
}

/// The source with styles in the elements, the article and all that is equal in every letter in their places, and a text part.
fn laid_out(source: &TemplateSource, words: &EditionWords) -> Result<TemplateSource, Finding> {
    let unreadable = |error: String| Finding::error(format!("templates/{}", source.html_name()), error);
    let preheader_is_personal = has_template_marks(&words.article.preheader);
    let constants = Constants::of(words, source, preheader_is_personal);
    let html = with_article(layout::guard(source, &constants, Ground::Html), &words.article)
        .inlined()
        .map_err(|error| unreadable(format!("the style sheet cannot be read: {error}")))?;
    let others = source.files.iter().filter(|file| file.name != source.html_name());
    let mut files: Vec<TemplateFile> = others
        .map(|file| match file.name.ends_with(".txt") {
            true => constants.written_into(file),
            false => file.clone(),
        })
        .collect();
    files.push(TemplateFile {
        name: source.html_name(),
        text: html,
    });
    if source.file(&source.text_name()).is_none() {
        let text = derived_text(source, &constants, &words.article)
            .map_err(|error| unreadable(format!("no text part can be made: {error}")))?;
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

fn with_article(mut guarded: Guarded, article: &ArticleWords) -> Guarded {
    guarded.with_part(Part::Body, &article.html);
    guarded.with_part(Part::Sections, &article.sections);
    match &article.contents {
        Some(contents) => guarded.with_part(Part::Contents, contents),
        None => guarded.without_part(Part::Contents),
    }
    guarded
}

/// The text part of a template that has none of its own.
fn derived_text(source: &TemplateSource, constants: &Constants, article: &ArticleWords) -> Result<String, String> {
    let mut guarded = layout::guard(source, constants, Ground::Text);
    guarded.with_part_tag(Part::Body, "{{ article.text }}");
    guarded.with_part_tag(Part::Sections, "{{ article.text }}");
    match &article.contents {
        Some(contents) => guarded.with_part(Part::Contents, contents),
        None => guarded.without_part(Part::Contents),
    }
    plain::template(&guarded)
}
