//! What of a page is no article: navigation, notices, buttons, advertisements, what nobody sees.
//!
//! Promises: everything left out has a name for the note. A notice, a pop-up, a menu or what is hidden goes however much it says, unless
//! the page holds nothing else; of the rest, what holds most of the page's text is no clutter, whatever its classes say.

use super::signs::{AMBIGUOUS, NOTICES, OF_COOKIES, OLD_MAIL_LINKS, PHRASES, SUBJECTS, WORDS};
use super::tree::{Id, Page};
use super::weight::Weights;
use super::{look, remark};

/// A part that is left out.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) id: Id,
    pub(super) kind: &'static str,
}

/// What was deleted while somebody kept track of it.
const DELETED: &str = "what was deleted";
pub(super) const HIDDEN: &str = "what the page hides";
pub(super) const COOKIES: &str = "a cookie notice";
pub(super) const COMMENTS: &str = "comments";
pub(super) const OTHERS: &str = "links to other articles";
pub(super) const POP_UP: &str = "a pop-up";
pub(super) const NAVIGATION: &str = "the navigation";
pub(super) const SIDE: &str = "what stands at the side";
pub(super) const FOOT: &str = "the page's foot";
pub(super) const AUTHOR_LINE: &str = "the line about author and date";
const EMBEDDED: &str = "what was embedded from elsewhere";
const FORM: &str = "a form";
const OLD_MAIL: &str = "a line of the old mail";
pub(super) const SCRIPT: &str = "scripts";
const BUTTON: &str = "what works only on the page";
/// The bullet of a list that an office program wrote: it goes, and Markdown has its own.
pub(super) const MARK: &str = "";

/// Everything to leave out, the outermost parts only.
pub(super) fn parts(page: &Page, body: Id, weights: &Weights) -> Vec<Part> {
    let mut parts = remark::parts(page, body);
    let judging = Judging::of(page, body, weights);
    let mut known = vec![false; page.len()];
    parts.iter().for_each(|part| known[part.id] = true);
    let mut stack: Vec<Id> = page.children(body).iter().rev().copied().collect();
    while let Some(id) = stack.pop() {
        match kind(page, id, weights).filter(|kind| judging.goes(id, kind)) {
            _ if known[id] => {}
            Some(kind) => {
                known[id] = true;
                parts.push(Part { id, kind });
            }
            None => stack.extend(page.children(id).iter().rev()),
        }
    }
    for part in old_mail(page, body, weights).into_iter().chain(buttons(page, body, weights)) {
        if !page.above(part.id).chain([part.id]).any(|id| known[id]) {
            known[part.id] = true;
            parts.push(part);
        }
    }
    parts
}

/// Whether a part that looks like clutter may go: what is left of the page without it.
struct Judging<'a> {
    page: &'a Page,
    weights: &'a Weights,
    /// The prose of the whole page.
    all: usize,
    /// The prose without what goes however much it says.
    without_firm: usize,
    /// The prose that stands in nothing that looks like clutter.
    rest: usize,
    /// Whether that has a heading of the first level, or what the page itself calls its article.
    rest_bears: bool,
}

impl<'a> Judging<'a> {
    fn of(page: &'a Page, body: Id, weights: &'a Weights) -> Self {
        let all = weights.prose(body);
        let (mut firm, mut any, mut rest_bears) = (0, 0, false);
        let mut stack = vec![body];
        while let Some(id) = stack.pop() {
            match kind(page, id, weights).filter(|_| id != body) {
                Some(kind) => {
                    any += weights.prose(id);
                    firm += if is_firm(kind) { weights.prose(id) } else { 0 };
                }
                None => {
                    rest_bears |= is_bearing(page, id, weights);
                    stack.extend(page.children(id));
                }
            }
        }
        Self {
            page,
            weights,
            all,
            without_firm: all.saturating_sub(firm),
            rest: all.saturating_sub(any),
            rest_bears,
        }
    }

