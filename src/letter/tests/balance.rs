//! A template that has lost a tag, or the article: what is said, and where.

use super::{BARE, SHIPPED, recipient, sources};
use crate::article::image::Image;
use crate::finding::Finding;
use crate::letter::Sources;
use crate::letter::compile::compile;
use crate::letter::markup::{self, Kind};

fn said(sources: &Sources) -> Vec<String> {
    let ann = recipient("ann@example.org", &[("first_name", "Ann")]);
    let Ok(edition) = compile(sources) else { return Vec::new() };
    let found = edition.looked_over(Some(&ann)).into_iter();
    let ours = |finding: &Finding| {
        let name = finding.name.map_or("", |name| name.as_str());
        name.starts_with("tag-") || name == "article-missing"
    };
    let shown = |finding: Finding| {
        let place = finding.place.map(|place| place.line.to_string()).unwrap_or_default();
        format!("{}:{place} {}", finding.file, finding.name.unwrap())
    };
    found.filter(ours).map(shown).collect()
}

fn design(name: &str, files: &[(&str, &str)]) -> Sources {
    let mut sources = sources(
        files,
        "hi",
        "One.\n\n## Two\n\nText.\n\n## Three\n\n| a | b |\n|---|---|\n| c | d |",
    );
    sources.template.name = name.to_owned();
    sources
}

#[test]
fn every_closing_tag_that_a_shipped_design_loses_is_missed() {
    let mut tried = 0;
    for name in ["letter", "magazine"] {
        let whole = design(name, SHIPPED);
        assert_eq!(said(&whole), [""; 0], "{name}");
        for (index, (file, text)) in SHIPPED.iter().enumerate().filter(|(_, (file, _))| file.ends_with(".html")) {
            let used = whole.template.uses(file);
            let closes = markup::pieces(text).into_iter().filter(|piece| piece.kind == Kind::Close);
            for piece in closes.filter(|piece| used && !["p", "body", "html", "head", "tbody"].contains(&piece.name())) {
                let torn = format!("{}{}", &text[..piece.range.start], &text[piece.range.end..]);
                let mut files = SHIPPED.to_vec();
                files[index].1 = &torn;
                let mut torn = design(name, &files);
                let mut found = said(&torn);
                torn.look.logo = Image::read("logo.gif", b"GIF89a\x20\0\x10\0\0\0\0\x2c\0\0\0\0\x20\0\x10\0\0x").ok();
                found.extend(said(&torn));
                // The designs say a title once that is the campaign's too.
                torn.campaign_title.clone_from(&torn.article.title);
                found.extend(said(&torn));
                let seen = found.iter().any(|finding| finding.ends_with(" tag-unclosed"));
                assert!(
                    seen,
                    "{name}: {file} without {} at {}: {found:?}",
                    piece.text, piece.range.start
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 40, "closing tags taken out: {tried}");
}

#[test]
fn a_lost_tag_is_missed_where_it_was_opened() {
    for (html, found) in [
        ("<p>\n<h1>Title{A}", "templates/letter.html:2 tag-unclosed"),
        ("<h1>Title</h1></h1>{A}", "templates/letter.html:1 tag-stray"),
        ("<table>\n<tr>\n<td>{A}</tr></table>", "templates/letter.html:3 tag-unclosed"),
        (
            "<table>\n<tr><td>{A}</td></tr></td></table>",
            "templates/letter.html:2 tag-stray",
        ),
        ("\n<div><div>{A}</div>", "templates/letter.html:2 tag-unclosed"),
        (
            "<head>\n<style>p { color: #222222 }</head><body>{A}</body>",
            "templates/letter.html:2 tag-unclosed",
        ),
        (
            "<p>\n<a href=\"https://riverside.example/\">us{A}",
            "templates/letter.html:2 tag-unclosed",
        ),
        (
            "\n\n<!--[if mso]><table><tr><td>{A}<!--[if mso]></td></tr></table><![endif]-->",
            "templates/letter.html:3 tag-unclosed",
        ),
        (
            "<!--[if mso]>\n<table><tr><td><![endif]-->{A}<!--[if mso]></td></tr><![endif]-->",
            "templates/letter.html:2 tag-unclosed",
        ),
        (
            "<!--[if !mso]><!--><p>a</p>\n<!--<![endif]-->{A}<![endif]-->",
            "templates/letter.html:2 tag-stray",
        ),
        ("<!--[if !mso]><!--><p>a</p>{A}", "templates/letter.html:1 tag-unclosed"),
        (
            "{% if first_name %}\n<b>{% endif %}{A}",
            "templates/letter.html:2 tag-unclosed",
        ),
        ("{A}\n<!-- a note", "templates/letter.html:2 tag-unclosed"),
    ] {
        let html = html.replace("{A}", BARE);
        let said = said(&design("letter", &[("letter.html", &html)]));
        assert!(said.iter().any(|said| said == found), "{html}: {said:?}");
    }
}

#[test]
fn what_is_whole_is_left_alone() {
    for html in [
        "<ul><li>one<li>two</ul>{A}",
        "<p>one<p>two{A}",
        "<br><hr><img src=\"https://riverside.example/a.png\" alt=\"\">{A}",
        "{% if city %}<div class=\"a\">{% else %}<div>{% endif %}{A}</div>",
        "{% include \"a.html\" %}{A}{% include \"b.html\" %}",
        "<!--[if mso]><v:roundrect href=\"x\"><w:anchorlock/><center>a</center></v:roundrect><![endif]-->{A}",
        "<!--[if !mso]><!--><table><tr><td><!--<![endif]-->{A}<!--[if !mso]> <!--></td></tr></table><!--<![endif]-->",
        "<!--[if (gte mso 9)|(IE)]><table><tr><td><![endif]-->{A}<!--[if (gte mso 9)|(IE)]></td></tr></table><![endif]-->",
        "<!-- <p> and <table> -->{A}",
        "{# <table> #}{A}",
        "{% for x in [1, 2] %}<table><tr><td>{{ x }}</td></tr></table>{% endfor %}{A}",
        "<svg><path d=\"M0\"/></svg>{A}",
        "<p title=\"<b>\">a</p>{A}",
        "<STYLE>a > b {}</style>{A}",
    ] {
        let html = html.replace("{A}", BARE);
        let files = [
            ("letter.html", html.as_str()),
            ("a.html", "<table><tbody><tr><td>"),
            ("b.html", "</td></tr></tbody></table>"),
        ];
        assert_eq!(said(&design("letter", &files)), [""; 0], "{html}");
    }
}

#[test]
fn a_template_without_the_article_is_refused_and_yet_compiles() {
    let without = BARE.replace("{{ article.html }}", "");
    let hidden = BARE.replace("{{ article.html }}", "<!-- {{ article.html }} -->");
    for (html, text, found) in [
        (&without, None, &["templates/letter.html: article-missing"][..]),
        (&hidden, None, &["templates/letter.html: article-missing"]),
        (&BARE.to_owned(), Some("hi"), &["templates/letter.txt: article-missing"]),
        (&BARE.to_owned(), Some("{{ article.text }}"), &[]),
        (&BARE.replace("article.html", "article.sections | safe"), None, &[]),
        (&BARE.replace("article.html", "article[\"html\"]"), None, &[]),
    ] {
        let mut files = vec![("letter.html", html.as_str())];
        files.extend(text.map(|text| ("letter.txt", text)));
        let sources = design("letter", &files);
        let edition = compile(&sources).expect("what was released goes on");
        assert!(!edition.warnings().iter().any(Finding::is_error));
        assert_eq!(said(&sources), found, "{html}");
    }
}
