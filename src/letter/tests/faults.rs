//! What authors and owners are told: faults with place and person, what law and readers want, and that the shipped letter has none.

use super::{BARE, SHIPPED, recipient, sources, stamp};
use crate::letter::Sources;
use crate::letter::compile::{Compiled, compile};
use crate::letter::compose::Fault;
use std::collections::BTreeSet;

fn check_fault(html: &str, subject: &str, columns: &[(&str, &str)], expected: (Fault, &str)) {
    let edition = compile(&sources(&[("letter.html", html)], subject, "Breathe.")).unwrap();
    let error = edition
        .compose(&recipient("ann@example.org", columns), &stamp("a"))
        .unwrap_err();
    assert_eq!((error.fault, error.to_string().as_str()), expected);
    assert_eq!(error.address.as_str(), "ann@example.org");
}

#[test]
fn a_fault_names_place_person_and_next_step() {
    check_fault(
        "<style>p{color:red}</style>\n<p>a</p>\n<p>{{ city }}</p>",
        "hi",
        &[],
        (
            Fault::Person,
            "templates/letter.html:3:7: `city` has no value, for a***@example.org\n  hint: fill in the column `city`, or write `{{ city | default(value=\"…\") }}` in the template",
        ),
    );
    check_fault(
        BARE,
        "Hello {{ first_name }}",
        &[],
        (
            Fault::Person,
            "calm.md: in `subject`: `first_name` has no value, for a***@example.org\n  hint: fill in the column `first_name`, or write `{{ first_name | default(value=\"…\") }}` in the template",
        ),
    );
    check_fault(
        "{{ unsubscribe.url }}",
        "hi",
        &[],
        (
            Fault::Template,
            "templates/letter.html:1:16: `url` has no value here, for a***@example.org\n  hint: ask first, with `{% if unsubscribe.url %}…{% endif %}`",
        ),
    );
    check_fault(
        BARE,
        "a\nb",
        &[],
        (
            Fault::Template,
            "calm.md: the subject has a line break or another control character in it, for a***@example.org",
        ),
    );
    check_fault(
        BARE,
        "{{ city }}{% if city %}{% endif %}",
        &[("city", "\u{7}")],
        (
            Fault::Person,
            "calm.md: in `subject`: `city` has no value, for a***@example.org\n  hint: fill in the column `city`, or write `{{ city | default(value=\"…\") }}` in the template",
        ),
    );
    check_fault(
        BARE,
        " ",
        &[],
        (Fault::Template, "calm.md: the subject is empty, for a***@example.org"),
    );
    let long = "x".repeat(300);
    check_fault(
        BARE,
        "{{ city }}",
        &[("city", &long)],
        (
            Fault::Person,
            "calm.md: the subject has 300 characters, at most 200 can be sent, for a***@example.org",
        ),
    );
}

#[test]
fn a_letter_beyond_what_is_shown_is_refused() {
    let html = format!("{}{BARE}", "x".repeat(100 * 1024));
    check_fault(
        &html,
        "hi",
        &[],
        (
            Fault::Template,
            "templates/letter.html: the letter has 101 KB of HTML, mail programs hide what is beyond 100 KB, the way to unsubscribe included, for a***@example.org",
        ),
    );
}