    fn goes(&self, id: Id, kind: &str) -> bool {
        let weight = self.weights.prose(id);
        match () {
            () if kind == SCRIPT => true,
            () if is_firm(kind) => {
                let bears = || self.page.below(id).any(|below| is_bearing(self.page, below, self.weights));
                let is_needed = weight * 2 > self.all && (self.rest == 0 || (!self.rest_bears && bears()));
                !is_needed || (kind == COOKIES && speaks_of_cookies(self.page, id))
            }
            // Readers often say more than the author.
            () if matches!(kind, COMMENTS | OTHERS) && self.rest_bears && self.rest > 60 => true,
            () => weight * 2 <= self.without_firm.max(1),
        }
    }
}

/// Kinds that are no article even where they hold most of a page's text.
fn is_firm(kind: &str) -> bool {
    matches!(kind, COOKIES | POP_UP | HIDDEN | NAVIGATION | DELETED)
}

/// Whether the page itself says that its article is here.
pub(super) fn is_bearing(page: &Page, id: Id, weights: &Weights) -> bool {
    matches!(page.name(id), "article" | "main" | "h1") && weights.all(id) > 0
}

fn speaks_of_cookies(page: &Page, id: Id) -> bool {
    let words = page.words(id).to_lowercase();
    OF_COOKIES.iter().any(|word| words.contains(word))
}

fn kind(page: &Page, id: Id, weights: &Weights) -> Option<&'static str> {
    let name = page.name(id);
    if name.is_empty() {
        return None;
    }
    by_element(page, id, name, weights)
        .or_else(|| hidden(page, id, name).filter(|_| !(is_folded(page, id) && weights.prose(id) > 20)))
        .or_else(|| by_role(page, id))
        .or_else(|| by_class(page, id, name, weights))
}

fn by_element(page: &Page, id: Id, name: &str, weights: &Weights) -> Option<&'static str> {
    let inside = |wanted: &[&str]| page.above(id).any(|above| wanted.contains(&page.name(above)));
    match name {
        "script" | "noscript" => Some(SCRIPT),
        "nav" => Some(NAVIGATION),
        // A shop strikes its old prices out by hand; who deleted what, and when, is written by programs.
        "del" if page.attribute(id, "cite").or(page.attribute(id, "datetime")).is_some() => Some(DELETED),
        "iframe" | "video" | "audio" | "object" | "embed" | "canvas" | "svg" => Some(EMBEDDED),
        // Some systems put the whole page into one form.
        "form" if weights.prose(id) < 400 => Some(FORM),
        // The question above an answer that is folded away.
        "button" if page.attribute(id, "aria-expanded").is_some() && inside(&["h2", "h3", "h4", "h5", "dt"]) => None,
        "input" | "select" | "textarea" | "button" => Some(FORM),
        "footer" if !inside(&["blockquote", "figure"]) => Some(FOOT),
        "aside" if !is_callout(page, id) => Some(SIDE),
        "header" if !inside(&["article", "main", "section"]) && weights.prose(id) < 300 => Some("the page's head"),
        "dialog" => Some(notice(page, id)),
        _ if look::is_list_mark(page, id) => Some(MARK),
        _ => None,
    }
}

/// A side remark that its author wrote for the reader.
fn is_callout(page: &Page, id: Id) -> bool {
    let class = page.attribute(id, "class").unwrap_or("").to_lowercase();
    ["callout", "note", "tip", "pullquote", "pull-quote", "highlight", "info-box"]
        .iter()
        .any(|word| class.contains(word))
}

fn hidden(page: &Page, id: Id, name: &str) -> Option<&'static str> {
    let is = |key: &str, value: &str| look::declared(page, id, key).is_some_and(|found| found == value);
    let is_hidden = page.attribute(id, "hidden").is_some()
        || page.attribute(id, "aria-hidden").is_some_and(|value| value == "true")
        || is("display", "none")
        || is("visibility", "hidden")
        || is("mso-hide", "all");
    (is_hidden && name != "img").then_some(HIDDEN)
}

