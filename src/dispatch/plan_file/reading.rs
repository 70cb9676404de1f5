//! Reading a plan back: line by line, in the order in which it was written.

use super::{OPENING, Parts, PlanFile, Planned, RelayMark, SHAPE, Until, sum};
use crate::store::planned::Mark;
use data_encoding::HEXLOWER;
use std::collections::BTreeMap;
use std::str::FromStr;

/// Why a file is no plan to send by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is something else.
    #[error("line 1: this is no plan of tidings: it begins with something other than `{OPENING}`")]
    Foreign,
    /// A newer program wrote it.
    #[error("line 1: a newer tidings wrote it (shape {found}, and this one knows {SHAPE})")]
    Newer {
        /// Its shape.
        found: u32,
    },
    /// An older program wrote it, which put less into a plan.
    #[error("line 1: an older tidings wrote it (shape {found}, and this one knows {SHAPE})")]
    Older {
        /// Its shape.
        found: u32,
    },
    /// A line is not what it was when it was written.
    #[error("line {line}: {what}")]
    Damaged {
        /// Which one, from 1.
        line: usize,
        /// What was found against what was wanted.
        what: String,
    },
}

/// The plan that a text tells.
///
/// # Errors
/// Where it is not what this program wrote.
pub fn read(bytes: &[u8]) -> Result<PlanFile, Fault> {
    let text = str::from_utf8(bytes).map_err(|error| match super::is_plan(bytes) {
        true => Fault::Damaged {
            line: lines_before(bytes, error.valid_up_to()),
            what: "it holds bytes that are no text".to_owned(),
        },
        false => Fault::Foreign,
    })?;
    let mut lines = Lines::of(text)?;
    let plan = plan(&mut lines)?;
    lines.close(text)?;
    Ok(plan)
}

fn lines_before(bytes: &[u8], place: usize) -> usize {
    bytes[..place].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn plan(lines: &mut Lines<'_>) -> Result<PlanFile, Fault> {
    let made_at = lines.parsed("made_at")?;
    let (valid_until, until) = lines.pair("valid_until")?;
    let valid_until = lines.parse(valid_until)?;
    let until = Until::ALL.into_iter().find(|known| known.word() == until);
    Ok(PlanFile {
        made_at,
        valid_until,
        until: until.ok_or_else(|| lines.wrong("a plan does not end for this reason"))?,
        store: lines.value("store")?.to_owned(),
        generation: lines.parsed("generation")?,
        campaign: lines.value("campaign")?.to_owned(),
        name: lines.value("name")?.to_owned(),
        article: lines.value("article")?.to_owned(),
        title: lines.value("title")?.to_owned(),
        edition: lines.value("edition")?.to_owned(),
        is_begun: lines.parsed("is_begun")?,
        sources: {
            let hex = lines.value("sources")?;
            lines.hex(hex)?
        },
        parts: parts(lines)?,
        relay: {
            let (mark, shown) = lines.pair("relay")?;
            RelayMark {
                mark: mark.to_owned(),
                shown: shown.to_owned(),
            }
        },
        held: lines.parsed("held")?,
        left_out: left_out(lines)?,
        people: people(lines)?,
    })
}

fn parts(lines: &mut Lines<'_>) -> Result<Parts, Fault> {
    let mut parts = Parts::new();
    while lines.is_at("part") {
        let (hash, name) = lines.pair("part")?;
        parts.insert(name.to_owned(), lines.mark(hash)?);
    }
    Ok(parts)
}

fn left_out(lines: &mut Lines<'_>) -> Result<BTreeMap<String, u64>, Fault> {
    let mut left_out = BTreeMap::new();
    while lines.is_at("left_out") {
        let (people, reason) = lines.pair("left_out")?;
        left_out.insert(reason.to_owned(), lines.parse(people)?);
    }
    Ok(left_out)
}

/// As many as the file says, each once, in order: a line that was put in or taken out is found without the sum.
fn people(lines: &mut Lines<'_>) -> Result<Vec<Planned>, Fault> {
    let count: usize = lines.parsed("people")?;
    let mut people: Vec<Planned> = Vec::new();
    for _ in 0..count {
        let text = lines.next_line()?;
        let (person, letter) = text.split_once(' ').unwrap_or((text, ""));
        let planned = Planned {
            person: lines.mark(person)?,
            letter: lines.mark(letter)?,
        };
        if people.last().is_some_and(|last| last.person >= planned.person) {
            return Err(lines.wrong("the people are out of order"));
        }
        people.push(planned);
    }
    Ok(people)
}

/// The lines that are left, and how many were read.
struct Lines<'a> {
    rest: std::iter::Peekable<std::str::Lines<'a>>,
    read: usize,
}

