//! (in work)

/// (in work)
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Segment;
