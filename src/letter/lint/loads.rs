//! What a template loads from elsewhere, and what its addresses tell of the reader: either says who opens which letter, and when.
//!
//! Promises: every way to load that mail programs know is looked at: attributes, style sheets, Outlook's own comments. Knows nothing of
//! pictures in articles, which have rules of their own.

use super::hosts::{self, Own};
use super::report::{Report, shown};
use crate::letter::markup::{self, Kind, Piece};
use crate::template::tags;
use std::collections::BTreeSet;

/// Attributes whose address is fetched when a letter is opened.
const LOADING: &[&str] = &[
    "src",
    "srcset",
    "poster",
    "background",
    "data",
    "lowsrc",
    "dynsrc",
    "xlink:href",
];

/// Values that are the same in everybody's letter, or made for addresses.
const OF_ALL: &[&str] = &["article", "campaign", "clinic", "look", "loop", "unsubscribe", "words"];

/// When an address is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// When the letter is opened.
    Opened,
    /// The same, as a picture: the rules for pictures say whose it may be.
    Shown,
    /// When somebody presses it.
    Pressed,
}

/// An address and the byte at which it stands.
#[derive(Debug, PartialEq, Eq)]
struct Address {
    at: usize,
    text: String,
    asked: Asked,
}

/// Everything that the addresses of a template's file give away; `blinded` is `text` without its tags, `set` what the template names itself.
pub(super) fn of_template(report: &mut Report<'_>, (text, blinded): (&str, &str), own: &Own, set: &BTreeSet<&str>) {
    for address in addresses(blinded, 0) {
        if address.asked == Asked::Opened {
            from_elsewhere(report, &address, own);
        }
        of_the_reader(report, text, &address, set);
    }
}

fn from_elsewhere(report: &mut Report<'_>, address: &Address, own: &Own) {
    let Some(host) = hosts::of_any(&address.text).filter(|host| !own.owns(host)) else {
        return;
    };
    let text = format!(
        "opening the letter fetches something from `{}`, which learns who opens it, and when",
        shown(&host, 80)
    );
    let hint = "take it away, or put it on the clinic's own web site and name that in tidings.yaml: `look: {images: https://…/}`";
    report.refuse("load-other-host", address.at, text, hint);
}

/// A value of the reader's inside an address; a column that is an address by itself is the owner's own doing.
fn of_the_reader(report: &mut Report<'_>, text: &str, address: &Address, set: &BTreeSet<&str>) {
    let written = text.get(address.at..address.at + address.text.len()).unwrap_or("");
    if ["mailto:", "tel:", "sms:", "#"]
        .iter()
        .any(|scheme| written.trim_start().starts_with(scheme))
    {
        return;
    }
    let personal = tags::tags(written).into_iter().find(|tag| {
        let is_whole = tag.range.len() == written.trim().len();
        tag.kind == tags::Kind::Expression && !is_whole && !is_of_all(tag.inside(written), set)
    });
    let Some(tag) = personal else { return };
    let value = shown(&written[tag.range.clone()], 40);
    match address.asked {
        Asked::Opened | Asked::Shown => report.refuse(
            "link-personal",
            address.at,
            format!("an address that the letter fetches by itself tells who the reader is: `{value}`"),
            "take it out: that is how readers are watched, and whoever is on a clinic's list is a patient",
        ),
        Asked::Pressed => report.warn(
            "link-personal",
            address.at,
            format!("a link tells the page who the reader is: `{value}`"),
            "addresses are written down on the way, by the page and by browsers: let people say themselves who they are",
        ),
    }
}

/// The names that files of a template set by themselves, or take out of lists: those are no columns.
pub(super) fn names_set<'t>(texts: impl Iterator<Item = &'t str>) -> BTreeSet<&'t str> {
    let mut names = BTreeSet::new();
    for text in texts {
        for tag in tags::tags(text) {
            let each = tag
                .inside(text)
                .strip_prefix("for ")
                .map(|rest| rest.split(" in ").next().unwrap_or(""));
            names.extend(tag.sets(text));
            names.extend(each.into_iter().flat_map(|each| each.split(',')).map(str::trim));
        }
    }
    names
}

/// Whether a value is the same for all: the program's own, or one that the template sets.
fn is_of_all(inside: &str, set: &BTreeSet<&str>) -> bool {
    let root = inside
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .next()
        .unwrap_or("");
    root.is_empty() || OF_ALL.contains(&root) || set.contains(root)
}

/// The addresses of `html`, which begins at byte `from` of its file.
fn addresses(html: &str, from: usize) -> Vec<Address> {
    let mut found = Vec::new();
    for piece in markup::pieces(html) {
        let at = from + piece.range.start;
        match piece.kind {
            Kind::Open => of_element(&piece, at, &mut found),
            Kind::Raw => of_css(piece.text, at, &mut found),
            // `<!--[if mso]> … <![endif]-->` is read by Outlook.
            Kind::Comment if piece.text.starts_with("<!--[if") => {
                let inner = piece.text.find("]>").map_or(piece.text.len(), |end| end + 2);
                found.extend(addresses(&piece.text[inner..], at + inner));
            }
            _ => {}
        }
    }
    found
}

