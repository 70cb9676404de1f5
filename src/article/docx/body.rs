//! The text of a document: paragraphs, lists, tables, pictures, links, changes that were tracked.
//!
//! Promises: what a reader of the printed page sees comes out once: text that was deleted or hidden does not, a text box does not come
//! twice. What was left out is counted.

use super::numbers::Tally;
use super::signs::{described, field_link, symbol};
use super::styles::{Lists, Role, Styles, numbered};
use super::xml::{Element, Node};
use crate::article::document::link::Links;
use crate::article::document::list::{self, Item};
use crate::article::document::raised::Shift;
use crate::article::document::{Block, Body, From, Inline, Line, Picture, Run, Style, is_blank};
use std::collections::HashMap;

/// Reads the text of one document.
pub(super) struct Reading<'a> {
    pub(super) styles: &'a Styles,
    pub(super) lists: Lists,
    /// Where the document's relations lead, by their ids.
    pub(super) relations: &'a HashMap<String, String>,
    pub(super) links: &'a mut Links,
    pub(super) tally: &'a mut Tally,
    pub(super) title: Option<String>,
    /// The notes that the text points to, in its order.
    pub(super) noted: Vec<(bool, String)>,
    /// The fields that are open: what each says, and whether its result has begun.
    pub(super) fields: Vec<(String, bool)>,
    /// What belongs to the beginning of the next paragraph: a large first letter, or words whose paragraph's end was deleted.
    pub(super) carried: Line,
}

/// A paragraph being read.
#[derive(Default)]
struct Paragraph {
    line: Line,
    after: Vec<Block>,
    style: Style,
    link: Option<String>,
    shift: Option<Shift>,
}

