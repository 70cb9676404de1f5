//! `tidings cron`: what is printed is read as it was meant by sh, cron, systemd and logrotate, whatever the paths are called.

use super::{SETTINGS, clinic, type_in};
use crate::peers::{or_passed_over, program};
use crate::support::workspace::Workspace;
use crate::support::workspace::run::{Output, Running};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Folders that people do make.
const ODD: [&str; 4] = [
    "Mill Lane, Bath",
    "it's \"50 %\" $HOME; #1",
    "Praxis für Gänse 健康",
    "-n & ` * ?",
];

/// A clinic in a folder of this name, inside another one.
fn clinic_in(folder: &str) -> (Workspace, PathBuf) {
    let outer = Workspace::empty().file(&format!("{folder}/tidings.yaml"), SETTINGS);
    let root = outer.root().canonicalize().unwrap().join(folder);
    (outer, root)
}

/// `tidings -C ROOT cron …`, called by this path.
#[track_caller]
fn cron_of(program: &Path, root: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/bin:/bin").current_dir("/");
    command.arg("-C").arg(root).arg("cron").args(arguments);
    Running::start(command, format!("tidings -C {root:?} cron {arguments:?}")).wait()
}

fn tidings() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_tidings"))
}

/// What cron hands to sh of this line: everything behind five fields, with `\%` as `%`; a bare `%` would end it.
fn command_of(line: &str) -> String {
    let command = line.splitn(6, ' ').nth(5).unwrap();
    assert!(!command.replace("\\%", "").contains('%'), "a bare % in {command}");
    command.replace("\\%", "%")
}

fn line_of(output: &Output) -> &str {
    output.stdout.lines().find(|line| !line.starts_with('#')).unwrap()
}

#[test]
fn a_line_is_printed_and_nothing_is_changed() {
    let (outer, root) = clinic_in("mail");
    let output = cron_of(tidings(), &root, &["--every", "30m"]).exits(0);
    assert_eq!(output.stderr, "");
    let (program, root) = (tidings().canonicalize().unwrap(), root.display());
    let program = program.display();
    assert_eq!(line_of(&output), format!("*/30 * * * * {program} -C {root} run"));
    let comments: Vec<&str> = output.stdout.lines().filter(|line| line.starts_with("# ")).collect();
    assert_eq!(comments.len(), output.stdout.lines().count() - 1, "{output}");
    for words in [
        &format!("every 30 minutes, for {root}"),
        "crontab -e",
        "cron mails",
        "MAILTO=",
        "hint",
    ] {
        output.clone().prints(words);
    }
    assert!(!outer.path("mail/.tidings").exists(), "it needs no store and makes none");
    outer.write("mail/tidings.yaml", "clinic: [\n");
    cron_of(tidings(), Path::new(&root.to_string()), &[])
        .exits(0)
        .prints("*/15 * * * * ");
}

#[test]
fn cron_and_sh_read_the_line_as_it_was_meant() {
    for folder in ODD {
        let (outer, root) = clinic_in(folder);
        let link = outer.path("the 'program' 5%");
        std::os::unix::fs::symlink(tidings(), &link).unwrap();
        let status = outer.path("status at 5 %.json");
        let files = ["--status-file", status.to_str().unwrap()];
        let output = cron_of(&link, &root, &files).exits(0);
        output.clone().prints("the '\"'\"'program'\"'\"' 5\\%'");
        // As cron calls it.
        let mut sh = Command::new("/bin/sh");
        sh.env_clear().env("PATH", "/usr/bin:/bin").current_dir("/");
        sh.args(["-c", &command_of(line_of(&output))]);
        Running::start(sh, format!("sh in {folder}")).wait().exits(0).says_nothing();
        let status: serde_json::Value = serde_json::from_slice(&std::fs::read(&status).unwrap()).unwrap();
        assert_eq!(status["workspace"], root.to_str().unwrap());
        accepted_by_crontab(&outer, &output.stdout);
    }
}

/// The real crontab has nothing against these lines.
fn accepted_by_crontab(outer: &Workspace, lines: &str) {
    let Some(crontab) = or_passed_over(program("crontab"), "crontab") else {
        return;
    };
    outer.write("lines", lines);
    // Debian 12 asks with -n, later ones with -T.
    let checks = |flag: &str| Command::new(&crontab).arg(flag).arg(outer.path("lines")).output().unwrap();
    let said = [checks("-n"), checks("-T")];
    assert!(said.iter().any(|said| said.status.success()), "{said:?}\n{lines}");
}

#[test]
fn the_real_crontab_would_notice_a_broken_line() {
    let Some(crontab) = or_passed_over(program("crontab"), "crontab") else {
        return;
    };
    let outer = Workspace::empty().file("lines", "*/15 * * * tidings run\n");
    for flag in ["-n", "-T"] {
        let said = Command::new(&crontab).arg(flag).arg(outer.path("lines")).output().unwrap();
        assert!(!said.status.success(), "{said:?}");
    }
}

