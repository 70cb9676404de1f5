//! `--open`: the browser comes by itself, and nobody else learns the way.

use super::Preview;
use crate::support::ledger::until;
use crate::support::workspace::Workspace;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// A program that writes down what it was given, and with which rights it lies there.
const BROWSER: &str = "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$0.told\"\nls -ld \"$(dirname \"$2\")\" > \"$0.folder\"\nls -l \"$2\" > \"$0.file\"\n\
                       cp \"$2\" \"$0.html\"\nmv \"$0.told\" \"$0.done\"\n";

#[test]
fn the_browser_is_given_a_private_file_that_leads_to_the_page() {
    let workspace = Workspace::sample().with_people(1).file("browser", BROWSER);
    let program = workspace.path("browser");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let named = format!("{} --new-window:other", program.display());
    let workspace = workspace.environment("BROWSER", &named);
    let page = Preview::show(&workspace, &["--open"]);
    until("the browser was called", || workspace.path("browser.done").exists());
    let told = workspace.read("browser.done");
    let [option, file] = told.lines().collect::<Vec<_>>()[..] else {
        panic!("{told}")
    };
    assert_eq!(option, "--new-window");
    assert!(
        !told.contains(&page.token),
        "everybody on the machine sees what a program is given: {told}"
    );
    assert!(workspace.read("browser.folder").starts_with("drwx------"));
    assert!(workspace.read("browser.file").starts_with("-rw-------"));
    let html = workspace.read("browser.html");
    assert!(html.contains(&format!("content=\"0;url={}\"", page.url)), "{html}");
    let folder = Path::new(file).parent().unwrap().to_owned();
    assert!(folder.exists());
    page.get("").is(200);
    assert_eq!(page.interrupt(), Some(0));
    assert!(!folder.exists(), "it goes when the preview ends");
}

#[test]
fn a_browser_that_cannot_be_opened_is_told_of_and_the_page_answers() {
    for (browser, why) in [("/nowhere/browser", "could not be opened"), ("false", "found no browser")] {
        let workspace = Workspace::sample().with_people(1).environment("BROWSER", browser);
        let said = workspace.path("said");
        let mut command = workspace.command();
        command
            .args(["preview", "--open"])
            .stderr(std::fs::File::create(&said).unwrap());
        let page = Preview::start(command);
        until("the failure is told", || {
            std::fs::read_to_string(&said).unwrap().contains("click the address above")
        });
        let told = std::fs::read_to_string(&said).unwrap();
        assert!(told.contains(why) && !told.contains(&page.token), "{told}");
        page.get("").is(200);
    }
    Workspace::sample().run(&["preview", "--open", "--out", "letters"]).exits(2);
}
