//! A Word document (`.docx`), whoever wrote it: Word, LibreOffice, Google Docs.
//!
//! Promises: no archive fills the memory, and none makes it panic: what is damaged or something else is a finding. Does not look at
//! fonts, colours and pages: the letter's template dresses it.

mod archive;
mod body;
mod numbers;
mod rows;
mod signs;
mod styles;
mod typed;
mod xml;

use super::document::link::Links;
use super::document::{Block, Body, Document, From};
use super::pasted::byline;
use crate::finding::Finding;
use archive::Archive;
use body::Reading;
pub(crate) use body::raised;
use numbers::Tally;
use std::collections::HashMap;
use styles::{Lists, Styles};
use xml::Element;

/// Reads a document.
///
/// # Errors
/// When the archive is damaged, too large, or no Word document.
pub(crate) fn read(file_name: &str, bytes: &[u8]) -> Result<(Document, Links), Finding> {
    let mut archive = Archive::open(file_name, bytes)?;
    let main = archive.main_part().unwrap_or_else(|| "word/document.xml".to_owned());
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let part = |name: &str| {
        if folder.is_empty() {
            name.to_owned()
        } else {
            format!("{folder}/{name}")
        }
    };
    let document = archive.xml(&main)?.ok_or_else(|| archive::damaged(file_name))?;
    let relations = relations(
        archive
            .xml(&part(&format!("_rels/{}.rels", main.rsplit('/').next().unwrap_or(&main))))?
            .as_ref(),
    );
    let styles = Styles::of(archive.xml(&part("styles.xml"))?.as_ref());
    let lists = Lists::of(archive.xml(&part("numbering.xml"))?.as_ref());
    let notes = [archive.xml(&part("footnotes.xml"))?, archive.xml(&part("endnotes.xml"))?];
    let about = archive.xml("docProps/core.xml").ok().flatten();
    let (mut links, mut tally) = (Links::new(None), Tally::default());
    let mut reading = Reading {
        styles: &styles,
        lists,
        relations: &relations,
        links: &mut links,
        tally: &mut tally,
        title: None,
        noted: Vec::new(),
        fields: Vec::new(),
        carried: Vec::new(),
    };
    let mut blocks = document.child("body").map(|body| reading.blocks(body)).unwrap_or_default();
    let typed = typed::lists(&mut blocks);
    blocks.extend(footnotes(&mut reading, &notes));
    let title = reading.title.take();
    fetch_pictures(&mut blocks, &mut archive, &folder)?;
    let document = Document {
        title,
        author: about.as_ref().and_then(author),
        language: styles.language.clone(),
        blocks,
        notes: tally.notes().into_iter().chain(typed).collect(),
        title_heads_section: false,
    };
    Ok((document, links))
}

/// Where the relations lead, by their ids.
fn relations(root: Option<&Element>) -> HashMap<String, String> {
    let all = root.into_iter().flat_map(Element::elements);
    all.filter_map(|relation| Some((relation.attribute("Id")?.to_owned(), relation.attribute("Target")?.to_owned())))
        .collect()
}

/// The notes below the text, numbered as the text points to them.
fn footnotes(reading: &mut Reading<'_>, parts: &[Option<Element>; 2]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let noted = std::mem::take(&mut reading.noted);
    if !noted.is_empty() {
        blocks.push(Block::new(None, Body::Rule));
    }
    for (index, (is_end, id)) in noted.iter().enumerate() {
        let part = parts[usize::from(*is_end)].as_ref();
        let note = part.and_then(|part| part.elements().find(|note| note.attribute("id") == Some(id)));
        let mut inner = note.map(|note| reading.blocks(note)).unwrap_or_default();
        if let Some(Body::Paragraph(line)) = inner.first_mut().map(|block| &mut block.body) {
            let mark = super::document::Run {
                text: format!("{} ", body::raised(index + 1)),
                ..Default::default()
            };
            line.insert(0, super::document::Inline::Text(mark));
        }
        blocks.extend(inner);
    }
    blocks
}

/// The bytes of the pictures that lie in the archive.
fn fetch_pictures(blocks: &mut [Block], archive: &mut Archive<'_>, folder: &str) -> Result<(), Finding> {
    for block in blocks {
        match &mut block.body {
            Body::Picture(picture) => {
                let From::Beside(target) = &picture.from else { continue };
                let path = match target.strip_prefix('/') {
                    Some(whole) => whole.to_owned(),
                    None if folder.is_empty() => target.clone(),
                    None => format!("{folder}/{target}"),
                };
                let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
                if let Some(bytes) = archive.bytes(&path)? {
                    picture.from = From::Inside(name, bytes);
                }
            }
            Body::Quote(inner) => fetch_pictures(inner, archive, folder)?,
            Body::List(_, items) => {
                for item in items {
                    fetch_pictures(item, archive, folder)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Who wrote it, where the program knows a person's name.
fn author(about: &Element) -> Option<String> {
    const NOBODY: [&str; 8] = [
        "microsoft office user",
        "python-docx",
        "admin",
        "administrator",
        "user",
        "unknown",
        "owner",
        "libre office",
    ];
    let name = about.child("creator")?.text().trim().to_owned();
    (byline::is_name(&name, 2) && !NOBODY.contains(&name.to_lowercase().as_str())).then_some(name)
}
