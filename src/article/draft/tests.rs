//! Tests of drafts beyond the labelled texts.

use super::*;

fn draft(file_name: &str, text: &str) -> Draft {
    read(file_name, text.as_bytes()).expect("a draft")
}

const BODY: &str =
    "The year is nearly over, and it has been a good one for most of us. We thank you for your trust and your patience.";

#[test]
fn the_file_is_read_back_as_it_was_made() {
    let hostile = [
        "A \"quoted\": title # with 'marks' \\ and – more",
        "- no: list",
        "*bold* & {curly}",
        "true",
        "1e5",
        "!tag",
        "日本語の題",
    ];
    for title in hostile {
        let draft = draft("a.txt", &format!("{title}\n\n{BODY}\n"));
        let (article, findings) =
            front_matter::read("a.md", &draft.to_file()).unwrap_or_else(|findings| panic!("{title}: {findings:?}"));
        assert_eq!(findings, [], "{title}");
        assert_eq!(
            (&article.title, &article.subject, &article.preheader),
            (&draft.title, &draft.subject, &draft.preheader)
        );
        assert_eq!((&article.id, &article.markdown), (&draft.id, &draft.markdown));
    }
}

#[test]
fn braces_in_a_pasted_title_are_no_template() {
    let draft = draft("a.txt", &format!("Say {{{{ name }}}} aloud\n\n{BODY}\n"));
    assert_eq!(
        (draft.title.as_str(), draft.subject.as_str()),
        ("Say {{ name }} aloud", "Say { { name }} aloud")
    );
    assert!(draft.notes.iter().any(|note| note.text.contains("braces")));
}

#[test]
fn an_own_article_keeps_its_front_matter() {
    let text = format!(
        "---\nid: keep-me\ntitle: T\nsubject: S for {{{{ first_name }}}}\npreheader: {}\nlanguage: en-GB\n---\n\n{BODY}\n",
        "p".repeat(50)
    );
    let draft = draft("x.md", &text);
    assert_eq!(
        (draft.id.as_str(), draft.subject.as_str(), draft.language.as_str()),
        ("keep-me", "S for {{ first_name }}", "en-GB")
    );
    assert_eq!((draft.preheader, draft.notes), ("p".repeat(50), Vec::new()));
}

#[test]
fn file_names_become_titles_when_they_say_something() {
    let check = |name: &str, expected: Option<&str>| assert_eq!(name_as_title(name).as_deref(), expected, "{name}");
    check("desk/winter-feet_v2 (1).txt", Some("Winter feet"));
    check("C:\\Texts\\Kühle Nächte.md", Some("Kühle Nächte"));
    check("article2.txt", None);
    check("2026-03-12.txt", None);
    check("", None);
}

#[test]
fn control_characters_are_said_and_hopeless_files_refused() {
    let draft = read("a.txt", format!("Title\n\n{BODY}\0\n").as_bytes()).expect("a draft");
    assert!(
        draft
            .notes
            .iter()
            .any(|note| note.to_string() == "line 3: left out 1 invisible control character"),
        "{:?}",
        draft.notes
    );
    assert!(read("a.docx", b"PK\x03\x04").is_err() && read("a.txt", b"").is_err() && read("a.md", b"# Title\n").is_err());
}

#[test]
fn braces_in_markdown_are_no_template() {
    // Found by chance: a text with a heading is Markdown, and its braces are those of somebody else's program, or of nobody's.
    for text in [
        "## é\t:\n{% ",
        "# Title\n\nDear {{ name }}, ten quiet minutes a day are enough.\n",
    ] {
        let draft = read("a.md", text.as_bytes()).expect("a draft");
        let read_back = front_matter::read("a.md", &draft.to_file());
        assert!(read_back.is_ok(), "{read_back:?}\n{}", draft.to_file());
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(128))]

    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let _ = read("a.txt", &bytes);
    }

    #[test]
    fn whatever_is_pasted_is_read_back(text in "([A-Za-zé.,:;*_#<>|&{}%-]{1,9}[ \n\t]{1,2}){1,60}") {
        if let Ok(draft) = read("a.txt", text.as_bytes()) {
            let read_back = front_matter::read("a.md", &draft.to_file());
            proptest::prop_assert!(read_back.is_ok(), "{:?}\n{}", read_back, draft.to_file());
        }
    }
}
