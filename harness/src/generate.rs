//! All events of a rule, labelled.
//!
//! Goals first, then the boundary of every leaf, then presence and type of every field, then proptest's wanderings. The order and the
//! events depend on the rule and the seed alone.

pub mod account;
mod mistakes;

use crate::edits::{self, Edit};
use crate::goals::{Goal, goals};
use crate::oracle::Oracle;
use crate::solver::{Budget, Solution, Solver, text};
use crate::{states, strategy};
use account::{Account, Kind};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use verdict_compiler::Ir;
use verdict_compiler::ir::{Expr, LeafKind, Term};
use verdict_event::{Event, Path};

/// How much to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// The most events a rule gets.
    pub events: usize,
    /// How many of them proptest draws.
    pub random: usize,
    /// Mixed into every seed.
    pub seed: u64,
    /// Whether it is measured how many mistakes in the rule the events would show.
    pub strength: bool,
    /// Whether proofs are written down, and the fewest events sought that would do.
    pub certificate: bool,
}

impl Default for Amount {
    fn default() -> Self {
        Self {
            events: 800,
            random: 32,
            seed: 0,
            strength: false,
            certificate: false,
        }
    }
}

/// An event and why it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// The event.
    pub event: Event,
    /// Why: `leaf 3 true`, `CommandLine absent` ...
    pub label: String,
    /// What the oracle says of it.
    pub matches: bool,
}

pub use account::Reached;

/// The events of a rule.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// The events, each once.
    pub events: Vec<Labelled>,
    /// Those among them that reached a goal.
    pub witnesses: Vec<Event>,
    /// What became of the goals.
    pub account: Account,
    /// How many events were made for each reason.
    pub kinds: BTreeMap<Kind, usize>,
    /// The mutants ([`crate::mutation::each_mutant`]) that are proved to be no mistakes, by their number.
    pub equivalent: BTreeSet<usize>,
}

/// How many events that match get an empty text beside a field's value.
const FEW: usize = 4;

/// From how many leaves on only some of them get boundary edits.
const MANY_LEAVES: usize = 60;
/// How many events a leaf may get for the mistakes that the others do not show, and how many a rule.
const MISTAKES_A_LEAF: usize = 12;
const MOST_MISTAKES: usize = 20_000;
/// In how many events that a keyword decides it is moved to other places.
const KEYWORD_BASES: usize = 8;

/// Makes the events of a rule. `key` names the rule; with the seed it decides every random choice.
pub fn generate(ir: &Ir, key: &str, amount: Amount) -> Made {
    let oracle = Oracle::new(ir);
    let mut maker = Maker {
        oracle: &oracle,
        seen: HashSet::new(),
        made: Made::default(),
        kind: Kind::Goal,
        // A list of thousands of values gets an event for each.
        most: amount.events + ir.predicate.leaves().len(),
    };
    let witnesses = maker.goals(&ir.predicate);
    maker.made.witnesses = witnesses
        .iter()
        .map(|witness| witness.event.clone())
        .collect();
    maker.kind = Kind::State;
    maker.states(ir);
    maker.kind = Kind::Relation;
    maker.relations(ir, &witnesses);
    maker.kind = Kind::Presence;
    maker.beside_empty_texts(ir, &witnesses);
    maker.kind = Kind::Boundary;
    maker.boundaries(ir, &witnesses);
    maker.kind = Kind::Presence;
    maker.presence(ir, &witnesses);
    maker.kind = Kind::Mistake;
    maker.mistakes(&witnesses);
    maker.kind = Kind::Random;
    maker.random(ir, key, amount);
    maker.made
}

/// Whether the fields of the goal's leaf hold what it looks at: where it is true, or where a computed value is not missing.
fn telling(goal: &Goal<'_>) -> bool {
    match &goal.leaf.kind {
        LeafKind::Missing(Term::Call(..) | Term::Truth { .. }) => !goal.polarity,
        LeafKind::Missing(Term::Field(_) | Term::Const(_))
        | LeafKind::Is { .. }
        | LeafKind::Relate { .. }
        | LeafKind::Present(_)
        | LeafKind::AnyText(_) => goal.polarity,
    }
}

/// An event that reached a goal.
struct Witness<'i> {
    goal: Goal<'i>,
    event: Event,
}

struct Maker<'o> {
    oracle: &'o Oracle<'o>,
    seen: HashSet<String>,
    made: Made,
    /// What the events are made for just now.
    kind: Kind,
    most: usize,
}

