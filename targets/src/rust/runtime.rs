//! What the rules of this crate stand on: events, and the tests of their values.
//!
//! - [`json`] reads text into trees; a number keeps its source text.
//! - [`event`] is an event with every field that some rule reads already found.
//! - [`text`] ignores case and matches wildcards; [`number`], [`instant`] and [`version`] say what is less.
//! - [`stream`] runs rules over several events, which [`key`]s join; [`clock`] says when an event happened.
//! - [`test`] is what a value may be asked; [`relation`] what two values may be; [`function`] what is computed of values.
//!
//! A test of a missing field is false, and a test of a field with several values is true if one of them satisfies it.

pub mod clock;
pub mod event;
pub mod function;
pub mod instant;
pub mod json;
pub mod key;
pub mod number;
pub mod pattern;
pub mod relation;
pub mod rule;
pub mod scalar;
pub mod stream;
pub mod test;
pub mod text;
pub mod version;
