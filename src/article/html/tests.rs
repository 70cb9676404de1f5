//! Tests of pages beyond the labelled ones.
