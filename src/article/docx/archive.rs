//! The archive around a document: its parts by name, each measured while it is unpacked.
//!
//! Promises: no part fills the memory, whatever the archive says of its size; an archive that holds something else says what.

use super::xml::{self, Element};
use crate::finding::Finding;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// The largest part that is unpacked.
const LARGEST_PART: u64 = 32 * 1024 * 1024;
/// All parts that are unpacked may have so much together.
const LARGEST_TOGETHER: u64 = 96 * 1024 * 1024;
/// Honest documents have some dozens of parts.
const MOST_PARTS: usize = 10_000;

/// An open archive.
pub(super) struct Archive<'a> {
    file: &'a str,
    archive: ZipArchive<Cursor<&'a [u8]>>,
    left: u64,
}

impl<'a> Archive<'a> {
    /// Opens the archive of a Word document.
    pub(super) fn open(file: &'a str, bytes: &'a [u8]) -> Result<Self, Finding> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged(file))?;
        if archive.len() > MOST_PARTS {
            return Err(too_large(file));
        }
        let mut archive = Self {
            file,
            archive,
            left: LARGEST_TOGETHER,
        };
        match archive.has("word/document.xml") || archive.main_part().is_some() {
            true => Ok(archive),
            false => Err(archive.something_else()),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// The part that the archive calls its document.
    pub(super) fn main_part(&mut self) -> Option<String> {
        let relations = self.xml("_rels/.rels").ok()??;
        let document = relations.elements().find(|relation| {
            relation
                .attribute("Type")
                .is_some_and(|kind| kind.ends_with("/officeDocument"))
        })?;
        let target = document.attribute("Target")?.trim_start_matches('/').to_owned();
        let is_word = target.starts_with("word/")
            || self
                .bytes(&target)
                .ok()??
                .windows(7)
                .any(|window| window == b":body>\n" || window == b"<w:body");
        (is_word && self.has(&target)).then_some(target)
    }

    /// A part's bytes; nothing where there is none of this name.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Finding> {
        if !self.has(name) {
            return Ok(None);
        }
        let part = self.archive.by_name(name).map_err(|_| damaged(self.file))?;
        let most = LARGEST_PART.min(self.left);
        let mut bytes = Vec::new();
        part.take(most + 1).read_to_end(&mut bytes).map_err(|_| damaged(self.file))?;
        if bytes.len() as u64 > most {
            return Err(too_large(self.file));
        }
        self.left -= bytes.len() as u64;
        Ok(Some(bytes))
    }

    /// A part as XML; nothing where there is none of this name.
    pub(super) fn xml(&mut self, name: &str) -> Result<Option<Element>, Finding> {
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        let text = crate::encoding::decode(&bytes).text.into_owned();
        xml::read(&text).map(Some).map_err(|fault| match fault {
            xml::Fault::Broken => damaged(self.file),
            xml::Fault::TooLarge => too_large(self.file),
        })
    }

    fn something_else(&mut self) -> Finding {
        const SAVE_AS: &str = "open it and save it as a Word document (`.docx`), then name that file";
        const COPY: &str = "copy its text into a file that ends in `.txt`, and name that file";
        let kind = self
            .bytes("mimetype")
            .ok()
            .flatten()
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default();
        let starts = |start: &str| self.archive.file_names().flatten().any(|name| name.starts_with(start));
        let (what, hint) = match () {
            () if kind.contains("opendocument.text") => ("an OpenDocument text (`.odt`)", SAVE_AS),
            () if kind.contains("opendocument.spreadsheet") => ("an OpenDocument sheet", COPY),
            () if kind.contains("opendocument.presentation") => ("an OpenDocument presentation", COPY),
            () if kind.contains("epub") => ("an e-book (EPUB)", COPY),
            () if starts("xl/") => ("an Excel workbook", COPY),
            () if starts("ppt/") => ("a PowerPoint presentation", COPY),
            () if starts("Index/") => ("a Pages document", SAVE_AS),
            () => ("a zip archive", "unpack it, and name the article inside"),
        };
        Finding::error(
            self.file,
            format!("this is {what}, but an article is a text, Markdown, a web page or a Word document (`.docx`)"),
        )
        .hint(hint)
    }
}

pub(super) fn damaged(file: &str) -> Finding {
    Finding::error(file, "the Word document is damaged and cannot be read")
        .hint("open it in Word and save it once more, or copy its text into a `.txt` file")
}

fn too_large(file: &str) -> Finding {
    Finding::error(
        file,
        "the Word document is too large: it unpacks to more than a letter could ever hold",
    )
    .hint("copy the article's text into a new document, and name that file")
}
