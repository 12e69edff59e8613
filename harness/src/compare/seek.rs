//! Further events for one judge: near those that no row holds, and those on which a claimed code could show itself.

use super::Examined;
use crate::divergence::platform_scope::PLATFORM;
use crate::edits::with;
use crate::generate::{Labelled, filled};
use crate::judge::Judgement;
use crate::oracle::Oracle;
use crate::solver::text;
use std::collections::HashSet;
use verdict_compiler::codes::divergence::{
    COLUMN_CASE, EMPTY_IS_MISSING, KEYWORD_RAW, NULL_IS_MISSING, OPTIONAL_FIELD, PLATFORM_SCOPE,
};
use verdict_compiler::ir::{AnyText, Expr, Leaf, LeafKind, Term};
use verdict_compiler::{Code, Ir};
use verdict_event::{Event, Path, Value};

/// Of so many events that no row holds are neighbours looked for, of those that match and of those that do not.
const MOST_APART: usize = 48;
/// From so many events a code is looked for.
const MOST_BASES: usize = 24;
/// So many texts that a rule tests a field for are tried in another case.
const MOST_TEXTS: usize = 4;

/// Events near those that the judge's profile has no rows for: a solver knows nothing of fields that share a column.
pub(super) fn near(
    oracle: &Oracle<'_>,
    examined: &Examined<'_>,
    events: &[Labelled],
    judgements: &[Judgement],
) -> Vec<Labelled> {
    let apart = |matches: bool| {
        let of = events.iter().zip(judgements);
        of.filter(move |(labelled, judgement)| {
            labelled.matches == matches && matches!(judgement, Judgement::Unrepresentable(_))
        })
        .map(|(labelled, _)| labelled)
        .take(MOST_APART)
    };
    let mut seen: HashSet<String> = events
        .iter()
        .map(|labelled| labelled.event.to_json_line())
        .collect();
    let mut found = Vec::new();
    for labelled in apart(true).chain(apart(false)) {
        for event in examined.judge.near(&labelled.event) {
            if seen.insert(event.to_json_line()) {
                found.push(Labelled {
                    matches: oracle.holds(&event),
                    label: format!("{}, as a row holds it", labelled.label),
                    event,
                });
            }
        }
    }
    found
}

/// Events on which a code could show itself and no other difference is there, made of events that a row holds.
pub(super) fn showing(
    code: Code,
    oracle: &Oracle<'_>,
    examined: &Examined<'_>,
    held: &[&Labelled],
) -> Vec<Labelled> {
    let ir = oracle.ir();
    let leaves = deciding_leaves(code, ir);
    let of = |matches: bool| {
        let held = held
            .iter()
            .filter(move |labelled| labelled.matches == matches);
        // Elsewhere a step changes nothing.
        let telling = held.filter(|labelled| {
            leaves.is_empty()
                || leaves
                    .iter()
                    .any(|leaf| decides(oracle, leaf, &labelled.event))
        });
        telling.take(MOST_BASES)
    };
    let mut found = Vec::new();
    for labelled in of(true).chain(of(false)) {
        let whole = filled(ir, &labelled.event);
        for base in [whole, labelled.event.clone()] {
            for event in steps(code, ir, &base) {
                let held = match examined.judge.judge(&event) {
                    Judgement::Unrepresentable(_) => examined.judge.near(&event),
                    Judgement::Verdict(_) | Judgement::Rejected(_) => vec![event],
                };
                found.extend(held.into_iter().map(|event| Labelled {
                    matches: oracle.holds(&event),
                    label: format!("{}, for {}", labelled.label, code.id),
                    event,
                }));
            }
        }
    }
    found
}

