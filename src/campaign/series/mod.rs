//! A series: articles that follow each person's day of joining, each some days after it.
//!
//! Promises: the steps of a series ascend, no two share a day or an article; [`Course::turn`] says for one person which of them comes
//! next and when. Pure: knows nothing of lists, of the store or of a clock.

mod turn;

#[cfg(test)]
mod turn_tests;

pub use turn::{Appointment, Course, Joiner, LOOKBACK, Mark, Out, Record, Stand, Standing, Turn};

use crate::campaign::schedule::words::{Mapping, Wrong, listed, shown};
use crate::campaign::schedule::{SPAN_HINT, parse_hour, parse_span};
use crate::finding::Finding;
use crate::finding::yaml::Source;
use jiff::civil::Time;
use std::fmt;

/// One entry of `series:` as it stands in the file.
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StepFile {
    /// The article's file.
    pub file: Option<String>,
    /// How long after joining: `7d`.
    pub after: Option<String>,
    /// The hour on the clinic's wall; nine in the morning where it is left out.
    pub at: Option<String>,
    /// The same article in other languages.
    pub languages: Option<Vec<String>>,
}

/// The hour of a step that names none.
const MORNING: Time = Time::constant(9, 0, 0, 0);

impl StepFile {
    /// The step, or all that is wrong with it; `path` is where the mapping stands in the file.
    pub fn check(&self, source: &Source<'_>, path: &[&str]) -> Result<Step, Vec<Finding>> {
        let mut mapping = Mapping::new(source, path);
        let absent = Wrong::new(
            "the step names no article",
            "add `file:` with the name of an article in this folder",
        );
        let file = mapping.demand("file", self.file.as_deref(), absent, file_name);
        let absent = Wrong::new(
            "the step does not say how long after joining",
            "add `after: 7d`, or `after: 0d` for the day of joining",
        );
        let after_days = mapping.demand("after", self.after.as_deref(), absent, whole_days);
        let at = match &self.at {
            Some(text) => mapping.read("at", Some(text), parse_hour),
            None => Some(MORNING),
        };
        let step = file.zip(after_days).zip(at);
        mapping.close(step.map(|((file, after_days), at)| Step { file, after_days, at }))
    }
}

fn file_name(text: &str) -> Result<String, Wrong> {
    match text.trim() {
        "" => Err(Wrong::new(
            "the name of the article is empty",
            "write the name of an article in this folder",
        )),
        name => Ok(name.to_owned()),
    }
}

fn whole_days(text: &str) -> Result<u32, Wrong> {
    let minutes = parse_span(text).map_err(|text| Wrong::new(text, SPAN_HINT))?.as_mins();
    match (minutes % (24 * 60), u32::try_from(minutes / (24 * 60))) {
        (0, Ok(days)) => Ok(days),
        _ => Err(Wrong::new(
            format!("{} is no whole number of days", shown(text)),
            "a series counts in days: write `1d` or `2w`",
        )),
    }
}

/// One article of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The article's file inside the campaign's folder.
    pub file: String,
    /// How many days after joining it is due.
    pub after_days: u32,
    /// The hour on the clinic's wall.
    pub at: Time,
}

/// Articles after joining, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The steps, at least one, each later than the one before it.
    pub steps: Vec<Step>,
}

impl Series {
    /// The series, or all that is wrong with it; `path` is where the list stands in the file.
    pub fn check(files: &[StepFile], source: &Source<'_>, path: &[&str]) -> Result<Self, Vec<Finding>> {
        let mut list = Mapping::new(source, path);
        let mut findings = Vec::new();
        let mut steps: Vec<Step> = Vec::with_capacity(files.len());
        if files.is_empty() {
            list.wrong(
                &[],
                Wrong::new("the series has no step", "add one, like `- {file: welcome.md, after: 0d}`"),
            );
        }
        for (at, file) in files.iter().enumerate() {
            let position = at.to_string();
            match file.check(source, &[path, &[position.as_str()]].concat()) {
                Ok(step) => {
                    follow(&mut list, &position, &steps, &step);
                    steps.push(step);
                }
                Err(wrong) => findings.extend(wrong),
            }
        }
        let series = (steps.len() == files.len()).then_some(Self { steps });
        match list.close(series) {
            Ok(series) if findings.is_empty() => Ok(series),
            Ok(_) => Err(findings),
            Err(order) => {
                findings.extend(order);
                findings.sort_by_key(|finding| finding.place);
                Err(findings)
            }
        }
    }
}

