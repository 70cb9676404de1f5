//! A clinic with many people in a temporary folder, and the program sending to them.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");
const PROGRAM: &str = env!("CARGO_BIN_EXE_tidings");

pub(crate) struct Clinic {
    folder: tempfile::TempDir,
}

/// The sample workspace with `people` on its list.
pub(crate) fn clinic(people: usize) -> Clinic {
    let folder = tempfile::tempdir().unwrap();
    for name in ["campaigns", "templates", "tidings.yaml"] {
        let from = format!("{REPOSITORY}/{name}");
        let status = Command::new("cp").arg("-r").arg(from).arg(folder.path()).status();
        assert!(status.unwrap().success());
    }
    let mut list = "email,first_name,city,joined,consent,consent_date,consent_source\n".to_owned();
    for number in 1..=people {
        writeln!(
            list,
            "person{number}@patients.example,Zoë{number},Bath,2026-01-15,yes,2026-01-15,front desk"
        )
        .unwrap();
    }
    std::fs::create_dir(folder.path().join("subscribers")).unwrap();
    for name in ["patients", "staff"] {
        let text = if name == "patients" {
            list.as_str()
        } else {
            "email,consent\n"
        };
        std::fs::write(folder.path().join(format!("subscribers/{name}.csv")), text).unwrap();
    }
    Clinic { folder }
}

impl Clinic {
    /// Sends the first article to everybody, and fails unless all of it went well.
    pub(crate) fn send(&self, port: u16, connections: usize, in_flight: usize) {
        let file = self.folder.path().join("tidings.yaml");
        let settings = std::fs::read_to_string(&file).unwrap();
        let without: Vec<&str> = settings.lines().filter(|line| !line.starts_with("relay:")).collect();
        let relay = format!(
            "relay: {{host: 127.0.0.1, port: {port}, tls: none, test: true, connections: {connections}, in_flight: {in_flight}}}"
        );
        std::fs::write(&file, format!("{}\n{relay}\n", without.join("\n"))).unwrap();
        let output = Command::new(PROGRAM)
            .args(["send", "seasonal-immunity", "--now", "2027-01-14T10:00Z"])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
