//! Whole letters: from sources to bytes, with the templates that ship with the product.
//!
//! Here is what the tests share: an edition, a person, and a small reader of messages.

mod balance;
mod bounds;
mod bytes;
mod faults;
mod frame;
mod frozen;
mod languages;
mod pictures;
mod promises;

use crate::address::Address;
use crate::article::Article;
use crate::letter::compile::{Compiled, compile};
use crate::letter::{Letter, LookSource, Recipient, SenderSource, Sources, Stamp, Vocabulary};
use crate::template::{TemplateFile, TemplateSource};
use proptest::prelude::any;
use proptest::strategy::Strategy;

const SHIPPED: &[(&str, &str)] = &[
    ("ask.html", include_str!("../../../templates/ask.html")),
    ("ask.txt", include_str!("../../../templates/ask.txt")),
    ("footer.html", include_str!("../../../templates/footer.html")),
    ("footer.txt", include_str!("../../../templates/footer.txt")),
    ("head.html", include_str!("../../../templates/head.html")),
    ("letter.html", include_str!("../../../templates/letter.html")),
    ("letter.txt", include_str!("../../../templates/letter.txt")),
    ("magazine.html", include_str!("../../../templates/magazine.html")),
    ("magazine.txt", include_str!("../../../templates/magazine.txt")),
    ("mark.html", include_str!("../../../templates/mark.html")),
    ("preheader.html", include_str!("../../../templates/preheader.html")),
];

/// What the ways out carry.
const TOKEN: &str = "v1.k3f7.AAAAAQ.AAAA";

/// The least that is a letter.
const BARE: &str =
    "<p>{{ greeting }}</p>{{ article.html }}<p>{{ clinic.postal_address }} <a href=\"{{ unsubscribe.link }}\">leave</a></p>";

fn sources(files: &[(&str, &str)], subject: &str, markdown: &str) -> Sources {
    let files = files.iter().map(|(name, text)| TemplateFile {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
    });
    Sources {
        article: Article {
            file: "calm.md".to_owned(),
            id: "calm".to_owned(),
            title: "Calmer days & nights".to_owned(),
            subject: subject.to_owned(),
            preheader: "Three small habits that make the darker months a little easier to bear".to_owned(),
            author: Some("Ida Brandt".to_owned()),
            language: "en".to_owned(),
            markdown: markdown.to_owned(),
            body_line: 9,
            images: Vec::new(),
            places: std::collections::BTreeMap::new(),
            variants: Vec::new(),
        },
        template: TemplateSource {
            name: "letter".to_owned(),
            files: files.collect(),
        },
        sender: SenderSource {
            clinic_name: "Riverside Massage Clinic".to_owned(),
            postal_address: "12 Mill Lane, Bath BA1 1AA, United Kingdom".to_owned(),
            contact: "hello@riverside.example".to_owned(),
            from_name: Some("Riverside Massage".to_owned()),
            from_address: "tips@riverside.example".to_owned(),
            reply_to: Some("hello@riverside.example".to_owned()),
            unsubscribe_mailto: Some("unsubscribe@riverside.example".to_owned()),
            unsubscribe_url: None,
            one_click: false,
            signed_for: None,
            return_path: None,
        },
        campaign_title: "Seasonal tips".to_owned(),
        campaign_id: "k7f2m9".to_owned(),
        look: LookSource::default(),
        vocabulary: Vocabulary::Whole,
    }
}

fn recipient(address: &str, columns: &[(&str, &str)]) -> Recipient {
    let attributes = columns
        .iter()
        .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()))
        .collect();
    Recipient {
        address: Address::parse(address).unwrap(),
        attributes,
        token: TOKEN.to_owned(),
    }
}

fn stamp(id: &str) -> Stamp {
    Stamp {
        message_id: id.to_owned(),
        date: "2026-12-01T09:00:00Z".parse().unwrap(),
    }
}

fn bare(html: &str) -> Compiled {
    compile(&sources(&[("letter.html", html)], "Calmer days", "Breathe.\n\n.\n\n..x")).unwrap()
}

fn text_of(letter: &Letter) -> &str {
    std::str::from_utf8(&letter.bytes).unwrap()
}

/// The header fields, unfolded.
fn headers(letter: &Letter) -> Vec<(String, String)> {
    let (head, _) = text_of(letter).split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let field = |line: &str| {
        line.split_once(": ")
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .unwrap()
    };
    unfolded.split("\r\n").map(field).collect()
}

/// The text and the HTML part, decoded.
fn parts(letter: &Letter) -> [String; 2] {
    let whole = text_of(letter);
    let (_, boundary) = whole.split_once("boundary=\"").unwrap();
    let boundary = format!("--{}", boundary.split_once('"').unwrap().0);
    let parts: Vec<&str> = whole.split(&boundary).collect();
    assert_eq!(parts.len(), 4, "{whole}");
    [1, 2].map(|part| decoded(parts[part].split_once("\r\n\r\n").unwrap().1))
}

fn decoded(quoted_printable: &str) -> String {
    let joined = quoted_printable.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'=' => {
                let code = std::str::from_utf8(&after[..2]).unwrap();
                bytes.push(u8::from_str_radix(code, 16).unwrap());
                rest = &after[2..];
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

/// Names as lists really hold them, and as nobody should: controls, line breaks, bidirectional marks, quotes, other scripts.
fn hostile() -> impl Strategy<Value = String> {
    let piece = proptest::prop_oneof![
        any::<String>(),
        proptest::sample::select(vec![
            "\r\nBcc: x@y.example\r\n",
            "\r\n\r\n.\r\n",
            "\0",
            "\u{202e}",
            "\u{2028}",
            "👩‍⚕️",
            "診療所",
            "مريم",
            "=?utf-8?q?=0d=0a?=",
            "\"",
            "\\",
            "<b>&",
            "{{ 1 }}",
            "{% raw %}",
            "--=_",
            ",;:@",
            "e\u{301}",
            "\t",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}
