//! The message itself: headers, parts, encoding, and that no person can break it.

use super::{BARE, bare, headers, hostile, parts, recipient, sources, stamp, text_of};
use crate::address::Address;
use crate::letter::Recipient;
use crate::letter::compile::{Compiled, compile};
use proptest::prelude::proptest;
use std::collections::BTreeMap;

#[test]
fn every_letter_has_exactly_these_headers() {
    let letter = bare(BARE)
        .compose(&recipient("Ann@Example.org", &[("name", "Ann Lee")]), &stamp("m4x2.k7"))
        .unwrap();
    let expected = [
        ("From", "\"Riverside Massage\" <tips@riverside.example>"),
        ("Reply-To", "hello@riverside.example"),
        ("List-Id", "\"Riverside Massage Clinic\" <k7f2m9.riverside.example>"),
        ("Auto-Submitted", "auto-generated"),
        ("List-Help", "<mailto:hello@riverside.example>"),
        ("List-Owner", "<mailto:hello@riverside.example>"),
        ("List-Post", "NO"),
        (
            "List-Unsubscribe",
            "<mailto:unsubscribe@riverside.example?subject=unsubscribe%20v1.k3f7.AAAAAQ.AAAA>",
        ),
        ("To", "\"Ann Lee\" <Ann@example.org>"),
        ("Subject", "Calmer days"),
        ("Date", "Tue, 01 Dec 2026 09:00:00 +0000"),
        ("Message-ID", "<m4x2.k7@riverside.example>"),
        ("X-Tidings-Ref", "m4x2.k7"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "multipart/alternative; boundary=\"=_m4x2k7\""),
    ];
    let found = headers(&letter);
    let shown: Vec<(&str, &str)> = found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(shown, expected);
    assert_eq!(
        (letter.from.as_str(), letter.to.as_str()),
        ("tips@riverside.example", "Ann@example.org")
    );
    assert_eq!(letter.message_id, "m4x2.k7@riverside.example");
}

#[test]
fn the_same_letter_is_the_same_bytes_and_another_stamp_another_boundary() {
    let edition = bare(BARE);
    let ann = recipient("ann@example.org", &[]);
    let first = edition.compose(&ann, &stamp("a1")).unwrap();
    assert_eq!(first, bare(BARE).compose(&ann, &stamp("a1")).unwrap());
    let second = edition.compose(&ann, &stamp("b2")).unwrap();
    assert!(text_of(&first).contains("--=_a1--\r\n") && text_of(&second).contains("--=_b2--\r\n"));
}

#[test]
fn text_comes_before_html_and_both_are_quoted_printable() {
    let letter = bare(BARE).compose(&recipient("ann@example.org", &[]), &stamp("a")).unwrap();
    let kinds: Vec<&str> = text_of(&letter)
        .lines()
        .filter(|line| line.starts_with("Content-T"))
        .collect();
    let quoted = "Content-Transfer-Encoding: quoted-printable";
    assert_eq!(
        kinds[1..],
        [
            "Content-Type: text/plain; charset=utf-8",
            quoted,
            "Content-Type: text/html; charset=utf-8",
            quoted
        ]
    );
}

#[test]
fn a_persons_words_are_escaped_in_html_and_raw_in_text() {
    let name = "<b>&\"Zoë\"</b>";
    let letter = bare(BARE)
        .compose(&recipient("ann@example.org", &[("first_name", name)]), &stamp("a"))
        .unwrap();
    let [text, html] = parts(&letter);
    assert!(text.starts_with("Dear <b>&\"Zoë\"</b>,\n"), "{text}");
    assert!(html.contains("Dear &lt;b&gt;&amp;&quot;Zoë&quot;&lt;/b&gt;,"), "{html}");
}

