//! Forty people through real mail servers that refuse some of them at each step: everybody has their own letter or none.

use super::aiosmtpd::aiosmtpd;
use super::exim::exim;
use super::opensmtpd::opensmtpd;
use super::postfix::postfix;
use super::{Arrived, Mailer, Offers, Treatment, Wanted};
use crate::support::ledger::{Ledger, until};
use crate::support::people;
use crate::support::workspace::Workspace;
use std::collections::{BTreeMap, BTreeSet};

const PEOPLE: usize = 40;

/// A way to start a server.
type Starts = fn(Wanted) -> Option<Box<dyn Mailer>>;

impl Offers {
    fn name(self) -> &'static str {
        match self {
            Offers::Nothing => "stop-and-wait",
            Offers::Pipelining => "PIPELINING",
            Offers::Chunking => "CHUNKING, 4 in flight",
        }
    }

    fn setting(self) -> &'static str {
        match self {
            Offers::Nothing | Offers::Pipelining => "",
            Offers::Chunking => ", in_flight: 4",
        }
    }
}

/// A clinic with its relay at this server.
fn at(clinic: Workspace, server: &dyn Mailer, offers: Offers, connections: usize) -> Workspace {
    let (port, more) = (server.port(), offers.setting());
    clinic.setting(&format!(
        "relay: {{host: 127.0.0.1, port: {port}, tls: none, test: true, connections: {connections}{more}}}"
    ))
}

/// Holds the ledger against the mailboxes: nobody has a stranger's letter, nobody two, and the states are true.
#[track_caller]
fn assert_own_letters(told: &str, ledger: &Ledger, arrived: &[Arrived]) {
    let mut boxes: BTreeMap<&str, Vec<&Arrived>> = BTreeMap::new();
    for letter in arrived {
        assert_eq!(letter.to, letter.recipient, "{told}: a letter in another's mailbox");
        boxes.entry(&letter.recipient).or_default().push(letter);
    }
    for letter in &ledger.letters {
        let had = boxes.remove(letter.address.as_str()).unwrap_or_default();
        let own = had.iter().all(|had| had.message_id == letter.message_id.to_lowercase());
        let count_is_right = match letter.state.as_str() {
            "accepted" => had.len() == 1,
            "in_doubt" => had.len() <= 1,
            _ => had.is_empty(),
        };
        assert!(own && count_is_right, "{told}: {had:?} arrived for {letter:#?}");
    }
    assert!(boxes.is_empty(), "{told}: strangers got letters: {boxes:?}");
}

/// Where everybody must stand after the first run; `goodbye` says what becomes of the one on whom the server hangs up each time: after
/// a few times the letter waits like one that was refused for now.
#[track_caller]
fn assert_treated(told: &str, ledger: &Ledger, offers: Offers, goodbye: &str) {
    let refused: BTreeMap<String, &str> = (1..=PEOPLE)
        .filter_map(|number| {
            let state = match Treatment::of(number) {
                Treatment::Taken => return None,
                Treatment::Unknown => "failed",
                Treatment::Greylisted | Treatment::NotNow => "deferred",
                Treatment::Spam => "held",
                Treatment::Goodbye => goodbye,
            };
            Some((people::address(number), state))
        })
        .collect();
    for letter in &ledger.letters {
        let wanted = refused.get(&letter.address).copied().unwrap_or("accepted");
        // Who was under way behind the one on whom the server hung up is in doubt, whatever the server would have said.
        let is_lost = letter.state == "in_doubt" && offers == Offers::Chunking;
        assert!(letter.state == wanted || is_lost, "{told}: {letter:#?} and not {wanted}");
    }
    assert!(ledger.people("in_doubt").len() <= 3 * 3, "{told}: {:?}", ledger.counts());
}

