//! The logo that the settings name, read into what letters are made from.

use super::files;
use super::settings::{FILE, Settings, look};
use crate::article::image::{Image, LARGEST_READ, Way};
use crate::finding::Finding;
use std::path::Path;

/// Reads the logo into the settings, and notes what is wrong with it. One that is named and cannot be shown leaves no settings: a
/// letter with a gap at its head cannot be taken back.
pub(super) fn read(root: &Path, settings: Option<Settings>, findings: &mut Vec<Finding>) -> Option<Settings> {
    let mut settings = settings?;
    let Some(file) = settings.look.logo.clone() else {
        return Some(settings);
    };
    match picture(root, &file, settings.look.images.is_some()) {
        Ok(logo) => settings.letter_look.logo = Some(logo),
        Err(wrong) => {
            let text = files::text(root, FILE).unwrap_or_default();
            findings.push(look::wrong_logo(&text, &wrong));
            return None;
        }
    }
    Some(settings)
}

fn picture(root: &Path, file: &str, is_hosted: bool) -> Result<Image, Finding> {
    let bytes = files::bytes(root, file, LARGEST_READ as u64).map_err(|wrong| Finding {
        text: format!("`{file}`: {}", wrong.text),
        ..wrong
    })?;
    let name = file.rsplit('/').next().unwrap_or(file);
    let logo = Image::read(name, &bytes)?;
    if matches!(logo.way, Way::Hosted(_)) && !is_hosted {
        let text = format!(
            "`{file}` has {} KB: a logo travels inside each letter up to 20 KB",
            bytes.len().div_ceil(1024)
        );
        return Err(Finding::error(file, text)
            .hint("save it smaller, or put it on your web site and say where: `look: {images: https://…/}`"));
    }
    Ok(logo)
}
