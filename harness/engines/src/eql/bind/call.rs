//! Calls: arity, types of arguments, and `cidrMatch`.

use super::value::BoundValue;
use super::{Binder, Type};
use crate::QueryError;
use crate::eql::ast::{Call, Expr, Span};
use crate::eql::functions::{Function, Named, SIGNATURES, Signature, Want, lookup};
use crate::eql::network::Network;
use crate::eql::plan::{Node, Read, Test};
use crate::eql::similar;
use crate::eql::value::{Number, Value, address};

impl Binder<'_> {
    pub(super) fn call(&mut self, expr: &Expr, call: &Call) -> BoundValue {
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
            Want::Text | Want::Network => (value.ty == Type::Text, Read::Text),
            Want::Number | Want::Integer => (value.ty == Type::Number, Read::Long),
            Want::Bool => (value.ty == Type::Bool, Read::Bool),
            // A keyword is let through, which Elasticsearch refuses: a schema that was made from events knows no addresses.
            Want::Address => (matches!(value.ty, Type::Ip | Type::Text), Read::Ip),
            Want::Any => (true, Read::AsIs),
        };
        // Source: test testNumberFunctionFloatBase: `1.0` is of a type with fractions, whatever its value.
        let whole = want != Want::Integer
            || !matches!(
                value.as_constant(),
                Some(Value::Number(Number::Exact(_) | Number::Float(_)))
            );
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
                Some(Value::Text(text)) => networks.extend(self.network(text, &expr.span)),
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

    pub(super) fn network(&mut self, text: &str, span: &Span) -> Option<Network> {
        let network = Network::parse(text);
        if network.is_none() {
            let message = format!("`{text}` is no network such as `10.0.0.0/8`");
            self.fault(QueryError::new(message, span.clone()));
        }
        network
    }
}

impl Function {
    /// The type of what it gives.
    pub(super) fn result(self) -> Type {
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
