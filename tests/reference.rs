//! The pages in `docs/` say what the program does: where they could drift, they are held to the code.

use std::fs;
use std::path::Path;
use tidings::delivery::reply::Class;
use tidings::delivery::retry::RetryPolicy;
use tidings::dispatch::breaker;

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
fn the_page_on_replies_tells_of_every_class_what_the_program_tells() {
    let page = read("docs/replies.md");
    let told = |class: Class| {
        let (name, meaning) = (class.name(), class.meaning());
        format!("| `{name}` | {meaning} | {} | {} |", class.consequence(), class.next_step())
    };
    let expected: Vec<String> = Class::ALL.into_iter().map(told).collect();
    assert_eq!(rows(&page, "| class |")[2..], expected);
}

#[test]
fn the_page_on_replies_names_the_breakers_figures_and_the_waits() {
    let page = read("docs/replies.md").split_whitespace().collect::<Vec<_>>().join(" ");
    let figures = [
        format!(
            "| {} refusals in a row with the same words, for people of {} domains or more |",
            breaker::EQUAL,
            breaker::PLACES
        ),
        format!(
            "| more than {} of the first {} addresses do not exist |",
            breaker::FIRST / 10,
            breaker::FIRST
        ),
        format!(
            "| more than {} addresses in a hundred do not exist, once {} letters were tried |",
            breaker::SHARE,
            breaker::ENOUGH
        ),
        format!("| {} letters in a row refused for policy |", breaker::REFUSED_IN_A_ROW),
        "waits 5, 15 and 30 minutes, then 1 hour, 2 hours and 4 hours each time".to_owned(),
    ];
    for figure in figures {
        assert!(page.contains(&figure), "docs/replies.md does not say `{figure}`");
    }
    let minutes: Vec<i64> = RetryPolicy::default().waits.iter().map(|wait| wait.as_mins()).collect();
    assert_eq!(minutes, [5, 15, 30, 60, 120, 240]);
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
