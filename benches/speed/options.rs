//! What the benchmark is asked to do; everything has a default.

use std::path::PathBuf;
use std::time::Duration;

pub(crate) const USAGE: &str = "\
Letters a second, processor time and memory of tidings beside other senders, in alternating runs on this machine.

cargo bench --bench speed -- [OPTIONS]

  --people N,…        how many people are written to                         [10000]
  --connections N,…   connections at once                                    [10]
  --delay MS,…        how long each reply of the relay takes                 [0,30]
  --rounds N          how often every sender has its turn                    [5]
  --only WORDS        only the rows in whose title (`SECTION: NAME`) these words stand, and what they are divided by;
                      may be given several times
  --against NAME      the row that the others are divided by                 [smtp-source]
  --goals             at the end, hold the figures against the project's goals
  --folder DIR        where the stores lie: its disk decides                 [cargo's target folder]
  --help              this

Sections: `first` (import, proving), `relay` (rates), `postfix` (into its smtp-sink), `commits` (rates by the disk's speed), `signing` (DKIM).
The other senders: smtp-source comes with Postfix; the rest with `benches/speed/peers/install DIR` and TIDINGS_BENCH_PEERS=DIR.
";

#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) people: Vec<usize>,
    pub(crate) connections: Vec<usize>,
    pub(crate) delays: Vec<Duration>,
    pub(crate) rounds: usize,
    pub(crate) against: String,
    pub(crate) goals: bool,
    pub(crate) folder: PathBuf,
    only: Vec<String>,
}

impl Options {
    /// What these words ask for; none where they ask for help, or for what there is not.
    pub(crate) fn of(arguments: &[String]) -> Option<Self> {
        let mut options = Self {
            people: vec![10_000],
            connections: vec![10],
            delays: [0, 30].map(Duration::from_millis).to_vec(),
            rounds: 5,
            against: "smtp-source".to_owned(),
            goals: false,
            folder: PathBuf::from(env!("CARGO_TARGET_TMPDIR")),
            only: Vec::new(),
        };
        // Cargo adds `--bench`.
        let mut words = arguments.iter().filter(|word| *word != "--bench");
        while let Some(name) = words.next() {
            if name == "--goals" {
                options.goals = true;
                continue;
            }
            let value = words.next()?;
            match name.as_str() {
                "--people" => options.people = numbers(value)?,
                "--connections" => options.connections = numbers(value)?,
                "--delay" => options.delays = numbers(value)?.into_iter().map(milliseconds).collect(),
                "--rounds" => options.rounds = value.parse().ok().filter(|rounds| *rounds > 0)?,
                "--only" => options.only.push(value.clone()),
                "--against" => options.against.clone_from(value),
                "--folder" => options.folder = PathBuf::from(value),
                _ => return None,
            }
        }
        let at_least_one = options.people.iter().chain(&options.connections).all(|number| *number > 0);
        at_least_one.then_some(options)
    }

    /// Whether this row of this section is to be measured.
    pub(crate) fn wants(&self, section: &str, name: &str) -> bool {
        let title = format!("{section}: {name}");
        self.only.is_empty() || self.only.iter().any(|words| title.contains(words.as_str()))
    }
}

fn numbers(list: &str) -> Option<Vec<usize>> {
    list.split(',').map(|number| number.trim().parse().ok()).collect()
}

fn milliseconds(number: usize) -> Duration {
    Duration::from_millis(number as u64)
}
