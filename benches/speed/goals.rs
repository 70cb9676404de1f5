//! The project's goals of sending, held against what was just measured: in words; nothing fails by them.

use crate::figures::{Sample, Spread};
use crate::sender::{CHUNKS, Mode, ONE_BY_ONE, STOP_AND_WAIT, Sender, TWO_AT_ONCE};
use crate::tables::Row;
use std::time::Duration;

/// Which row of a table.
struct Place {
    section: &'static str,
    people: Option<usize>,
    is_delayed: bool,
}

const LOOPBACK: Place = Place {
    section: "relay",
    people: None,
    is_delayed: false,
};
const POSTFIX: Place = Place {
    section: "postfix",
    ..LOOPBACK
};
const LONG_LINE: Place = Place {
    is_delayed: true,
    ..LOOPBACK
};
const A_MILLION: usize = 1_000_000;

type Figure = fn(&Sample) -> f64;
const RATE: Figure = |sample| sample.rate;
const CPU: Figure = |sample| sample.cpu;

/// What a goal says of a figure.
#[derive(Clone, Copy)]
enum Wanted {
    AtLeast(f64),
    AtMost(f64),
}

/// Prints each goal with what it asks for, what was measured, and whether it is met.
pub(crate) fn show(rows: &[Row]) {
    println!("\ngoals (docs/performance.md), on this machine, in this run");
    rates(rows);
    long_line(rows);
    a_million(rows);
    work_of_a_letter(rows);
}

fn rates(rows: &[Row]) {
    let beside = |goal: &str, place, mode, times| {
        beside(rows, goal, place, mode, Sender::SmtpSource, RATE, Wanted::AtLeast(times));
    };
    beside("P1 rate, CHUNKING with 8 in flight / smtp-source", &LOOPBACK, CHUNKS, 1.5);
    for (place, sink) in [(&LOOPBACK, "rate"), (&POSTFIX, "into smtp-sink")] {
        beside(&format!("P2 {sink}, PIPELINING / smtp-source"), place, ONE_BY_ONE, 1.0);
        let two = format!("P2 {sink}, PIPELINING with 2 in flight / smtp-source");
        beside(&two, place, TWO_AT_ONCE, 1.2);
    }
    for (peer, name, times) in [
        (Sender::Nodemailer, "nodemailer", 10.0),
        (Sender::Mailmerge, "mailmerge", 30.0),
    ] {
        // They are offered CHUNKING as well.
        for (mode, words) in [(ONE_BY_ONE, "PIPELINING"), (CHUNKS, "CHUNKING with 8")] {
            let rate = format!("P3 rate, {words} / {name}");
            self::beside(rows, &rate, &LOOPBACK, mode, peer, RATE, Wanted::AtLeast(times));
            let cpu = format!("P3 processor time a letter, {words} / {name}");
            self::beside(rows, &cpu, &LOOPBACK, mode, peer, CPU, Wanted::AtMost(1.0 / 15.0));
        }
    }
}

fn long_line(rows: &[Row]) {
    let beside = |goal, mode, wanted| beside(rows, goal, &LONG_LINE, mode, Sender::SmtpSource, RATE, wanted);
    beside("P4 long line, PIPELINING / smtp-source", ONE_BY_ONE, Wanted::AtLeast(3.6));
    beside("P4 long line, CHUNKING with 8 / smtp-source", CHUNKS, Wanted::AtLeast(15.0));
    beside(
        "P4 long line, stop and wait / smtp-source",
        STOP_AND_WAIT,
        Wanted::AtLeast(0.95),
    );
}

fn a_million(rows: &[Row]) {
    let of = |people| {
        let place = Place {
            people: Some(people),
            ..LOOPBACK
        };
        find(rows, &place, |turn| turn == Sender::Tidings(CHUNKS))
    };
    let many = of(A_MILLION);
    let peak = many.map(|row| Spread::over(&row.samples, |sample| sample.peak_mb));
    tell(
        "P5 a million people: peak MB",
        peak,
        Wanted::AtMost(24.0),
        "--people 10000,1000000",
    );
    let ratio = many.zip(of(10_000)).map(|(many, few)| {
        let few = Spread::over(&few.samples, CPU).median;
        Spread::of(&many.samples.iter().map(|sample| CPU(sample) / few).collect::<Vec<_>>())
    });
    tell(
        "P5 processor time a letter, a million / 10,000",
        ratio,
        Wanted::AtMost(1.05),
        "--people 10000,1000000",
    );
}

fn work_of_a_letter(rows: &[Row]) {
    let proving = rows
        .iter()
        .find(|row| row.section == "first" && row.turn.name.contains("proving"));
    let each = proving.map(|row| Spread::over(&row.samples, |sample| sample.cpu * 10.0));
    tell(
        "P6 µs to compose a letter, with all of proving",
        each,
        Wanted::AtMost(30.0),
        "section `first`",
    );
    for mode in [ONE_BY_ONE, TWO_AT_ONCE, CHUNKS] {
        let of = |is_durable: bool| {
            rows.iter().find(|row| {
                row.section == "commits"
                    && row.turn.name.starts_with(mode.name)
                    && row
                        .turn
                        .name
                        .ends_with(if is_durable { mode.name } else { "commits of 0 ms" })
            })
        };
        let ratio = of(true)
            .zip(of(false))
            .and_then(|(disk, none)| Spread::pairwise(&disk.samples, &none.samples, RATE));
        let goal = format!(
            "P7 rate, durable / without fsync: {}",
            mode.name.trim_start_matches("tidings, ")
        );
        tell(&goal, ratio, Wanted::AtLeast(0.9), "section `commits`, which wants cc");
    }
    let place = Place {
        section: "signing",
        ..LOOPBACK
    };
    beside(
        rows,
        "P8 signed letters / cores x openssl speed",
        &place,
        CHUNKS,
        Sender::OpenSsl,
        RATE,
        Wanted::AtLeast(0.9),
    );
}

/// Ours divided by theirs, round by round.
fn beside(rows: &[Row], goal: &str, place: &Place, mode: Mode, peer: Sender, figure: Figure, wanted: Wanted) {
    let ours = find(rows, place, |sender| sender == Sender::Tidings(mode));
    let theirs = find(rows, place, |sender| sender == peer);
    let ratio = ours
        .zip(theirs)
        .and_then(|(ours, theirs)| Spread::pairwise(&ours.samples, &theirs.samples, figure));
    tell(goal, ratio, wanted, peer.name());
}

fn find<'a>(rows: &'a [Row], place: &Place, is_sender: impl Fn(Sender) -> bool) -> Option<&'a Row> {
    rows.iter().find(|row| {
        let is_delayed = row.turn.delay > Duration::ZERO;
        row.section == place.section
            && is_delayed == place.is_delayed
            && place.people.is_none_or(|people| people == row.people)
            && is_sender(row.turn.sender)
    })
}

fn tell(goal: &str, measured: Option<Spread>, wanted: Wanted, needs: &str) {
    let (sign, bound) = match wanted {
        Wanted::AtLeast(bound) => ("at least", bound),
        Wanted::AtMost(bound) => ("at most", bound),
    };
    let Some(spread) = measured else {
        println!("{goal:<62} {sign} {bound:>5.2}   not measured: needs {needs}");
        return;
    };
    let is_met = match wanted {
        Wanted::AtLeast(bound) => spread.median >= bound,
        Wanted::AtMost(bound) => spread.median <= bound,
    };
    let word = if is_met { "met" } else { "not met" };
    println!("{goal:<62} {sign} {bound:>5.2}   {spread:>22.2}   {word}");
}
