//! Letters with pictures, in everybody's own language, in the clinic's look: through the program, and read by somebody else.

use super::{SETTINGS, article, clinic, type_in};
use crate::peers::mail_reader::{self, Read};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;
use std::collections::BTreeMap;

const PEOPLE: &str = "\
email,first_name,language,consent,consent_date,consent_source
ann@patients.example,Ann,,yes,2025-01-01,form
bea@patients.example,Bea,Deutsch,yes,2025-01-01,form
cem@patients.example,Cem,ar-EG,yes,2025-01-01,form
dov@patients.example,Dov,de_CH,yes,2025-01-01,form
eva@patients.example,Eva,Klingon,yes,2025-01-01,form
";

const CAMPAIGN: &str = "\
id: t1ps
title: Tips
audience: {lists: [patients]}
template: letter
articles: [{file: sleep.md, languages: [sleep.de.md, sleep.ar.md]}]
";

const TEMPLATE: &str = "\
<html lang=\"{{ article.language }}\" dir=\"{{ article.dir }}\"><head><title>{{ article.title }}</title></head>
<body style=\"color: {{ look.colour_on_white }}\">
{% if look.logo %}<img src=\"{{ look.logo }}\" width=\"{{ look.logo_width }}\" height=\"{{ look.logo_height }}\" alt=\"{{ clinic.name }}\">{% endif %}
<p>{{ greeting }}</p>
{{ article.html }}
<p>{{ words.why }} {{ clinic.name }}, {{ clinic.postal_address }}</p>
<p><a href=\"{{ unsubscribe.link }}\">{{ words.unsubscribe }}</a></p></body></html>
";

/// A small picture, unlike any other with another `shade`.
fn gif(shade: u8, bytes: usize) -> Vec<u8> {
    let mut gif = b"GIF89a\x20\0\x10\0\0\0\0\x2c\0\0\0\0\x20\0\x10\0\0\x02".to_vec();
    gif.resize(bytes, shade);
    gif
}

/// SHA-256 in hex, as the reader tells it.
fn hash(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref())
}

fn in_language(language: &str, body: &str) -> String {
    let text = article("sleep").replace("title: All", &format!("language: {language}\ntitle: All"));
    let (front, _) = text.split_once("\n---\n\n").unwrap();
    format!(
        "{}\n---\n\n{body}\n",
        front.replace("subject: All", &format!("subject: ({language}) All"))
    )
}

fn pictured() -> Workspace {
    let clinic = clinic(0)
        .file(
            "tidings.yaml",
            &format!(
                "{SETTINGS}look: {{colour: \"#aa3300\", logo: logo.gif, images: \"https://www.mill-lane.example/letters/\"}}\n"
            ),
        )
        .file("campaigns/tips/campaign.yaml", CAMPAIGN)
        .file(
            "campaigns/tips/sleep.md",
            &in_language("en", "In English.\n\n![A made bed](bed.gif)\n\n![The garden](garden.gif)"),
        )
        .file(
            "campaigns/tips/sleep.de.md",
            &in_language("de", "Auf Deutsch.\n\n![Ein gemachtes Bett](bett.gif)"),
        )
        .file("campaigns/tips/sleep.ar.md", &in_language("ar", "بالعربية."))
        .file("templates/letter.html", TEMPLATE)
        .file("subscribers/patients.csv", PEOPLE);
    clinic.write("logo.gif", gif(1, 90));
    clinic.write("campaigns/tips/bed.gif", gif(2, 300));
    clinic.write("campaigns/tips/bett.gif", gif(3, 20 * 1024));
    clinic.write("campaigns/tips/garden.gif", gif(4, 30_000));
    clinic
}

/// The letters of the rehearsal as Python reads them, by first name; `None` where there is no Python.
fn outbox(clinic: &Workspace) -> Option<BTreeMap<String, Read>> {
    let folder = std::fs::read_dir(clinic.path(".tidings/rehearsal/outbox")).unwrap();
    let paths = folder.map(|entry| entry.unwrap().path());
    let letters: Vec<Vec<u8>> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    let read = mail_reader::read(&letters)?.into_iter();
    Some(
        read.map(|letter| {
            let to = letter.header("To").to_owned();
            let (_, name) = to.split_once('<').unwrap();
            (name.split('@').next().unwrap().to_owned(), letter)
        })
        .collect(),
    )
}