impl<'a> Lines<'a> {
    /// The lines behind the opening.
    fn of(text: &'a str) -> Result<Self, Fault> {
        let mut lines = Self {
            rest: text.lines().peekable(),
            read: 0,
        };
        let opening = lines.next_line().unwrap_or_default();
        let shape = opening.strip_prefix(OPENING).ok_or(Fault::Foreign)?;
        match lines.parse::<u32>(shape)? {
            SHAPE => {}
            found @ SHAPE.. => return Err(Fault::Newer { found }),
            found @ 1.. => return Err(Fault::Older { found }),
            _ => return Err(lines.wrong("there is no such shape of a plan")),
        }
        lines.next_line()?;
        Ok(lines)
    }

    fn next_line(&mut self) -> Result<&'a str, Fault> {
        self.read += 1;
        let line = self.rest.next();
        line.ok_or_else(|| self.wrong("the file ends here, before its last line: it was cut off"))
    }

    fn is_at(&mut self, key: &str) -> bool {
        self.rest
            .peek()
            .and_then(|line| line.strip_prefix(key))
            .is_some_and(|rest| rest.starts_with(": "))
    }

    fn value(&mut self, key: &str) -> Result<&'a str, Fault> {
        let value = self.next_line()?.strip_prefix(key).and_then(|rest| rest.strip_prefix(": "));
        value.ok_or_else(|| self.wrong(&format!("`{key}:` is wanted here")))
    }

    /// A word, and what follows it.
    fn pair(&mut self, key: &str) -> Result<(&'a str, &'a str), Fault> {
        let pair = self.value(key)?.split_once(' ');
        pair.ok_or_else(|| self.wrong(&format!("`{key}:` has two values")))
    }

    fn parsed<T: FromStr>(&mut self, key: &str) -> Result<T, Fault> {
        let text = self.value(key)?;
        self.parse(text)
    }

    fn parse<T: FromStr>(&self, text: &str) -> Result<T, Fault> {
        text.parse()
            .map_err(|_| self.wrong("its value is none that was ever written"))
    }

    fn hex(&self, text: &str) -> Result<Vec<u8>, Fault> {
        let bytes = HEXLOWER.decode(text.as_bytes());
        bytes.map_err(|_| self.wrong("its value is none that was ever written"))
    }

    fn mark(&self, text: &str) -> Result<Mark, Fault> {
        let bytes = self.hex(text)?;
        bytes
            .try_into()
            .map_err(|_| self.wrong("its value is none that was ever written"))
    }

    /// The last line tells what those before it add up to, and nothing follows.
    fn close(mut self, text: &str) -> Result<(), Fault> {
        let wanted = sum(text.lines().take(self.read));
        if self.value("sum")? != wanted {
            return Err(self.wrong("a line before this one was changed after the plan was written"));
        }
        self.read += 1;
        match self.rest.next() {
            None => Ok(()),
            Some(_) => Err(self.wrong("nothing may follow the last line")),
        }
    }

    fn wrong(&self, what: &str) -> Fault {
        Fault::Damaged {
            line: self.read,
            what: what.to_owned(),
        }
    }
}
