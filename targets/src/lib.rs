//! Targets: IR to plan to text, and the native matcher.
//!
//! A target is a folder: *caps* claims what it can say of a rule, *plan* is the target's own tree with every guard in
//! it, *emit* prints it and *quote* writes literals and names. **This crate sees the IR, never an AST, and never the harness**: a claim comes from here, its
//! proof from elsewhere.

mod caps;
mod correlated;
mod header;
mod nearest;
mod outline;
#[allow(
    unreachable_pub,
    reason = "in the crates that it is shipped in, it is the interface"
)]
mod series;
mod told_apart;

pub mod coverage;
pub mod eql;
pub mod esql;
pub mod follow_up;
pub mod kql;
pub mod markdown;
pub mod native;
pub mod profile;
pub mod rust;
pub mod spl;
pub mod target;
mod uses;

pub use target::{Claim, Emitted, Projection, Target};

/// What a Sigma logsource means (`targets/profiles/logsource.yml`).
pub const LOGSOURCES: &str = include_str!("../profiles/logsource.yml");
