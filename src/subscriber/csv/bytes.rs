//! Lists as bytes: encodings, kinds, families, and how much is said of what repeats.

use super::{ListReader, ListRows, Mapping, MappingFile, Table, read};
use crate::finding::Finding;
use crate::subscriber::column::Kind;
use crate::subscriber::consent::Answer;

const FILE: &str = "subscribers/patients.csv";

fn mapping(yaml: &str) -> Mapping {
    let file: MappingFile = serde_yaml::from_str(yaml).unwrap();
    let (mapping, findings) = file.check("subscribers/patients.yaml", |_| None);
    assert!(findings.is_empty(), "{findings:?}");
    mapping
}

fn plain(bytes: &[u8]) -> ListRows {
    read(FILE, bytes, &Mapping::default()).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

fn table(bytes: &[u8], encoding: &str) -> Result<&'static str, String> {
    let table = Table::of(FILE, bytes, &Mapping::default(), Some(encoding));
    table
        .map(|table| table.encoding.unwrap_or_default())
        .map_err(|findings| findings[0].to_string())
}

const LIST: &str =
    "email,first_name,city,consent\r\nzoe@example.org,Zoë,Nîmes,yes\r\njose@example.org,\"José\",\"Bath; Wells\",no\r\n";

#[test]
fn one_list_is_the_same_in_every_encoding() {
    let expected = plain(LIST.as_bytes());
    assert_eq!(expected.report.findings, []);
    let utf_16 = |big: bool| -> Vec<u8> {
        let units = LIST.encode_utf16();
        units
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    };
    let western = encoding_rs::WINDOWS_1252.encode(LIST).0.into_owned();
    for (bytes, encoding) in [
        ([b"\xef\xbb\xbf", LIST.as_bytes()].concat(), "UTF-8"),
        ([b"\xff\xfe".as_slice(), &utf_16(false)].concat(), "UTF-16LE"),
        ([b"\xfe\xff".as_slice(), &utf_16(true)].concat(), "UTF-16BE"),
        (utf_16(false), "UTF-16LE"),
        (western, "windows-1252"),
    ] {
        let list = plain(&bytes);
        assert_eq!((&list.rows, list.report.encoding), (&expected.rows, Some(encoding)));
    }
}

#[test]
fn a_guessed_encoding_is_said_once_with_words_to_see_it_by() {
    let list =
        b"email,first_name,city,notes\nzoe\xeb@example.org,Zo\xeb,N\xeemes,caf\xe9\njos\xe9@example.org,Jos\xe9,B\xe9ziers,x\n";
    let told = |bytes: &[u8]| plain(bytes).report.findings[0].to_string();
    assert_eq!(
        told(list),
        "subscribers/patients.csv: warning: the file does not say its encoding; read as windows-1252 it has words such as `Zoë`, `José`\n  \
         hint: if that looks wrong, name the right one: `tidings import subscribers/patients.csv --encoding LABEL`, or `encoding: LABEL` in \
         `subscribers/patients.yaml`"
    );
    let said = read(FILE, list, &mapping("encoding: windows-1252")).unwrap();
    assert!(said.report.findings.iter().all(|finding| !finding.text.contains("encoding")));
}

#[test]
fn a_said_encoding_is_held_against_the_bytes() {
    assert_eq!(table(b"email\n", "latin1"), Ok("windows-1252"));
    assert_eq!(
        table(b"email\n", "windws-1252"),
        Err("subscribers/patients.csv: there is no encoding `windws-1252`\n  hint: did you mean `windows-1252`?".to_owned())
    );
    assert_eq!(
        table(b"email,name\nzoe@example.org,Zo\xeb\n", "utf-8"),
        Err(
            "subscribers/patients.csv:2:19: the file is not in the encoding `utf-8`, as was said\n  \
             hint: it looks like `windows-1252`: say that, or nothing"
                .to_owned()
        )
    );
}

