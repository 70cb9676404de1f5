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

#[cfg(test)]
mod tests {
    use crate::workspace::Workspace;
    use std::fs;
    use tempfile::TempDir;

    const SETTINGS: &str = "\
clinic: {name: Mill Lane, postal_address: 12 Mill Lane, contact: hello@mill-lane.example, jurisdiction: GB}
sender: {from: tips@mill-lane.example}
timezone: Europe/London
unsubscribe: {mailto: unsubscribe@mill-lane.example}
calendar: {holidays: holidays.txt}
";

    fn workspace() -> TempDir {
        let root = TempDir::new().unwrap();
        fs::write(root.path().join("tidings.yaml"), SETTINGS).unwrap();
        root
    }

    /// What is said of the holidays; settings without a sound file of them are none.
    fn told(root: &TempDir) -> Vec<String> {
        let (settings, findings) = Workspace::settings(root.path());
        assert_eq!(
            settings.is_some(),
            findings.iter().all(|finding| !finding.is_error()),
            "{findings:?}"
        );
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_holidays_of_the_file_are_in_the_hours() {
        let root = workspace();
        fs::write(root.path().join("holidays.txt"), "\u{feff}2026-12-25 Christmas Day\r\n").unwrap();
        assert_eq!(told(&root), [""; 0]);
        let holidays = Workspace::read(root.path()).settings.unwrap().hours.holidays;
        assert_eq!(holidays.on(jiff::civil::date(2026, 12, 25)), Some("Christmas Day"));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_told_where_the_settings_name_it_and_the_page_goes_on_without() {
        let root = workspace();
        let missing = told(&root);
        assert!(
            missing[0].starts_with("tidings.yaml:5:22: `holidays.txt`: the file does not exist"),
            "{missing:?}"
        );
        let page = Workspace::without_campaigns(root.path());
        assert!(
            page.settings.is_some(),
            "whoever wants to unsubscribe can, whatever the holidays"
        );
        fs::write(
            root.path().join("holidays.txt"),
            b"2026-12-25 Christmas\n26 December f\xeate\n",
        )
        .unwrap();
        let encoded = told(&root);
        assert!(
            encoded[0].starts_with("holidays.txt:2:1: the file is not in UTF-8"),
            "{encoded:?}"
        );
        fs::remove_file(root.path().join("holidays.txt")).unwrap();
        let elsewhere = TempDir::new().unwrap();
        fs::write(elsewhere.path().join("h"), "2026-12-25\n").unwrap();
        std::os::unix::fs::symlink(elsewhere.path().join("h"), root.path().join("holidays.txt")).unwrap();
        let link = told(&root);
        assert!(link[0].contains("leads out of the workspace"), "{link:?}");
    }
}
