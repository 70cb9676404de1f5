//! Everything that is tested from outside: the house's order, and the program as a person meets it.
//!
//! One binary, so that the crate is linked once; every file below is a module of it. `support` holds what the stories are told with
//! (a workspace, a judge that plays the relay), `peers` the real mail servers that somebody else wrote.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that meets the unexpected stops and says what it met"
)]

mod architecture;
mod articles;
mod cli;
mod crash;
mod faults;
mod intake;
mod lint;
mod lists;
mod machine;
mod mail;
mod mailbox;
#[cfg(feature = "imap")]
mod mailbox_imap;
mod mixing;
mod model;
#[allow(dead_code, reason = "a toolbox: no story uses every tool")]
mod peers;
mod reference;
mod relay_faults;
mod replies;
mod series;
mod store;
mod street;
#[allow(dead_code, reason = "a toolbox: no story uses every tool")]
mod support;
mod web;
mod year;
