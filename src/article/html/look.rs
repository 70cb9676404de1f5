//! How a page's words look: by their elements, by styles written on them, and by the classes of exported documents.

use super::tree::{Id, Page};
use crate::article::document::Style;
use crate::article::document::raised::Shift;
use std::collections::HashMap;

/// What single classes do to words; Google Docs says bold and italic in no other way.
#[derive(Debug, Default)]
pub(super) struct Looks {
    classes: HashMap<String, (Option<bool>, Option<bool>)>,
    shifts: HashMap<String, Shift>,
}

impl Looks {
    /// The looks that a page's style sheets give to single classes.
    pub(super) fn of_page(page: &Page) -> Self {
        let mut looks = Self::default();
        for style in page.all(super::tree::ROOT, "style") {
            let text: String = page
                .children(style)
                .iter()
                .filter_map(|child| match page.data(*child) {
                    super::tree::Data::Text(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            for rule in text.split('}') {
                let Some((selectors, declarations)) = rule.split_once('{') else {
                    continue;
                };
                let look = (weight(declarations), slant(declarations));
                let shift = value(declarations, "vertical-align").and_then(Shift::named);
                if look == (None, None) && shift.is_none() {
                    continue;
                }
                for class in selectors.split(',').filter_map(single_class) {
                    looks.classes.insert(class.to_owned(), look);
                    looks.shifts.extend(shift.map(|shift| (class.to_owned(), shift)));
                }
            }
        }
        looks
    }

    /// The style inside an inline element.
    pub(super) fn of(&self, page: &Page, id: Id, name: &str, around: Style) -> Style {
        let mut style = around;
        match name {
            "b" | "strong" => style.bold = true,
            "i" | "em" | "cite" | "dfn" | "var" => style.italic = true,
            "s" | "strike" | "del" => style.struck = true,
            "code" | "kbd" | "samp" | "tt" => style.code = true,
            _ => {}
        }
        if name == "span" {
            for class in page.attribute(id, "class").unwrap_or("").split_whitespace() {
                if let Some((bold, italic)) = self.classes.get(class) {
                    style.bold = bold.unwrap_or(style.bold);
                    style.italic = italic.unwrap_or(style.italic);
                }
            }
        }
        written(page, id, style)
    }

    /// Whether an element's words stand above or below the line.
    pub(super) fn shift(&self, page: &Page, id: Id) -> Option<Shift> {
        let own = declared(page, id, "vertical-align").and_then(|place| Shift::named(&place));
        let classes = page.attribute(id, "class").filter(|_| page.name(id) == "span").unwrap_or("");
        own.or_else(|| classes.split_whitespace().find_map(|class| self.shifts.get(class).copied()))
    }

    /// The style inside a block.
    pub(super) fn of_block(&self, page: &Page, id: Id, around: Style) -> Style {
        written(page, id, around)
    }
}

/// The style written on the element itself.
fn written(page: &Page, id: Id, mut style: Style) -> Style {
    let Some(declarations) = page.attribute(id, "style") else {
        return style;
    };
    style.bold = weight(declarations).unwrap_or(style.bold);
    style.italic = slant(declarations).unwrap_or(style.italic);
    style
}

fn single_class(selector: &str) -> Option<&str> {
    let class = selector.trim();
    let class = class.strip_prefix("span").unwrap_or(class).strip_prefix('.')?;
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    (!class.is_empty() && class.chars().all(is_name)).then_some(class)
}

fn value<'a>(declarations: &'a str, key: &str) -> Option<&'a str> {
    declarations.split(';').rev().find_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        name.trim().eq_ignore_ascii_case(key).then(|| value.trim())
    })
}

fn weight(declarations: &str) -> Option<bool> {
    let weight = value(declarations, "font-weight")?
        .trim_end_matches("!important")
        .trim()
        .to_ascii_lowercase();
    match weight.as_str() {
        "bold" | "bolder" => Some(true),
        "normal" | "lighter" => Some(false),
        number => number.parse::<u32>().ok().map(|number| number >= 600),
    }
}

fn slant(declarations: &str) -> Option<bool> {
    match value(declarations, "font-style")?.trim().to_ascii_lowercase().as_str() {
        "italic" | "oblique" => Some(true),
        "normal" => Some(false),
        _ => None,
    }
}

/// The value of a declaration written on the element, in small letters and without blanks.
pub(super) fn declared(page: &Page, id: Id, key: &str) -> Option<String> {
    let found = value(page.attribute(id, "style")?, key)?;
    Some(
        found
            .to_ascii_lowercase()
            .replace(char::is_whitespace, "")
            .replace("!important", ""),
    )
}

/// How deep a paragraph of an office program stands in a list, from 1.
pub(super) fn list_level(page: &Page, id: Id) -> Option<usize> {
    let list = value(page.attribute(id, "style")?, "mso-list")?;
    let level = list.split_whitespace().find_map(|word| word.strip_prefix("level"))?;
    level.parse().ok().filter(|level| (1..=9).contains(level))
}

/// How deep a list of Google Docs stands, from 0.
pub(super) fn google_level(page: &Page, id: Id) -> Option<usize> {
    let class = page
        .attribute(id, "class")?
        .split_whitespace()
        .find(|class| class.starts_with("lst-kix_"))?;
    class.rsplit_once('-')?.1.parse().ok().filter(|level| *level <= 8)
}

/// The mark that an office program wrote in front of a list's paragraph.
pub(super) fn list_mark(page: &Page, id: Id) -> Option<String> {
    page.below(id)
        .find(|below| is_list_mark(page, *below))
        .map(|mark| page.words(mark))
}

/// Whether an element is the mark of a list's paragraph: no word of the text.
pub(super) fn is_list_mark(page: &Page, id: Id) -> bool {
    declared(page, id, "mso-list").is_some_and(|list| list == "ignore")
}
