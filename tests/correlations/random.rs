//! Random streams: what the emitted texts find against the oracle. `VERDICT_STREAMS` says how many streams a shape gets.

use crate::judges::{self, Judge, Window};
use crate::{Case, by_oracle};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use verdict_compiler::rule::load;
use verdict_compiler::rule::{Body, EqlBody};
use verdict_compiler::span::Text;
use verdict_compiler::{Among, Inputs, Meaning, Rule, Source, compile_among};
use verdict_event::{Event, FieldSchema, FieldType, Schema};

/// Shapes of correlations over the rules `a` to `c`, which are true of events whose `s` holds their letter.
const CORRELATIONS: &[&str] = &[
    "{type: event_count, rules: [a], group-by: [k], timespan: 3s, condition: {gte: 2}}",
    "{type: event_count, rules: [a, b], group-by: [k, l], timespan: 2s, condition: {gt: 1, lte: 3}}",
    "{type: event_count, rules: [a], timespan: 3s, condition: {neq: 2}}",
    "{type: event_count, rules: [a, b], group-by: [k], timespan: 0s, condition: {eq: 2}}",
    "{type: event_count, rules: [a, b], group-by: [x], timespan: 3s, condition: {gte: 3}, aliases: {x: {a: k, b: l}}}",
    "{type: value_count, rules: [a], group-by: [k], timespan: 4s, condition: {field: l, gte: 2}}",
    "{type: value_count, rules: [a, b], timespan: 3s, condition: {field: [k, l], lt: 3}}",
    "{type: temporal, rules: [a, b], group-by: [k], timespan: 3s}",
    "{type: temporal, rules: [a, b, c], group-by: [k], timespan: 5s, condition: {gte: 2}}",
    "{type: temporal, rules: [a, b, c], timespan: 3s, condition: {lt: 3}}",
    "{type: temporal, rules: [a, b], group-by: [x], timespan: 3s, aliases: {x: {a: k, b: l}}}",
    "{type: temporal, rules: [a, b], group-by: [x, y], timespan: 5s, aliases: {x: {a: k, b: l}, y: {a: l, b: k}}}",
    "{type: temporal_ordered, rules: [a, b], group-by: [k], timespan: 3s}",
    "{type: temporal_ordered, rules: [a, b, again], timespan: 6s}",
    "{type: temporal_ordered, rules: [a, b, c], group-by: [x], timespan: 6s, aliases: {x: {a: k, b: l, c: k}}}",
    "{type: value_sum, rules: [a, b], group-by: [k], timespan: 3s, condition: {field: n, gte: 3}}",
    "{type: value_sum, rules: [a], timespan: 3s, condition: {field: n, lt: 1}}",
    "{type: value_avg, rules: [a], timespan: 4s, condition: {field: n, lt: 1.5}}",
    "{type: value_avg, rules: [a], group-by: [k], timespan: 4s, condition: {field: n, neq: 1}}",
    "{type: value_percentile, rules: [a], group-by: [k], timespan: 5s, condition: {field: n, percentile: 75, gte: 2}}",
    "{type: value_percentile, rules: [a], timespan: 5s, condition: {field: n, percentile: 0, lt: 1}}",
    "{type: value_percentile, rules: [a], timespan: 5s, condition: {field: n, percentile: 100, gt: 1, lte: 2}}",
    "{type: value_median, rules: [a, b], timespan: 5s, condition: {field: n, eq: 1}}",
    "{type: value_median, rules: [a], timespan: 5s, condition: {field: n, neq: 1}}",
    "{type: temporal_ordered, rules: [many, c], group-by: [k], timespan: 4s}",
    "{type: temporal, rules: [many, c], group-by: [k], timespan: 4s}",
    "{type: event_count, rules: [many, c], group-by: [k], timespan: 4s, condition: {gte: 2}}",
    "{type: temporal, rules: [many, large], group-by: [k], timespan: 4s}",
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
title: A again
name: again
logsource: {product: test}
detection: {s: {s: a}, condition: s}
---
title: Many
name: many
correlation: {type: event_count, rules: [a], group-by: [k], timespan: 3s, condition: {gte: 2}}
---
title: Large
name: large
correlation: {type: value_sum, rules: [b], group-by: [k], timespan: 2s, condition: {field: n, gte: 2}}
";

/// Shapes of sequences. `s` says which stages an event may be of.
const SEQUENCES: &[&str] = &[
    "sequence [any where s == \"a\"] [any where s == \"b\"]",
    "sequence [any where s == \"a\"] [any where s == \"a\"] [any where s == \"b\"]",
    "sequence by k [any where s == \"a\"] [any where s == \"b\"] [any where s == \"c\"]",
    "sequence by k with maxspan=3ms [any where s == \"a\"] [any where s == \"b\"] [any where s == \"c\"]",
    "sequence by k, l [any where s == \"a\"] [any where s == \"b\"]",
    "sequence by k with maxspan=5ms [any where s == \"a\"] by l [any where s == \"b\"] by k [any where s == \"c\"] by l",
    "sequence [any where s == \"a\"] by k [any where s == \"b\"] by l",
    "sequence by k with maxspan=4ms [any where s == \"a\"] with runs=3 [any where s == \"b\"]",
    "sequence with maxspan=4ms [any where s == \"a\"] with runs=2",
    "sequence by k [any where s == \"a\"] [any where s == \"b\"] [any where s == \"c\"] until [any where s == \"d\"]",
    "sequence by k with maxspan=4ms [any where s == \"a\"] [any where s == \"b\"] until [any where s == \"b\"]",
    "sequence [any where s == \"a\"] by k [any where s == \"b\"] by k until [any where s == \"d\"] by l",
    "sequence by k [any where s == \"a\"] [any where s == \"b\"] | head 3 | tail 2",
    "sequence [any where true] [any where true] [any where true]",
];

fn schema() -> Schema {
    let mut schema = Schema::default();
    for name in ["s", "k", "l"] {
        let field = FieldSchema {
            array: true,
            ..FieldSchema::new(FieldType::Keyword)
        };
        schema.fields.insert(name.to_owned(), field);
    }
    schema
}

fn correlation(section: &str) -> Case {
    let text = format!("title: It\ncorrelation: {section}\n---\n{RULES}");
    let loaded = load(&Source::new("test.yml".to_owned(), text));
    let rule = loaded.rules.first().expect("a rule").clone();
    let among = Among {
        file: &loaded.rules,
        ..Among::default()
    };
    compiled(section, rule, &among, None)
}

fn sequence(query: &str) -> Case {
    let body = Body::Eql(EqlBody {
        query: Text::verbatim(query, 0),
        category_field: "event.category".to_owned(),
        ecs: false,
        endpoint: false,
    });
    let rule = Rule::new("00000000-0000-4000-8000-000000000000", "test", body);
    compiled(query, rule, &Among::default(), Some(&schema()))
}

fn compiled(name: &str, rule: Rule, among: &Among<'_>, schema: Option<&Schema>) -> Case {
    let placeholders = BTreeMap::new();
    let inputs = Inputs {
        logsources: None,
        placeholders: &placeholders,
        schema,
    };
    let compiled = compile_among(&rule, &inputs, among);
    let Meaning::Series(series) = compiled.meaning else {
        panic!("{name}: {:?}", compiled.diagnostics);
    };
    Case {
        file: name.to_owned(),
        rule,
        series: *series,
    }
}

/// What an event has at a key.
fn key(lists: bool) -> BoxedStrategy<Json> {
    let one = prop::sample::select(vec![json!("u"), json!("v"), json!("u"), json!(null)]);
    if !lists {
        return one.boxed();
    }
    let several = prop::sample::select(vec![
        json!(["u", "v"]),
        json!(["v", "u", "u"]),
        json!([null, "u"]),
        json!([]),
    ]);
    prop_oneof![4 => one, 1 => several].boxed()
}

fn event(unit: i64, lists: bool) -> impl Strategy<Value = Json> {
    let mut kinds = vec![
        json!("a"),
        json!("a"),
        json!("b"),
        json!("b"),
        json!("c"),
        json!("d"),
        json!("e"),
    ];
    let mut numbers = vec![
        json!(0),
        json!(1),
        json!("1"),
        json!(2),
        json!(2.5),
        json!(-1),
    ];
    numbers.extend([json!("x"), json!(null)]);
    if lists {
        kinds.extend([
            json!(["a", "b"]),
            json!(["b", "d"]),
            json!(["a", "b", "c", "d"]),
        ]);
        numbers.push(json!([1, 3]));
    }
    (
        0_i64..12,
        prop::sample::select(kinds),
        key(lists),
        key(lists),
        prop::sample::select(numbers),
    )
        .prop_map(move |(at, s, k, l, n)| {
            json!({"@timestamp": at * unit, "s": s, "k": k, "l": l, "n": n})
        })
}

fn streams() -> u32 {
    let asked = std::env::var("VERDICT_STREAMS").ok();
    asked.and_then(|count| count.parse().ok()).unwrap_or(60)
}

/// What of the windows is compared: with lists an event is in several groups, of which a match does not tell one.
fn told(mut windows: Vec<Window>, lists: bool) -> Vec<Window> {
    if lists {
        windows.iter_mut().for_each(|(_, group)| group.clear());
        windows.dedup();
    }
    windows
}

/// Puts random streams to a target's text and to the oracle; whether the target has one.
fn agree(judge: &Judge, case: &Case, unit: i64, lists: bool) -> bool {
    let mut faults = Vec::new();
    let query = judge.query(case, &mut faults);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let Some(query) = query else {
        return false;
    };
    let config = Config {
        cases: streams(),
        failure_persistence: None,
        max_shrink_iters: 4000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let counted = std::cell::Cell::new(0_usize);
    let events = prop::collection::vec(event(unit, lists), 0..24);
    let result = runner.run(&events, |stream| {
        let stream: Vec<Event> = stream
            .into_iter()
            .map(|event| Event::from_json(event).expect("an object"))
            .filter(|event| judge.holds(case, event))
            .collect();
        let oracle = by_oracle(&case.series, &stream);
        let oracle = told(judges::windows(&case.series, &stream, &oracle), lists);
        let found = query(&stream).map_err(TestCaseError::fail)?;
        counted.set(counted.get() + oracle.len());
        let found = told(found, lists);
        if oracle == found {
            Ok(())
        } else {
            Err(TestCaseError::fail(format!("oracle {oracle:?}, {found:?}")))
        }
    });
    if let Err(error) = result {
        panic!("{}\n{error}\n{}", case.file, judge.text(case));
    }
    assert!(counted.get() > 0, "{}: nothing ever matched", case.file);
    true
}

fn all(judge: &Judge, shapes: &[Case], unit: i64, lists: bool) -> usize {
    let agreed = shapes.iter().filter(|case| agree(judge, case, unit, lists));
    agreed.count()
}

fn correlations() -> Vec<Case> {
    CORRELATIONS
        .iter()
        .map(|section| correlation(section))
        .collect()
}

#[test]
fn splunk_correlates() {
    let said = all(&judges::SPL, &correlations(), 1000, false);
    assert_eq!(said, CORRELATIONS.len());
    all(&judges::SPL, &correlations(), 1000, true);
}

#[test]
fn kusto_correlates() {
    let said = all(&judges::KQL, &correlations(), 1000, false);
    assert_eq!(said, CORRELATIONS.len());
}

#[test]
fn elasticsearch_correlates() {
    let said = all(&judges::ESQL, &correlations(), 1000, false);
    assert_eq!(said, CORRELATIONS.len());
}

#[test]
fn splunk_follows_sequences() {
    let shapes: Vec<Case> = SEQUENCES.iter().map(|query| sequence(query)).collect();
    let said = all(&judges::SPL, &shapes, 1, false);
    assert_eq!(said, SEQUENCES.len());
}
