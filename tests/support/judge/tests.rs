//! The judge judged, with a client that is nothing but a socket.

use super::{Judge, Phase, Rule};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

const LETTER: &str = "Message-ID: <m1@example.org>\r\nSubject: x\r\n\r\n..dot\r\n.\r\n";

struct Client {
    line: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Client {
    fn call(judge: &Judge) -> Self {
        let line = TcpStream::connect(("127.0.0.1", judge.port())).unwrap();
        line.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let reader = BufReader::new(line.try_clone().unwrap());
        Self { line, reader }
    }

    /// Greets and reads what is offered.
    fn greeted(judge: &Judge) -> Self {
        let mut client = Self::call(judge);
        assert_eq!(client.hear(), "220 judge.example ESMTP");
        assert!(client.say("EHLO test.example\r\n").starts_with("250-judge.example"));
        while client.hear().starts_with("250-") {}
        client
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn say(&mut self, bytes: &str) -> String {
        self.line.write_all(bytes.as_bytes()).unwrap();
        self.hear()
    }

    /// Says each part after the reply to the one before; the codes that came, and `""` where the line was closed.
    fn letter_to(&mut self, recipient: &str) -> Vec<String> {
        let rcpt = format!("RCPT TO:<{recipient}>\r\n");
        let mut codes = Vec::new();
        for part in ["MAIL FROM:<tips@riverside.example>\r\n", &rcpt, "DATA\r\n", LETTER] {
            let reply = self.say(part);
            codes.push(reply.chars().take(3).collect::<String>());
            if !reply.starts_with(['2', '3']) {
                break;
            }
        }
        codes
    }

    fn is_hung_up(&mut self) -> bool {
        let end = self.reader.read_exact(&mut [0]);
        end.is_err_and(|error| error.kind() == std::io::ErrorKind::UnexpectedEof)
    }
}

/// What the judge's record says of each letter: recipient, accepted, replied, connection.
fn record(judge: &Judge) -> Vec<(String, bool, bool, usize)> {
    let deliveries = judge.deliveries().into_iter();
    deliveries
        .map(|delivery| (delivery.recipient, delivery.accepted, delivery.replied, delivery.connection))
        .collect()
}

#[test]
fn a_letter_is_on_record_before_the_reply() {
    let judge = Judge::start().keeping_letters();
    let mut client = Client::greeted(&judge);
    assert_eq!(client.letter_to("Ann@Example.org"), ["250", "250", "354", "250"]);
    let deliveries = judge.deliveries();
    let [delivery] = &deliveries[..] else {
        panic!("{deliveries:?}")
    };
    assert_eq!(
        (delivery.recipient.as_str(), delivery.message_id.as_str()),
        ("ann@example.org", "m1@example.org")
    );
    assert_eq!(
        (delivery.accepted, delivery.replied, delivery.connection, delivery.at_sequence),
        (true, true, 1, 1)
    );
    let letter = "Message-ID: <m1@example.org>\r\nSubject: x\r\n\r\n.dot\r\n";
    assert_eq!(String::from_utf8(delivery.letter(&judge)).unwrap(), letter);
    assert_eq!(delivery.body_hash.len(), 64);
    assert_eq!(client.letter_to("bob@example.org"), ["250", "250", "354", "250"]);
    assert_eq!(judge.accepted().len(), 2);
    assert_eq!(judge.deliveries()[1].at_sequence, 2);
    assert_eq!(judge.deliveries()[1].body_hash, delivery.body_hash);
    assert_eq!(std::fs::read_to_string(judge.record()).unwrap().lines().count(), 2);
    assert_eq!(client.say("QUIT\r\n"), "221 2.0.0 Bye");
    assert!(client.is_hung_up());
    assert_eq!((judge.connections(), judge.commands().len()), (1, 8));
    judge.assert_polite();
}

/// One rule, one letter: the codes the sender sees (`""` is a closed line), and `accepted, replied` on the record, if anything.
fn check(rule: Rule, codes: &[&str], on_record: Option<(bool, bool)>) {
    let told = format!("{rule:?}");
    let judge = Judge::start().rule(rule);
    let mut client = Client::greeted(&judge);
    assert_eq!(client.letter_to("ann@example.org"), codes, "{told}");
    let expected: Vec<_> = on_record
        .into_iter()
        .map(|(accepted, replied)| ("ann@example.org".to_owned(), accepted, replied, 1))
        .collect();
    assert_eq!(record(&judge), expected, "{told}");
}

#[test]
fn each_phase_fails_as_scripted() {
    check(Rule::at(Phase::Mail).reply("451 4.3.0 later"), &["451"], None);
    check(
        Rule::at(Phase::Rcpt).to("ann@example.org").reply("550 5.1.1 no"),
        &["250", "550"],
        None,
    );
    check(
        Rule::at(Phase::Rcpt).to("bob@example.org").reply("550 5.1.1 no"),
        &["250", "250", "354", "250"],
        Some((true, true)),
    );
    check(Rule::at(Phase::Rcpt).close(), &["250", ""], None);
    check(Rule::at(Phase::Data).reply("554 5.7.1 no"), &["250", "250", "554"], None);
    check(
        Rule::at(Phase::Data).reply_then_close("421 4.3.2 bye"),
        &["250", "250", "421"],
        None,
    );
    check(Rule::at(Phase::Body).close(), &["250", "250", "354", ""], None);
    check(
        Rule::at(Phase::Body).reply_then_close("552 5.3.4 too big"),
        &["250", "250", "354", "552"],
        None,
    );
}

#[test]
fn the_final_dot_fails_as_scripted() {
    let data = |last| ["250", "250", "354", last];
    check(Rule::at(Phase::Dot).reply("554 5.6.0 no"), &data("554"), Some((false, true)));
    check(Rule::at(Phase::Dot).reply("354 again"), &data("354"), Some((false, true)));
    check(
        Rule::at(Phase::Dot).reply("451 4.3.0 later").kept(),
        &data("451"),
        Some((true, true)),
    );
    check(
        Rule::at(Phase::Dot).reply("250 ok").dropped(),
        &data("250"),
        Some((false, true)),
    );
    check(Rule::at(Phase::Dot).close(), &data(""), Some((false, false)));
    check(Rule::at(Phase::Dot).keep_but_close(), &data(""), Some((true, false)));
    check(Rule::at(Phase::Dot).half_line("25"), &data("25"), Some((false, false)));
    check(Rule::at(Phase::Dot).half_line("25").kept(), &data("25"), Some((true, false)));
    check(
        Rule::at(Phase::Dot).raw(b"250-never ended\r\n").kept(),
        &data("250"),
        Some((true, false)),
    );
    check(
        Rule::at(Phase::Dot).reply_then_close("250 ok"),
        &data("250"),
        Some((true, true)),
    );
    check(
        Rule::at(Phase::Dot).delay(Duration::from_millis(20)),
        &data("250"),
        Some((true, true)),
    );
}

#[test]
fn a_surplus_line_comes_behind_the_usual_one() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).times(1).surplus_line("250 surplus"));
    let mut client = Client::greeted(&judge);
    assert_eq!(client.letter_to("ann@example.org"), ["250", "250", "354", "250"]);
    assert_eq!(client.hear(), "250 surplus");
    assert_eq!(record(&judge), [("ann@example.org".to_owned(), true, true, 1)]);
}

