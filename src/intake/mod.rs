//! Intake: what people and mail systems answer, proved and acted on.
//!
//! Promises: nothing is done for a mail that proves nothing; what is done is durable before the mail is marked as read; the same mail
//! twice is the same as once.
