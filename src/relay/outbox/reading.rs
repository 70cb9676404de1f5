//! Reads a filed letter for the pages that show it.
//!
//! Promises: any bytes give a reading; what a subscriber's data or an article smuggled into a letter comes out as plain texts
//! without controls, to be escaped by the page. Pictures that a letter carries stand in its HTML, which then needs nothing else.

use mail_parser::{Address, DateTime, Message, MessageParser, MessagePart, MimeHeaders};

/// What the pages tell of a letter.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct Reading {
    pub(super) to: String,
    pub(super) from: String,
    pub(super) subject: String,
    pub(super) date: String,
    /// All header lines, as they stand in the letter.
    pub(super) headers: String,
    pub(super) html: Option<String>,
    pub(super) text: Option<String>,
    /// The names of what is attached.
    pub(super) attachments: Vec<String>,
}

/// Reads a letter.
pub(super) fn read(bytes: &[u8]) -> Reading {
    let parsed = MessageParser::default().parse(bytes);
    match parsed.filter(|message| !message.parts.is_empty()) {
        Some(message) => Reading {
            headers: header_lines(bytes),
            ..read_parsed(&message)
        },
        None => Reading {
            headers: header_lines(bytes),
            subject: "(not readable as a letter)".to_owned(),
            ..Reading::default()
        },
    }
}

fn read_parsed(message: &Message<'_>) -> Reading {
    // Where a part is missing, the parser makes one from the other; only what really is in the letter is shown.
    let text = message.text_bodies().find(|part| part.is_text() && !part.is_text_html());
    let html = message.html_bodies().find(|part| part.is_text_html());
    let contents = |part: Option<&MessagePart<'_>>| part.and_then(|part| part.text_contents().map(str::to_owned));
    let html = contents(html);
    let attachments = attached(message, html.as_deref().unwrap_or(""));
    Reading {
        to: spoken_addresses(message.to()),
        from: spoken_addresses(message.from()),
        subject: clean(message.subject().unwrap_or("(no subject)")),
        date: message.date().map(spoken_date).unwrap_or_default(),
        headers: String::new(),
        html: html.map(|html| with_pictures(&html, message)),
        text: contents(text).map(|text| clean(&text)),
        attachments,
    }
}

/// What is attached and not shown in the letter itself.
fn attached(message: &Message<'_>, html: &str) -> Vec<String> {
    let is_shown = |part: &&MessagePart<'_>| shown_as(part).is_some_and(|cid| html.contains(&cid));
    message
        .attachments()
        .filter(|part| !is_shown(part))
        .map(|part| clean(part.attachment_name().unwrap_or("(no name)")))
        .collect()
}

/// How HTML shows this part, if it is a picture that HTML can show (RFC 2392).
fn shown_as(part: &MessagePart<'_>) -> Option<String> {
    kind_of(part)?;
    part.content_id()
        .filter(|id| !id.is_empty())
        .map(|id| format!("\"cid:{id}\""))
}

/// The kinds of pictures that letters carry; nothing that could hold a script.
fn kind_of(part: &MessagePart<'_>) -> Option<&'static str> {
    let kind = part.content_type()?;
    let name = format!("{}/{}", kind.ctype(), kind.subtype()?).to_ascii_lowercase();
    ["image/png", "image/jpeg", "image/gif"]
        .into_iter()
        .find(|known| **known == name)
}

/// The HTML with the letter's own pictures in it: a page on the disk has no letter around it to ask for them.
fn with_pictures(html: &str, message: &Message<'_>) -> String {
    message
        .parts
        .iter()
        .fold(html.to_owned(), |html, part| match (shown_as(part), kind_of(part)) {
            (Some(cid), Some(kind)) if html.contains(&cid) => {
                let picture = data_encoding::BASE64.encode(part.contents());
                html.replace(&cid, &format!("\"data:{kind};base64,{picture}\""))
            }
            _ => html,
        })
}

fn spoken_addresses(addresses: Option<&Address<'_>>) -> String {
    let spoken = |address: &mail_parser::Addr<'_>| match (address.name(), address.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    };
    let all: Vec<_> = addresses.into_iter().flat_map(Address::iter).map(spoken).collect();
    clean(&all.join(", "))
}

fn spoken_date(date: &DateTime) -> String {
    let DateTime {
        year,
        month,
        day,
        hour,
        minute,
        tz_hour,
        tz_minute,
        ..
    } = date;
    let sign = if date.tz_before_gmt { '-' } else { '+' };
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} {sign}{tz_hour:02}:{tz_minute:02}")
}

fn header_lines(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    clean(text.split_once("\r\n\r\n").map_or(&*text, |(headers, _)| headers))
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_of_two_parts_is_read() {
        let letter = "From: Clinic <tips@clinic.example>\r\nTo: =?utf-8?Q?Zo=C3=AB?= <zoe@example.org>\r\nSubject: Calm\r\n days\r\n\
            Date: Tue, 1 Dec 2026 09:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHello Zo=C3=AB\r\n\
            --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p>\r\n--b--\r\n";
        let reading = read(letter.as_bytes());
        assert_eq!(reading.to, "Zoë <zoe@example.org>");
        assert_eq!(reading.from, "Clinic <tips@clinic.example>");
        assert_eq!(reading.subject, "Calm days");
        assert_eq!(reading.date, "2026-12-01 09:00 +01:00");
        assert_eq!(reading.text.as_deref().map(str::trim), Some("Hello Zoë"));
        assert_eq!(reading.html.as_deref().map(str::trim), Some("<p>Hello</p>"));
        assert!(
            reading.headers.starts_with("From: Clinic") && reading.headers.ends_with("boundary=b"),
            "{}",
            reading.headers
        );
    }

    #[test]
    fn pictures_stand_in_the_letter_and_other_parts_are_attached() {
        let letter = "Content-Type: multipart/related; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/html\r\n\r\n<img src=\"cid:a@b.example\" alt=\"\"><img src=\"cid:c@b.example\" alt=\"\">\r\n\
            --b\r\nContent-Type: image/png\r\nContent-ID: <a@b.example>\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n\
            --b\r\nContent-Type: image/svg+xml; name=c.svg\r\nContent-ID: <c@b.example>\r\n\r\n<svg/>\r\n--b--\r\n";
        let reading = read(letter.as_bytes());
        assert_eq!(
            reading.html.as_deref().map(str::trim),
            Some("<img src=\"data:image/png;base64,aGVsbG8=\" alt=\"\"><img src=\"cid:c@b.example\" alt=\"\">")
        );
        assert_eq!(reading.attachments, ["c.svg"]);
    }

    #[test]
    fn a_letter_of_one_part_is_not_given_a_second() {
        let reading = read(b"Subject: a\r\n\r\nonly text\r\n");
        assert_eq!(
            (reading.text.as_deref().map(str::trim), reading.html),
            (Some("only text"), None)
        );
    }

    #[test]
    fn any_bytes_give_a_reading() {
        for bytes in [
            &b""[..],
            b"\0\xff",
            b"\r\n\r\n",
            b"Subject: \x1b[31m\xff\r\n\r\n",
            b"Content-Type: multipart/mixed; boundary=\r\n\r\n--",
        ] {
            let reading = read(bytes);
            assert!(!reading.subject.contains(char::is_control), "{reading:?}");
        }
    }
}
