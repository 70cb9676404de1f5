//! A plan on file: what a person has looked at and agreed to, so that nothing else is sent by it.
//!
//! Promises: the same plan is the same text, whose last line tells whether the rest is whole; no address stands in it, only marks by
//! which one store knows its people and what each letter says; a file of another shape is refused at the line where it is wrong. Knows
//! nothing of the disk, or of what time it is.

mod letters;
mod parts;
mod reading;

#[cfg(test)]
mod tests;

pub use letters::letters;
pub use parts::{Parts, parts};
pub use reading::{Fault, read};

use crate::store::planned::Mark;
use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// The shape that this program writes. The first one did not say what each letter says.
const SHAPE: u32 = 2;

/// What the first line begins with.
const OPENING: &str = "tidings-plan ";

/// What a reader of the file is told first.
const ABOUT: &str =
    "# What `tidings send CAMPAIGN --plan FILE` may send. It names nobody; the last line tells whether it is whole.";

/// Why a plan is good until when it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// The edition expires.
    Expiry,
    /// The campaign's next occurrence is due.
    NextOccurrence,
    /// Nobody remembers longer what they agreed to.
    Week,
}

impl Until {
    const ALL: [Self; 3] = [Self::Expiry, Self::NextOccurrence, Self::Week];

    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Expiry => "expiry",
            Self::NextOccurrence => "next_occurrence",
            Self::Week => "week",
        }
    }

    /// What happens then, in words.
    pub fn told(self) -> &'static str {
        match self {
            Self::Expiry => "it expires then",
            Self::NextOccurrence => "the campaign's next edition is due then",
            Self::Week => "a plan is good for seven days",
        }
    }
}

/// A relay as a plan knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayMark {
    /// Which one, spoken with how, without saying so.
    pub mark: String,
    /// Which one, for people to read.
    pub shown: String,
}

/// A letter that was planned, told to nobody but one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Whose.
    pub person: Mark,
    /// What it says, wherever and whenever it is composed.
    pub letter: Mark,
}

/// What was planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFile {
    /// When.
    pub made_at: Timestamp,
    /// From when on nothing is sent by it.
    pub valid_until: Timestamp,
    /// What happens then.
    pub until: Until,
    /// The store whose people these are.
    pub store: String,
    /// Its generation.
    pub generation: u32,
    /// The campaign's id.
    pub campaign: String,
    /// The campaign's folder, for people to read.
    pub name: String,
    /// The article's id.
    pub article: String,
    /// The article's title, for people to read.
    pub title: String,
    /// Campaign, article and round.
    pub edition: String,
    /// Whether it was begun by then, so that only its rest was planned.
    pub is_begun: bool,
    /// The hash of all that its letters are made from.
    pub sources: Vec<u8>,
    /// The hash of each part of that.
    pub parts: Parts,
    /// The relay it is to go through.
    pub relay: RelayMark,
    /// Letters that somebody's own data spoil.
    pub held: u64,
    /// People who are left out, by reason.
    pub left_out: BTreeMap<String, u64>,
    /// Who gets it, in order, each with what their letter says.
    pub people: Vec<Planned>,
}

impl fmt::Display for PlanFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("{OPENING}{SHAPE}\n{ABOUT}\n");
        self.write_head(&mut text)?;
        for (name, hash) in &self.parts {
            writeln!(text, "part: {} {}", HEXLOWER.encode(hash), line(name))?;
        }
        writeln!(text, "relay: {} {}", self.relay.mark, line(&self.relay.shown))?;
        writeln!(text, "held: {}", self.held)?;
        for (reason, people) in &self.left_out {
            writeln!(text, "left_out: {people} {}", line(reason))?;
        }
        writeln!(text, "people: {}", self.people.len())?;
        for one in &self.people {
            writeln!(text, "{} {}", HEXLOWER.encode(&one.person), HEXLOWER.encode(&one.letter))?;
        }
        writeln!(f, "{text}sum: {}", sum(text.lines()))
    }
}

impl PlanFile {
    fn write_head(&self, text: &mut String) -> fmt::Result {
        writeln!(text, "made_at: {}", self.made_at)?;
        writeln!(text, "valid_until: {} {}", self.valid_until, self.until.word())?;
        writeln!(text, "store: {}", line(&self.store))?;
        writeln!(text, "generation: {}", self.generation)?;
        writeln!(text, "campaign: {}", line(&self.campaign))?;
        writeln!(text, "name: {}", line(&self.name))?;
        writeln!(text, "article: {}", line(&self.article))?;
        writeln!(text, "title: {}", line(&self.title))?;
        writeln!(text, "edition: {}", line(&self.edition))?;
        writeln!(text, "is_begun: {}", self.is_begun)?;
        writeln!(text, "sources: {}", HEXLOWER.encode(&self.sources))
    }
}

/// Whether this is how a plan begins, be it damaged or of another shape further on.
pub fn is_plan(text: &[u8]) -> bool {
    text.starts_with(OPENING.as_bytes())
}

/// A text on one line.
fn line(text: &str) -> String {
    let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
    text.trim().chars().map(plain).collect()
}

/// What the last line says of those before it, however they end.
fn sum<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut whole = digest::Context::new(&digest::SHA256);
    for line in lines {
        whole.update(line.as_bytes());
        whole.update(b"\n");
    }
    HEXLOWER.encode(whole.finish().as_ref())
}
