//! The two designs as others see them: a browser with axe, a validator of HTML, SpamAssassin. What looks is a script in `letters/`.
//!
//! Promises: letters are made by the program itself, through its sandbox; nothing is fetched. Where a program is not installed its test
//! says so and passes, but never in CI.

use crate::peers::{or_passed_over, program};
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Running;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Colours that a clinic may have: the usual one, loud ones, and the ends of the scale.
const COLOURS: [&str; 7] = ["#1d5b4f", "#ffdd00", "#000000", "#ffffff", "#767676", "#e4002b", "#2b2bff"];
const HEAD: &str = "email,first_name,consent,consent_date,consent_source,language\n";

fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web/letters").join(name)
}

fn proof(what: &str, figure: impl std::fmt::Display) {
    // Not `println!`, which the house keeps for nobody.
    drop(writeln!(std::io::stdout(), "proof| letters | {what} | {figure}"));
}

/// The sample workspace with one reader of each language on both lists.
fn clinic() -> Workspace {
    let reader = |name: &str, language: &str| format!("{name}@example.org,{name},yes,2026-01-05,front desk,{language}\n");
    let english = HEAD.to_owned() + &reader("ann", "en");
    let all = english.clone() + &reader("jonas", "de") + &reader("layla", "ar");
    Workspace::whole_sample()
        .file("subscribers/patients.csv", &english)
        .file("subscribers/friends.csv", &all)
}

/// The letters of this workspace's rehearsal, put into a folder of their own.
fn rehearsed(clinic: &Workspace, folder: &Path) {
    clinic.run(&["rehearse"]).exits(0);
    std::fs::create_dir_all(folder).unwrap();
    for entry in std::fs::read_dir(clinic.path(".tidings/rehearsal/outbox")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "eml") {
            std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
        }
    }
}

/// Everything that is hard to lay out, in both designs, from left to right and from right to left.
fn hard() -> Workspace {
    let clinic = Workspace::whole_sample().setting("look: {colour: \"#8a2f6b\"}");
    std::fs::remove_dir_all(clinic.path("campaigns")).unwrap();
    for design in ["letter", "magazine"] {
        let folder = format!("campaigns/{design}");
        clinic.write(
            &format!("{folder}/campaign.yaml"),
            format!(
                "id: hard-{design}\ntitle: Hard to lay out\naudience: {{lists: [friends]}}\ntemplate: {design}\n\
                 articles: [{{file: hard.md, languages: [hard.he.md]}}]\n"
            ),
        );
        for name in ["hard.md", "hard.he.md"] {
            clinic.write(&format!("{folder}/{name}"), std::fs::read(beside(name)).unwrap());
        }
        let drawing = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns/house-letter/walk.png")).unwrap();
        clinic.write(&format!("{folder}/wide.png"), drawing);
        let mark = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("logo.png")).unwrap();
        clinic.write(&format!("{folder}/small.png"), mark);
    }
    let readers = "ann@example.org,Annabella-Wilhelmina-Konstantinopolitanskaya,yes,2026-01-05,front desk,en\n\
                   noa@example.org,נועה,yes,2026-01-05,front desk,he\n";
    clinic.file("subscribers/friends.csv", &(HEAD.to_owned() + readers))
}

/// Letters of every kind, a folder a kind.
fn letters_of_every_kind() -> tempfile::TempDir {
    let cases = tempfile::tempdir().unwrap();
    rehearsed(&clinic(), &cases.path().join("sample"));
    rehearsed(&hard(), &cases.path().join("hard"));
    for colour in COLOURS {
        let clinic = clinic().setting(&format!("look: {{colour: \"{colour}\"}}"));
        rehearsed(&clinic, &cases.path().join(colour.trim_start_matches('#')));
    }
    cases
}

/// The packages of a `package.json` in this tree, installed elsewhere: what npm installs is no part of the tree.
fn packages(variable: &str, wanted: &[&str]) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map(PathBuf::from)?;
    let installed = |name: &&str| folder.join("node_modules").join(name).is_dir();
    wanted.iter().all(installed).then_some(folder)
}

/// Runs a script to its end, which must be a good one and come in time.
#[track_caller]
fn run(command: Command, name: &str) {
    let done = Running::start(command, name.to_owned()).wait().exits(0);
    for line in done.stdout.lines().filter_map(|line| line.strip_prefix("proof| letters | ")) {
        let (what, figure) = line.split_once(" | ").unwrap_or((line, ""));
        proof(what, figure);
    }
}

#[test]
fn both_designs_hold_in_a_browser() {
    let packages = packages("TIDINGS_TEST_BROWSER", &["playwright-core", "axe-core"]);
    let chromium = std::env::var_os("CHROMIUM")
        .map(PathBuf::from)
        .or_else(|| program("chromium"));
    let needed = packages.zip(chromium).zip(program("node"));
    let Some(((packages, chromium), node)) = or_passed_over(
        needed,
        "Chromium with node, and in TIDINGS_TEST_BROWSER the packages of tests/web/browser",
    ) else {
        return;
    };
    let cases = letters_of_every_kind();
    let mut command = Command::new(node);
    command.arg(beside("look.mjs")).arg(cases.path());
    command.env("PACKAGES", packages).env("CHROMIUM", chromium);
    run(command, "look.mjs");
}

