//! A page as a browser reads it: html5ever's elements in one flat list.
//!
//! Promises: any text becomes a tree; one that nests deeper or holds more than any page does is refused before it fills memory or time.

use html5ever::interface::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::interface::{Attribute, ExpandedName, QualName};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{ParseOpts, expanded_name, local_name, ns, parse_document};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Deeper than any page that a person or a program has made on purpose.
const DEEPEST: usize = 600;
/// Ten times the elements of a long page.
const MOST_NODES: usize = 400_000;
/// So many characters are read before depth and size are looked at.
const STEP: usize = 1_024;

/// A node's place in the list.
pub(super) type Id = usize;

/// The document itself.
pub(super) const ROOT: Id = 0;

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    parent: Option<Id>,
    children: Vec<Id>,
    line: usize,
    depth: usize,
    data: Data,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Data {
    /// The document.
    Document,
    /// An element, its name in small letters.
    Element(String, Vec<(String, String)>),
    /// Text.
    Text(String),
    /// What is not shown.
    Comment(String),
}

/// Reads a page; nothing when it is none that a person could have made.
pub(super) fn read(text: &str) -> Option<Page> {
    read_within(text, DEEPEST, MOST_NODES).ok()
}

/// The line at which a page first nests deeper than `deepest`, or holds more than a letter with so many bytes could.
pub(super) fn line_deeper_than(text: &str, deepest: usize) -> Option<usize> {
    // A start of an element has three bytes at least; what a browser adds to them by itself may be as much again.
    let most = 2 * text.len() / 3 + 100;
    let page = match read_within(text, deepest, most) {
        Ok(page) if page.nodes.iter().all(|node| node.depth <= deepest) => return None,
        Ok(page) | Err(page) => page,
    };
    let deep = page.nodes.iter().find(|node| node.depth > deepest).or(page.nodes.last());
    deep.map(|node| node.line)
}

/// Reads a page, or what had been read of it when it went beyond its bounds.
fn read_within(text: &str, deepest: usize, most_nodes: usize) -> Result<Page, Page> {
    let mut options = ParseOpts::default();
    // What stands in `<noscript>` is for readers without scripts, and a letter is one.
    options.tree_builder.scripting_enabled = false;
    let mut parser = parse_document(Sink::new(), options);
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = rest.len().min(STEP);
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (step, next) = rest.split_at(end);
        parser.process(StrTendril::from(step));
        let sink = &parser.tokenizer.sink.sink;
        if sink.deepest.get() > deepest || sink.nodes.borrow().len() > most_nodes {
            let nodes = sink.nodes.take();
            return Err(Page { nodes });
        }
        rest = next;
    }
    let page = parser.finish();
    match page.nodes.len() <= most_nodes {
        true => Ok(page),
        false => Err(page),
    }
}

impl Page {
    pub(super) fn data(&self, id: Id) -> &Data {
        &self.nodes[id].data
    }

    pub(super) fn children(&self, id: Id) -> &[Id] {
        &self.nodes[id].children
    }

    pub(super) fn parent(&self, id: Id) -> Option<Id> {
        self.nodes[id].parent
    }

    pub(super) fn line(&self, id: Id) -> usize {
        self.nodes[id].line
    }

    /// The element's name; empty for what is none.
    pub(super) fn name(&self, id: Id) -> &str {
        match &self.nodes[id].data {
            Data::Element(name, _) => name,
            Data::Document | Data::Text(_) | Data::Comment(_) => "",
        }
    }

    /// An attribute's value.
    pub(super) fn attribute(&self, id: Id, name: &str) -> Option<&str> {
        match &self.nodes[id].data {
            Data::Element(_, attributes) => attributes
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str()),
            Data::Document | Data::Text(_) | Data::Comment(_) => None,
        }
    }

    /// Everything below and including `id`, in the order of the text.
    pub(super) fn below(&self, id: Id) -> Below<'_> {
        Below {
            page: self,
            stack: vec![id],
        }
    }

    /// The elements of this name below `id`.
    pub(super) fn all<'a>(&'a self, id: Id, name: &'a str) -> impl Iterator<Item = Id> + 'a {
        self.below(id).filter(move |other| self.name(*other) == name)
    }

    /// The nodes above `id`, the nearest first.
    pub(super) fn above(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(self.parent(id), |id| self.parent(*id))
    }

    /// The words below `id`, blanks made single.
    pub(super) fn words(&self, id: Id) -> String {
        self.words_but(id, &[])
    }

    /// The words below `id` but for those in what is left out.
    pub(super) fn words_but(&self, id: Id, left: &[bool]) -> String {
        let mut words = String::new();
        let mut stack = vec![id];
        while let Some(other) = stack.pop() {
            if left.get(other) == Some(&true) {
                continue;
            }
            match self.data(other) {
                Data::Text(text) if !self.is_silent(other) => words.push_str(text),
                Data::Element(name, _) if !super::blocks::is_inline(name) || name == "br" || self.follows_link(other) => {
                    words.push(' ');
                }
                _ => {}
            }
            stack.extend(self.children(other).iter().rev());
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Links side by side are entries of a menu, whatever stands between them.
    fn follows_link(&self, id: Id) -> bool {
        let Some(parent) = self.parent(id).filter(|_| self.name(id) == "a") else {
            return false;
        };
        let around = self.children(parent);
        let at = around.iter().position(|child| *child == id).unwrap_or(0);
        at > 0 && self.name(around[at - 1]) == "a"
    }

    /// Whether a text stands in an element whose text is never shown.
    pub(super) fn is_silent(&self, id: Id) -> bool {
        self.parent(id).is_some_and(|parent| {
            matches!(
                self.name(parent),
                "script" | "style" | "template" | "textarea" | "title" | "option"
            )
        })
    }

    /// The number of elements, for other lists beside this one.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The elements from the last to the first: children before their parents, unless a page was badly closed.
    pub(super) fn ids(&self) -> std::ops::Range<Id> {
        0..self.nodes.len()
    }
}

/// An iteration over a part of the tree.
pub(super) struct Below<'a> {
    page: &'a Page,
    stack: Vec<Id>,
}

