//! The text part made from the HTML template, where a template has no `.txt` of its own.
//!
//! Promises: every link's target stands behind its words; hidden parts stay out; every Tera tag is kept. It is made once per edition
//! and is a template itself, so a person's letter costs one small render.

use crate::letter::layout::Guarded;
use crate::letter::markup::{self, Kind, Piece};
use memchr::memchr_iter;

const WIDTH: usize = 72;

/// The text template of a guarded HTML template whose article is a tag.
///
/// # Errors
/// When the HTML cannot be read.
pub(crate) fn template(guarded: &Guarded) -> Result<String, String> {
    let html = readable(&guarded.html);
    let text = html2text::config::plain_no_decorate()
        .link_footnotes(false)
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), WIDTH)
        .map_err(|error| error.to_string())?;
    Ok(guarded.restored(&tidy(&text)))
}

/// The HTML as text wants it: layout tables are plain blocks, links say where they lead, what is hidden is gone.
fn readable(html: &str) -> String {
    let mut readable = String::with_capacity(html.len());
    let mut hidden: Option<(String, usize)> = None;
    let mut links: Vec<(&str, usize)> = Vec::new();
    for piece in markup::pieces(html) {
        if hidden.as_ref().is_some_and(|(name, _)| ends_unclosed(name, &piece)) {
            hidden = None;
        }
        match &mut hidden {
            Some((name, depth)) => {
                *depth += usize::from(piece.is(Kind::Open, name));
                *depth -= usize::from(piece.is(Kind::Close, name));
                if *depth == 0 {
                    hidden = None;
                }
            }
            // Nothing stands in a picture, so nothing has to end it.
            None if is_hidden(&piece) && markup::is_void(piece.name()) => {}
            None if is_hidden(&piece) => hidden = Some((piece.name().to_owned(), 1)),
            None => show(&piece, &mut readable, &mut links),
        }
    }
    readable
}

fn show<'t>(piece: &Piece<'t>, readable: &mut String, links: &mut Vec<(&'t str, usize)>) {
    match piece.kind {
        Kind::Comment | Kind::Raw => {}
        Kind::Open if piece.is(Kind::Open, "a") => links.push((piece.attribute("href").unwrap_or(""), readable.len())),
        Kind::Close if piece.is(Kind::Close, "a") => {
            let (target, from) = links.pop().unwrap_or(("", readable.len()));
            let target = spoken(target);
            if !target.is_empty() && readable[from..].trim() != target {
                readable.push_str(&format!(" ({target})"));
            }
        }
        Kind::Open if is_table_part(piece.name()) => readable.push_str("<div>"),
        Kind::Close if is_table_part(piece.name()) => readable.push_str("</div>"),
        _ => readable.push_str(piece.text),
    }
}

/// A link's target as a person would type it.
fn spoken(target: &str) -> &str {
    match target.strip_prefix("mailto:") {
        Some(mailbox) => mailbox.split('?').next().unwrap_or(mailbox),
        None if target.starts_with('#') => "",
        None => target,
    }
}

fn is_table_part(name: &str) -> bool {
    ["table", "thead", "tbody", "tfoot", "tr", "td", "th"]
        .iter()
        .any(|part| name.eq_ignore_ascii_case(part))
}

/// Whether a piece ends a hidden element that need not be closed: a head ends where the page begins, a paragraph where the next block does.
fn ends_unclosed(hidden: &str, piece: &Piece<'_>) -> bool {
    let is_one_of = |names: &[&str]| names.iter().any(|name| piece.name().eq_ignore_ascii_case(name));
    let in_head = [
        "title", "meta", "link", "style", "script", "base", "noscript", "template", "head",
    ];
    let blocks = [
        "p",
        "div",
        "table",
        "ul",
        "ol",
        "li",
        "td",
        "th",
        "tr",
        "blockquote",
        "hr",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "center",
        "body",
    ];
    match piece.kind {
        Kind::Open if hidden.eq_ignore_ascii_case("head") => !is_one_of(&in_head),
        Kind::Open if hidden.eq_ignore_ascii_case("p") => is_one_of(&blocks),
        Kind::Close if hidden.eq_ignore_ascii_case("p") => is_one_of(&blocks) && !piece.is(Kind::Close, "p"),
        _ => false,
    }
}