#[test]
fn silence_lasts_until_the_judge_goes() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).hang());
    let mut client = Client::greeted(&judge);
    for part in ["MAIL FROM:<a@example.org>\r\n", "RCPT TO:<b@example.org>\r\n", "DATA\r\n"] {
        client.say(part);
    }
    client.line.write_all(LETTER.as_bytes()).unwrap();
    client.line.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let silence = client.reader.read_exact(&mut [0]).unwrap_err().kind();
    assert!(
        matches!(silence, std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut),
        "{silence}"
    );
    client.line.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(record(&judge), [("b@example.org".to_owned(), false, false, 1)]);
    drop(judge);
    assert!(client.is_hung_up());
}

#[test]
fn rules_choose_connection_and_time_and_can_be_healed() {
    let judge = Judge::start()
        .rule(Rule::at(Phase::Banner).on_connection(2).reply_then_close("421 4.3.2 full"))
        .rule(
            Rule::at(Phase::Rcpt)
                .on_connection(1)
                .after(1)
                .times(1)
                .reply("450 4.7.1 greylisted"),
        );
    let mut first = Client::greeted(&judge);
    assert_eq!(first.letter_to("a@example.org").last().unwrap(), "250");
    assert_eq!(first.letter_to("a@example.org"), ["250", "450"]);
    assert_eq!(first.say("RSET\r\n"), "250 2.0.0 Ok");
    assert_eq!(first.letter_to("a@example.org").last().unwrap(), "250");
    let mut second = Client::call(&judge);
    assert_eq!(second.hear(), "421 4.3.2 full");
    assert!(second.is_hung_up());
    judge.add(Rule::at(Phase::Mail).reply("550 5.7.1 no"));
    assert_eq!(first.letter_to("a@example.org"), ["550"]);
    judge.heal();
    assert_eq!(first.letter_to("a@example.org").last().unwrap(), "250");
    judge.hang_up();
    assert!(first.is_hung_up());
    assert_eq!(Client::greeted(&judge).letter_to("a@example.org").last().unwrap(), "250");
    judge.assert_polite();
}

