//! Guessing: leaves over functions and pairs of fields are met by trying values that their constants suggest.

use crate::oracle::Oracle;
use crate::solver::event::{Content, Draft};
use crate::solver::preimage;
use std::collections::BTreeSet;
use verdict_compiler::ir::{Function, Leaf, LeafKind, Scalar, Term, Test};
use verdict_event::{Event, FieldType, Number, Path, Value};

/// Addresses of which neither is part of the other's text.
const ADDRESSES: [&str; 2] = ["192.0.2.1", "198.51.100.27"];

/// The first event that is good among as many as may be tried, with the fields of the hard leaves set to values from a pool.
///
/// Leaves that share no field are met apart first, each group by itself; where that is no good event, all are tried together.
pub fn guess(
    oracle: &Oracle<'_>,
    draft: &Draft,
    hard: &[(&Leaf, bool)],
    tries: &mut usize,
    good: &mut dyn FnMut(&Event) -> bool,
) -> Option<Event> {
    if hard.is_empty() {
        return None;
    }
    // What is spent here is not taken from the search of all together, which may be the only one that finds anything.
    let apart = apart(oracle, draft, hard, &mut (*tries / 4));
    if let Some(event) = apart.and_then(|draft| draft.build())
        && good(&event)
    {
        return Some(event);
    }
    let leaves: Vec<&Leaf> = hard.iter().map(|(leaf, _)| *leaf).collect();
    search(oracle, draft, &leaves, tries, good)?.build()
}

/// The draft with every group of leaves met; None where there is but one group, or one is not met.
fn apart(
    oracle: &Oracle<'_>,
    draft: &Draft,
    hard: &[(&Leaf, bool)],
    tries: &mut usize,
) -> Option<Draft> {
    let groups = groups(hard);
    if groups.len() < 2 {
        return None;
    }
    let mut settled = draft.clone();
    for group in groups {
        let leaves: Vec<&Leaf> = group.iter().map(|(leaf, _)| *leaf).collect();
        let mut good = |event: &Event| {
            let met = |(leaf, wanted): &(&Leaf, bool)| oracle.leaf(leaf, event) == *wanted;
            group.iter().all(met)
        };
        settled = search(oracle, &settled, &leaves, tries, &mut good)?;
    }
    Some(settled)
}

/// The leaves, those together that share a field, also by way of others.
fn groups<'l>(hard: &[(&'l Leaf, bool)]) -> Vec<Vec<(&'l Leaf, bool)>> {
    let mut groups: Vec<(BTreeSet<&Path>, Vec<(&Leaf, bool)>)> = Vec::new();
    for (leaf, wanted) in hard {
        let mut fields = fields_of(&[*leaf]);
        let mut leaves = vec![(*leaf, *wanted)];
        let (shared, others): (Vec<_>, Vec<_>) = std::mem::take(&mut groups)
            .into_iter()
            .partition(|(theirs, _)| !theirs.is_disjoint(&fields));
        for (theirs, mut earlier) in shared {
            fields.extend(theirs);
            earlier.append(&mut leaves);
            leaves = earlier;
        }
        groups = others;
        groups.push((fields, leaves));
    }
    groups.into_iter().map(|(_, leaves)| leaves).collect()
}

fn fields_of<'l>(leaves: &[&'l Leaf]) -> BTreeSet<&'l Path> {
    let mut fields: BTreeSet<&Path> = BTreeSet::new();
    for leaf in leaves {
        leaf.each_field(&mut |path| {
            fields.insert(path);
        });
    }
    fields
}

fn search(
    oracle: &Oracle<'_>,
    draft: &Draft,
    hard: &[&Leaf],
    tries: &mut usize,
    good: &mut dyn FnMut(&Event) -> bool,
) -> Option<Draft> {
    let fields: Vec<&Path> = fields_of(hard).into_iter().collect();
    let mut pool = pool(hard, draft, &fields);
    if fields.iter().any(|path| oracle.kind(path) == FieldType::Ip) {
        // Such a field reads nothing but addresses.
        pool.extend(ADDRESSES.map(|text| Content::One(text.into())));
    }
    assign(draft, &fields, &pool, tries, good)
}

fn assign(
    draft: &Draft,
    fields: &[&Path],
    pool: &[Content],
    tries: &mut usize,
    good: &mut dyn FnMut(&Event) -> bool,
) -> Option<Draft> {
    let Some((path, rest)) = fields.split_first() else {
        *tries = tries.saturating_sub(1);
        return draft
            .build()
            .is_some_and(|event| good(&event))
            .then(|| draft.clone());
    };
    for content in draft.get(path).into_iter().chain(pool) {
        if *tries == 0 {
            return None;
        }
        let mut next = draft.clone();
        next.set(path, content.clone());
        if let Some(found) = assign(&next, rest, pool, tries, good) {
            return Some(found);
        }
    }
    None
}

