//! The sigma engine.
