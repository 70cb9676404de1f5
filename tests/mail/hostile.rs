//! Values that nobody means well with, in every field and in every output: none breaks out.

use super::{SETTINGS, Text, asks_all, campaign, clinic, list, outbox, read_by, reader, records};
use crate::support::workspace::Workspace;
use serde_json::{Value, json};
use std::path::Path;

/// What breaks out where something is forgotten: headers, SMTP, HTML, templates, Markdown, terminals, spreadsheets, encodings.
const CORES: [&str; 40] = [
    "\r\nBcc: x@evil.example",
    "\nSubject: other",
    "\rX-Evil: 1",
    "\r\n\r\n<h1>body</h1>",
    "\r\n.\r\nMAIL FROM:<x@evil.example>",
    "\u{2028}Bcc: x@evil.example",
    "\u{85}Bcc: x@evil.example",
    "\u{b}\u{c}\u{1c}Bcc: x@evil.example",
    "a\0b",
    "\u{7}\u{8}\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]0;title\u{7}",
    "\u{9b}31m",
    "\u{7f}\u{80}\u{9f}",
    "\u{202e}gpj.exe",
    "\u{2066}\u{2069}\u{200f}\u{feff}",
    "=?utf-8?q?=0D=0ABcc:_x@evil.example?=",
    "=?utf-8?b?PHNjcmlwdD4=?=",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "'><iframe src=javascript:alert(1)>",
    "</title></style><script>alert(1)</script>",
    "</td></tr></table><form action=https://evil.example><input>",
    "<!-- ",
    "--><b>out",
    "<![endif]--><b>",
    "]]><x>",
    "&lt;script&gt;&#60;b&#62;&quot;",
    "javascript:alert(1)",
    "https://evil.example/?track=1",
    "[x](javascript:alert(1)) ![y](data:text/html;base64,PHNjcmlwdD4=)",
    "{{ 7 * 7 }}",
    "{% raw %}{% include \"../tidings.yaml\" %}",
    "{{ get_env(name=\"HOME\") }}{# x",
    "</body></html>",
    "--=_boundary--\r\nContent-Type: text/html",
    "=HYPERLINK(\"https://evil.example\")",
    "../../../../etc/passwd",
    "a\u{301}\u{1f469}\u{200d}\u{1f469}\u{fe0f}\u{1f3fb}",
    "\"quoted\\\" <x@evil.example>, \"other\"",
];

/// Each of them alone, behind a name, and in front of much.
fn values() -> Vec<String> {
    let long = "y".repeat(60);
    CORES
        .iter()
        .flat_map(|core| [(*core).to_owned(), format!("Ann {core} Lee"), format!("{core}{long}")])
        .collect()
}

/// All of them in CI's own step, every seventh on a desk: each edition is laid out anew.
fn of_editions() -> Vec<String> {
    let step = if asks_all() { 1 } else { 7 };
    values().into_iter().step_by(step).collect()
}

/// What the program says about the rehearsal, in words and as data.
fn outputs(clinic: &Workspace, address: &str) -> Vec<String> {
    let questions: [&[&str]; 5] = [
        &["--rehearsal", "log"],
        &["--rehearsal", "log", "--json"],
        &["--rehearsal", "status"],
        &["--rehearsal", "why", address],
        &["--rehearsal", "people", "show", address],
    ];
    let said = questions.map(|words| {
        let output = clinic.run(words);
        format!("{}{}", output.stdout, output.stderr)
    });
    said.to_vec()
}

#[track_caller]
fn judge(python: &Path, clinic: &Workspace, what: &str, wanted: usize, said: &[String], markdown: bool) {
    let facts = json!({
        "what": what, "letters": outbox(clinic), "pages": outbox(clinic), "records": records(clinic), "wanted": wanted, "said": said,
        "markdown": markdown,
    });
    read_by(python, "hostile.py", &facts);
}

/// The first person is nobody's enemy: their letter is what the others are held against.
const FRIEND: [&str; 5] = ["aaa@example.org", "Annabella", "Featherstone", "Bath", "none"];

#[test]
fn no_persons_value_breaks_out() {
    let Some(python) = reader() else { return };
    let clinic = clinic();
    campaign(&clinic, 0, "Tips", &Text::PLAIN);
    // A NUL makes the whole list unreadable; that is said below.
    let values: Vec<String> = values().into_iter().filter(|value| !value.contains('\0')).collect();
    let fields = ["first_name", "last_name", "city", "reason"];
    let mut rows: Vec<(String, usize, &str)> = Vec::new();
    for (number, value) in values.iter().enumerate() {
        rows.extend((0..fields.len()).map(|field| (format!("p{number}f{field}@example.org"), field, value.as_str())));
    }
    let mut people = vec![FRIEND];
    people.extend(rows.iter().map(|(email, field, value)| {
        let mut row = FRIEND;
        row[0] = email;
        row[field + 1] = value;
        row
    }));
    list(&clinic, 0, &people);
    clinic.run(&["rehearse"]).exits(0);
    let mut said = outputs(&clinic, "p0f0@example.org");
    said.extend(
        (1..values.len())
            .step_by(9)
            .flat_map(|number| outputs(&clinic, &format!("p{number}f1@example.org"))),
    );
    judge(
        &python,
        &clinic,
        &format!("{} values x {} columns", values.len(), fields.len()),
        people.len(),
        &said,
        false,
    );
}