/// What a reader of the page unfolds with a press, such as the answers below frequent questions: it is hidden until then, and is text.
fn is_folded(page: &Page, id: Id) -> bool {
    const FOLDS: [&str; 6] = [
        "accordion",
        "faq",
        "toggle-content",
        "toggle_content",
        "collapse",
        "tab-content",
    ];
    let around = std::iter::once(id).chain(page.above(id).take(4));
    let mut around = around.filter(|id| !matches!(page.name(*id), "html" | "body"));
    around.any(|id| {
        let class = page.attribute(id, "class").unwrap_or("").to_lowercase();
        let is_panel = page
            .attribute(id, "role")
            .is_some_and(|role| matches!(role, "tabpanel" | "region"));
        is_panel && page.attribute(id, "aria-labelledby").is_some()
            || FOLDS.iter().any(|fold| class.contains(fold)) && !class.contains("nav")
    })
}

/// A dialog mostly asks about cookies.
fn notice(page: &Page, id: Id) -> &'static str {
    match speaks_of_cookies(page, id) {
        true => COOKIES,
        false => POP_UP,
    }
}

fn by_role(page: &Page, id: Id) -> Option<&'static str> {
    if page.attribute(id, "aria-modal") == Some("true") {
        return Some(notice(page, id));
    }
    match page.attribute(id, "role")?.to_ascii_lowercase().as_str() {
        "navigation" | "menu" | "menubar" | "toolbar" => Some(NAVIGATION),
        "dialog" | "alertdialog" => Some(notice(page, id)),
        "search" => Some(FORM),
        "complementary" => Some(SIDE),
        "contentinfo" => Some(FOOT),
        "banner" => Some("the page's head"),
        _ => None,
    }
}

fn by_class(page: &Page, id: Id, name: &str, weights: &Weights) -> Option<&'static str> {
    let names: Vec<String> = ["class", "id", "data-hook"]
        .iter()
        .filter_map(|key| page.attribute(id, key))
        .flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect();
    let has = |phrases: &[&str]| names.iter().any(|name| phrases.iter().any(|phrase| contains(name, phrase)));
    let phrase = PHRASES.iter().find(|(_, phrases)| has(phrases)).map(|(kind, _)| *kind);
    // Text elements are no clutter of their own: their names come from their words, or from the whole page's subject.
    if matches!(name, "html" | "body" | "main" | "article" | "tr" | "tbody") || is_heading(name) {
        return phrase.filter(|kind| *kind == HIDDEN);
    }
    if has(&NOTICES) {
        return Some(COOKIES);
    }
    if phrase.is_some() || is_of_widgets(&names) {
        return phrase.or(Some(SIDE));
    }
    if names.iter().any(|name| is_comment(name)) {
        return Some(COMMENTS);
    }
    let is_own = || is_section_of_text(page, id, weights);
    by_words(&names).and_then(|(kind, word)| (!AMBIGUOUS.contains(&word) || !is_own()).then_some(kind))
}

