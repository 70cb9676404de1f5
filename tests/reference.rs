//! The pages in `docs/` say what the program does: where they could drift, they are held to the code.

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The rows of the first table behind `heading` in a text whose lines may be doc comments.
fn rows(text: &str, heading: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.trim_start_matches("//! ").trim_end().to_owned());
    let table = lines.skip_while(|line| !line.starts_with(heading));
    table.take_while(|line| line.starts_with('|')).collect()
}

#[test]
fn the_page_on_templates_promises_what_the_code_does() {
    let (code, page) = (read("src/template/context.rs"), read("docs/templates.md"));
    let promised = rows(&code, "| variable |");
    assert!(promised.len() > 5, "{promised:?}");
    assert_eq!(rows(&page, "| variable |"), promised);
}

#[test]
fn the_readme_is_short_and_opens_with_the_two_commands() {
    let readme = read("README.md");
    assert!(readme.lines().count() < 200, "{} lines", readme.lines().count());
    let blocks: Vec<&str> = readme
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().trim())
        .collect();
    assert_eq!(blocks[..2], ["cargo run -- rehearse", "cargo test"]);
    for page in readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(
            page.starts_with("http") || Path::new(env!("CARGO_MANIFEST_DIR")).join(page).exists(),
            "README links `{page}`, which is not there"
        );
    }
}