#[test]
fn a_list_with_a_nul_is_refused_whole() {
    let clinic = clinic();
    campaign(&clinic, 0, "Tips", &Text::PLAIN);
    list(&clinic, 0, &[FRIEND, ["bob@example.org", "B\0b", "B", "Bath", ""]]);
    let said = clinic.run(&["rehearse"]);
    assert!(!said.stdout.contains('\0') && !said.stderr.contains('\0'), "{said}");
    assert!(said.status == Some(65) || said.status == Some(0), "{said}");
}

/// An edition whose text is refused is no breakout; one that is accepted has letters like everybody's.
fn editions(field: &str, markdown: bool, with: impl for<'a> Fn(&'a str) -> (&'a str, Text<'a>)) {
    let Some(python) = reader() else { return };
    let clinic = clinic();
    let values = of_editions();
    campaign(&clinic, 0, "Tips", &Text::PLAIN);
    list(&clinic, 0, &[FRIEND]);
    for (number, value) in values.iter().enumerate() {
        let (title, text) = with(value);
        campaign(&clinic, number + 1, title, &text);
        list(&clinic, number + 1, &[["bob@example.org", "Bob", "Lee", "Bath", "none"]]);
    }
    let output = clinic.run(&["rehearse"]);
    assert!(matches!(output.status, Some(0 | 65)), "{output}");
    let mut said = outputs(&clinic, "bob@example.org");
    said.push(output.stdout.clone() + &output.stderr);
    judge(
        &python,
        &clinic,
        &format!("{} values x {field}", values.len()),
        0,
        &said,
        markdown,
    );
}

#[test]
fn no_subject_breaks_out() {
    editions("subject", false, |value| {
        (
            "Tips",
            Text {
                subject: value,
                ..Text::PLAIN
            },
        )
    });
}

#[test]
fn no_preheader_breaks_out() {
    editions("preheader", false, |value| {
        (
            "Tips",
            Text {
                preheader: value,
                ..Text::PLAIN
            },
        )
    });
}

#[test]
fn no_title_breaks_out() {
    editions("article title", false, |value| {
        (
            "Tips",
            Text {
                title: value,
                ..Text::PLAIN
            },
        )
    });
}

#[test]
fn no_author_breaks_out() {
    editions("author", false, |value| {
        (
            "Tips",
            Text {
                author: value,
                ..Text::PLAIN
            },
        )
    });
}

#[test]
fn no_campaign_title_breaks_out() {
    editions("campaign title", false, |value| (value, Text::PLAIN));
}

#[test]
fn no_article_breaks_out() {
    editions("article text", true, |value| {
        (
            "Tips",
            Text {
                body: value,
                ..Text::PLAIN
            },
        )
    });
}

#[test]
fn no_setting_breaks_out() {
    let Some(python) = reader() else { return };
    // What all the runs have left behind is read at once.
    let (all, mut said) = (clinic(), Vec::new());
    std::fs::create_dir_all(outbox(&all)).unwrap();
    let values = of_editions();
    for (number, value) in values.iter().enumerate() {
        let quoted = Value::from(value.as_str()).to_string();
        let from = Value::from(format!("{value} <tips@riverside.example>")).to_string();
        let fields = [
            ("Riverside Massage Clinic\n", format!("{quoted}\n")),
            ("12 Mill Lane, Bath BA1 1AA, United Kingdom\n", format!("{quoted}\n")),
            ("Riverside Massage <tips@riverside.example>,", format!("{from},")),
        ];
        for (field, (old, new)) in fields.into_iter().enumerate() {
            let clinic = clinic().file("tidings.yaml", &SETTINGS.replace(old, &new));
            campaign(&clinic, 0, "Tips", &Text::PLAIN);
            list(&clinic, 0, &[FRIEND]);
            let output = clinic.run(&["rehearse"]);
            assert!(matches!(output.status, Some(0 | 65)), "{output}");
            said.push(output.stdout.clone() + &output.stderr);
            keep(&outbox(&clinic), &outbox(&all), &format!("{number}-{field}"));
        }
    }
    let what = format!("{} values x clinic name, postal address, sender name", values.len());
    judge(&python, &all, &what, values.len(), &said, false);
}

/// Copies letters and pages; a folder that is not there has none.
fn keep(from: &Path, to: &Path, as_name: &str) {
    for path in std::fs::read_dir(from)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
    {
        if path.is_file() {
            let name = path.file_name().unwrap().to_string_lossy();
            std::fs::copy(&path, to.join(format!("{as_name}-{name}"))).unwrap();
        }
    }
}
