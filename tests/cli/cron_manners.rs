//! A run as cron, systemd and careless shells start it: the same letters leave, and nothing is said.

use super::cron_log::seasonal;
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Running;
use std::path::Path;
use std::process::Command;

/// A shell line around `"$@"`, which is the program and its arguments.
const SURROUNDINGS: [(&str, &str); 11] = [
    ("nothing at all", "exec \"$@\""),
    ("LANG=C", "LANG=C LC_ALL=C exec \"$@\""),
    (
        "a zone and a terminal that are not there",
        "TZ=Nowhere/City TERM=nonsense exec \"$@\"",
    ),
    ("no home", "HOME=/nonexistent exec \"$@\""),
    ("stdin closed", "exec \"$@\" <&-"),
    ("stdout closed", "exec \"$@\" >&-"),
    ("stderr closed", "exec \"$@\" 2>&-"),
    ("all closed", "exec \"$@\" <&- >&- 2>&-"),
    ("outputs full", "exec \"$@\" >/dev/full 2>/dev/full"),
    ("umask 0", "umask 0; exec \"$@\""),
    ("hang-up ignored and nice", "trap '' HUP PIPE; exec nice -n 19 \"$@\""),
];

/// `env -i sh -c SCRIPT sh tidings …`, from this folder.
fn start(folder: &Path, script: &str, arguments: &[&str]) -> Running {
    let mut command = Command::new("/bin/sh");
    command.env_clear().current_dir(folder);
    command
        .args(["-c", script, "sh", env!("CARGO_BIN_EXE_tidings")])
        .args(arguments);
    Running::start(command, format!("{script} {arguments:?}"))
}

/// What all people may read of what a run has left, secrets and the list itself apart.
fn readable_by_others(folder: &Path) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut open = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let mode = entry.metadata().unwrap().permissions().mode();
        if mode & 0o077 != 0 {
            open.push(format!("{} {:o}", entry.file_name().to_string_lossy(), mode & 0o777));
        }
    }
    open
}

#[test]
fn a_run_sends_and_is_silent_wherever_it_is_started_from() {
    for (told, script) in SURROUNDINGS {
        let judge = Judge::start();
        let clinic = seasonal(&judge);
        let root = clinic.root().to_str().unwrap();
        for (moment, letters) in [("2026-11-30T09:00Z", 0), ("2026-12-01T09:00Z", 3), ("2026-12-01T09:15Z", 3)] {
            let run = ["-C", root, "run", "--now", moment];
            let (log, status) = (format!("{root}/run.log"), format!("{root}/status.json"));
            let arguments = [&run[..], &["--log-file", &log, "--status-file", &status]].concat();
            start(Path::new("/"), script, &arguments).wait().exits(0).says_nothing();
            assert_eq!(judge.accepted().len(), letters, "{told}, {moment}");
        }
        let (log, status) = (clinic.read("run.log"), clinic.read("status.json"));
        assert!(
            log.contains("3 letters accepted by the relay") && status.contains("\"exit_code\": 0"),
            "{told}: {log}{status}"
        );
        let store = readable_by_others(&clinic.path(".tidings"));
        assert_eq!(store, Vec::<String>::new(), "{told}");
        let ours = readable_by_others(clinic.root());
        let ours = ours
            .iter()
            .filter(|name| name.starts_with("run.log") || name.starts_with("status.json"));
        assert_eq!(ours.count(), 0, "{told}");
    }
}

#[test]
fn a_workspace_is_found_however_it_is_named() {
    let judge = Judge::start();
    let sample = seasonal(&judge);
    let outer = Workspace::empty();
    let folder = "Praxis Gänse & Söhne, 健康 50 %";
    outer.write(&format!("{folder}/inner/.keep"), "");
    let copied = Command::new("cp")
        .arg("-R")
        .arg(format!("{}/.", sample.root().display()))
        .arg(outer.path(folder))
        .status();
    assert!(copied.unwrap().success());
    std::os::unix::fs::symlink(outer.path(folder), outer.path("a link")).unwrap();
    let here = outer.root().to_str().unwrap();
    for (from, named) in [
        (here, folder.to_owned()),
        (here, format!("./a link/../{folder}")),
        (here, "a link".to_owned()),
        ("/", format!("{here}/a link")),
        ("/", format!("{here}/{folder}/inner")),
    ] {
        let status = format!("{here}/status.json");
        let arguments = ["-C", &named, "run", "--now", "2026-12-01T09:00Z", "--status-file", &status];
        start(Path::new(from), "exec \"$@\"", &arguments)
            .wait()
            .exits(0)
            .says_nothing();
        let told: serde_json::Value = serde_json::from_str(&outer.read("status.json")).unwrap();
        let root = outer.path(folder).canonicalize().unwrap();
        assert_eq!(told["workspace"], root.to_str().unwrap(), "{from} {named}");
    }
    assert_eq!(judge.accepted().len(), 3, "each letter once");
}