#[test]
fn what_cannot_be_said_is_refused_with_words() {
    for (folder, why) in [
        ("two\nlines", "has a line end in it, which no crontab can say"),
        ("back\\slash", "has a backslash in it"),
        ("tab\tbed", "has a control character in it"),
    ] {
        let (_outer, root) = clinic_in(folder);
        for arguments in [&["--every", "5m"][..], &["--systemd"]] {
            let output = cron_of(tidings(), &root, arguments)
                .exits(2)
                .tells(why)
                .tells("hint: give it another name");
            assert_eq!(output.stdout, "");
        }
    }
    let (_outer, root) = clinic_in(&format!("{}/{}/mail", "long".repeat(60), "longer".repeat(40)));
    let files = ["f", "g"].map(|name| root.join(name.repeat(250)).to_str().unwrap().to_owned());
    cron_of(tidings(), &root, &["--log-file", &files[0], "--status-file", &files[1]])
        .exits(2)
        .tells("bytes, and cron takes 990");
    let clinic = clinic(0);
    for (line, why) in [
        (
            "cron --every 7m",
            "cron cannot say every 7 minutes evenly; the nearest is `--every 6m`",
        ),
        ("cron --every 45m", "the nearest is `--every 30m`"),
        ("cron --every often", "`often` is no span of time"),
        (
            "cron --log-file nowhere/run.log",
            "`nowhere/run.log` cannot be written to: No such file or directory",
        ),
        (
            "cron --status-file campaigns",
            "`campaigns` cannot be written to: it is a folder",
        ),
        ("cron --logrotate", "which file is to be rotated?"),
        ("cron --logrotate --log-file run*.log", "logrotate would take"),
        ("cron --systemd --logrotate", "cannot be used with"),
        ("cron --user", "--systemd"),
        ("cron --rehearsal", "this command has nothing to do with those"),
    ] {
        type_in(&clinic, line).exits(2).tells(why);
    }
}

/// The service and the timer as files in a folder of their own.
fn units(outer: &Workspace, program: &Path, root: &Path, arguments: &[&str]) -> [PathBuf; 2] {
    ["service", "timer"].map(|part| {
        let printed = cron_of(program, root, &[arguments, &["--systemd", "--part", part]].concat()).exits(0);
        outer.write(&format!("units/tidings-test.{part}"), &printed.stdout);
        outer.path(&format!("units/tidings-test.{part}"))
    })
}

fn analyze(arguments: &[&str], files: &[PathBuf]) -> Option<(bool, String)> {
    let systemd = or_passed_over(program("systemd-analyze"), "systemd-analyze")?;
    // A user's units are looked at without anybody's systemd: in a home of its own.
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(systemd);
    command.env("XDG_RUNTIME_DIR", home.path()).env("HOME", home.path());
    let said = command.args(arguments).args(files).stdin(Stdio::null()).output().unwrap();
    let text = String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned();
    Some((said.status.success(), text))
}

#[test]
fn systemd_reads_the_units_as_they_were_meant() {
    for folder in ODD {
        for user in [false, true] {
            let (outer, root) = clinic_in(folder);
            let link = outer.path("the program 5% $x ü");
            std::os::unix::fs::symlink(tidings(), &link).unwrap();
            let log = root.join("run log.txt");
            let arguments = [
                &["--every", "5m", "--log-file", log.to_str().unwrap()],
                &["--user"][..usize::from(user)],
            ]
            .concat();
            let files = units(&outer, &link, &root, &arguments);
            // Offers a word on every path that is not absolute, on every unknown name, and on a program that is not there.
            let verify: &[&str] = if user {
                &["verify", "--user", "--man=no"]
            } else {
                &["verify", "--man=no"]
            };
            let Some(said) = analyze(verify, &files) else { return };
            assert_eq!(said, (true, String::new()), "{}", std::fs::read_to_string(&files[0]).unwrap());
        }
    }
    let (outer, root) = clinic_in("mail");
    let [service, _] = units(&outer, tidings(), &root, &[]);
    let broken = std::fs::read_to_string(&service).unwrap().replace(" -C ", "/gone -C ");
    std::fs::write(&service, broken).unwrap();
    let (well, said) = analyze(&["verify", "--man=no"], &[service]).unwrap();
    assert!(!well && said.contains("not executable"), "the check could not fail: {said}");
}

