//! Outputs that nobody reads or that cannot be written: they never keep a letter from leaving.

use super::{Figures, RUN, Scene, points};

/// Runs with its outputs spoilt by a line of shell around `"$@"`; gives the program's own exit code.
fn spoilt(scene: &Scene, script: &str, arguments: &[&str]) -> i32 {
    let script = script.replace("RUN", "{ \"$@\"; echo $? >code; }");
    scene.clinic.spawn_through(&["sh", "-c", &script, "sh"], arguments).wait();
    scene.clinic.read("code").trim().parse().unwrap()
}

#[test]
fn outputs_that_are_closed_or_full_stop_no_letter() {
    let mut figures = Figures::of("closed and full outputs");
    let (send, json) = (
        ["send", "seasonal-immunity", "--now", RUN[2]],
        ["run", "--json", "--now", RUN[2]],
    );
    let verbs = [&send[..], RUN, &json];
    for (script, code) in [
        // A reader that has gone away, SIGPIPE ignored and not.
        ("RUN | true", 0),
        ("RUN 2>&1 | true", 0),
        ("trap '' PIPE; RUN 2>&1 | true", 0),
        // Nobody was ever there.
        ("RUN >&-", 0),
        ("RUN 2>&-", 0),
        ("RUN <&- >&- 2>&-", 0),
        // A full disk behind them: what could not be told is a failure, what was sent is on record.
        ("RUN 2>/dev/full", 0),
        ("RUN >/dev/full", 74),
        ("RUN >/dev/full 2>&1", 74),
    ] {
        for verb in &verbs[..points(1, 3)] {
            let scene = Scene::new(format!("{script}, {verb:?}"), 8, 2);
            let code = if *verb == RUN { 0 } else { code };
            assert_eq!(spoilt(&scene, script, verb), code, "{}", scene.told);
            assert_eq!(scene.judge.accepted().len(), 8, "{}", scene.told);
            figures.add(scene.is_at_its_end(RUN));
        }
    }
}
