//! Alternatives and requirements that another one makes superfluous.
//!
//! In an OR, a leaf that implies another adds nothing; in an AND, a leaf that another implies asks for nothing new. Under `not` both turn round.
//! A value of the rule may stand for several leaves (`windash`, `base64offset`): it is superfluous only if all of them are.

use super::implies::{Budget, implies, leaf_implies};
use super::index::candidates;
use crate::codes::check as codes;
use crate::diagnostic::Diagnostic;
use crate::ir::{AnyText, Expr, Leaf, LeafKind, Pattern, Term, Test};
use crate::span::Span;
use std::collections::HashMap;

/// Up to how many leaves of one subject are compared each with each, where no index helps.
const MAX_PAIRED: usize = 200;
/// Up to how many operands that are no leaves are compared each with each.
const MAX_COMPOUND: usize = 24;
/// How many parts those comparisons may look at.
const BUDGET: usize = 20_000;

pub(super) fn check(expr: &Expr, found: &mut Vec<Diagnostic>) {
    match expr {
        Expr::Const(_) | Expr::Leaf(_) => {}
        Expr::Not(inner) => check(inner, found),
        Expr::All(operands) => {
            operands_of(operands, true, found);
            for operand in operands {
                check(operand, found);
            }
        }
        Expr::Any(operands) => {
            operands_of(operands, false, found);
            for operand in operands {
                check(operand, found);
            }
        }
    }
}

fn operands_of(operands: &[Expr], all: bool, found: &mut Vec<Diagnostic>) {
    let (mut plain, mut negated, mut compound) = (Vec::new(), Vec::new(), Vec::new());
    for operand in operands {
        match operand {
            Expr::Leaf(leaf) => plain.push(leaf),
            Expr::Not(inner) => match &**inner {
                Expr::Leaf(leaf) => negated.push(leaf),
                Expr::Const(_) | Expr::Not(_) | Expr::All(_) | Expr::Any(_) => {
                    compound.push(operand);
                }
            },
            Expr::All(_) | Expr::Any(_) => compound.push(operand),
            Expr::Const(_) => {}
        }
    }
    // `not a and not b` is `not (a or b)`: the narrower one is superfluous, as in an OR.
    leaves(&plain, !all, all, found);
    leaves(&negated, all, all, found);
    if !compound.is_empty() && operands.len() <= MAX_COMPOUND {
        compounds(operands, all, found);
    }
}

/// What leaves look at: only those of one subject can include each other.
#[derive(PartialEq, Eq, Hash)]
enum Subject<'x> {
    Term(&'x Term),
    AnyText,
}

fn subject(leaf: &Leaf) -> Option<(Subject<'_>, Option<&Pattern>)> {
    match &leaf.kind {
        LeafKind::Is {
            term,
            test: Test::Text(pattern),
        } => Some((Subject::Term(term), Some(pattern))),
        LeafKind::Is { term, .. } => Some((Subject::Term(term), None)),
        LeafKind::AnyText(AnyText::Pattern(pattern)) => Some((Subject::AnyText, Some(pattern))),
        LeafKind::AnyText(AnyText::Regex(_))
        | LeafKind::Relate { .. }
        | LeafKind::Missing(_)
        | LeafKind::Present(_) => None,
    }
}

/// `narrow` says whether the narrower of two is the superfluous one.
fn leaves(leaves: &[&Leaf], narrow: bool, all: bool, found: &mut Vec<Diagnostic>) {
    let mut groups: HashMap<Subject<'_>, Vec<(usize, Option<&Pattern>)>> = HashMap::new();
    for (index, leaf) in leaves.iter().enumerate() {
        if let Some((subject, pattern)) = subject(leaf) {
            groups.entry(subject).or_default().push((index, pattern));
        }
    }
    let mut covered: Vec<Option<usize>> = vec![None; leaves.len()];
    for group in groups.values() {
        for (narrower, wider) in pairs(group) {
            let (Some(a), Some(b)) = (leaves.get(narrower), leaves.get(wider)) else {
                continue;
            };
            let (useless, by) = if narrow {
                (narrower, wider)
            } else {
                (wider, narrower)
            };
            if a.span == b.span || !leaf_implies(a, b) {
                continue;
            }
            // Of two that mean the same, the later one goes.
            let equal = by > useless && leaf_implies(b, a);
            if let Some(slot) = covered
                .get_mut(useless)
                .filter(|slot| slot.is_none() && !equal)
            {
                *slot = Some(by);
            }
        }
    }
    report(leaves, &covered, all, found);
}

