//! Kusto's query language, as Azure Data Explorer, Sentinel and Defender speak it.
//!
//! ```text
//! Ir --plan--> tree --emit--> text
//!        \--caps--> claim
//! ```
//!
//! - `plan` (with `scalar`, `text`, `list`, `joined`, `number`, `address`, `time`, `term`, `relate`, `group`): the language's own tree, with every guard in it.
//! - `caps`: what the rule loses or cannot have, found while planning.
//! - `emit`, `quote`: printing; literals and names that nothing can leave.
//! - `series`: rules over several events.
//! - `project`: the row that an event becomes.

mod address;
mod caps;
mod columns;
mod emit;
mod group;
mod joined;
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

use crate::follow_up::{Window, kusto_time};
use crate::header::{Comment, header};
use crate::profile::{Bound, Profile};
use crate::target::{Claim, Emitted, Projector, SeriesRows, Target};
use verdict_compiler::ir::Series;
use verdict_compiler::{Refusal, Rule};
use verdict_event::{FieldSchema, FieldType, Schema};

pub use caps::STANDING;
pub use series::rows::place;

/// The table of profile `raw`.
const TABLE: &str = "Events";
/// Its time, named as in most tables of Sentinel and Azure Monitor.
const TIME: &str = "TimeGenerated";

/// The column that lists the events of a match, by their identifiers.
pub const EVENTS: &str = "Events";

/// The columns by which a row tells a match of a chain of correlations: its group. None where a row lists its events ([`EVENTS`]).
pub fn told(series: &Series) -> Option<Vec<String>> {
    let Series::Correlation(correlation) = series else {
        return None;
    };
    let labels = correlation.group_by.iter();
    let labels = labels.map(|name| series::label(name));
    (!series::tells_events(correlation)).then(|| labels.collect())
}

/// The column of a match's last event's time.
pub fn time(profile: &Profile) -> Option<String> {
    series::time_column(profile)
}

/// The target.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kql;

impl Target for Kql {
    fn name(&self) -> &'static str {
        "kql"
    }

    fn extension(&self) -> &'static str {
        "kql"
    }

    fn emit(&self, rule: &Rule, bound: &Bound, _: &Profile) -> Emitted {
        let ir = &bound.ir;
        let mut planner = plan::Planner::new(&ir.fields);
        let predicate = planner.plan(&ir.predicate);
        let claim = caps::claim(planner.caps, bound);
        let codes = match &claim {
            Claim::Unsupported(_) => return Emitted { claim, text: None },
            Claim::Exact => bound.codes.clone(),
            Claim::Diverges(codes) => codes.iter().chain(&bound.codes).copied().collect(),
        };
        let frame = emit::Frame {
            header: &header(rule, &codes, Comment::SLASHES),
            table: bound.from.first().map_or(TABLE, String::as_str),
            derived: &bound.derived,
        };
        Emitted {
            claim,
            text: Some(emit::query(&frame, &predicate)),
        }
    }

    fn columns(&self, bound: &Bound) -> Schema {
        let ir = &bound.ir;
        let fields = ir.predicate.fields().into_iter().map(|path| {
            let field = ir.fields.get(&path).cloned();
            let field = field.unwrap_or_else(|| FieldSchema::new(FieldType::Keyword));
            (path.as_str().to_owned(), field)
        });
        Schema {
            fields: fields.collect(),
            ..Schema::default()
        }
    }

    fn has_times(&self) -> bool {
        true
    }

    fn limited(&self, query: &str, profile: &Profile, window: &Window) -> Result<String, String> {
        let mapping = profile.mapping.as_ref();
        let column = mapping.and_then(|mapping| mapping.time.as_deref());
        let column = column.unwrap_or(TIME);
        let column = quote::name(column).ok_or("Kusto has no columns of the name of its time")?;
        let from = window.from.as_ref().map(|time| kusto_time(time, false));
        let to = window.to.as_ref().map(|time| kusto_time(time, true));
        let step = match (from, to) {
            (None, None) => return Ok(query.to_owned()),
            (Some(from), None) => format!("| where {column} >= {from}"),
            (None, Some(to)) => format!("| where {column} <= {to}"),
            (Some(from), Some(to)) => format!("| where {column} between ({from} .. {to})"),
        };
        // Right behind the table, where Kusto's own advice has it: what is out of time is not looked at.
        let mut lines: Vec<&str> = query.lines().collect();
        let table = lines.iter().position(|line| !line.starts_with("//"));
        lines.insert(table.map_or(0, |at| at + 1).min(lines.len()), &step);
        Ok(lines.join("\n") + "\n")
    }

    fn compile_series(&self, rule: &Rule, series: &Series, profile: &Profile) -> Emitted {
        series::compile(rule, series, profile)
    }

    fn series_rows(&self, series: &Series, profile: &Profile) -> Result<SeriesRows, Vec<Refusal>> {
        series::rows(series, profile)
    }

    fn typing(&self, bound: &Bound) -> Projector {
        project::projector(&bound.ir)
    }
}