#[test]
fn everybody_reads_their_own_language_and_sees_its_pictures() {
    let clinic = pictured();
    type_in(&clinic, "check").exits(0);
    type_in(&clinic, "rehearse").exits(0).tells("All about sleep: 5 letters");
    let Some(letters) = outbox(&clinic) else { return };
    let bed = gif(2, 300);
    let bett = gif(3, 20 * 1024);
    for (name, words, greeting, picture) in [
        ("ann", "In English.", "Dear Ann,", Some((&bed, "[A made bed]"))),
        ("eva", "In English.", "Dear Eva,", Some((&bed, "[A made bed]"))),
        ("bea", "Auf Deutsch.", "Guten Tag Bea,", Some((&bett, "[Ein gemachtes Bett]"))),
        ("dov", "Auf Deutsch.", "Guten Tag Dov,", Some((&bett, "[Ein gemachtes Bett]"))),
        ("cem", "بالعربية.", "مرحبًا Cem،", None),
    ] {
        let letter = &letters[name];
        assert_eq!(letter.defects, [""; 0], "{name}");
        let (text, html) = (letter.part("text/plain"), letter.part("text/html"));
        for part in [text, html] {
            assert!(part.contains(words) && part.contains(greeting), "{name}: {part}");
            let others = ["In English.", "Auf Deutsch.", "بالعربية."]
                .into_iter()
                .filter(|other| *other != words);
            assert!(others.into_iter().all(|other| !part.contains(other)), "{name}: {part}");
        }
        let mut wanted = vec![hash(&gif(1, 90))];
        wanted.extend(picture.map(|(bytes, _)| hash(bytes)));
        let carried = letter.parts.iter().filter(|part| part.kind == "image/gif");
        let mut found: Vec<String> = carried
            .map(|part| {
                let id = part.id.trim_matches(['<', '>']);
                assert!(html.contains(&format!("src=\"cid:{id}\"")), "{name}: {id}");
                part.hash.clone()
            })
            .collect();
        wanted.sort();
        found.sort();
        assert_eq!(found, wanted, "{name}");
        assert!(picture.is_none_or(|(_, said)| text.contains(said)), "{name}: {text}");
        assert!(html.contains("color: #aa3300") || html.contains("color:#aa3300"), "{html}");
        let dir = if name == "cem" { "dir=\"rtl\"" } else { "dir=\"ltr\"" };
        assert!(html.contains(dir), "{html}");
        let tree: Vec<&str> = letter.tree.iter().map(String::as_str).take(4).collect();
        assert_eq!(
            tree,
            ["multipart/alternative", "text/plain", "multipart/related", "text/html"]
        );
    }
    let ann = &letters["ann"];
    let garden = "https://www.mill-lane.example/letters/garden.gif";
    assert!(ann.part("text/html").contains(garden) && ann.part("text/plain").contains(garden));
    let subjects: Vec<&str> = letters.values().map(|letter| letter.header("Subject")).collect();
    assert_eq!(
        subjects[..3],
        ["(en) All about sleep", "(de) All about sleep", "(ar) All about sleep"]
    );
}

#[test]
fn one_edition_is_counted_whatever_its_languages() {
    let judge = Judge::start();
    let clinic = pictured().relay(judge.port(), 1);
    type_in(&clinic, "send tips --yes").exits(0);
    assert_eq!(judge.accepted().len(), 5);
    let status = type_in(&clinic, "status --json").exits(0).json();
    assert_eq!(status[0]["editions"].as_array().unwrap().len(), 1);
    assert_eq!(status[0]["editions"][0]["states"]["accepted"], 5);
}

#[test]
fn what_was_released_is_sent_whatever_became_of_the_picture() {
    let judge = Judge::start().keeping_letters();
    let clinic = pictured().relay(judge.port(), 1);
    type_in(&clinic, "send tips --yes --limit 2").exits(0);
    clinic.write("campaigns/tips/bed.gif", gif(9, 300));
    clinic.write("campaigns/tips/bett.gif", gif(9, 300));
    type_in(&clinic, "release tips").exits(0);
    type_in(&clinic, "run").exits(0);
    let taken = judge.accepted();
    assert_eq!(taken.len(), 5);
    let letters: Vec<Vec<u8>> = taken.iter().map(|delivery| delivery.letter(&judge)).collect();
    let Some(read) = mail_reader::read(&letters) else { return };
    let changed = hash(&gif(9, 300));
    assert!(read.iter().flat_map(|letter| &letter.parts).all(|part| part.hash != changed));
}

/// The example that `check` looks at is one person; a condition in the footer concerns the others.
#[test]
fn what_the_law_wants_is_in_both_parts_of_everybodys_letter() {
    let footer = "<p>{{ clinic.name }}, {{ clinic.postal_address }}</p>";
    let refused = |template: &str| {
        let judge = Judge::start();
        let clinic = super::clinic_with(&judge, 3);
        clinic.write("templates/letter.html", template);
        for command in [&["check"][..], &["rehearse"], &["send", "tips"]] {
            let said = clinic.run(command).exits(65);
            said.tells("templates/letter.html");
            clinic
                .run(command)
                .tells("does not say the clinic's postal address, which the law demands");
        }
        assert_eq!(judge.connections(), 0);
    };
    let last = crate::support::people::address(3);
    let for_one = format!("{{% if email != \"{last}\" %}}{footer}{{% endif %}}");
    refused(&super::TEMPLATE.replace(footer, &for_one));
    // A reader of the text part alone sees nothing of what is hidden.
    refused(&super::TEMPLATE.replace(footer, &format!("<div style=\"display:none\">{footer}</div>")));
}
