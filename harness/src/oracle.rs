//! The oracle: what an IR means, written to be read.
//!
//! `docs/semantics.md` is its prose. It is slow and plain on purpose; the native matcher is the fast one and is checked
//! against it.

pub mod series;
mod term;
pub mod test;

use std::collections::HashMap;
use verdict_compiler::Ir;
use verdict_compiler::ir::readable::readable;
use verdict_compiler::ir::{
    AnyText, Case, Comparison, Expr, Leaf, LeafKind, Regex, Relation, Term, Test, View, fold,
};
use verdict_event::{Event, FieldType, Path, Value};

/// The oracle of one IR; its regular expressions are compiled once.
pub struct Oracle<'i> {
    ir: &'i Ir,
    regexes: Regexes,
}

/// Compiled regular expressions by their pattern.
#[derive(Default)]
pub struct Regexes {
    by_pattern: HashMap<String, regex::Regex>,
}

impl Regexes {
    /// Compiles every expression of an IR that Rust's syntax can say.
    pub fn of(expr: &Expr) -> Self {
        let mut regexes = Self::default();
        expr.each_leaf_within(&mut |leaf| match &leaf.kind {
            LeafKind::Is {
                test: Test::Regex(regex),
                ..
            }
            | LeafKind::AnyText(AnyText::Regex(regex)) => regexes.add(regex),
            LeafKind::Is { .. }
            | LeafKind::Relate { .. }
            | LeafKind::Missing(_)
            | LeafKind::Present(_)
            | LeafKind::AnyText(AnyText::Pattern(_)) => {}
        });
        regexes
    }

    fn add(&mut self, regex: &Regex) {
        if let Some(pattern) = &regex.rust
            && let Ok(compiled) = regex::Regex::new(pattern)
        {
            self.by_pattern.insert(pattern.clone(), compiled);
        }
    }

    /// Whether an expression accepts a text.
    pub fn accept(&self, regex: &Regex, text: &str) -> bool {
        match regex
            .rust
            .as_ref()
            .and_then(|pattern| self.by_pattern.get(pattern))
        {
            Some(compiled) => compiled.is_match(text),
            None => regex.matches(text),
        }
    }
}

impl<'i> Oracle<'i> {
    /// The oracle of an IR.
    pub fn new(ir: &'i Ir) -> Self {
        Self {
            ir,
            regexes: Regexes::of(&ir.predicate),
        }
    }

    /// An oracle for an expression that is not the IR's own, over the same fields.
    pub fn of_other(ir: &'i Ir, expr: &Expr) -> Self {
        Self {
            ir,
            regexes: Regexes::of(expr),
        }
    }

