//! Random rules and events over few fields and few letters, so that they often meet.

use crate::native::tests::ir as ir_of;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use verdict_compiler::Span;
use verdict_compiler::ir::{
    AnyText, Case, Comparison, DatePart, Expr, Function, Ir, LeafKind, Pattern, Piece, Regex,
    Relation, Scalar, Syntax, Term, Test, View,
};
use verdict_event::{Event, FieldSchema, FieldType, Number, Path, Value};

const PATHS: [&str; 6] = ["a", "b", "a.b", "a.b.c", "b..c", ".a"];
const KEYS: [&str; 8] = ["a", "b", "c", "a.b", "b.c", "", "b.", "z"];
const NUMBERS: [&str; 9] = ["0", "-0", "1", "1.0", "10", "4688", "4688.0", "1e3", "0.5"];
/// What the less common tests look at.
const SPECIAL: [&str; 16] = [
    "true",
    "false",
    "4688",
    "4688.0",
    "04688",
    "1",
    "10.0.0.1",
    "::1",
    "::ffff:10.0.0.1",
    "1.2.3",
    "1.10-rc1",
    "2024-02-29T23:59:59Z",
    "2024-01-01 00:30:00+01:00",
    "1970-01-01",
    "abcabc",
    "ABCA",
];
const REGEXES: [&str; 10] = [
    "abc",
    "(?i)abc",
    "(?i)k+[aB]",
    "^a.*b$",
    "(ab|b)c?",
    "[^a]",
    "a{2,}",
    r"\w\.\w",
    "(?i:ab)c|Abc",
    "",
];
const LUCENE: [&str; 7] = [
    "abc",
    "a.*",
    "(a|b)+",
    "~(a*)",
    ".*b.*&.*a.*",
    "<1-5000>",
    "[^a]@",
];

pub(super) fn text() -> BoxedStrategy<String> {
    let letter = select(
        "aaAbBcCkKsS.*?\\/-1éÉσΣς\u{212a}ſİ\n"
            .chars()
            .collect::<Vec<char>>(),
    );
    prop_oneof![
        4 => vec(letter, 0..7).prop_map(String::from_iter),
        1 => select(SPECIAL.to_vec()).prop_map(str::to_owned),
    ]
    .boxed()
}

fn case() -> impl Strategy<Value = Case> {
    select(vec![Case::Exact, Case::Fold])
}

fn number() -> impl Strategy<Value = Number> {
    select(NUMBERS.to_vec()).prop_map(|text| Number::parse(text).expect("a number"))
}

pub(super) fn pattern() -> BoxedStrategy<Pattern> {
    let short =
        vec(select("aAbBcké".chars().collect::<Vec<char>>()), 1..3).prop_map(String::from_iter);
    let piece = prop_oneof![
        3 => short.prop_map(Piece::Literal),
        2 => Just(Piece::AnyRun),
        1 => Just(Piece::AnyChar),
    ];
    prop_oneof![
        2 => (vec(piece, 0..7), case()).prop_map(|(pieces, case)| Pattern::new(pieces, case)),
        3 => (text(), case(), any::<bool>(), any::<bool>())
            .prop_map(|(text, case, before, behind)| Pattern::literal(text, case).widened(before, behind)),
    ]
    .boxed()
}

fn regex() -> impl Strategy<Value = Regex> {
    let sigma = (select(REGEXES.to_vec()), case()).prop_map(|(source, case)| Regex {
        source: source.to_owned(),
        syntax: Syntax::Sigma,
        case,
        rust: Some(match case {
            Case::Exact => source.to_owned(),
            Case::Fold => format!("(?i){source}"),
        }),
    });
    let lucene = (select(LUCENE.to_vec()), case())
        .prop_map(|(source, case)| Regex::lucene(source, case).expect("an expression"));
    prop_oneof![sigma, lucene]
}

fn comparison() -> impl Strategy<Value = Comparison> {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    select(vec![
        Equal,
        Equal,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
    ])
}

fn test() -> BoxedStrategy<Test> {
    use DatePart::{Day, Hour, Minute, Month, Week, Year};
    let networks = ["10.0.0.0/8", "::/0", "0.0.0.0/0"].map(|text| text.parse().expect("a network"));
    prop_oneof![
        8 => pattern().prop_map(Test::Text),
        3 => number().prop_map(Test::Numeral),
        2 => (comparison(), number()).prop_map(|(comparison, number)| Test::Compare(comparison, number)),
        2 => regex().prop_map(Test::Regex),
        1 => Just(Test::AnyValue),
        1 => (comparison(), text()).prop_map(|(comparison, text)| Test::TextOrder(comparison, text)),
        1 => any::<bool>().prop_map(Test::Bool),
        1 => select(networks.to_vec()).prop_map(Test::Cidr),
        1 => (comparison(), select(SPECIAL.to_vec()))
            .prop_map(|(comparison, text)| Test::Version(comparison, text.to_owned())),
        1 => (comparison(), 0i64..3).prop_map(|(comparison, at)| Test::Instant(comparison, at * 1000)),
        1 => (select(vec![Minute, Hour, Day, Week, Month, Year]), comparison(), select(vec![1i64, 23, 29, 59, 2024]))
            .prop_map(|(part, comparison, number)| Test::DatePart(part, comparison, number)),
    ]
    .boxed()
}

