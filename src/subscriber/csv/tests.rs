//! Lists as people export them, and what is made of them.

use super::{Delimiter, ListRows, Mapping, MappingFile, read};
use crate::finding::Finding;
use crate::subscriber::consent::Answer;

fn read_with(text: &str, mapping: &Mapping) -> ListRows {
    read("subscribers/patients.csv", text.as_bytes(), mapping).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

/// The findings, whether or not the file is of use.
fn findings_of(text: &str, mapping: &Mapping) -> Vec<Finding> {
    read("subscribers/patients.csv", text.as_bytes(), mapping).map_or_else(|findings| findings, |list| list.report.findings)
}

fn read_plain(text: &str) -> ListRows {
    read_with(text, &Mapping::default())
}

fn mapping(yaml: &str) -> Mapping {
    let file: MappingFile = serde_yaml::from_str(yaml).unwrap();
    let (mapping, findings) = file.check("subscribers/patients.yaml", |_| None);
    assert!(findings.is_empty(), "{findings:?}");
    mapping
}

/// Every person as `line address answer key=value …`.
fn people(list: &ListRows) -> Vec<String> {
    let person = |row: &super::Row| {
        let subscriber = &row.subscriber;
        let cells = subscriber.attributes.iter().map(|(name, value)| format!(" {name}={value}"));
        format!(
            "{} {} {}{}",
            row.line,
            subscriber.address,
            subscriber.consent.answer.as_str(),
            cells.collect::<String>()
        )
    };
    list.rows.iter().map(person).collect()
}

fn findings(list: &ListRows) -> Vec<String> {
    list.report.findings.iter().map(ToString::to_string).collect()
}

/// The findings without file name and hint.
fn told(list: &ListRows) -> Vec<String> {
    let short = |finding: String| {
        finding
            .lines()
            .next()
            .unwrap_or_default()
            .replace("subscribers/patients.csv:", "")
            .replace(" warning: ", " ")
    };
    findings(list).into_iter().map(short).collect()
}

#[test]
fn a_clean_list_has_nothing_to_say() {
    let list = read_plain(
        "email,first_name,last_name,city,joined,consent,consent_date,consent_source,language\nann@example.org,Ann,O'Neill,Bath,2026-01-05,yes,2026-01-04,front desk,en\n",
    );
    assert_eq!(findings(&list), [""; 0]);
    assert_eq!(
        people(&list),
        ["2 ann@example.org yes city=Bath first_name=Ann joined=2026-01-05 language=en last_name=O'Neill"]
    );
    let consent = &list.rows[0].subscriber.consent;
    assert_eq!(
        (consent.date.map(|day| day.to_string()).as_deref(), consent.source.as_deref()),
        (Some("2026-01-04"), Some("front desk"))
    );
    assert!(list.report.tells_consent());
}

#[test]
fn one_list_reads_the_same_in_every_dress() {
    let plain = "email,name,consent\nann@example.org,\"Lee, Ann; \"\"A\"\"|\tB\",yes\nbob@example.org,\"Bob\nB\",no\n";
    let expected = people(&read_plain(plain));
    assert_eq!(expected.len(), 2);
    for delimiter in [',', ';', '\t', '|'] {
        for ending in ["\n", "\r\n", "\r"] {
            for (before, shift) in [
                ("", 0),
                ("\u{feff}", 0),
                (&*format!("sep={delimiter}\n"), 1),
                (&*format!("\u{feff}sep={delimiter}\r\n"), 1),
            ] {
                let mut writer = ::csv::WriterBuilder::new().delimiter(delimiter as u8).from_writer(Vec::new());
                for record in ::csv::ReaderBuilder::new()
                    .has_headers(false)
                    .from_reader(plain.as_bytes())
                    .records()
                {
                    writer.write_record(&record.unwrap()).unwrap();
                }
                let text = before.to_owned() + &String::from_utf8(writer.into_inner().unwrap()).unwrap().replace('\n', ending);
                let mut list = read_plain(&text);
                list.rows.iter_mut().for_each(|row| row.line -= shift);
                assert_eq!(people(&list), expected, "{text:?}");
                assert_eq!(list.report.delimiter.map(Delimiter::as_char), Some(delimiter));
            }
        }
    }
}

#[test]
fn good_rows_are_kept_and_bad_ones_named_by_line_and_column() {
    let list = read_plain(
        "Patient list,,\n\nEmail,Name,Consent\nann@example.org,Ann,yes\nbob.example.org,Bob,yes\n,Carl,yes\n,,\ndora@example.org,\"Dora,yes\nemil@example.org,Emil,yes,,x\nnone@none.com,Fred,yes\nGina,gina@ example.org,yes\nhans@example.org,Ha\0ns,no\nida@example.org,Ida\nTotal: 9,,\n",
    );
    assert_eq!(
        people(&list),
        ["4 ann@example.org yes name=Ann", "13 ida@example.org unknown name=Ida"]
    );
    let skipped: Vec<String> = list
        .report
        .skipped
        .iter()
        .map(|skipped| {
            format!(
                "{} {} {}: {}",
                skipped.line,
                skipped.column.as_deref().unwrap_or("-"),
                skipped.value,
                skipped.reason
            )
        })
        .collect();
    assert_eq!(
        skipped,
        [
            "1 - Patient list,,: the row stands above the line with the column names",
            "5 Email bob.example.org: `b***` is no address: it needs exactly one `@`",
            "6 Email ,Carl,yes: the row has no address",
            "8 - \"Dora,yes: a quote is opened here and not closed",
            "9 - emil@example.org: the row has 5 cells where the header names 3",
            "10 Email none@none.com: `n***@none.com` stands for having no address",
            "11 Email Gina: `G***` is no address: it needs exactly one `@`",
            "12 - hans@example.org: the row has a NUL character, which no text has",
            "14 Email Total: 9,,: the row looks like a footer, not like a person",
        ]
    );
    assert!(
        told(&list).contains(&"8:18: row left out: a quote is opened here and not closed".to_owned()),
        "{:#?}",
        told(&list)
    );
    assert!(
        told(&list).contains(&"13:1: the row has 2 cells where the header names 3; the missing ones count as empty".to_owned())
    );
    assert!(
        list.report
            .findings
            .iter()
            .all(|finding| !finding.is_error() && finding.place.is_some())
    );
}

#[test]
fn a_file_without_addresses_is_an_error_that_says_what_to_do() {
    for (text, expected) in [
        (
            "",
            "subscribers/patients.csv: the list is empty\n  hint: its first line names",
        ),
        ("\n \n,,\n", "subscribers/patients.csv: the list is empty"),
        (
            "Name,Town\nAnn,Bath\n",
            "subscribers/patients.csv:1:1: no column holds the addresses; the columns are `Name`, `Town`\n  hint: name the column `email`",
        ),
        (
            "Emial,Town\na@b.org,Bath\n",
            "subscribers/patients.csv:1:1: no column holds the addresses; the columns are `Emial`, `Town`\n  hint: did you mean `email` by `Emial`?",
        ),
        (
            "ann@example.org,Ann\n",
            "subscribers/patients.csv:1:1: the first line is a person, not the names of the columns\n  hint: add a line",
        ),
        (
            "email\nnobody\n",
            "subscribers/patients.csv: no row of the list has a usable address",
        ),
    ] {
        let findings = findings_of(text, &Mapping::default());
        assert!(findings[0].is_error());
        assert!(findings[0].to_string().starts_with(expected), "{text:?}: {findings:#?}");
    }
    assert_eq!(told(&read_plain("email,name\n")), [" nobody is on this list yet"]);
}

#[test]
fn consent_is_yes_only_by_the_exact_words() {
    let check = |header: &str, row: &str, expected: Answer| {
        let list = read_plain(&format!("email,{header}\nann@example.org,{row}\n"));
        assert_eq!(list.rows[0].subscriber.consent.answer, expected, "{header}: {row}");
    };
    for (header, row, expected) in [
        ("consent", "yes", Answer::Yes),
        ("consent", "", Answer::Unknown),
        ("consent", "n/a", Answer::Unknown),
        ("consent", "maybe", Answer::Unknown),
        ("consent", "no", Answer::No),
        ("consent", "no thanks", Answer::No),
        ("consent", "✗", Answer::No),
        ("consent", "✓", Answer::Unknown),
        ("consent", "WAHR", Answer::Yes),
        ("consent,newsletter", "yes,yes", Answer::Yes),
        ("consent,newsletter", "yes,", Answer::Unknown),
        ("consent,newsletter", ",no", Answer::No),
        ("consent,unsubscribed", "yes,2026-01-01 10:00:00", Answer::No),
        ("consent,unsubscribed", "yes,no", Answer::Yes),
        ("consent,unsub_time", "yes,0000-00-00 00:00:00", Answer::Yes),
        ("consent,deceased", "yes,true", Answer::No),
        ("consent,archived at", "yes,", Answer::Yes),
        ("consent,status", "yes,Deceased", Answer::No),
        ("consent,status", "yes,active", Answer::Yes),
        ("consent,status", ",subscribed", Answer::Unknown),
        ("status", "subscribed", Answer::Yes),
        ("status", "active", Answer::Unknown),
        ("consent basis", "express", Answer::Yes),
        ("consent basis", "implied", Answer::Unknown),
        ("consent,consent basis", ",express", Answer::Unknown),
        ("city", "Bath", Answer::Unknown),
    ] {
        check(header, row, expected);
    }
    let list = read_plain("email,consent\nann@example.org,maybe\nbob@example.org,maybe\ncarl@example.org,\n");
    assert_eq!(
        told(&list),
        ["2:17: `maybe` is neither yes nor no, so it counts as no answer (and in 1 more row)"]
    );
}

#[test]
fn the_same_person_is_one_person_and_the_stricter_consent_stands() {
    let list = read_plain(
        "email,first_name,city,joined,consent\nAnn@Example.org,Ann,,2026-03-01,yes\nbob@example.org,Bob,Bath,,yes\nann@example.org,ANN,Bath,2026-01-01,no\nann@EXAMPLE.org,,Wells,,yes\n",
    );
    assert_eq!(
        people(&list),
        [
            "2 Ann@example.org no city=Bath first_name=Ann joined=2026-01-01",
            "3 bob@example.org yes city=Bath first_name=Bob"
        ]
    );
    assert_eq!(
        list.report
            .merged
            .iter()
            .map(|merged| (merged.line, merged.into))
            .collect::<Vec<_>>(),
        [(4, 2), (5, 2)]
    );
    assert_eq!(
        findings(&list)[0],
        "subscribers/patients.csv:4:1: warning: `a***@example.org` stands on line 2 already; the rows are one person now (and in 1 more row)\n  hint: the rows disagree about consent: the stricter answer counts"
    );
}

#[test]
fn a_family_that_shares_an_address_is_greeted_neutrally() {
    let list = read_plain(
        "email,first_name,last_name,consent\nlee@example.org,Ann,Lee,yes\nlee@example.org,Bob,Lee,yes\nlee@example.org,Ann,Lee,yes\n",
    );
    assert_eq!(people(&list), ["2 lee@example.org yes last_name=Lee"]);
    assert!(findings(&list)[0].contains("greets without a name"), "{:?}", findings(&list));
}

#[test]
fn names_dates_and_attributes_are_read_as_meant() {
    let check = |text: &str, expected: &str| assert_eq!(people(&read_plain(text)), [expected], "{text}");
    check(
        "email,client\nann@example.org,\"Lee, Ann\"",
        "2 ann@example.org unknown first_name=Ann last_name=Lee name=Ann Lee",
    );
    check(
        "email,name\nann@example.org,Dr Ann Lee",
        "2 ann@example.org unknown name=Dr Ann Lee",
    );
    check(
        "email,first name,known as\nann@example.org,Annabel,Ann",
        "2 ann@example.org unknown first_name=Ann",
    );
    check("email,Work email\n,ann@example.org", "2 ann@example.org unknown");
    check(
        "email,first name,known as\nann@example.org,Annabel,",
        "2 ann@example.org unknown first_name=Annabel",
    );
    check("email,first name\nzoe@example.org,ZoÃ«", "2 zoe@example.org unknown");
    check(
        "email,Date added\nann@example.org,5 Jan 2026 10:00",
        "2 ann@example.org unknown joined=2026-01-05",
    );
    check("email,joined\nann@example.org,05/01/2026", "2 ann@example.org unknown");
    check(
        "email,DOB,Notes,Treatment notes\nann@example.org,1980-01-01,x,y",
        "2 ann@example.org unknown",
    );
    check(
        "email,City,city\nann@example.org,,Bath",
        "2 ann@example.org unknown city=Bath",
    );
    check(
        "email,,Status\nann@example.org,lost,gold",
        "2 ann@example.org unknown status=gold",
    );
    check("email\n\"ann@example.org; bob@example.org\"", "2 ann@example.org unknown");
    check("email,home email\n,ann@example.org", "2 ann@example.org unknown");
}

#[test]
fn what_was_done_to_the_columns_is_said() {
    let list = read_plain("email,DOB,Notes,City,city,,joined\nann@gmial.com,1,2,,,lost,05/01/2026\ninfo@example.org,,,,,,\n");
    assert_eq!(
        told(&list),
        [
            "1:1: not kept, because it looks sensitive: `DOB`, `Notes`",
            "1:22: columns `City` and `city` both tell attribute `city`: the first filled one counts",
            "2:1: `a***@gmial.com` looks like a slip of the keyboard for `@gmail.com`",
            "2:21: column 6 has no header, so its values are not kept",
            "2:26: `joined` is left empty: `05/01/2026` may be 2026-01-05 or 2026-05-01",
            "3:1: `i***@example.org` belongs to a desk, not to one person",
        ]
    );
}

#[test]
fn columns_that_say_the_same_are_told_apart() {
    for (header, expected) in [
        (
            "Home email,Email",
            vec!["1:12: columns `Home email` and `Email` both tell email: `Email` counts where it is filled"],
        ),
        (
            "email,consent,newsletter",
            vec!["1:15: columns `consent` and `newsletter` both tell consent: a yes has to stand in both"],
        ),
        (
            "email,name,name",
            vec!["1:12: columns `name` and `name` both tell name: the first filled one counts"],
        ),
        ("email,first name,known as", vec![]),
        ("email,optin_time,confirm_time,opt out,archived", vec![]),
    ] {
        assert_eq!(
            told(&read_plain(&format!("{header}\na@b.org,b@b.org,,,,\n")))[..expected.len()],
            expected,
            "{header}"
        );
    }
}

#[test]
fn a_mapping_decides_what_headers_leave_open() {
    let mapping =
        mapping("{columns: {Kontakt: email, Email: ignore, Notes: notes, Rufname: first_name}, days: day first, delimiter: ';'}");
    let text = "Kontakt;Email;Notes;Rufname;Last visit;joined\nann@example.org;x;likes tea;Ann;05/01/2026;1/2/2026\n";
    let list = read_with(text, &mapping);
    assert_eq!(
        people(&list),
        ["2 ann@example.org unknown first_name=Ann joined=2026-02-01 last_visit=2026-01-05 notes=likes tea"]
    );
    assert_eq!(findings(&list), [""; 0]);
    let findings = read_with("Kontakt;Rufnamen\nann@example.org;Ann", &mapping).report.findings;
    let expected =
        "the list has no column `Rufname`, which its `.yaml` file names; it counts as empty\n  hint: did you mean `Rufnamen`?";
    assert!(
        findings.iter().any(|finding| finding.to_string().ends_with(expected)),
        "{findings:#?}"
    );
    for (yaml, hint) in [
        (
            "columns: {Kontakt: emial}",
            "write `Kontakt: email` for `Kontakt: emial` in `subscribers/patients.yaml`",
        ),
        (
            "columns: {Email: ignore}",
            "take out `Email: ignore` in `subscribers/patients.yaml`",
        ),
    ] {
        let (elsewhere, _) = serde_yaml::from_str::<MappingFile>(yaml).unwrap().check("m.yaml", |_| None);
        let header = yaml.split(['{', ':']).nth(2).unwrap_or_default();
        let findings = findings_of(&format!("{header};Rufname\nann@example.org;Ann"), &elsewhere);
        assert!(findings[0].to_string().ends_with(hint), "{findings:#?}");
    }
    let without = "the list has no column `Kontakt`, which its `.yaml` file names\n  hint: did you mean `Kontakte`?";
    let findings = findings_of("Kontakte;Rufname\nann@example.org;Ann", &mapping);
    assert!(findings[0].to_string().ends_with(without), "{findings:#?}");
}

#[test]
fn the_sample_list_shows_who_is_left_out() {
    let list = read_plain(include_str!("../../../subscribers/patients.csv"));
    assert_eq!(
        told(&list),
        ["20:1: `A***@EXAMPLE.ORG` stands on line 2 already; the rows are one person now"]
    );
    let answers = |wanted| list.rows.iter().filter(|row| row.subscriber.consent.answer == wanted).count();
    assert_eq!(
        (list.rows.len(), list.report.skipped.len(), list.report.merged.len()),
        (25, 0, 1)
    );
    assert_eq!(
        (answers(Answer::Yes), answers(Answer::No), answers(Answer::Unknown)),
        (21, 2, 2)
    );
    let complete = |row: &&super::Row| row.subscriber.attributes.len() == 5 && row.subscriber.joined.is_some();
    assert_eq!(
        list.rows.iter().filter(complete).count(),
        25,
        "first and last name, city, joined, language"
    );
    for row in &list.rows {
        let domain = row.subscriber.address.domain();
        assert!(
            ["example.org", "example.com", "example.net"].contains(&domain) || domain.ends_with(".example"),
            "{domain} is reserved"
        );
    }
}
