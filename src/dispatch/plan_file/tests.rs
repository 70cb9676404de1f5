//! A plan is read as it was written, and every other text is refused at its line.

use super::*;

fn plan() -> PlanFile {
    PlanFile {
        made_at: "2027-01-05T09:00:00Z".parse().unwrap(),
        valid_until: "2027-01-12T09:00:00Z".parse().unwrap(),
        until: Until::Week,
        store: "k7f2m9qwer".to_owned(),
        generation: 3,
        campaign: "t1ps".to_owned(),
        name: "tips".to_owned(),
        article: "sleep".to_owned(),
        title: "All about sleep".to_owned(),
        edition: "t1ps/sleep".to_owned(),
        is_begun: false,
        sources: vec![7; 32],
        parts: [
            ("article.subject".to_owned(), [1; 16]),
            ("template.letter.html".to_owned(), [2; 16]),
        ]
        .into(),
        relay: RelayMark {
            mark: "abcdef".to_owned(),
            shown: "smtp.example.org, port 465".to_owned(),
        },
        held: 1,
        left_out: [("no_consent".to_owned(), 4), ("suppressed".to_owned(), 2)].into(),
        people: (0..40_u8)
            .map(|number| Planned {
                person: [number * 3; 16],
                letter: [number / 2 + 100; 16],
            })
            .collect(),
    }
}

fn damage(text: &str) -> (usize, String) {
    match read(text.as_bytes()) {
        Err(Fault::Damaged { line, what }) => (line, what),
        other => panic!("{other:?} from\n{text}"),
    }
}

#[test]
fn a_plan_is_read_as_it_was_written() {
    let text = plan().to_string();
    assert_eq!(read(text.as_bytes()), Ok(plan()));
    assert_eq!(
        read(text.replace('\n', "\r\n").as_bytes()),
        Ok(plan()),
        "on its way through Windows"
    );
    let empty = PlanFile {
        people: Vec::new(),
        left_out: BTreeMap::new(),
        parts: Parts::new(),
        ..plan()
    };
    assert_eq!(read(empty.to_string().as_bytes()), Ok(empty));
    let broken = PlanFile {
        title: " two\nlines ".to_owned(),
        ..plan()
    };
    assert_eq!(read(broken.to_string().as_bytes()).unwrap().title, "two lines");
}

#[test]
fn every_changed_byte_is_found() {
    let text = plan().to_string().into_bytes();
    for place in 0..text.len() - 1 {
        let mut other = text.clone();
        other[place] = if other[place] == b'7' { b'8' } else { b'7' };
        assert!(
            read(&other).is_err(),
            "byte {place}: {:?}",
            String::from_utf8_lossy(&text[place.saturating_sub(10)..place])
        );
    }
}

#[test]
fn every_line_that_is_gone_or_twice_is_found() {
    let text = plan().to_string();
    let lines: Vec<&str> = text.lines().collect();
    for place in 0..lines.len() {
        let without: Vec<&str> = [&lines[..place], &lines[place + 1..]].concat();
        let twice: Vec<&str> = [&lines[..=place], &lines[place..]].concat();
        for other in [without, twice] {
            assert!(read(other.join("\n").as_bytes()).is_err(), "line {}", place + 1);
        }
    }
}

#[test]
fn a_plan_that_was_cut_off_says_where() {
    let text = plan().to_string();
    let lines: Vec<&str> = text.lines().collect();
    for kept in 1..lines.len() {
        let (line, what) = damage(&lines[..kept].join("\n"));
        assert_eq!(line, kept + 1);
        assert!(what.contains("cut off") || what.contains("is wanted here"), "{what}");
    }
}

#[test]
fn what_is_no_plan_says_so() {
    for text in ["", "hello\n", "{\"editions\": []}", "\u{feff}tidings-plan 2\n"] {
        assert_eq!(read(text.as_bytes()), Err(Fault::Foreign), "{text}");
    }
    assert_eq!(read(b"\xff\xfe\x00"), Err(Fault::Foreign));
    assert_eq!(read(b"tidings-plan 3\nwhatever"), Err(Fault::Newer { found: 3 }));
    assert_eq!(read(b"tidings-plan 1\nwhatever"), Err(Fault::Older { found: 1 }));
    assert_eq!(damage("tidings-plan one\n").0, 1);
    assert_eq!(damage("tidings-plan 0\n").0, 1);
    assert!(matches!(
        read(b"tidings-plan 2\nabout\nmade_at: \xff"),
        Err(Fault::Damaged { line: 3, .. })
    ));
    let swapped = plan().to_string().replace(
        &format!(
            "{} {}\n{} {}\n",
            "00".repeat(16),
            "64".repeat(16),
            "03".repeat(16),
            "64".repeat(16)
        ),
        "",
    );
    assert!(damage(&swapped).1.contains("none that was ever written"));
}
