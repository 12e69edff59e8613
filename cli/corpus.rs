//! The parts of the corpus run.

pub mod archive;
pub mod real_events;
pub mod regression;
pub mod status;
