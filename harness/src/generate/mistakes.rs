//! An event for every mistake that no event shows so far.
//!
//! Boundary edits are made for every leaf alike, and in a rule of many leaves there is not room for all of them. Here the mistakes of
//! [`crate::mutation`] say which are wanting: edits of a leaf's witness are tried first, one event often showing several mistakes, and the solver is asked for
//! what they leave.

use super::Witness;
use crate::edits;
use crate::mutation::tree::Tree;
use crate::mutation::{Change, Mutant, each_mutant};
use crate::oracle::Oracle;
use crate::solver::{number, text};
use crate::strength::evidence::{Evidence, Instead};
use crate::strength::survivors::{Fate, Judge};
use std::collections::{BTreeSet, HashMap};
use verdict_compiler::ir::pattern::Piece;
use verdict_compiler::ir::{Expr, Leaf, LeafKind, Test};
use verdict_event::{Event, Path, Value};

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// Events, each with the mistake that it shows.
    pub events: Vec<(Event, String)>,
    /// The mutants that are proved to be no mistakes, by their number.
    pub equivalent: BTreeSet<usize>,
}

/// Finds events for what `made` does not show, as many as may be.
pub(super) fn find(
    oracle: &Oracle<'_>,
    made: &[&Event],
    witnesses: &[Witness<'_>],
    most: usize,
) -> Found {
    let ir = oracle.ir();
    let tree = Tree::new(&ir.predicate);
    let mut search = Search {
        oracle,
        tree: &tree,
        evidence: Evidence::new(&tree, oracle, made),
        judge: Judge::new(oracle, &tree),
        witnesses: by_leaf(witnesses),
        place: None,
        near: Vec::new(),
        near_of: 0,
        shown: Vec::new(),
        found: Found::default(),
        most,
    };
    let mut number = 0;
    each_mutant(ir, &tree, &mut |mutant| {
        search.one(number, &mutant);
        number += 1;
    });
    search.found
}

fn by_leaf<'w>(witnesses: &'w [Witness<'_>]) -> HashMap<usize, Vec<&'w Witness<'w>>> {
    let mut found: HashMap<usize, Vec<&Witness<'_>>> = HashMap::new();
    for witness in witnesses {
        found.entry(witness.goal.index).or_default().push(witness);
    }
    found
}

struct Search<'s> {
    oracle: &'s Oracle<'s>,
    tree: &'s Tree<'s>,
    evidence: Evidence<'s>,
    judge: Judge<'s>,
    witnesses: HashMap<usize, Vec<&'s Witness<'s>>>,
    /// The place whose near misses these are.
    place: Option<usize>,
    near: Vec<Event>,
    /// From how many events they were made.
    near_of: usize,
    /// Events found for mistakes in this place.
    shown: Vec<Event>,
    found: Found,
    most: usize,
}

impl Search<'_> {
    fn one(&mut self, number: usize, mutant: &Mutant) {
        if self.place != Some(mutant.place) {
            self.place = Some(mutant.place);
            self.near.clear();
            self.near_of = 0;
            self.shown.clear();
        }
        let instead = self.evidence.instead(mutant);
        if self.evidence.kills(mutant, &instead) {
            return;
        }
        let shows = |event: &Event| self.evidence.shown_by(mutant, &instead, event);
        if self.shown.iter().any(shows) {
            return;
        }
        // Where no witness of the leaf decides, an event that the solver found may.
        if let Some(event) = self.edited(mutant, &instead) {
            self.take(event, mutant);
            return;
        }
        match self.judge.fate(mutant) {
            Fate::Equivalent => {
                self.found.equivalent.insert(number);
            }
            Fate::Alive(Some(event)) => self.take(event, mutant),
            Fate::Alive(None) => {}
        }
    }

    fn take(&mut self, event: Event, mutant: &Mutant) {
        if self.found.events.len() < self.most {
            self.shown.push(event.clone());
            let label = format!("mistake: {}", mutant.operator.says);
            self.found.events.push((event, label));
        }
    }

    /// An edit of one of the leaf's witnesses that shows the mutant.
    fn edited(&mut self, mutant: &Mutant, instead: &Instead<'_>) -> Option<Event> {
        let node = self.tree.get(mutant.place)?;
        let index = node.leaf?;
        let Expr::Leaf(leaf) = node.expr else {
            return None;
        };
        let witnesses = self.witnesses.get(&index).cloned().unwrap_or_default();
        let own = self
            .shown
            .iter()
            .filter(|event| self.oracle.leaf(leaf, event));
        let mut bases: Vec<&Event> = witnesses
            .iter()
            .filter(|witness| witness.goal.polarity)
            .map(|witness| &witness.event)
            .collect();
        bases.extend(own.take(1));
        if self.near_of != bases.len() {
            self.near_of = bases.len();
            let others = witnesses.iter().filter(|witness| !witness.goal.polarity);
            let others: Vec<&Event> = others.map(|witness| &witness.event).collect();
            self.near = near(self.oracle, leaf, &bases, &others);
        }
        let shows = |event: &Event| self.evidence.shown_by(mutant, instead, event);
        if let Some(event) = self.near.iter().find(|event| shows(event)) {
            return Some(event.clone());
        }
        let Change::Becomes(Expr::Leaf(other)) = &mutant.change else {
            return None;
        };
        let mut own = bases.iter().flat_map(|base| towards(base, leaf, other));
        own.find(|event| shows(event))
    }
}

