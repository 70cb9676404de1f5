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

/// What mail programs put in front of a subject: whose words it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Prefix {
    /// The writer's own, as far as is known.
    None,
    /// `Re:`: those of the mail that it answers.
    Answer,
    /// `Fwd:`: those of a mail that is passed on, and the wish in it somebody else's.
    Forward,
}

impl Prefix {
    const ANSWERS: &[&str] = &["re", "aw", "antw", "antwort", "sv", "odp", "ynt", "rif", "r", "res", "ref"];
    /// `VS` is an answer in Finnish, and a mail passed on in Danish and Norwegian.
    const FORWARDS: &[&str] = &[
        "fw", "fwd", "wg", "tr", "rv", "i", "enc", "doorst", "vb", "vl", "pd", "vs", "ilt", "inoltra",
    ];
    /// What mail servers put there.
    const MARKS: &[&str] = &["external", "ext", "spam", "bulk"];

    fn named(name: &str) -> Option<Self> {
        let is_in = |names: &[&str]| names.contains(&name);
        match () {
            () if is_in(Self::ANSWERS) => Some(Self::Answer),
            () if is_in(Self::FORWARDS) => Some(Self::Forward),
            () if is_in(Self::MARKS) => Some(Self::None),
            () => None,
        }
    }
}

/// A subject without its prefixes; and the one of them that leaves the least of it to the writer.
pub(super) fn without_prefixes(subject: &str) -> (&str, Prefix) {
    let (mut rest, mut most) = (subject.trim(), Prefix::None);
    loop {
        let (before, after) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((before, after)) => (before, after),
            None => rest.split_once(':').unwrap_or(("no prefix", "")),
        };
        // `Re[2]:`, `Re (3):`
        let name = before.split(['[', '(', '^']).next().unwrap_or_default().trim().to_lowercase();
        let Some(prefix) = Prefix::named(&name) else {
            return (rest, most);
        };
        (rest, most) = (after.trim(), most.max(prefix));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_no_words_of_a_person() {
        for (subject, prefix) in [
            ("Re: Stop", Prefix::Answer),
            ("RE[2]: Stop", Prefix::Answer),
            ("[EXTERNAL] Re: Stop", Prefix::Answer),
            ("[EXTERNAL] Stop", Prefix::None),
            ("Fwd:Stop", Prefix::Forward),
            ("AW: WG: Stop", Prefix::Forward),
            ("I: R: Stop", Prefix::Forward),
        ] {
            assert_eq!(without_prefixes(subject), ("Stop", prefix), "{subject}");
        }
        assert_eq!(without_prefixes("Stop: now"), ("Stop: now", Prefix::None));
        assert_eq!(without_prefixes("Re:"), ("", Prefix::Answer));
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
