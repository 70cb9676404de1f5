//! What a letter's `@media (prefers-color-scheme: dark)` says of an element.
//!
//! Only what is `!important` wins over the styles in the elements. A selector of more than elements, classes and ids one inside
//! another makes the whole unjudged: a guess would accuse the innocent.

use super::css::{self, Part};
use super::tree::Element;
use crate::letter::markup::{self, Kind};
use std::collections::HashMap;

/// More rules than a letter's dark has.
const MOST_RULES: usize = 300;

/// One part of a selector: `p.lead#first`.
#[derive(Debug, Default, Clone)]
struct Compound {
    name: String,
    classes: Vec<String>,
    id: String,
}

#[derive(Debug)]
struct Rule<'t> {
    /// From the outermost to the element itself.
    path: Vec<Compound>,
    weight: (usize, usize, usize),
    declarations: Vec<(String, &'t str)>,
}

/// The rules for the dark.
#[derive(Debug)]
pub(super) struct Dark<'t> {
    /// Lightest first, so that later ones win.
    rules: Vec<Rule<'t>>,
}

impl<'t> Dark<'t> {
    /// Those of a letter, where it has any and all of them can be followed.
    pub(super) fn of(html: &'t str) -> Option<Self> {
        let sheets = markup::pieces(html).into_iter().filter(|piece| piece.kind == Kind::Raw);
        let mut rules: Vec<Rule<'t>> = Vec::new();
        for piece in sheets {
            let sheet: &'t str = &html[piece.range];
            // The rules that the declarations being read belong to.
            let mut current = 0..0;
            for placed in css::sheet(sheet) {
                if !placed.around.is_some_and(is_dark) {
                    continue;
                }
                match placed.part {
                    Part::Selectors(selectors) => {
                        let from = rules.len();
                        for selector in selectors.split(',') {
                            rules.push(Rule::of(selector)?);
                        }
                        current = from..rules.len();
                    }
                    Part::Declaration {
                        property,
                        value,
                        important: true,
                    } => {
                        let property = property.to_ascii_lowercase();
                        rules[current.clone()]
                            .iter_mut()
                            .for_each(|rule| rule.declarations.push((property.clone(), value)));
                    }
                    Part::Declaration { .. } => {}
                    Part::At { .. } => return None,
                }
                if rules.len() > MOST_RULES {
                    return None;
                }
            }
        }
        rules.sort_by_key(|rule| rule.weight);
        (!rules.is_empty()).then_some(Self { rules })
    }

    /// What holds for `element` inside `open`.
    pub(super) fn declarations<'e>(
        &self,
        open: &(impl DoubleEndedIterator<Item = &'e Element<'e>> + Clone),
        element: &Element<'_>,
    ) -> HashMap<&str, &'t str> {
        let mut held = HashMap::new();
        for rule in self.rules.iter().filter(|rule| rule.fits(open.clone(), element)) {
            for (property, value) in &rule.declarations {
                held.insert(property.as_str(), *value);
                // The short form wins over an earlier long one.
                if property == "background" {
                    held.remove("background-color");
                }
            }
        }
        held
    }
}

fn is_dark(prelude: &str) -> bool {
    let plain: String = prelude.to_ascii_lowercase().split_whitespace().collect();
    plain.contains("prefers-color-scheme:dark")
}

impl Rule<'_> {
    fn of(selector: &str) -> Option<Self> {
        let path: Vec<Compound> = selector.split_whitespace().map(Compound::of).collect::<Option<_>>()?;
        let weight = path.iter().fold((0, 0, 0), |(ids, classes, names), part| {
            (
                ids + usize::from(!part.id.is_empty()),
                classes + part.classes.len(),
                names + usize::from(!part.name.is_empty()),
            )
        });
        (!path.is_empty()).then_some(Self {
            path,
            weight,
            declarations: Vec::new(),
        })
    }

    fn fits<'e>(&self, open: impl DoubleEndedIterator<Item = &'e Element<'e>>, element: &Element<'_>) -> bool {
        let Some((own, around)) = self.path.split_last() else {
            return false;
        };
        if !own.fits(element) {
            return false;
        }
        let mut around = around.iter().rev().peekable();
        for element in open.rev().take(100) {
            match around.peek() {
                None => return true,
                Some(wanted) if wanted.fits(element) => _ = around.next(),
                Some(_) => {}
            }
        }
        around.peek().is_none()
    }
}

impl Compound {
    fn of(text: &str) -> Option<Self> {
        let mut compound = Self::default();
        let mut rest = text;
        while !rest.is_empty() {
            let (kind, after) = match rest.as_bytes()[0] {
                kind @ (b'.' | b'#') => (kind, &rest[1..]),
                b'*' => (b'*', &rest[1..]),
                _ => (b'n', rest),
            };
            let end = after
                .find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_')
                .unwrap_or(after.len());
            let name = after[..end].to_owned();
            match kind {
                b'*' if end == 0 => {}
                _ if end == 0 => return None,
                b'.' => compound.classes.push(name),
                b'#' => compound.id = name,
                _ => compound.name = name.to_ascii_lowercase(),
            }
            rest = &after[end..];
        }
        Some(compound)
    }

    fn fits(&self, element: &Element<'_>) -> bool {
        (self.name.is_empty() || self.name == element.name)
            && (self.id.is_empty() || self.id == element.id)
            && self.classes.iter().all(|class| element.classes.contains(&class.as_str()))
    }
}
