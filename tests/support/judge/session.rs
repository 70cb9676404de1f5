//! One connection to the judge, command by command.

use super::record::Judgement;
use super::script::{Phase, Step, Verdict};
use super::{Bench, locked};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long a connection that the judge ends waits for the other side to hang up too: a socket closed over unread bytes would take
/// the last reply down with it.
const LINGER: Duration = Duration::from_secs(1);

/// Holds the conversation to its end; a sender that vanishes ends it too.
pub(super) fn hold(number: usize, line: TcpStream, bench: &Bench) {
    line.set_nodelay(true).expect("a fresh socket takes options");
    let reader = BufReader::new(line.try_clone().expect("a fresh socket can be shared"));
    let mut session = Session {
        number,
        line,
        reader,
        bench,
        sender: false,
        recipients: Vec::new(),
        chunks: Vec::new(),
        greeted: false,
        muted: false,
    };
    // An error is a sender that is gone: the record already says what was taken.
    drop(session.talk());
}

struct Session<'a> {
    number: usize,
    line: TcpStream,
    reader: BufReader<TcpStream>,
    bench: &'a Bench,
    greeted: bool,
    /// Whether nothing is answered any more.
    muted: bool,
    /// Whether a transaction is open.
    sender: bool,
    /// Those in the open transaction, as a real server holds them: whoever was granted since the last MAIL, RSET or end of data.
    recipients: Vec<String>,
    /// What BDAT has brought of a letter that has not had its LAST.
    chunks: Vec<u8>,
}

/// Whether the conversation goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Command,
    End,
}

