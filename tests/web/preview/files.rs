//! `--out`: the letters as files.

use crate::support::workspace::Workspace;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn every_letter_is_written_in_every_view() {
    let workspace = Workspace::sample().with_people(3);
    let written = workspace.run(&["preview", "--out", "letters"]).exits(0);
    assert!(written.stdout.contains("they hold the data of person"), "{written}");
    assert_eq!(mode(&workspace.path("letters")), 0o700);
    for article in ["massage-and-immunity", "calmer-days"] {
        for ending in ["html", "dark.html", "no-pictures.html", "txt", "headers.txt", "eml"] {
            let file = workspace.path(&format!("letters/seasonal-immunity/{article}.{ending}"));
            assert_eq!(mode(&file), 0o600, "{}", file.display());
            let text = std::fs::read_to_string(&file).unwrap();
            if ending.ends_with("html") {
                assert!(
                    text.contains("Content-Security-Policy") && !text.contains("src=\"http"),
                    "{text}"
                );
                assert!(!text.contains("href=\"http") && !text.contains("href=\"mailto"), "{text}");
            }
        }
    }
    let index = workspace.read("letters/index.html");
    assert!(index.contains("href=\"seasonal-immunity/calmer-days.dark.html\""), "{index}");
    assert!(
        !index.contains("http://") && !index.contains("https://") && !index.contains("<script"),
        "{index}"
    );
    let eml = workspace.read("letters/seasonal-immunity/calmer-days.eml");
    assert!(
        eml.contains("\r\nList-Unsubscribe:") && eml.contains("multipart/alternative"),
        "{eml}"
    );
    assert!(!workspace.path(".tidings").exists(), "a preview makes no store");
    // They are patients' data: no version control takes them along.
    assert_eq!(workspace.read("letters/.gitignore"), "*\n");
    // Once more: what the last one left goes first.
    workspace
        .run(&["preview", "--out", "letters", "--article", "calmer-days.md"])
        .exits(0);
    assert!(!workspace.path("letters/seasonal-immunity/massage-and-immunity.html").exists());
}

#[test]
fn every_language_is_written_and_the_persons_own_first() {
    let workspace = Workspace::whole_sample();
    let list = "email,first_name,language,consent,consent_date,consent_source\nbea@example.org,Bea,Deutsch,yes,2025-01-01,form\n";
    let workspace = workspace.file("subscribers/friends.csv", list);
    workspace.run(&["preview", "house-letter", "--out", "letters"]).exits(0);
    let language = |file: &str| {
        let page = workspace.read(&format!("letters/house-letter/{file}"));
        page.split_once("<html lang=\"").map(|(_, rest)| rest[..2].to_owned())
    };
    let found = ["", ".en-GB", ".ar"].map(|tag| language(&format!("kind-to-your-back{tag}.html")));
    assert_eq!(found, ["de", "en", "ar"].map(|tag| Some(tag.to_owned())));
    assert!(!workspace.path("letters/house-letter/kind-to-your-back.de.html").exists());
}

#[test]
fn an_accepted_warning_is_not_told_again() {
    let workspace = Workspace::sample().with_people(1);
    let text = workspace.read("templates/letter.txt").replace("{{ greeting }}", "Dear ,");
    let workspace = workspace.file("templates/letter.txt", &text);
    let cover = |workspace: &Workspace| {
        workspace.run(&["preview", "--out", "letters"]).exits(0);
        workspace.read("letters/index.html")
    };
    assert!(
        cover(&workspace).contains("a greeting of nobody"),
        "the warning is told first"
    );
    let campaign = workspace.read("campaigns/seasonal-immunity/campaign.yaml");
    let workspace = workspace.file(
        "campaigns/seasonal-immunity/campaign.yaml",
        &format!("{campaign}accept: [greeting-empty]\n"),
    );
    let accepted = cover(&workspace);
    assert!(!accepted.contains("a greeting of nobody"), "{accepted}");
}

#[test]
fn the_letter_is_of_the_person_that_was_asked_for() {
    let workspace = Workspace::sample().with_people(3);
    let address = crate::support::people::address(2);
    let written = workspace
        .run(&["preview", "--as", &address, "--out", "letters", "--json"])
        .exits(0);
    let told = &written.json()[0];
    assert_eq!(told["addresses"], serde_json::json!([address]));
    assert!(told["files"].as_array().unwrap().contains(&"index.html".into()), "{told}");
    let eml = workspace.read("letters/seasonal-immunity/calmer-days.eml");
    assert!(eml.contains(&address), "{eml}");
}

#[test]
fn a_folder_of_somebody_elses_is_left_alone() {
    let workspace = Workspace::sample().with_people(1).file("mine/notes.txt", "mine");
    workspace
        .run(&["preview", "--out", "mine"])
        .exits(65)
        .tells("`notes.txt`, which no preview has written");
    assert_eq!(workspace.read("mine/notes.txt"), "mine");
    workspace
        .run(&["preview", "--out", "tidings.yaml"])
        .exits(65)
        .tells("is no folder");
    workspace.run(&["preview", "--out", "."]).exits(65);
    for own in ["campaigns/x", "templates", "subscribers/a/b", ".tidings/letters"] {
        workspace
            .run(&["preview", "--out", own])
            .exits(2)
            .tells("the workspace's own");
        assert!(!workspace.path(".tidings").exists() && !workspace.path("campaigns/x").exists());
    }
}

#[test]
fn a_letter_that_cannot_be_made_is_told() {
    let workspace = Workspace::sample().with_people(1);
    let template = workspace.read("templates/letter.html");
    workspace.write("templates/letter.html", template.replace("{{ greeting }}", "{{ greting }}"));
    workspace
        .run(&["preview", "--out", "letters"])
        .exits(65)
        .tells("greting")
        .tells("these letters could not be made");
}
