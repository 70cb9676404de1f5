//! Files of people who left: Mailchimp's exports, any list, plain addresses one a line, our own export.
//!
//! Promises: columns are recognised by the same reader as lists; what is no address is named by its line; the proof of each suppression
//! is the file's name, the first letters of its hash, and the line. Knows nothing of the store.

use super::suppression;
use crate::address::{Address, mask};
use crate::article::encoding::decode;
use crate::cli::failure::{Failure, Kind};
use crate::finding::{Finding, Place, Severity};
use crate::store::suppress::{NewSuppression, Whom, parse_hash};
use crate::subscriber::csv::guard::unguard;
use crate::subscriber::csv::{self, Mapping, MappingFile};
use crate::subscriber::suppression::Reason;
use crate::subscriber::word;
use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The first line of what `suppress export` writes.
pub(super) const EXPORTED: [&str; 6] = ["email", "hash", "list", "reason", "since", "evidence"];

/// Columns that tell when a person left, as programs call them.
const WHEN: [&str; 6] = [
    "unsub time",
    "clean time",
    "unsubscribed at",
    "unsubscribed on",
    "cleaned at",
    "opt out date",
];
/// Columns that tell on which occasion.
const OCCASION: [&str; 4] = ["unsub campaign title", "clean campaign title", "unsub reason", "campaign"];

/// What a file is read with.
pub(super) struct Desk<'a> {
    pub(super) file: String,
    pub(super) reason: Option<Reason>,
    pub(super) list: Option<&'a str>,
    /// Which keys made the hashes that we know.
    pub(super) key_mark: String,
    pub(super) now: Timestamp,
}

/// What a file says.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) new: Vec<NewSuppression>,
    pub(super) findings: Vec<Finding>,
    pub(super) rejected: usize,
}

impl Reading {
    fn reject(&mut self, file: &str, line: usize, why: &str) {
        let finding = Finding::error(file, format!("row left out: {why}")).at(Place::new(line, 1));
        self.findings.push(Finding {
            severity: Severity::Warning,
            ..finding
        });
        self.rejected += 1;
    }
}

/// The addresses of a file that has one on every line; lines that open with `#` are remarks.
pub(super) fn plain_addresses(file: &str, bytes: &[u8]) -> Result<Vec<Address>, Failure> {
    let (addresses, wrong) = plain_lines(&decode(bytes).text);
    match wrong.is_empty() {
        true => Ok(addresses.into_iter().map(|(_, address)| address).collect()),
        false => {
            let finding = |(line, text): &(usize, String)| {
                Finding::error(file, format!("`{}` is no address", mask(text))).at(Place::new(*line, 1))
            };
            Err(Failure {
                text: "nothing was changed".to_owned(),
                ..Failure::findings(wrong.iter().map(finding).collect())
            })
        }
    }
}

/// Whether a mailing program says that the person called a letter spam: Mailchimp's `UNSUB_REASON` does.
fn tells_of_spam(words: &str) -> bool {
    word::fold(words)
        .split(' ')
        .any(|word| matches!(word, "spam" | "abuse" | "complaint"))
}

/// Lines that are addresses, and lines that are none.
type Lines = (Vec<(usize, Address)>, Vec<(usize, String)>);

fn plain_lines(text: &str) -> Lines {
    let (mut addresses, mut wrong) = (Vec::new(), Vec::new());
    for (line, text) in (1..).zip(text.lines()) {
        let bare = text.trim().trim_matches('"');
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        match Address::parse(unguard(bare)) {
            Ok(address) => addresses.push((line, address)),
            Err(_) => wrong.push((line, bare.to_owned())),
        }
    }
    (addresses, wrong)
}

