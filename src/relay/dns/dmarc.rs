//! DMARC (RFC 9989): what receivers do with letters in a domain's name that neither SPF nor DKIM vouch for, and whom they tell.

use super::{Remark, tag, tags};

/// Where a domain's record stands.
pub fn name(domain: &str) -> String {
    format!("_dmarc.{domain}")
}

/// The names to ask in turn, from the domain itself upwards: a parent's record stands for its children.
pub fn names(domain: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = domain;
    while rest.contains('.') {
        found.push(name(rest));
        rest = rest.split_once('.').map_or("", |(_, parent)| parent);
    }
    found
}

/// What the TXT records at one of those names say about `domain`.
pub fn examine(domain: &str, texts: &[String]) -> Vec<Remark> {
    let is_dmarc = |text: &&String| {
        text.split(';')
            .next()
            .is_some_and(|first| first.replace(' ', "").eq_ignore_ascii_case("v=DMARC1"))
    };
    let records: Vec<&String> = texts.iter().filter(is_dmarc).collect();
    match records.as_slice() {
        [] => vec![Remark::doubtful(
            "no DMARC record: large mailbox providers want one of everybody who writes to many",
            format!(
                "publish a TXT record at `{}`: `v=DMARC1; p=none; rua=mailto:postmaster@{domain}`",
                name(domain)
            ),
        )],
        [record] => judge(domain, record),
        several => vec![Remark::ill(
            format!("{} DMARC records: receivers then act as if there were none", several.len()),
            "keep one of them",
        )],
    }
}

fn judge(domain: &str, record: &str) -> Vec<Remark> {
    let Some(tags) = tags(record) else {
        return vec![Remark::ill(
            format!("the DMARC record cannot be read: `{record}`"),
            "it is a list like `v=DMARC1; p=none`",
        )];
    };
    let mut remarks = vec![policy(tag(&tags, "p"))];
    remarks.push(reports(domain, tag(&tags, "rua")));
    if let Some(percent) = tag(&tags, "pct").filter(|percent| *percent != "100") {
        remarks.push(Remark::doubtful(
            format!("DMARC's `pct={percent}` no longer means anything (RFC 9989)"),
            "take `pct` out; `t=y` tries a policy out",
        ));
    }
    for (name, what) in [("aspf", "SPF"), ("adkim", "DKIM")] {
        match tag(&tags, name).map(str::to_ascii_lowercase).as_deref() {
            None | Some("r") => {}
            Some("s") => remarks.push(Remark::doubtful(
                format!("DMARC is strict about {what} (`{name}=s`): a subdomain of `{domain}` does not vouch for it"),
                format!("see that the relay's {what} uses `{domain}` itself, or write `{name}=r`"),
            )),
            Some(other) => remarks.push(Remark::ill(
                format!("DMARC's `{name}={other}` is no choice"),
                format!("write `{name}=r`"),
            )),
        }
    }
    remarks
}

fn policy(policy: Option<&str>) -> Remark {
    const HINT: &str = "write `p=none` to begin with, `p=quarantine` or `p=reject` once the reports are clean";
    match policy.map(str::to_ascii_lowercase).as_deref() {
        Some("none") => Remark::well("DMARC watches (`p=none`)"),
        Some("quarantine") => Remark::well("DMARC sends what nobody vouches for to the spam folder (`p=quarantine`)"),
        Some("reject") => Remark::well("DMARC refuses what nobody vouches for (`p=reject`)"),
        Some(other) => Remark::ill(format!("DMARC's `p={other}` is no policy"), HINT),
        None => Remark::ill("DMARC says no policy: `p=` is missing", HINT),
    }
}

