//! Texts as owners bring them: saved web pages of many makers, mails, Word documents, foreign Markdown, old encodings. Each is read as
//! its label says, and each becomes a campaign that `check` accepts.
//!
//! A label is `NAME.expected` beside the text: `title:`, `author:`, `language:`; then the blocks in order, each with the beginning of its
//! text (`##` heading, `P` paragraph, `V n` paragraph of n lines, `-` and `1.` items, `>` quote, `|` table, `=` code, `!` picture with its
//! file; emphasis in `⟨⟩`, links in `‹›`); then `file:` for every picture that comes along, `done:` and `unsure:` with words of every note.
//! A `NAME.docx.parts` is a Word document unpacked: `=== part`, its text, or `@file` for the bytes of a file.

mod properties;

use crate::cli::{clinic, type_in};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tidings::article::desk::{Absent, Desk};
use tidings::article::draft::{self, Draft};
use tidings::article::note::NoteKind;

/// Where the texts lie.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/articles")
}

/// The texts: the name that each would have on a desk, and its bytes.
fn texts() -> Vec<(String, Vec<u8>)> {
    let mut texts: Vec<(String, Vec<u8>)> = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = || std::fs::read(&path).unwrap();
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("parts") => texts.push((
                name.trim_end_matches(".parts").to_owned(),
                packed(&String::from_utf8(bytes()).unwrap()),
            )),
            Some("html" | "md" | "txt" | "docx") => texts.push((name, bytes())),
            _ => {}
        }
    }
    texts.sort();
    texts
}

/// A Word document of these parts.
pub(crate) fn packed(parts: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for part in parts.split("=== ").skip(1) {
        let (name, text) = part.split_once('\n').unwrap();
        archive.start_file(name, options).unwrap();
        match text.trim().strip_prefix('@') {
            Some(file) => archive.write_all(&std::fs::read(folder().join(file)).unwrap()).unwrap(),
            None => archive.write_all(text.as_bytes()).unwrap(),
        }
    }
    archive.finish().unwrap().into_inner()
}

fn read(name: &str, bytes: &[u8]) -> Result<Draft, Vec<tidings::finding::Finding>> {
    let beside = |path: &str| match path.contains("..") {
        true => Err(Absent::Outside),
        false => std::fs::read(folder().join(path)).map_err(|_| Absent::Missing),
    };
    let own_hosts = ["own.example".to_owned()];
    let desk = Desk {
        beside: &beside,
        own_hosts: &own_hosts,
    };
    draft::read_on(&desk, name, bytes)
}

#[test]
fn every_article_is_read_as_labelled() {
    let mut failures = String::new();
    let texts = texts();
    for (name, bytes) in &texts {
        let found = match read(name, bytes) {
            Ok(draft) => described(&draft),
            Err(findings) => findings
                .iter()
                .map(|finding| ("error:".to_owned(), finding.to_string()))
                .collect(),
        };
        let label = std::fs::read_to_string(folder().join(format!("{name}.expected"))).unwrap_or_default();
        if let Some(difference) = difference(&found, &label) {
            let listed: Vec<String> = found.iter().map(|(kind, text)| format!("{kind} {text}")).collect();
            write!(failures, "== {name}\n{}\n-- {difference}\n", listed.join("\n")).unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
    println!(
        "proof| articles | texts of different forms read as labelled | {}",
        texts.len()
    );
}

#[test]
fn lists_inside_lists_stay_inside() {
    let texts = texts();
    let markdown = |name: &str| {
        let (_, bytes) = texts.iter().find(|(file, _)| file == name).unwrap();
        read(name, bytes).unwrap().markdown
    };
    for (name, list) in [
        (
            "word-lists.docx",
            "- For the hands\n  - warm stones\n  - oil\n- For the feet\n  1. first water\n  2. then wool",
        ),
        ("word-lists.docx", "- a towel\n- a cup\n  - of tea"),
        ("pasted-greeting.txt", "- roots\n  - carrots\n  - parsnips\n- water"),
    ] {
        let markdown = markdown(name);
        assert!(markdown.contains(list), "{name}:\n{markdown}");
    }
}

#[test]
fn files_that_are_no_text_are_refused_with_a_way_out() {
    let mut seed = 7_u32;
    let noise: Vec<u8> = (0..4_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        })
        .collect();
    for (name, bytes, words) in [
        ("a.webarchive", b"bplist00\xd4\x01\x02".to_vec(), "Page Source"),
        ("a.html", b"bplist00\xd4\x01\x02".to_vec(), "Page Source"),
        ("a.html.gz", b"\x1f\x8b\x08\0abc".to_vec(), "unpack it"),
        ("a.txt", noise, "copy its text"),
    ] {
        let findings = read(name, &bytes).unwrap_err();
        let hint = findings[0].hint.clone().unwrap_or_default();
        assert!(hint.contains(words), "{name}: {findings:?}");
    }
}

#[test]
fn every_article_becomes_a_campaign_that_check_accepts() {
    let clinic = clinic(2);
    let texts = texts();
    for (number, (name, bytes)) in texts.iter().enumerate() {
        // Documents are unpacked in the tree; here they lie as a person would have them, their pictures inside.
        let desk = match name.ends_with(".docx") {
            true => clinic.path("desk").join(name),
            false => folder().join(name),
        };
        if name.ends_with(".docx") {
            std::fs::create_dir_all(clinic.path("desk")).unwrap();
            std::fs::write(&desk, bytes).unwrap();
        }
        type_in(&clinic, &format!("new c{number} --article {}", desk.display())).exits(0);
        let folder = clinic.path("campaigns").join(format!("c{number}"));
        let article = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|e| e == "md"));
        assert!(article.is_some(), "{name}");
    }
    let checked = type_in(&clinic, "check");
    let lines = checked
        .stdout
        .lines()
        .filter(|line| line.contains(": error: "))
        .collect::<Vec<_>>()
        .join("\n");
    assert!(lines.is_empty(), "{lines}");
    checked.exits(0);
    println!(
        "proof| articles | texts of different forms that become a campaign which check accepts | {}",
        texts.len()
    );
}

