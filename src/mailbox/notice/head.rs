//! The head of a mail or of one of its parts, and the groups of fields that reports are made of (RFC 5322 §2.2, RFC 3464 §2.1).
//!
//! Promises: any bytes give a head; folded lines are one value; encoded words and old encodings are read.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use mail_parser::{ContentType, Message, MessageParser, MimeHeaders as _};
use std::borrow::Cow;

/// More than any head has that a mail server lets through.
const MOST_BYTES: usize = 256 * 1024;

/// Fields in their order.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

/// A head.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub(super) fields: Fields,
    /// The subject, decoded.
    pub(super) subject: String,
    /// Who writes: every address of every `From:`, unchecked.
    pub(super) from: Vec<String>,
    /// The name that the first of them goes by.
    pub(super) from_name: String,
    /// When, by `Date:`.
    pub(super) at: Option<Timestamp>,
    /// `Content-Type:`, in small letters; empty where there is none.
    pub(super) kind: String,
    pub(super) boundary: Option<String>,
    pub(super) charset: Option<String>,
    pub(super) report_type: Option<String>,
    pub(super) is_attachment: bool,
}

impl Fields {
    /// The fields in `text`; what is no field is passed over.
    pub(super) fn read(text: &str) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        Self(fields)
    }

    /// The first field of this name, which is in small letters.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// All fields of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(field, _)| *field == name).map(|(_, value)| value)
    }

    /// All fields.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl Head {
    /// The head in these bytes.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let text = readable(&bytes[..bytes.len().min(MOST_BYTES)]);
        let fields = Fields::read(&text);
        let Some(message) = MessageParser::new().parse_headers(text.as_bytes()) else {
            return Self {
                fields,
                ..Self::default()
            };
        };
        let content = message.content_type();
        let attribute = |name| content.and_then(|content| content.attribute(name)).map(str::to_owned);
        Self {
            subject: message.subject().unwrap_or_default().to_owned(),
            from: from(&message, &fields),
            from_name: from_name(&message),
            at: message.date().and_then(moment),
            kind: content.map(kind).unwrap_or_default(),
            boundary: attribute("boundary"),
            charset: attribute("charset"),
            report_type: attribute("report-type").map(|report| report.to_ascii_lowercase()),
            is_attachment: message.content_disposition().is_some_and(ContentType::is_attachment),
            fields,
        }
    }
}

/// Bytes as text: UTF-8, or else what Western mail programs wrote before it.
pub(super) fn readable(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// The moment in a field like `Arrival-Date:`.
pub(super) fn moment_in(text: &str) -> Option<Timestamp> {
    Head::read(format!("Date: {text}\n\n").as_bytes()).at
}

fn from(message: &Message<'_>, fields: &Fields) -> Vec<String> {
    let named = message.from().into_iter().flat_map(mail_parser::Address::iter);
    let mut from: Vec<String> = named.filter_map(|one| one.address().map(str::to_owned)).collect();
    // The parser tells of one field; with several, nobody knows who writes.
    from.extend(fields.all("from").skip(1).map(str::to_owned));
    from
}

fn from_name(message: &Message<'_>) -> String {
    let first = message.from().and_then(|from| from.first());
    first.and_then(|first| first.name()).unwrap_or_default().to_owned()
}

fn kind(content: &ContentType<'_>) -> String {
    format!("{}/{}", content.ctype(), content.subtype().unwrap_or_default()).to_ascii_lowercase()
}

fn moment(date: &mail_parser::DateTime) -> Option<Timestamp> {
    let small = |number: u8| i8::try_from(number).ok();
    let civil = DateTime::new(
        i16::try_from(date.year).ok()?,
        small(date.month)?,
        small(date.day)?,
        small(date.hour)?,
        small(date.minute)?,
        small(date.second.min(59))?,
        0,
    );
    let east = i32::from(date.tz_hour) * 3600 + i32::from(date.tz_minute) * 60;
    let offset = Offset::from_seconds(if date.tz_before_gmt { -east } else { east }).ok()?;
    offset.to_timestamp(civil.ok()?).ok()
}