/// One server, one mode: refused in every way, then well again and resumed.
fn check(server: &str, starts: Starts, offers: Offers, goodbye: &str) -> Option<()> {
    let told = format!("{server}, {}", offers.name());
    let wanted = |refuses| Wanted {
        offers,
        people: PEOPLE,
        refuses,
    };
    let strict = starts(wanted(true))?;
    let clinic = at(Workspace::sample().with_people(PEOPLE), strict.as_ref(), offers, 1);
    let sent = clinic.run(&["send", "seasonal-immunity", "--now", "2027-01-14T10:00Z"]);
    let (ledger, first) = (clinic.ledger(), strict.arrived());
    assert_own_letters(&format!("{told}\n{sent}"), &ledger, &first);
    assert_treated(&format!("{told}\n{sent}"), &ledger, offers, goodbye);
    clinic.assert_numbers_close();
    let well = starts(wanted(false))?;
    let clinic = at(clinic, well.as_ref(), offers, 1);
    clinic.run(&["release", "seasonal-immunity"]).exits(0);
    let healed = clinic.run(&["run", "--now", "2027-01-14T15:00Z"]).exits(0);
    let ledger = clinic.ledger();
    let arrived = [first, well.arrived()].concat();
    assert_own_letters(&format!("{told}, healed\n{healed}"), &ledger, &arrived);
    let settled = ledger.people("accepted").len() + ledger.people("failed").len() + ledger.people("in_doubt").len();
    assert_eq!(settled, PEOPLE, "{told}: {:?}", ledger.counts());
    say(&told, "people with their own letter or a true no", PEOPLE);
    Some(())
}

/// One server, one mode, well all the time: the program is killed in the middle and the rest goes out in the next run.
fn check_kill(server: &str, starts: Starts, offers: Offers) -> Option<()> {
    let told = format!("{server}, {}, killed", offers.name());
    let wanted = Wanted {
        offers,
        people: PEOPLE,
        refuses: false,
    };
    let server = starts(wanted)?;
    let clinic = at(Workspace::sample().with_people(PEOPLE), server.as_ref(), offers, 2);
    let mut running = clinic.spawn(&["send", "seasonal-immunity", "--now", "2027-01-14T10:00Z"]);
    until("some letters", || server.count() >= 5 || !running.is_alive());
    running.kill();
    let under_way: BTreeSet<String> = clinic.ledger().people("sending").into_iter().map(str::to_owned).collect();
    clinic.run(&["run", "--now", "2027-01-14T15:00Z"]);
    let (ledger, arrived) = (clinic.ledger(), server.arrived());
    assert_own_letters(&told, &ledger, &arrived);
    let doubts: BTreeSet<String> = ledger.people("in_doubt").into_iter().map(str::to_owned).collect();
    assert_eq!(doubts, under_way, "{told}");
    assert_eq!(ledger.people("accepted").len() + doubts.len(), PEOPLE, "{told}");
    say(&told, "letters in doubt, all others arrived once", doubts.len());
    Some(())
}

#[expect(clippy::print_stdout, reason = "the figures are what the suite is run for")]
fn say(told: &str, what: &str, count: usize) {
    println!("proof| real servers | {told}: {what} | {count}");
}

fn every_mode(server: &str, starts: Starts, modes: &[Offers], goodbye: &str) {
    for offers in modes {
        if check(server, starts, *offers, goodbye).is_none() {
            return;
        }
        check_kill(server, starts, *offers);
    }
}

const ALL: [Offers; 3] = [Offers::Nothing, Offers::Pipelining, Offers::Chunking];

#[test]
fn postfix_gives_everybody_their_own_letter() {
    every_mode("Postfix", postfix, &ALL, "deferred");
}

/// Exim's `drop` says 550 before it hangs up: a definite no, in words that nobody knows, so the letter is held.
#[test]
fn exim_gives_everybody_their_own_letter() {
    every_mode("Exim", exim, &ALL, "held");
}

#[test]
fn opensmtpd_gives_everybody_their_own_letter() {
    every_mode("OpenSMTPD", opensmtpd, &ALL[..1], "deferred");
}

#[test]
fn aiosmtpd_gives_everybody_their_own_letter() {
    every_mode("aiosmtpd", aiosmtpd, &ALL[..2], "deferred");
}
