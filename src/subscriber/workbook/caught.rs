//! Panics that are caught: what others have written to read workbooks is careful, and yet not promised never to panic.
//!
//! Promises: while the work runs, its thread says so, so that a fault which is answered for here ends no process and is told once,
//! as a finding. Knows nothing of workbooks.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static CATCHES: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of this thread would be caught, so that a hook has nothing to do about it.
pub fn is_caught() -> bool {
    CATCHES.with(Cell::get)
}

/// What the work gives; `None` where it panicked.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    let before = CATCHES.replace(true);
    let given = catch_unwind(AssertUnwindSafe(work)).ok();
    CATCHES.set(before);
    given
}

#[cfg(test)]
mod tests {
    use super::{caught, is_caught};

    #[test]
    fn a_panic_is_caught_while_the_thread_says_so() {
        assert!(!is_caught());
        assert_eq!(caught(is_caught), Some(true));
        let panics = caught(|| caught(|| assert!(!is_caught(), "it is")));
        assert_eq!(panics, Some(None));
        assert!(!is_caught(), "afterwards no more");
    }
}
