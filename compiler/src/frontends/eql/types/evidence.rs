//! Types from literals: a field compared with a number is a number, and so on.

use crate::codes::eql as codes;
use crate::diagnostic::Diagnostic;
use crate::frontends::eql::ast::{EventQuery, Expr, ExprKind};
use crate::frontends::eql::functions::{self, Name, Wants};
use crate::span::Span;
use std::collections::BTreeMap;
use verdict_event::FieldType;

/// What the literals around a field say, each kind with the first place that says so.
#[derive(Default)]
pub(super) struct Evidence {
    number: Option<Span>,
    fraction: bool,
    boolean: Option<Span>,
    text: Option<Span>,
    address: Option<Span>,
}

/// What one place says.
#[derive(Clone, Copy)]
enum Hint {
    Number { fraction: bool },
    Boolean,
    Text,
    Address,
}

impl Evidence {
    fn add(&mut self, hint: Hint, span: Span) {
        let place = match hint {
            Hint::Number { fraction } => {
                self.fraction |= fraction;
                &mut self.number
            }
            Hint::Boolean => &mut self.boolean,
            Hint::Text => &mut self.text,
            Hint::Address => &mut self.address,
        };
        place.get_or_insert(span);
    }

    /// The type that follows; text where nothing is said.
    pub(super) fn kind(&self) -> FieldType {
        if self.address.is_some() {
            FieldType::Ip
        } else if self.number.is_some() && self.fraction {
            FieldType::Double
        } else if self.number.is_some() {
            FieldType::Long
        } else if self.boolean.is_some() {
            FieldType::Boolean
        } else {
            FieldType::Keyword
        }
    }

    /// Reports literals of two types around one field, if there are any.
    pub(super) fn report(&self, name: &str, findings: &mut Vec<Diagnostic>) -> bool {
        // An address is written as text, so these two agree.
        let textual = self.address.or(self.text);
        let mut seen: Vec<(Span, &str)> = [
            (self.number, "a number here"),
            (self.boolean, "a boolean here"),
            (textual, "text here"),
        ]
        .into_iter()
        .filter_map(|(span, phrase)| span.map(|span| (span, phrase)))
        .collect();
        seen.sort_by_key(|(span, _)| *span);
        let [(first, before), (second, now), ..] = seen.as_slice() else {
            return false;
        };
        let message = format!("`{name}` is used as two types");
        findings.push(
            Diagnostic::error(codes::CONTRADICTION, *second, message, *now)
                .related(*first, *before)
                .hint("a field has one type: write all its values alike"),
        );
        true
    }
}

/// What the literals of these events say of each field, and how the fields are read.
pub(super) fn of(events: &[&EventQuery]) -> Found {
    let mut found = Found::default();
    for event in events {
        found.condition(&event.condition);
    }
    found
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// What the literals say of a field.
    pub(super) fields: BTreeMap<String, Evidence>,
    /// Every field that is read: whether always as `?field`.
    pub(super) optional: BTreeMap<String, bool>,
}

impl Found {
    fn add(&mut self, expr: &Expr, hint: Hint, span: Span) {
        if let ExprKind::Field(field) = &expr.kind {
            self.fields
                .entry(field.name.clone())
                .or_default()
                .add(hint, span);
        }
    }

    /// Walks something that is used as a truth value.
    fn condition(&mut self, expr: &Expr) {
        self.add(expr, Hint::Boolean, expr.span);
        self.walk(expr);
    }

    fn walk(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Invalid => {}
            ExprKind::Field(field) => {
                let always = self.optional.entry(field.name.clone()).or_insert(true);
                *always &= field.optional;
            }
            ExprKind::Not(inner) => self.condition(inner),
            ExprKind::And(operands) | ExprKind::Or(operands) => {
                for operand in operands {
                    self.condition(operand);
                }
            }
            ExprKind::Compare(_, left, right) => {
                self.pair(left, right);
                self.pair(right, left);
                self.walk(left);
                self.walk(right);
            }
            ExprKind::Arithmetic(_, left, right) => [left, right].into_iter().for_each(|side| {
                self.add(side, Hint::Number { fraction: false }, side.span);
                self.walk(side);
            }),
            ExprKind::Negate(inner) => {
                self.add(inner, Hint::Number { fraction: false }, inner.span);
                self.walk(inner);
            }
            ExprKind::In(membership) => {
                for item in &membership.items {
                    self.pair(&membership.value, item);
                    self.walk(item);
                }
                self.walk(&membership.value);
            }
            ExprKind::Match(matched) => {
                self.add(&matched.value, Hint::Text, matched.operator);
                self.walk(&matched.value);
            }
            ExprKind::Call(call) => {
                let signature = functions::find(&call.name);
                for (at, argument) in call.arguments.iter().enumerate() {
                    if let Some(hint) = signature.and_then(|found| wanted(found, at)) {
                        self.add(argument, hint, argument.span);
                    }
                    self.walk(argument);
                }
            }
        }
    }

    /// Notes what `other` says of `field`.
    fn pair(&mut self, field: &Expr, other: &Expr) {
        if let Some(hint) = hint_of(other) {
            self.add(field, hint, other.span);
        }
    }
}

/// What an expression says of a field that it is compared with.
fn hint_of(expr: &Expr) -> Option<Hint> {
    match &expr.kind {
        ExprKind::Null | ExprKind::Field(_) | ExprKind::Invalid => None,
        ExprKind::Number(number) => Some(Hint::Number {
            fraction: number.as_i64().is_none(),
        }),
        ExprKind::Negate(inner) => hint_of(inner),
        ExprKind::Arithmetic(..) => Some(Hint::Number { fraction: false }),
        ExprKind::Text(_) => Some(Hint::Text),
        ExprKind::Bool(_)
        | ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Compare(..)
        | ExprKind::In(_)
        | ExprKind::Match(_) => Some(Hint::Boolean),
        ExprKind::Call(call) => functions::find(&call.name).map(|found| given(found.name)),
    }
}

/// What a function gives.
fn given(name: Name) -> Hint {
    match name {
        Name::Add
        | Name::Divide
        | Name::IndexOf
        | Name::Length
        | Name::Modulo
        | Name::Multiply
        | Name::Number
        | Name::Subtract => Hint::Number { fraction: false },
        Name::CidrMatch | Name::EndsWith | Name::StartsWith | Name::StringContains => Hint::Boolean,
        Name::Between | Name::Concat | Name::Text | Name::Substring => Hint::Text,
    }
}

fn wanted(signature: &functions::Signature, at: usize) -> Option<Hint> {
    match signature.wants(at) {
        Wants::Text => Some(Hint::Text),
        Wants::Number | Wants::Whole => Some(Hint::Number { fraction: false }),
        Wants::Bool => Some(Hint::Boolean),
        Wants::Address => Some(Hint::Address),
        Wants::Anything => None,
    }
}
