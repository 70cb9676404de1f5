//! The logo that the settings name, read into what letters are made from.

use super::files;
use super::pictures::weight;
use super::settings::{FILE, Settings, look};
use crate::article::image::{Image, LARGEST_READ, Way};
use crate::finding::{Finding, suggestion};
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
        hint: wrong.hint.or_else(|| Some(nearest(root, file))),
        ..wrong
    })?;
    let name = file.rsplit('/').next().unwrap_or(file);
    let logo = Image::read(name, &bytes)?;
    if matches!(logo.way, Way::Hosted(_)) && !is_hosted {
        let text = format!(
            "`{file}` has {} × {} pixels and {}: a logo travels inside each letter up to 20 KB",
            logo.width,
            logo.height,
            weight(bytes.len())
        );
        return Err(Finding::error(file, text).hint(
            "save it 480 pixels wide, twice the size at which it is shown; or put it on your web site and say where: \
             `look: {images: https://…/}`",
        ));
    }
    Ok(logo)
}

/// Where a logo that is not there may be.
fn nearest(root: &Path, file: &str) -> String {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let names = files::names(&root.join(folder)).unwrap_or_default();
    let is_picture = |name: &&String| {
        let ending = name.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
        ["png", "jpg", "jpeg", "gif"].contains(&ending.as_str())
    };
    let pictures: Vec<&str> = names.iter().filter(is_picture).map(String::as_str).collect();
    let near = suggestion::nearest(name, pictures.iter().copied());
    match near.or(pictures.first().copied().filter(|_| pictures.len() == 1)) {
        Some(near) if near.eq_ignore_ascii_case(name) => format!("capitals count: the file is called `{near}`"),
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("put `{name}` into the workspace's folder, beside tidings.yaml, or take the line out"),
    }
}
