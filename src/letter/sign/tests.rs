//! Keys, and signatures that are opened again with the public half.

use super::{Algorithm, Key, KeyError, NamedKey, Signer, WIDTH, canon};
use aws_lc_rs::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use data_encoding::BASE64;

const RSA: &str = include_str!("../../../tests/mail/keys/rsa.pem");
const ED: &str = include_str!("../../../tests/mail/keys/ed25519.pem");
const PKCS1: &str = include_str!("../../../tests/mail/keys/rsa-pkcs1.pem");
const PUBLIC: &str = include_str!("../../../tests/mail/keys/pub.pem");
const SEED: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n";

fn signer(keys: &[(&str, &str)]) -> Signer {
    let named = keys.iter().map(|(selector, key)| NamedKey {
        selector: (*selector).to_owned(),
        key: Key::read(key).unwrap(),
    });
    Signer::new("riverside.example", named.collect())
}

#[track_caller]
fn check(text: &str, expected: Result<Algorithm, KeyError>) {
    assert_eq!(Key::read(text).map(|key| key.algorithm()), expected, "{text}");
}

#[test]
fn every_shape_of_a_key_is_read_and_others_are_named() {
    check(RSA, Ok(Algorithm::Rsa));
    check(&RSA.replace('\n', "\r\n"), Ok(Algorithm::Rsa));
    check(PKCS1, Ok(Algorithm::Rsa));
    check(include_str!("../../../tests/mail/keys/large.pem"), Ok(Algorithm::Rsa));
    check(ED, Ok(Algorithm::Ed25519));
    check(SEED, Ok(Algorithm::Ed25519));
    check(&format!("{PUBLIC}{RSA}"), Ok(Algorithm::Rsa));
    check(
        include_str!("../../../tests/mail/keys/tiny.pem"),
        Err(KeyError::TooSmall { bits: 768 }),
    );
    check(
        include_str!("../../../tests/mail/keys/old.pem"),
        Err(KeyError::Small { bits: 1024 }),
    );
    check(include_str!("../../../tests/mail/keys/ec.pem"), Err(KeyError::OtherKind));
    check(include_str!("../../../tests/mail/keys/locked.pem"), Err(KeyError::Locked));
    check(
        include_str!("../../../tests/mail/keys/locked-pkcs1.pem"),
        Err(KeyError::Locked),
    );
    check(PUBLIC, Err(KeyError::Public));
    check("", Err(KeyError::NoKey));
    check("sesame", Err(KeyError::NoKey));
    check(
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END O",
        Err(KeyError::Ssh),
    );
    check(&RSA[..900], Err(KeyError::Damaged));
    check(&RSA.replace("MII", "MIJ"), Err(KeyError::Damaged));
    // Both halves of one key are one key, however it is written.
    let public = |text: &str| Key::read(text).unwrap().public();
    assert_eq!(public(RSA), public(PKCS1));
    let published: String = PUBLIC.lines().filter(|line| !line.starts_with("---")).collect();
    assert_eq!(public(RSA), published);
    // RFC 8463 §A.2.
    assert_eq!(public(SEED), "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    assert_eq!(format!("{:?}", Key::read(SEED).unwrap()), "Key(Ed25519)");
}

/// RFC 8463 §A.3: the letter that the standard signs, and its signature.
#[test]
fn the_letter_of_the_standard_has_its_signature() {
    const SIGNATURE: &str = "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==";
    const OWN: &str = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n d=football.example.com; i=@football.example.com;\r\n \
        q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n subject : date : message-id : from : subject : date;\r\n \
        bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=";
    let letter = "From: Joe SixPack <joe@football.example.com>\r\nTo: Suzie Q <suzie@shopping.example.net>\r\n\
        Subject: Is dinner ready?\r\nDate: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
        Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n\
        Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";
    let (head, body) = canon::parted(letter.as_bytes()).unwrap();
    assert_eq!(
        BASE64.encode(canon::body_hash(body).as_ref()),
        "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="
    );
    let mut headers = Vec::new();
    for field in canon::fields(head).unwrap() {
        headers.extend([&field.relaxed[..], b"\r\n"].concat());
    }
    headers.extend(canon::relaxed(OWN.as_bytes()).unwrap().relaxed);
    let signature = Key::read(SEED).unwrap().sign(&headers).unwrap();
    assert_eq!(BASE64.encode(&signature), SIGNATURE);
}

const LETTER: &str = "From: a@riverside.example\r\nTo: \"Ann\"\r\n <ann@example.org>\r\nX-Other: 1\r\nSubject: Calm\r\nList-Unsubscribe: <https://x>\r\n\
    Feedback-ID: a:b\r\n\r\nBreathe  out.\r\n\r\n";

/// The signatures of a signed letter: each whole field, as it stands.
fn signatures(signed: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(signed).unwrap();
    let (ours, _) = text.split_once("From: ").unwrap();
    let fields = ours.split("DKIM-Signature:").skip(1);
    fields.map(|field| format!("DKIM-Signature:{field}")).collect()
}

fn tag(signature: &str, name: &str) -> String {
    let bare: String = signature.split_whitespace().collect();
    let found = bare.split(';').find_map(|tag| {
        tag.trim_start_matches("DKIM-Signature:")
            .strip_prefix(&format!("{name}="))
            .map(str::to_owned)
    });
    found.unwrap_or_else(|| panic!("no {name}= in {signature}"))
}

#[test]
fn two_keys_make_two_signatures_that_each_hold() {
    let signer = signer(&[("t2026a", RSA), ("t2026e", ED)]);
    let moment = "2026-12-01T09:00:00Z".parse().unwrap();
    let signed = signer.sign(LETTER.as_bytes(), moment).unwrap();
    assert_eq!(signed, signer.sign(LETTER.as_bytes(), moment).unwrap());
    assert!(signed.ends_with(LETTER.as_bytes()));
    let fields = canon::fields(canon::parted(LETTER.as_bytes()).unwrap().0).unwrap();
    let found = signatures(&signed);
    assert_eq!(found.len(), 2);
    for ((signature, record), wanted) in found.iter().zip(signer.records()).zip(["rsa-sha256", "ed25519-sha256"]) {
        assert_eq!(
            (tag(signature, "a"), tag(signature, "s")),
            (wanted.to_owned(), record.selector)
        );
        assert_eq!(tag(signature, "t"), "1796115600");
        let body = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"Breathe out.\r\n");
        assert_eq!(tag(signature, "bh"), BASE64.encode(body.as_ref()));
        assert!(
            tag(signature, "h").starts_with("from:from:to:to:subject:subject:date:message-id:"),
            "{signature}"
        );
        assert!(tag(signature, "h").ends_with(":feedback-id"), "{signature}");
        assert!(
            !signature.contains("l=") && signature.contains("c=relaxed/relaxed;"),
            "{signature}"
        );
        let longest = signature.split("\r\n").map(str::len).max().unwrap();
        assert!(longest <= WIDTH, "{longest}: {signature}");
        let (before, _) = signature.split_once("\tb=").or_else(|| signature.split_once(" b=")).unwrap();
        let mut headers = super::chosen(&fields).1;
        headers.extend(canon::relaxed(format!("{before} b=").as_bytes()).unwrap().relaxed);
        let public = BASE64.decode(record.public.as_bytes()).unwrap();
        let value = BASE64.decode(tag(signature, "b").as_bytes()).unwrap();
        let verified = match wanted {
            // The last 270 bytes of the record are the key itself, without its wrapping.
            "rsa-sha256" => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &public[24..]).verify(&headers, &value),
            _ => {
                let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &headers);
                UnparsedPublicKey::new(&ED25519, &public).verify(hash.as_ref(), &value)
            }
        };
        assert!(verified.is_ok(), "{signature}");
    }
}

