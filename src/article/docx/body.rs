//! The text of a document: paragraphs, lists, tables, pictures, links, changes that were tracked.
//!
//! Promises: what a reader of the printed page sees comes out once: text that was deleted or hidden does not, a text box does not come
//! twice. What was left out is counted.

use super::numbers::Tally;
use super::styles::{Lists, Role, Styles, numbered};
use super::xml::{Element, Node};
use crate::article::document::link::Links;
use crate::article::document::list::{self, Item};
use crate::article::document::raised::Shift;
use crate::article::document::{Block, Body, From, Inline, Line, Picture, Run, Style, is_blank, table};
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
        let mut blocks = Vec::new();
        for child in element.elements() {
            self.block(child, &mut blocks);
        }
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
        let Paragraph { line, after, .. } = paragraph;
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
                    level,
                    start,
                    blocks: inner,
                };
                list::add(blocks, None, item);
            }
            None => blocks.extend(inner),
        }
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
            "br" | "cr" if element.attribute("type") != Some("page") => paragraph.line.push(Inline::Break),
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

    fn table(&mut self, element: &Element, blocks: &mut Vec<Block>) {
        let mut rows = Vec::new();
        for row in element.elements().filter(|row| row.name == "tr") {
            let mut cells: Vec<Vec<Block>> = Vec::new();
            for cell in row.elements().flat_map(cells_in) {
                let properties = cell.child("tcPr");
                let goes_on = properties
                    .and_then(|p| p.child("vMerge"))
                    .is_some_and(|merge| merge.attribute("val") != Some("restart"));
                let inner = self.blocks(cell);
                cells.push(if goes_on { Vec::new() } else { inner });
                let span = properties
                    .and_then(|p| p.value("gridSpan"))
                    .and_then(|span| span.parse::<usize>().ok())
                    .unwrap_or(1);
                cells.extend((1..span.min(12)).map(|_| Vec::new()));
            }
            rows.push(cells);
        }
        blocks.extend(table::judged(None, rows, false));
    }
}

/// A number as it stands behind a word that has a note.
pub(super) fn raised(number: usize) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number
        .to_string()
        .bytes()
        .map(|digit| RAISED[usize::from(digit - b'0') % 10])
        .collect()
}

/// The cells of a row, those in content controls too.
fn cells_in(element: &Element) -> Vec<&Element> {
    match element.name.as_str() {
        "tc" => vec![element],
        "sdt" | "sdtContent" | "customXml" => element.elements().flat_map(cells_in).collect(),
        _ => Vec::new(),
    }
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

/// The address in `HYPERLINK "https://…" \o "tip"`.
fn field_link(says: &str) -> Option<String> {
    let rest = says.trim_start().strip_prefix("HYPERLINK")?.trim_start();
    if rest.starts_with("\\l") {
        return None;
    }
    let address = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split_whitespace().next(),
    };
    address.map(str::to_owned).filter(|address| !address.is_empty())
}

/// A character of a symbol font: only those that everybody has.
fn symbol(element: &Element) -> String {
    let code = element
        .attribute("char")
        .and_then(|code| u32::from_str_radix(code, 16).ok())
        .unwrap_or(0);
    let known = match code {
        0xf0e0 => '→',
        0xf0df => '←',
        0xf0fc => '✓',
        0xf04a => '☺',
        0xf0b7 | 0xf0a7 => '•',
        0xf0b0 => '°',
        other => char::from_u32(other)
            .filter(|c| !('\u{e000}'..='\u{f8ff}').contains(c) && !c.is_control())
            .unwrap_or(' '),
    };
    known.to_string()
}

/// The words of a picture, without what Word says of how it made them.
fn described(words: &str) -> String {
    const MADE: [&str; 6] = [
        "Description automatically generated",
        "AI-generated content may be incorrect.",
        "Automatisch generierte Beschreibung",
        "KI-generierte Inhalte können fehlerhaft sein.",
        "Description générée automatiquement",
        "Descripción generada automáticamente",
    ];
    let mut words = words.to_owned();
    for made in MADE {
        words = words.replace(made, "");
    }
    words.trim().to_owned()
}
