//! The pictures of a letter: how the HTML names each, and which of them travel inside the letter.
//!
//! Promises: a picture that is carried is the file that was frozen, byte for byte, under a name that says nothing of anybody; the same
//! picture has the same name in every letter. Knows nothing of files on disk.

use crate::article::Article;
use crate::article::image::{Image, Way};
use crate::article::markdown::address::Target;
use crate::article::markdown::picture::{Picture, pictures};
use crate::finding::Finding;
use crate::letter::{LookSource, Vocabulary};
use crate::template::context::LogoWords;
use aws_lc_rs::digest;
use lettre::message::header::{ContentDisposition, ContentId, ContentTransferEncoding, ContentType};
use lettre::message::{Body, SinglePart};

/// No picture is shown wider: the text of both designs leaves so much room on a desk.
const WIDEST: u32 = 500;
/// The room for a logo.
const LOGO: (u32, u32) = (240, 80);
/// Base64 in mail (RFC 2045 §6.8).
const LONGEST_LINE: usize = 76;

/// The pictures of one edition in one language.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pictures {
    /// Those of the article.
    pub(crate) shown: Vec<Picture>,
    /// The clinic's mark.
    pub(crate) logo: Option<LogoWords>,
    /// Those that travel inside the letter.
    pub(crate) carried: Vec<Carried>,
}

/// A picture that travels inside the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The name of its file.
    pub file: String,
    /// What it is called inside the letter: the HTML shows `cid:` and this (RFC 2392).
    pub content_id: String,
    /// What it is, like `image/png`.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// The part of the message that holds it: fields, and the file in base64.
    pub(crate) part: Vec<u8>,
}

impl Pictures {
    /// The pictures of an article, and the clinic's mark.
    ///
    /// # Errors
    /// A finding for each picture that is too large to travel and lies on no host.
    pub(crate) fn of(article: &Article, look: &LookSource, domain: &str, vocabulary: Vocabulary) -> Result<Self, Vec<Finding>> {
        let mut found = Self::default();
        let mut faults = Vec::new();
        for image in &article.images {
            match found.address(image, look, domain) {
                Some((src, said)) => found.shown.push(Picture {
                    name: image.file.clone(),
                    src,
                    size: Some(within(image, (WIDEST, u32::MAX))),
                    said,
                }),
                None => faults.push(homeless(&article.file, image)),
            }
        }
        if let Some(logo) = &look.logo {
            match found.address(logo, look, domain) {
                Some((src, _)) => {
                    found.logo = Some(LogoWords {
                        src,
                        size: within(logo, LOGO),
                    });
                }
                None => faults.push(homeless("tidings.yaml", logo)),
            }
        }
        if vocabulary == Vocabulary::Whole {
            found.shown.extend(remote(&article.markdown));
        }
        match faults.is_empty() {
            true => Ok(found),
            false => Err(faults),
        }
    }

    /// The address of a picture, and where people can look at it who do not see it.
    fn address(&mut self, image: &Image, look: &LookSource, domain: &str) -> Option<(String, Option<String>)> {
        let Some(bytes) = image.carried() else {
            let address = format!("{}{}", look.images.as_deref()?, image.address());
            return Some((address.clone(), Some(address)));
        };
        let content_id = content_id(&bytes, domain);
        let src = format!("cid:{content_id}");
        if !self.carried.iter().any(|carried| carried.content_id == content_id) {
            self.carried.push(Carried {
                file: image.file.clone(),
                part: part(image.kind.media_type(), &content_id, &bytes),
                content_id,
                media_type: image.kind.media_type(),
                bytes,
            });
        }
        Some((src, None))
    }

    /// The carried pictures that this HTML shows: a letter takes along no others.
    pub(crate) fn shown_by<'p>(&'p self, html: &'p str) -> impl Iterator<Item = &'p Carried> {
        let is_shown = move |carried: &&Carried| html.contains(&format!("cid:{}", carried.content_id));
        self.carried.iter().filter(is_shown)
    }
}

/// The part of the message that holds a picture.
fn part(media_type: &str, content_id: &str, bytes: &[u8]) -> Vec<u8> {
    let kind = ContentType::parse(media_type).unwrap_or(ContentType::TEXT_PLAIN);
    let part = SinglePart::builder()
        .header(kind)
        .header(ContentId::from(format!("<{content_id}>")))
        .header(ContentDisposition::inline());
    let body = Body::dangerous_pre_encoded(in_lines(bytes), ContentTransferEncoding::Base64);
    part.body(body).formatted()
}

/// The images on the web that the body shows: the text part says where they are.
fn remote(markdown: &str) -> Vec<Picture> {
    let mut found: Vec<Picture> = Vec::new();
    for shown in pictures(markdown) {
        if let Target::Address(address) = shown.target
            && !found.iter().any(|picture| picture.src == address)
        {
            found.push(Picture {
                name: address.clone(),
                src: address.clone(),
                size: None,
                said: Some(address),
            });
        }
    }
    found
}

/// The size at which an image is shown: its own, or as much of it as there is room for.
fn within(image: &Image, room: (u32, u32)) -> (u32, u32) {
    let (width, height) = (f64::from(image.width), f64::from(image.height));
    let shrunk = (f64::from(room.0) / width).min(f64::from(room.1) / height).min(1.0);
    let pixels = |length: f64| ((length * shrunk).round() as u32).max(1);
    (pixels(width), pixels(height))
}

/// A name from the picture's own bytes, at the sender's domain: it says nothing of the reader.
fn content_id(bytes: &[u8], domain: &str) -> String {
    let hash = digest::digest(&digest::SHA256, bytes);
    format!("{}@{domain}", &data_encoding::HEXLOWER.encode(hash.as_ref())[..32])
}

fn in_lines(bytes: &[u8]) -> Vec<u8> {
    let text = data_encoding::BASE64.encode(bytes);
    let lines: Vec<&[u8]> = text.as_bytes().chunks(LONGEST_LINE).collect();
    lines.join(&b"\r\n"[..])
}

fn homeless(file: &str, image: &Image) -> Finding {
    debug_assert!(matches!(image.way, Way::Hosted(_)));
    let text = format!(
        "`{}` is too large to travel inside a letter, and the settings name no place where it can be shown from",
        image.file
    );
    Finding::error(file, text).hint(
        "saved at most 1200 pixels wide and under 20 KB it travels; a larger one goes on your web site: say where in tidings.yaml, as in \
         `look: {images: https://…/}`",
    )
}

#[cfg(test)]
mod tests {
    use super::{in_lines, within};
    use crate::article::image::{Image, Kind, Way};

    #[test]
    fn a_picture_is_shrunk_and_never_enlarged() {
        for ((width, height), room, expected) in [
            ((1000, 400), (500, u32::MAX), (500, 200)),
            ((300, 4000), (500, u32::MAX), (300, 4000)),
            ((600, 200), (240, 80), (240, 80)),
            ((100, 400), (240, 80), (20, 80)),
            ((100_000, 1), (240, 80), (240, 1)),
        ] {
            let image = Image {
                file: String::new(),
                kind: Kind::Png,
                width,
                height,
                way: Way::Hosted(String::new()),
            };
            assert_eq!(within(&image, room), expected);
        }
    }

    #[test]
    fn base64_stands_in_lines_of_mail() {
        let lines = in_lines(&[7; 100]);
        let lengths: Vec<usize> = lines.split(|byte| *byte == b'\n').map(<[u8]>::len).collect();
        assert_eq!(lengths, [77, 60]);
    }
}
