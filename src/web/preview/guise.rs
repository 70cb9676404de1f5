//! A letter's HTML in the guise of one view: by day, by night, without pictures; with links that lead nowhere.
//!
//! Promises: what comes out asks nobody for anything: pictures are in it or are boxes with words, links say where they would lead, and
//! what could load or refresh is left out. The rest stays as it is, character for character. That nothing is loaded does not rest on this
//! alone: the page's policy forbids it.

use super::reading::Picture;
use crate::letter::markup::{Kind, Piece, pieces, unescaped, visible};
use data_encoding::BASE64;

/// How a letter is to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guise {
    /// As by night, where the letter has rules for it.
    pub(super) is_dark: bool,
    /// With the pictures that travel in it.
    pub(super) has_pictures: bool,
}

/// A letter in its guise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Dressed {
    pub(super) html: String,
    /// The links, in order: their words, and where they lead.
    pub(super) links: Vec<(String, String)>,
    /// The pictures that a mail program would have to fetch: their words, and where they lie.
    pub(super) hosted: Vec<(String, String)>,
    /// Whether the letter has rules of its own for dark screens.
    pub(super) has_dark_rules: bool,
}

const DARK_QUERY: &str = "prefers-color-scheme";

/// Shows `html` in this guise.
pub(super) fn dress(html: &str, pictures: &[Picture], guise: Guise) -> Dressed {
    let mut dressing = Dressing {
        pictures,
        guise,
        dressed: Dressed {
            has_dark_rules: html.to_ascii_lowercase().contains(DARK_QUERY),
            ..Dressed::default()
        },
        has_head: false,
    };
    let pieces = pieces(html);
    for (index, piece) in pieces.iter().enumerate() {
        dressing.add(piece, &pieces[index + 1..]);
    }
    let mut dressed = dressing.dressed;
    if !dressing.has_head {
        dressed.html.insert_str(0, scheme(&dressed, guise));
    }
    dressed
}

/// Which scheme the ground of the window has: the letter's own where it has rules for both, else that of the day.
fn scheme(dressed: &Dressed, guise: Guise) -> &'static str {
    match guise.is_dark && dressed.has_dark_rules {
        true => "<style>:root{color-scheme:dark!important}</style>",
        false => "<style>:root{color-scheme:light!important}</style>",
    }
}

struct Dressing<'a> {
    pictures: &'a [Picture],
    guise: Guise,
    dressed: Dressed,
    has_head: bool,
}

