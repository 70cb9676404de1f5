//! The page on which people unsubscribe, over real sockets: what it does, what it refuses, what it never says.
//!
//! Promises: loopback alone, ports chosen by the kernel, tokens from letters that a relay took; only that of a letter which nobody was
//! sent is asked of the product's own code. A browser, nginx and curl are asked where they are installed; in CI they have to be.

mod clinic;
mod hardened;
mod letters;
mod outside;
mod preview;
mod rules;
mod settings;
mod store;
mod talk;
mod ways_back;

/// A line of the proof, seen with `--nocapture`.
fn proof(what: &str, figure: impl std::fmt::Display) {
    use std::io::Write as _;
    // Not `println!`, which the house keeps for nobody.
    drop(writeln!(std::io::stdout(), "proof| web | {what} | {figure}"));
}