#[test]
fn every_way_out_carries_the_letters_own_token() {
    for (url, link) in [
        (
            None,
            format!("mailto:unsubscribe@riverside.example?subject=unsubscribe%20{}", super::TOKEN),
        ),
        (
            Some("https://riverside.example/u/"),
            format!("https://riverside.example/u/{}", super::TOKEN),
        ),
    ] {
        let mut sources = sources(super::SHIPPED, "Calmer days", "Breathe.");
        sources.sender.unsubscribe_url = url.map(str::to_owned);
        sources.sender.one_click = true;
        let letter = compile(&sources)
            .unwrap()
            .compose(&recipient("ann@example.org", &[]), &stamp("a"))
            .unwrap();
        let [text, html] = parts(&letter);
        assert!(html.contains(&format!("<a href=\"{link}\"")), "{html}");
        // Without a page the text part asks for a mail in plain words.
        let said = url.map_or("unsubscribe@riverside.example", |_| link.as_str());
        assert!(text.contains(said), "{text}");
        let fields = headers(&letter);
        let count = |name: &str| fields.iter().filter(|(field, _)| field == name).count();
        assert_eq!(
            (count("List-Unsubscribe"), count("List-Unsubscribe-Post")),
            (1, usize::from(url.is_some()))
        );
    }
}

#[test]
fn what_cannot_be_delivered_comes_back_to_the_return_path() {
    let mut sources = sources(&[("letter.html", BARE)], "Calmer days", "Breathe.");
    let from = |sources: &crate::letter::Sources| {
        let letter = compile(sources)
            .unwrap()
            .compose(&recipient("ann@example.org", &[]), &stamp("a"))
            .unwrap();
        (letter.from.to_string(), letter.message_id)
    };
    assert_eq!(
        from(&sources),
        ("tips@riverside.example".to_owned(), "a@riverside.example".to_owned())
    );
    sources.sender.return_path = Some("bounces@mail.riverside.example".to_owned());
    assert_eq!(
        from(&sources),
        ("bounces@mail.riverside.example".to_owned(), "a@riverside.example".to_owned())
    );
}

#[test]
fn lines_of_dots_are_kept_for_the_relay_to_stuff() {
    let [text, _] = parts(&bare(BARE).compose(&recipient("ann@example.org", &[]), &stamp("a")).unwrap());
    assert!(text.contains("\n.\n") && text.contains("\n..x\n"), "{text}");
}

#[test]
fn carriage_returns_and_nuls_of_a_template_do_not_reach_the_wire() {
    let html = format!("\u{feff}a\r\nb\rc\0d{BARE}");
    let [_, html] = parts(&bare(&html).compose(&recipient("ann@example.org", &[]), &stamp("a")).unwrap());
    assert!(html.contains("a\nb\nc") && !html.contains(['\r', '\0', '\u{feff}']), "{html}");
}

#[test]
fn an_address_in_foreign_letters_is_written_as_utf8() {
    let letter = bare(BARE).compose(&recipient("jörg@example.org", &[]), &stamp("a")).unwrap();
    assert_eq!(headers(&letter)[8], ("To".to_owned(), "jörg@example.org".to_owned()));
    let letter = bare(BARE)
        .compose(&recipient("ann@bücher.example", &[]), &stamp("a"))
        .unwrap();
    assert_eq!(headers(&letter)[8], ("To".to_owned(), "ann@xn--bcher-kva.example".to_owned()));
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 128, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_person_can_break_a_letter(first_name in hostile(), name in proptest::option::of(hostile()), city in hostile()) {
        thread_local! {
            static EDITION: Compiled = compile(&sources(
                &[("letter.html", "{{ greeting }} {{ city | default(value='?') }}"), ("letter.txt", "{{ city | default(value='?') }}\n{{ greeting }}")],
                "For {{ first_name | default(value='you') | truncate(length=40) }}",
                "Breathe.",
            )).unwrap();
        }
        let columns = [("first_name", Some(first_name)), ("name", name), ("city", Some(city))];
        let attributes: BTreeMap<String, String> = columns.into_iter().filter_map(|(column, value)| Some((column.to_owned(), value?))).collect();
        let person = Recipient { address: Address::parse("ann@example.org").unwrap(), attributes, token: super::TOKEN.to_owned() };
        let (letter, again) = EDITION.with(|edition| (edition.compose(&person, &stamp("a1")).unwrap(), edition.compose(&person, &stamp("a1")).unwrap()));
        // `compose` has run the wire's check; the header count shows that nothing was added.
        assert_eq!(headers(&letter).len(), 15);
        assert_eq!(parts(&letter).len(), 2);
        assert_eq!(letter, again);
    }
}
