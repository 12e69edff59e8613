//! Mistakes about which field is read, and in relations between fields.

use super::number::comparisons;
use super::operator::{
    FIELD_AS_LITERAL, FIELD_REPLACED, FIELD_UNKNOWN, Operator, RELATION_CASE_KEPT,
    RELATION_CASE_LOST, RELATION_OF_DIGITS, RELATION_OF_NUMBERS, RELATION_TO_EQUALS, SIDES_SWAPPED,
};
use super::{Add, Change, becomes};
use verdict_compiler::Ir;
use verdict_compiler::Span;
use verdict_compiler::ir::{Case, Comparison, Expr, Leaf, LeafKind, Relation, Scalar, Term, View};
use verdict_event::Path;

/// A field that no event has.
const UNKNOWN: &str = "verdict.no_such_field";

pub(super) fn mutants(ir: &Ir, leaf: &Leaf, add: &mut Add<'_>) {
    let mut first = None;
    leaf.each_field(&mut |path| {
        first.get_or_insert(path);
    });
    if let Some(path) = first {
        let renamed = |to: &Path| {
            let renamed = leaf.rename(&|field| if field == path { to } else { field }.clone());
            super::Change::Becomes(Expr::Leaf(renamed))
        };
        if let Some(other) = neighbour(ir, path) {
            add(FIELD_REPLACED, renamed(other));
        }
        add(FIELD_UNKNOWN, renamed(&Path::new(UNKNOWN)));
    }
    if let LeafKind::Relate {
        relation,
        left,
        right,
    } = &leaf.kind
    {
        relations(leaf, (relation, left, right), add);
    }
}

/// That a field is missing which a mistake reads and no event has.
pub(super) fn nowhere() -> Expr {
    let field = Term::Field(Path::new(UNKNOWN));
    Expr::leaf(LeafKind::Missing(field), Span::default())
}

/// The next field of the rule that is of the same type, else the next of any; the first follows the last.
fn neighbour<'i>(ir: &'i Ir, path: &Path) -> Option<&'i Path> {
    let kind = ir.fields.get(path).map(|field| field.kind);
    let after = ir.fields.iter().skip_while(|(other, _)| *other != path);
    let around = || after.clone().chain(ir.fields.iter());
    let mut others = around().filter(|(other, _)| *other != path);
    let alike = around()
        .filter(|(other, _)| *other != path)
        .find(|(_, field)| Some(field.kind) == kind);
    alike.or_else(|| others.next()).map(|(other, _)| other)
}

fn relations(leaf: &Leaf, (relation, left, right): (&Relation, &Term, &Term), add: &mut Add<'_>) {
    let related = |relation: Relation, left: &Term, right: &Term| {
        becomes(
            leaf,
            LeafKind::Relate {
                relation,
                left: left.clone(),
                right: right.clone(),
            },
        )
    };
    if !matches!(relation, Relation::Compare(Comparison::Equal, ..)) {
        add(SIDES_SWAPPED, related(relation.clone(), right, left));
    }
    if let Term::Field(path) = right {
        let name = Term::Const(Scalar::Text(path.as_str().to_owned()));
        add(FIELD_AS_LITERAL, related(relation.clone(), left, &name));
    }
    if let Relation::Compare(comparison, View::Text, case) = relation {
        let as_numbers = Expr::leaf(
            LeafKind::Relate {
                relation: Relation::Compare(*comparison, View::Number, *case),
                left: left.clone(),
                right: right.clone(),
            },
            leaf.span,
        );
        let either = Expr::any([Expr::Leaf(leaf.clone()), as_numbers]);
        add(RELATION_OF_NUMBERS, Change::Becomes(either));
    }
    for (operator, other) in mistaken_for(relation) {
        add(operator, related(other, left, right));
    }
}

/// Relations that are taken for this one.
fn mistaken_for(relation: &Relation) -> Vec<(Operator, Relation)> {
    let other_case = |case: Case| match case {
        Case::Fold => (RELATION_CASE_KEPT, Case::Exact),
        Case::Exact => (RELATION_CASE_LOST, Case::Fold),
    };
    let equals = |case: Case| {
        (
            RELATION_TO_EQUALS,
            Relation::Compare(Comparison::Equal, View::Text, case),
        )
    };
    match relation {
        Relation::Compare(comparison, view, case) => {
            let others = comparisons(*comparison).into_iter();
            let others =
                others.map(|(operator, other)| (operator, Relation::Compare(other, *view, *case)));
            let mut found: Vec<_> = others.collect();
            if *view == View::Text {
                let (operator, case) = other_case(*case);
                found.push((operator, Relation::Compare(*comparison, *view, case)));
            }
            if *view == View::Number {
                let digits = Relation::Compare(*comparison, View::Text, Case::Exact);
                found.push((RELATION_OF_DIGITS, digits));
            }
            found
        }
        Relation::StartsWith(case) => {
            let (operator, other) = other_case(*case);
            vec![(operator, Relation::StartsWith(other)), equals(*case)]
        }
        Relation::EndsWith(case) => {
            let (operator, other) = other_case(*case);
            vec![(operator, Relation::EndsWith(other)), equals(*case)]
        }
        Relation::Contains { case, empty } => {
            let (operator, other) = other_case(*case);
            let contains = Relation::Contains {
                case: other,
                empty: *empty,
            };
            vec![(operator, contains), equals(*case)]
        }
    }
}
