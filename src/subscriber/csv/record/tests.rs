//! Records against the csv crate, and the places that it does not tell.

use super::{Dialect, Record, Records};

const COMMA: Dialect = Dialect::text(b',');

/// Every record as `line:cell|cell`, an open quote as `"line:column`.
fn check(text: &str, expected: &[&str]) {
    let mut records = Records::new(text, COMMA);
    let mut record = Record::default();
    records.expect_width(3);
    let mut found = Vec::new();
    while let Some(read) = records.read(&mut record) {
        found.push(match read {
            Ok(()) => format!("{}:{}", record.line, record.iter().collect::<Vec<_>>().join("|")),
            Err(open) => format!("\"{}", open.place),
        });
    }
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn lines_are_physical_whatever_ends_them() {
    check("a,b\nc\n", &["1:a|b", "2:c"]);
    check("a\r\n\r\n\r\nb\r\nc", &["1:a", "4:b", "5:c"]);
    check("a\r\rb\rc", &["1:a", "3:b", "4:c"]);
    check("\n\na,\"x\ny\"\nb", &["3:a|x\ny", "5:b"]);
    check("a,\"x\r\ny\"\r\nb", &["1:a|x\r\ny", "3:b"]);
    check("", &[]);
    check("\r\n\n", &[]);
    check("a\u{b}\u{c}\u{2028}\u{85}b\nc", &["1:a\u{b}\u{c}\u{2028}\u{85}b", "2:c"]);
}

#[test]
fn cells_are_what_the_csv_crate_makes_of_them() {
    for text in [
        "a,\"b\"\"c\",\"\"\n\"x\",y",
        "a,b\"c\",d\"\"\n\"\"",
        ",,\n,\n\"a\"b,c\r\n\"d\",",
        "\"a,\"\"b\"\"\",\"c\"d\"e\"",
    ] {
        let mut reader = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let expected: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect();
        let (mut records, mut record, mut found) = (Records::new(text, COMMA), Record::default(), Vec::new());
        while let Some(Ok(())) = records.read(&mut record) {
            found.push(record.iter().map(str::to_owned).collect::<Vec<_>>());
        }
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn a_record_is_found_again_by_its_offset() {
    let text = "a,b\r\n\r\nc,\"d\ne\"\nf";
    let (mut records, mut record) = (Records::new(text, COMMA), Record::default());
    let mut seen = Vec::new();
    while let Some(Ok(())) = records.read(&mut record) {
        seen.push((record.spot(), record.raw().to_owned()));
    }
    for (spot, raw) in seen.iter().rev() {
        records.go_to(*spot);
        records.read(&mut record).and_then(Result::ok).unwrap();
        assert_eq!((record.spot(), record.raw()), (*spot, raw.as_str()));
    }
}

#[test]
fn a_sheet_has_no_quotes_and_counts_columns() {
    let (mut records, mut record) = (Records::new("\n\"a\u{1f}b\u{2028}c\n\nd", Dialect::SHEET), Record::default());
    records.read(&mut record).and_then(Result::ok).unwrap();
    assert_eq!(
        (record.cell(0), record.cell(1), record.place(1).to_string()),
        ("\"a", "b\u{2028}c", "2:2".to_owned())
    );
    records.read(&mut record).and_then(Result::ok).unwrap();
    assert_eq!(record.place(0).to_string(), "4:1");
}

#[test]
fn a_record_of_a_million_cells_is_counted_and_not_kept() {
    let text = ",".repeat(1_000_000);
    let (mut records, mut record) = (Records::new(&text, COMMA), Record::default());
    records.read(&mut record).and_then(Result::ok).unwrap();
    assert_eq!((record.len(), record.iter().count()), (1_000_001, super::MOST_CELLS));
}

#[test]
fn an_open_quote_costs_its_own_line_only() {
    check("a,b\n\"c,d\ne,f\ng", &["1:a|b", "\"2:1", "3:e|f", "4:g"]);
    check("a,\"b", &["\"1:3"]);
    check("a,\"b,c\nd,\"e\",f\ng,h,i", &["\"1:3", "2:d|e|f", "3:g|h|i"]);
    check(
        "a@b.org,\"b,c\nd@b.org,e,f\ng@b.org,\",i",
        &["1:a@b.org|b,c\nd@b.org,e,f\ng@b.org,|i"],
    );
    check(
        "a@b.org,\"b,c\nd@b.org,e,f\ng@b.org,\",i,j",
        &["\"1:9", "2:d@b.org|e|f", "\"3:9"],
    );
    check("ä,\"b \"x\" y\",c", &["1:ä|b x\" y\"|c"]);
    check("a,\"say \"\"hi\"\"\nthere\",c\nd", &["1:a|say \"hi\"\nthere|c", "3:d"]);
    let long = format!("a,\"{}\n\",c", "x".repeat(10_001));
    check(&long, &["\"1:3", "\"2:1"]);
}

#[test]
fn a_cell_knows_its_place() {
    let mut records = Records::new("\nä,\"x\ny\",z", COMMA);
    let mut record = Record::default();
    records.read(&mut record).and_then(Result::ok).unwrap();
    let places: Vec<String> = (0..4).map(|index| record.place(index).to_string()).collect();
    assert_eq!(places, ["2:1", "2:3", "3:4", "3:5"]);
}
