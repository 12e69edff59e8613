//! Rules written otherwise.

use crate::agree::{OfRules, check};
use crate::rules::{self, Specimen, Tree};
use crate::sigma_text;
use verdict_compiler::frontends::eql::ast::{Expr, ExprKind, Query};
use verdict_compiler::frontends::sigma::condition::{Condition, parse};
use verdict_compiler::rule::node::{Entry, Node, NodeKind, Scalar, Style};
use verdict_compiler::span::{Span, Text};

/// A Sigma condition written otherwise, with the names of the detections.
pub(crate) type OfCondition = fn(&Condition, &[String]) -> Condition;
/// An EQL expression written otherwise, its operands already.
pub(crate) type OfExpr = fn(ExprKind) -> ExprKind;

/// Rewrites the condition of a Sigma rule, if it has one.
pub(crate) fn sigma_condition(specimen: &Specimen, change: OfCondition) -> Option<Specimen> {
    let Tree::Sigma(logsource, detection) = &specimen.tree else {
        return None;
    };
    let entries = detection.as_map()?;
    let names = entries.iter().map(|entry| entry.key.clone());
    let names: Vec<String> = names.filter(|name| name != "condition").collect();
    let entries = entries.iter().map(|entry| {
        if entry.key != "condition" {
            return Some(entry.clone());
        }
        let condition = parse(&entry.value.as_scalar()?.text).0?;
        let changed = sigma_text::condition(&change(&condition, &names));
        Some(Entry {
            value: text_node(&changed),
            ..entry.clone()
        })
    });
    let detection = map_node(entries.collect::<Option<_>>()?);
    Some(specimen.with(Tree::Sigma(logsource.clone(), detection)))
}

/// Rewrites an EQL condition from its leaves up.
pub(crate) fn eql_condition(specimen: &Specimen, change: OfExpr) -> Option<Specimen> {
    let Tree::Eql(body, statement) = &specimen.tree else {
        return None;
    };
    let mut statement = statement.clone();
    let Query::Event(event) = &mut statement.query else {
        return None;
    };
    event.condition = upward(&event.condition, change);
    Some(specimen.with(Tree::Eql(body.clone(), statement)))
}

fn upward(expr: &Expr, change: OfExpr) -> Expr {
    let all = |operands: &[Expr]| {
        operands
            .iter()
            .map(|operand| upward(operand, change))
            .collect()
    };
    let kind = match &expr.kind {
        ExprKind::Not(inner) => ExprKind::Not(Box::new(upward(inner, change))),
        ExprKind::And(operands) => ExprKind::And(all(operands)),
        ExprKind::Or(operands) => ExprKind::Or(all(operands)),
        // Below these stand values, in which nothing is written otherwise.
        other => other.clone(),
    };
    Expr::new(change(kind), expr.span)
}

pub(crate) fn expr(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::default())
}

pub(crate) fn text_node(text: &str) -> Node {
    Node {
        kind: NodeKind::Scalar(Scalar {
            text: Text::verbatim(text, 0),
            style: Style::Quoted,
        }),
        span: Span::default(),
    }
}

fn map_node(entries: Vec<Entry>) -> Node {
    Node {
        kind: NodeKind::Map(entries),
        span: Span::default(),
    }
}

impl Specimen {
    /// The rule with another tree, if that is another one.
    pub(crate) fn with(&self, tree: Tree) -> Self {
        Self {
            name: self.name.clone(),
            tree,
        }
    }

    fn unless_same(self, before: &Self) -> Option<Self> {
        (self.text() != before.text()).then_some(self)
    }
}

/// Of whichever language the rule is.
fn either(specimen: &Specimen, sigma: OfCondition, eql: OfExpr) -> Option<Specimen> {
    let changed = sigma_condition(specimen, sigma).or_else(|| eql_condition(specimen, eql))?;
    // The printed condition has its brackets, so that alone is no other text.
    let plain = sigma_condition(specimen, |condition, _| condition.clone());
    changed.unless_same(plain.as_ref().unwrap_or(specimen))
}

