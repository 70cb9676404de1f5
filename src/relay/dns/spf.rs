//! SPF (RFC 7208): which servers may say MAIL FROM with a domain.
//!
//! Counts the questions of this one record only; what its includes ask in turn comes on top, and a receiver stops at ten.

use super::Remark;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A receiver gives up after so many further questions (§4.6.4).
const MOST_QUESTIONS: usize = 10;

/// What the TXT records of a domain say.
pub fn examine(texts: &[String]) -> Vec<Remark> {
    let is_spf = |text: &&String| {
        text.split_ascii_whitespace()
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("v=spf1"))
    };
    let records: Vec<&String> = texts.iter().filter(is_spf).collect();
    match records.as_slice() {
        [] => vec![Remark::doubtful(
            "no SPF record: nobody is told which servers may send for it",
            "publish the TXT record that the relay's provider names, like `v=spf1 include:relay.example ~all`",
        )],
        [record] => judge(record),
        several => vec![Remark::ill(
            format!("{} SPF records: receivers then believe none of them", several.len()),
            "make them one: keep one `v=spf1` and one `all`, with the mechanisms of each in between",
        )],
    }
}

fn judge(record: &str) -> Vec<Remark> {
    let terms: Vec<&str> = record.split_ascii_whitespace().skip(1).collect();
    let broken: Vec<&str> = terms.iter().copied().filter(|term| !is_sound(term)).collect();
    if !broken.is_empty() {
        return vec![Remark::ill(
            format!(
                "`{}` is no SPF term: receivers then believe nothing of the record",
                broken.join("`, `")
            ),
            format!("mend it in `{record}`"),
        )];
    }
    let mut remarks = vec![everybody_else(&terms)];
    let questions = terms.iter().filter(|term| asks(term)).count();
    if questions > MOST_QUESTIONS {
        remarks.push(Remark::ill(
            format!("the SPF record leads to {questions} further questions, and receivers stop at {MOST_QUESTIONS}"),
            "take out services that no longer send for you, or write their addresses as `ip4:`",
        ));
    }
    if terms.iter().any(|term| bare(term).0 == "ptr") {
        remarks.push(Remark::doubtful(
            "the SPF record uses `ptr`, which receivers ignore",
            "take `ptr` out",
        ));
    }
    if terms
        .iter()
        .position(|term| bare(term).0 == "all")
        .is_some_and(|at| at + 1 < terms.len())
    {
        remarks.push(Remark::doubtful(
            "what stands behind `all` in the SPF record does not count",
            "move `all` to the end",
        ));
    }
    remarks
}

/// What the record says of servers that it does not name.
fn everybody_else(terms: &[&str]) -> Remark {
    let all = terms.iter().find(|term| bare(term).0 == "all");
    let redirects = terms.iter().any(|term| term.to_ascii_lowercase().starts_with("redirect="));
    match all.map(|term| term.chars().next().unwrap_or_default()) {
        Some('-') => Remark::well("SPF names who may send, and refuses others (`-all`)"),
        Some('~') => Remark::well("SPF names who may send, and doubts others (`~all`)"),
        Some('?') => Remark::doubtful(
            "SPF says nothing about others (`?all`)",
            "`~all` at its end lets receivers doubt them",
        ),
        Some(_) => Remark::ill("SPF lets the whole world send for it (`+all`)", "write `~all` at its end"),
        None if redirects => Remark::well("SPF is another domain's (`redirect=`)"),
        None => Remark::doubtful("SPF says nothing about others: `all` is missing", "write `~all` at its end"),
    }
}

/// A term without its sign: its name in small letters, and what follows the name.
fn bare(term: &str) -> (String, &str) {
    let term = term.trim_start_matches(['+', '-', '~', '?']);
    let end = term.find([':', '=', '/']).unwrap_or(term.len());
    (term[..end].to_ascii_lowercase(), &term[end..])
}

fn asks(term: &str) -> bool {
    matches!(bare(term).0.as_str(), "include" | "a" | "mx" | "ptr" | "exists" | "redirect")
}

