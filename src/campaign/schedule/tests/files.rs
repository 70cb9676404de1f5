//! What stands in the file: accepted with its sentence, or refused with every mistake at its place.

use crate::campaign::schedule::{LateFile, ScheduleFile, SeasonFile, WindowFile};
use crate::finding::Finding;
use crate::finding::yaml::{Source, read};

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Campaign {
    schedule: Option<ScheduleFile>,
    season: Option<SeasonFile>,
    window: Option<WindowFile>,
    late: Option<LateFile>,
}

/// The sentences and findings that `text` becomes, in this order.
fn said(text: &str) -> Vec<String> {
    let source = Source {
        file: "c",
        text,
        first_line: 1,
    };
    let campaign = read::<Campaign>(&source);
    let (mut sentences, mut findings) = (Vec::new(), campaign.findings);
    let mut keep = |sentence: Result<String, Vec<Finding>>| match sentence {
        Ok(sentence) => sentences.push(sentence),
        Err(wrong) => findings.extend(wrong),
    };
    if let Some(season) = campaign.value.season {
        keep(season.check(&source, &["season"]).map(|season| season.to_string()));
    }
    if let Some(window) = campaign.value.window {
        keep(window.check(&source, &["window"]).map(|window| window.to_string()));
    }
    if let Some(late) = campaign.value.late {
        keep(late.check(&source, &["late"]).map(|late| late.to_string()));
    }
    if let Some(schedule) = campaign.value.schedule {
        let checked = schedule.check(&source, &["schedule"]);
        let warnings = checked.as_ref().map(|(_, warnings)| warnings.clone()).unwrap_or_default();
        keep(checked.map(|(schedule, _)| schedule.to_string()));
        findings.extend(warnings);
    }
    sentences.extend(
        findings
            .iter()
            .map(|finding| finding.to_string().replace("\n  hint: ", " => ")),
    );
    sentences
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(said(text), expected, "\n{text}");
}

#[test]
fn schedules_say_themselves_in_a_sentence() {
    let cases = [
        (
            "every: month, day: first tuesday, at: 09:00",
            "every month on the first tuesday at 09:00",
        ),
        (
            "every: month, day: First  Tuesday, at: 9:00, expires: 3d",
            "every month on the first tuesday at 09:00, given up after 3 days",
        ),
        (
            "every: month, day: last day, at: \"18:30\"",
            "every month on the last day at 18:30",
        ),
        ("every: 2 months, day: 15, at: 09:00", "every 2 months on the 15th at 09:00"),
        ("every: month, day: 1st, at: 09:00", "every month on the 1st at 09:00"),
        ("every: month, day: 22, at: 09:00", "every month on the 22nd at 09:00"),
        ("every: month, day: 11, at: 09:00", "every month on the 11th at 09:00"),
        (
            "every: quarter, day: last friday, at: 09:00",
            "every quarter on the last friday at 09:00",
        ),
        ("every: year, day: 1 March, at: 09:00", "every year on 1 March at 09:00"),
        (
            "every: year, day: 31 december, at: 09:00",
            "every year on 31 December at 09:00",
        ),
        (
            "every: year, day: first tuesday of october, at: 09:00",
            "every year on the first tuesday of October at 09:00",
        ),
        ("every: year, day: last day, at: 09:00", "every year on the last day at 09:00"),
        ("every: week, day: tuesday, at: 09:00", "every week on tuesday at 09:00"),
        ("every: 2 weeks, day: tue, at: 09:00", "every 2 weeks on tuesday at 09:00"),
        ("every: day, at: 09:00", "every day at 09:00"),
        ("every: 10 days, at: 09:00", "every 10 days at 09:00"),
        ("every: day, day: weekdays, at: 09:00", "every weekday at 09:00"),
        (
            "every: day, day: monday and thursday, at: 09:00",
            "every monday and thursday at 09:00",
        ),
        ("date: 2026-12-01, at: 09:00", "on 2026-12-01 at 09:00"),
        (
            "dates: [2026-12-01, 2026-10-01], at: 09:00",
            "on 2026-10-01 and 2026-12-01 at 09:00",
        ),
        (
            "dates: [2026-10-01, 2026-11-01, 2026-12-01, 2027-01-01, 2027-02-01], at: 09:00",
            "on 5 days from 2026-10-01 to 2027-02-01 at 09:00",
        ),
    ];
    for (text, expected) in cases {
        check(&format!("schedule: {{{text}}}"), &[expected]);
    }
}

