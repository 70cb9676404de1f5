//! The YAML text as a tree in which every key and value knows its place.

use super::walk::{Pin, Walk};
use super::{MAX_BYTES, Mistake, shown, syntax};
use crate::finding::Place;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::HashMap;
use std::fmt;

const MAX_DEPTH: usize = 32;

/// A text that is YAML, with what is wrong although it is.
pub(super) struct Tree {
    pub(super) root: Node,
    pub(super) mistakes: Vec<Mistake>,
}

/// A value and where it stands.
pub(super) struct Node {
    /// Tells this node from all others of its tree.
    pub(super) number: usize,
    pub(super) place: Place,
    /// Where its key stands; the value's own place where there is no key.
    pub(super) key_place: Place,
    pub(super) body: Body,
}

/// What a value is.
pub(super) enum Body {
    Null,
    Bool(bool),
    /// A whole number that may be negative.
    Whole(i128, String),
    Fraction(f64, String),
    Text(String),
    List(Vec<Node>),
    Mapping(Vec<(String, Node)>),
}

impl Node {
    pub(super) fn is_null(&self) -> bool {
        matches!(self.body, Body::Null)
    }

    pub(super) fn is_mapping(&self) -> bool {
        matches!(self.body, Body::Mapping(_))
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let entries = match &self.body {
            Body::Mapping(entries) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|(key, _)| key.as_str())
    }

    /// The node at `path`.
    pub(super) fn find(&self, path: &[&str]) -> Option<&Node> {
        let (depth, node) = self.find_nearest(path);
        (depth == path.len()).then_some(node)
    }

    /// The node furthest along `path` that exists, and how many steps lead to it.
    pub(super) fn find_nearest(&self, path: &[&str]) -> (usize, &Node) {
        let mut node = self;
        for (depth, step) in path.iter().enumerate() {
            match node.child(step) {
                Some(child) => node = child,
                None => return (depth, node),
            }
        }
        (path.len(), node)
    }

    /// The node at `path`, without the rest of its tree; the steps are keys.
    pub(super) fn into_part(self, path: &[&str]) -> Option<Self> {
        let mut node = self;
        for step in path {
            node = match node.body {
                Body::Mapping(entries) => entries.into_iter().find(|(key, _)| key == step)?.1,
                _ => return None,
            };
        }
        Some(node)
    }

    fn child(&self, step: &str) -> Option<&Node> {
        match &self.body {
            Body::Mapping(entries) => entries.iter().find(|(key, _)| key == step).map(|(_, node)| node),
            Body::List(items) => items.get(step.parse::<usize>().ok()?),
            Body::Null | Body::Bool(_) | Body::Whole(..) | Body::Fraction(..) | Body::Text(_) => None,
        }
    }
}

/// Reads `text` as one YAML document whose top level is a mapping.
pub(super) fn plant(text: &str) -> Result<Tree, Mistake> {
    if text.len() > MAX_BYTES {
        let size = text.len() / 1024;
        return Err(Mistake::somewhere(format!(
            "the file has {size} kB, more than the 1024 kB that are read"
        )));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    syntax::foresee(text)?;
    let walk = Walk::new(text);
    let planted = root(&walk, text);
    let Walk { mistakes, stop, .. } = walk;
    if let Some(mistake) = stop.into_inner() {
        return Err(mistake);
    }
    let root = planted.map_err(|error| syntax::explain(text, &error))?;
    let mistakes = mistakes.into_inner();
    match root.body {
        Body::Mapping(_) => Ok(Tree { root, mistakes }),
        _ => Err(syntax::no_mapping(&root)),
    }
}

fn root(walk: &Walk<'_>, text: &str) -> Result<Node, serde_yaml::Error> {
    let place = match Pin.deserialize(serde_yaml::Deserializer::from_str(text)) {
        Ok(()) => Place::new(1, 1),
        Err(error) => walk.pinned(error).unwrap_or(Place::new(1, 1)),
    };
    let depth = 0;
    let key_place = place;
    let seed = Seed {
        walk,
        depth,
        place,
        key_place,
    };
    seed.deserialize(serde_yaml::Deserializer::from_str(text))
}

/// Reads the node that comes next, whose place is known.
struct Seed<'w, 't> {
    walk: &'w Walk<'t>,
    depth: usize,
    place: Place,
    key_place: Place,
}

impl<'de> DeserializeSeed<'de> for Seed<'_, '_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        let number = self.walk.arrive(self.place)?;
        if self.depth > MAX_DEPTH {
            let mistake = Mistake::at(self.place, format!("this is nested more than {MAX_DEPTH} levels deep"));
            return Err(self.walk.stop(mistake));
        }
        let (place, key_place) = (self.place, self.key_place);
        let body = deserializer.deserialize_any(self)?;
        Ok(Node {
            number,
            place,
            key_place,
            body,
        })
    }
}

