//! The document that an event becomes for a rule over several events: what its parts read of single events, the fields that group or measure, the time.

use crate::esql::project;
use crate::profile::BoundSeries;
use crate::target::Projector;
use verdict_compiler::Ir;
use verdict_compiler::ir::series::{Correlation, Matches};
use verdict_compiler::ir::{Expr, Series};
use verdict_event::{FieldSchema, FieldType, Path, Schema};

/// All parts of a series as one rule over single events.
fn together(series: &Series) -> Ir {
    let events = series.events();
    let predicate = Expr::any(events.iter().map(|ir| ir.predicate.clone()));
    Ir {
        detection: predicate.clone(),
        predicate,
        origin: events
            .first()
            .map(|ir| ir.origin.clone())
            .unwrap_or_default(),
        fields: series.fields(),
    }
}

/// Fields that are looked at as text beside the conditions.
fn texts(series: &Series) -> Vec<Path> {
    let mut found = Vec::new();
    if let Series::Correlation(correlation) = series {
        collect(correlation, &mut found);
    }
    found
}

fn collect(correlation: &Correlation, found: &mut Vec<Path>) {
    for rule in &correlation.rules {
        let places = rule.group.iter().chain(&rule.values);
        found.extend(places.filter_map(|place| place.field().cloned()));
        match &rule.matches {
            Matches::Events(_) => {}
            Matches::Correlation(inner) => collect(inner, found),
        }
    }
}

/// Every column that the query reads.
pub(crate) fn columns(bound: &BoundSeries) -> Schema {
    let series = &bound.series;
    let mut schema = Schema::default();
    for (path, field) in series.fields() {
        schema.fields.insert(path.as_str().to_owned(), field);
    }
    for ir in series.events() {
        for path in crate::esql::columns(ir) {
            let keyword = FieldSchema::new(FieldType::Keyword);
            schema
                .fields
                .entry(path.as_str().to_owned())
                .or_insert(keyword);
        }
    }
    if let Some(order) = series.order() {
        let date = FieldSchema::new(FieldType::Date);
        schema.fields.insert(order.timestamp.field.clone(), date);
    }
    schema
}

/// What makes an event its row.
pub(crate) fn projector(bound: &BoundSeries) -> Projector {
    let series = &bound.series;
    let time = series.order().cloned();
    project::with_more(&together(series), texts(series), time)
}
