//! A delivery: one edition to one subscriber, and what may happen to it.

pub mod reply;
pub mod retry;
pub mod state;
