//! A store that can be read and not written: a disk that was mounted so, files and folders whose modes say so.

use super::volume::Volume;
use super::{Figures, RUN, Scene, assert_told, judged};
use crate::support::judge::{Phase, Rule};
use crate::support::ledger::until;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// A scene whose edition is half sent, by a run that was asked to stop; `None` stays before the first letter, with the list imported.
fn half_sent(told: &str, after: Option<usize>) -> Scene {
    let mut scene = Scene::new(told.to_owned(), 20, 3);
    scene.clinic.run_through(as_a_user());
    scene.clinic.run(&["import", "subscribers/patients.csv"]).exits(0);
    if let Some(after) = after {
        stop_after(&scene, after);
    }
    scene
}

fn stop_after(scene: &Scene, letters: usize) {
    scene.linger();
    scene.judge.add(Rule::at(Phase::Dot).delay(Duration::from_millis(20)));
    let run = scene.clinic.spawn(RUN);
    until("half of the letters", || judged(&scene.judge) >= letters);
    run.signal("TERM");
    run.wait().exits(75);
    scene.judge.heal();
}

/// The store cannot be written: the run says so and speaks to no relay.
#[track_caller]
fn refuses(scene: &Scene) {
    let (letters, callers) = (judged(&scene.judge), scene.judge.connections());
    let failed = scene.clinic.run(RUN);
    assert_told(&failed, &scene.told);
    assert_eq!(
        (judged(&scene.judge), scene.judge.connections()),
        (letters, callers),
        "{}: somebody was spoken to\n{failed}",
        scene.told
    );
}

#[test]
fn a_disk_that_is_mounted_read_only_is_found_before_anybody_is_spoken_to() {
    let mut figures = Figures::of("read-only disk");
    for after in [None, Some(4), Some(9)] {
        let mut scene = Scene::new(format!("read-only after {after:?}"), 20, 3);
        let Some(volume) = Volume::mount(&scene.clinic.path(".tidings"), "size=4m") else {
            return;
        };
        scene.clinic.run_through(volume.wrapper());
        scene.clinic.run(&["import", "subscribers/patients.csv"]).exits(0);
        if let Some(after) = after {
            stop_after(&scene, after);
        }
        volume.remount("ro");
        refuses(&scene);
        volume.remount("rw");
        figures.add(scene.comes_to_its_end(RUN));
    }
}

/// Root may write what nobody may write; without its capabilities it is a user like the others.
fn as_a_user() -> Vec<String> {
    let id = Command::new("id").arg("-u").output().unwrap();
    let words: &[&str] = match id.stdout.as_slice() {
        b"0\n" => &["setpriv", "--bounding-set", "-all", "--inh-caps", "-all", "--"],
        _ => &[],
    };
    words.iter().map(ToString::to_string).collect()
}

fn allow(place: &Path, mode: u32) {
    std::fs::set_permissions(place, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_store_whose_modes_forbid_writing_is_found_before_anybody_is_spoken_to() {
    let mut figures = Figures::of("read-only files");
    for after in [None, Some(6)] {
        for (name, closed, open) in [
            (".tidings/store.db", 0o400, 0o600),
            (".tidings", 0o500, 0o700),
            (".tidings/store.db", 0o000, 0o600),
            (".tidings/keys", 0o000, 0o600),
            (".tidings/lock", 0o400, 0o600),
            (".tidings", 0o000, 0o700),
        ] {
            let scene = half_sent(&format!("{name} {closed:o} after {after:?}"), after);
            let place = scene.clinic.path(name);
            if !place.exists() {
                continue;
            }
            allow(&place, closed);
            refuses(&scene);
            allow(&place, open);
            figures.add(scene.comes_to_its_end(RUN));
        }
    }
}
