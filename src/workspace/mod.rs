//! The workspace: the folder read whole, once, into checked values. (in work)

pub mod create;
pub mod sent;
pub mod settings;
