//! Claims about health that regulators ask proof for, or forbid: warnings with the article's line, from words in `data/claims.csv`.
//!
//! Promises: a claim that its own sentence takes back ("cannot cure") is none, nor is a question, nor a word inside another. Guidance,
//! no legal advice; what passes is not therefore allowed.

use super::reading::{BlockKind, Reading};
use super::report::{Report, shown};
use super::words::{self, folded, primary, rows};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A kind of claim: its name, what is wrong with it, and who says so.
struct Claim {
    name: &'static str,
    what: &'static str,
    regimes: &'static str,
    hint: &'static str,
}

const PROVE: &str = "say what you do and how it feels, or what a named study found; or take it away";

const CLAIMS: &[Claim] = &[
    Claim {
        name: "claim-cure",
        what: "promises a cure",
        regimes: "US FTC/FDA, UK CAP 12.1, AHPRA s133(1)(d), EU 2005/29 Annex I 17",
        hint: PROVE,
    },
    Claim {
        name: "claim-guarantee",
        what: "guarantees a result",
        regimes: "US FTC, UK CAP 3.7, AHPRA s133(1)(d), EU 2005/29",
        hint: "nobody can guarantee how a body answers: say `may`, `many people`, or leave it out",
    },
    Claim {
        name: "claim-hundred",
        what: "promises the whole",
        regimes: "US FTC, UK CAP 3.7, AHPRA s133(1)(a)",
        hint: PROVE,
    },
    Claim {
        name: "claim-immunity",
        what: "promises a stronger immune system",
        regimes: "US FTC/FDA (2020 letters), UK CAP 15.1, EU 1924/2006",
        hint: PROVE,
    },
    Claim {
        name: "claim-prevents",
        what: "promises protection from an illness",
        regimes: "US FTC/FDA, UK CAP 12.1, EU 1924/2006 art. 12, AHPRA s133(1)(d)",
        hint: "where it is true (a vaccination), name who says so; otherwise take it away",
    },
    Claim {
        name: "claim-miracle",
        what: "promises a miracle",
        regimes: "US FTC, UK CAP 3.1, AHPRA s133(1)(a)",
        hint: PROVE,
    },
    Claim {
        name: "claim-safe",
        what: "promises that nothing can go wrong",
        regimes: "UK CAP 12.10, AHPRA s133(1)(d), EU 2001/83 art. 90",
        hint: "name the risks, small as they are, or say whom to ask about them",
    },
    Claim {
        name: "claim-detox",
        what: "promises to take poisons out of the body",
        regimes: "US FTC, UK ASA (rulings on detox), EU 1924/2006",
        hint: PROVE,
    },
    Claim {
        name: "claim-testimonial",
        what: "looks like a patient's praise",
        regimes: "AHPRA s133(1)(c) forbids it, UK CAP 3.45, US FTC 16 CFR 255",
        hint: "in Australia take it away; elsewhere keep the patient's written consent, and let it promise nothing that you could not",
    },
    Claim {
        name: "claim-before-after",
        what: "shows before and after",
        regimes: "AHPRA guidelines, UK CAP 12, EU 2001/83 art. 90",
        hint: "few people turn out like the picture: take it away, or say whose it is and how usual",
    },
    Claim {
        name: "claim-medicine",
        what: "names a medicine that needs a prescription",
        regimes: "UK HMR 2012 and CAP 12.12, EU 2001/83 art. 88, Australia TGA",
        hint: "outside the US, medicines on prescription may not be advertised to the public: write `an injection`, or ask people to come and talk",
    },
    Claim {
        name: "claim-free",
        what: "offers something free without its terms",
        regimes: "AHPRA s133(1)(b), UK CAP 3.23, US FTC 16 CFR 251",
        hint: "say beside it what it costs later, for whom it is and until when",
    },
];

/// A pattern's word.
#[derive(Debug)]
enum Wanted {
    Word(&'static str),
    Start(&'static str),
    UpToThree,
}

#[derive(Debug)]
struct Pattern {
    name: &'static str,
    words: Vec<Wanted>,
}

/// language → first character of the first word → patterns.
static PATTERNS: LazyLock<HashMap<&'static str, HashMap<char, Vec<Pattern>>>> = LazyLock::new(|| {
    let mut patterns: HashMap<_, HashMap<char, Vec<Pattern>>> = HashMap::new();
    for line in rows(include_str!("data/claims.csv")) {
        let mut cells = line.splitn(3, ',');
        let (Some(name), Some(language), Some(written)) = (cells.next(), cells.next(), cells.next()) else {
            continue;
        };
        for pattern in written.split('|') {
            let words = pattern.split(' ').map(|word| match word.strip_suffix('*') {
                _ if word == "~" => Wanted::UpToThree,
                Some(start) => Wanted::Start(start),
                None => Wanted::Word(word),
            });
            let first = pattern.chars().next().unwrap_or(' ');
            let pattern = Pattern {
                name,
                words: words.collect(),
            };
            patterns.entry(language).or_default().entry(first).or_default().push(pattern);
        }
    }
    patterns
});

