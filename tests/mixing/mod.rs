//! Two people's letters never mix: worlds of a relay and a caller that do whatever a string of bytes says, in all three modes.
//!
//! The relay keeps what it was told as the worst of the real ones do (a refused letter leaves its transaction open; Postfix), refuses,
//! repeats, falls silent, closes and chops its replies as it likes. `TIDINGS_WORLDS=1000000` plays more; `fuzz/` plays them for ever.

mod relay;
mod world;

use proptest::prelude::{ProptestConfig, any, prop, prop_assert, proptest};
use std::collections::BTreeMap;

fn worlds() -> u32 {
    std::env::var("TIDINGS_WORLDS")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(4000)
}

/// A small generator of its own, so that the tally below is the same on every machine.
fn bytes(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = |state: &mut u64| {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state
    };
    let length = 20 + next(&mut state) % 400;
    (0..length)
        .map(|at| {
            let drawn = next(&mut state);
            // Nought is what a sane relay does; the more of it, the further a world gets. The first two choose the mode.
            if at > 1 && drawn % 8 < 5 { 0 } else { (drawn >> 32) as u8 }
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(worlds()))]

    #[test]
    fn no_relay_gets_a_letter_under_anothers_recipient(choices in prop::collection::vec(any::<u8>(), 0..300)) {
        let told = world::play(&choices);
        prop_assert!(told.is_ok(), "{told:?}");
    }
}

/// The worlds are worth playing only if they come to something: in each mode letters are taken, refused, in doubt and given back.
#[test]
fn the_worlds_know_every_outcome_in_every_mode() {
    let mut seen: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for seed in 0..u64::from(worlds()) {
        let told = world::play(&bytes(seed)).unwrap_or_else(|broken| panic!("world {seed}: {broken}"));
        for outcome in told.outcomes {
            *seen.entry((told.mode, outcome)).or_default() += 1;
        }
    }
    for mode in ["stop and wait", "grouped", "chunked"] {
        for outcome in ["accepted", "refused", "in doubt", "not taken"] {
            let number = seen.get(&(mode, outcome)).copied().unwrap_or(0);
            println!("proof| mixing worlds | {mode}, {outcome} | {number}");
            assert!(number > 20, "{mode}: {outcome} happened {number} times");
        }
    }
    println!(
        "proof| mixing worlds | played | {}, 0 letters under another's recipient",
        worlds()
    );
}
