//! Tests of reading a workspace in a temporary folder: what is found, and what is left alone.

use super::{Workspace, WorkspaceError};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

pub(super) const SETTINGS: &str = "\
clinic: {name: Mill Lane, postal_address: 12 Mill Lane, contact: hello@mill-lane.example, jurisdiction: GB}
sender: {from: tips@mill-lane.example}
timezone: Europe/London
unsubscribe: {mailto: unsubscribe@mill-lane.example}
";
pub(super) const CAMPAIGN: &str =
    "id: t1ps\ntitle: Tips\naudience: {lists: [patients]}\ntemplate: letter\narticles: [{file: sleep.md}]\n";
pub(super) const ARTICLE: &str = "---\nid: sleep\ntitle: Sleep\nsubject: Sleep\npreheader: A line of at least forty characters, as it should be.\n---\n\nText.\n";

pub(super) fn write(root: &Path, file: &str, bytes: &[u8]) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// A workspace with one campaign, `tips`.
pub(super) fn workspace() -> TempDir {
    let root = TempDir::new().unwrap();
    for (file, text) in [
        ("tidings.yaml", SETTINGS),
        ("campaigns/tips/campaign.yaml", CAMPAIGN),
        ("campaigns/tips/sleep.md", ARTICLE),
        ("templates/letter.html", "<p>{{ greeting }}</p>"),
        ("subscribers/patients.csv", "email\n"),
    ] {
        write(root.path(), file, text.as_bytes());
    }
    root
}

/// Everything found in the workspace and its campaigns.
pub(super) fn told(root: &TempDir) -> Vec<String> {
    let workspace = Workspace::read(root.path());
    let campaigns = workspace.campaigns.iter().flat_map(|folder| &folder.findings);
    workspace.findings.iter().chain(campaigns).map(ToString::to_string).collect()
}

#[track_caller]
fn check(file: &str, bytes: &[u8], expected: &str) {
    let root = workspace();
    write(root.path(), file, bytes);
    assert_eq!(told(&root), [expected]);
}

#[test]
fn a_sound_workspace_is_read_whole() {
    let root = workspace();
    assert_eq!(told(&root), [""; 0]);
    let workspace = Workspace::read(root.path());
    assert!(workspace.settings.is_some());
    let folder = &workspace.campaigns[0];
    assert_eq!((folder.name.as_str(), folder.id()), ("tips", Some("t1ps")));
    assert_eq!((folder.articles.len(), folder.template.is_some()), (1, true));
    assert_eq!(workspace.lists[0].name, "patients");
    assert_eq!(workspace.lists[0].read().unwrap(), b"email\n");
}

#[test]
fn the_nearest_folder_with_settings_is_the_workspace() {
    let root = workspace();
    let home = root.path().canonicalize().unwrap();
    assert_eq!(Workspace::find(&root.path().join("campaigns/tips")).unwrap(), home);
    assert_eq!(Workspace::find(root.path()).unwrap(), home);
    let elsewhere = TempDir::new().unwrap();
    assert!(matches!(
        Workspace::find(elsewhere.path()),
        Err(WorkspaceError::NotFound { .. })
    ));
    assert!(matches!(
        Workspace::find(&elsewhere.path().join("no")),
        Err(WorkspaceError::NoFolder { .. })
    ));
}

#[test]
fn a_broken_campaign_leaves_the_others_whole() {
    let root = workspace();
    write(root.path(), "campaigns/more/campaign.yaml", b"id: m0re\n");
    let workspace = Workspace::read(root.path());
    let sound: Vec<(&str, bool)> = workspace
        .campaigns
        .iter()
        .map(|folder| (folder.name.as_str(), folder.campaign.is_some()))
        .collect();
    assert_eq!(sound, [("more", false), ("tips", true)]);
    assert_eq!(workspace.findings, []);
}

#[test]
fn a_file_is_looked_at_before_it_is_read() {
    check(
        "campaigns/tips/sleep.md",
        &vec![b'a'; 3_000_000],
        "campaigns/tips/sleep.md: the file has 3.0 MB, and at most 1.0 MB are read\n  \
         hint: keep the text alone: pictures and data do not belong here",
    );
    check(
        "tidings.yaml",
        b"clinic:\n  name: Caf\xe9\n",
        "tidings.yaml:2:1: the file is not in UTF-8\n  hint: save it again with the encoding UTF-8",
    );
    check(
        "campaigns/tips/campaign.yaml",
        b"id: t1ps\ntitle: Caf\xe9\n",
        "campaigns/tips/campaign.yaml:2:1: the file is not in UTF-8\n  hint: save it again with the encoding UTF-8",
    );
    check(
        "templates/foot.html",
        b"caf\xe9",
        "templates/foot.html:1:1: the file is not in UTF-8\n  hint: save it again with the encoding UTF-8",
    );
}

#[test]
fn nothing_outside_the_folder_is_read() {
    let (root, outside) = (workspace(), TempDir::new().unwrap());
    write(outside.path(), "secret.md", ARTICLE.as_bytes());
    let link = root.path().join("campaigns/tips/sleep.md");
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.md"), &link).unwrap();
    assert_eq!(
        told(&root),
        ["campaigns/tips/sleep.md: the file is a link that leads out of the workspace\n  hint: put a copy of it here"]
    );
}

#[test]
fn what_editors_leave_behind_is_no_campaign_and_no_list() {
    let root = workspace();
    for file in [
        "campaigns/.git/x",
        "campaigns/tips~/campaign.yaml",
        "subscribers/.~lock.patients.csv",
        "subscribers/patients.csv~",
    ] {
        write(root.path(), file, b"x");
    }
    write(root.path(), "campaigns/notes.txt", b"call Ann");
    assert_eq!(told(&root), [""; 0]);
    let workspace = Workspace::read(root.path());
    assert_eq!((workspace.campaigns.len(), workspace.lists.len()), (1, 1));
}

#[test]
fn two_articles_with_one_id_would_be_one_letter() {
    let root = workspace();
    let campaign = CAMPAIGN.replace("{file: sleep.md}", "{file: sleep.md}, {file: nap.md}");
    write(root.path(), "campaigns/tips/campaign.yaml", campaign.as_bytes());
    let nap = ARTICLE.replace("subject: Sleep", "subject: Nap");
    assert_ne!(nap, ARTICLE);
    write(root.path(), "campaigns/tips/nap.md", nap.as_bytes());
    assert_eq!(
        told(&root),
        ["campaigns/tips/nap.md: article `sleep.md` has the same id `sleep`\n  \
          hint: give each article an id of its own; what was sent is known by it"]
    );
}

#[test]
fn a_map_of_a_lists_columns_is_checked_with_it() {
    let root = workspace();
    write(root.path(), "subscribers/patients.yaml", b"colums: {Mail: email}\n");
    let found = told(&root);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].starts_with("subscribers/patients.yaml:1:1: unknown key `colums`\n  hint: did you mean `columns`?"),
        "{found:?}"
    );
}
