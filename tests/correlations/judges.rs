//! The targets of correlations and the engines that run their texts.

use crate::Case;
use verdict_compiler::Refusal;
use verdict_compiler::ir::Series;
use verdict_compiler::ir::instant;
use verdict_compiler::ir::series::moment;
use verdict_engines::{esql, kql, spl};
use verdict_event::{Event, Path, Schema, TimestampFormat};
use verdict_harness::{Match, SeriesOracle};
use verdict_targets::Claim;
use verdict_targets::profile::Profile;
use verdict_targets::target::{Projection, Projector, StreamProjection, Target};

/// Where a match ends, and its group.
pub(crate) type Window = (i64, Vec<String>);

/// A query over a stream.
pub(crate) type Query = Box<dyn Fn(&[Event]) -> Result<Vec<Window>, String>>;

/// A target and its engine.
pub(crate) struct Judge {
    target: &'static dyn Target,
    rows: fn(&Series) -> Result<(Schema, Projector), Vec<Refusal>>,
    engine: fn(&Case, &str) -> Result<Query, String>,
}

pub(crate) const SPL: Judge = Judge {
    target: &verdict_targets::spl::Spl,
    rows: |series| verdict_targets::spl::series_rows(series, &Profile::raw()),
    engine: by_spl,
};

pub(crate) const KQL: Judge = Judge {
    target: &verdict_targets::kql::Kql,
    rows: |series| {
        let rows = verdict_targets::kql::Kql.series_rows(series, &Profile::raw())?;
        let typed: Projector = Box::new(move |event| match (rows.project)(0, event) {
            StreamProjection::Row(row) => Projection::Row(row),
            StreamProjection::Elsewhere => Projection::Unrepresentable("elsewhere".to_owned()),
            StreamProjection::Unrepresentable(reason) => Projection::Unrepresentable(reason),
        });
        Ok((rows.schema, typed))
    },
    engine: by_kql,
};

fn by_kql(case: &Case, text: &str) -> Result<Query, String> {
    let target = verdict_targets::kql::Kql;
    let rows = target.series_rows(&case.series, &Profile::raw());
    let rows = rows.map_err(|refusals| format!("{refusals:?}"))?;
    let bound = kql::Query::parse(text)
        .and_then(|query| query.bind(&rows.schema, true))
        .map_err(|errors| format!("{errors:?}"))?;
    let Series::Correlation(correlation) = &case.series else {
        return Err("no correlation".to_owned());
    };
    let groups = correlation.group_by.clone();
    Ok(Box::new(move |stream| {
        let rows = stream.iter().enumerate().filter_map(|(place, event)| {
            match (rows.project)(place, event) {
                StreamProjection::Row(row) => Some(row),
                StreamProjection::Elsewhere | StreamProjection::Unrepresentable(_) => None,
            }
        });
        let rows = rows.collect::<Vec<_>>();
        let rows = bound.rows(&rows).map_err(|error| format!("{error:?}"))?;
        let mut found: Vec<Window> = rows
            .iter()
            .map(|row| {
                let time = row.values(&Path::new("TimeGenerated"));
                let time = time.first().expect("a time");
                let time = moment::read(TimestampFormat::Iso, time).expect("a time");
                (time, cells(row, &groups))
            })
            .collect();
        found.sort();
        Ok(found)
    }))
}

pub(crate) const ESQL: Judge = Judge {
    target: &verdict_targets::esql::Esql,
    rows: |series| verdict_targets::esql::series_rows(series, &Profile::raw()),
    engine: by_esql,
};

impl Judge {
    /// Whether the target's table can hold an event.
    pub(crate) fn holds(&self, case: &Case, event: &Event) -> bool {
        let rows = (self.rows)(&case.series);
        rows.is_ok_and(|(_, projector)| matches!(projector(event), Projection::Row(_)))
    }

    /// The emitted text.
    pub(crate) fn text(&self, case: &Case) -> String {
        let emitted = self
            .target
            .compile_series(&case.rule, &case.series, &Profile::raw());
        emitted.text.unwrap_or_default()
    }

    /// The emitted query, ready to run; None where the target refuses the rule.
    pub(crate) fn query(&self, case: &Case, faults: &mut Vec<String>) -> Option<Query> {
        let emitted = self
            .target
            .compile_series(&case.rule, &case.series, &Profile::raw());
        let Some(text) = emitted.text else {
            assert!(matches!(emitted.claim, Claim::Unsupported(_)));
            return None;
        };
        match (self.engine)(case, &text) {
            Ok(query) => Some(query),
            Err(reason) => {
                faults.push(format!("{}: {reason}\n{text}", case.file));
                None
            }
        }
    }
}