/// Pairs (narrower, wider) worth a look.
fn pairs(group: &[(usize, Option<&Pattern>)]) -> Vec<(usize, usize)> {
    let (texts, others): (Vec<_>, Vec<_>) =
        group.iter().partition(|(_, pattern)| pattern.is_some());
    let patterns: Vec<&Pattern> = texts.iter().filter_map(|(_, pattern)| *pattern).collect();
    let near = candidates(&patterns);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for ((narrower, _), near) in texts.iter().zip(near) {
        let wider = near.into_iter().filter_map(|other| texts.get(other));
        pairs.extend(wider.map(|(wider, _)| (*narrower, *wider)));
    }
    if others.len() <= MAX_PAIRED {
        for (one, _) in &others {
            let rest = if group.len() <= MAX_PAIRED {
                group
            } else {
                others.as_slice()
            };
            pairs.extend(
                rest.iter()
                    .filter(|(other, _)| other != one)
                    .flat_map(|(other, _)| [(*one, *other), (*other, *one)]),
            );
        }
    }
    pairs
}

fn report(leaves: &[&Leaf], covered: &[Option<usize>], all: bool, found: &mut Vec<Diagnostic>) {
    let mut whole: HashMap<Span, bool> = HashMap::new();
    for (leaf, by) in leaves.iter().zip(covered) {
        *whole.entry(leaf.span).or_insert(true) &= by.is_some();
    }
    for (leaf, by) in leaves.iter().zip(covered) {
        let Some(by) = by.and_then(|by| leaves.get(by)) else {
            continue;
        };
        if whole.insert(leaf.span, false) == Some(true) {
            found.push(superfluous(leaf.span, by.span, all));
        }
    }
}

fn superfluous(useless: Span, by: Span, all: bool) -> Diagnostic {
    if all {
        Diagnostic::warning(
            codes::SUPERFLUOUS_REQUIREMENT,
            useless,
            "a requirement that another one implies",
            "whatever meets the other one meets this",
        )
        .related(by, "this one is stricter")
    } else {
        Diagnostic::warning(
            codes::SUPERFLUOUS_ALTERNATIVE,
            useless,
            "an alternative that another one covers",
            "whatever matches here matches there, too",
        )
        .related(by, "this one is wider")
    }
}

fn compounds(operands: &[Expr], all: bool, found: &mut Vec<Diagnostic>) {
    let mut budget = Budget(BUDGET);
    let leaf = |expr: &Expr| match expr {
        Expr::Leaf(_) => true,
        Expr::Not(inner) => matches!(**inner, Expr::Leaf(_)),
        Expr::Const(_) | Expr::All(_) | Expr::Any(_) => false,
    };
    for (at, one) in operands.iter().enumerate() {
        for (other_at, other) in operands.iter().enumerate() {
            if at == other_at || (leaf(one) && leaf(other)) {
                continue;
            }
            // `one` implies `other`: in an OR the first is superfluous, in an AND the second.
            if !implies(one, other, &mut budget) {
                continue;
            }
            let (useless, by) = if all { (other, one) } else { (one, other) };
            let equal = if all { at > other_at } else { other_at > at };
            if equal && implies(other, one, &mut budget) {
                continue;
            }
            let (useless, by) = (span(useless), span(by));
            if useless != by {
                found.push(superfluous(useless, by, all));
            }
        }
    }
}

/// The place that holds a whole expression.
pub(super) fn span(expr: &Expr) -> Span {
    expr.leaves()
        .iter()
        .map(|leaf| leaf.span)
        .reduce(Span::to)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::codes::check::{SUPERFLUOUS_ALTERNATIVE, VERY_LARGE};
    use crate::ir::{Case, Expr, Pattern, Test};
    use crate::span::Span;

    fn contains(text: &str, at: usize) -> Expr {
        let pattern = Pattern::literal(text, Case::Fold).widened(true, true);
        Expr::field("f".into(), Test::Text(pattern), Span::new(at, at + 1))
    }

    #[test]
    fn long_lists_are_searched_by_an_index() {
        let mut values: Vec<Expr> = (0..30_000)
            .map(|n| contains(&format!("SHA256={:064x}", n * 7_919), n))
            .collect();
        values.push(contains(&format!("{:064X}", 7_919 * 5), 40_000));
        let mut found = Vec::new();
        super::check(&Expr::any(values.clone()), &mut found);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (
                found[0].code,
                found[0].span.start,
                found[0].related[0].0.start
            ),
            (SUPERFLUOUS_ALTERNATIVE, 5, 40_000)
        );
        super::super::limits::check(&Expr::any(values), &mut found);
        assert_eq!(found[1].code, VERY_LARGE);
    }
}
