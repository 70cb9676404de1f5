//! The speed of sending, beside other senders, on this machine: one command, and whoever doubts a figure can repeat it.
//!
//! ```sh
//! cargo bench --bench speed                                  # ten thousand people, ten connections, no delay and 30 ms
//! cargo bench --bench speed -- --connections 1,10,50         # --help tells the rest
//! ```
//!
//! All senders write to one strict sink on loopback, one after the other, round after round; rates are counted there, from the first
//! letter's end to the last one's. Ours renders a personal letter of 8 KB for everybody and keeps a durable record of each; smtp-source
//! renders nothing and keeps none. Figures are medians with their extremes; ratios are taken within a round. Nothing is asserted about
//! time, much about letters: one that is missing, doubled or out of turn ends the benchmark. Nothing leaves this machine.
//!
//! `docs/performance.md` says what the figures mean and what is not claimed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark that meets the unexpected stops and says what it met"
)]

mod bench;
mod clinic;
mod commits;
mod figures;
mod goals;
mod letter;
mod machine;
#[path = "../meter/mod.rs"]
mod meter;
mod options;
mod peers;
mod sender;
mod show;
mod signing;
mod sink;
mod tables;

use bench::Bench;
use options::Options;
use peers::Peers;
use sender::Sender;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((word, rest)) if word == "sink" => sink::serve(rest),
        Some((word, rest)) if word == meter::WORD => meter::measure(rest),
        _ => match Options::of(&arguments) {
            Some(options) => compare(&options),
            None => {
                print!("{}", options::USAGE);
                let is_asked_for = arguments.iter().any(|word| word == "--help");
                return ExitCode::from(if is_asked_for { 0 } else { 2 });
            }
        },
    }
    ExitCode::SUCCESS
}

fn compare(options: &Options) {
    let mut bench = Bench::new(options);
    let tables = tables::plan(options, &bench);
    tell_machine(&bench);
    tell_missing(&bench);
    let first = tables::guess_before_the_first_letter(options);
    let seconds = tables.iter().map(|table| table.guess(options.rounds)).sum::<f64>() + first;
    println!("about {:.0} min, longer where others work", (seconds / 60.0).ceil());

    let mut rows = tables::before_the_first_letter(options, &mut bench);
    for table in tables {
        rows.extend(table.run(options.rounds, &mut bench));
    }
    if options.goals {
        goals::show(&rows);
    }
}

fn tell_machine(bench: &Bench) {
    println!(
        "{} cores, {}; load {}",
        machine::cores(),
        machine::processor(),
        machine::load()
    );
    println!(
        "where the stores lie, 4 KiB appended and kept (fdatasync) take {:.2} ms, median (lowest-highest) of 200",
        machine::commit_time(bench.folder())
    );
}

fn tell_missing(bench: &Bench) {
    let all = [Sender::SmtpSource, Sender::OpenSsl].into_iter().chain(Sender::OTHERS);
    for sender in all.filter(|sender| !bench.peers.has(*sender)) {
        println!("not here: {} ({})", sender.name(), Peers::how_to_get(sender));
    }
    if bench.pretence.is_none() {
        println!("not here: cc, so no rates by the disk's speed");
    }
}
