//! A picture that lies beside an article: what it is, and how it comes to the reader.
//!
//! Promises: an [`Image`] that exists is a picture that every mail program shows (PNG, JPEG or GIF), of a size that programs can unpack, in
//! a file that holds more than the picture's head; its size in pixels is known. Knows
//! nothing of files on disk (it is made from bytes) and of how a letter carries it.

mod traces;

use crate::finding::Finding;

pub use traces::{says_place, without_traces};

/// A picture up to this many bytes travels inside the letter; a larger one must be fetched from the clinic's own host.
pub const LARGEST_CARRIED: usize = 20 * 1024;

/// The pictures of one letter may weigh this much together.
pub const LARGEST_TOGETHER: usize = 100 * 1024;

/// No picture that is looked at is larger.
pub const LARGEST_READ: usize = 10 * 1024 * 1024;

/// Pixels on one side: no camera makes more, and a program that unpacks more runs out of memory.
const LONGEST_SIDE: u32 = 20_000;

/// Pixels in all.
const MOST_PIXELS: u64 = 100_000_000;

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Image {
    /// The file's name, as the article's text names it: `hands.jpg`.
    pub file: String,
    /// What it is.
    pub kind: Kind,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// How it comes to the reader.
    pub way: Way,
}

/// What a picture is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// PNG
    Png,
    /// JPEG
    Jpeg,
    /// GIF
    Gif,
}

/// How a picture comes to the reader.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Inside the letter (`cid:`): the file, in base64, without what its camera told of it.
    Carried(String),
    /// From the clinic's own host: the hash of the file (SHA-256, in hex), so that a changed picture is a changed text.
    Hosted(String),
}

impl Image {
    /// The picture in `bytes`.
    ///
    /// # Errors
    /// A finding without a place when it is no picture that every mail program shows.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, Finding> {
        let (kind, width, height) = measured(bytes).ok_or_else(|| unreadable(file, bytes))?;
        if width.max(height) > LONGEST_SIDE || u64::from(width) * u64::from(height) > MOST_PIXELS {
            let text = format!("`{file}` says that it is {width} × {height} pixels large, more than any mail program shows");
            return Err(Finding::error(file, text).hint("save it anew, about 1200 pixels wide"));
        }
        if !has_data(kind, bytes) {
            let text =
                format!("`{file}` has only a picture's head: the picture itself is missing, as after a download that broke off");
            return Err(Finding::error(file, text).hint("copy or download the picture once more"));
        }
        let (width, height) = match traces::lies_on_its_side(bytes) {
            true => (height, width),
            false => (width, height),
        };
        // Where a photo was taken is nobody's business who gets the letter.
        let plain = without_traces(bytes);
        let way = match plain.len() {
            0..=LARGEST_CARRIED => Way::Carried(data_encoding::BASE64.encode(&plain)),
            _ => Way::Hosted(data_encoding::HEXLOWER.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref())),
        };
        Ok(Self {
            file: file.to_owned(),
            kind,
            width,
            height,
            way,
        })
    }

    /// The file's name as a part of an address.
    pub fn address(&self) -> String {
        let written = self.file.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        });
        written.collect()
    }

    /// The file's bytes, where the letter carries them.
    pub fn carried(&self) -> Option<Vec<u8>> {
        match &self.way {
            Way::Carried(text) => data_encoding::BASE64.decode(text.as_bytes()).ok(),
            Way::Hosted(_) => None,
        }
    }
}

impl Kind {
    /// The media type (RFC 2046 §4.2).
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
        }
    }
}

/// Kind, width and height, from the picture's own head.
fn measured(bytes: &[u8]) -> Option<(Kind, u32, u32)> {
    let size = |kind, width, height| (width > 0 && height > 0).then_some((kind, width, height));
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let at = |from: usize| Some(u32::from_be_bytes(bytes.get(from..from + 4)?.try_into().ok()?));
        return size(Kind::Png, at(16)?, at(20)?);
    }
    if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        let at = |from: usize| Some(u32::from(u16::from_le_bytes(bytes.get(from..from + 2)?.try_into().ok()?)));
        return size(Kind::Gif, at(6)?, at(8)?);
    }
    let (width, height) = jpeg_size(bytes)?;
    size(Kind::Jpeg, width, height)
}

