//! A workspace in a temporary folder, and the program run inside it as a person or cron would.
//!
//! Promises: the environment is empty but for what is set here, standard input is closed, and a run that hangs is killed and
//! fails its test. Assertions show everything the run said.

pub(crate) mod run;
mod yaml;

use super::people;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// What `cargo test` runs from: the sample workspace is the repository's own root.
const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// What of the repository is the sample workspace.
const SAMPLE: [&str; 5] = ["tidings.yaml", "campaigns", "templates", "subscribers", "logo.png"];

/// A folder for the program to run in; gone when dropped.
pub(crate) struct Workspace {
    folder: tempfile::TempDir,
    home: tempfile::TempDir,
    environment: Vec<(String, String)>,
    /// What the program is run through, such as a tracer; empty for nothing.
    wrapper: Vec<String>,
}

impl Workspace {
    /// An empty folder: no workspace yet.
    pub(crate) fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            home: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
            wrapper: Vec::new(),
        }
    }

    /// A copy of the sample workspace, with one campaign and one list, in the look that is nobody's: enough for all that is not about
    /// looks.
    pub(crate) fn sample() -> Self {
        let workspace = Self::whole_sample();
        std::fs::remove_dir_all(workspace.path("campaigns/house-letter")).unwrap();
        for name in ["subscribers/friends.csv", "subscribers/friends.yaml", "logo.png"] {
            std::fs::remove_file(workspace.path(name)).unwrap();
        }
        let settings = workspace.read("tidings.yaml");
        let plain: Vec<&str> = settings.lines().filter(|line| !line.starts_with("look:")).collect();
        workspace.write("tidings.yaml", plain.join("\n") + "\n");
        workspace
    }

    /// A copy of the sample workspace that lies in the repository's root, without its state, and without the hours to which its letters
    /// keep: tests run at night too.
    pub(crate) fn whole_sample() -> Self {
        let workspace = Self::empty();
        for name in SAMPLE {
            copy(&Path::new(REPOSITORY).join(name), &workspace.path(name));
        }
        workspace.open_at_all_hours("tidings.yaml");
        for campaign in std::fs::read_dir(workspace.path("campaigns")).unwrap() {
            let name = campaign.unwrap().file_name().into_string().unwrap();
            workspace.open_at_all_hours(&format!("campaigns/{name}/campaign.yaml"));
        }
        workspace
    }

    /// Takes the lines out of this file that say when letters leave.
    fn open_at_all_hours(&self, name: &str) {
        if self.path(name).is_file() {
            let text = self.read(name);
            let says_hours = |line: &&str| line.starts_with("window:") || line.starts_with("calendar:");
            let open: Vec<&str> = text.lines().filter(|line| !says_hours(line)).collect();
            self.write(name, open.join("\n") + "\n");
        }
    }

    /// The folder itself.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The place of `name` in the workspace.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// The same workspace with this file, its folders made where they are missing.
    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        self.write(name, text);
        self
    }

    /// Writes a file between two runs.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The same workspace with one more file that its owner alone can read.
    pub(crate) fn secret(self, name: &str, text: &str) -> Self {
        let workspace = self.file(name, text);
        std::fs::set_permissions(workspace.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
        workspace
    }

    /// A file's text, which must be there.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The same workspace with this top-level section of `tidings.yaml` put in the place of the one it had, if any.
    pub(crate) fn setting(self, section: &str) -> Self {
        let settings = yaml::with_section(&self.read("tidings.yaml"), section);
        self.file("tidings.yaml", &settings)
    }

    /// The same workspace with a test relay on loopback.
    pub(crate) fn relay(self, port: u16, connections: usize) -> Self {
        self.setting(&format!(
            "relay: {{host: 127.0.0.1, port: {port}, tls: none, test: true, connections: {connections}}}"
        ))
    }

    /// The same at this address, with so many letters under way on each connection, where the relay offers what that takes.
    pub(crate) fn relay_in_flight(self, host: &str, port: u16, connections: usize, in_flight: usize) -> Self {
        self.setting(&format!(
            "relay: {{host: {host}, port: {port}, tls: none, test: true, connections: {connections}, in_flight: {in_flight}}}"
        ))
    }

    /// The same workspace with `count` invented people, all with consent, as its one list `patients`.
    pub(crate) fn with_people(self, count: usize) -> Self {
        std::fs::remove_dir_all(self.path("subscribers")).ok();
        self.file("subscribers/patients.csv", &people::csv(count))
    }

    /// The same workspace with one more variable in the program's environment.
    pub(crate) fn environment(mut self, name: &str, value: &str) -> Self {
        self.set_variable(name, value);
        self
    }

    /// Sets one more variable in the program's environment from now on.
    pub(crate) fn set_variable(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Runs the program through this command from now on.
    pub(crate) fn run_through(&mut self, wrapper: Vec<String>) {
        self.wrapper = wrapper;
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        std::fs::copy(from, to).unwrap();
        return;
    }
    let entries = std::fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    std::fs::create_dir_all(to).unwrap();
    for entry in entries {
        let name = entry.unwrap().file_name();
        copy(&from.join(&name), &to.join(&name));
    }
}

#[test]
fn a_workspace_is_built_file_by_file() {
    let workspace = Workspace::empty()
        .file("tidings.yaml", "clinic:\n  name: A\nrelay:\n  host: smtp.example.org\n")
        .file("subscribers/old.csv", "email\n")
        .relay(2525, 3)
        .with_people(2);
    let settings = workspace.read("tidings.yaml");
    assert_eq!(
        settings,
        "clinic:\n  name: A\nrelay: {host: 127.0.0.1, port: 2525, tls: none, test: true, connections: 3}\n"
    );
    assert!(!workspace.path("subscribers/old.csv").exists());
    assert_eq!(workspace.read("subscribers/patients.csv").lines().count(), 3);
    let other = Workspace::empty();
    copy(workspace.root(), &other.path("copy"));
    assert_eq!(
        other.read("copy/subscribers/patients.csv"),
        workspace.read("subscribers/patients.csv")
    );
}
