//! Random streams: the oracle, the native matcher and the engines of EQL and Sigma find the same matches, ties and all. `VERDICT_STREAMS` says how many streams a rule shape gets.

use crate::{Compiled, by_documents, by_engine, by_native, by_oracle, eql, events, sigma};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use verdict_event::{Event, FieldSchema, FieldType, Schema};
use verdict_harness::Match;

/// Shapes of sequences and samples. The category says which stages an event may be of: `a` to `d`, or several of them.
pub(crate) const EQL: &[&str] = &[
    "sequence [any where s == \"a\"] [any where s == \"b\"]",
    "sequence [any where s == \"a\"] [any where s == \"a\"] [any where s == \"b\"]",
    "sequence by k [any where s == \"a\"] [any where s == \"b\"] [any where s == \"c\"]",
    "sequence by k with maxspan=3ms [any where s == \"a\"] [any where s == \"b\"] [any where s == \"c\"]",
    "sequence by ?k with maxspan=3ms [any where s == \"a\"] [any where s == \"b\"]",
    "sequence by k, ?l [any where s == \"a\"] [any where s == \"b\"]",
    "sequence by k with maxspan=5ms [any where s == \"a\"] by l [any where s == \"b\"] by k [any where s == \"c\"] by ?l",
    "sequence [any where s == \"a\"] by k [any where s == \"b\"] by ?l",
    "sequence by n [any where s == \"a\"] [any where s == \"b\"]",
    "sequence by k with maxspan=4ms [any where s == \"a\"] with runs=3 [any where s == \"b\"]",
    "sequence with maxspan=4ms [any where s == \"a\"] with runs=2",
    "sequence by k [any where s == \"a\"] [any where s == \"b\"] [any where s == \"c\"] until [any where s == \"d\"]",
    "sequence by k with maxspan=4ms [any where s == \"a\"] [any where s == \"b\"] until [any where s == \"b\"]",
    "sequence [any where s == \"a\"] by k [any where s == \"b\"] by k until [any where s == \"d\"] by l",
    "sequence with maxspan=3ms [any where s == \"a\"] ![any where s == \"d\"] [any where s == \"b\"]",
    "sequence by k with maxspan=3ms [any where s == \"a\"] [any where s == \"b\"] ![any where s == \"d\"]",
    "sequence by ?k with maxspan=3ms ![any where s == \"d\"] [any where s == \"a\"] [any where s == \"b\"]",
    "sequence by k with maxspan=3ms ![any where s == \"d\"] [any where s == \"a\"] ![any where s == \"d\"]",
    "sequence with maxspan=4ms ![any where s == \"d\"] [any where s == \"a\"] [any where s == \"b\"] ![any where s == \"c\"]",
    "sequence by k with maxspan=5ms [any where s == \"a\"] ![any where s == \"d\"] [any where s == \"b\"] ![any where s == \"a\"] [any where s == \"c\"] ![any where s == \"d\"] with runs=2",
    "sequence by k with maxspan=4ms [any where s == \"a\"] with runs=2 ![any where s == \"d\"] [any where s == \"b\"] ![any where s == \"c\"] until [any where s == \"d\"]",
    "sequence by k with maxspan=4ms [any where s == \"a\"] [any where s == \"b\"] ![any where s == \"d\"] | tail 3 | head 2",
    "sequence by k [any where s == \"a\"] [any where s == \"b\"] | head 3 | tail 2",
    "sequence [any where true] [any where true] [any where true]",
    "sample by k [any where s == \"a\"] [any where s == \"b\"]",
    "sample by k [any where s == \"a\"] [any where s == \"a\"] [any where s == \"b\"] | head 2",
    "sample by ?k [any where s == \"a\"] by l [any where true] by k [any where s == \"b\"] by ?l",
];

/// Shapes of correlations over the rules `a` to `d`, which are true of events whose `s` holds their letter.
pub(crate) const SIGMA: &[&str] = &[
    "{type: event_count, rules: [a], group-by: [k], timespan: 3s, condition: {gte: 2}}",
    "{type: event_count, rules: [a, b], group-by: [k, l], timespan: 2s, condition: {gt: 1, lte: 3}}",
    "{type: event_count, rules: [a], timespan: 3s, condition: {neq: 2}}",
    "{type: event_count, rules: [a, b], group-by: [k], timespan: 1s, condition: {eq: 2}}",
    "{type: value_count, rules: [a], group-by: [k], timespan: 4s, condition: {field: l, gte: 2}}",
    "{type: value_count, rules: [a, b], timespan: 3s, condition: {field: [k, l], lt: 3}}",
    "{type: temporal, rules: [a, b], group-by: [k], timespan: 3s}",
    "{type: temporal, rules: [a, b, c], group-by: [k], timespan: 5s, condition: {gte: 2}}",
    "{type: temporal, rules: [a, b], group-by: [x], timespan: 3s, aliases: {x: {a: k, b: l}}}",
    "{type: temporal_ordered, rules: [a, b], group-by: [k], timespan: 3s}",
    "{type: temporal_ordered, rules: [a, b, c], timespan: 6s}",
    "{type: value_sum, rules: [a, b], group-by: [k], timespan: 3s, condition: {field: n, gte: 3}}",
    "{type: value_avg, rules: [a], timespan: 4s, condition: {field: n, lt: 1.5}}",
    "{type: value_percentile, rules: [a], group-by: [k], timespan: 5s, condition: {field: n, percentile: 75, gte: 2}}",
    "{type: value_median, rules: [a, b], timespan: 5s, condition: {field: n, eq: 1}}",
    "{type: temporal_ordered, rules: [many, c], group-by: [k], timespan: 4s}",
    "{type: event_count, rules: [many], group-by: [l], timespan: 5s, condition: {gte: 2}}",
    "{type: temporal, rules: [many, x], group-by: [y], timespan: 4s, aliases: {y: {many: k, x: y}}}",
];

