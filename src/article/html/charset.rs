//! A page's bytes as text: by its mark, as UTF-8 if it is valid, by what the page says of itself, or else by the likeliest encoding.
//!
//! Every byte means something in an encoding of single bytes, so a wrong one is never refused: `Ciep³e rêce`. Where the page names its
//! language, that language's letters tell which of its encodings the bytes are in.

use crate::article::encoding::{self, Decoded};
use crate::encoding as bytes_as_text;

/// Pages say their encoding this early (HTML standard, prescan).
const REACH: usize = 4_096;

/// The letters of a language beyond the first 26 ones, and the encodings that it was written in before UTF-8.
struct Alphabet {
    languages: &'static [&'static str],
    letters: &'static str,
    encodings: &'static [&'static str],
}

const CENTRAL: &[&str] = &["windows-1250", "iso-8859-2"];
const CYRILLIC: &[&str] = &["windows-1251", "koi8-u", "iso-8859-5", "ibm866"];

#[rustfmt::skip]
const ALPHABETS: [Alphabet; 12] = [
    Alphabet { languages: &["pl"], letters: "ąćęłńóśźż", encodings: CENTRAL },
    Alphabet { languages: &["cs", "sk"], letters: "áčďéěíĺľňóôŕřšťúůýžä", encodings: CENTRAL },
    Alphabet { languages: &["hu"], letters: "áéíóöőúüű", encodings: CENTRAL },
    Alphabet { languages: &["hr", "sl", "bs"], letters: "čćđšž", encodings: CENTRAL },
    Alphabet { languages: &["ro"], letters: "ăâîşţ", encodings: CENTRAL },
    Alphabet { languages: &["tr"], letters: "çğıöşüâîİ", encodings: &["windows-1254"] },
    Alphabet { languages: &["lt", "lv"], letters: "ąčęėįšųūžāēģīķļņ", encodings: &["windows-1257", "iso-8859-13"] },
    Alphabet { languages: &["ru", "uk", "bg", "be"], letters: "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў", encodings: CYRILLIC },
    Alphabet { languages: &["sr", "mk"], letters: "абвгдђежзијклљмнњопрстћуфхцчџшѓќѕ", encodings: CYRILLIC },
    Alphabet { languages: &["el"], letters: "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ", encodings: &["windows-1253", "iso-8859-7"] },
    Alphabet { languages: &["he"], letters: "אבגדהוזחטיךכלםמןנסעףפץצקרשת", encodings: &["windows-1255", "iso-8859-8"] },
    Alphabet { languages: &["ar", "fa", "ur"], letters: "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءآأؤإئپچژگ", encodings: &["windows-1256", "iso-8859-6"] },
];

/// Decodes a page.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    let plain = encoding::decode(bytes);
    if plain.certain {
        return plain;
    }
    let said = said(bytes).and_then(|label| bytes_as_text::decode_as(bytes, &label).ok());
    match said {
        Some(said) if !said.had_errors => {
            let better = better(bytes, &said.text).filter(|better| better.encoding != said.encoding);
            Decoded {
                certain: true,
                encoding: better.as_ref().map_or(said.encoding, |better| better.encoding),
                doubted: better.as_ref().map(|_| said.encoding),
                ..encoding::decode(better.map_or(said.text, |better| better.text).as_bytes())
            }
        }
        Some(_) | None => plain,
    }
}

/// The text in that encoding of the page's language that has clearly more of the language's letters, and fewer others.
fn better<'b>(bytes: &'b [u8], said: &str) -> Option<bytes_as_text::Text<'b>> {
    let language = language(bytes)?;
    let alphabet = ALPHABETS
        .iter()
        .find(|alphabet| alphabet.languages.contains(&language.as_str()))?;
    let (own, strange) = counted(said, alphabet.letters);
    let others = alphabet.encodings.iter().filter_map(|label| {
        let text = bytes_as_text::decode_as(bytes, label).ok().filter(|text| !text.had_errors)?;
        let (own, strange) = counted(&text.text, alphabet.letters);
        Some((strange, own, text))
    });
    let (strange_there, own_there, text) = others.min_by_key(|(strange, own, _)| (*strange, std::cmp::Reverse(*own)))?;
    (strange > 3 * strange_there && own_there > own).then_some(text)
}