/// `a and b` as `not (not a or not b)`, `a or b` as `not (not a and not b)`.
fn de_morgan(specimen: &Specimen) -> Option<Specimen> {
    fn sigma(condition: &Condition, names: &[String]) -> Condition {
        let not = |operand: &Condition| Condition::Not(Box::new(sigma(operand, names)));
        match condition {
            Condition::All(operands) => {
                Condition::Not(Box::new(Condition::Any(operands.iter().map(not).collect())))
            }
            Condition::Any(operands) => {
                Condition::Not(Box::new(Condition::All(operands.iter().map(not).collect())))
            }
            Condition::Not(inner) => not(inner),
            Condition::Name { .. } | Condition::Of { .. } => condition.clone(),
        }
    }
    fn eql(kind: ExprKind) -> ExprKind {
        let not = |operand: Expr| expr(ExprKind::Not(Box::new(operand)));
        match kind {
            ExprKind::And(operands) => ExprKind::Not(Box::new(expr(ExprKind::Or(
                operands.into_iter().map(not).collect(),
            )))),
            ExprKind::Or(operands) => ExprKind::Not(Box::new(expr(ExprKind::And(
                operands.into_iter().map(not).collect(),
            )))),
            other => other,
        }
    }
    either(specimen, sigma, eql)
}

/// `x` as `not not x`.
fn double_negation(specimen: &Specimen) -> Option<Specimen> {
    fn sigma(condition: &Condition, _: &[String]) -> Condition {
        let not = |condition| Condition::Not(Box::new(condition));
        not(not(condition.clone()))
    }
    fn eql(kind: ExprKind) -> ExprKind {
        let not = |kind| ExprKind::Not(Box::new(expr(kind)));
        not(not(kind))
    }
    either(specimen, sigma, eql)
}

/// The operands of `and` and `or` the other way round.
fn operands_reversed(specimen: &Specimen) -> Option<Specimen> {
    fn sigma(condition: &Condition, names: &[String]) -> Condition {
        let all = |operands: &[Condition]| {
            let operands = operands.iter().rev();
            operands.map(|operand| sigma(operand, names)).collect()
        };
        match condition {
            Condition::All(operands) => Condition::All(all(operands)),
            Condition::Any(operands) => Condition::Any(all(operands)),
            Condition::Not(inner) => Condition::Not(Box::new(sigma(inner, names))),
            Condition::Name { .. } | Condition::Of { .. } => condition.clone(),
        }
    }
    fn eql(kind: ExprKind) -> ExprKind {
        match kind {
            ExprKind::And(operands) => ExprKind::And(operands.into_iter().rev().collect()),
            ExprKind::Or(operands) => ExprKind::Or(operands.into_iter().rev().collect()),
            other => other,
        }
    }
    either(specimen, sigma, eql)
}

/// `1 of a*` as `a1 or a2`, `all of a*` as `a1 and a2`, the one or the other.
pub(crate) fn counted(condition: &Condition, names: &[String], wanted: bool) -> Condition {
    let under = |operands: &[Condition]| {
        let operands = operands.iter();
        operands
            .map(|operand| counted(operand, names, wanted))
            .collect()
    };
    match condition {
        Condition::All(operands) => Condition::All(under(operands)),
        Condition::Any(operands) => Condition::Any(under(operands)),
        Condition::Not(inner) => Condition::Not(Box::new(counted(inner, names, wanted))),
        Condition::Of { all, which, span } if *all == wanted => {
            let names = names.iter().filter(|name| which.counts(name));
            let named = names.map(|name| Condition::Name {
                name: name.clone(),
                span: *span,
            });
            if *all {
                Condition::All(named.collect())
            } else {
                Condition::Any(named.collect())
            }
        }
        Condition::Name { .. } | Condition::Of { .. } => condition.clone(),
    }
}

fn one_of_as_or(specimen: &Specimen) -> Option<Specimen> {
    either(
        specimen,
        |condition, names| counted(condition, names, false),
        |kind| kind,
    )
}

