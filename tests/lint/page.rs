//! docs/check.md and the program name the same findings: one that is said and not explained, or explained and never said, fails here.

use std::collections::BTreeSet;
use std::path::Path;
use tidings::finding::Finding;
use tidings::letter::lint::names::{NAMES, covers, is_accepted};

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_page_explains_every_name_and_no_other() {
    let page = read(&root().join("docs/check.md"));
    let explained: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'))
        .collect();
    assert_eq!(explained, NAMES, "docs/check.md against src/letter/lint/names.rs, in order");
}

#[test]
fn every_name_is_given_to_some_finding_and_every_finding_has_one_of_them() {
    let mut given = BTreeSet::new();
    let mut folders = vec![root().join("src/letter/lint")];
    let mut files = ["src/article/front_matter.rs", "src/workspace/pictures.rs"]
        .map(|file| root().join(file))
        .to_vec();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.file_name().and_then(|name| name.to_str()) {
                Some("tests" | "names.rs" | "data") => {}
                _ if path.is_dir() => folders.push(path),
                _ => files.push(path),
            }
        }
    }
    for path in files {
        let text = read(&path);
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
        for quoted in code.split('"').skip(1) {
            if let Some(name) = NAMES.iter().find(|name| **name == quoted) {
                given.insert(*name);
            }
        }
    }
    let never: Vec<&&str> = NAMES.iter().filter(|name| !given.contains(*name)).collect();
    assert!(never.is_empty(), "no rule gives {never:?}");
}

#[test]
fn a_warning_can_be_accepted_by_name_or_family_and_an_error_cannot() {
    assert!(
        covers("claim", "claim-cure")
            && covers("claim-cure", "claim-cure")
            && !covers("cla", "claim-cure")
            && !covers("", "claim-cure")
    );
    let accept = ["claim".to_owned(), "placeholder".to_owned()];
    let warning = Finding::warning("a.md", "x");
    assert!(is_accepted(&warning.clone().called("claim-cure"), &accept));
    assert!(!is_accepted(&warning.clone().called("link-http"), &accept));
    assert!(!is_accepted(&warning, &accept));
    assert!(!is_accepted(&Finding::error("a.md", "x").called("placeholder"), &accept));
}
