//! Fault scripts: at which phase, for whom, on which connection, how often, and what the judge does then.

use std::time::Duration;

/// Where in the conversation a rule applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The first line, before the sender speaks.
    Banner,
    /// EHLO or HELO.
    Ehlo,
    /// AUTH.
    Login,
    /// MAIL FROM; the recipient is not known yet.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA, or the first BDAT of a letter, whose chunk is read all the same.
    Data,
    /// In the middle of the letter: after its first line.
    Body,
    /// The final dot, or the last byte of BDAT LAST.
    Dot,
    /// RSET.
    Rset,
    /// QUIT.
    Quit,
}

/// One thing that the judge does in answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The answer there would have been without the rule.
    Usual,
    /// These bytes, line end included.
    Write(Vec<u8>),
    Wait(Duration),
    /// A while that is another one each time, this long at most.
    WaitUpTo(Duration),
    /// Silence until the test opens the gate.
    Gate,
    /// Silence for as long as the sender stays.
    Hang,
    /// Silence for good, but everything goes on: what comes is read and judged, and nothing is answered.
    Mute,
    /// Not even listening, for as long as the judge is there: the sender's bytes pile up in the kernel.
    Freeze,
    /// These bytes, one by one, with such a pause before each.
    Drip(Vec<u8>, Duration),
    /// This line again and again, until the sender has had enough.
    Endless(Vec<u8>),
    /// The end of the connection; what was written before still arrives.
    Close,
    /// The end of the connection by RST.
    Reset,
}

/// When something unusual happens, and what.
///
/// ```text
/// Rule::at(Phase::Rcpt).to("ann@example.org").reply("550 5.1.1 no such user")
/// Rule::at(Phase::Dot).on_connection(2).times(1).keep_but_close()
/// ```
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    phase: Phase,
    recipient: Option<String>,
    connection: Option<usize>,
    passes: usize,
    times: usize,
    /// Each so-manieth time only.
    every: usize,
    keeps: Option<bool>,
    copies: usize,
    steps: Vec<Step>,
}

impl Rule {
    /// A rule for `phase`, whoever the recipient, on all connections, every time; it does the usual thing until told otherwise.
    pub(crate) fn at(phase: Phase) -> Self {
        let (recipient, connection, keeps) = (None, None, None);
        Self {
            phase,
            recipient,
            connection,
            passes: 0,
            times: usize::MAX,
            every: 1,
            keeps,
            copies: 1,
            steps: vec![Step::Usual],
        }
    }

    /// Only where this address is a recipient (so never before RCPT).
    pub(crate) fn to(mut self, recipient: &str) -> Self {
        self.recipient = Some(recipient.to_lowercase());
        self
    }

    /// Only on this connection, counted from 1.
    pub(crate) fn on_connection(mut self, number: usize) -> Self {
        self.connection = Some(number);
        self
    }

    /// Only after the rule would have applied so many times.
    pub(crate) fn after(mut self, passes: usize) -> Self {
        self.passes = passes;
        self
    }

    /// Each `number`-th time only, the first ones passed over.
    pub(crate) fn every(mut self, number: usize) -> Self {
        self.every = number;
        self.passes = number - 1;
        self
    }

    /// At most so many times.
    pub(crate) fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Replies with these lines instead; CRLF is added. At the dot a 2xx keeps the letter, anything else drops it.
    pub(crate) fn reply(self, line: &str) -> Self {
        let bytes = format!("{line}\r\n").into_bytes();
        self.doing(vec![Step::Write(bytes)])
    }

    /// Replies with exactly these bytes.
    pub(crate) fn raw(self, bytes: &[u8]) -> Self {
        self.doing(vec![Step::Write(bytes.to_vec())])
    }

    /// Hangs up without a word; at the dot the letter is dropped.
    pub(crate) fn close(self) -> Self {
        self.doing(vec![Step::Close])
    }

    /// Says nothing any more for as long as the sender stays; at the dot the letter is dropped.
    pub(crate) fn hang(self) -> Self {
        self.doing(vec![Step::Hang])
    }

    /// Says nothing any more and goes on judging: letters that come behind this one are on record as well. At the dot the letter is
    /// dropped.
    pub(crate) fn mute(self) -> Self {
        self.doing(vec![Step::Mute])
    }

    /// Sends these bytes and then nothing more, and listens until the sender goes.
    pub(crate) fn raw_then_hang(self, bytes: &[u8]) -> Self {
        self.doing(vec![Step::Write(bytes.to_vec()), Step::Hang])
    }

    /// Says nothing and reads nothing until the judge goes.
    pub(crate) fn freeze(self) -> Self {
        self.doing(vec![Step::Freeze])
    }

    /// Sends the line byte by byte, with this pause before each.
    pub(crate) fn drip(self, line: &str, pause: Duration) -> Self {
        self.doing(vec![Step::Drip(format!("{line}\r\n").into_bytes(), pause)])
    }

    /// Sends the line without end.
    pub(crate) fn endless(self, line: &str) -> Self {
        self.doing(vec![Step::Endless(format!("{line}\r\n").into_bytes())])
    }

    /// Does the usual thing and ends the connection by RST.
    pub(crate) fn reset_behind(self) -> Self {
        self.doing(vec![Step::Usual, Step::Reset])
    }

    /// Does the usual thing and, that much later, says this line and hangs up.
    pub(crate) fn farewell(self, wait: Duration, line: &str) -> Self {
        let farewell = Step::Write(format!("{line}\r\n").into_bytes());
        self.doing(vec![Step::Usual, Step::Wait(wait), farewell, Step::Close])
    }

