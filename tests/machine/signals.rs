//! Signals at any moment: one asks the run to hear the open answers out, two end it at once.

use super::{Chance, Figures, RUN, Scene, judged, points};
use crate::support::judge::{Phase, Rule};
use crate::support::ledger::until;
use std::time::Duration;

const PEOPLE: usize = 20;
const CONNECTIONS: usize = 4;
const SIGNALS: [&str; 3] = ["TERM", "HUP", "INT"];

/// Lets the rest go where an interrupt has held it.
fn release(scene: &Scene) {
    scene.clinic.run(&["release", "seasonal-immunity"]).exits(0);
}

#[test]
fn one_signal_leaves_nobody_in_doubt() {
    for signal in SIGNALS {
        let mut figures = Figures::of(match signal {
            "TERM" => "one SIGTERM",
            "HUP" => "one SIGHUP",
            _ => "one SIGINT",
        });
        for seed in 0..points(3, 25) as u64 {
            let commands = 1 + Chance(seed).below(3 * PEOPLE - 6 * CONNECTIONS);
            let scene = Scene::new(
                format!("seed {seed}: {signal} after {commands} commands"),
                PEOPLE,
                CONNECTIONS,
            );
            scene.linger();
            scene.judge.add(Rule::at(Phase::Dot).delay(Duration::from_millis(20)));
            let run = scene.clinic.spawn(RUN);
            until("the moment", || scene.judge.commands().len() >= commands);
            run.signal(signal);
            let stopped = run.wait().exits(75);
            let ledger = scene.assert_true();
            let waits = ledger.people("pending").len();
            assert_eq!(
                (ledger.people("accepted").len(), waits > 0),
                (PEOPLE - waits, true),
                "{}: {:?}\n{stopped}",
                scene.told,
                ledger.counts()
            );
            if signal == "INT" {
                let before = judged(&scene.judge);
                scene.clinic.run(RUN).exits(0).says_nothing();
                assert_eq!(judged(&scene.judge), before, "held is held");
                release(&scene);
            }
            figures.add(scene.comes_to_its_end(RUN));
        }
    }
}

#[test]
fn two_signals_end_the_run_at_once_with_few_in_doubt() {
    for signal in SIGNALS {
        let mut figures = Figures::of(match signal {
            "TERM" => "two SIGTERM",
            "HUP" => "two SIGHUP",
            _ => "two SIGINT",
        });
        for seed in 0..points(2, 20) as u64 {
            let letters = Chance(seed).below(PEOPLE - CONNECTIONS);
            let scene = Scene::new(
                format!("seed {seed}: two {signal} after {letters} letters"),
                PEOPLE,
                CONNECTIONS,
            );
            let silent = Rule::at(Phase::Dot).after(letters).hang();
            scene.judge.add(if seed % 2 == 0 { silent.kept() } else { silent });
            let mut run = scene.clinic.spawn(RUN);
            until("a letter that is never answered", || judged(&scene.judge) > letters);
            // Two signals of a kind that come close together are one to the kernel, so it is asked until it has heard.
            until("the end of the run", || {
                if run.is_alive() {
                    run.signal(signal);
                }
                !run.is_alive()
            });
            run.wait().exits(75).tells("are in doubt");
            if signal == "INT" {
                scene.clinic.run(&["release", "seasonal-immunity"]);
            }
            figures.add(scene.comes_to_its_end(RUN));
        }
    }
}

/// Who presses Ctrl-C twice means it no less than who presses it once.
#[test]
fn two_interrupts_hold_the_rest_as_one_does() {
    let scene = Scene::new("two interrupts".to_owned(), PEOPLE, CONNECTIONS);
    scene.judge.add(Rule::at(Phase::Dot).after(5).hang().kept());
    let mut run = scene.clinic.spawn(RUN);
    until("a letter that is never answered", || judged(&scene.judge) > 5);
    until("the end of the run", || {
        if run.is_alive() {
            run.signal("INT");
        }
        !run.is_alive()
    });
    run.wait().exits(75);
    scene.judge.heal();
    let before = judged(&scene.judge);
    scene.clinic.run(RUN).exits(1);
    assert_eq!(judged(&scene.judge), before, "held is held");
    release(&scene);
    scene.clinic.run(RUN).exits(0);
    scene.is_at_its_end(RUN);
}
