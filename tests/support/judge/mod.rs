//! The judge: a recording mail server on loopback that is not the sender, and answers as a test scripts it.
//!
//! Promises: each end of data is on disk, synced, as one JSON line per recipient *before* a byte of the reply leaves; so whatever
//! the sender believes afterwards can be held against it. A transaction behaves as with Postfix: after a refused RCPT or DATA it stays
//! open, a second MAIL is refused, and a further RCPT joins it, which is how two people's letters would get mixed.
//! A letter whose To field names somebody else than its recipient fails the test, whatever else the test looks at.
//! Speaks PIPELINING (RFC 2920) and CHUNKING (RFC 3030) where it is told to offer them. Knows no TLS.

mod gate;
mod mixture;
mod record;
mod script;
mod session;
mod tests;
mod words;

use crate::support::ledger::until;
use crate::support::workspace::run::Running;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;

pub(crate) use record::Delivery;
pub(crate) use script::{Phase, Rule};

/// A running judge; dropping it hangs up on everybody.
pub(crate) struct Judge {
    host: &'static str,
    port: u16,
    bench: Arc<Bench>,
    listener: Option<JoinHandle<()>>,
    folder: tempfile::TempDir,
}

/// What all connections share.
struct Bench {
    offers: Mutex<Vec<String>>,
    rules: Mutex<Vec<Rule>>,
    record: record::Record,
    /// Commands as they came, with the connection's number, from 1.
    commands: Mutex<Vec<(usize, String)>>,
    /// What a polite sender never does.
    faults: Mutex<Vec<String>>,
    /// The connections that are open, by number.
    lines: Mutex<Vec<(usize, TcpStream)>>,
    gate: gate::Gate,
    mixture: mixture::Mixture,
    /// Whether a refused end of data leaves its transaction open.
    keeps_refused: AtomicBool,
    /// Whether DATA is granted although every recipient was refused.
    grants_nobody: AtomicBool,
    riders: gate::RidersGate,
    closing: AtomicBool,
}

impl Judge {
    /// A judge that accepts everything and offers neither PIPELINING nor anything else but 8BITMIME.
    pub(crate) fn start() -> Self {
        Self::start_at("127.0.0.1", TcpListener::bind(("127.0.0.1", 0)).unwrap())
    }

    /// The same at an address of loopback that nobody else has in mind: a program whose own judge is gone calls its old port for a while,
    /// and the kernel may have given that to another judge meanwhile. Where this machine has one such address only, there.
    pub(crate) fn start_apart() -> Self {
        const APART: &str = "127.0.0.2";
        match TcpListener::bind((APART, 0)) {
            Ok(listener) => Self::start_at(APART, listener),
            Err(_) => Self::start(),
        }
    }

    fn start_at(host: &'static str, listener: TcpListener) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = listener.local_addr().unwrap().port();
        let bench = Arc::new(Bench {
            offers: Mutex::new(vec!["8BITMIME".to_owned(), "ENHANCEDSTATUSCODES".to_owned()]),
            rules: Mutex::default(),
            record: record::Record::create(folder.path()),
            commands: Mutex::default(),
            faults: Mutex::default(),
            lines: Mutex::default(),
            gate: gate::Gate::default(),
            mixture: mixture::Mixture::default(),
            keeps_refused: AtomicBool::new(false),
            grants_nobody: AtomicBool::new(false),
            riders: gate::RidersGate::default(),
            closing: AtomicBool::new(false),
        });
        let shared = Arc::clone(&bench);
        let listener = Some(std::thread::spawn(move || listen(&listener, &shared)));
        Self {
            host,
            port,
            bench,
            listener,
            folder,
        }
    }

    /// The same judge with one more keyword in its EHLO reply, such as `PIPELINING` or `SIZE 10000`.
    pub(crate) fn offering(self, keyword: &str) -> Self {
        self.offer(keyword);
        self
    }

    /// Offers one more keyword to those who greet from now on.
    pub(crate) fn offer(&self, keyword: &str) {
        locked(&self.bench.offers).push(keyword.to_owned());
    }

    /// The same judge without this keyword in its EHLO reply.
    pub(crate) fn without(self, keyword: &str) -> Self {
        locked(&self.bench.offers).retain(|offer| offer != keyword);
        self
    }

    /// The same judge, but a refused end of data leaves its transaction open too: Postfix 3.7 with
    /// `smtpd_end_of_data_restrictions`, whose next MAIL is refused while the RCPT and DATA behind it are granted.
    pub(crate) fn keeping_refused(self) -> Self {
        self.bench.keeps_refused.store(true, Ordering::SeqCst);
        self
    }

    /// The same judge that says 354 to DATA also where it has refused every recipient (RFC 2920 §3.1 allows it).
    pub(crate) fn granting_nobody(self) -> Self {
        self.bench.grants_nobody.store(true, Ordering::SeqCst);
        self
    }

    /// The same judge that holds back, until [`Judge::open_riders_gate`], the first answer to a letter behind which the next one's
    /// commands are here already.
    pub(crate) fn gating_riders(self) -> Self {
        self.bench.riders.arm();
        self
    }

    /// The same judge that also files each letter as it came: see [`Delivery::letter`].
    pub(crate) fn keeping_letters(self) -> Self {
        self.bench.record.keep_letters();
        self
    }

    /// The same judge with one more rule; the first rule that fits decides.
    pub(crate) fn rule(self, rule: Rule) -> Self {
        self.add(rule);
        self
    }

    /// Adds a rule while the judge is at work.
    pub(crate) fn add(&self, rule: Rule) {
        locked(&self.bench.rules).push(rule);
    }