/// The leaves that a code is about, where it is about a kind of leaf.
fn deciding_leaves(code: Code, ir: &Ir) -> Vec<&Leaf> {
    let mut leaves = ir.predicate.leaves();
    leaves.retain(|leaf| match &leaf.kind {
        LeafKind::AnyText(_) => code.id == KEYWORD_RAW.id,
        LeafKind::Present(_) => code.id == NULL_IS_MISSING.id,
        LeafKind::Is { .. } | LeafKind::Relate { .. } | LeafKind::Missing(_) => false,
    });
    leaves
}

/// Whether the rule would say something else of an event if the leaf were another.
fn decides(oracle: &Oracle<'_>, leaf: &Leaf, event: &Event) -> bool {
    let otherwise = oracle.ir().predicate.map_leaves(&mut |other| {
        if other == leaf {
            Expr::Const(!oracle.leaf(leaf, event))
        } else {
            Expr::Leaf(other.clone())
        }
    });
    oracle.expr(&otherwise, event) != oracle.holds(event)
}

/// Events a step away, in the direction of a code.
pub(crate) fn steps(code: Code, ir: &Ir, base: &Event) -> Vec<Event> {
    let mut found = Vec::new();
    if code.id == PLATFORM_SCOPE.id {
        let known = |path: &&Path| PLATFORM.contains(&path.as_str());
        for path in ir.fields.keys().filter(known) {
            for platform in ["windows", "linux", "macos"] {
                found.push(with(base, path, Some(platform.into())));
            }
            found.push(with(base, path, None));
        }
    } else if code.id == OPTIONAL_FIELD.id {
        for path in &ir.origin.optional {
            for value in tested(ir, path) {
                found.push(with(base, path, Some(value.as_str().into())));
            }
            found.push(with(base, path, None));
        }
    } else if code.id == COLUMN_CASE.id {
        let platform = |path: &&Path| PLATFORM.contains(&path.as_str());
        for path in ir.fields.keys().filter(|path| !platform(path)) {
            // What the field holds, and what the rule leaves out, in the other case.
            let mut texts = tested(ir, path);
            texts.truncate(MOST_TEXTS);
            if let [Value::String(text)] = base.values(path).as_slice() {
                texts.push(text.clone());
            }
            for text in texts {
                for other in [text.to_ascii_lowercase(), text.to_ascii_uppercase()] {
                    found.push(with(base, path, Some(other.as_str().into())));
                }
            }
        }
    } else if code.id == EMPTY_IS_MISSING.id {
        for path in ir.fields.keys() {
            found.push(with(base, path, Some("".into())));
            let others = base.values(path).into_iter().cloned();
            let beside: Vec<Value> = std::iter::once("".into()).chain(others).collect();
            if beside.len() > 1 {
                found.push(with(base, path, Some(Value::List(beside))));
            }
        }
    } else if code.id == NULL_IS_MISSING.id {
        ir.predicate.each_leaf_within(&mut |leaf| {
            if let LeafKind::Present(path) = &leaf.kind {
                found.push(with(base, path, Some(Value::Null)));
                found.push(with(base, path, None));
            }
        });
    } else if code.id == KEYWORD_RAW.id {
        ir.predicate.each_leaf_within(&mut |leaf| {
            if let LeafKind::AnyText(keyword) = &leaf.kind {
                found.push(as_key(keyword, base));
            }
        });
    }
    found
}

/// The event with a key that a keyword is found in, over nothing, so that the event has the same strings.
fn as_key(keyword: &AnyText, base: &Event) -> Event {
    let mut entries = base.entries().to_vec();
    entries.push((text::for_any_text(keyword), Value::Null));
    Event::new(entries)
}

/// Texts that the rule's tests of a field accept.
fn tested(ir: &Ir, path: &Path) -> Vec<String> {
    let mut found = Vec::new();
    ir.predicate.each_leaf_within(&mut |leaf| {
        if let LeafKind::Is {
            term: Term::Field(field),
            test,
        } = &leaf.kind
            && field == path
        {
            found.extend(text::sample(test, ""));
        }
    });
    found.push("x".to_owned());
    found
}
