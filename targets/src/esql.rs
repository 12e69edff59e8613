//! Elasticsearch's piped query language.
