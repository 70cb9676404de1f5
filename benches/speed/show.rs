//! A table as it is printed: columns that line up on a screen, and Markdown where they are pasted.

use crate::figures::{Sample, Spread, grouped};
use crate::machine;
use crate::tables::Row;
use std::path::Path;

const WIDTHS: [usize; 7] = [52, 9, 24, 17, 22, 7, 5];
const HEAD: [&str; 7] = ["", "letters", "a second", "ratio", "CPU s/100,000", "peak MB", "KB"];

/// Rows of alternating turns, each divided by the one whose name holds `against`; and how fast the disk is that they used.
pub(crate) fn table(heading: &str, against: &str, rows: &[Row], disk: &Path) {
    let rounds = rows[0].samples.len();
    let commit = machine::commit_time(disk);
    println!("\n{heading}; median (lowest-highest) of {rounds}; fdatasync {commit:.2} ms");
    println!("{}", line(HEAD.map(str::to_owned)));
    println!("{}", rule());
    let yardstick = rows.iter().find(|row| row.turn.name.contains(against));
    for row in rows {
        println!("{}", line(cells(row, yardstick)));
    }
}

fn cells(row: &Row, yardstick: Option<&Row>) -> [String; 7] {
    let over = |figure: fn(&Sample) -> f64| Spread::over(&row.samples, figure);
    let ratio = yardstick.and_then(|by| Spread::pairwise(&row.samples, &by.samples, |sample| sample.rate));
    [
        row.turn.name.clone(),
        grouped(row.turn.letters as f64, 0),
        format!("{:.0}", over(|sample| sample.rate)),
        ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}")),
        format!("{:.1}", over(|sample| sample.cpu)),
        known(over(|sample| sample.peak_mb).median, 1),
        known(over(|sample| sample.size).median / 1e3, 2),
    ]
}

/// A figure, or a blank where there is none.
fn known(figure: f64, places: usize) -> String {
    match figure.is_nan() {
        true => String::new(),
        false => grouped(figure, places),
    }
}

/// Words to the left, figures to the right.
fn line(cells: [String; 7]) -> String {
    let [name, figures @ ..] = cells;
    let figures = figures
        .iter()
        .zip(&WIDTHS[1..])
        .map(|(cell, width)| format!(" {cell:>width$} |"));
    format!("| {name:<width$} |{}", figures.collect::<String>(), width = WIDTHS[0])
}

fn rule() -> String {
    let figures = WIDTHS[1..].iter().map(|width| format!("{}:|", "-".repeat(width + 1)));
    format!("|{}|{}", "-".repeat(WIDTHS[0] + 2), figures.collect::<String>())
}
