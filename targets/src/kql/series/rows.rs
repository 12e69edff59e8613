//! The row that an event becomes for a rule over several events: the columns that its conditions read, those that join, group or measure, its time and what
//! identifies it.

use super::table::{item_column, tie_column, time_column};
use crate::kql::{project, time};
use crate::profile::{BoundSeries, Profile};
use crate::target::{Projection, SeriesRows, StreamProjection, with_parts};
use verdict_compiler::Refusal;
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::moment::Clock;
use verdict_compiler::ir::series::{Order, Place};
use verdict_event::{Event, FieldSchema, FieldType, Path, Schema, Value};

/// The rows of a rule.
pub(crate) fn rows(series: &Series, profile: &Profile) -> Result<SeriesRows, Vec<Refusal>> {
    let bound = super::bind(series, profile)?;
    let times = Times {
        time: time_column(profile),
        item: item_column(profile),
        tie: tie_column(&bound).cloned(),
        clock: series.order().map(Order::clock),
    };
    let mut schema = Schema {
        fields: bound
            .series
            .fields()
            .into_iter()
            .map(|(path, field)| (path.as_str().to_owned(), field))
            .collect(),
        ..Schema::default()
    };
    for derived in &bound.derived {
        schema.fields.remove(derived.name.as_str());
        for part in derived.parts() {
            let field = FieldSchema::new(derived.kind());
            schema.fields.insert(part.as_str().to_owned(), field);
        }
    }
    let own = [
        (times.time.clone(), FieldType::Date),
        (times.item.clone(), FieldType::Keyword),
        (
            times.tie.as_ref().map(|path| path.as_str().to_owned()),
            FieldType::Long,
        ),
    ];
    for (column, kind) in own {
        if let Some(column) = column {
            schema.fields.insert(column, FieldSchema::new(kind));
        }
    }
    let typing = project::with_columns(&bound.together(), &read(&bound));
    Ok(SeriesRows {
        schema,
        project: Box::new(move |place, event| project(&bound, &typing, &times, place, event)),
    })
}

/// What every row has beside its values.
struct Times {
    time: Option<String>,
    item: Option<String>,
    tie: Option<Path>,
    clock: Option<Clock>,
}

/// Columns that are read beside conditions, and whether as texts.
fn read(bound: &BoundSeries) -> Vec<(Path, bool)> {
    match &bound.series {
        Series::Sequence(sequence) => {
            let keys = sequence.terms().flat_map(|term| &term.keys);
            keys.map(|key| (key.field.clone(), false)).collect()
        }
        Series::Sample(_) => Vec::new(),
        Series::Correlation(correlation) => {
            let rules = correlation.every_rule();
            let places = rules
                .into_iter()
                .flat_map(|rule| rule.group.iter().chain(&rule.values));
            let fields = places.filter_map(Place::field);
            fields.map(|path| (path.clone(), true)).collect()
        }
    }
}

fn project(
    bound: &BoundSeries,
    typing: &crate::target::Projector,
    times: &Times,
    place: usize,
    event: &Event,
) -> StreamProjection {
    let row = match bound.row(event) {
        Err(reason) => return StreamProjection::Unrepresentable(reason),
        Ok(None) => return StreamProjection::Elsewhere,
        Ok(Some(row)) => row,
    };
    let typed = match typing(&row) {
        Projection::Unrepresentable(reason) => return StreamProjection::Unrepresentable(reason),
        Projection::Row(typed) => typed,
    };
    let typed = with_parts(&typed, &row, &bound.derived);
    let own = match own_cells(times, place, event, &row) {
        Err(reason) => return StreamProjection::Unrepresentable(reason),
        Ok(own) => own,
    };
    let others = typed
        .entries()
        .iter()
        .filter(|(name, _)| !own.iter().any(|(column, _)| column == name))
        .cloned();
    StreamProjection::Row(Event::new(others.chain(own.clone()).collect()))
}

/// The time, to the millisecond that the rule looks at; the identifier, of which texts are in the order of the table; the tiebreaker.
fn own_cells(
    times: &Times,
    place: usize,
    event: &Event,
    row: &Event,
) -> Result<Vec<(String, Value)>, String> {
    let mut own = Vec::new();
    if let (Some(column), Some(clock)) = (&times.time, &times.clock) {
        let instant = clock.instant(event).map(|instant| {
            time::written(instant).ok_or_else(|| format!("{instant} is outside Kusto's calendar"))
        });
        let instant = instant.transpose()?.map_or(Value::Null, Value::String);
        own.push((column.clone(), instant));
    }
    if let Some(column) = &times.item {
        own.push((column.clone(), Value::String(identifier(place))));
    }
    if let Some(path) = &times.tie {
        let tie = row.values(path).first().map(|tie| (*tie).clone());
        let whole = match &tie {
            None => Some(Value::Null),
            Some(Value::Number(number)) => number.as_i64().map(Value::from),
            Some(_) => None,
        };
        let whole = whole.ok_or_else(|| format!("`{path}` is no whole number"))?;
        own.push((path.as_str().to_owned(), whole));
    }
    Ok(own)
}

/// The first of ten characters that stand for digits.
const ZERO: char = '\u{e000}';

/// What identifies the row of a place: texts in the order of the places, of characters for private use. A keyword looks into every column, and none is made of these.
fn identifier(place: usize) -> String {
    let private = |digit: char| {
        let number = digit.to_digit(10).unwrap_or_default();
        char::from_u32(u32::from(ZERO) + number).unwrap_or(digit)
    };
    format!("{place:08}").chars().map(private).collect()
}

/// The place of the row that this identifies; None for what identifies none.
pub fn place(identifier: &str) -> Option<usize> {
    let digit = |character: char| {
        let number = u32::from(character).checked_sub(u32::from(ZERO))?;
        char::from_digit(number, 10)
    };
    let digits: Option<String> = identifier.chars().map(digit).collect();
    digits?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{identifier, place};

    /// Rows are told by their identifiers, which stand in the order of their places.
    #[test]
    fn identifiers_are_read_back_and_in_order() {
        let places = [0, 1, 9, 10, 99, 100, 12_345_678];
        for pair in places.windows(2) {
            assert!(identifier(pair[0]) < identifier(pair[1]));
        }
        for of in places {
            assert_eq!(place(&identifier(of)), Some(of));
        }
        for odd in ["", "00000001", "a"] {
            assert_eq!(place(odd), None);
        }
    }
}
