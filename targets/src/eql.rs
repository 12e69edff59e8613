//! EQL, as Elasticsearch runs it.
//!
//! ```text
//! Ir --plan--> tree --emit--> text
//!        \--caps--> claim
//! ```
//!
//! - `plan` (with `text`, `regex`, `address`, `time`, `term`, `relate`, `group`): which operator says which test; EQL needs no guards.
//! - `notation`: networks as expressions over an address's text.
//! - `caps`: what the rule loses or cannot have, found while planning.
//! - `series`: sequences and samples, and the body of the request that searches for them.
//! - `edges`, `size`: what of a search's anchors a whole-value expression can say, and what Elasticsearch would build of it.
//! - `emit`, `quote`: printing; literals and names that nothing can leave.
//! - `columns`, `project`: the fields of the index, and the document that an event becomes.

mod address;
mod caps;
mod columns;
mod edges;
mod emit;
mod group;
mod notation;
mod plan;
mod project;
mod quote;
mod regex;
mod relate;
mod series;
mod size;
mod term;
mod text;
mod time;
mod tree;

use crate::header::{Comment, header};
use crate::profile::{Bound, Profile};
use crate::target::{Claim, Emitted, Projector, SeriesRows, Target};
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Case, Expr, LeafKind, Series, Term, Test};
use verdict_compiler::{Ir, Refusal, Rule};
use verdict_event::{FieldType, Path, Schema};

pub use caps::STANDING;

/// The target.
#[derive(Clone, Copy, Debug, Default)]
pub struct Eql;

impl Target for Eql {
    fn name(&self) -> &'static str {
        "eql"
    }

    fn extension(&self) -> &'static str {
        "eql"
    }

    fn emit(&self, rule: &Rule, bound: &Bound, _: &Profile) -> Emitted {
        let ir = &bound.inlined();
        let fields = columns::of(ir);
        let mut planner = plan::Planner::new(&fields, &ir.origin.optional);
        let category = category(ir);
        let condition = match &category {
            Some(category) => planner.plan(&category.rest),
            None => planner.plan(&ir.predicate),
        };
        let claim = caps::claim(planner.caps, ir);
        let name = category.as_ref().map(|category| category.name.as_str());
        let codes = match &claim {
            Claim::Unsupported(_) => return Emitted { claim, text: None },
            Claim::Exact => bound.codes.clone(),
            Claim::Diverges(codes) => codes.iter().chain(&bound.codes).copied().collect(),
        };
        let header = header(rule, &codes, Comment::SLASHES);
        Emitted {
            claim,
            text: Some(emit::query(&header, name, &condition)),
        }
    }

    fn columns(&self, bound: &Bound) -> Schema {
        let ir = &bound.inlined();
        let fields = columns::of(ir);
        let mut schema = Schema {
            fields: fields
                .into_iter()
                .map(|(path, field)| (path.as_str().to_owned(), field))
                .collect(),
            ..Schema::default()
        };
        if let Some(category) = category(ir) {
            category.field.as_str().clone_into(&mut schema.category);
        }
        schema
    }

    fn compile_series(&self, rule: &Rule, series: &Series, profile: &Profile) -> Emitted {
        series::compile(rule, series, profile)
    }

    fn series_rows(&self, series: &Series, profile: &Profile) -> Result<SeriesRows, Vec<Refusal>> {
        series::rows(series, profile)
    }

    fn search_body(&self, query: &str, series: &Series, profile: &Profile) -> Option<String> {
        series::search_body(query, series, profile)
    }

    fn typing(&self, bound: &Bound) -> Projector {
        project::projector(&bound.inlined())
    }
}

/// The event category that a rule asks for, where EQL says it before `where`.
struct Category {
    field: Path,
    name: String,
    /// The rest of the predicate.
    rest: Expr,
}

/// EQL's category is an exact test of the category field that every event must meet.
fn category(ir: &Ir) -> Option<Category> {
    let operands = match &ir.predicate {
        Expr::All(operands) => operands.as_slice(),
        other @ (Expr::Const(_) | Expr::Not(_) | Expr::Any(_) | Expr::Leaf(_)) => {
            std::slice::from_ref(other)
        }
    };
    let usual = Schema::default().category;
    let found = operands.iter().enumerate().find_map(|(at, operand)| {
        let (field, name) = tested(operand)?;
        let own = at == 0 && ir.origin.category.as_deref() == Some(name);
        let plain = ir
            .fields
            .get(field)
            .is_none_or(|known| known.kind == FieldType::Keyword && known.null_value.is_none());
        ((own || field.as_str() == usual) && plain).then_some((at, field, name))
    });
    let (at, field, name) = found?;
    let rest = operands
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != at);
    Some(Category {
        field: field.clone(),
        name: name.to_owned(),
        rest: Expr::all(rest.map(|(_, operand)| operand.clone())),
    })
}

/// The field and text of an exact equality.
fn tested(operand: &Expr) -> Option<(&Path, &str)> {
    let Expr::Leaf(leaf) = operand else {
        return None;
    };
    let LeafKind::Is {
        term: Term::Field(field),
        test: Test::Text(pattern),
    } = &leaf.kind
    else {
        return None;
    };
    match (pattern.shape(), pattern.case()) {
        (Shape::Equals(name), Case::Exact) => Some((field, name)),
        _ => None,
    }
}
