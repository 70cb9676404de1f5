//! The relay: the SMTP server that takes our mail. (in work)

pub mod conversation;
pub mod sandbox;
pub mod socket;
