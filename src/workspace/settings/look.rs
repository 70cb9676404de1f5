//! How the clinic's letters and pages look: one colour, a logo, and where its own host shows pictures.

use super::file::LookFile;
use crate::finding::yaml::{Inspection, Source};
use crate::finding::{Finding, Severity};

pub use crate::template::colour::Colour;

/// What the settings say about looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookSettings {
    /// The clinic's colour.
    pub colour: Colour,
    /// The logo's file, from the workspace's folder.
    pub logo: Option<String>,
    /// Where the clinic's own host shows pictures; ends with `/`.
    pub images: Option<String>,
}

/// The settings' part about looks; none at all where something in it is wrong.
pub(super) fn check(desk: &mut Inspection<'_>, file: Option<&LookFile>) -> Option<LookSettings> {
    let Some(file) = file else {
        return Some(LookSettings {
            colour: Colour::DEFAULT,
            logo: None,
            images: None,
        });
    };
    let (colour, logo, images) = (colour(desk, file), logo(desk, file), images(desk, file));
    Some(LookSettings {
        colour: colour?,
        logo: logo?,
        images: images?,
    })
}

fn colour(desk: &mut Inspection<'_>, file: &LookFile) -> Option<Colour> {
    let Some(text) = file.colour.as_deref() else {
        return Some(Colour::DEFAULT);
    };
    let colour = Colour::parse(text).or_else(|| Colour::named(text));
    if colour.is_none() {
        let hint = "write six digits in quotes, like `colour: \"#1d5b4f\"`, or a plain name, like `colour: teal`";
        desk.wrong(&["look", "colour"], format!("`{text}` is no colour"), hint);
    }
    colour
}

#[expect(clippy::option_option, reason = "an absent part and a wrong one are different")]
fn logo(desk: &mut Inspection<'_>, file: &LookFile) -> Option<Option<String>> {
    const HINT: &str = "put the picture into the workspace's folder and name it, like `logo: logo.png`";
    let Some(text) = file.logo.as_deref().map(str::trim) else {
        return Some(None);
    };
    let leads_out = text.starts_with(['/', '~']) || text.contains(['\\', ':']) || text.split('/').any(|part| part == "..");
    if text.is_empty() || leads_out {
        desk.wrong(&["look", "logo"], format!("`{text}` is no file of this workspace"), HINT);
        return None;
    }
    Some(Some(text.to_owned()))
}

#[expect(clippy::option_option, reason = "an absent part and a wrong one are different")]
fn images(desk: &mut Inspection<'_>, file: &LookFile) -> Option<Option<String>> {
    const HINT: &str =
        "write the folder on your own web site where the pictures lie, like `images: https://www.riverside.example/letters/`";
    let Some(text) = file.images.as_deref().map(str::trim) else {
        return Some(None);
    };
    let host = text.strip_prefix("https://").map(|rest| rest.split('/').next().unwrap_or(""));
    let named = host.is_some_and(|host| host.contains('.') && !host.starts_with('.') && !host.ends_with('.'));
    let sound = text.len() <= 500
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"<>,\"'?#@{}\\".contains(&byte));
    if !named || !sound {
        let what = match text.starts_with("http://") {
            true => "is not safe on its way: mail programs want `https://`",
            false => "is no address of a folder on a web site",
        };
        desk.wrong(&["look", "images"], format!("`{text}` {what}"), HINT);
        return None;
    }
    Some(Some(format!("{}/", text.trim_end_matches('/'))))
}

/// What is wrong with the logo's file, where the settings name it.
pub(in crate::workspace) fn wrong_logo(settings: &str, wrong: &Finding) -> Finding {
    let source = Source {
        file: super::FILE,
        text: settings,
        first_line: 1,
    };
    let finding = source.finding(&["look", "logo"], wrong.text.clone());
    Finding {
        severity: Severity::Error,
        hint: wrong.hint.clone(),
        ..finding
    }
}