impl Maker<'_> {
    fn add(&mut self, event: Event, label: String) {
        if self.made.events.len() < self.most && self.seen.insert(event.to_json_line()) {
            let matches = self.oracle.holds(&event);
            *self.made.kinds.entry(self.kind).or_default() += 1;
            self.made.events.push(Labelled {
                event,
                label,
                matches,
            });
        }
    }

    fn goals<'i>(&mut self, predicate: &'i Expr) -> Vec<Witness<'i>> {
        let solver = Solver::new(self.oracle, Budget::GOAL);
        let mut witnesses = Vec::new();
        for (label, outcome) in [("a match", true), ("no match", false)] {
            if let Solution::Witness(event) = solver.solve(&[(predicate, outcome)], 0) {
                self.add(event, label.to_owned());
            }
        }
        for goal in goals(predicate) {
            let solution = solver.goal(predicate, &goal);
            self.made.account.enter(&goal, &solution);
            if let Solution::Witness(event) = solution {
                let label = format!("leaf {} {}", goal.index, goal.polarity);
                self.add(event.clone(), label);
                witnesses.push(Witness { goal, event });
            }
        }
        witnesses
    }

    /// Events whose verdict turns on whether a field is empty or missing, or null or absent.
    fn states(&mut self, ir: &Ir) {
        let solver = Solver::new(self.oracle, Budget::BRIEF);
        for path in ir.fields.keys() {
            if !states::matter(self.oracle, &ir.predicate, path) {
                continue;
            }
            for (event, label) in states::events(&solver, &ir.predicate, path) {
                self.add(edits::with(&event, path, None), format!("{path} absent"));
                self.add(event, format!("{path} {label}"));
            }
        }
    }

    fn boundaries(&mut self, ir: &Ir, witnesses: &[Witness<'_>]) {
        let leaves = ir.predicate.leaves().len();
        let stride = leaves.div_ceil(MANY_LEAVES).max(1);
        for witness in witnesses
            .iter()
            .filter(|witness| telling(&witness.goal) && witness.goal.index % stride == 0)
        {
            for edit in edits::boundary(&witness.event, witness.goal.leaf) {
                self.edit(
                    &witness.event,
                    &edit,
                    &format!("leaf {}", witness.goal.index),
                );
            }
        }
    }

    /// Events for the mistakes that no event shows so far; there is room for them beside the others.
    fn mistakes(&mut self, witnesses: &[Witness<'_>]) {
        let leaves = self.oracle.ir().predicate.leaves().len();
        let most = (MISTAKES_A_LEAF * leaves).min(MOST_MISTAKES);
        let made: Vec<&Event> = self.made.events.iter().map(|made| &made.event).collect();
        let found = mistakes::find(self.oracle, &made, witnesses, most);
        self.most += found.events.len();
        for (event, label) in found.events {
            self.add(event, label);
        }
        self.made.equivalent = found.equivalent;
    }

    /// Every field's presence and type, in an event that matches and in one where a leaf under `not` decides.
    fn presence(&mut self, ir: &Ir, witnesses: &[Witness<'_>]) {
        for path in ir.fields.keys() {
            let reads = |witness: &&Witness<'_>| {
                let mut reads = false;
                witness
                    .goal
                    .leaf
                    .each_field(&mut |field| reads |= field == path);
                reads
            };
            let by = |outcome: bool| {
                witnesses
                    .iter()
                    .filter(reads)
                    .find(move |witness| witness.goal.polarity && witness.goal.outcome == outcome)
            };
            for witness in [by(true), by(false)].into_iter().flatten() {
                for edit in edits::presence(&witness.event, path) {
                    self.edit(&witness.event, &edit, "presence");
                }
            }
        }
        if let Some(base) = witnesses
            .iter()
            .find(|witness| witness.goal.outcome == witness.goal.polarity)
        {
            self.add(
                edits::with(
                    &base.event,
                    &Path::new("verdict.unrelated"),
                    Some("x".into()),
                ),
                "an unrelated field".to_owned(),
            );
        }
        self.keywords(ir, witnesses);
    }

    /// Events that match, with an empty text beside the value of a field, or beside any.
    fn beside_empty_texts(&mut self, ir: &Ir, witnesses: &[Witness<'_>]) {
        for path in ir.fields.keys() {
            let reads = |witness: &&Witness<'_>| {
                let mut reads = false;
                let leaf = witness.goal.leaf;
                leaf.each_field(&mut |field| reads |= field == path);
                reads
            };
            let matching = || witnesses.iter().filter(|witness| witness.goal.outcome);
            // No witness of the field's own need match: any that does may hold it.
            for witness in matching().filter(reads).take(FEW).chain(matching().take(1)) {
                let values = witness.event.values(path);
                let have = values
                    .first()
                    .map_or_else(|| "x".into(), |value| (*value).clone());
                let list = verdict_event::Value::List(vec!["".into(), have]);
                let event = edits::with(&witness.event, path, Some(list));
                self.add(event, format!("{path} beside an empty text"));
            }
        }
    }

    /// Both sides of a relation between two fields empty, equal, equal but for case, and one a part of the other.
    fn relations(&mut self, ir: &Ir, witnesses: &[Witness<'_>]) {
        // Events that match, plain ones first: a list in a scalar column could not be compared.
        let mut bases: Vec<Event> = witnesses
            .iter()
            .map(|witness| witness.event.clone())
            .collect();
        bases.retain(|event| self.oracle.holds(event));
        bases.sort_by_key(|event| event.to_json_line().contains('['));
        bases.truncate(8);
        for leaf in ir.predicate.leaves() {
            let LeafKind::Relate {
                left: Term::Field(left),
                right: Term::Field(right),
                ..
            } = &leaf.kind
            else {
                continue;
            };
            for base in &bases {
                for (a, b) in [
                    ("", ""),
                    ("Ab", "Ab"),
                    ("aB", "Ab"),
                    ("xAb", "ab"),
                    ("abx", "Ab"),
                    ("x", ""),
                    ("", "x"),
                    // As numbers these are equal, and those the other way round.
                    ("10", "10.0"),
                    ("9", "10"),
                ] {
                    let changed = edits::with(base, left, Some(a.into()));
                    let changed = edits::with(&changed, right, Some(b.into()));
                    self.add(changed, format!("{left} is {a:?}, {right} is {b:?}"));
                }
            }
        }
    }

    /// A keyword's text in a list, in the other case, under another key, and as a key itself.
    fn keywords(&mut self, ir: &Ir, witnesses: &[Witness<'_>]) {
        let bases = witnesses.iter().filter(|witness| {
            witness.goal.polarity && matches!(witness.goal.leaf.kind, LeafKind::AnyText(_))
        });
        let bases = bases.take(KEYWORD_BASES);
        let bases = bases.flat_map(|base| [base.event.clone(), filled(ir, &base.event)]);
        for base in bases.collect::<Vec<_>>() {
            for text in base.strings() {
                let value = verdict_event::Value::List(vec![text.into(), "other".into()]);
                let bare = without_text(&base, text);
                self.add(
                    edits::with(&bare, &Path::new("note"), Some(value)),
                    "a keyword in a list".to_owned(),
                );
                // What asks for some text without the keyword finds one here.
                let beside = edits::with(&base, &Path::new("verdict.unrelated"), Some("x".into()));
                self.add(beside, "a keyword beside another text".to_owned());
                self.add(
                    edits::with(&bare, &Path::new("a.b"), Some(text.into())),
                    "a keyword in another field".to_owned(),
                );
                let flipped: String = text.chars().map(edits::flip).collect();
                self.add(
                    edits::with(&bare, &Path::new("note"), Some(flipped.as_str().into())),
                    "a keyword in the other case".to_owned(),
                );
                let mut entries = bare.entries().to_vec();
                entries.push((text.to_owned(), "x".into()));
                self.add(Event::new(entries), "a keyword as a key".to_owned());
            }
        }
    }

    fn edit(&mut self, event: &Event, edit: &Edit, why: &str) {
        if self.made.events.len() < self.most {
            self.add(edit.apply(event), format!("{why}: {}", edit.label));
        }
    }

    fn random(&mut self, ir: &Ir, key: &str, amount: Amount) {
        let mut starts: Vec<Event> = self
            .made
            .events
            .iter()
            .filter(|made| made.matches)
            .take(12)
            .map(|made| made.event.clone())
            .collect();
        starts.extend(
            self.made
                .events
                .iter()
                .filter(|made| !made.matches)
                .take(12)
                .map(|made| made.event.clone()),
        );
        let fields: Vec<Path> = ir.fields.keys().cloned().collect();
        let strategy = strategy::events(starts, fields, words(ir));
        self.most = self.most.saturating_add(amount.random);
        for event in strategy::draw(&strategy, seed(key, amount.seed), amount.random) {
            self.add(event, "random".to_owned());
        }
    }
}

/// The event with a text in the place of every field that is empty, so that one difference of a target does not hide another.
pub(crate) fn filled(ir: &Ir, event: &Event) -> Event {
    let empty = |path: &&Path| {
        let values = event.values(path);
        event.has_key(path) && values.iter().all(|value| value.scalar_text() == Some(""))
    };
    let text = || Some("verdict-some-text".into());
    ir.fields
        .keys()
        .filter(empty)
        .fold(event.clone(), |event, path| {
            edits::with(&event, path, text())
        })
}

fn without_text(event: &Event, text: &str) -> Event {
    let keep = |(_, value): &&(String, verdict_event::Value)| value.scalar_text() != Some(text);
    Event::new(event.entries().iter().filter(keep).cloned().collect())
}

/// Texts that the rule's own tests suggest, each once, in order.
fn words(ir: &Ir) -> Vec<String> {
    let mut words: BTreeSet<String> = BTreeSet::new();
    ir.predicate.each_leaf(&mut |leaf| {
        if let LeafKind::Is {
            term: Term::Field(_),
            test,
        } = &leaf.kind
            && words.len() < 256
        {
            words.extend(text::sample(test, ""));
        }
    });
    words.into_iter().collect()
}

/// The seed of a rule's random events: it depends on nothing but the rule and the seed asked for.
pub fn seed(key: &str, seed: u64) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(key.as_bytes());
    hash.finalize().into()
}