fn all_of_as_and(specimen: &Specimen) -> Option<Specimen> {
    either(
        specimen,
        |condition, names| counted(condition, names, true),
        |kind| kind,
    )
}

/// The keys of every mapping of the detection the other way round, the detections themselves among them.
fn keys_reversed(specimen: &Specimen) -> Option<Specimen> {
    detection(specimen, |entries, _| entries.reverse())
}

/// The values of every list the other way round; of EQL those of `in`, `:`, `like` and `regex`.
fn lists_reversed(specimen: &Specimen) -> Option<Specimen> {
    fn eql(kind: ExprKind) -> ExprKind {
        match kind {
            ExprKind::In(mut membership) => {
                membership.items.reverse();
                ExprKind::In(membership)
            }
            ExprKind::Match(mut matched) => {
                matched.patterns.reverse();
                ExprKind::Match(matched)
            }
            other => other,
        }
    }
    let changed = detection(specimen, |_, items| items.reverse());
    changed.or_else(|| eql_condition(specimen, eql)?.unless_same(specimen))
}

pub(crate) fn detection(
    specimen: &Specimen,
    change: fn(&mut Vec<Entry>, &mut Vec<Node>),
) -> Option<Specimen> {
    fn rebuilt(node: &Node, change: fn(&mut Vec<Entry>, &mut Vec<Node>)) -> Node {
        let kind = match &node.kind {
            NodeKind::Scalar(_) => node.kind.clone(),
            NodeKind::List(items) => {
                let mut items = items.iter().map(|item| rebuilt(item, change)).collect();
                change(&mut Vec::new(), &mut items);
                NodeKind::List(items)
            }
            NodeKind::Map(entries) => {
                let entries = entries.iter().map(|entry| Entry {
                    value: rebuilt(&entry.value, change),
                    ..entry.clone()
                });
                let mut entries = entries.collect();
                change(&mut entries, &mut Vec::new());
                NodeKind::Map(entries)
            }
        };
        Node {
            kind,
            span: node.span,
        }
    }
    let Tree::Sigma(logsource, detection) = &specimen.tree else {
        return None;
    };
    let tree = Tree::Sigma(logsource.clone(), rebuilt(detection, change));
    specimen.with(tree).unless_same(specimen)
}

/// A list of alternatives as alternatives: of EQL `x in (a, b)` as `x in (a) or x in (b)`, of Sigma a detection a value.
fn lists_split(specimen: &Specimen) -> Option<Specimen> {
    let changed = split_sigma(specimen).or_else(|| eql_condition(specimen, split_eql))?;
    changed.unless_same(specimen)
}

fn split_eql(kind: ExprKind) -> ExprKind {
    match kind {
        ExprKind::In(membership) if membership.items.len() > 1 => {
            let one = |item: &Expr| {
                let mut one = membership.clone();
                one.items = vec![item.clone()];
                expr(ExprKind::In(one))
            };
            let each = membership.items.iter().map(one).collect();
            // `not in` is true where none is met.
            if membership.negated {
                ExprKind::And(each)
            } else {
                ExprKind::Or(each)
            }
        }
        ExprKind::Match(matched) if matched.patterns.len() > 1 => {
            let one = |pattern: &Expr| {
                let mut one = matched.clone();
                one.patterns = vec![pattern.clone()];
                expr(ExprKind::Match(one))
            };
            ExprKind::Or(matched.patterns.iter().map(one).collect())
        }
        other => other,
    }
}

