//! Where links and images of an article may lead, and bare web addresses in its text.

use pulldown_cmark::LinkType;
use std::ops::Range;

/// Where a link or an image leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To an address that means something outside the file it is written in.
    Address(String),
    /// To a picture beside the article, by the name of its file.
    File(String),
    /// To nowhere that a letter may or can lead.
    Refused,
}

impl Target {
    /// The target of a link as it is written in the text.
    pub fn of_link(link_type: LinkType, written: &str) -> Self {
        let written = written.trim();
        if link_type == LinkType::Email && !written.starts_with("mailto:") {
            return Self::Address(format!("mailto:{written}"));
        }
        if written.to_ascii_lowercase().starts_with("www.") {
            return Self::Address(format!("https://{written}"));
        }
        Self::with_scheme(written, &["http://", "https://", "mailto:", "tel:"])
    }

    /// The target of an image as it is written in the text: an address, or a file in the article's own folder.
    pub fn of_image(written: &str) -> Self {
        let written = written.trim();
        match Self::with_scheme(written, &["http://", "https://"]) {
            Self::Refused => file_name(written).map_or(Self::Refused, Self::File),
            target => target,
        }
    }

    fn with_scheme(written: &str, schemes: &[&str]) -> Self {
        let known = schemes
            .iter()
            .any(|scheme| starts_with(written, scheme) && written.len() > scheme.len());
        match known
            && !written
                .chars()
                .any(|character| character.is_control() || character.is_whitespace())
        {
            true => Self::Address(written.to_owned()),
            false => Self::Refused,
        }
    }
}

/// The file that an image's address names, where it is a name and nothing else: `hands.jpg`, `./my%20hands.jpg`.
fn file_name(written: &str) -> Option<String> {
    let name = unescaped(written.strip_prefix("./").unwrap_or(written))?;
    let sound = !name.is_empty()
        && name.len() <= 200
        && !name.starts_with('.')
        && !name
            .chars()
            .any(|character| character.is_control() || "/\\:?#<>\"|*{}".contains(character));
    sound.then_some(name)
}

/// `%20` and its like as the characters they stand for; nothing where that leaves no text.
fn unescaped(written: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(written.len());
    let mut rest = written.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .filter(|_| byte == b'%')
            .and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(code) => {
                bytes.push(code);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// The first bare web address in `text`: where it stands, and where it leads.
pub fn bare(text: &str) -> Option<(Range<usize>, String)> {
    let mut searched = 0;
    while let Some(start) = next_start(text, searched) {
        let word = word(&text[start..]);
        if word.len() > LONGEST {
            searched = start + word.len();
            continue;
        }
        let end = start + length(word);
        let found = &text[start..end];
        let scheme = if starts_with(found, "www.") { "https://" } else { "" };
        if names_a_host(found) {
            return Some((start..end, format!("{scheme}{found}")));
        }
        searched = start + 1;
    }
    None
}

/// The next byte from `from` at which an address could start: not inside a word.
fn next_start(text: &str, from: usize) -> Option<usize> {
    let starts = text[from..].char_indices().map(|(offset, _)| from + offset);
    let mut inside_word = text[..from].chars().next_back().is_some_and(char::is_alphanumeric);
    for start in starts {
        let rest = &text[start..];
        if !inside_word && ["http://", "https://", "www."].iter().any(|head| starts_with(rest, head)) {
            return Some(start);
        }
        inside_word = rest.chars().next().is_some_and(char::is_alphanumeric);
    }
    None
}

fn starts_with(text: &str, head: &str) -> bool {
    text.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head))
}

/// No browser keeps a longer address.
const LONGEST: usize = 2_000;

/// What `text` begins with, up to a blank.
fn word(text: &str) -> &str {
    let stop = |character: char| character.is_whitespace() || character.is_control() || matches!(character, '<' | '>' | '"' | '`');
    &text[..text.find(stop).unwrap_or(text.len())]
}

/// The bytes that belong to the address: the word without the punctuation of the sentence around it.
fn length(word: &str) -> usize {
    let mut address = word;
    while let Some(last) = address.chars().next_back() {
        let closes = |open: char| address.matches(last).count() > address.matches(open).count();
        let surplus = match last {
            ')' => closes('('),
            ']' => closes('['),
            '}' => closes('{'),
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '…' | '’' | '”' | '“' | '»' | '،' | '。' | '，' => {
                true
            }
            _ => false,
        };
        if !surplus {
            break;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address.len()
}

fn names_a_host(address: &str) -> bool {
    let (is_www, rest) = match address.split_once("://") {
        Some((_, rest)) => (false, rest),
        None => (true, address.get("www.".len()..).unwrap_or("")),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    host.starts_with(char::is_alphanumeric) && (!is_www || host.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, shown: &str, target: &str) {
        let (range, found) = bare(text).expect(text);
        assert_eq!((&text[range], found.as_str()), (shown, target));
    }

    #[test]
    fn bare_addresses_end_where_a_reader_ends_them() {
        check(
            "see https://riverside.example.",
            "https://riverside.example",
            "https://riverside.example",
        );
        check(
            "(www.riverside.example/a_b)",
            "www.riverside.example/a_b",
            "https://www.riverside.example/a_b",
        );
        check(
            "http://a.example/x_(y), or",
            "http://a.example/x_(y)",
            "http://a.example/x_(y)",
        );
        check(
            "“https://a.example/?q=1&r=2”",
            "https://a.example/?q=1&r=2",
            "https://a.example/?q=1&r=2",
        );
        check("Www.A.example!", "Www.A.example", "https://Www.A.example");
    }

    #[test]
    fn what_is_no_address_stays_text() {
        for text in [
            "http://",
            "https:// x",
            "www.",
            "www.x",
            "xhttp://a.example",
            "ftp://a.example",
            "wwww",
            "plain",
        ] {
            assert_eq!(bare(text), None, "{text}");
        }
    }

    #[test]
    fn only_four_schemes_lead_out_of_a_letter() {
        let link = |written| Target::of_link(LinkType::Inline, written);
        assert_eq!(link("www.a.example"), Target::Address("https://www.a.example".to_owned()));
        assert_eq!(link("TEL:+441225"), Target::Address("TEL:+441225".to_owned()));
        for written in [
            "javascript:alert(1)",
            "data:text/html,x",
            "tips.html",
            "#top",
            "",
            "{{ url }}",
            "https://",
            "java\nscript:x",
        ] {
            assert_eq!(link(written), Target::Refused, "{written}");
        }
        for written in [
            "mailto:a@riverside.example",
            "data:image/png;base64,x",
            "cid:x",
            "../hands.jpg",
            "a/b.jpg",
            "/etc/passwd",
            "%2e%2e%2fb.jpg",
            "C:\\a.jpg",
            ".hidden.png",
            "",
        ] {
            assert_eq!(Target::of_image(written), Target::Refused, "{written}");
        }
        for (written, file) in [
            ("hands.jpg", "hands.jpg"),
            ("./my%20hands.jpg", "my hands.jpg"),
            ("50%.png", "50%.png"),
        ] {
            assert_eq!(Target::of_image(written), Target::File(file.to_owned()), "{written}");
        }
    }
}
