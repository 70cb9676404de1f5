//! Whole texts against the rules: sound ones that must not drown in warnings, arbitrary ones that must not stop them.
