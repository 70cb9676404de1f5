//! The names of languages as people write them into a column: `Deutsch`, `German`, `ger`, `de-CH`.
//!
//! Promises: a name of this table is its code; what is not in it is taken for a tag, and whether that tag is anybody's language is for
//! others to say.

/// Code, then the names: the English one, the language's own, those of neighbours, and the codes of three letters (ISO 639-2).
const NAMES: &[&[&str]] = &[
    &[
        "en", "english", "englisch", "anglais", "inglés", "ingles", "inglese", "inglês", "eng",
    ],
    &[
        "de", "german", "deutsch", "allemand", "alemán", "aleman", "tedesco", "ger", "deu",
    ],
    &[
        "fr",
        "french",
        "français",
        "francais",
        "französisch",
        "francés",
        "francese",
        "fre",
        "fra",
    ],
    &[
        "es",
        "spanish",
        "español",
        "espanol",
        "castellano",
        "spanisch",
        "espagnol",
        "spa",
    ],
    &["it", "italian", "italiano", "italienisch", "italien", "ita"],
    &[
        "nl",
        "dutch",
        "nederlands",
        "niederländisch",
        "flemish",
        "vlaams",
        "néerlandais",
        "dut",
        "nld",
    ],
    &[
        "pt",
        "portuguese",
        "português",
        "portugues",
        "portugiesisch",
        "portugais",
        "brazilian",
        "por",
    ],
    &["pl", "polish", "polski", "polnisch", "polonais", "pol"],
    &["sv", "swedish", "svenska", "schwedisch", "swe"],
    &["da", "danish", "dansk", "dänisch", "dan"],
    &["nb", "norwegian", "norsk", "bokmål", "norwegisch", "nor", "nob", "no"],
    &["fi", "finnish", "suomi", "finnisch", "fin"],
    &["ro", "romanian", "română", "romana", "rumänisch", "roumain", "rum", "ron"],
    &["tr", "turkish", "türkçe", "turkce", "türkisch", "turc", "tur"],
    &["ar", "arabic", "العربية", "عربي", "arabisch", "arabe", "ara"],
    &["he", "hebrew", "עברית", "hebräisch", "iw", "heb"],
    &["fa", "persian", "farsi", "فارسی", "persisch", "dari", "per", "fas"],
    &["ur", "urdu", "اردو", "urd"],
    &["ru", "russian", "русский", "russisch", "russe", "rus"],
    &["uk", "ukrainian", "українська", "ukrainisch", "ukrainien", "ukr"],
    &["cs", "czech", "čeština", "cestina", "tschechisch", "cze", "ces"],
    &["sk", "slovak", "slovenčina", "slowakisch", "slo", "slk"],
    &["hu", "hungarian", "magyar", "ungarisch", "hun"],
    &["el", "greek", "ελληνικά", "griechisch", "gre", "ell"],
    &["bg", "bulgarian", "български", "bulgarisch", "bul"],
    &["hr", "croatian", "hrvatski", "kroatisch", "hrv"],
    &["sr", "serbian", "српски", "srpski", "serbisch", "srp"],
    &["sq", "albanian", "shqip", "albanisch", "alb", "sqi"],
    &[
        "zh",
        "chinese",
        "中文",
        "汉语",
        "漢語",
        "mandarin",
        "chinesisch",
        "chi",
        "zho",
    ],
    &["ja", "japanese", "日本語", "japanisch", "jpn"],
    &["ko", "korean", "한국어", "koreanisch", "kor"],
    &["vi", "vietnamese", "tiếng việt", "vietnamesisch", "vie"],
    &["hi", "hindi", "हिन्दी", "हिंदी", "hin"],
    &["pa", "punjabi", "panjabi", "ਪੰਜਾਬੀ", "پنجابی", "pan"],
    &["bn", "bengali", "bangla", "বাংলা", "ben"],
    &["ta", "tamil", "தமிழ்", "tam"],
    &["so", "somali", "soomaali", "som"],
    &["ti", "tigrinya", "ትግርኛ", "tir"],
    &["cy", "welsh", "cymraeg", "wel", "cym"],
];

/// The tag that a cell of the column `language` means, in small letters: `Deutsch` is `de`, `de_CH` is `de-ch`.
///
/// A bracket or a comma ends it: `German (Switzerland)`, `Arabic, French`.
pub fn language(written: &str) -> String {
    let end = written.find(['(', ',', ';', '/']).unwrap_or(written.len());
    let written = written[..end].trim().to_lowercase();
    let named = |name: &str| NAMES.iter().find(|row| row.contains(&name)).map(|row| row[0]);
    if let Some(code) = named(&written) {
        return code.to_owned();
    }
    let tag = written.replace('_', "-");
    match tag.split_once('-') {
        // `ger-CH`, and also `Deutsch-CH`.
        Some((language, rest)) => format!("{}-{rest}", named(language).unwrap_or(language)),
        None => tag,
    }
}

/// Whether a cell of the column `language` can mean one: a name of the table, or a tag with a code of two or three letters.
pub fn is_language(written: &str) -> bool {
    let tag = language(written);
    let code = tag.split('-').next().unwrap_or("");
    tag.is_empty() || matches!(code.len(), 2 | 3) && code.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::{NAMES, is_language, language};

    #[test]
    fn what_is_no_language_is_known() {
        for written in ["", "de", "Deutsch", "German (Switzerland)", "pt-BR", "tlh", "العربية", " "] {
            assert!(is_language(written), "{written}");
        }
        for written in ["Klingon", "yes", "1", "ann@example.org", "ja, gern"] {
            assert_eq!(is_language(written), written == "ja, gern" || written == "yes", "{written}");
        }
    }

    #[test]
    fn people_write_languages_as_they_please() {
        for (written, expected) in [
            ("de", "de"),
            (" DE_ch ", "de-ch"),
            ("Deutsch", "de"),
            ("German (Switzerland)", "de"),
            ("Arabic, French", "ar"),
            ("العربية", "ar"),
            ("Tiếng Việt", "vi"),
            ("ger-CH", "de-ch"),
            ("pt-BR", "pt-br"),
            ("Klingon", "klingon"),
            ("", ""),
        ] {
            assert_eq!(language(written), expected, "{written}");
        }
    }

    #[test]
    fn no_name_is_two_languages() {
        let names: Vec<&str> = NAMES.iter().flat_map(|row| row.iter().copied()).collect();
        for (at, name) in names.iter().enumerate() {
            assert!(!names[..at].contains(name), "{name}");
            assert_eq!(name.to_lowercase(), *name);
        }
    }
}
