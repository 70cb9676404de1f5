//! A limit that is used up, in words.

use super::{DAY, Quota, Spent};
use jiff::Timestamp;
use jiff::tz::TimeZone;

impl Quota {
    /// `450 of 450 letters of the last 24 hours are used up; 312 wait; the next may leave at 14:05 (Tue 24 Nov)`.
    pub fn told(&self, spent: &Spent, waiting: u64, now: Timestamp) -> String {
        let used = match spent {
            Spent::Day { .. } => {
                let most = self.limits.per_day.unwrap_or_default();
                format!("{most} of {most} letters of the last 24 hours are used up")
            }
            Spent::WarmUp { .. } => self.warm_up_told(now),
            Spent::Domain { domain, .. } => format!("the {} are used up", self.domain_limit(domain, now)),
        };
        let next = told_moment(spent.until(), &self.limits.zone);
        match waiting {
            0 => format!("{used}; the next may leave at {next}"),
            1 => format!("{used}; 1 waits; it may leave at {next}"),
            waiting => format!("{used}; {waiting} wait; the next may leave at {next}"),
        }
    }

    /// The limit that a forecast names: `450 letters a day`.
    pub fn limit_told(&self, spent: &Spent, now: Timestamp) -> String {
        match spent {
            Spent::Day { .. } => format!("{} letters a day", self.limits.per_day.unwrap_or_default()),
            Spent::WarmUp { .. } => "the warm-up of a new sender".to_owned(),
            Spent::Domain { domain, .. } => self.domain_limit(domain, now),
        }
    }

    fn warm_up_told(&self, now: Timestamp) -> String {
        let books = self.books();
        let warm_up = books.warm_up.as_ref();
        let cap = warm_up.and_then(|warm_up| warm_up.cap(now)).unwrap_or_default();
        let day = warm_up.map_or(1, |warm_up| warm_up.day_in_words(now));
        format!("{cap} of {cap} letters of day {day} of the warm-up are used up")
    }

    fn domain_limit(&self, domain: &str, now: Timestamp) -> String {
        let used = self.books().domains.get(domain).map_or(0, |window| window.count(DAY, now));
        match (self.limits.per_domain_per_day, self.limits.per_domain_per_minute) {
            (Some(most), _) if used >= most as usize => format!("{most} letters a day to `{domain}`"),
            (_, Some(most)) => format!("{most} letters a minute to `{domain}`"),
            (Some(most), None) => format!("{most} letters a day to `{domain}`"),
            (None, None) => format!("letters to `{domain}`"),
        }
    }
}

/// `14:05 (Tue 24 Nov)`; the minute in which it is true from its beginning.
pub fn told_moment(at: Timestamp, zone: &TimeZone) -> String {
    let whole = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    let minute = whole.div_euclid(60) + i64::from(whole.rem_euclid(60) > 0);
    let at = Timestamp::from_second(minute * 60).unwrap_or(at);
    at.to_zoned(zone.clone()).strftime("%H:%M (%a %-d %b)").to_string()
}
