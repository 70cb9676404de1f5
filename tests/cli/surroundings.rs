//! Odd surroundings: no environment, the root folder, streams that are closed or full.

use super::{clinic, type_in};
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
