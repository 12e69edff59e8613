//! Regular expressions in Lucene's language, as `RLIKE` takes it.

use crate::caps::Limit;
use crate::esql::tree::Tree;
use ipnet::Ipv4Net;
use verdict_compiler::codes::target::ESQL_REGEX;
use verdict_compiler::ir::{Pattern, Regex};

/// The expression is found in the text that `subject` is.
pub(crate) fn search(_subject: Tree, expression: &Regex) -> Result<Tree, Limit> {
    Err(Limit::new(ESQL_REGEX, format!("`{}`", expression.source)))
}

/// The expression is found in some value of a joined list.
pub(crate) fn search_joined(_joined: Tree, expression: &Regex) -> Result<Tree, Limit> {
    Err(Limit::new(ESQL_REGEX, format!("`{}`", expression.source)))
}

/// The pattern matches some value of a joined list.
pub(crate) fn match_joined(_joined: Tree, _pattern: &Pattern) -> Result<Tree, Limit> {
    Err(Limit::new(ESQL_REGEX, "x"))
}

/// Some value of a joined list is an address in the network.
pub(crate) fn address_joined(_joined: Tree, _net: Ipv4Net) -> Result<Tree, Limit> {
    Err(Limit::new(ESQL_REGEX, "x"))
}
