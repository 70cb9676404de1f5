//! The relay benchmark: letters a second over a line with a delay, ours beside Postfix's `smtp-source`, in one alternating run.
//!
//! ```sh
//! cargo bench --bench relay -- --people 1000 --delay 30 --connections 10 --rounds 5
//! ```
//!
//! Ours renders a personal letter for everybody and writes a durable journal; smtp-source sends one prebuilt text of the same size and
//! writes nothing down. smtp-source does not pipeline: the ratio is what one round trip a letter is worth against four. Rates are counted
//! at the sink, from the first letter's end to the last one's. Nothing leaves this machine.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark that meets the unexpected stops and says what it met"
)]

mod options;
mod sink;
mod workspace;

use options::Options;
use sink::{Offers, Sink};
use std::process::{Command, Stdio};

/// One sender's rates, in letters a second.
struct Rates {
    name: &'static str,
    rates: Vec<f64>,
}

impl Rates {
    fn new(name: &'static str) -> Self {
        Self { name, rates: Vec::new() }
    }

    fn median(&self) -> f64 {
        let mut sorted = self.rates.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    }

    fn show(&self, against: f64) {
        let (low, high) = self
            .rates
            .iter()
            .fold((f64::MAX, 0.0_f64), |(low, high), rate| (low.min(*rate), high.max(*rate)));
        let (name, median) = (self.name, self.median());
        println!("{name:<44} {median:>8.0} ({low:.0}-{high:.0}) {:>7.2} x", median / against);
    }
}

fn main() {
    let options = Options::of(std::env::args().skip(1));
    let people = options.people;
    println!(
        "{people} letters, {} connections, {} ms a reply, {} rounds; letters a second: median (lowest-highest), against smtp-source",
        options.connections, options.delay_ms, options.rounds
    );
    let Some(smtp_source) = find_smtp_source() else {
        println!("smtp-source is not here (Debian: apt-get install postfix): nothing to compare with");
        return;
    };
    let modes = [
        ("tidings, stop and wait", Offers::Nothing, 1),
        ("tidings, PIPELINING, in_flight 1", Offers::Pipelining, 1),
        ("tidings, PIPELINING, in_flight 2", Offers::Pipelining, 2),
        ("tidings, CHUNKING, in_flight 8", Offers::Chunking, 8),
    ];
    let mut peer = Rates::new("smtp-source (no rendering, no journal)");
    let mut ours: Vec<Rates> = modes.iter().map(|(name, ..)| Rates::new(name)).collect();
    for _ in 0..options.rounds {
        peer.rates.push(measure(&options, Offers::Chunking, |port| {
            source(&smtp_source, port, &options);
        }));
        for ((_, offers, in_flight), rates) in modes.iter().zip(&mut ours) {
            if options.is_wanted(rates.name) {
                let clinic = workspace::clinic(people);
                rates.rates.push(measure(&options, *offers, |port| {
                    clinic.send(port, options.connections, *in_flight);
                }));
            }
        }
    }
    let against = peer.median();
    peer.show(against);
    for rates in ours.iter().filter(|rates| !rates.rates.is_empty()) {
        rates.show(against);
    }
}

/// Letters a second as the sink saw them; every letter has to have come.
fn measure(options: &Options, offers: Offers, send: impl FnOnce(u16)) -> f64 {
    let sink = Sink::start(offers, options.delay_ms);
    send(sink.port());
    let count = sink.stop();
    assert_eq!(count.letters, options.people, "letters at the sink");
    count.rate()
}

fn find_smtp_source() -> Option<String> {
    let places = ["smtp-source", "/usr/sbin/smtp-source"];
    let is_here = |place: &&str| {
        Command::new(place)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok()
    };
    places.into_iter().find(is_here).map(str::to_owned)
}

fn source(program: &str, port: u16, options: &Options) {
    let (people, sessions) = (options.people.to_string(), options.connections.to_string());
    let length = options.length.to_string();
    let arguments = [
        "-d",
        "-m",
        &people,
        "-N",
        "-s",
        &sessions,
        "-l",
        &length,
        "-f",
        "a@news.example",
        "-t",
        "u@list.example",
    ];
    let status = Command::new(program)
        .args(arguments)
        .arg(format!("127.0.0.1:{port}"))
        .status();
    assert!(status.unwrap().success(), "smtp-source failed");
}
