//! Words as they are compared: in small letters, without accents and marks.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The text in small letters without accents; marks and blanks stay.
pub(super) fn small(text: &str) -> String {
    let mut small = String::with_capacity(text.len());
    for c in text.nfkd().filter(|&c| !is_combining_mark(c)) {
        match c {
            'ı' | 'İ' => small.push('i'),
            'ł' | 'Ł' => small.push('l'),
            'ø' | 'Ø' => small.push('o'),
            'đ' | 'Đ' => small.push('d'),
            'ß' => small.push_str("ss"),
            'æ' | 'Æ' => small.push_str("ae"),
            'œ' | 'Œ' => small.push_str("oe"),
            '’' | '‘' | '´' | '`' => small.push('\''),
            c => small.extend(c.to_lowercase()),
        }
    }
    small
}

/// The words of a text: what stands between marks and blanks.
pub(super) fn words(text: &str) -> Vec<String> {
    let small = small(text).replace(['-', '\''], "");
    small
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A subject without what mail programs put in front of it; and whether there was any.
pub(super) fn without_prefixes(subject: &str) -> (&str, bool) {
    const PREFIXES: &[&str] = &[
        "re", "aw", "antw", "antwort", "sv", "vs", "odp", "ynt", "rif", "r", "res", "ref", "fw", "fwd", "wg", "tr", "rv", "i",
        "enc", "doorst", "vb", "vl", "pd", "ilt", "inoltra", "external", "ext", "spam", "bulk",
    ];
    let (mut rest, mut had) = (subject.trim(), false);
    loop {
        let (before, after) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((before, after)) => (before, after),
            None => rest.split_once(':').unwrap_or(("no prefix", "")),
        };
        // `Re[2]:`, `Re (3):`
        let name = before.split(['[', '(', '^']).next().unwrap_or_default().trim().to_lowercase();
        if !PREFIXES.contains(&name.as_str()) {
            return (rest, had);
        }
        (rest, had) = (after.trim(), true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_no_words_of_a_person() {
        for subject in ["Re: Stop", "AW: Re: Stop", "RE[2]: Stop", "[EXTERNAL] Re: Stop", "Fwd:Stop"] {
            assert_eq!(without_prefixes(subject), ("Stop", true), "{subject}");
        }
        assert_eq!(without_prefixes("Stop: now"), ("Stop: now", false));
        assert_eq!(without_prefixes("Re:"), ("", true));
    }

    #[test]
    fn words_are_compared_without_accents() {
        assert_eq!(
            words("DÉSABONNEZ-moi, s'il vous plaît!"),
            ["desabonnezmoi", "sil", "vous", "plait"]
        );
        assert_eq!(words("Usuń mnie; çıkar"), ["usun", "mnie", "cikar"]);
        assert_eq!(words(" .,! "), [""; 0]);
    }
}