impl Iterator for Below<'_> {
    type Item = Id;

    fn next(&mut self) -> Option<Id> {
        let id = self.stack.pop()?;
        self.stack.extend(self.page.nodes[id].children.iter().rev());
        Some(id)
    }
}

/// Takes what html5ever finds.
struct Sink {
    nodes: RefCell<Vec<Node>>,
    line: Cell<usize>,
    deepest: Cell<usize>,
}

/// A node, with its name at hand.
#[derive(Clone)]
struct Handle {
    id: Id,
    name: Option<Rc<QualName>>,
}

impl Sink {
    fn new() -> Self {
        let document = Node {
            parent: None,
            children: Vec::new(),
            line: 1,
            depth: 0,
            data: Data::Document,
        };
        Self {
            nodes: RefCell::new(vec![document]),
            line: Cell::new(1),
            deepest: Cell::new(0),
        }
    }

    fn add(&self, data: Data) -> Id {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node {
            parent: None,
            children: Vec::new(),
            line: self.line.get(),
            depth: 0,
            data,
        });
        nodes.len() - 1
    }

    fn detach(&self, id: Id) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(parent) = nodes[id].parent.take() {
            nodes[parent].children.retain(|child| *child != id);
        }
    }

    fn insert(&self, parent: Id, at: Option<usize>, child: NodeOrText<Handle>) {
        let id = match child {
            NodeOrText::AppendNode(handle) => {
                self.detach(handle.id);
                handle.id
            }
            NodeOrText::AppendText(text) => {
                if self.joined(parent, at, &text) {
                    return;
                }
                self.add(Data::Text(text.to_string()))
            }
        };
        let mut nodes = self.nodes.borrow_mut();
        let depth = nodes[parent].depth + 1;
        nodes[id].parent = Some(parent);
        nodes[id].depth = depth;
        self.deepest.set(self.deepest.get().max(depth));
        let children = &mut nodes[parent].children;
        children.insert(at.unwrap_or(children.len()).min(children.len()), id);
    }

    /// Adds text to the text that stands in front of its place.
    fn joined(&self, parent: Id, at: Option<usize>, text: &str) -> bool {
        let mut nodes = self.nodes.borrow_mut();
        let before = match at {
            Some(at) => at.checked_sub(1).and_then(|at| nodes[parent].children.get(at)).copied(),
            None => nodes[parent].children.last().copied(),
        };
        match before.map(|id| &mut nodes[id].data) {
            Some(Data::Text(before)) => {
                before.push_str(text);
                true
            }
            _ => false,
        }
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Page;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Page {
        Page {
            nodes: self.nodes.into_inner(),
        }
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle { id: ROOT, name: None }
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        const NONE: ExpandedName<'static> = expanded_name!("", "");
        target.name.as_deref().map_or(NONE, QualName::expanded)
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _flags: ElementFlags) -> Handle {
        let known = attributes
            .into_iter()
            .map(|attribute| (attribute.name.local.to_string(), attribute.value.to_string()));
        let id = self.add(Data::Element(name.local.to_ascii_lowercase().to_string(), known.collect()));
        Handle {
            id,
            name: Some(Rc::new(name)),
        }
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        Handle {
            id: self.add(Data::Comment(text.to_string())),
            name: None,
        }
    }

    fn create_pi(&self, _target: StrTendril, data: StrTendril) -> Handle {
        self.create_comment(data)
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.insert(parent.id, None, child);
    }

    fn append_based_on_parent_node(&self, element: &Handle, before: &Handle, child: NodeOrText<Handle>) {
        let has_parent = self.nodes.borrow()[element.id].parent.is_some();
        match has_parent {
            true => self.append_before_sibling(element, child),
            false => self.append(before, child),
        }
    }

    fn append_doctype_to_document(&self, _name: StrTendril, _public: StrTendril, _system: StrTendril) {}

    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, one: &Handle, other: &Handle) -> bool {
        one.id == other.id
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        if let NodeOrText::AppendNode(node) = &child {
            self.detach(node.id);
        }
        let place = {
            let nodes = self.nodes.borrow();
            nodes[sibling.id].parent.map(|parent| {
                let at = nodes[parent].children.iter().rposition(|other| *other == sibling.id);
                (parent, at)
            })
        };
        if let Some((parent, at)) = place {
            self.insert(parent, at, child);
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, attributes: Vec<Attribute>) {
        if let Data::Element(_, known) = &mut self.nodes.borrow_mut()[target.id].data {
            for attribute in attributes {
                let name = attribute.name.local.to_string();
                if !known.iter().any(|(key, _)| *key == name) {
                    known.push((name, attribute.value.to_string()));
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let mut nodes = self.nodes.borrow_mut();
        let children = std::mem::take(&mut nodes[node.id].children);
        for child in &children {
            nodes[*child].parent = Some(new_parent.id);
        }
        nodes[new_parent.id].children.extend(children);
    }

    fn set_current_line(&self, line: u64) {
        self.line.set(usize::try_from(line).unwrap_or(usize::MAX).max(1));
    }
}