impl Dressing<'_> {
    fn add(&mut self, piece: &Piece<'_>, rest: &[Piece<'_>]) {
        match piece.kind {
            Kind::Raw => {
                let text = in_scheme(piece.text, self.guise.is_dark);
                self.dressed.html.push_str(&text);
            }
            Kind::Open => self.open(piece, rest),
            Kind::Text | Kind::Close | Kind::Comment => self.dressed.html.push_str(piece.text),
        }
    }

    fn open(&mut self, piece: &Piece<'_>, rest: &[Piece<'_>]) {
        match piece.name().to_ascii_lowercase().as_str() {
            "a" | "area" => self.link(piece, rest),
            "img" => self.picture(piece),
            "base" | "link" => {}
            // What the server says of the text is said by the server; a refresh would lead away.
            "meta" if piece.attribute("http-equiv").is_some() => {}
            "head" => {
                self.dressed.html.push_str(piece.text);
                let scheme = scheme(&self.dressed, self.guise);
                self.dressed.html.push_str(scheme);
                self.has_head = true;
            }
            _ => self.dressed.html.push_str(piece.text),
        }
    }

    fn link(&mut self, piece: &Piece<'_>, rest: &[Piece<'_>]) {
        let Some(target) = piece.attribute("href").filter(|target| !target.trim().starts_with('#')) else {
            return self.dressed.html.push_str(piece.text);
        };
        let inside = rest.iter().take_while(|piece| !piece.is(Kind::Close, "a"));
        let inside: String = inside.map(|piece| words_of(piece)).collect();
        self.dressed.links.push((visible(&inside), unescaped(target)));
        let number = self.dressed.links.len();
        // The value is a part of the tag's own text.
        let start = target.as_ptr().addr() - piece.text.as_ptr().addr();
        let name = 1 + piece.name().len();
        let (before, after) = (&piece.text[name..start], &piece.text[start + target.len()..]);
        let title = target.replace('"', "&quot;");
        let tag = format!(
            "{} title=\"leads to {title}\"{before}#link-{number}{after}",
            &piece.text[..name]
        );
        self.dressed.html.push_str(&tag);
    }

    fn picture(&mut self, piece: &Piece<'_>) {
        let source = unescaped(piece.attribute("src").unwrap_or_default());
        let alt = piece.attribute("alt").unwrap_or_default().to_owned();
        let carried = source
            .strip_prefix("cid:")
            .map(|id| self.pictures.iter().find(|picture| picture.id == id));
        match carried {
            Some(Some(picture)) if self.guise.has_pictures => {
                let data = format!("data:{};base64,{}", picture.kind, BASE64.encode(&picture.bytes));
                let tag = with_source(piece, &data);
                self.dressed.html.push_str(&tag);
            }
            Some(None) => self.put_box(piece, &alt, "is not in the letter"),
            None if !source.is_empty() => {
                self.dressed.hosted.push((unescaped(&alt), source.clone()));
                match self.guise.has_pictures {
                    true => self.put_box(piece, &alt, &format!("from {}, not fetched here", host(&source))),
                    false => self.put_box(piece, &alt, ""),
                }
            }
            Some(Some(_)) | None => self.put_box(piece, &alt, ""),
        }
    }

    /// A box as mail programs show one, with the words for the picture; `alt` is escaped already.
    fn put_box(&mut self, piece: &Piece<'_>, alt: &str, note: &str) {
        let alt = alt.replace(['"', '<', '>'], " ");
        let pixels = |name: &str| {
            piece
                .attribute(name)
                .and_then(|value| value.parse::<u16>().ok())
                .filter(|size| *size > 0)
        };
        let width = pixels("width").map_or_else(String::new, |width| format!("width:{width}px;"));
        let height = pixels("height").map_or(24, |height| height.min(240));
        let note = match (alt.trim().is_empty(), note) {
            (true, "") => "picture without words".to_owned(),
            (_, "") => String::new(),
            (_, note) => format!(" (picture {})", note.replace(['"', '<', '>', '&'], " ")),
        };
        let style = format!(
            "display:inline-block;box-sizing:border-box;max-width:100%;{width}min-height:{height}px;padding:8px;border:1px dashed #767676;\
             background:#ffffff;color:#333333;font:14px/20px sans-serif;vertical-align:top"
        );
        let tag = format!("<span style=\"{style}\">{alt}{note}</span>");
        self.dressed.html.push_str(&tag);
    }
}

/// What a link's inside says: pictures by their words.
fn words_of(piece: &Piece<'_>) -> String {
    match piece.is(Kind::Open, "img") {
        true => format!(" {} ", piece.attribute("alt").unwrap_or_default()),
        false => piece.text.to_owned(),
    }
}

fn with_source(piece: &Piece<'_>, source: &str) -> String {
    let Some(old) = piece.attribute("src").filter(|old| !old.is_empty()) else {
        return piece.text.to_owned();
    };
    let start = old.as_ptr().addr() - piece.text.as_ptr().addr();
    format!("{}{source}{}", &piece.text[..start], &piece.text[start + old.len()..])
}

