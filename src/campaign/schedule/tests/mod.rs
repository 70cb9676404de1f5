//! Schedules as a whole: from the file's text to findings, sentences and instants.

mod calendar;
mod files;
mod hours;
