//! Calls: the function, how many arguments, and of which types.

use super::scope::Scope;
use super::{Binder, Outcome, folded};
use crate::QueryError;
use crate::esql::ast::{Arguments, Expr, Name, Span};
use crate::esql::functions::{self, Every, Function, Gives, Kind, Make, aggregate};
use crate::esql::node::{Node, Typed};
use crate::esql::value::{Type, Val};

/// Functions that exist, but not here: they need an index, a clock, hashes or shapes.
const NOT_HERE: [&str; 32] = [
    "acos",
    "asin",
    "atan",
    "atan2",
    "bin",
    "bucket",
    "categorize",
    "copy_sign",
    "cos",
    "cosh",
    "date_format",
    "date_parse",
    "field_extract",
    "hash",
    "knn",
    "kql",
    "match",
    "match_phrase",
    "md5",
    "multi_match",
    "now",
    "qstr",
    "scalb",
    "score",
    "sha1",
    "sha256",
    "sin",
    "sinh",
    "tan",
    "tanh",
    "to_date_nanos",
    "url_decode",
];

impl Binder<'_> {
    pub(super) fn call(
        &mut self,
        name: &Name,
        arguments: &Arguments,
        span: &Span,
        scope: &Scope,
    ) -> Outcome<Typed> {
        if let Some(aggregate) = aggregate::find(&name.text)
            && self.aggregates.is_some()
        {
            return self.aggregate(aggregate, arguments, span);
        }
        if self.grouping && matches!(name.text.to_ascii_lowercase().as_str(), "bucket" | "bin") {
            return self.bucket(arguments, span, scope);
        }
        let function = self.function(name)?;
        let Arguments::List(arguments) = arguments else {
            return self.fail("`*` stands for all rows in COUNT only", span);
        };
        self.count(function, arguments.len(), span)?;
        let bound: Vec<Outcome<Typed>> = arguments
            .iter()
            .map(|argument| self.expression(argument, scope))
            .collect();
        let mut bound = bound.into_iter().collect::<Outcome<Vec<Typed>>>()?;
        if let Make::Special(special) = function.make {
            return self.special(special, function, bound, arguments, span);
        }
        bound = self.checked(function, bound, arguments)?;
        if let Make::Each(Every::Cast(to)) = function.make {
            let Some(only) = bound.into_iter().next() else {
                return self.fail("an argument is missing", span);
            };
            return self.cast(only, to, span);
        }
        let kind = match function.gives {
            Gives::Fixed(kind) => kind,
            Gives::Same => first_kind(&bound),
        };
        let nodes: Vec<Node> = bound.into_iter().map(|argument| argument.node).collect();
        let node = match function.make {
            Make::Call(apply) => Node::Call(apply, nodes),
            Make::Whole(apply) => Node::Whole(apply, nodes),
            Make::Each(every) => match nodes.into_iter().next() {
                Some(only) => Node::Each(every, Box::new(only)),
                None => Node::Const(Val::Null),
            },
            Make::Special(_) => Node::Const(Val::Null),
        };
        Ok(Typed::new(folded(node), kind))
    }

    /// The function of a name in this version. Source: `Analyzer`: "Unknown function".
    fn function(&mut self, name: &Name) -> Outcome<&'static Function> {
        if let Some(function) = functions::find(&name.text) {
            if function.since <= self.version {
                return Ok(function);
            }
            let (since, version) = (function.since, self.version);
            let error = QueryError::new(
                format!(
                    "unknown function [{}] in version {}.{}",
                    name.text, version.major, version.minor
                ),
                name.span.clone(),
            )
            .hint(format!("it came with {}.{}", since.major, since.minor));
            return Err(self.error(error));
        }
        let lower = name.text.to_ascii_lowercase();
        let message = if aggregate::find(&lower).is_some() {
            format!(
                "aggregate function [{}] not allowed outside STATS command",
                name.text
            )
        } else if NOT_HERE.contains(&lower.as_str()) {
            format!("this engine does not run the function [{}]", name.text)
        } else {
            format!("unknown function [{}]", name.text)
        };
        self.fail(message, &name.span)
    }

    fn count(&mut self, function: &Function, given: usize, span: &Span) -> Outcome<()> {
        if given >= function.least && (function.repeats || given <= function.takes.len()) {
            return Ok(());
        }
        let wanted = if function.repeats {
            format!("at least {}", function.least)
        } else if function.least == function.takes.len() {
            format!("exactly {}", function.least)
        } else {
            format!("{} to {}", function.least, function.takes.len())
        };
        let message = format!(
            "error building [{}]: expects {wanted} arguments, found {given}",
            function.name
        );
        self.fail(message, span)
    }

    /// The arguments with constant strings read as what is wanted, all of the right types.
    pub(super) fn checked(
        &mut self,
        function: &Function,
        arguments: Vec<Typed>,
        exprs: &[Expr],
    ) -> Outcome<Vec<Typed>> {
        let mut ready = Vec::new();
        let mut sound = true;
        for (at, (argument, expr)) in arguments.into_iter().zip(exprs).enumerate() {
            let Some(kind) = function.takes.get(at).or(function.takes.last()) else {
                continue;
            };
            match self.argument(function.name, *kind, argument, at, &expr.span) {
                Ok(argument) => ready.push(argument),
                Err(_) => sound = false,
            }
        }
        if sound { Ok(ready) } else { Err(super::Failed) }
    }

    fn argument(
        &mut self,
        function: &str,
        wanted: Kind,
        argument: Typed,
        at: usize,
        span: &Span,
    ) -> Outcome<Typed> {
        let to = match wanted {
            Kind::Ip => Type::Ip,
            Kind::Date => Type::Date,
            Kind::Boolean => Type::Boolean,
            Kind::Any | Kind::Text | Kind::Literal | Kind::Integer | Kind::Number => Type::Null,
        };
        let argument = self.implicit(argument, to, span)?;
        let constant = wanted != Kind::Literal || argument.constant().is_some();
        if wanted.takes(argument.kind) && constant {
            return Ok(argument);
        }
        let message = format!(
            "argument {} of [{function}] must be [{}], found type [{}]",
            at + 1,
            wanted.name(),
            argument.kind.name()
        );
        self.fail(message, span)
    }
}

/// The type of the first argument that is not the null constant; a text becomes a keyword.
pub(super) fn first_kind(arguments: &[Typed]) -> Type {
    let mut kinds = arguments.iter().map(|argument| argument.kind);
    match kinds.find(|kind| *kind != Type::Null) {
        Some(Type::Text) => Type::Keyword,
        Some(kind) => kind,
        None => Type::Null,
    }
}