fn is_sound(term: &str) -> bool {
    let (name, rest) = bare(term);
    let signed = term.starts_with(['+', '-', '~', '?']);
    let value = rest.get(1..).unwrap_or_default();
    match (name.as_str(), rest.chars().next()) {
        ("all", None) => true,
        ("include" | "exists", Some(':')) => is_domain(value),
        ("a" | "mx" | "ptr", None | Some('/')) => is_length(rest),
        ("a" | "mx" | "ptr", Some(':')) => {
            let (domain, length) = value.split_at(value.find('/').unwrap_or(value.len()));
            is_domain(domain) && is_length(length)
        }
        ("ip4", Some(':')) => is_network(value, 32, |address| address.parse::<Ipv4Addr>().is_ok()),
        ("ip6", Some(':')) => is_network(value, 128, |address| address.parse::<Ipv6Addr>().is_ok()),
        ("redirect" | "exp", Some('=')) => !signed && is_domain(value),
        // A modifier that nobody knows is passed over (§6).
        (modifier, Some('=')) => !signed && modifier.starts_with(|c: char| c.is_ascii_alphabetic()),
        (_, _) => false,
    }
}

/// A name, perhaps with macros (`%{i}`).
fn is_domain(name: &str) -> bool {
    let macros = name.contains('%');
    !name.is_empty()
        && name.is_ascii()
        && (macros || (name.contains('.') && !name.contains(['/', ':', '@']) && !name.contains("..")))
}

/// Nothing, `/24`, `//64` or `/24//64`.
fn is_length(text: &str) -> bool {
    let mut parts = text.splitn(3, '/').skip(1).filter(|part| !part.is_empty());
    text.is_empty()
        || (text.starts_with('/')
            && !text.ends_with('/')
            && parts.all(|part| part.trim_start_matches('/').parse::<u8>().is_ok_and(|bits| bits <= 128)))
}

fn is_network(text: &str, most: u8, is_address: impl Fn(&str) -> bool) -> bool {
    match text.split_once('/') {
        None => is_address(text),
        Some((address, bits)) => is_address(address) && bits.parse::<u8>().is_ok_and(|bits| bits <= most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::dns::Grade;
    use crate::relay::dns::tests::assert_told;

    #[track_caller]
    fn check(texts: &[&str], grade: Grade, words: &str) {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        assert_told(&examine(&texts), grade, words, &texts);
    }

    #[test]
    fn good_records_are_well() {
        for record in [
            "v=spf1 -all",
            "v=spf1 include:_spf.relay.example ~all",
            "V=SPF1 MX A:mail.clinic.example/24 ip4:192.0.2.0/24 ip6:2001:db8::/32 -ALL",
            "v=spf1 a/24//64 mx//64 exists:%{i}._spf.relay.example ?include:x.example -all",
            "v=spf1 redirect=_spf.relay.example",
            "v=spf1 mx exp=why.clinic.example odd-thing=x -all",
        ] {
            check(&["site-verification=1", record], Grade::Well, "SPF");
        }
    }

    #[test]
    fn records_that_help_little_are_doubtful() {
        check(&[], Grade::Doubtful, "no SPF record");
        check(&["v=spf10 -all", "spf1"], Grade::Doubtful, "no SPF record");
        check(&["v=spf1 mx"], Grade::Doubtful, "`all` is missing");
        check(&["v=spf1 mx ?all"], Grade::Doubtful, "nothing about others");
        check(&["v=spf1 ptr -all"], Grade::Doubtful, "`ptr`");
        check(&["v=spf1 -all mx"], Grade::Doubtful, "behind `all`");
    }

    #[test]
    fn records_that_harm_are_ill() {
        check(
            &["v=spf1 mx -all", "v=spf1 include:relay.example -all"],
            Grade::Ill,
            "2 SPF records",
        );
        check(&["v=spf1 +all"], Grade::Ill, "whole world");
        check(&["v=spf1 all"], Grade::Ill, "whole world");
        for broken in [
            "ip4:192.0.2.300",
            "ip4:192.0.2.0/33",
            "ip6:192.0.2.0",
            "include:",
            "include",
            "inclde:relay.example",
            "-redirect=a.example",
            "mx:/24",
            "a/x",
            "all:x",
            "192.0.2.1",
        ] {
            check(
                &[&format!("v=spf1 {broken} -all")],
                Grade::Ill,
                &format!("`{broken}` is no SPF term"),
            );
        }
        let includes = |count: usize| {
            format!(
                "v=spf1 {} mx -all",
                (0..count)
                    .map(|n| format!("include:s{n}.example"))
                    .collect::<Vec<_>>()
                    .join(" ")
            )
        };
        check(&[&includes(9)], Grade::Well, "refuses others");
        check(&[&includes(10)], Grade::Ill, "11 further questions");
    }
}
