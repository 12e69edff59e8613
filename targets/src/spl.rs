//! Splunk's search language.
//!
//! ```text
//! Ir --plan--> atoms --layers--> search + filter --emit--> text
//!        \--caps--> claim
//! ```
//!
//! - `plan` (with `text`, `number`, `keyword`, `term`, `slice`, `relate`): each leaf in the language of `search` where that says it exactly, and in the language of
//!   `where`.
//! - `layers`, `group`: what goes to which of the two; alternatives on one field put together.
//! - `search`, `filter`, `logic`: the two languages' own trees.
//! - `caps`: what the rule loses or cannot have, found while planning.
//! - `emit`, `quote`, `regex`, `class`: printing; literals, names and expressions that nothing can leave.
//! - `project`: the row that an event becomes.

mod caps;
mod class;
mod emit;
mod filter;
mod group;
mod keyword;
mod layers;
mod logic;
mod number;
mod plan;
mod project;
mod quote;
mod regex;
mod relate;
mod search;
mod series;
mod slice;
mod term;
mod text;

use crate::follow_up::{Window, splunk_time};
use crate::header::{Comment, header};
use crate::profile::{Bound, Profile};
use crate::target::{Claim, Emitted, Projection, Projector, SeriesRows, StreamProjection, Target};
use verdict_compiler::codes::target::PROFILE_TEST;
use verdict_compiler::ir::{LeafKind, Series};
use verdict_compiler::{Refusal, Rule, Span};
use verdict_event::{FieldSchema, FieldType, Schema};

pub use caps::STANDING;

/// The target.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spl;

/// The schema of the rows that a search for a rule over several events reads, and what makes an event its row.
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

/// The columns by which a row tells a match of a correlation: its group. None for a sequence, which tells `first_time`.
pub fn told(series: &Series, profile: &Profile) -> Option<Vec<String>> {
    // A profile's columns may have the name of a group.
    let bound = profile.bind_series(series).ok()?;
    match &bound.series {
        Series::Correlation(correlation) => Some(series::group_columns(correlation)),
        Series::Sequence(_) | Series::Sample(_) => None,
    }
}

impl Target for Spl {
    fn name(&self) -> &'static str {
        "spl"
    }

    fn extension(&self) -> &'static str {
        "spl"
    }

    fn emit(&self, rule: &Rule, bound: &Bound, _: &Profile) -> Emitted {
        let ir = &bound.ir;
        if let Some(derived) = bound.derived.first() {
            // What is computed is not there yet when `search` looks.
            let parts = derived.parts().into_iter().map(|part| format!("`{part}`"));
            let reason = format!(
                "`{}` would have to be computed of {} first",
                derived.name,
                parts.collect::<Vec<_>>().join(" and ")
            );
            let refusal = Refusal {
                code: PROFILE_TEST,
                reason,
                span: Span::default(),
            };
            return Emitted {
                claim: Claim::Unsupported(vec![refusal]),
                text: None,
            };
        }
        let mut planner = plan::Planner::new(&ir.fields).at(&bound.places);
        let planned = planner.plan(&ir.predicate);
        let claim = caps::claim(planner.caps, bound);
        let codes = match &claim {
            Claim::Unsupported(_) => return Emitted { claim, text: None },
            Claim::Exact => bound.codes.clone(),
            Claim::Diverges(codes) => codes.iter().chain(&bound.codes).copied().collect(),
        };
        let text = emit::query(
            &header(rule, &codes, Comment::BACKTICKS),
            &layers::layers(&planned),
        );
        Emitted {
            claim,
            text: Some(text),
        }
    }

    /// Every field holds texts, and any number of them.
    fn columns(&self, bound: &Bound) -> Schema {
        let ir = &bound.ir;
        let mut names: Vec<String> = ir
            .predicate
            .fields()
            .iter()
            .map(|path| path.as_str().to_owned())
            .collect();
        let keywords =
            |leaf: &&verdict_compiler::ir::Leaf| matches!(leaf.kind, LeafKind::AnyText(_));
        if ir.predicate.leaves().iter().any(keywords) {
            names.push(keyword::RAW.to_owned());
        }
        let field = FieldSchema {
            array: true,
            ..FieldSchema::new(FieldType::Keyword)
        };
        Schema {
            fields: names
                .into_iter()
                .map(|name| (name, field.clone()))
                .collect(),
            ..Schema::default()
        }
    }

    fn has_times(&self) -> bool {
        true
    }

    fn limited(&self, query: &str, _: &Profile, window: &Window) -> Result<String, String> {
        let mut limits = Vec::new();
        let sides = [
            ("earliest", &window.from, false),
            ("latest", &window.to, true),
        ];
        for (name, time, up) in sides {
            if let Some(time) = time {
                let time = splunk_time(time, up);
                let time = time.ok_or("Splunk has no modifier for the pivot's time")?;
                limits.push(format!("{name}={time}"));
            }
        }
        if limits.is_empty() {
            return Ok(query.to_owned());
        }
        let limits = limits.join(" ");
        let lines: Vec<&str> = query.lines().collect();
        let first = lines.iter().position(|line| !line.starts_with("```"));
        let first = first.unwrap_or(lines.len());
        if lines.get(first).is_some_and(|line| line.starts_with('|')) {
            return Err("a search that begins with a command takes no time".to_owned());
        }
        let end = lines
            .iter()
            .skip(first)
            .position(|line| line.starts_with('|'));
        let end = end.map_or(lines.len(), |end| first + end);
        let search = lines.get(first..end).unwrap_or_default().join("\n");
        let head = lines.get(..first).unwrap_or_default();
        let tail = lines.get(end..).unwrap_or_default();
        let search = if emit::has_alternatives(&search) {
            format!("(\n    {}\n)", search.replace('\n', "\n    "))
        } else {
            search
        };
        let parts = [head, &[&limits, &search], tail].concat();
        Ok(parts.join("\n") + "\n")
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

    fn compile_series(&self, rule: &Rule, series: &Series, profile: &Profile) -> Emitted {
        series::compile(rule, series, profile)
    }

    fn typing(&self, bound: &Bound) -> Projector {
        project::projector(&bound.ir)
    }
}
