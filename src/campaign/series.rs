//! (in work)

/// (in work)
#[derive(Debug, Clone, PartialEq)]
pub struct Series;
