//! The one letter that every sender writes: our clinic's article and templates, put into the words of the other senders' template
//! languages, and the list of those who get it.
//!
//! Ours reads `clinic/` as it is. The others get templates in which the article already stands, so what is left to them is what differs
//! from person to person: a name, a sentence for members, a city and five links.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

const ARTICLE: &str = include_str!("clinic/campaigns/tips/warm-hands.md");
const HTML: &str = include_str!("clinic/templates/letter.html");
const TEXT: &str = include_str!("clinic/templates/letter.txt");

const TITLE: &str = "Warm hands, calm shoulders";
const SUBJECT: &str = "five minutes for your shoulders";
const LEAVING: &str = "mailto:unsubscribe@riverside.example?subject=unsubscribe%20{{ token }}";

/// In whose words a template is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Jinja,
    Handlebars,
}

/// A row for each person; every second one is a member.
pub(crate) fn write_list(file: &Path, people: usize) {
    let mut list = BufWriter::new(File::create(file).unwrap());
    writeln!(list, "email,first_name,city,token,member,consent,consent_date").unwrap();
    for number in 1..=people {
        let token = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let member = if number % 2 == 0 { "yes" } else { "" };
        writeln!(
            list,
            "person{number}@patients.example,Zoë{number},Bath,{token:016x},{member},yes,2026-01-15"
        )
        .unwrap();
    }
    list.flush().unwrap();
}

/// `letter.html` and `letter.txt` for a sender of another house.
pub(crate) fn write_templates(folder: &Path, language: Language) {
    fs::write(folder.join("letter.html"), html(language)).unwrap();
    fs::write(folder.join("letter.txt"), text(language)).unwrap();
}

/// A template for mailmerge: the head of the mail, then both parts.
pub(crate) fn mailmerge() -> String {
    let (html, text) = (html(Language::Jinja), text(Language::Jinja));
    format!(
        "TO: {{{{ email }}}}\nSUBJECT: {{{{ first_name }}}}, {SUBJECT}\nFROM: Riverside Massage <tips@riverside.example>\n\
         MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"both\"\n\n\
         --both\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\
         --both\nContent-Type: text/html; charset=utf-8\n\n{html}\n--both--\n"
    )
}

fn html(language: Language) -> String {
    let (head, rest) = HTML.split_once("<style>").unwrap();
    let (_, rest) = rest.split_once("</style>\n").unwrap();
    let article: Vec<String> = paragraphs().map(|words| format!("<p>{words}</p>")).collect();
    let page = format!("{head}{rest}").replace("{{ article.html }}", &article.join("\n"));
    // What ours does to the style sheet once per edition.
    let page = page.replace("<p>", "<p style=\"margin: 0 0 14px;\">");
    in_words_of(language, &page.replace("<a ", "<a style=\"color: #1d5b4f;\" "))
}

fn text(language: Language) -> String {
    let article: Vec<&str> = paragraphs().collect();
    in_words_of(language, &TEXT.replace("{{ article.text }}", &article.join("\n\n")))
}

fn paragraphs() -> impl Iterator<Item = &'static str> {
    let (_, body) = ARTICLE.trim_start_matches("---\n").split_once("---\n").unwrap();
    body.trim().split("\n\n")
}

fn in_words_of(language: Language, template: &str) -> String {
    let filled = template
        .replace("{{ article.title }}", TITLE)
        .replace("{{ clinic.name }}", "Riverside Massage Clinic")
        .replace("{{ clinic.postal_address }}", "12 Mill Lane, Bath BA1 1AA, United Kingdom")
        .replace("{{ unsubscribe.link }}", LEAVING);
    match language {
        Language::Jinja => filled,
        Language::Handlebars => filled
            .replace("{% if member %}", "{{#if member}}")
            .replace("{% endif %}", "{{/if}}"),
    }
}