#[test]
fn both_designs_are_valid_html() {
    let packages = packages("TIDINGS_TEST_HTML", &["html-validate"]);
    let Some((packages, node)) = or_passed_over(
        packages.zip(program("node")),
        "node, and in TIDINGS_TEST_HTML the packages of tests/web/letters",
    ) else {
        return;
    };
    let cases = letters_of_every_kind();
    let mut command = Command::new(node);
    command.arg(beside("valid.mjs")).arg(cases.path()).env("PACKAGES", packages);
    run(command, "valid.mjs");
}

#[test]
fn spamassassin_lets_both_designs_pass() {
    let Some(judge) = or_passed_over(program("spamassassin"), "spamassassin") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    rehearsed(&clinic(), folder.path());
    for (design, reader) in [
        ("letter", "seasonal"),
        ("magazine, English", "ann"),
        ("magazine, German", "jonas"),
        ("magazine, Arabic", "layla"),
    ] {
        let (score, tests) = score_of(&judge, &letter_to(folder.path(), design, reader));
        assert!(score < 2.0, "{design}: {score} {tests}");
        let wrong = [
            "MPART_ALT_DIFF",
            "MIME_HTML_ONLY",
            "HTML_FONT_LOW_CONTRAST",
            "HTML_IMAGE_ONLY",
        ];
        assert!(!wrong.iter().any(|test| tests.contains(test)), "{design}: {tests}");
        proof(
            &format!("SpamAssassin without network: {design}"),
            format!("{score} ({tests})"),
        );
    }
}

/// The letter in this design to this reader; the one of the quiet design is known by its campaign.
fn letter_to(folder: &Path, design: &str, reader: &str) -> Vec<u8> {
    let letters = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    let is_wanted = |letter: &&Vec<u8>| {
        let text = String::from_utf8_lossy(letter);
        let is_magazine = text.contains("The house letter");
        is_magazine == design.starts_with("magazine") && (!is_magazine || text.contains(&format!("{reader}@example.org")))
    };
    let letters: Vec<Vec<u8>> = letters.collect();
    letters
        .iter()
        .find(is_wanted)
        .unwrap_or_else(|| panic!("no {design}"))
        .clone()
}

fn score_of(judge: &Path, letter: &[u8]) -> (f64, String) {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(judge);
    command.args(["-L", "-t"]).env("HOME", home.path()).env("LANG", "C");
    let mut asked = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    asked.stdin.take().unwrap().write_all(letter).unwrap();
    let said = String::from_utf8_lossy(&asked.wait_with_output().unwrap().stdout).replace("\r\n", "\n");
    let unfolded = said.replace("\n\t", " ");
    let status = unfolded
        .lines()
        .find_map(|line| line.strip_prefix("X-Spam-Status: "))
        .unwrap_or_else(|| panic!("no score: {said}"));
    let after = |mark: &str| status.split_once(mark).map_or("", |(_, rest)| rest);
    let score = after("score=").split(' ').next().unwrap().parse().unwrap();
    let tests = after("tests=").split(" autolearn").next().unwrap().replace(", ", ",");
    (score, tests)
}

/// The templates of before stand in many a clinic's folder: nobody has to change them.
#[test]
fn the_templates_of_old_workspaces_keep_working() {
    let clinic = Workspace::sample();
    std::fs::remove_dir_all(clinic.path("templates")).unwrap();
    for name in ["footer.html", "footer.txt", "letter.html", "letter.txt"] {
        clinic.write(
            &format!("templates/{name}"),
            std::fs::read(beside("before").join(name)).unwrap(),
        );
    }
    clinic.run(&["check"]).exits(0).tells("42 letters composed: 0 errors");
    clinic.run(&["rehearse"]).exits(0).prints("the sandbox accepted 21 letters");
    let folder = tempfile::tempdir().unwrap();
    rehearsed(&clinic, folder.path());
    let one = String::from_utf8(letter_to(folder.path(), "letter", ""))
        .unwrap()
        .replace("=\r\n", "");
    for words in [
        "You get this because you asked us for health tips.",
        "a person reads it",
        "padding:40px 48px 42px",
        "MASSAGE AND YOUR IMMUNE SYSTEM",
    ] {
        assert!(one.replace("=3D", "=").contains(words), "`{words}` is gone: {one}");
    }
}

/// `new` gives a campaign its article's title: it stands there once.
#[test]
fn a_title_that_is_the_campaigns_too_stands_there_once() {
    for design in ["letter", "magazine"] {
        for (title, times) in [("Calm", 1), ("Tips", 0)] {
            let clinic = Workspace::sample().with_people(1);
            std::fs::remove_dir_all(clinic.path("campaigns")).unwrap();
            let campaign = format!(
                "id: t1ps\ntitle: {title}\naudience: {{lists: [patients]}}\ntemplate: {design}\narticles: [{{file: calm.md}}]\n"
            );
            let article = "---\nid: calm\ntitle: Calm\nsubject: A word\npreheader: A quiet week.\nlanguage: en\n---\n\nRest.\n";
            let clinic = clinic
                .file("campaigns/tips/campaign.yaml", &campaign)
                .file("campaigns/tips/calm.md", article);
            clinic.run(&["preview", "--out", "letters"]).exits(0);
            let (html, text) = (clinic.read("letters/tips/calm.html"), clinic.read("letters/tips/calm.txt"));
            let body = html.split_once("<body").unwrap().1;
            assert_eq!(body.matches(">Calm<").count(), 1, "{design}: {body}");
            assert_eq!(text.matches("Calm").count(), 1, "{design}: {text}");
            assert_eq!(body.contains("Tips") && text.contains("Tips"), times == 0, "{design}: {text}");
            assert!(!text.contains("\n\n\n"), "{text}");
        }
    }
}
