//! The page's words, in every language it speaks.
//!
//! Promises: a language is whole or it does not compile; `{clinic}` stands in a text where the clinic's name goes and nowhere else. Knows
//! nothing of markup.

mod north;
mod others;
mod south;

/// What the page says in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    /// Its tag (BCP 47).
    pub(super) tag: &'static str,
    /// Whether it is written from right to left.
    pub(super) is_rtl: bool,
    /// The heading of the page that a letter links to.
    pub(super) letters_from: &'static str,
    pub(super) nothing_yet: &'static str,
    pub(super) stop_these: &'static str,
    pub(super) at_once: &'static str,
    pub(super) these_stopped_already: &'static str,
    pub(super) all_stopped_already: &'static str,
    pub(super) all_heading: &'static str,
    pub(super) all_tick: &'static str,
    pub(super) stop_all: &'static str,
    pub(super) some_heading: &'static str,
    pub(super) some_legend: &'static str,
    pub(super) stop_some: &'static str,
    pub(super) tick_first: &'static str,
    /// What was done.
    pub(super) these_done: &'static str,
    pub(super) all_done: &'static str,
    pub(super) some_done: &'static str,
    pub(super) done_text: &'static str,
    /// The way back.
    pub(super) back_heading: &'static str,
    pub(super) back_button: &'static str,
    pub(super) back_title: &'static str,
    pub(super) back_text: &'static str,
    pub(super) back_legend: &'static str,
    pub(super) back_tick: &'static str,
    pub(super) back_confirm: &'static str,
    pub(super) back_late: &'static str,
    pub(super) back_done: &'static str,
    pub(super) back_done_text: &'static str,
    pub(super) back_write: &'static str,
    /// What is no letter, or goes wrong.
    pub(super) sample_title: &'static str,
    pub(super) sample_text: &'static str,
    pub(super) wrong_title: &'static str,
    pub(super) wrong_text: &'static str,
    pub(super) busy_title: &'static str,
    pub(super) busy_text: &'static str,
    pub(super) odd_title: &'static str,
    pub(super) odd_text: &'static str,
    /// Before the address that stops letters.
    pub(super) by_mail: &'static str,
    /// Before the clinic's own address.
    pub(super) questions: &'static str,
}

/// Every language; the first one is for whoever speaks none of them.
const ALL: [&Words; 11] = [
    &north::EN,
    &north::DE,
    &south::FR,
    &south::ES,
    &south::IT,
    &north::NL,
    &south::PT,
    &others::PL,
    &north::SV,
    &north::DA,
    &others::AR,
];

impl Words {
    /// The language of the first of these tags that is spoken here, else the best of what the browser asks for, else English.
    pub(super) fn choose<'t>(tags: impl IntoIterator<Item = &'t str>, accepted: Option<&str>) -> &'static Self {
        let told = tags.into_iter().find_map(Self::of);
        told.or_else(|| wanted(accepted.unwrap_or_default())).unwrap_or(ALL[0])
    }

    /// The language of a tag such as `de-CH`, `pt_BR` or `Deutsch`, if it is spoken here.
    fn of(tag: &str) -> Option<&'static Self> {
        let tag = tag.trim().to_lowercase();
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let code = NAMES
            .iter()
            .find(|(name, _)| *name == primary)
            .map_or(primary, |(_, code)| code);
        ALL.into_iter().find(|words| words.tag == code)
    }
}

/// What people write into a column instead of a tag.
const NAMES: [(&str, &str); 24] = [
    ("english", "en"),
    ("german", "de"),
    ("deutsch", "de"),
    ("french", "fr"),
    ("français", "fr"),
    ("francais", "fr"),
    ("spanish", "es"),
    ("español", "es"),
    ("espanol", "es"),
    ("italian", "it"),
    ("italiano", "it"),
    ("dutch", "nl"),
    ("nederlands", "nl"),
    ("portuguese", "pt"),
    ("português", "pt"),
    ("portugues", "pt"),
    ("polish", "pl"),
    ("polski", "pl"),
    ("swedish", "sv"),
    ("svenska", "sv"),
    ("danish", "da"),
    ("dansk", "da"),
    ("arabic", "ar"),
    ("العربية", "ar"),
];

/// The language that an `Accept-Language` field likes best (RFC 9110 §12.5.4), of those spoken here.
fn wanted(accepted: &str) -> Option<&'static Words> {
    let choices = accepted.split(',').take(20).filter_map(|choice| {
        let (tag, rest) = choice.split_once(';').unwrap_or((choice, ""));
        let weight = match rest.trim().strip_prefix("q=") {
            Some(weight) => weight.trim().parse::<f32>().ok()?,
            None => 1.0,
        };
        let words = Words::of(tag)?;
        (weight > 0.0).then_some((weight, words))
    });
    // Of equals the first one.
    let best = choices.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::{ALL, Words};
    use std::collections::BTreeSet;

    /// Every text of a language, by its place.
    fn texts(words: &Words) -> Vec<String> {
        let shown = format!("{words:?}");
        let texts = shown.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(texts.len(), 39, "{shown}");
        texts
    }

    #[test]
    fn every_language_is_whole() {
        let english = texts(ALL[0]);
        for words in ALL {
            let own = texts(words);
            let names = own.iter().map(|text| text.matches("{clinic}").count()).collect::<Vec<_>>();
            let wanted = english
                .iter()
                .map(|text| text.matches("{clinic}").count())
                .collect::<Vec<_>>();
            assert_eq!(names, wanted, "{}", words.tag);
            assert!(
                own.iter().all(|text| !text.trim().is_empty() && text.trim() == text),
                "{}",
                words.tag
            );
            assert_eq!(
                own.iter().collect::<BTreeSet<_>>().len(),
                own.len(),
                "{}: no text says what another says",
                words.tag
            );
            let borrowed = own.iter().zip(&english).filter(|(own, english)| own == english).count();
            assert!(
                words.tag == "en" || borrowed == 0,
                "{}: {borrowed} texts in English",
                words.tag
            );
        }
        let tags: BTreeSet<&str> = ALL.into_iter().map(|words| words.tag).collect();
        assert_eq!(tags.len(), ALL.len());
        assert!(ALL.into_iter().any(|words| words.is_rtl));
    }

    #[test]
    fn the_person_comes_before_the_article_and_the_browser() {
        let chosen = |tags: &[&str], accepted: Option<&str>| Words::choose(tags.iter().copied(), accepted).tag;
        assert_eq!(chosen(&["de-CH", "fr"], Some("pl")), "de");
        assert_eq!(chosen(&["Klingon", "fr-CA"], Some("pl")), "fr");
        assert_eq!(chosen(&[" Español ", "fr"], None), "es");
        assert_eq!(chosen(&[], Some("ja, pt-BR;q=0.8, sv;q=0.9, en;q=0.1")), "sv");
        assert_eq!(chosen(&[], Some("da, nl")), "da");
        assert_eq!(chosen(&[], Some("*;q=0.5, ar-EG;q=0, ;;;,q=")), "en");
        assert_eq!(chosen(&["pt_BR"], None), "pt");
        assert_eq!(chosen(&[], None), "en");
    }
}
