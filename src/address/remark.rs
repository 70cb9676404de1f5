//! What can be said about an address that is valid and yet deserves a look.
//!
//! Promises: only remarks, never a verdict; a known provider is never taken for a slip of another. Knows no network: nothing is
//! looked up.

use crate::address::Address;
use std::fmt;

/// One thing to say about a valid address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// Somebody typed it to fill a required field: `none@none.com`.
    Placeholder,
    /// A desk rather than a person: `info@`, `reception@`.
    Role,
    /// The domain looks like a slip of the keyboard; this domain was probably meant.
    Slip(String),
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Placeholder => f.write_str("stands for having no address"),
            Self::Role => f.write_str("belongs to a desk, not to one person"),
            Self::Slip(meant) => write!(f, "looks like a slip of the keyboard for `@{meant}`"),
        }
    }
}

/// Local parts that front desks type where a program insists on an address.
#[rustfmt::skip]
const PLACEHOLDERS: &[&str] = &[
    "none", "noemail", "nomail", "noaddress", "noemailaddress", "noemailgiven", "notprovided", "notgiven", "notapplicable", "nobody", "unknown",
    "declined", "refused", "noreply", "donotreply", "donotemail", "donotcontact", "doesnothaveemail", "hasnoemail", "keine",
    "keinemail", "keineemail", "sansemail", "pasdemail", "sincorreo",
];

/// Domains that exist for nobody.
#[rustfmt::skip]
const NOBODYS_DOMAINS: &[&str] = &[
    "none.com", "none.none", "none.org", "none.co.uk", "noemail.com", "noemail.org", "noemail.co.uk", "nomail.com", "na.na", "na.com", "no.no",
    "unknown.com", "nowhere.com", "invalid.com",
];

/// Local parts that mean a desk (RFC 2142 and everyday use).
#[rustfmt::skip]
const ROLES: &[&str] = &[
    "abuse", "accounts", "admin", "billing", "bookings", "contact", "enquiries", "hello", "help", "hostmaster", "hr", "info", "jobs", "mail",
    "marketing", "office", "postmaster", "reception", "sales", "security", "support", "team", "webmaster",
];

/// The providers whose names are mistyped often enough to be worth a hint.
#[rustfmt::skip]
const PROVIDERS: &[&str] = &[
    "gmail.com", "googlemail.com", "hotmail.com", "hotmail.co.uk", "outlook.com", "yahoo.com", "yahoo.co.uk", "icloud.com", "btinternet.com",
    "virginmedia.com", "protonmail.com", "comcast.net", "bigpond.com", "wanadoo.fr", "t-online.de",
];

/// Real domains one letter away from a provider.
const REAL_NEIGHBOURS: &[&str] = &["mail.com", "ymail.com", "email.com", "cloud.com", "rmail.com", "fmail.com"];

/// Endings that no registry has, and what they are slips of.
#[rustfmt::skip]
const ENDINGS: &[(&str, &str)] = &[
    (".con", ".com"), (".cmo", ".com"), (".ocm", ".com"), (".comm", ".com"), (".coom", ".com"), (".vom", ".com"), (".xom", ".com"),
    (".cim", ".com"), (".con.au", ".com.au"), (".couk", ".co.uk"), (".co.ku", ".co.uk"), (".co.ukk", ".co.uk"), (".ogr", ".org"), (".orgg", ".org"),
    (".nte", ".net"), (".nett", ".net"),
];

/// All remarks on `address`, the gravest first.
pub(super) fn remarks(address: &Address) -> Vec<Remark> {
    let word: String = address
        .local_part()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase();
    let domain = address.domain();
    let mut remarks = Vec::new();
    if PLACEHOLDERS.contains(&word.as_str()) || NOBODYS_DOMAINS.contains(&domain) || domain.ends_with(".invalid") {
        remarks.push(Remark::Placeholder);
    }
    if ROLES.contains(&word.as_str()) {
        remarks.push(Remark::Role);
    }
    remarks.extend(likely_domain(domain).map(Remark::Slip));
    remarks
}

/// The domain that was probably meant, if `domain` looks like a slip.
pub(super) fn likely_domain(domain: &str) -> Option<String> {
    let mended = ENDINGS
        .iter()
        .find_map(|(slip, meant)| domain.strip_suffix(slip).map(|name| format!("{name}{meant}")));
    let candidate = mended.as_deref().unwrap_or(domain);
    let known = PROVIDERS.contains(&candidate) || (mended.is_none() && REAL_NEIGHBOURS.contains(&candidate));
    let provider = PROVIDERS
        .iter()
        .find(|provider| !known && may_be_near(candidate, provider) && strsim::damerau_levenshtein(candidate, provider) == 1);
    provider.map(|provider| (*provider).to_owned()).or(mended)
}

/// Whether one slip could lie between two domains: it leaves the first half or the last half as it was. Spares nearly all people of a
/// long list the real comparison.
fn may_be_near(domain: &str, provider: &str) -> bool {
    let half = provider.len() / 2 - 1;
    let (first, last) = (&provider[..half], &provider[provider.len() - half..]);
    domain.len().abs_diff(provider.len()) <= 1 && (domain.starts_with(first) || domain.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::{Remark, remarks};
    use crate::address::Address;

    fn check(text: &str, expected: &[Remark]) {
        assert_eq!(remarks(&Address::parse(text).unwrap()), expected, "{text}");
    }

    fn slip(meant: &str) -> Remark {
        Remark::Slip(meant.to_owned())
    }

    #[test]
    fn slips_of_the_keyboard_are_hinted_and_real_domains_left_alone() {
        check("ann@gmial.com", &[slip("gmail.com")]);
        check("ann@gmail.co", &[slip("gmail.com")]);
        check("ann@gmail.con", &[slip("gmail.com")]);
        check("ann@gmial.con", &[slip("gmail.com")]);
        check("ann@hotmial.co.uk", &[slip("hotmail.co.uk")]);
        check("ann@riverside.con", &[slip("riverside.com")]);
        check("ann@yahoo.couk", &[slip("yahoo.co.uk")]);
        for real in [
            "gmail.com",
            "mail.com",
            "ymail.com",
            "icloud.com",
            "gmx.de",
            "yahoo.ca",
            "live.com",
            "example.org",
            "hotmail.fr",
        ] {
            check(&format!("ann@{real}"), &[]);
        }
        let address = Address::parse("ann@gmial.com").unwrap();
        assert_eq!(address.hint().as_deref(), Some("did you mean `ann@gmail.com`?"));
    }

    #[test]
    fn the_quick_look_misses_no_slip() {
        for provider in super::PROVIDERS {
            for at in 0..provider.len() {
                let (head, tail) = provider.split_at(at);
                let slips = [
                    format!("{head}x{tail}"),
                    format!("{head}{}", &tail[1..]),
                    format!("{head}x{}", &tail[1..]),
                ];
                let swapped: String = match tail.as_bytes() {
                    [one, two, ..] => format!("{head}{}{}{}", *two as char, *one as char, &tail[2..]),
                    _ => slips[0].clone(),
                };
                for slip in slips.into_iter().chain([swapped]) {
                    assert!(super::may_be_near(&slip, provider), "{slip}");
                }
            }
        }
    }

    #[test]
    fn placeholders_and_desks_are_known() {
        for text in [
            "none@none.com",
            "No.Email@example.org",
            "ann@noemail.com",
            "ann@clinic.invalid",
        ] {
            check(text, &[Remark::Placeholder]);
        }
        check("reception@example.org", &[Remark::Role]);
        check("nona@example.org", &[]);
        check("na@example.org", &[]);
    }
}
