//! `tidings init`: a folder becomes a workspace that can be rehearsed at once.

use super::{answers, type_in};
use crate::support::workspace::Workspace;

const MADE: &str = "\
made a workspace in `riverside`:
  riverside/.gitignore
  riverside/templates/ask.html
  riverside/templates/ask.txt
  riverside/templates/footer.html
  riverside/templates/footer.txt
  riverside/templates/head.html
  riverside/templates/letter.html
  riverside/templates/letter.txt
  riverside/templates/magazine.html
  riverside/templates/magazine.txt
  riverside/templates/mark.html
  riverside/templates/preheader.html
  riverside/subscribers/patients.csv
  riverside/campaigns/welcome/welcome.md
  riverside/campaigns/welcome/campaign.yaml
  riverside/tidings.yaml
";

#[test]
fn a_new_workspace_names_its_files_and_the_next_step() {
    let desk = Workspace::empty();
    let next = "hint: `cd riverside`, fill in `tidings.yaml`, then `tidings rehearse`\n";
    answers(&desk, "init riverside", 0, MADE, next);
    assert!(desk.read("riverside/.gitignore").contains(".tidings/"));
}

#[test]
fn the_starter_has_no_finding_and_rehearses_three_letters() {
    let desk = Workspace::empty();
    type_in(&desk, "init riverside").exits(0);
    let checked = "checked 1 campaign, 3 letters composed: 0 errors, 0 warnings\n";
    answers(&desk, "-C riverside check", 0, "", checked);
    type_in(&desk, "-C riverside rehearse")
        .exits(0)
        .prints("rehearsed: the sandbox accepted 3 letters; nobody was written to\n");
    assert!(desk.path("riverside/.tidings/rehearsal/outbox/index.html").is_file());
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let desk = Workspace::empty().file("riverside/tidings.yaml", "mine: all mine\n");
    type_in(&desk, "init riverside").exits(65).tells("riverside").tells("hint:");
    assert_eq!(desk.read("riverside/tidings.yaml"), "mine: all mine\n");
    assert!(!desk.path("riverside/campaigns").exists());
}

#[test]
fn a_program_can_read_what_was_made() {
    let desk = Workspace::empty();
    let made = type_in(&desk, "init riverside --json").exits(0).json();
    assert_eq!(made[0]["workspace"], "riverside");
    assert_eq!(made[0]["files"].as_array().unwrap().len(), 16);
}

#[test]
fn the_next_step_can_be_typed_as_it_stands() {
    let desk = Workspace::empty();
    desk.run(&["init", "Meine Praxis"])
        .exits(0)
        .tells("`cd 'Meine Praxis'`, fill in");
    desk.run(&["check"]).exits(78).tells("Meine Praxis'`");
    let here = Workspace::empty();
    here.run(&["init", "."]).exits(0).tells("hint: fill in `tidings.yaml`");
}
