//! Which turns are compared with which: one table each, all of its turns in alternation, round after round.

use crate::bench::{Bench, Turn};
use crate::commits::Commits;
use crate::figures::{Sample, grouped};
use crate::options::Options;
use crate::sender::{CHUNKS, MODES, ONE_BY_ONE, STOP_AND_WAIT, Sender, TWO_AT_ONCE};
use crate::show;
use std::time::Duration;

/// Beyond so many people everything before the first letter is measured once: it takes minutes.
const MANY: usize = 200_000;
/// Enough signed letters to tell the rate of signing.
const SIGNED: usize = 4_000;
/// What a disk may take to keep something, in microseconds.
const COMMIT_TIMES: [u64; 4] = [0, 300, 1_000, 2_000];

/// Turns that alternate.
pub(crate) struct Table {
    section: &'static str,
    heading: String,
    people: usize,
    /// Words of the turn's name that the others are divided by.
    against: String,
    turns: Vec<Turn>,
}

/// What one turn came to in all rounds.
pub(crate) struct Row {
    pub(crate) section: &'static str,
    pub(crate) people: usize,
    pub(crate) turn: Turn,
    pub(crate) samples: Vec<Sample>,
}

/// All tables that these options ask for.
pub(crate) fn plan(options: &Options, bench: &Bench) -> Vec<Table> {
    let mut tables = Vec::new();
    for people in &options.people {
        for connections in &options.connections {
            // On a slow line the line decides, and not the length of the list.
            let is_first = Some(people) == options.people.first();
            let delays = options.delays.iter().filter(|delay| is_first || delay.is_zero());
            tables.extend(delays.map(|delay| relay(options, *people, *connections, *delay)));
        }
    }
    let (people, connections) = (options.people[0], options.connections[0]);
    if bench.peers.smtp_sink.is_some() {
        tables.push(postfix(options, people, connections));
    }
    if bench.pretence.is_some() {
        tables.extend([ONE_BY_ONE, TWO_AT_ONCE, CHUNKS].map(|mode| commits(Sender::Tidings(mode), people, connections)));
    }
    if bench.key.is_some() {
        tables.push(signing(people.min(SIGNED), connections));
    }
    for table in &mut tables {
        table.keep(options, bench);
    }
    tables.retain(|table| !table.turns.is_empty());
    tables
}

fn relay(options: &Options, people: usize, connections: usize, delay: Duration) -> Table {
    let senders = [Sender::SmtpSource]
        .into_iter()
        .chain(MODES.map(Sender::Tidings))
        .chain(Sender::OTHERS);
    let turns = senders.map(|sender| turn(sender, sender.letters(people, connections, delay), connections, delay));
    Table {
        section: "relay",
        heading: format!(
            "{} people, {connections} connections, {} ms a reply",
            grouped(people as f64, 0),
            delay.as_millis()
        ),
        people,
        against: options.against.clone(),
        turns: turns.collect(),
    }
}

/// The same into Postfix's own test relay, which knows no CHUNKING.
fn postfix(options: &Options, people: usize, connections: usize) -> Table {
    let senders = [
        Sender::SmtpSource,
        Sender::Tidings(STOP_AND_WAIT),
        Sender::Tidings(ONE_BY_ONE),
        Sender::Tidings(TWO_AT_ONCE),
    ];
    let turns = senders.map(|sender| Turn {
        is_to_postfix: true,
        ..turn(sender, people, connections, Duration::ZERO)
    });
    Table {
        section: "postfix",
        heading: format!(
            "into Postfix's smtp-sink, {} people, {connections} connections, no delay; whole processes",
            grouped(people as f64, 0)
        ),
        people,
        against: options.against.clone(),
        turns: turns.to_vec(),
    }
}

fn commits(sender: Sender, people: usize, connections: usize) -> Table {
    let disk = turn(sender, people, connections, Duration::ZERO);
    let pretended = COMMIT_TIMES.map(|time| Turn {
        name: format!("{}, commits of {} ms", sender.name(), time as f64 / 1e3),
        commits: Commits::Pretended(Duration::from_micros(time)),
        ..disk.clone()
    });
    Table {
        section: "commits",
        heading: format!("what durability costs, {connections} connections, no delay"),
        people,
        against: "commits of 0 ms".to_owned(),
        turns: pretended.into_iter().chain([disk]).collect(),
    }
}

