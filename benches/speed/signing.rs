//! What a processor can sign at all: OpenSSL's own speed test of RSA keys of 2048 bits, and such a key for our letters.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A new key in this folder; none without OpenSSL.
pub(crate) fn make_key(folder: &Path) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let key = folder.join("dkim-rsa.pem");
    let made = Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out"])
        .arg(&key)
        .output();
    let is_made = made.is_ok_and(|output| output.status.success());
    if is_made {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    is_made.then_some(key)
}

/// Signatures a second on one core.
pub(crate) fn openssl_speed() -> f64 {
    let output = Command::new("openssl")
        .args(["speed", "-seconds", "3", "rsa2048"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    // `rsa 2048 bits 0.000649s 0.000019s   1540.5  52434.0`: seconds, then signatures and checks a second.
    let line = told.lines().find(|line| line.replace(' ', "").starts_with("rsa2048bits"));
    let figures = line.and_then(|line| line.split_whitespace().rev().nth(1));
    figures
        .and_then(|figure| figure.parse().ok())
        .expect("openssl tells its signatures a second")
}
