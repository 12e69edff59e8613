//! The harness: it proves by execution that every target gives a rule's verdict.
//!
//! ```text
//! Ir --goals--> solver --> events --+-- engine of the source language (the rule's own text)
//!                                   +-- oracle (Ir)
//!                                   +-- native matcher
//!                                   +-- engine(emitted text)
//!                                         --> verdicts --> shrink --> report
//! ```
//!
//! Rules over several events go the same way with streams in place of events: [`series`].
//!
//! **This crate never depends on `verdict-targets`**: it gets whatever it judges as a [`judge::Judge`], so that a claim and its proof
//! cannot share code.

pub mod compare;
pub mod divergence;
pub mod edits;
pub mod generate;
pub mod goals;
pub mod grounds;
pub mod judge;
pub mod mutation;
pub mod oracle;
pub mod series;
pub mod shrink;
pub mod solver;
pub mod states;
pub mod strategy;
pub mod strength;

pub use compare::{Examined, Outcome, Subject, Verdict, examine};
pub use judge::{Judge, Judgement};
pub use oracle::Oracle;
pub use oracle::series::{Match, SeriesOracle, Window, matches_by};
pub use strength::Strength;
