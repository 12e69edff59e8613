//! Sequences of the EQL engine: Elasticsearch's specification of series, which `VERDICT_CORPUS` points to, and random streams.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "these are tests"
)]

use proptest::prelude::*;
use std::path::PathBuf;
use verdict_engines::eql::{Bound, Query};
use verdict_event::{Event, Schema};

fn bind(query: &str, schema: &Schema, literal_types: bool) -> Bound {
    Query::parse(query)
        .and_then(|query| query.bind(schema, literal_types))
        .unwrap_or_else(|errors| panic!("{query}: {errors:?}"))
}

/// The cases of `sequences.series-spec`: a name, a line of events a stage up to `;`, the sequences up to `;`.
fn series_spec(text: &str) -> Vec<(String, Vec<String>, Vec<String>)> {
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"));
    let mut cases = Vec::new();
    while let Some(name) = lines.next() {
        let stages = lines.by_ref().take_while(|line| *line != ";");
        let stages = stages.map(str::to_owned).collect();
        let expected = lines.by_ref().take_while(|line| *line != ";");
        cases.push((
            name.to_owned(),
            stages,
            expected.map(str::to_owned).collect(),
        ));
    }
    cases
}

#[test]
fn eql_conformance_series() {
    let Some(root) = std::env::var_os("VERDICT_CORPUS") else {
        eprintln!("VERDICT_CORPUS is not set: the conformance cases are not run");
        return;
    };
    let folder = PathBuf::from(root).join("conformance/eql");
    let text = std::fs::read_to_string(folder.join("sequences.series-spec")).expect("the suite");
    let schema: Schema = serde_json::from_str(
        r#"{"timestamp": {"field": "at", "format": "ms"}, "category": "stage",
            "fields": {"key": {"type": "keyword"}}}"#,
    )
    .expect("a schema");
    let cases = series_spec(&text);
    let mut faults = Vec::new();
    for (name, stages, expected) in &cases {
        let (mut events, mut names, mut keyed) = (Vec::new(), Vec::new(), false);
        for (stage, line) in stages.iter().enumerate() {
            for word in line.split_whitespace() {
                let (key, event) = word.split_once('|').unwrap_or(("", word));
                keyed |= !key.is_empty();
                let (_, at) = event.split_at(1);
                let at: u64 = at.parse().expect("a time");
                let json = serde_json::json!({"stage": format!("s{stage}"), "at": at, "key": key});
                events.push(Event::from_json(json).expect("an event"));
                names.push(event.to_owned());
            }
        }
        let by = if keyed { "by key" } else { "" };
        let terms: Vec<String> = (0..stages.len())
            .map(|stage| format!("[s{stage} where true]"))
            .collect();
        let terms = terms.join(" ");
        let bound = bind(&format!("sequence {by} {terms}"), &schema, false);
        let found: Vec<String> = bound
            .series(&events)
            .expect("it runs")
            .into_iter()
            .map(|slots| {
                let names: Vec<&str> = slots
                    .into_iter()
                    .flatten()
                    .map(|at| names[at].as_str())
                    .collect();
                names.join(" ")
            })
            .collect();
        let expected: Vec<&str> = expected
            .iter()
            .map(|line| {
                line.split_once('|')
                    .map_or(line.as_str(), |(_, events)| events)
            })
            .collect();
        if found != expected {
            faults.push(format!("{name}: expected {expected:?}, found {found:?}"));
        }
    }
    eprintln!(
        "{} of {} cases pass",
        cases.len() - faults.len(),
        cases.len()
    );
    assert!(
        cases.len() > 20 && faults.is_empty(),
        "{}",
        faults.join("\n")
    );
}

/// One event of a random stream: the stages that it is of, whether it ends sequences, and how much later it comes than the one before.
type Beat = (Vec<bool>, bool, i64);

/// Elasticsearch's own way, stage by stage over whole lists: each event takes the newest candidate before it and everything older leaves
/// with that one.
fn stage_by_stage(beats: &[Beat], stages: usize, maxspan: i64) -> Vec<Vec<usize>> {
    let mut times = Vec::new();
    for (_, _, gap) in beats {
        times.push(times.last().copied().unwrap_or(0) + gap);
    }
    let events = |stage: usize| (0..beats.len()).filter(move |at| beats[*at].0[stage]);
    let mut candidates: Vec<Vec<usize>> = events(0).map(|at| vec![at]).collect();
    for stage in 1..stages {
        let mut next = Vec::new();
        for at in events(stage) {
            let before = candidates
                .iter()
                .filter(|list| *list.last().expect("one") < at);
            let Some(taken) = before.max_by_key(|list| list.last()).cloned() else {
                continue;
            };
            let last = *taken.last().expect("one");
            candidates.retain(|list| *list.last().expect("one") > last);
            let ended = (last + 1..at).any(|between| beats[between].1);
            if times[at] - times[taken[0]] <= maxspan && !ended {
                next.push([taken, vec![at]].concat());
            }
        }
        candidates = next;
    }
    candidates
}

fn beats(stages: usize) -> impl Strategy<Value = Vec<Beat>> {
    let of = prop::collection::vec(prop::bool::weighted(0.4), stages);
    prop::collection::vec((of, prop::bool::weighted(0.1), 0..4_i64), 0..16)
}

fn stream(beats: &[Beat]) -> Vec<Event> {
    let mut at = 0;
    let events = beats.iter().map(|(of, until, gap)| {
        at += gap;
        let mut json = serde_json::json!({"at": at, "u": until});
        for (stage, of) in of.iter().enumerate() {
            json[format!("s{stage}")] = (*of).into();
        }
        Event::from_json(json).expect("an event")
    });
    events.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn eql_sequences_agree_with_the_stages_read_one_by_one(
        (stages, beats) in (1..5_usize).prop_flat_map(|stages| (Just(stages), beats(stages))), maxspan in 1..12_i64,
    ) {
        let terms: Vec<String> = (0..stages).map(|stage| format!("[any where s{stage}]")).collect();
        let text = terms.join(" ");
        // One stage alone is no sequence; a missing event that never happens makes it one.
        let text = if stages == 1 { format!("![any where false] {text}") } else { text };
        let query = format!("sequence with maxspan={maxspan}ms {text} until [any where u]");
        let schema: Schema = serde_json::from_str(r#"{"timestamp": {"field": "at", "format": "ms"}}"#).expect("a schema");
        let bound = bind(&query, &schema, true);
        let found = bound.series(&stream(&beats)).expect("it runs");
        let found: Vec<Vec<usize>> = found.into_iter().map(|slots| slots.into_iter().flatten().collect()).collect();
        prop_assert_eq!(found, stage_by_stage(&beats, stages, maxspan));
    }
}
