//! Texts that owners really paste: what is said of them is counted and held, so that a rule which begins to drown them is seen.

use super::{said, shown, sources};
use std::collections::BTreeMap;
use std::path::Path;
use tidings::article::draft;
use tidings::letter::lint::edition;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files that `draft` makes of every text in `tests/pasted`, by name.
fn drafts() -> Vec<(String, String)> {
    let mut drafts = Vec::new();
    for entry in std::fs::read_dir(root().join("tests/pasted")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if let Ok(draft) = draft::read(&name, &std::fs::read(&path).unwrap()) {
                drafts.push((name, draft.to_file()));
            }
        }
    }
    drafts.sort();
    drafts
}

#[test]
fn pasted_texts_do_not_drown_in_warnings() {
    let drafts = drafts();
    assert!(drafts.len() > 30, "{}", drafts.len());
    let mut all = 0;
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, file) in &drafts {
        let found = said(file);
        for finding in &found {
            println!("{name}: {finding}");
            *names.entry(finding.name.map_or("-", |name| name.as_str())).or_default() += 1;
        }
        assert!(found.len() <= 6, "{name}: {:#?}", shown(&found));
        all += found.len();
    }
    println!("proof| lint | warnings on {} pasted texts | {all} {names:?}", drafts.len());
    assert!(all <= drafts.len(), "{all} findings on {} texts: {names:?}", drafts.len());
}

#[test]
fn the_sample_articles_and_templates_have_nothing_to_be_said_of_them() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let (html, footer) = (read("templates/letter.html"), read("templates/footer.html"));
    let template = [("letter.html", html.as_str()), ("footer.html", footer.as_str())];
    for article in ["calmer-days", "massage-and-immunity"] {
        let file = read(&format!("campaigns/seasonal-immunity/{article}.md"));
        assert_eq!(shown(&said(&file)), [""; 0], "{article}");
        assert_eq!(shown(&edition(&sources(&file, &template).unwrap())), [""; 0], "{article}");
    }
}
