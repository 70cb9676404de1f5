//! The internet at the door: too much, too slow, too many, and nonsense (reliability.md §4.2).

use super::clinic::{Clinic, Page};
use super::proof;
use super::talk::{Reply, ask, connect, read_to_end};
use crate::support::ledger::until;
use crate::support::stopwatch::Stopwatch;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// A request may take ten seconds in all; a busy machine is a little late.
const WHOLE: Duration = Duration::from_secs(14);

/// Nonsense that repeats itself.
struct Nonsense(u64);

impl Nonsense {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most as u64) as usize
    }

    /// The request with some of its bytes changed, taken out, doubled, or cut off.
    fn spoil(&mut self, request: &[u8]) -> Vec<u8> {
        let mut bytes = request.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
            match self.below(4) {
                _ if bytes.is_empty() => {}
                0 => bytes[at] = self.next() as u8,
                1 => drop(bytes.remove(at)),
                2 => bytes.truncate(at),
                _ => bytes.extend_from_within(at..),
            }
        }
        bytes
    }
}

#[test]
fn too_much_is_refused() {
    let clinic = Clinic::after_letters_to(1);
    let (page, token) = (clinic.page(), clinic.token(1));
    let long = "a".repeat(9000);
    let head = ask(
        page.address,
        format!("GET /u/{token} HTTP/1.1\r\nHost: r\r\nX-Long: {long}\r\n\r\n"),
    );
    assert!(matches!(head.status, 431 | 0), "{head:?}");
    let path = ask(page.address, format!("GET /{long} HTTP/1.1\r\nHost: r\r\n\r\n"));
    assert!(matches!(path.status, 414 | 431 | 0), "{path:?}");
    let fields: String = (0..200).map(|number| format!("X-{number}: 1\r\n")).collect();
    ask(page.address, format!("GET /u/{token} HTTP/1.1\r\n{fields}\r\n")).is(431);
    let click = "List-Unsubscribe=One-Click";
    let body = format!("{click}&x={}", "a".repeat(5000));
    page.post(token, &body).is(413).says("Nothing has been changed");
    let chunk = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let kind = "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked";
    ask(
        page.address,
        format!("POST /u/{token} HTTP/1.1\r\nHost: r\r\nConnection: close\r\n{kind}\r\n\r\n{chunk}"),
    )
    .is(413);
    assert_eq!(clinic.stands_against(1), [""; 0]);
    page.post(token, &format!("{click}&x={}", "a".repeat(3900))).is(200);
}

#[test]
fn who_sends_slowly_is_cut_off() {
    let clinic = Clinic::after_letters_to(1);
    let (page, token) = (clinic.page(), clinic.token(1));
    let click = "List-Unsubscribe=One-Click";
    let openings = [
        String::new(),
        format!("POST /u/{token} HTTP/1.1\r\nHost: r\r\n"),
        format!("POST /u/{token} HTTP/1.1\r\nHost: r\r\nContent-Length: 26\r\n\r\n"),
        format!("POST /u/{token} HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\n"),
    ];
    let cut_off = |opening: &String| {
        let (began, mut stream) = (Stopwatch::start(), connect(page.address));
        stream.write_all(opening.as_bytes()).unwrap();
        // A byte now and then must not make it longer.
        let slow = stream.try_clone().unwrap();
        std::thread::spawn(move || drip(slow, click));
        let replies = Reply::all_in(&read_to_end(&mut stream));
        assert!(replies.iter().all(|reply| reply.status >= 400), "{replies:?}");
        let took = began.shows();
        assert!(took < WHOLE, "{opening:?}: {took:?}");
    };
    std::thread::scope(|scope| {
        let all = openings.iter().map(|opening| scope.spawn(|| cut_off(opening)));
        all.collect::<Vec<_>>().into_iter().for_each(|one| one.join().unwrap());
    });
    assert_eq!(clinic.stands_against(1), [""; 0]);
}

