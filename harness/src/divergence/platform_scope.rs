//! `platform-scope`: the target's table holds events of every platform and does not say of which.

use super::column_case::folded;
use crate::edits::with;
use crate::oracle::Oracle;
use verdict_compiler::Ir;
use verdict_compiler::ir::{Leaf, LeafKind, Term, Test};
use verdict_event::{Event, Path, Value};

/// Where an event says of which platform it is.
pub(crate) const PLATFORM: &[&str] = &["host.os.type", "host.os.family", "host.os.platform"];

/// The rule tests the platform, and the event's verdict would be another one if it were of another platform. Where the target's data lose
/// the case as well, both may be needed.
pub(super) fn covers(ir: &Ir, event: &Event) -> bool {
    moves(ir, event) || moves(&folded(ir), event)
}

fn moves(ir: &Ir, event: &Event) -> bool {
    let oracle = Oracle::new(ir);
    let verdict = oracle.holds(event);
    PLATFORM.iter().any(|name| {
        let path = Path::new(*name);
        let mut others = asked(ir, &path);
        others.insert(0, None);
        // A rule that does not test the field has no verdict that depends on it.
        others
            .into_iter()
            .any(|value| oracle.holds(&with(event, &path, value)) != verdict)
    })
}

/// The platforms that a rule names.
fn asked(ir: &Ir, path: &Path) -> Vec<Option<Value>> {
    let mut found = Vec::new();
    let mut visit = |leaf: &Leaf| {
        if let LeafKind::Is {
            term: Term::Field(field),
            test: Test::Text(pattern),
        } = &leaf.kind
            && field == path
        {
            found.extend(
                pattern
                    .literals()
                    .map(|text| Some(Value::from(text.as_str()))),
            );
        }
    };
    ir.predicate.each_leaf_within(&mut visit);
    found
}
