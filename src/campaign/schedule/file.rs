//! `schedule:` as it stands in `campaign.yaml`, and the way from there to a checked [`Schedule`].

use crate::campaign::schedule::date::date;
use crate::campaign::schedule::days::Days;
use crate::campaign::schedule::every::{Every, Unit, UnitName, rhythm};
use crate::campaign::schedule::hour::{clock, hour};
use crate::campaign::schedule::rule::{AnnualRule, DayRule};
use crate::campaign::schedule::span::some_span;
use crate::campaign::schedule::words::{Mapping, WEEKDAYS, Wrong, plain, shown, weekday};
use crate::campaign::schedule::{Schedule, When};
use crate::finding::yaml::Source;
use crate::finding::{Finding, Severity, suggestion};
use jiff::civil::{Date, Time, Weekday};

/// `schedule:` as it stands in the file.
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScheduleFile {
    /// One day.
    pub date: Option<String>,
    /// Several days.
    pub dates: Option<Vec<String>>,
    /// A rhythm: `month`, `2 weeks`.
    pub every: Option<String>,
    /// Which day of the rhythm: `first tuesday`.
    pub day: Option<String>,
    /// The hour of the day.
    pub at: Option<String>,
    /// How long after its moment a letter is still worth sending.
    pub expires: Option<String>,
}

impl ScheduleFile {
    /// The schedule and its warnings, or all that is wrong with it; `path` is where the mapping stands in the file.
    ///
    /// The error is empty where the reader of the file has said everything already.
    pub fn check(&self, source: &Source<'_>, path: &[&str]) -> Result<(Schedule, Vec<Finding>), Vec<Finding>> {
        let mut mapping = Mapping::new(source, path);
        let when = self.when(&mut mapping);
        let absent = Wrong::new("the schedule does not say at what hour", "add `at: \"09:00\"`");
        let at = mapping.demand("at", self.at.as_deref(), absent, hour);
        let expires = mapping.read("expires", self.expires.as_deref(), some_span);
        let warnings = at.and_then(|at| night(&mapping, at)).into_iter().collect();
        let schedule = when.zip(at).map(|(when, at)| Schedule { when, at, expires });
        mapping.close(schedule.map(|schedule| (schedule, warnings)))
    }

    fn when(&self, mapping: &mut Mapping<'_>) -> Option<When> {
        let given = [
            ("date", self.date.is_some()),
            ("dates", self.dates.is_some()),
            ("every", self.every.is_some()),
        ];
        let mut given = given.into_iter().filter(|(_, is_given)| *is_given).map(|(key, _)| key);
        let first = given.next();
        for other in given {
            let text = format!("a schedule has `{}` or `{other}`, not both", first.unwrap_or_default());
            mapping.wrong(&[other], Wrong::new(text, "delete one of the two"));
        }
        if first.is_none() && ["date", "dates", "every"].iter().all(|key| mapping.lacks(key)) {
            let absent = Wrong::new(
                "the schedule does not say on which day",
                "add `date: 2026-12-01` or `every: month`",
            );
            mapping.missing("every", absent);
        }
        if let (None, Some(_), Some(_)) = (&self.every, &self.day, first) {
            let text = "`day` belongs to a schedule with `every`";
            mapping.wrong(&["day"], Wrong::new(text, "delete `day`, the date says it all"));
        }
        let once = mapping.read("date", self.date.as_deref(), date).map(When::Once);
        let dates = self
            .dates
            .as_deref()
            .and_then(|dates| several(mapping, dates))
            .map(When::Dates);
        let every = self.every(mapping).map(When::Every);
        once.or(dates).or(every)
    }

    fn every(&self, mapping: &mut Mapping<'_>) -> Option<Every> {
        let (step, unit) = mapping.read("every", self.every.as_deref(), rhythm)?;
        let unit = match unit {
            UnitName::Day => self.days(mapping, step).map(Unit::Day),
            UnitName::Week => self.day(mapping, "tuesday", week_day).map(Unit::Week),
            UnitName::Month => self.day(mapping, "first tuesday", DayRule::parse).map(Unit::Month),
            UnitName::Quarter => self.day(mapping, "first tuesday", DayRule::parse).map(Unit::Quarter),
            UnitName::Year => self.day(mapping, "1 March", AnnualRule::parse).map(Unit::Year),
        };
        unit.map(|unit| Every { step, unit })
    }

    fn day<T>(&self, mapping: &mut Mapping<'_>, example: &str, reader: impl FnOnce(&str) -> Result<T, Wrong>) -> Option<T> {
        let every = shown(self.every.as_deref().unwrap_or_default());
        let absent = Wrong::new(
            format!("every {every} does not say on which day"),
            format!("add `day: {example}`"),
        );
        mapping.demand("day", self.day.as_deref(), absent, reader)
    }

    fn days(&self, mapping: &mut Mapping<'_>, step: u16) -> Option<Days> {
        match &self.day {
            None => Some(Days::ALL),
            Some(_) if step > 1 => {
                let text = format!("`day` does not go with every {step} days");
                mapping.wrong(
                    &["day"],
                    Wrong::new(text, "say `every: day`, or `every: week`, or delete `day`"),
                );
                None
            }
            Some(text) => mapping.read("day", Some(text), Days::parse),
        }
    }
}

/// Several dates in order, each once.
fn several(mapping: &mut Mapping<'_>, texts: &[String]) -> Option<Vec<Date>> {
    if texts.is_empty() {
        mapping.wrong(&["dates"], Wrong::new("`dates` is empty", "add a day, like `- 2026-12-01`"));
        return None;
    }
    let mut dates = Vec::with_capacity(texts.len());
    for (at, text) in texts.iter().enumerate() {
        let place = at.to_string();
        let steps = ["dates", place.as_str()];
        match mapping.gather(&steps, date(text)) {
            Some(date) if dates.contains(&date) => {
                mapping.wrong(
                    &steps,
                    Wrong::new(format!("`{date}` stands here twice"), "delete one of the two"),
                );
            }
            Some(date) => dates.push(date),
            None => {}
        }
    }
    dates.sort_unstable();
    (dates.len() == texts.len()).then_some(dates)
}

/// Reads the day of a week.
fn week_day(text: &str) -> Result<Weekday, Wrong> {
    if let Some(day) = weekday(text) {
        return Ok(day);
    }
    let found = shown(text);
    if let Ok(days) = Days::parse(text) {
        return Err(Wrong::new(
            format!("{found} is more than one day"),
            format!("say `every: day` and `day: {days}`"),
        ));
    }
    if DayRule::parse(text).is_ok() {
        return Err(Wrong::new(
            format!("{found} is a day of a month"),
            "say `every: month`, or a day like `tuesday`",
        ));
    }
    let hint = match suggestion::nearest(&plain(text), WEEKDAYS) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "say a day like `tuesday`".to_owned(),
    };
    Err(Wrong::new(format!("{found} is no day of the week"), hint))
}

/// The warning about hours in which clocks change and nobody reads.
fn night(mapping: &Mapping<'_>, at: Time) -> Option<Finding> {
    (at.hour() < 4).then(|| {
        let text = format!("`{}` is in the night, when clocks change and phones wake people", clock(at));
        let severity = Severity::Warning;
        let finding = mapping.finding(&["at"], Wrong::new(text, "write an hour of the day, like `09:00`"));
        Finding { severity, ..finding }
    })
}