/// Every detection with a list becomes as many as the list has values, each beside the others in the condition.
fn split_sigma(specimen: &Specimen) -> Option<Specimen> {
    // Numbers of detections count, so those go first.
    let plain = |condition: &Condition, names: &[String]| {
        counted(&counted(condition, names, true), names, false)
    };
    let specimen = sigma_condition(specimen, plain)?;
    let Tree::Sigma(logsource, detection) = &specimen.tree else {
        return None;
    };
    let mut entries = Vec::new();
    let mut parts: Vec<(String, Vec<String>)> = Vec::new();
    for entry in detection.as_map()? {
        let split = if entry.key == "condition" {
            vec![entry.value.clone()]
        } else {
            alternatives(&entry.value)
        };
        if split.len() == 1 {
            entries.push(entry.clone());
            continue;
        }
        let names: Vec<String> = (0..split.len())
            .map(|at| format!("{}__{at}", entry.key))
            .collect();
        entries.extend(names.iter().zip(split).map(|(key, value)| Entry {
            key: key.clone(),
            value,
            key_span: entry.key_span,
        }));
        parts.push((entry.key.clone(), names));
    }
    for entry in entries.iter_mut().filter(|entry| entry.key == "condition") {
        let condition = parse(&entry.value.as_scalar()?.text).0?;
        entry.value = text_node(&sigma_text::condition(&named(&condition, &parts)));
    }
    Some(specimen.with(Tree::Sigma(logsource.clone(), map_node(entries))))
}

/// A condition with names replaced by what became of them.
fn named(condition: &Condition, parts: &[(String, Vec<String>)]) -> Condition {
    let under = |operands: &[Condition]| {
        operands
            .iter()
            .map(|operand| named(operand, parts))
            .collect()
    };
    match condition {
        Condition::All(operands) => Condition::All(under(operands)),
        Condition::Any(operands) => Condition::Any(under(operands)),
        Condition::Not(inner) => Condition::Not(Box::new(named(inner, parts))),
        Condition::Name { name, span } => match parts.iter().find(|(known, _)| known == name) {
            None => condition.clone(),
            Some((_, names)) => {
                let one = |name: &String| Condition::Name {
                    name: name.clone(),
                    span: *span,
                };
                Condition::Any(names.iter().map(one).collect())
            }
        },
        Condition::Of { .. } => condition.clone(),
    }
}

/// What a detection is some one of: the items of a list, or a mapping with each value of its first list of alternatives.
fn alternatives(detection: &Node) -> Vec<Node> {
    match &detection.kind {
        NodeKind::List(items) if items.len() > 1 => {
            // A list's plain values are keywords, alone as well.
            items.iter().map(listed).collect()
        }
        NodeKind::Map(entries) => {
            let splits = |entry: &&Entry| {
                let told = entry.value.as_list().is_some_and(|values| values.len() > 1);
                // Of these, all are wanted, or none.
                let mut modifiers = entry.key.split('|').skip(1);
                told && !modifiers.any(|word| word == "all" || word == "neq")
            };
            let Some(split) = entries.iter().find(splits) else {
                return vec![detection.clone()];
            };
            let values = split.value.as_list().unwrap_or_default().iter();
            let with = |value: &Node| {
                let entries = entries.iter().map(|entry| Entry {
                    value: if entry.key == split.key {
                        value
                    } else {
                        &entry.value
                    }
                    .clone(),
                    ..entry.clone()
                });
                map_node(entries.collect())
            };
            values.map(with).collect()
        }
        NodeKind::List(_) | NodeKind::Scalar(_) => vec![detection.clone()],
    }
}

fn listed(item: &Node) -> Node {
    Node {
        kind: NodeKind::List(vec![item.clone()]),
        span: item.span,
    }
}

/// Every relation of rules, and against how many rules it is held at least.
pub(crate) const RELATIONS: &[(&str, OfRules, usize)] = &[
    ("De Morgan", de_morgan, 40),
    ("double negation", double_negation, 60),
    ("operands reversed", operands_reversed, 40),
    ("1 of as or", one_of_as_or, 10),
    ("all of as and", all_of_as_and, 5),
    ("keys reversed", keys_reversed, 30),
    ("lists reversed", lists_reversed, 40),
    ("lists split", lists_split, 40),
];

#[test]
fn rules_written_otherwise() {
    let specimens = rules::all();
    for (name, relation, least) in RELATIONS {
        check(name, &crate::agree::rules(*relation, specimens), *least);
    }
}
