//! The shape of a letter, for people who hear it or skim it: language, title, headings, tables that only lay out, paragraphs.

use super::reading::{BlockKind, Reading};
use super::report::{Report, shown};
use crate::finding::Finding;
use crate::letter::markup::{self, Kind, Piece};
use crate::template::TemplateSource;
use std::collections::HashSet;

/// A paragraph of more words is a wall on a phone.
const LONGEST_PARAGRAPH: usize = 180;

/// The headings and paragraphs of an article.
pub(super) fn of_article(report: &mut Report<'_>, reading: &Reading) {
    let mut last: Option<u8> = None;
    for block in &reading.blocks {
        match block.kind {
            BlockKind::Heading(level) => {
                if let Some(last) = last.filter(|last| level > last + 1) {
                    let text = format!(
                        "the heading `{}` is {} steps below the one before it",
                        shown(&block.words, 40),
                        level - last
                    );
                    let hint = format!(
                        "write `{}`: who hears a letter steps through its headings",
                        "#".repeat(usize::from(last) + 1)
                    );
                    report.warn("heading-skipped", block.offset(0), text, hint);
                }
                last = Some(level);
            }
            BlockKind::Paragraph | BlockKind::Quote => {
                let words = block.words.split_whitespace().count();
                if words > LONGEST_PARAGRAPH {
                    let text = format!("a paragraph has {words} words, a wall on a phone");
                    report.warn(
                        "long-paragraph",
                        block.offset(0),
                        text,
                        "put an empty line where a new thought begins",
                    );
                }
            }
            BlockKind::Other => {}
        }
    }
}

/// The tables of a template that only lay out, but do not say so.
pub(super) fn of_template(report: &mut Report<'_>, html: &str) {
    let pieces = markup::pieces(html);
    let mut open: Vec<(usize, bool, bool)> = Vec::new();
    let done = |report: &mut Report<'_>, (offset, says, holds_data): (usize, bool, bool)| {
        if !says && !holds_data {
            let text = "a table lays out the letter and does not say so: who hears the letter hears rows and columns counted";
            report.warn(
                "layout-table",
                offset,
                text,
                "write `<table role=\"presentation\">`; a table of data has `<th>` for its headings",
            );
        }
    };
    for piece in &pieces {
        if piece.is(Kind::Open, "table") {
            let role = piece.attribute("role").unwrap_or("");
            open.push((
                piece.range.start,
                role.eq_ignore_ascii_case("presentation") || role.eq_ignore_ascii_case("none"),
                false,
            ));
        } else if piece.is(Kind::Open, "th") || piece.is(Kind::Open, "caption") {
            if let Some((_, _, holds_data)) = open.last_mut() {
                *holds_data = true;
            }
        } else if piece.is(Kind::Close, "table")
            && let Some(table) = open.pop()
        {
            done(report, table);
        }
    }
    for table in open {
        done(report, table);
    }
}

/// A finished letter, and what it was made from.
pub(super) struct Letter<'a> {
    pub(super) html: &'a str,
    pub(super) language: &'a str,
    pub(super) direction: &'a str,
    pub(super) template: &'a TemplateSource,
}

/// Language, direction, title, first headings and places to jump to of a finished letter.
pub(super) fn of_letter(letter: &Letter<'_>) -> Vec<Finding> {
    let pieces = markup::pieces(letter.html);
    let mut findings = Vec::new();
    findings.extend(language(letter, &pieces));
    findings.extend(title(letter, &pieces));
    findings.extend(first_headings(letter, &pieces));
    findings.extend(dead_anchors(letter, &pieces));
    findings
}

/// A warning about the template, at the first place of it that has `needle`.
fn warning(letter: &Letter<'_>, needle: &str, text: String, name: &'static str, hint: &str) -> Finding {
    at_words(
        letter.template,
        needle,
        Finding::warning(format!("templates/{}", letter.template.html_name()), text)
            .called(name)
            .hint(hint),
    )
}

/// The finding at the first place of the template's files that has `needle`, the template's own file before its parts.
pub(super) fn at_words(template: &TemplateSource, needle: &str, finding: Finding) -> Finding {
    let own = template.html_name();
    let mut files: Vec<_> = template.files.iter().filter(|file| file.name.ends_with(".html")).collect();
    files.sort_by_key(|file| file.name != own);
    let found = files
        .iter()
        .find_map(|file| Some((file, file.text.find(needle).filter(|_| !needle.is_empty())?)));
    match found {
        Some((file, at)) => Finding {
            file: format!("templates/{}", file.name),
            ..finding
        }
        .at(crate::finding::Place::of_offset(&file.text, at)),
        None => finding,
    }
}

