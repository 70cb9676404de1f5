//! Opening the page in the browser.
//!
//! Promises: whoever starts a program shows its arguments to everybody on the machine, so the page's address is never among them: the
//! browser is given a private file that leads there, and the file goes when the preview ends. Nobody waits for the browser. Knows nothing
//! of what the page shows.

use crate::cli::context::Context;
use crate::cli::failure::plain;
use crate::web::preview::leading_to;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use data_encoding::BASE32_NOPAD;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// A folder with a file that leads to the page; it goes with this.
pub(super) struct Leaf(PathBuf);

impl Drop for Leaf {
    fn drop(&mut self) {
        // What stays of it leads nowhere once the preview has ended.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Has the page of this address opened by the browser; where that fails, the address has been told already.
pub(super) fn open(context: &Arc<Context>, url: &str) -> Option<Leaf> {
    let opened = write(url).and_then(|(leaf, file)| {
        let mut browser = browser(&file)?;
        let mut child = browser
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok((leaf, move || child.wait()))
    });
    let (leaf, mut ends) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            tell(context, &plain(&error));
            return None;
        }
    };
    let context = Arc::clone(context);
    let wait = move || {
        if ends().is_ok_and(|status| !status.success()) {
            tell(&context, "the program that opens pages found no browser");
        }
    };
    // Without a thread nobody hears how it ended, and the page is open all the same.
    drop(std::thread::Builder::new().spawn(wait));
    Some(leaf)
}

fn tell(context: &Context, why: &str) {
    context.ui.say(&format!("the browser could not be opened: {why}"));
    context
        .ui
        .hint("click the address above, or copy it into a browser on this machine");
}

/// Writes a page that leads on, where only its owner can read it.
fn write(url: &str) -> io::Result<(Leaf, PathBuf)> {
    let mut name = [0; 15];
    SystemRandom::new()
        .fill(&mut name)
        .map_err(|_| io::Error::other("the system gives no random bytes"))?;
    let folder = std::env::temp_dir().join(format!("tidings-{}", BASE32_NOPAD.encode(&name).to_lowercase()));
    DirBuilder::new().mode(0o700).create(&folder)?;
    let leaf = Leaf(folder);
    let file = leaf.0.join("preview.html");
    let mut opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file)?;
    opened.write_all(leading_to(url).as_bytes())?;
    Ok((leaf, file))
}

/// The program that opens pages: the one that `BROWSER` names, or the system's own.
fn browser(file: &Path) -> io::Result<Command> {
    let named = std::env::var("BROWSER").unwrap_or_default();
    // Several stand one behind another, and each may say where the page goes.
    let first = named.split(':').map(str::trim).find(|one| !one.is_empty());
    let mut words = match first {
        Some(first) => first.split_whitespace(),
        None if cfg!(target_os = "macos") => "open".split_whitespace(),
        None => "xdg-open".split_whitespace(),
    };
    let program = words.next().unwrap_or("xdg-open");
    let mut command = Command::new(program);
    let mut is_named = false;
    for word in words {
        is_named |= word.contains("%s");
        command.arg(word.replace("%s", &file.to_string_lossy()));
    }
    if !is_named {
        command.arg(file);
    }
    Ok(command)
}
