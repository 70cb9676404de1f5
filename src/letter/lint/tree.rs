//! A finished letter walked as a mail program sees it: each piece of text with the elements around it.
//!
//! Promises: one pass, in time that grows with the length, however badly the elements close. Knows no rule.

use super::css;
use crate::letter::markup::{self, Kind, Piece};
use std::collections::HashMap;

/// An open element.
#[derive(Debug, Clone)]
pub(super) struct Element<'t> {
    pub(super) name: String,
    pub(super) classes: Vec<&'t str>,
    pub(super) id: &'t str,
    /// The declarations of its `style`, names in small letters.
    pub(super) style: Vec<(String, &'t str)>,
    pub(super) piece: Piece<'t>,
}

impl<'t> Element<'t> {
    fn of(piece: &Piece<'t>) -> Self {
        let style = css::declarations(piece.attribute("style").unwrap_or(""));
        let style = style.into_iter().filter_map(|placed| match placed.part {
            css::Part::Declaration { property, value, .. } => Some((property.to_ascii_lowercase(), value)),
            _ => None,
        });
        Self {
            name: piece.name().to_ascii_lowercase(),
            classes: piece.attribute("class").unwrap_or("").split_whitespace().collect(),
            id: piece.attribute("id").unwrap_or(""),
            style: style.collect(),
            piece: piece.clone(),
        }
    }

    /// The last value that its `style` gives a property.
    pub(super) fn styled(&self, property: &str) -> Option<&'t str> {
        self.style
            .iter()
            .rev()
            .find(|(name, _)| name == property)
            .map(|(_, value)| *value)
    }
}

/// Walks `html`: `opened` is told each element, and makes of its surroundings what holds inside it; `text` is told each text.
pub(super) fn walk<'t, S: Clone>(
    html: &'t str,
    outermost: S,
    mut opened: impl FnMut(&[(Element<'t>, S)], &Element<'t>, &S) -> S,
    mut text: impl FnMut(&S, &'t str),
) {
    let mut open: Vec<(Element<'t>, S)> = Vec::new();
    let mut names: HashMap<String, usize> = HashMap::new();
    for piece in markup::pieces(html) {
        match piece.kind {
            Kind::Open => {
                let element = Element::of(&piece);
                let inside = opened(&open, &element, open.last().map_or(&outermost, |(_, state)| state));
                if !is_void(&element.name) && !piece.text.ends_with("/>") {
                    *names.entry(element.name.clone()).or_default() += 1;
                    open.push((element, inside));
                }
            }
            Kind::Close => close(&mut open, &mut names, &piece.name().to_ascii_lowercase()),
            Kind::Text => text(open.last().map_or(&outermost, |(_, state)| state), piece.text),
            Kind::Comment | Kind::Raw => {}
        }
    }
}

fn close<S>(open: &mut Vec<(Element<'_>, S)>, names: &mut HashMap<String, usize>, name: &str) {
    if names.get(name).is_none_or(|count| *count == 0) {
        return;
    }
    while let Some((element, _)) = open.pop() {
        if let Some(count) = names.get_mut(&element.name) {
            *count -= 1;
        }
        if element.name == name {
            return;
        }
    }
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "img" | "hr" | "meta" | "link" | "input" | "area" | "base" | "col" | "embed" | "source" | "track" | "wbr"
    )
}
