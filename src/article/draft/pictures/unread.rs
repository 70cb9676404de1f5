//! Pictures that are written in a way which Markdown does not read: blanks in a file's name, another program's brackets.
//!
//! Promises: what is clearly a picture is written so that Markdown reads it; all else stays as it is, line by line.

use crate::article::markdown;
use pulldown_cmark::{Event, Parser, Tag};

/// No picture is written longer.
const LONGEST: usize = 1_000;

/// The text with such pictures written as `![words](<name>)`.
pub(super) fn mended(body: &str) -> String {
    if !body.contains("![") {
        return body.to_owned();
    }
    let code = markdown::code(body);
    let events = Parser::new_ext(body, markdown::options()).into_offset_iter();
    let read: Vec<usize> = events
        .filter(|(event, _)| matches!(event, Event::Start(Tag::Image { .. })))
        .map(|(_, range)| range.start)
        .collect();
    let mut mended = String::with_capacity(body.len() + 16);
    let mut at = 0;
    while let Some(start) = body[at..].find("![").map(|start| at + start) {
        mended.push_str(&body[at..start]);
        let is_left = read.binary_search(&start).is_ok() || markdown::is_in(&code, start) || body[..start].ends_with('\\');
        let rest = &body[start..];
        let rest = &rest[..rest.floor_char_boundary(LONGEST.min(rest.len()))];
        let line = rest.lines().next().unwrap_or("");
        match embedded(line).or_else(|| spaced(line)).filter(|_| !is_left) {
            Some((length, written)) => {
                mended.push_str(&written);
                at = start + length;
            }
            None => {
                mended.push_str("![");
                at = start + 2;
            }
        }
    }
    mended.push_str(&body[at..]);
    mended
}

/// `![[hands.png|Two hands]]`, as Obsidian writes it; behind the bar may stand a width.
fn embedded(line: &str) -> Option<(usize, String)> {
    let inside = line.strip_prefix("![[")?;
    let end = inside.find("]]")?;
    let (name, words) = inside[..end].split_once('|').unwrap_or((&inside[..end], ""));
    let is_width = words.chars().all(|c| c.is_ascii_digit() || c == 'x');
    let words = if is_width { "" } else { words };
    is_picture(name).then(|| (end + 5, written(words, name)))
}

/// `![Hands](warm hands.png)`, with a title or a width behind the name perhaps.
fn spaced(line: &str) -> Option<(usize, String)> {
    let middle = line.find("](")?;
    let words = &line["![".len()..middle];
    let inside = &line[middle + 2..];
    let lower = inside.to_ascii_lowercase();
    // The name ends with its ending, however many brackets stand in it.
    let end = inside
        .char_indices()
        .filter(|(_, c)| *c == ')')
        .map(|(at, _)| at)
        .find(|at| {
            let name = lower.get(..*at).unwrap_or("");
            is_picture(name_of(name))
        })?;
    let name = name_of(&inside[..end]);
    (!words.contains('[') && !name.is_empty()).then(|| (middle + 2 + end + 1, written(words, name)))
}

/// The name without a title in quotes or a width behind it.
fn name_of(inside: &str) -> &str {
    let inside = inside.trim();
    let bare = inside.split_once(" =").map_or(inside, |(name, _)| name);
    let bare = bare.split_once(" \"").map_or(bare, |(name, _)| name);
    bare.trim().trim_matches(['<', '>'])
}

fn is_picture(name: &str) -> bool {
    const ENDINGS: [&str; 12] = [
        ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".heic", ".avif", ".tif", ".tiff", ".bmp", ".jfif",
    ];
    let lower = name.trim().to_ascii_lowercase();
    ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

fn written(words: &str, name: &str) -> String {
    let name = name.trim().replace('\\', "/").replace('<', "%3C").replace('>', "%3E");
    format!("![{}](<{name}>)", words.trim())
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn pictures_are_written_so_that_markdown_reads_them() {
        for (body, expected) in [
            ("a ![Hands](warm hands.png) b", "a ![Hands](<warm hands.png>) b"),
            ("![Hände](Bilder\\Hände groß.PNG)", "![Hände](<Bilder/Hände groß.PNG>)"),
            ("![A](my photo (1).jpg \"A title\")", "![A](<my photo (1).jpg>)"),
            ("![A](two words.png =100x20)", "![A](<two words.png>)"),
            (
                "![[embed.png]] ![[b.jpg|Two hands]] ![[c.gif|300]]",
                "![](<embed.png>) ![Two hands](<b.jpg>) ![](<c.gif>)",
            ),
        ] {
            assert_eq!(mended(body), expected);
        }
        for body in [
            "![Hands](hands.png)",
            "`![Hands](warm hands.png)`",
            "\\![Hands](warm hands.png)",
            "![[another note]]",
            "![x] (y)",
            "![",
        ] {
            assert_eq!(mended(body), body);
        }
    }
}
