//! A tree into a typed value: what does not fit becomes a mistake, is left out, and the rest is read again.

use super::tree::{Body, Node};
use super::{MAX_FINDINGS, Mistake, shown};
use crate::finding::suggestion;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, Expected, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

/// Reads the tree under `root`, and says what had to be left out.
pub(super) fn read<T: DeserializeOwned + Default>(root: &Node) -> (T, Vec<Mistake>) {
    let reading = Reading::default();
    // Each turn leaves one more value out; what no turn can mend is given up, with its mistakes said.
    for _ in 0..=MAX_FINDINGS {
        let top = At {
            node: root,
            name: "",
            reading: &reading,
        };
        match T::deserialize(top) {
            Ok(value) => return (value, reading.mistakes.into_inner()),
            Err(misfit) => reading.leave_out(misfit, root),
        }
    }
    (T::default(), reading.mistakes.into_inner())
}

/// What has been left out so far, and why.
#[derive(Default)]
struct Reading {
    left_out: RefCell<HashSet<usize>>,
    mistakes: RefCell<Vec<Mistake>>,
}

impl Reading {
    fn leave_out(&self, misfit: Misfit, root: &Node) {
        let (number, place) = misfit.node.unwrap_or((root.number, root.place));
        if self.left_out.borrow_mut().insert(number) {
            let Misfit { text, hint, .. } = misfit;
            let place = Some(place);
            self.mistakes.borrow_mut().push(Mistake { place, text, hint });
        }
    }

    fn unknown_key(&self, key: &str, node: &Node, known: &'static [&'static str]) {
        if self.left_out.borrow_mut().insert(node.number) {
            let bare = key.trim_matches(|c: char| !c.is_alphanumeric());
            let mistake = Mistake::at(node.key_place, format!("unknown key {}", shown(key)));
            let hint = match key.trim() == key {
                true => suggestion::hint(bare, known.iter().copied()),
                false => {
                    format!("there is an invisible character beside `{bare}`: delete the blanks around it and type them again")
                }
            };
            self.mistakes.borrow_mut().push(mistake.hint(hint));
        }
    }

    fn has(&self, node: &Node) -> bool {
        !self.left_out.borrow().contains(&node.number)
    }
}

/// Why a value could not be read, and which one it was.
#[derive(Debug)]
struct Misfit {
    node: Option<(usize, crate::finding::Place)>,
    text: String,
    hint: Option<String>,
}

impl Misfit {
    fn new(text: String) -> Self {
        Self {
            node: None,
            text,
            hint: None,
        }
    }

    /// The same misfit of `node`, unless a node inside it is to blame.
    fn of(mut self, node: &Node) -> Self {
        self.node.get_or_insert((node.number, node.place));
        self
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Misfit {}

impl Error for Misfit {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::new(text.to_string())
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let wanted = match expected.to_string().as_str() {
            "u8" => "a whole number from 0 to 255".to_owned(),
            "u16" => "a whole number from 0 to 65535".to_owned(),
            "u32" | "u64" | "usize" => "a whole number from 0 on".to_owned(),
            "i8" | "i16" | "i32" | "i64" => "a smaller number".to_owned(),
            other => other.to_owned(),
        };
        let found = match found {
            Unexpected::Unsigned(number) => number.to_string(),
            Unexpected::Signed(number) => number.to_string(),
            other => other.to_string(),
        };
        Self::new(format!("found {}, wanted {wanted}", shown(&found)))
    }
}

/// A node that is about to be read, and the key under which it stands.
#[derive(Clone, Copy)]
struct At<'n> {
    node: &'n Node,
    name: &'n str,
    reading: &'n Reading,
}

impl<'n> At<'n> {
    fn below(self, name: &'n str, node: &'n Node) -> Self {
        Self { node, name, ..self }
    }

    fn refuse<V>(self, wanted: &str) -> Result<V, Misfit> {
        let found = match &self.node.body {
            Body::Null => "nothing".to_owned(),
            Body::Bool(value) => format!("`{value}`"),
            Body::Whole(_, written) | Body::Fraction(_, written) => format!("the number {}", shown(written)),
            Body::Text(text) => format!("the text {}", shown(text)),
            Body::List(_) => "a list".to_owned(),
            Body::Mapping(_) => "keys with values".to_owned(),
        };
        let text = match self.name {
            "" => format!("found {found}, wanted {wanted}"),
            name => format!("{} is {found}, wanted {wanted}", shown(name)),
        };
        Err(Misfit::new(text).of(self.node))
    }

