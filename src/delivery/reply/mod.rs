//! Replies: what the relay said, at which stage of the conversation, and whose fault that is.
//!
//! Law 8 of the design: (stage, code, enhanced code, text) decide together. A wrong password must never bounce a list, and Google's
//! `550 5.4.5` is a quota although it looks like a dead address. [`class`] says what the classes mean, [`table`] which reply is which.
//! Knows nothing of whom a letter was for.

pub mod class;
pub mod table;

mod heard;
mod sayings;
#[cfg(test)]
mod tests;

pub use class::{Class, Scope};
pub use table::classify;

use std::fmt;

/// How far the conversation had got when the relay spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Name lookup and TCP.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The relay's first line.
    Greeting,
    /// EHLO.
    Ehlo,
    /// STARTTLS.
    StartTls,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA, before the first byte of the letter.
    Data,
    /// After the end of data (the final dot, or the last byte of BDAT LAST).
    EndOfData,
}

impl Stage {
    /// All of them, in their order.
    pub const ALL: [Self; 10] = [
        Stage::Connect,
        Stage::Tls,
        Stage::Greeting,
        Stage::Ehlo,
        Stage::StartTls,
        Stage::Login,
        Stage::Mail,
        Stage::Rcpt,
        Stage::Data,
        Stage::EndOfData,
    ];

    /// The stage of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }

    /// The name used in the store and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Connect => "connect",
            Stage::Tls => "tls",
            Stage::Greeting => "greeting",
            Stage::Ehlo => "ehlo",
            Stage::StartTls => "starttls",
            Stage::Login => "login",
            Stage::Mail => "mail",
            Stage::Rcpt => "rcpt",
            Stage::Data => "data",
            Stage::EndOfData => "end of data",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An enhanced status code (RFC 3463), such as 5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EnhancedCode {
    /// 2, 4 or 5.
    pub class: u8,
    /// The subject.
    pub subject: u16,
    /// The detail.
    pub detail: u16,
}

impl EnhancedCode {
    /// Reads the code at the start of a reply's text.
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.split_ascii_whitespace().next()?;
        let mut numbers = word.split('.');
        let (class, subject, detail) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let short = |number: &str| number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit());
        let whole = numbers.next().is_none() && [class, subject, detail].into_iter().all(short);
        let code = Self {
            class: class.parse().ok()?,
            subject: subject.parse().ok()?,
            detail: detail.parse().ok()?,
        };
        (whole && matches!(code.class, 2 | 4 | 5)).then_some(code)
    }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// One whole reply of the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// When it came.
    pub stage: Stage,
    /// The three digits.
    pub code: u16,
    /// The enhanced code, where there is one.
    pub enhanced: Option<EnhancedCode>,
    /// The text without codes: all lines joined by blanks, controls escaped, cut to 512 characters.
    pub text: String,
}

impl Reply {
    /// A reply at `stage`, from its code and its lines as the relay wrote them (enhanced codes still in front).
    pub fn new(stage: Stage, code: u16, lines: &[String]) -> Self {
        let enhanced = lines.first().and_then(|line| EnhancedCode::parse(line));
        let words = lines.iter().map(|line| without_code(line));
        let joined = words.collect::<Vec<_>>().join(" ");
        let escaped: String = joined.chars().flat_map(escape).take(512).collect();
        Self {
            stage,
            code,
            enhanced,
            text: escaped.trim().to_owned(),
        }
    }

    /// 2xx: done.
    pub fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// 4xx: not now.
    pub fn is_for_now(&self) -> bool {
        (400..500).contains(&self.code)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(enhanced) = self.enhanced {
            write!(f, " {enhanced}")?;
        }
        write!(f, " {}", self.text)
    }
}

fn without_code(line: &str) -> &str {
    let line = line.trim();
    match EnhancedCode::parse(line) {
        Some(_) => line.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start()),
        None => line,
    }
}

fn escape(c: char) -> Vec<char> {
    match c.is_control() || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
        true => c.escape_unicode().collect(),
        false => vec![c],
    }
}
