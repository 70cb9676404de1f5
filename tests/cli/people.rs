//! `tidings people`.
