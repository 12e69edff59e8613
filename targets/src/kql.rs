//! Kusto KQL.
