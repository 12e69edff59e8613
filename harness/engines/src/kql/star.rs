//! `*` before an operator: a test of every column of the row.
//!
//! Kusto docs: where-operator ("`where * has "Kusto"`: all the rows in which the word appears in any column"),
//! search-operator (`search "err"` is `where * has "err"`; "all columns") and find-operator.
//!
//! Assumed, for no page says it:
//! - only string columns are tested: no number, date or boolean as its text, and no dynamic column, so no list and no
//!   object that a schema lists.
//!
//! What a negated operator asks (that no column has it, or that some column has it not) no page says either; binding refuses it.
//!
//! The columns are those that the query made, those that the schema lists, and every path of the event that the schema
//! does not list and that holds a string outside any list. A listed string column that the event lacks is the empty
//! string, as it is under its name.

use super::ast::TextOperator;
use super::convert::to_text;
use super::node::Node;
use super::row::Row;
use super::shown::Shown;
use super::text::{self, Find};
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::Arc;
use verdict_event::Value;

/// A test of every column.
#[derive(Clone, Debug)]
pub(super) struct Star {
    pub(super) columns: Arc<StarColumns>,
    pub(super) test: StarTest,
}

/// A positive test of one text.
#[derive(Clone, Debug)]
pub(super) enum StarTest {
    Find(Find),
    FindIn(TextOperator, Node),
    Regex(Regex),
}

/// The string columns at one point of a pipeline.
#[derive(Clone, Debug)]
pub(super) struct StarColumns {
    /// Those that the query made or the schema lists.
    pub(super) slots: Box<[usize]>,
    /// Whatever else the event holds.
    pub(super) rest: Rest,
}

/// The columns of the source that nobody described.
#[derive(Clone, Debug)]
pub(super) struct Rest {
    pub(super) shown: Shown,
    /// Columns that are described, of any type: no leaf of the event stands for them.
    pub(super) known: BTreeSet<Box<str>>,
    /// Dynamic columns whose parts are no columns; each ends in a dot.
    pub(super) bags: Box<[Box<str>]>,
}

impl Star {
    pub(super) fn holds(&self, row: &Row<'_>) -> bool {
        match &self.test {
            StarTest::Find(find) => self.columns.any(row, &|text| find.test(text)),
            StarTest::FindIn(operator, needle) => {
                let needle = needle.eval(row);
                let needle = to_text(&needle);
                self.columns
                    .any(row, &|text| text::test(*operator, text, &needle))
            }
            StarTest::Regex(regex) => self.columns.any(row, &|text| regex.is_match(text)),
        }
    }
}

impl StarColumns {
    fn any(&self, row: &Row<'_>, test: &dyn Fn(&str) -> bool) -> bool {
        let passes = |slot: &usize| test(&to_text(&row.value(*slot)));
        self.slots.iter().any(passes)
            || self.rest.shown.open()
                && row
                    .event()
                    .is_some_and(|event| self.rest.any(event.root(), None, test))
    }
}

/// The keys that lead to a value, last first.
struct Trail<'t> {
    key: &'t str,
    before: Option<&'t Trail<'t>>,
}

impl Rest {
    /// The text is tested before its path is looked at: few texts pass.
    fn any(&self, value: &Value, trail: Option<&Trail<'_>>, test: &dyn Fn(&str) -> bool) -> bool {
        match value {
            Value::String(text) => test(text) && self.counts(trail),
            Value::Object(entries) => entries.iter().any(|(key, inner)| {
                let trail = Trail { key, before: trail };
                self.any(inner, Some(&trail), test)
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) => false,
        }
    }

    /// Whether the path is that of a column that nobody described.
    fn counts(&self, trail: Option<&Trail<'_>>) -> bool {
        let mut keys = Vec::new();
        let mut at = trail;
        while let Some(step) = at {
            keys.push(step.key);
            at = step.before;
        }
        keys.reverse();
        let name = keys.join(".");
        !self.known.contains(name.as_str())
            && !self.bags.iter().any(|bag| name.starts_with(bag.as_ref()))
            && self.shown.shows(&name)
    }
}
