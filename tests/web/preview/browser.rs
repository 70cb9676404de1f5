//! The preview in a real browser, as a script beside the other one.

use super::Preview;
use crate::support::workspace::Workspace;
use crate::web::outside::{beside, browser, run};
use std::path::Path;
use std::process::Command;

#[test]
fn a_browser_shows_every_view_to_everybody() {
    let Some(tools) = browser() else { return };
    let workspace = Workspace::sample();
    let page = Preview::show(&workspace, &["seasonal-immunity"]);
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&shots).unwrap();
    let mut command = Command::new(&tools.node);
    command.arg(beside("browser/preview.mjs")).env("PACKAGES", &tools.packages);
    command
        .env("CHROMIUM", &tools.chromium)
        .env("PAGE", &page.url)
        .env("SHOTS", &shots);
    command.env(
        "ARTICLE",
        workspace.path("campaigns/seasonal-immunity/massage-and-immunity.md"),
    );
    run(command, "preview.mjs");
}
