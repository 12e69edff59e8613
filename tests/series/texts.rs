//! Emitted texts: what EQL's and Kusto's engines find with them, against the oracle.

use crate::random::{EQL, event, schema, streams};
use crate::{Compiled, by_oracle, eql, events};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Value as Json, json};
use std::cell::Cell;
use verdict_compiler::Rule;
use verdict_compiler::ir::Series;
use verdict_compiler::rule::{Body, EqlBody};
use verdict_compiler::span::Text;
use verdict_engines::{eql as eql_engine, kql as kql_engine};
use verdict_event::{Event, Path, Schema};
use verdict_harness::Match;
use verdict_targets::profile::Profile;
use verdict_targets::target::{SeriesRows, StreamProjection, Target};

/// What an engine finds in rows, each match by the places of its rows.
type Run = Box<dyn Fn(&[Event]) -> Vec<Match>>;

/// A rule's text with the engine that runs it.
pub(crate) struct Said {
    rows: SeriesRows,
    run: Run,
    pub(crate) text: String,
}

fn rule() -> Rule {
    let body = Body::Eql(EqlBody {
        query: Text::verbatim("any where true", 0),
        category_field: "event.category".to_owned(),
        ecs: false,
        endpoint: false,
    });
    Rule::new("00000000-0000-4000-8000-000000000000", "test", body)
}

fn said(
    target: &dyn Target,
    series: &Series,
    engine: fn(&str, &Schema) -> Result<Run, String>,
) -> Result<Said, String> {
    let profile = Profile::raw();
    let emitted = target.compile_series(&rule(), series, &profile);
    let text = emitted.text.ok_or_else(|| format!("{:?}", emitted.claim))?;
    let rows = target
        .series_rows(series, &profile)
        .map_err(|refusals| format!("{refusals:?}"))?;
    let run = engine(&text, &rows.schema).unwrap_or_else(|error| panic!("{error}\n{text}"));
    Ok(Said { rows, run, text })
}

/// The rule as EQL; an error says why there is none.
pub(crate) fn as_eql(series: &Series) -> Result<Said, String> {
    said(&verdict_targets::eql::Eql, series, |text, schema| {
        let bound = eql_engine::Query::parse(text)
            .and_then(|query| query.bind(schema, false))
            .map_err(|errors| format!("{errors:?}"))?;
        Ok(Box::new(move |rows| bound.series(rows).expect("a run")))
    })
}

/// The rule as a Kusto query; an error says why there is none.
pub(crate) fn as_kql(series: &Series) -> Result<Said, String> {
    said(&verdict_targets::kql::Kql, series, |text, schema| {
        let bound = kql_engine::Query::parse(text)
            .and_then(|query| query.bind(schema, true))
            .map_err(|errors| format!("{errors:?}"))?;
        Ok(Box::new(move |rows| {
            let found = bound.rows(rows).expect("a run");
            found.iter().map(told).collect()
        }))
    })
}

/// The events that a row of Kusto lists.
fn told(row: &Event) -> Match {
    let events = row.values(&Path::new(verdict_targets::kql::EVENTS));
    let place = |event: &&verdict_event::Value| verdict_targets::kql::place(event.scalar_text()?);
    let places: Vec<Option<usize>> = events.iter().map(place).collect();
    assert!(
        !places.is_empty() && places.iter().all(Option::is_some),
        "{row:?}"
    );
    places
}

impl Said {
    /// Whether a row can hold an event.
    pub(crate) fn holds(&self, event: &Event) -> bool {
        matches!((self.rows.project)(0, event), StreamProjection::Row(_))
    }

    /// The matches in a stream of events that rows can hold.
    pub(crate) fn matches(&self, stream: &[Event]) -> Vec<Match> {
        let rows = stream.iter().enumerate().map(|(place, event)| {
            match (self.rows.project)(place, event) {
                StreamProjection::Row(row) => row,
                other => panic!("{other:?}"),
            }
        });
        (self.run)(&rows.collect::<Vec<_>>())
    }
}

thread_local! {
    static JUDGED: Cell<usize> = const { Cell::new(0) };
}

/// How many streams were put to a text since this was asked last.
pub(crate) fn judged() -> usize {
    JUDGED.replace(0)
}

/// What a text finds, in the order of the oracle if it finds the same. Where there is no text or no row holds an event, the oracle's answer stands, and
/// [`judged`] does not count it.
fn by_text(
    of: fn(&Series) -> Result<Said, String>,
    compiled: &Compiled,
    stream: &[Event],
) -> Vec<Match> {
    let oracle = by_oracle(compiled, stream);
    let Compiled::Series(series) = compiled else {
        return oracle;
    };
    let said = match of(series) {
        Ok(said) if stream.iter().all(|event| said.holds(event)) => said,
        _ => return oracle,
    };
    JUDGED.set(JUDGED.get() + 1);
    let found = said.matches(stream);
    if sorted(&found) == sorted(&oracle) {
        oracle
    } else {
        found
    }
}

