//! One verb per file.

pub mod build;
pub mod check;
pub mod corpus;
pub mod explain;
pub mod r#gen;
pub mod query;
pub mod scan;
pub mod test;
