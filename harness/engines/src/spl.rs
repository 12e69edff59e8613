//! Splunk's search processing language.