#[test]
fn a_refused_letter_leaves_its_transaction_open() {
    let judge = Judge::start()
        .offering("PIPELINING")
        .rule(Rule::at(Phase::Data).times(1).reply("451 4.3.0 later"));
    let mut client = Client::greeted(&judge);
    assert_eq!(client.letter_to("ann@example.org"), ["250", "250", "451"]);
    // The next group in one write, without the RSET that would have closed the first.
    let group = "MAIL FROM:<a@example.org>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n";
    assert_eq!(
        [client.say(group), client.hear(), client.hear()].map(|reply| reply[..3].to_owned()),
        ["503", "250", "354"]
    );
    client.say(LETTER);
    let recipients: Vec<String> = judge.deliveries().into_iter().map(|delivery| delivery.recipient).collect();
    assert_eq!(recipients, ["ann@example.org", "bob@example.org"]);
    assert_eq!(judge.deliveries()[0].at_sequence, judge.deliveries()[1].at_sequence);
    let faults = judge.faults();
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[1].contains("`bob@example.org` joins"), "{faults:?}");
}

#[test]
fn impolite_senders_are_noticed() {
    let noticed = |bytes: &str| {
        let judge = Judge::start();
        let mut client = Client::greeted(&judge);
        client.say(bytes);
        judge.faults().join("; ")
    };
    assert_eq!(noticed("NOOP\r\n"), "");
    assert_eq!(
        noticed("NOOP\r\nNOOP\r\n"),
        "connection 1: talks ahead although PIPELINING is not offered"
    );
    assert_eq!(noticed("NOOP\n"), "connection 1: a bare LF");
    assert_eq!(noticed("NOOP \rx\r\n"), "connection 1: a bare CR or NUL");
    assert_eq!(
        noticed(&format!("NOOP {}\r\n", "x".repeat(994))),
        "connection 1: a line of 999 octets"
    );
    assert!(noticed("JUMP\r\n").contains("unknown command"));
    assert!(noticed("MAIL FROM:a\r\n").contains("out of order"));
    let early = Judge::start();
    let mut client = Client::call(&early);
    client.hear();
    client.say("MAIL FROM:<a@example.org>\r\n");
    assert!(early.faults()[0].contains("out of order"));
}

#[test]
fn what_the_judge_tells_is_what_it_has_on_disk() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).times(1).delay_up_to(Duration::from_millis(5)));
    for recipient in ["ann@example.org", "bob@example.org"] {
        Client::greeted(&judge).letter_to(recipient);
    }
    judge.settle();
    let file = std::fs::read_to_string(judge.record()).unwrap();
    let on_disk: Vec<super::Delivery> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(judge.deliveries(), on_disk);
    assert_eq!((judge.letters(), judge.datas(), judge.connections()), (2, 2, 2));
    assert_eq!(on_disk[0].words_hash, on_disk[1].words_hash);
}

