//! What is printed is read back as the same tree: the queries of the conformance cases, and small trees at random.

use super::super::ast::{
    Arguments, Arithmetic, Command, Comparison, Connective, Expr, ExprKind, Literal, Name,
    PatternKind, Program,
};
use super::super::{Query, unplaced};
use crate::tests::identity::{comes_back, conformance};
use proptest::prelude::*;

#[test]
fn every_conformance_query_comes_back() {
    conformance::<Query>("esql", 400);
}

/// Brackets stand where the grammar needs them and nowhere else.
#[test]
fn brackets_are_the_fewest() {
    for condition in [
        "a OR b AND NOT c == 1",
        "(a OR b) AND NOT (c AND d)",
        "a - (b - c) - d * (e + f) / g",
        "a * (b / c) % d",
        "-(5) + -5 - -a::integer",
        "(-a)::integer == -(5::integer)",
        "(a == b) == c",
        "(a IN (1, 2)) IS NOT NULL",
        "NOT a LIKE \"x\\\\\\\\*\" AND b NOT RLIKE (\"\\\"y\", \"z\")",
        "NOT NOT (NOT a) IS NULL",
        "f(a OR b, `by`, `odd ``name`) > 5 minutes",
    ] {
        let text = format!("FROM * | WHERE {condition}");
        let query = Query::parse(&text).expect("it is read");
        assert_eq!(query.print(), text);
        assert_eq!(comes_back(&query), Ok(()));
    }
}

/// The relation tells trees apart that a missing bracket would make of each other.
#[test]
fn other_trees_are_told_apart() {
    for (one, other) in [
        ("a - (b - c)", "a - b - c"),
        ("(a OR b) AND c", "a OR b AND c"),
        ("NOT (a AND b)", "NOT a AND b"),
        ("(-a)::long", "-a::long"),
        ("-(5)", "-5"),
        ("a LIKE \"x\"", "a LIKE (\"x\")"),
        ("a == 1", "a == 1.0"),
    ] {
        let read = |text: &str| Query::parse(&format!("FROM x | WHERE {text}")).expect("read");
        assert!(!read(one).same_tree(&read(other)), "{one} and {other}");
        assert!(read(one).same_tree(&read(&format!("(({one}))"))), "{one}");
    }
}

fn tree(kind: ExprKind) -> Expr {
    Expr {
        kind,
        span: 0..0,
        depth: 0,
    }
}

fn named(text: String) -> Name {
    Name { text, span: 0..0 }
}

fn leaf() -> impl Strategy<Value = Expr> {
    let literal = prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        any::<i32>().prop_map(|value| Literal::Integer(value.into())),
        (i64::from(i32::MAX) + 1..).prop_map(Literal::Long),
        (i64::MAX.unsigned_abs() + 1..).prop_map(Literal::UnsignedLong),
        proptest::num::f64::NORMAL.prop_map(Literal::Double),
        "[ -~\t\n\ré]{0,6}".prop_map(Literal::Text),
        any::<i32>().prop_map(|count| Literal::Amount(count.into(), "minutes".to_owned())),
    ];
    prop_oneof![
        literal.prop_map(ExprKind::Literal),
        "[a-c]|by|NOT|_|@x|a\\.b|[ -~é]{1,4}".prop_map(ExprKind::Column),
    ]
    .prop_map(tree)
}

fn expression() -> impl Strategy<Value = Expr> {
    leaf().prop_recursive(5, 24, 3, |inner| {
        let one = inner.clone().prop_map(Box::new).boxed();
        let some = |least| prop::collection::vec(inner.clone(), least..4);
        let comparison = prop::sample::select(vec![Comparison::Equal, Comparison::GreaterOrEqual]);
        let arithmetic = prop::sample::select(vec![
            Arithmetic::Add,
            Arithmetic::Subtract,
            Arithmetic::Multiply,
            Arithmetic::Divide,
            Arithmetic::Modulo,
        ]);
        let pattern = prop::sample::select(vec![PatternKind::Like, PatternKind::Rlike]);
        let connective = prop::sample::select(vec![Connective::And, Connective::Or]);
        prop_oneof![
            one.clone().prop_map(ExprKind::Not),
            one.clone().prop_map(ExprKind::Negate),
            (connective, some(2)).prop_map(|(word, terms)| ExprKind::Chain(word, terms)),
            (comparison, one.clone(), one.clone())
                .prop_map(|(sign, left, right)| ExprKind::Compare(sign, left, right)),
            (arithmetic, one.clone(), one.clone())
                .prop_map(|(sign, left, right)| ExprKind::Arithmetic(sign, left, right)),
            (any::<bool>(), one.clone(), some(1)).prop_map(|(negated, value, items)| {
                ExprKind::In {
                    negated,
                    value,
                    items,
                }
            }),
            (pattern, any::<bool>(), one.clone(), "[ -~\n]{0,5}").prop_map(
                |(kind, negated, value, text)| ExprKind::Like {
                    kind,
                    negated,
                    value,
                    list: negated,
                    patterns: vec![named(text)],
                }
            ),
            (any::<bool>(), one.clone())
                .prop_map(|(negated, value)| ExprKind::IsNull { negated, value }),
            one.prop_map(|value| ExprKind::Cast(value, named("long".to_owned()))),
            some(0)
                .prop_map(|list| { ExprKind::Call(named("f".to_owned()), Arguments::List(list)) }),
        ]
        .prop_map(tree)
    })
}

proptest! {
    #[test]
    fn every_expression_comes_back(condition in expression()) {
        let program = Program { metadata: Vec::new(), commands: vec![Command::Where(condition)] };
        let query = Query { program: unplaced::program(program) };
        prop_assert_eq!(comes_back(&query), Ok(()));
    }
}
