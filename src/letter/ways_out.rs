//! The ways out of a letter: what its header fields and its footer offer, with the letter's own token in each.
//!
//! Promises: one `List-Unsubscribe` with at most one page and one mailbox, the page first because the leftmost is preferred (RFC 2369
//! §2); `List-Unsubscribe-Post` only where RFC 8058 §4 allows it; header and footer never differ. Knows nothing of who is written to.

use crate::address::Address;
use crate::finding::Finding;
use crate::letter::{SenderSource, headers};
use crate::template::context::{self, one_line};
use lettre::message::header::HeaderValue;

/// Where a reader can go to leave; there is always one way.
#[derive(Debug, Clone)]
pub(crate) struct WaysOut {
    /// The page's address, without the token and the slash before it.
    page: Option<String>,
    /// The mailbox, and how it stands in a `mailto:` (RFC 6068 §2).
    mailbox: Option<(Address, String)>,
    one_click: bool,
    /// Whether there is a button once the letter is signed by us.
    if_signed: bool,
}

impl WaysOut {
    /// The sender's ways out.
    ///
    /// # Errors
    /// A finding where there is none, or one that cannot stand in a header.
    pub(crate) fn of(sender: &SenderSource) -> Result<Self, Finding> {
        let page = sender.unsubscribe_url.as_deref().map(page).transpose()?;
        let mailbox = sender.unsubscribe_mailto.as_deref().map(mailbox).transpose()?;
        if page.is_none() && mailbox.is_none() {
            return Err(
                headers::settings("a letter needs a way out: `unsubscribe` has neither `mailto` nor `url`".to_owned())
                    .hint("write `unsubscribe: {mailto: unsubscribe@…}` with a mailbox that somebody reads"),
            );
        }
        let if_signed = sender.one_click && page.is_some();
        Ok(Self {
            page,
            mailbox,
            one_click: if_signed && sender.signed_for.is_none(),
            if_signed,
        })
    }

    /// The letter is signed by us, and both fields with it (RFC 8058 §4).
    pub(crate) fn signed_by_us(&mut self) {
        self.one_click = self.if_signed;
    }

    /// The header fields of the letter with this token.
    pub(crate) fn fields(&self, token: &str) -> Vec<HeaderValue> {
        let ways = [self.url(token), self.mailto(token)].into_iter().flatten();
        let ways: Vec<String> = ways.map(|way| format!("<{way}>")).collect();
        let mut fields = vec![headers::written("List-Unsubscribe", ways.join(", "))];
        if self.one_click {
            fields.push(headers::written(
                "List-Unsubscribe-Post",
                "List-Unsubscribe=One-Click".to_owned(),
            ));
        }
        fields
    }

    /// `unsubscribe`, as the template of the letter with this token sees it.
    pub(crate) fn variable(&self, token: &str) -> tera::Value {
        let url = self.url(token);
        let mailbox = self.mailbox.as_ref().map(|(address, _)| address.as_str());
        context::unsubscribe(url.clone().or_else(|| self.mailto(token)), url, mailbox)
    }

    /// What every letter says, whatever its token: a part without any of these has no way out.
    pub(crate) fn traces(&self) -> impl Iterator<Item = &str> {
        let mailbox = self.mailbox.as_ref().map(|(address, _)| address.as_str());
        self.page.as_deref().into_iter().chain(mailbox)
    }

    fn url(&self, token: &str) -> Option<String> {
        self.page.as_ref().map(|page| format!("{page}/{token}"))
    }

    /// The word is for the person who reads the mailbox, the token for the program that does.
    fn mailto(&self, token: &str) -> Option<String> {
        let (_, mailbox) = self.mailbox.as_ref()?;
        Some(format!("mailto:{mailbox}?subject=unsubscribe%20{token}"))
    }
}

fn page(url: &str) -> Result<String, Finding> {
    let sound = url.len() <= 500
        && url.starts_with("https://")
        && url.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>,\"?#".contains(&byte));
    match sound {
        true => Ok(url.trim_end_matches('/').to_owned()),
        false => Err(headers::settings(format!(
            "`unsubscribe.url`: `{}` is no address of a page that can stand in a letter",
            one_line(url)
        ))
        .hint("it begins with `https://` and has no blanks, commas, `?`, `#` or letters outside ASCII; each letter's own token follows it")),
    }
}

fn mailbox(text: &str) -> Result<(Address, String), Finding> {
    let address = headers::address("unsubscribe.mailto", text)?;
    let written = as_uri(&address);
    Ok((address, written))
}

/// An address as it stands in a `mailto:`.
pub(crate) fn as_uri(address: &Address) -> String {
    // RFC 6068 §2: what means something in a URI is written as %XX.
    let local: String = address
        .local_part()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-._~+!$'*".contains(c) {
                c.to_string()
            } else {
                format!("%{:02X}", u32::from(c))
            }
        })
        .collect();
    format!("{local}@{}", address.domain())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(mailto: Option<&str>, url: Option<&str>, one_click: bool) -> SenderSource {
        SenderSource {
            clinic_name: "Riverside".to_owned(),
            postal_address: "12 Mill Lane".to_owned(),
            contact: "hello@riverside.example".to_owned(),
            from_name: None,
            from_address: "tips@riverside.example".to_owned(),
            reply_to: None,
            unsubscribe_mailto: mailto.map(str::to_owned),
            unsubscribe_url: url.map(str::to_owned),
            one_click,
            signed_for: None,
            return_path: None,
        }
    }

    fn check(mailto: Option<&str>, url: Option<&str>, one_click: bool, expected: Option<&[&str]>) {
        let ways = WaysOut::of(&sender(mailto, url, one_click));
        let fields = ways.map(|ways| ways.fields("v1.t")).ok();
        let shown: Option<Vec<String>> = fields.map(|fields| fields.iter().map(|field| format!("{field:?}")).collect());
        let (found, expected) = (shown.unwrap_or_default(), expected.unwrap_or_default());
        assert_eq!(found.len(), expected.len(), "{mailto:?} {url:?}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(&format!("\"{expected}\"")), "{found} is not {expected}");
        }
    }

    #[test]
    fn the_ways_out_stand_in_one_field_with_the_letters_token() {
        const MAILTO: &str = "<mailto:leave@riverside.example?subject=unsubscribe%20v1.t>";
        check(Some("leave@riverside.example"), None, false, Some(&[MAILTO]));
        check(
            Some("a&b@riverside.example"),
            Some("https://riverside.example/u/"),
            false,
            Some(&["<https://riverside.example/u/v1.t>, <mailto:a%26b@riverside.example?subject=unsubscribe%20v1.t>"]),
        );
        check(
            None,
            Some("https://riverside.example"),
            false,
            Some(&["<https://riverside.example/v1.t>"]),
        );
        check(None, None, false, None);
        for url in [
            "http://riverside.example/u",
            "https://riverside.example/u>\r\nBcc: x",
            "https://riverside.example/u?a=b",
            "https://é/u",
        ] {
            check(None, Some(url), false, None);
        }
    }

    #[test]
    fn a_button_is_offered_only_with_a_page_and_a_signature() {
        let page = Some("https://riverside.example/u");
        check(
            None,
            page,
            true,
            Some(&["<https://riverside.example/u/v1.t>", "List-Unsubscribe=One-Click"]),
        );
        check(None, page, false, Some(&["<https://riverside.example/u/v1.t>"]));
        check(
            Some("leave@riverside.example"),
            None,
            true,
            Some(&["<mailto:leave@riverside.example?subject=unsubscribe%20v1.t>"]),
        );
    }
}
