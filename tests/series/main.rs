//! Rules over several events: the oracle and the native matcher against Elasticsearch's suites, against cases of our own and against each other; the generated crate against the
//! latter two.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

mod cases;
mod elasticsearch;
mod generated;
mod random;
mod strength;
mod texts;

use std::collections::BTreeMap;
use verdict_compiler::ir::Series;
use verdict_compiler::rule::load;
use verdict_compiler::rule::{Body, EqlBody};
use verdict_compiler::span::Text;
use verdict_compiler::{Among, Inputs, Ir, Meaning, Rule, Source, compile, compile_among};
use verdict_event::{Event, Schema};
use verdict_harness::{Match, Oracle, SeriesOracle};
use verdict_targets::native::{Matcher, SeriesPack};

/// What a query means.
pub(crate) enum Compiled {
    Event(Box<Ir>),
    Series(Box<Series>),
}

/// Compiles an EQL query; an error says what is wrong.
pub(crate) fn eql(query: &str, schema: Option<&Schema>) -> Result<Compiled, String> {
    let body = Body::Eql(EqlBody {
        query: Text::verbatim(query, 0),
        category_field: schema
            .map_or("event.category", |schema| &schema.category)
            .to_owned(),
        ecs: false,
        endpoint: false,
    });
    let rule = Rule::new("00000000-0000-4000-8000-000000000000", "test", body);
    let placeholders = BTreeMap::new();
    let inputs = Inputs {
        logsources: None,
        placeholders: &placeholders,
        schema,
    };
    let compiled = compile(&rule, &inputs);
    match compiled.meaning {
        Meaning::Known(ir) => Ok(Compiled::Event(ir)),
        Meaning::Series(series) => Ok(Compiled::Series(series)),
        Meaning::Unsupported(refusal) => Err(refusal.reason),
        Meaning::Invalid => Err(format!("{:?}", compiled.diagnostics)),
    }
}

/// Compiles the first rule of a Sigma file; an error says what is wrong.
pub(crate) fn sigma(text: &str) -> Result<Compiled, String> {
    let loaded = load(&Source::new("test.yml".to_owned(), text.to_owned()));
    let placeholders = BTreeMap::new();
    let inputs = Inputs {
        logsources: None,
        placeholders: &placeholders,
        schema: None,
    };
    let filters: Vec<_> = loaded.filters.iter().collect();
    let among = Among {
        file: &loaded.rules,
        filters: &filters,
        ..Among::default()
    };
    let rule = loaded.rules.first().ok_or("no rule")?;
    let compiled = compile_among(rule, &inputs, &among);
    match compiled.meaning {
        Meaning::Known(ir) => Ok(Compiled::Event(ir)),
        Meaning::Series(series) => Ok(Compiled::Series(series)),
        Meaning::Unsupported(refusal) => Err(refusal.reason),
        Meaning::Invalid => Err(format!(
            "{:?} {:?}",
            loaded.diagnostics, compiled.diagnostics
        )),
    }
}

/// What the oracle says of a stream; a single event is a match of one slot.
pub(crate) fn by_oracle(compiled: &Compiled, stream: &[Event]) -> Vec<Match> {
    match compiled {
        Compiled::Event(ir) => {
            let oracle = Oracle::new(ir);
            let all = stream.iter().enumerate();
            let matching = all.filter(|(_, event)| oracle.holds(event));
            matching.map(|(at, _)| vec![Some(at)]).collect()
        }
        Compiled::Series(series) => SeriesOracle::new(series).matches(stream),
    }
}

/// What the native matcher says of a stream.
pub(crate) fn by_native(compiled: &Compiled, stream: &[Event]) -> Vec<Match> {
    match compiled {
        Compiled::Event(ir) => {
            let matcher = Matcher::new(ir);
            let all = stream.iter().enumerate();
            let matching = all.filter(|(_, event)| matcher.matches(event));
            matching.map(|(at, _)| vec![Some(at)]).collect()
        }
        Compiled::Series(series) => {
            let mut found = Vec::new();
            SeriesPack::new([&**series]).scan(stream, &mut |one| found.push(one.events));
            found
        }
    }
}

/// Events from JSON.
pub(crate) fn events(json: &[serde_json::Value]) -> Vec<Event> {
    let events = json.iter().cloned().map(Event::from_json);
    events.map(|event| event.expect("an object")).collect()
}

/// What the independent engine says of an EQL query over a stream.
pub(crate) fn by_engine(
    query: &str,
    schema: &Schema,
    stream: &[Event],
) -> Result<Vec<Match>, String> {
    let bound =
        verdict_engines::eql::Query::parse(query).and_then(|query| query.bind(schema, false));
    let bound = bound.map_err(|errors| format!("{errors:?}"))?;
    bound.series(stream).map_err(|error| error.to_string())
}

/// What the independent engine of Sigma says of the first document of a text over a stream.
pub(crate) fn by_documents(text: &str, stream: &[Event]) -> Result<Vec<Match>, String> {
    let placeholders = BTreeMap::new();
    let options = verdict_engines::sigma::Options {
        logsources: None,
        placeholders: &placeholders,
    };
    let documents = verdict_engines::sigma::Documents::parse(text, &options);
    let documents = documents.map_err(|errors| format!("{errors:?}"))?;
    let found = documents.series(stream, &Schema::default());
    let found = found.map_err(|error| error.to_string())?;
    let first = found.into_iter().filter(|found| found.document == 0);
    Ok(first
        .map(|found| found.events.into_iter().map(Some).collect())
        .collect())
}
