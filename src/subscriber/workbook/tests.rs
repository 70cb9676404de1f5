//! Workbooks as programs write them, and what becomes of broken ones.

use super::{Sheet, read};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook of sheets: name, attributes of its entry, rows as XML.
fn xlsx(sheets: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut parts: Vec<(String, String)> = Vec::new();
    let entry = |(index, (name, more, _)): (usize, &(&str, &str, &str))| {
        format!("<sheet name=\"{name}\" sheetId=\"{0}\" {more} r:id=\"rId{0}\"/>", index + 1)
    };
    let entries: String = sheets.iter().enumerate().map(entry).collect();
    parts.push((
        "xl/workbook.xml".to_owned(),
        format!("<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{entries}</sheets></workbook>"),
    ));
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
    let root = format!("<Relationships><Relationship Id=\"rId1\" Type=\"{office}\" Target=\"xl/workbook.xml\"/></Relationships>");
    parts.push(("_rels/.rels".to_owned(), root));
    let relation = |index: usize| {
        format!(
            "<Relationship Id=\"rId{0}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
             Target=\"worksheets/sheet{0}.xml\"/>",
            index + 1
        )
    };
    let relations: String = (0..sheets.len()).map(relation).collect();
    parts.push((
        "xl/_rels/workbook.xml.rels".to_owned(),
        format!("<Relationships>{relations}</Relationships>"),
    ));
    // Style 1 shows numbers as days.
    let styles = "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
    parts.push(("xl/styles.xml".to_owned(), styles.to_owned()));
    for (index, (_, _, rows)) in sheets.iter().enumerate() {
        let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        parts.push((format!("xl/worksheets/sheet{}.xml", index + 1), sheet));
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zipped(&parts)
}

fn text(at: &str, value: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{value}</t></is></c>")
}

fn row(number: usize, cells: &[String]) -> String {
    format!("<row r=\"{number}\">{}</row>", cells.concat())
}

fn opened(bytes: &[u8]) -> Result<Sheet, Vec<String>> {
    let names_address = |cell: &str| cell.eq_ignore_ascii_case("email");
    let read = read("subscribers/patients.xlsx", bytes, names_address);
    read.map_err(|findings| findings.iter().map(ToString::to_string).collect())
}

/// The sheet's rows, cells separated by bars.
fn rows(sheet: &Sheet) -> Vec<String> {
    sheet.text.split('\n').map(|row| row.replace('\u{1f}', "|")).collect()
}

#[test]
fn a_cell_is_what_its_reader_sees_and_a_line_is_a_row() {
    let sheet = [
        row(
            3,
            &[
                text("B3", "Email"),
                text("C3", "Visits"),
                text("D3", "Last visit"),
                text("E3", "OK"),
                text("F3", "Note"),
            ],
        ),
        row(
            5,
            &[
                text("B5", "ann@example.org"),
                "<c r=\"C5\"><v>12</v></c>".to_owned(),
                "<c r=\"D5\" s=\"1\"><v>46174</v></c>".to_owned(),
                "<c r=\"E5\" t=\"b\"><v>1</v></c>".to_owned(),
                text("F5", "two\nlines"),
            ],
        ),
        row(
            6,
            &[
                text("B6", "bob@example.org"),
                "<c r=\"C6\"><f>1+1</f><v>2</v></c>".to_owned(),
                "<c r=\"D6\" t=\"e\"><v>#REF!</v></c>".to_owned(),
                "<c r=\"E6\" t=\"e\"><v>#N/A</v></c>".to_owned(),
            ],
        ),
    ];
    let sheet = opened(&xlsx(&[("Patients", "", &sheet.concat())])).unwrap();
    assert_eq!(
        rows(&sheet),
        [
            "",
            "",
            "|Email|Visits|Last visit|OK|Note",
            "",
            "|ann@example.org|12|2026-06-01|TRUE|two\u{2028}lines",
            "|bob@example.org|2",
        ]
    );
    assert_eq!(
        sheet.remarks.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "subscribers/patients.xlsx:6:4: warning: the cell holds the error `#REF!` and counts as empty (and in 1 more cells)\n  \
             hint: mend the formula in the workbook, or type the value"
        ]
    );
}

