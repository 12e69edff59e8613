//! Comparisons: types that meet, and constants read by the other side's type.

use super::value::BoundValue;
use super::{Binder, Type};
use crate::QueryError;
use crate::eql::ast::{CompareOp, Expr, ExprKind, Span};
use crate::eql::functions::{Named, lookup};
use crate::eql::order::instant;
use crate::eql::pattern::Patterns;
use crate::eql::plan::{Node, Read, Test};
use crate::eql::value::{Number, Value, address};
use std::borrow::Cow;

impl Binder<'_> {
    /// A comparison as an expression: null if either side is, except against null itself.
    pub(super) fn compare(
        &mut self,
        span: &Span,
        left: &Expr,
        op: CompareOp,
        right: &Expr,
    ) -> BoundValue {
        let before = self.errors.len();
        let left_value = self.value(left);
        let right_value = self.value(right);
        if self.errors.len() > before {
            return BoundValue::null();
        }
        if left_value.is_null() || right_value.is_null() {
            // What stands beside a field types it, also where it folded to null.
            let left_value = beside(left_value, right);
            let right_value = beside(right_value, left);
            return null_check(left_value, op, right_value);
        }
        // Source: documentation, "Comparing fields": a field is not compared with a field, "even if the fields are changed using a function";
        // `ExpressionTranslators.checkBinaryComparison`: the right side folds to a constant. A rule may compare functions all the same
        // (`docs/semantics.md`, E14); a text that Elasticsearch gets may not.
        let constant = left_value.as_constant().is_some() || right_value.as_constant().is_some();
        if is_field(left) && is_field(right) || !constant && !self.literal_types {
            let error = QueryError::new("a field cannot be compared with a field", span.clone());
            self.fault(error.hint("a function takes both: `startsWith(a, b)`"));
            return BoundValue::null();
        }
        match (
            left_value.as_constant().cloned(),
            right_value.as_constant().cloned(),
        ) {
            (_, Some(constant)) => self.against(span, left_value, op, constant),
            (Some(constant), None) => self.against(span, right_value, op.mirrored(), constant),
            (None, None) => self.expressions(span, left_value, op, right_value),
        }
    }

    /// Two expressions that both read fields.
    fn expressions(
        &mut self,
        span: &Span,
        left: BoundValue,
        op: CompareOp,
        right: BoundValue,
    ) -> BoundValue {
        let fits = match (left.ty, right.ty) {
            (Type::Unknown, _)
            | (_, Type::Unknown)
            | (Type::Text, Type::Version)
            | (Type::Version, Type::Text) => true,
            (a, b) => a == b,
        };
        if !fits {
            self.mismatch::<()>(span, left.ty, right.ty);
            return BoundValue::null();
        }
        let (left_read, right_read) = (natural(right.ty), natural(left.ty));
        let left = left.read_as(left_read);
        let right = right.read_as(right_read);
        BoundValue::folded(
            Node::Compare(Box::new(left), op, Box::new(right)),
            Type::Bool,
        )
    }

    /// An expression against a constant.
    fn against(
        &mut self,
        span: &Span,
        value: BoundValue,
        op: CompareOp,
        constant: Value<'static>,
    ) -> BoundValue {
        let ty = value.ty;
        // What has no opposite test, such as a network, is negated as a whole.
        let (op, negated) = match op {
            CompareOp::NotEqual => (CompareOp::Equal, true),
            op => (op, false),
        };
        let Some(test) = self.test(span, &value, op, constant) else {
            return BoundValue::null();
        };
        let node = value.read_as(untyped_read(ty, &test));
        let node = Node::Test(Box::new(node), test);
        BoundValue::folded(
            if negated {
                Node::Not(Box::new(node))
            } else {
                node
            },
            Type::Bool,
        )
    }

    /// The test of a value against one constant; None if they do not compare.
    pub(super) fn test(
        &mut self,
        span: &Span,
        value: &BoundValue,
        op: CompareOp,
        constant: Value<'static>,
    ) -> Option<Test> {
        let is_plain_field = matches!(value.node, Node::Field(..));
        match (value.ty, constant) {
            (Type::Text | Type::Unknown, Value::Text(text)) if op == CompareOp::Equal => {
                if verdict_faults::at("eql/engine/equals-takes-wildcards") {
                    return Some(Test::Patterns(Patterns::wildcards([&*text], false)));
                }
                let folds = verdict_faults::at("eql/engine/equals-ignores-case");
                Some(Test::Patterns(Patterns::words([&*text], folds)))
            }
            // Source: `IpFieldMapper`, whose term queries take networks.
            (Type::Ip, Value::Text(text)) if op == CompareOp::Equal && text.contains('/') => self
                .network(&text, span)
                .map(|network| Test::Networks(vec![network])),
            (Type::Ip, Value::Text(text)) => self
                .address_constant(span, &text)
                .map(|address| Test::Order(op, address)),
            (Type::Bool, Value::Text(_) | Value::Bool(_)) if op.is_order() => {
                self.fault(QueryError::new("booleans have no order", span.clone()));
                None
            }
            (Type::Date, Value::Text(text)) => self.date_constant(span, &text, op),
            (Type::Date, Value::Number(number)) => {
                number.as_i64().map(|millis| Test::Span(op, millis, millis))
            }
            (Type::Bool, Value::Text(text)) => match &*text {
                "true" => Some(Test::Order(op, Value::Bool(true))),
                "false" => Some(Test::Order(op, Value::Bool(false))),
                _other => self.mismatch(span, Type::Bool, Type::Text),
            },
            // Source: a term query reads its value as the field's type does, so a keyword field has the texts of booleans.
            (Type::Text, Value::Bool(wanted)) if is_plain_field => Some(Test::Order(
                op,
                Value::Text(Cow::Borrowed(if wanted { "true" } else { "false" })),
            )),
            (Type::Version, Value::Text(text)) => Some(Test::Order(op, Value::Version(text))),
            (Type::Unknown, constant)
            | (Type::Text, constant @ Value::Text(_))
            | (Type::Number, constant @ Value::Number(_))
            | (Type::Bool, constant @ Value::Bool(_))
            | (Type::Ip, constant @ Value::Ip(_))
            | (Type::Version, constant @ Value::Version(_))
            | (Type::Date, constant @ Value::Date(_)) => Some(Test::Order(op, constant)),
            (ty, constant) => {
                let other = BoundValue::constant(constant).ty;
                self.mismatch(span, ty, other)
            }
        }
    }

    fn mismatch<T>(&mut self, span: &Span, a: Type, b: Type) -> Option<T> {
        let message = format!("a {} cannot be compared with a {}", a.text(), b.text());
        self.fault(QueryError::new(message, span.clone()));
        None
    }

    fn address_constant(&mut self, span: &Span, text: &str) -> Option<Value<'static>> {
        if let Some(address) = address(text) {
            return Some(Value::Ip(address));
        }
        let error = QueryError::new(format!("`{text}` is no address"), span.clone());
        self.fault(if text.contains('/') {
            error.hint("networks are matched by `cidrMatch`")
        } else {
            error
        });
        None
    }

    fn date_constant(&mut self, span: &Span, text: &str, op: CompareOp) -> Option<Test> {
        if let Some((from, to)) = instant(text) {
            return Some(Test::Span(op, from, to));
        }
        let error = QueryError::new(format!("`{text}` is no date"), span.clone());
        self.fault(error.hint("dates are written in ISO 8601; date arithmetic is not supported"));
        None
    }
}

