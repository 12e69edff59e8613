//! What is printed is read back as the same tree: the queries of the conformance cases, and small trees at random.

use super::super::ast::{
    Arithmetic, Comparison, Connective, Expr, ExprKind, Membership, MembershipKind, Name, Operator,
    Pipeline, Program, Source, StarOperator, TextKind, TextOperator,
};
use super::super::literal::Literal;
use super::super::value::{Json, Type, Val};
use super::super::{Query, unplaced};
use crate::tests::identity::{comes_back, conformance};
use proptest::prelude::*;

#[test]
fn every_conformance_query_comes_back() {
    conformance::<Query>("kql", 700);
}

/// Brackets stand where the grammar needs them and nowhere else.
#[test]
fn brackets_are_the_fewest() {
    for condition in [
        "a or b and not(c == 1)",
        "(a or b) and (c and d) and e",
        "a or (b or c)",
        "a - (b - c) - d * (e + f) / g",
        "a * (b / c) % d has \"x\" * (e * f has \"y\")",
        "-5 + -(-5) - -a.b[\"c\"] + +d",
        "(-a).b[c or d].['e f'] == (5).x",
        "a < b == c + d < e",
        "(a == b) == (c == d)",
        "(a < b) < c",
        "(a has \"x\") has (b + \"y\")",
        "a < b in (c or d, 2) and (a in (1, 2)) !in~ (true)",
        "a + b between (c - 1 .. d * 2) and (a == b) !between (1 .. 2)",
        "* has \"x\" + 1 == 2 or (* =~ \"a\") =~ \"b\"",
        "* == \"a\" + \"b\" and (* == \"c\") == true and * matches regex \"d\" or a + * has \"e\"",
        "a matches regex \"\\\\d\\\"\\n\" and ['in'] has_any ('x'.y, \"é\")",
        "['a b'].['\\'c'] and ['true'] and ['not'] and ['1a'] and $left.x",
        "real(nan) == long(-5) and dynamic([{\"a\": -1.5, \"b\": null}, true]).a[0] != int(3)",
        "timespan(1.02:03:04.0000005) < datetime(2026-01-02T03:04:05.0000000Z) - decimal(1.50)",
    ] {
        // One text is written with the other quote.
        let condition = condition.replace("'x'.y", "\"x\".y");
        let text = format!("T | where {condition}");
        let query = Query::parse(&text).expect("it is read");
        assert_eq!(query.print(), text);
        assert_eq!(comes_back(&query), Ok(()));
    }
}

#[test]
fn steps_are_written_as_they_are_read() {
    for text in [
        "let a = 5; let ['my name'] = table(\"T\"); let b = T | take 1; let c = (view(x)); let d = (table(\"x\")); ['print'] | count",
        "let a = union A, (B | take 1); let b = datatable (x: long, ['y z']: string) [1, \"a\", -2, b]; a",
        "T | extend a = 1, ['b c'] = (2), d | project a, ['with_itemindex'] = b | serialize | serialize n = row_number()",
        "T | project-away a*, ['b*'], *c | project-keep * | project-rename ['a b'] = c, d = ['by']",
        "T | take 5 | sort by a desc nulls first, b asc nulls last | top 1 + 2 by c desc nulls last",
        "T | summarize by k | summarize n = count(), (t, ['id x']) = arg_max(t, *), max(a) by bin(b, 5), c = d | distinct *",
        "T | distinct (* has \"x\" or y), * has \"z\" | distinct a, b",
        "T | mv-expand kind=array with_itemindex=i a, b = c.d to typeof(long) limit 5",
        "T | join kind=leftouter (U | where a) on k, $left.a == $right.b | join kind=inner U on k | union kind=inner withsource=s A, (union B, C), (D | count)",
        "T | partition hint.strategy=native by k (where a | take 1) | partition by ['long'] (count)",
        "T | scan with_match_id=m declare (n: long = 0, ['b b']: string) with (step s1 output=all: true; step s2 output=none: s1.a == b => n = s1.n + 1, ['b b'] = \"x\";)",
    ] {
        let query = Query::parse(text).map_err(|errors| format!("{text}: {errors:?}"));
        let query = query.expect("it is read");
        assert_eq!(query.print(), text.replace("(2)", "2"));
        assert_eq!(comes_back(&query), Ok(()));
    }
}