/// rule → language → words.
static AROUND: LazyLock<HashMap<(&'static str, &'static str), Vec<&'static str>>> = LazyLock::new(|| {
    let rows = rows(include_str!("data/claim_words.csv")).filter_map(|line| {
        let mut cells = line.splitn(3, ',');
        Some(((cells.next()?, cells.next()?), cells.next()?.split('|').collect()))
    });
    rows.collect()
});

/// A word of a text.
#[derive(Debug)]
struct Word {
    folded: String,
    start: usize,
    end: usize,
    sentence: usize,
}

/// A text as words; which of its sentences ask.
struct Words {
    words: Vec<Word>,
    asks: Vec<bool>,
}

impl Words {
    fn of(text: &str, language: &str) -> Self {
        // `l'immunité` is two words, `don't` one.
        let splits_at_apostrophe = matches!(language, "fr" | "it" | "pt" | "es");
        let mut cut = Self {
            words: Vec::new(),
            asks: vec![false],
        };
        let mut start: Option<usize> = None;
        for (at, c) in text.char_indices().chain(std::iter::once((text.len(), ' '))) {
            let joins = c.is_alphanumeric()
                || unicode_normalization::char::is_combining_mark(c)
                || c == '\u{ad}'
                || matches!(c, '\'' | '’') && !splits_at_apostrophe;
            if joins {
                start.get_or_insert(at);
                continue;
            }
            if let Some(start) = start.take() {
                cut.push(folded(&text[start..at]), start, at);
            }
            match c {
                '%' => cut.push("%".to_owned(), at, at + 1),
                '.' | '!' | '?' | '…' | ';' | '。' | '？' | '؟' if ends_sentence(&text[at + c.len_utf8()..]) => {
                    if let Some(asks) = cut.asks.last_mut() {
                        *asks = matches!(c, '?' | '？' | '؟');
                    }
                    cut.asks.push(false);
                }
                // What is denied before a colon or a dash is another thought: `No pain anymore: guaranteed`.
                ':' | '–' | '—' if text[at + c.len_utf8()..].starts_with(char::is_whitespace) => cut.asks.push(false),
                _ => {}
            }
        }
        cut
    }

    fn push(&mut self, folded: String, start: usize, end: usize) {
        if !folded.is_empty() {
            self.words.push(Word {
                folded,
                start,
                end,
                sentence: self.asks.len() - 1,
            });
        }
    }

    /// How many words a pattern takes from `at` on.
    fn taken(&self, at: usize, wanted: &[Wanted]) -> Option<usize> {
        let Some((first, rest)) = wanted.split_first() else {
            return Some(0);
        };
        if matches!(first, Wanted::UpToThree) {
            return (0..=3).find_map(|skipped| Some(skipped + self.taken(at + skipped, rest)?));
        }
        let word = self.words.get(at)?;
        let fits = match first {
            Wanted::Word(wanted) => word.folded == *wanted,
            Wanted::Start(start) => word.folded.starts_with(start),
            Wanted::UpToThree => true,
        };
        fits.then(|| self.taken(at + 1, rest).map(|taken| taken + 1)).flatten()
    }

    /// Whether the words around a claim take it back.
    fn denied(&self, from: usize, to: usize, language: &str) -> bool {
        let sentence = self.words[from].sentence;
        if self.words[from..to].iter().any(|word| word.sentence != sentence) || self.asks.get(sentence) == Some(&true) {
            return true;
        }
        let is = |rule, word: &Word| {
            around(rule, language).iter().any(|known| {
                known
                    .strip_suffix('*')
                    .map_or(word.folded == *known, |start| word.folded.starts_with(start))
            })
        };
        let before = self.words[..from]
            .iter()
            .rev()
            .take(8)
            .take_while(|word| word.sentence == sentence && !is("but", word));
        let behind = self.words[to..]
            .iter()
            .take(4)
            .take_while(|word| word.sentence == sentence && !is("but", word));
        before.into_iter().any(|word| is("before", word)) || behind.into_iter().any(|word| is("behind", word))
    }
}

fn ends_sentence(after: &str) -> bool {
    after
        .chars()
        .next()
        .is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '”' | '“' | '»' | '’' | ')' | '!' | '?'))
}

