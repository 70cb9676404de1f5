//! The screen: data to stdout, talk to stderr, colour and questions only on a terminal.
//!
//! A reader that goes away (`tidings log | head`) ends the output, not the program's work.

use super::failure::{Failure, Kind, plain};
use super::scribe::Scribe;
use crate::finding::{Finding, Severity};
use anstyle::{AnsiColor, Style};
use jiff::tz::TimeZone;
use std::io::{BufRead, ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;

const BOLD: Style = Style::new().bold();
const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const CYAN: Style = AnsiColor::Cyan.on_default();

/// How to speak with whoever called.
#[derive(Debug, Clone, Copy)]
pub struct Ui {
    json: bool,
    scribe: Option<&'static Scribe>,
}

impl Ui {
    /// Speaks JSON on stdout where `json` is asked for.
    pub fn new(json: bool) -> Self {
        Self { json, scribe: None }
    }

    /// The same screen with somebody beside it who writes down what is said.
    pub(super) fn heard_by(self, scribe: &'static Scribe) -> Self {
        let scribe = Some(scribe);
        Self { scribe, ..self }
    }

    /// Who writes down what is said, if anybody does.
    pub(super) fn scribe(&self) -> Option<&'static Scribe> {
        self.scribe
    }

    /// Whether data is wanted as JSON.
    pub fn wants_json(&self) -> bool {
        self.json
    }

    /// A line of data; a reader who has gone away misses it, which changes nothing for the work and its exit code.
    ///
    /// # Errors
    /// When it cannot be written, as to a full disk.
    pub fn data(&self, line: &str) -> Result<(), Failure> {
        match writeln!(anstream::stdout().lock(), "{line}") {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                let text = format!("cannot write the output: {}", plain(&error));
                Err(Failure::new(Kind::Store, text).hint("what was sent is on record all the same: `tidings status`"))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// One value as a line of JSON.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn json(&self, value: &impl serde::Serialize) -> Result<(), Failure> {
        let line = serde_json::to_string(value).map_err(|error| Failure::new(Kind::Internal, error.to_string()))?;
        self.data(&line)
    }

    /// A line of talk.
    pub fn say(&self, line: &str) {
        Self::show(line);
        let trouble = self.scribe.and_then(|scribe| scribe.hear(line));
        trouble.iter().for_each(|trouble| Self::show(trouble));
    }

    /// What stays so until a person mends it: whoever is not there to see it is told once, and then once a day. The log has it each time.
    pub(super) fn say_lasting(&self, lines: &[String]) {
        let is_news = self.scribe.is_none_or(|scribe| scribe.is_news(lines));
        for line in lines {
            if is_news {
                Self::show(line);
            }
            let trouble = self.scribe.and_then(|scribe| scribe.hear(line));
            trouble.iter().for_each(|trouble| Self::show(trouble));
        }
    }

    /// The same of findings, each for itself.
    pub(super) fn lasting_findings(&self, findings: &[Finding]) {
        findings.iter().for_each(|finding| self.say_lasting(&finding_lines(finding)));
    }

    /// Whether a failure that may stay is to be said now.
    pub(super) fn is_news(&self, failure: &Failure) -> bool {
        let lines = failure_lines(failure);
        lines.is_empty() || self.scribe.is_none_or(|scribe| scribe.is_news(&lines))
    }

    /// A line that names the next step, as it is said.
    pub(super) fn hint_line(line: &str) -> String {
        format!("{CYAN}hint:{CYAN:#} {line}")
    }

    /// A line for the log alone.
    pub(super) fn note(&self, line: &str) {
        let trouble = self.scribe.and_then(|scribe| scribe.note(line));
        trouble.iter().for_each(|trouble| Self::show(trouble));
    }

    fn show(line: &str) {
        // Nobody can be told that stderr is closed.
        let _ = writeln!(anstream::stderr().lock(), "{line}");
    }

    /// A line of talk that names the next step.
    pub fn hint(&self, line: &str) {
        self.say(&Self::hint_line(line));
    }

    /// A heading in talk or data.
    pub fn bold(text: &str) -> String {
        format!("{BOLD}{text}{BOLD:#}")
    }

    /// All findings, then how many there were.
    pub fn findings(&self, findings: &[Finding]) {
        findings.iter().flat_map(finding_lines).for_each(|line| self.say(&line));
    }

    /// A failure, with its findings and next steps.
    pub fn failure(&self, failure: &Failure) {
        failure_lines(failure).iter().for_each(|line| self.say(line));
    }

    /// Has a failure written down that the end of the program says.
    pub(super) fn note_failure(&self, failure: &Failure) {
        let lines = failure_lines(failure);
        let troubles = lines.iter().filter_map(|line| self.scribe?.hear(line));
        troubles.for_each(|trouble| Self::show(&trouble));
    }

    /// Whether there is somebody to ask.
    pub fn can_ask(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Whether progress is watched.
    pub fn is_watched(&self) -> bool {
        std::io::stderr().is_terminal()
    }

    /// Asks; only a clear yes is one.
    pub fn ask(&self, question: &str) -> bool {
        let mut screen = anstream::stderr().lock();
        let _ = write!(screen, "{question} [y/N] ").and_then(|()| screen.flush());
        drop(screen);
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
    }
}

fn failure_lines(failure: &Failure) -> Vec<String> {
    let text = (!failure.text.is_empty()).then(|| format!("{RED}error:{RED:#} {}", failure.text));
    let hints = failure.hints.iter().map(|hint| format!("{CYAN}hint:{CYAN:#} {hint}"));
    let findings = failure.findings.iter().flat_map(finding_lines);
    findings.chain(text).chain(hints).collect()
}

fn finding_lines(finding: &Finding) -> Vec<String> {
    let place = finding.place.map(|place| format!(":{place}")).unwrap_or_default();
    let word = match finding.severity {
        Severity::Error => format!("{RED}error:{RED:#}"),
        Severity::Warning => format!("{YELLOW}warning:{YELLOW:#}"),
    };
    let line = format!(
        "{BOLD}{}{place}:{BOLD:#} {word} {}{}",
        finding.file,
        finding.text,
        finding.shown_name()
    );
    let hint = finding.hint.iter().map(|hint| format!("  {CYAN}hint:{CYAN:#} {hint}"));
    std::iter::once(line).chain(hint).collect()
}

/// `1 letter`, `3 letters`: never "letter(s)".
pub fn count(number: u64, noun: &str) -> String {
    let plural = match noun {
        "person" => "people".to_owned(),
        "address" => "addresses".to_owned(),
        noun => format!("{noun}s"),
    };
    match number {
        1 => format!("1 {noun}"),
        number => format!("{} {plural}", grouped(number)),
    }
}

/// `10 000` with a thin gap would break scripts: numbers keep a comma for the eye.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The clock on the clinic's wall: one for the whole process, which has one workspace.
static WALL: OnceLock<TimeZone> = OnceLock::new();

/// Has moments told by the clock of this zone from now on.
pub(super) fn hang_clock(zone: &TimeZone) {
    WALL.get_or_init(|| zone.clone());
}

/// A moment for the eye, by the clinic's clock where its zone is known; JSON has it in UTC.
pub fn moment(at: jiff::Timestamp) -> String {
    let zone = WALL.get().cloned().unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// `a`, `a and b`, `a, b and c`.
pub fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_are_spoken() {
        assert_eq!(
            [count(0, "letter"), count(1, "person"), count(25_000, "person")],
            ["0 letters", "1 person", "25,000 people"]
        );
        assert_eq!(listed(&["a".to_owned(), "b".to_owned(), "c".to_owned()]), "a, b and c");
    }
}
