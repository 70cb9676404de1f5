//! Tidings turns articles into scheduled email campaigns and sends them, one personal letter per subscriber, so that nobody gets
//! a letter twice, nobody is skipped, and anybody can ask what happened.
//!
//! # One idea
//!
//! **Wanted − recorded = work.** Files say what should happen; the store records what did happen, letter by letter. Every command
//! that sends computes the difference and does only that, so first send, resume after a crash, retry and a cron job that fires
//! twice are one code path.
//!
//! # The street
//!
//! ```text
//! campaigns/*   ─workspace─▶ Campaign ─┐
//! now ─────────────────────────────────┴─ schedule ─▶ Edition ──────┐
//! subscribers/* ─workspace─▶ people ─ segment, consent, suppression ─┴─ prove ─▶ release ─▶ [store: pending]
//!
//! [store] ─claim─▶ Delivery ─┐
//! frozen sources ────────────┴─ compose ─▶ Letter ─intent─▶ [store: sending] ─▶ relay ─▶ Reply
//! Reply ─step─▶ State ─settle─▶ [store: accepted | deferred | failed | in doubt …] ─▶ report ─▶ cli ─▶ exit code
//! ```
//!
//! # Floors
//!
//! Imports only point down, never sideways; above the waterline there is no file, socket, database, environment, clock or
//! printing. `tests/architecture.rs` holds this table as data.
//!
//! | floor | modules |
//! |---|---|
//! | 0 | `finding`, `address`, `encoding` |
//! | 1 | `article`, `subscriber` |
//! | 2 | `campaign` |
//! | 3 | `template`, `delivery` |
//! | 4 | `letter` |
//! | | *the waterline: only below here are there files, sockets, databases, environment, clock* |
//! | 5 | `clock`, `workspace`, `store`, `relay`, `mailbox` |
//! | 6 | `dispatch`, `intake`, `web` |
//! | 7 | `cli` |

pub mod address;
pub mod encoding;
pub mod finding;

pub mod article;
pub mod subscriber;

pub mod campaign;

pub mod delivery;
pub mod template;

pub mod letter;

// ══ the waterline ══

pub mod clock;
pub mod mailbox;
pub mod relay;
pub mod store;
pub mod workspace;

pub mod dispatch;
pub mod intake;
pub mod web;

pub mod cli;
