//! HTML and CSS that big mail programs do not show, from facts in `data/support.csv` with their source and date.
//!
//! Looked at is what every mail program gets: not what stands in `@media` or `@supports`, which adds to it, and not what stands in
//! comments for Outlook. Selectors need no support: styles are written into the elements before a letter leaves.

use super::css::{self, Part, Placed};
use super::reading::{Reading, is_blind};
use super::report::Report;
use super::words::rows;
use crate::letter::markup::{self, Kind, Piece};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// A feature: its kind, its name, and its value where it is one of a property.
type Feature<'t> = (&'t str, &'t str, &'t str);

/// A feature, and who does not show it.
struct Fact {
    feature: Feature<'static>,
    missing_in: Vec<&'static str>,
}

/// What loses content or layout where it is not known.
static FACTS: LazyLock<HashMap<Feature<'static>, Fact>> = LazyLock::new(|| {
    let facts = rows(include_str!("data/support.csv")).filter_map(|line| {
        let mut cells = line.split(',');
        let (kind, name, value, weight) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
        let missing_in = cells.next()?.split('|').collect();
        let feature = (kind, name, value);
        (weight == "look").then_some((feature, Fact { feature, missing_in }))
    });
    facts.collect()
});

/// What a template's file, and an article's pictures, ask of mail programs.
struct Desk<'r, 't> {
    report: &'r mut Report<'t>,
    /// What was found already: one finding a feature.
    told: HashSet<Feature<'static>>,
    /// Whether the file holds another way for Outlook, whose conditional comments nobody else reads.
    has_another_way: bool,
    /// The names of variables that the style sheet sets: they are resolved before a letter leaves.
    variables: HashSet<String>,
}

/// What a template's file asks of mail programs.
pub(super) fn of_template(report: &mut Report<'_>, html: &str) {
    let pieces = markup::pieces(html);
    let mut desk = Desk {
        report,
        told: HashSet::new(),
        has_another_way: html.contains("<!--[if mso") || html.contains("<!--[if (gte mso") || html.contains("<!--[if !mso"),
        variables: HashSet::new(),
    };
    desk.variables = pieces
        .iter()
        .filter(|piece| piece.kind == Kind::Raw)
        .flat_map(|piece| set_variables(piece.text))
        .collect();
    let mut is_style = false;
    for piece in &pieces {
        match piece.kind {
            Kind::Open => {
                desk.element(piece);
                is_style = piece.is(Kind::Open, "style");
            }
            Kind::Raw if is_style => css::sheet(piece.text)
                .iter()
                .for_each(|placed| desk.part(placed, piece.range.start)),
            _ => {}
        }
    }
}

/// What an article's pictures ask of mail programs.
pub(super) fn of_article(report: &mut Report<'_>, reading: &Reading) {
    let mut desk = Desk {
        report,
        told: HashSet::new(),
        has_another_way: false,
        variables: HashSet::new(),
    };
    for picture in &reading.pictures {
        desk.picture(&picture.target, picture.offset);
    }
}

fn set_variables(css: &str) -> Vec<String> {
    let names = css::sheet(css).into_iter().filter_map(|placed| match placed.part {
        Part::Declaration { property, .. } if property.starts_with("--") => Some(property.to_owned()),
        _ => None,
    });
    names.collect()
}

impl Desk<'_, '_> {
    fn element(&mut self, piece: &Piece<'_>) {
        let name = piece.name().to_ascii_lowercase();
        let at = piece.range.start;
        self.ask("element", &name, "", at, || format!("`<{name}>`"));
        for attribute in ["srcset", "hidden", "popover"] {
            if piece.attribute(attribute).is_some() {
                self.ask("attribute", attribute, "", at, || format!("the attribute `{attribute}`"));
            }
        }
        if name == "img" {
            self.picture(piece.attribute("src").unwrap_or(""), at);
        }
        if let Some(style) = piece.attribute("style") {
            let inside = piece.text.find(style).unwrap_or(0);
            css::declarations(style)
                .iter()
                .for_each(|placed| self.part(placed, at + inside));
        }
    }

    fn picture(&mut self, target: &str, at: usize) {
        if target.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("data:")) {
            return self.ask("picture", "data:", "", at, || {
                "a picture inside the address (`data:`)".to_owned()
            });
        }
        let path = target.split(['?', '#']).next().unwrap_or("");
        let ending = path
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_ascii_lowercase())
            .unwrap_or_default();
        self.ask("picture", &ending, "", at, || format!("a picture of the kind `.{ending}`"));
    }

    fn part(&mut self, placed: &Placed<'_>, from: usize) {
        let at = from + placed.offset;
        match placed.part {
            Part::At { name, .. } => self.ask("at", &name.to_ascii_lowercase(), "", at, || format!("`@{name}`")),
            // What only some programs get adds to what all of them get.
            _ if placed.around.is_some() => {}
            Part::Selectors(selectors) => {
                for pseudo in ["::before", "::after", ":before", ":after", ":checked", ":target"] {
                    if selectors.to_ascii_lowercase().contains(pseudo) {
                        self.ask("selector", pseudo, "", at, || format!("`{pseudo}`"));
                        break;
                    }
                }
            }
            Part::Declaration { property, value, .. } => {
                self.declaration(&property.to_ascii_lowercase(), &value.to_ascii_lowercase(), at);
            }
        }
    }

    fn declaration(&mut self, property: &str, value: &str, at: usize) {
        if value.contains(is_blind) || property.starts_with("--") {
            return;
        }
        // What a program does not know and what says that there is nothing are the same.
        if !matches!(
            value,
            "none" | "static" | "auto" | "normal" | "initial" | "unset" | "visible" | "0"
        ) {
            self.ask("property", property, "", at, || format!("`{property}`"));
        }
        if property == "background" && value.contains("url(") {
            self.ask("property", "background-image", "", at, || "`background-image`".to_owned());
        }
        self.ask("value", property, value.trim(), at, || format!("`{property}: {value}`"));
        for (function, inside) in functions(value) {
            let is_set = function == "var" && self.variables.contains(inside.split([',', ')']).next().unwrap_or("").trim());
            if !is_set {
                self.ask("function", function, "", at, || format!("`{function}()`"));
            }
        }
        for unit in units(value) {
            self.ask("unit", unit, "", at, || format!("the unit `{unit}`"));
        }
    }

    /// Tells of a feature, if there is something to tell and it was not told.
    fn ask(&mut self, kind: &str, name: &str, value: &str, at: usize, what: impl FnOnce() -> String) {
        let Some(fact) = fact((kind, name, value)) else { return };
        if self.has_another_way && fact.missing_in == ["Outlook for Windows"] {
            return;
        }
        if self.told.insert(fact.feature) {
            let programs = listed(&fact.missing_in);
            let text = format!("{} is not shown by {programs}", what());
            let hint = "look at the letter without it: `tidings preview`; if it is good enough, accept it: `accept: [support]` in campaign.yaml";
            self.report.warn("support", at, text, hint);
        }
    }
}

