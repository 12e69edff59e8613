//! Alternatives on one field put together: an `IN` list, one expression to search, one `mvfilter`.

use crate::spl::filter::{Condition, Expression, Filter};
use crate::spl::logic::Logic;
use crate::spl::search::{Search, Term, Value};
use std::collections::{HashMap, HashSet};

/// The longest expression that alternatives are put together to, in bytes: longer ones nobody reads, and PCRE limits what it compiles.
const LONGEST_EXPRESSION: usize = 400;

/// True if some operand is; comparisons of one field become one list, at the place of the first.
pub(crate) fn terms(operands: Vec<Search>) -> Search {
    let mut kept: Vec<Search> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for operand in flat(operands) {
        let Logic::Leaf(term) = &operand else {
            kept.push(operand);
            continue;
        };
        if !term.values.iter().all(Value::is_listable) {
            kept.push(operand);
            continue;
        }
        let first = known.get(&term.field).and_then(|at| kept.get_mut(*at));
        if let Some(Logic::Leaf(first)) = first {
            if !verdict_faults::at("spl/group/later-values-dropped") {
                first.values.extend(term.values.iter().cloned());
            }
        } else {
            known.insert(term.field.clone(), kept.len());
            kept.push(operand);
        }
    }
    kept.iter_mut().for_each(distinct);
    Logic::any(without_special_cases(kept))
}

/// Beside `field=*`, no other comparison of the field says anything.
fn without_special_cases(mut operands: Vec<Search>) -> Vec<Search> {
    let present: HashSet<String> = operands
        .iter()
        .filter_map(|operand| match operand {
            Logic::Leaf(term) if term.is_existence() => Some(term.field.clone()),
            Logic::Leaf(_) | Logic::Bool(_) | Logic::Not(_) | Logic::All(_) | Logic::Any(_) => None,
        })
        .collect();
    if verdict_faults::at("spl/group/existence-drops-other-fields") && !present.is_empty() {
        operands.retain(|operand| matches!(operand, Logic::Leaf(term) if term.is_existence()));
        return operands;
    }
    if present.is_empty() {
        return operands;
    }
    let mut seen = HashSet::new();
    operands.retain(|operand| match operand {
        Logic::Leaf(term) if present.contains(&term.field) => {
            term.is_existence() && seen.insert(term.field.clone())
        }
        Logic::Leaf(_) | Logic::Bool(_) | Logic::Not(_) | Logic::All(_) | Logic::Any(_) => true,
    });
    operands
}

/// Each value once.
fn distinct(search: &mut Search) {
    if let Logic::Leaf(Term { values, .. }) = search {
        let mut seen = HashSet::new();
        values.retain(|value| seen.insert(format!("{value:?}")));
    }
}

/// True if some operand is; patterns of one field become one expression, tests of one field one `mvfilter`.
pub(crate) fn conditions(operands: Vec<Filter>) -> Filter {
    let mut kept: Vec<Filter> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for operand in flat(operands) {
        let Logic::Leaf(condition) = operand else {
            kept.push(operand);
            continue;
        };
        let place = key(&condition).map(|key| (known.get(&key).copied(), key));
        let first = match &place {
            Some((Some(at), _)) => kept.get_mut(*at),
            Some((None, _)) | None => None,
        };
        if let Some(Logic::Leaf(first)) = first
            && joined(first, &condition)
        {
            continue;
        }
        if let Some((_, key)) = place {
            known.insert(key, kept.len());
        }
        kept.push(Logic::Leaf(condition));
    }
    Logic::any(kept)
}

fn flat<L>(operands: Vec<Logic<L>>) -> Vec<Logic<L>> {
    match Logic::any(operands) {
        Logic::Any(operands) => operands,
        other @ (Logic::Bool(_) | Logic::Not(_) | Logic::All(_) | Logic::Leaf(_)) => vec![other],
    }
}

/// What conditions share that can become one.
fn key(condition: &Condition) -> Option<String> {
    match condition {
        Condition::Found(field, Expression::Patterns { fold, .. }) => {
            Some(format!("found {fold} {field}"))
        }
        Condition::Raw(Expression::Patterns { fold, .. }) => Some(format!("raw {fold}")),
        Condition::Some(field, _) => Some(format!("some {field}")),
        Condition::Found(_, Expression::Whole(_))
        | Condition::Raw(Expression::Whole(_))
        | Condition::Exists(_)
        | Condition::Holds(_) => None,
    }
}

/// Takes an alternative into another one; false if that would become too long.
fn joined(first: &mut Condition, other: &Condition) -> bool {
    match (first, other) {
        (Condition::Some(_, tests), Condition::Some(_, more)) => {
            for test in more {
                if verdict_faults::at("spl/group/later-tests-dropped") {
                    continue;
                }
                if tests.len() > 32 || !tests.contains(test) {
                    tests.push(test.clone());
                }
            }
            true
        }
        (Condition::Found(_, first), Condition::Found(_, other))
        | (Condition::Raw(first), Condition::Raw(other)) => lengthened(first, other),
        _ => false,
    }
}

fn lengthened(first: &mut Expression, other: &Expression) -> bool {
    let (
        Expression::Patterns {
            dots, alternatives, ..
        },
        Expression::Patterns {
            dots: more_dots,
            alternatives: more,
            ..
        },
    ) = (first, other)
    else {
        return false;
    };
    let length = |alternatives: &[String]| alternatives.iter().map(String::len).sum::<usize>();
    if length(alternatives) + length(more) > LONGEST_EXPRESSION {
        return false;
    }
    if !verdict_faults::at("spl/group/dots-of-the-first-alone") {
        *dots |= *more_dots;
    }
    if !verdict_faults::at("spl/group/later-patterns-dropped") {
        alternatives.extend(more.iter().cloned());
    }
    true
}
