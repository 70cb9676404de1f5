//! An email address: parsed, normalised, and equal exactly when two spellings reach one person.
//!
//! Promises: the domain is in A-labels (IDNA 2008, UTS 46), has a dot, and is no IP literal; there is no control character, blank or
//! second `@` inside. The local part is sent as written and compared in lower case; dots and `+tags` are kept, because whether they
//! mean the same person is the receiver's business. Knows nothing of lists, consent or files.

mod remark;

pub use remark::Remark;

use std::borrow::Cow;
use std::fmt;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A checked address.
///
/// Two addresses are equal when their [identities](Address::identity) are: `Ann@Example.org` and `ann@example.org` are one person.
#[derive(Debug, Clone)]
pub struct Address {
    written: String,
    identity: String,
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The cell was empty.
    #[error("the address is empty")]
    Empty,
    /// There is no `@`, or there are several.
    #[error("`{0}` is no address: {why}", why = self.why())]
    NoAt(String),
    /// The part before the `@` is not usable.
    #[error("`{0}` is no address: {why}", why = self.why())]
    LocalPart(String),
    /// The part after the `@` is not usable.
    #[error("`{0}` is no address: {why}", why = self.why())]
    Domain(String),
}

impl AddressError {
    /// The reason alone, without the address: for texts that others may see.
    pub fn why(&self) -> &'static str {
        match self {
            Self::Empty => "the address is empty",
            Self::NoAt(text) if text.contains('@') => "it has more than one `@`",
            Self::NoAt(_) => "it needs exactly one `@`",
            Self::LocalPart(text) | Self::Domain(text) if text.contains(char::is_whitespace) => "there is a blank inside",
            Self::Domain(text) if has_comma_for_dot(text) => "there is a comma where a dot belongs",
            Self::LocalPart(_) => "the part before `@` is not valid",
            Self::Domain(_) => "the part after `@` is not a domain such as `example.org`",
        }
    }
}

impl Address {
    /// Parses one address; blanks around it, invisible characters, `mailto:`, `<>` and a comma or semicolon behind it are taken off.
    ///
    /// # Errors
    /// When the text is no address that mail can be sent to over the internet.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        // Nearly all addresses are plain, and a list may have a million.
        let text: Cow<'_, str> = match text.is_ascii() {
            true => Cow::Borrowed(text),
            false => text.chars().filter(|c| !is_invisible(*c)).map(narrow).nfc().collect(),
        };
        let bare = unwrapped(&text);
        if bare.is_empty() {
            return Err(AddressError::Empty);
        }
        let (local, domain) = bare.rsplit_once('@').ok_or_else(|| AddressError::NoAt(shown(bare)))?;
        if local.contains('@') {
            return Err(AddressError::NoAt(shown(bare)));
        }
        let folded: String = match local.is_ascii() {
            true => local.to_ascii_lowercase(),
            false => local.to_lowercase().nfc().collect(),
        };
        if !local_part_is_valid(local) || !local_part_is_valid(&folded) {
            return Err(AddressError::LocalPart(shown(bare)));
        }
        let domain = a_labels(domain).ok_or_else(|| AddressError::Domain(shown(bare)))?;
        let written = format!("{local}@{domain}");
        // RFC 5321 §4.5.3.1.3: a path has at most 256 octets, its angle brackets included.
        if written.len() > 254 {
            return Err(AddressError::LocalPart(shown(bare)));
        }
        Ok(Self {
            written,
            identity: format!("{folded}@{domain}"),
        })
    }

    /// The address as it is sent: the local part as written, the domain in lower-case A-labels.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// What makes two addresses one person: all in lower case.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.written.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.written.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// Whether the address can only be sent to with SMTPUTF8 (RFC 6531).
    pub fn needs_smtputf8(&self) -> bool {
        !self.written.is_ascii()
    }

    /// The address for logs and screens that others may see: `a***@example.org`.
    pub fn masked(&self) -> String {
        mask(&self.written)
    }

    /// What a careful reader would say about this address: a shared desk, nobody at all, a slip of the keyboard.
    pub fn remarks(&self) -> Vec<Remark> {
        remark::remarks(self)
    }

    /// The address that was probably meant, where the domain looks like a slip: `gmial.com`, `example.con`.
    pub fn hint(&self) -> Option<String> {
        let domain = remark::likely_domain(self.domain())?;
        Some(format!("did you mean `{}@{domain}`?", self.local_part()))
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.identity == other.identity
    }
}

impl Eq for Address {}

impl std::hash::Hash for Address {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.identity.hash(state);
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// Any text that may hold an address, for logs and screens that others may see: its first letter, and the domain if there is one.
pub fn mask(text: &str) -> String {
    let text = text.trim();
    let mut seen = text.chars().filter(|c| !is_invisible(*c));
    let first: String = seen.next().filter(|c| !c.is_control() && *c != '@').into_iter().collect();
    match text.rsplit_once('@') {
        Some((_, domain)) => {
            let domain: String = domain
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '.' || *c == '-')
                .take(60)
                .collect();
            format!("{first}***@{domain}")
        }
        None => format!("{first}***"),
    }
}