fn check_refused(sources: &Sources, expected: &[&str]) {
    let found: Vec<String> = compile(sources)
        .err()
        .unwrap_or_default()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn what_no_letter_could_be_sent_with_is_all_found_at_once() {
    let mut wrong = sources(&[("letter.html", "{{ greeting | uper }}")], "{{ x", "Dear\n{{ first_name }}");
    wrong.sender.unsubscribe_mailto = None;
    wrong.sender.from_address = "tips".to_owned();
    check_refused(
        &wrong,
        &[
            "calm.md:10:1: `{{ first_name }}` would stand in every letter as it is\n  hint: an article's text is the same for everybody; greet people in the template, or in the subject",
            "tidings.yaml: `sender.from`: `tips` is no address: it needs exactly one `@`",
            "tidings.yaml: a letter needs a way out: `unsubscribe` has neither `mailto` nor `url`\n  hint: write `unsubscribe: {mailto: unsubscribe@…}` with a mailbox that somebody reads",
            "calm.md: in `subject`: the template cannot be read: something that was opened is never closed\n  hint: every `{% if %}` needs its `{% endif %}`, every `{% for %}` its `{% endfor %}`, every `{{` its `}}`",
        ],
    );
}

#[test]
fn an_address_may_be_set_in_other_ways() {
    for set in [
        "{{ clinic.postal_address | upper }}",
        "{{ clinic.postal_address | replace(from=\", \", to=\" · \") }}",
    ] {
        let html = BARE.replace("{{ clinic.postal_address }}", set);
        let edition = compile(&sources(&[("letter.html", &html)], "Calm", "Breathe.")).unwrap();
        let proved = edition.prove(&recipient("ann@example.org", &[]), &stamp("a"), false);
        assert!(proved.is_ok(), "{set}: {proved:?}");
    }
    let html = BARE.replace("{{ clinic.postal_address }}", "12 Mill Lane");
    let edition = compile(&sources(&[("letter.html", &html)], "Calm", "Breathe.")).unwrap();
    assert!(edition.prove(&recipient("ann@example.org", &[]), &stamp("a"), false).is_err());
}

#[test]
fn what_law_and_readers_want_is_looked_for_in_both_parts() {
    let files = [
        (
            "letter.html",
            "<img src=\"x\"><a href=\"https://riverside.example/a?b&amp;c\">a</a>",
        ),
        ("letter.txt", "hi"),
    ];
    let edition = compile(&sources(&files, "hi", "![](https://riverside.example/b.png)")).unwrap();
    let mut found: Vec<String> = edition.warnings().iter().map(|finding| finding.text.clone()).collect();
    let rendered = edition.render(&recipient("ann@example.org", &[])).unwrap();
    found.extend(
        edition
            .lint(&rendered)
            .into_iter()
            .map(|finding| format!("{}: {}", finding.file, finding.text)),
    );
    assert_eq!(
        found,
        [
            "an image has no `alt` text",
            "templates/letter.html: the letter does not say the clinic's postal address, which the law demands",
            "templates/letter.html: the letter does not say how to unsubscribe, which the law demands",
            "templates/letter.txt: the letter does not say the clinic's postal address, which the law demands",
            "templates/letter.txt: the letter does not say how to unsubscribe, which the law demands",
            "templates/letter.txt: the text part leaves out the link `https://riverside.example/a?b&c`",
            "templates/letter.html: the letter does not say its language, so it is read out in a wrong one",
            "templates/letter.html: the letter has no title, which is what is heard first where it is opened in a window",
            "templates/letter.html: the letter has no heading of the first rank (`<h1>`)",
        ]
    );
}

#[test]
fn the_shipped_letter_has_nothing_to_be_said_of_it() {
    let mut sources = sources(
        SHIPPED,
        "Calmer days, {{ first_name | default(value=\"friend\") }}",
        "Read [our page](https://riverside.example/more).",
    );
    for url in [None, Some("https://riverside.example/u".to_owned())] {
        sources.sender.unsubscribe_url = url;
        let edition = compile(&sources).unwrap();
        assert_eq!(edition.warnings(), []);
        assert_eq!(edition.check_names(&BTreeSet::new()), []);
        for columns in [&[][..], &[("first_name", "Ann")]] {
            let rendered = edition.render(&recipient("ann@example.org", columns)).unwrap();
            assert_eq!(edition.lint(&rendered), []);
            assert!(rendered.html.len() < 20 * 1024, "{}", rendered.html.len());
            assert_eq!(rendered.html.matches("<h1").count(), 1);
            assert!(!rendered.text.contains(['<', '{']), "{}", rendered.text);
        }
    }
}

#[test]
fn a_letter_without_a_text_file_gets_its_text_from_the_html() {
    let files: Vec<_> = SHIPPED.iter().copied().filter(|(name, _)| *name != "letter.txt").collect();
    let edition = compile(&sources(&files, "hi", "Read [our page](https://riverside.example/more).")).unwrap();
    let rendered = edition
        .render(&recipient("ann@example.org", &[("first_name", "Ann & Bo")]))
        .unwrap();
    assert_eq!(edition.lint(&rendered), []);
    assert!(
        rendered.text.contains("Dear Ann & Bo,") && !rendered.text.contains(&rendered.preheader),
        "{}",
        rendered.text
    );
    assert!(rendered.text.contains("(hello@riverside.example)"), "{}", rendered.text);
}

#[test]
fn a_preheader_may_greet() {
    let mut sources = sources(
        &[("letter.html", "{{ article.preheader }}|{{ article.title }}")],
        "hi",
        "Breathe.",
    );
    sources.article.preheader = "For {{ first_name }} &".to_owned();
    let rendered = compile(&sources)
        .unwrap()
        .render(&recipient("ann@example.org", &[("first_name", "Ann")]))
        .unwrap();
    assert!(
        rendered.html.contains("For Ann &amp;|Calmer days &amp; nights"),
        "{}",
        rendered.html
    );
    assert_eq!(rendered.preheader, "For Ann &");
}

#[test]
fn an_edition_is_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Compiled>();
}
