//! A clinic with many people: the sample workspace with a list of its own, a series beside it, and a relay on loopback.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// The moment that everything plays at: a first Tuesday is over, and the next is weeks away.
pub(crate) const NOW: &str = "2027-01-14T10:00Z";
/// The campaign that is sent.
pub(crate) const CAMPAIGN: &str = "seasonal-immunity";

pub(crate) struct Clinic {
    pub(crate) folder: PathBuf,
    pub(crate) people: usize,
}

/// A line of the list, as a clinic's system writes it; addresses in no order.
fn person(number: usize, city: &str) -> String {
    let chance = (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let (day, month) = (number % 28 + 1, number % 12 + 1);
    format!(
        "p{chance:08x}.{number}@example.org,Zoë,Person{number},{city},2024-{month:02}-{day:02},yes,2025-{month:02}-{day:02},front desk\n"
    )
}

/// The address of one of them.
pub(crate) fn address(number: usize) -> String {
    let line = person(number, "Bath");
    line.split(',').next().unwrap().to_owned()
}

/// The list; of everybody whose number `moved` divides, another city.
pub(crate) fn list(people: usize, moved: Option<usize>) -> String {
    let mut text = String::with_capacity(people * 80);
    text.push_str("email,first_name,last_name,city,joined,consent,consent_date,consent_source\n");
    for number in 0..people {
        let has_moved = moved.is_some_and(|every| number % every == 0);
        text.push_str(&person(number, if has_moved { "Wells" } else { "Bath" }));
    }
    text
}

impl Clinic {
    /// Makes one in `folder`, which is cleared first; its letters go to a relay at `port`.
    pub(crate) fn new(folder: &Path, people: usize, port: u16) -> Self {
        let clinic = Self {
            folder: folder.to_owned(),
            people,
        };
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder.join("subscribers")).unwrap();
        for name in ["campaigns", "templates", "tidings.yaml", "logo.png"] {
            let status = Command::new("cp")
                .arg("-r")
                .arg(Path::new(REPOSITORY).join(name))
                .arg(folder)
                .status();
            assert!(status.unwrap().success());
        }
        fs::remove_dir_all(folder.join("campaigns/house-letter")).unwrap();
        let series = folder.join("campaigns/welcome");
        fs::create_dir(&series).unwrap();
        fs::write(
            series.join("campaign.yaml"),
            "id: w3lc0m\ntitle: Welcome\naudience: {lists: [patients]}\ntemplate: letter\nseries: [{file: hello.md, after: 0d}, {file: more.md, after: 7d}]\n",
        )
        .unwrap();
        for (name, title) in [("hello", "Welcome to us"), ("more", "How a first visit goes")] {
            let text = format!(
                "---\nid: {name}\ntitle: {title}\nsubject: {title}\npreheader: What to expect and how to find us.\nauthor: Hannah Reed\nlanguage: en-GB\n---\n\
                 Come in by the green door. {title}: there is tea, and nobody is in a hurry.\n"
            );
            fs::write(series.join(format!("{name}.md")), text).unwrap();
        }
        clinic.write_list(None, "");
        clinic.set(port, "");
        clinic
    }

    /// Writes the list's file, with something behind its last line.
    pub(crate) fn write_list(&self, moved: Option<usize>, ending: &str) {
        let mut text = list(self.people, moved);
        text.push_str(ending);
        fs::write(self.folder.join("subscribers/patients.csv"), text).unwrap();
    }

    /// Writes the settings, with a relay and some lines more.
    pub(crate) fn set(&self, port: u16, more: &str) {
        let sample = fs::read_to_string(Path::new(REPOSITORY).join("tidings.yaml")).unwrap();
        let mut text = String::new();
        for line in sample.lines().filter(|line| !line.starts_with('#')) {
            writeln!(text, "{line}").unwrap();
        }
        writeln!(
            text,
            "relay: {{host: 127.0.0.1, port: {port}, tls: none, test: true, connections: 4, in_flight: 8, per_second: 100000, per_connection: 100000}}\n{more}"
        )
        .unwrap();
        fs::write(self.folder.join("tidings.yaml"), text).unwrap();
    }
}
