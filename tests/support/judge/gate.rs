//! Gates that conversations wait at until a test opens them.

use super::locked;
use std::sync::atomic::{AtomicBool, Ordering};
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

/// Where the first answer to a letter with the next one's commands behind it waits.
#[derive(Default)]
pub(super) struct RidersGate {
    gate: Gate,
    is_armed: AtomicBool,
    /// Who is named in those commands.
    rider: Mutex<Option<String>>,
}

impl RidersGate {
    pub(super) fn arm(&self) {
        self.is_armed.store(true, Ordering::SeqCst);
    }

    pub(super) fn open(&self) {
        self.gate.open();
    }

    pub(super) fn rider(&self) -> Option<String> {
        locked(&self.rider).clone()
    }

    /// Waits at the gate with the first who comes; whoever comes after does not wait.
    pub(super) fn pass(&self, rider: &str) {
        if self.is_armed.swap(false, Ordering::SeqCst) {
            *locked(&self.rider) = Some(rider.to_owned());
            self.gate.pass();
        }
    }
}