#[test]
fn what_needs_a_person_is_said_in_the_barest_surroundings() {
    let judge = Judge::start();
    let clinic = seasonal(&judge);
    clinic.write("campaigns/seasonal-immunity/campaign.yaml", "id: [\n");
    let root = clinic.root().to_str().unwrap();
    let output = start(Path::new("/"), "exec \"$@\"", &["-C", root, "run"]).wait();
    output
        .exits(65)
        .tells("campaigns/seasonal-immunity/campaign.yaml:")
        .never_says("\u{1b}");
    start(Path::new("/"), "exec \"$@\" <&- >&- 2>&-", &["-C", root, "run"])
        .wait()
        .exits(65);
}

/// cron mails what is said: the same thing at every beat would be a mail every quarter of an hour.
#[test]
fn what_lasts_is_said_once_a_day_and_its_exit_code_each_time() {
    let judge = Judge::start();
    let clinic = seasonal(&judge);
    let run = |moment: &str| {
        let line = ["run", "--status-file", "status.json", "--now", moment];
        clinic.run(&line).exits(65)
    };
    let sound = clinic.read("campaigns/seasonal-immunity/campaign.yaml");
    clinic.run(&["run", "--now", "2026-11-20T09:00Z"]).exits(0).says_nothing();
    clinic.write("campaigns/seasonal-immunity/campaign.yaml", "id: [\n");
    run("2026-11-21T09:00Z").tells("campaign.yaml:");
    run("2026-11-21T09:15Z").says_nothing();
    assert!(
        clinic.read("status.json").contains("campaign.yaml:"),
        "monitoring has it each time"
    );
    run("2026-11-22T08:45Z").says_nothing();
    run("2026-11-22T09:00Z").tells("campaign.yaml:");
    clinic
        .run(&["run", "--json", "--now", "2026-11-22T09:05Z"])
        .exits(65)
        .tells("campaign.yaml:");
    clinic.write("campaigns/seasonal-immunity/campaign.yaml", "id: x\n");
    run("2026-11-22T09:15Z").tells("campaign.yaml:");
    clinic.write("campaigns/seasonal-immunity/campaign.yaml", &sound);
    clinic.run(&["run", "--now", "2026-11-22T09:30Z"]).exits(0).says_nothing();
    clinic.write("campaigns/seasonal-immunity/campaign.yaml", "id: [\n");
    run("2026-11-22T09:45Z").tells("campaign.yaml:");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(clinic.path(".tidings/told")).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn nobody_to_write_to_is_said_once_a_day() {
    let judge = Judge::start();
    let clinic = seasonal(&judge);
    clinic.run(&["run", "--now", "2026-11-20T09:00Z"]).exits(0);
    let header = clinic.read("subscribers/patients.csv").lines().next().unwrap().to_owned();
    clinic.write("subscribers/patients.csv", format!("{header}\n"));
    let settings = clinic.read("campaigns/seasonal-immunity/campaign.yaml");
    let only = settings.replace("lists: [patients]", "lists: [patients], only: {city: [Nowhere]}");
    assert_ne!(only, settings);
    clinic.write("campaigns/seasonal-immunity/campaign.yaml", &only);
    let first = clinic.run(&["run", "--now", "2026-12-01T09:00Z"]).exits(65);
    assert!(!first.stderr.is_empty(), "{first}");
    clinic.run(&["run", "--now", "2026-12-01T09:15Z"]).exits(65).says_nothing();
}