    /// Says this line and then does the usual thing as well.
    pub(crate) fn say_first(self, line: &str) -> Self {
        self.doing(vec![Step::Write(format!("{line}\r\n").into_bytes()), Step::Usual])
    }

    /// The letter arrives so many times: a relay that doubles mail.
    pub(crate) fn copied(mut self, copies: usize) -> Self {
        self.copies = copies;
        self
    }

    /// Waits this long at most, another while each time, then does the usual thing.
    pub(crate) fn delay_up_to(self, most: Duration) -> Self {
        self.doing(vec![Step::WaitUpTo(most), Step::Usual])
    }

    /// Waits for [`Judge::open_gate`](super::Judge::open_gate), then does the usual thing.
    pub(crate) fn behind_the_gate(self) -> Self {
        self.doing(vec![Step::Gate, Step::Usual])
    }

    /// Waits, then does the usual thing.
    pub(crate) fn delay(self, wait: Duration) -> Self {
        self.doing(vec![Step::Wait(wait), Step::Usual])
    }

    /// Replies with this line and hangs up.
    pub(crate) fn reply_then_close(self, line: &str) -> Self {
        let mut rule = self.reply(line);
        rule.steps.push(Step::Close);
        rule
    }

    /// Takes the letter and hangs up without a word: the case that nobody can tell from a lost letter.
    pub(crate) fn keep_but_close(self) -> Self {
        self.close().kept()
    }

    /// Sends these bytes without a line end and hangs up.
    pub(crate) fn half_line(self, bytes: &str) -> Self {
        let mut rule = self.raw(bytes.as_bytes());
        rule.steps.push(Step::Close);
        rule
    }

    /// Does the usual thing and sends one line too many behind it.
    pub(crate) fn surplus_line(self, line: &str) -> Self {
        let surplus = Step::Write(format!("{line}\r\n").into_bytes());
        self.doing(vec![Step::Usual, surplus])
    }

    /// Whatever is replied, the letter is kept.
    pub(crate) fn kept(mut self) -> Self {
        self.keeps = Some(true);
        self
    }

    /// Whatever is replied, the letter is dropped.
    pub(crate) fn dropped(mut self) -> Self {
        self.keeps = Some(false);
        self
    }

    fn doing(mut self, steps: Vec<Step>) -> Self {
        self.steps = steps;
        self
    }

    /// Whether the rule applies here, counting the times it did.
    fn applies(&mut self, phase: Phase, recipients: &[String], connection: usize) -> bool {
        let here = self.phase == phase
            && self.recipient.as_ref().is_none_or(|recipient| recipients.contains(recipient))
            && self.connection.is_none_or(|number| number == connection);
        if !here || self.times == 0 {
            return false;
        }
        if self.passes > 0 {
            self.passes -= 1;
            return false;
        }
        self.times -= 1;
        self.passes = self.every - 1;
        true
    }
}

/// What the judge does about one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) steps: Vec<Step>,
    keeps: Option<bool>,
    /// How many times a letter that is kept arrives.
    pub(super) copies: usize,
}

impl Verdict {
    /// The verdict of the first rule that applies; the usual thing where none does.
    pub(super) fn of(rules: &mut [Rule], phase: Phase, recipients: &[String], connection: usize) -> Self {
        let rule = rules
            .iter_mut()
            .find_map(|rule| rule.applies(phase, recipients, connection).then_some(&*rule));
        match rule {
            Some(rule) => Self {
                steps: rule.steps.clone(),
                keeps: rule.keeps,
                copies: rule.copies,
            },
            None => Self {
                steps: vec![Step::Usual],
                keeps: None,
                copies: 1,
            },
        }
    }

    /// The verdict in bytes: `usual` put in where the usual thing is done.
    pub(super) fn with_usual(mut self, usual: &str) -> Self {
        for step in &mut self.steps {
            if *step == Step::Usual {
                *step = Step::Write(format!("{usual}\r\n").into_bytes());
            }
        }
        self
    }

    /// Whether nothing but the usual thing is done.
    pub(super) fn is_usual(&self) -> bool {
        self.steps == [Step::Usual]
    }

    /// Whether the command is granted.
    pub(super) fn grants(&self) -> bool {
        self.replies() && matches!(self.first(), Some(b'2' | b'3'))
    }

    /// Whether the letter is kept: as the rule says, or else when the reply is a yes.
    pub(super) fn keeps(&self) -> bool {
        self.keeps.unwrap_or(self.replies() && self.first() == Some(b'2'))
    }

    fn first(&self) -> Option<u8> {
        self.written().first().copied()
    }

    fn written(&self) -> Vec<u8> {
        let written = self.steps.iter().filter_map(|step| match step {
            Step::Write(bytes) => Some(bytes.as_slice()),
            Step::Usual | Step::Wait(_) | Step::WaitUpTo(_) | Step::Gate | Step::Hang | Step::Mute | Step::Freeze => None,
            Step::Drip(bytes, _) => Some(bytes.as_slice()),
            Step::Endless(_) | Step::Close | Step::Reset => None,
        });
        written.collect::<Vec<_>>().concat()
    }

    /// Whether a whole line, and not the first of several, leaves.
    pub(super) fn replies(&self) -> bool {
        let written = self.written();
        written
            .split_inclusive(|byte| *byte == b'\n')
            .any(|line| line.ends_with(b"\r\n") && line.get(3) != Some(&b'-'))
    }
}