/// `<head>`, and what readers never see: the preheader with its padding.
fn is_hidden(piece: &Piece<'_>) -> bool {
    let style = piece.attribute("style").unwrap_or("").replace(' ', "");
    let class = piece.attribute("class").unwrap_or("");
    piece.is(Kind::Open, "head")
        || piece.kind == Kind::Open && (style.contains("display:none") || class.split(' ').any(|class| class == "preheader"))
}

/// No blanks at a line's end (but `-- `, which cuts off a signature), never more than one empty line, none at the ends.
pub(crate) fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len() + 1);
    let (mut empty_lines, mut start) = (0, 0);
    for end in memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        let line = &text[start..end];
        start = end + 1;
        let line = if line == "-- " { line } else { line.trim_end() };
        if line.is_empty() {
            empty_lines += 1;
            continue;
        }
        if !tidy.is_empty() {
            tidy.push_str(if empty_lines > 0 { "\n\n" } else { "\n" });
        }
        empty_lines = 0;
        tidy.push_str(line);
    }
    tidy.push('\n');
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::constants::{Constants, Ground};
    use crate::letter::layout::{Part, guard};
    use crate::template::{TemplateFile, TemplateSource};

    fn check(html: &str, expected: &str) {
        let files = vec![TemplateFile {
            name: "letter.html".to_owned(),
            text: html.to_owned(),
        }];
        let source = TemplateSource {
            name: "letter".to_owned(),
            files,
        };
        let mut guarded = guard(&source, &Constants::default(), Ground::Text);
        guarded.with_part_tag(Part::Body, "{{ article.text }}");
        assert_eq!(template(&guarded).unwrap(), expected, "{html}");
    }

    #[test]
    fn links_say_where_they_lead() {
        check(
            "<p>Read <a href=\"https://riverside.example/a?b=1\">more</a>.</p>",
            "Read more (https://riverside.example/a?b=1).\n",
        );
        check(
            "<a href=\"{{ unsubscribe.link }}\">Leave</a>",
            "Leave ({{ unsubscribe.link }})\n",
        );
        check(
            "<a href=\"mailto:a@riverside.example?subject=x\">a@riverside.example</a>",
            "a@riverside.example\n",
        );
        check(
            "<a href=\"mailto:{{ clinic.contact }}\">{{ clinic.contact }}</a>",
            "{{ clinic.contact }}\n",
        );
    }

    #[test]
    fn hidden_parts_stay_out_and_tables_are_blocks() {
        check(
            "<head><title>{{ article.title }}</title><style>p{}</style></head><div style=\"display: none\">pre<div>x</div>&zwnj;</div>\
             <table><tbody>{% if city %}<tr><td>{{ city }}</td><td>two</td></tr>{% endif %}</tbody></table><!--[if mso]><p>x</p><![endif]-->",
            "{% if city %}\n{{ city }}\ntwo\n{% endif %}\n",
        );
    }

    #[test]
    fn what_is_never_closed_hides_nothing_behind_it() {
        for hidden in [
            "<img src=\"a.png\" alt=\"\" style=\"display:none\">",
            "<img class=\"preheader\" alt=\"\"/>",
            "<br style=\"display: none\">",
            "<hr style=\"display:none\">",
            "<INPUT type=\"hidden\" style=\"display:none\">",
            "<p style=\"display:none\">pre",
            "<head><title>x</title><meta name=\"a\">",
            "<head><title>x</title><body>",
        ] {
            check(&format!("{hidden}<div>{{{{ article.html }}}}</div>"), "{{ article.text }}\n");
        }
    }

    #[test]
    fn the_article_is_its_own_text() {
        check(
            "<h1>{{ article.title }}</h1><div>{{ article.html }}</div>",
            "# {{ article.title }}\n\n{{ article.text }}\n",
        );
    }

    #[test]
    fn a_text_is_tidied_without_touching_a_signature() {
        assert_eq!(tidy("\n\na  \n\n\n\nb\n-- \nc\n\n"), "a\n\nb\n-- \nc\n");
        assert_eq!(tidy(""), "\n");
    }
}
