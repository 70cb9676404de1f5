//! Schedules as a whole: from the file's text to findings, sentences and instants.
//!
//! The readers of single words are tested beside them.

mod calendar;
mod files;
mod hours;
mod opens;
