//! Who signs the letters, as `tidings.yaml` says it: the relay, nobody, or we with keys of the clinic's own.
//!
//! Promises: a domain and selectors that can stand in DNS, a domain that vouches for the sender, one key or two. The keys themselves are
//! read elsewhere. Knows nothing of what DNS says.

use super::file::{DkimFile, KeyFile, SettingsFile};
use crate::campaign::sender::Sender;
use crate::finding::yaml::Inspection;
use crate::finding::{Place, suggestion};
use crate::letter::sign::{MAKE_RSA, is_aligned};

/// Who signs the letters with DKIM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dkim {
    /// The relay does, with the clinic's domain.
    Relay {
        /// Whether its signature is known to cover List-Unsubscribe and List-Unsubscribe-Post, as RFC 8058 §4 wants it.
        covers_unsubscribe: bool,
    },
    /// Nobody does.
    Nobody,
    /// We do.
    Us {
        /// The signing domain.
        domain: String,
        /// One key, or one of each kind.
        keys: Vec<KeySource>,
    },
}

/// Where a key lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySource {
    /// Its name in DNS.
    pub selector: String,
    /// Its file: inside the workspace, or anywhere by its whole path.
    pub file: String,
    /// Where the settings name it.
    pub place: Option<Place>,
}

/// Who signs where the settings do not say.
const RELAY: Dkim = Dkim::Relay {
    covers_unsubscribe: false,
};

/// Each letter would be signed as often; receivers look at a few signatures only.
const MOST_KEYS: usize = 2;

/// Who signs, if the file says it rightly; `sender` is whom the signature has to vouch for.
pub(super) fn check(desk: &mut Inspection<'_>, file: &SettingsFile, sender: Option<&Sender>) -> Option<Dkim> {
    let Some(file) = &file.dkim else { return Some(RELAY) };
    doubt_unused_keys(desk, file);
    match file.signed_by.as_deref() {
        None | Some("relay") => Some(Dkim::Relay {
            covers_unsubscribe: file.covers_unsubscribe.unwrap_or(false),
        }),
        Some("none") => Some(Dkim::Nobody),
        Some("us") => {
            let from = sender.map(|sender| sender.from.address.domain());
            let (domain, keys) = (domain(desk, file, from), keys(desk, file));
            Some(Dkim::Us {
                domain: domain?,
                keys: keys?,
            })
        }
        Some(other) => {
            let other = other.to_owned();
            desk.wrong(
                &["dkim", "signed_by"],
                format!("`{other}` cannot sign"),
                suggestion::hint(&other, ["relay", "us", "none"]),
            );
            None
        }
    }
}

/// Keys that the settings name and that sign nothing.
fn doubt_unused_keys(desk: &mut Inspection<'_>, file: &DkimFile) {
    let whose = file.signed_by.as_deref().unwrap_or("relay");
    let unused = file.keys.iter().flatten().position(|key| key.file.is_some());
    let Some(number) = unused.filter(|_| ["relay", "none"].contains(&whose)) else {
        return;
    };
    let text = match whose {
        "none" => "no letter is signed with this key: `signed_by` says `none`",
        _ => "no letter is signed with this key: the relay signs, unless `signed_by` says `us`",
    };
    desk.doubt(
        &["dkim", "keys", &number.to_string(), "file"],
        text,
        "write `signed_by: us` to sign with it, or take the key away",
    );
}

/// The selectors that the settings name, whoever signs.
pub(super) fn selectors(file: &SettingsFile) -> Vec<String> {
    let keys = file.dkim.iter().flat_map(|dkim| dkim.keys.iter().flatten());
    keys.filter_map(|key| key.selector.clone()).collect()
}

fn domain(desk: &mut Inspection<'_>, file: &DkimFile, from: Option<&str>) -> Option<String> {
    let path = ["dkim", "domain"];
    let hint = "the domain that signs, like `riverside.example`: the one behind the `@` of `sender.from`";
    let text = desk.required(&path, file.domain.as_ref(), hint)?;
    let domain = idna::domain_to_ascii(&text)
        .ok()
        .filter(|domain| domain.contains('.') && is_name(domain));
    let Some(domain) = domain else {
        desk.wrong(&path, format!("`{text}` is no domain"), hint);
        return None;
    };
    let Some(from) = from else { return Some(domain) };
    if is_aligned(&domain, from) {
        return Some(domain);
    }
    desk.wrong(
        &path,
        format!("a signature of `{domain}` does not vouch for letters from `{from}`"),
        format!("write `domain: {from}`, or the domain above it: mailboxes compare the two (DMARC)"),
    );
    None
}

fn keys(desk: &mut Inspection<'_>, file: &DkimFile) -> Option<Vec<KeySource>> {
    let path = ["dkim", "keys"];
    let named = file.keys.as_deref().unwrap_or_default();
    if named.is_empty() || named.len() > MOST_KEYS {
        let text = match named.len() {
            0 => "`dkim.keys` names no key".to_owned(),
            many => format!("`dkim.keys` names {many} keys, and a letter has two signatures at most"),
        };
        let hint = format!("write `keys: [{{selector: t2026a, file: dkim.pem}}]`; `{MAKE_RSA} dkim.pem` makes a key");
        match file.keys {
            None => desk.missing(&path, hint),
            Some(_) => desk.wrong(&path, text, hint),
        }
        return None;
    }
    let keys: Vec<Option<KeySource>> = (0..named.len()).map(|number| key(desk, number, &named[number])).collect();
    let keys: Vec<KeySource> = keys.into_iter().collect::<Option<_>>()?;
    if let [one, other] = keys.as_slice()
        && one.selector == other.selector
    {
        desk.wrong(
            &["dkim", "keys", "1", "selector"],
            format!("both keys have the selector `{}`", one.selector),
            "each key has a name of its own in DNS: call the second one differently",
        );
        return None;
    }
    Some(keys)
}