/// The field of a leaf that tests one.
fn field(leaf: &Leaf) -> Option<&Path> {
    match &leaf.kind {
        LeafKind::Is { term, .. } => term.as_field(),
        LeafKind::Relate { .. }
        | LeafKind::Missing(_)
        | LeafKind::Present(_)
        | LeafKind::AnyText(_) => None,
    }
}

/// Near misses of a leaf, those first that show most.
fn near(oracle: &Oracle<'_>, leaf: &Leaf, bases: &[&Event], others: &[&Event]) -> Vec<Event> {
    let mut found = Vec::new();
    for base in bases {
        let Some(path) = field(leaf) else {
            continue;
        };
        let Some(value) = base.values(path).first().map(|value| (*value).clone()) else {
            continue;
        };
        let mut put = |value: Value| found.push(edits::with(base, path, Some(value)));
        let other = others.iter().flat_map(|event| event.values(path)).next();
        let other = other.map_or_else(|| "verdict-no-such-value".into(), Value::clone);
        let beside = |value: Value| Value::List(vec![other.clone(), value]);
        if let Some(text) = value.scalar_text() {
            let flipped: String = text.chars().map(edits::flip).collect();
            // Several mistakes at once, where nothing else in the rule minds.
            put(beside(Value::String(format!("\n{flipped}\n"))));
            put(beside(Value::String(flipped.clone())));
            put(misses(base, leaf, oracle));
            for text in [
                format!("\n{flipped}\n"),
                format!("\n{flipped}"),
                format!("{flipped}\n"),
                flipped,
            ] {
                put(Value::String(text));
            }
        }
        put(beside(value));
    }
    for base in bases {
        let edits = edits::boundary(base, leaf);
        found.extend(edits.iter().map(|edit| edit.apply(base)));
    }
    for base in bases.iter().chain(others) {
        leaf.each_field(&mut |path| {
            let edits = edits::presence(base, path);
            found.extend(edits.iter().map(|edit| edit.apply(base)));
        });
    }
    found
}

/// A list of near misses of a leaf: values that it does not take.
fn misses(base: &Event, leaf: &Leaf, oracle: &Oracle<'_>) -> Value {
    let edits = edits::boundary(base, leaf).into_iter();
    let missed = edits.filter(|edit| !oracle.leaf(leaf, &edit.apply(base)));
    Value::List(missed.filter_map(|edit| edit.value).collect())
}

/// Events between a leaf and what stands there by mistake: with a value that the other test suggests.
fn towards(base: &Event, leaf: &Leaf, other: &Leaf) -> Vec<Event> {
    let (LeafKind::Is { test: from, .. }, LeafKind::Is { test: to, .. }, Some(path)) =
        (&leaf.kind, &other.kind, field(leaf))
    else {
        return Vec::new();
    };
    let mut values: Vec<Value> = Vec::new();
    if let Some(text) = base
        .values(path)
        .first()
        .and_then(|value| value.scalar_text())
    {
        let pieces = literals(from).into_iter().zip(literals(to));
        for (from, to) in pieces.filter(|(from, to)| from != to) {
            values.extend(
                edits::locate(text, from)
                    .map(|(before, _, behind)| Value::String(format!("{before}{to}{behind}"))),
            );
        }
    }
    for filler in ["", "x"] {
        values.extend(text::sample(to, filler).map(Value::String));
    }
    values.extend(number::around(to));
    values
        .into_iter()
        .map(|value| edits::with(base, path, Some(value)))
        .collect()
}

fn literals(test: &Test) -> Vec<&str> {
    let Test::Text(pattern) = test else {
        return Vec::new();
    };
    let pieces = pattern.pieces().iter();
    pieces
        .filter_map(|piece| match piece {
            Piece::Literal(text) => Some(text.as_str()),
            Piece::AnyRun | Piece::AnyChar => None,
        })
        .collect()
}
