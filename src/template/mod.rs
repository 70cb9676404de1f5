//! Templates: Tera, compiled once from text. (in work)

pub mod context;
pub mod filters;
pub mod functions;

/// The texts of one template, as files hold them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TemplateSource {
    /// The template's name, without ending: `letter`.
    pub name: String,
    /// Every file of `templates/` that the letter may use (`letter.html`, `letter.txt`, partials), sorted by name.
    pub files: Vec<TemplateFile>,
}

/// One file of `templates/`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TemplateFile {
    /// The name with its ending, relative to `templates/`.
    pub name: String,
    /// What it holds.
    pub text: String,
}
