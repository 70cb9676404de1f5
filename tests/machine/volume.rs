//! A small disk of a test's own, mounted over `.tidings/` where only this test's program sees it.
//!
//! The mount lives in a namespace that a helper process holds open and that dies with it: nothing is mounted on the machine itself,
//! and nothing is left behind however the test ends. Needs no root where the kernel lets users have namespaces.

use super::or_passed_over;
use std::fs::File;
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Ways into a namespace of one's own, and the way after it.
const WAYS: [(&[&str], &[&str]); 2] = [
    (
        &["--user", "--map-root-user", "--mount"],
        &["--user", "--preserve-credentials", "--mount"],
    ),
    (&["--mount"], &["--mount"]),
];

/// Says `mounted` when the disk is there, and stays until its standard input is closed.
const HOLD: &str = "mount -t tmpfs -o \"mode=700,$1\" tidings \"$2\" && echo mounted && exec cat";

/// A mounted volume; gone when dropped.
pub(crate) struct Volume {
    holder: Child,
    follow: &'static [&'static str],
    place: PathBuf,
}

impl Volume {
    /// Mounts a volume over the folder `place`, which is made; `None` where this machine does not allow it.
    pub(crate) fn mount(place: &Path, options: &str) -> Option<Self> {
        std::fs::create_dir_all(place).unwrap();
        let mounted = WAYS.iter().find_map(|(enter, follow)| {
            let mut holder = Command::new("unshare")
                .args(*enter)
                .args(["sh", "-c", HOLD, "sh", options])
                .arg(place)
                .current_dir(place.parent().unwrap())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .ok()?;
            let mut said = String::new();
            BufReader::new(holder.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
            let volume = Self {
                holder,
                follow,
                place: place.to_owned(),
            };
            (said == "mounted\n").then_some(volume)
        });
        or_passed_over(mounted, "the right to mount in a namespace of its own")
    }

    /// The command that runs another one where the volume is seen.
    pub(crate) fn wrapper(&self) -> Vec<String> {
        let target = self.holder.id().to_string();
        let words = ["nsenter", "--target", &target, "--wd"];
        words
            .iter()
            .chain(self.follow)
            .chain(&["--"])
            .map(ToString::to_string)
            .collect()
    }

    /// Mounts the volume anew with other options, such as `ro`.
    pub(crate) fn remount(&self, options: &str) {
        let wrapper = self.wrapper();
        let remounted = Command::new(&wrapper[0])
            .args(&wrapper[1..])
            // With its source: without it `mount` repeats the old options, of which some mean nothing in a user's namespace.
            .args(["mount", "-t", "tmpfs", "-o", &format!("remount,{options}"), "tidings"])
            .arg(&self.place)
            .status()
            .unwrap();
        assert!(remounted.success(), "the volume cannot be mounted with `{options}`");
    }

    /// Fills the volume until so many bytes are free; a file that is there for it already gives way or grows.
    pub(crate) fn leave_free(&self, bytes: u64) {
        let mut ballast = File::options().append(true).create(true).open(self.ballast()).unwrap();
        loop {
            match ballast.write_all(&[7; 4096]) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("{error}"),
            }
        }
        let full = ballast.metadata().unwrap().len();
        ballast.set_len(full.saturating_sub(bytes)).unwrap();
    }

    /// Gives all room back.
    pub(crate) fn empty(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }

    /// A file of the volume, as it is seen from outside.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        root.join(self.place.strip_prefix("/").unwrap()).join(name)
    }

    fn ballast(&self) -> PathBuf {
        self.file("ballast")
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        drop(self.holder.kill());
        drop(self.holder.wait());
    }
}