/// Values that the leaves' constants suggest, few and telling.
fn pool(hard: &[&Leaf], draft: &Draft, fields: &[&Path]) -> Vec<Content> {
    let mut values: Vec<Value> = Vec::new();
    let mut add = |value: Value| {
        if !values.contains(&value) {
            values.push(value);
        }
    };
    for path in fields {
        if let Some(Content::One(value)) = draft.get(path) {
            add(value.clone());
            // Longer texts that most patterns still match: what a demand on the length asks for.
            if let Value::String(text) = value {
                let padding = "x".repeat(100);
                add(Value::String(format!("{text}{padding}")));
                add(Value::String(format!("{padding}{text}")));
            }
        }
    }
    for value in hard.iter().flat_map(|leaf| preimage::of_leaf(leaf)) {
        add(value);
    }
    for leaf in hard {
        for scalar in constants(leaf) {
            suggest(&scalar, &mut add);
        }
    }
    let lengths = lengths(hard);
    for path in fields {
        if let Some(Content::One(Value::String(text))) = draft.get(path) {
            stretched(text, &lengths, &mut add);
        }
    }
    for text in ["x", "y", "xy", ""] {
        add(text.into());
    }
    for number in [0, 1, 2, -1] {
        add(number.into());
    }
    // A piece of another field's text: what a test of one field against a part of another asks for.
    for path in fields {
        if let Some(Content::One(Value::String(text))) = draft.get(path) {
            let mut shorter = text.chars();
            if shorter.next_back().is_some() {
                add(shorter.as_str().into());
            }
        }
    }
    std::iter::once(Content::Absent)
        .chain(values.into_iter().map(Content::One))
        .collect()
}

/// The longest text that is made for a demand on a length.
const LONGEST: i64 = 4_200;

/// The lengths at and around the numbers that some function of a length is compared with, ascending.
fn lengths(hard: &[&Leaf]) -> BTreeSet<usize> {
    let measuring = hard.iter().filter(|leaf| leaf_measures(leaf));
    let numbers = measuring.flat_map(|leaf| constants(leaf));
    let around = numbers.filter_map(|scalar| match scalar {
        Scalar::Number(number) => number.as_i64().filter(|at| (0..=LONGEST).contains(at)),
        Scalar::Text(_) | Scalar::Bool(_) => None,
    });
    around
        .flat_map(|at| [at - 1, at, at + 1])
        .filter_map(|length| usize::try_from(length).ok())
        .collect()
}

/// Whether a term asks for the length of a text.
fn measures(term: &Term) -> bool {
    match term {
        Term::Call(Function::Length, _) => true,
        Term::Call(_, arguments) => arguments.iter().any(measures),
        Term::Field(_) | Term::Const(_) => false,
        Term::Truth { holds, .. } => holds.leaves().iter().any(|leaf| leaf_measures(leaf)),
    }
}

fn leaf_measures(leaf: &Leaf) -> bool {
    match &leaf.kind {
        LeafKind::Is { term, .. } | LeafKind::Missing(term) => measures(term),
        LeafKind::Relate { left, right, .. } => measures(left) || measures(right),
        LeafKind::Present(_) | LeafKind::AnyText(_) => false,
    }
}

/// A text that meets a field's patterns, made as long as is asked for: behind its end and before its beginning, where most patterns are open, and behind
/// each of its separators, where one with fixed ends may be.
fn stretched(text: &str, lengths: &BTreeSet<usize>, add: &mut impl FnMut(Value)) {
    let own = text.chars().count();
    let inner = text.match_indices(['\\', '/', ' ', '.']);
    let places = [text.len(), 0].into_iter();
    let places: Vec<usize> = places
        .chain(inner.map(|(at, mark)| at + mark.len()).take(6))
        .collect();
    for length in lengths.iter().filter(|length| **length > own) {
        let filler = "x".repeat(length - own);
        for at in &places {
            if let Some((before, behind)) = text.split_at_checked(*at) {
                add(Value::String(format!("{before}{filler}{behind}")));
            }
        }
    }
}

fn suggest(scalar: &Scalar, add: &mut impl FnMut(Value)) {
    match scalar {
        Scalar::Text(text) => {
            add(Value::String(text.clone()));
            add(Value::String(format!("x{text}y")));
            add(Value::String(text.to_uppercase()));
        }
        Scalar::Number(number) => {
            let at = number.as_i64().unwrap_or_default();
            // As a length, as a position and as a number.
            for length in [at - 1, at, at + 1] {
                if let Ok(length) = usize::try_from(length.min(4096)) {
                    add(Value::String("x".repeat(length)));
                }
                add(Value::Number(Number::from(length)));
            }
            for by in [2, -1] {
                add(Value::Number(Number::from(at.saturating_mul(by))));
            }
        }
        Scalar::Bool(value) => add(Value::Bool(*value)),
    }
}

fn constants(leaf: &Leaf) -> Vec<Scalar> {
    let mut found = Vec::new();
    match &leaf.kind {
        LeafKind::Is { term, test } => {
            of_term(term, &mut found);
            of_test(test, &mut found);
        }
        LeafKind::Relate { left, right, .. } => {
            of_term(left, &mut found);
            of_term(right, &mut found);
        }
        LeafKind::Missing(term) => of_term(term, &mut found),
        LeafKind::Present(_) | LeafKind::AnyText(_) => {}
    }
    found
}

fn of_term(term: &Term, found: &mut Vec<Scalar>) {
    match term {
        Term::Field(_) => {}
        Term::Const(scalar) => found.push(scalar.clone()),
        Term::Call(_, arguments) => arguments
            .iter()
            .for_each(|argument| of_term(argument, found)),
        Term::Truth { holds, known } => {
            for expr in [holds, known] {
                for leaf in expr.leaves() {
                    found.extend(constants(leaf));
                }
            }
        }
    }
}

fn of_test(test: &Test, found: &mut Vec<Scalar>) {
    match test {
        Test::Numeral(number) | Test::Compare(_, number) => {
            found.push(Scalar::Number(number.clone()))
        }
        Test::Bool(value) => found.push(Scalar::Bool(*value)),
        Test::AnyValue => {}
        Test::Text(_)
        | Test::TextOrder(..)
        | Test::Regex(_)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => {
            found.extend(crate::solver::text::sample(test, "x").map(Scalar::Text))
        }
    }
}
