//! The frame of a message: the fields at its head, and the parts that hold its texts.
//!
//! Promises: the very bytes that lettre's message builder gives for the same fields and texts, which tests hold beside it. The builder
//! reads back what it has just written, for every letter; here lettre writes the fields, those of all letters once, and what
//! stands between them is put together in one buffer. Knows nothing of templates, people or what a field means.

use crate::letter::Stamp;
use crate::letter::encode::quoted_printable;
use crate::letter::headers::{boundary, boundary_inside, written};
use crate::letter::pictures::Carried;
use lettre::message::MessageBuilder;
use lettre::message::header::{Date, HeaderValue, Headers, MIME_VERSION_1_0};
use std::io::Write as _;

/// Room for the fields of one letter, its boundaries and the heads of its parts.
const FIELDS: usize = 2048;

/// The texts of a message.
pub(crate) struct Texts<'r> {
    pub(crate) text: &'r str,
    pub(crate) html: &'r str,
    /// The pictures that the HTML shows.
    pub(crate) carried: Vec<&'r Carried>,
}

/// The message with these fields, `shared` as they are written and `own` behind them: the text, then the HTML, the richest last
/// (RFC 2046 §5.1.4); the HTML with the pictures that it shows (RFC 2387).
pub(crate) fn message(shared: &[u8], mut own: Headers, stamp: &Stamp, texts: &Texts<'_>) -> Vec<u8> {
    let boundary = boundary(stamp);
    own.set(MIME_VERSION_1_0);
    own.insert_raw(content_type(format!("multipart/alternative; boundary=\"{boundary}\"")));
    let mut message = Message::with_capacity(shared.len() + FIELDS + texts.room());
    message.0.extend_from_slice(shared);
    message.fields(&own);
    message.open(&boundary);
    message.text("plain", texts.text);
    message.open(&boundary);
    match texts.carried.is_empty() {
        true => message.text("html", texts.html),
        false => message.related(stamp, texts),
    }
    message.close(&boundary);
    message.0
}

/// Fields as they stand in a message.
pub(crate) fn fields(values: &[HeaderValue]) -> Vec<u8> {
    let mut headers = Headers::new();
    for value in values {
        headers.insert_raw(value.clone());
    }
    headers.to_string().into_bytes()
}

/// Why lettre would build no message with these two, which it reads back as those who write and are written to.
pub(crate) fn refusal(from: &HeaderValue, to: &HeaderValue) -> Option<String> {
    let message = MessageBuilder::new()
        .raw_header(from.clone())
        .raw_header(to.clone())
        .header(Date::new(jiff::Timestamp::UNIX_EPOCH.into()));
    message.body(String::new()).err().map(|error| error.to_string())
}

impl Texts<'_> {
    /// About how many bytes they take; another script than Latin takes more.
    fn room(&self) -> usize {
        let pictures: usize = self.carried.iter().map(|carried| carried.part.len() + FIELDS).sum();
        (self.text.len() + self.html.len()) * 9 / 8 + pictures
    }
}

/// A message on its way.
struct Message(Vec<u8>);

impl Message {
    fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    fn put(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    /// The fields of a head, and the line that ends it.
    fn fields(&mut self, headers: &Headers) {
        // Writing into memory cannot fail.
        drop(write!(self.0, "{headers}\r\n"));
    }

    /// Begins a part.
    fn open(&mut self, boundary: &str) {
        self.put("--");
        self.put(boundary);
        self.put("\r\n");
    }

    /// Ends the last of the parts.
    fn close(&mut self, boundary: &str) {
        self.put("--");
        self.put(boundary);
        self.put("--\r\n");
    }

    /// Quoted-printable whatever the text: lettre alone would choose base64 for some, 7bit with bare CR for others.
    fn text(&mut self, kind: &str, text: &str) {
        self.put("Content-Type: text/");
        self.put(kind);
        self.put("; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
        quoted_printable(text, &mut self.0);
        self.put("\r\n");
    }

    fn related(&mut self, stamp: &Stamp, texts: &Texts<'_>) {
        let boundary = boundary_inside(stamp);
        let mut head = Headers::new();
        head.insert_raw(content_type(format!(
            "multipart/related; boundary=\"{boundary}\"; type=\"text/html\""
        )));
        self.fields(&head);
        self.open(&boundary);
        self.text("html", texts.html);
        for carried in &texts.carried {
            self.open(&boundary);
            self.0.extend_from_slice(&carried.part);
        }
        self.close(&boundary);
    }
}

fn content_type(value: String) -> HeaderValue {
    written("Content-Type", value)
}
