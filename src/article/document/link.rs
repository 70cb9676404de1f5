//! Where a document's links lead: whole addresses, without what only tells an advertiser who clicked.
//!
//! Promises: an address that comes out starts with `https://`, `http://`, `mailto:` or `tel:`; what became of the others is kept for
//! the notes.

use crate::article::markdown::address;
use crate::article::note::{Note, shown};
use url::Url;

/// Parameters that follow people, not pages; `utm_` and others go by their beginning.
const TRACKING: [&str; 38] = [
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "mc_cid",
    "mc_eid",
    "_hsenc",
    "_hsmi",
    "__hssc",
    "__hstc",
    "__hsfp",
    "hsctatracking",
    "mkt_tok",
    "igshid",
    "igsh",
    "yclid",
    "twclid",
    "ttclid",
    "li_fat_id",
    "vero_id",
    "vero_conv",
    "oly_enc_id",
    "oly_anon_id",
    "s_cid",
    "wickedid",
    "_ga",
    "_gl",
    "srsltid",
    "ref_src",
    "epik",
    "ml_subscriber",
    "ml_subscriber_hash",
    "ck_subscriber_id",
    "_kx",
    "mibextid",
];
const TRACKING_BEGINNINGS: [&str; 4] = ["utm_", "pk_", "mtm_", "hsa_"];

/// Resolves the links of one document and keeps what it did to them.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// The document's own address.
    base: Option<Url>,
    /// Addresses that lost parameters.
    tracked: Vec<String>,
    /// Addresses that stood behind another one.
    wrapped: Vec<String>,
    /// What leads nowhere from a letter.
    dead: Vec<String>,
}

impl Links {
    /// Links of a document whose own address is `base`, if it is known.
    pub(crate) fn new(base: Option<&str>) -> Self {
        let base = base.and_then(|base| Url::parse(base.trim()).ok()).filter(is_web);
        Self { base, ..Self::default() }
    }

    /// Where `written` leads; nothing when that is nowhere that a letter may or can lead.
    pub(crate) fn lead(&mut self, written: &str) -> Option<String> {
        let written: String = written.trim().chars().filter(|c| !c.is_control()).collect();
        // A place on the same page: nobody misses it in a letter.
        if written.is_empty() || written.starts_with('#') {
            return None;
        }
        match self.resolved(&written) {
            Some(address) => Some(address),
            None => {
                self.dead.push(written);
                None
            }
        }
    }

    /// A text whose bare addresses no longer follow who clicks; all else stays as it is typed, line by line.
    pub(crate) fn in_text(&mut self, text: &str) -> String {
        let mut cleaned = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((range, target)) = address::bare(rest) {
            let (before, from) = rest.split_at(range.start);
            let (written, after) = from.split_at(range.len());
            let known = (self.tracked.len(), self.wrapped.len());
            let led = self.resolved(&target);
            let is_other = (self.tracked.len(), self.wrapped.len()) != known;
            cleaned.push_str(before);
            match led.filter(|_| is_other) {
                Some(led) if written.to_ascii_lowercase().starts_with("www.") => {
                    cleaned.push_str(led.strip_prefix("https://").unwrap_or(&led));
                }
                Some(led) => cleaned.push_str(&led),
                None => cleaned.push_str(written),
            }
            rest = after;
        }
        cleaned.push_str(rest);
        cleaned
    }

    fn resolved(&mut self, written: &str) -> Option<String> {
        let lower = written.to_ascii_lowercase();
        if lower.starts_with("mailto:") || lower.starts_with("tel:") {
            let address = written.replace(char::is_whitespace, "");
            return (address.len() > "mailto:".len().min(address.find(':').unwrap_or(0) + 1)).then_some(address);
        }
        if lower.starts_with("www.") {
            return self.resolved(&format!("https://{written}"));
        }
        let mut url = match Url::parse(written) {
            Ok(url) => url,
            Err(_) => self.base.as_ref()?.join(written).ok()?,
        };
        if !is_web(&url) {
            return None;
        }
        for _ in 0..3 {
            let Some(inner) = unwrapped(&url) else { break };
            self.wrapped.push(inner.to_string());
            url = inner;
        }
        if without_tracking(&mut url) {
            self.tracked.push(url.to_string());
        }
        // An address with a name and a password in it is no address for a letter.
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        Some(url.to_string())
    }

