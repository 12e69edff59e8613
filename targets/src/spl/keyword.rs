//! Keywords: looked for in `_raw`, the text of the whole event, as they are and as they stand in JSON.

use crate::caps::Limit;
use crate::spl::filter::{Condition, Expression};
use crate::spl::logic::Logic;
use crate::spl::plan::Atom;
use crate::spl::search::{self, Glob};
use crate::spl::{group, regex, text};
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{AnyText, Case, Pattern, Piece};

/// The field that holds an event's text.
pub(crate) const RAW: &str = "_raw";

/// The keyword stands in the event's text.
pub(crate) fn atom(keyword: &AnyText) -> Result<Atom, Limit> {
    match keyword {
        AnyText::Regex(expression) => {
            let text = regex::of_expression(expression)?;
            Ok(Atom::filtered(
                Logic::Bool(true),
                Condition::Raw(Expression::Whole(text)),
            ))
        }
        AnyText::Pattern(pattern) => Ok(of_pattern(pattern)),
    }
}

fn of_pattern(pattern: &Pattern) -> Atom {
    let in_json = as_json(pattern);
    let mut forms = vec![pattern.clone()];
    if in_json != *pattern && !verdict_faults::at("spl/keyword/json-form-forgotten") {
        forms.push(in_json);
    }
    let condition = |form: &Pattern| Logic::Leaf(Condition::Raw(text::expression(form)));
    let filter = group::conditions(forms.iter().map(condition).collect());
    let terms: Option<Vec<_>> = forms.iter().map(term).collect();
    match terms {
        Some(terms) => Atom::both(group::terms(terms), filter),
        None => Atom {
            exact: None,
            wide: Logic::Bool(true),
            filter,
        },
    }
}

fn term(pattern: &Pattern) -> Option<search::Search> {
    let glob = match pattern.shape() {
        Shape::Contains(text) if verdict_faults::at("spl/keyword/whole-event") => Glob::whole(text),
        Shape::Contains(text) => Glob::new(true, text, true),
        Shape::Anything
        | Shape::Equals(_)
        | Shape::StartsWith(_)
        | Shape::EndsWith(_)
        | Shape::General(_) => return None,
    };
    match pattern.case() {
        Case::Fold => search::text(RAW, glob),
        Case::Exact if verdict_faults::at("spl/keyword/case-ignored") => search::text(RAW, glob),
        Case::Exact => search::cased(RAW, glob),
    }
}

/// The pattern with its literals as JSON writes them inside a text.
fn as_json(pattern: &Pattern) -> Pattern {
    let pieces = pattern.pieces().iter().map(|piece| match piece {
        Piece::Literal(text) => {
            let quoted = serde_json::Value::from(text.as_str()).to_string();
            let inner = quoted
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'));
            Piece::Literal(inner.unwrap_or_default().to_owned())
        }
        other @ (Piece::AnyRun | Piece::AnyChar) => other.clone(),
    });
    Pattern::new(pieces, pattern.case())
}
