//! Expressions to nodes.

use crate::native::alternatives::Alternatives;
use crate::native::amount::Amount;
use crate::native::check::{Check, Expression};
use crate::native::fields::Fields;
use crate::native::node::{Node, Place};
use crate::native::operand::{Condition, Operand};
use crate::native::text::TextCheck;
use std::collections::{BTreeMap, HashMap};
use verdict_compiler::ir::{AnyText, Expr, Leaf, LeafKind, Regex, Term, Test};
use verdict_event::{FieldSchema, Path};

/// What is known of the fields of the rule at hand.
pub(super) type Mapping = BTreeMap<Path, FieldSchema>;

/// Builds the nodes of one rule or of many that share fields and regular expressions.
#[derive(Default)]
pub(super) struct Builder {
    fields: Fields,
    /// By pattern; None where it does not compile.
    regexes: HashMap<String, Option<regex::Regex>>,
}

impl Builder {
    pub(super) fn into_fields(self) -> Fields {
        self.fields
    }

    pub(super) fn slot(&mut self, path: &Path, mapping: &Mapping) -> usize {
        self.fields.slot(path, mapping)
    }

    pub(super) fn node(&mut self, expr: &Expr, mapping: &Mapping) -> Node {
        match expr {
            Expr::Const(value) => Node::Const(*value),
            Expr::Not(inner) => Node::Not(Box::new(self.node(inner, mapping))),
            Expr::All(operands) => {
                let mut nodes: Vec<Node> = operands
                    .iter()
                    .map(|operand| self.node(operand, mapping))
                    .collect();
                nodes.sort_by_key(Node::cost);
                Node::All(nodes)
            }
            Expr::Any(operands) => self.any(operands, mapping),
            Expr::Leaf(leaf) => self.leaf(leaf, mapping),
        }
    }

    /// Alternatives: those that test values of one place are grouped.
    fn any(&mut self, operands: &[Expr], mapping: &Mapping) -> Node {
        let mut groups: BTreeMap<Place, Vec<Check>> = BTreeMap::new();
        let mut nodes = Vec::new();
        for operand in operands {
            match self.node(operand, mapping) {
                Node::Is(place, check) => groups.entry(place).or_default().push(check),
                other @ (Node::Const(_)
                | Node::Not(_)
                | Node::All(_)
                | Node::Any(_)
                | Node::Computed(..)
                | Node::Relate(_)
                | Node::Missing(_)
                | Node::Present(_)) => nodes.push(other),
            }
        }
        nodes.extend(
            groups
                .into_iter()
                .map(|(place, checks)| Node::Is(place, one_of(checks))),
        );
        nodes.sort_by_key(Node::cost);
        match nodes.pop() {
            Some(only) if nodes.is_empty() => only,
            last => {
                nodes.extend(last);
                Node::Any(nodes)
            }
        }
    }

    fn leaf(&mut self, leaf: &Leaf, mapping: &Mapping) -> Node {
        match &leaf.kind {
            LeafKind::Is { term, test } => {
                let check = self.check(test);
                match self.operand(term, mapping) {
                    Operand::Field(slot) => Node::Is(Place::Field(slot), check),
                    operand @ (Operand::Const(_)
                    | Operand::Call(..)
                    | Operand::Tested(..)
                    | Operand::Related(_)
                    | Operand::Truth { .. }) => Node::Computed(operand, check),
                }
            }
            LeafKind::Relate {
                relation,
                left,
                right,
            } => Node::Relate(Box::new((
                relation.clone(),
                self.operand(left, mapping),
                self.operand(right, mapping),
            ))),
            LeafKind::Missing(term) => Node::Missing(self.operand(term, mapping)),
            LeafKind::Present(path) => Node::Present(self.slot(path, mapping)),
            LeafKind::AnyText(AnyText::Pattern(pattern)) => {
                Node::Is(Place::Strings, Check::Text(TextCheck::new(pattern)))
            }
            LeafKind::AnyText(AnyText::Regex(regex)) => {
                Node::Is(Place::Strings, self.expression(regex))
            }
        }
    }