/// Whether a picture follows its head.
fn has_data(kind: Kind, bytes: &[u8]) -> bool {
    let found = match kind {
        Kind::Png => png_data(bytes),
        Kind::Jpeg => jpeg_data(bytes),
        Kind::Gif => gif_data(bytes),
    };
    found.is_some()
}

/// Goes from chunk to chunk up to the first that holds pixels (PNG 11.2.3).
fn png_data(bytes: &[u8]) -> Option<()> {
    let mut at = 8;
    loop {
        let length = usize::try_from(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()?;
        match bytes.get(at + 4..at + 8)? {
            b"IDAT" if length > 0 && bytes.len() > at + 8 => return Some(()),
            b"IEND" => return None,
            _ => at = at.checked_add(length)?.checked_add(12)?,
        }
    }
}

/// Goes from segment to segment up to the first scan (ISO/IEC 10918-1, B.2.3).
fn jpeg_data(bytes: &[u8]) -> Option<()> {
    let mut at = 2;
    loop {
        match (*bytes.get(at)?, *bytes.get(at + 1)?) {
            (0xff, 0xda) => return bytes.get(at + 4).map(|_| ()),
            (0xff, 0xff) => at += 1,
            (0xff, 0x01 | 0xd0..=0xd7) => at += 2,
            (0xff, 0xd9) => return None,
            (0xff, _) => at += 2 + usize::from(u16::from_be_bytes(bytes.get(at + 2..at + 4)?.try_into().ok()?)).max(2),
            _ => return None,
        }
    }
}

/// Goes from block to block up to the first picture (GIF89a, 20).
fn gif_data(bytes: &[u8]) -> Option<()> {
    let colours = |flags: u8| if flags & 0x80 > 0 { 3 << ((flags & 7) + 1) } else { 0 };
    let mut at = 13 + colours(*bytes.get(10)?);
    loop {
        match *bytes.get(at)? {
            0x2c => return bytes.get(at + 10).map(|_| ()),
            0x21 => {
                at += 2;
                loop {
                    let length = usize::from(*bytes.get(at)?);
                    at += 1 + length;
                    if length == 0 {
                        break;
                    }
                }
            }
            _ => return None,
        }
    }
}

/// Goes from segment to segment up to the frame's head, which says how many lines and columns there are (ISO/IEC 10918-1, B.2.2).
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if !bytes.starts_with(b"\xff\xd8\xff") {
        return None;
    }
    let two = |from: usize| Some(u32::from(u16::from_be_bytes(bytes.get(from..from + 2)?.try_into().ok()?)));
    let mut at = 2;
    loop {
        match (*bytes.get(at)?, *bytes.get(at + 1)?) {
            (0xff, 0xff) => at += 1,
            (0xff, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf) => return Some((two(at + 7)?, two(at + 5)?)),
            (0xff, 0x01 | 0xd0..=0xd7) => at += 2,
            (0xff, 0xd9 | 0xda) => return None,
            (0xff, _) => at += 2 + usize::try_from(two(at + 2)?).ok()?,
            _ => return None,
        }
    }
}