#[test]
fn nobody_passes_the_gate_before_it_is_open() {
    let judge = Judge::start().rule(Rule::at(Phase::Banner).behind_the_gate());
    let mut early = Client::call(&judge);
    early.line.set_read_timeout(Some(Duration::from_millis(30))).unwrap();
    assert!(
        early.reader.read_exact(&mut [0]).is_err(),
        "the greeting came through the gate"
    );
    early.line.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    judge.open_gate();
    assert_eq!(early.hear(), "220 judge.example ESMTP");
    assert_eq!(Client::call(&judge).hear(), "220 judge.example ESMTP");
}

/// Says a whole group at once and hears so many replies; their codes.
fn group(client: &mut Client, bytes: &str, replies: usize) -> Vec<String> {
    client.line.write_all(bytes.as_bytes()).unwrap();
    (0..replies).map(|_| client.hear().chars().take(3).collect()).collect()
}

fn transaction(to: &str) -> String {
    format!(
        "RSET\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<{to}@example.org>\r\n{}",
        chunk(to)
    )
}

fn chunk(to: &str) -> String {
    let letter = format!("To: X <{to}@example.org>\r\nMessage-ID: <{to}>\r\n\r\nRSET\r\n");
    format!("BDAT {} LAST\r\n{letter}", letter.len())
}

#[test]
fn letters_come_in_chunks_and_a_refused_chunk_is_no_command() {
    let judge = Judge::start()
        .offering("PIPELINING")
        .offering("CHUNKING")
        .rule(Rule::at(Phase::Rcpt).to("bob@example.org").reply("550 5.1.1 no"))
        .rule(Rule::at(Phase::Data).to("cem@example.org").reply("451 4.3.0 later"))
        .rule(Rule::at(Phase::Dot).to("dov@example.org").reply("554 5.7.1 spam"));
    let mut client = Client::greeted(&judge);
    let said = ["ann", "bob", "cem", "dov", "eva"].map(transaction).concat();
    let heard = group(&mut client, &said, 20);
    let (ann, bob) = (["250", "250", "250", "250"], ["250", "250", "550", "554"]);
    let (cem, dov) = (["250", "250", "250", "451"], ["250", "250", "250", "554"]);
    assert_eq!(heard, [ann, bob, cem, dov, ann].concat());
    let taken: Vec<String> = judge.accepted().into_iter().map(|delivery| delivery.recipient).collect();
    assert_eq!(taken, ["ann@example.org", "eva@example.org"]);
    let halves =
        "RSET\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<flo@example.org>\r\nBDAT 4\r\nTo: BDAT 17 LAST\r\nflo@example.org\r\n";
    assert_eq!(group(&mut client, halves, 5), ["250"; 5]);
    let flo = judge.accepted().pop().unwrap();
    assert_eq!((flo.recipient.as_str(), judge.take_mixed().len()), ("flo@example.org", 0));
    judge.assert_polite();
}

#[test]
fn a_letter_in_the_wrong_hands_is_noticed() {
    let judge = Judge::start().offering("PIPELINING").offering("CHUNKING").keeping_refused();
    judge.add(Rule::at(Phase::Dot).times(1).reply("554 5.7.1 spam"));
    let mut client = Client::greeted(&judge);
    let without_reset = |to: &str| transaction(to).split_once("\r\n").unwrap().1.to_owned();
    let said = [without_reset("ann"), without_reset("bob")].concat();
    assert_eq!(group(&mut client, &said, 6), ["250", "250", "554", "503", "250", "250"]);
    let mixed = judge.take_mixed();
    assert!(mixed.len() == 1 && mixed[0].contains("ann@example.org"), "{mixed:?}");
    assert_eq!(group(&mut client, &transaction("cem"), 4), ["250"; 4]);
    assert_eq!(judge.take_mixed(), [""; 0]);
}

