//! An almanac of its own: which days a rhythm means, and at which instant a wall's clock first shows an hour, found by walking through
//! days and minutes rather than by reckoning.
//!
//! Promises: shares nothing with the product but the time zone database. Slow, and meant to be.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// A rhythm as the year's campaigns have it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rhythm {
    /// The nth such weekday of each month, from 1.
    Nth(usize, Weekday),
    /// The same weekday of each week.
    Weekly(Weekday),
    /// The last day of each quarter.
    QuarterEnd,
    /// These days.
    Dates(Vec<Date>),
}

impl Rhythm {
    /// Whether the rhythm means this day.
    pub(super) fn means(&self, day: Date) -> bool {
        match self {
            Self::Nth(nth, weekday) => {
                let before = (1..=day.day()).filter(|number| on(day, *number).weekday() == *weekday);
                day.weekday() == *weekday && before.count() == *nth
            }
            Self::Weekly(weekday) => day.weekday() == *weekday,
            Self::QuarterEnd => day.month() % 3 == 0 && next(day).month() != day.month(),
            Self::Dates(days) => days.contains(&day),
        }
    }

    /// The name of the period a day lies in: two days with the same name share one letter.
    pub(super) fn period(&self, day: Date) -> String {
        match self {
            Self::Nth(..) => format!("{}-{}", day.year(), day.month()),
            Self::Weekly(_) => monday(day).to_string(),
            Self::QuarterEnd => format!("{} quarter {}", day.year(), (day.month() - 1) / 3),
            Self::Dates(_) => day.to_string(),
        }
    }

    /// As `campaign.yaml` has it.
    pub(super) fn written(&self, at: Time) -> String {
        let hour = format!("at: \"{:02}:{:02}\"", at.hour(), at.minute());
        match self {
            Self::Nth(nth, weekday) => {
                let ordinal = ["first", "second", "third", "fourth"][nth - 1];
                format!("every: month, day: {ordinal} {}, {hour}", name(*weekday))
            }
            Self::Weekly(weekday) => format!("every: week, day: {}, {hour}", name(*weekday)),
            Self::QuarterEnd => format!("every: quarter, day: last day, {hour}"),
            Self::Dates(days) => {
                let days: Vec<String> = days.iter().map(Date::to_string).collect();
                format!("dates: [{}], {hour}", days.join(", "))
            }
        }
    }
}

/// All days from `first` to `last`.
pub(super) fn days(first: Date, last: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(first), |day| Some(next(*day))).take_while(move |day| *day <= last)
}

pub(super) fn next(day: Date) -> Date {
    day.checked_add(1.day()).unwrap()
}

fn on(month: Date, number: i8) -> Date {
    Date::new(month.year(), month.month(), number).unwrap()
}

fn monday(day: Date) -> Date {
    let back = |days: i64| day.checked_sub(days.days()).unwrap();
    (0..7).map(back).find(|day| day.weekday() == Weekday::Monday).unwrap()
}

fn name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}

/// The first minute at which the clocks of `zone` show this day and hour, or one behind it where they never show it.
pub(super) fn first_minute(zone: &TimeZone, day: Date, hour: Time) -> Timestamp {
    let wanted = day.to_datetime(hour);
    // No zone lies more than a day from UTC.
    let midnight = day.to_datetime(Time::midnight()).to_zoned(TimeZone::UTC).unwrap().timestamp();
    let minutes = (-24 * 60..48 * 60).map(|minute| midnight + SignedDuration::from_mins(minute));
    let mut minutes = minutes.skip_while(|at| zone.to_datetime(*at) < wanted);
    minutes.next().unwrap()
}

#[test]
fn the_almanac_knows_a_year() {
    let zone = |name: &str| TimeZone::get(name).unwrap();
    let day = |text: &str| text.parse::<Date>().unwrap();
    let hour = |text: &str| text.parse::<Time>().unwrap();
    let year: Vec<Date> = days(day("2027-01-01"), day("2027-12-31")).collect();
    let count = |rhythm: Rhythm| year.iter().filter(|day| rhythm.means(**day)).count();
    assert_eq!(
        [
            count(Rhythm::Nth(1, Weekday::Tuesday)),
            count(Rhythm::Weekly(Weekday::Sunday)),
            count(Rhythm::QuarterEnd)
        ],
        [12, 52, 4]
    );
    let cases = [
        ("Europe/London", "2027-01-05", "09:00", "2027-01-05T09:00:00Z"),
        ("Europe/London", "2027-03-28", "01:15", "2027-03-28T01:00:00Z"),
        ("Europe/London", "2027-10-31", "01:15", "2027-10-31T00:15:00Z"),
        ("Africa/Cairo", "2027-04-30", "00:00", "2027-04-29T22:00:00Z"),
        ("Australia/Lord_Howe", "2027-10-03", "02:15", "2027-10-02T15:30:00Z"),
        ("Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-03T14:45:00Z"),
    ];
    for (name, date, at, expected) in cases {
        assert_eq!(
            first_minute(&zone(name), day(date), hour(at)).to_string(),
            expected,
            "{name} {date} {at}"
        );
    }
}