fn signing(people: usize, connections: usize) -> Table {
    let ours = [ONE_BY_ONE, CHUNKS].map(|mode| Turn {
        is_signed: true,
        name: format!("{}, rsa2048", mode.name),
        ..turn(Sender::Tidings(mode), people, connections, Duration::ZERO)
    });
    let openssl = turn(Sender::OpenSsl, 0, connections, Duration::ZERO);
    Table {
        section: "signing",
        heading: format!("letters signed by DKIM, {connections} connections, no delay"),
        people,
        against: "openssl".to_owned(),
        turns: [openssl].into_iter().chain(ours).collect(),
    }
}

fn turn(sender: Sender, letters: usize, connections: usize, delay: Duration) -> Turn {
    Turn {
        name: sender.name().to_owned(),
        sender,
        letters,
        connections,
        delay,
        is_signed: false,
        is_to_postfix: false,
        commits: Commits::AsTheyAre,
    }
}

impl Table {
    /// Leaves out what nobody asked for and what is not here; what the others are divided by stays.
    fn keep(&mut self, options: &Options, bench: &Bench) {
        let (section, against) = (self.section, &self.against);
        let is_wanted = |turn: &Turn| options.wants(section, &turn.name);
        let is_any = self.turns.iter().any(|turn| is_wanted(turn) && bench.peers.has(turn.sender));
        self.turns
            .retain(|turn| is_any && bench.peers.has(turn.sender) && (is_wanted(turn) || turn.name.contains(against)));
    }

    /// Seconds that all rounds take, roughly.
    pub(crate) fn guess(&self, rounds: usize) -> f64 {
        let each = self.turns.iter().map(|turn| {
            let seconds = turn.sender.guess(turn.letters, turn.connections, turn.delay);
            let signed = if turn.is_signed { turn.letters as f64 / 1_000.0 } else { 0.0 };
            seconds + signed
        });
        each.sum::<f64>() * rounds as f64
    }

    /// Lets everybody have a turn, `rounds` times, and shows what it came to.
    pub(crate) fn run(self, rounds: usize, bench: &mut Bench) -> Vec<Row> {
        let row = |turn| Row {
            section: self.section,
            people: self.people,
            turn,
            samples: Vec::new(),
        };
        let mut rows: Vec<Row> = self.turns.into_iter().map(row).collect();
        for _ in 0..rounds {
            for row in &mut rows {
                row.samples.push(bench.take(&row.turn));
            }
        }
        let heading = format!("{}: {}", self.section, self.heading);
        show::table(&heading, &self.against, &rows, bench.folder());
        rows
    }
}

/// The commands that come before the first letter.
const FIRST: [&str; 2] = [
    "tidings import, a new list",
    "tidings send, before the first letter (proving)",
];

/// How often they are measured for so many people: a large list once.
fn first_rounds(options: &Options, people: usize) -> usize {
    match FIRST.iter().any(|name| options.wants("first", name)) {
        false => 0,
        true if people > MANY => 1,
        true => options.rounds,
    }
}

/// Seconds that they take, roughly; once at least, because whoever sends needs a list.
pub(crate) fn guess_before_the_first_letter(options: &Options) -> f64 {
    let letters = options
        .people
        .iter()
        .map(|people| people * first_rounds(options, *people).max(1));
    letters.sum::<usize>() as f64 / 15_000.0
}

/// What comes before the first letter: the list is brought in, the edition drafted and every letter composed once.
pub(crate) fn before_the_first_letter(options: &Options, bench: &mut Bench) -> Vec<Row> {
    let mut rows = Vec::new();
    for people in &options.people {
        let mut both = FIRST.map(|name| Row {
            section: "first",
            people: *people,
            turn: Turn {
                name: name.to_owned(),
                ..turn(Sender::Tidings(ONE_BY_ONE), *people, 0, Duration::ZERO)
            },
            samples: Vec::new(),
        });
        let rounds = first_rounds(options, *people);
        if rounds == 0 {
            continue;
        }
        for _ in 0..rounds {
            let (import, proving) = bench.open_clinic(*people, false);
            for (row, cost) in both.iter_mut().zip([import, proving]) {
                row.samples.push(Sample {
                    rate: *people as f64 / cost.seconds,
                    cpu: cost.cpu_seconds / *people as f64 * 100_000.0,
                    peak_mb: cost.peak_mb,
                    size: f64::NAN,
                });
            }
        }
        show::table("first: what comes before the first letter", "no other", &both, bench.folder());
        rows.extend(both);
    }
    rows
}
