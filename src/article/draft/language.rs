//! Which language a text is in, by its script and its smallest words: an honest guess, and a word when it is none.

/// A guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guess {
    /// The language tag.
    pub(super) tag: &'static str,
    /// Whether the text leaves little doubt.
    pub(super) certain: bool,
    /// Whether the script says it, not the words.
    pub(super) is_script: bool,
}

/// Whether a language is written in Latin letters, of those that are known by their words.
pub(super) fn is_latin(tag: &str) -> bool {
    SMALL_WORDS.iter().any(|(known, _)| *known == tag)
}

/// Words that a language needs in every second sentence, and its neighbours do not have.
const SMALL_WORDS: [(&str, &[&str]); 10] = [
    (
        "en",
        &[
            "the", "and", "of", "to", "is", "it", "that", "you", "your", "for", "with", "are", "not", "this", "be", "or", "have",
            "as", "but", "they",
        ],
    ),
    (
        "de",
        &[
            "der", "die", "und", "das", "ist", "nicht", "ein", "eine", "den", "sie", "mit", "für", "auf", "dem", "sich", "auch",
            "es", "ich", "zu", "wie", "im", "von", "vor", "bei", "aus", "nach", "wir", "ihr", "ihre", "ihnen", "sind", "wird",
            "werden", "oder", "wenn", "noch", "nur", "einen", "einem", "einer", "zum", "zur", "kann", "über",
        ],
    ),
    (
        "fr",
        &[
            "le", "la", "les", "et", "des", "est", "une", "vous", "pour", "dans", "que", "qui", "nous", "pas", "sur", "avec",
            "votre", "du", "au", "il",
        ],
    ),
    (
        "es",
        &[
            "el", "la", "los", "las", "y", "que", "es", "una", "para", "con", "por", "del", "no", "su", "se", "más", "como",
            "pero", "al", "lo",
        ],
    ),
    (
        "it",
        &[
            "il", "la", "di", "che", "e", "è", "per", "non", "una", "con", "del", "della", "sono", "gli", "più", "anche", "si",
            "ma", "nel", "le",
        ],
    ),
    (
        "nl",
        &[
            "de", "het", "een", "en", "van", "is", "dat", "niet", "je", "voor", "met", "op", "zijn", "ook", "maar", "aan", "te",
            "wordt", "bij", "uw",
        ],
    ),
    (
        "pt",
        &[
            "o", "os", "as", "e", "que", "não", "uma", "para", "com", "do", "da", "dos", "é", "mais", "em", "se", "você", "por",
            "ao", "seu",
        ],
    ),
    (
        "tr",
        &[
            "ve", "bir", "bu", "için", "ile", "daha", "çok", "gibi", "olarak", "kadar", "sonra", "olan", "önce", "var", "ya",
            "sizin", "hem", "değil", "veya", "her",
        ],
    ),
    (
        "pl",
        &[
            "i", "w", "na", "się", "nie", "że", "do", "to", "jest", "z", "jak", "ale", "od", "po", "są", "oraz", "przez", "dla",
            "przed", "czy",
        ],
    ),
    (
        "ro",
        &[
            "și",
            "în",
            "pe",
            "cu",
            "nu",
            "este",
            "din",
            "pentru",
            "să",
            "mai",
            "sau",
            "care",
            "un",
            "dar",
            "sunt",
            "dumneavoastră",
            "după",
            "când",
            "fi",
            "fără",
        ],
    ),
];

/// Guesses the language of `text`.
pub(super) fn of(text: &str) -> Guess {
    by_script(text).unwrap_or_else(|| by_words(text))
}

/// A script other than Latin, where it makes up most of the letters; several languages share some of them.
fn by_script(text: &str) -> Option<Guess> {
    const SCRIPTS: [(u32, u32, &str, bool); 9] = [
        (0x0370, 0x03ff, "el", true),
        (0x0400, 0x04ff, "ru", false),
        (0x0590, 0x05ff, "he", true),
        (0x0600, 0x06ff, "ar", false),
        (0x0900, 0x097f, "hi", false),
        (0x0e00, 0x0e7f, "th", true),
        (0x3040, 0x30ff, "ja", true),
        (0x4e00, 0x9fff, "zh", false),
        (0xac00, 0xd7af, "ko", true),
    ];
    // The vowel signs of Thai and Devanagari are marks, not letters, but most of what is written.
    let is_sign = |character: char| matches!(u32::from(character), 0x0900..=0x097f | 0x0e00..=0x0e7f);
    let letters: Vec<u32> = text
        .chars()
        .filter(|character| character.is_alphabetic() || is_sign(*character))
        .map(u32::from)
        .collect();
    let share = |first: u32, last: u32| letters.iter().filter(|letter| (first..=last).contains(letter)).count();
    let by = |tag, certain| Guess {
        tag,
        certain,
        is_script: true,
    };
    // Japanese is written with Chinese characters between its own.
    if share(0x3040, 0x30ff) * 5 > letters.len() {
        return Some(by("ja", true));
    }
    let (_, _, tag, certain) = SCRIPTS
        .iter()
        .find(|(first, last, _, _)| !letters.is_empty() && share(*first, *last) * 2 > letters.len())?;
    let letters_tell = by_letters(text, tag);
    Some(letters_tell.map_or(by(tag, *certain), |tag| by(tag, true)))
}