fn around<'l>(rule: &'l str, language: &'l str) -> &'l [&'static str] {
    let known: &'l HashMap<(&'l str, &'l str), Vec<&'static str>> = &AROUND;
    known.get(&(rule, language)).map_or(&[], Vec::as_slice)
}

/// The claims in `text`: the byte, the words, and the kind.
fn claims(text: &str, language: &str) -> Vec<(usize, String, &'static Claim)> {
    let language = primary(language);
    let cut = Words::of(text, &language);
    let mut found = Vec::new();
    let mut at = 0;
    while at < cut.words.len() {
        match cut.longest(at, &language) {
            Some((name, taken)) => {
                let claim = CLAIMS.iter().find(|claim| claim.name == name);
                if let Some(claim) =
                    claim.filter(|claim| !cut.denied(at, at + taken, &language) && !cut.has_terms(claim, at, &language))
                {
                    let (start, end) = (cut.words[at].start, cut.words[at + taken - 1].end);
                    found.push((start, text[start..end].to_owned(), claim));
                }
                at += taken;
            }
            None => at += 1,
        }
    }
    found
}

impl Words {
    /// The longest pattern that begins at a word: an exception wins over a claim as long as itself.
    fn longest(&self, at: usize, language: &str) -> Option<(&'static str, usize)> {
        let first = self.words.get(at)?.folded.chars().next()?;
        let languages = ["any", language].map(|language| PATTERNS.get(language).and_then(|patterns| patterns.get(&first)));
        let fitting = languages
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|pattern| Some((pattern.name, self.taken(at, &pattern.words)?)));
        fitting.max_by_key(|(name, taken)| (*taken, *name == "except"))
    }

    /// Whether an offer says its terms, in the words around it.
    fn has_terms(&self, claim: &Claim, at: usize, language: &str) -> bool {
        claim.name == "claim-free" && {
            let nearby = &self.words[at.saturating_sub(30)..self.words.len().min(at + 30)];
            let text: Vec<&str> = nearby.iter().map(|word| word.folded.as_str()).collect();
            let text = text.join(" ");
            around("terms", language).iter().any(|terms| match terms.strip_suffix('*') {
                Some(start) => text.contains(start),
                None => words::stands_in(terms, &text),
            })
        }
    }
}

/// Everything that a text claims.
pub(super) fn of(report: &mut Report<'_>, reading: &Reading, language: &str) {
    for (index, block) in reading.blocks.iter().enumerate() {
        for (at, words, claim) in claims(&block.words, language) {
            tell(report, block.offset(at), &words, claim);
        }
        let next = reading.blocks.get(index + 1).map_or("", |block| block.words.as_str());
        if let Some(claim) = CLAIMS
            .iter()
            .find(|claim| claim.name == "claim-testimonial")
            .filter(|_| is_praise(block.kind, &block.words, next, language))
        {
            tell(report, block.offset(0), &shown(&block.words, 50), claim);
        }
    }
}

/// Everything that one line claims, at byte `at` of its file.
pub(super) fn of_line(report: &mut Report<'_>, at: usize, line: &str, language: &str) {
    for (_, words, claim) in claims(line, language) {
        tell(report, at, &words, claim);
    }
}

fn tell(report: &mut Report<'_>, at: usize, words: &str, claim: &Claim) {
    let text = format!("`{}` {} ({})", shown(words, 60), claim.what, claim.regimes);
    report.warn(claim.name, at, text, claim.hint);
}

/// Whether a block quotes somebody who speaks of themselves, with a name beneath: what a patient's praise looks like.
fn is_praise(kind: BlockKind, words_: &str, next: &str, language: &str) -> bool {
    let opens = words_.trim_start().starts_with(['“', '"', '„', '«', '»', '‘', '‚']);
    if !(opens || kind == BlockKind::Quote) || words_.split_whitespace().count() < 6 {
        return false;
    }
    let said = folded(words_);
    let speaks = words::of("person", language)
        .iter()
        .any(|person| words::stands_in(person, &said));
    let signed = |line: &str| {
        let line = line.trim();
        let dash = line
            .rsplit_once(['—', '–'])
            .or_else(|| line.rsplit_once("--"))
            .map(|(_, name)| name)
            .or_else(|| line.strip_prefix("- "));
        dash.is_some_and(|name| name.trim().starts_with(char::is_uppercase) && name.split_whitespace().count() <= 6)
    };
    let is_short = next.split_whitespace().count() <= 8;
    let named = words::of("patient", language)
        .iter()
        .any(|patient| words::stands_in(patient, &said) || is_short && words::stands_in(patient, &folded(next)));
    speaks && (signed(words_) || is_short && signed(next) || named)
}

#[cfg(test)]
#[path = "claims_tests.rs"]
mod tests;
