//! The smallest workbook that Excel would open, made of one sheet's XML: for people and cells that chance invents.

/// The parts around the sheet.
const PARTS: [(&str, &str); 4] = [
    (
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" \
         ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
         <Override PartName=\"/xl/worksheets/sheet1.xml\" \
         ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>",
    ),
    (
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/>\
         </Relationships>",
    ),
    (
        "xl/workbook.xml",
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
         <sheets><sheet name=\"Patients\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
         </Relationships>",
    ),
];

/// A workbook whose one sheet is this XML.
pub(crate) fn around(sheet: &[u8]) -> Vec<u8> {
    let parts = PARTS.iter().map(|(name, part)| (*name, part.as_bytes()));
    let (mut book, mut directory, mut entries) = (Vec::new(), Vec::new(), 0_u16);
    for (name, part) in parts.chain([("xl/worksheets/sheet1.xml", sheet)]) {
        let head = head(name, part);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(number(book.len()));
        directory.extend(name.as_bytes());
        book.extend(b"PK\x03\x04");
        book.extend(&head);
        book.extend(name.as_bytes());
        book.extend(part);
        entries += 1;
    }
    let (start, length) = (book.len(), directory.len());
    book.extend(directory);
    book.extend(b"PK\x05\x06\0\0\0\0");
    book.extend(entries.to_le_bytes());
    book.extend(entries.to_le_bytes());
    book.extend(number(length));
    book.extend(number(start));
    book.extend([0, 0]);
    book
}

/// What a file's own header and the directory say alike: stored as it is, with its checksum and lengths.
fn head(name: &str, part: &[u8]) -> Vec<u8> {
    let mut head = b"\x14\0\0\0\0\0\0\0\x21\x5c".to_vec();
    head.extend(checksum(part).to_le_bytes());
    head.extend(number(part.len()));
    head.extend(number(part.len()));
    head.extend(u16::try_from(name.len()).unwrap_or_default().to_le_bytes());
    head.extend([0, 0]);
    head
}

fn number(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or_default().to_le_bytes()
}

/// CRC-32, as ZIP wants it.
fn checksum(bytes: &[u8]) -> u32 {
    let step = |sum: u32| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
    !bytes
        .iter()
        .fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum)))
}

/// A sheet of texts.
pub(crate) fn of_texts(rows: &[Vec<String>]) -> Vec<u8> {
    let cell = |text: &String| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        format!("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
    };
    let row = |row: &Vec<String>| format!("<row>{}</row>", row.iter().map(cell).collect::<String>());
    let rows: String = rows.iter().map(row).collect();
    format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
    )
    .into_bytes()
}
