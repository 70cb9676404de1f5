//! Pictures and the words that stand for them: many people see letters without pictures, some never see them at all.

use super::hosts::{self, Own};
use super::reading::{BlockKind, Reading, is_blind};
use super::report::{Report, shown};
use super::words::folded;
use crate::article::Article;
use crate::article::image::Image;

/// Words that say that there is a picture, which everybody knew, in the languages that articles are written in.
const NOTHING: &[&str] = &[
    "image",
    "img",
    "picture",
    "photo",
    "photograph",
    "pic",
    "graphic",
    "screenshot",
    "untitled",
    "alt",
    "alt text",
    "logo image",
    "icon",
    "bild",
    "foto",
    "grafik",
    "abbildung",
    "photographie",
    "imagen",
    "foto de",
    "figura",
    "immagine",
    "imagem",
    "afbeelding",
    "plaatje",
    "figure",
    "banner",
    "header",
    "header image",
    "unnamed",
    "download",
    "description",
    "beschreibung",
    "placeholder",
    "spacer",
];

const SAY: &str = "say what somebody who cannot see it should know, as in `two hands on a back`";

/// The pictures of an article.
pub(super) fn of_article(report: &mut Report<'_>, reading: &Reading, article: &Article) {
    for picture in &reading.pictures {
        words(report, picture.words.as_deref().unwrap_or(""), picture.offset);
        let image = article
            .images
            .iter()
            .find(|image| image.file == picture.target.trim_start_matches("./"));
        if let Some(image) = image {
            of_text(report, reading, image, picture.offset);
        }
    }
}

/// The pictures of a template.
pub(super) fn of_template(report: &mut Report<'_>, reading: &Reading, own: &Own) {
    for picture in &reading.pictures {
        if let Some(host) = hosts::of_any(&picture.target).filter(|host| !own.owns(host)) {
            let text = format!(
                "a picture comes from `{}`, which learns who opens the letter, and when",
                shown(&host, 80)
            );
            let hint = "put it on the clinic's own web site, and name that in tidings.yaml: `look: {images: https://…/}`";
            report.refuse("picture-other-host", picture.offset, text, hint);
        }
        match &picture.words {
            None => report.warn(
                "alt-missing",
                picture.offset,
                "an image has no `alt` text",
                "write what it shows, as in `alt=\"our front door\"`, or `alt=\"\"` where it is only an ornament",
            ),
            Some(words_) => words(report, words_, picture.offset),
        }
    }
}

/// Words that say nothing.
fn words(report: &mut Report<'_>, alt: &str, offset: usize) {
    if alt.trim().is_empty() || alt.contains(is_blind) {
        return;
    }
    if says_nothing(alt) {
        let text = format!(
            "the words for a picture are `{}`, which say nothing of what it shows",
            shown(alt, 60)
        );
        report.warn("alt-says-nothing", offset, text, SAY);
    } else if alt.chars().count() > 250 {
        let text = format!(
            "the words for a picture have {} characters; they are read aloud in one breath",
            alt.chars().count()
        );
        report.warn(
            "alt-long",
            offset,
            text,
            "say in one sentence what it shows, and put the rest into the text below it",
        );
    }
}

fn says_nothing(alt: &str) -> bool {
    let lower = alt.trim().to_lowercase();
    let is_file = [
        ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".heic", ".bmp", ".tif", ".tiff",
    ]
    .iter()
    .any(|ending| lower.ends_with(ending));
    // `IMG_2041`, `DSC00012`, `image1`, `photo (3)`, `hands-final-2`: what programs and cameras call files.
    let letters: String = folded(alt).chars().filter(|c| !c.is_numeric()).collect();
    let letters = letters.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_camera = matches!(
        letters.as_str(),
        "img" | "dsc" | "dscn" | "dscf" | "pxl" | "p" | "whatsapp image" | "screenshot at" | "bildschirmfoto" | "img wa"
    );
    is_file || is_camera || letters.is_empty() || NOTHING.contains(&letters.as_str())
}

/// A picture of text cannot be read without pictures, enlarged on a phone, or turned dark.
fn of_text(report: &mut Report<'_>, reading: &Reading, image: &Image, offset: usize) {
    let is_poster = image.width >= 500 && image.height >= 600;
    let is_banner = image.width >= 600 && image.height.saturating_mul(4) <= image.width && image.height > 0;
    let prose = reading
        .blocks
        .iter()
        .filter(|block| !matches!(block.kind, BlockKind::Heading(_)));
    let words: usize = prose.map(|block| block.words.split_whitespace().count()).sum();
    if (is_poster && words < 80) || (is_banner && words < 30) {
        let text = format!(
            "`{}` is {} by {} pixels and stands beside {words} words: is it a picture of text?",
            shown(&image.file, 60),
            image.width,
            image.height
        );
        let hint = "write what stands in it as text: many mail programs show no pictures at first, and nobody can enlarge or search letters in a picture";
        report.warn("picture-of-text", offset, text, hint);
    }
}

#[cfg(test)]
mod tests {
    use super::says_nothing;

    #[test]
    fn words_that_say_nothing_are_told_from_words() {
        for alt in [
            "image1",
            "Photo",
            "hands.jpg",
            "IMG_2041",
            "DSC00012",
            "picture (3)",
            "Bild 2",
            "FOTO",
            "123",
            "image",
            "Screenshot",
            "PXL_20260101",
        ] {
            assert!(says_nothing(alt), "{alt}");
        }
        for alt in [
            "two hands on a back",
            "Photo of our front door",
            "Riverside",
            "A",
            "the kettle in our kitchen",
            "手",
            "يدان على ظهر",
            "Our team, 2026",
        ] {
            assert!(!says_nothing(alt), "{alt}");
        }
    }
}