/// Among languages of one script, the one whose letters none of the others has.
fn by_letters(text: &str, script: &str) -> Option<&'static str> {
    // Urdu's letters come first: it has those of Persian too.
    const OWN: [(&str, &str, &str); 5] = [
        ("ru", "ўЎ", "be"),
        ("ru", "єЄїЇґҐ", "uk"),
        ("ru", "ђЂћЋљЉњЊџЏ", "sr"),
        ("ar", "ٹڈڑںےہھ", "ur"),
        ("ar", "پچگژیک", "fa"),
    ];
    let count = |letters: &str| text.chars().filter(|character| letters.contains(*character)).count();
    let mut of_script = OWN.iter().filter(|(of, _, _)| *of == script);
    of_script.find(|(_, letters, _)| count(letters) > 1).map(|(_, _, tag)| *tag)
}

/// Letters that among the languages known here one alone is written with.
const LETTERS: [(&str, &str); 4] = [("de", "ß"), ("tr", "ğışİ"), ("pl", "ąęłńśźż"), ("ro", "ăâîșțşţ")];

fn by_words(text: &str) -> Guess {
    let lower = text.to_lowercase();
    let all: Vec<&str> = lower
        .split(|character: char| !character.is_alphabetic())
        .filter(|word| !word.is_empty())
        .collect();
    let score = |tag: &str, words: &[&str]| {
        let letters = LETTERS.iter().find(|(of, _)| *of == tag).map_or("", |(_, letters)| *letters);
        let has_letter = |word: &str| word.chars().any(|letter| letters.contains(letter));
        all.iter().filter(|word| words.contains(word) || has_letter(word)).count()
    };
    let mut scores: Vec<(usize, &'static str)> = SMALL_WORDS.iter().map(|(tag, words)| (score(tag, words), *tag)).collect();
    scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let (best, tag) = scores[0];
    let second = scores[1].0;
    let is_long = all.len() >= 12 && best * 10 >= all.len() && best * 2 >= second * 3;
    // Of a short text, two sentences, more has to speak for the one and less for any other.
    let is_short = all.len() >= 6 && best >= 3 && best * 5 >= all.len() && best >= second * 3;
    match is_long || is_short {
        true => Guess {
            tag,
            certain: true,
            is_script: false,
        },
        false => Guess {
            tag: "en",
            certain: false,
            is_script: false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, tag: &str, certain: bool) {
        assert_eq!(of(text).certain, certain, "{text}");
        assert_eq!(of(text).tag, tag, "{text}");
    }

    #[test]
    fn small_words_and_scripts_tell_the_language() {
        check(
            "The rest of the day is for you and for your friends, and it is not to be missed.",
            "en",
            true,
        );
        check(
            "Wenn es kalt ist, sehnen sich die Hände und Füße nach Wärme, und das ist nicht schlimm.",
            "de",
            true,
        );
        check(
            "Quand il fait froid, les mains et les pieds sont dans le besoin, et vous avec eux, sur la route.",
            "fr",
            true,
        );
        check(
            "Cuando hace frío, las manos y los pies no se calientan, y el cuerpo lo nota más por la noche.",
            "es",
            true,
        );
        check("רגע של מנוחה", "he", true);
        check("لحظة من الهدوء", "ar", false);
        for (text, tag) in [
            (
                "Взимку руки мерзнуть, і м’язи шиї напружуються. Їжте щось тепле, а ввечері її розітріть.",
                "uk",
            ),
            ("در زمستان دست‌ها سرد می‌شوند. پیش از خواب چای گرم بنوشید.", "fa"),
            ("سردیوں میں ہاتھ ٹھنڈے ہو جاتے ہیں۔", "ur"),
            ("ในฤดูหนาวมือจะเย็นและกล้ามเนื้อคอจะตึง", "th"),
            (
                "Kışın eller üşür ve boyun kasları gerilir. Uyumadan önce ılık suya eller sokulursa gevşemek kolaylaşır.",
                "tr",
            ),
            ("Im Winter sind die Hände kalt. Kneten Sie einen Schwamm.", "de"),
            ("Müde Füße\nAbends sind die Füße schwer. Legen Sie sie hoch.", "de"),
            ("Zimą nasze dłonie są chłodne, a mięśnie karku bolą częściej niż latem.", "pl"),
            (
                "Iarna mâinile sunt reci și mușchii gâtului se încordează. O baie caldă ajută.",
                "ro",
            ),
        ] {
            check(text, tag, true);
        }
        check("सर्दियों में हाथ ठंडे हो जाते हैं।", "hi", false);
        check("Sauna", "en", false);
        check("Warm feet. A good night.", "en", false);
        check(
            "Lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor incididunt labore",
            "en",
            false,
        );
        check("", "en", false);
    }
}
