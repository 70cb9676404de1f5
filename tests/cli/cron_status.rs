//! `run --status-file`: how the last run went, for monitoring. It is left whole behind every run, good or bad.

use super::cron_log::seasonal;
use super::{clinic, clinic_with, type_in, until_under_way};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::workspace::Workspace;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;

#[track_caller]
fn status(clinic: &Workspace) -> Value {
    serde_json::from_str(&clinic.read("status.json")).unwrap()
}

fn mode(clinic: &Workspace) -> u32 {
    std::fs::metadata(clinic.path("status.json")).unwrap().permissions().mode() & 0o777
}

#[test]
fn every_run_leaves_how_it_went_also_when_nothing_was_due() {
    let judge = Judge::start().rule(
        Rule::at(Phase::Rcpt)
            .to("person2@patients.example")
            .reply("450 4.2.0 person2@patients.example, come back"),
    );
    let clinic = seasonal(&judge);
    type_in(&clinic, "run --status-file status.json --now 2026-11-30T09:00Z")
        .exits(0)
        .says_nothing();
    assert_eq!(mode(&clinic), 0o600);
    let quiet = status(&clinic);
    assert_eq!(quiet["workspace"], clinic.root().canonicalize().unwrap().to_str().unwrap());
    assert_eq!(
        (
            &quiet["exit_code"],
            &quiet["words"],
            &quiet["states"],
            &quiet["last_letter_at"],
            &quiet["editions"],
            &quiet["waiting"]
        ),
        (&json!(0), &json!([]), &json!({}), &Value::Null, &json!([]), &json!(0))
    );
    assert_eq!(quiet["coming"][0]["campaign"], "seasonal-immunity");
    assert_eq!(quiet["coming"][0]["due_at"], "2026-12-01T09:00:00Z");
    assert!(
        quiet["finished_at"].as_str().unwrap().starts_with("2026-11-30T09:00:0"),
        "{quiet}"
    );
    std::fs::set_permissions(clinic.path("status.json"), std::fs::Permissions::from_mode(0o640)).unwrap();
    type_in(&clinic, "run --status-file status.json --now 2026-12-01T09:00Z")
        .exits(0)
        .says_nothing();
    assert_eq!(mode(&clinic), 0o640, "the mode that somebody gave it stays");
    let sent = status(&clinic);
    assert_eq!(sent["states"], json!({"accepted": 2, "deferred": 1}));
    assert_eq!((&sent["waiting"], &sent["need_a_person"]), (&json!(1), &json!(0)));
    assert_eq!(sent["editions"][0]["waiting"], 1);
    assert!(
        sent["last_letter_at"].as_str().unwrap().starts_with("2026-12-01T09:00:0"),
        "{sent}"
    );
    // As much is known after a run that had nothing to do.
    type_in(&clinic, "run --status-file status.json --now 2026-12-01T09:00:20Z")
        .exits(0)
        .says_nothing();
    let later = status(&clinic);
    assert_eq!((&later["states"], &later["waiting"]), (&json!({}), &json!(1)));
    assert_eq!(later["last_letter_at"], sent["last_letter_at"]);
    let kept = std::fs::read_dir(clinic.root()).unwrap().flatten();
    assert!(
        kept.into_iter()
            .all(|entry| !entry.file_name().to_string_lossy().contains(".new."))
    );
}

#[test]
fn what_needs_a_person_is_told_with_masked_addresses() {
    let judge = Judge::start().rule(
        Rule::at(Phase::Rcpt)
            .to("person2@patients.example")
            .reply("550 5.1.1 no person2@patients.example here"),
    );
    let clinic = seasonal(&judge);
    type_in(&clinic, "run --status-file status.json --now 2026-12-01T09:00Z").exits(1);
    let failed = status(&clinic);
    assert_eq!((&failed["exit_code"], &failed["need_a_person"]), (&json!(1), &json!(1)));
    assert_eq!(failed["words"][1], "error: 1 letter needs a person to look at", "{failed}");
    assert!(!failed.to_string().contains("person2"), "{failed}");
    // It is told until somebody has looked at it, not only by the run that met it.
    type_in(&clinic, "run --status-file status.json --now 2026-12-01T10:00Z")
        .exits(0)
        .says_nothing();
    let after = status(&clinic);
    assert_eq!((&after["exit_code"], &after["need_a_person"]), (&json!(0), &json!(1)));
    assert_eq!(after["editions"][0]["need_a_person"], 1);
}