type Described = Vec<(String, String)>;

/// What a draft is, line by line as a label has it.
fn described(draft: &Draft) -> Described {
    let mut found = vec![("title:".to_owned(), draft.title.clone())];
    found.extend(draft.author.iter().map(|author| ("author:".to_owned(), author.clone())));
    found.push(("language:".to_owned(), draft.language.clone()));
    found.extend(outline(&draft.markdown));
    found.extend(draft.images.iter().map(|image| ("file:".to_owned(), image.file.clone())));
    for (kind, name) in [(NoteKind::Done, "done:"), (NoteKind::Unsure, "unsure:")] {
        let notes = draft.notes.iter().filter(|note| note.kind == kind);
        found.extend(notes.map(|note| (name.to_owned(), note.to_string())));
    }
    found
}

/// The blocks of the article as a reader sees them.
fn outline(markdown: &str) -> Described {
    let mut found = Vec::new();
    let (mut text, mut n_lines, mut quotes) = (String::new(), 1, 0);
    let mut lists: Vec<bool> = Vec::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        let kind = match event {
            Event::Text(part) | Event::Code(part) => {
                text.push_str(&part);
                continue;
            }
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough) => {
                text.push('⟨');
                continue;
            }
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => {
                text.push('⟩');
                continue;
            }
            Event::Start(Tag::Link { .. }) => {
                text.push('‹');
                continue;
            }
            Event::End(TagEnd::Link) => {
                text.push('›');
                continue;
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                write!(text, "!{dest_url} ").unwrap();
                continue;
            }
            Event::SoftBreak | Event::HardBreak => {
                text.push(' ');
                n_lines += 1;
                continue;
            }
            Event::Start(Tag::List(start)) => {
                // A nested list stands behind its item's own text.
                if !text.is_empty() {
                    let mark = if lists.last() == Some(&true) { "1." } else { "-" };
                    found.push((mark.to_owned(), std::mem::take(&mut text)));
                }
                lists.push(start.is_some());
                continue;
            }
            Event::End(TagEnd::List(_)) => {
                lists.pop();
                continue;
            }
            Event::Start(Tag::BlockQuote(_)) => {
                quotes += 1;
                continue;
            }
            Event::End(TagEnd::BlockQuote(_)) => {
                quotes -= 1;
                continue;
            }
            Event::End(TagEnd::TableCell) => {
                text.push(' ');
                continue;
            }
            Event::Html(_) | Event::InlineHtml(_) => "HTML".to_owned(),
            Event::Rule => "--".to_owned(),
            Event::End(TagEnd::CodeBlock) => "=".to_owned(),
            Event::End(TagEnd::Heading(level)) => "#".repeat(level as usize),
            Event::End(TagEnd::Paragraph) if quotes > 0 => ">".to_owned(),
            Event::End(TagEnd::Paragraph) if n_lines > 1 => format!("V {n_lines}"),
            Event::End(TagEnd::Paragraph) => "P".to_owned(),
            Event::End(TagEnd::Item) if text.is_empty() => continue,
            Event::End(TagEnd::Item) => (if lists.last() == Some(&true) { "1." } else { "-" }).to_owned(),
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => "|".to_owned(),
            _ => continue,
        };
        found.push((kind, std::mem::take(&mut text).replace('\n', " ").trim().to_owned()));
        n_lines = 1;
    }
    found
}

/// The first line at which a label and what was found part ways.
fn difference(found: &Described, label: &str) -> Option<String> {
    let label: Vec<&str> = label.lines().collect();
    for (index, wanted) in label.iter().enumerate() {
        let Some((kind, text)) = found.get(index) else {
            return Some(format!("wanted `{wanted}`, found nothing more"));
        };
        let rest = wanted.strip_prefix(kind.as_str()).map(str::trim_start);
        let agrees = rest.is_some_and(|rest| match kind.as_str() {
            "title:" | "author:" | "language:" | "file:" => text == rest,
            "done:" | "unsure:" | "error:" => text.contains(rest),
            _ => text.starts_with(rest),
        });
        if !agrees {
            return Some(format!("wanted `{wanted}`, found `{kind} {text}`"));
        }
    }
    let more = found.get(label.len());
    more.map(|(kind, text)| format!("wanted nothing more, found `{kind} {text}`"))
}
