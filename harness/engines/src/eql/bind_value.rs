//! Expressions to nodes, with their types checked as Elasticsearch's verifier does. What compares is in [`super::bind_compare`].

use super::ast::{ArithmeticOp, Call, Expr, ExprKind, Field};
use super::bind::{Binder, Resolved, Type};
use super::eval::eval;
use super::functions::{Function, Named, SIGNATURES, Signature, Want, lookup};
use super::plan::{Node, Read, Test};
use super::similar;
use super::value::{Number, Value, address};
use crate::QueryError;
use ipnet::IpNet;
use std::borrow::Cow;

/// An expression that is bound.
pub(super) struct BoundValue {
    pub(super) node: Node,
    pub(super) ty: Type,
}

impl BoundValue {
    pub(super) fn null() -> Self {
        Self::constant(Value::Null)
    }

    pub(super) fn constant(value: Value<'static>) -> Self {
        let ty = match &value {
            Value::Null => Type::Null,
            Value::Bool(_) => Type::Bool,
            Value::Number(_) => Type::Number,
            Value::Text(_) => Type::Text,
            Value::Ip(_) => Type::Ip,
            Value::Version(_) => Type::Version,
            Value::Date(_) => Type::Date,
        };
        Self {
            node: Node::Const(value),
            ty,
        }
    }

    /// The node, folded to a constant if it reads no field. A constant null has the type null.
    pub(super) fn folded(node: Node, ty: Type) -> Self {
        if !reads(&node) {
            return Self::constant(own(eval(&node, &[])));
        }
        Self { node, ty }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.node, Node::Const(Value::Null))
    }

    pub(super) fn as_constant(&self) -> Option<&Value<'static>> {
        match &self.node {
            Node::Const(constant) => Some(constant),
            Node::Field(..)
            | Node::Call(..)
            | Node::Arithmetic(..)
            | Node::Negate(_)
            | Node::Compare(..)
            | Node::Test(..)
            | Node::IsNull(_)
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_) => None,
        }
    }

    /// The node, where a field that no schema types is read in this way.
    pub(super) fn read_as(self, wanted: Read) -> Node {
        match self.node {
            Node::Field(occurrence, Read::AsIs) => Node::Field(occurrence, wanted),
            node => node,
        }
    }
}

/// Whether a node depends on the event.
fn reads(node: &Node) -> bool {
    match node {
        Node::Const(_) => false,
        Node::Field(..) => true,
        Node::Call(_, _, parts) | Node::And(parts) | Node::Or(parts) => parts.iter().any(reads),
        Node::Arithmetic(left, _, right) | Node::Compare(left, _, right) => {
            reads(left) || reads(right)
        }
        Node::Negate(inner) | Node::Test(inner, _) | Node::IsNull(inner) | Node::Not(inner) => {
            reads(inner)
        }
    }
}

