//! What the stories are told with: a workspace to run the program in, and a judge that plays the relay.
//!
//! Promises: loopback and temporary folders only, ports chosen by the kernel, no thread or file left behind. Uses nothing of the
//! product's own code, so that one mistake cannot hide another.

pub(crate) mod judge;
pub(crate) mod ledger;
pub(crate) mod people;
pub(crate) mod rows;
pub(crate) mod scan;
pub(crate) mod secure_relay;
pub(crate) mod stopwatch;
pub(crate) mod workspace;
