//! Limits of the process: no larger files, no more open files, no more memory, no more inodes.

use super::volume::Volume;
use super::{Figures, RUN, Scene, assert_told, is_told, points};

/// Runs under `limit`, a line of shell, and without it to the end; how a run that met its limit may end is `endings`, `None` for a
/// signal. Gives whether it did.
fn meet(figures: &mut Figures, limit: &str, endings: &[Option<i32>]) -> bool {
    let scene = Scene::new(limit.to_owned(), 20, 3);
    scene.clinic.run(&["import", "subscribers/patients.csv"]).exits(0);
    let script = format!("{limit}; exec \"$@\"");
    let wrapper = ["timeout", "-k", "5", "10", "sh", "-c", &script, "sh"];
    let failed = scene.clinic.spawn_through(&wrapper, RUN).wait();
    let is_met = failed.status != Some(0);
    assert!(!is_met || endings.contains(&failed.status), "{}\n{failed}", scene.told);
    let toll = scene.comes_to_its_end(RUN);
    if is_met {
        figures.add(toll);
    }
    is_met
}

/// So many limits, close together where the store is small.
fn blocks(many: usize) -> impl Iterator<Item = usize> {
    (0..many).map(move |point| point * point * 400 / (many * many))
}

#[test]
fn files_that_may_not_grow_are_a_store_that_cannot_be_written() {
    let mut figures = Figures::of("file size limit, EFBIG");
    for blocks in blocks(points(3, 20)) {
        let met = meet(&mut figures, &format!("trap '' XFSZ; ulimit -f {blocks}"), &[Some(74)]);
        assert!(met, "{blocks} blocks are enough");
    }
}

/// Nobody ignores this signal, so it kills: what was under way is in doubt.
#[test]
fn the_signal_of_a_file_size_limit_is_met_like_a_kill() {
    let mut figures = Figures::of("file size limit, SIGXFSZ");
    for blocks in blocks(points(2, 20)) {
        let met = meet(
            &mut figures,
            &format!("ulimit -c 0; ulimit -f {blocks}"),
            &[Some(128 + 25), None, Some(74)],
        );
        assert!(met, "{blocks} blocks are enough");
    }
}

/// How few files are enough depends on the number of threads; four are not.
#[test]
fn too_few_open_files_are_told_and_lose_nobody() {
    let mut figures = Figures::of("open files limit");
    let mut untold = Vec::new();
    for files in (4..24).step_by(points(5, 1)) {
        let scene = Scene::new(format!("ulimit -n {files}"), 20, 3);
        let script = format!("ulimit -n {files}; exec \"$@\"");
        let failed = scene.clinic.spawn_through(&["sh", "-c", &script, "sh"], RUN).wait();
        let toll = scene.comes_to_its_end(RUN);
        if failed.status == Some(0) {
            assert!(files > 4, "{files} files are enough");
            continue;
        }
        figures.add(toll);
        if !is_told(&failed, &[70, 74, 75, 78]) {
            untold.push(format!("{files} files: {failed}"));
        }
    }
    assert!(untold.is_empty(), "ended without a word for people:\n{}", untold.join("\n"));
}

/// Aborted for want of memory, an ending with words, a panic, no start at all; a run that hangs would be 124.
const BROKEN: [Option<i32>; 6] = [Some(128 + 6), None, Some(70), Some(74), Some(101), Some(127)];

#[test]
fn too_little_memory_loses_nobody() {
    let mut figures = Figures::of("memory limit");
    let many = points(4, 24);
    for kib in (0..many).map(|point| 20_000 + point * 200_000 / many) {
        let met = meet(&mut figures, &format!("ulimit -c 0; ulimit -v {kib}"), &BROKEN);
        assert!(met || kib > 20_000, "{kib} KiB are enough");
    }
}

#[test]
fn a_disk_without_inodes_loses_nobody() {
    let mut figures = Figures::of("no inodes");
    for inodes in 1..=5 {
        let mut scene = Scene::new(format!("{inodes} inodes"), 20, 3);
        let Some(volume) = Volume::mount(&scene.clinic.path(".tidings"), &format!("size=4m,nr_inodes={inodes}")) else {
            return;
        };
        scene.clinic.run_through(volume.wrapper());
        let failed = scene.clinic.run(RUN).exits(74);
        assert_told(&failed, &scene.told);
        volume.remount("nr_inodes=1000");
        figures.add(scene.comes_to_its_end(RUN));
    }
}
