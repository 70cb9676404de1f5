//! Samples, their medians, and ratios of what was measured in the same round.

use std::fmt;

/// One sender's one run.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// Letters a second at the sink, from the first letter's end to the last one's.
    pub(crate) rate: f64,
    /// Processor seconds of the sender for 100,000 letters.
    pub(crate) cpu: f64,
    pub(crate) peak_mb: f64,
    /// Mean octets of a letter.
    pub(crate) size: f64,
}

/// A median with its lowest and highest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    low: f64,
    high: f64,
}

impl Spread {
    /// Of at least one value.
    pub(crate) fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
        let half = sorted.len() / 2;
        let median = match sorted.len() % 2 {
            0 => f64::midpoint(sorted[half - 1], sorted[half]),
            _ => sorted[half],
        };
        Self { median, low, high }
    }

    /// Of a figure of each sample.
    pub(crate) fn over(samples: &[Sample], figure: impl Fn(&Sample) -> f64) -> Self {
        Self::of(&samples.iter().map(figure).collect::<Vec<_>>())
    }

    /// Of ours divided by theirs, round by round: what disturbs a round disturbs both.
    pub(crate) fn pairwise(ours: &[Sample], theirs: &[Sample], figure: impl Fn(&Sample) -> f64) -> Option<Self> {
        let ratios: Vec<f64> = ours
            .iter()
            .zip(theirs)
            .map(|(ours, theirs)| figure(ours) / figure(theirs))
            .collect();
        (!ratios.is_empty()).then(|| Self::of(&ratios))
    }
}

/// `5,570 (5,522-6,975)`; with `{:.2}`, two places behind the point.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = f.precision().unwrap_or(0);
        let text = |value| grouped(value, places);
        let all = format!("{} ({}-{})", text(self.median), text(self.low), text(self.high));
        match f.width() {
            Some(width) => write!(f, "{all:>width$}"),
            None => f.write_str(&all),
        }
    }
}

/// `12,345.6`: thousands apart.
pub(crate) fn grouped(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    let whole = text.find('.').unwrap_or(text.len());
    let mut grouped = String::new();
    for (at, sign) in text.char_indices() {
        if at > 0 && at < whole && (whole - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(sign);
    }
    grouped
}