/// A sentence that may quote a cell somebody filled with addresses, each of them masked.
pub fn mask_all(text: &str) -> String {
    let parts = |c: char| c.is_whitespace() || "`<>()[]{},;:\"|".contains(c);
    let mut masked = String::with_capacity(text.len());
    for piece in text.split_inclusive(parts) {
        let word = piece.trim_end_matches(parts);
        let tells = word
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !local.ends_with("***") && domain.contains('.'));
        match tells {
            true => masked.push_str(&mask(word)),
            false => masked.push_str(word),
        }
        masked.push_str(&piece[word.len()..]);
    }
    masked
}

/// What a Japanese or Chinese keyboard writes twice as wide: `ａｎｎ＠ｅｘａｍｐｌｅ．ｏｒｇ`.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{fe6b}' => '@',
        other => other,
    }
}

/// Characters that no reader sees: zero-width, byte order marks, soft hyphens, marks of writing direction.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The address without what people and programs put around it.
fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    let behind = |scheme: &str| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    };
    // A link goes on behind the address with a subject; Exchange writes which way its addresses are for.
    let link = behind("mailto:").map(|link| link.split('?').next().unwrap_or_default());
    let text = link.or(behind("smtp:")).unwrap_or(text);
    let text = text.trim().trim_end_matches([',', ';']).trim_end();
    let inner = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let text = inner.unwrap_or(text).trim();
    // Outlook puts an address without a name into single quotes.
    let quoted = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    quoted.unwrap_or(text).trim()
}

/// Whether a domain has a comma and no dot.
fn has_comma_for_dot(text: &str) -> bool {
    text.rsplit_once('@')
        .is_some_and(|(_, domain)| domain.matches(',').count() == 1 && !domain.contains('.'))
}

/// What was found, short and without controls, for a message.
fn shown(text: &str) -> String {
    text.chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .take(80)
        .collect()
}

/// RFC 5321 §4.1.2: a dot-atom of at most 64 octets (RFC 6531 adds non-ASCII letters). Quoted local parts are refused: no clinic
/// has one on purpose, and half of the mail world mishandles them.
fn local_part_is_valid(local: &str) -> bool {
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || is_foreign_letter(c);
    !local.is_empty() && local.len() <= 64 && local.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
}

fn is_foreign_letter(c: char) -> bool {
    // Many scripts write vowels as combining marks, and lower case may add one (`İ`).
    !c.is_ascii() && (c.is_alphanumeric() || is_combining_mark(c))
}

/// The domain in lower-case A-labels; `None` for hosts without a dot, IP literals and anything DNS cannot hold.
fn a_labels(domain: &str) -> Option<String> {
    let domain = domain.trim_end_matches('.');
    let ascii = match is_plain(domain) {
        true => domain.to_ascii_lowercase(),
        false => idna::domain_to_ascii_strict(domain).ok()?.to_lowercase(),
    };
    let (_, top) = ascii.rsplit_once('.')?;
    let named = top.len() >= 2 && !top.chars().all(|c| c.is_ascii_digit());
    (named && ascii.len() <= 253).then_some(ascii)
}

