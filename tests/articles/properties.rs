//! Whatever bytes an article has, in whatever form: no panic, and what becomes a draft is a file that reads back.

use crate::support::stopwatch::Stopwatch;
use proptest::prelude::{ProptestConfig, any, prop_assert};
use proptest::strategy::Strategy;
use tidings::article::draft;
use tidings::article::front_matter;

const NAMES: [&str; 5] = ["a.html", "a.md", "a.txt", "a.docx", "a"];

/// Pieces that readers of pages and documents look for, in no order at all.
const PIECES: [&str; 56] = [
    "<sup>2</sup>",
    "<sub>max</sub>",
    "<td rowspan=3>",
    "<a href='#_ftn1'>[1]</a>",
    "<a href='#cmnt_ref1'>[a]</a>",
    "<div role=dialog>",
    "<p>From: Ann &lt;a@b.example&gt;<br>Subject: Tea</p>",
    "<p>-----Original Message-----</p>",
    "<p>",
    "</p>",
    "<div class='x-share'>",
    "</div>",
    "<ul>",
    "<ol start=9>",
    "<li>",
    "</ul>",
    "<table>",
    "<tr>",
    "<td colspan=99>",
    "<th>",
    "</table>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<a href='/x?utm_a=b&c'>",
    "</a>",
    "<h1>",
    "</h1>",
    "<h2>",
    "<br>",
    "<img src='x.png' alt='a'>",
    "<img src=data:image/png;base64,AAAA>",
    "<pre>",
    "</pre>",
    "<blockquote>",
    "<figure>",
    "<figcaption>",
    "<article>",
    "</article>",
    "<nav>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "&amp;",
    "&#x0;",
    "{{ x }}",
    "{% y %}",
    "words that go on for a while, as prose does in an article of some length ",
    "*",
    "**",
    "_",
    "`",
    "|",
    "\n\n",
];

fn holds(bytes: &[u8]) -> Result<(), String> {
    for name in NAMES {
        let Ok(draft) = draft::read(name, bytes) else { continue };
        let file = draft.to_file();
        front_matter::read("a.md", &file).map_err(|findings| format!("{name}: {findings:?}\n{file}"))?;
        if let Some(parts) = draft.split() {
            for part in parts {
                front_matter::read("a.md", &part.to_file()).map_err(|findings| format!("{name}, split: {findings:?}"))?;
            }
        }
    }
    Ok(())
}

fn document(body: &str) -> Vec<u8> {
    super::packed(&format!(
        "=== word/document.xml\n<w:document><w:body>{body}</w:body></w:document>\n"
    ))
}

proptest::proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_bytes_break_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for name in NAMES {
            let _ = draft::read(name, &bytes);
        }
        let _ = draft::read("a.docx", &[b"PK\x03\x04", bytes.as_slice()].concat());
    }

    #[test]
    fn any_mixture_of_elements_reads_back(pieces in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..60)) {
        let held = holds(pieces.concat().as_bytes());
        prop_assert!(held.is_ok(), "{held:?}\n{}", pieces.concat());
    }

    #[test]
    fn any_mixture_of_word_s_elements_reads_back(pieces in proptest::collection::vec(word_piece(), 0..40)) {
        let held = holds(&document(&pieces.concat()));
        prop_assert!(held.is_ok(), "{held:?}\n{}", pieces.concat());
    }

    #[test]
    fn a_document_cut_or_bent_anywhere_is_a_finding(cut in 0usize..2000, bend in any::<u8>()) {
        let mut bytes = document("<w:p><w:r><w:t>words that go on</w:t></w:r></w:p>");
        let at = cut % bytes.len();
        let _ = draft::read("a.docx", &bytes[..at]);
        bytes[at] ^= bend;
        let _ = draft::read("a.docx", &bytes);
    }
}