#[test]
fn a_run_that_could_not_begin_says_so() {
    let clinic = clinic(3).file("tidings.yaml", "clinic: {name: A}\n");
    type_in(&clinic, "run --status-file status.json").exits(65);
    let broken = status(&clinic);
    assert_eq!((&broken["exit_code"], &broken["coming"]), (&json!(65), &Value::Null));
    let words = broken["words"].as_array().unwrap();
    assert!(
        words.iter().any(|word| word.as_str().unwrap().starts_with("tidings.yaml:")),
        "{broken}"
    );
    assert!(
        words.contains(&json!("error: the settings have to be mended first; nothing was sent")),
        "{broken}"
    );
    // A relay that is not there, and a store that is lost.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let clinic = Workspace::sample().with_people(3).relay(port, 1);
    type_in(&clinic, "run --status-file status.json --now 2026-12-01T09:00Z").exits(75);
    let away = status(&clinic);
    assert_eq!((&away["exit_code"], &away["waiting"]), (&json!(75), &json!(3)));
    assert!(away["stopped"].as_str().unwrap().contains("127.0.0.1"), "{away}");
    clinic.write("campaigns/.sent", "store_id: gone\ngeneration: 1\n");
    std::fs::remove_dir_all(clinic.path(".tidings")).unwrap();
    let lost = type_in(&clinic, "run --status-file status.json");
    assert_eq!(status(&clinic)["exit_code"], lost.status.unwrap());
    assert_ne!(lost.status, Some(0));
    assert_eq!(status(&clinic)["editions"], Value::Null);
}

#[test]
fn a_quota_that_is_used_up_is_told_in_silence() {
    let judge = Judge::start();
    let clinic = seasonal(&judge);
    let clinic = clinic.setting(&format!(
        "relay: {{host: 127.0.0.1, port: {}, tls: none, test: true, per_day: 2}}",
        judge.port()
    ));
    type_in(
        &clinic,
        "run --status-file status.json --log-file run.log --now 2026-12-01T09:00Z",
    )
    .exits(75)
    .says_nothing();
    let used = status(&clinic);
    let words = "2 of 2 letters of the last 24 hours are used up";
    assert!(used["stopped"].as_str().unwrap().starts_with(words), "{used}");
    assert!(used["quota"].as_str().unwrap().starts_with(words), "{used}");
    assert_eq!((&used["exit_code"], &used["waiting"]), (&json!(75), &json!(1)));
    let log = clinic.read("run.log");
    assert!(log.contains(words), "{log}");
    type_in(
        &clinic,
        "run --status-file status.json --log-file run.log --now 2026-12-01T12:00Z",
    )
    .exits(0)
    .says_nothing();
    assert!(status(&clinic)["stopped"].as_str().unwrap().starts_with(words));
    assert_eq!(clinic.read("run.log"), log, "a run that can do nothing leaves no line");
}

#[test]
fn a_status_that_cannot_be_written_is_told_and_stops_nothing() {
    for (file, why) in [
        ("/dev/full", "it is not a file"),
        ("nowhere/status.json", "No such file or directory"),
    ] {
        let judge = Judge::start();
        let clinic = seasonal(&judge);
        let run = [
            "run",
            "--status-file",
            file,
            "--log-file",
            "run.log",
            "--now",
            "2026-12-01T09:00Z",
        ];
        let output = clinic.run(&run).exits(0);
        assert_eq!(
            output.stderr,
            format!("cannot write the status file `{file}`: {why}\n"),
            "{output}"
        );
        assert_eq!(judge.accepted().len(), 3);
        assert!(
            clinic.read("run.log").contains("cannot write the status file"),
            "the log has it"
        );
    }
}

/// Whoever looks while runs end one after the other sees a whole file each time.
#[test]
fn a_reader_never_sees_half_a_status() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "run --status-file status.json").exits(0);
    let path = clinic.path("status.json");
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = 0;
            while !over.load(std::sync::atomic::Ordering::SeqCst) {
                let text = std::fs::read(&path).unwrap();
                assert!(
                    serde_json::from_slice::<Value>(&text).is_ok(),
                    "{}",
                    String::from_utf8_lossy(&text)
                );
                seen += 1;
            }
            seen
        });
        for _ in 0..20 {
            type_in(&clinic, "run --status-file status.json").exits(0).says_nothing();
        }
        over.store(true, std::sync::atomic::Ordering::SeqCst);
        assert!(reader.join().unwrap() > 20);
    });
}