fn own(value: Value<'_>) -> Value<'static> {
    match value {
        Value::Null => Value::Null,
        Value::Bool(value) => Value::Bool(value),
        Value::Number(number) => Value::Number(number.into_owned()),
        Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
        Value::Ip(address) => Value::Ip(address),
        Value::Version(text) => Value::Version(Cow::Owned(text.into_owned())),
        Value::Date(millis) => Value::Date(millis),
    }
}

impl Binder<'_> {
    /// Binds an expression. One that is refused has left its error and counts as null.
    pub(super) fn value(&mut self, expr: &Expr) -> BoundValue {
        match &expr.kind {
            ExprKind::Null => BoundValue::null(),
            ExprKind::Bool(value) => BoundValue::constant(Value::Bool(*value)),
            ExprKind::Text(text) => BoundValue::constant(Value::Text(Cow::Owned(text.clone()))),
            ExprKind::Number(text) => self.literal(expr, text),
            ExprKind::Field(field) => self.field(expr, field),
            ExprKind::Call(call) => self.call(expr, call),
            ExprKind::Negate(inner) => self.negate(expr, inner),
            ExprKind::Plus(inner) => {
                let inner_value = self.value(inner);
                self.number(inner_value, inner)
            }
            ExprKind::Arithmetic(left, op, right) => self.arithmetic(left, *op, right),
            ExprKind::Compare(left, op, right) => self.compare(&expr.span, left, *op, right),
            ExprKind::In {
                subject,
                ignore_case,
                items,
            } => self.within(subject, *ignore_case, items),
            ExprKind::Match {
                subject,
                op,
                patterns,
            } => self.matching(expr, subject, *op, patterns),
            ExprKind::Not(inner) => {
                let node = self.boolean(inner);
                BoundValue::folded(Node::Not(Box::new(node)), Type::Bool)
            }
            ExprKind::And(parts) => {
                let parts = parts.iter().map(|part| self.boolean(part)).collect();
                BoundValue::folded(Node::And(parts), Type::Bool)
            }
            ExprKind::Or(parts) => {
                let parts = parts.iter().map(|part| self.boolean(part)).collect();
                BoundValue::folded(Node::Or(parts), Type::Bool)
            }
        }
    }

    /// A whole number that does not fit is a double. Source: the expression builder's integer literals.
    fn literal(&mut self, expr: &Expr, text: &str) -> BoundValue {
        match Number::read(text) {
            // A literal with a fraction calculates as a double even when it is whole, as in `x / 2.0`.
            Some(_) if text.contains(['.', 'e', 'E']) => {
                BoundValue::constant(Value::Number(Number::Exact(Cow::Owned(text.to_owned()))))
            }
            Some(number) => BoundValue::constant(Value::Number(number.into_owned())),
            None => {
                self.fault(QueryError::new(
                    format!("`{text}` is no number"),
                    expr.span.clone(),
                ));
                BoundValue::null()
            }
        }
    }

    fn negate(&mut self, expr: &Expr, inner: &Expr) -> BoundValue {
        if let ExprKind::Number(text) = &inner.kind {
            return self.literal(expr, &format!("-{text}"));
        }
        let value = self.value(inner);
        let value = self.number(value, inner);
        if value.is_null() {
            return value;
        }
        BoundValue::folded(Node::Negate(Box::new(value.node)), Type::Number)
    }

    fn boolean(&mut self, expr: &Expr) -> Node {
        let value = self.value(expr);
        match value.ty {
            Type::Bool | Type::Null | Type::Unknown => value.read_as(Read::Bool),
            Type::Number | Type::Text | Type::Ip | Type::Version | Type::Date => {
                let found = value.ty.text();
                let message = format!("`and`, `or` and `not` take booleans, this is a {found}");
                self.fault(QueryError::new(message, expr.span.clone()));
                Node::Const(Value::Null)
            }
        }
    }

    fn field(&mut self, expr: &Expr, field: &Field) -> BoundValue {
        if field.indexed {
            // Source: the suite of queries that are not supported.
            self.fault(QueryError::new(
                "array indexes are not supported",
                expr.span.clone(),
            ));
            return BoundValue::null();
        }
        match self.resolve(expr, &field.name, field.optional) {
            None | Some(Resolved::Null) => BoundValue::null(),
            Some(Resolved::Slot(slot, ty, read)) => {
                self.occurrences.push(slot);
                BoundValue {
                    node: Node::Field(self.occurrences.len() - 1, read),
                    ty,
                }
            }
        }
    }

    fn number(&mut self, value: BoundValue, expr: &Expr) -> BoundValue {
        match value.ty {
            Type::Number | Type::Null => value,
            Type::Unknown => BoundValue {
                node: value.read_as(Read::Long),
                ty: Type::Number,
            },
            Type::Bool | Type::Text | Type::Ip | Type::Version | Type::Date => {
                let found = value.ty.text();
                self.fault(QueryError::new(
                    format!("a number is needed, this is a {found}"),
                    expr.span.clone(),
                ));
                BoundValue::null()
            }
        }
    }

    fn arithmetic(&mut self, left: &Expr, op: ArithmeticOp, right: &Expr) -> BoundValue {
        let left_value = self.value(left);
        let left_value = self.number(left_value, left);
        let right_value = self.value(right);
        let right_value = self.number(right_value, right);
        if left_value.is_null() || right_value.is_null() {
            return BoundValue::null();
        }
        let node = Node::Arithmetic(Box::new(left_value.node), op, Box::new(right_value.node));
        BoundValue::folded(node, Type::Number)
    }

    fn call(&mut self, expr: &Expr, call: &Call) -> BoundValue {
        let Some(signature) = lookup(&call.name) else {
            let names = SIGNATURES.iter().map(|signature| signature.name);
            let error = QueryError::new(
                format!("unknown function `{}`", call.name),
                expr.span.clone(),
            );
            let near = similar::suggest(&call.name, names);
            self.fault(match near {
                Some(near) => error.hint(near),
                None => error,
            });
            return BoundValue::null();
        };
        self.check_shape(expr, call, signature);
        if let (Named::Arithmetic(op), [left, right]) = (signature.named, call.args.as_slice()) {
            return self.arithmetic(left, op, right);
        }
        let args: Vec<BoundValue> = call
            .args
            .iter()
            .enumerate()
            .map(|(at, arg)| {
                let value = self.value(arg);
                self.argument(signature, at, value, arg)
            })
            .collect();
        let Named::Function(function) = signature.named else {
            return BoundValue::null();
        };
        // Source: rule FoldNull; a null that is known now makes the call null for every event.
        if args
            .iter()
            .enumerate()
            .any(|(at, arg)| arg.is_null() && !signature.allows_null(at))
        {
            return BoundValue::null();
        }
        if function == Function::CidrMatch {
            return self.cidr_match(call, args);
        }
        let nodes = args.into_iter().map(|arg| arg.node).collect();
        BoundValue::folded(
            Node::Call(function, call.ignore_case, nodes),
            function.result(),
        )
    }

    fn check_shape(&mut self, expr: &Expr, call: &Call, signature: &Signature) {
        let count = call.args.len();
        if count < signature.least || count > signature.most {
            let wanted = match (signature.least, signature.most) {
                (least, most) if least == most => format!("{least}"),
                (least, usize::MAX) => format!("{least} or more"),
                (least, most) => format!("{least} to {most}"),
            };
            let message = format!(
                "`{}` takes {wanted} arguments, {count} are given",
                signature.name
            );
            self.fault(QueryError::new(message, expr.span.clone()));
        }
        if call.ignore_case && !signature.folds {
            let message = format!("`{}` has no form that ignores case", signature.name);
            self.fault(QueryError::new(message, expr.span.clone()).hint("leave out the `~`"));
        }
    }

    /// Checks one argument and reads untyped fields as it wants them.
    fn argument(
        &mut self,
        signature: &Signature,
        at: usize,
        value: BoundValue,
        expr: &Expr,
    ) -> BoundValue {
        let want = signature.want(at);
        let (fits, read) = match want {
            Want::Text => (value.ty == Type::Text, Read::Text),
            Want::Network => (value.ty == Type::Text, Read::Text),
            Want::Number | Want::Integer => (value.ty == Type::Number, Read::Long),
            Want::Bool => (value.ty == Type::Bool, Read::Bool),
            // A keyword is let through, which Elasticsearch refuses: a schema that was made from events knows no addresses.
            Want::Address => (matches!(value.ty, Type::Ip | Type::Text), Read::Ip),
            Want::Any => (true, Read::AsIs),
        };
        let whole = want != Want::Integer
            || !matches!(value.as_constant(), Some(Value::Number(number)) if number.as_i64().is_none());
        if whole && (fits || value.ty == Type::Null) {
            return value;
        }
        if value.ty == Type::Unknown {
            let ty = if want == Want::Any {
                Type::Unknown
            } else {
                Type::Text
            };
            return BoundValue {
                node: value.read_as(read),
                ty,
            };
        }
        let wanted = match want {
            Want::Text | Want::Network => "a string",
            Want::Number => "a number",
            Want::Integer => "a whole number",
            Want::Bool => "a boolean",
            Want::Address => "an address",
            Want::Any => "a value",
        };
        let message = format!(
            "argument {} of `{}` must be {wanted}, this is a {}",
            at + 1,
            signature.name,
            value.ty.text()
        );
        self.fault(QueryError::new(message, expr.span.clone()));
        BoundValue::null()
    }

    /// Source: test cidrMatch1; host bits may be set. A bare address is a network of one.
    fn cidr_match(&mut self, call: &Call, args: Vec<BoundValue>) -> BoundValue {
        let mut networks = Vec::new();
        let mut args = args.into_iter();
        let subject = args.next().unwrap_or_else(BoundValue::null);
        for (arg, expr) in args.zip(call.args.iter().skip(1)) {
            match arg.as_constant() {
                Some(Value::Text(text)) => match network(text) {
                    Some(network) => networks.push(network),
                    None => {
                        let message = format!("`{text}` is no network such as `10.0.0.0/8`");
                        self.fault(QueryError::new(message, expr.span.clone()));
                    }
                },
                Some(_) => {}
                None => self.fault(QueryError::new(
                    "a network must be a constant",
                    expr.span.clone(),
                )),
            }
        }
        let node = match subject.node {
            Node::Field(occurrence, Read::Text | Read::AsIs) => Node::Field(occurrence, Read::Ip),
            Node::Const(Value::Text(text)) => {
                Node::Const(address(&text).map_or(Value::Null, Value::Ip))
            }
            node => node,
        };
        BoundValue::folded(
            Node::Test(Box::new(node), Test::Networks(networks)),
            Type::Bool,
        )
    }
}

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| address(text).map(IpNet::from))
}

impl Function {
    /// The type of what it gives.
    fn result(self) -> Type {
        match self {
            Self::Between | Self::Concat | Self::String | Self::Substring => Type::Text,
            Self::IndexOf | Self::Length | Self::Number => Type::Number,
            Self::CidrMatch | Self::EndsWith | Self::StartsWith | Self::StringContains => {
                Type::Bool
            }
        }
    }

    /// Whether it gives a boolean.
    pub(super) fn is_boolean(self) -> bool {
        self.result() == Type::Bool
    }
}