/// How many letters beyond the first 26 a text has that are the language's, and how many that are not.
fn counted(text: &str, letters: &str) -> (usize, usize) {
    let beyond = text
        .chars()
        .filter(|c| !c.is_ascii() && (c.is_alphabetic() || c.is_control() || "³²¹¼½¾¿¡¶¦±¢¤¥¨´¸ªº".contains(*c)));
    beyond.fold((0, 0), |(own, strange), character| {
        match letters.contains(character) || character.to_lowercase().all(|small| letters.contains(small)) {
            true => (own + 1, strange),
            false => (own, strange + 1),
        }
    })
}

/// The language that the page says it is in: the first part of the first `lang`.
fn language(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(REACH)]).to_ascii_lowercase();
    let (_, rest) = head.split_once("lang=")?;
    let tag: String = rest
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect();
    (!tag.is_empty()).then_some(tag)
}

/// The encoding that the page names: `<meta charset=…>`, its older form, or an XML declaration.
fn said(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(REACH)]).to_ascii_lowercase();
    let at = head.find("charset").map(|at| at + "charset".len()).or_else(|| {
        let declaration = head
            .split("?>")
            .next()
            .filter(|start| start.trim_start().starts_with("<?xml"))?;
        declaration.find("encoding").map(|at| at + "encoding".len())
    })?;
    let rest = head[at..]
        .trim_start()
        .strip_prefix('=')?
        .trim_start()
        .trim_start_matches(['"', '\'']);
    let label: String = rest
        .chars()
        .take_while(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | ':'))
        .collect();
    (!label.is_empty()).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_its_encoding_and_valid_utf_8_is_stronger() {
        let check = |bytes: &[u8], encoding: &str, end: &str| {
            let decoded = decode(bytes);
            assert_eq!((decoded.encoding, decoded.certain), (encoding, true), "{}", decoded.text);
            assert!(decoded.text.ends_with(end), "{}", decoded.text);
        };
        check(
            b"<meta charset=windows-1251><p>\xcf\xf0\xe8\xe2\xe5\xf2",
            "windows-1251",
            "Привет",
        );
        check(
            b"<meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\"><p>caf\xe9",
            "windows-1252",
            "café",
        );
        check("<meta charset=iso-8859-1><p>Zoë".as_bytes(), "UTF-8", "Zoë");
        check(
            b"<?xml version='1.0' encoding='Shift_JIS'?><p>\x93\xfa\x96\x7b",
            "Shift_JIS",
            "日本",
        );
        assert!(!decode(b"<p>caf\xe9 \x96 Zo\xeb").certain);
    }

    #[test]
    fn the_letters_of_the_language_are_stronger_than_a_wrong_label() {
        let check = |lang: &str, label: &str, bytes: &[u8], encoding: &str, doubted: bool, end: &str| {
            let page = [format!("<html lang={lang}><meta charset={label}><p>").as_bytes(), bytes].concat();
            let decoded = decode(&page);
            assert_eq!(
                (decoded.encoding, decoded.doubted.is_some()),
                (encoding, doubted),
                "{}",
                decoded.text
            );
            assert!(decoded.text.ends_with(end), "{}", decoded.text);
        };
        let polish = b"Ciep\xb3e r\xeace \xb6pi\xb1";
        check("pl", "iso-8859-1", polish, "ISO-8859-2", true, "Ciepłe ręce śpią");
        check("\"pl-PL\"", "iso-8859-2", polish, "ISO-8859-2", false, "Ciepłe ręce śpią");
        check("de", "iso-8859-1", b"M\xfcde F\xfc\xdfe", "windows-1252", false, "Müde Füße");
        check("pl", "iso-8859-1", b"Caf\xe9", "windows-1252", false, "Café");
        check(
            "tr",
            "iso-8859-1",
            b"s\xfdcak ya\xf0mur",
            "windows-1254",
            true,
            "sıcak yağmur",
        );
        check(
            "ru",
            "windows-1252",
            b"\xd2\xb8\xef\xeb\xfb\xe5",
            "windows-1251",
            true,
            "Тёплые",
        );
    }
}
