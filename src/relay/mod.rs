//! The relay: the SMTP server that takes our mail, and the way to speak with it.
//!
//! Promises: a letter is reported as accepted only after a whole 2xx reply to its end of data, on a connection whose replies were
//! never out of step (law 7); what was lost before the first byte of the terminator could have left is a definite no, what was
//! lost after it is in doubt (law 6); a password is never written without TLS; clear text goes to loopback only.
//!
//! Knows nothing of campaigns, of the store, or of what to do about a refusal: it says what happened and whose fault it is, and
//! dispatch decides.
//!
//! What DNS says about a sender's domain is read in [`dns`]: receivers believe a relay by it.
//!
//! The built-in [`sandbox`] is a real relay on loopback that files its letters in an [`outbox`] to look at.

pub mod login;
pub mod outcome;
pub mod server;

pub mod conversation;
pub mod socket;

pub mod dns;

pub mod outbox;
pub mod sandbox;
