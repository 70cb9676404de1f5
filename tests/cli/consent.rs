//! `tidings consent`.
