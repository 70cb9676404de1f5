//! The YAML text as a tree in which every key and value knows its place.
//!
//! serde_yaml tells no places except in its errors. So each node is visited twice: first with a seed that fails on purpose, whose
//! error names the place and which leaves the reader where it was (`deserialize_enum` only peeks), then in earnest. One walk finds
//! all places. The tests of this folder hold serde_yaml to that.

use super::{MAX_BYTES, Mistake, shown, syntax};
use crate::finding::Place;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;

const MAX_DEPTH: usize = 32;
const MAX_NODES: usize = 20_000;

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
    let planted = walk.start();
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

/// What one walk through a text has gathered.
struct Walk<'t> {
    text: &'t str,
    nodes: Cell<usize>,
    /// How far the walk has come, as a place and as an offset into the text.
    reached: Cell<(Place, usize)>,
    mistakes: RefCell<Vec<Mistake>>,
    /// Why the walk ended early.
    stop: RefCell<Option<Mistake>>,
}

impl<'t> Walk<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            nodes: Cell::new(0),
            reached: Cell::new((Place::new(1, 1), 0)),
            mistakes: RefCell::default(),
            stop: RefCell::default(),
        }
    }

    fn start(&self) -> Result<Node, serde_yaml::Error> {
        let place = match Pin.deserialize(serde_yaml::Deserializer::from_str(self.text)) {
            Ok(()) => Place::new(1, 1),
            Err(error) => self.pinned(error).unwrap_or(Place::new(1, 1)),
        };
        let depth = 0;
        let key_place = place;
        let seed = Seed {
            walk: self,
            depth,
            place,
            key_place,
        };
        seed.deserialize(serde_yaml::Deserializer::from_str(self.text))
    }

    fn stop<E: serde::de::Error>(&self, mistake: Mistake) -> E {
        self.stop.replace(Some(mistake));
        E::custom("stopped")
    }

    /// The place that a pin's error names; any other error is handed back. A tagged node has no place: it is taken to stand where
    /// the walk is.
    fn pinned<E: serde::de::Error>(&self, error: E) -> Result<Place, E> {
        let message = error.to_string();
        match message.contains(PIN) || message.contains(PIN_IN_COLLECTION) {
            true => Ok(place_in(&message).unwrap_or(self.reached.get().0)),
            false => Err(error),
        }
    }

    /// Counts a node that starts at `place`. An anchor ends the walk here, and with it goes every alias: none can multiply.
    fn arrive<E: serde::de::Error>(&self, place: Place) -> Result<usize, E> {
        let backwards = place < self.reached.get().0;
        if backwards || self.from(place).starts_with(['&', '!']) {
            return Err(self.stop(syntax::property(self.from(place), place)));
        }
        let number = self.nodes.replace(self.nodes.get() + 1);
        match number < MAX_NODES {
            true => Ok(number),
            false => Err(self.stop(Mistake::at(place, format!("the file has more than {MAX_NODES} values")))),
        }
    }

    /// The text from `place` on. Line breaks are those of YAML 1.1, as the parser counts them.
    fn from(&self, place: Place) -> &'t str {
        let (mut here, mut offset) = self.reached.get();
        if place < here {
            (here, offset) = (Place::new(1, 1), 0);
        }
        let mut rest = self.text[offset..].chars().peekable();
        while here < place {
            let Some(c) = rest.next() else { break };
            offset += c.len_utf8();
            let breaks = match c {
                '\r' => rest.peek() != Some(&'\n'),
                '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => true,
                _ => false,
            };
            here = match breaks {
                true => Place::new(here.line + 1, 1),
                false => Place::new(here.line, here.column + 1),
            };
        }
        self.reached.set((here, offset));
        &self.text[offset..]
    }

    /// A number or a truth value as it was written: `1.50`, not `1.5`.
    fn written(&self, place: Place, value: &dyn fmt::Display) -> String {
        let word = self
            .from(place)
            .split([' ', '\t', ',', ']', '}', ':', '\r', '\n'])
            .next()
            .unwrap_or("");
        let same = serde_yaml::from_str::<serde_yaml::Value>(word).is_ok_and(|found| found.is_number() || found.is_bool());
        match same {
            true => word.to_owned(),
            false => value.to_string(),
        }
    }

    /// Straightens the curly quotes that word processors put where YAML wants straight ones.
    fn uncurled(&self, place: Place, text: String) -> String {
        const CURLY: [char; 6] = ['“', '”', '„', '‘', '’', '‟'];
        let inner = text.strip_prefix(CURLY).and_then(|rest| rest.strip_suffix(CURLY));
        match inner {
            Some(inner) if self.from(place).starts_with(CURLY) => {
                let mistake = Mistake::at(place, "these curly quotation marks would become part of the text");
                let hint = "write straight ones (\"), or none; a text that shall show curly ones goes into straight ones";
                self.mistakes.borrow_mut().push(mistake.hint(hint));
                inner.to_owned()
            }
            _ => text,
        }
    }
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
        Err(self.walk.stop(syntax::property("!", self.place)))
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

/// What a pin says in its error where it met a single value.
const PIN: &str = "pinned here";

/// What serde_yaml says in its place where the pin met a list or a mapping.
const PIN_IN_COLLECTION: &str = "expected a YAML tag starting with '!'";

/// Fails on purpose, without taking anything: the error tells where the next node stands.
struct Pin;

impl<'de> DeserializeSeed<'de> for Pin {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_enum("", &[], Self)
    }
}

impl<'de> Visitor<'de> for Pin {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing")
    }

    fn visit_enum<A: serde::de::EnumAccess<'de>>(self, _access: A) -> Result<(), A::Error> {
        Err(A::Error::custom(PIN))
    }
}

/// The place at the end of serde_yaml's message, `… at line 3 column 5`.
pub(super) fn place_in(message: &str) -> Option<Place> {
    let (_, place) = message.rsplit_once(" at line ")?;
    let (line, column) = place.split_once(" column ")?;
    let column: String = column.chars().take_while(char::is_ascii_digit).collect();
    Some(Place::new(line.parse().ok()?, column.parse().ok()?))
}