#[test]
fn the_sheet_with_addresses_is_the_list() {
    let other = row(1, &[text("A1", "Town")]);
    let list = row(1, &[text("A1", "Email")]);
    let remarks = |sheets: &[(&str, &str, &str)]| {
        let sheet = opened(&xlsx(sheets)).unwrap();
        let remarks: Vec<String> = sheet.remarks.iter().map(|remark| remark.text.clone()).collect();
        (sheet.text, remarks)
    };
    assert_eq!(
        remarks(&[("Towns", "", &other), ("People", "", &list)]),
        (
            "Email".to_owned(),
            vec!["only the sheet `People` was read; there is also `Towns`".to_owned()]
        )
    );
    assert_eq!(
        remarks(&[("Old", "state=\"hidden\"", &list), ("People", "", &list)]).1,
        Vec::<String>::new(),
        "what is hidden is passed by"
    );
    assert_eq!(
        remarks(&[("Towns", "", &other), ("Old", "state=\"hidden\"", &list)]).1[0],
        "the list stands on the hidden sheet `Old`"
    );
    assert_eq!(
        remarks(&[("Towns", "", &other)]).0,
        "Town",
        "without one the first sheet is shown"
    );
    assert_eq!(remarks(&[("Empty", "", "")]).0, "");
}

#[test]
fn a_broken_workbook_is_a_finding() {
    let sound = xlsx(&[("People", "", &row(1, &[text("A1", "Email")]))]);
    let told = |bytes: &[u8]| opened(bytes).unwrap_err().remove(0);
    for length in [4, 30, sound.len() / 2, sound.len() - 1] {
        let text = told(&sound[..length]);
        assert!(text.contains("the workbook cannot be read: it is damaged"), "{text}");
    }
    assert!(told(&zipped(&[("word/document.xml", b"<w/>")])).contains("this is a Word document"));
    assert!(told(&zipped(&[("list.csv", b"email")])).contains("this is a zip archive"));
    assert!(told(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing").contains("this is an old office file"));
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(told(&[b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &name].concat()).contains("locked with a password"));
    let no_sheet = zipped(&[("xl/workbook.xml", b"<workbook/>")]);
    assert!(opened(&no_sheet).is_err() || opened(&no_sheet).is_ok_and(|sheet| sheet.text.is_empty()));
}

#[test]
fn a_cell_at_the_far_end_of_the_sheet_costs_nothing() {
    let far = row(1, &[text("A1", "Email"), text("XFD1", "far")]) + &row(2, &[text("A2", "ann@example.org")]);
    assert_eq!(
        rows(&opened(&xlsx(&[("People", "", &far)])).unwrap()),
        ["Email", "ann@example.org"]
    );
    let deep = row(1, &[text("A1", "Email")]) + &row(1_048_576, &[text("A1048576", "ann@example.org")]);
    let sheet = opened(&xlsx(&[("People", "", &deep)])).unwrap();
    assert_eq!(sheet.text.len(), "Email".len() + 1_048_575 + "ann@example.org".len());
}

#[test]
fn what_unpacks_without_end_is_refused_before_it_is_read() {
    let spaces = vec![b' '; 17 * 1024 * 1024];
    let bomb = zipped(&[("xl/workbook.xml", &spaces)]);
    assert!(bomb.len() < 64 * 1024, "{}", bomb.len());
    assert!(opened(&bomb).unwrap_err()[0].contains("too large to be a list"));
}

#[test]
fn a_sheet_of_libreoffice_is_read_and_its_repeats_are_bounded() {
    let ods = |rows: &str| {
        let content = format!(
            "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body><office:spreadsheet>\
             <table:table table:name=\"People\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
        );
        let mime = b"application/vnd.oasis.opendocument.spreadsheet";
        zipped(&[
            ("mimetype", mime),
            ("META-INF/manifest.xml", b"<manifest/>"),
            ("content.xml", content.as_bytes()),
        ])
    };
    let cell = |text: &str, more: &str| {
        format!("<table:table-cell {more} office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let plain = format!(
        "<table:table-row>{}{}</table:table-row><table:table-row>{}\
         <table:table-cell office:value-type=\"date\" office:date-value=\"2026-06-01\"><text:p>1 June</text:p></table:table-cell></table:table-row>",
        cell("Email", ""),
        cell("Day", ""),
        cell("ann@example.org", "")
    );
    assert_eq!(
        rows(&opened(&ods(&plain)).unwrap()),
        ["Email|Day", "ann@example.org|2026-06-01"]
    );
    let bomb = format!(
        "<table:table-row table:number-rows-repeated=\"1048576\">{}</table:table-row>",
        cell("Email", "table:number-columns-repeated=\"1024\"")
    );
    assert!(opened(&ods(&bomb)).unwrap_err()[0].contains("too large to be a list"));
}
