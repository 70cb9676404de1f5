//! The lines that people see before they open a letter: subject, preheader and title, with their places in the article's file.

use super::characters;
use super::claims;
use super::leftovers;
use super::report::{Report, shown};
use super::words::{self, folded, stands_in};
use crate::article::Article;
use crate::article::front_matter::{self, has_template_marks};
use crate::finding::{Finding, Place};
use crate::template::tags;

/// Phones show some 40 characters of a subject, desks some 60.
const LONG_SUBJECT: usize = 60;

/// Everything to say of the lines above an article's text; `text` is the whole file.
pub fn front(file: &str, text: &str, article: &Article) -> Vec<Finding> {
    let mut report = Report::of(file, text, 1);
    let at = |key: &str| offset(text, key);
    let language = article.language.as_str();
    subject(&mut report, at("subject"), &article.subject, language);
    preheader(&mut report, at("preheader"), article);
    let lines = [
        ("title", article.title.as_str()),
        ("subject", &article.subject),
        ("preheader", &article.preheader),
    ];
    same_for_all(&mut report, text, article);
    // What only says again what stands elsewhere has nothing wrong of its own.
    let is_again = |index: usize, line: &str| {
        let opening = || folded(&article.markdown.chars().take(2 * line.len() + 200).collect::<String>());
        let is_opening = index == 2 && folded(line).contains(' ') && opening().contains(&folded(line));
        is_opening || lines[..index].iter().any(|(_, before)| *before == line)
    };
    let own = lines
        .into_iter()
        .enumerate()
        .filter(|(index, (_, line))| !is_again(*index, line));
    for (key, line) in own.map(|(_, line)| line) {
        leftovers::in_words(&super::reading::blinded(line), language, |_, what, sure| {
            let text = format!("`{key}`: `{}` is a placeholder that nobody filled in", shown(what, 40));
            let hint = leftovers::fill_line(what);
            match sure {
                true => report.refuse("placeholder", at(key), text, hint),
                false => report.warn("placeholder", at(key), text, hint),
            }
        });
        claims::of_line(&mut report, at(key), line, language);
        characters::in_text(line, |name, _, text, hint| {
            report.warn(name, at(key), format!("`{key}`: {text}"), hint);
        });
    }
    report.findings()
}

/// Tags where nothing fills them in: title and author are the same in everybody's letter.
fn same_for_all(report: &mut Report<'_>, text: &str, article: &Article) {
    let lines = [("title", Some(article.title.as_str())), ("author", article.author.as_deref())];
    for (key, line) in lines.into_iter().filter_map(|(key, line)| Some((key, line?))) {
        let tags = tags::tags(line).into_iter();
        for tag in tags.filter(|tag| tag.kind != tags::Kind::Comment) {
            let tag = shown(&line[tag.range], 40);
            report.refuse(
                "article-tags",
                offset(text, key),
                format!("`{key}`: `{tag}` would stand in every letter as it is"),
                "title and author are the same for everybody; greet people in the template, or in the subject",
            );
        }
    }
}

/// Articles of one campaign, in turn, with the subject of one before.
pub fn again(folder: &str, articles: &[Article]) -> Vec<Finding> {
    let subject = |article: &Article| folded(&article.subject);
    let twins = articles.iter().enumerate().filter_map(|(index, article)| {
        let before = articles[..index]
            .iter()
            .rev()
            .find(|before| subject(before) == subject(article))?;
        Some((article, before))
    });
    twins
        .map(|(article, before)| {
            let text = format!(
                "the subject `{}` is that of `{}` too: in an inbox it looks like the same letter again",
                shown(&article.subject, 60),
                before.file
            );
            Finding::warning(format!("campaigns/{folder}/{}", article.file), text)
                .at(Place::new(1, 1))
                .called("subject-again")
                .hint("say what is new in this one")
        })
        .collect()
}

/// The byte at which the value of a key of the front matter begins; the file's first where it has none.
fn offset(text: &str, key: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n').take(200) {
        if let Some(rest) = line.strip_prefix(key).and_then(|rest| rest.strip_prefix(':')) {
            return at + line.len() - rest.trim_start().len();
        }
        at += line.len();
    }
    0
}

fn subject(report: &mut Report<'_>, at: usize, subject: &str, language: &str) {
    let bare = super::reading::blinded(subject).replace(super::reading::is_blind, "");
    let length = bare.chars().count();
    if length > LONG_SUBJECT && length <= front_matter::SUBJECT_LENGTH {
        let text = format!("the subject has {length} characters; phones show some 40, most inboxes {LONG_SUBJECT}");
        report.warn(
            "subject-long",
            at,
            text,
            "put the point first, and the rest into the preheader",
        );
    }
    let letters: Vec<char> = bare.chars().filter(|c| c.is_alphabetic()).collect();
    let has_cases = letters.iter().any(|c| c.is_lowercase() || c.is_uppercase());
    if letters.len() > 8 && has_cases && !letters.iter().any(|c| c.is_lowercase()) {
        report.warn(
            "subject-capitals",
            at,
            "the subject shouts: all its letters are capitals",
            "write it as you would say it; filters know shouting from spam",
        );
    }
    let marks = bare.chars().filter(|c| matches!(c, '!' | '！')).count();
    if marks > 1 || bare.contains("??") || bare.contains("$$") || bare.contains("€€") {
        report.warn(
            "subject-marks",
            at,
            "the subject has more than one exclamation mark, or others in a heap",
            "one is enough, none is better; filters count them",
        );
    }
    if let Some(prefix) = fake_answer(&bare) {
        let text = format!("the subject begins with `{prefix}`, as if it answered the reader");
        report.warn(
            "subject-answer",
            at,
            text,
            "take it away: who notices feels cheated, and US law (CAN-SPAM) forbids a misleading subject",
        );
    }
    let pictures = bare.chars().filter(|c| is_emoji(*c)).count();
    if pictures > 2 {
        report.warn(
            "subject-emoji",
            at,
            format!("the subject has {pictures} emoji"),
            "one is enough; each is read out by its name",
        );
    }
    let said = folded(&bare);
    let spam = words::of("spam", language).iter().find(|spam| stands_in(spam, &said));
    if let Some(spam) = spam {
        let text = format!("the subject says `{spam}`, which filters know from spam");
        report.warn("subject-spam", at, text, "say what the letter holds in plain words");
    }
}