#[test]
fn one_bad_byte_does_not_break_the_other_names() {
    let list = plain(b"email,first_name\nzoe@example.org,Zo\xc3\xab\njose@example.org,Jos\xc3\xa9\nrene@example.org,Ren\xe9\n");
    let names: Vec<Option<&str>> = list
        .rows
        .iter()
        .map(|row| row.subscriber.attributes.get("first_name").map(String::as_str))
        .collect();
    assert_eq!(names, [Some("Zoë"), Some("José"), None]);
    assert_eq!(
        list.report.findings[1].to_string(),
        "subscribers/patients.csv:4:21: warning: a byte here is no UTF-8, which the rest of the file is\n  \
         hint: type the letter again, or export the list again as CSV UTF-8"
    );
}

#[test]
fn what_is_no_list_is_named() {
    for (bytes, what) in [
        (&b"%PDF-1.7"[..], "this is a PDF"),
        (b"<html><table>", "this is a web page, whatever its name says"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "this is an XML file"),
        (b"BEGIN:VCARD\n", "this is a file of contact cards"),
        (b"e\0\0\0m\0\0\0a\0\0\0i\0\0\0l\0\0\0", "this is no text"),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0",
            "this is no text",
        ),
        (b"PK\x03\x04", "the workbook cannot be read: it is damaged"),
        (b"", "the list is empty"),
    ] {
        let findings = read(FILE, bytes, &Mapping::default()).unwrap_err();
        assert!(findings[0].is_error() && findings[0].text.contains(what), "{findings:?}");
    }
}

#[test]
fn a_workbook_is_a_list_whose_lines_are_rows() {
    let text = "\n\nEmail\u{1f}Name\u{1f}Seen\n\nann@example.org\u{1f}Ann \"A\" Lee\u{1f}2026-01-05\nbob\u{1f}\u{2028}\nann@example.org\u{1f}Tim";
    let table = Table::of_sheet(crate::subscriber::workbook::Sheet {
        text: text.to_owned(),
        remarks: Vec::new(),
    });
    let mapping = Mapping::default();
    let mut reader = ListReader::open("subscribers/patients.xlsx", &table, &mapping).unwrap();
    let row = reader.next().unwrap();
    assert_eq!((row.line, row.subscriber.rows.len(), reader.next()), (5, 2, None));
    let report = reader.finish();
    assert_eq!((report.delimiter, report.encoding), (None, None));
    let places: Vec<String> = report
        .findings
        .iter()
        .filter_map(|finding| Some(finding.place?.to_string()))
        .collect();
    assert_eq!(
        places,
        ["6:1", "7:1"],
        "no address, merged; a sheet's rows end where they like"
    );
}

#[test]
fn kinds_are_found_out_or_said() {
    let list = "email,Last visit,Visits,VIP,City,Score\na@example.org,25/12/2026,3,yes,Bath,7\nb@example.org,26/12/2026,n/a,No,Wells,high\n";
    let kinds = |list: &ListRows| list.report.columns.iter().map(|column| column.kind).collect::<Vec<_>>();
    let found = plain(list.as_bytes());
    assert_eq!(
        kinds(&found),
        [Kind::Text, Kind::Day, Kind::Number, Kind::YesNo, Kind::Text, Kind::Text]
    );
    let visit = |list: &ListRows, row: usize, name: &str| list.rows[row].subscriber.attributes.get(name).cloned();
    assert_eq!(visit(&found, 0, "last_visit").as_deref(), Some("2026-12-25"));
    assert_eq!(visit(&found, 1, "visits"), None, "n/a is no number");
    let said = read(FILE, list.as_bytes(), &mapping("types: {score: number, citty: text}")).unwrap();
    assert_eq!(
        (visit(&said, 0, "score").as_deref(), visit(&said, 1, "score")),
        (Some("7"), None)
    );
    let told: Vec<String> = said.report.findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "subscribers/patients.yaml: warning: `types:` names `citty`, which no column of the list is called\n  hint: did you mean `city`?",
            "subscribers/patients.csv:3:39: warning: a value in `Score` is not kept: `high` is not what the column holds: numbers\n  \
             hint: write numbers as `12` or `3.5`",
        ]
    );
    let (_, findings) = serde_yaml::from_str::<MappingFile>("types: {score: numbr}")
        .unwrap()
        .check("m.yaml", |_| None);
    assert_eq!(
        findings[0].to_string(),
        "m.yaml: `score` cannot hold `numbr`\n  hint: did you mean `number`?"
    );
}