impl Reading<'_> {
    /// The blocks in a part of the document.
    pub(super) fn blocks(&mut self, element: &Element) -> Vec<Block> {
        // A cell or a box ends where it ends: nothing is joined across its edge.
        let around = std::mem::take(&mut self.carried);
        let mut blocks = Vec::new();
        for child in element.elements() {
            self.block(child, &mut blocks);
        }
        blocks.extend(self.left_over());
        self.carried = around;
        blocks
    }

    fn block(&mut self, element: &Element, blocks: &mut Vec<Block>) {
        match element.name.as_str() {
            "p" => self.paragraph(element, blocks),
            "tbl" => self.table(element, blocks),
            "sdt" => {
                let is_contents =
                    element.find("docPartGallery").and_then(|kind| kind.attribute("val")) == Some("Table of Contents");
                match element.child("sdtContent") {
                    Some(_) if is_contents => self.tally.contents += 1,
                    Some(_) if asks(element) => self.tally.hidden += 1,
                    Some(content) => blocks.extend(self.blocks(content)),
                    None => {}
                }
            }
            "del" | "moveFrom" => self.tally.deleted += 1,
            "ins" | "moveTo" | "customXml" | "smartTag" | "body" => blocks.extend(self.blocks(element)),
            "AlternateContent" => blocks.extend(chosen(element).map(|choice| self.blocks(choice)).unwrap_or_default()),
            _ => {}
        }
    }

    fn paragraph(&mut self, element: &Element, blocks: &mut Vec<Block>) {
        let properties = element.child("pPr");
        let style_id = properties.and_then(|p| p.value("pStyle")).unwrap_or("");
        let mut role = self.styles.role(style_id);
        if let (Role::Text, Some(level)) = (
            role,
            properties
                .and_then(|p| p.value("outlineLvl"))
                .and_then(|level| level.parse::<u8>().ok())
                .filter(|level| *level < 9),
        ) {
            role = Role::Heading(level + 1);
        }
        let (bold, italic) = self.styles.look(style_id);
        let mut paragraph = Paragraph {
            style: Style {
                bold: bold.unwrap_or(false) && role == Role::Text,
                italic: italic.unwrap_or(false) && role == Role::Text,
                ..Style::default()
            },
            ..Paragraph::default()
        };
        self.runs(element, &mut paragraph);
        let Paragraph { mut line, after, .. } = paragraph;
        if joins_the_next(properties) {
            self.carried.extend(line);
            blocks.extend(after);
            return;
        }
        line.splice(0..0, std::mem::take(&mut self.carried));
        match role {
            Role::Contents => {
                self.tally.contents += usize::from(!is_blank(&line));
                return;
            }
            Role::Title if self.title.is_none() && !is_blank(&line) => {
                self.title = Some(crate::article::document::plain(&line).trim().to_owned());
            }
            _ if is_blank(&line) => {}
            Role::Heading(level) => blocks.push(Block::new(None, Body::Heading(level, plain_weight(line)))),
            Role::Quote => quote(blocks, line),
            _ => self.plain(properties, style_id, line, blocks),
        }
        blocks.extend(after);
    }

    /// A paragraph of a list, or one of text.
    fn plain(&mut self, properties: Option<&Element>, style_id: &str, line: Line, blocks: &mut Vec<Block>) {
        let own = properties.and_then(|p| p.child("numPr")).and_then(numbered);
        let list = own.or_else(|| self.styles.list(style_id)).filter(|(id, _)| id != "0");
        let inner = paragraphs(line);
        match list {
            Some((id, level)) => {
                let start = self.lists.next(&id, level);
                let item = Item {
                    level: level.max(self.styles.depth(style_id)),
                    start,
                    blocks: inner,
                };
                list::add(blocks, None, item);
            }
            None => blocks.extend(inner),
        }
    }

    /// What was to be joined to a paragraph that never came.
    fn left_over(&mut self) -> Option<Block> {
        let line = std::mem::take(&mut self.carried);
        (!is_blank(&line)).then(|| Block::new(None, Body::Paragraph(line)))
    }

    fn runs(&mut self, element: &Element, paragraph: &mut Paragraph) {
        for child in element.elements() {
            match child.name.as_str() {
                "r" => self.run(child, paragraph),
                "hyperlink" => self.hyperlink(child, paragraph),
                "fldSimple" => {
                    let before = paragraph.link.clone();
                    if let Some(link) = child.attribute("instr").and_then(field_link) {
                        paragraph.link = self.links.lead(&link);
                    }
                    self.runs(child, paragraph);
                    paragraph.link = before;
                }
                "del" | "moveFrom" => self.tally.deleted += 1,
                "ins" | "moveTo" => {
                    self.tally.inserted += 1;
                    self.runs(child, paragraph);
                }
                "smartTag" | "customXml" | "dir" | "bdo" => self.runs(child, paragraph),
                "sdt" if asks(child) => self.tally.hidden += 1,
                "sdt" => child
                    .child("sdtContent")
                    .into_iter()
                    .for_each(|content| self.runs(content, paragraph)),
                "AlternateContent" => chosen(child).into_iter().for_each(|choice| self.runs(choice, paragraph)),
                "oMath" | "oMathPara" => {
                    let text = child.text();
                    paragraph.words(&text, paragraph.style);
                }
                _ => {}
            }
        }
    }

    fn hyperlink(&mut self, element: &Element, paragraph: &mut Paragraph) {
        let before = paragraph.link.clone();
        let target = element.attribute("id").and_then(|id| self.relations.get(id)).cloned();
        // A place in the document itself has an anchor and no relation.
        paragraph.link = target.and_then(|target| self.links.lead(&target));
        self.runs(element, paragraph);
        paragraph.link = before;
    }

    fn run(&mut self, run: &Element, paragraph: &mut Paragraph) {
        let properties = run.child("rPr");
        paragraph.shift = properties.and_then(|p| p.value("vertAlign")).and_then(Shift::named);
        if properties.and_then(|p| p.switch("vanish").or_else(|| p.switch("webHidden"))) == Some(true) {
            self.tally.hidden += 1;
            return;
        }
        let mut style = paragraph.style;
        if let Some(properties) = properties {
            let (bold, italic) = properties.value("rStyle").map(|id| self.styles.look(id)).unwrap_or_default();
            style.bold = properties.switch("b").or(bold).unwrap_or(style.bold);
            style.italic = properties.switch("i").or(italic).unwrap_or(style.italic);
            style.struck = properties
                .switch("strike")
                .or_else(|| properties.switch("dstrike"))
                .unwrap_or(false);
        }
        for node in &run.children {
            if let Node::Element(element) = node {
                self.piece(element, style, paragraph);
            }
        }
    }

    fn piece(&mut self, element: &Element, style: Style, paragraph: &mut Paragraph) {
        match element.name.as_str() {
            "fldChar" => self.field(element, paragraph),
            "instrText" => {
                if let Some((says, _)) = self.fields.last_mut() {
                    says.push_str(&element.text());
                }
            }
            // The result of a field that lists the document's own headings.
            _ if self
                .fields
                .iter()
                .any(|(says, _)| says.trim_start().to_uppercase().starts_with("TOC ")) => {}
            "t" => paragraph.words(&element.text(), style),
            "tab" | "ptab" => paragraph.words(" ", style),
            "br" | "cr" => {
                let is_new_page = matches!(element.attribute("type"), Some("page" | "column"));
                let breaks = if is_new_page { 2 } else { 1 };
                paragraph.line.extend(std::iter::repeat_n(Inline::Break, breaks));
            }
            "noBreakHyphen" => paragraph.words("\u{2011}", style),
            "sym" => paragraph.words(&symbol(element), style),
            "footnoteReference" | "endnoteReference" => {
                if let Some(id) = element.attribute("id") {
                    self.noted.push((element.name == "endnoteReference", id.to_owned()));
                    paragraph.words(&raised(self.noted.len()), Style::default());
                }
            }
            "drawing" | "pict" | "object" => self.drawing(element, paragraph),
            "AlternateContent" => {
                if let Some(choice) = chosen(element) {
                    choice.elements().for_each(|inner| self.piece(inner, style, paragraph));
                }
            }
            "ruby" => element
                .child("rubyBase")
                .into_iter()
                .for_each(|base| self.runs(base, paragraph)),
            "commentReference" => self.tally.comments += 1,
            _ => {}
        }
    }

    fn field(&mut self, element: &Element, paragraph: &mut Paragraph) {
        match element.attribute("fldCharType") {
            Some("begin") if self.fields.len() < 32 => self.fields.push((String::new(), false)),
            Some("separate") => {
                if let Some((says, begun)) = self.fields.last_mut() {
                    *begun = true;
                    if let Some(link) = field_link(says) {
                        paragraph.link = self.links.lead(&link);
                    }
                }
            }
            Some("end") => {
                if let Some((says, _)) = self.fields.pop()
                    && field_link(&says).is_some()
                {
                    paragraph.link = None;
                }
            }
            _ => {}
        }
    }

    /// A picture, or a box with text of its own, which comes after its paragraph.
    fn drawing(&mut self, element: &Element, paragraph: &mut Paragraph) {
        if let Some(content) = element.find("txbxContent") {
            let blocks = self.blocks(content);
            self.tally.boxes += usize::from(!blocks.is_empty());
            paragraph.after.extend(blocks);
            return;
        }
        let words = element
            .find("docPr")
            .and_then(|about| about.attribute("descr").or_else(|| about.attribute("title")));
        let words = words.or_else(|| element.find("shape").and_then(|shape| shape.attribute("alt")));
        let pictures = [("blip", "embed"), ("blip", "link"), ("imagedata", "id")];
        let found = pictures
            .iter()
            .find_map(|(name, key)| element.find(name)?.attribute(key).and_then(|id| self.relations.get(id)));
        let Some(target) = found else {
            let is_drawn = element.find("wsp").is_some() || element.find("chart").is_some() || element.find("relIds").is_some();
            self.tally.drawn += usize::from(is_drawn);
            return;
        };
        let from = match target.starts_with("http") {
            true => From::Web(target.clone()),
            false => From::Beside(target.clone()),
        };
        let picture = Picture {
            from,
            words: words.map(described),
            caption: None,
        };
        paragraph.after.push(Block::new(None, Body::Picture(picture)));
    }
}

