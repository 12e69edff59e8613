//! Elasticsearch's piped query language.
//!
//! ```text
//! Ir --plan--> tree --emit--> text
//!        \--caps--> claim
//! ```
//!
//! - `plan` (with `scalar`, `text`, `list`, `number`, `address`, `time`, `term`, `relate`, `regex`, `group`): the language's own tree, with every guard in it.
//! - `version`: which versions can say what.
//! - `caps`: what the rule loses or cannot have, found while planning.
//! - `emit`, `quote`: printing; literals and names that nothing can leave.
//! - `project`: the document that an event becomes.

mod address;
mod caps;
mod columns;
mod emit;
mod group;
mod list;
mod number;
mod plan;
mod project;
mod quote;
mod regex;
mod relate;
mod scalar;
mod series;
mod term;
mod text;
mod time;
mod tree;
mod version;

use crate::caps::Limit;
use crate::header::{Comment, header};
use crate::profile::{Bound, Profile};
use crate::target::{Claim, Emitted, Projection, Projector, SeriesRows, StreamProjection, Target};
use verdict_compiler::codes::target::{ESQL_SIZE, ESQL_VERSION};
use verdict_compiler::ir::{LeafKind, Series};
use verdict_compiler::{Ir, Refusal, Rule, Span};
use verdict_event::{FieldSchema, FieldType, Path, Schema};

pub use caps::STANDING;

/// Where profile `raw` looks: every data stream of logs.
const INDEX: &str = "logs-*";
/// The time of an event, which every data stream has.
const TIMESTAMP: &str = "@timestamp";
/// What Elasticsearch gives out at most; without a limit it stops at 1,000.
const MOST_ROWS: usize = 10_000;

/// The target.
#[derive(Clone, Copy, Debug, Default)]
pub struct Esql;

impl Target for Esql {
    fn name(&self) -> &'static str {
        "esql"
    }

    fn extension(&self) -> &'static str {
        "esql"
    }

    fn emit(&self, rule: &Rule, bound: &Bound, profile: &Profile) -> Emitted {
        let ir = &bound.ir;
        let dialect = version::Dialect::of(profile);
        if let Some(old) = dialect.too_old() {
            let reason = format!(
                "the pack is for Elasticsearch {old}, and ES|QL is written for 8.19 and later"
            );
            return refused(Limit::new(ESQL_VERSION, reason));
        }
        let mut planner = plan::Planner::new(&ir.fields, dialect);
        let predicate = planner.plan(&ir.predicate);
        caps::bound(&mut planner.caps, &predicate);
        let claim = caps::claim(planner.caps, ir);
        let codes = match &claim {
            Claim::Unsupported(_) => return Emitted { claim, text: None },
            Claim::Exact => bound.codes.clone(),
            Claim::Diverges(codes) => codes.iter().chain(&bound.codes).copied().collect(),
        };
        let time = time_column(bound);
        let metadata = ["_id", "_index", "_version", time].map(str::to_owned);
        let parts: Vec<Path> = bound.parts().cloned().collect();
        let shown = columns(ir).filter(|path| !bound.is_derived(path));
        let fields = shown.chain(parts).map(|path| path.as_str().to_owned());
        let keep: Vec<String> = metadata
            .into_iter()
            .chain(fields.filter(|name| name != time))
            .collect();
        let frame = emit::Frame {
            header: &header(rule, &codes, Comment::SLASHES),
            index: &from(bound),
            derived: &bound.derived,
            keep: &keep,
            limit: MOST_ROWS,
        };
        let text = emit::query(&frame, &predicate);
        if text.chars().count() > caps::LONGEST {
            let reason = format!(
                "the query is longer than the {} characters that ES|QL takes",
                caps::LONGEST
            );
            return refused(Limit::new(ESQL_SIZE, reason));
        }
        Emitted {
            claim,
            text: Some(text),
        }
    }

    fn columns(&self, bound: &Bound) -> Schema {
        let ir = &bound.ir;
        let known = |path: &Path| {
            let field = ir.fields.get(path).cloned();
            let field = field.unwrap_or_else(|| FieldSchema::new(FieldType::Keyword));
            (path.as_str().to_owned(), field)
        };
        let mut schema = Schema {
            fields: columns(ir).map(|path| known(&path)).collect(),
            ..Schema::default()
        };
        schema
            .fields
            .entry(time_column(bound).to_owned())
            .or_insert_with(|| FieldSchema::new(FieldType::Date));
        schema
    }

    fn compile_series(&self, rule: &Rule, series: &Series, profile: &Profile) -> Emitted {
        series::compile(rule, series, profile)
    }

    fn series_rows(&self, series: &Series, profile: &Profile) -> Result<SeriesRows, Vec<Refusal>> {
        let bound = profile.bind_series(series)?;
        let typing = series::projector(&bound);
        Ok(SeriesRows {
            schema: series::columns(&bound),
            project: Box::new(move |_, event| match bound.row(event) {
                Err(reason) => StreamProjection::Unrepresentable(reason),
                Ok(None) => StreamProjection::Elsewhere,
                Ok(Some(row)) => match typing(&row) {
                    Projection::Row(row) => StreamProjection::Row(row),
                    Projection::Unrepresentable(reason) => {
                        StreamProjection::Unrepresentable(reason)
                    }
                },
            }),
        })
    }

    fn typing(&self, bound: &Bound) -> Projector {
        project::projector(&bound.ir)
    }
}

/// The schema of the documents that a query for a rule over several events reads, and what makes an event its document.
///
/// # Errors
///
/// Why the profile cannot hold the rule.
pub fn series_rows(
    series: &Series,
    profile: &Profile,
) -> Result<(Schema, Projector), Vec<Refusal>> {
    let bound = profile.bind_series(series)?;
    Ok((series::columns(&bound), series::projector(&bound)))
}

/// The columns by which a row tells a match of a correlation beside its time: its group.
pub fn told(series: &Series) -> Vec<String> {
    match series {
        Series::Correlation(correlation) => series::group_columns(correlation),
        Series::Sequence(_) | Series::Sample(_) => Vec::new(),
    }
}

/// What the query reads.
fn from(bound: &Bound) -> String {
    from_series(&bound.from)
}

/// These indices, or all logs.
fn from_series(from: &[String]) -> String {
    if from.is_empty() {
        return INDEX.to_owned();
    }
    from.iter()
        .map(|index| quote::index(index))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Every column that the query reads.
fn columns(ir: &Ir) -> impl Iterator<Item = Path> {
    let mut columns = ir.predicate.fields();
    ir.predicate.each_leaf(&mut |leaf| {
        if matches!(leaf.kind, LeafKind::AnyText(_)) {
            columns.insert(Path::new(plan::MESSAGE));
        }
    });
    columns.into_iter()
}

fn refused(limit: Limit) -> Emitted {
    Emitted {
        claim: Claim::Unsupported(vec![Refusal {
            code: limit.code,
            reason: limit.reason,
            span: Span::default(),
        }]),
        text: None,
    }
}

/// The column of an event's time: the profile's, else the one of data streams.
fn time_column(bound: &Bound) -> &str {
    bound.time.as_deref().unwrap_or(TIMESTAMP)
}
