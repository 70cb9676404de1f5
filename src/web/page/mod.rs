//! The pages: markup in which nothing that anybody wrote can become markup.
//!
//! Promises: whatever is not ours goes in as text or as an attribute's value, and both escape; characters that cannot be seen are left
//! out; a page carries its own style and asks for nothing else. Knows nothing of requests and of the store.

mod style;
mod views;

#[cfg(test)]
mod tests;

pub(super) use style::style;
pub(super) use views::{Forms, Note, Page, View};

use aws_lc_rs::digest;
use data_encoding::BASE64;

/// Markup under construction.
#[derive(Debug, Default)]
pub(super) struct Html(pub(super) String);

impl Html {
    /// Markup of ours.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Anybody's text.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars().filter(|c| !is_hidden(*c)) {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// An attribute of ours with anybody's value.
    pub(super) fn attribute(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.raw(" ").raw(name).raw("=\"").text(value).raw("\"")
    }

    /// A sentence of ours with the clinic's name in its place, which keeps its own direction.
    fn sentence(&mut self, pattern: &str, clinic: &str) -> &mut Self {
        for (index, part) in pattern.split("{clinic}").enumerate() {
            if index > 0 {
                self.raw("<bdi>").text(clinic).raw("</bdi>");
            }
            self.text(part);
        }
        self
    }

    /// An element with a sentence in it.
    fn element(&mut self, open: &'static str, pattern: &str, clinic: &str, close: &'static str) -> &mut Self {
        self.raw(open).sentence(pattern, clinic).raw(close)
    }
}

/// Control characters, and those that turn the direction of what follows.
fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What the page's policy names its style by (CSP): any other style, and any script, is refused by the browser.
pub(super) fn style_hash(style: &str) -> String {
    BASE64.encode(digest::digest(&digest::SHA256, style.as_bytes()).as_ref())
}

#[cfg(test)]
mod escapes {
    use super::Html;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_breaks_out(text in "[<>&\"'`/=a\u{0}\u{202e}{}]{0,12}|.{0,20}") {
            let mut html = Html::default();
            html.raw("<p").attribute("title", &text).raw(">").sentence("a {clinic} b", &text).raw("</p>");
            let inside = html.0.strip_prefix("<p title=\"").unwrap().strip_suffix("</p>").unwrap();
            let (value, rest) = inside.split_once("\">a <bdi>").unwrap();
            let rest = rest.strip_suffix("</bdi> b").unwrap();
            for part in [value, rest] {
                prop_assert!(!part.contains(['<', '>', '"', '\'', '\0', '\u{202e}']), "{part}");
            }
        }
    }
}
