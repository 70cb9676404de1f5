//! A delivery: one edition to one subscriber, and what may happen to it.
//!
//! Promises: [`state::step`] is the only way from one state to another, it is pure, and it names every state and event; what a relay
//! says is turned into an event by [`reply::classify`] alone. Knows nothing of the store that remembers deliveries or of the socket
//! that letters travel through; [`relay_log`] reads what a relay wrote about them afterwards.

pub mod relay_log;
pub mod reply;
pub mod retry;
pub mod state;
pub mod strike;
pub mod token;