/// What changes no row is not written, and a partition without steps comes back.
#[test]
fn what_changes_no_row_is_left_out() {
    for (text, printed) in [
        (
            "materialize(T | where a) | as x | project-reorder b | take 1",
            "T | where a | take 1",
        ),
        ("T | partition by k (as x)", "T | partition by k (as it)"),
        (
            "T | summarize hint.strategy=shuffle count()",
            "T | summarize count()",
        ),
        ("T | where a <> 1;", "T | where a != 1"),
    ] {
        let query = Query::parse(text).expect("it is read");
        assert_eq!(query.print(), printed);
        assert_eq!(comes_back(&query), Ok(()));
    }
}

/// The relation tells trees apart that a missing bracket would make of each other.
#[test]
fn other_trees_are_told_apart() {
    for (one, other) in [
        ("a - (b - c)", "a - b - c"),
        ("(a or b) and c", "a or b and c"),
        ("a and (b and c)", "a and b and c"),
        ("(a * b) has \"c\"", "a * b has \"c\""),
        ("(a < b) == c", "a < (b == c)"),
        ("(-a).b", "-a.b"),
        ("long(-5)", "-5"),
        ("a in (1)", "a == 1"),
        ("a =~ b", "a == b"),
        ("a has b", "a has_cs b"),
        ("a == 1", "a == 1.0"),
        ("a == real(0.0)", "a == real(-0.0)"),
        ("a[\"b\"]", "a.b"),
    ] {
        let read = |text: &str| Query::parse(&format!("T | where {text}")).expect("read");
        assert!(!read(one).same_tree(&read(other)), "{one} and {other}");
        assert!(read(one).same_tree(&read(&format!("(({one}))"))), "{one}");
    }
}

/// Source: Kql.g4: of `jsonValue` only `jsonLong` and `jsonReal` have a sign; it was dropped before anything else.
#[test]
fn only_numbers_have_a_sign_in_json() {
    let read = |json: &str| Query::parse(&format!("T | where dynamic({json}) == 1"));
    for wrong in ["-5m", "-null", "-true", "-datetime(2026-01-02)"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    let typed = read("-long(5)").expect("it is read");
    assert!(typed.same_tree(&read("-5").expect("it is read")));
}

fn tree(kind: ExprKind) -> Expr {
    Expr {
        kind,
        span: 0..0,
        depth: 0,
    }
}

fn named(text: impl Into<String>) -> Name {
    Name {
        text: text.into(),
        span: 0..0,
    }
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(Json::Long),
        any::<f64>().prop_map(Json::Real),
        (0..3_155_378_975_999_999_999_i64).prop_map(Json::DateTime),
        (-i64::MAX..).prop_map(Json::TimeSpan),
        "[ -~\t\n\ré]{0,6}".prop_map(Json::Text),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let entry = ("[ -~\n]{0,3}", inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..3).prop_map(Json::List),
            prop::collection::vec(entry, 0..3).prop_map(Json::Bag),
        ]
    })
}

fn leaf() -> impl Strategy<Value = Expr> {
    let of = |kind: Type| move |value: Val<'static>| Literal::new(kind, value);
    let kinds = vec![
        Type::Bool,
        Type::Int,
        Type::Long,
        Type::Real,
        Type::Decimal,
        Type::DateTime,
        Type::TimeSpan,
        Type::Guid,
        Type::Dynamic,
    ];
    let literal = prop_oneof![
        prop::sample::select(kinds).prop_map(|kind| Literal::new(kind, Val::Null)),
        any::<bool>().prop_map(Val::Bool).prop_map(of(Type::Bool)),
        any::<i32>()
            .prop_map(|value| Val::Long(value.into()))
            .prop_map(of(Type::Int)),
        any::<i64>().prop_map(Val::Long).prop_map(of(Type::Long)),
        any::<f64>().prop_map(Val::Real).prop_map(of(Type::Real)),
        (-i64::MAX..)
            .prop_map(Val::TimeSpan)
            .prop_map(of(Type::TimeSpan)),
        "[ -~\t\n\ré]{0,6}"
            .prop_map(Val::text)
            .prop_map(of(Type::Text)),
        json().prop_map(Val::json).prop_map(of(Type::Dynamic)),
    ];
    prop_oneof![
        literal.prop_map(ExprKind::Literal),
        "[a-c]|by|not|true|long|_|\\$left|[ -~é]{1,4}".prop_map(ExprKind::Name),
    ]
    .prop_map(tree)
}

