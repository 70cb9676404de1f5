//! Letters as others read them: the form, the headers and the signatures, held by software that knows nothing of ours.
//!
//! Promises: letters are made by the program itself, through its sandbox or to a judge; what is said of them is said by Python's parser, by
//! dkimpy with the records that `tidings doctor` prints, by authres and by SpamAssassin. Without those the tests are passed over, never in CI.

mod attempts;
mod checks;
mod fuzzed;
mod hostile;
mod keys;

use crate::peers::{or_passed_over, program, python};
use crate::support::workspace::Workspace;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

const SETTINGS: &str = "\
clinic:
  name: Riverside Massage Clinic
  postal_address: 12 Mill Lane, Bath BA1 1AA, United Kingdom
  contact: hello@riverside.example
  jurisdiction: GB
sender: {from: Riverside Massage <tips@riverside.example>, reply_to: hello@riverside.example}
timezone: Europe/London
unsubscribe: {mailto: unsubscribe@riverside.example, url: 'https://riverside.example/u', read_by_hand: true}
dkim:
  signed_by: us
  domain: riverside.example
  keys:
    - {selector: t2026a, file: keys/rsa.pem}
    - {selector: t2026e, file: keys/ed25519.pem}
";

/// A picture small enough to travel with a letter.
const PICTURE: &[u8] = include_bytes!("../../logo.png");

/// The columns of the lists that these tests write.
const COLUMNS: &str = "email,first_name,last_name,city,reason,consent,consent_date,consent_source\n";

/// The clinic of these tests: its letters are signed with two keys and made with the shipped template, which greets and names the city.
fn clinic() -> Workspace {
    let clinic = Workspace::sample();
    for gone in ["campaigns", "subscribers"] {
        std::fs::remove_dir_all(clinic.path(gone)).unwrap();
    }
    for (name, end) in [("letter.html", "</p>"), ("letter.txt", "\n")] {
        let file = format!("templates/{name}");
        let text = clinic.read(&file);
        let text = text.replacen(
            "{{ greeting }}",
            &format!("{{{{ greeting }}}}{end}{{{{ city | default(value=\"\") }}}}"),
            1,
        );
        assert!(text.contains("city"), "{file} greets nobody");
        clinic.write(&file, text);
    }
    let key = |name: &str| std::fs::read_to_string(here(&format!("keys/{name}.pem"))).unwrap();
    clinic
        .file("tidings.yaml", SETTINGS)
        .secret("keys/rsa.pem", &key("rsa"))
        .secret("keys/ed25519.pem", &key("ed25519"))
}

/// A campaign of one article, by hand. The texts are put in as JSON strings, which YAML reads as they are.
fn campaign(clinic: &Workspace, number: usize, title: &str, article: &Text<'_>) {
    let folder = format!("campaigns/c{number:03}");
    let quoted = |text: &str| Value::from(text).to_string();
    let campaign = format!(
        "id: camp{number:03}\ntitle: {}\naudience: {{lists: [l{number:03}]}}\ntemplate: letter\narticles: [{{file: a.md}}]\n",
        quoted(title)
    );
    clinic.write(&format!("{folder}/campaign.yaml"), campaign);
    let article = format!(
        "---\nid: article{number:03}\ntitle: {}\nsubject: {}\npreheader: {}\nauthor: {}\nlanguage: en\n---\n\n{}\n",
        quoted(article.title),
        quoted(article.subject),
        quoted(article.preheader),
        quoted(article.author),
        article.body
    );
    clinic.write(&format!("{folder}/a.md"), article);
}

/// What an article says.
struct Text<'a> {
    title: &'a str,
    subject: &'a str,
    preheader: &'a str,
    author: &'a str,
    body: &'a str,
}

impl Text<'_> {
    /// An article without anything unusual.
    const PLAIN: Text<'static> = Text {
        title: "Calmer days",
        subject: "Ten quiet minutes a day",
        preheader: "Small habits that ease tension, from our therapists",
        author: "Hannah Reed",
        body: "Breathe out slowly, and let your shoulders drop. Then do it once more.",
    };
}

/// A list file of these people: address, first name, last name, city, reason; all said yes.
fn list(clinic: &Workspace, number: usize, people: &[[&str; 5]]) {
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let row = |person: &[&str; 5]| {
        let cells: Vec<String> = person.iter().map(|text| cell(text)).collect();
        format!("{},yes,2025-03-01,paper form at the front desk\n", cells.join(","))
    };
    let rows: String = people.iter().map(row).collect();
    clinic.write(&format!("subscribers/l{number:03}.csv"), format!("{COLUMNS}{rows}"));
}

/// Whether a suite is asked for all of it, as in CI's own step, and not for a sample.
fn asks_all() -> bool {
    std::env::var_os("TIDINGS_MAIL").is_some_and(|all| all == "all")
}

/// Where a rehearsal's letters lie.
fn outbox(clinic: &Workspace) -> PathBuf {
    clinic.path(".tidings/rehearsal/outbox")
}

/// The DNS records that `tidings doctor` prints, by name.
fn records(clinic: &Workspace) -> Map<String, Value> {
    let told = clinic.run(&["doctor", "--offline", "--json"]).exits(0).json();
    let checks = told[0]["checks"].as_array().unwrap();
    let signed = checks
        .iter()
        .find(|check| check["check"] == "the letters are signed")
        .unwrap();
    let lines = signed["details"].as_array().unwrap().iter();
    let record = |line: &Value| {
        // Beside the records stands what to heed about them.
        let (name, text) = line.as_str().unwrap().split_once("  TXT  ")?;
        Some((name.to_owned(), Value::from(text.trim_matches('"'))))
    };
    lines.filter_map(record).collect()
}

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail").join(name)
}

/// The Python that has dkimpy, PyNaCl and authres.
fn reader() -> Option<PathBuf> {
    let has_all = |python: &PathBuf| {
        let asked = Command::new(python)
            .args(["-c", "import dkim, nacl.signing, authres"])
            .output();
        asked.is_ok_and(|output| output.status.success())
    };
    or_passed_over(python().filter(has_all), "dkimpy, PyNaCl and authres")
}

/// Runs a script of this folder over these facts; what it prints goes to the terminal, and a fault fails the test.
#[track_caller]
#[expect(clippy::print_stdout, reason = "figures are what the suite is run for")]
fn read_by(python: &Path, script: &str, facts: &Value) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("facts.json");
    std::fs::write(&file, facts.to_string()).unwrap();
    let output = Command::new(python).arg("-B").arg(here(script)).arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// SpamAssassin, where it is installed.
fn spamassassin() -> Value {
    or_passed_over(program("spamassassin"), "spamassassin").map_or_else(|| json!(null), |path| json!(path.to_str()))
}
