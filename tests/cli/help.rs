//! The help of every command, word for word, as files in `help/`.
//!
//! `TIDINGS_WRITE_HELP=1 cargo test help` writes them anew; the change is then read in the diff.

use crate::support::workspace::Workspace;
use std::path::Path;

const COMMANDS: [&str; 28] = [
    "init", "new", "check", "preview", "import", "people", "suppress", "consent", "mail-in", "rehearse", "test", "plan", "send",
    "run", "serve", "status", "log", "why", "hold", "release", "cancel", "resend", "resolve", "doctor", "backup", "restore",
    "adopt", "cron",
];

/// The commands that have commands of their own.
const VERBS: [(&str, &[&str]); 3] = [
    ("people", &["list", "find", "show", "export", "edit", "forget", "retention"]),
    ("suppress", &["add", "list", "import", "export"]),
    ("consent", &["show", "restore"]),
];

#[track_caller]
fn check(name: &str, arguments: &[&str]) {
    let output = Workspace::empty().run(arguments).exits(0);
    assert_eq!(output.stderr, "", "help that was asked for is data");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cli/help/{name}.txt"));
    if std::env::var_os("TIDINGS_WRITE_HELP").is_some() {
        std::fs::write(&file, &output.stdout).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(
        output.stdout, kept,
        "{name}.txt says something else; TIDINGS_WRITE_HELP=1 writes it anew"
    );
}

#[test]
fn the_help_is_as_it_was_agreed() {
    check("tidings", &["--help"]);
    for command in COMMANDS {
        check(command, &[command, "--help"]);
    }
    for (command, verbs) in VERBS {
        for verb in verbs {
            check(&format!("{command}-{verb}"), &[command, verb, "--help"]);
        }
    }
}

#[test]
fn every_command_is_in_the_help_and_has_an_example() {
    let whole = Workspace::empty().run(&["--help"]).exits(0).stdout;
    let listed = whole.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let names: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')))
        .filter_map(|line| line.split(' ').next())
        .filter(|name| *name != "help")
        .collect();
    assert_eq!(names, COMMANDS);
    for command in COMMANDS {
        let help = Workspace::empty().run(&[command, "--help"]).exits(0).stdout;
        let example = help.split("Example").nth(1).unwrap_or_default();
        let shown = example
            .lines()
            .any(|line| line.contains("  tidings ") && line.split(' ').any(|word| word == command));
        assert!(shown, "`{command} --help` shows no example");
    }
}

#[test]
fn wrong_usage_is_2_and_says_where_help_is() {
    let nowhere = Workspace::empty();
    nowhere.run(&[]).exits(2).tells("Usage: tidings [OPTIONS] <COMMAND>");
    nowhere
        .run(&["rehears"])
        .exits(2)
        .tells("some similar subcommands exist: 'release', 'rehearse'")
        .tells("--help");
    nowhere.run(&["send"]).exits(2).tells("<CAMPAIGN>").tells("--help");
    nowhere
        .run(&["log", "--state", "acepted"])
        .exits(2)
        .tells("did you mean `accepted`?");
    nowhere
        .run(&["send", "tips", "--limit", "many"])
        .exits(2)
        .tells("invalid value 'many'");
}
