//! Hostile names on every page, in every language: they stay names.

use super::{Forms, Note, Page, View};
use crate::address::Address;
use crate::web::face::Face;
use crate::web::words::Words;
use crate::workspace::settings::Colour;

const PIECES: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onfocus='alert(1)' autofocus='",
    "</title><style>*{display:none}</style>",
    "<!--",
    "]]><svg/onload=alert(1)>",
    "&lt;b&gt;&#60;i&#62;",
    "javascript:alert(1)",
    "{clinic}{{ clinic }}{% raw %}",
    "\u{202e}gnp.eciton\u{2066}",
    "\0\u{8}\r\nSet-Cookie: a=b",
    "</form><form action=//evil.example>",
];

/// 120 names: each piece alone, twice, and inside words.
fn names() -> Vec<String> {
    let shapes: [fn(&str) -> String; 10] = [
        |piece| piece.to_owned(),
        |piece| format!("{piece}{piece}"),
        |piece| format!("Dr {piece} & Sons"),
        |piece| format!("{piece}>"),
        |piece| format!("\"{piece}"),
        |piece| format!("'{piece}'"),
        |piece| format!("<{piece}"),
        |piece| format!("&{piece};"),
        |piece| format!("`{piece}`=/"),
        |piece| format!("{}{piece}", "\u{feff}x"),
    ];
    PIECES.iter().flat_map(|piece| shapes.map(|shape| shape(piece))).collect()
}

fn face(clinic: &str) -> Face {
    Face {
        clinic: clinic.to_owned(),
        contact: Address::parse("hello@riverside.example").unwrap(),
        mailto: Some(Address::parse("le&ave+x@riverside.example").unwrap()),
        colour: Colour::DEFAULT,
        titles: [].into(),
    }
}

fn forms(title: &str) -> Forms<'_> {
    Forms {
        these_stopped: false,
        all_stopped: false,
        lists: vec![(title, title)],
        can_come_back: true,
    }
}

fn views(title: &str) -> Vec<View<'_>> {
    let back = |note| View::ComeBack {
        form: title.to_owned(),
        others: vec![(title, title)],
        note,
    };
    vec![
        View::Ask(forms(title)),
        View::TickFirst(forms(title)),
        View::OneClick,
        View::TheseDone(forms(title)),
        View::AllDone(forms(title)),
        View::SomeDone(forms(title)),
        back(None),
        back(Some(Note::TooLate)),
        back(Some(Note::TickFirst)),
        View::CameBack,
        View::WriteToUs,
        View::Sample,
        View::Wrong,
        View::Busy,
        View::Odd,
    ]
}

/// The markup alone: every tag with the names of its attributes.
fn skeleton(html: &str) -> Vec<String> {
    let tags = html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap());
    tags.map(|tag| tag.split('"').step_by(2).collect::<Vec<_>>().join("\"\""))
        .collect()
}

fn all_pages(name: &str) -> Vec<String> {
    let face = face(name);
    let languages = ["en", "ar"].map(|tag| Words::choose([tag], None));
    let pages = languages
        .into_iter()
        .flat_map(|words| views(name).into_iter().map(move |view| (words, view)));
    pages
        .map(|(words, view)| {
            Page {
                face: &face,
                words,
                view,
            }
            .render()
        })
        .collect()
}

#[test]
fn hostile_names_stay_names() {
    let plain: Vec<Vec<String>> = all_pages("Riverside").iter().map(|page| skeleton(page)).collect();
    let names = names();
    assert_eq!(names.len(), 120);
    for name in &names {
        for (page, plain) in all_pages(name).iter().zip(&plain) {
            assert_eq!(skeleton(page), *plain, "{name:?}");
            assert!(!page.contains(['\0', '\u{8}', '\r', '\u{202e}', '\u{2066}']), "{name:?}");
        }
    }
}

#[test]
fn every_page_has_one_heading_and_a_label_for_each_box() {
    for page in all_pages("Riverside") {
        let count = |part: &str| page.matches(part).count();
        assert_eq!((count("<h1>"), count("</h1>"), count("<main>")), (1, 1, 1), "{page}");
        assert_eq!(count("type=\"checkbox\""), count("<label>"), "{page}");
        assert_eq!(count(" checked"), 0, "no box is ticked by us: {page}");
        assert_eq!(count("<form method=\"post\">"), count("<form"), "{page}");
    }
}

#[test]
fn a_mailbox_is_a_link_that_says_it_whole() {
    let page = all_pages("Riverside")
        .into_iter()
        .find(|page| page.contains("mailto:le"))
        .unwrap();
    assert!(
        page.contains("href=\"mailto:le%26ave%2Bx@riverside.example?subject=unsubscribe\">le&amp;ave+x@"),
        "{page}"
    );
}