    fn whole<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let Body::Whole(value, written) = &self.node.body else {
            return self.refuse("a whole number");
        };
        let read = match (u64::try_from(*value), i64::try_from(*value)) {
            (Ok(value), _) => visitor.visit_u64(value),
            (_, Ok(value)) => visitor.visit_i64(value),
            _ => Err(Misfit::new(format!("found {}, wanted a smaller number", shown(written)))),
        };
        read.map_err(|misfit| misfit.of(self.node))
    }

    /// A text; a number or truth value counts as the text it was written as.
    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let read = match &self.node.body {
            Body::Text(text) => visitor.visit_str(text),
            Body::Whole(_, written) | Body::Fraction(_, written) => visitor.visit_str(written),
            Body::Bool(value) => visitor.visit_str(if *value { "true" } else { "false" }),
            Body::Null | Body::List(_) | Body::Mapping(_) => return self.refuse("a text"),
        };
        read.map_err(|misfit: Misfit| misfit.of(self.node))
    }

    fn entries<'de, V: Visitor<'de>>(self, known: Option<&'static [&'static str]>, visitor: V) -> Result<V::Value, Misfit> {
        let Body::Mapping(entries) = &self.node.body else {
            return match known {
                Some([first, ..]) => self.refuse(&format!("keys with values, such as `{first}: …`, on lines of their own")),
                Some([]) | None => self.refuse("keys with values"),
            };
        };
        if let Some(known) = known {
            let unknown = entries.iter().filter(|(key, _)| !known.contains(&key.as_str()));
            unknown.for_each(|(key, node)| self.reading.unknown_key(key, node, known));
        }
        let kept = entries.iter().filter(|(_, node)| self.reading.has(node));
        let entries = Entries {
            at: self,
            rest: kept,
            value: None,
        };
        visitor.visit_map(entries).map_err(|misfit| misfit.of(self.node))
    }
}

impl<'de> Deserializer<'de> for At<'_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.node.body {
            Body::Null => visitor.visit_unit(),
            Body::Bool(value) => visitor.visit_bool(*value),
            Body::Whole(..) => self.whole(visitor),
            Body::Fraction(value, _) => visitor.visit_f64(*value),
            Body::Text(text) => visitor.visit_str(text),
            Body::List(_) => self.deserialize_seq(visitor),
            Body::Mapping(_) => self.entries(None, visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.node.body {
            Body::Bool(value) => visitor.visit_bool(*value),
            _ => self.refuse("`true` or `false`"),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.node.is_null() {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.text(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.whole(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.whole(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.whole(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.whole(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.whole(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.node.body {
            Body::Fraction(value, _) => visitor.visit_f64(*value),
            Body::Whole(..) => self.whole(visitor),
            _ => self.refuse("a number"),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let Body::List(items) = &self.node.body else {
            return match &self.node.body {
                Body::Text(text) if !text.contains(',') => self.refuse(&format!("a list: write `[{text}]`")),
                _ => self.refuse("a list such as `[one, two]`"),
            };
        };
        let kept = items.iter().filter(|node| self.reading.has(node));
        visitor
            .visit_seq(Items { at: self, rest: kept })
            .map_err(|misfit| misfit.of(self.node))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.entries(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.entries(Some(fields), visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let choices: Vec<String> = variants.iter().map(|variant| format!("`{variant}`")).collect();
        match &self.node.body {
            Body::Text(text) if variants.contains(&text.as_str()) => visitor.visit_enum(StrDeserializer::new(text)),
            Body::Text(text) => self.refuse(&format!("one of {}", choices.join(", "))).map_err(|mut misfit| {
                let near = suggestion::nearest(text, variants.iter().copied());
                misfit.hint = near.map(|variant| format!("did you mean `{variant}`?"));
                misfit
            }),
            _ => self.refuse(&format!("one of {}", choices.join(", "))),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u128 f32 char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

struct Entries<'n, I> {
    at: At<'n>,
    rest: I,
    value: Option<(&'n str, &'n Node)>,
}

impl<'de, 'n, I: Iterator<Item = &'n (String, Node)>> MapAccess<'de> for Entries<'n, I> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        self.value = self.rest.next().map(|(key, node)| (key.as_str(), node));
        self.value
            .map(|(key, _)| seed.deserialize(StrDeserializer::new(key)))
            .transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let (key, node) = self.value.ok_or_else(|| Misfit::custom("a value without a key"))?;
        seed.deserialize(self.at.below(key, node)).map_err(|misfit| misfit.of(node))
    }
}

struct Items<'n, I> {
    at: At<'n>,
    rest: I,
}

impl<'de, 'n, I: Iterator<Item = &'n Node>> SeqAccess<'de> for Items<'n, I> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        let Some(node) = self.rest.next() else {
            return Ok(None);
        };
        seed.deserialize(self.at.below("", node))
            .map(Some)
            .map_err(|misfit| misfit.of(node))
    }
}