pub(crate) fn by_eql(compiled: &Compiled, stream: &[Event]) -> Vec<Match> {
    by_text(as_eql, compiled, stream)
}

pub(crate) fn by_kql(compiled: &Compiled, stream: &[Event]) -> Vec<Match> {
    by_text(as_kql, compiled, stream)
}

fn sorted(matches: &[Match]) -> Vec<Match> {
    let mut matches = matches.to_vec();
    matches.sort();
    matches
}

/// An event with the first value of each of its lists of keys.
fn single(mut event: Json) -> Json {
    for key in ["k", "l", "n"] {
        if let Some(items) = event[key].as_array() {
            event[key] = items.first().cloned().unwrap_or(Json::Null);
        }
    }
    event
}

/// Puts random streams, of events that rows can hold, to a text; whether there is one.
fn agree(of: fn(&Series) -> Result<Said, String>, query: &str, lists: bool) -> bool {
    let compiled =
        eql(query, Some(&schema(lists))).unwrap_or_else(|error| panic!("{query}: {error}"));
    let Compiled::Series(series) = &compiled else {
        panic!("{query} is no series");
    };
    let Ok(said) = of(series) else {
        return false;
    };
    let config = Config {
        cases: streams(),
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let counted = Cell::new(0);
    let result = runner.run(&prop::collection::vec(event(1), 0..24), |stream| {
        let stream: Vec<Json> = stream
            .into_iter()
            .map(|event| if lists { event } else { single(event) })
            .collect();
        let mut stream = events(&stream);
        stream.retain(|event| said.holds(event));
        let oracle = by_oracle(&compiled, &stream);
        counted.set(counted.get() + oracle.len());
        let found = said.matches(&stream);
        if sorted(&oracle) == sorted(&found) {
            Ok(())
        } else {
            Err(TestCaseError::fail(format!(
                "oracle {oracle:?}, found {found:?}"
            )))
        }
    });
    if let Err(error) = result {
        panic!("{query}\n{error}\n{}", said.text);
    }
    assert!(counted.get() > 0, "{query}: nothing ever matched");
    true
}

#[test]
fn a_row_of_a_profile_has_the_columns_of_every_part() {
    let stream = events(&[
        json!({"@timestamp": 1, "event.category": "process", "process.name": "a", "host.id": "h"}),
        json!({"@timestamp": 2, "event.category": "network", "destination.domain": "b", "host.id": "h"}),
    ]);
    let query = "sequence by host.id [process where process.name == \"a\"] [network where destination.domain == \"b\"]";
    let compiled = eql(query, None).unwrap_or_else(|error| panic!("{error}"));
    let Compiled::Series(series) = &compiled else {
        panic!("no series");
    };
    let profile = Profile::bundled("eql", "ecs").expect("a profile");
    let rows = verdict_targets::eql::Eql
        .series_rows(series, &profile)
        .unwrap_or_else(|refusals| panic!("{refusals:?}"));
    for (event, read) in stream.iter().zip(["process.name", "destination.domain"]) {
        let StreamProjection::Row(row) = (rows.project)(0, event) else {
            panic!("no row for {event:?}");
        };
        assert_eq!(row.values(&Path::new(read)).len(), 1, "{read}");
    }
}

#[test]
fn eql_says_every_shape() {
    for query in EQL {
        // Of the matches that end in one event, which only lists of keys make, the order is ours (Q8), so a limit may keep others.
        let lists = !query.contains('|');
        assert!(agree(as_eql, query, lists), "{query}: no text");
    }
}

#[test]
fn kusto_says_every_shape_but_those_that_wait() {
    for query in EQL {
        let waits = query.contains('!') || query.starts_with("sample");
        assert_eq!(agree(as_kql, query, false), !waits, "{query}");
    }
}

/// Every shape as both languages write it.
#[test]
fn texts() {
    let mut all = String::new();
    for query in EQL {
        let compiled = eql(query, Some(&schema(false))).unwrap_or_else(|error| panic!("{error}"));
        let Compiled::Series(series) = &compiled else {
            panic!("{query} is no series");
        };
        for (language, of) in [("EQL", as_eql as fn(&Series) -> _), ("KQL", as_kql)] {
            let text = of(series).map(|said| said.text);
            let text = text.unwrap_or_else(|refused| refused + "\n");
            all = all + &format!("# {language}: {query}\n") + &without_header(&text) + "\n";
        }
    }
    insta::assert_snapshot!(all);
}

/// A text without its comments.
fn without_header(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("//"));
    lines.fold(String::new(), |all, line| all + line + "\n")
}
