//! What holds for lists that chance invents: the order of the columns, the separator, the encoding and the kind of file tell nothing
//! about people, and more rows change nobody's place.

use super::{laws, sheet};
use proptest::prelude::Strategy;
use tidings::subscriber::csv::{ListRows, Mapping};

const HEADER: [&str; 5] = ["email", "first_name", "city", "consent", "visits"];

/// People as a clinic's program would export them: a few addresses, so that some are shared.
fn people() -> impl Strategy<Value = Vec<Vec<String>>> {
    let person = (
        "[a-d]{1,2}@[ab]\\.example|no address|",
        "[A-Zäöé]?[a-zñß'. -]{0,8}",
        "[a-zÄ,;|\"\n\t ]{0,10}",
        "yes|no|maybe||TRUE",
        "[0-9]{0,3}",
    );
    let cells = person.prop_map(|(email, name, city, consent, visits)| vec![email, name, city, consent, visits]);
    proptest::collection::vec(cells, 0..12)
}

/// A text file of the rows below the header, its columns in this order.
fn text(rows: &[Vec<String>], order: &[usize], delimiter: u8, ending: csv::Terminator) -> String {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(ending)
        .from_writer(Vec::new());
    writer.write_record(order.iter().map(|column| HEADER[*column])).unwrap();
    for row in rows {
        writer.write_record(order.iter().map(|column| &row[*column])).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn plain(rows: &[Vec<String>]) -> String {
    text(rows, &[0, 1, 2, 3, 4], b',', csv::Terminator::Any(b'\n'))
}

fn read(bytes: &[u8]) -> ListRows {
    let list = laws::hold(bytes, &Mapping::default()).unwrap_or_else(|broken| panic!("{broken}"));
    list.unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// Who is on a list, wherever they stand on it.
fn who(list: &ListRows) -> Vec<&tidings::subscriber::Subscriber> {
    list.rows.iter().map(|row| &row.subscriber).collect()
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(96))]

    #[test]
    fn the_order_of_the_columns_tells_nothing(rows in people(), order in proptest::strategy::Just([0, 1, 2, 3, 4]).prop_shuffle()) {
        let (list, shuffled) = (plain(&rows), text(&rows, &order, b',', csv::Terminator::Any(b'\n')));
        assert_eq!(who(&read(list.as_bytes())), who(&read(shuffled.as_bytes())));
    }

    #[test]
    fn the_dress_tells_nothing(rows in people(), delimiter in proptest::sample::select(vec![b',', b';', b'\t', b'|']), windows: bool) {
        let list = plain(&rows);
        let ending = if windows { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let dressed = text(&rows, &[0, 1, 2, 3, 4], delimiter, ending);
        let wanted = read(list.as_bytes());
        let marked = format!("\u{feff}{dressed}");
        for bytes in [dressed.clone().into_bytes(), marked.into_bytes()] {
            let list = read(&bytes);
            assert_eq!(who(&list), who(&wanted));
            assert_eq!(list.report.skipped.len(), wanted.report.skipped.len());
        }
        // Where nothing is beyond Latin-1, the same as Windows-1252 was written.
        let latin: Vec<u8> = dressed.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let mut mapping = Mapping::default();
        mapping.encoding = Some("windows-1252".to_owned());
        assert_eq!(who(&laws::hold(&latin, &mapping).unwrap().unwrap()), who(&wanted));
    }

    #[test]
    fn a_workbook_says_the_same_as_a_text(rows in people()) {
        let header = HEADER.map(str::to_owned).to_vec();
        let all: Vec<Vec<String>> = std::iter::once(header).chain(rows.iter().cloned()).collect();
        let (list, book) = (plain(&rows), sheet::around(&sheet::of_texts(&all)));
        assert_eq!(who(&read(&book)), who(&read(list.as_bytes())));
    }

    #[test]
    fn more_rows_change_nobodys_place(rows in people(), more in people()) {
        let all: Vec<Vec<String>> = rows.iter().chain(&more).cloned().collect();
        let (before, after) = (read(plain(&rows).as_bytes()), read(plain(&all).as_bytes()));
        let places = |list: &ListRows| -> Vec<(usize, String)> {
            list.rows.iter().map(|row| (row.line, row.subscriber.address.to_string())).collect()
        };
        let (before, after) = (places(&before), places(&after));
        assert_eq!(before, after[..before.len()]);
    }

    #[test]
    fn whatever_bytes_there_are_the_laws_hold(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let bytes = [b"email,name\r\n".as_slice(), &bytes].concat();
        assert_eq!(laws::hold(&bytes, &Mapping::default()).err(), None);
    }

    #[test]
    fn whatever_a_sheet_holds_the_laws_hold(xml in "(<(row|c|v|is|t|sheetData)( (r=\"[A-Z]{0,3}[0-9]{0,8}\"|t=\"(s|n|b|e|d|str|inlineStr)\"|s=\"[0-9]\")){0,2}>|</(row|c|v|is|t|sheetData)>|[a-z@.,0-9]{0,6}){0,40}") {
        let sheet = format!("<worksheet><sheetData>{xml}</sheetData></worksheet>");
        assert_eq!(laws::hold(&sheet::around(sheet.as_bytes()), &Mapping::default()).err(), None);
    }
}