fn word_piece() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "<w:p>",
        "</w:p>",
        "<w:r>",
        "</w:r>",
        "<w:t>words of some length, so that it is prose</w:t>",
        "<w:t>*x* # [y] {{ z }}</w:t>",
        "<w:br/>",
        "<w:tab/>",
        "<w:pPr><w:pStyle w:val='Heading1'/></w:pPr>",
        "<w:pPr><w:numPr><w:ilvl w:val='7'/><w:numId w:val='1'/></w:numPr></w:pPr>",
        "<w:tbl>",
        "</w:tbl>",
        "<w:tr>",
        "</w:tr>",
        "<w:tc>",
        "</w:tc>",
        "<w:rPr><w:b/><w:i/></w:rPr>",
        "<w:del>",
        "</w:del>",
        "<w:fldChar w:fldCharType='begin'/>",
        "<w:instrText>HYPERLINK \"https://a.example\"</w:instrText>",
        "<w:fldChar w:fldCharType='separate'/>",
        "<w:fldChar w:fldCharType='end'/>",
        "<w:footnoteReference w:id='1'/>",
        "<w:drawing><w:txbxContent>",
        "</w:txbxContent></w:drawing>",
        "&amp;",
        "&x;",
        "<",
    ])
}

#[test]
fn braces_that_are_parted_do_not_make_a_subject_too_long() {
    let page = format!("<h1>{}{}</h1><p>Words.</p>", "x ".repeat(90), "{{ y }} ".repeat(4));
    assert_eq!(holds(page.as_bytes()), Ok(()));
}

#[test]
fn depth_and_size_do_not_run_away() {
    let deep = "<div>".repeat(100_000);
    let fonts: String = (0..2_000).map(|n| format!("<font size={n}>")).collect();
    let texts = [
        deep.clone() + "words",
        fonts + &"<p>x".repeat(20_000),
        "<b>".repeat(50_000),
        "<table><tr><td>".repeat(20_000),
        "<ul><li>".repeat(500) + "deep words",
        "<blockquote>".repeat(1_500) + "deep words that somebody quoted",
        "&amp;".repeat(100_000),
        "<p>".to_owned() + &"<a href=x>".repeat(20_000),
        "<!--".repeat(50_000),
    ];
    for text in &texts {
        let _ = draft::read("a.html", text.as_bytes());
    }
    assert!(
        draft::read("a.html", deep.as_bytes()).is_err(),
        "a page that nests without end is refused"
    );
    println!("proof| articles | pages made to run away, all ended | {}", texts.len());
}

#[test]
fn marks_without_end_do_not_run_away() {
    const PIECES: [&str; 14] = [
        "{{", "{%", "{#", "{:", "![", "![[", "[^", "^[", "[[", "==", "<b>", "</i>", "> [!x]\n", "<p>x\n\n",
    ];
    let slowest = PIECES.map(|piece| {
        let text = piece.repeat(60_000 / piece.len());
        let began = Stopwatch::start();
        let _ = draft::read("a.md", text.as_bytes());
        began.shows().as_millis()
    });
    let slowest = slowest.iter().max().unwrap();
    println!(
        "proof| articles | 60 KB of marks without end, {} kinds, the slowest in ms | {slowest}",
        PIECES.len()
    );
}

#[test]
fn a_bomb_is_refused_and_other_archives_are_named() {
    let bomb = super::packed(&format!(
        "=== word/document.xml\n<w:document><w:body>{}</w:body></w:document>\n",
        " ".repeat(40_000_000)
    ));
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    let said = |bytes: &[u8]| draft::read("a.docx", bytes).unwrap_err()[0].to_string();
    assert!(said(&bomb).contains("unpacks to more"), "{}", said(&bomb));
    for (part, words) in [
        ("xl/workbook.xml\n<x/>", "an Excel workbook"),
        ("ppt/presentation.xml\n<x/>", "a PowerPoint presentation"),
        ("mimetype\napplication/vnd.oasis.opendocument.text", "an OpenDocument text"),
        ("Index/Document.iwa\nx", "a Pages document"),
        ("readme.txt\nx", "a zip archive"),
    ] {
        let said = said(&super::packed(&format!("=== {part}\n")));
        assert!(said.contains(words), "{said}");
    }
    let good =
        super::packed("=== word/document.xml\n<w:document><w:body><w:p><w:r><w:t>Words</w:t></w:r></w:p></w:body></w:document>\n");
    for cut in (0..good.len()).step_by(7) {
        assert!(draft::read("a.docx", &good[..cut]).is_err());
    }
    assert!(said(&super::packed("=== word/document.xml\n<w:document><w:bo\n")).contains("damaged"));
}