impl<'w, 't> Seed<'w, 't> {
    fn below(&self, key_place: Place, place: Place) -> Seed<'w, 't> {
        Seed {
            walk: self.walk,
            depth: self.depth + 1,
            place,
            key_place,
        }
    }
}

impl<'de> Visitor<'de> for Seed<'_, '_> {
    type Value = Body;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_none<E>(self) -> Result<Body, E> {
        Ok(Body::Null)
    }

    fn visit_unit<E>(self) -> Result<Body, E> {
        Ok(Body::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Body, E> {
        Ok(Body::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Body, E> {
        Ok(Body::Whole(i128::from(value), self.walk.written(self.place, &value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Body, E> {
        Ok(Body::Whole(i128::from(value), self.walk.written(self.place, &value)))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Body, E> {
        let written = self.walk.written(self.place, &value);
        Ok(Body::Whole(i128::try_from(value).unwrap_or(i128::MAX), written))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Body, E> {
        Ok(Body::Whole(value, self.walk.written(self.place, &value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Body, E> {
        Ok(Body::Fraction(value, self.walk.written(self.place, &value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Body, E> {
        Ok(Body::Text(self.walk.uncurled(self.place, value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Body, A::Error> {
        let mut items = Vec::new();
        loop {
            let place = match list.next_element_seed(Pin) {
                Ok(None) => return Ok(Body::List(items)),
                Ok(Some(())) => self.place,
                Err(error) => self.walk.pinned(error)?,
            };
            items.extend(list.next_element_seed(self.below(place, place))?);
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut mapping: A) -> Result<Body, A::Error> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        let mut lines: HashMap<String, usize> = HashMap::new();
        loop {
            let key_place = match mapping.next_key_seed(Pin) {
                Ok(None) => return Ok(Body::Mapping(entries)),
                Ok(Some(())) => self.place,
                Err(error) => self.walk.pinned(error)?,
            };
            let Some(key) = mapping.next_key_seed(Key {
                walk: self.walk,
                place: key_place,
            })?
            else {
                return Ok(Body::Mapping(entries));
            };
            let place = match mapping.next_value_seed(Pin) {
                Ok(()) => key_place,
                Err(error) => self.walk.pinned(error)?,
            };
            let node = mapping.next_value_seed(self.below(key_place, place))?;
            match lines.get(&key) {
                None => {
                    lines.insert(key.clone(), key_place.line);
                    entries.push((key, node));
                }
                Some(first) => {
                    let text = format!("{} is said twice, first on line {first}", shown(&key));
                    self.walk
                        .mistakes
                        .borrow_mut()
                        .push(Mistake::at(key_place, text).hint("keep one of them"));
                }
            }
        }
    }

    fn visit_enum<A: serde::de::EnumAccess<'de>>(self, _tagged: A) -> Result<Body, A::Error> {
        let ahead = self.walk.from(self.place).chars().position(|c| c == '!');
        let place = Place::new(self.place.line, self.place.column + ahead.unwrap_or(0));
        Err(self.walk.stop(syntax::property("!", place)))
    }
}

/// Reads a key as it is written: `12` and `true` are names like all others.
struct Key<'w, 't> {
    walk: &'w Walk<'t>,
    place: Place,
}

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let (walk, place) = (self.walk, self.place);
        walk.arrive::<D::Error>(place)?;
        let key = <String as serde::Deserialize>::deserialize(deserializer);
        key.map_err(|_| walk.stop(syntax::key_of_many(walk.from(place), place)))
    }
}
