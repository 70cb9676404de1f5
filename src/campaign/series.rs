//! stub
//! stub
use crate::finding::Finding;
use crate::finding::yaml::Source;
/// s
#[derive(Debug, Clone, PartialEq)]
pub struct Series;
/// s
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StepFile {
    /// s
    pub file: Option<String>,
    /// s
    pub after: Option<String>,
}
impl Series {
    /// s
    pub fn check(_: &[StepFile], _: &Source<'_>, _: &[&str]) -> Result<Self, Vec<Finding>> {
        Ok(Series)
    }
}
