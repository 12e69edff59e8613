//! Mistakes in the keys that join the events of a sequence or a sample.

use crate::mutation::Operator;
use crate::mutation::operator::{KEY_DROPPED, KEY_NULL_APART, KEY_NULL_JOINS, KEYS_SWAPPED};
use verdict_compiler::Span;
use verdict_compiler::ir::series::Term;

/// Another text of the keys: what each term's keys are then.
pub(super) struct Change {
    pub(super) operator: Operator,
    pub(super) place: String,
    pub(super) span: Span,
    pub(super) instead: &'static str,
    pub(super) terms: Vec<Term>,
    /// The key of which only missing values are concerned.
    pub(super) missing: Option<usize>,
}

/// Every mistake in the keys of some terms, which all have equally many.
pub(super) fn changes(terms: &[&Term]) -> Vec<Change> {
    let mut found = Vec::new();
    let count = terms.first().map_or(0, |term| term.keys.len());
    for at in 0..count {
        let Some(key) = terms.first().and_then(|term| term.keys.get(at)) else {
            continue;
        };
        let mut add = |operator, instead, change: &dyn Fn(&mut Term)| {
            found.push(Change {
                operator,
                place: format!("by {}", key.field),
                span: key.span,
                instead,
                terms: changed(terms, change),
                missing: (operator != KEY_DROPPED).then_some(at),
            });
        };
        add(KEY_DROPPED, "left out", &|term| {
            if at < term.keys.len() {
                term.keys.remove(at);
            }
        });
        let optional = |wanted: bool| {
            move |term: &mut Term| {
                if let Some(key) = term.keys.get_mut(at) {
                    key.optional = wanted;
                }
            }
        };
        if terms
            .iter()
            .any(|term| term.keys.get(at).is_some_and(|key| key.optional))
        {
            add(KEY_NULL_APART, "asked for", &optional(false));
        } else {
            add(KEY_NULL_JOINS, "may be missing", &optional(true));
        }
    }
    found.extend(swapped(terms));
    found
}

/// The first two keys of one term in the other order.
fn swapped(terms: &[&Term]) -> Vec<Change> {
    let mut found = Vec::new();
    for (number, term) in terms.iter().enumerate() {
        let [first, second, ..] = term.keys.as_slice() else {
            continue;
        };
        if first.field == second.field {
            continue;
        }
        let mut other: Vec<Term> = terms.iter().map(|term| (*term).clone()).collect();
        if let Some(term) = other.get_mut(number) {
            term.keys.swap(0, 1);
        }
        found.push(Change {
            operator: KEYS_SWAPPED,
            place: format!("by {}, {}", first.field, second.field),
            span: first.span,
            instead: "the other way round",
            terms: other,
            missing: None,
        });
    }
    found
}

fn changed(terms: &[&Term], change: &dyn Fn(&mut Term)) -> Vec<Term> {
    let mut terms: Vec<Term> = terms.iter().map(|term| (*term).clone()).collect();
    terms.iter_mut().for_each(change);
    terms
}
