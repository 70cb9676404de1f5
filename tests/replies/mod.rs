//! What relays answer, and what becomes of a run: replies of real servers, breakers, retries over several runs.
//!
//! Promises: every story runs the program itself against a judge on loopback, at moments that it names. Knows nothing of how the
//! program counts.

mod breakers;
mod retries;
mod said;