fn fact<'f>(feature: Feature<'f>) -> Option<&'f Fact> {
    let facts: &'f HashMap<Feature<'f>, Fact> = &FACTS;
    facts.get(&feature)
}

/// `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// The functions of a value, each with what follows its bracket.
fn functions(value: &str) -> impl Iterator<Item = (&str, &str)> {
    value.match_indices('(').map(|(at, _)| {
        let before = &value[..at];
        let start = before
            .rfind(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .map_or(0, |last| last + before[last..].chars().next().map_or(1, char::len_utf8));
        (&before[start..], &value[at + 1..])
    })
}

/// The units of a value's numbers.
fn units(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '/' | '+' | '*'))
        .filter_map(|part| {
            let number = part.trim_start_matches(['-', '+']);
            let digits = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
            (digits > 0).then(|| &number[digits..])
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(html: &str) -> Vec<String> {
        let mut report = Report::of("templates/letter.html", html, 1);
        of_template(&mut report, html);
        report
            .findings()
            .into_iter()
            .map(|finding| format!("{} {}", finding.place.unwrap(), finding.text))
            .collect()
    }

    #[test]
    fn what_programs_do_not_show_is_told_once_with_its_first_line() {
        for (html, found) in [
            (
                "<style>\n.a { display: flex }\n.b { display:flex }</style>",
                "2:6 `display: flex` is not shown by Outlook for Windows",
            ),
            (
                "<p style=\"position: absolute\">",
                "1:11 `position` is not shown by Gmail and Outlook for Windows",
            ),
            (
                "<video src=a></video>",
                "1:1 `<video>` is not shown by Gmail, Outlook for Windows, Outlook.com and Yahoo",
            ),
            (
                "<script>x</script>",
                "1:1 `<script>` is not shown by Gmail, Outlook for Windows, Outlook.com, Apple Mail, Yahoo and Samsung Email",
            ),
            (
                "<img src=\"a.webp?x\">",
                "1:1 a picture of the kind `.webp` is not shown by Outlook for Windows",
            ),
            (
                "<p style='color:rgba(0,0,0,.5)'>",
                "1:11 `rgba()` is not shown by Outlook for Windows",
            ),
            (
                "<p style='width: calc(1px + 2px)'>",
                "1:11 `calc()` is not shown by Outlook for Windows, Outlook.com and Yahoo",
            ),
            (
                "<p style='color: var(--x)'>",
                "1:11 `var()` is not shown by Gmail, Outlook for Windows, Outlook.com and Yahoo",
            ),
            (
                "<p style='font-size: 1.2rem'>",
                "1:11 the unit `rem` is not shown by Outlook for Windows and Yahoo",
            ),
            (
                "<style>p::before{content:'x'}</style>",
                "1:8 `::before` is not shown by Gmail, Outlook for Windows and Yahoo",
            ),
            (
                "<style>@import url(a.css);</style>",
                "1:8 `@import` is not shown by Outlook for Windows, Apple Mail, Yahoo and Samsung Email",
            ),
        ] {
            let told = told(html);
            assert!(
                told.len() == 1 && (told[0] == found || found.contains("@import")),
                "{html}: {told:?}"
            );
        }
    }

    #[test]
    fn what_adds_to_a_letter_or_has_another_way_is_left_alone() {
        for html in [
            "<style>@media (max-width: 1px) { .a { display: flex; position: absolute } }</style>",
            "<!--[if mso]><v:rect style=\"position:absolute\"><video></video><![endif]--><p style=\"background-image:url(a.png)\">",
            "<p style=\"position: static; border-radius: 4px; box-shadow: 0 0 1px #000; max-width: 600px; color: {{ x }}\">",
            "<style>:root{--x:#fff} p{color:var(--x)}</style>",
            "<p>display: flex; position: absolute</p>",
            "<img src=\"a.png\"><img src=\"b.jpg?x=.webp\">",
        ] {
            let html = super::super::reading::blinded(html);
            assert_eq!(told(&html), [""; 0], "{html}");
        }
    }

    #[test]
    fn the_facts_can_be_read() {
        assert!(FACTS.len() > 80, "{}", FACTS.len());
        for line in rows(include_str!("data/support.csv")) {
            assert_eq!(line.split(',').count(), 7, "{line}");
        }
    }
}