fn contains(name: &str, phrase: &str) -> bool {
    name.to_ascii_lowercase().contains(phrase)
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

fn by_words(names: &[String]) -> Option<(&'static str, &'static str)> {
    let words: Vec<String> = names
        .iter()
        .filter(|name| !SUBJECTS.iter().any(|subject| name.starts_with(subject)))
        .flat_map(|name| words_of(name))
        .collect();
    // `has-sidebar`, `no-comments`, `with-ads`: about the page around, not about this part.
    let is_about_around = words
        .first()
        .is_some_and(|word| matches!(word.as_str(), "has" | "no" | "with" | "without"));
    if is_about_around {
        return None;
    }
    let said = |wanted: &&'static str| words.iter().any(|word| word == wanted);
    WORDS
        .iter()
        .find_map(|(kind, wanted)| wanted.iter().find(|word| said(word)).map(|word| (*kind, *word)))
}

/// `widget-area`, and the classes that WordPress gives to what stands there; page builders call every part a widget.
fn is_of_widgets(names: &[String]) -> bool {
    let is_area =
        |name: &String| contains(name, "widget-area") || contains(name, "widget_area") || contains(name, "sidebar-widget");
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    names.iter().any(is_area) || (has("widget") && names.iter().any(|name| name.starts_with("widget_")))
}

/// `comment`, `comment-12`: one of the readers' comments; in French the word begins many a heading.
fn is_comment(name: &str) -> bool {
    let rest = name.strip_prefix("comment");
    rest.is_some_and(|rest| {
        rest.chars()
            .all(|character| character.is_ascii_digit() || matches!(character, '-' | '_'))
    })
}

/// A part of the article with a heading and prose of its own: its name comes from what it is about.
fn is_section_of_text(page: &Page, id: Id, weights: &Weights) -> bool {
    const LEAST: usize = 25;
    let builds = |id: Id| {
        page.attribute(id, "data-elementor-type")
            .is_some_and(|kind| !matches!(kind, "header" | "footer" | "popup"))
    };
    let is_inside = page
        .above(id)
        .any(|above| matches!(page.name(above), "article" | "main") || builds(above));
    let has_heading = || {
        page.below(id)
            .any(|below| is_heading(page.name(below)) && !page.words(below).is_empty())
    };
    is_inside && weights.prose(id) >= LEAST && weights.prose(id) > 2 * weights.linked(id) && has_heading()
}

/// `postMeta-share_box` as its words.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_is_small = false;
    for character in name.chars() {
        let parts = !character.is_alphanumeric() || (character.is_uppercase() && before_is_small);
        if parts {
            words.push(String::new());
        }
        before_is_small = character.is_lowercase();
        if character.is_alphanumeric() {
            words
                .last_mut()
                .into_iter()
                .for_each(|word| word.extend(character.to_lowercase()));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Short blocks that are nothing but a link to a script or to a place on the page; headings often link to themselves.
fn buttons(page: &Page, body: Id, weights: &Weights) -> Vec<Part> {
    const LONGEST: usize = 40;
    let mut parts = Vec::new();
    for link in page.all(body, "a") {
        if !leads_nowhere(page, link) || weights.all(link) == 0 || weights.all(link) > LONGEST {
            continue;
        }
        let around = page.above(link).find(|id| !super::blocks::is_inline(page.name(*id)));
        let is_alone =
            |id: &Id| weights.all(*id) == weights.linked(*id) && page.all(*id, "a").all(|other| leads_nowhere(page, other));
        if let Some(id) = around.filter(|id| *id != body && !page.name(*id).starts_with('h') && is_alone(id)) {
            parts.push(Part { id, kind: BUTTON });
        }
    }
    parts
}

fn leads_nowhere(page: &Page, link: Id) -> bool {
    let leads = page.attribute(link, "href").unwrap_or("#").trim().to_ascii_lowercase();
    leads.starts_with('#') || leads.starts_with("javascript:")
}

/// Short blocks around a link that belongs to the mail that the text came with.
fn old_mail(page: &Page, body: Id, weights: &Weights) -> Vec<Part> {
    const LONGEST: usize = 400;
    let mut parts: Vec<Part> = Vec::new();
    for link in page.all(body, "a") {
        let words = page.words(link).to_lowercase();
        if words.chars().count() > 60 || !OLD_MAIL_LINKS.iter().any(|known| words.contains(known)) {
            continue;
        }
        let blocks = page.above(link).filter(|id| !super::blocks::is_inline(page.name(*id)));
        let around = blocks.take_while(|id| *id != body && weights.all(*id) <= LONGEST).next();
        if let Some(id) = around {
            parts.push(Part { id, kind: OLD_MAIL });
        }
    }
    parts
}