fn key(desk: &mut Inspection<'_>, number: usize, key: &KeyFile) -> Option<KeySource> {
    let number = number.to_string();
    let path = |name: &'static str| ["dkim", "keys", number.as_str(), name];
    let selector = desk.required(
        &path("selector"),
        key.selector.as_ref(),
        "the key's name in DNS, like `t2026a`: a new key gets a new one",
    );
    let file = desk.required(
        &path("file"),
        key.file.as_ref(),
        "the file that holds the private key, like `dkim.pem`",
    );
    let selector = selector.map(|text| text.to_ascii_lowercase());
    if let Some(text) = selector.as_ref().filter(|text| !is_name(text)) {
        let text = format!("`{text}` is no selector");
        desk.wrong(&path("selector"), text, "write letters, digits and dashes, like `t2026a`");
        return None;
    }
    Some(KeySource {
        selector: selector?,
        file: file?,
        place: desk.source.place(&path("file")),
    })
}

/// Labels of a host name with dots between them.
fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        let is_plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&label.len()) && is_plain && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 200 && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::{Dkim, is_aligned};
    use crate::workspace::settings::Settings;
    use crate::workspace::settings::tests::{SOUND, told};

    #[track_caller]
    fn check(dkim: &str, place: &str, words: &str) {
        let told = told(&format!("{SOUND}dkim: {{{dkim}}}\n"));
        let is_said =
            told.len() == 1 && told[0].starts_with(&format!("tidings.yaml:{place}: {words}")) && told[0].contains("hint: ");
        assert!(is_said, "{dkim}: {told:?}");
    }

    #[test]
    fn we_sign_with_a_domain_and_one_or_two_keys() {
        let text = format!(
            "{SOUND}dkim: {{signed_by: us, domain: Mill-Lane.example, keys: [{{selector: T1, file: a.pem}}, {{selector: t2, file: b.pem}}]}}\n"
        );
        let (settings, findings) = Settings::check(&text);
        let Some(Dkim::Us { domain, keys }) = settings.map(|settings| settings.dkim) else {
            panic!("{findings:?}");
        };
        let keys: Vec<_> = keys.iter().map(|key| (key.selector.as_str(), key.file.as_str())).collect();
        assert_eq!(
            (domain.as_str(), keys.as_slice()),
            ("mill-lane.example", [("t1", "a.pem"), ("t2", "b.pem")].as_slice())
        );
    }

    #[test]
    fn what_cannot_sign_is_said_at_its_place() {
        let key = "keys: [{selector: t1, file: a.pem}]";
        check(&format!("signed_by: us, {key}"), "9:1", "`dkim.domain` is missing");
        check(
            &format!("signed_by: us, domain: mill lane, {key}"),
            "9:31",
            "`mill lane` is no domain",
        );
        check(
            &format!("signed_by: us, domain: example, {key}"),
            "9:31",
            "`example` is no domain",
        );
        check(
            &format!("signed_by: us, domain: relay.example, {key}"),
            "9:31",
            "a signature of `relay.example` does not vouch for letters from `mill-lane.example`",
        );
        let us = "signed_by: us, domain: mill-lane.example";
        check(us, "9:1", "`dkim.keys` is missing");
        check(&format!("{us}, keys: []"), "9:56", "`dkim.keys` names no key");
        check(
            &format!("{us}, keys: [{{selector: t1}}]"),
            "9:57",
            "`dkim.keys.0.file` is missing",
        );
        check(
            &format!("{us}, keys: [{{file: a}}]"),
            "9:57",
            "`dkim.keys.0.selector` is missing",
        );
        check(
            &format!("{us}, keys: [{{selector: a_b, file: a}}]"),
            "9:68",
            "`a_b` is no selector",
        );
        let two = "{selector: t1, file: a}, {selector: t1, file: b}";
        check(&format!("{us}, keys: [{two}]"), "9:93", "both keys have the selector `t1`");
        check(
            &format!("{us}, keys: [{two}, {{selector: t3, file: c}}]"),
            "9:56",
            "`dkim.keys` names 3 keys",
        );
        check("signed_by: relais", "9:19", "`relais` cannot sign");
    }

    #[test]
    fn keys_that_sign_nothing_are_doubted() {
        let key = "keys: [{selector: t1, file: a.pem}]";
        let said = "warning: no letter is signed with this key";
        check(&format!("signed_by: relay, {key}"), "9:54", said);
        check(&format!("signed_by: none, {key}"), "9:53", said);
        check(key, "9:36", said);
        assert_eq!(told(&format!("{SOUND}dkim: {{keys: [{{selector: t1}}]}}\n")), [""; 0]);
    }

    #[test]
    fn a_domain_vouches_for_itself_and_for_its_own_house() {
        for (domain, from, expected) in [
            ("mill.example", "mill.example", true),
            ("mill.example", "mail.mill.example", true),
            ("mail.mill.example", "mill.example", true),
            ("windmill.example", "mill.example", false),
            ("mill.example", "windmill.example", false),
            ("mail.mill.example", "tips.mill.example", false),
        ] {
            assert_eq!(is_aligned(domain, from), expected, "{domain} {from}");
        }
    }
}
