//! Tests of the front matter: what is said, and where.

use super::*;

const GOOD: &str = "---\nid: calm\ntitle: Calm\nsubject: A calm day\npreheader: Three small habits that make an ordinary day a good deal quieter\n---\n\nText.\n";

/// Every finding as `line:column text`.
fn said(text: &str) -> Vec<String> {
    let findings = match read("calm.md", text) {
        Ok((_, warnings)) => warnings,
        Err(findings) => findings,
    };
    findings
        .iter()
        .map(|finding| format!("{} {}", finding.place.expect("every finding has a place"), finding.text))
        .collect()
}

fn check(change: (&str, &str), expected: &[&str]) {
    let text = GOOD.replace(change.0, change.1);
    assert_ne!(text, GOOD, "{change:?} changes nothing");
    let said = said(&text);
    assert_eq!(said.len(), expected.len(), "{change:?}: {said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{change:?}: {said} is not {expected}");
    }
}

#[test]
fn a_good_article_has_no_findings() {
    let (article, findings) = read("calm.md", GOOD).expect("a good article");
    assert_eq!(findings, []);
    assert_eq!(
        (article.id.as_str(), article.language.as_str(), article.author),
        ("calm", "en", None)
    );
    assert_eq!((article.markdown.as_str(), article.body_line), ("Text.", 8));
    let windows = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    let (same, findings) = read("calm.md", &windows).expect("line ends do not matter");
    assert_eq!((same.markdown.as_str(), same.body_line, findings.len()), ("Text.", 8, 0));
}

#[test]
fn what_is_missing_or_empty_is_said() {
    check(("id: calm\n", ""), &["1:1 the front matter has no `id`"]);
    check(("subject: A calm day", "subject: ''"), &["4:1 `subject` is empty"]);
    check(("---\nid: calm", "id: calm"), &["1:1 the article has no front matter"]);
    check(
        ("---\n\nText.\n", "\nText.\n"),
        &["1:1 the front matter that `---` opens on line 1 is never closed"],
    );
    check(("Text.\n", " \n"), &["7:1 the article has no text"]);
    assert_eq!(said("").len(), 1);
    assert_eq!(said("---\n---\ntext").len(), 4);
}

#[test]
fn values_are_checked_each_at_its_place() {
    check(("id: calm", "id: Calm Days"), &["2:5 `id` is `Calm Days`"]);
    check(("A calm day", "\"A\\ncalm day\""), &["4:10 `subject` has a line break"]);
    let long = "x".repeat(201);
    check(("A calm day", &long), &["4:10 `subject` has 201 characters"]);
    check(("\n---\n\n", "\nlanguage: en_GB\n---\n\n"), &["6:11 `language` is `en_GB`"]);
    let (article, _) = read("a.md", &GOOD.replace("\n---\n\n", "\nlanguage: zh-Hant-TW\n---\n\n")).expect("a tag");
    assert_eq!(article.language, "zh-Hant-TW");
}

#[test]
fn preheaders_are_warned_about_and_not_refused() {
    check(
        ("Three small habits that make an ordinary day a good deal quieter", "Short"),
        &["5:12 `preheader` has 5 characters"],
    );
    check(
        (
            "Three small habits that make an ordinary day a good deal quieter",
            "A calm day",
        ),
        &["5:12 `preheader` is the same as `subject`"],
    );
    check(
        (
            "Three small habits that make an ordinary day a good deal quieter",
            "'{{ first_name }}, calm'",
        ),
        &[],
    );
    let without = GOOD.replace(
        "preheader: Three small habits that make an ordinary day a good deal quieter\n",
        "",
    );
    let (article, warnings) = read("a.md", &without).expect("only a warning");
    assert_eq!((article.preheader.as_str(), warnings.len()), ("", 1));
}

#[test]
fn the_body_is_looked_over() {
    check(
        ("Text.", "Dear {{ name }}, {% if %}"),
        &["8:6 `{{` would stand in every letter", "8:18 `{%` would stand"],
    );
    check(
        ("Text.", "a <b>b</b>\n\n[c](c.html)"),
        &["8:3 HTML such as `<b>`", "10:1 the link to `c.html`"],
    );
    check(
        ("Text.", "# Calm\n\nText <!-- c -->"),
        &["8:1 the text opens with the title again"],
    );
    check(
        (
            "Text.",
            "<div>\nx\n</div>\n\n![s](../s.png) ![s](s.png)\n\n![ ](https://a.example/b.png)",
        ),
        &[
            "8:1 HTML such as `<div>`",
            "12:1 the image `../s.png`",
            "14:1 the picture `https://a.example/b.png` has no words",
        ],
    );
}

#[test]
fn everything_is_said_at_once_in_the_order_of_the_file() {
    let text = "---\nid: A\ntitle: ''\nlanguage: deutsch und so\n---\n{{ x }}\n";
    let said = said(text);
    assert_eq!(said.len(), 6, "{said:#?}");
    let lines: Vec<usize> = said
        .iter()
        .map(|said| said.split(':').next().expect("a line").parse().expect("a number"))
        .collect();
    assert!(lines.is_sorted(), "{said:#?}");
}
