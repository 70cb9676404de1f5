//! DKIM keys (RFC 6376 §3.6.1): what receivers check a letter's signature with.

use super::{Grade, Remark, tag, tags};
use crate::encoding::der::{SEQUENCE, inside, next};
use data_encoding::BASE64;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;

/// Where the key of a selector stands.
pub fn name(selector: &str, domain: &str) -> String {
    format!("{selector}._domainkey.{domain}")
}

/// What the TXT records at that name say.
pub fn examine(selector: &str, texts: &[String]) -> Vec<Remark> {
    let is_key = |text: &&String| tags(text).is_some_and(|tags| tag(&tags, "p").is_some());
    match texts.iter().filter(is_key).collect::<Vec<_>>().as_slice() {
        [] => vec![Remark::ill(
            format!("no DKIM key under the selector `{selector}`: its signatures count for nothing"),
            "publish the record that the relay's provider names, or correct the selector under `dkim:`",
        )],
        [record] => judge(selector, record),
        several => vec![Remark::ill(
            format!(
                "{} DKIM keys under the selector `{selector}`: receivers may try the wrong one",
                several.len()
            ),
            "keep one of them, and give the other a selector of its own",
        )],
    }
}

/// What the TXT records at `name` say of the key that we sign with: `wanted` is the record that has to stand there.
pub fn compare(selector: &str, name: &str, texts: &[String], wanted: &str) -> Vec<Remark> {
    let remarks = examine(selector, texts);
    let theirs = texts.iter().filter_map(|text| bytes_of(text)).find(|bytes| !bytes.is_empty());
    let is_ours = match (&theirs, bytes_of(wanted)) {
        // Some write the key without the wrapping that says which kind it is.
        (Some(theirs), Some(ours)) => *theirs == ours || theirs.len() > 64 && ours.ends_with(theirs),
        (_, _) => return remarks.into_iter().map(|remark| with_record(remark, name, wanted)).collect(),
    };
    match is_ours {
        true => remarks,
        false => vec![Remark::ill(
            format!("DNS has another key under `{selector}` than the one that signs: no signature of ours holds"),
            publish(name, wanted),
        )],
    }
}

/// The bytes of the key in a record.
fn bytes_of(record: &str) -> Option<Vec<u8>> {
    let text: String = tag(&tags(record)?, "p")?.split_ascii_whitespace().collect();
    BASE64.decode(text.as_bytes()).ok()
}

fn with_record(remark: Remark, name: &str, wanted: &str) -> Remark {
    match remark.grade {
        Grade::Well => remark,
        Grade::Doubtful | Grade::Ill => Remark {
            hint: Some(publish(name, wanted)),
            ..remark
        },
    }
}

fn publish(name: &str, wanted: &str) -> String {
    format!("publish a TXT record for `{name}` with this text, and wait until it is known everywhere: {wanted}")
}

fn judge(selector: &str, record: &str) -> Vec<Remark> {
    let tags = tags(record).unwrap_or_default();
    let mut remarks = vec![key(selector, &tags)];
    let says_not = |name: &str, wanted: &[&str]| {
        let values = tag(&tags, name)?.split(':').map(|value| value.trim().to_ascii_lowercase());
        (!values.into_iter().any(|value| wanted.contains(&value.as_str()))).then_some(())
    };
    if tag(&tags, "v").is_some_and(|version| version != "DKIM1") {
        remarks.push(Remark::ill(
            format!("`{selector}` is no DKIM1 record"),
            "write `v=DKIM1` first",
        ));
    }
    if says_not("h", &["sha256"]).is_some() {
        remarks.push(Remark::ill(
            format!("`{selector}` does not allow sha256, the one hash that counts"),
            "take `h=` out",
        ));
    }
    if says_not("s", &["*", "email"]).is_some() {
        remarks.push(Remark::ill(
            format!("`{selector}` is not meant for mail (`s=`)"),
            "take `s=` out",
        ));
    }
    if tag(&tags, "t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y")) {
        remarks.push(Remark::doubtful(
            format!("`{selector}` is being tried out (`t=y`): receivers may not count it"),
            "take `t=y` out once signatures hold",
        ));
    }
    remarks
}

fn key(selector: &str, tags: &[(String, String)]) -> Remark {
    let text: String = tag(tags, "p").unwrap_or_default().split_ascii_whitespace().collect();
    if text.is_empty() {
        return Remark::ill(
            format!("the key of `{selector}` is revoked (`p=` is empty)"),
            "sign with another selector",
        );
    }
    let broken = || {
        Remark::ill(
            format!("the key of `{selector}` cannot be read"),
            "publish it anew: it may have been cut or wrapped",
        )
    };
    let Ok(bytes) = BASE64.decode(text.as_bytes()) else {
        return broken();
    };
    match tag(tags, "k").unwrap_or("rsa").to_ascii_lowercase().as_str() {
        "rsa" => match rsa_bits(&bytes) {
            None => broken(),
            Some(bits @ ..1024) => Remark::ill(
                format!("the key of `{selector}` has {bits} bits, too few to count"),
                "use 2048",
            ),
            Some(bits @ ..2048) => Remark::doubtful(
                format!("the key of `{selector}` has {bits} bits"),
                "use 2048 with the next change of keys",
            ),
            Some(bits) => Remark::well(format!("the key of `{selector}` is there (RSA, {bits} bits)")),
        },
        "ed25519" if bytes.len() == 32 => Remark::well(format!("the key of `{selector}` is there (Ed25519)")),
        "ed25519" => broken(),
        other => Remark::ill(
            format!("nobody knows keys of the kind `{other}`, as `{selector}` has one"),
            "use `k=rsa` with 2048 bits",
        ),
    }
}

