//! The parts of the corpus run.

pub(crate) mod archive;
pub(crate) mod real_events;
pub(crate) mod regression;
pub(crate) mod status;
