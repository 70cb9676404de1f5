//! What real relays and servers have said, held against the table: the lines stand in `said.txt`, which anybody can add to.

use std::collections::BTreeMap;
use tidings::delivery::reply::table::decide;
use tidings::delivery::reply::{Class, Reply, Stage};

/// Every stage that a reply can come at.
const STAGES: [Stage; 8] = [
    Stage::Greeting,
    Stage::Ehlo,
    Stage::StartTls,
    Stage::Login,
    Stage::Mail,
    Stage::Rcpt,
    Stage::Data,
    Stage::EndOfData,
];

#[test]
fn what_real_relays_say_is_understood() {
    let (mut mistaken, mut by_class) = (Vec::new(), BTreeMap::<&str, usize>::new());
    for line in include_str!("said.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let parts: Vec<&str> = line.splitn(3, " | ").collect();
        let [stage, class, said] = parts[..] else {
            panic!("not `stage | class | reply`: {line}")
        };
        let stage = STAGES.into_iter().find(|known| known.name() == stage).unwrap();
        let class = Class::ALL.into_iter().find(|known| known.name() == class).unwrap();
        let (code, text) = said.split_at(3);
        let row = decide(&Reply::new(stage, code.parse().unwrap(), &[text.trim_start().to_owned()]));
        *by_class.entry(class.name()).or_default() += 1;
        if row.class != class {
            mistaken.push(format!("{line}\n    found: {} by the row `{}`", row.class, row.name));
        }
    }
    assert!(mistaken.is_empty(), "{}", mistaken.join("\n"));
    let lines: usize = by_class.values().sum();
    // The address in foreign letters and the relay that is away are no server's words.
    assert!(
        lines >= 120 && by_class.len() >= Class::ALL.len() - 1,
        "{lines} lines: {by_class:?}"
    );
    println!("proof| replies | real lines of relays and servers | {lines}");
}