/// The rules that the correlations above refer to.
const RULES: &str = "\
title: A
name: a
logsource: {product: test}
detection: {s: {s: a}, condition: s}
---
title: B
name: b
logsource: {product: test}
detection: {s: {s: b}, condition: s}
---
title: C
name: c
logsource: {product: test}
detection: {s: {s: c}, condition: s}
---
title: Many
name: many
correlation: {type: event_count, rules: [a], group-by: [k], timespan: 3s, condition: {gte: 2}}
---
title: X
name: x
correlation: {type: temporal, rules: [b, c], group-by: [y], timespan: 3s, aliases: {y: {b: k, c: l}}}
";

/// A file that begins with such a correlation.
pub(crate) fn correlated(section: &str) -> String {
    format!("title: It\ncorrelation: {section}\n---\n{RULES}")
}

pub(crate) fn schema(lists: bool) -> Schema {
    let mut schema = Schema {
        tiebreaker: Some("t".to_owned()),
        ..Schema::default()
    };
    for (name, kind) in [
        ("s", FieldType::Keyword),
        ("k", FieldType::Keyword),
        ("l", FieldType::Keyword),
        ("n", FieldType::Long),
        ("t", FieldType::Long),
    ] {
        let field = FieldSchema {
            // Which stages an event is of.
            array: lists || name == "s",
            ..FieldSchema::new(kind)
        };
        schema.fields.insert(name.to_owned(), field);
    }
    schema
}

/// What an event has at a key.
fn key() -> impl Strategy<Value = Json> {
    prop_oneof![
        6 => prop::sample::select(vec![json!("u"), json!("v")]),
        1 => Just(json!(null)),
        1 => prop::sample::select(vec![
            json!(["u", "v"]),
            json!(["v", "u", "u"]),
            json!([null, "u"]),
            json!([]),
            json!([null]),
        ]),
    ]
}

fn number() -> impl Strategy<Value = Json> {
    prop::sample::select(vec![
        json!(0),
        json!(1),
        json!("1"),
        json!(1.0),
        json!(2),
        json!(2.5),
        json!(-1),
        json!([1, 3]),
        json!("x"),
        json!(null),
    ])
}

pub(crate) fn event(unit: i64) -> impl Strategy<Value = Json> {
    let kind = prop::sample::select(vec![
        json!("a"),
        json!("a"),
        json!("b"),
        json!("b"),
        json!("c"),
        json!("d"),
        json!(["a", "b"]),
        json!(["b", "d"]),
        json!(["a", "b", "c", "d"]),
        json!("e"),
    ]);
    let time = prop_oneof![
        20 => (0_i64..12).prop_map(|at| json!(at)),
        1 => Just(json!(null)),
    ];
    let tie = prop_oneof![3 => Just(json!(null)), 2 => (0..3).prop_map(|tie| json!(tie))];
    (time, kind, key(), key(), number(), tie).prop_map(move |(at, s, k, l, n, t)| {
        let at = at.as_i64().map_or(json!(null), |at| json!(at * unit));
        json!({"@timestamp": at, "s": s, "k": k, "l": l, "n": n, "t": t})
    })
}

pub(crate) fn streams() -> u32 {
    let asked = std::env::var("VERDICT_STREAMS").ok();
    asked.and_then(|count| count.parse().ok()).unwrap_or(60)
}

/// Puts random streams to both judges.
fn agree(
    name: &str,
    compiled: &Compiled,
    unit: i64,
    engine: &dyn Fn(&[Event]) -> Result<Vec<Match>, String>,
) {
    let config = Config {
        cases: streams(),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let counted = std::cell::Cell::new(0_usize);
    let result = runner.run(&prop::collection::vec(event(unit), 0..24), |stream| {
        let stream = events(&stream);
        let oracle = by_oracle(compiled, &stream);
        let native = by_native(compiled, &stream);
        counted.set(counted.get() + oracle.len());
        let third = engine(&stream);
        // In which order correlations tell matches of one instant, nothing says.
        let set = |matches: &Vec<Match>| matches.iter().cloned().collect::<BTreeSet<Match>>();
        if third.as_ref().map(set) != Ok(set(&oracle)) {
            return Err(TestCaseError::fail(format!(
                "oracle {oracle:?}, engine {third:?}"
            )));
        }
        if oracle == native {
            Ok(())
        } else {
            Err(TestCaseError::fail(format!(
                "oracle {oracle:?}, native {native:?}"
            )))
        }
    });
    if let Err(error) = result {
        panic!("{name}\n{error}");
    }
    assert!(counted.get() > 0, "{name}: nothing ever matched");
}

#[test]
fn sequences_and_samples() {
    let schema = schema(true);
    for query in EQL {
        let compiled = eql(query, Some(&schema)).unwrap_or_else(|error| panic!("{query}: {error}"));
        agree(query, &compiled, 1, &|stream| {
            by_engine(query, &schema, stream)
        });
    }
}

#[test]
fn correlations() {
    for section in SIGMA {
        let text = correlated(section);
        let compiled = sigma(&text).unwrap_or_else(|error| panic!("{section}: {error}"));
        agree(section, &compiled, 1000, &|stream| {
            by_documents(&text, stream)
        });
    }
}
