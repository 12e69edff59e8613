//! A guide's pivots as queries: Elastic's own block, and a query for every language whose queries can hold a time.
//!
//! A pivot is a predicate like a rule's, so it takes the same way: an IR, bound to the columns of a profile, planned, emitted with the target's own literals. A placeholder
//! is text that no event holds, `{{host.id}}`, inside such a literal; the analyst puts the alert's value in its place. What a profile has no column for is
//! refused, not left out.

mod elastic;
mod meaning;
mod window;

pub use elastic::block;
pub use window::Window;
pub(crate) use window::{kusto_time, splunk_time};

use crate::profile::Profile;
use crate::target::{Claim, Emitted, Target};
use verdict_compiler::codes::target::PIVOT;
use verdict_compiler::rule::Pivot;
use verdict_compiler::{Refusal, Rule};

/// A pivot as a query of a target; None for a language whose queries hold no time, where the analyst's own tool has to limit it,
/// and for a pivot that could not be read.
pub fn follow_up(
    rule: &Rule,
    pivot: &Pivot,
    target: &dyn Target,
    profile: &Profile,
) -> Option<Emitted> {
    if !target.has_times() || pivot.providers.is_empty() {
        return None;
    }
    let ir = match meaning::meaning(rule, pivot) {
        Ok(ir) => ir,
        Err(refusals) => {
            return Some(Emitted {
                claim: Claim::Unsupported(refusals),
                text: None,
            });
        }
    };
    let emitted = target.compile(&titled(rule, pivot), &ir, profile);
    let Some(text) = emitted.text else {
        return Some(emitted);
    };
    let limited = target.limited(&text, profile, &Window::of(pivot));
    Some(match limited {
        Ok(text) => Emitted {
            claim: emitted.claim,
            text: Some(text),
        },
        Err(reason) => Emitted {
            claim: Claim::Unsupported(vec![Refusal {
                code: PIVOT,
                reason,
                span: pivot.name.span,
            }]),
            text: None,
        },
    })
}

/// What the query's head says: the pivot's label, and the rule that it belongs to.
fn titled(rule: &Rule, pivot: &Pivot) -> Rule {
    let label = pivot.label.as_ref().unwrap_or(&pivot.name);
    let mut titled = Rule::new(rule.id.clone(), label.value.clone(), rule.body.clone());
    titled.metadata.version = rule.metadata.version;
    titled
}
