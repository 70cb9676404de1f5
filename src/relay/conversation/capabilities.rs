//! What a relay can do, from the lines of its reply to EHLO.
//!
//! Promises: keywords are understood in capitals and in small letters (RFC 5321 §4.1.1.1); what is not known is passed over.
//! Wider than lettre's `ServerInfo`, which knows neither PIPELINING nor CHUNKING nor SIZE, and capitals only.

use crate::relay::login::{Login, Way};
use lettre::transport::smtp::authentication::Mechanism;

/// What a relay offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Commands may be sent in groups (RFC 2920).
    pub pipelining: bool,
    /// Letters may be sent by BDAT (RFC 3030).
    pub chunking: bool,
    /// Letters may hold octets over 127 (RFC 6152).
    pub eight_bit_mime: bool,
    /// Addresses may hold letters beyond ASCII (RFC 6531).
    pub smtp_utf8: bool,
    /// The line can be switched to TLS (RFC 3207).
    pub start_tls: bool,
    /// Replies carry enhanced codes (RFC 2034).
    pub enhanced_codes: bool,
    /// SIZE is understood at MAIL (RFC 1870).
    pub size: bool,
    /// The largest letter it takes, where it names one.
    pub largest: Option<usize>,
    /// The ways to log in that we speak too.
    pub logins: Vec<Mechanism>,
}

impl Capabilities {
    /// Reads the lines of a reply to EHLO; the first one is the server's name.
    pub fn parse(lines: &[String]) -> Self {
        let mut found = Self::default();
        for line in lines.iter().skip(1) {
            found.note(&line.to_ascii_uppercase());
        }
        found
    }

    fn note(&mut self, line: &str) {
        // Some old servers write `AUTH=PLAIN LOGIN`.
        let mut words = line.split([' ', '\t', '=']).filter(|word| !word.is_empty());
        match words.next() {
            Some("PIPELINING") => self.pipelining = true,
            Some("CHUNKING") => self.chunking = true,
            Some("8BITMIME") => self.eight_bit_mime = true,
            Some("SMTPUTF8") => self.smtp_utf8 = true,
            Some("STARTTLS") => self.start_tls = true,
            Some("ENHANCEDSTATUSCODES") => self.enhanced_codes = true,
            Some("SIZE") => {
                self.size = true;
                // RFC 1870 §3: no number, or zero, is no fixed limit.
                self.largest = words
                    .next()
                    .and_then(|number| number.parse().ok())
                    .filter(|largest| *largest > 0);
            }
            Some("AUTH") => self.logins.extend(words.filter_map(mechanism)),
            Some(_) | None => {}
        }
    }

    /// How this login can be said here, if at all.
    pub(super) fn way_for(&self, login: &Login) -> Option<Mechanism> {
        let wanted: &[Mechanism] = match login.way {
            Way::Best if login.renewal.is_some() => &[Mechanism::Plain, Mechanism::Login, Mechanism::Xoauth2],
            Way::Best => &[Mechanism::Plain, Mechanism::Login],
            Way::Plain => &[Mechanism::Plain],
            Way::Login => &[Mechanism::Login],
            Way::Xoauth2 => &[Mechanism::Xoauth2],
        };
        wanted.iter().copied().find(|way| self.logins.contains(way))
    }
}

fn mechanism(word: &str) -> Option<Mechanism> {
    match word {
        "PLAIN" => Some(Mechanism::Plain),
        "LOGIN" => Some(Mechanism::Login),
        "XOAUTH2" => Some(Mechanism::Xoauth2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::login::{Renewal, Secret};

    fn parse(text: &str) -> Capabilities {
        Capabilities::parse(&text.lines().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn capitals_and_small_letters_mean_the_same() {
        let text = "smtp.example.org\nPIPELINING\nSIZE 35882577\n8BITMIME\nSTARTTLS\nENHANCEDSTATUSCODES\nCHUNKING\nSMTPUTF8\nAUTH LOGIN PLAIN XOAUTH2 CRAM-MD5";
        let upper = parse(text);
        assert_eq!(upper, parse(&text.to_lowercase()));
        assert_eq!(upper.largest, Some(35_882_577));
        assert_eq!(upper.logins, [Mechanism::Login, Mechanism::Plain, Mechanism::Xoauth2]);
        assert!(
            upper.pipelining
                && upper.chunking
                && upper.eight_bit_mime
                && upper.smtp_utf8
                && upper.start_tls
                && upper.enhanced_codes
        );
    }

    #[test]
    fn the_servers_name_is_no_keyword_and_odd_lines_are_passed_over() {
        assert_eq!(parse("STARTTLS\n\nXVERP\nLIMITS RCPTMAX=100"), Capabilities::default());
        assert_eq!(parse("name\nAUTH=LOGIN").logins, [Mechanism::Login]);
        for unlimited in ["name\nSIZE", "name\nSIZE 0", "name\nSIZE huge"] {
            let found = parse(unlimited);
            assert_eq!((found.size, found.largest), (true, None), "{unlimited:?}");
        }
    }

    #[test]
    fn a_token_is_said_where_it_is_asked_for_or_nothing_else_is_taken() {
        let check = |offers: &str, way: Way, tokens: bool, expected: Option<Mechanism>| {
            let renewal = tokens.then(|| Renewal::new(|| Err(String::new())));
            let password = Secret::new("x");
            let login = Login {
                user: "tips".to_owned(),
                password,
                way,
                renewal,
            };
            let found = parse(&format!("name\nAUTH {offers}"));
            assert_eq!(found.way_for(&login), expected, "{offers} {login:?}");
        };
        for tokens in [false, true] {
            check("LOGIN XOAUTH2 PLAIN", Way::Best, tokens, Some(Mechanism::Plain));
            check("XOAUTH2 LOGIN", Way::Best, tokens, Some(Mechanism::Login));
            check("LOGIN XOAUTH2 PLAIN", Way::Login, tokens, Some(Mechanism::Login));
            check("LOGIN XOAUTH2 PLAIN", Way::Xoauth2, tokens, Some(Mechanism::Xoauth2));
            check("LOGIN XOAUTH2", Way::Plain, tokens, None);
            check("PLAIN LOGIN", Way::Xoauth2, tokens, None);
            check("CRAM-MD5", Way::Best, tokens, None);
        }
        check("XOAUTH2", Way::Best, true, Some(Mechanism::Xoauth2));
        check("XOAUTH2", Way::Best, false, None);
    }
}