#[test]
fn each_wrong_word_is_named_at_its_place_with_the_right_one() {
    let cases = [
        ("every: weekly\n  day: tuesday", "2:10: `weekly` is no rhythm => say `week`"),
        (
            "every: biweekly\n  day: tuesday",
            "2:10: `biweekly` is no rhythm => say `2 weeks`",
        ),
        (
            "every: tuesday",
            "2:10: `tuesday` is no rhythm => say `every: week` and `day: tuesday`",
        ),
        (
            "every: weekday",
            "2:10: `weekday` is no rhythm => say `every: day` and `day: weekdays`",
        ),
        (
            "every: 2 wekes\n  day: tuesday",
            "2:10: `2 wekes` is no rhythm => did you mean `2 weeks`?",
        ),
        ("every: mnth\n  day: 1", "2:10: `mnth` is no rhythm => did you mean `month`?"),
        (
            "every: hour",
            "2:10: `hour` is no rhythm => say `day`, `week`, `month`, `quarter` or `year`, or a number of them like `2 weeks`",
        ),
        (
            "every: 0 weeks",
            "2:10: `0 weeks` is no rhythm => the number goes from 1 to 99",
        ),
        (
            "every: 99999999 weeks",
            "2:10: `99999999 weeks` is no rhythm => the number goes from 1 to 99",
        ),
        (
            "every: month",
            "1:1: every `month` does not say on which day => add `day: first tuesday`",
        ),
        (
            "every: week",
            "1:1: every `week` does not say on which day => add `day: tuesday`",
        ),
        (
            "every: year",
            "1:1: every `year` does not say on which day => add `day: 1 March`",
        ),
        (
            "every: month\n  day: firts tuesday",
            "3:8: `firts tuesday` is no day => did you mean `first tuesday`?",
        ),
        (
            "every: month\n  day: fifth friday",
            "3:8: not every month has a `fifth friday` => say `last friday`",
        ),
        (
            "every: month\n  day: tuesday",
            "3:8: `tuesday` comes several times => say `first tuesday` or `last tuesday`, or `every: week`",
        ),
        (
            "every: month\n  day: 1 march",
            "3:8: `1 march` comes once a year => say `every: year`, or a day like `first tuesday`",
        ),
        (
            "every: month\n  day: 31",
            "3:8: not every month has a day `31` => say `last day`, or a number up to `28`",
        ),
        (
            "every: quarter\n  day: 29",
            "3:8: not every month has a day `29` => say `last day`, or a number up to `28`",
        ),
        (
            "every: month\n  day: 32",
            "3:8: `32` is no day => say `first tuesday`, `last friday`, `last day` or a number up to `28`",
        ),
        (
            "every: year\n  day: 15",
            "3:8: `15` does not say in which month => write `15 January`, with your month",
        ),
        (
            "every: year\n  day: 29 february",
            "3:8: `29 february` comes only every fourth year => say `28 February` or `1 March`",
        ),
        (
            "every: year\n  day: 31 june",
            "3:8: `31 june` is not in the calendar => say `last day of June`",
        ),
        (
            "every: year\n  day: first tuesday of tober",
            "3:8: `tober` is no month => write it like `october`",
        ),
        (
            "every: week\n  day: first tuesday",
            "3:8: `first tuesday` is a day of a month => say `every: month`, or a day like `tuesday`",
        ),
        (
            "every: week\n  day: tusday",
            "3:8: `tusday` is no day of the week => did you mean `tuesday`?",
        ),
        (
            "every: week\n  day: mon, thu",
            "3:8: `mon, thu` is more than one day => say `every: day` and `day: monday and thursday`",
        ),
        (
            "every: 2 days\n  day: weekdays",
            "3:8: `day` does not go with every 2 days => say `every: day`, or `every: week`, or delete `day`",
        ),
        (
            "date: 2026-12-01\n  every: day",
            "3:10: a schedule has `date` or `every`, not both => delete one of the two",
        ),
        (
            "date: 2026-12-01\n  day: 3",
            "3:8: `day` belongs to a schedule with `every` => delete `day`, the date says it all",
        ),
        ("dates: []", "2:10: `dates` is empty => add a day, like `- 2026-12-01`"),
        (
            "dates: [2026-12-01, 2026-12-01]",
            "2:23: `2026-12-01` stands here twice => delete one of the two",
        ),
        (
            "dates: [2026-12-01, 2026-12-32]",
            "2:23: `2026-12-32` is not in the calendar => December 2026 has 31 days",
        ),
        (
            "date: 01/06/2026",
            "2:9: `01/06/2026` can be read as two different days => write `2026-06-01` for 1 June or `2026-01-06` for 6 January",
        ),
        (
            "date: 2026-12-01\n  expires: 0d",
            "3:12: `0d` is no time at all => write at least `1m`",
        ),
        (
            "date: 2026-12-01\n  expires: soon",
            "3:12: `soon` is no span of time => write a number and `m`, `h`, `d` or `w`, like `90m`, `6h`, `3d` or `2w`",
        ),
    ];
    for (text, expected) in cases {
        check(&format!("schedule:\n  {text}\n  at: 09:00\n"), &[&format!("c:{expected}")]);
    }
}