/// Whether IDNA has nothing to say about a domain: letters, digits and single hyphens inside labels. Nearly all domains are so, and
/// a list may have a million.
fn is_plain(domain: &str) -> bool {
    let label = |label: &str| {
        let hyphens = !label.starts_with('-') && !label.ends_with('-') && !label.contains("--");
        (1..=63).contains(&label.len()) && hyphens && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    domain.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(Address::parse(text).ok().as_ref().map(Address::as_str), expected, "{text:?}");
    }

    #[test]
    fn real_world_spellings_are_understood() {
        check(" Ann.Lee@Example.ORG ", Some("Ann.Lee@example.org"));
        check("mailto:ann@example.org", Some("ann@example.org"));
        check("<ann+tips@example.org>", Some("ann+tips@example.org"));
        check("zoe@bücher.example", Some("zoe@xn--bcher-kva.example"));
        check("jörg@example.org", Some("jörg@example.org"));
        check("ann@example.org\u{200b}", Some("ann@example.org"));
        check("ann＠example.org", Some("ann@example.org"));
        check("ａｎｎ＠ｅｘａｍｐｌｅ．ｏｒｇ", Some("ann@example.org"));
        check("ann@example。org", Some("ann@example.org"));
        check("'ann@example.org'", Some("ann@example.org"));
        check("o'neill@example.org", Some("o'neill@example.org"));
        check("MAILTO: ann@example.org", Some("ann@example.org"));
        check("ann@example.org;", Some("ann@example.org"));
        check("\u{a0}ann@example.org.\u{200e}", Some("ann@example.org"));
        check("हिन्दी@example.org", Some("हिन्दी@example.org"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long_local = format!("{}@example.org", "a".repeat(65));
        let long_label = format!("a@{}.org", "b".repeat(64));
        let long_path = format!(
            "{}@{}",
            "a".repeat(60),
            ["b".repeat(63), "c".repeat(63), "d".repeat(63), "example".to_owned()].join(".")
        );
        for text in [&long_local, &long_label, &long_path] {
            check(text, None);
        }
        let refused = "|ann|ann@|@example.org|a@b|ann@localhost|a@1.2.3.4|a@example.c|a b@example.org|a@@b.org|a..b@example.org|.a@example.org\
            |a@exa mple.org|a@b.org\r\nBcc: x@y.org|\"a b\"@example.org|a@[1.2.3.4]|a@-x.org|a@x_y.org|a@b.org,c@d.org|a\0b@example.org|ann\u{85}@example.org";
        for text in refused.split('|') {
            check(text, None);
        }
    }

    #[test]
    fn the_reason_says_what_to_look_for() {
        for (text, why) in [
            ("ann", "it needs exactly one `@`"),
            ("ann@@example.org", "it has more than one `@`"),
            ("ann @example.org", "there is a blank inside"),
            ("ann@example .org", "there is a blank inside"),
            ("ann@example,org", "there is a comma where a dot belongs"),
            ("ann@example", "the part after `@` is not a domain such as `example.org`"),
            ("a..n@example.org", "the part before `@` is not valid"),
        ] {
            assert_eq!(Address::parse(text).unwrap_err().why(), why, "{text}");
        }
    }

    #[test]
    fn equal_addresses_are_one_person() {
        let parse = |text| Address::parse(text).unwrap();
        assert_eq!(parse("Ann@Example.org"), parse("ann@EXAMPLE.ORG"));
        assert_eq!(parse("A@EXÄMPLE.com"), parse("a@xn--exmple-cua.com"));
        assert_eq!(parse("JO\u{308}RG@example.org"), parse("jörg@example.org"));
        assert_eq!(parse("ANN＠EXÄMPLE．com"), parse("ann@xn--exmple-cua.com"));
        assert_eq!(parse("a@exa\u{308}mple.com"), parse("a@EXÄMPLE.COM"));
        assert_eq!(parse("ЖУК@example.org"), parse("жук@example.org"));
        assert_ne!(parse("ann+a@example.org"), parse("ann@example.org"));
        assert_ne!(parse("an.n@example.org"), parse("ann@example.org"));
    }

    #[test]
    fn a_sentence_tells_no_address() {
        for (text, masked) in [
            (
                "`zoe@example.org agreed` is no answer",
                "`z***@example.org agreed` is no answer",
            ),
            ("if `@gmail.com` was meant", "if `@gmail.com` was meant"),
            ("`a***@example.org` stands on line 2", "`a***@example.org` stands on line 2"),
            ("Zoë <zoë@example.org>, ann@b.org", "Zoë <z***@example.org>, a***@b.org"),
            ("nothing @ all", "nothing @ all"),
        ] {
            assert_eq!(mask_all(text), masked);
        }
    }

    #[test]
    fn a_mask_shows_one_letter_and_the_domain() {
        for (text, masked) in [
            ("ann@example.org", "a***@example.org"),
            ("jörg", "j***"),
            ("@example.org", "***@example.org"),
            ("a@b@example.org, bob", "a***@example.org"),
            ("\0", "***"),
            ("\u{202e}\u{200f}ann@example.org", "a***@example.org"),
            ("\u{2067}gro\u{202e}", "g***"),
            ("", "***"),
        ] {
            assert_eq!(mask(text), masked, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_an_address_or_refused_and_an_address_stays_itself(text in "\\PC{0,12}@?\\PC{0,12}|[A-Za-zİßΣé.+]{1,8}@[a-zÄß-]{1,8}\\.(org|example)") {
            let _ = mask(&text);
            if let Ok(address) = Address::parse(&text) {
                let again = Address::parse(address.as_str()).unwrap();
                assert_eq!(again.as_str(), address.as_str());
                assert_eq!(again.identity(), address.identity());
                let folded = Address::parse(address.identity()).unwrap();
                assert_eq!(folded.identity(), address.identity());
                assert!(!address.as_str().chars().any(|c| c.is_control() || c.is_whitespace()));
                let _ = (address.remarks(), address.hint());
            }
        }

        #[test]
        fn what_is_plain_is_what_idna_leaves_alone(domain in "[a-zA-Z0-9.-]{1,12}\\.(org|XN--P1AI|c)") {
            if super::is_plain(&domain) {
                assert_eq!(idna::domain_to_ascii_strict(&domain).ok(), Some(domain.to_ascii_lowercase()));
            }
        }
    }
}
