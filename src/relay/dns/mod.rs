//! What DNS says about a sender's domain: who may send for it, with which keys, and what becomes of everything else.
//!
//! Promises: reading a record asks nobody; each remark says what was found, and the next step where one is needed. Knows no more than
//! the records it is given: what an `include` leads to is another domain's business. Asking is `lookup`'s, which is built with the
//! feature `dns` only: its library brings 35 others.

pub mod dkim;
pub mod dmarc;
pub mod spf;

#[cfg(feature = "dns")]
pub mod lookup;

use std::fmt;

/// How good something is that a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// As it should be.
    Well,
    /// It works, and could be better.
    Doubtful,
    /// Receivers will act on it, against us.
    Ill,
}

/// One thing that a record says, or does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// How good it is.
    pub grade: Grade,
    /// What was found.
    pub text: String,
    /// The next step.
    pub hint: Option<String>,
}

impl Remark {
    fn well(text: impl Into<String>) -> Self {
        Self {
            grade: Grade::Well,
            text: text.into(),
            hint: None,
        }
    }

    fn doubtful(text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            grade: Grade::Doubtful,
            text: text.into(),
            hint: Some(hint.into()),
        }
    }

    fn ill(text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            grade: Grade::Ill,
            ..Self::doubtful(text, hint)
        }
    }
}

/// One question to a name server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What kind of record.
    pub kind: Kind,
    /// Of which name.
    pub name: String,
}

/// The kinds of records that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Texts: SPF, DMARC, DKIM.
    Txt,
    /// Where mail to the domain goes.
    Mx,
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Txt => "TXT",
            Kind::Mx => "MX",
        };
        write!(f, "dig +short {kind} {}", self.name)
    }
}

/// All that is asked about a domain whose signatures have these selectors.
pub fn questions(domain: &str, signer: &str, selectors: &[String]) -> Vec<Question> {
    let text = |name: String| Question { kind: Kind::Txt, name };
    let mx = Question {
        kind: Kind::Mx,
        name: domain.to_owned(),
    };
    let keys = selectors.iter().map(|selector| text(dkim::name(selector, signer)));
    [text(domain.to_owned()), text(dmarc::name(domain)), mx]
        .into_iter()
        .chain(keys)
        .collect()
}

/// Where mail to the domain goes: replies, bounces, unsubscribes.
pub fn mail_exchange(exchanges: &[String], has_address: bool) -> Remark {
    const HINT: &str = "replies and unsubscribes cannot arrive, and many mailboxes refuse such a sender: let the domain take mail";
    match (exchanges, has_address) {
        ([null], _) if null.trim_end_matches('.').is_empty() => Remark::ill("it says that it takes no mail (a null MX)", HINT),
        ([], false) => Remark::ill("nothing takes mail for it (no MX, no address)", HINT),
        ([], true) => Remark::doubtful("it has no MX, only an address", "write an MX record that names the server"),
        (exchanges, _) => Remark::well(format!("mail to it goes to {}", exchanges.join(", "))),
    }
}

/// `a=1; b=2` as pairs, as DKIM and DMARC write them (RFC 6376 §3.2); `None` where a part is no pair.
fn tags(text: &str) -> Option<Vec<(String, String)>> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    let pair = |part: &str| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    };
    parts.map(pair).collect()
}

fn tag<'a>(tags: &'a [(String, String)], name: &str) -> Option<&'a str> {
    tags.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was remarked about `texts` is this bad at worst, has these words, and a next step wherever one is needed.
    #[track_caller]
    pub(super) fn assert_told(remarks: &[Remark], grade: Grade, words: &str, texts: &[String]) {
        let told = remarks
            .iter()
            .map(|remark| remark.text.as_str())
            .collect::<Vec<_>>()
            .join("; ");
        let worst = remarks.iter().map(|remark| remark.grade).max();
        assert_eq!(worst, Some(grade), "{texts:?}: {told}");
        assert!(told.contains(words), "`{words}` is not in `{told}`");
        let is_complete = |remark: &Remark| (remark.grade == Grade::Well) == remark.hint.is_none();
        assert!(remarks.iter().all(is_complete), "{remarks:?}");
    }

    #[test]
    fn the_questions_can_be_typed_as_they_stand() {
        let asked = questions("mail.clinic.example", "clinic.example", &["s1".to_owned(), "s2".to_owned()]);
        let lines: Vec<String> = asked.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "dig +short TXT mail.clinic.example",
                "dig +short TXT _dmarc.mail.clinic.example",
                "dig +short MX mail.clinic.example",
                "dig +short TXT s1._domainkey.clinic.example",
                "dig +short TXT s2._domainkey.clinic.example",
            ]
        );
    }

    #[test]
    fn a_domain_that_takes_no_mail_is_told() {
        let grade = |exchanges: &[&str], has_address| {
            let exchanges: Vec<String> = exchanges.iter().map(|name| (*name).to_owned()).collect();
            mail_exchange(&exchanges, has_address).grade
        };
        assert_eq!(grade(&["mx.clinic.example."], false), Grade::Well);
        assert_eq!(grade(&["."], true), Grade::Ill);
        assert_eq!(grade(&[], false), Grade::Ill);
        assert_eq!(grade(&[], true), Grade::Doubtful);
    }

    #[test]
    fn tags_are_pairs() {
        let found = tags(" v=DMARC1 ;P = none;; rua=mailto:a@b.example?x=1 ").unwrap();
        assert_eq!(
            (tag(&found, "p"), tag(&found, "rua"), tag(&found, "pct")),
            (Some("none"), Some("mailto:a@b.example?x=1"), None)
        );
        assert_eq!(tags("v=DMARC1; none"), None);
    }
}
