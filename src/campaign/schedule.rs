//! stub
//! stub
use crate::finding::Finding;
use crate::finding::yaml::Source;
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
macro_rules! files { ($($n:ident {$($f:ident),*})*) => { $(
/// s
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct $n { $(
/// s
pub $f: Option<serde_yaml::Value>),* }
)* } }
files! { ScheduleFile {date, dates, every, day, at, expires} SeasonFile {from, until} WindowFile {days, from, until} LateFile {by, then} }
/// s
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// s
    pub expires: Option<SignedDuration>,
}
/// s
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// s
    pub at: Timestamp,
    /// s
    pub local: jiff::Zoned,
    /// s
    pub date: Date,
}
/// s
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Then {
    /// s
    Hold,
    /// s
    Skip,
    /// s
    Send,
}
/// s
#[derive(Debug, Clone, PartialEq)]
pub struct Late {
    /// s
    pub by: SignedDuration,
    /// s
    pub then: Then,
}
impl Default for Late {
    fn default() -> Self {
        Self {
            by: SignedDuration::from_hours(6),
            then: Then::Hold,
        }
    }
}
/// s
#[derive(Debug, Clone, PartialEq)]
pub struct Window;
impl Window {
    /// s
    pub fn contains(&self, _: &TimeZone, _: Timestamp) -> bool {
        true
    }
}
/// s
#[derive(Debug, Clone, PartialEq)]
pub struct Season;
impl Season {
    /// s
    pub fn contains(&self, _: Date) -> bool {
        true
    }
}
impl Schedule {
    /// s
    pub fn latest_until(&self, _: &TimeZone, _: Timestamp) -> Option<Occurrence> {
        None
    }
    /// s
    pub fn upcoming(&self, _: &TimeZone, _: Timestamp, _: usize) -> Vec<Occurrence> {
        vec![]
    }
}
impl ScheduleFile {
    /// s
    pub fn check(&self, _: &Source<'_>, _: &[&str]) -> Result<(Schedule, Vec<Finding>), Vec<Finding>> {
        Ok((Schedule { expires: None }, vec![]))
    }
}
impl SeasonFile {
    /// s
    pub fn check(&self, _: &Source<'_>, _: &[&str]) -> Result<Season, Vec<Finding>> {
        Ok(Season)
    }
}
impl WindowFile {
    /// s
    pub fn check(&self, _: &Source<'_>, _: &[&str]) -> Result<Window, Vec<Finding>> {
        Ok(Window)
    }
}
impl LateFile {
    /// s
    pub fn check(&self, _: &Source<'_>, _: &[&str]) -> Result<Late, Vec<Finding>> {
        Ok(Late::default())
    }
}