/// The length of an RSA modulus, in a SubjectPublicKeyInfo (RFC 5280) or bare (RFC 8017).
fn rsa_bits(der: &[u8]) -> Option<usize> {
    let outer = inside(der, SEQUENCE)?;
    let modulus = match next(outer)? {
        (INTEGER, modulus, _) => modulus,
        (SEQUENCE, _, rest) => inside(inside(inside(rest, BIT_STRING)?.get(1..)?, SEQUENCE)?, INTEGER)?,
        _ => return None,
    };
    let digits: Vec<u8> = modulus.iter().copied().skip_while(|digit| *digit == 0).collect();
    let first = digits.first()?;
    Some(digits.len() * 8 - first.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::dns::tests::assert_told;

    /// A public RSA key of this many bits, in the shape that openssl writes, as base64.
    fn rsa(bits: usize) -> String {
        let wrap = |tag: u8, content: &[u8]| {
            let length = u16::try_from(content.len()).unwrap().to_be_bytes();
            [&[tag, 0x82], &length[..], content].concat()
        };
        let modulus = [vec![0, 0x80 >> ((8 - bits % 8) % 8)], vec![0xa5; bits.div_ceil(8) - 1]].concat();
        let key = [wrap(INTEGER, &modulus), vec![INTEGER, 3, 1, 0, 1]].concat();
        let algorithm = [SEQUENCE, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 1, 5, 0];
        let bit_string = wrap(BIT_STRING, &[&[0], &wrap(SEQUENCE, &key)[..]].concat());
        BASE64.encode(&wrap(SEQUENCE, &[&algorithm[..], &bit_string].concat()))
    }

    #[track_caller]
    fn check(texts: &[&str], grade: Grade, words: &str) {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        assert_told(&examine("s1", &texts), grade, words, &texts);
    }

    #[test]
    fn the_key_in_dns_is_the_one_that_signs() {
        #[track_caller]
        fn check(texts: &[String], grade: Grade, words: &str, hint: &str) {
            let wanted = format!("v=DKIM1; k=rsa; p={}", rsa(2048));
            let told = compare("s1", "s1._domainkey.mill.example", texts, &wanted);
            assert_told(&told, grade, words, texts);
            assert!(told[0].hint.as_deref().unwrap_or_default().contains(hint), "{told:?}");
        }
        let ours = rsa(2048);
        let bare = BASE64.encode(&BASE64.decode(ours.as_bytes()).unwrap()[24..]);
        let record = "publish a TXT record for `s1._domainkey.mill.example` with this text";
        check(&[format!("v=DKIM1; p={ours}")], Grade::Well, "RSA, 2048 bits", "");
        check(&[format!("v=DKIM1; k=rsa; p={bare}")], Grade::Well, "RSA, 2048 bits", "");
        check(&[format!("v=DKIM1; p={}", rsa(4096))], Grade::Ill, "another key", record);
        check(
            &[format!("v=DKIM1; k=ed25519; p={}", BASE64.encode(&[7; 32]))],
            Grade::Ill,
            "another key",
            record,
        );
        check(&[], Grade::Ill, "no DKIM key", record);
        check(&["v=DKIM1; p=".to_owned()], Grade::Ill, "revoked", record);
        check(&[format!("v=DKIM1; t=y; p={ours}")], Grade::Doubtful, "tried out", "");
    }

    #[test]
    fn keys_good_and_bad() {
        let (good, old, weak) = (rsa(2048), rsa(1024), rsa(768));
        let ed = BASE64.encode(&[7; 32]);
        check(&[&format!("v=DKIM1; k=rsa; p={good}")], Grade::Well, "RSA, 2048 bits");
        check(&[&format!("p={}", rsa(4096))], Grade::Well, "4096 bits");
        check(
            &[&format!(
                "v=DKIM1; h=sha1:sha256; s=email; p={} {}",
                &good[..100],
                &good[100..]
            )],
            Grade::Well,
            "2048 bits",
        );
        check(&[&format!("v=DKIM1; k=ed25519; p={ed}")], Grade::Well, "Ed25519");
        check(&[&format!("v=DKIM1; p={old}")], Grade::Doubtful, "1024 bits");
        check(&[&format!("v=DKIM1; p={}", rsa(2047))], Grade::Doubtful, "2047 bits");
        check(&[&format!("v=DKIM1; t=s:y; p={good}")], Grade::Doubtful, "tried out");
        check(&[], Grade::Ill, "no DKIM key");
        check(&["v=spf1 -all"], Grade::Ill, "no DKIM key");
        check(&["v=DKIM1; k=rsa; p="], Grade::Ill, "revoked");
        check(&[&format!("v=DKIM1; p={weak}")], Grade::Ill, "768 bits");
        check(&[&format!("v=DKIM1; p={}", &good[..200])], Grade::Ill, "cannot be read");
        check(&["v=DKIM1; p=!!"], Grade::Ill, "cannot be read");
        check(&[&format!("v=DKIM1; k=ed25519; p={good}")], Grade::Ill, "cannot be read");
        check(&[&format!("v=DKIM1; k=dsa; p={good}")], Grade::Ill, "`dsa`");
        check(&[&format!("v=DKIM2; p={good}")], Grade::Ill, "no DKIM1");
        check(&[&format!("h=sha1; p={good}")], Grade::Ill, "sha256");
        check(&[&format!("s=tlsrpt; p={good}")], Grade::Ill, "not meant for mail");
        check(&[&format!("p={good}"), &format!("p={old}")], Grade::Ill, "2 DKIM keys");
    }
}
