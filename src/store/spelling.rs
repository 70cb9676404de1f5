//! Spellings: all the ways in which one person's address can stand in a text, found and taken out.
//!
//! Promises: small and capital letters, composed and taken-apart accents, A-labels and U-labels, and the `@` of web addresses are all the
//! same; the longer address of somebody else that merely ends like this one is left alone. Knows nothing of tables.

use crate::address::Address;
use unicode_normalization::UnicodeNormalization;

/// What stands where an address stood.
pub(super) const FORGOTTEN: &str = "(forgotten)";

/// The ways to write an `@`, in small letters.
const AT: [&str; 4] = ["@", "%40", "\u{ff20}", "&#64;"];

/// The spellings of one person's addresses.
#[derive(Debug, Clone, Default)]
pub struct Spellings {
    needles: Vec<Needle>,
}

/// One spelling, and where in it the `@` begins: texts are searched from their own, of which there are few.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Needle {
    letters: Vec<char>,
    at: usize,
}

impl Spellings {
    /// The spellings of these addresses, which are one person's.
    pub fn of<'a>(addresses: impl IntoIterator<Item = &'a Address>) -> Self {
        let mut needles = Vec::new();
        for address in addresses {
            for text in [address.as_str(), address.identity()] {
                needles.extend(spelled(text));
            }
        }
        // The longest first: what one address says must not be cut in two by a shorter one.
        needles.sort_by_key(|needle: &Needle| (std::cmp::Reverse(needle.letters.len()), needle.clone()));
        needles.dedup();
        Self { needles }
    }

    /// Whether any of them stands in `text`.
    pub fn stand_in(&self, text: &str) -> bool {
        self.first_in(text, 0).is_some()
    }

    /// `text` without them, if any stands in it.
    pub fn taken_out_of(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut from = 0;
        while let Some((start, end)) = self.first_in(text, from) {
            out.push_str(&text[from..start]);
            out.push_str(FORGOTTEN);
            from = end;
        }
        (from > 0).then(|| out + &text[from..])
    }

    /// Where the first of them behind byte `from` stands.
    fn first_in(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        // Nearly every text of a store holds no address at all.
        if !AT.iter().any(|at| text[from..].contains(at)) {
            return None;
        }
        let letters: Vec<(char, usize, usize)> = text[from..]
            .char_indices()
            .flat_map(|(at, c)| small(c).map(move |small| (small, from + at, from + at + c.len_utf8())))
            .collect();
        let whole = |(start, end): &(usize, usize)| begins_at(text, *start) && ends_at(text, *end);
        let mut ats = (0..letters.len()).filter(|at| matches!(letters[*at].0, '@' | '%' | '\u{ff20}' | '&'));
        ats.find_map(|at| {
            let place = |needle: &Needle| {
                let start = at.checked_sub(needle.at)?;
                let here = letters.get(start..start + needle.letters.len())?;
                let is_it = here.iter().map(|(c, _, _)| c).eq(needle.letters.iter());
                is_it.then(|| (here[0].1, here[here.len() - 1].2))
            };
            self.needles.iter().filter_map(place).find(whole)
        })
    }
}

/// The forms of one address: domain in A-labels and U-labels, accents composed and taken apart, the `@` and `+` of web addresses.
fn spelled(address: &str) -> Vec<Needle> {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let foreign = idna::domain_to_unicode(domain).0;
    let domains = [domain.to_owned(), foreign.nfd().collect(), foreign];
    let locals = [
        local.to_owned(),
        local.nfc().collect(),
        local.nfd().collect(),
        local.replace('+', "%2b"),
    ];
    let mut needles = Vec::new();
    for local in &locals {
        for (domain, at) in domains.iter().flat_map(|domain| AT.map(|at| (domain, at))) {
            let mut letters: Vec<char> = local.chars().flat_map(small).collect();
            let place = letters.len();
            letters.extend(at.chars().chain(domain.chars()).flat_map(small));
            needles.push(Needle { letters, at: place });
        }
    }
    needles
}

/// A letter in lower case; the two small sigmas are one.
fn small(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().map(|c| if c == 'ς' { 'σ' } else { c })
}

/// Whether an address that begins here is not the end of a longer one.
fn begins_at(text: &str, start: usize) -> bool {
    let mut before = text[..start].chars().rev();
    // `%3C` and `=3C` are a `<` in links and in mail.
    let escaped: String = before.clone().take(3).collect();
    if escaped.ends_with(['%', '=']) && escaped.chars().take(2).all(|c| c.is_ascii_hexdigit()) {
        return true;
    }
    match before.next() {
        Some(c) if c.is_alphanumeric() => false,
        Some('.' | '+' | '-' | '_' | '\'' | '&') => !before.next().is_some_and(char::is_alphanumeric),
        _ => true,
    }
}

/// Whether an address that ends here is not the beginning of a longer one.
fn ends_at(text: &str, end: usize) -> bool {
    let mut after = text[end..].chars();
    match after.next() {
        Some(c) if c.is_alphanumeric() => false,
        Some('.' | '-') => !after.next().is_some_and(char::is_alphanumeric),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, text: &str, expected: &str) {
        let address = Address::parse(address).unwrap();
        let found = Spellings::of([&address]).taken_out_of(text);
        assert_eq!(found.as_deref().unwrap_or(text), expected, "{text:?}");
    }

    #[test]
    fn every_spelling_is_taken_out() {
        let ann = "Ann.Lee@example.org";
        check(ann, "<ann.lee@EXAMPLE.org>: unknown", "<(forgotten)>: unknown");
        check(
            ann,
            "mailto:ANN.LEE@example.org, Ann.Lee@example.org.",
            "mailto:(forgotten), (forgotten).",
        );
        check(
            ann,
            "https://x.example/?to=ann.lee%40example.org&a=1",
            "https://x.example/?to=(forgotten)&a=1",
        );
        check(ann, "'ann.lee@example.org'", "'(forgotten)'");
        check("ann+tips@example.org", "to=ann%2Btips%40example.org", "to=(forgotten)");
        check(ann, "X-Failed: %3Cann.lee%40example.org%3E", "X-Failed: %3C(forgotten)%3E");
        check("jörg@bücher.example", "JO\u{308}RG@Bücher.example", "(forgotten)");
        check("jörg@bücher.example", "jörg@xn--bcher-kva.example", "(forgotten)");
        check("jörg@xn--bcher-kva.example", "<jörg@BU\u{308}CHER.example>", "<(forgotten)>");
        check("νικος@example.org", "ΝΙΚΟΣ@example.org", "(forgotten)");
    }

    #[test]
    fn the_longer_addresses_of_others_stay() {
        let ann = "ann@example.org";
        for other in [
            "joann@example.org",
            "jo.ann@example.org",
            "o'ann@example.org",
            "ann@example.org.uk",
            "ann@example.organic",
            "ann@example.org-x.example",
            "ann+tips@example.org",
            "no address",
        ] {
            check(ann, other, other);
        }
        check(ann, "joann@example.org ann@example.org", "joann@example.org (forgotten)");
    }
}
