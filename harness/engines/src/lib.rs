//! Independent interpreters of rule and query text.
//!
//! An engine takes *text* (a Sigma rule, an EQL, ES|QL or KQL query), parses it with a parser of its own and evaluates it over events
//! by the vendor's documentation, which each rule of evaluation names. **No engine sees the IR, a lowering or an emitter, and
//! engines share no quoting, wildcard, case or null code with them, nor with each other**: sharing would share the mistake. Cargo holds
//! this: of our crates only `verdict-event` is a dependency here, and `verdict-faults`, which knows no language.

pub mod error;

pub mod eql;
pub mod esql;
pub mod kql;
pub mod sigma;
pub mod spl;

pub use error::QueryError;

#[cfg(test)]
mod tests;