/// What is read: a chain in front of its own connective is the same chain.
fn chain(word: Connective, mut terms: Vec<Expr>) -> ExprKind {
    let first = terms.remove(0);
    let terms = match first.kind {
        ExprKind::Chain(same, mut inner) if same == word => {
            inner.extend(terms);
            inner
        }
        _ => {
            terms.insert(0, first);
            terms
        }
    };
    ExprKind::Chain(word, terms)
}

const OPERATORS: [TextOperator; 3] = [
    TextOperator {
        kind: TextKind::Has,
        ignore_case: true,
        negated: true,
        text: "!has",
    },
    TextOperator {
        kind: TextKind::Equal,
        ignore_case: true,
        negated: false,
        text: "=~",
    },
    TextOperator {
        kind: TextKind::EndsWith,
        ignore_case: false,
        negated: false,
        text: "endswith_cs",
    },
];

const EQUAL: TextOperator = TextOperator {
    kind: TextKind::Equal,
    ignore_case: false,
    negated: false,
    text: "==",
};

const MEMBERSHIP: Membership = Membership {
    kind: MembershipKind::IgnoreCase,
    negated: true,
    text: "!in~",
};

fn expression() -> impl Strategy<Value = Expr> {
    leaf().prop_recursive(5, 24, 3, |inner| {
        let one = inner.clone().prop_map(Box::new).boxed();
        let some = |least| prop::collection::vec(inner.clone(), least..4);
        let comparison = prop::sample::select(vec![
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::GreaterOrEqual,
        ]);
        let arithmetic = prop::sample::select(vec![
            Arithmetic::Add,
            Arithmetic::Subtract,
            Arithmetic::Multiply,
            Arithmetic::Divide,
            Arithmetic::Modulo,
        ]);
        let text = prop::sample::select(OPERATORS.to_vec());
        let star = prop_oneof![
            text.clone().prop_map(StarOperator::Text),
            Just(StarOperator::Text(EQUAL)),
            Just(StarOperator::Regex),
        ];
        let connective = prop::sample::select(vec![Connective::And, Connective::Or]);
        let two = (one.clone(), one.clone());
        prop_oneof![
            one.clone().prop_map(ExprKind::Negate),
            one.clone().prop_map(ExprKind::Plus),
            (connective, some(2)).prop_map(|(word, terms)| chain(word, terms)),
            (comparison, two.clone()).prop_map(|(it, (a, b))| ExprKind::Compare(it, a, b)),
            (arithmetic, two.clone()).prop_map(|(it, (a, b))| ExprKind::Arithmetic(it, a, b)),
            (text, two.clone()).prop_map(|(it, (a, b))| ExprKind::Text(it, a, b)),
            two.clone().prop_map(|(a, b)| ExprKind::Regex(a, b)),
            (star, one.clone()).prop_map(|(it, right)| ExprKind::Star(it, right)),
            (one.clone(), some(1))
                .prop_map(|(value, items)| ExprKind::In(MEMBERSHIP, value, items)),
            (any::<bool>(), one.clone(), two.clone()).prop_map(|(negated, value, (low, high))| {
                ExprKind::Between {
                    negated,
                    value,
                    low,
                    high,
                }
            }),
            some(0).prop_map(|list| ExprKind::Call(named("f"), list)),
            (one.clone(), "[a-c]|in|[ -~]{1,3}")
                .prop_map(|(value, name)| ExprKind::Member(value, named(name))),
            two.prop_map(|(value, index)| ExprKind::Index(value, index)),
        ]
        .prop_map(tree)
    })
}

proptest! {
    #[test]
    fn every_expression_comes_back(condition in expression()) {
        let source = Source::Table(named("T"));
        let query = Pipeline { source, steps: vec![Operator::Where(condition)] };
        let query = Query { program: unplaced::program(Program { lets: Vec::new(), query }) };
        prop_assert_eq!(comes_back(&query), Ok(()));
    }
}
