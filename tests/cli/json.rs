//! `docs/json.md` and the program tell the same fields: one that is printed and not listed, or listed and not printed, fails here.

use super::{clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use std::collections::BTreeSet;
use std::path::Path;

/// The fields that the page lists for `command`.
fn documented(command: &str) -> BTreeSet<String> {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md")).unwrap();
    let sections = page.split("\n## ").skip(1);
    let names = |heading: &str| -> Vec<String> { heading.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let section = sections
        .filter_map(|section| section.split_once('\n'))
        .find(|(heading, _)| names(heading).contains(&command.to_owned()));
    let (_, table) = section.unwrap_or_else(|| panic!("docs/json.md has no section on `{command}`"));
    let fields = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next().map(str::to_owned));
    fields.collect()
}

fn printed(value: &serde_json::Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn the_page_and_the_program_tell_the_same_fields() {
    let judge = Judge::start().rule(
        Rule::at(Phase::Rcpt)
            .to("person2@patients.example")
            .reply("550 5.1.1 no such user"),
    );
    let clinic = clinic_with(&judge, 3);
    let check = |command: &str, line: &str| {
        let output = type_in(&clinic, line);
        let values = output.json();
        assert!(!values.is_empty(), "no data to compare\n{output}");
        for value in values {
            assert_eq!(
                printed(&value),
                documented(command),
                "`{command}` in docs/json.md against what is printed"
            );
        }
    };
    check("import", "import subscribers/patients.csv --json");
    check("plan", "plan --json");
    check("rehearse", "rehearse --json");
    check("test", "test tips --to me@mill-lane.example --json");
    check("send", "send tips --json");
    check("log", "log --json");
    check("status", "status --json");
    check("why", "why person1@patients.example --json");
    check("hold", "hold tips --json");
    check("release", "release tips --json");
    clinic.write("campaigns/tips/campaign.yaml", "id: t1ps\n");
    check("check", "check --json");
    check("init", "init elsewhere --json");
}
