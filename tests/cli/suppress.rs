//! `tidings suppress`.