fn fake_answer(subject: &str) -> Option<&'static str> {
    let lower = subject.trim_start().to_lowercase();
    [
        "re:", "fwd:", "fw:", "aw:", "wg:", "rv:", "tr:", "antw:", "antwort:", "r:", "i:", "enc:", "doorst:", "re :", "fwd :",
    ]
    .into_iter()
    .find(|prefix| lower.starts_with(prefix))
}

fn is_emoji(c: char) -> bool {
    matches!(u32::from(c), 0x1f300..=0x1faff | 0x2600..=0x27bf | 0x2b00..=0x2bff | 0x1f1e6..=0x1f1ff)
}

/// What the preheader repeats; that it is missing, too short, too long or the very same is said where it is read.
fn preheader(report: &mut Report<'_>, at: usize, article: &Article) {
    let (subject, preheader) = (folded(&article.subject), folded(&article.preheader));
    if preheader.is_empty() || has_template_marks(&article.preheader) || article.preheader == article.subject {
        return;
    }
    let repeats = |line: &str| {
        !line.is_empty() && line.split(' ').count() > 2 && (preheader.starts_with(line) || line.starts_with(&preheader))
    };
    if repeats(&subject) || preheader == subject {
        let hint = "say what the reader will find inside, in 40 to 110 characters";
        report.warn(
            "preheader-repeats",
            at,
            "`preheader` says again what the subject says, so the inbox shows it twice",
            hint,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(subject: &str, preheader: &str) -> Vec<String> {
        let text = format!("---\nid: a\ntitle: Calm\nsubject: {subject}\npreheader: {preheader}\n---\n\nText.\n");
        let article = front_matter::read("a.md", &text).unwrap().0;
        let show = |finding: Finding| format!("{} {}", finding.place.unwrap(), finding.name.unwrap());
        front("a.md", &text, &article).into_iter().map(show).collect()
    }

    #[test]
    fn subjects_that_filters_and_readers_dislike_are_found() {
        const PREHEADER: &str = "What small studies found, and what nobody knows yet";
        for (subject, name) in [
            (
                "Ten quiet minutes a day, and why they matter so very much in winter",
                "subject-long",
            ),
            ("TEN QUIET MINUTES", "subject-capitals"),
            ("Ten quiet minutes!!!", "subject-marks"),
            ("\"Re: your appointment\"", "subject-answer"),
            ("\"AW: Ihr Termin\"", "subject-answer"),
            ("Ten minutes 😀😀😀", "subject-emoji"),
            ("Last chance for quiet minutes", "subject-spam"),
            ("Dear *|FNAME|*", "placeholder"),
            ("Your mаssage", "mixed-scripts"),
            ("donâ€™t wait", "damaged"),
        ] {
            assert_eq!(names(subject, PREHEADER), [format!("4:10 {name}")], "{subject}");
        }
        for subject in [
            "Ten quiet minutes a day",
            "NHS and you",
            "\"{{ first_name }}, ten quiet minutes\"",
            "Reading by the fire!",
            "安静的十分钟",
            "عشر دقائق هادئة",
            "\"Regen: what now?\"",
            "Ten ✨ minutes",
        ] {
            assert_eq!(names(subject, PREHEADER), [""; 0], "{subject}");
        }
    }

    #[test]
    fn a_line_that_repeats_another_is_said_once() {
        let text = "---\nid: a\ntitle: A miracle for your back\nsubject: A miracle for your back\npreheader: \"It is a miracle, and it cures every pain that you have ever had\"\n---\n\nIt is a miracle, and it cures every pain that you have ever had. More.\n";
        let article = front_matter::read("a.md", text).unwrap().0;
        let found: Vec<String> = front("a.md", text, &article)
            .into_iter()
            .map(|finding| format!("{} {}", finding.place.unwrap(), finding.name.unwrap()))
            .collect();
        assert_eq!(found, ["3:8 claim-miracle", "4:10 subject-spam"]);
    }

    #[test]
    fn a_preheader_that_repeats_the_subject_is_found() {
        assert_eq!(
            names(
                "Ten quiet minutes",
                "Ten quiet minutes and what they do for you in the winter"
            ),
            ["5:12 preheader-repeats"]
        );
        assert_eq!(
            names(
                "Ten quiet minutes",
                "What they do for you in the winter, and for your neighbours"
            ),
            [""; 0]
        );
    }
}
