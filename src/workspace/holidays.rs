//! The file of holidays that the settings name, read into their hours.

use super::files;
use super::settings::{FILE, Settings, calendar};
use crate::campaign::schedule::Holidays;
use crate::finding::Finding;
use std::path::Path;
use std::sync::Arc;

/// Reads the holidays into the settings, and notes what is wrong with them. One that is named and cannot be read
/// leaves no settings: a letter on Christmas Day cannot be taken back.
pub(super) fn read(root: &Path, settings: Option<Settings>, findings: &mut Vec<Finding>) -> Option<Settings> {
    let mut settings = settings?;
    let Some(name) = settings.calendar.holidays.clone() else {
        return Some(settings);
    };
    let (holidays, found) = match files::text(root, &name) {
        Ok(text) => Holidays::read(&name, &text),
        Err(finding) if finding.place.is_some() => (Holidays::default(), vec![finding]),
        Err(finding) => {
            let text = files::text(root, FILE).unwrap_or_default();
            (Holidays::default(), vec![calendar::unread(&text, &name, &finding)])
        }
    };
    let is_sound = !found.iter().any(Finding::is_error);
    findings.extend(found);
    settings.hours.holidays = Arc::new(holidays);
    is_sound.then_some(settings)
}
