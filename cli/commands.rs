//! One verb per file.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod corpus;
pub(crate) mod coverage;
pub(crate) mod docs;
pub(crate) mod explain;
#[cfg(feature = "faults")]
pub(crate) mod faults;
pub(crate) mod r#gen;
pub(crate) mod query;
pub(crate) mod scan;
pub(crate) mod test;
