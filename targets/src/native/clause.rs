//! What an event must hold before a rule can match it.
//!
//! A *clause* is a list of atoms, facts about one value that a look-up or a multi-literal search can find; where the rule matches, at least
//! one of them is true. Atoms speak of folded text, so a clause may promise too much for an exact test, never too little.

use crate::native::amount::NumberKey;
use crate::native::build::{Builder, Mapping};
use crate::native::literal;
use crate::native::node::Place;
use std::collections::HashMap;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{
    AnyText, Comparison, Expr, Leaf, LeafKind, Pattern, Piece, Term, Test, fold,
};

/// A fact about some value of a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Atom {
    pub(super) place: Place,
    pub(super) key: Key,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// The folded text is this.
    Equals(Box<str>),
    /// The value is this number, or decimal text of it.
    Number(NumberKey),
    /// The folded text holds this.
    Holds(Held),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Held {
    pub(super) literal: Box<str>,
    /// Whether it must begin the text.
    pub(super) start: bool,
    /// Whether it must end the text.
    pub(super) end: bool,
}

/// Shorter literals are found in nearly every text.
const SHORTEST: usize = 2;

/// How likely atoms are to be true of an event, in no unit, guessed from their form and from how many rules name them: what everybody
/// looks at (a channel, an event id, a shell's name) is what everybody's events hold. A bad guess costs time, never a match.
#[derive(Default)]
pub(super) struct Odds {
    named: HashMap<Atom, u64>,
}

impl Odds {
    /// Takes note of every atom of a rule.
    pub(super) fn note(&mut self, expr: &Expr, mapping: &Mapping, builder: &mut Builder) {
        expr.each_leaf(&mut |leaf| {
            for atom in atoms(leaf, mapping, builder).into_iter().flatten() {
                *self.named.entry(atom).or_default() += 1;
            }
        });
    }

    fn of(&self, clause: &[Atom]) -> u64 {
        clause.iter().map(|atom| self.of_atom(atom)).sum()
    }

    fn of_atom(&self, atom: &Atom) -> u64 {
        let alone = match &atom.key {
            Key::Equals(text) if NumberKey::parse(text).is_some() => 5_000,
            Key::Number(_) => 5_000,
            Key::Equals(_) => 20_000,
            Key::Holds(held) => match held.literal.len() {
                0..=2 => 250_000,
                3 => 100_000,
                4 => 50_000,
                5..=7 => 20_000,
                8..=11 => 5_000,
                _ => 2_000,
            },
        };
        let named = self.named.get(atom).copied().unwrap_or(1);
        alone * (8 + named) / 8
    }
}

/// The clause of an expression that is least likely to be met; None if there is none. An empty clause is never met.
pub(super) fn necessary(
    expr: &Expr,
    mapping: &Mapping,
    builder: &mut Builder,
    odds: &Odds,
) -> Option<Vec<Atom>> {
    match expr {
        Expr::Const(true) | Expr::Not(_) => None,
        Expr::Const(false) => Some(Vec::new()),
        Expr::All(operands) => operands
            .iter()
            .filter_map(|operand| necessary(operand, mapping, builder, odds))
            .min_by_key(|clause| odds.of(clause)),
        Expr::Any(operands) => {
            let mut joined = Vec::new();
            for operand in operands {
                joined.extend(necessary(operand, mapping, builder, odds)?);
            }
            Some(joined)
        }
        Expr::Leaf(leaf) => atoms(leaf, mapping, builder),
    }
}

/// The clause of a leaf.
fn atoms(leaf: &Leaf, mapping: &Mapping, builder: &mut Builder) -> Option<Vec<Atom>> {
    let (place, keys) = match &leaf.kind {
        LeafKind::Is {
            term: Term::Field(path),
            test,
        } => (Place::Field(builder.slot(path, mapping)), keys(test)?),
        LeafKind::AnyText(AnyText::Pattern(pattern)) => {
            (Place::Strings, vec![pattern_key(pattern)?])
        }
        LeafKind::AnyText(AnyText::Regex(regex)) => {
            (Place::Strings, held_somewhere(literal::required(regex)?)?)
        }
        LeafKind::Is { .. }
        | LeafKind::Relate { .. }
        | LeafKind::Missing(_)
        | LeafKind::Present(_) => return None,
    };
    Some(keys.into_iter().map(|key| Atom { place, key }).collect())
}

fn keys(test: &Test) -> Option<Vec<Key>> {
    match test {
        Test::Text(pattern) => Some(vec![pattern_key(pattern)?]),
        Test::Numeral(number) => Some(vec![
            Key::Equals(fold::fold(number.text()).into()),
            Key::Number(NumberKey::parse(number.text())?),
        ]),
        Test::Compare(Comparison::Equal, number) => {
            Some(vec![Key::Number(NumberKey::parse(number.text())?)])
        }
        Test::Bool(value) => Some(vec![Key::Equals(value.to_string().into())]),
        Test::Regex(regex) => held_somewhere(literal::required(regex)?),
        Test::AnyValue
        | Test::Compare(..)
        | Test::TextOrder(..)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => None,
    }
}

fn pattern_key(pattern: &Pattern) -> Option<Key> {
    if let Shape::Equals(text) = pattern.shape() {
        return Some(Key::Equals(fold::fold(text).into()));
    }
    let last = pattern.pieces().len().checked_sub(1)?;
    let (at, text) = pattern
        .pieces()
        .iter()
        .enumerate()
        .filter_map(|(at, piece)| match piece {
            Piece::Literal(text) => Some((at, text)),
            Piece::AnyRun | Piece::AnyChar => None,
        })
        .max_by_key(|(_, text)| text.len())?;
    held(fold::fold(text), at == 0, at == last)
}

fn held(literal: String, start: bool, end: bool) -> Option<Key> {
    (literal.len() >= SHORTEST).then(|| {
        Key::Holds(Held {
            literal: literal.into(),
            start,
            end,
        })
    })
}

fn held_somewhere(literals: Vec<String>) -> Option<Vec<Key>> {
    literals
        .into_iter()
        .map(|literal| held(literal, false, false))
        .collect()
}
