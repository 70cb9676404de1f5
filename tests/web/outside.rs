//! The page as others see it: curl, a browser, and a web server in front. Each is a script beside this file.
//!
//! Promises: nothing is fetched, and every process ends with its test. Where a program is not installed its test says so and passes, but
//! never in CI.

use super::clinic::{Clinic, Page};
use crate::peers::certificate::Certificate;
use crate::peers::{or_passed_over, program};
use crate::support::people;
use crate::support::workspace::run::Running;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a browser is driven with.
pub(super) struct Browser {
    pub(super) packages: PathBuf,
    pub(super) chromium: PathBuf,
    pub(super) node: PathBuf,
}

/// The browser of this machine, with what drives it.
pub(super) fn browser() -> Option<Browser> {
    // Not beside the script: what npm installs is no part of the tree.
    let packages = std::env::var_os("TIDINGS_TEST_BROWSER")
        .map(PathBuf::from)
        .unwrap_or_default();
    let installed = ["playwright-core", "axe-core"]
        .iter()
        .all(|name| packages.join("node_modules").join(name).is_dir());
    let chromium = std::env::var_os("CHROMIUM")
        .map(PathBuf::from)
        .or_else(|| program("chromium"));
    let tools = chromium.zip(program("node")).filter(|_| installed);
    let tools = tools.map(|(chromium, node)| Browser {
        packages,
        chromium,
        node,
    });
    or_passed_over(
        tools,
        "Chromium with node, and in TIDINGS_TEST_BROWSER the packages of tests/web/browser",
    )
}

pub(super) fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web").join(name)
}

/// Runs a script to its end, which must be a good one and come in time.
#[track_caller]
pub(super) fn run(command: Command, name: &str) {
    let done = Running::start(command, name.to_owned()).wait().exits(0);
    for line in done.stdout.lines().filter_map(|line| line.strip_prefix("proof| web | ")) {
        let (what, figure) = line.split_once(" | ").unwrap_or((line, ""));
        super::proof(what, figure);
    }
}

#[test]
fn curl_sees_the_rules_of_rfc_8058() {
    let Some(curl) = or_passed_over(program("curl"), "curl") else {
        return;
    };
    let clinic = Clinic::after_letters_to(4);
    let page = clinic.page();
    let sample = clinic.sample_token();
    let url = format!("http://{}/u", page.address);
    let mut command = Command::new("bash");
    command.arg(beside("matrix.sh")).env("CURL", curl).args([&url, &sample]);
    command.args((1..=4).map(|person| clinic.token(person)));
    run(command, "matrix.sh");
    for person in 1..=3 {
        assert_eq!(clinic.stands_against(person), ["patients:unsubscribed"], "person {person}");
    }
    assert_eq!(clinic.stands_against(4), [""; 0]);
}

#[test]
fn a_web_server_in_front_changes_nothing() {
    let named = std::env::var_os("TIDINGS_TEST_NGINX")
        .map(PathBuf::from)
        .filter(|nginx| nginx.is_file());
    let Some(nginx) = or_passed_over(named.or_else(|| program("nginx")), "nginx") else {
        return;
    };
    let Some(curl) = or_passed_over(program("curl"), "curl") else {
        return;
    };
    const PEOPLE: usize = 203;
    let clinic = Clinic::after_letters_to(PEOPLE);
    let page = Page::show(&clinic.workspace, &["--behind-proxy"]);
    let folder = tempfile::tempdir().unwrap();
    let tokens: String = (1..=PEOPLE).map(|person| format!("{}\n", clinic.token(person))).collect();
    std::fs::write(folder.path().join("tokens"), tokens).unwrap();
    let certificate = Certificate::naming(&["riverside.example"]);
    let front = std::net::TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let mut command = Command::new("bash");
    command.arg(beside("nginx/front.sh")).args([folder.path().as_os_str()]);
    command
        .env("SERVER", nginx)
        .env("CURL", curl)
        .env("BACK", page.address.to_string());
    command
        .env("FRONT", front.to_string())
        .env("AUTHORITY", certificate.authority());
    command.env("CERTIFICATE", certificate.server()).env("KEY", certificate.key());
    run(command, "front.sh");
    let listed = clinic.workspace.run(&["suppress", "list", "--json"]).exits(0);
    assert_eq!(
        listed.stdout.lines().count(),
        PEOPLE - 1,
        "everybody but the first, who only looked"
    );
    assert_eq!(clinic.stands_against(1), [""; 0]);
}

#[test]
fn a_browser_shows_it_to_everybody() {
    let Some(Browser {
        packages,
        chromium,
        node,
    }) = browser()
    else {
        return;
    };
    let csv = people::csv(PEOPLE);
    let patients = with_languages(&csv);
    let clinic = Clinic::after_letters(|workspace| {
        workspace
            .with_people(PEOPLE)
            .file("subscribers/patients.csv", &patients)
            .file("subscribers/walks.csv", &csv)
            .file("subscribers/walks.yaml", "title: Walks & talks by the river\n")
            .file("subscribers/kitchen.csv", &csv)
            .file("subscribers/kitchen.yaml", "title: Recipes for the season\n")
    });
    for list in ["walks", "kitchen"] {
        clinic.workspace.run(&["import", &format!("subscribers/{list}.csv")]).exits(0);
    }
    let sample = clinic.sample_token();
    let page = Page::show(&clinic.workspace, &[]);
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&shots).unwrap();
    let readers = serde_json::json!({"en": clinic.token(1), "de": clinic.token(2), "ar": clinic.token(3)});
    let others: Vec<&str> = (4..=PEOPLE).map(|person| clinic.token(person)).collect();
    let mut command = Command::new(node);
    command.arg(beside("browser/pages.mjs")).env("PACKAGES", packages);
    command
        .env("CHROMIUM", chromium)
        .env("PAGE", format!("http://{}/u", page.address))
        .env("SHOTS", &shots);
    command.env("SAMPLE", sample).env("STORE", clinic.workspace.path(".tidings"));
    command.env("TOKENS", others.join(" ")).env("READERS", readers.to_string());
    run(command, "pages.mjs");
}

/// How many letters the browser follows.
const PEOPLE: usize = 8;

/// The list with a column for the language: the second person reads German, the third Arabic.
fn with_languages(csv: &str) -> String {
    let languages = ["", "de", "ar"].into_iter().chain(std::iter::repeat(""));
    let mut lines = csv.lines();
    let head = format!("{},language\n", lines.next().unwrap());
    head + &lines
        .zip(languages)
        .map(|(row, language)| format!("{row},{language}\n"))
        .collect::<String>()
}
