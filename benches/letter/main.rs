//! The letter benchmark: what one letter costs on one core, by parts, and how many instructions it takes.
//!
//! ```sh
//! cargo bench --bench letter                              microseconds a letter, medians of rounds
//! CARGO_INCREMENTAL=0 cargo bench --profile dev --config profile.dev.package.tidings.opt-level=3 --bench letter -- --instructions
//!                                                         fails when a letter takes over 10 % more instructions than recorded
//! ```
//!
//! Microseconds are for people who look for where the time goes; they differ from machine to machine and hour to hour, so nothing is
//! asserted about them. Instructions are counted by valgrind's callgrind and hardly differ at all: see `instructions.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark that meets the unexpected stops and says what it met"
)]

mod editions;
mod instructions;

use editions::{Edition, Person};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;
use tidings::letter::lint::wire;
use tidings::store::DeliveryId;
use tidings::store::keys::Keys;
use tidings::subscriber::Attributes;

const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// Letters of one round.
const LETTERS: usize = 500;
const ROUNDS: usize = 15;

fn main() -> ExitCode {
    // Cargo adds `--bench`.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => table(),
        ["--instructions"] => return instructions::compare(),
        ["--record"] => instructions::record(),
        ["--compose", edition, count] => compose(edition, count.parse().unwrap()),
        _ => panic!("no such options: --instructions, --record, --compose EDITION COUNT"),
    }
    ExitCode::SUCCESS
}

/// Composes so many letters and nothing else: what the instructions are counted of, and what a profiler looks at.
fn compose(edition: &str, count: usize) {
    let known = instructions::EDITIONS.into_iter().find(|name| *name == edition).unwrap();
    let edition = editions::named(known);
    let people = editions::people(LETTERS);
    for person in people.iter().cycle().take(count) {
        black_box(edition.compiled.compose(&person.recipient, &person.stamp).unwrap());
    }
}

/// The parts of one letter, each in microseconds.
fn table() {
    let people = editions::people(LETTERS);
    println!("microseconds a letter on one core: medians of {ROUNDS} rounds of {LETTERS} letters");
    println!(
        "{:<10} {:>7} {:>8} {:>7} {:>6} {:>7} {:>9} {:>8}",
        "edition", "bytes", "render", "build", "wire", "all", "+ ed25519", "+ rsa"
    );
    for edition in editions::all() {
        row(&edition, &people);
    }
    println!("beside it, for each letter: {}", beside(&people));
}

fn row(edition: &Edition, people: &[Person]) {
    let compiled = &edition.compiled;
    let letters: Vec<Vec<u8>> = people
        .iter()
        .map(|person| compiled.compose(&person.recipient, &person.stamp).unwrap().bytes)
        .collect();
    let bytes: usize = letters.iter().map(Vec::len).sum();
    let render = median(people, |person| {
        black_box(compiled.render(&person.recipient).unwrap());
    });
    let all = median(people, |person| {
        black_box(compiled.compose(&person.recipient, &person.stamp).unwrap());
    });
    let wire = median(&letters, |letter| wire(black_box(letter)).unwrap());
    let signed = ["ed25519", "rsa"].map(|key| {
        let signed = editions::signed(compiled, key);
        let few = &people[..people.len() / 10];
        median(few, |person| {
            black_box(signed.compose(&person.recipient, &person.stamp).unwrap());
        }) - all
    });
    println!(
        "{:<10} {:>7} {render:>8.1} {:>7.1} {wire:>6.1} {all:>7.1} {:>9.1} {:>8.0}",
        edition.name,
        bytes / letters.len(),
        all - render - wire,
        signed[0],
        signed[1]
    );
}

/// What the store does for each letter before it is composed: its columns read, its number made.
fn beside(people: &[Person]) -> String {
    let keys = Keys::random().unwrap();
    let columns = median(people, |person| {
        black_box(serde_json::from_str::<Attributes>(black_box(&person.columns)).unwrap());
    });
    let number = median(people, |_| {
        black_box(keys.message_id(DeliveryId(black_box(7)), 1, 0));
    });
    format!("its columns read from JSON {columns:.1}, its Message-ID made {number:.1}")
}

/// The median of rounds over all `items`, in microseconds an item.
fn median<T>(items: &[T], mut work: impl FnMut(&T)) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            items.iter().for_each(&mut work);
            began.elapsed().as_secs_f64() * 1e6 / items.len() as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}