    /// Where the picture at `written` is on the web, if the document says enough.
    pub(crate) fn picture(&self, written: &str) -> Option<String> {
        let url = Url::parse(written).or_else(|_| {
            self.base
                .as_ref()
                .ok_or(url::ParseError::RelativeUrlWithoutBase)?
                .join(written)
        });
        url.ok().filter(is_web).map(|url| url.to_string())
    }

    /// Whether the document's own address is known.
    pub(crate) fn has_base(&self) -> bool {
        self.base.is_some()
    }

    /// What was done to the links.
    pub(crate) fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        let mut say = |found: &[String], one: &str, several: &str| {
            let mut unique: Vec<&String> = Vec::new();
            for address in found {
                if !unique.contains(&address) {
                    unique.push(address);
                }
            }
            match unique.as_slice() {
                [] => {}
                [only] => notes.push(Note::done(1, one.replace("{}", &shown(only))).about_all()),
                [first, ..] => {
                    let text = several.replace("{}", &shown(first)).replace("{n}", &unique.len().to_string());
                    notes.push(Note::done(1, text).about_all());
                }
            }
        };
        say(
            &self.tracked,
            "took the marks that track readers off the link `{}`",
            "took the marks that track readers off {n} links, the first `{}`",
        );
        say(
            &self.wrapped,
            "the link to `{}` led over another address; it leads there straight now",
            "{n} links led over another address, the first to `{}`; they lead there straight now",
        );
        say(
            &self.dead,
            "the link to `{}` becomes plain words: it leads nowhere from a letter",
            "{n} links become plain words, the first to `{}`: they lead nowhere from a letter",
        );
        notes
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty())
}

/// The address that another one carries inside: Google Docs and Outlook lead every link over their own hosts.
fn unwrapped(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    let key = match host {
        "www.google.com" | "google.com" if url.path() == "/url" => "q",
        "www.facebook.com" | "m.facebook.com" if url.path() == "/l.php" => "u",
        "l.facebook.com" | "lm.facebook.com" | "l.instagram.com" => "u",
        _ if host.ends_with(".safelinks.protection.outlook.com") => "url",
        _ => return None,
    };
    let (_, inner) = url.query_pairs().find(|(name, _)| name == key)?;
    Url::parse(&inner).ok().filter(is_web)
}

/// Takes off the parameters that follow people; says whether there were any.
fn without_tracking(url: &mut Url) -> bool {
    let Some(query) = url.query() else { return false };
    let follows = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or("").to_ascii_lowercase();
        TRACKING.contains(&name.as_str()) || TRACKING_BEGINNINGS.iter().any(|head| name.starts_with(head))
    };
    let all: Vec<&str> = query.split('&').collect();
    let kept: Vec<&str> = all.iter().copied().filter(|pair| !follows(pair)).collect();
    if kept.len() == all.len() {
        return false;
    }
    let kept = kept.join("&");
    url.set_query((!kept.is_empty()).then_some(kept.as_str()));
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_whole_and_lose_what_follows_people() {
        let mut links = Links::new(Some("https://clinic.example/blog/calm/"));
        let mut check = |written: &str, expected: Option<&str>| assert_eq!(links.lead(written).as_deref(), expected, "{written}");
        check(
            "../book?utm_source=x&room=2#times",
            Some("https://clinic.example/blog/book?room=2#times"),
        );
        check("/book?fbclid=abc", Some("https://clinic.example/book"));
        check("//cdn.example/x", Some("https://cdn.example/x"));
        check("www.riverside.example", Some("https://www.riverside.example/"));
        check(
            "https://www.google.com/url?q=https://tea.example/a%3Fb%3D1&sa=D&ust=1",
            Some("https://tea.example/a?b=1"),
        );
        check("mailto:hello@clinic.example", Some("mailto:hello@clinic.example"));
        check("tel:+44 1225 000", Some("tel:+441225000"));
        for dead in [
            "javascript:void(0)",
            "file:///C:/x.docx",
            "data:text/html,x",
            "mailto:",
            "https://a:b@c.example/",
            "ftp://a.example/",
        ] {
            check(dead, None);
        }
        check("#top", None);
        assert_eq!(links.notes().len(), 3, "{:?}", links.notes());
        assert_eq!(Links::new(None).lead("tips.html"), None);
    }
}
