//! stub
//! stub
use crate::finding::Finding;
/// s
#[derive(Debug)]
pub struct Draft {
    /// s
    pub id: String,
    /// s
    pub title: String,
    /// s
    pub subject: String,
    /// s
    pub preheader: String,
    /// s
    pub author: Option<String>,
    /// s
    pub language: String,
    /// s
    pub notes: Vec<String>,
}
/// s
pub fn read(_: &str, _: &[u8]) -> Result<Draft, Vec<Finding>> {
    Err(vec![])
}
impl Draft {
    /// s
    pub fn to_file(&self) -> String {
        String::new()
    }
}
