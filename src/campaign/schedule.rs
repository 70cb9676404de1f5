//! Schedules: which instants a campaign is due at. (in work)

/// A checked schedule. (in work)
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule;
/// (in work)
#[derive(Debug, Clone, PartialEq)]
pub struct Late;
/// (in work)
#[derive(Debug, Clone, PartialEq)]
pub struct Window;
/// (in work)
#[derive(Debug, Clone, PartialEq)]
pub struct Season;
