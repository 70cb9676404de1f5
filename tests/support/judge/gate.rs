//! A gate that conversations wait at until a test opens it.

use super::locked;
use std::sync::{Condvar, Mutex};

/// Closed at first; once open it stays open.
#[derive(Default)]
pub(super) struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    pub(super) fn open(&self) {
        *locked(&self.is_open) = true;
        self.opened.notify_all();
    }

    /// Comes back when the gate is open.
    pub(super) fn pass(&self) {
        let mut is_open = locked(&self.is_open);
        while !*is_open {
            is_open = self
                .opened
                .wait(is_open)
                .expect("no test thread falls over while it holds this");
        }
    }
}
