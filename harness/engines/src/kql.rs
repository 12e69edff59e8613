//! The kql engine.
