//! A finished letter, read back: what a mail program finds in the bytes that would leave.
//!
//! Promises: any bytes give a reading, which never asks for anything outside them. Knows nothing of how the letter was made.

use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};

/// What is in a letter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) subject: String,
    /// The head's fields as they stand there: name, and value with its line breaks.
    pub(super) fields: Vec<(String, String)>,
    pub(super) html: String,
    pub(super) text: String,
    pub(super) pictures: Vec<Picture>,
}

/// A picture that travels in the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    /// What the HTML calls it behind `cid:`.
    pub(super) id: String,
    /// `image/png`
    pub(super) kind: String,
    /// The file's name.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Reads a letter.
pub(super) fn read(bytes: &[u8]) -> Reading {
    let fields = fields(bytes);
    let parsed = MessageParser::default().parse(bytes);
    match parsed.filter(|message| !message.parts.is_empty()) {
        Some(message) => Reading {
            fields,
            ..read_parsed(&message)
        },
        None => Reading {
            fields,
            ..Reading::default()
        },
    }
}

fn read_parsed(message: &Message<'_>) -> Reading {
    // Where a part is missing, the parser makes one from the other; only what really is in the letter is shown.
    let html = message.parts.iter().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    });
    let text = message.parts.iter().find_map(|part| match &part.body {
        PartType::Text(text) => Some(text.to_string()),
        _ => None,
    });
    Reading {
        from: spoken(message.from()),
        to: spoken(message.to()),
        subject: message.subject().unwrap_or_default().to_owned(),
        fields: Vec::new(),
        html: html.unwrap_or_default(),
        text: text.unwrap_or_default().replace("\r\n", "\n"),
        pictures: pictures(message),
    }
}

fn pictures(message: &Message<'_>) -> Vec<Picture> {
    let parts = message.parts.iter().filter_map(|part| {
        let kind = part.content_type()?;
        let name = part.attachment_name().unwrap_or_default().to_owned();
        let is_picture = kind.ctype().eq_ignore_ascii_case("image");
        is_picture.then(|| Picture {
            id: part.content_id().unwrap_or_default().trim_matches(['<', '>']).to_owned(),
            kind: format!("image/{}", kind.subtype().unwrap_or("png").to_lowercase()),
            name,
            bytes: part.contents().to_vec(),
        })
    });
    parts.collect()
}

fn spoken(addresses: Option<&Address<'_>>) -> String {
    let spoken = |address: &mail_parser::Addr<'_>| match (address.name(), address.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    };
    let all: Vec<String> = addresses.into_iter().flat_map(Address::iter).map(spoken).collect();
    all.join(", ")
}

/// The fields of the head, unread.
fn fields(bytes: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(bytes);
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        match (fields.last_mut(), line.split_once(':')) {
            (Some((_, value)), _) if line.starts_with([' ', '\t']) => {
                value.push('\n');
                value.push_str(line);
            }
            (_, Some((name, value))) => fields.push((name.to_owned(), value.trim_start().to_owned())),
            (_, None) => fields.push((String::new(), line.to_owned())),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_letter_with_a_picture_is_read() {
        let letter = "From: Clinic <tips@clinic.example>\r\nTo: =?utf-8?Q?Zo=C3=AB?= <zoe@example.org>\r\nSubject: Calm\r\n days\r\n\
            MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n\
            --a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello Zo=\r\n\
            --a\r\nContent-Type: multipart/related; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<img src=3D\"cid:h@x\">\r\n\
            --b\r\nContent-Type: image/gif; name=hands.gif\r\nContent-ID: <h@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nR0lG\r\n\
            --b--\r\n--a--\r\n";
        let reading = read(letter.as_bytes());
        assert_eq!(reading.to, "Zoë <zoe@example.org>");
        assert_eq!(reading.subject, "Calm days");
        assert_eq!(reading.html.trim(), "<img src=\"cid:h@x\">");
        assert_eq!(reading.text.trim(), "Hello Zo=");
        assert_eq!(reading.fields[2], ("Subject".to_owned(), "Calm\n days".to_owned()));
        let [picture] = &reading.pictures[..] else {
            panic!("{reading:?}")
        };
        assert_eq!(
            (&*picture.id, &*picture.kind, &*picture.bytes),
            ("h@x", "image/gif", &b"GIF"[..])
        );
    }

    #[test]
    fn any_bytes_give_a_reading() {
        for bytes in [
            &b""[..],
            b"\0\xff",
            b"\r\n\r\n",
            b"Content-Type: multipart/mixed; boundary=\r\n\r\n--",
            b" folded first\r\n\r\n",
        ] {
            read(bytes);
        }
    }
}
