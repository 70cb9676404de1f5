//! The sandbox's sessions, byte by byte, and the sandbox itself over loopback.

use crate::relay::sandbox::data::LARGEST;
use crate::relay::sandbox::session::{FiledLetter, Session, Step, Verdict};
use crate::relay::sandbox::{Sandbox, Summary};
use std::fs;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ENVELOPE: &str = "EHLO me.example\r\nMAIL FROM:<tips@clinic.example>\r\nRCPT TO:<ann@example.org>\r\n";

/// What a visitor says at once; the codes it hears, and the letters filed.
fn visit(said: &[u8]) -> (Vec<String>, Vec<FiledLetter>) {
    let mut session = Session::new();
    let mut filed = Vec::new();
    for bytes in said.chunks(7) {
        session.receive(bytes);
        while let Step::File(letter) = session.advance() {
            filed.push(letter);
            session.settle(&Verdict::Filed);
        }
    }
    let replies = String::from_utf8(session.take_replies()).unwrap();
    let last_lines = replies.lines().filter(|line| line.get(3..4) != Some("-"));
    (
        last_lines
            .skip(1)
            .map(|line| line.split(' ').next().unwrap().to_owned())
            .collect(),
        filed,
    )
}

fn check(said: &str, codes: &str) {
    let (heard, _) = visit(said.as_bytes());
    assert_eq!(heard.join(" "), codes, "{said:?}");
}

#[test]
fn a_group_is_answered_in_order_and_the_letter_filed() {
    let said = format!("{ENVELOPE}DATA\r\nSubject: a\r\n\r\n..b\r\n.\r\nQUIT\r\nNOOP\r\n");
    let (heard, filed) = visit(said.as_bytes());
    assert_eq!(heard, ["250", "250", "250", "354", "250", "221"]);
    assert_eq!(
        filed,
        [FiledLetter {
            recipients: vec!["ann@example.org".to_owned()],
            bytes: b"Subject: a\r\n\r\n.b\r\n".to_vec()
        }]
    );
}

#[test]
fn chunks_make_a_letter() {
    let (heard, filed) = visit(format!("{ENVELOPE}BDAT 4\r\n.\r\naBDAT 2 LAST\r\n\r\nBDAT 0 LAST\r\nQUIT\r\n").as_bytes());
    assert_eq!(heard, ["250", "250", "250", "250", "250", "503", "221"]);
    assert_eq!(
        filed.iter().map(|letter| &letter.bytes[..]).collect::<Vec<_>>(),
        [b".\r\na\r\n"]
    );
    check("EHLO me\r\nBDAT 6\r\nQUIT\r\nQUIT\r\n", "250 503 221");
    check(
        &format!("{ENVELOPE}BDAT 2\r\na\rDATA\r\nRSET\r\nDATA\r\n"),
        "250 250 250 250 503 250 503",
    );
}

#[test]
fn the_order_of_commands_is_kept() {
    check("MAIL FROM:<a@b.example>\r\n", "503");
    check("EHLO me\r\nRCPT TO:<a@b.example>\r\nDATA\r\n", "250 503 503");
    check(
        "EHLO me\r\nMAIL FROM:<a@b.example>\r\nDATA\r\nMAIL FROM:<a@b.example>\r\n",
        "250 250 503 503",
    );
    check(
        "EHLO me\r\nMAIL FROM:<a@b.example>\r\nRSET\r\nRCPT TO:<a@b.example>\r\n",
        "250 250 250 503",
    );
    check(
        "HELO me\r\nMAIL FROM:<>\r\nEHLO me\r\nRCPT TO:<a@b.example>\r\n",
        "250 250 250 503",
    );
    check(
        "NOOP\r\nVRFY ann\r\nHELP\r\nEXPN all\r\nAUTH PLAIN x\r\nSTARTTLS\r\nWHAT\r\n\r\n",
        "250 252 214 502 502 502 500 500",
    );
}

#[test]
fn limits_are_kept_and_the_session_goes_on() {
    check(&format!("NOOP {}\r\nNOOP\r\n", "x".repeat(2040)), "250 250");
    check(&format!("NOOP {}\r\nNOOP\r\n", "x".repeat(2042)), "500 250");
    check(&format!("NOOP {}\r\nNOOP\r\n", "x".repeat(9999)), "500 250");
    check(
        &format!("EHLO me\r\nMAIL FROM:<a@b.example> SIZE={}\r\n", LARGEST + 1),
        "250 552",
    );
    check(&format!("EHLO me\r\nMAIL FROM:<a@b.example> SIZE={LARGEST}\r\n"), "250 250");
    check(
        &format!("{ENVELOPE}DATA\r\n{}\r\n.\r\nNOOP\r\n", "x".repeat(999)),
        "250 250 250 354 500 250",
    );
    let many = "RCPT TO:<a@b.example>\r\n".repeat(100);
    let heard = visit(format!("{ENVELOPE}{many}").as_bytes()).0;
    assert_eq!(heard.iter().filter(|code| *code == "452").count(), 1);
}

