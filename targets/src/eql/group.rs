//! Alternatives on one subject as one list: `in (...)`, `: (...)`, `cidrMatch(...)`.

use crate::eql::tree::Tree;
use ipnet::IpNet;
use std::collections::HashMap;
use verdict_compiler::ir::{Expr, Leaf, LeafKind, Term, Test};

/// The networks of one term among alternatives, with the leaf that stands for them.
pub(crate) type Networks<'e> = (&'e Term, Vec<IpNet>, &'e Leaf);

/// The alternatives apart from those that are networks, and these term by term: what an address is inside of is known only from all of them.
pub(crate) fn networks(operands: &[Expr]) -> (Vec<&Expr>, Vec<Networks<'_>>) {
    let mut others = Vec::new();
    let mut found: Vec<Networks<'_>> = Vec::new();
    for operand in operands {
        let Expr::Leaf(leaf) = operand else {
            others.push(operand);
            continue;
        };
        let LeafKind::Is {
            term,
            test: Test::Cidr(network),
        } = &leaf.kind
        else {
            others.push(operand);
            continue;
        };
        match found.iter_mut().find(|(known, ..)| *known == term) {
            Some((_, networks, _)) => networks.push(*network),
            None => found.push((term, vec![*network], leaf)),
        }
    }
    (others, found)
}

/// True if some operand is; matches of one subject become one list, at the place of the first, values in order.
pub(crate) fn any(operands: Vec<Tree>) -> Tree {
    let mut merged: Vec<Tree> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for operand in operands {
        let Tree::Match {
            subject,
            how,
            values,
        } = operand
        else {
            merged.push(operand);
            continue;
        };
        // The printed form of a subject is a key: trees have no order or hash of their own.
        let key = if verdict_faults::at("eql/group/other-operator-joined") {
            format!("{subject:?}")
        } else {
            format!("{subject:?} {how:?}")
        };
        let place = known.get(&key).and_then(|at| merged.get_mut(*at));
        if let Some(Tree::Match { values: list, .. }) = place {
            if !verdict_faults::at("eql/group/later-values-dropped") {
                list.extend(values);
            }
        } else {
            known.insert(key, merged.len());
            merged.push(Tree::Match {
                subject,
                how,
                values,
            });
        }
    }
    Tree::any(merged)
}
