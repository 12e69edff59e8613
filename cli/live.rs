//! Judges outside this process: programs that are built and run.

pub(crate) mod cargo;
pub(crate) mod generated;
pub(crate) mod program;
