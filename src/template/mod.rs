//! Templates: Tera texts, compiled once into a checked value.
//!
//! Promises: what has compiled has no syntax error, calls no unknown filter and includes no missing file; `.html` is escaped and
//! nothing else is; a variable that does not exist is an error with its line, never an empty gap; no template reaches files,
//! environment, network or clock. Knows nothing of letters, people's lists or where the files lie.

pub(crate) mod allowed;
pub mod colour;
pub mod context;
mod fault;
pub mod filters;
pub(crate) mod limits;
mod names;
pub(crate) mod tags;
pub mod words;

use crate::finding::{Finding, Place, suggestion};
use limits::{Counted, Page};
use std::collections::{BTreeSet, HashMap};

/// The texts of one template, as files hold them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TemplateSource {
    /// The template's name, without ending: `letter`.
    pub name: String,
    /// Every file of `templates/` that the letter may use (`letter.html`, `letter.txt`, partials), sorted by name.
    pub files: Vec<TemplateFile>,
}

/// One file of `templates/`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TemplateFile {
    /// The name with its ending, relative to `templates/`.
    pub name: String,
    /// What it holds.
    pub text: String,
}

impl TemplateSource {
    /// The text of the file `name`.
    pub fn file(&self, name: &str) -> Option<&str> {
        self.files
            .iter()
            .find(|file| file.name == name)
            .map(|file| file.text.as_str())
    }

    /// Whether the letter is made with the file `name`: it is one of its parts, or included by one.
    pub fn uses(&self, name: &str) -> bool {
        self.made_with(&[&self.html_name(), &self.text_name()]).contains(&name)
    }

    /// Whether the part `name` of the letter shows the article's text: without it a letter says nothing that its author wrote.
    pub fn shows_article(&self, name: &str) -> bool {
        let files = self.made_with(&[name]).into_iter();
        files.filter_map(|file| self.file(file)).any(tags::show_article)
    }

    /// The files `names`, and all that they include, directly or by others; names that no file has are among them.
    pub(crate) fn made_with<'t>(&'t self, names: &[&'t str]) -> Vec<&'t str> {
        let mut used = names.to_vec();
        let mut next = 0;
        while let Some(text) = used.get(next).map(|name| self.file(name).unwrap_or("")) {
            for tag in tags::tags(text) {
                let quoted = tag
                    .quoted_after("include", text)
                    .or_else(|| tag.quoted_after("extends", text));
                if let Some(quoted) = quoted.filter(|quoted| !used.contains(quoted)) {
                    used.push(quoted);
                }
            }
            next += 1;
        }
        used
    }

    /// The names of templates that are whole letters: they show the article, and no other includes them.
    pub fn letters(&self) -> impl Iterator<Item = &str> {
        let named = self.files.iter().filter_map(|file| file.name.strip_suffix(".html"));
        named.filter(|name| self.shows_article(&format!("{name}.html")) && !self.is_part(&format!("{name}.html")))
    }

    /// Whether another file includes the file `name`.
    pub fn is_part(&self, name: &str) -> bool {
        let includes = |file: &TemplateFile| {
            let mut tags = tags::tags(&file.text).into_iter();
            file.name != name && tags.any(|tag| tag.quoted_after("include", &file.text) == Some(name))
        };
        self.files.iter().any(includes)
    }

    /// The name of the HTML part's file.
    pub fn html_name(&self) -> String {
        format!("{}.html", self.name)
    }

    /// The name of the text part's file, whether it exists or not.
    pub fn text_name(&self) -> String {
        format!("{}.txt", self.name)
    }
}

/// A small Tera text that lives in another file: the subject in an article's front matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is called there: `subject`.
    pub key: &'static str,
    /// The file it stands in, for findings.
    pub file: String,
    /// Where it stands there, if that is known.
    pub place: Option<Place>,
    /// The text.
    pub text: String,
}

/// Which rules a text has to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    /// All that this program knows: the text is looked at before it is released.
    Todays,
    /// Those alone without which no letter could be made: the text kept all rules of the day on which it was released.
    Released,
}

/// Compiled templates.
#[derive(Clone)]
pub struct Templates {
    tera: tera::Tera,
    source: TemplateSource,
    lines: Vec<Line>,
    /// The texts as Tera has them.
    counted: HashMap<String, Counted>,
}