impl Desk<'_> {
    pub(super) fn read(&self, bytes: &[u8]) -> Result<Reading, Failure> {
        let text = decode(bytes).text;
        let proof = Proof {
            file: &self.file,
            hash: HEXLOWER.encode(digest::digest(&digest::SHA256, bytes).as_ref()),
        };
        if is_our_own(&text) {
            return self.our_own(&text, &proof);
        }
        let reason = self.reason.ok_or_else(|| {
            Failure::new(Kind::Usage, format!("`{}` does not tell why these people are not written to", self.file)).hint(
                "say it: `--reason unsubscribed` for people who left, `--reason bounced` for mailboxes that are gone (Mailchimp calls them cleaned)",
            )
        })?;
        match is_plain(&text) {
            true => Ok(self.plain(&text, reason, &proof)),
            false => self.list_of_people(bytes, reason, &proof),
        }
    }

    fn suppressed(&self, address: Address, reason: Reason, evidence: String, happened: Option<Timestamp>) -> NewSuppression {
        NewSuppression {
            whom: Whom::Address(address),
            suppression: suppression(self.list, reason, Some(evidence), self.now),
            happened,
        }
    }

    fn plain(&self, text: &str, reason: Reason, proof: &Proof<'_>) -> Reading {
        let (addresses, wrong) = plain_lines(text);
        let mut reading = Reading::default();
        for (line, text) in wrong {
            reading.reject(&self.file, line, &format!("`{}` is no address", mask(&text)));
        }
        let new = addresses
            .into_iter()
            .map(|(line, address)| self.suppressed(address, reason, proof.of(line, &[]), None));
        reading.new = new.collect();
        reading
    }

    fn list_of_people(&self, bytes: &[u8], reason: Reason, proof: &Proof<'_>) -> Result<Reading, Failure> {
        let unusable = |findings| Failure {
            text: "nothing was changed".to_owned(),
            ..Failure::findings(findings)
        };
        let plain = csv::read(&self.file, bytes, &Mapping::default()).map_err(unusable)?;
        let told: Vec<String> = plain
            .report
            .columns
            .iter()
            .map(|column| column.header.clone())
            .filter(|header| tells(header))
            .collect();
        let rows = match told.is_empty() {
            true => plain,
            false => csv::read(&self.file, bytes, &keeping(&self.file, &told)).map_err(unusable)?,
        };
        let errors: Vec<Finding> = rows
            .report
            .findings
            .iter()
            .filter(|finding| finding.is_error())
            .cloned()
            .collect();
        if !errors.is_empty() {
            return Err(Failure {
                text: "nothing was changed".to_owned(),
                ..Failure::findings(errors)
            });
        }
        let mut reading = Reading {
            rejected: rows.report.skipped.len(),
            ..Reading::default()
        };
        let is_about_a_row = |finding: &&Finding| {
            let is_nobody = |skipped: &csv::Skipped| finding.place.is_some_and(|place| place.line == skipped.line);
            // Of several addresses in a cell one is taken: whose row it is has to be looked at.
            finding.text.contains("several addresses") || rows.report.skipped.iter().any(is_nobody)
        };
        reading.findings = rows.report.findings.iter().filter(is_about_a_row).cloned().collect();
        for row in &rows.rows {
            let said = |names: &[&str]| {
                let told = told.iter().filter(|header| names.contains(&word::fold(header).as_str()));
                let values = told.filter_map(|header| row.subscriber.attributes.get(&word::attribute_name(header)?));
                values.cloned().collect::<Vec<_>>()
            };
            let (when, occasion) = (said(&WHEN), said(&OCCASION));
            let happened = when.first().and_then(|text| moment_of(text));
            let words: Vec<String> = when.into_iter().chain(occasion).collect();
            let evidence = proof.of(row.line, &words);
            let reason = match words.iter().any(|words| tells_of_spam(words)) {
                true => reason.max(Reason::Complained),
                false => reason,
            };
            reading
                .new
                .push(self.suppressed(row.subscriber.address.clone(), reason, evidence, happened));
        }
        Ok(reading)
    }

    /// What `suppress export` wrote, here or elsewhere: with reasons, lists and days of its own.
    fn our_own(&self, text: &str, proof: &Proof<'_>) -> Result<Reading, Failure> {
        if self.list.is_some() || self.reason.is_some() {
            let text = format!(
                "`{}` is what `suppress export` wrote, and tells lists and reasons itself",
                self.file
            );
            return Err(Failure::new(Kind::Usage, text).hint("leave `--list` and `--reason` out; nothing was changed"));
        }
        let mut reading = Reading::default();
        let mut reader = ::csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        for record in reader.records() {
            let record = record.map_err(|error| Failure::new(Kind::Files, format!("`{}` cannot be read: {error}", self.file)))?;
            let line = record
                .position()
                .map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
            let cell = |index: usize| {
                record
                    .get(index)
                    .map(|cell| unguard(cell.trim()).to_owned())
                    .unwrap_or_default()
            };
            match self.exported(&cell, line, proof) {
                Ok(new) => reading.new.push(new),
                Err(why) => reading.reject(&self.file, line, &why),
            }
        }
        Ok(reading)
    }

    fn exported(&self, cell: &impl Fn(usize) -> String, line: usize, proof: &Proof<'_>) -> Result<NewSuppression, String> {
        let whom = match (Address::parse(&cell(0)), cell(1).split_once(':')) {
            (Ok(address), _) => Whom::Address(address),
            (Err(_), Some((mark, hash))) if mark == self.key_mark => {
                Whom::Hash(parse_hash(hash).ok_or_else(|| "the hash is damaged".to_owned())?)
            }
            (Err(_), Some(_)) => return Err("only a hash is left of the address, made with another store's keys".to_owned()),
            (Err(_), None) => return Err("the row has no address".to_owned()),
        };
        let reason = Reason::parse(&cell(3)).ok_or_else(|| format!("`{}` is no reason", cell(3)))?;
        let list = Some(cell(2)).filter(|list| !list.is_empty());
        let since = cell(4).parse::<Timestamp>().ok();
        let words: Vec<String> = [cell(5)].into_iter().filter(|words| !words.is_empty()).collect();
        let evidence = proof.of(line, &words);
        Ok(NewSuppression {
            whom,
            suppression: suppression(
                list.as_deref().or(self.list),
                self.reason.unwrap_or(reason),
                Some(evidence),
                since.unwrap_or(self.now),
            ),
            happened: since,
        })
    }
}

