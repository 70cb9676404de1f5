//! Whether the words of a finished letter can be read: their colour on what lies behind them, by day and in the dark, and their size.
//!
//! Reads the styles that stand in the elements, as mail programs do; for the dark also the rules of `@media (prefers-color-scheme:
//! dark)` whose selectors are elements, classes and ids. What depends on more than that is not judged.

use super::colour::{BLACK, Colour, WHITE};
use super::dark::Dark;
use super::report::shown;
use super::shape::at_words;
use super::tree::{self, Element};
use crate::finding::Finding;
use crate::letter::markup;
use crate::template::TemplateSource;
use std::collections::BTreeMap;

/// The least that small text needs (WCAG 1.4.3), and large text: 24 px, or bold from 18.66 px on.
const SMALL: f64 = 4.5;
const LARGE: f64 = 3.0;
/// Smaller text is hard to read on a phone.
const SMALLEST_TEXT: f64 = 14.0;
/// The dark that mail programs show where a letter says nothing.
const NIGHT: &str = "#1b1f1c";

/// How text looks at some place of a letter.
#[derive(Debug, Clone)]
struct Look {
    /// `None` where it cannot be known.
    colour: Option<Colour>,
    ground: Option<Colour>,
    size: f64,
    bold: bool,
    hidden: bool,
    /// The element with a class around it, or else the innermost.
    element: String,
    class: String,
}

/// A kind of text that is hard to read: its colours, and whether it is large.
type Pair = (String, String, bool);

/// Where text stands: its words, and the element around them that bears a class, or else the innermost.
#[derive(Debug, Clone, PartialEq)]
struct Spot {
    words: String,
    element: String,
    class: String,
}

/// What a finished letter was made from, for naming the places of what is found in it.
pub(super) struct Made<'a> {
    pub(super) template: &'a TemplateSource,
    /// The article as text.
    pub(super) article: &'a str,
}

impl Made<'_> {
    /// The words of a spot where they are everybody's; else its element: a finding names no person.
    fn shown(&self, spot: &Spot) -> String {
        let words = spot.words.trim();
        if self.is_template(words) || self.article.contains(words) {
            return shown(words, 40);
        }
        match spot.class.as_str() {
            "" => format!("<{}>", spot.element),
            class => format!("<{} class=\"{}\">", spot.element, shown(class, 40)),
        }
    }

    fn is_template(&self, words: &str) -> bool {
        self.template.files.iter().any(|file| file.text.contains(words))
    }

    /// A warning at the template's line of a spot.
    fn warning(&self, spot: &Spot, name: &'static str, text: String, hint: &str) -> Finding {
        let finding = Finding::warning(format!("templates/{}", self.template.html_name()), text);
        let class = format!("class=\"{}\"", spot.class);
        let needle = match spot.words.trim() {
            words if self.is_template(words) => words,
            _ if spot.class.is_empty() => "",
            _ => &class,
        };
        at_words(self.template, needle, finding.called(name).hint(hint))
    }

    fn poor(&self, name: &'static str, (colour, ground, large): &Pair, ratio: f64, spot: &Spot) -> Finding {
        let wanted = if *large { LARGE } else { SMALL };
        let (when, hint) = match name {
            "contrast" => ("", "take a darker colour for the words, or a lighter one behind them"),
            _ => (
                "in the dark, ",
                "take a lighter colour for the words in `@media (prefers-color-scheme: dark)`, or a darker one behind them",
            ),
        };
        let text = format!(
            "{when}`{}` is hard to read: {colour} on {ground} has a contrast of {:.1}, at least {wanted} is wanted",
            self.shown(spot),
            (ratio * 10.0).floor() / 10.0
        );
        self.warning(spot, name, text, hint)
    }
}

