//! Whole texts against the rules: what is wrong is said at its line, what is sound is left alone.
//!
//! Tables of both, rule by rule; texts from owners, long texts and the page of names are in `tests/lint/`.

mod torn;

use crate::article::front_matter;
use crate::finding::Finding;
use crate::letter::lint::{edition, front};
use crate::letter::{LookSource, SenderSource, Sources, Vocabulary};
use crate::template::{TemplateFile, TemplateSource};

/// What a clinic on `riverside.example` would send of an article's file with this template.
fn sources(file: &str, template: &[(&str, &str)]) -> Option<Sources> {
    let (article, _) = front_matter::read("calm.md", file).ok()?;
    let files = template.iter().map(|(name, text)| TemplateFile {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
    });
    Some(Sources {
        article,
        template: TemplateSource {
            name: "letter".to_owned(),
            files: files.collect(),
        },
        sender: SenderSource {
            clinic_name: "Riverside Massage Clinic".to_owned(),
            postal_address: "12 Mill Lane, Bath BA1 1AA, United Kingdom".to_owned(),
            contact: "hello@riverside.example".to_owned(),
            from_name: None,
            from_address: "tips@riverside.example".to_owned(),
            reply_to: None,
            unsubscribe_mailto: Some("unsubscribe@riverside.example".to_owned()),
            unsubscribe_url: None,
            one_click: false,
            signed_for: None,
            return_path: None,
        },
        campaign_title: "Seasonal tips".to_owned(),
        campaign_id: "k7f2m9".to_owned(),
        look: LookSource::default(),
        vocabulary: Vocabulary::Whole,
    })
}

/// An article's file with sound front matter.
fn file(body: &str) -> String {
    format!(
        "---\nid: calm\ntitle: Calmer days\nsubject: Ten quiet minutes a day\npreheader: Small habits that ease tension, from our therapists at the river\n---\n\n{body}\n"
    )
}

/// Everything that is said of an article's file.
fn said(file: &str) -> Vec<Finding> {
    let Some(sources) = sources(file, &[]) else {
        return Vec::new();
    };
    let mut findings = front("calm.md", file, &sources.article);
    findings.extend(edition(&sources));
    findings
}

/// Everything that is said of a template.
fn said_of_template(html: &str) -> Vec<Finding> {
    sources(&file("Breathe."), &[("letter.html", html)])
        .map(|sources| edition(&sources))
        .unwrap_or_default()
}

fn shown(findings: &[Finding]) -> Vec<String> {
    let show = |finding: &Finding| {
        format!(
            "{}:{} {}",
            finding.file,
            finding.place.map_or_else(String::new, |place| place.to_string()),
            finding.name.map_or("-", |name| name.as_str())
        )
    };
    findings.iter().map(show).collect()
}

#[test]
fn what_is_wrong_in_an_article_is_said_at_its_line() {
    for (body, found) in [
        ("Read [here](https://riverside.example/a).", "calm.md:8:6 link-words"),
        ("Read [Hier klicken](https://riverside.example/a).", "calm.md:8:6 link-words"),
        ("One.\n\nRead [](https://riverside.example/a).", "calm.md:10:6 link-empty"),
        ("See [our page](http://riverside.example/a).", "calm.md:8:5 link-http"),
        ("See http://riverside.example/a for more.", "calm.md:8:5 link-http"),
        (
            "See [our page](https://riverside.example/a?utm_source=x&b=c).",
            "calm.md:8:5 link-tracking",
        ),
        ("See [our page](https://bit.ly/3abc).", "calm.md:8:5 link-shortened"),
        (
            "See [the advice](https://www.nhs.test/a) and\n[that](https://nhs.test/b).",
            "calm.md:8:5 link-other-host",
        ),
        (
            "See [riverside.example](https://evil.riverside.example.test/).",
            "calm.md:8:5 link-other-address",
        ),
        (
            "See [www.mybank.test](https://riverside.example/).",
            "calm.md:8:5 link-other-address",
        ),
        (
            "Write to [a@riverside.example](mailto:b@evil.test).",
            "calm.md:8:10 link-other-address",
        ),
        ("Dear [name], it is time.", "calm.md:8:6 placeholder"),
        ("Dear {\\{ first_name }}, it is time.", "calm.md:8:6 placeholder"),
        ("One.\n\nIt is {\\% if x %} time.", "calm.md:10:7 placeholder"),
        ("One.\n\n![Hands](warm hands.png)", "calm.md:10:1 picture-unread"),
        ("See ![[embed.png]].", "calm.md:8:5 picture-unread"),
        ("One.\n\nmаssage", "calm.md:10:1 mixed-scripts"),
        ("## One\n\nText.\n\n#### Three\n\nText.", "calm.md:12:6 heading-skipped"),
        ("![image1](https://riverside.example/a.png)", "calm.md:8:1 alt-says-nothing"),
        ("![two hands](https://riverside.example/a.webp)", "calm.md:8:1 support"),
        ("One.\n\nIt cures\npain.", "calm.md:10:4 claim-cure"),
    ] {
        let found_now = shown(&said(&file(body)));
        assert!(found_now.contains(&found.to_owned()), "{body}: {found_now:?}");
    }
}