/// Writes a byte a second for as long as somebody listens, and never the last one.
fn drip(mut stream: TcpStream, text: &str) {
    for byte in text.bytes().take(20) {
        if stream.write_all(&[byte]).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

#[test]
fn a_crowd_that_says_nothing_keeps_nobody_out_for_long() {
    let clinic = Clinic::after_letters_to(1);
    let page = clinic.page();
    let idle: Vec<TcpStream> = (0..300).map(|_| connect(page.address)).collect();
    let began = Stopwatch::start();
    page.one_click(clinic.token(1)).is(200);
    let took = began.shows();
    assert!(took < WHOLE, "{took:?}");
    drop(idle);
    proof(
        "seconds that 300 silent connections keep a press waiting",
        took.as_secs_f32().round(),
    );
    assert!(page.peak_memory() < 64 * 1024, "{} KiB", page.peak_memory());
}

#[test]
fn nonsense_gets_a_no_and_no_more() {
    let clinic = Clinic::after_letters_to(2);
    let page = clinic.page();
    // The token is wrong, whatever becomes of the rest: none of these may do anything.
    let wrong = format!("{}AAAA", clinic.token(1).strip_suffix(|_: char| true).unwrap());
    let request = format!(
        "POST /u/{wrong} HTTP/1.1\r\nHost: r\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 26\r\n\r\nList-Unsubscribe=One-Click"
    );
    let mut nonsense = Nonsense(0x7469_6469_6e67_7321);
    let mut answered = 0;
    for _ in 0..300 {
        let spoilt = nonsense.spoil(request.as_bytes());
        let mut stream = connect(page.address);
        // It may be cut off before we are through.
        drop(stream.write_all(&spoilt));
        drop(stream.shutdown(std::net::Shutdown::Write));
        let replies = Reply::all_in(&read_to_end(&mut stream));
        assert!(
            replies.iter().all(|reply| reply.status >= 400),
            "{replies:?} to {:?}",
            String::from_utf8_lossy(&spoilt)
        );
        answered += replies.len();
    }
    assert_eq!((clinic.stands_against(1), clinic.stands_against(2)), (vec![], vec![]));
    page.one_click(clinic.token(1)).is(200);
    let memory = page.peak_memory();
    proof("spoilt requests, none believed", 300);
    proof("of them answered with a no", answered);
    assert!(memory < 64 * 1024, "{memory} KiB");
}

#[test]
fn requests_in_a_row_are_answered_in_a_row() {
    let clinic = Clinic::after_letters_to(1);
    let (page, token) = (clinic.page(), clinic.token(1));
    let get = format!("GET /u/{token} HTTP/1.1\r\nHost: r\r\n\r\n");
    let post = format!(
        "POST /u/{token} HTTP/1.1\r\nHost: r\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 26\r\n\r\nList-Unsubscribe=One-Click"
    );
    let last = format!("GET /u/{token} HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n");
    let mut stream = connect(page.address);
    stream.write_all(format!("{get}{post}{last}").as_bytes()).unwrap();
    let replies = Reply::all_in(&read_to_end(&mut stream));
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses, [200, 200, 200]);
    assert!(replies[0].body.contains("Nothing has been changed") && replies[2].body.contains("You have already stopped"));
}

#[test]
fn an_open_request_is_finished_at_the_end() {
    let clinic = Clinic::after_letters_to(1);
    let (page, token) = (clinic.page(), clinic.token(1));
    let mut stream = connect(page.address);
    let head = format!(
        "POST /u/{token} HTTP/1.1\r\nHost: r\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 26\r\nExpect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The request is being read when this has come.
    let mut word = [0; 25];
    stream.read_exact(&mut word).unwrap();
    assert_eq!(&word, b"HTTP/1.1 100 Continue\r\n\r\n");
    let idle = connect(page.address);
    page.signal("TERM");
    // Nobody new is let in from now on.
    until("the door is shut", || TcpStream::connect(page.address).is_err());
    stream.write_all(b"List-Unsubscribe=One-Click").unwrap();
    let replies = Reply::all_in(&read_to_end(&mut stream));
    assert_eq!(replies.last().map(|reply| reply.status), Some(200), "{replies:?}");
    assert_eq!(page.ended(), Some(0));
    drop(idle);
    assert_eq!(clinic.stands_against(1), ["patients:unsubscribed"]);
}

#[test]
fn only_wrong_tokens_are_counted() {
    let clinic = Clinic::after_letters_to(40);
    let page = Page::show(&clinic.workspace, &["--behind-proxy"]);
    let from = |address: &str| format!("X-Forwarded-For: 198.51.100.1, {address}\r\n");
    let looked: Vec<u16> = (0..60)
        .map(|_| page.look_with("wrong", &from("203.0.113.7")).status)
        .collect();
    assert_eq!(looked[..30], [404; 30]);
    assert!(looked[31..].contains(&429), "{looked:?}");
    let refused = page.look_with("wrong", &from("203.0.113.7"));
    assert!(refused.status == 404 || refused.field("retry-after").is_some(), "{refused:?}");
    page.look_with("wrong", &from("203.0.113.8")).is(404);
    page.look_with("wrong", "").is(404);
    // The same machine presses the button for everybody.
    for person in 1..=40 {
        let request = format!(
            "POST /u/{} HTTP/1.1\r\nHost: r\r\nConnection: close\r\n{}Content-Length: 26\r\n\r\nList-Unsubscribe=One-Click",
            clinic.token(person),
            from("203.0.113.7")
        );
        ask(page.address, request).is(200);
    }
}
