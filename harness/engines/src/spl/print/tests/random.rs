//! Searches at random.

use super::super::super::ast::{
    Command, Expr, ExprKind, Name, Op, Search, SearchValue, Sign, Stats, StatsArgument,
    StatsFunction, StatsTerm, StreamStats, TermKind,
};
use super::super::super::{Query, unplaced};
use super::comes_back;
use proptest::prelude::*;

fn tree(kind: ExprKind) -> Expr {
    Expr { kind, span: 0..0 }
}

fn named(text: String) -> Name {
    Name { text, span: 0..0 }
}

/// A text that can stand in quotes: no page says how a backtick or a control character is read there.
fn text() -> impl Strategy<Value = String> {
    "[ -_a-~é]{0,6}"
}

/// A name that can stand in single quotes, and outside of double ones.
fn field() -> impl Strategy<Value = String> {
    "[a-c]|in|as|by|NOT|not|search|_x|a\\.b|[ #-&(-Z_a-z{}~é]{1,4}"
}

/// A name that can be compared in `search`.
fn searched() -> impl Strategy<Value = String> {
    "[a-c]|IN|as|search|AND|CASE|a\\.b|[ #-&()+\\-./0-Z_a-z{}~é]{1,4}"
}

fn op() -> impl Strategy<Value = Op> {
    prop::sample::select(vec![
        Op::Equal,
        Op::Unequal,
        Op::Less,
        Op::LessEqual,
        Op::Greater,
        Op::GreaterEqual,
    ])
}

fn leaf() -> impl Strategy<Value = Expr> {
    prop_oneof![
        "[0-9]{1,3}|[0-9]{1,2}\\.[0-9]{1,2}".prop_map(ExprKind::Number),
        text().prop_map(ExprKind::Text),
        field().prop_map(ExprKind::Field),
    ]
    .prop_map(tree)
}

fn expression() -> impl Strategy<Value = Expr> {
    leaf().prop_recursive(5, 24, 3, |inner| {
        let one = inner.clone().prop_map(Box::new).boxed();
        let some = |least| prop::collection::vec(inner.clone(), least..4);
        let sign = prop::sample::select(vec![
            Sign::Plus,
            Sign::Minus,
            Sign::Times,
            Sign::Divide,
            Sign::Remainder,
        ]);
        prop_oneof![
            one.clone().prop_map(ExprKind::Not),
            one.clone().prop_map(ExprKind::Negate),
            one.clone().prop_map(ExprKind::Group),
            (op(), one.clone(), one.clone())
                .prop_map(|(op, left, right)| ExprKind::Compare(op, left, right)),
            (sign, one.clone(), one.clone())
                .prop_map(|(sign, left, right)| ExprKind::Arithmetic(sign, left, right)),
            (one.clone(), one.clone()).prop_map(|(left, right)| ExprKind::Like(left, right)),
            (one, some(0)).prop_map(|(value, items)| ExprKind::In(value, items)),
            some(2).prop_map(ExprKind::Concat),
            some(2).prop_map(ExprKind::And),
            some(2).prop_map(ExprKind::Or),
            some(2).prop_map(ExprKind::Xor),
            some(0).prop_map(|list| ExprKind::Call("f".to_owned(), list)),
        ]
        .prop_map(tree)
    })
}

fn value() -> impl Strategy<Value = SearchValue> {
    let made = |(text, cased)| SearchValue {
        text,
        cased,
        span: 0..0,
    };
    prop_oneof![
        (text(), Just(false)),
        ("[a-c*=.-]{1,4}".prop_map(String::from), Just(true)),
    ]
    .prop_map(made)
}

fn search() -> impl Strategy<Value = Search> {
    let kind = prop::sample::select(vec![TermKind::Cased, TermKind::Whole]);
    let term = |(kind, text)| Search::Term {
        kind,
        text: named(text),
    };
    let leaf = prop_oneof![
        text().prop_map(move |text| term((TermKind::Plain, text))),
        (kind, "[a-c*=.-]{1,4}").prop_map(term),
        (searched(), op(), value()).prop_map(|(field, op, value)| Search::Compare {
            field: named(field),
            op,
            value,
        }),
        (searched(), prop::collection::vec(value(), 1..3)).prop_map(|(field, values)| {
            Search::In {
                field: named(field),
                values,
            }
        }),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        let some = prop::collection::vec(inner.clone(), 2..4).boxed();
        prop_oneof![
            some.clone().prop_map(Search::And),
            some.prop_map(Search::Or),
            inner.prop_map(|inner| Search::Not(Box::new(inner))),
        ]
    })
}

fn searched_first(rest: Vec<Command>) -> Query {
    let any = Search::Term {
        kind: TermKind::Plain,
        text: named("*".to_owned()),
    };
    let mut commands = vec![Command::Search(any)];
    commands.extend(rest);
    Query {
        commands: unplaced::commands(commands),
    }
}

/// An aggregate of this under that name.
fn counted(value: Expr, name: String) -> Stats {
    Stats {
        terms: vec![StatsTerm {
            function: StatsFunction::Count,
            argument: StatsArgument::Eval(value),
            name: name.clone(),
        }],
        by: vec![named(name)],
    }
}

proptest! {
    #[test]
    fn every_search_comes_back(first in search(), second in search()) {
        let commands = vec![Command::Search(first), Command::Search(second)];
        let query = Query { commands: unplaced::commands(commands) };
        prop_assert_eq!(comes_back(&query), Ok(()));
    }

    #[test]
    fn every_expression_comes_back(condition in expression(), target in text(), value in expression()) {
        let target = if target.is_empty() { "x".to_owned() } else { target };
        let query = searched_first(vec![
            Command::Where(condition),
            Command::Eval(vec![(named(target), value)]),
        ]);
        prop_assert_eq!(comes_back(&query), Ok(()));
    }

    #[test]
    fn every_aggregate_comes_back(value in expression(), name in field()) {
        let query = searched_first(vec![Command::Stats(counted(value, name))]);
        prop_assert_eq!(comes_back(&query), Ok(()));
    }

    /// Where quotes stand within quotes. A quotation mark or a bracket in a text of the condition cannot be written there.
    #[test]
    fn every_reset_comes_back(said in "[ !#-Z\\\\_a-~é]{0,6}", field in "[a-c]|x y", name in field()) {
        let compared = ExprKind::Compare(
            Op::Equal,
            Box::new(tree(ExprKind::Field(field))),
            Box::new(tree(ExprKind::Text(said))),
        );
        let query = searched_first(vec![Command::StreamStats(StreamStats {
            stats: counted(tree(ExprKind::Field("a".to_owned())), name),
            current: true,
            global: false,
            window: 2,
            time_window: None,
            reset_before: Some(tree(compared.clone())),
            reset_after: Some(tree(compared)),
            reset_on_change: false,
        })]);
        prop_assert_eq!(comes_back(&query), Ok(()));
    }
}
