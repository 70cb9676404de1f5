//! How large a letter is, against what mail programs bear.

use crate::letter::lint::LARGEST_HTML;
use crate::web::page::Html;
use crate::web::preview::stage::Composed;

/// From here on the HTML deserves a look: Gmail cuts what is longer than about 102 KB.
const LARGE_HTML: usize = LARGEST_HTML / 5 * 4;

/// The sizes of a letter and of its parts.
pub(super) fn sizes(html: &mut Html, letter: &Composed) {
    let reading = &letter.reading;
    html.raw("<h2>Size</h2><p>")
        .text(&told(reading.html.len()))
        .raw("</p><p><label>HTML, of ");
    html.text(&kilobytes(LARGEST_HTML)).raw(": <meter min=\"0\"");
    html.attribute("max", &LARGEST_HTML.to_string());
    html.attribute("high", &LARGE_HTML.to_string());
    html.attribute("value", &reading.html.len().to_string())
        .raw("></meter></label></p>");
    html.raw("<table><thead><tr><th scope=\"col\">Part</th><th scope=\"col\">Size</th></tr></thead><tbody>");
    row(html, "HTML", reading.html.len());
    row(html, "Plain text", reading.text.len());
    for picture in &reading.pictures {
        let name = Some(&picture.name).filter(|name| !name.is_empty()).unwrap_or(&picture.id);
        row(html, &format!("Picture {name}"), picture.bytes.len());
    }
    row(html, "The whole message, as it leaves", letter.bytes.len());
    html.raw("</tbody></table>");
}

fn told(html: usize) -> String {
    match html {
        large if large > LARGE_HTML => format!(
            "The HTML has {}. Mail programs cut letters above {}, and the way out stands at the end: shorten the article.",
            kilobytes(large),
            kilobytes(LARGEST_HTML)
        ),
        small => format!(
            "The HTML has {}, and mail programs show {} whole.",
            kilobytes(small),
            kilobytes(LARGEST_HTML)
        ),
    }
}

fn row(html: &mut Html, part: &str, bytes: usize) {
    html.raw("<tr><th scope=\"row\"><bdi>").text(part).raw("</bdi></th><td>");
    html.text(&format!("{bytes} bytes ({})", kilobytes(bytes))).raw("</td></tr>");
}

/// `12.3 KB`
pub(in crate::web::preview) fn kilobytes(bytes: usize) -> String {
    let tenths = (bytes * 10).div_ceil(1024);
    match tenths % 10 {
        0 => format!("{} KB", tenths / 10),
        rest => format!("{}.{rest} KB", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::{kilobytes, told};

    #[test]
    fn sizes_are_told() {
        assert_eq!([kilobytes(0), kilobytes(1), kilobytes(102_400)], ["0 KB", "0.1 KB", "100 KB"]);
        assert!(told(81_920).contains("show 100 KB whole") && told(81_921).contains("shorten"));
    }
}
