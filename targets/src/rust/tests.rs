//! Whole crates, and their layout.
