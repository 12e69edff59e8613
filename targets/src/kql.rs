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
mod term;
mod text;
mod time;
mod tree;

use crate::header::{Comment, header};
use crate::profile::Profile;
use crate::target::{Claim, Emitted, Projector, Target};
use verdict_compiler::codes::target::KQL_PROFILE;
use verdict_compiler::{Ir, Refusal, Rule, Span};
use verdict_event::{FieldSchema, FieldType, Schema};

pub use caps::STANDING;

/// The table of profile `raw`.
const TABLE: &str = "Events";

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

    fn compile(&self, rule: &Rule, ir: &Ir, profile: &Profile) -> Emitted {
        if profile.name != Profile::raw().name {
            return Emitted {
                claim: Claim::Unsupported(vec![Refusal {
                    code: KQL_PROFILE,
                    reason: format!("`kql` has no profile `{}`", profile.name),
                    span: Span::default(),
                }]),
                text: None,
            };
        }
        let mut planner = plan::Planner::new(&ir.fields);
        let predicate = planner.plan(&ir.predicate);
        let claim = caps::claim(planner.caps, ir);
        let text = match &claim {
            Claim::Unsupported(_) => None,
            Claim::Exact => Some(emit::query(
                &header(rule, &[], Comment::SLASHES),
                TABLE,
                &predicate,
            )),
            Claim::Diverges(codes) => Some(emit::query(
                &header(rule, codes, Comment::SLASHES),
                TABLE,
                &predicate,
            )),
        };
        Emitted { claim, text }
    }

    fn schema(&self, ir: &Ir, _profile: &Profile) -> Schema {
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

    fn projector<'i>(&self, ir: &'i Ir, _profile: &Profile) -> Projector<'i> {
        project::projector(ir)
    }
}
