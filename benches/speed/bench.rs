//! One turn of one sender: a sink, the sender, and what both say afterwards.

use crate::clinic::{Clinic, Relay};
use crate::commits::{Commits, Pretence};
use crate::figures::Sample;
use crate::machine;
use crate::meter::{Cost, Measured};
use crate::options::Options;
use crate::peers::{Peers, Task};
use crate::sender::{CHUNKS, Mode, Sender};
use crate::signing;
use crate::sink::{Offers, PostfixSink, Report, Sink};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What a sender is to do, each time its turn comes.
#[derive(Clone)]
pub(crate) struct Turn {
    pub(crate) name: String,
    pub(crate) sender: Sender,
    pub(crate) letters: usize,
    pub(crate) connections: usize,
    pub(crate) delay: Duration,
    pub(crate) is_signed: bool,
    /// It goes to Postfix's test relay and not to ours.
    pub(crate) is_to_postfix: bool,
    pub(crate) commits: Commits,
}

/// Everything that turns need, in a folder that goes with it.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
    pub(crate) peers: Peers,
    pub(crate) key: Option<PathBuf>,
    pub(crate) pretence: Option<Pretence>,
    /// Clinics ready to send, by the number of their people and whether they sign.
    clinics: HashMap<(usize, bool), Clinic>,
    /// With which smtp-source's letter is as large as ours; found out when it is first needed.
    length: Option<usize>,
}

impl Bench {
    pub(crate) fn new(options: &Options) -> Self {
        let folder = tempfile::Builder::new().prefix("speed").tempdir_in(&options.folder).unwrap();
        Self {
            peers: Peers::find(),
            key: signing::make_key(folder.path()),
            pretence: Pretence::compile(folder.path()),
            clinics: HashMap::new(),
            length: None,
            folder,
        }
    }

    /// Where the stores lie.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A clinic made anew; its letters are what the turns for so many people send from now on. Gives what import and proving took.
    pub(crate) fn open_clinic(&mut self, people: usize, is_signed: bool) -> (Cost, Cost) {
        let folder = self.folder.path().join(format!("clinic-{people}-{is_signed}"));
        if self.clinics.remove(&(people, is_signed)).is_some() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        let key = self.key.as_deref().filter(|_| is_signed);
        let clinic = Clinic::open(folder, people, key);
        let costs = (clinic.import, clinic.proving);
        self.clinics.insert((people, is_signed), clinic);
        costs
    }

    pub(crate) fn take(&mut self, turn: &Turn) -> Sample {
        match turn.sender {
            Sender::OpenSsl => self.sign(),
            Sender::Tidings(mode) => self.send(turn, mode),
            Sender::SmtpSource => {
                let length = self.length();
                self.send_by_peer(turn, length)
            }
            _ => self.send_by_peer(turn, 0),
        }
    }

    fn send(&mut self, turn: &Turn, mode: Mode) -> Sample {
        let at = (turn.letters, turn.is_signed);
        if !self.clinics.contains_key(&at) {
            self.open_clinic(turn.letters, turn.is_signed);
        }
        if turn.is_to_postfix {
            return self.send_to_postfix(turn, mode.offers, |port| {
                self.clinics[&at].send(&relay(turn, mode, port), Vec::new())
            });
        }
        let environment = match (turn.commits, &self.pretence) {
            (Commits::Pretended(time), Some(pretence)) => pretence.environment(time),
            _ => Vec::new(),
        };
        let sink = Sink::start(mode.offers, turn.delay);
        let cost = self.clinics[&at].send(&relay(turn, mode, sink.port), environment);
        let report = sink.finish();
        assert_eq!(report.message_ids, turn.letters as u64, "{}: {report:?}", turn.name);
        sample(turn, cost, &report)
    }

    fn send_by_peer(&self, turn: &Turn, length: usize) -> Sample {
        if turn.is_to_postfix {
            return self.send_to_postfix(turn, turn.sender.offers(), |port| self.run_peer(turn, length, port));
        }
        let sink = Sink::start(turn.sender.offers(), turn.delay);
        let cost = self.run_peer(turn, length, sink.port);
        sample(turn, cost, &sink.finish())
    }

    fn run_peer(&self, turn: &Turn, length: usize, port: u16) -> Cost {
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap();
        let task = Task {
            port,
            connections: turn.connections,
            letters: turn.letters,
            folder: folder.path(),
            length,
        };
        let (program, arguments) = self.peers.command(turn.sender, &task);
        let measured = Measured {
            program: &program,
            arguments,
            folder: folder.path(),
            environment: Vec::new(),
            stdin: None,
            ends_with: &[0],
        };
        measured.run()
    }

    /// A turn at Postfix's relay, which tells no times: the rate is that of the sender's whole process, from start to end.
    fn send_to_postfix(&self, turn: &Turn, offers: Offers, send: impl FnOnce(u16) -> Cost) -> Sample {
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap();
        let program = self.peers.smtp_sink.as_deref().unwrap();
        let sink = PostfixSink::start(program, offers, folder.path());
        let cost = send(sink.port);
        assert_eq!(sink.letters(), turn.letters as u64, "{}", turn.name);
        figures(turn, cost, turn.letters as f64 / cost.seconds, f64::NAN)
    }

    /// smtp-source adds a head to the text it is asked for: what that is, one letter of it tells.
    fn length(&mut self) -> usize {
        if let Some(length) = self.length {
            return length;
        }
        let turn = |sender: Sender| Turn {
            name: format!("size of {}", sender.name()),
            sender,
            letters: 20,
            connections: 1,
            delay: Duration::ZERO,
            is_signed: false,
            is_to_postfix: false,
            commits: Commits::AsTheyAre,
        };
        let ours = self.send(&turn(Sender::Tidings(CHUNKS)), CHUNKS).size as usize;
        let theirs = self.send_by_peer(&turn(Sender::SmtpSource), ours).size as usize;
        *self.length.insert(ours - (theirs - ours))
    }

    fn sign(&self) -> Sample {
        let started = Instant::now();
        let rate = signing::openssl_speed();
        assert!(
            started.elapsed() > Duration::from_secs(1),
            "openssl speed ends too soon to be believed"
        );
        Sample {
            rate: rate * machine::cores() as f64,
            cpu: 100_000.0 / rate,
            peak_mb: f64::NAN,
            size: f64::NAN,
        }
    }
}

fn relay(turn: &Turn, mode: Mode, port: u16) -> Relay {
    Relay {
        port,
        connections: turn.connections,
        in_flight: mode.in_flight,
    }
}

/// Every letter has come once, each to somebody else, and nothing was said out of turn; or the figures are worth nothing.
fn sample(turn: &Turn, cost: Cost, report: &Report) -> Sample {
    let letters = turn.letters as u64;
    assert_eq!(
        (report.letters, report.people, report.faults),
        (letters, letters, 0),
        "{}: {report:?}",
        turn.name
    );
    figures(turn, cost, report.rate(), report.mean_size)
}

fn figures(turn: &Turn, cost: Cost, rate: f64, size: f64) -> Sample {
    Sample {
        rate,
        cpu: cost.cpu_seconds / turn.letters as f64 * 100_000.0,
        peak_mb: cost.peak_mb,
        size,
    }
}