    /// Forgets all rules: from now on everything is accepted.
    pub(crate) fn heal(&self) {
        locked(&self.bench.rules).clear();
    }

    /// Lets everybody pass who waits because of [`Rule::behind_the_gate`], and all who come after.
    pub(crate) fn open_gate(&self) {
        self.bench.gate.open();
    }

    /// Greets `running`, once [`Rule::behind_the_gate`] has kept its first connection waiting until all of its letters are composed: a
    /// connection takes those that are ready, and how many that are is a race otherwise.
    #[track_caller]
    pub(crate) fn greet_when_composed(&self, running: &Running) {
        until("a connection", || self.connections() == 1);
        // A thread that has not begun bears the name of the one that made it: the main one's.
        let is_named = |threads: &[String]| threads.iter().filter(|name| *name == "tidings").count() == 1;
        let composes = |name: &String| ["feeder", "composer"].contains(&name.as_str());
        until("the last letter composed", || {
            let threads = running.of_each_thread("comm");
            is_named(&threads) && !threads.iter().any(composes)
        });
        self.open_gate();
    }

    /// Lets the answer go that waits because of [`Judge::gating_riders`].
    pub(crate) fn open_riders_gate(&self) {
        self.bench.riders.open();
    }

    /// Hangs up on everybody who is connected now; new connections are welcome.
    pub(crate) fn hang_up(&self) {
        hang_up(&self.bench);
    }

    pub(crate) fn host(&self) -> &str {
        self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The record: one JSON line per recipient of each end of data.
    pub(crate) fn record(&self) -> PathBuf {
        record::file(self.folder.path())
    }

    /// Every end of data, in the order of the record.
    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        self.bench.record.deliveries()
    }

    /// How many ends of data there were.
    pub(crate) fn letters(&self) -> usize {
        self.bench.record.count()
    }

    /// Waits until every conversation has come to its end, as they do once the sender is dead: what it had put on its way has been
    /// read, and the record is complete.
    pub(crate) fn settle(&self) {
        super::ledger::until("the end of all conversations", || locked(&self.bench.lines).is_empty());
    }

    /// The letters that the judge took, whether or not the sender was told.
    pub(crate) fn accepted(&self) -> Vec<Delivery> {
        self.deliveries().into_iter().filter(|delivery| delivery.accepted).collect()
    }

    /// The commands that came, as `(connection, line)`.
    pub(crate) fn commands(&self) -> Vec<(usize, String)> {
        locked(&self.bench.commands).clone()
    }

    /// How many times somebody asked to begin a letter's text, or began it with BDAT.
    pub(crate) fn datas(&self) -> usize {
        let begins = |line: &str| line == "DATA" || line.starts_with("BDAT ");
        locked(&self.bench.commands).iter().filter(|(_, line)| begins(line)).count()
    }

    /// Who is named in the commands that rode behind the letter whose answer [`Judge::gating_riders`] holds back; nobody before it does.
    pub(crate) fn rider(&self) -> Option<String> {
        self.bench.riders.rider()
    }

    /// How many connections were begun.
    pub(crate) fn connections(&self) -> usize {
        self.bench.record.connections()
    }

    /// The letters that came under somebody else's name, told in words, and forgiven: asked by the judge's own tests.
    pub(crate) fn take_mixed(&self) -> Vec<String> {
        self.bench.mixture.take()
    }

    /// What a polite sender never does: talking ahead without PIPELINING, bare CR or LF, lines over 998 octets, unknown commands,
    /// commands out of order, two recipients in one transaction.
    pub(crate) fn faults(&self) -> Vec<String> {
        locked(&self.bench.faults).clone()
    }

    /// Fails the test with everything that the sender did against the protocol.
    #[track_caller]
    pub(crate) fn assert_polite(&self) {
        let faults = self.faults();
        assert!(faults.is_empty(), "the sender broke the protocol:\n{}", faults.join("\n"));
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        self.bench.closing.store(true, Ordering::SeqCst);
        self.bench.gate.open();
        self.bench.riders.open();
        // One last call wakes the listener, which then sees that the judge is closing.
        drop(TcpStream::connect((self.host, self.port)));
        self.hang_up();
        if let Some(listener) = self.listener.take() {
            let ended = listener.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the judge fell over");
        }
        let mixed = self.take_mixed();
        assert!(
            mixed.is_empty() || std::thread::panicking(),
            "two people's letters were mixed:\n{}",
            mixed.join("\n")
        );
    }
}

fn listen(listener: &TcpListener, bench: &Arc<Bench>) {
    let mut sessions: Vec<JoinHandle<()>> = Vec::new();
    for line in listener.incoming() {
        if bench.closing.load(Ordering::SeqCst) {
            break;
        }
        let Ok(line) = line else { continue };
        let number = bench.record.next_connection();
        locked(&bench.lines).push((number, line.try_clone().unwrap()));
        let bench = Arc::clone(bench);
        let (ended, open) = sessions.into_iter().partition(JoinHandle::is_finished);
        join(ended);
        sessions = open;
        sessions.push(std::thread::spawn(move || {
            session::hold(number, line, &bench);
            locked(&bench.lines).retain(|(other, _)| *other != number);
        }));
    }
    // A caller may have come in between the hang-up and the last call.
    hang_up(bench);
    join(sessions);
}

fn join(sessions: Vec<JoinHandle<()>>) {
    for session in sessions {
        session.join().expect("a session of the judge fell over");
    }
}

fn hang_up(bench: &Bench) {
    for (_, line) in locked(&bench.lines).drain(..) {
        // The other side may be gone already, which is what is wanted.
        drop(line.shutdown(Shutdown::Both));
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no test thread falls over while it holds this")
}
