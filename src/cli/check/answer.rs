//! What `check` shows of many findings: each once, by file and line, and never more of one kind than a person reads.

use crate::finding::Finding;
use crate::finding::name::Name;
use std::collections::{HashMap, HashSet};

/// From here on, more of a kind in one file are only counted.
const MOST_OF_A_KIND: usize = 20;

/// The findings each once, by file and line; at one place what stops a letter comes first.
pub(super) fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    let mut seen = HashSet::new();
    findings.retain(|finding| seen.insert(finding.to_string()));
    findings.sort_by(|one, other| (&one.file, one.place, one.severity).cmp(&(&other.file, other.place, other.severity)));
    findings
}

/// The findings as a person reads them: what stops letters before what only deserves a look, at most twenty of a kind, and each next step
/// of a warning's kind once.
pub(super) fn told(findings: &[Finding]) -> Vec<Finding> {
    let mut told = bounded(findings);
    told.sort_by_key(|finding| finding.severity);
    let mut known: HashSet<(Name, String)> = HashSet::new();
    for finding in &mut told {
        let Some(name) = finding.name.filter(|_| !finding.is_error()) else {
            continue;
        };
        finding.hint = finding.hint.take().filter(|hint| known.insert((name, hint.clone())));
    }
    told
}

/// The findings with at most nineteen of a kind in a file; the twentieth says how many more there are.
pub(super) fn bounded(findings: &[Finding]) -> Vec<Finding> {
    let mut counts: HashMap<(&str, bool, String), usize> = HashMap::new();
    for finding in findings {
        *counts.entry(kind(finding)).or_default() += 1;
    }
    let mut shown: HashMap<(&str, bool, String), usize> = HashMap::new();
    let mut bounded = Vec::new();
    for finding in findings {
        let kind = kind(finding);
        let (all, before) = (counts[&kind], shown.entry(kind).or_default());
        *before += 1;
        if *before < MOST_OF_A_KIND || all == MOST_OF_A_KIND {
            bounded.push(finding.clone());
        } else if *before == MOST_OF_A_KIND {
            let text = format!("and {} more like this", all - MOST_OF_A_KIND + 1);
            bounded.push(Finding {
                text,
                place: None,
                hint: Some("`tidings check --json` names every one of them".to_owned()),
                ..finding.clone()
            });
        }
    }
    bounded
}

/// Findings of one kind say the same of different things: of the same name, or equal but for numbers and what stands in backticks.
fn kind(finding: &Finding) -> (&str, bool, String) {
    let kind = match finding.name {
        Some(name) => name.to_string(),
        None => {
            let outside = finding.text.split('`').step_by(2).collect::<Vec<_>>().join("`");
            outside.chars().filter(|c| !c.is_ascii_digit()).collect()
        }
    };
    (&finding.file, finding.is_error(), kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Place;

    fn finding(line: usize, name: Option<&str>) -> Finding {
        let finding = Finding::warning("a.md", format!("`{line}` is odd, {line} times")).at(Place::new(line, 1));
        match name {
            Some(name) => finding.called(name),
            None => finding,
        }
    }

    #[test]
    fn findings_stand_by_file_and_line_and_each_once() {
        let error = Finding::error("a.md", "x").at(Place::new(2, 1));
        let found = vec![
            finding(3, None),
            Finding::error("b.md", "x"),
            finding(2, None),
            error.clone(),
            finding(3, None),
        ];
        assert_eq!(
            in_order(found),
            [error, finding(2, None), finding(3, None), Finding::error("b.md", "x")]
        );
    }

    #[test]
    fn a_person_reads_errors_first_and_each_step_once() {
        let hinted = |line, hint: &str| finding(line, Some("link-http")).hint(hint);
        let error = Finding::error("z.md", "x").hint("one");
        let told = told(&[hinted(1, "one"), hinted(2, "one"), hinted(3, "two"), error.clone()]);
        let steps: Vec<_> = told
            .iter()
            .map(|finding| (finding.file.as_str(), finding.hint.as_deref()))
            .collect();
        assert_eq!(
            steps,
            [
                ("z.md", Some("one")),
                ("a.md", Some("one")),
                ("a.md", None),
                ("a.md", Some("two"))
            ]
        );
    }

    #[test]
    fn the_twentieth_of_a_kind_counts_the_rest() {
        for name in [None, Some("link-http")] {
            for (all, shown, last) in [
                (3, 3, "`3` is odd, 3 times"),
                (20, 20, "`20` is odd, 20 times"),
                (21, 20, "and 2 more like this"),
                (500, 20, "and 481 more like this"),
            ] {
                let findings: Vec<Finding> = (1..=all).map(|line| finding(line, name)).collect();
                let bounded = bounded(&findings);
                assert_eq!(
                    (bounded.len(), bounded.last().map(|finding| finding.text.as_str())),
                    (shown, Some(last))
                );
            }
        }
    }
}