/// The windows of matches, ascending.
pub(crate) fn windows(series: &Series, stream: &[Event], matches: &[Match]) -> Vec<Window> {
    if let Series::Correlation(_) = series {
        let windows = SeriesOracle::new(series).windows(stream);
        let windows = windows.into_iter().flatten();
        return windows.map(|window| (window.end, window.told)).collect();
    }
    let Some(order) = series.order() else {
        return Vec::new();
    };
    let clock = order.clock();
    let mut found: Vec<Window> = matches
        .iter()
        .filter_map(|found| {
            let event = |at: &Option<usize>| stream.get((*at)?);
            let last = event(found.last()?)?;
            let told = vec![clock.instant(event(found.first()?)?)?.to_string()];
            Some((clock.instant(last)?, told))
        })
        .collect();
    found.sort();
    found
}

fn by_spl(case: &Case, text: &str) -> Result<Query, String> {
    let rows = verdict_targets::spl::series_rows(&case.series, &Profile::raw());
    let (schema, projector) = rows.map_err(|refusals| format!("{refusals:?}"))?;
    let query = spl::Query::parse(text).map_err(|errors| format!("{errors:?}"))?;
    let bound = query
        .bind(&schema, true)
        .map_err(|errors| format!("{errors:?}"))?;
    let groups = verdict_targets::spl::told(&case.series, &Profile::raw()).unwrap_or_default();
    let is_sequence = matches!(case.series, Series::Sequence(_));
    Ok(Box::new(move |stream| {
        let rows = rows_of(&projector, stream);
        let rows = bound.rows(&rows).map_err(|error| format!("{error:?}"))?;
        let mut found: Vec<Window> = rows
            .iter()
            .map(|row| {
                let told = match groups.as_slice() {
                    [] if is_sequence => vec![millis(row, "first_time").to_string()],
                    groups => cells(row, groups),
                };
                (millis(row, "_time"), told)
            })
            .collect();
        found.sort();
        Ok(found)
    }))
}

fn by_esql(case: &Case, text: &str) -> Result<Query, String> {
    let rows = verdict_targets::esql::series_rows(&case.series, &Profile::raw());
    let (schema, projector) = rows.map_err(|refusals| format!("{refusals:?}"))?;
    let query = esql::Query::parse(text).map_err(|errors| format!("{errors:?}"))?;
    let bound = query
        .bind_for(&schema, true, esql::Version::new(8, 19))
        .map_err(|errors| format!("{errors:?}"))?;
    let groups = verdict_targets::esql::told(&case.series);
    Ok(Box::new(move |stream| {
        let rows = rows_of(&projector, stream);
        let rows = bound.rows(&rows).map_err(|error| format!("{error:?}"))?;
        let mut found: Vec<Window> = rows
            .iter()
            .map(|row| {
                let time = row.values(&Path::new("@timestamp"));
                let time = time.first().and_then(|time| time.scalar_text());
                let time = time.and_then(instant::parse).unwrap_or_default();
                (time, cells(row, &groups))
            })
            .collect();
        found.sort();
        Ok(found)
    }))
}

/// A time in seconds, in milliseconds.
fn millis(row: &Event, column: &str) -> i64 {
    let time = row.values(&Path::new(column));
    let time = time.first().and_then(|time| time.scalar_text());
    let seconds: f64 = time.and_then(|time| time.parse().ok()).unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, reason = "instants are small")]
    let millis = (seconds * 1000.0).round() as i64;
    millis
}

fn rows_of(projector: &Projector, stream: &[Event]) -> Vec<Event> {
    let rows = stream.iter().filter_map(|event| match projector(event) {
        Projection::Row(row) => Some(row),
        Projection::Unrepresentable(_) => None,
    });
    rows.collect()
}

/// The texts of these columns.
fn cells(row: &Event, columns: &[String]) -> Vec<String> {
    let text = |column: &String| match row.values(&Path::new(column.as_str())).as_slice() {
        [value] => value.scalar_text().unwrap_or_default().to_owned(),
        other => panic!("{column} is {other:?}"),
    };
    columns.iter().map(text).collect()
}
