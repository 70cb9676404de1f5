//! Tests of the table: each row by itself, and replies that real relays gave.
//!
//! The lines are facts of the servers named; people and places in them are invented. They promise nothing about order beyond what
//! the table itself says.

mod rows;

use super::table::{Row, decide};
use super::{Class, Reply, Stage, classify};

/// A reply as the relay wrote it, on one line.
fn reply(stage: Stage, line: &str) -> Reply {
    let (code, text) = line.split_at(3);
    Reply::new(
        stage,
        code.parse().unwrap(),
        &[text.trim_start_matches(['-', ' ']).to_owned()],
    )
}

/// All lines of one stage belong to this class.
#[track_caller]
fn check(stage: Stage, class: Class, lines: &[&str]) -> usize {
    for line in lines {
        let reply = reply(stage, line);
        let row: &Row = decide(&reply);
        assert_eq!(classify(&reply), class, "{stage}: {line} (row `{}`)", row.name);
    }
    lines.len()
}

#[test]
fn a_reply_is_kept_short_and_harmless() {
    let lines = ["5.1.1 no \u{1b}[31muser".to_owned(), "5.1.1 really".to_owned()];
    let reply = Reply::new(Stage::Rcpt, 550, &lines);
    assert_eq!(reply.to_string(), "550 5.1.1 no \\u{1b}[31muser really");
    let long = Reply::new(Stage::EndOfData, 250, &["x".repeat(10_000_000)]);
    assert_eq!(long.text.len(), 512);
}
