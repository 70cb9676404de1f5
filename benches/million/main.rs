//! The benchmark of everything but sending: what each command costs on a large list, and how that grows.
//!
//! ```sh
//! cargo bench --bench million -- --people 10000,100000,1000000 --rounds 5
//! ```
//!
//! For each size a workspace is made with so many people, a series beside the campaign, and one edition that everybody was sent by way of
//! a relay on loopback. Then each command runs as a whole process: the median of its wall clock, of its processor time and of its peak
//! memory, and behind each size how much more that is than for the size before (tenfold people: 10 is linear). Nothing leaves this machine.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark that meets the unexpected stops and says what it met"
)]

mod clinic;
mod cost;
#[path = "../meter/mod.rs"]
mod meter;
mod sink;

use clinic::{CAMPAIGN, Clinic, NOW};
use cost::Cost;
use std::path::{Path, PathBuf};

/// What one size showed: a line for each command.
type Lines = Vec<(&'static str, Cost)>;

struct Options {
    people: Vec<usize>,
    rounds: usize,
    program: PathBuf,
    /// Where the workspaces are made and left; else a folder that goes with this process.
    keep: Option<PathBuf>,
    /// Whether what was kept is asked again, instead of made anew.
    again: bool,
    only: Option<String>,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == meter::WORD) {
        return meter::measure(&words[1..]);
    }
    let options = options(&words);
    let port = sink::start();
    let temporary = tempfile::tempdir().unwrap();
    let place = options.keep.clone().unwrap_or_else(|| temporary.path().to_owned());
    let mut sizes: Vec<(usize, Lines)> = Vec::new();
    for people in &options.people {
        let bench = Bench {
            options: &options,
            place: &place,
            port,
            lines: Vec::new(),
        };
        sizes.push((*people, bench.measure(*people)));
        show(&sizes);
    }
}

fn options(words: &[String]) -> Options {
    let value = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1).cloned()
    };
    let people = value("--people").unwrap_or_else(|| "10000,100000".to_owned());
    Options {
        people: people.split(',').map(|number| number.parse().unwrap()).collect(),
        rounds: value("--rounds").map_or(5, |number| number.parse().unwrap()),
        program: value("--program").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_tidings")), PathBuf::from),
        keep: value("--keep").map(PathBuf::from),
        again: words.iter().any(|word| word == "--again"),
        only: value("--only"),
    }
}

struct Bench<'a> {
    options: &'a Options,
    place: &'a Path,
    port: u16,
    lines: Lines,
}