    fn operand(&mut self, term: &Term, mapping: &Mapping) -> Operand {
        match term {
            Term::Field(path) => Operand::Field(self.slot(path, mapping)),
            Term::Const(scalar) => Operand::Const(scalar.clone()),
            Term::Call(function, arguments) => {
                let arguments = arguments.iter();
                let arguments = arguments.map(|argument| self.operand(argument, mapping));
                Operand::Call(*function, arguments.collect())
            }
            Term::Truth { holds, known } => self.truth(holds, known, mapping),
        }
    }

    fn truth(&mut self, holds: &Expr, known: &Expr, mapping: &Mapping) -> Operand {
        if let Some(term) = Term::tested(holds) {
            let operand = Box::new(self.operand(term, mapping));
            return Operand::Tested(operand, self.condition(holds));
        }
        if let Expr::Leaf(leaf) = holds
            && let LeafKind::Relate {
                relation,
                left,
                right,
            } = &leaf.kind
        {
            let (left, right) = (self.operand(left, mapping), self.operand(right, mapping));
            return Operand::Related(Box::new((relation.clone(), left, right)));
        }
        Operand::Truth {
            holds: Box::new(self.node(holds, mapping)),
            known: Box::new(self.node(known, mapping)),
        }
    }

    /// A condition whose leaves all test one term.
    fn condition(&mut self, condition: &Expr) -> Condition {
        match condition {
            Expr::Const(value) => Condition::Const(*value),
            Expr::Not(inner) => Condition::Not(Box::new(self.condition(inner))),
            Expr::All(operands) => {
                Condition::All(operands.iter().map(|x| self.condition(x)).collect())
            }
            Expr::Any(operands) => {
                Condition::Any(operands.iter().map(|x| self.condition(x)).collect())
            }
            Expr::Leaf(leaf) => match &leaf.kind {
                LeafKind::Is { test, .. } => Condition::Check(self.check(test)),
                LeafKind::Relate { .. }
                | LeafKind::Missing(_)
                | LeafKind::Present(_)
                | LeafKind::AnyText(_) => Condition::Const(false),
            },
        }
    }

    fn check(&mut self, test: &Test) -> Check {
        match test {
            Test::AnyValue => Check::AnyValue,
            Test::Text(pattern) => Check::Text(TextCheck::new(pattern)),
            Test::Numeral(number) => Check::Numeral(number.text().into(), Amount::of(number)),
            Test::Compare(comparison, number) => Check::Compare(*comparison, Amount::of(number)),
            Test::TextOrder(comparison, than) => {
                Check::TextOrder(*comparison, than.as_str().into())
            }
            Test::Bool(wanted) => Check::Bool(*wanted),
            Test::Regex(regex) => self.expression(regex),
            Test::Cidr(network) => Check::Cidr(*network),
            Test::Version(comparison, than) => Check::Version(*comparison, than.as_str().into()),
            Test::Instant(comparison, than) => Check::Instant(*comparison, *than),
            Test::DatePart(part, comparison, number) => {
                Check::DatePart(*part, *comparison, *number)
            }
        }
    }

    fn expression(&mut self, regex: &Regex) -> Check {
        let compiled = regex.rust.as_ref().and_then(|pattern| {
            self.regexes
                .entry(pattern.clone())
                .or_insert_with(|| regex::Regex::new(pattern).ok())
                .clone()
        });
        Check::Regex(Box::new(match compiled {
            Some(compiled) => Expression::Compiled(compiled),
            None => Expression::Plain(regex.clone()),
        }))
    }
}

fn one_of(mut checks: Vec<Check>) -> Check {
    match checks.pop() {
        Some(only) if checks.is_empty() => only,
        last => {
            checks.extend(last);
            Check::Alternatives(Box::new(Alternatives::new(checks)))
        }
    }
}