fn of_element(piece: &Piece<'_>, at: usize, found: &mut Vec<Address>) {
    let name = piece.name().to_ascii_lowercase();
    // A value is a part of its element's text, unless there is none.
    let place = |value: &str| at + (value.as_ptr() as usize).saturating_sub(piece.text.as_ptr() as usize);
    let mut note = |value: &str, asked| {
        if !value.is_empty() {
            let (at, text) = (place(value), value.to_owned());
            found.push(Address { at, text, asked });
        }
    };
    for attribute in LOADING {
        match piece.attribute(attribute) {
            Some(value) if *attribute == "srcset" => {
                let each = value.split(',').filter_map(|one| one.split_whitespace().next());
                each.for_each(|one| note(one, Asked::Opened));
            }
            Some(value) if *attribute == "src" && name == "img" => note(value, Asked::Shown),
            Some(value) => note(value, Asked::Opened),
            None => {}
        }
    }
    for (attribute, asked) in [
        ("href", if name == "link" { Asked::Opened } else { Asked::Pressed }),
        ("action", Asked::Pressed),
        ("formaction", Asked::Pressed),
    ] {
        if let Some(value) = piece.attribute(attribute) {
            note(value, asked);
        }
    }
    if let Some(style) = piece.attribute("style") {
        of_css(style, place(style), found);
    }
}

/// `url(…)` and `@import "…"`.
fn of_css(css: &str, from: usize, found: &mut Vec<Address>) {
    let lower = css.to_ascii_lowercase();
    for opening in ["url(", "@import"] {
        for (at, _) in lower.match_indices(opening) {
            let rest = &css[at + opening.len()..];
            let value = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
            let end = value.find(['"', '\'', ')', ';', '}']).unwrap_or(value.len());
            let start = css.len() - value.len();
            if !value[..end].trim().is_empty() && !value.starts_with("url(") {
                found.push(Address {
                    at: from + start,
                    text: value[..end].to_owned(),
                    asked: Asked::Opened,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::lint::reading::blinded;

    fn told(html: &str) -> Vec<String> {
        let blind = blinded(html);
        let mut report = Report::of("a.html", &blind, 1);
        of_template(&mut report, (html, &blind), &Own::default(), &names_set([html].into_iter()));
        let findings = report.findings().into_iter();
        findings
            .map(|finding| {
                format!(
                    "{} {} {}",
                    finding.place.unwrap(),
                    finding.name.unwrap().as_str(),
                    finding.is_error()
                )
            })
            .collect()
    }

    #[test]
    fn whatever_is_fetched_from_elsewhere_is_refused() {
        for html in [
            "<td background=\"https://evil.example/a.png\">",
            "<p style=\"background-image:url(https://evil.example/a.png)\">",
            "<style>@font-face{src:url('//evil.example/f')}</style>",
            "<style>@media (max-width:1px){p{background:URL(\"https://evil.example/\")}}</style>",
            "<style>@import \"https://evil.example/a.css\";</style>",
            "<style>@import url(https://evil.example/a.css);</style>",
            "<!--[if mso]><v:image src=\"https://evil.example/a.png\"/><![endif]-->",
            "<link rel=\"stylesheet\" href=\"https://evil.example/a.css\">",
            "<img srcset=\"https://evil.example/a.png 2x\">",
            "<video poster=\"https://evil.example/{{ article.id }}.png\">",
            "<iframe src=\"https://evil.example\">",
        ] {
            let told = told(html);
            assert_eq!(told.len(), 1, "{html}: {told:?}");
            assert!(told[0].ends_with("load-other-host true"), "{html}: {told:?}");
        }
        for html in [
            "<a href=\"https://evil.example/\">x</a><!-- <img src=\"https://evil.example\"> -->",
            "<p style=\"background:url(cid:a)\">url(https://evil.example)</p>",
            "<img src=\"{{ look.logo }}\"><td background=\"{{ look.logo }}\">",
        ] {
            assert_eq!(told(html), Vec::<String>::new(), "{html}");
        }
    }

    #[test]
    fn an_address_that_tells_who_the_reader_is_is_told() {
        assert_eq!(
            told("<p>\n<img src=\"https://riverside.example/p.png?u={{ email }}\">"),
            ["2:11 link-personal true"]
        );
        assert_eq!(
            told("<a href=\"https://riverside.example/?n={{ first_name }}\">x</a>"),
            ["1:10 link-personal false"]
        );
        for html in [
            "<a href=\"{{ booking_link }}\">x</a>",
            "<a href=\"mailto:{{ clinic.contact }}?subject={{ first_name }}\">x</a>",
            "<a href=\"{{ unsubscribe.url }}?l={{ article.language }}\">x</a>",
            "<a href=\"#s{{ loop.index }}\">x</a>",
            "{% for place in [1, 2] %}<a href=\"https://riverside.example/{{ place }}\">x</a>{% endfor %}",
            "{% set page = \"a\" %}<a href=\"https://riverside.example/{{ page }}\">x</a>",
        ] {
            assert_eq!(told(html), Vec::<String>::new(), "{html}");
        }
    }
}