impl Bench<'_> {
    fn measure(mut self, people: usize) -> Lines {
        let folder = self.place.join(format!("clinic-{people}"));
        let clinic = match self.options.again {
            true => Clinic { folder, people },
            false => self.grow(&folder, people),
        };
        clinic.set(self.port, "");
        self.ask(&clinic);
        self.change(&clinic);
        clinic.set(self.port, "calendar: {one_letter_in: 30d}");
        self.wait(&clinic);
        self.lines
    }

    /// From a list to an edition that everybody was sent.
    fn grow(&mut self, folder: &Path, people: usize) -> Clinic {
        let clinic = Clinic::new(folder, people, self.port);
        self.peer(&clinic);
        self.once("import, a new list", &clinic, &["import", "subscribers/patients.csv"]);
        self.often("check", &clinic, &["check"]);
        self.often("plan, before the first letter", &clinic, &["plan", "--now", NOW]);
        let campaign = ["send", CAMPAIGN, "--now", NOW, "--yes", "--limit", "1"];
        self.once("send: draft, prove, one letter", &clinic, &campaign);
        self.once("release", &clinic, &["release", CAMPAIGN, "--now", NOW, "--yes"]);
        self.once("run: everybody's letter", &clinic, &["run", "--now", NOW]);
        clinic
    }

    /// The same file into one table of sqlite3, the address its key.
    fn peer(&mut self, clinic: &Clinic) {
        let (database, script) = (clinic.folder.join("theirs.db"), clinic.folder.join("theirs.sql"));
        let sql = "CREATE TABLE people (email TEXT PRIMARY KEY, first_name, last_name, city, joined, consent, consent_date, consent_source);\n\
                   .mode csv\n.import --skip 1 subscribers/patients.csv people\n";
        std::fs::write(&script, sql).unwrap();
        let (sqlite, arguments) = (Path::new("sqlite3"), [database.to_str().unwrap()]);
        let cost = cost::of(sqlite, &clinic.folder, &arguments, Some(&script));
        self.lines.push(("(sqlite3 .import, the same key)", cost));
        std::fs::remove_file(database).unwrap();
    }

    /// What writes nothing.
    fn ask(&mut self, clinic: &Clinic) {
        let who = clinic::address(clinic.people / 2);
        self.often("run, nothing due", clinic, &["run", "--now", NOW]);
        self.often("status", clinic, &["status", "--now", NOW]);
        self.often("why ADDRESS", clinic, &["why", &who, "--now", NOW]);
        self.often("log", clinic, &["log", CAMPAIGN]);
        self.often("log --state failed", clinic, &["log", CAMPAIGN, "--state", "failed"]);
        self.often("plan", clinic, &["plan", "--now", NOW]);
        self.often("check, after the letters", clinic, &["check"]);
        self.often("people list", clinic, &["people", "list"]);
        self.often("people show ADDRESS", clinic, &["people", "show", &who]);
        self.often("doctor --offline", clinic, &["doctor", "--offline"]);
    }

    /// What changes the list.
    fn change(&mut self, clinic: &Clinic) {
        let import = ["import", "subscribers/patients.csv", "--now", NOW];
        self.often("import, the very file", clinic, &import);
        self.changing("import, another file that says the same", clinic, |round| {
            (None, ["\n", ""][round % 2])
        });
        self.changing("import, one row in a hundred changed", clinic, |round| {
            (Some(100).filter(|_| round % 2 == 0), "")
        });
        for (name, way) in [
            ("people forget", &["people", "forget"][..]),
            ("suppress add", &["suppress", "add"]),
        ] {
            let mut round = 0;
            self.each(name, || {
                round += 7;
                let who = clinic::address(round + if way[0] == "people" { 0 } else { 3 });
                let confirmed = ["--yes"].into_iter().filter(|_| way[0] == "people");
                let arguments: Vec<&str> = way.iter().copied().chain([who.as_str()]).chain(confirmed).collect();
                cost::of(&self.options.program, &clinic.folder, &arguments, None)
            });
        }
    }

    /// A second edition, whose letters all wait because everybody got one lately.
    fn wait(&mut self, clinic: &Clinic) {
        if !self.options.again {
            let send = ["send", CAMPAIGN, "--now", NOW, "--yes"];
            self.once("send: draft, prove, all wait by the cap", clinic, &send);
        }
        self.often("run, all wait by the cap", clinic, &["run", "--now", NOW]);
        self.often("status, all wait by the cap", clinic, &["status", "--now", NOW]);
    }

    fn changing(&mut self, name: &'static str, clinic: &Clinic, file: impl Fn(usize) -> (Option<usize>, &'static str)) {
        let mut round = 0;
        let import = ["import", "subscribers/patients.csv", "--now", NOW, "--yes"];
        self.each(name, || {
            let (moved, ending) = file(round);
            clinic.write_list(moved, ending);
            round += 1;
            cost::of(&self.options.program, &clinic.folder, &import, None)
        });
    }

    fn once(&mut self, name: &'static str, clinic: &Clinic, arguments: &[&str]) {
        let cost = cost::of(&self.options.program, &clinic.folder, arguments, None);
        self.lines.push((name, cost));
    }

    fn often(&mut self, name: &'static str, clinic: &Clinic, arguments: &[&str]) {
        self.each(name, || cost::of(&self.options.program, &clinic.folder, arguments, None));
    }

    fn each(&mut self, name: &'static str, mut measure: impl FnMut() -> Cost) {
        if self.options.only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            return;
        }
        let costs: Vec<Cost> = (0..self.options.rounds).map(|_| measure()).collect();
        self.lines.push((name, cost::median(&costs)));
    }
}

/// The table so far: a line a command, and for each size what it took and how much more than for the size before.
fn show(sizes: &[(usize, Lines)]) {
    println!("\nwall ms / processor ms / peak MiB, and x the wall of the size before");
    let Some((_, last)) = sizes.last() else { return };
    for (at, (name, _)) in last.iter().enumerate() {
        print!("{name:<42}");
        let mut before: Option<f64> = None;
        for (_, lines) in sizes {
            let cost = lines[at].1;
            let growth = before.map_or(String::new(), |before| format!("{:.1} x", cost.wall_ms / before));
            print!(
                " | {:>8.0} {:>8.0} {:>6.1} {growth:>7}",
                cost.wall_ms, cost.cpu_ms, cost.peak_mib
            );
            before = Some(cost.wall_ms);
        }
        println!();
    }
}