#[test]
fn a_family_is_one_person_with_all_its_rows() {
    let list = "email,first_name,last_name,city,joined,consent\nlee@example.org,,Lee,Bath,2026-03-01,yes\nx@example.org,X,Y,,,yes\n\
                LEE@example.org,Ann,Lee,Wells,2026-01-01,\nmailto:lee@example.org,Bob,Kim,,,yes\nlee@example.org,Ann,Lee,Bath,,yes\n";
    let list = plain(list.as_bytes());
    let lee = &list.rows[0].subscriber;
    let city = |row: &crate::subscriber::Attributes| row.get("city").cloned().unwrap_or_default();
    assert_eq!(lee.rows.iter().map(city).collect::<Vec<_>>(), ["Bath", "Wells", "", "Bath"]);
    assert_eq!(
        lee.attributes.keys().collect::<Vec<_>>(),
        ["joined"],
        "nothing that not all of them have"
    );
    assert_eq!(lee.attributes["joined"], "2026-01-01");
    assert_eq!((lee.consent.answer, list.rows.len()), (Answer::Unknown, 2));
    let merged: Vec<(usize, usize)> = list.report.merged.iter().map(|merged| (merged.line, merged.into)).collect();
    assert_eq!(merged, [(4, 2), (5, 2), (6, 2)]);
}

#[test]
fn a_thousand_bad_rows_are_all_named_and_twenty_worded() {
    let rows: String = (0..1000).map(|row| format!("nobody{row},x\n")).collect();
    let list = plain(format!("email,city\nann@example.org,Bath\n{rows}").as_bytes());
    assert_eq!((list.report.skipped.len(), list.report.findings.len()), (1000, 20));
    let last: &Finding = &list.report.findings[19];
    assert!(last.text.ends_with("(and in 980 more rows)"), "{last}");
}

#[test]
fn broken_text_is_kept_nowhere() {
    let list = plain("email,first_name,city,consent_source\nzoe@example.org,ZoÃ«,NÃ®mes,cafÃ©\n".as_bytes());
    assert!(list.rows[0].subscriber.attributes.is_empty());
    assert_eq!(list.rows[0].subscriber.consent.source, None);
    assert_eq!(list.report.findings.len(), 2, "{:?}", list.report.findings);
}

#[test]
fn a_reader_may_travel_between_threads() {
    fn travels<T: Send>() {}
    travels::<ListReader<'_>>();
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_are_too_odd(start in proptest::sample::select(vec![&b""[..], b"email,name\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"sep=;\nemail;x\n", b"email\n\"a@b.org"]), rest in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), label in "utf-8|utf-16le|shift_jis|koi8-r|x?") {
        let bytes = [start, &rest].concat();
        let _ = read(FILE, &bytes, &Mapping::default());
        let _ = Table::of(FILE, &bytes, &Mapping::default(), Some(&label));
    }

    #[test]
    fn families_found_by_fingerprint_are_those_found_by_comparing(locals in proptest::collection::vec("[abA]{1,2}| [ab] |mailto:[ab]|<[aB]>|ａ", 1..30)) {
        let rows: String = locals.iter().map(|local| format!("{}@Example.org{}\n", local.trim_end_matches(['>', ' ']), if local.contains('<') { ">" } else { "" })).collect();
        let list = plain(format!("email,city\n{}", rows.replace('\n', ",x\n")).as_bytes());
        let mut seen = std::collections::HashSet::new();
        let expected = rows.lines().filter(|row| seen.insert(crate::address::Address::parse(row).unwrap())).count();
        proptest::prop_assert_eq!(list.rows.len(), expected);
        proptest::prop_assert_eq!(list.rows.len() + list.report.merged.len(), locals.len());
    }
}
