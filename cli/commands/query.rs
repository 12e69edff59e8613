//! `verdict query`: any query over local events, with the harness's engine for its language.

use crate::args::{Format, Language, Query};
use crate::events;
use crate::output::{self, Exit, Outcome};
use crate::sources;
use std::collections::BTreeMap;
use verdict_compiler::codes::target as codes;
use verdict_compiler::{Diagnostic, Source, Span, render};
use verdict_engines::{QueryError, eql, esql, kql, sigma, spl};
use verdict_event::{Event, Schema};

/// A line a match, with the indices of its events; a slot of a missing event is null. A query that makes rows of its own gives a line a row.
pub(crate) fn run(options: &Query) -> Outcome {
    let (name, text) = match (&options.query, &options.query_file) {
        (Some(text), _) => ("query".to_owned(), text.clone()),
        (None, Some(file)) => (file.display().to_string(), sources::read(file)?),
        (None, None) => (String::new(), String::new()),
    };
    let events = events::read(&options.events)?;
    let schema = options
        .schema
        .as_ref()
        .map(|path| events::schema(path))
        .transpose()?
        .unwrap_or_default();
    match judge(options, &text, &events, schema) {
        Ok(Answer::Matches(matches)) => {
            for slots in matches {
                output::line(&serde_json::json!({ "events": slots }).to_string());
            }
            Ok(Exit::Clean)
        }
        Ok(Answer::Rows(rows)) => {
            for row in rows {
                output::line(&serde_json::json!({ "row": row.root().to_json() }).to_string());
            }
            Ok(Exit::Clean)
        }
        Err(errors) => {
            report(options.format, &Source::new(name, text), &errors);
            Ok(Exit::Invalid)
        }
    }
}

/// What a query gives.
enum Answer {
    /// The indices of the events of each match.
    Matches(Vec<Vec<Option<usize>>>),
    /// Rows that the query made of several events.
    Rows(Vec<Event>),
}

/// Matches of one event each.
fn single(rows: Vec<usize>) -> Answer {
    Answer::Matches(rows.into_iter().map(|row| vec![Some(row)]).collect())
}

fn judge(
    options: &Query,
    text: &str,
    events: &[Event],
    schema: Schema,
) -> Result<Answer, Vec<QueryError>> {
    match options.language {
        Language::Eql => {
            let query = eql::Query::parse(text)?;
            let schema = schema.typed_from(events, query.fields().iter().map(String::as_str));
            let bound = query.bind(&schema, false)?;
            let matches = bound.series(events).map_err(|error| vec![error])?;
            Ok(Answer::Matches(matches))
        }
        Language::Kql => {
            let query = kql::Query::parse(text)?;
            let schema = schema.typed_from(events, query.columns().iter().map(String::as_str));
            // A column is one that the schema lists or that some event has; Kusto refuses every other.
            let bound = query.bind(&schema, true)?;
            if bound.is_filter() {
                let rows = bound.run(events).map_err(|error| vec![error])?;
                return Ok(single(rows));
            }
            let rows = bound.rows(events).map_err(|error| vec![error])?;
            Ok(Answer::Rows(rows))
        }
        Language::Esql => {
            let query = esql::Query::parse(text)?;
            let schema = schema.typed_from(events, query.columns().iter().map(String::as_str));
            let bound = query.bind(&schema, false)?;
            if bound.is_filter() {
                let rows = bound.run(events).map_err(|error| vec![error])?;
                return Ok(single(rows));
            }
            let rows = bound.rows(events).map_err(|error| vec![error])?;
            Ok(Answer::Rows(rows))
        }
        Language::Spl => {
            let bound = spl::Query::parse(text)?.bind(&schema, false)?;
            if bound.is_filter() {
                let rows = bound.run(events).map_err(|error| vec![error])?;
                return Ok(single(rows));
            }
            let rows = bound.rows(events).map_err(|error| vec![error])?;
            Ok(Answer::Rows(rows))
        }
        Language::Sigma => {
            let table = sigma::LogsourceTable::parse(verdict_targets::LOGSOURCES)
                .map_err(|error| vec![error])?;
            let options = sigma::Options {
                logsources: (!options.any_source).then_some(&table),
                placeholders: &BTreeMap::new(),
            };
            // A correlation's matches are several events, and rules, correlations and filters may stand in one text.
            let documents = sigma::Documents::parse(text, &options)?;
            let found = documents
                .series(events, &schema)
                .map_err(|error| vec![error])?;
            let slots = |found: sigma::Found| found.events.into_iter().map(Some).collect();
            Ok(Answer::Matches(found.into_iter().map(slots).collect()))
        }
    }
}

fn report(format: Format, source: &Source, errors: &[QueryError]) {
    for error in errors {
        let span = Span::new(error.span.start, error.span.end);
        let mut found = Diagnostic::error(
            codes::QUERY_REFUSED,
            span,
            error.message.clone(),
            "refused by the engine",
        );
        found.hint.clone_from(&error.hint);
        match format {
            Format::Json => output::line(&render::json(source, &found).to_string()),
            Format::Human | Format::Github => {
                output::tell(&render::human(source, &[found], output::colour()));
            }
        }
    }
}