#[test]
fn of_two_fields_with_one_name_the_last_is_signed_first() {
    let fields = canon::fields(b"To: one\r\nTo: two\r\nFrom: a\r\n").unwrap();
    let (names, headers) = super::chosen(&fields);
    assert!(names.starts_with("from:from:to:to:to:subject:date:"), "{names}");
    assert_eq!(headers, b"from:a\r\nto:two\r\nto:one\r\n");
}

#[test]
fn what_is_no_letter_is_not_signed() {
    let signer = signer(&[("s1", SEED)]);
    for bytes in [&b""[..], b"A: b\r\n", b" stray\r\n\r\n", b"nothing\r\n\r\nbody"] {
        assert!(signer.sign(bytes, jiff::Timestamp::UNIX_EPOCH).is_err());
    }
    let long = Signer::new(
        &format!("{}.example", "a".repeat(60)),
        vec![NamedKey {
            selector: "s".repeat(63),
            key: Key::read(SEED).unwrap(),
        }],
    );
    let signed = long.sign(LETTER.as_bytes(), jiff::Timestamp::UNIX_EPOCH).unwrap();
    assert!(signed.split(|byte| *byte == b'\n').all(|line| line.len() <= WIDTH + 1));
    assert_eq!(signer.sender_id().len(), 10);
}