    /// What it judges by.
    pub fn ir(&self) -> &'i Ir {
        self.ir
    }

    /// Whether the rule matches an event.
    pub fn holds(&self, event: &Event) -> bool {
        self.expr(&self.ir.predicate, event)
    }

    /// Whether an expression over the IR's fields is true of an event.
    pub fn expr(&self, expr: &Expr, event: &Event) -> bool {
        expr.evaluate(&mut |leaf| self.leaf(leaf, event))
    }

    /// Whether a leaf is true of an event: it always is or is not.
    pub fn leaf(&self, leaf: &Leaf, event: &Event) -> bool {
        match &leaf.kind {
            LeafKind::Is {
                term: Term::Field(path),
                test,
            } if self.is_plain(path) => {
                let mut some = false;
                path.visit(event.root(), &mut |value| {
                    some = some || self.satisfies(test, value);
                });
                some
            }
            LeafKind::Is { term, test } => self
                .values(term, event)
                .iter()
                .any(|value| self.satisfies(test, value)),
            LeafKind::Relate {
                relation,
                left,
                right,
            } => {
                let rights = self.values(right, event);
                let lefts = self.values(left, event);
                lefts
                    .iter()
                    .any(|a| rights.iter().any(|b| related(relation, a, b)))
            }
            LeafKind::Missing(Term::Field(path)) => self.field(path, event).is_empty(),
            LeafKind::Missing(term) => term::outcomes(self, term, event).contains(&None),
            LeafKind::Present(path) => event.has_key(path),
            LeafKind::AnyText(AnyText::Pattern(pattern)) => event
                .strings()
                .iter()
                .any(|text| test::matches(pattern, text)),
            LeafKind::AnyText(AnyText::Regex(regex)) => event
                .strings()
                .iter()
                .any(|text| self.regexes.accept(regex, text)),
        }
    }

    /// Whether one value satisfies a test.
    pub fn satisfies(&self, test: &Test, value: &Value) -> bool {
        test::satisfies(test, value, &self.regexes)
    }

    /// The values of a term: of a field, those that the event holds there; a mapping's `null_value` stands for an explicit null.
    fn values(&self, term: &Term, event: &Event) -> Vec<Value> {
        match term {
            Term::Field(path) => self.field(path, event),
            Term::Const(_) | Term::Call(..) | Term::Truth { .. } => {
                let outcomes = term::outcomes(self, term, event);
                outcomes.into_iter().flatten().collect()
            }
        }
    }

    /// A field's type; text where nothing is known.
    pub fn kind(&self, path: &Path) -> FieldType {
        self.ir
            .fields
            .get(path)
            .map_or(FieldType::Keyword, |field| field.kind)
    }

    /// Whether every scalar that the event holds at a field is a value of it.
    pub(crate) fn is_plain(&self, path: &Path) -> bool {
        self.ir
            .fields
            .get(path)
            .is_none_or(|field| field.null_value.is_none() && field.kind == FieldType::Keyword)
    }

    /// The values of a field: those that its type can read; a mapping's `null_value` stands for an explicit null.
    fn field(&self, path: &Path, event: &Event) -> Vec<Value> {
        let known = self.ir.fields.get(path);
        let mut values = Vec::new();
        path.visit_with_nulls(event.root(), &mut |value| {
            let value = match (value, known.and_then(|field| field.null_value.clone())) {
                (Value::Null, Some(stand_in)) => Value::from(stand_in),
                (Value::Null, None) => return,
                (other, _) => other.clone(),
            };
            if known.is_none_or(|field| readable(field.kind, &value)) {
                values.push(value);
            }
        });
        values
    }
}

/// Whether two values stand in a relation.
fn related(relation: &Relation, a: &Value, b: &Value) -> bool {
    let texts = || Some((a.scalar_text()?, b.scalar_text()?));
    let folded = |case: Case, text: &str| match case {
        Case::Exact => text.to_owned(),
        Case::Fold => fold::fold(text),
    };
    let texts_in = |case: Case| texts().map(|(a, b)| (folded(case, a), folded(case, b)));
    match relation {
        Relation::Compare(comparison, view, case) => compare(*comparison, *view, *case, a, b),
        Relation::StartsWith(case) => texts_in(*case).is_some_and(|(a, b)| a.starts_with(&b)),
        Relation::EndsWith(case) => texts_in(*case).is_some_and(|(a, b)| a.ends_with(&b)),
        Relation::Contains { case, empty } => {
            texts_in(*case).is_some_and(|(a, b)| a.contains(&b) && (*empty || !b.is_empty()))
        }
    }
}

fn compare(comparison: Comparison, view: View, case: Case, a: &Value, b: &Value) -> bool {
    let order = match view {
        View::Text => match (a.scalar_text(), b.scalar_text(), case) {
            (Some(a), Some(b), Case::Exact) => Some(a.cmp(b)),
            (Some(a), Some(b), Case::Fold) => Some(fold::fold(a).cmp(&fold::fold(b))),
            (None, _, _) | (_, None, _) => None,
        },
        View::Number => test::number(a).zip(test::number(b)).map(|(a, b)| a.cmp(&b)),
        View::Bool => test::boolean(a)
            .zip(test::boolean(b))
            .map(|(a, b)| a.cmp(&b)),
        View::Address => test::address(a)
            .zip(test::address(b))
            .map(|(a, b)| a.cmp(&b)),
        View::Version => a
            .scalar_text()
            .zip(b.scalar_text())
            .map(|(a, b)| verdict_compiler::ir::version::compare(a, b)),
        View::Instant => test::instant(a)
            .zip(test::instant(b))
            .map(|(a, b)| a.cmp(&b)),
    };
    order.is_some_and(|order| comparison.accepts(order))
}
