//! XML as a tree of elements, names without their prefixes: all that a Word document needs of it.
//!
//! Promises: any bytes give a tree or nothing; depth and number of elements are bounded; no entity is looked up outside of the text.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Tables in tables in text boxes do not nest so deep.
const DEEPEST: usize = 200;
/// A book has fewer.
const MOST_ELEMENTS: usize = 1_500_000;

/// An element.
#[derive(Debug, Default, Clone)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
}

/// What stands in an element.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// An attribute's value by its name without a prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The elements in it.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first element of this name in it.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.elements().find(|element| element.name == name)
    }

    /// The `val` of the first element of this name in it.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.child(name)?.attribute("val")
    }

    /// Whether a switch such as `<w:b/>` is on, off, or not there.
    pub(super) fn switch(&self, name: &str) -> Option<bool> {
        let element = self.child(name)?;
        Some(!matches!(element.attribute("val"), Some("0" | "false" | "off" | "none")))
    }

    /// The first element of this name at any depth.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        self.elements().find_map(|element| match element.name == name {
            true => Some(element),
            false => element.find(name),
        })
    }

    /// The text in it.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for node in &self.children {
            match node {
                Node::Text(part) => text.push_str(part),
                Node::Element(element) => text.push_str(&element.text()),
            }
        }
        text
    }
}

/// Why a part cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is no XML, or ends in the middle.
    Broken,
    /// It nests deeper or holds more than any letter.
    TooLarge,
}

/// Reads a part of a document.
pub(super) fn read(text: &str) -> Result<Element, Fault> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut open: Vec<Element> = vec![Element::default()];
    let mut count = 0;
    loop {
        match reader.read_event().map_err(|_| Fault::Broken)? {
            Event::Eof => break,
            event => put(&mut open, event).ok_or(Fault::Broken)?,
        }
        count += 1;
        if open.len() > DEEPEST || count > MOST_ELEMENTS {
            return Err(Fault::TooLarge);
        }
    }
    // A document that ends in the middle is broken.
    let root = open.pop().filter(|_| open.is_empty()).ok_or(Fault::Broken)?;
    let first = root.children.into_iter().find_map(|node| match node {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    });
    first.ok_or(Fault::Broken)
}

/// Puts what comes next where it belongs among the elements that are open.
fn put(open: &mut Vec<Element>, event: Event<'_>) -> Option<()> {
    match event {
        Event::Start(start) => open.push(element(&start)),
        Event::Empty(start) => open.last_mut()?.children.push(Node::Element(element(&start))),
        Event::End(_) if open.len() > 1 => {
            let done = open.pop()?;
            open.last_mut()?.children.push(Node::Element(done));
        }
        Event::Text(text) => push_text(open.last_mut()?, &text),
        Event::CData(text) => push_text(open.last_mut()?, &text),
        Event::GeneralRef(name) => {
            let known = match name.resolve_char_ref().ok().flatten() {
                Some(character) => character.to_string(),
                None => entity(&name).to_owned(),
            };
            push_text(open.last_mut()?, &known);
        }
        _ => {}
    }
    Some(())
}

fn push_text(element: &mut Element, text: &str) {
    match element.children.last_mut() {
        Some(Node::Text(before)) => before.push_str(text),
        _ => element.children.push(Node::Text(text.to_owned())),
    }
}

fn entity(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}

fn element(start: &BytesStart<'_>) -> Element {
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(false).flatten() {
        let raw = attribute.value.to_string();
        let value = quick_xml::escape::unescape(&raw)
            .map(std::borrow::Cow::into_owned)
            .unwrap_or(raw);
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
    }
    Element {
        name: start.local_name().as_ref().to_owned(),
        attributes,
        children: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_prefixes_and_entities_become_text() {
        let root = read("<?xml version='1.0'?><w:p w:a='x &amp; y'><w:t>a &lt; b&#xe9;</w:t><w:b/></w:p>").expect("a tree");
        assert_eq!((root.name.as_str(), root.attribute("a")), ("p", Some("x & y")));
        assert_eq!(
            (root.text().as_str(), root.switch("b"), root.switch("i")),
            ("a < bé", Some(true), None)
        );
    }

    #[test]
    fn broken_and_endless_text_gives_nothing() {
        assert!(read("<a><b></a>").is_err() || read("<a>").is_err());
        assert_eq!(read(&"<a>".repeat(100_000)).err(), Some(Fault::TooLarge));
        assert_eq!(read("").err(), Some(Fault::Broken));
    }
}