/// Text that is hard to read: the first of each kind.
pub(super) fn of(made: &Made<'_>, html: &str) -> Vec<Finding> {
    let (pairs, small) = looked_at(html, None);
    let mut findings: Vec<Finding> = pairs
        .iter()
        .map(|(pair, (ratio, spot))| made.poor("contrast", pair, *ratio, spot))
        .collect();
    if let Some((size, spot)) = small {
        let text = format!("`{}` is {size:.0} px high, hard to read on a phone", made.shown(&spot));
        let hint = format!("give it `font-size: {SMALLEST_TEXT}px` or more; 16 px is what most letters have");
        findings.push(made.warning(&spot, "small-text", text, &hint));
    }
    if let Some(dark) = Dark::of(html) {
        let (pairs, _) = looked_at(html, Some(&dark));
        findings.extend(
            pairs
                .iter()
                .map(|(pair, (ratio, spot))| made.poor("contrast-dark", pair, *ratio, spot)),
        );
    }
    findings
}

type Poor = BTreeMap<Pair, (f64, Spot)>;

fn looked_at(html: &str, dark: Option<&Dark<'_>>) -> (Poor, Option<(f64, Spot)>) {
    let mut pairs = Poor::new();
    let mut small: Option<(f64, Spot)> = None;
    let night = dark.and_then(|_| Colour::parse(NIGHT));
    let outermost = Look {
        colour: Some(if dark.is_some() { WHITE } else { BLACK }),
        ground: Some(night.unwrap_or(WHITE)),
        size: 16.0,
        bold: false,
        hidden: false,
        element: "body".to_owned(),
        class: String::new(),
    };
    let opened = |open: &[(Element<'_>, Look)], element: &Element<'_>, around: &Look| inside(open, element, around, dark);
    let text = |look: &Look, text: &str| {
        if look.hidden || text.trim().is_empty() {
            return;
        }
        let words = markup::unescaped(text);
        if words.chars().filter(|c| c.is_alphanumeric()).count() == 0 {
            return;
        }
        let spot = || Spot {
            words: words.clone(),
            element: look.element.clone(),
            class: look.class.clone(),
        };
        if look.size < SMALLEST_TEXT && small.as_ref().is_none_or(|(size, _)| look.size < *size) {
            small = Some((look.size, spot()));
        }
        let (Some(colour), Some(ground)) = (look.colour, look.ground) else {
            return;
        };
        let colour = colour.over(ground);
        let large = look.size >= 24.0 || look.bold && look.size >= 18.66;
        let ratio = colour.contrast(ground);
        // Measured as it is shown: 4.47 is not 4.5.
        if ratio < if large { LARGE } else { SMALL } && pairs.len() < 50 {
            pairs
                .entry((colour.to_string(), ground.to_string(), large))
                .or_insert((ratio, spot()));
        }
    };
    tree::walk(html, outermost, opened, text);
    (pairs, small)
}

/// How text looks inside `element`.
fn inside<'t>(open: &[(Element<'t>, Look)], element: &Element<'t>, around: &Look, dark: Option<&Dark<'_>>) -> Look {
    let in_the_dark = dark
        .map(|dark| dark.declarations(&open.iter().map(|(element, _)| element), element))
        .unwrap_or_default();
    let styled = |property: &str| in_the_dark.get(property).copied().or_else(|| element.styled(property));
    let attribute = |name: &str| element.piece.attribute(name);
    let mut look = around.clone();
    let class = attribute("class").unwrap_or("").trim();
    if !class.is_empty() || look.class.is_empty() {
        look.element.clone_from(&element.name);
        class.clone_into(&mut look.class);
    }
    // A link that says nothing of its colour is blue wherever it stands.
    if element.name == "a" && attribute("href").is_some() && dark.is_none() {
        look.colour = Colour::parse("#0000ee");
    }
    if let Some(colour) = styled("color").or_else(|| attribute("color").filter(|_| element.name == "font")) {
        look.colour = match colour.trim().to_ascii_lowercase().as_str() {
            "inherit" | "currentcolor" => around.colour,
            colour => Colour::parse(colour).map(|colour| around.ground.map_or(colour, |ground| colour.over(ground))),
        };
    }
    if let Some(ground) = ground(&styled).or_else(|| attribute("bgcolor").map(|colour| Ground::Colour(colour.to_owned()))) {
        look.ground = match ground {
            Ground::Colour(colour) => Colour::parse(&colour).and_then(|colour| Some(colour.over(around.ground?))),
            Ground::Unknown => None,
        };
    }
    if let Some(size) = styled("font-size")
        .or_else(|| styled("font").and_then(size_in))
        .and_then(|size| pixels(size, around.size))
    {
        look.size = size;
    } else {
        look.size = match element.name.as_str() {
            "h1" => 32.0,
            "h2" => 24.0,
            "h3" => 18.72,
            "small" | "sub" | "sup" => around.size * 0.84,
            _ => around.size,
        };
    }
    if matches!(
        element.name.as_str(),
        "b" | "strong" | "th" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
    ) {
        look.bold = true;
    }
    if let Some(weight) = styled("font-weight") {
        look.bold = match weight.trim() {
            "bold" | "bolder" => true,
            weight => weight.parse::<u32>().is_ok_and(|weight| weight >= 700),
        };
    }
    let hides = styled("display").is_some_and(|display| display.trim() == "none")
        || styled("visibility").is_some_and(|seen| seen.trim() == "hidden");
    look.hidden |= hides || styled("mso-hide").is_some() || matches!(element.name.as_str(), "head" | "title" | "style" | "script");
    look
}