fn host(address: &str) -> &str {
    let rest = address.split_once("//").map_or(address, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

/// A style sheet whose rules for dark screens hold always, or never, whatever screen looks at it.
fn in_scheme(css: &str, is_dark: bool) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.to_ascii_lowercase().find(DARK_QUERY) {
        let (before, query) = rest.split_at(at);
        let after = &query[DARK_QUERY.len()..];
        let value = after.trim_start().strip_prefix(':').map(str::trim_start);
        let asked = value.and_then(|value| {
            let word = value.split(|c: char| !c.is_ascii_alphabetic()).next()?;
            Some((word.to_ascii_lowercase(), &value[word.len()..]))
        });
        out.push_str(before);
        rest = match asked {
            Some((word, left)) if matches!(word.as_str(), "dark" | "light") => {
                let holds = (word == "dark") == is_dark;
                out.push_str(if holds { "min-width:0" } else { "max-width:0" });
                left
            }
            _ => {
                out.push_str(&query[..DARK_QUERY.len()]);
                after
            }
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{Dressed, Guise, Kind, Picture, dress, in_scheme, pieces};
    use proptest::prelude::*;

    const DAY: Guise = Guise {
        is_dark: false,
        has_pictures: true,
    };

    fn dressed(html: &str, guise: Guise) -> Dressed {
        let picture = Picture {
            id: "h@x".to_owned(),
            kind: "image/gif".to_owned(),
            name: "hands.gif".to_owned(),
            bytes: b"GIF".to_vec(),
        };
        dress(html, &[picture], guise)
    }

    #[test]
    fn links_say_where_they_lead_and_lead_nowhere() {
        let letter = "<p><a class=b href=\"https://clinic.example/a?b=1&amp;c=2\">Read <b>on</b></a> <A HREF=mailto:a@b.example>x</A> \
                      <a href='#top'>up</a></p>";
        let seen = dressed(letter, DAY);
        assert_eq!(
            seen.links,
            [
                ("Read on".to_owned(), "https://clinic.example/a?b=1&c=2".to_owned()),
                ("x".to_owned(), "mailto:a@b.example".to_owned())
            ]
        );
        assert!(
            seen.html.contains("class=b href=\"#link-1\">") && seen.html.contains("HREF=#link-2>"),
            "{}",
            seen.html
        );
        assert!(seen.html.contains("<a href='#top'>up</a>"), "{}", seen.html);
    }

    #[test]
    fn pictures_are_in_the_letter_or_are_boxes() {
        let letter =
            "<img src=\"cid:h@x\" alt=\"Two hands\"><img src=\"https://clinic.example/p.jpg\" alt=\"A park\" width=\"300\">";
        let seen = dressed(letter, DAY);
        assert!(
            seen.html.starts_with("<style>")
                && seen
                    .html
                    .contains("<img src=\"data:image/gif;base64,R0lG\" alt=\"Two hands\">")
        );
        assert!(
            seen.html
                .contains("A park (picture from clinic.example, not fetched here)</span>"),
            "{}",
            seen.html
        );
        assert_eq!(
            seen.hosted,
            [("A park".to_owned(), "https://clinic.example/p.jpg".to_owned())]
        );
        let off = dressed(
            letter,
            Guise {
                has_pictures: false,
                ..DAY
            },
        );
        assert!(
            !off.html.contains("<img") && off.html.contains(">Two hands</span>"),
            "{}",
            off.html
        );
        assert!(
            dressed("<img src=\"cid:other\" alt=\"\">", DAY)
                .html
                .contains("picture is not in the letter")
        );
    }

    #[test]
    fn what_could_lead_away_is_left_out() {
        let letter = "<head><base href=\"//evil.example\"><meta http-equiv=\"refresh\" content=\"0;//evil.example\">\
                      <link rel=stylesheet href=\"//evil.example\"></head>";
        assert!(!dressed(letter, DAY).html.contains("evil"));
    }

    #[test]
    fn dark_rules_hold_where_they_are_asked_for() {
        let css = "@media (Prefers-Color-Scheme : dark) and (max-width: 600px){a{}}@media (prefers-color-scheme:light){b{}}";
        assert_eq!(
            in_scheme(css, true),
            "@media (min-width:0) and (max-width: 600px){a{}}@media (max-width:0){b{}}"
        );
        assert_eq!(
            in_scheme(css, false),
            "@media (max-width:0) and (max-width: 600px){a{}}@media (min-width:0){b{}}"
        );
        assert_eq!(
            in_scheme("a{} /* prefers-color-scheme */", true),
            "a{} /* prefers-color-scheme */"
        );
        let night = Guise { is_dark: true, ..DAY };
        let seen = dressed("<head><style>@media (prefers-color-scheme: dark){}</style></head>", night);
        assert!(
            seen.has_dark_rules && seen.html.starts_with("<head><style>:root{color-scheme:dark!important}"),
            "{}",
            seen.html
        );
    }

    proptest! {
        #[test]
        fn any_html_can_be_dressed(html in "(<(a|img|meta|style|head) ?(href|src|alt)?=?[\"']?[a-z:é#]{0,4}[\"']?/?>?|.{0,8}){0,6}") {
            for is_dark in [false, true] {
                let seen = dressed(&html, Guise { is_dark, has_pictures: false });
                let left = pieces(&seen.html).iter().filter(|piece| piece.is(Kind::Open, "img")).count();
                prop_assert_eq!(left, 0, "{}", seen.html);
            }
        }
    }
}
