//! Odd surroundings: no environment, the root folder, streams that are closed or full.

use super::{clinic, clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidings"));
    command.env_clear().current_dir("/").stdin(Stdio::null());
    command
}

#[test]
fn cron_gives_no_environment_and_another_folder() {
    let clinic = clinic(3);
    let output = program().arg("-C").arg(clinic.root()).arg("rehearse").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let output = program()
        .env("TIDINGS_WORKSPACE", clinic.root())
        .env("LANG", "C")
        .arg("run")
        .output()
        .unwrap();
    assert!(
        output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(),
        "{output:?}"
    );
    let output = program().arg("status").output().unwrap();
    assert_eq!(output.status.code(), Some(78), "{output:?}");
}

#[test]
fn a_folder_inside_the_workspace_belongs_to_it() {
    let clinic = clinic(3);
    type_in(&clinic, "-C campaigns/tips check").exits(0);
}

#[test]
fn a_full_disk_behind_the_output_is_told() {
    let clinic = clinic(3);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = program()
        .arg("-C")
        .arg(clinic.root())
        .arg("plan")
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(74), "{output:?}");
    let talk = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        talk,
        "error: cannot write the output: No space left on device\nhint: what was sent is on record all the same: `tidings status`\n"
    );
}

#[test]
fn nothing_is_coloured_where_nobody_looks() {
    let clinic = clinic(3);
    type_in(&clinic, "rehearse").exits(0).never_says("\u{1b}");
    type_in(&clinic, "check nobody").exits(2).never_says("\u{1b}");
}

/// The niceness and the policy of a thread, and its name: proc_pid_stat(5), fields 19, 41 and 2.
fn schedule(stat: &str) -> Option<(String, (i64, i64))> {
    let (name, fields) = stat.split_once('(')?.1.rsplit_once(')')?;
    let field = |number: usize| fields.split_whitespace().nth(number - 3)?.parse().ok();
    Some((name.to_owned(), (field(19)?, field(41)?)))
}

#[test]
fn a_run_is_a_batch_to_the_kernel_unless_somebody_has_chosen_otherwise() {
    const OTHER: i64 = 0;
    const BATCH: i64 = 3;
    const IDLE: i64 = 5;
    // Whoever runs the tests may have chosen for all of them.
    let (_, ours) = schedule(&std::fs::read_to_string("/proc/thread-self/stat").unwrap()).unwrap();
    let (niceness, policy) = ours;
    let chosen: [(&[&str], _); 3] = [
        (&[], ours),
        (&["nice", "-n", "5"], ((niceness + 5).min(19), policy)),
        (&["chrt", "-i", "0"], (niceness, IDLE)),
    ];
    for (wrapper, chosen) in chosen {
        let expected = if chosen == (0, OTHER) { (0, BATCH) } else { chosen };
        let judge = Judge::start().rule(Rule::at(Phase::Dot).times(1).behind_the_gate());
        let clinic = clinic_with(&judge, 3);
        let running = clinic.spawn_through(wrapper, &["send", "tips"]);
        until("a letter", || judge.letters() == 1);
        let stats = running.of_each_thread("stat");
        let threads: BTreeMap<_, _> = stats.iter().filter_map(|stat| schedule(stat)).collect();
        for name in ["journal", "tokio-rt-worker"] {
            assert_eq!(threads[name], expected, "{name} behind {wrapper:?}: {threads:?}");
        }
        judge.open_gate();
        running.wait().exits(0);
        assert_eq!(judge.accepted().len(), 3);
    }
}
