//! The message beside the one that lettre's own builder makes of the same fields and texts: byte for byte.

use super::{BARE, SHIPPED, hostile, recipient, sources, stamp};
use crate::address::Address;
use crate::article::image::Image;
use crate::letter::compile::{Compiled, compile};
use crate::letter::{LookSource, Recipient, Sources, Stamp, headers};
use crate::template::context;
use lettre::Message;
use lettre::message::header::{ContentDisposition, ContentId, ContentTransferEncoding, ContentType};
use lettre::message::{Body, MessageBuilder, MultiPart, SinglePart};
use proptest::prelude::proptest;

/// The letter as lettre builds it.
fn built(edition: &Compiled, recipient: &Recipient, stamp: &Stamp) -> Vec<u8> {
    let rendered = edition.render(recipient).unwrap();
    let name = context::display_name(&recipient.attributes);
    let fixed = edition.fixed.shared.iter().cloned();
    let fields = fixed.chain(edition.fixed.ways_out.fields(&recipient.token));
    let message = fields
        .fold(Message::builder(), MessageBuilder::raw_header)
        .raw_header(headers::to(name.as_deref(), &recipient.address).unwrap())
        .raw_header(headers::written("Subject", rendered.subject))
        .header(headers::date(stamp).unwrap())
        .message_id(Some(format!(
            "<{}>",
            headers::message_id(stamp, &edition.fixed.from).unwrap()
        )))
        .raw_header(headers::reference(stamp));
    let letter = MultiPart::alternative()
        .boundary(headers::boundary(stamp))
        .singlepart(quoted_printable(ContentType::TEXT_PLAIN, rendered.text));
    let carried: Vec<SinglePart> = edition
        .pictures
        .shown_by(&rendered.html)
        .map(|carried| picture(carried.media_type, &carried.content_id, &carried.bytes))
        .collect();
    let html = quoted_printable(ContentType::TEXT_HTML, rendered.html);
    let parts = match carried.is_empty() {
        true => letter.singlepart(html),
        false => {
            let kind = format!(
                "multipart/related; boundary=\"{}\"; type=\"text/html\"",
                headers::boundary_inside(stamp)
            );
            let related = MultiPart::builder()
                .header(ContentType::parse(&kind).unwrap())
                .singlepart(html);
            letter.multipart(carried.into_iter().fold(related, MultiPart::singlepart))
        }
    };
    message.multipart(parts).unwrap().formatted()
}

fn quoted_printable(kind: ContentType, text: String) -> SinglePart {
    let body = Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable).unwrap();
    SinglePart::builder().header(kind).body(body)
}

fn picture(kind: &str, id: &str, bytes: &[u8]) -> SinglePart {
    SinglePart::builder()
        .header(ContentType::parse(kind).unwrap())
        .header(ContentId::from(format!("<{id}>")))
        .header(ContentDisposition::inline())
        .body(Body::new_with_encoding(bytes.to_vec(), ContentTransferEncoding::Base64).unwrap())
}

fn check(edition: &Compiled, recipient: &Recipient, id: &str) {
    let [ours, theirs] = [
        edition.compose(recipient, &stamp(id)).unwrap().bytes,
        built(edition, recipient, &stamp(id)),
    ];
    assert_eq!(
        String::from_utf8_lossy(&ours),
        String::from_utf8_lossy(&theirs),
        "{recipient:?}"
    );
}

/// Editions that differ in what stands in their frames.
fn editions() -> Vec<Compiled> {
    let whole = |change: fn(&mut Sources)| {
        let mut sources = sources(SHIPPED, "Calmer days", "Breathe – and walk.\n\n![Hands](hands.gif)\n\n.");
        change(&mut sources);
        compile(&sources).unwrap()
    };
    vec![
        whole(|_| {}),
        whole(|sources| {
            sources.sender.unsubscribe_url = Some("https://riverside.example/u".to_owned());
            sources.sender.one_click = true;
        }),
        whole(|sources| {
            sources.sender.from_name = Some("Wärme, Zoë & \"Co\"".to_owned());
            sources.sender.reply_to = None;
            sources.article.subject =
                "{{ first_name | default(value='You') }}: Ruhe – jeden Tag zehn Minuten, und warum gerade jetzt".to_owned();
            sources.article.preheader = "For {{ name | default(value='you') }}".to_owned();
        }),
        whole(|sources| {
            let picture = |file: &str, last: u8| {
                Image::read(
                    file,
                    &[&b"GIF89a\x10\0\x10\0\0\0\0\x2c\0\0\0\0\x20\0\x10\0\0\x02"[..], &[last; 300]].concat(),
                )
            };
            sources.article.images = vec![picture("hands.gif", 1).unwrap()];
            sources.look = LookSource {
                colour: None,
                logo: picture("logo.gif", 2).ok(),
                images: None,
            };
        }),
    ]
}

#[test]
fn every_kind_of_frame_is_lettres() {
    let long = "Wolfeschlegelsteinhausenbergerdorff ".repeat(5);
    let columns = [
        ("first_name", "Zoë"),
        ("name", "O'Brien"),
        ("name", &long),
        ("name", "診療所 مريم"),
        ("name", "é".repeat(120).leak()),
    ];
    for edition in editions() {
        for address in [
            "ann@example.org",
            "jörg@example.org",
            "a!#$%&'*+-/=?^_`{|}~b@example.org",
            "ann@bücher.example",
        ] {
            check(&edition, &recipient(address, &[]), "m4x2.k7");
            for column in columns {
                // Boundaries of every length, up to the longest.
                for id in ["a", "m4x2abcdefghijklmnopqrstuv", &"x".repeat(100)] {
                    check(&edition, &recipient(address, &[column]), id);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 96, failure_persistence: None, ..Default::default() })]

    #[test]
    fn whoever_is_written_to_the_frame_is_lettres(first_name in hostile(), name in proptest::option::of(hostile()), id in "[a-z0-9]{1,70}") {
        thread_local! {
            static EDITION: Compiled = compile(&sources(&[("letter.html", BARE)], "{{ first_name | default(value='you') | truncate(length=120) }}", "Breathe.")).unwrap();
        }
        let columns = [("first_name", Some(first_name)), ("name", name)].into_iter().filter_map(|(column, value)| Some((column.to_owned(), value?)));
        let person = Recipient { address: Address::parse("ann@example.org").unwrap(), attributes: columns.collect(), token: super::TOKEN.to_owned() };
        EDITION.with(|edition| check(edition, &person, &id));
    }
}