fn path() -> impl Strategy<Value = Path> {
    select(PATHS.to_vec()).prop_map(Path::from)
}

fn scalar() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        text().prop_map(Scalar::Text),
        number().prop_map(Scalar::Number),
        any::<bool>().prop_map(Scalar::Bool),
    ]
}

fn term() -> BoxedStrategy<Term> {
    use Function::{Add, Concat, Divide, IndexOf, Length, Modulo, Substring, ToNumber, ToText};
    let functions = vec![
        Add,
        Concat,
        Divide { integral: true },
        IndexOf(Case::Fold),
        Length,
        Modulo,
        Substring,
        ToNumber,
        ToText,
        Function::Between(Case::Exact),
    ];
    let truth = (path(), test(), path()).prop_map(|(path, test, known)| Term::Truth {
        holds: Box::new(Expr::field(path, test, Span::default())),
        known: Box::new(
            Expr::leaf(LeafKind::Missing(Term::Field(known)), Span::default()).negate(),
        ),
    });
    let simple = prop_oneof![6 => path().prop_map(Term::Field), 1 => scalar().prop_map(Term::Const), 1 => truth];
    simple
        .prop_recursive(2, 6, 3, move |inner| {
            (select(functions.clone()), vec(inner, 1..4))
                .prop_map(|(function, arguments)| Term::Call(function, arguments))
        })
        .boxed()
}

fn relation() -> impl Strategy<Value = Relation> {
    use View::{Address, Bool, Instant, Number, Text, Version};
    let views = vec![Text, Text, Number, Bool, Address, Version, Instant];
    prop_oneof![
        2 => (comparison(), select(views), case())
            .prop_map(|(comparison, view, case)| Relation::Compare(comparison, view, case)),
        1 => case().prop_map(Relation::StartsWith),
        1 => case().prop_map(Relation::EndsWith),
        1 => (case(), any::<bool>()).prop_map(|(case, empty)| Relation::Contains { case, empty }),
    ]
}

pub(super) fn is(path: &str, test: Test) -> Expr {
    Expr::field(path.into(), test, Span::default())
}

fn leaf() -> impl Strategy<Value = Expr> {
    let kind = prop_oneof![
        10 => (path(), test()).prop_map(|(path, test)| LeafKind::Is { term: Term::Field(path), test }),
        2 => (term(), test()).prop_map(|(term, test)| LeafKind::Is { term, test }),
        1 => (relation(), term(), term()).prop_map(|(relation, left, right)| LeafKind::Relate { relation, left, right }),
        1 => term().prop_map(LeafKind::Missing),
        1 => path().prop_map(LeafKind::Present),
        1 => pattern().prop_map(|pattern| LeafKind::AnyText(AnyText::Pattern(pattern))),
        1 => regex().prop_map(|regex| LeafKind::AnyText(AnyText::Regex(regex))),
    ];
    kind.prop_map(|kind| Expr::leaf(kind, Span::default()))
}

fn expr() -> impl Strategy<Value = Expr> {
    // Alternatives on one field, as rules have them, so that they are grouped.
    let list = (select(PATHS.to_vec()), vec(test(), 2..12))
        .prop_map(|(path, tests)| Expr::any(tests.into_iter().map(|test| is(path, test))));
    prop_oneof![5 => leaf(), 1 => list].prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            3 => vec(inner.clone(), 1..4).prop_map(Expr::all),
            3 => vec(inner.clone(), 1..4).prop_map(Expr::any),
            1 => inner.prop_map(Expr::negate),
            1 => any::<bool>().prop_map(Expr::Const),
        ]
    })
}

pub(super) fn ir() -> impl Strategy<Value = Ir> {
    use FieldType::{Boolean, Date, Double, Ip, Keyword, Long, Version};
    let null_values = vec![
        serde_json::json!("abc"),
        serde_json::json!(1),
        serde_json::json!(true),
    ];
    let kinds = vec![Keyword, Keyword, Long, Double, Boolean, Ip, Date, Version];
    let null_value = proptest::option::of(select(null_values));
    let field = (null_value, select(kinds)).prop_map(|(null_value, kind)| FieldSchema {
        null_value,
        ..FieldSchema::new(kind)
    });
    (expr(), btree_map(path(), field, 0..4)).prop_map(|(expr, fields)| ir_of(expr, fields))
}

fn value() -> BoxedStrategy<Value> {
    let scalar = prop_oneof![
        6 => text().prop_map(Value::String),
        2 => number().prop_map(Value::Number),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => Just(Value::Null),
    ];
    scalar
        .prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                1 => vec(inner.clone(), 0..3).prop_map(Value::List),
                2 => entries(inner).prop_map(Value::Object),
            ]
        })
        .boxed()
}

fn entries(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Vec<(String, Value)>> {
    let key = select(KEYS.to_vec()).prop_map(str::to_owned);
    btree_map(key, value, 0..4).prop_map(|entries| entries.into_iter().collect())
}

pub(super) fn event() -> impl Strategy<Value = Event> {
    entries(value()).prop_map(Event::new)
}
