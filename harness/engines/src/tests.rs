//! What the tests of several engines need, and no engine.

pub(crate) mod calendar;
pub(crate) mod identity;
