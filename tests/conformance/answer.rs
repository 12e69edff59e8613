//! What an engine says to a case: its public interface, asked as `verdict query` asks it.

use crate::case::{Case, Verdict};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use verdict_engines::{QueryError, eql, esql, kql, sigma, spl};
use verdict_event::{Event, Schema, read_events};

/// A language that has cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Eql,
    Esql,
    Kql,
    Spl,
    Sigma,
}

/// What an engine says; an error is a refusal.
type Answer = Result<Verdict, Vec<QueryError>>;

/// What an engine says where it does not say what the case says.
pub(crate) struct Difference {
    /// Whether the engine refuses a query that the language takes.
    pub(crate) refuses: bool,
    /// What it says, and what was expected.
    pub(crate) told: String,
}

/// Where an engine does not say what the case says; none if it does.
pub(crate) fn check(language: Language, case: &Case) -> Option<Difference> {
    let expected = case.verdict().expect("a case without faults");
    let events = read_events(&case.events.join("\n")).expect("events in JSON");
    assert_eq!(
        events.len(),
        case.events.len(),
        "{}: an event a text",
        case.name
    );
    let schema: Schema = case
        .schema
        .as_ref()
        .map(|text| serde_json::from_str(text).expect("a schema"))
        .unwrap_or_default();
    let wants_rows = matches!(expected, Verdict::Rows(_));
    let placeholders = case.placeholders();
    let answer = match language {
        Language::Eql => ask_eql(&case.query, &events, schema),
        Language::Esql => ask_esql(&case.query, &events, schema, wants_rows),
        Language::Kql => ask_kql(&case.query, &events, schema, wants_rows),
        Language::Spl => ask_spl(&case.query, &events, &schema, wants_rows),
        Language::Sigma => ask_sigma(&case.query, &events, &schema, &placeholders),
    };
    match answer {
        Err(_) if expected == Verdict::Refused => None,
        Err(errors) => Some(Difference {
            refuses: true,
            told: format!("refuses it: {}", told(&errors)),
        }),
        Ok(Verdict::Rows(rows)) if same_rows(&rows, &expected, case.columns.as_ref()) => None,
        Ok(answer) if answer == expected => None,
        Ok(answer) => Some(Difference {
            refuses: false,
            told: format!("says {answer:?}, not {expected:?}"),
        }),
    }
}

fn ask_eql(text: &str, events: &[Event], schema: Schema) -> Answer {
    let query = eql::Query::parse(text)?;
    let schema = schema.typed_from(events, query.fields().iter().map(String::as_str));
    let bound = query.bind(&schema, false)?;
    one(bound.series(events).map(Verdict::Matches))
}

fn ask_kql(text: &str, events: &[Event], schema: Schema, wants_rows: bool) -> Answer {
    let query = kql::Query::parse(text)?;
    let schema = schema.typed_from(events, query.columns().iter().map(String::as_str));
    let bound = query.bind(&schema, true)?;
    if bound.is_filter() && !wants_rows {
        return one(bound.run(events).map(single));
    }
    one(bound.rows(events).map(rows))
}

fn ask_esql(text: &str, events: &[Event], schema: Schema, wants_rows: bool) -> Answer {
    let query = esql::Query::parse(text)?;
    let schema = schema.typed_from(events, query.columns().iter().map(String::as_str));
    let bound = query.bind(&schema, false)?;
    if bound.is_filter() && !wants_rows {
        return one(bound.run(events).map(single));
    }
    one(bound.rows(events).map(rows))
}

fn ask_spl(text: &str, events: &[Event], schema: &Schema, wants_rows: bool) -> Answer {
    let bound = spl::Query::parse(text)?.bind(schema, false)?;
    if bound.is_filter() && !wants_rows {
        return one(bound.run(events).map(single));
    }
    one(bound.rows(events).map(rows))
}

fn ask_sigma(
    text: &str,
    events: &[Event],
    schema: &Schema,
    placeholders: &BTreeMap<String, Vec<String>>,
) -> Answer {
    // Read once: it is the same for every case.
    static TABLE: OnceLock<sigma::LogsourceTable> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        sigma::LogsourceTable::parse(verdict_targets::LOGSOURCES).expect("the shipped table")
    });
    let options = sigma::Options {
        logsources: Some(table),
        placeholders,
    };
    let documents = sigma::Documents::parse(text, &options)?;
    let slots = |found: sigma::Found| found.events.into_iter().map(Some).collect();
    one(documents
        .series(events, schema)
        .map(|found| Verdict::Matches(found.into_iter().map(slots).collect())))
}

fn one(answer: Result<Verdict, QueryError>) -> Answer {
    answer.map_err(|error| vec![error])
}

fn single(found: Vec<usize>) -> Verdict {
    Verdict::Matches(found.into_iter().map(|at| vec![Some(at)]).collect())
}

fn rows(found: Vec<Event>) -> Verdict {
    let json = |row: Event| row.root().to_json();
    Verdict::Rows(found.into_iter().map(json).collect())
}

fn told(errors: &[QueryError]) -> String {
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

/// Whether rows are those of a verdict, in order. The order of columns counts only where the case names it.
fn same_rows(
    rows: &[serde_json::Value],
    expected: &Verdict,
    columns: Option<&Vec<String>>,
) -> bool {
    let Verdict::Rows(expected) = expected else {
        return false;
    };
    let ordered = |row: &serde_json::Value| {
        columns.is_none_or(|columns| row.as_object().is_some_and(|row| row.keys().eq(columns)))
    };
    rows.len() == expected.len()
        && rows
            .iter()
            .zip(expected)
            .all(|(row, expected)| same(row, expected))
        && rows.iter().all(ordered)
}

/// Whether two values are the same: numbers by their value, `2` and `2.0` alike.
fn same(left: &serde_json::Value, right: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Bool, Null, Number, Object, String};
    match (left, right) {
        (Number(left), Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => left == right,
            _ => match (left.as_f64(), right.as_f64()) {
                (Some(left), Some(right)) => left.total_cmp(&right).is_eq(),
                _ => false,
            },
        },
        (Array(left), Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same(left, right))
        }
        (Object(left), Object(right)) => {
            let has = |(key, value)| {
                right
                    .get::<std::string::String>(key)
                    .is_some_and(|other| same(value, other))
            };
            left.len() == right.len() && left.iter().all(has)
        }
        (Null | Bool(_) | String(_), Null | Bool(_) | String(_)) => left == right,
        _ => false,
    }
}