#[test]
fn what_is_sound_in_an_article_is_left_alone() {
    for body in [
        "Read [our opening hours](https://riverside.example/hours) or ring [01225 000000](tel:+441225000000).",
        "See https://www.riverside.example/a_b?page=2, or write to <hello@riverside.example>.",
        "See [riverside.example/tips](https://www.riverside.example/tips).",
        "[hello@riverside.example](mailto:hello@riverside.example?subject=Hello)",
        "## One\n\n### Two\n\n#### Three\n\n## Four\n\nText.",
        "![Two hands on a back](https://riverside.example/hands.jpg)",
        "`[name]` was never meant.\n\n    curl http://riverside.example",
        "Version 3.5 [of 2026](https://shop.riverside.example/).",
    ] {
        let found: Vec<String> = shown(&said(&file(body)))
            .into_iter()
            .filter(|line| !line.ends_with("placeholder"))
            .collect();
        assert_eq!(found, [""; 0], "{body}");
    }
}

#[test]
fn what_is_wrong_in_a_template_is_said_at_its_line() {
    for (html, found) in [
        (
            "<p>\n<a href=\"javascript:alert(1)\">Book</a>",
            "templates/letter.html:2:1 link-script",
        ),
        (
            "<a href=\" java\tscript:alert(1)\">Book</a>",
            "templates/letter.html:1:1 link-script",
        ),
        (
            "<a href=\"tips.html\">Our tips</a>",
            "templates/letter.html:1:1 link-relative",
        ),
        (
            "<a href=\"whatsapp://send\">Our tips</a>",
            "templates/letter.html:1:1 link-scheme",
        ),
        ("<a href=\"\">Our tips</a>", "templates/letter.html:1:1 link-without-target"),
        (
            "<a href=\"https://riverside.example\"></a>",
            "templates/letter.html:1:1 link-empty",
        ),
        (
            "<a href=\"https://riverside.example\"><img src=\"{{ x }}\" alt=\"\"></a>",
            "templates/letter.html:1:1 link-empty",
        ),
        ("<img src=\"x.png\">", "templates/letter.html:1:1 alt-missing"),
        (
            "<img src=\"https://pixel.test/a.png\" alt=\"\">",
            "templates/letter.html:1:1 picture-other-host",
        ),
        ("<table><tr><td>a</td></tr></table>", "templates/letter.html:1:1 layout-table"),
        ("<p>Dear [First Name],</p>", "templates/letter.html:1:9 placeholder"),
        ("<p>\n\nLorem ipsum dolor</p>", "templates/letter.html:3:1 placeholder"),
        ("<svg></svg>", "templates/letter.html:1:1 support"),
    ] {
        let found_now = shown(&said_of_template(html));
        assert!(found_now.contains(&found.to_owned()), "{html}: {found_now:?}");
    }
    for html in [
        "<table role=\"presentation\"><tr><td>{{ article.html }}</td></tr></table>",
        "<table><tr><th>Day</th></tr></table>",
        "<a href=\"{{ unsubscribe.link }}\">Unsubscribe</a><a href=\"mailto:{{ clinic.contact }}\">Write to us</a>",
        "<a href=\"https://riverside.example\"><img src=\"https://riverside.example/a.png\" alt=\"Riverside\"></a>",
        "{# [name] http://x.test #}{% if city %}<p>{{ city }}</p>{% endif %}",
    ] {
        assert_eq!(shown(&said_of_template(html)), [""; 0], "{html}");
    }
}

#[test]
fn files_that_the_letter_does_not_use_are_not_its_business() {
    let sources = |html| sources(&file("Breathe."), &[("letter.html", html), ("other.html", "<img>")]).unwrap();
    assert_eq!(shown(&edition(&sources("<p>a</p>"))), [""; 0]);
    assert_eq!(
        shown(&edition(&sources("{% include \"other.html\" %}"))),
        ["templates/other.html:1:1 alt-missing"]
    );
}