#[test]
fn addresses_beyond_ascii_need_their_extension() {
    check(
        "EHLO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<jörg@b.example>\r\n",
        "250 250 553",
    );
    check("EHLO me\r\nMAIL FROM:<jörg@b.example>\r\n", "250 550");
    check(
        "EHLO me\r\nMAIL FROM:<jörg@b.example> SMTPUTF8\r\nRCPT TO:<jörg@b.example>\r\n",
        "250 250 250",
    );
}

#[test]
fn a_bare_line_feed_ends_nothing() {
    check("NOOP\nNOOP\r\n", "500 250");
    check(
        &format!("{ENVELOPE}DATA\r\na\n.\nMAIL FROM:<x@y.example>\r\n.\r\nNOOP\r\n"),
        "250 250 250 354 550 250",
    );
    check(
        &format!("{ENVELOPE}DATA\r\na\n.\r\nMAIL FROM:<x@y.example>\r\n.\r\nNOOP\r\n"),
        "250 250 250 354 550 250",
    );
}

#[test]
fn the_size_it_names_is_the_size_it_takes() {
    let mut session = Session::new();
    session.receive(b"EHLO me\r\n");
    assert!(matches!(session.advance(), Step::Wait));
    let replies = String::from_utf8(session.take_replies()).unwrap();
    for extension in [
        "PIPELINING",
        "CHUNKING",
        "8BITMIME",
        "SMTPUTF8",
        "ENHANCEDSTATUSCODES",
        &format!("SIZE {LARGEST}"),
    ] {
        assert!(
            replies.contains(&format!("250-{extension}\r\n")) || replies.contains(&format!("250 {extension}\r\n")),
            "{extension}: {replies}"
        );
    }
}

async fn say(tcp: &mut TcpStream, said: &str, until: &str) -> String {
    let mut heard = String::new();
    tcp.write_all(said.as_bytes()).await.unwrap();
    let mut buffer = [0; 4096];
    while !heard.contains(until) {
        let octets = tcp.read(&mut buffer).await.unwrap();
        assert!(octets > 0, "closed after {heard:?}");
        heard.push_str(std::str::from_utf8(&buffer[..octets]).unwrap());
    }
    heard
}

#[tokio::test]
async fn a_letter_stands_in_the_outbox_before_its_250() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(folder.path()).unwrap();
    let mut tcp = TcpStream::connect(("127.0.0.1", sandbox.port())).await.unwrap();
    say(
        &mut tcp,
        &format!("{ENVELOPE}RCPT TO:<bob@example.org>\r\nRCPT TO:<nobody>\r\nDATA\r\n"),
        "354 ",
    )
    .await;
    say(&mut tcp, "Subject: a\r\n\r\nb\r\n.\r\n", "250 2.0.0 filed").await;
    for name in ["0001-ann-example.org.eml", "0002-bob-example.org.eml"] {
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), b"Subject: a\r\n\r\nb\r\n");
    }
    drop(tcp);
    assert_eq!(sandbox.stop().await, Summary { accepted: 1, refused: 1 });
}

#[tokio::test]
async fn a_letter_that_cannot_be_filed_is_refused_for_now() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(folder.path()).unwrap();
    fs::create_dir(folder.path().join("0001-ann-example.org.eml")).unwrap();
    let mut tcp = TcpStream::connect(("127.0.0.1", sandbox.port())).await.unwrap();
    say(&mut tcp, &format!("{ENVELOPE}DATA\r\n"), "354 ").await;
    say(&mut tcp, "Subject: a\r\n\r\nb\r\n.\r\n", "451 4.3.0").await;
    assert_eq!(sandbox.stop().await, Summary { accepted: 0, refused: 1 });
}

#[tokio::test]
async fn who_is_still_there_when_it_stops_hears_421() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(folder.path()).unwrap();
    let port = sandbox.port();
    let mut tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    say(&mut tcp, ENVELOPE, "2.1.5").await;
    let (_, heard) = tokio::join!(sandbox.stop(), say(&mut tcp, "", "421 4.3.2"));
    assert!(heard.ends_with("\r\n"));
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}
