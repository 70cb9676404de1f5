//! Random kills: as many stories as it takes, two at a time.
//!
//! `TIDINGS_KILLS=N` asks for so many kills, `TIDINGS_SEED=S` for the one story of this seed.

use super::clinic;
use super::figures::{Sum, say};
use super::mode::{self, Mode};
use super::story::tell;
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::stopwatch::Stopwatch;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Kills where nobody asks for more.
const KILLS: usize = 15;
/// Stories told at a time.
const AT_A_TIME: usize = 2;

fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|number| number.parse().ok())
}

#[test]
fn nobody_is_lost_and_nobody_gets_two_however_often_the_program_is_killed() {
    if let Some(seed) = asked("TIDINGS_SEED") {
        let began = Stopwatch::start();
        let mut sum = Sum::default();
        sum.add(Mode::of(seed), &tell(seed));
        return sum.print(began.shows());
    }
    let kills = asked("TIDINGS_KILLS").map_or(KILLS, |kills| usize::try_from(kills).unwrap());
    clinic::words_by_address();
    let (next, sum, began) = (AtomicU64::new(1), Mutex::new(Sum::default()), Stopwatch::start());
    std::thread::scope(|scope| {
        let tellers: Vec<_> = (0..AT_A_TIME)
            .map(|_| scope.spawn(|| until_enough(&next, &sum, kills)))
            .collect();
        for teller in tellers {
            // The story has said what broke; a test has one voice to fail with.
            teller.join().unwrap_or_else(|broken| std::panic::resume_unwind(broken));
        }
    });
    sum.into_inner().unwrap().print(began.shows());
}

/// Tells stories until there are as many kills as were asked for, and each mode has had its turn.
fn until_enough(next: &AtomicU64, sum: &Mutex<Sum>, kills: usize) {
    loop {
        let seed = next.fetch_add(1, Ordering::SeqCst);
        if seed > mode::ALL.len() as u64 && sum.lock().unwrap().all.kills >= kills {
            return;
        }
        let figures = tell(seed);
        sum.lock().unwrap().add(Mode::of(seed), &figures);
    }
}

/// So many kills are a long run, which also looks at a long list.
const LONG: u64 = 10_000;

#[test]
fn a_resume_goes_to_the_relay_at_once_however_long_the_list_is() {
    let people = match asked("TIDINGS_KILLS") {
        Some(LONG..) => 20_000,
        Some(_) | None => 200,
    };
    let judge = Judge::start_apart().rule(Rule::at(Phase::Dot).after(2).hang().kept());
    let clinic = clinic::clinic(&judge, people, 4);
    let running = clinic.spawn(&["send", clinic::CAMPAIGN]);
    until("a letter that is never answered", || judge.letters() > 2);
    running.kill();
    judge.settle();
    let callers = judge.connections();
    let began = Stopwatch::start();
    let mut running = clinic.spawn(&["run"]);
    until("a call, or the end of the run", || {
        judge.connections() > callers || !running.is_alive()
    });
    let took = began.shows();
    assert!(running.is_alive(), "the run has called nobody\n{}", running.wait());
    let what = format!("seconds from the start of a resume of {people} people to its first connection");
    say("kills", &what, format!("{:.3}", took.as_secs_f64()));
    drop(running);
}