fn is_field(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Field(_))
}

/// A value with the reading that an expression beside it suggests.
fn beside(value: BoundValue, other: &Expr) -> BoundValue {
    let read = match &other.kind {
        ExprKind::Null | ExprKind::Field(_) => Read::AsIs,
        ExprKind::Bool(_)
        | ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Compare(..)
        | ExprKind::In { .. }
        | ExprKind::Match { .. } => Read::Bool,
        ExprKind::Number(_)
        | ExprKind::Negate(_)
        | ExprKind::Plus(_)
        | ExprKind::Arithmetic(..) => Read::Long,
        ExprKind::Text(_) => Read::Text,
        ExprKind::Call(call) => match lookup(&call.name).map(|known| known.named) {
            Some(Named::Function(function)) => natural(function.result()),
            Some(Named::Arithmetic(_)) => Read::Long,
            None => Read::AsIs,
        },
    };
    let ty = value.ty;
    BoundValue {
        node: value.read_as(read),
        ty,
    }
}

/// `x == null` asks whether x is missing, whichever side null stands on, and whether it is written or an optional field that nothing
/// maps. Source: rule `ReplaceNullChecks`, which runs after such fields have become null literals. Other comparisons with null are null.
fn null_check(left: BoundValue, op: CompareOp, right: BoundValue) -> BoundValue {
    if op.is_order() {
        return BoundValue::null();
    }
    let other = if right.is_null() { left } else { right };
    let missing = Node::IsNull(Box::new(other.node));
    let node = if op == CompareOp::Equal {
        missing
    } else {
        Node::Not(Box::new(missing))
    };
    BoundValue::folded(node, Type::Bool)
}

/// How a field without a type is read beside a value of this one.
fn natural(ty: Type) -> Read {
    match ty {
        Type::Bool => Read::Bool,
        Type::Number => Read::Long,
        Type::Text => Read::Text,
        Type::Ip => Read::Ip,
        Type::Version => Read::Version,
        Type::Date => Read::Date,
        Type::Null | Type::Unknown => Read::AsIs,
    }
}

/// How a field without a type is read for a test.
pub(super) fn untyped_read(ty: Type, test: &Test) -> Read {
    if ty != Type::Unknown {
        return natural(ty);
    }
    match test {
        Test::Patterns(_) | Test::Regex(_) => Read::Text,
        Test::Integers(_) => Read::Long,
        Test::Span(..) => Read::Date,
        Test::Networks(_) => Read::Ip,
        Test::Order(_, constant) => match constant {
            Value::Bool(_) => Read::Bool,
            Value::Number(Number::Int(_) | Number::Exact(_) | Number::Float(_)) => Read::Long,
            Value::Text(_) => Read::Text,
            Value::Ip(_) => Read::Ip,
            Value::Version(_) => Read::Version,
            Value::Date(_) => Read::Date,
            Value::Null => Read::AsIs,
        },
        Test::AnyOf(tests) => tests
            .first()
            .map_or(Read::AsIs, |first| untyped_read(ty, first)),
    }
}