#[test]
fn a_run_that_is_asked_to_stop_leaves_its_status() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).times(1).behind_the_gate());
    let clinic = seasonal(&judge);
    let run = clinic.spawn(&["run", "--status-file", "status.json", "--now", "2026-12-01T09:00Z"]);
    until_under_way(&judge);
    run.signal("TERM");
    // The run hears the letter out whenever it learns of the signal: with all three gone there was nothing to stop.
    judge.open_gate();
    let output = run.wait();
    let left = status(&clinic);
    assert_eq!(left["exit_code"], output.status.unwrap());
    assert_eq!(
        left["states"]["accepted"].as_u64().unwrap() as usize,
        judge.accepted().len(),
        "{left}"
    );
    assert_eq!(
        left["waiting"].as_u64().unwrap() as usize,
        3 - judge.accepted().len(),
        "{left}"
    );
}

/// What lies in a workspace, by path, so that nothing of it can change unseen.
fn files(clinic: &Workspace) -> Vec<(String, Vec<u8>)> {
    let kept = [
        "tidings.yaml",
        "campaigns/seasonal-immunity/campaign.yaml",
        "diary.txt",
        "data.json",
    ];
    let read = |name: &&str| ((*name).to_owned(), std::fs::read(clinic.path(name)).unwrap());
    kept.iter().map(read).collect()
}

#[test]
fn a_file_that_is_not_a_runs_own_is_neither_replaced_nor_written_behind() {
    for flag in ["--status-file", "--log-file"] {
        for (file, why) in [
            ("tidings.yaml", "it holds the workspace's settings"),
            ("campaigns/seasonal-immunity/campaign.yaml", "it lies in `campaigns/`"),
            ("campaigns/new.md", "it lies in `campaigns/`"),
            ("templates/new", "it lies in `templates/`"),
            ("subscribers/new.csv", "it lies in `subscribers/`"),
            (".tidings/store.db", "it lies in `.tidings/`"),
            ("inner/../tidings.yaml", "it holds the workspace's settings"),
            ("diary.txt", "it is there already, and is no"),
            ("data.json", "it is there already, and is no"),
            ("link", "it is a link"),
            ("inner", "it is a folder"),
            ("campaigns", "it is a folder"),
        ] {
            let judge = Judge::start();
            let clinic = seasonal(&judge);
            clinic.write("diary.txt", "Monday\nTuesday\n");
            clinic.write("data.json", "{\"exit_code\": 0}\n");
            clinic.write("inner/.keep", "");
            std::fs::create_dir_all(clinic.path("templates")).unwrap();
            std::os::unix::fs::symlink(clinic.path("elsewhere"), clinic.path("link")).unwrap();
            type_in(&clinic, "run --now 2026-11-30T09:00Z").exits(0);
            let before = files(&clinic);
            let said = format!("error: `{file}` cannot be the file of `{flag}`: {why}");
            let due = clinic.run(&["run", flag, file, "--now", "2026-12-01T09:00Z"]).exits(2);
            due.tells(&said);
            assert_eq!(judge.accepted().len(), 0, "before anything is sent");
            let named = if file == "campaigns" || file == "inner" { why } else { &said };
            clinic.run(&["cron", flag, file]).exits(2).tells(named);
            assert_eq!(files(&clinic), before, "{flag} {file}");
            assert!(!clinic.path("elsewhere").exists());
            type_in(&clinic, "status").exits(0);
        }
    }
}

#[test]
fn a_refused_log_stands_in_the_status_and_one_file_is_not_both() {
    let judge = Judge::start();
    let clinic = seasonal(&judge);
    type_in(&clinic, "run --status-file status.json --log-file tidings.yaml").exits(2);
    assert_eq!(status(&clinic)["exit_code"], 2);
    type_in(&clinic, "run --status-file one --log-file one")
        .exits(2)
        .tells("it is the file of `--log-file`");
    assert!(!clinic.path("one").exists());
    // What an earlier run left is a run's own, and so is an empty file.
    clinic.write("run.log", "");
    for _ in 0..2 {
        type_in(
            &clinic,
            "run --status-file status.json --log-file run.log --now 2026-12-01T09:00Z",
        )
        .exits(0)
        .says_nothing();
    }
    assert_eq!(judge.accepted().len(), 3);
}