fn language(letter: &Letter<'_>, pieces: &[Piece<'_>]) -> Vec<Finding> {
    let page = pieces.iter().find(|piece| piece.is(Kind::Open, "html"));
    let attribute = |name: &str| page.and_then(|page| page.attribute(name)).unwrap_or("").trim();
    let mut findings = Vec::new();
    let (lang, dir) = (attribute("lang"), attribute("dir"));
    if lang.is_empty() {
        let text = "the letter does not say its language, so it is read out in a wrong one".to_owned();
        findings.push(warning(
            letter,
            "<html",
            text,
            "page-language",
            "write `<html lang=\"{{ article.language }}\" dir=\"{{ article.dir }}\">`",
        ));
    } else if !super::words::primary(lang).eq_ignore_ascii_case(&super::words::primary(letter.language)) {
        let text = format!(
            "the letter says that its language is `{}`, and the article's is `{}`",
            shown(lang, 20),
            letter.language
        );
        findings.push(warning(
            letter,
            "<html",
            text,
            "page-language",
            "write `lang=\"{{ article.language }}\"`",
        ));
    }
    let is_wrong = match letter.direction {
        "rtl" => !dir.eq_ignore_ascii_case("rtl"),
        _ => dir.eq_ignore_ascii_case("rtl"),
    };
    if is_wrong {
        let text = format!(
            "the article reads `{}`, and the letter does not: `dir` is `{}`",
            letter.direction,
            shown(dir, 20)
        );
        findings.push(warning(
            letter,
            "<html",
            text,
            "page-direction",
            "write `dir=\"{{ article.dir }}\"` in `<html>`",
        ));
    }
    findings
}

fn title(letter: &Letter<'_>, pieces: &[Piece<'_>]) -> Option<Finding> {
    let has_words = pieces
        .windows(2)
        .any(|pair| pair[0].is(Kind::Open, "title") && pair[1].kind == Kind::Raw && !pair[1].text.trim().is_empty());
    (!has_words).then(|| {
        let text = "the letter has no title, which is what is heard first where it is opened in a window".to_owned();
        warning(
            letter,
            "<head",
            text,
            "page-title",
            "write `<title>{{ article.title }}</title>` in `<head>`",
        )
    })
}

fn first_headings(letter: &Letter<'_>, pieces: &[Piece<'_>]) -> Vec<Finding> {
    let levels: Vec<u8> = pieces
        .iter()
        .filter(|piece| piece.kind == Kind::Open)
        .filter_map(|piece| match piece.name().as_bytes() {
            [b'h' | b'H', level @ b'1'..=b'6'] => Some(level - b'0'),
            _ => None,
        })
        .collect();
    let firsts = levels.iter().filter(|level| **level == 1).count();
    let mut findings = Vec::new();
    if firsts > 1 {
        let text = format!("the letter has {firsts} headings of the first rank (`<h1>`), one is wanted");
        findings.push(warning(
            letter,
            "<h1",
            text,
            "first-heading",
            "keep the `<h1>` of the article's title, and make the others `<h2>` or paragraphs",
        ));
    } else if firsts == 0 {
        let text = "the letter has no heading of the first rank (`<h1>`)".to_owned();
        findings.push(warning(
            letter,
            "{{ article.title",
            text,
            "first-heading",
            "write `<h1>{{ article.title }}</h1>`",
        ));
    }
    findings
}

/// Links to places of the letter that it does not have.
fn dead_anchors(letter: &Letter<'_>, pieces: &[Piece<'_>]) -> Vec<Finding> {
    let opens = || pieces.iter().filter(|piece| piece.kind == Kind::Open);
    let targets: HashSet<&str> = opens()
        .flat_map(|piece| [piece.attribute("id"), piece.attribute("name")])
        .flatten()
        .collect();
    let jumps = opens()
        .filter(|piece| piece.is(Kind::Open, "a"))
        .filter_map(|piece| piece.attribute("href")?.strip_prefix('#'));
    let mut seen = HashSet::new();
    let dead = jumps.filter(|jump| !targets.contains(jump) && seen.insert(*jump)).take(20);
    dead.map(|jump| {
        let text = format!(
            "a link jumps to `#{}`, and no place of the letter is called so",
            shown(jump, 40)
        );
        warning(
            letter,
            &format!("#{jump}"),
            text,
            "link-dead",
            "write `id=\"…\"` at the place it should jump to, or the whole address of a page",
        )
    })
    .collect()
}