enum Ground {
    Colour(String),
    Unknown,
}

/// What lies behind an element's words: a colour, or a picture that nobody knows here.
fn ground<'s>(styled: &impl Fn(&str) -> Option<&'s str>) -> Option<Ground> {
    let colour = styled("background-color").filter(|colour| !matches!(colour.trim(), "inherit" | "initial" | "unset"));
    if let Some(colour) = colour {
        return Some(Ground::Colour(colour.to_owned()));
    }
    let background = styled("background")?.to_ascii_lowercase();
    if background.contains("gradient") || background.contains("url(") {
        return Some(Ground::Unknown);
    }
    if background.trim() == "none" {
        return None;
    }
    let whole = background.trim();
    let first = whole.split_whitespace().next().unwrap_or("");
    let colour = if whole.contains('(') { whole } else { first };
    Some(Ground::Colour(colour.to_owned()))
}

/// The size in a `font: bold 14px/1.5 Arial`.
fn size_in(font: &str) -> Option<&str> {
    font.split([' ', '/']).find(|part| {
        part.starts_with(|c: char| c.is_ascii_digit()) && part.ends_with(|c: char| c.is_ascii_alphabetic() || c == '%')
    })
}

fn pixels(size: &str, around: f64) -> Option<f64> {
    let size = size.trim().to_ascii_lowercase();
    let end = size.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(size.len());
    let number = size[..end].parse::<f64>().ok();
    match (&size[end..], number) {
        ("px", Some(number)) => Some(number),
        ("pt", Some(number)) => Some(number * 4.0 / 3.0),
        ("em", Some(number)) => Some(number * around),
        ("rem", Some(number)) => Some(number * 16.0),
        ("%", Some(number)) => Some(number / 100.0 * around),
        ("", Some(0.0)) => Some(0.0),
        ("small", None) => Some(13.0),
        ("x-small", None) => Some(10.0),
        ("smaller", None) => Some(around * 0.84),
        ("medium", None) => Some(16.0),
        ("large", None) => Some(18.0),
        ("x-large", None) => Some(24.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Made, TemplateSource, of};

    fn names(html: &str) -> Vec<String> {
        let files = vec![crate::template::TemplateFile {
            name: "letter.html".to_owned(),
            text: html.replace("Ann", "{{ first_name }}"),
        }];
        let name = "letter".to_owned();
        let template = TemplateSource { name, files };
        let made = Made {
            template: &template,
            article: "",
        };
        of(&made, html)
            .iter()
            .map(|finding| format!("{} {}", finding.name.unwrap(), finding.text))
            .collect()
    }

    #[test]
    fn words_that_are_hard_to_read_are_found() {
        for (html, found) in [
            (
                "<p style=\"color:#777\">grey</p>",
                "contrast `grey` is hard to read: #777777 on #ffffff has a contrast of 4.4, at least 4.5 is wanted",
            ),
            (
                "<div style=\"background:#777\"><p style='color:white'>a<i>b</i></p></div>",
                "contrast `a` is hard to read: #ffffff on #777777 has a contrast of 4.4, at least 4.5 is wanted",
            ),
            (
                "<table bgcolor=\"#000080\"><tr><td>navy</td></tr></table>",
                "contrast `navy` is hard to read: #000000 on #000080 has a contrast of 1.3, at least 4.5 is wanted",
            ),
            (
                "<h1 style=\"color:#aaa\">large</h1>",
                "contrast `large` is hard to read: #aaaaaa on #ffffff has a contrast of 2.3, at least 3 is wanted",
            ),
            (
                "<p style=\"color:rgba(0,0,0,.3)\">faint</p>",
                "contrast `faint` is hard to read: #b3b3b3 on #ffffff has a contrast of 2.1, at least 4.5 is wanted",
            ),
            (
                "<p style=\"background:#000080\"><a href=\"x\">link</a></p>",
                "contrast `link` is hard to read: #0000ee on #000080 has a contrast of 1.7, at least 4.5 is wanted",
            ),
            (
                "<p style=\"font-size:12px\">small</p>",
                "small-text `small` is 12 px high, hard to read on a phone",
            ),
            (
                "<p style=\"font:italic 10pt/1.5 Arial\">small</p>",
                "small-text `small` is 13 px high, hard to read on a phone",
            ),
        ] {
            let found_now = names(html);
            assert!(found_now.iter().any(|now| now == found), "{html}: {found_now:#?}");
        }
    }

    #[test]
    fn a_persons_words_are_named_by_their_element() {
        let found = names("<p class=\"lead\" style=\"color:#999\"><b>Dear Ann,</b></p>");
        assert!(
            found.len() == 1 && found[0].starts_with("contrast `<p class=\"lead\">` is hard"),
            "{found:?}"
        );
    }

    #[test]
    fn words_that_can_be_read_or_not_be_judged_are_left_alone() {
        for html in [
            "<p style=\"color:#767676\">a</p>",
            "<h1 style=\"color:#949494\">large</h1>",
            "<p style=\"color:var(--x)\">a</p>",
            "<p style=\"background:url(a.png);color:#fff\">a</p>",
            "<p style=\"display:none;color:#fff;font-size:1px\">a<b>b</b></p>",
            "<div style=\"background:#000\"><div style=\"background:#fff\"><p>a</p></div></div>",
            "<div style=\"background-color:#333;color:#fff\">a<p style=\"background:transparent\">b</p></div>",
            "<p style=\"color:#fff;background:linear-gradient(#000,#333)\">a</p>",
            "<p style=\"color:#fff\">&nbsp;•</p>",
            "</p></div><p>a",
        ] {
            assert_eq!(names(html), [""; 0], "{html}");
        }
    }

    #[test]
    fn the_dark_is_looked_at_where_a_letter_has_one() {
        let sheet = "<style>@media (prefers-color-scheme: dark) { .card { background: #222 !important } .card p.a, h1 { color: #ddd !important } a { color: red } }</style>";
        let html =
            format!("{sheet}<div class=\"card\" style=\"background:#fff\"><p class=\"a\" style=\"color:#333\">well</p></div>");
        assert_eq!(names(&html), [""; 0]);
        let html = format!("{sheet}<div class=\"card\" style=\"background:#fff\"><p style=\"color:#333\">ill</p></div>");
        assert_eq!(
            names(&html),
            ["contrast-dark in the dark, `ill` is hard to read: #333333 on #222222 has a contrast of 1.2, at least 4.5 is wanted"]
        );
    }
}