/// Why a part could not be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderFault {
    /// What, where, and the next step; names no person.
    pub finding: Finding,
    /// Whether the place asks for something that differs from person to person.
    pub personal: bool,
}

impl Templates {
    /// Compiles every file of `source`, and the `lines`, by the rules of today.
    ///
    /// # Errors
    /// As [`Self::compile_by`].
    #[cfg(test)]
    pub(crate) fn compile(source: &TemplateSource, lines: Vec<Line>) -> Result<Self, Vec<Finding>> {
        Self::compile_by(Rules::Todays, source, lines)
    }

    /// Compiles every file of `source`, and the `lines`.
    ///
    /// # Errors
    /// All findings: broken syntax, unknown filters, missing partials, a missing HTML file.
    pub(crate) fn compile_by(rules: Rules, source: &TemplateSource, lines: Vec<Line>) -> Result<Self, Vec<Finding>> {
        if source.file(&source.html_name()).is_none() {
            return Err(vec![missing_html(source)]);
        }
        let mut compiled = Self {
            tera: empty(),
            source: source.clone(),
            lines,
            counted: HashMap::new(),
        };
        let broken: Vec<Finding> = compiled
            .texts()
            .filter_map(|(name, text)| compiled.syntax_fault(&name, text))
            .collect();
        if !broken.is_empty() {
            return Err(broken);
        }
        let mut faults = limits::include_faults(&compiled.source);
        if rules == Rules::Todays {
            faults.extend(compiled.not_allowed());
        }
        // As written first: faults have their places there.
        if let Err(error) = empty().add_raw_templates(compiled.texts()) {
            let said = |one: &Finding| {
                faults
                    .iter()
                    .any(|other| (&other.file, other.place) == (&one.file, one.place))
            };
            let unsaid: Vec<Finding> = fault::findings(&error, &compiled)
                .into_iter()
                .filter(|one| !said(one))
                .collect();
            faults.extend(unsaid);
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let counted: HashMap<String, Counted> = compiled.texts().map(|(name, text)| (name, Counted::of(text))).collect();
        let mut tera = empty();
        let texts = counted.iter().map(|(name, counted)| (name.clone(), counted.text.as_str()));
        tera.add_raw_templates(texts)
            .map_err(|error| fault::findings(&error, &compiled))?;
        compiled.tera = tera;
        compiled.counted = counted;
        Ok(compiled)
    }

    /// Makes `variables` known to every part.
    pub(crate) fn promise(&mut self, variables: Vec<(&'static str, tera::Value)>) {
        let known = self.tera.global_context();
        for (name, value) in variables {
            known.insert_value(name, value);
        }
    }

    /// Findings about every name that no letter can ever have: neither promised nor one of the `columns`.
    pub fn check_names(&self, columns: &BTreeSet<String>) -> Vec<Finding> {
        let (html, text) = (self.source.html_name(), self.source.text_name());
        let files: BTreeSet<&str> = self.source.made_with(&[&html, &text]).into_iter().collect();
        let texts = files
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), self.source.file(name)?)));
        let lines = self.lines.iter().map(|line| (line_name(line.key), line.text.as_str()));
        texts
            .chain(lines)
            .flat_map(|(name, text)| self.check_text(&name, text, columns))
            .collect()
    }

    /// Renders the part `name` (a file, or a [`Line`]'s key through [`Templates::render_line`]).
    pub(crate) fn render(&self, name: &str, context: &tera::Context) -> Result<String, RenderFault> {
        let mut page = Page::begin();
        match self.tera.render_to(name, context, &mut page) {
            Ok(()) => Ok(page.into_text()),
            Err(_) if page.is_full => Err(fault::full(self, name)),
            Err(error) => Err(fault::render_fault(&error, self, name)),
        }
    }

    /// What no template may do, in any of the texts.
    fn not_allowed(&self) -> Vec<Finding> {
        let mut faults = Vec::new();
        for (name, text) in self.texts() {
            let found = allowed::faults(text).into_iter();
            faults.extend(found.map(|(finding, offset)| self.placed(finding, &name, text, offset)));
        }
        faults
    }

    /// Where a place of the text that Tera has stands in the text as written.
    fn written_at(&self, name: &str, offset: usize) -> usize {
        self.counted.get(name).map_or(offset, |counted| counted.written_at(offset))
    }

    /// The same templates with their HTML files rewritten: what they promise stays. `None` where that is no template any more.
    pub(crate) fn rewritten(&self, rewrite: impl Fn(usize, &TemplateFile) -> String) -> Option<Self> {
        let mut tera = self.tera.clone();
        let files = self
            .source
            .files
            .iter()
            .enumerate()
            .filter(|(_, file)| file.name.ends_with(".html"));
        let texts = files.map(|(index, file)| (file.name.clone(), Counted::of(&rewrite(index, file)).text));
        tera.add_raw_templates(texts.collect::<Vec<_>>()).ok()?;
        Some(Self { tera, ..self.clone() })
    }

    /// Renders the line that `key` names.
    pub(crate) fn render_line(&self, key: &str, context: &tera::Context) -> Result<String, RenderFault> {
        self.render(&line_name(key), context)
    }

    /// Whether the line that `key` names asks for anything that differs from person to person.
    pub(crate) fn line_is_personal(&self, key: &str) -> bool {
        let name = line_name(key);
        let free = self.tera.get_template_variables(&name).unwrap_or_default();
        free.iter()
            .any(|variable| !context::OBJECTS.iter().any(|(object, _)| object == variable))
    }

    /// Whether the template has a file `name`.
    pub(crate) fn has_file(&self, name: &str) -> bool {
        self.source.file(name).is_some()
    }

    /// What was compiled, as its author wrote it.
    pub(crate) fn source(&self) -> &TemplateSource {
        &self.source
    }

    fn check_text(&self, name: &str, text: &str, columns: &BTreeSet<String>) -> Vec<Finding> {
        let named = |finding: Finding, offset: usize| self.placed(finding, name, text, offset);
        names::unknown(text, columns)
            .into_iter()
            .map(|(finding, offset)| named(finding, offset))
            .collect()
    }

    /// The syntax error of one text, seen alone; what it includes is looked at later.
    fn syntax_fault(&self, name: &str, text: &str) -> Option<Finding> {
        let error = empty().add_raw_template(name, text).err()?;
        match error.kind() {
            tera::ErrorKind::SyntaxError(_) => fault::findings(&error, self).into_iter().next(),
            _ => None,
        }
    }

    fn texts(&self) -> impl Iterator<Item = (String, &str)> {
        let files = self.source.files.iter().map(|file| (file.name.clone(), file.text.as_str()));
        files.chain(self.lines.iter().map(|line| (line_name(line.key), line.text.as_str())))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.texts().find(|(known, _)| known == name).map(|(_, text)| text)
    }

    /// The finding's file and place: in `templates/`, or in the file that holds the line.
    fn placed(&self, finding: Finding, name: &str, text: &str, offset: usize) -> Finding {
        match self.lines.iter().find(|line| line_name(line.key) == name) {
            Some(line) => Finding {
                file: line.file.clone(),
                place: line.place,
                text: format!("in `{}`: {}", line.key, finding.text),
                ..finding
            },
            None => Finding {
                file: format!("templates/{name}"),
                ..finding
            }
            .at(Place::of_offset(text, offset)),
        }
    }
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Templates")
            .field("name", &self.source.name)
            .finish_non_exhaustive()
    }
}

/// A line's name among the templates; the brackets keep it apart from every file.
fn line_name(key: &str) -> String {
    format!("({key})")
}

fn empty() -> tera::Tera {
    let mut tera = tera::Tera::default();
    tera.autoescape_on([".html"]);
    limits::register(&mut tera);
    filters::register(&mut tera);
    tera
}

fn missing_html(source: &TemplateSource) -> Finding {
    let wanted = source.html_name();
    let there = source
        .files
        .iter()
        .map(|file| file.name.as_str())
        .filter(|name| name.ends_with(".html"));
    Finding::error(
        format!("templates/{wanted}"),
        format!("template `{}` has no file `{wanted}`", source.name),
    )
    .hint(suggestion::hint(&wanted, there.collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests;
