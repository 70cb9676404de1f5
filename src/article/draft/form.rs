//! In which form a text comes, by its first bytes, its ending and its look.

use crate::article::front_matter;
use crate::finding::Finding;

/// A form that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Markdown, with or without front matter.
    Markdown,
    /// Plain text.
    Pasted,
}

/// Says what a file is that cannot be read yet, by the bytes it opens with.
pub(super) fn refusal(file_name: &str, bytes: &[u8]) -> Option<Finding> {
    let ending = ending(file_name);
    let opening = String::from_utf8_lossy(&bytes[..bytes.len().min(300)])
        .trim_start_matches('\u{feff}')
        .trim_start()
        .to_lowercase();
    if opening.starts_with("+++") {
        let finding = Finding::error(
            file_name,
            "the front matter between `+++` lines is in TOML, wanted `---` lines and YAML",
        );
        return Some(finding.hint("write it between `---` lines as `title: …`, or take it out; the text below can stay as it is"));
    }
    let what = if bytes.starts_with(b"PK\x03\x04") {
        "a Word or OpenOffice document"
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        "an old Word document"
    } else if bytes.starts_with(b"%PDF") {
        "a PDF"
    } else if bytes.starts_with(b"{\\rtf") {
        "a rich text document"
    } else if bytes.starts_with(b"\x89PNG") || bytes.starts_with(b"\xff\xd8\xff") || bytes.starts_with(b"GIF8") {
        "a picture"
    } else if opening.starts_with("<!doctype html") || opening.starts_with("<html") || ["html", "htm"].contains(&ending.as_str()) {
        "a web page"
    } else {
        return None;
    };
    let hint = "copy its text into a file that ends in `.txt`, and name that file";
    Some(
        Finding::error(
            file_name,
            format!("this is {what}, but an article must be plain text or Markdown"),
        )
        .hint(hint),
    )
}

/// The form of a decoded text.
pub(super) fn of(file_name: &str, text: &str) -> Form {
    match ["md", "markdown", "mdown", "mkd"].contains(&ending(file_name).as_str()) || looks_like_markdown(text) {
        true => Form::Markdown,
        false => Form::Pasted,
    }
}

fn ending(file_name: &str) -> String {
    file_name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase())
        .unwrap_or_default()
}

/// Marks that nobody writes without meaning Markdown.
fn looks_like_markdown(text: &str) -> bool {
    let split = front_matter::split(text);
    let has_front_matter = split.yaml.is_some_and(|yaml| yaml.lines().any(is_key));
    let n_headings = |mark: &str| {
        text.lines()
            .filter(|line| {
                line.strip_prefix(mark)
                    .is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
            })
            .count()
    };
    let n_links = text.matches("](http").count() + text.matches("](mailto:").count();
    has_front_matter || n_headings("## ") + n_headings("### ") > 0 || n_headings("# ") > 1 || n_links > 0
}

fn is_key(line: &str) -> bool {
    let name = line.split_once(':').map_or("", |(name, _)| name);
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_apart() {
        let check = |file: &str, text: &str, expected: Form| assert_eq!(of(file, text), expected, "{file} {text}");
        check("a.md", "Text", Form::Markdown);
        check("a.txt", "---\ntitle: x\n---\ny", Form::Markdown);
        check("a.txt", "x\n\n## y\n\nz", Form::Markdown);
        check("a", "see [x](https://a.example)", Form::Markdown);
        check("a.txt", "---\n\nnot keys\n\n---\n", Form::Pasted);
        check("a.txt", "# is a number sign\n#1 tip\n*stars*", Form::Pasted);
    }

    #[test]
    fn other_documents_are_named() {
        for (file, bytes) in [
            ("a.docx", &b"PK\x03\x04..."[..]),
            ("a.pdf", b"%PDF-1.7"),
            ("a.txt", b" <!DOCTYPE html><p>"),
            ("a.htm", b"<p>x"),
        ] {
            assert!(refusal(file, bytes).is_some_and(|finding| finding.is_error()), "{file}");
        }
        assert_eq!(refusal("a.txt", b"<b>Bold</b> words"), None);
    }
}
