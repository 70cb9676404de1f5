//! A relay as a state machine that remembers recipients as real ones do, and behaves as its choices say.
//!
//! It delivers what it says yes to, to everybody who is in the transaction then: that is what must never be another's letter.

use std::collections::VecDeque;

/// Where decisions come from; when they run out, everything is as it should be.
pub(super) struct Choices<'a> {
    bytes: std::iter::Copied<std::slice::Iter<'a, u8>>,
}

impl<'a> Choices<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes: bytes.iter().copied(),
        }
    }

    pub(super) fn next(&mut self) -> u8 {
        self.bytes.next().unwrap_or(0)
    }

    pub(super) fn is_over(&self) -> bool {
        self.bytes.len() == 0
    }
}

/// What a relay does about a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Yes,
    ForNow,
    ForGood,
    /// 421, and the connection is closed.
    Farewell,
    /// The connection is closed without a word.
    Gone,
    /// The right answer, twice.
    Twice,
    /// Half of the right answer, and the connection is closed.
    Half,
    /// 354 although there is nobody to write to.
    Eager,
    /// The first line of a longer answer, and never the rest; at the end of data the letter is dropped.
    Unended,
}

#[derive(Default)]
pub(super) struct Relay {
    offers: &'static str,
    /// RSET refused without closing, and replies twice: nobody can tell the one from the other where all replies look alike.
    is_chunked: bool,
    heard: VecDeque<u8>,
    pub(super) says: VecDeque<u8>,
    pub(super) is_closed: bool,
    has_sender: bool,
    recipients: Vec<String>,
    data: Option<Vec<u8>>,
    chunk: Option<(usize, Mood)>,
    /// Whom a letter went to, and its text.
    pub(super) delivered: Vec<(Vec<String>, String)>,
}

impl Relay {
    pub(super) fn new(offers: &'static str, is_chunked: bool) -> Self {
        Self {
            offers,
            is_chunked,
            says: b"220 hi\r\n".iter().copied().collect(),
            ..Self::default()
        }
    }

    pub(super) fn hear(&mut self, bytes: &[u8], choices: &mut Choices<'_>) {
        self.heard.extend(bytes);
        while !self.is_closed && self.take(choices) {}
    }

    /// Takes one command, one line of data or one chunk; gives whether there was one.
    fn take(&mut self, choices: &mut Choices<'_>) -> bool {
        if let Some((length, mood)) = self.chunk {
            if self.heard.len() < length {
                return false;
            }
            let text: Vec<u8> = self.heard.drain(..length).collect();
            self.chunk = None;
            self.decide(mood, String::from_utf8_lossy(&text).into_owned());
            return true;
        }
        let Some(end) = self.heard.iter().position(|byte| *byte == b'\n') else {
            return false;
        };
        let line: Vec<u8> = self.heard.drain(..=end).collect();
        match self.data.take() {
            Some(data) if line == b".\r\n" => {
                let mood = self.mood(choices);
                self.decide(mood, String::from_utf8_lossy(&data).into_owned());
            }
            Some(mut data) => {
                data.extend(line.strip_prefix(b".").unwrap_or(&line));
                self.data = Some(data);
            }
            None => self.obey(String::from_utf8_lossy(&line).trim_end(), choices),
        }
        true
    }

    fn mood(&self, choices: &mut Choices<'_>) -> Mood {
        match choices.next() {
            200..=215 => Mood::ForNow,
            216..=231 => Mood::ForGood,
            232..=236 => Mood::Farewell,
            237..=240 => Mood::Gone,
            241..=245 if !self.is_chunked => Mood::Twice,
            246..=247 => Mood::Half,
            248 => Mood::Unended,
            249..=255 => Mood::Eager,
            _ => Mood::Yes,
        }
    }

    fn obey(&mut self, line: &str, choices: &mut Choices<'_>) {
        let mood = self.mood(choices);
        let (verb, rest) = line.split_once([' ', ':']).unwrap_or((line, ""));
        match verb {
            "EHLO" => self.say(&format!("250-relay\r\n{}250 HELP\r\n", self.offers)),
            "RSET" => self.reset(mood),
            "MAIL" if self.has_sender && mood != Mood::Eager => self.say("503 5.5.1 nested MAIL command\r\n"),
            "MAIL" => {
                self.has_sender |= is_yes(mood);
                self.answer(mood, "250 2.1.0 ok\r\n");
            }
            "RCPT" => {
                if is_yes(mood) && self.has_sender {
                    self.recipients
                        .push(rest.trim_start_matches("TO:<").trim_end_matches('>').to_owned());
                }
                match self.has_sender {
                    true => self.answer(mood, "250 2.1.5 ok\r\n"),
                    false => self.answer(Mood::Yes, "503 5.5.1 need MAIL\r\n"),
                }
            }
            "DATA" if is_yes(mood) && (!self.recipients.is_empty() || mood == Mood::Eager) => {
                self.data = Some(Vec::new());
                self.answer(mood, "354 go\r\n");
            }
            "DATA" => self.answer(if is_yes(mood) { Mood::ForGood } else { mood }, ""),
            "BDAT" => {
                let length = rest.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0);
                self.chunk = Some((length, mood));
            }
            _ => self.say("500 5.5.2 what\r\n"),
        }
    }

    fn reset(&mut self, mood: Mood) {
        if is_yes(mood) {
            (self.has_sender, self.recipients) = (false, Vec::new());
        }
        self.answer(mood, "250 2.0.0 ok\r\n");
        // Postfix and Exim close when they have had enough of RSET.
        self.is_closed |= self.is_chunked && !is_yes(mood);
    }

    /// The end of a letter: a yes delivers it, and any no leaves the transaction as it was.
    fn decide(&mut self, mood: Mood, text: String) {
        if self.recipients.is_empty() && mood != Mood::Eager {
            return self.answer(Mood::ForGood, "");
        }
        if is_yes(mood) || mood == Mood::Half {
            self.delivered.push((std::mem::take(&mut self.recipients), text));
            self.has_sender = false;
        }
        self.answer(mood, "250 2.0.0 queued\r\n");
    }

    fn answer(&mut self, mood: Mood, yes: &str) {
        match mood {
            Mood::Yes | Mood::Eager => self.say(yes),
            Mood::ForNow => self.say("450 4.2.0 later\r\n"),
            Mood::ForGood => self.say("550 5.0.0 no\r\n"),
            Mood::Twice => self.say(&yes.repeat(2)),
            Mood::Farewell => {
                self.say("421 4.3.2 bye\r\n");
                self.is_closed = true;
            }
            Mood::Half => {
                self.say(&yes[..yes.len() / 2]);
                self.is_closed = true;
            }
            Mood::Unended => self.say(&format!("{}-\r\n", yes.get(..3).unwrap_or("550"))),
            Mood::Gone => self.is_closed = true,
        }
    }

    fn say(&mut self, text: &str) {
        self.says.extend(text.bytes());
    }
}

fn is_yes(mood: Mood) -> bool {
    matches!(mood, Mood::Yes | Mood::Eager | Mood::Twice)
}