/// Whether `step` may stand behind `before`.
fn follow(list: &mut Mapping<'_>, position: &str, before: &[Step], step: &Step) {
    if before.iter().any(|other| other.file == step.file) {
        let text = format!("{} is in the series twice", shown(&step.file));
        list.wrong(&[position, "file"], Wrong::new(text, "delete one of the two"));
    }
    let Some(last) = before.last() else { return };
    let (found, days) = (step.after_days, last.after_days);
    if found == days {
        let text = format!(
            "{} is due on the same day as {}, `{days}d`",
            shown(&step.file),
            shown(&last.file)
        );
        list.wrong(
            &[position, "after"],
            Wrong::new(text, format!("write `{}d` or later", days + 1)),
        );
    } else if found < days {
        let text = format!("`{found}d` comes before {} at `{days}d`", shown(&last.file));
        list.wrong(
            &[position, "after"],
            Wrong::new(text, "put the steps in the order in which they are due"),
        );
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<String> = self.steps.iter().map(|step| step.after_days.to_string()).collect();
        match self.steps.as_slice() {
            [Step { after_days: 0, .. }] => f.write_str("on the day of joining"),
            [Step { after_days: 1, .. }] => f.write_str("1 day after joining"),
            _ => write!(f, "{} days after joining", listed(&days)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::campaign::series::{Series, StepFile};
    use crate::finding::yaml::{Source, read};

    #[derive(Debug, Default, serde::Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Campaign {
        series: Vec<StepFile>,
    }

    fn check(text: &str, expected: Result<&str, &[&str]>) {
        let text = format!("series:\n{text}");
        let source = Source {
            file: "c",
            text: &text,
            first_line: 1,
        };
        let steps = read::<Campaign>(&source).value.series;
        let said = Series::check(&steps, &source, &["series"]);
        let said = said.map(|series| series.to_string()).map_err(|findings| {
            let shown = findings
                .iter()
                .map(|finding| finding.to_string().replace("\n  hint: ", " => "));
            shown.collect::<Vec<_>>()
        });
        let expected = expected
            .map(str::to_owned)
            .map_err(|all| all.iter().map(|one| (*one).to_owned()).collect());
        assert_eq!(said, expected, "\n{text}");
    }

    #[test]
    fn steps_that_ascend_are_a_series() {
        check("- {file: a.md, after: 0d}", Ok("on the day of joining"));
        check("- {file: a.md, after: 1d}", Ok("1 day after joining"));
        check(
            "- {file: a.md, after: 0d}\n- {file: b.md, after: 7d, at: \"7:30\"}\n- {file: c.md, after: 2 weeks}\n- {file: d.md, after: 480h}",
            Ok("0, 7, 14 and 20 days after joining"),
        );
    }

    #[test]
    fn every_wrong_step_is_named_at_its_place() {
        check(
            "  []",
            Err(&["c:2:3: the series has no step => add one, like `- {file: welcome.md, after: 0d}`"]),
        );
        check(
            "- {file: a.md, after: 7d}\n- {file: b.md, after: 7d}\n- {file: c.md, after: 1d}\n- {file: a.md, after: 9d}",
            Err(&[
                "c:3:23: `b.md` is due on the same day as `a.md`, `7d` => write `8d` or later",
                "c:4:23: `1d` comes before `b.md` at `7d` => put the steps in the order in which they are due",
                "c:5:10: `a.md` is in the series twice => delete one of the two",
            ]),
        );
        check(
            "- {file: a.md, after: 0d, at: 9am}\n- {file: b.md, after: 1d, at: \"24:00\"}",
            Err(&[
                "c:2:31: `9am` is no hour => write `09:00`",
                "c:3:31: `24:00` is no hour of the day => hours go from `00:00` to `23:59`",
            ]),
        );
        check(
            "- file: a.md\n- after: 2d\n- {file: \" \", after: 36h}\n- {file: d.md, after: later}",
            Err(&[
                "c:2:3: the step does not say how long after joining => add `after: 7d`, or `after: 0d` for the day of joining",
                "c:3:3: the step names no article => add `file:` with the name of an article in this folder",
                "c:4:10: the name of the article is empty => write the name of an article in this folder",
                "c:4:22: `36h` is no whole number of days => a series counts in days: write `1d` or `2w`",
                "c:5:23: `later` is no span of time => write a number and `m`, `h`, `d` or `w`, like `90m`, `6h`, `3d` or `2w`",
            ]),
        );
    }
}
