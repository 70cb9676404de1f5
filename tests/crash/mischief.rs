//! A relay that is not always well: for some people, once in each run, something goes wrong.

use super::chance::Chance;
use crate::support::judge::{Phase, Rule};
use crate::support::people;

/// What the judge does to some of `count` people.
pub(super) fn draw(chance: &mut Chance, count: usize) -> Vec<Rule> {
    let unruly = chance.below(30);
    let mut rules = Vec::new();
    for _ in 0..unruly {
        let address = people::address(1 + chance.below(count));
        rules.push(one(chance, &address));
    }
    rules
}

fn one(chance: &mut Chance, address: &str) -> Rule {
    let at = |phase| Rule::at(phase).to(address).times(1);
    match chance.below(15) {
        0 => at(Phase::Dot).keep_but_close(),
        1 => at(Phase::Dot).close(),
        2 => at(Phase::Dot).reply("354 go on").dropped(),
        12 => at(Phase::Dot).reply("354 go on").kept(),
        13 => at(Phase::Dot).reply("150 wait").kept(),
        3 => at(Phase::Dot).half_line("25").kept(),
        4 => at(Phase::Dot).half_line("25").dropped(),
        5 => at(Phase::Dot).reply("451 4.3.0 try later"),
        6 => at(Phase::Rcpt).reply("450 4.2.0 greylisted"),
        7 => at(Phase::Rcpt).reply("550 5.1.1 no such user"),
        8 => at(Phase::Data).reply("451 4.3.0 no room"),
        9 => at(Phase::Body).close(),
        10 => at(Phase::Rcpt).close(),
        11 => at(Phase::Dot).reply("250-").kept(),
        _ => at(Phase::Dot).surplus_line("250 2.0.0 and another"),
    }
}