#[test]
fn a_schedule_says_both_day_and_hour() {
    check(
        "schedule:\n  date: 2026-12-01\n",
        &["c:1:1: the schedule does not say at what hour => add `at: \"09:00\"`"],
    );
    check(
        "schedule:\n  at: 09:00\n",
        &["c:1:1: the schedule does not say on which day => add `date: 2026-12-01` or `every: month`"],
    );
    check(
        "schedule:\n  date: 2026-12-01\n  at: 9am\n",
        &["c:3:7: `9am` is no hour => write `09:00`"],
    );
    check(
        "schedule:\n  date: 2026-12-01\n  at: 25:00\n",
        &["c:3:7: `25:00` is no hour of the day => hours go from `00:00` to `23:59`"],
    );
}

#[test]
fn a_mistake_is_said_once_and_all_of_them_together() {
    check(
        "schedule:\n  evry: month\n  day: 1\n  at: 09:00\n",
        &["c:2:3: unknown key `evry` => did you mean `every`?"],
    );
    check(
        "schedule:\n  every: month\n  day: 31\n  at: 9am\n  expires: 3\n",
        &[
            "c:3:8: not every month has a day `31` => say `last day`, or a number up to `28`",
            "c:4:7: `9am` is no hour => write `09:00`",
            "c:5:12: `3` does not say minutes, hours, days or weeks => write a number and `m`, `h`, `d` or `w`, like `90m`, `6h`, `3d` or `2w`",
        ],
    );
}

#[test]
fn hours_of_the_night_are_warned_of() {
    check(
        "schedule: {date: 2026-12-01, at: 03:59}",
        &[
            "on 2026-12-01 at 03:59",
            "c:1:34: warning: `03:59` is in the night, when clocks change and phones wake people => write an hour of the day, like `09:00`",
        ],
    );
    check("schedule: {date: 2026-12-01, at: 04:00}", &["on 2026-12-01 at 04:00"]);
}

#[test]
fn seasons_windows_and_lateness_say_themselves() {
    check(
        "season: {from: 1 September, until: 31 march}",
        &["from 1 September until 31 March"],
    );
    check(
        "window: {days: weekdays, from: 08:30, until: 18:00}",
        &["weekdays from 08:30 until 18:00"],
    );
    check("window: {from: 8:30, until: 18:00}", &["every day from 08:30 until 18:00"]);
    check("late: {by: 90m, then: skip}", &["up to 90 minutes late, after that skip"]);
    check("late: {by: 1h}", &["up to 1 hour late, after that hold"]);
    check("late: {then: send}", &["up to 6 hours late, after that send"]);
}

#[test]
fn wrong_seasons_windows_and_lateness_are_named() {
    check(
        "season:\n  from: 1/9\n",
        &[
            "c:2:9: `1/9` is no day of the year => write a day and a month, like `1 September`",
            "c:1:1: the season does not say when it ends => add `until: 31 March`, the last day that counts",
        ],
    );
    check(
        "window:\n  from: 22:00\n  until: 06:00\n",
        &[
            "c:3:10: the window goes over midnight, from `22:00` until `06:00` => let `until` be later than `from` on the same day, at most `23:59`",
        ],
    );
    check(
        "window:\n  from: 9:00\n  until: 09:00\n",
        &["c:3:10: the window opens and closes at `09:00` => let `until` be later than `from`, or leave the window out"],
    );
    check(
        "window:\n  days: weakdays\n  from: 9\n  until: 18:00\n",
        &[
            "c:2:9: `weakdays` is no day of the week => did you mean `weekdays`?",
            "c:3:9: `9` is no hour => write `09:00`",
        ],
    );
    check(
        "late:\n  by: later\n  then: hodl\n",
        &[
            "c:2:7: `later` is no span of time => write a number and `m`, `h`, `d` or `w`, like `90m`, `6h`, `3d` or `2w`",
            "c:3:9: `hodl` is nothing to do with a late letter => did you mean `hold`?",
        ],
    );
}
