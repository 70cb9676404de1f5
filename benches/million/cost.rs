//! What a command costs: its wall clock, its processor time and its peak memory, in the units of the table.

use crate::meter::Measured;
use std::path::Path;

/// What one process took.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cost {
    pub(crate) wall_ms: f64,
    pub(crate) cpu_ms: f64,
    pub(crate) peak_mib: f64,
}

/// Runs a command to its end; exit codes that only say how letters stand (1, 65) are none of its business.
pub(crate) fn of(program: &Path, folder: &Path, arguments: &[&str], stdin: Option<&Path>) -> Cost {
    let measured = Measured {
        program,
        arguments: arguments.iter().map(|word| (*word).to_owned()).collect(),
        folder,
        environment: Vec::new(),
        stdin,
        ends_with: &[0, 1, 65],
    };
    let cost = measured.run();
    Cost {
        wall_ms: cost.seconds * 1e3,
        cpu_ms: cost.cpu_seconds * 1e3,
        peak_mib: cost.peak_mb * 1e6 / 1_048_576.0,
    }
}

/// The middle of some runs, number by number.
pub(crate) fn median(costs: &[Cost]) -> Cost {
    let middle = |of: fn(&Cost) -> f64| {
        let mut sorted: Vec<f64> = costs.iter().map(of).collect();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    Cost {
        wall_ms: middle(|cost| cost.wall_ms),
        cpu_ms: middle(|cost| cost.cpu_ms),
        peak_mib: middle(|cost| cost.peak_mib),
    }
}
