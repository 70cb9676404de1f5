//! Hosts of addresses: whose they are, which of them hide others, which parameters follow readers.

use super::reading::is_blind;
use super::words::rows;
use crate::article::desk::is_everybodys;
use crate::letter::Sources;
use std::collections::HashSet;
use std::sync::LazyLock;

static SHORTENERS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| column("shortener").collect());
static TRACKERS: LazyLock<Vec<&'static str>> = LazyLock::new(|| column("tracker").collect());

fn column(wanted: &'static str) -> impl Iterator<Item = &'static str> {
    let cells = rows(include_str!("data/hosts.csv")).filter_map(|line| line.split_once(','));
    cells
        .filter(move |(kind, _)| *kind == wanted)
        .flat_map(|(_, values)| values.split('|'))
}

/// The hosts that are the clinic's own.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    hosts: Vec<String>,
}

impl Own {
    /// Those that the settings name.
    pub(super) fn of(sources: &Sources) -> Self {
        let sender = &sources.sender;
        let mailboxes = [
            Some(&sender.from_address),
            Some(&sender.contact),
            sender.reply_to.as_ref(),
            sender.unsubscribe_mailto.as_ref(),
        ];
        let domains = mailboxes
            .into_iter()
            .flatten()
            .filter_map(|address| address.rsplit_once('@'))
            .map(|(_, domain)| domain.to_ascii_lowercase());
        let domains = domains.filter(|domain| !is_everybodys(domain));
        let pages = [sender.unsubscribe_url.as_deref(), sources.look.images.as_deref()];
        let hosts = pages.into_iter().flatten().filter_map(of);
        Self {
            hosts: domains.chain(hosts).map(|host| without_www(&host).to_owned()).collect(),
        }
    }

    /// Whether a host is the clinic's.
    pub(super) fn owns(&self, host: &str) -> bool {
        self.hosts.iter().any(|own| are_kin(own, host))
    }
}

fn without_www(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// Whether two hosts are the same, but for `www.`, or one stands below the other.
pub(super) fn are_kin(one: &str, other: &str) -> bool {
    let (one, other) = (without_www(one), without_www(other));
    let below = |long: &str, short: &str| {
        long.strip_suffix(short)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    below(one, other) || below(other, one)
}

/// The host of a web address, in small letters.
pub(super) fn of(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?.trim_end_matches('.');
    (!host.is_empty()).then(|| host.to_lowercase())
}

/// The same of an address that leaves its scheme out (`//riverside.example/…`), or has a tag behind its host.
pub(super) fn of_any(address: &str) -> Option<String> {
    let address = address.trim();
    let whole = match address.starts_with("//") {
        true => format!("https:{address}"),
        false => address.to_owned(),
    };
    let Some(tag) = whole.find(is_blind) else { return of(&whole) };
    let known = &whole[..tag];
    // A tag in the host itself leaves nothing to know.
    known
        .split_once("://")?
        .1
        .contains(['/', '?', '#'])
        .then(|| of(known))
        .flatten()
}

/// The host that words show, where they are an address: `www.riverside.example/tips`, `riverside.example`.
pub(super) fn shown_in(words: &str) -> Option<String> {
    if words.contains(char::is_whitespace) || words.contains('@') {
        return None;
    }
    if let Some(host) = of(words) {
        return Some(host);
    }
    let host = words.split(['/', '?', '#', ':']).next().unwrap_or("").trim_end_matches('.');
    let labels: Vec<&str> = host.split('.').collect();
    let top = labels.last().copied().unwrap_or("");
    let sound = |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    // `3.5` and `e.g.` and `hands.jpg` are no hosts.
    let is_host = labels.len() >= 2
        && labels.iter().all(sound)
        && (2..=24).contains(&top.chars().count())
        && top.chars().all(char::is_alphabetic)
        && labels[labels.len() - 2].chars().count() >= 2
        && !["jpg", "jpeg", "png", "gif", "pdf", "doc", "docx", "html", "htm", "md", "txt"].contains(&top.to_lowercase().as_str());
    is_host.then(|| host.to_lowercase())
}

/// Whether a host hides where its links lead.
pub(super) fn shortens(host: &str) -> bool {
    SHORTENERS.contains(without_www(host))
}

/// The first parameter of an address that follows the reader.
pub(super) fn tracker(address: &str) -> Option<&str> {
    let query = address.split_once('?')?.1;
    let names = query.split(['&', ';', '#']).map(|pair| pair.split('=').next().unwrap_or(""));
    let follows = |name: &str| {
        let name = name.to_ascii_lowercase();
        TRACKERS.iter().any(|tracker| match tracker.strip_suffix('*') {
            Some(head) => name.starts_with(head),
            None => name == *tracker,
        })
    };
    names.take(200).find(|name| follows(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_from_addresses_and_from_words() {
        assert_eq!(
            of("HTTPS://user@Riverside.Example:8443/a?b"),
            Some("riverside.example".to_owned())
        );
        assert_eq!(of("mailto:a@riverside.example"), None);
        for (words, host) in [
            ("www.riverside.example/tips", Some("www.riverside.example")),
            ("riverside.example", Some("riverside.example")),
            ("https://riverside.example/", Some("riverside.example")),
            ("our page", None),
            ("3.5", None),
            ("e.g.", None),
            ("hands.jpg", None),
            ("Riverside", None),
            ("a@riverside.example", None),
        ] {
            assert_eq!(shown_in(words).as_deref(), host, "{words}");
        }
    }

    #[test]
    fn kin_and_strangers() {
        assert!(are_kin("www.riverside.example", "riverside.example") && are_kin("shop.riverside.example", "riverside.example"));
        assert!(
            !are_kin("riverside.example", "notriverside.example") && !are_kin("riverside.example", "riverside.example.evil.test")
        );
    }

    #[test]
    fn parameters_that_follow_are_known() {
        for (address, found) in [
            ("https://a.test/?utm_source=x", Some("utm_source")),
            ("https://a.test/?page=2&FBCLID=1", Some("FBCLID")),
            ("https://a.test/?mc_eid=abc#x", Some("mc_eid")),
            ("https://a.test/?page=2&lang=en", None),
            ("https://a.test/utm_source", None),
        ] {
            assert_eq!(tracker(address), found, "{address}");
        }
        assert!(shortens("bit.ly") && shortens("www.bit.ly") && !shortens("rabbit.ly"));
    }
}
