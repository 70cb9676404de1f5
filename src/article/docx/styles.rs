//! What a document's styles and lists mean: which are headings, how deep, which are bold, which number.
//!
//! Style names are translated (`berschrift1`), so headings go by the outline level that a style carries, and by Word's own English names,
//! which stay in the file whatever the language of the program.

use super::xml::Element;
use std::collections::HashMap;

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: HashMap<String, Style>,
    /// The language that the document's text is in unless it says otherwise.
    pub(super) language: Option<String>,
}

#[derive(Debug, Default, Clone)]
struct Style {
    name: String,
    based_on: Option<String>,
    outline: Option<u8>,
    bold: Option<bool>,
    italic: Option<bool>,
    list: Option<(String, usize)>,
}

/// What a paragraph is by its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Title,
    Heading(u8),
    Quote,
    Contents,
    Code,
    Text,
}

impl Styles {
    pub(super) fn of(root: Option<&Element>) -> Self {
        let mut styles = Self::default();
        let Some(root) = root else { return styles };
        let default = root.child("docDefaults").and_then(|defaults| defaults.find("lang"));
        styles.language = default.and_then(|lang| lang.attribute("val")).map(str::to_owned);
        for element in root.elements().filter(|element| element.name == "style") {
            let Some(id) = element.attribute("styleId") else { continue };
            let paragraph = element.child("pPr");
            let run = element.child("rPr");
            let style = Style {
                name: element.value("name").unwrap_or(id).to_lowercase(),
                based_on: element.value("basedOn").map(str::to_owned),
                outline: paragraph
                    .and_then(|p| p.value("outlineLvl"))
                    .and_then(|level| level.parse().ok()),
                bold: run.and_then(|r| r.switch("b")),
                italic: run.and_then(|r| r.switch("i")),
                list: paragraph.and_then(|p| p.child("numPr")).and_then(numbered),
            };
            styles.by_id.insert(id.to_owned(), style);
        }
        styles
    }

    /// The style and those that it is based on, the nearest first.
    fn chain(&self, id: &str) -> impl Iterator<Item = &Style> {
        let first = self.by_id.get(id);
        std::iter::successors(first, |style| style.based_on.as_ref().and_then(|id| self.by_id.get(id))).take(16)
    }

    pub(super) fn role(&self, id: &str) -> Role {
        let lower = id.to_lowercase();
        for style in self.chain(id) {
            let name = style.name.as_str();
            match name {
                "title" => return Role::Title,
                "quote" | "intense quote" | "block text" => return Role::Quote,
                "html preformatted" | "plain text" | "preformatted text" | "code" => return Role::Code,
                _ if name.starts_with("toc ") || name.starts_with("contents ") || name == "toc heading" => return Role::Contents,
                _ => {}
            }
            let number = name
                .strip_prefix("heading ")
                .and_then(|number| number.trim().parse::<u8>().ok());
            if let Some(level) = number.or(style.outline.filter(|level| *level < 9).map(|level| level + 1)) {
                return Role::Heading(level);
            }
        }
        // A document without its styles still names them.
        match lower.strip_prefix("heading").and_then(|number| number.parse().ok()) {
            Some(level) => Role::Heading(level),
            None if lower == "title" && !self.by_id.contains_key(id) => Role::Title,
            None => Role::Text,
        }
    }

    /// Whether a style makes words bold or italic, as far as it says.
    pub(super) fn look(&self, id: &str) -> (Option<bool>, Option<bool>) {
        let bold = self.chain(id).find_map(|style| style.bold);
        (bold, self.chain(id).find_map(|style| style.italic))
    }

    /// How deep Word's own styles for lists inside lists stand, from 0: `List Bullet 2` is a step in, whatever its numbering says.
    pub(super) fn depth(&self, id: &str) -> usize {
        let of = |name: &str| {
            let rest = name.strip_prefix("list")?.trim_start();
            let kinds = ["bullet", "number", "continue", ""];
            let number = kinds
                .iter()
                .find_map(|kind| rest.strip_prefix(kind)?.trim_start().parse::<usize>().ok());
            number.filter(|number| (1..=9).contains(number)).map(|number| number - 1)
        };
        let named = self.chain(id).find_map(|style| of(&style.name));
        named.or_else(|| of(&id.to_lowercase())).unwrap_or(0)
    }

    /// The list that a style puts its paragraphs into.
    pub(super) fn list(&self, id: &str) -> Option<(String, usize)> {
        self.chain(id).find_map(|style| style.list.clone())
    }
}

/// The list and the level that a paragraph's `numPr` names.
pub(super) fn numbered(element: &Element) -> Option<(String, usize)> {
    let id = element.value("numId")?.to_owned();
    let level = element.value("ilvl").and_then(|level| level.parse().ok()).unwrap_or(0);
    Some((id, level))
}

/// The lists of a document, and where each stands.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// Whether a level of a list counts, and from where.
    levels: HashMap<(String, usize), Option<u64>>,
    counters: HashMap<(String, usize), u64>,
}

impl Lists {
    pub(super) fn of(root: Option<&Element>) -> Self {
        let mut lists = Self::default();
        let Some(root) = root else { return lists };
        let mut kinds: HashMap<&str, &Element> = HashMap::new();
        for kind in root.elements().filter(|element| element.name == "abstractNum") {
            if let Some(id) = kind.attribute("abstractNumId") {
                kinds.insert(id, kind);
            }
        }
        for list in root.elements().filter(|element| element.name == "num") {
            let (Some(id), Some(kind)) = (list.attribute("numId"), list.value("abstractNumId")) else {
                continue;
            };
            let Some(kind) = kinds.get(kind) else { continue };
            for level in kind.elements().filter(|element| element.name == "lvl") {
                let Some(number) = level.attribute("ilvl").and_then(|number| number.parse().ok()) else {
                    continue;
                };
                let counts = !matches!(level.value("numFmt"), Some("bullet" | "none"));
                let start = level.value("start").and_then(|start| start.parse().ok()).unwrap_or(1);
                lists.levels.insert((id.to_owned(), number), counts.then_some(start));
            }
        }
        lists
    }

    /// The number of the next item there; nothing for a list that does not count.
    pub(super) fn next(&mut self, id: &str, level: usize) -> Option<u64> {
        let start = (*self.levels.get(&(id.to_owned(), level))?)?;
        let counter = self.counters.entry((id.to_owned(), level)).or_insert(start.saturating_sub(1));
        *counter = counter.saturating_add(1);
        let number = *counter;
        self.counters.retain(|(other, deeper), _| other != id || *deeper <= level);
        Some(number)
    }
}
