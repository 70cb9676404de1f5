//! What templates are promised: the page that tells authors of it, and the code, both ways; and what is put in once for everybody.

use super::{BARE, recipient, sources};
use crate::article::image::Image;
use crate::article::markdown::depth;
use crate::letter::compile::{Compiled, compile};
use crate::letter::{LookSource, Sources, bounds};
use crate::template::context::{OBJECTS, PERSON};
use crate::template::limits;
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../docs/templates.md");

/// An edition and a person that have everything.
fn whole(html: &str) -> Compiled {
    compile(&whole_sources(html)).unwrap()
}

fn whole_sources(html: &str) -> Sources {
    let mut sources = sources(&[("letter.html", html)], "hi", "Lead.\n\n## One\n\na\n\n## Two\n\nb");
    sources.look = LookSource {
        logo: Image::read("logo.gif", b"GIF89a\x20\0\x10\0\0\0\0\x2c\0\0\0\0\x20\0\x10\0\0\x02").ok(),
        ..LookSource::default()
    };
    sources.sender.unsubscribe_url = Some("https://riverside.example/u".to_owned());
    sources
}

/// The variables that the page names in its table: `article.title`, `.preheader` and so on.
fn documented() -> BTreeSet<String> {
    let rows = PAGE.lines().filter_map(|line| line.strip_prefix("| `"));
    let mut found = BTreeSet::new();
    for row in rows {
        let cell = row.split(" | ").next().unwrap();
        let names: Vec<&str> = cell
            .split('`')
            .filter(|name| !name.trim().is_empty() && *name != ", ")
            .collect();
        let object = names[0].split('.').next().unwrap();
        for name in names {
            found.insert(match name.strip_prefix('.') {
                Some(field) => format!("{object}.{field}"),
                None => name.to_owned(),
            });
        }
    }
    found
}

fn promised() -> BTreeSet<String> {
    let fields = |(object, fields): &(&str, &[&str])| fields.iter().map(|field| format!("{object}.{field}")).collect::<Vec<_>>();
    let objects = OBJECTS.iter().flat_map(fields);
    objects.chain(PERSON.iter().map(|name| (*name).to_owned())).collect()
}

#[test]
fn every_promise_is_on_the_page_and_every_name_on_the_page_is_a_promise() {
    let documented: BTreeSet<String> = documented()
        .into_iter()
        .filter(|name| !["date", "first_word"].contains(&name.as_str()))
        .collect();
    assert_eq!(documented, promised());
}

#[test]
fn every_promised_name_renders() {
    let columns = [("first_name", "Ann"), ("last_name", "Lee"), ("city", "Bath")];
    for name in promised()
        .iter()
        .map(String::as_str)
        .chain(["city", "joined | date", "name | first_word"])
    {
        let columns: Vec<(&str, &str)> = columns.into_iter().chain([("joined", "2026-03-01")]).collect();
        let edition = whole(&format!("<div>{{{{ {name} }}}}</div>"));
        let rendered = edition
            .render(&recipient("ann@example.org", &columns))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let shown = rendered.html.split("<div>").nth(1).unwrap();
        assert!(!shown.starts_with("</div>"), "{name} is empty: {shown}");
        assert!(!rendered.html.contains("{{"), "{name}");
    }
}

#[test]
fn the_page_names_every_filter_of_our_own_and_every_limit() {
    let page = PAGE.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "`date`".to_owned(),
        "`first_word`".to_owned(),
        format!("turn {} times together", grouped(limits::MOST_TURNS)),
        format!(
            "`range` counts {} at most",
            grouped(limits::LONGEST_RANGE.try_into().unwrap())
        ),
        format!("a part may make {} MB at most", limits::MOST_BYTES / 1024 / 1024),
        format!("a list hold {} things with the lists in it", grouped(limits::MOST_TURNS)),
        format!("{} deep and {} times in all", limits::DEEPEST, limits::MOST_INCLUDES),
        format!("Elements stand in one another {} deep at most", bounds::DEEPEST),
        format!("{} KB long", bounds::LONGEST / 1024),
        format!("in one another {} deep at most", depth::DEEPEST),
    ] {
        assert!(page.contains(&words), "{words}");
    }
}

/// As the page writes numbers.
fn grouped(number: usize) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    }
}

/// Values that could be taken for markup or for a template.
const HOSTILE: [&str; 7] = [
    "<script>alert(1)</script>",
    "\"><b x='",
    "{{ first_name }}",
    "{% raw %}{#",
    "&amp; --> <!-- ]]>",
    "\u{e000}0\u{e001}\u{e002}",
    "x</title></style><p>",
];

#[test]
fn what_is_put_in_once_is_escaped_as_it_would_be_for_each_person() {
    let plain = "<title>{{ clinic.name }}</title><body><p title=\"{{ clinic.name }}\">{{ clinic.name }}</p><!--[if mso]>{{ clinic.name }}<![endif]-->";
    for value in HOSTILE {
        // A filter that changes nothing keeps a tag from being put in once.
        let late = plain.replace("clinic.name }}", "clinic.name | trim }}");
        let [once, each] = [plain, &late].map(|html| {
            let mut sources = whole_sources(&format!("{html}{BARE}</body>"));
            sources.template.files.push(crate::template::TemplateFile {
                name: "letter.txt".to_owned(),
                text: html.replace("<!--", "").to_owned(),
            });
            value.clone_into(&mut sources.sender.clinic_name);
            let rendered = compile(&sources)
                .unwrap()
                .render(&recipient("ann@example.org", &[("first_name", "Ann")]))
                .unwrap();
            (rendered.html, rendered.text)
        });
        assert_eq!(once, each, "{value}");
        assert!(!once.0.contains("<script>") && !once.0.contains("<b x"), "{}", once.0);
    }
}

#[test]
fn what_a_template_names_anew_is_its_own() {
    let edition =
        whole("{% for clinic in [\"a\", \"b\"] %}{{ clinic }}{% endfor %}{% set look = \"c\" %}{{ look }} {{ campaign.title }}");
    let rendered = edition.render(&recipient("ann@example.org", &[])).unwrap();
    assert!(rendered.html.contains("abc Seasonal tips"), "{}", rendered.html);
}
