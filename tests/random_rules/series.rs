//! Rules over several events: sequences and samples of EQL, correlations of Sigma over two rules of their file.

use crate::eql::{condition_of_plain, rule_file};
use crate::hunt::{FIRST, ID, SECOND};
use crate::sigma::selection;
use crate::words::one_of;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Keys of a term; the same number in each.
fn keys(count: usize) -> BoxedStrategy<String> {
    let key = || one_of(&["k", "l", "?m", "n"]);
    match count {
        0 => Just(String::new()).boxed(),
        1 => key().prop_map(|key| format!(" by {key}")).boxed(),
        _ => (one_of(&["k", "?m"]), one_of(&["l", "n"]))
            .prop_map(|(first, second)| format!(" by {first}, {second}"))
            .boxed(),
    }
}

fn event() -> BoxedStrategy<String> {
    (
        one_of(&["any", "process"]),
        prop_oneof![1 => condition_of_plain(), 2 => one_of(&["b == \"x\"", "b == \"y\"", "n > 3", "true"])],
    )
        .prop_map(|(category, condition)| format!("[{category} where {condition}]"))
        .boxed()
}

/// A term and its keys, that of a sequence with runs.
fn term(count: usize, runs: bool) -> BoxedStrategy<String> {
    let runs = if runs {
        one_of(&["", "", "", " with runs=2"])
    } else {
        one_of(&[""])
    };
    (event(), keys(count), runs)
        .prop_map(|(event, keys, runs)| format!("{event}{keys}{runs}"))
        .boxed()
}

fn sequence() -> BoxedStrategy<String> {
    let spans = one_of(&[
        "",
        " with maxspan=2s",
        " with maxspan=1m",
        " with maxspan=500ms",
    ]);
    let terms = (0_usize..3, any::<bool>()).prop_flat_map(move |(count, shared)| {
        let own = if shared { 0 } else { count };
        let shared = keys(if shared { count } else { 0 });
        let until = proptest::option::weighted(0.3, term(own, false));
        (
            shared,
            vec(term(own, true), 2..4),
            until,
            proptest::option::weighted(0.3, event()),
        )
    });
    (spans, terms)
        .prop_map(|(span, (by, mut terms, until, missing))| {
            // An event that must be missing takes keys only where all share them, and a length of time.
            let keyless = terms
                .iter()
                .all(|term| term.ends_with(']') || term.contains("] with"));
            if let Some(missing) = missing.filter(|_| keyless && !span.is_empty()) {
                terms.insert(1, format!("!{missing}"));
            }
            let until = until.map_or_else(String::new, |until| format!(" until {until}"));
            format!("sequence{by}{span} {}{until}", terms.join(" "))
        })
        .boxed()
}

fn sample() -> BoxedStrategy<String> {
    (keys(1), vec(term(0, false), 2..4))
        .prop_map(|(by, terms)| format!("sample{by} {}", terms.join(" ")))
        .boxed()
}

/// A sequence or sample.
pub(crate) fn eql_rule() -> BoxedStrategy<String> {
    prop_oneof![4 => sequence(), 1 => sample()]
        .prop_map(|query| rule_file("", &query))
        .boxed()
}

/// A correlation, with the rules that it counts.
pub(crate) fn correlation() -> BoxedStrategy<String> {
    let comparison = one_of(&[
        "{gte: 2}",
        "{gt: 1, lte: 3}",
        "{eq: 2}",
        "{neq: 1}",
        "{lt: 3}",
    ]);
    let of_field = one_of(&[
        "{field: v, gte: 2}",
        "{field: v, lt: 2}",
        "{field: v, eq: 1}",
        "{field: 'odd-name', gt: 1}",
    ]);
    let kind = prop_oneof![
        3 => comparison.clone().prop_map(|c| format!("type: event_count\n  condition: {c}")),
        2 => (one_of(&["value_count", "value_sum", "value_avg", "value_median"]), of_field)
            .prop_map(|(kind, c)| format!("type: {kind}\n  condition: {c}")),
        1 => comparison.prop_map(|c| format!("type: temporal\n  condition: {c}")),
        1 => one_of(&["type: temporal", "type: temporal_ordered"]),
    ];
    let groups = select(
        &[
            "",
            "\n  group-by: [k]",
            "\n  group-by: [k, l]",
            "\n  group-by: ['odd-name']",
        ][..],
    );
    let counted = one_of(&["[a, b]", "[a, b]", "[b, a]", "[a]"]);
    (kind, groups, counted, one_of(&["1s", "5m", "0s", "2h"]), selection(), selection())
        .prop_map(|(kind, groups, counted, span, first, second)| {
            // One rule in an order is no order.
            let counted = if kind.contains("temporal") { "[a, b]".to_owned() } else { counted };
            let base = |name: &str, id: &str, body: &str| {
                format!("title: {name}\nname: {name}\nid: {id}\nstatus: test\nlevel: low\nlogsource: {{product: none}}\ndetection:\n  s:{body}  condition: s\n---\n")
            };
            format!(
                "{}{}title: Random\nid: {ID}\nstatus: test\nlevel: low\ncorrelation:\n  {kind}\n  rules: {counted}{groups}\n  timespan: {span}\n",
                base("a", FIRST, &first),
                base("b", SECOND, &second),
            )
        })
        .boxed()
}
