//! `docs/json.md` and the program tell the same fields: one that is printed and not listed, or listed and not printed, fails here.

use super::cron_log::seasonal;
use super::{clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Field names with the names inside them, where a field holds a list of objects.
type Fields = BTreeMap<String, BTreeSet<String>>;

/// The words between backticks.
fn names(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The fields that the page lists for `command`.
fn documented(command: &str) -> Fields {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md")).unwrap();
    let mut sections = page.split("\n## ").skip(1).filter_map(|section| section.split_once('\n'));
    let section = sections.find(|(heading, _)| names(heading).iter().any(|name| name == command));
    let (_, table) = section.unwrap_or_else(|| panic!("docs/json.md has no section on `{command}`"));
    let mut fields = Fields::new();
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').collect();
        let inside = cells[2].split_once(": `").map(|(_, list)| names(&format!("`{list}")));
        let inside: BTreeSet<String> = inside.unwrap_or_default().into_iter().collect();
        fields.extend(names(cells[1]).into_iter().map(|name| (name, inside.clone())));
    }
    fields
}

fn keys(value: &Value) -> BTreeSet<String> {
    value
        .as_object()
        .map(|object| object.keys().cloned().collect())
        .unwrap_or_default()
}

/// Every printed object has the fields of the page, and so has what its lists hold.
#[track_caller]
fn compare(command: &str, printed: &[Value]) {
    let documented = documented(command);
    assert!(!printed.is_empty(), "`{command}` printed no data to compare");
    for value in printed {
        let wanted: BTreeSet<String> = documented.keys().cloned().collect();
        assert_eq!(keys(value), wanted, "what `{command}` prints, against docs/json.md");
        for (field, wanted) in &documented {
            for inside in value[field]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|inside| inside.is_object())
            {
                assert_eq!(
                    keys(inside),
                    *wanted,
                    "`{field}` of what `{command}` prints, against docs/json.md"
                );
            }
        }
    }
}

#[test]
fn the_page_and_the_program_tell_the_same_fields() {
    let judge = Judge::start().rule(
        Rule::at(Phase::Rcpt)
            .to("person2@patients.example")
            .reply("550 5.1.1 no such user"),
    );
    let clinic = clinic_with(&judge, 3);
    let rows = clinic.read("subscribers/patients.csv") + "no@patients.example,,,,,no\nnobody\n";
    let clinic = clinic.file("subscribers/patients.csv", &rows);
    let check = |command: &str, line: &str| compare(command, &type_in(&clinic, line).json());
    check("import", "import subscribers/patients.csv --json");
    check("import --history", "import --history --json");
    check("import --undo", "import --undo 1 --json");
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    check("plan", "plan --json");
    check("plan --out", "plan tips --out tips.plan --json");
    let list = clinic.read("subscribers/patients.csv");
    clinic.write("subscribers/patients.csv", list.clone() + "new@patients.example,,,,,yes\n");
    check("send --plan", "send tips --plan tips.plan --json");
    clinic.write("subscribers/patients.csv", list);
    type_in(&clinic, "import subscribers/patients.csv --yes").exits(0);
    check("rehearse", "rehearse --json");
    check("preview", "preview --out letters --json");
    check("test", "test tips --to me@mill-lane.example --json");
    check("send", "send tips --json");
    check("log", "log --json");
    check("status", "status --json");
    check("why", "why person1@patients.example --json");
    check("why", "why no@patients.example --json");
    check("why", "why person1@patients.example tips --json");
    check("hold", "hold tips --json");
    check("release", "release tips --json");
    check("cancel", "cancel tips --json");
    check("resend", "resend tips --failed --json");
    check("resolve", "resolve tips --sent --json");
    check("doctor", "doctor --json");
    check("backup", "backup clinic.tidings --json");
    check("restore", "restore clinic.tidings --replace --json");
    clinic.write(
        "calmer.txt",
        "A calmer week\n\nStress makes us tired. A short walk helps more than one would think.\n",
    );
    check("new", "new calmer --article calmer.txt --json");
    clinic.write("campaigns/tips/campaign.yaml", "id: t1ps\n");
    check("check", "check --json");
    check("init", "init elsewhere --json");
    check("cron", "cron --json");
    check("cron", "cron --systemd --json");
}

#[test]
fn the_page_and_the_status_file_tell_the_same_fields() {
    let judge = Judge::start().rule(Rule::at(Phase::Rcpt).times(1).reply("450 4.2.0 come back"));
    let clinic = seasonal(&judge);
    let status = |now: &str| -> Value {
        type_in(&clinic, &format!("run --status-file status.json --now {now}")).exits(0);
        serde_json::from_str(&clinic.read("status.json")).unwrap()
    };
    let (before, after) = (status("2026-11-30T09:00Z"), status("2026-12-01T09:00Z"));
    for (status, list) in [(&before, "coming"), (&after, "editions")] {
        assert!(!status[list].as_array().unwrap().is_empty(), "nothing to compare in {status}");
    }
    compare("run --status-file", &[before, after]);
}

#[test]
fn the_page_and_the_commands_about_people_tell_the_same_fields() {
    let judge = Judge::start().rule(
        Rule::at(Phase::Rcpt)
            .to("person2@patients.example")
            .reply("550 5.1.1 no such user"),
    );
    let clinic = clinic_with(&judge, 3).setting("people: {forget_after_leaving: 1 month}");
    let no = "no@patients.example,,,,,no\n";
    clinic.write("subscribers/patients.csv", clinic.read("subscribers/patients.csv") + no);
    type_in(&clinic, "send tips").exits(1);
    type_in(&clinic, "hold tips --to person2@patients.example");
    let check = |command: &str, line: &str| compare(command, &type_in(&clinic, line).json());
    check("suppress add", "suppress add person1@patients.example --json");
    clinic.write("left.txt", "person2@patients.example\n");
    check("suppress import", "suppress import left.txt --reason bounced --json");
    check("suppress list", "suppress list --json");
    check("suppress export", "suppress export left.csv --json");
    check("consent show", "consent show person1@patients.example --json");
    check(
        "consent restore",
        "consent restore person1@patients.example --evidence asked --json",
    );
    check("people list", "people list --json");
    clinic.write(
        "answer.eml",
        "From: person1@patients.example\nSubject: unsubscribe\n\nPlease unsubscribe me.\n",
    );
    check("mail-in", "mail-in answer.eml --json");
    for address in ["person2@patients.example", "no@patients.example"] {
        check("people show", &format!("people show {address} --json"));
        check("people show", &format!("people export --person {address} --json"));
    }
    check("people export", "people export out.csv --json");
    check("people edit", "people edit person3@patients.example city=Bath --json");
    check("people forget", "people forget person3@patients.example --yes --json");
    let people = clinic.read("subscribers/patients.csv").replace(no, "");
    clinic.write("subscribers/patients.csv", people);
    type_in(&clinic, "import subscribers/patients.csv --yes").exits(0);
    check("people retention", "people retention --now 2097-01-01T00:00Z --json");
}
