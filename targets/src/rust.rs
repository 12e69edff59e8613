//! Generated Rust.
