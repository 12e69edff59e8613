//! The in-process matcher.
