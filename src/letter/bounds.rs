//! What no letter is made from, because whatever looks at it closely would take for ever or fall over: texts that nest without end, and
//! texts many times as long as a letter can be.
//!
//! Promises: tells it in time that grows with the length, before anything looks closely; names file and line where it knows them. Knows
//! nothing of what the texts say.

use super::Sources;
use super::layout::{self, Part};
use super::lint::LARGEST_HTML;
use crate::article::{Article, html, markdown};
use crate::finding::{Finding, Place};
use crate::template::TemplateSource;

/// Elements of a template in one another: ten times what the deepest layout of tables needs.
pub(crate) const DEEPEST: usize = 200;

/// What is laid out at all: four times what a letter may have.
pub(crate) const LONGEST: usize = 4 * LARGEST_HTML;

/// Everything about these texts that keeps them from being looked at.
pub(crate) fn faults(sources: &Sources) -> Vec<Finding> {
    let article = of_article(&sources.article);
    let template = of_template(&sources.template);
    if article.is_none() && template.is_none() {
        return of_both(sources).into_iter().collect();
    }
    article.into_iter().chain(template).collect()
}

fn of_article(article: &Article) -> Option<Finding> {
    let at = |offset: usize| {
        let place = Place::of_offset(&article.markdown, offset);
        Place::new(place.line + article.body_line.saturating_sub(1), place.column)
    };
    if article.markdown.len() > LONGEST {
        return Some(too_long(&article.file, "the article has", article.markdown.len()).at(at(0)));
    }
    if let Some(offset) = markdown::depth::too_deep(&article.markdown) {
        return Some(markdown::depth::finding(&article.file).at(at(offset)));
    }
    let weight = markdown::weight(&article.markdown);
    (weight > LONGEST).then(|| too_long(&article.file, "the article comes to", weight).at(at(0)))
}

fn of_template(source: &TemplateSource) -> Option<Finding> {
    let name = source.html_name();
    let files = source
        .files
        .iter()
        .filter(|file| file.name.ends_with(".html") && source.uses(&file.name));
    for file in files {
        let shown = format!("templates/{}", file.name);
        if file.text.len() > LONGEST {
            return Some(too_long(&shown, "the file has", file.text.len()));
        }
        if let Some(line) = html::line_deeper_than(&layout::without_tags(&file.text), DEEPEST) {
            let text = format!("here elements stand in one another more than {DEEPEST} deep");
            let hint = "look for elements that are opened again and again and never closed, such as `<div>` without `</div>`";
            return Some(Finding::error(shown, text).at(Place::new(line, 1)).hint(hint));
        }
    }
    let (whole, length) = layout::whole(source);
    if length > LONGEST {
        let shown = format!("templates/{name}");
        return Some(too_long(&shown, "with all that it includes the template has", length));
    }
    html::line_deeper_than(&layout::without_tags(&whole), DEEPEST).map(|_| {
        let text = format!("with all that it includes, elements stand in one another more than {DEEPEST} deep");
        Finding::error(format!("templates/{name}"), text).hint("close in each file what it opens")
    })
}

/// A template may show the article again and again.
fn of_both(sources: &Sources) -> Option<Finding> {
    let (whole, length) = layout::whole(&sources.template);
    let shown = layout::parts_shown(&whole)
        .into_iter()
        .filter(|part| *part != Part::Contents)
        .count();
    let length = length + shown * markdown::weight(&sources.article.markdown);
    let file = format!("templates/{}", sources.template.html_name());
    (shown > 1 && length > LONGEST).then(|| too_long(&file, "with the article in all its places the template has", length))
}

fn too_long(file: &str, what: &str, length: usize) -> Finding {
    let text = format!(
        "{what} {} KB of HTML, and a letter may have {}: mail programs hide what is beyond",
        length.div_ceil(1024),
        LARGEST_HTML / 1024
    );
    Finding::error(file, text).hint("shorten it, or put a part of it on a page and link to it")
}
