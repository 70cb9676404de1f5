//! A process that is stopped for longer than anybody waits, and goes on: a laptop that sleeps, a virtual machine that is paused.
//!
//! Whatever the relay and a second host have done meanwhile, the sleeper sends nothing twice when it wakes: its lock may be lost, but
//! what it may send stands in the store (laws 5, 6 and 10).

use super::{Chance, Figures, RUN, Scene, points};
use crate::support::judge::{Phase, Rule};
use crate::support::ledger::until;
use crate::support::workspace::run::Running;
use std::time::Duration;

const PEOPLE: usize = 24;
const CONNECTIONS: usize = 4;

/// Where the process is stopped; each phase of the conversation takes a moment, so that the stop falls into any of them.
fn scene(told: String) -> Scene {
    let scene = Scene::new(told, PEOPLE, CONNECTIONS);
    scene.linger();
    for phase in [Phase::Banner, Phase::Mail, Phase::Rcpt, Phase::Data, Phase::Dot] {
        scene.judge.add(Rule::at(phase).delay(Duration::from_millis(1)));
    }
    scene
}

/// Starts a run and stops it as soon as the judge has heard so many commands; from then on the judge does not dawdle.
fn asleep(scene: &Scene, commands: usize) -> Running {
    let mut run = scene.clinic.spawn(RUN);
    until("the moment to sleep", || {
        scene.judge.commands().len() >= commands || !run.is_alive()
    });
    stop(&run);
    assert!(run.is_alive(), "{}: it ended before it could be stopped", scene.told);
    scene.judge.heal();
    run
}

/// Stops the process and waits until each of its threads has: on a busy machine some go on for a while.
fn stop(run: &Running) {
    run.signal("STOP");
    until("the sleep of every thread", || {
        let mut stats = run.of_each_thread("stat").into_iter();
        stats.all(|stat| stat.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with(['T', 'Z'])))
    });
}

/// A moment in the conversation: some commands before the end, so that there is something left to do.
fn moment(chance: &mut Chance) -> usize {
    1 + chance.below(3 * PEOPLE - 3 * CONNECTIONS)
}

#[test]
fn a_sleeper_whose_relay_has_hung_up_sends_nobody_a_second_letter() {
    let mut figures = Figures::of("stopped, relay hangs up");
    for seed in 0..points(4, 40) as u64 {
        let commands = moment(&mut Chance(seed));
        let scene = scene(format!("seed {seed}: stopped after {commands} commands, hung up"));
        let run = asleep(&scene, commands);
        scene.judge.hang_up();
        // Cron goes on while the sleeper holds the lock, and people look.
        scene.clinic.run(RUN).exits(0).says_nothing();
        scene.clinic.run(&["status"]).exits(0);
        run.signal("CONT");
        let woken = run.wait();
        assert!(matches!(woken.status, Some(0 | 1 | 75)), "{}\n{woken}", scene.told);
        let ledger = scene.assert_true();
        let doubts = ledger.people("in_doubt");
        assert!(doubts.len() <= CONNECTIONS, "{}: {doubts:?}", scene.told);
        for address in doubts {
            assert!(
                woken.stdout.contains(address),
                "{}: {address} is not named\n{woken}",
                scene.told
            );
        }
        figures.add(scene.comes_to_its_end(RUN));
    }
}

/// What a second host does while the first one sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Second {
    /// It has sent the rest before the sleeper wakes.
    Ends,
    /// Both are awake for the rest of the edition.
    Meets,
    /// A third comes too, and takes letters that living runs have just begun for a dead run's.
    IsFollowed,
    /// It comes while the sleeper sleeps in the middle of a transaction, if it does.
    Waits,
}

#[test]
fn a_sleeper_whose_lock_was_taken_away_sends_nobody_a_second_letter() {
    let mut figures = Figures::of("stopped, lock stolen");
    let seconds = [Second::Ends, Second::Meets, Second::IsFollowed, Second::Waits];
    for (seed, second) in (0..points(8, 80) as u64).zip(seconds.into_iter().cycle()) {
        let commands = moment(&mut Chance(seed));
        let scene = scene(format!(
            "seed {seed}: stopped after {commands} commands, lock stolen, the second {second:?}"
        ));
        let sleeper = asleep(&scene, commands);
        if second != Second::Waits {
            sleep_between_transactions(&scene, &sleeper);
        }
        let is_hung_up = seed / 4 % 2 == 1;
        if is_hung_up {
            scene.judge.hang_up();
        }
        steal(&scene, sleeper, second);
        let toll = scene.comes_to_its_end(RUN);
        // What a sleeper begins after it woke to dead connections may be taken for a dead run's too.
        let taken = usize::from(is_hung_up) + if second == Second::IsFollowed { 3 } else { 1 };
        assert!(toll.in_doubt <= taken * CONNECTIONS, "{}: {toll:?}", scene.told);
        figures.add(toll);
    }
}

/// Wakes the sleeper for a blink until it sleeps with no transaction open, which would keep every other process waiting.
fn sleep_between_transactions(scene: &Scene, sleeper: &Running) {
    let store = rusqlite::Connection::open(scene.clinic.path(".tidings/store.db")).unwrap();
    store.busy_timeout(Duration::ZERO).unwrap();
    until("a sleep between transactions", || {
        let free = store.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_ok();
        if !free {
            sleeper.signal("CONT");
            stop(sleeper);
        }
        free
    });
}

/// A second run with a lock of its own, and a sleeper that wakes sooner or later.
fn steal(scene: &Scene, sleeper: Running, second: Second) {
    // Another host has another lock.
    std::fs::remove_file(scene.clinic.path(".tidings/lock")).unwrap();
    let before = scene.judge.connections();
    let mut thief = scene.clinic.spawn(RUN);
    if second != Second::Waits {
        until("the second's turn", || {
            !thief.is_alive() || second != Second::Ends && scene.judge.connections() > before
        });
    }
    sleeper.signal("CONT");
    if second == Second::IsFollowed {
        std::fs::remove_file(scene.clinic.path(".tidings/lock")).unwrap();
        let third = scene.clinic.run(RUN);
        assert!(matches!(third.status, Some(0 | 1)), "{}\n{third}", scene.told);
    }
    let ended = thief.wait();
    assert!(matches!(ended.status, Some(0 | 1)), "{}\n{ended}", scene.told);
    let woken = sleeper.wait();
    assert!(matches!(woken.status, Some(0 | 1 | 75)), "{}\n{woken}", scene.told);
}
