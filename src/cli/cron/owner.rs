//! Whose a folder is: the one that timers have to run as, and that logrotate has to be.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// A user and their group, by name, or by number where this machine has no name for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    /// The user.
    pub(super) user: String,
    /// The folder's group.
    pub(super) group: String,
}

impl Owner {
    /// Whose this folder is.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        let folder = fs::metadata(folder).ok()?;
        Some(Self {
            user: name("/etc/passwd", folder.uid()),
            group: name("/etc/group", folder.gid()),
        })
    }
}

/// The name of this number by a file whose lines are `name:…:number:…`.
fn name(file: &str, number: u32) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    named(&text, number).unwrap_or_else(|| number.to_string())
}

fn named(text: &str, number: u32) -> Option<String> {
    let number = number.to_string();
    let mut lines = text.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let line = lines.find(|line| line.get(2).is_some_and(|field| **field == number))?;
    line.first().filter(|name| !name.is_empty()).map(|name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_number_has_the_name_of_its_line() {
        let text = "root:x:0:0:root:/root:/bin/sh\nclinic:x:1000:1001::/home/clinic:/bin/sh\n";
        assert_eq!(named(text, 1000), Some("clinic".to_owned()));
        assert_eq!(named(text, 1001), None, "that is a group");
        assert_eq!(named("", 0), None);
    }
}
