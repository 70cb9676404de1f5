//! The web: the page on which people unsubscribe, come back, and choose.
//!
//! Promises: looking changes nothing; what a person is told was done is on the disk; nothing about a person is shown or logged.