fn unreadable(file: &str, bytes: &[u8]) -> Finding {
    let opening = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).to_lowercase();
    let what = if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        "is a WebP picture, which several mail programs do not show"
    } else if opening.contains("<svg") {
        "is an SVG drawing, which mail programs do not show"
    } else if bytes.get(4..8) == Some(b"ftyp") {
        "is an AVIF or HEIC picture, which mail programs do not show"
    } else if bytes.starts_with(b"BM") || bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*") {
        "is a BMP or TIFF picture, which mail programs do not show"
    } else {
        "is no picture that can be read"
    };
    Finding::error(file, format!("`{file}` {what}")).hint("save it as a PNG or JPEG file")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Option<(Kind, u32, u32)>) {
        let image = Image::read("a.png", bytes).ok();
        assert_eq!(
            image.map(|image| (image.kind, image.width, image.height)),
            expected,
            "{bytes:x?}"
        );
    }

    fn png(width: u32, height: u32, rest: &[u8]) -> Vec<u8> {
        let head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
        let tail = b"\x08\x02\0\0\0CRC!";
        [&head[..], &width.to_be_bytes(), &height.to_be_bytes(), tail, rest].concat()
    }

    const PIXELS: &[u8] = b"\0\0\0\x01tEXtxCRC!\0\0\0\x01IDATx";
    const GIF: &[u8] = b"GIF89a\x20\0\x10\0\x80\0\0RGBRGB\x21\xf9\x01x\0\x2c\0\0\0\0\x20\0\x10\0\0x";

    #[test]
    fn a_picture_says_what_it_is_and_how_large() {
        check(&png(600, 400, PIXELS), Some((Kind::Png, 600, 400)));
        check(GIF, Some((Kind::Gif, 32, 16)));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x11\x08\x01\x90\x02\x58abcdefghij\xff\xda\0\x02x";
        check(jpeg, Some((Kind::Jpeg, 600, 400)));
        // Whatever is cut off, the file is refused or has its picture's beginning.
        for cut in 0..jpeg.len() - 1 {
            check(&jpeg[..cut], None);
        }
        for cut in 0..GIF.len() - 1 {
            check(&GIF[..cut], None);
        }
        check(&png(0, 400, PIXELS), None);
        check(b"RIFF\0\0\0\0WEBPVP8 ", None);
        check(b"", None);
    }

    #[test]
    fn a_head_without_a_picture_and_a_size_that_nobody_shows_are_refused_in_words() {
        let refused = |bytes: &[u8], words: &str| {
            let finding = Image::read("a.png", bytes).unwrap_err();
            assert!(finding.text.contains(words) && finding.hint.is_some(), "{finding}");
        };
        refused(&png(60_000, 60_000, b""), "60000 × 60000 pixels");
        refused(&png(15_000, 15_000, PIXELS), "more than any mail program shows");
        check(&png(20_000, 5_000, PIXELS), Some((Kind::Png, 20_000, 5_000)));
        refused(&png(600, 400, b""), "the picture itself is missing");
        refused(&png(600, 400, b"\0\0\0\0IEND"), "the picture itself is missing");
        refused(b"GIF89a\x20\0\x10\0\0\0\0;", "the picture itself is missing");
        refused(
            b"\xff\xd8\xff\xc0\0\x11\x08\x01\x90\x02\x58\x03abcdefghi\xff\xd9",
            "the picture itself is missing",
        );
    }

    #[test]
    fn what_mail_programs_do_not_show_is_named() {
        for (bytes, word) in [
            (&b"RIFF\0\0\0\0WEBPVP8 "[..], "WebP"),
            (b"<svg xmlns", "SVG"),
            (b"\0\0\0\x20ftypavif", "AVIF"),
            (b"BM", "BMP"),
        ] {
            assert!(
                Image::read("a", bytes).is_err_and(|finding| finding.text.contains(word)),
                "{word}"
            );
        }
    }

    #[test]
    fn a_files_name_is_part_of_an_address() {
        let image = Image::read("my hände.jpg", GIF).unwrap();
        assert_eq!(image.address(), "my%20h%C3%A4nde.jpg");
    }

    #[test]
    fn a_small_picture_is_carried_and_a_large_one_is_not() {
        let mut bytes = GIF.to_vec();
        assert_eq!(Image::read("a.gif", &bytes).unwrap().carried().as_deref(), Some(&bytes[..]));
        bytes.resize(LARGEST_CARRIED + 1, 0);
        assert_eq!(Image::read("a.gif", &bytes).unwrap().carried(), None);
    }
}