impl Session<'_> {
    fn talk(&mut self) -> io::Result<()> {
        let (_, mut next) = self.answer(Phase::Banner, "220 judge.example ESMTP")?;
        while next == Next::Command {
            let Some(command) = self.read_line()? else { break };
            next = self.command(&String::from_utf8_lossy(&command))?;
        }
        Ok(())
    }

    fn command(&mut self, command: &str) -> io::Result<Next> {
        locked(&self.bench.commands).push((self.number, command.to_owned()));
        let upper = command.to_ascii_uppercase();
        let verb = upper.split([' ', ':']).next().unwrap_or_default();
        match verb {
            "EHLO" | "HELO" => self.hello(),
            "MAIL" => self.mail(command),
            "RCPT" => self.rcpt(command),
            "DATA" => self.data(),
            "BDAT" => self.bdat(&upper),
            "AUTH" => self.auth(&upper),
            "RSET" => {
                self.close_transaction();
                Ok(self.answer(Phase::Rset, "250 2.0.0 Ok")?.1)
            }
            "NOOP" => self.plain("250 2.0.0 Ok"),
            "QUIT" => {
                let (_, _) = self.answer(Phase::Quit, "221 2.0.0 Bye")?;
                self.end()
            }
            _ => {
                self.fault(&format!("unknown command {command:?}"));
                self.plain("502 5.5.2 Error: command not recognized")
            }
        }
    }

    fn hello(&mut self) -> io::Result<Next> {
        self.close_transaction();
        let offers = locked(&self.bench.offers).clone();
        let names = [&["judge.example".to_owned()], offers.as_slice()].concat();
        let last = names.len() - 1;
        let lines = names
            .iter()
            .enumerate()
            .map(|(index, name)| format!("250{}{name}", if index < last { '-' } else { ' ' }));
        let usual = lines.collect::<Vec<_>>().join("\r\n");
        let (granted, next) = self.answer(Phase::Ehlo, &usual)?;
        self.greeted |= granted;
        Ok(next)
    }

    fn mail(&mut self, command: &str) -> io::Result<Next> {
        if self.sender {
            self.fault("MAIL inside an open transaction");
            return self.plain("503 5.5.1 Error: nested MAIL command");
        }
        if !self.greeted || !command.contains('<') {
            self.fault(&format!("out of order or malformed: {command:?}"));
            return self.plain("503 5.5.1 Error: send EHLO first");
        }
        let (granted, next) = self.answer(Phase::Mail, "250 2.1.0 Ok")?;
        self.sender = granted;
        Ok(next)
    }

    fn rcpt(&mut self, command: &str) -> io::Result<Next> {
        if !self.sender {
            // Behind a refused MAIL this is what PIPELINING looks like.
            return self.plain("503 5.5.1 Error: need MAIL command");
        }
        let address = command
            .split_once('<')
            .and_then(|(_, rest)| rest.split_once('>'))
            .map_or("", |(address, _)| address);
        let address = address.to_lowercase();
        let before = std::mem::replace(&mut self.recipients, vec![address.clone()]);
        let answered = self.answer(Phase::Rcpt, "250 2.1.5 Ok");
        self.recipients = before;
        let (granted, next) = answered?;
        if granted {
            if !self.recipients.is_empty() {
                self.fault(&format!("`{address}` joins the transaction of {:?}", self.recipients));
            }
            self.recipients.push(address);
        }
        Ok(next)
    }

    fn data(&mut self) -> io::Result<Next> {
        if !self.sender {
            return self.plain("503 5.5.1 Error: need RCPT command");
        }
        if self.recipients.is_empty() && self.bench.grants_nobody.load(Ordering::SeqCst) {
            return self.data_for_nobody();
        }
        if self.recipients.is_empty() {
            return self.plain("554 5.5.1 Error: no valid recipients");
        }
        let (granted, next) = self.answer(Phase::Data, "354 End data with <CR><LF>.<CR><LF>")?;
        match (granted, next) {
            (true, Next::Command) => self.body(),
            (_, next) => Ok(next),
        }
    }

    /// RFC 2920 §3.1: a server may grant DATA although it has refused every recipient, and refuse what comes. Nothing may come but the
    /// dot: a letter would be for nobody.
    fn data_for_nobody(&mut self) -> io::Result<Next> {
        self.expect_patience(Phase::Data);
        self.line.write_all(b"354 End data with <CR><LF>.<CR><LF>\r\n")?;
        while let Some(line) = self.read_line()? {
            if line == b"." {
                return self.plain("554 5.5.1 Error: no valid recipients");
            }
            self.fault("a letter's text although nobody was granted");
        }
        Ok(Next::End)
    }

    /// Reads the letter up to its final dot (RFC 5321 §4.5.2), then judges it.
    fn body(&mut self) -> io::Result<Next> {
        let mut letter = Vec::new();
        let mut in_the_middle = false;
        while let Some(mut line) = self.read_line()? {
            if line == b"." {
                return self.dot(&letter);
            }
            if line.first() == Some(&b'.') {
                line.remove(0);
            }
            letter.extend_from_slice(&line);
            letter.extend_from_slice(b"\r\n");
            if !std::mem::replace(&mut in_the_middle, true) {
                let verdict = self.verdict(Phase::Body);
                if self.carry_out(&verdict)? == Next::End {
                    return Ok(Next::End);
                }
            }
        }
        Ok(Next::End)
    }

    /// RFC 3030 §2: the octets are read whatever is thought of them, so that nothing of them is taken for a command.
    fn bdat(&mut self, command: &str) -> io::Result<Next> {
        let mut words = command.split_ascii_whitespace().skip(1);
        let size: usize = words.next().and_then(|size| size.parse().ok()).unwrap_or_default();
        let is_last = words.next() == Some("LAST");
        if !locked(&self.bench.offers).iter().any(|offer| offer == "CHUNKING") {
            self.fault("BDAT although CHUNKING is not offered");
        }
        let mut octets = vec![0; size];
        let early = if self.chunks.is_empty() && self.is_open() {
            size.min(40)
        } else {
            0
        };
        self.reader.read_exact(&mut octets[..early])?;
        if early > 0 {
            let verdict = self.verdict(Phase::Body);
            if self.carry_out(&verdict)? == Next::End {
                return Ok(Next::End);
            }
        }
        self.reader.read_exact(&mut octets[early..])?;
        if !self.is_open() {
            return self.plain("554 5.5.1 Error: no valid recipients");
        }
        self.chunks.extend(octets);
        self.chunk(size, is_last)
    }

    /// One chunk is here: it is refused, or it ends the letter, or more of it follows.
    fn chunk(&mut self, size: usize, is_last: bool) -> io::Result<Next> {
        let refusal = self.verdict(Phase::Data);
        match (refusal.is_usual(), is_last) {
            (false, _) => {
                self.chunks.clear();
                if !self.bench.keeps_refused.load(Ordering::SeqCst) {
                    self.close_transaction();
                }
                self.carry_out(&refusal)
            }
            (true, true) => {
                let letter = std::mem::take(&mut self.chunks);
                self.dot(&letter)
            }
            (true, false) => self.plain(&format!("250 2.0.0 {size} octets received")),
        }
    }

    /// Whether a letter may come: somebody is in the transaction.
    fn is_open(&self) -> bool {
        self.sender && !self.recipients.is_empty()
    }

    /// AUTH PLAIN with its answer in the same line, the only way that is spoken here; every name and password is right.
    fn auth(&mut self, command: &str) -> io::Result<Next> {
        if !command.starts_with("AUTH PLAIN ") || !locked(&self.bench.offers).iter().any(|offer| offer.starts_with("AUTH")) {
            self.fault(&format!("a login that was not offered: {command:?}"));
            return self.plain("504 5.5.4 Error: not this way");
        }
        Ok(self.answer(Phase::Login, "235 2.7.0 Welcome")?.1)
    }

    /// Write it down first, then reply.
    fn dot(&mut self, letter: &[u8]) -> io::Result<Next> {
        let verdict = self.verdict(Phase::Dot).with_usual("250 2.0.0 Ok: taken");
        let (accepted, replied) = (verdict.keeps(), verdict.replies() && !self.muted);
        let (recipients, connection) = (self.recipients.clone(), self.number);
        self.bench.mixture.look_at(&recipients, letter, self.number);
        for _ in 0..verdict.copies {
            self.bench.record.write(&Judgement {
                recipients: &recipients,
                letter,
                accepted,
                replied,
                connection,
            });
        }
        if accepted || !self.bench.keeps_refused.load(Ordering::SeqCst) {
            self.close_transaction();
        }
        self.expect_patience(Phase::Dot);
        self.wait_with_a_rider();
        self.carry_out(&verdict)
    }

    /// Where riders are gated: the first answer to a letter with the next one's RCPT behind it waits until the gate opens.
    fn wait_with_a_rider(&self) {
        let ahead = String::from_utf8_lossy(self.reader.buffer());
        let rider = ahead.split_once("RCPT TO:<").and_then(|(_, rest)| rest.split_once('>'));
        if let Some((address, _)) = rider {
            self.bench.riders.pass(&address.to_lowercase());
        }
    }

    fn close_transaction(&mut self) {
        self.sender = false;
        self.recipients.clear();
        self.chunks.clear();
    }

    /// An answer that no script changes.
    fn plain(&mut self, usual: &str) -> io::Result<Next> {
        self.expect_patience(Phase::Mail);
        let verdict = Verdict::of(&mut [], Phase::Quit, &[], self.number).with_usual(usual);
        self.carry_out(&verdict)
    }

    /// Whether the command is granted, and whether the conversation goes on.
    fn answer(&mut self, phase: Phase, usual: &str) -> io::Result<(bool, Next)> {
        self.expect_patience(phase);
        let verdict = self.verdict(phase).with_usual(usual);
        Ok((verdict.grants(), self.carry_out(&verdict)?))
    }

    fn verdict(&self, phase: Phase) -> Verdict {
        Verdict::of(&mut locked(&self.bench.rules), phase, &self.recipients, self.number)
    }

    fn carry_out(&mut self, verdict: &Verdict) -> io::Result<Next> {
        for step in &verdict.steps {
            match step {
                Step::Usual => {}
                Step::Write(_) if self.muted => {}
                Step::Write(bytes) => self.line.write_all(bytes)?,
                Step::Mute => self.muted = true,
                Step::Wait(wait) => std::thread::sleep(*wait),
                Step::WaitUpTo(most) => std::thread::sleep(most.mul_f64(self.bench.record.whim())),
                Step::Gate => self.bench.gate.pass(),
                Step::Hang => return self.hang(),
                Step::Freeze => {
                    self.bench.gate.pass();
                    return Ok(Next::End);
                }
                Step::Drip(bytes, pause) => {
                    for byte in bytes {
                        std::thread::sleep(*pause);
                        self.line.write_all(&[*byte])?;
                    }
                }
                Step::Endless(line) => loop {
                    self.line.write_all(&line.repeat(64))?;
                },
                Step::Close => return self.end(),
                Step::Reset => {
                    reset(&self.line);
                    return Ok(Next::End);
                }
            }
        }
        Ok(Next::Command)
    }

    /// Without PIPELINING a sender waits for each reply (RFC 2920 §3.1); with it, still for those that change what comes next.
    fn expect_patience(&self, phase: Phase) {
        let ahead = !self.reader.buffer().is_empty();
        let offered = locked(&self.bench.offers).iter().any(|offer| offer == "PIPELINING");
        match (ahead, offered, phase) {
            (false, _, _) => {}
            (true, true, Phase::Banner | Phase::Ehlo | Phase::Login | Phase::Data | Phase::Quit) => {
                self.fault(&format!("does not wait for the reply at {phase:?}"));
            }
            (true, true, Phase::Mail | Phase::Rcpt | Phase::Body | Phase::Dot | Phase::Rset) => {}
            (true, false, _) => self.fault("talks ahead although PIPELINING is not offered"),
        }
    }

    /// Reads and says nothing until the sender goes, or the judge hangs up on everybody.
    fn hang(&mut self) -> io::Result<Next> {
        io::copy(&mut self.reader, &mut io::sink())?;
        Ok(Next::End)
    }

    fn end(&mut self) -> io::Result<Next> {
        self.line.shutdown(Shutdown::Write)?;
        self.line.set_read_timeout(Some(LINGER))?;
        let mut rest = [0; 4096];
        while !self.bench.closing.load(Ordering::SeqCst) {
            match self.reader.read(&mut rest) {
                Ok(0) => break,
                Ok(_) => {}
                // With a timeout the kernel leaves it to us to read on (signal(7)).
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.line.shutdown(Shutdown::Both)?;
        Ok(Next::End)
    }

    /// A line without its CRLF; `None` at the end, half a line included.
    fn read_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        self.reader.read_until(b'\n', &mut line)?;
        if line.pop() != Some(b'\n') {
            return Ok(None);
        }
        match line.last() {
            Some(b'\r') => drop(line.pop()),
            Some(_) | None => self.fault("a bare LF"),
        }
        if line.contains(&b'\r') || line.contains(&0) {
            self.fault("a bare CR or NUL");
        }
        // RFC 5321 §4.5.3.1.6: a text line is 1000 octets with its CRLF; a dot put in front does not count.
        if line.len() > 998 + usize::from(line.first() == Some(&b'.')) {
            self.fault(&format!("a line of {} octets", line.len()));
        }
        Ok(Some(line))
    }

    fn fault(&self, what: &str) {
        locked(&self.bench.faults).push(format!("connection {}: {what}", self.number));
    }
}

/// Makes the kernel end the connection by RST as soon as nobody holds it any more.
fn reset(line: &TcpStream) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    let runtime = runtime.expect("a runtime that does nothing can be had");
    let _inside = runtime.enter();
    line.set_nonblocking(true).expect("an open socket takes options");
    let line = line.try_clone().expect("an open socket can be shared");
    // Only tokio's socket has this option.
    let line = tokio::net::TcpStream::from_std(line).expect("a socket that does not block can be taken over");
    line.set_zero_linger().expect("an open socket takes options");
}
