//! Chance that repeats itself: the same seed, the same story.

use std::time::Duration;

/// A source of numbers; Knuth's MMIX generator, of which the upper bits are the good ones.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        // Seeds that lie close together begin alike.
        chance.below(2);
        chance.below(2);
        chance
    }

    /// A number from 0 up to, and not including, `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }

    /// One of these.
    pub(crate) fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// Yes in one case of so many.
    pub(crate) fn one_in(&mut self, cases: usize) -> bool {
        self.below(cases) == 0
    }

    /// A while, up to `most`.
    pub(crate) fn up_to(&mut self, most: Duration) -> Duration {
        let micros = usize::try_from(most.as_micros()).unwrap();
        Duration::from_micros(self.below(micros + 1) as u64)
    }
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let told = |seed| {
        let mut chance = Chance::new(seed);
        (0..20).map(|_| chance.below(100)).collect::<Vec<_>>()
    };
    assert_eq!(told(7), told(7));
    assert_ne!(told(7), told(8));
    let mut chance = Chance::new(3);
    let seen: std::collections::BTreeSet<_> = (0..200).map(|_| chance.of(&[1, 2, 3])).collect();
    assert_eq!(seen.len(), 3);
}