/// The file that proves a suppression.
struct Proof<'a> {
    file: &'a str,
    hash: String,
}

impl Proof<'_> {
    fn of(&self, line: usize, words: &[String]) -> String {
        let words = words.iter().map(|word| format!("; {word}")).collect::<String>();
        format!("{} line {line} (SHA-256 {}){words}", self.file, &self.hash[..12])
    }
}

fn is_our_own(text: &str) -> bool {
    let first = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    first.replace('"', "") == EXPORTED.join(",")
}

/// Whether the first line with anything on it is an address and nothing else.
fn is_plain(text: &str) -> bool {
    let mut lines = text.lines().map(|line| line.trim().trim_matches('"'));
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| Address::parse(line).is_ok())
}

fn tells(header: &str) -> bool {
    let folded = word::fold(header);
    WHEN.contains(&folded.as_str()) || OCCASION.contains(&folded.as_str())
}

/// A mapping that keeps these columns as words: the reader takes them for a sign that somebody left, which is known here anyhow.
fn keeping(file: &str, headers: &[String]) -> Mapping {
    let columns: BTreeMap<String, Option<String>> = headers
        .iter()
        .filter_map(|header| Some((header.clone(), Some(word::attribute_name(header)?))))
        .collect();
    // A moment is more than its day.
    let types = columns.values().flatten().map(|name| (name.clone(), Some("text".to_owned())));
    let mapping = MappingFile {
        types: Some(types.collect()),
        columns: Some(columns),
        ..MappingFile::default()
    };
    mapping.check(file, |_| None).0
}

/// The moment that a cell names, in UTC as Mailchimp writes it; of a day alone, its end: whoever left on the day of a lifting may have
/// left behind it.
fn moment_of(text: &str) -> Option<Timestamp> {
    let zoned = text.parse::<Timestamp>().ok();
    zoned.or_else(|| {
        let civil = match text.parse::<jiff::civil::Date>() {
            Ok(day) if !text.contains(':') => day.tomorrow().ok()?.at(0, 0, 0, 0),
            _ => text.parse::<jiff::civil::DateTime>().ok()?,
        };
        civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })
}

#[cfg(test)]
mod tests {
    use super::moment_of;

    #[test]
    fn moments_and_days_are_read_and_a_day_counts_to_its_end() {
        for (text, expected) in [
            ("2024-03-02 09:08:07", Some("2024-03-02T09:08:07Z")),
            ("2024-03-02T09:08:07+02:00", Some("2024-03-02T07:08:07Z")),
            ("2024-03-02", Some("2024-03-03T00:00:00Z")),
            ("last year", None),
            ("", None),
        ] {
            assert_eq!(moment_of(text).map(|at| at.to_string()).as_deref(), expected, "{text}");
        }
    }
}
