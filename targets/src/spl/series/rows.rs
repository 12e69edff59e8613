//! The row that an event becomes for a rule over several events: what its parts read of single events, and the fields that join, group or measure.

use crate::profile::BoundSeries;
use crate::spl::keyword;
use crate::spl::project;
use crate::target::Projector;
use std::collections::BTreeMap;
use verdict_compiler::Ir;
use verdict_compiler::ir::series::{CorrelationKind, Matches};
use verdict_compiler::ir::{Expr, LeafKind, Series};
use verdict_event::{FieldSchema, FieldType, Path, Schema};

/// All parts of a series as one rule over single events.
fn together(series: &Series) -> Ir {
    let events = series.events();
    // Not simplified: an event that is always there would take the others away.
    let predicate = Expr::Any(events.iter().map(|ir| ir.predicate.clone()).collect());
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

/// Fields that are read beside the conditions, and whether one event may have several values there.
fn read(series: &Series) -> BTreeMap<Path, bool> {
    match series {
        Series::Sequence(sequence) => {
            let keys = sequence.terms().flat_map(|term| &term.keys);
            keys.map(|key| (key.field.clone(), false)).collect()
        }
        Series::Sample(_) => BTreeMap::new(),
        Series::Correlation(correlation) => {
            let tuples = correlation.kind == CorrelationKind::ValueCount;
            let mut found = BTreeMap::new();
            for rule in &correlation.rules {
                let several = !(tuples && rule.values.len() > 1);
                for place in &rule.values {
                    if let Some(path) = place.field() {
                        found.insert(path.clone(), several);
                    }
                }
            }
            if correlation
                .rules
                .iter()
                .any(|rule| matches!(rule.matches, Matches::Correlation(_)))
            {
                let groups = correlation.every_rule().into_iter();
                for place in groups.flat_map(|rule| &rule.group) {
                    if let Some(path) = place.field() {
                        found.insert(path.clone(), false);
                    }
                }
            }
            for path in series.fields().into_keys() {
                found.entry(path).or_insert(true);
            }
            found
        }
    }
}

/// Every field that the search reads.
pub(crate) fn columns(bound: &BoundSeries) -> Schema {
    let series = &bound.series;
    let field = FieldSchema {
        array: true,
        ..FieldSchema::new(FieldType::Keyword)
    };
    let mut names: Vec<String> = series
        .fields()
        .into_keys()
        .map(|path| path.as_str().to_owned())
        .collect();
    let keyword = |ir: &&Ir| {
        let leaves = ir.predicate.leaves();
        leaves
            .iter()
            .any(|leaf| matches!(leaf.kind, LeafKind::AnyText(_)))
    };
    if series.events().iter().any(keyword) {
        names.push(keyword::RAW.to_owned());
    }
    let mut schema = Schema {
        fields: names
            .into_iter()
            .map(|name| (name, field.clone()))
            .collect(),
        ..Schema::default()
    };
    if let Some(order) = series.order() {
        schema.timestamp = order.timestamp.clone();
    }
    schema
}

/// What makes an event its row.
pub(crate) fn projector(bound: &BoundSeries) -> Projector {
    let time = bound.series.order().cloned();
    project::with_more(&together(&bound.series), read(&bound.series), time)
}