/// A number as it stands behind a word that has a note.
pub(crate) fn raised(number: usize) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number
        .to_string()
        .bytes()
        .map(|digit| RAISED[usize::from(digit - b'0') % 10])
        .collect()
}

/// A control that nobody filled in shows what Word asks there.
fn asks(control: &Element) -> bool {
    control
        .child("sdtPr")
        .is_some_and(|about| about.switch("showingPlcHdr") == Some(true))
}

/// A letter that is set large at the front of the next paragraph, or a paragraph whose end somebody deleted.
fn joins_the_next(properties: Option<&Element>) -> bool {
    let is_large = properties
        .and_then(|p| p.child("framePr"))
        .and_then(|frame| frame.attribute("dropCap"))
        .is_some_and(|kind| kind != "none");
    let mark = properties.and_then(|p| p.child("rPr"));
    is_large || mark.is_some_and(|mark| mark.child("del").or_else(|| mark.child("moveFrom")).is_some())
}

/// Of the ways to say the same thing, the first; text boxes stand in the file twice.
fn chosen(element: &Element) -> Option<&Element> {
    element.child("Choice").or_else(|| element.child("Fallback"))
}

impl Paragraph {
    fn words(&mut self, text: &str, style: Style) {
        self.line.push(Inline::Text(Run {
            text: self.shift.and_then(|shift| shift.of(text)).unwrap_or_else(|| text.to_owned()),
            style,
            link: self.link.clone(),
        }));
    }
}

/// Two breaks in a row are a new paragraph that somebody made with Shift+Enter.
fn paragraphs(line: Line) -> Vec<Block> {
    let mut parts: Vec<Line> = vec![Line::new()];
    let mut breaks = 0;
    for piece in line {
        match piece {
            Inline::Break => breaks += 1,
            Inline::Text(run) => {
                let is_blank_run = run.text.trim().is_empty();
                if breaks >= 2 && !is_blank_run {
                    parts.push(Line::new());
                } else if breaks == 1 && !is_blank_run {
                    parts.last_mut().into_iter().for_each(|part| part.push(Inline::Break));
                }
                if !is_blank_run {
                    breaks = 0;
                }
                parts
                    .last_mut()
                    .into_iter()
                    .for_each(|part| part.push(Inline::Text(run.clone())));
            }
        }
    }
    let blocks = parts.into_iter().filter(|part| !is_blank(part));
    blocks.map(|part| Block::new(None, Body::Paragraph(part))).collect()
}

fn quote(blocks: &mut Vec<Block>, line: Line) {
    let inner = paragraphs(line);
    match blocks.last_mut().map(|block| &mut block.body) {
        Some(Body::Quote(before)) => before.extend(inner),
        _ => blocks.push(Block::new(None, Body::Quote(inner))),
    }
}

fn plain_weight(mut line: Line) -> Line {
    for piece in &mut line {
        if let Inline::Text(run) = piece {
            run.style.bold = false;
        }
    }
    line
}
