//! Each relation with a mistake in it: the check must catch every one.

use crate::agree::{self, OfEvents, OfRules};
use crate::judges::Judged;
use crate::relations::{counted, detection, eql_condition, expr, sigma_condition};
use crate::rules::Specimen;
use verdict_compiler::frontends::eql::ast::ExprKind;
use verdict_compiler::frontends::sigma::condition::Condition;
use verdict_event::{Event, Value};

const SIGMA: &str = "title: R\nid: 6d0a4c1e-0000-4000-8000-000000000001\nstatus: test\nlevel: low\nlogsource: {product: none}\ndetection:\n  \
                     sel_a: {A: [x, y], B|contains: z}\n  sel_b: {C: [4, 5]}\n  flt_c: {D: w}\n  condition: 1 of sel_* and not flt_c\n";
const SIGMA_ALL: &str = "title: R\nid: 6d0a4c1e-0000-4000-8000-000000000002\nstatus: test\nlevel: low\nlogsource: {product: none}\ndetection:\n  \
                         sel_a: {A: x}\n  sel_b: {C: y}\n  condition: all of sel_*\n";
const EQL: &str = "id: 6d0a4c1e-0000-4000-8000-000000000003\nname: R\nstatus: test\nlanguage: eql\nseverity: low\nrisk_score: 1\nquery: |\n  \
                   process where a in (\"x\", \"y\") and (b : (\"z*\", \"w\") or n > 3)\nauthors: [a]\nlicense: x\nversion: 1\n";

fn specimens() -> Vec<Specimen> {
    let texts = [("sigma", SIGMA), ("sigma, all", SIGMA_ALL), ("eql", EQL)];
    let found: Vec<Specimen> = texts
        .iter()
        .flat_map(|(name, text)| Specimen::read(name, text))
        .collect();
    assert_eq!(found.len(), 3);
    found
}

fn no_inner_negation(specimen: &Specimen) -> Option<Specimen> {
    sigma_condition(specimen, |condition, _| match condition {
        Condition::All(operands) => Condition::Not(Box::new(Condition::Any(operands.clone()))),
        other => other.clone(),
    })
}

fn eql_or_for_and(specimen: &Specimen) -> Option<Specimen> {
    eql_condition(specimen, |kind| match kind {
        ExprKind::And(operands) => ExprKind::Or(operands),
        other => other,
    })
}

fn single_negation(specimen: &Specimen) -> Option<Specimen> {
    sigma_condition(specimen, |condition, _| {
        Condition::Not(Box::new(condition.clone()))
    })
}

fn eql_single_negation(specimen: &Specimen) -> Option<Specimen> {
    eql_condition(specimen, |kind| ExprKind::Not(Box::new(expr(kind))))
}

fn operand_lost(specimen: &Specimen) -> Option<Specimen> {
    eql_condition(specimen, |kind| match kind {
        ExprKind::Or(mut operands) => {
            operands.pop();
            operands
                .pop()
                .map_or(ExprKind::Bool(true), |last| last.kind)
        }
        other => other,
    })
}

/// What is made of `1 of` is that of `all of`, and the other way round.
fn counted_wrongly(specimen: &Specimen) -> Option<Specimen> {
    fn turned(condition: &Condition) -> Condition {
        match condition {
            Condition::Any(operands) => Condition::All(operands.clone()),
            Condition::All(operands) => Condition::Any(operands.iter().map(turned).collect()),
            other => other.clone(),
        }
    }
    sigma_condition(specimen, |condition, names| {
        turned(&counted(&counted(condition, names, true), names, false))
    })
}

fn value_lost(specimen: &Specimen) -> Option<Specimen> {
    detection(specimen, |_, items| {
        items.pop();
    })
}

fn key_lost(specimen: &Specimen) -> Option<Specimen> {
    detection(specimen, |entries, _| {
        // Not a detection with its condition.
        if entries.len() == 2 {
            entries.pop();
        }
    })
}

fn eql_value_lost(specimen: &Specimen) -> Option<Specimen> {
    eql_condition(specimen, |kind| match kind {
        ExprKind::In(mut membership) => {
            membership.items.pop();
            ExprKind::In(membership)
        }
        ExprKind::Match(mut matched) => {
            matched.patterns.remove(0);
            ExprKind::Match(matched)
        }
        other => other,
    })
}

const BROKEN_RULES: &[(&str, OfRules)] = &[
    ("De Morgan without the inner negation", no_inner_negation),
    ("`and` as `or`", eql_or_for_and),
    ("a single negation", single_negation),
    ("a single negation in EQL", eql_single_negation),
    ("an operand lost", operand_lost),
    ("`1 of` as `all of`", counted_wrongly),
    ("a value of a list lost", value_lost),
    ("a key lost", key_lost),
    ("a value of `in` or `:` lost", eql_value_lost),
];

#[test]
fn broken_relations_of_rules_are_caught() {
    let specimens = specimens();
    for (name, relation) in BROKEN_RULES {
        let tally = agree::rules(*relation, &specimens);
        assert!(
            !tally.faults.is_empty(),
            "{name}: nobody saw it in {} rules",
            tally.rules
        );
        // The mistake is one of meaning: everybody sees it, not only who is told of first.
        for judge in ["oracle", "native", "source", "kql", "esql", "eql", "spl"] {
            assert!(
                tally
                    .faults
                    .iter()
                    .any(|fault| fault.contains(&format!(": {judge} of "))),
                "{name}: {judge} did not see it\n{}",
                tally.faults.join("\n")
            );
        }
    }
}

fn last_key_lost(_: &Judged, event: &Event) -> Option<Event> {
    let mut entries = event.entries().to_vec();
    entries.pop()?;
    Some(Event::new(entries))
}

fn a_field_of_the_rule_lost(judged: &Judged, event: &Event) -> Option<Event> {
    let read = judged.ir.fields.keys().next()?.as_str().to_owned();
    let mut entries = event.entries().to_vec();
    entries.retain(|(key, _)| *key != read);
    entries.push((read, Value::String("none of its values".to_owned())));
    Some(Event::new(entries))
}

fn lists_emptied(_: &Judged, event: &Event) -> Option<Event> {
    let entries = event.entries().iter().map(|(key, value)| {
        let value = match value {
            Value::List(_) => Value::List(Vec::new()),
            other => other.clone(),
        };
        (key.clone(), value)
    });
    Some(Event::new(entries.collect()))
}

const BROKEN_EVENTS: &[(&str, OfEvents)] = &[
    ("the last key lost", last_key_lost),
    ("a field that is read", a_field_of_the_rule_lost),
    ("lists emptied", lists_emptied),
];

#[test]
fn broken_relations_of_events_are_caught() {
    let specimens = specimens();
    for (name, relation) in BROKEN_EVENTS {
        let tally = agree::of_events(*relation, &specimens);
        assert!(
            !tally.faults.is_empty(),
            "{name}: nobody saw it in {} rules",
            tally.rules
        );
    }
}