fn reports(domain: &str, addresses: Option<&str>) -> Remark {
    let Some(addresses) = addresses.filter(|text| !text.is_empty()) else {
        return Remark::doubtful(
            "nobody is told who writes in its name: DMARC's `rua=` is missing",
            format!("add `rua=mailto:postmaster@{domain}`, an address that somebody reads"),
        );
    };
    let (mut wrong, mut abroad) = (Vec::new(), Vec::new());
    for address in addresses.split(',').map(str::trim) {
        // A size limit may follow: `!10m`.
        let mailbox = address
            .get(..7)
            .filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
            .map(|_| &address[7..]);
        let host = mailbox
            .and_then(|mailbox| mailbox.split(['!', '?']).next()?.rsplit_once('@'))
            .map(|(_, host)| host);
        match host.map(str::to_ascii_lowercase) {
            Some(host) if host == domain || domain.ends_with(&format!(".{host}")) || host.ends_with(&format!(".{domain}")) => {}
            Some(host) => abroad.push(host),
            None => wrong.push(address),
        }
    }
    if !wrong.is_empty() {
        let text = format!(
            "DMARC's reports go to `{}`, which is no `mailto:` address",
            wrong.join("`, `")
        );
        return Remark::ill(text, format!("write `rua=mailto:postmaster@{domain}`"));
    }
    match abroad.as_slice() {
        [] => Remark::well("DMARC's reports go to its own mailbox"),
        [host, ..] => Remark::doubtful(
            format!("DMARC's reports go to `{}`", abroad.join("`, `")),
            format!(
                "they arrive only where `{domain}._report._dmarc.{host}` allows it: `dig +short TXT {domain}._report._dmarc.{host}`"
            ),
        ),
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
        assert_told(&examine("clinic.example", &texts), grade, words, &texts);
    }

    #[test]
    fn good_and_bad_records() {
        const RUA: &str = "rua=mailto:dmarc@clinic.example";
        check(&[&format!("v=DMARC1; p=none; {RUA}")], Grade::Well, "watches");
        check(
            &[
                "verification",
                &format!("v=DMARC1;p=Reject;sp=none;{RUA}!10m,MAILTO:b@reports.clinic.example;aspf=r;"),
            ],
            Grade::Well,
            "refuses",
        );
        check(
            &[&format!("v=DMARC1; p=quarantine; pct=100; {RUA}")],
            Grade::Well,
            "spam folder",
        );
        check(&[], Grade::Doubtful, "no DMARC record");
        check(&["v=DMARC2; p=none"], Grade::Doubtful, "no DMARC record");
        check(&["v=DMARC1; p=none"], Grade::Doubtful, "`rua=` is missing");
        check(
            &["v=DMARC1; p=none; rua=mailto:x@reports.example"],
            Grade::Doubtful,
            "go to `reports.example`",
        );
        check(&[&format!("v=DMARC1; p=reject; pct=50; {RUA}")], Grade::Doubtful, "pct=50");
        check(
            &[&format!("v=DMARC1; p=reject; aspf=s; {RUA}")],
            Grade::Doubtful,
            "strict about SPF",
        );
        check(
            &[&format!("v=DMARC1; p=reject; adkim=S; {RUA}")],
            Grade::Doubtful,
            "strict about DKIM",
        );
        check(&["v=DMARC1; rua=mailto:a@clinic.example"], Grade::Ill, "no policy");
        check(&[&format!("v=DMARC1; p=monitor; {RUA}")], Grade::Ill, "p=monitor");
        check(&["v=DMARC1; p=none; rua=dmarc@clinic.example"], Grade::Ill, "no `mailto:`");
        check(&[&format!("v=DMARC1; p=none; adkim=x; {RUA}")], Grade::Ill, "adkim=x");
        check(&["v=DMARC1; p=none; none"], Grade::Ill, "cannot be read");
        check(&["v=DMARC1; p=none", "v=DMARC1; p=reject"], Grade::Ill, "2 DMARC records");
    }

    #[test]
    fn a_parents_record_stands_for_its_children() {
        assert_eq!(
            names("mail.clinic.example"),
            ["_dmarc.mail.clinic.example", "_dmarc.clinic.example"]
        );
        assert_eq!(names("clinic.example"), ["_dmarc.clinic.example"]);
    }
}
