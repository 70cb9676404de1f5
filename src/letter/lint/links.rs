//! Links: where they lead, what they say of it, and what they give away on the way.

use super::hosts::{self, Own};
use super::reading::{Link, Reading, is_blind};
use super::report::{Report, shown};
use super::words::{self, folded};
use std::collections::BTreeMap;

/// Whose text is looked at: an article's reader has said already which targets it leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Article,
    Template,
}

/// Everything about the links of a text.
pub(super) fn of(report: &mut Report<'_>, reading: &Reading, text: Text, own: &Own) {
    let mut others: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for link in &reading.links {
        words(report, link, text);
        let Some(target) = target(report, link, text) else { continue };
        deceives(report, link, target);
        if let Some(host) = address(report, link, target)
            && !own.owns(&host)
        {
            let (first, count) = others.entry(host).or_insert((link.offset, 0));
            *first = link.offset.min(*first);
            *count += 1;
        }
    }
    for (host, (first, count)) in others {
        let links = if count == 1 {
            "a link leads".to_owned()
        } else {
            format!("{count} links lead")
        };
        let hint = "it learns who comes, and may change what it shows; look whether the page is still what you mean, then accept it: \
            `accept: [link-other-host]` in campaign.yaml";
        report.warn(
            "link-other-host",
            first,
            format!("{links} to `{}`, which is not the clinic's", shown(&host, 80)),
            hint,
        );
    }
}

/// The target, where it is one that means something outside.
fn target<'l>(report: &mut Report<'_>, link: &'l Link, text: Text) -> Option<&'l str> {
    let target = link.target.as_deref().map(str::trim);
    let Some(target) = target.filter(|target| !target.is_empty()) else {
        if text == Text::Template {
            report.warn(
                "link-without-target",
                link.offset,
                "a link leads nowhere: it has no `href`",
                "write `href=\"https://…\"`, or take the `<a>` away",
            );
        }
        return None;
    };
    if target.starts_with('#') || target.contains(is_blind) && hosts::of_any(target).is_none() {
        return None;
    }
    let scheme = scheme(target);
    match scheme.as_deref() {
        Some("http" | "https" | "mailto" | "tel" | "sms") => Some(target),
        _ if text == Text::Article => None,
        Some("javascript" | "vbscript" | "data" | "file") => {
            let text = format!(
                "a link leads to `{}`, which no mail program follows and filters take for an attack",
                shown(target, 40)
            );
            report.refuse("link-script", link.offset, text, "write the `https://` address of a page");
            None
        }
        Some(other) => {
            let text = format!(
                "a link begins with `{}:`, which many mail programs do not open",
                shown(other, 20)
            );
            report.warn("link-scheme", link.offset, text, "write `https://`, `mailto:` or `tel:`");
            None
        }
        None => {
            let text = format!(
                "the link `{}` leads nowhere from a letter, because it does not say on which web site it is",
                shown(target, 60)
            );
            report.warn(
                "link-relative",
                link.offset,
                text,
                "write the whole address, starting with `https://`",
            );
            None
        }
    }
}

fn scheme(target: &str) -> Option<String> {
    // Browsers pass over controls and blanks inside a scheme: so do those who hide one.
    let plain: String = target
        .chars()
        .take(40)
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect();
    let (scheme, _) = plain.split_once(':')?;
    let sound = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    sound.then(|| scheme.to_ascii_lowercase())
}

/// What the words of a link say.
fn words(report: &mut Report<'_>, link: &Link, text: Text) {
    if link.is_bare || link.words.contains(is_blind) {
        return;
    }
    // A name to jump to is written as an `<a>` too.
    if link.target.is_none() && text == Text::Template {
        return;
    }
    if link.words.trim().is_empty() {
        let text = "a link has no words, so nobody can see or hear it";
        return report.warn(
            "link-empty",
            link.offset,
            text,
            "write what it leads to: `[our opening hours](https://…)`",
        );
    }
    let said = folded(&link.words);
    // In whatever language: nobody writes `clicca qui` and means a page of that name.
    if words::of_any("link-words").any(|vague| vague == said) {
        let text = format!(
            "a link says only `{}`: read out alone, nobody knows where it leads",
            shown(&link.words, 40)
        );
        report.warn(
            "link-words",
            link.offset,
            text,
            "let the words name the page, as in `[our opening hours](https://…)`",
        );
    }
}

/// Words that show one address over a link that leads to another: what filters and readers know from theft.
fn deceives(report: &mut Report<'_>, link: &Link, target: &str) {
    if link.is_bare {
        return;
    }
    let said = link.words.trim();
    let deceived = match target.get(..7).filter(|head| head.eq_ignore_ascii_case("mailto:")) {
        Some(_) => {
            let mailbox = target[7..].split('?').next().unwrap_or("");
            let is_address = said.contains('@') && !said.contains(char::is_whitespace);
            is_address && !percent_free(mailbox).eq_ignore_ascii_case(said.trim_start_matches("mailto:"))
        }
        None => match (hosts::shown_in(said), hosts::of(target)) {
            (Some(said), Some(led)) => !hosts::are_kin(&said, &led),
            _ => false,
        },
    };
    if deceived {
        let text = format!("a link says `{}` and leads to `{}`", shown(said, 60), shown(target, 60));
        report.warn(
            "link-other-address",
            link.offset,
            text,
            "readers and filters know that from thieves: let the words name the page, or the address that it leads to",
        );
    }
}

fn percent_free(mailbox: &str) -> String {
    mailbox.replace("%40", "@")
}

/// What an address of the web gives away; its host, where it says more than that by itself.
fn address(report: &mut Report<'_>, link: &Link, target: &str) -> Option<String> {
    let host = hosts::of(target)?;
    if target.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("http:")) {
        let text = format!(
            "the link `{}` is not safe on its way: anybody between can read and change the page",
            shown(target, 60)
        );
        report.warn(
            "link-http",
            link.offset,
            text,
            "write `https://`, and look whether the page answers",
        );
    }
    if let Some(tracker) = hosts::tracker(target) {
        let text = format!(
            "the link `{}` carries `{}`, which follows the reader",
            shown(target, 60),
            shown(tracker, 30)
        );
        report.warn(
            "link-tracking",
            link.offset,
            text,
            "take away what begins with the `?` or `&` before it; the page opens just as well",
        );
    }
    if hosts::shortens(&host) {
        let text = format!("`{}` hides where the link leads, and filters distrust it", shown(&host, 40));
        report.warn(
            "link-shortened",
            link.offset,
            text,
            "open it, and write the address where you arrive",
        );
        return None;
    }
    Some(host)
}
