//! Lucene regular expressions.
