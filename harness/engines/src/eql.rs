//! The eql engine.
