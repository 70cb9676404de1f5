//! A disk that runs full, at whatever moment: while the store is made, the list is read, the edition drafted, the letters sent.

use super::volume::Volume;
use super::{Figures, RUN, Scene, assert_told, judged, points};
use crate::support::judge::{Phase, Rule};
use crate::support::ledger::until;
use std::time::Duration;

const PEOPLE: usize = 20;
const CONNECTIONS: usize = 3;
const KIB: u64 = 1024;

/// A scene whose store stands on a small disk of its own.
fn on_a_small_disk(told: String, options: &str) -> Option<(Scene, Volume)> {
    let mut scene = Scene::new(told, PEOPLE, CONNECTIONS);
    let volume = Volume::mount(&scene.clinic.path(".tidings"), options)?;
    scene.clinic.run_through(volume.wrapper());
    Some((scene, volume))
}

/// Runs with so much room, and with all room again to the end; gives whether the room was too little.
fn with_room(figures: &mut Figures, scene: &Scene, volume: &Volume, room: u64) -> bool {
    volume.leave_free(room);
    let failed = scene.clinic.run(RUN);
    volume.empty();
    let is_met = failed.status != Some(0);
    if is_met {
        assert_told(&failed, &scene.told);
    }
    let toll = scene.comes_to_its_end(RUN);
    if is_met {
        figures.add(toll);
    }
    is_met
}

#[test]
fn a_disk_that_fills_up_while_the_store_is_made_leaves_none_or_a_whole_one() {
    let (mut figures, mut met) = (Figures::of("disk full, new store"), 0);
    let many = points(6, 40);
    for room in (0..many as u64).map(|point| point * 320 / many as u64 * KIB) {
        let Some((scene, volume)) = on_a_small_disk(format!("{room} bytes for a new store"), "size=4m") else {
            return;
        };
        met += usize::from(with_room(&mut figures, &scene, &volume, room));
    }
    assert!(met > many / 2, "{met} met");
}

#[test]
fn a_disk_that_fills_up_in_a_run_loses_nobody() {
    let (mut figures, mut met) = (Figures::of("disk full, by room"), 0);
    let many = points(6, 40);
    for room in (0..many as u64).map(|point| point * 480 / many as u64 * KIB) {
        let Some((scene, volume)) = on_a_small_disk(format!("{room} bytes for the run"), "size=4m") else {
            return;
        };
        scene.clinic.run(&["import", "subscribers/patients.csv"]).exits(0);
        met += usize::from(with_room(&mut figures, &scene, &volume, room));
    }
    assert!(met > many / 2, "{met} met");
}

#[test]
fn a_disk_that_somebody_else_fills_loses_nobody() {
    let mut figures = Figures::of("disk full, at a letter");
    for point in 0..points(4, 20) {
        let Some((scene, volume)) = on_a_small_disk(format!("full after {point} letters"), "size=4m") else {
            return;
        };
        scene.linger();
        scene.judge.add(Rule::at(Phase::Dot).delay(Duration::from_millis(5)));
        let mut run = scene.clinic.spawn(RUN);
        until("the moment", || judged(&scene.judge) >= point || !run.is_alive());
        volume.leave_free(point as u64 % 2 * 4 * KIB);
        let failed = run.wait();
        volume.empty();
        assert_told(&failed, &scene.told);
        figures.add(scene.comes_to_its_end(RUN));
    }
}