#[test]
fn the_service_is_locked_down_and_still_writes_where_it_has_to() {
    let (outer, root) = clinic_in("mail");
    outer.write("logs/kept", "");
    let log = outer.root().canonicalize().unwrap().join("logs/run.log");
    let status = root.join("status.json");
    let files = ["--log-file", log.to_str().unwrap(), "--status-file", status.to_str().unwrap()];
    let [service, timer] = units(&outer, tidings(), &root, &files);
    let service_text = std::fs::read_to_string(&service).unwrap();
    for line in [
        "Type=oneshot",
        "SuccessExitStatus=75",
        "KillSignal=SIGTERM",
        "TimeoutStopSec=21min",
        "NoNewPrivileges=true",
        "ProtectSystem=strict",
        "ProtectHome=read-only",
        "UMask=0077",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
        &format!("ReadWritePaths={} {}", root.display(), log.parent().unwrap().display()),
    ] {
        assert!(
            service_text.lines().any(|there| there == line),
            "{line} is not in\n{service_text}"
        );
    }
    // These tests work in a temporary folder, which the service would not see.
    let is_temporary = ["/tmp", "/var/tmp"].iter().any(|folder| root.starts_with(folder));
    assert_eq!(service_text.contains("\nPrivateTmp=true\n"), !is_temporary, "{service_text}");
    let timer_text = std::fs::read_to_string(timer).unwrap();
    for line in ["OnCalendar=*-*-* *:00/15:00", "Persistent=true", "WantedBy=timers.target"] {
        assert!(
            timer_text.lines().any(|there| there == line),
            "{line} is not in\n{timer_text}"
        );
    }
    let Some((_, said)) = analyze(&["security", "--no-pager", "--offline=true"], &[service]) else {
        return;
    };
    let exposure = said
        .lines()
        .rfind(|line| line.contains("Overall exposure level"))
        .unwrap_or_else(|| panic!("{said}"));
    let level: f64 = exposure
        .split(": ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next()?.parse().ok())
        .unwrap();
    writeln!(
        std::io::stdout(),
        "proof| cron | systemd-analyze security, 0 is best | {level}"
    )
    .ok();
    assert!(level < 3.0, "{exposure}");
}

#[test]
fn systemd_beats_as_often_as_cron() {
    let (outer, root) = clinic_in("mail");
    for (every, seconds) in [("1m", 60), ("15m", 900), ("20m", 1200), ("1h", 3600), ("6h", 21600)] {
        let [_, timer] = units(&outer, tidings(), &root, &["--every", every]);
        let text = std::fs::read_to_string(timer).unwrap();
        let calendar = text.lines().find_map(|line| line.strip_prefix("OnCalendar=")).unwrap();
        let Some((well, said)) = analyze(&["calendar", "--iterations=5", calendar], &[]) else {
            return;
        };
        assert!(well, "{said}");
        let beats: Vec<jiff::Timestamp> = said
            .lines()
            .filter_map(|line| line.strip_suffix(" UTC").and_then(|line| line.get(line.len() - 19..)))
            .map(|beat| format!("{}Z", beat.replace(' ', "T")).parse().unwrap())
            .collect();
        assert_eq!(beats.len(), 5, "{said}");
        assert!(
            beats
                .windows(2)
                .all(|pair| pair[1].duration_since(pair[0]).as_secs() == seconds),
            "{every}: {said}"
        );
    }
}

#[test]
fn the_commands_above_the_units_put_them_where_they_belong() {
    let (outer, root) = clinic_in("it's 50 %");
    let output = cron_of(tidings(), &root, &["--systemd", "--user", "--every", "1h"]).exits(0);
    let commands: Vec<&str> = output.stdout.lines().filter_map(|line| line.strip_prefix("#   ")).collect();
    assert_eq!(commands.len(), 3, "{output}");
    assert_eq!(
        commands[2],
        "systemctl --user daemon-reload && systemctl --user enable --now tidings-it-s-50.timer"
    );
    for command in &commands[..2] {
        let mut sh = Command::new("/bin/sh");
        sh.env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", outer.root())
            .current_dir("/");
        Running::start(
            {
                sh.args(["-c", command]);
                sh
            },
            (*command).to_owned(),
        )
        .wait()
        .exits(0)
        .says_nothing();
    }
    let whole = cron_of(tidings(), &root, &["--systemd", "--user", "--every", "1h", "--json"])
        .exits(0)
        .json();
    for file in whole[0]["files"].as_array().unwrap() {
        let name = file["name"].as_str().unwrap();
        assert_eq!(
            outer.read(&format!(".config/systemd/user/{name}")),
            file["text"].as_str().unwrap()
        );
    }
    let machines = cron_of(tidings(), &root, &["--systemd"]).exits(0);
    machines.prints("--part service | sudo tee /etc/systemd/system/tidings-it-s-50.service >/dev/null\n");
}

#[test]
fn logrotate_reads_its_snippet() {
    let (outer, root) = clinic_in("mail");
    let log = root.join("run log.txt");
    std::fs::write(&log, "2026-12-01T09:00:00Z tidings[4711]: run begun\n").unwrap();
    let output = cron_of(tidings(), &root, &["--logrotate", "--log-file", log.to_str().unwrap()]).exits(0);
    let Some(logrotate) = or_passed_over(program("logrotate"), "logrotate") else {
        return;
    };
    outer.write("snippet", &output.stdout);
    std::fs::set_permissions(outer.path("snippet"), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let said = Command::new(logrotate)
        .args(["--debug", "--force", "--state"])
        .args([outer.path("state"), outer.path("snippet")])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.status.success() && !text.contains("error"), "{text}");
    assert!(text.contains(&format!("considering log {}", log.display())), "{text}");
    assert!(text.contains("log needs rotating"), "{text}");
}
