//! Elastic's event query language.
