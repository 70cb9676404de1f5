//! The file around a workbook: which kind it is, whether it is locked, and how large it would unpack.
//!
//! Promises: nothing is unpacked into memory that was not measured first.

use crate::finding::Finding;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// A workbook with a million rows unpacks to less.
const MOST_UNPACKED: u64 = 768 * 1024 * 1024;
/// A sheet of ever the same words packs a hundred to one; bombs pack a thousand to one.
const MOST_TO_ONE: u64 = 200;
/// So much may be unpacked of any file.
const ALWAYS_UNPACKED: u64 = 16 * 1024 * 1024;
/// So many cells may stand in a sheet of LibreOffice, which says "the same again" in a few bytes.
const MOST_CELLS: u64 = 16 * 1024 * 1024;
/// Honest workbooks have a few dozen parts.
const MOST_PARTS: usize = 10_000;

/// The kinds of workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shell {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

/// The kind of the workbook in `bytes`.
pub(super) fn of(file: &str, bytes: &[u8]) -> Result<Shell, Finding> {
    match bytes {
        [0xd0, ..] => compound(file, bytes),
        _ => zipped(file, bytes),
    }
}

pub(super) fn locked(file: &str) -> Finding {
    Finding::error(file, "the workbook is locked with a password").hint("save it without one, or as `CSV UTF-8`")
}

pub(super) fn too_large(file: &str) -> Finding {
    Finding::error(file, "the workbook is too large to be a list").hint("save the list alone, as `CSV UTF-8`")
}

/// Old Excel files, and new ones with a password, are folders of streams named in UTF-16.
fn compound(file: &str, bytes: &[u8]) -> Result<Shell, Finding> {
    let has_stream = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|window| window == wide)
    };
    if has_stream("EncryptedPackage") {
        return Err(locked(file));
    }
    match has_stream("Workbook") || has_stream("Book") {
        true => Ok(Shell::Xls),
        false => Err(no_workbook(file, "an old office file")),
    }
}

fn zipped(file: &str, bytes: &[u8]) -> Result<Shell, Finding> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| super::damaged(file))?;
    if archive.len() > MOST_PARTS {
        return Err(too_large(file));
    }
    let mut left = (bytes.len() as u64 * MOST_TO_ONE).clamp(ALWAYS_UNPACKED, MOST_UNPACKED);
    for index in 0..archive.len() {
        let Ok(part) = archive.by_index(index) else {
            let is_locked = archive.by_index_raw(index).is_ok_and(|part| part.encrypted());
            return Err(if is_locked { locked(file) } else { super::damaged(file) });
        };
        // What the file says of its own size is no measure: it is unpacked once to nowhere.
        match std::io::copy(&mut part.take(left + 1), &mut std::io::sink()) {
            Ok(size) if size > left => return Err(too_large(file)),
            Ok(size) => left -= size,
            Err(_) => return Err(super::damaged(file)),
        }
    }
    let has = |name: &str| archive.index_for_name(name).is_some();
    let starts = |start: &str| archive.file_names().flatten().any(|name| name.starts_with(start));
    match () {
        () if has("xl/workbook.bin") => Ok(Shell::Xlsb),
        () if starts("xl/") => Ok(Shell::Xlsx),
        () if has("content.xml") => repeats(file, &mut archive).map(|()| Shell::Ods),
        () if starts("word/") => Err(no_workbook(file, "a Word document")),
        () if starts("Index/") => Err(no_workbook(file, "an Apple Numbers file")),
        () => Err(no_workbook(file, "a zip archive")),
    }
}

/// Refuses a sheet whose repeated cells would fill the memory; cells that hold nothing are repeated freely, by LibreOffice itself.
fn repeats(file: &str, archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Finding> {
    let mut content = Vec::new();
    let mut part = archive.by_name("content.xml").map_err(|_| super::damaged(file))?;
    part.read_to_end(&mut content).map_err(|_| super::damaged(file))?;
    let content = String::from_utf8_lossy(&content);
    let mut cells = 0_u64;
    for row in content.split("<table:table-row").skip(1) {
        let row = row.split("</table:table-row>").next().unwrap_or_default();
        let Some(last) = row.rfind("office:value") else { continue };
        let tags = row[..last].match_indices("number-columns-repeated=\"");
        let columns: u64 = tags.map(|(at, key)| number(&row[at + key.len()..])).sum();
        let written = row.matches("<table:table-cell").count() as u64;
        let (head, _) = row.split_once('>').unwrap_or_default();
        let again = head.find("number-rows-repeated=\"").map_or(1, |at| number(&head[at + 22..]));
        cells = cells.saturating_add(columns.saturating_add(written).saturating_mul(again));
        if cells > MOST_CELLS {
            return Err(too_large(file));
        }
    }
    Ok(())
}

/// The number in front of a closing quote; what is none counts as no repetition.
fn number(text: &str) -> u64 {
    text.split('"').next().and_then(|digits| digits.parse().ok()).unwrap_or(1)
}

fn no_workbook(file: &str, what: &str) -> Finding {
    let hint = match what {
        "a zip archive" => "unpack it, and hand over the list inside",
        _ => "export the list as CSV or as an Excel workbook instead",
    };
    Finding::error(file, format!("this is {what}, and a list is a CSV file or a workbook")).hint(hint)
}