#[test]
fn who_does_not_wait_where_it_must_is_noticed() {
    let judge = Judge::start().offering("PIPELINING");
    let mut client = Client::greeted(&judge);
    let said = format!("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n{LETTER}");
    assert_eq!(group(&mut client, &said, 4), ["250", "250", "354", "250"]);
    assert_eq!(judge.faults(), ["connection 1: does not wait for the reply at Data"]);
}

#[test]
fn connections_end_as_scripted() {
    let reset = Judge::start().rule(Rule::at(Phase::Dot).reset_behind());
    let mut client = Client::greeted(&reset);
    assert_eq!(client.letter_to("a@example.org"), ["250", "250", "354", "250"]);
    let end = client.reader.read_exact(&mut [0]).unwrap_err().kind();
    assert_eq!(end, std::io::ErrorKind::ConnectionReset);
    let every = Judge::start().rule(Rule::at(Phase::Dot).every(2).reply_then_close("250 ok"));
    for _ in 0..2 {
        let mut client = Client::greeted(&every);
        for _ in 0..2 {
            assert_eq!(client.letter_to("a@example.org").len(), 4);
        }
        assert!(client.is_hung_up());
    }
    let copying = Judge::start().rule(Rule::at(Phase::Dot).copied(2));
    Client::greeted(&copying).letter_to("a@example.org");
    assert_eq!((copying.accepted().len(), copying.datas()), (2, 1));
}

#[test]
fn a_letter_for_nobody_is_noticed() {
    let judge = || {
        let judge = Judge::start().offering("PIPELINING").granting_nobody();
        judge.rule(Rule::at(Phase::Rcpt).reply("550 5.1.1 no"))
    };
    let envelope = "MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n";
    let (polite, rude) = (judge(), judge());
    let mut client = Client::greeted(&polite);
    assert_eq!(group(&mut client, envelope, 3), ["250", "550", "354"]);
    assert_eq!(group(&mut client, ".\r\nRSET\r\n", 2), ["554", "250"]);
    polite.assert_polite();
    let mut client = Client::greeted(&rude);
    group(&mut client, envelope, 3);
    assert_eq!(group(&mut client, "x\r\n.\r\n", 1), ["554"]);
    assert_eq!(rude.faults().len(), 1);
    assert_eq!((polite.letters(), rude.letters()), (0, 0));
}

#[test]
fn who_is_silent_for_good_reads_on_and_keeps_what_comes() {
    let judge = Judge::start().offering("PIPELINING").offering("CHUNKING");
    let judge = judge.rule(Rule::at(Phase::Dot).mute().kept());
    let mut client = Client::greeted(&judge);
    let both = transaction("ann") + &transaction("bob");
    assert_eq!(group(&mut client, &both, 3), ["250", "250", "250"]);
    client.line.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(client.hear(), "", "nothing is answered any more");
    let kept = |name: &str| (format!("{name}@example.org"), true, false, 1);
    assert_eq!(record(&judge), [kept("ann"), kept("bob")]);
}

#[test]
fn a_letter_with_a_rider_waits_at_the_gate() {
    let judge = Judge::start().offering("PIPELINING").gating_riders();
    let mut client = Client::greeted(&judge);
    assert_eq!(client.letter_to("ann@example.org").last().unwrap(), "250");
    assert_eq!(judge.rider(), None);
    let envelope = |to: &str| format!("MAIL FROM:<a@example.org>\r\nRCPT TO:<{to}@example.org>\r\nDATA\r\n");
    group(&mut client, &envelope("bob"), 3);
    group(&mut client, &format!("x\r\n.\r\nRSET\r\n{}", envelope("Cid")), 0);
    crate::support::ledger::until("a rider", || judge.rider().is_some());
    judge.open_riders_gate();
    assert_eq!(group(&mut client, "", 5), ["250", "250", "250", "250", "354"]);
    assert_eq!(judge.rider().as_deref(), Some("cid@example.org"));
}
