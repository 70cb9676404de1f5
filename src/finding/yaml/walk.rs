//! One walk through a YAML text: where it is, what it has counted, and what it noticed on the way.
//!
//! serde_yaml tells no places except in its errors. So each node is visited twice: first with a [`Pin`], a seed that fails on
//! purpose, whose error names the place and which leaves the reader where it was (`deserialize_enum` only peeks), then in
//! earnest. One walk finds all places. The tests of this folder hold serde_yaml to that.

use super::{Mistake, syntax};
use crate::finding::Place;
use serde::de::{DeserializeSeed, Deserializer, Error as _, Visitor};
use std::cell::{Cell, RefCell};
use std::fmt;

const MAX_NODES: usize = 20_000;

/// What one walk through a text has gathered.
pub(super) struct Walk<'t> {
    text: &'t str,
    nodes: Cell<usize>,
    /// How far the walk has come, as a place and as an offset into the text.
    reached: Cell<(Place, usize)>,
    pub(super) mistakes: RefCell<Vec<Mistake>>,
    /// Why the walk ended early.
    pub(super) stop: RefCell<Option<Mistake>>,
}

impl<'t> Walk<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            nodes: Cell::new(0),
            reached: Cell::new((Place::new(1, 1), 0)),
            mistakes: RefCell::default(),
            stop: RefCell::default(),
        }
    }

    pub(super) fn stop<E: serde::de::Error>(&self, mistake: Mistake) -> E {
        self.stop.replace(Some(mistake));
        E::custom("stopped")
    }

    /// The place that a pin's error names; any other error is handed back. A tagged node has no place: it is taken to stand where
    /// the walk is.
    pub(super) fn pinned<E: serde::de::Error>(&self, error: E) -> Result<Place, E> {
        let message = error.to_string();
        match message.contains(PIN) || message.contains(PIN_IN_COLLECTION) {
            true => Ok(place_in(&message).unwrap_or(self.reached.get().0)),
            false => Err(error),
        }
    }

    /// Counts a node that starts at `place`. An anchor ends the walk here, and with it goes every alias: none can multiply.
    pub(super) fn arrive<E: serde::de::Error>(&self, place: Place) -> Result<usize, E> {
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
    pub(super) fn from(&self, place: Place) -> &'t str {
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
    pub(super) fn written(&self, place: Place, value: &dyn fmt::Display) -> String {
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
    pub(super) fn uncurled(&self, place: Place, text: String) -> String {
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

/// What a pin says in its error where it met a single value.
const PIN: &str = "pinned here";

/// What serde_yaml says in its place where the pin met a list or a mapping.
const PIN_IN_COLLECTION: &str = "expected a YAML tag starting with '!'";

/// Fails on purpose, without taking anything: the error tells where the next node stands.
pub(super) struct Pin;

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
    Some(Place::new(
        line.parse::<usize>().ok()?.max(1),
        column.parse::<usize>().ok()?.max(1),
    ))
}
