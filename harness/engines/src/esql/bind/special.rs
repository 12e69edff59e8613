//! Functions with rules of their own.

use super::call::first_kind;
use super::compare::compatible;
use super::{Binder, Outcome, folded};
use crate::esql::ast::{Expr, PatternKind, Span};
use crate::esql::functions::{Apply, Every, Function, Gives, Special, date, many};
use crate::esql::lucene::{Shape, TextTest};
use crate::esql::node::{Node, Typed};
use crate::esql::value::{Scalar, Type, Val};
use crate::esql::{datetime, ip};
use regex::Regex;

impl Binder<'_> {
    pub(super) fn special(
        &mut self,
        special: Special,
        function: &Function,
        arguments: Vec<Typed>,
        exprs: &[Expr],
        span: &Span,
    ) -> Outcome<Typed> {
        match special {
            Special::Case => self.case(arguments, exprs, span),
            Special::Coalesce => self.coalesce(arguments, span),
            Special::StartsWith => {
                self.shaped(function, arguments, exprs, Shape::Prefix, |text, part| {
                    text.starts_with(part)
                })
            }
            Special::EndsWith => {
                self.shaped(function, arguments, exprs, Shape::Suffix, |text, part| {
                    text.ends_with(part)
                })
            }
            Special::Contains => {
                self.shaped(function, arguments, exprs, Shape::Contains, |text, part| {
                    text.contains(part)
                })
            }
            Special::CidrMatch => {
                let ready = self.checked(function, arguments, exprs)?;
                self.cidr(ready, exprs)
            }
            Special::MvLike => self.any_match(PatternKind::Like, function, arguments, exprs, span),
            Special::MvRlike => {
                self.any_match(PatternKind::Rlike, function, arguments, exprs, span)
            }
            Special::SameTypes(apply) => {
                let ready = self.checked(function, arguments, exprs)?;
                self.same_types(function, ready, apply, span)
            }
            Special::Extreme(apply) => {
                let ready = self.checked(function, arguments, exprs)?;
                let (nodes, kind) = self.united(ready, function.name, span)?;
                // Source: `Greatest` and `Least`, toEvaluator: of a column with several values, the greatest or least of them.
                let column = if function.name == "greatest" {
                    many::max
                } else {
                    many::min
                };
                let nodes = nodes.into_iter().map(|node| match node {
                    single @ (Node::Const(_) | Node::Arithmetic { .. } | Node::Call(..)) => single,
                    other => Node::Whole(column, vec![other]),
                });
                Ok(Typed::new(folded(Node::Call(apply, nodes.collect())), kind))
            }
            Special::DatePart(apply) => {
                let ready = self.checked(function, arguments, exprs)?;
                self.date_part(function, ready, apply, span)
            }
            Special::DateTrunc => self.date_trunc(arguments, span),
            Special::Replace => {
                let ready = self.checked(function, arguments, exprs)?;
                self.replace(ready, span)
            }
        }
    }

    /// Source: docs, `CASE`: conditions are boolean, values of one type.
    fn case(&mut self, arguments: Vec<Typed>, exprs: &[Expr], span: &Span) -> Outcome<Typed> {
        let total = arguments.len();
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        let mut sound = true;
        for (at, argument) in arguments.into_iter().enumerate() {
            let is_condition = at % 2 == 0 && at + 1 < total;
            if !is_condition {
                values.push(argument);
                continue;
            }
            if !matches!(argument.kind, Type::Boolean | Type::Null) {
                let message = format!(
                    "argument {} of [case] must be [boolean], found type [{}]",
                    at + 1,
                    argument.kind.name()
                );
                let place = exprs.get(at).map_or(span, |expr| &expr.span).clone();
                sound = self.fail::<()>(message, &place).is_ok();
            }
            conditions.push(argument.node);
        }
        let (values, kind) = self.united(values, "case", span)?;
        if !sound {
            return Err(super::Failed);
        }
        let mut parts = Vec::with_capacity(total);
        let mut conditions = conditions.into_iter();
        for value in values {
            parts.extend(conditions.next());
            parts.push(value);
        }
        Ok(Typed::new(Node::Case(parts), kind))
    }

    /// Source: docs, `COALESCE`: values of one type.
    fn coalesce(&mut self, arguments: Vec<Typed>, span: &Span) -> Outcome<Typed> {
        let (nodes, kind) = self.united(arguments, "coalesce", span)?;
        Ok(Typed::new(folded(Node::Coalesce(nodes)), kind))
    }

    /// Values of one type: strings mix, and numbers take the type of the first of them if it is wide enough.
    /// Source: `Analyzer.ImplicitCasting.castMixedNumericTypes`.
    fn united(
        &mut self,
        values: Vec<Typed>,
        function: &str,
        span: &Span,
    ) -> Outcome<(Vec<Node>, Type)> {
        let kind = first_kind(&values);
        let mut nodes = Vec::new();
        for value in values {
            let fits = value.kind == Type::Null
                || value.kind == kind
                || (value.kind.is_string() && kind.is_string())
                || (rank(value.kind) < rank(kind) && rank(value.kind) > 0);
            if !fits {
                let message = format!(
                    "arguments of [{function}] must be [{}], found type [{}]",
                    kind.name(),
                    value.kind.name()
                );
                return self.fail(message, span);
            }
            nodes.push(
                if kind.is_number() && value.kind != kind && value.kind != Type::Null {
                    folded(Node::Each(Every::Cast(kind), Box::new(value.node)))
                } else {
                    value.node
                },
            );
        }
        Ok((nodes, kind))
    }

    /// Source: docs, `STARTS_WITH`, `ENDS_WITH`, `CONTAINS`: exact in case.
    fn shaped(
        &mut self,
        function: &Function,
        arguments: Vec<Typed>,
        exprs: &[Expr],
        shape: fn(Box<str>) -> Shape,
        test: fn(&str, &str) -> bool,
    ) -> Outcome<Typed> {
        let ready = self.checked(function, arguments, exprs)?;
        let Ok([text, part]) = <[Typed; 2]>::try_from(ready) else {
            return Err(super::Failed);
        };
        let node = match part.constant_text() {
            Some(part) if verdict_faults::at("esql/engine/affixes-ignore-case") => {
                let test = TextTest::Folded(shape(part.to_lowercase().into()));
                folded(Node::Text(Box::new(test), Box::new(text.node)))
            }
            Some(part) => {
                let test = TextTest::Plain(shape(part.into()));
                folded(Node::Text(Box::new(test), Box::new(text.node)))
            }
            None => Node::Find(test, Box::new([text.node, part.node])),
        };
        Ok(Typed::boolean(node))
    }

    /// Source: docs, `CIDR_MATCH`; `CIDRUtils.isInRange`. A constant that is no block is refused: where the test runs in Lucene
    /// such a query fails.
    fn cidr(&mut self, arguments: Vec<Typed>, exprs: &[Expr]) -> Outcome<Typed> {
        let mut arguments = arguments.into_iter();
        let Some(address) = arguments.next() else {
            return Err(super::Failed);
        };
        let mut ranges = Vec::new();
        let mut null = address.kind == Type::Null;
        for (block, expr) in arguments.zip(exprs.iter().skip(1)) {
            let Some(constant) = block.constant() else {
                return self.fail("this engine takes constant blocks only", &expr.span);
            };
            let Some(value) = constant.single() else {
                null = true;
                continue;
            };
            let text = value.as_text().unwrap_or("").to_owned();
            match ip::range(&text) {
                Some(range) => ranges.push(range),
                None => return self.fail(format!("[{text}] is no CIDR block"), &expr.span),
            }
        }
        Ok(Typed::boolean(if null {
            Node::Const(Val::Null)
        } else {
            Node::InRanges(Box::new(address.node), ranges.into())
        }))
    }

    /// Source: docs, `MV_LIKE`, `MV_RLIKE`: whether any value matches; false for null.
    fn any_match(
        &mut self,
        kind: PatternKind,
        function: &Function,
        arguments: Vec<Typed>,
        exprs: &[Expr],
        span: &Span,
    ) -> Outcome<Typed> {
        let ready = self.checked(function, arguments, exprs)?;
        let Ok([value, pattern]) = <[Typed; 2]>::try_from(ready) else {
            return Err(super::Failed);
        };
        let Some(text) = pattern.constant_text() else {
            return self.fail("the pattern must be one constant string", span);
        };
        let test = self.prepare(kind, text, false, span)?;
        Ok(Typed::boolean(Node::AnyText(
            Box::new(test),
            Box::new(value.node),
        )))
    }

    /// Source: docs, the types of `MV_CONTAINS` and its kin: both of one type, strings mixed; an `integer` is no `long`.
    fn same_types(
        &mut self,
        function: &Function,
        arguments: Vec<Typed>,
        apply: fn(&[Val<'_>]) -> Val<'static>,
        span: &Span,
    ) -> Outcome<Typed> {
        let kind = first_kind(&arguments);
        let Ok([left, right]) = <[Typed; 2]>::try_from(arguments) else {
            return Err(super::Failed);
        };
        let same = compatible(left.kind, right.kind)
            && (!left.kind.is_number() || !right.kind.is_number() || left.kind == right.kind);
        if !same {
            let message = format!(
                "second argument of [{}] must be [{}], found type [{}]",
                function.name,
                left.kind.name(),
                right.kind.name()
            );
            return self.fail(message, span);
        }
        let kind = match function.gives {
            Gives::Fixed(kind) => kind,
            Gives::Same => kind,
        };
        if let Some(node) = set_test(function.name, &left, &right) {
            return Ok(Typed::new(node, kind));
        }
        let node = Node::Whole(apply, vec![left.node, right.node]);
        Ok(Typed::new(folded(node), kind))
    }

    /// Source: `DateExtract.chronoField`, `DateDiff.Part`: a constant that names no part fails the query.
    fn date_part(
        &mut self,
        function: &Function,
        arguments: Vec<Typed>,
        apply: Apply,
        span: &Span,
    ) -> Outcome<Typed> {
        let name = arguments.first().and_then(Typed::constant_text);
        if let Some(name) = name.filter(|name| !date::knows(apply, name)) {
            let message = format!("[{name}] names no part of a date for [{}]", function.name);
            return self.fail(message, span);
        }
        let kind = match function.gives {
            Gives::Fixed(kind) => kind,
            Gives::Same => first_kind(&arguments),
        };
        let nodes = arguments.into_iter().map(|argument| argument.node);
        let node = Node::Call(apply, nodes.collect());
        Ok(Typed::new(folded(node), kind))
    }

    /// Source: docs, `DATE_TRUNC`: the interval is a constant amount, or a constant string that is one; it is not negative.
    pub(super) fn date_trunc(&mut self, arguments: Vec<Typed>, span: &Span) -> Outcome<Typed> {
        let Ok([interval, value]) = <[Typed; 2]>::try_from(arguments) else {
            return Err(super::Failed);
        };
        let value = self.implicit(value, Type::Date, span)?;
        let amount = match interval.constant().and_then(Val::single) {
            Some(Scalar::Text(text)) => datetime::read_amount(text),
            Some(amount) => Some(amount.clone()),
            None => None,
        };
        let Some(amount) = amount.filter(date::can_truncate) else {
            return self.fail("the interval must be a constant amount of time", span);
        };
        if !matches!(value.kind, Type::Date | Type::Null) {
            let message = format!(
                "argument 2 of [date_trunc] must be [datetime], found type [{}]",
                value.kind.name()
            );
            return self.fail(message, span);
        }
        let interval = Node::Const(Val::One(amount));
        let node = Node::Call(Apply(date::truncate), vec![interval, value.node]);
        Ok(Typed::new(folded(node), Type::Date))
    }

    /// Source: docs, `REPLACE`: Java's regular expressions. Those that Rust's `regex` takes mean the same here, but for `\<` and `\>`; others are refused.
    fn replace(&mut self, arguments: Vec<Typed>, span: &Span) -> Outcome<Typed> {
        let Ok([text, pattern, new]) = <[Typed; 3]>::try_from(arguments) else {
            return Err(super::Failed);
        };
        let Some(pattern) = pattern.constant_text() else {
            return self.fail("this engine takes a constant pattern only", span);
        };
        // Without `u`, Java's classes are ASCII.
        match Regex::new(&of_java(pattern)) {
            Ok(regex) => {
                let sides = Box::new([text.node, new.node]);
                Ok(Typed::new(Node::Replace(regex, sides), Type::Keyword))
            }
            Err(_) => self.fail(
                format!("this engine does not run the pattern [{pattern}]"),
                span,
            ),
        }
    }
}

/// Java's expression as Rust's `regex` reads it: `\<` and `\>` are borders of words there, and characters in Java.
///
/// Source: Java's documentation, `java.util.regex.Pattern`, "Backslashes, escapes, and quoting": a backslash may stand before any character that is no
/// letter, whether or not that is part of an unescaped construct.
fn of_java(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match characters.next() {
            Some(escaped @ ('<' | '>')) => text.push(escaped),
            escaped => {
                text.push(c);
                text.extend(escaped);
            }
        }
    }
    text
}

/// How wide a number type is; 0 for what is no number.
fn rank(kind: Type) -> u8 {
    match kind {
        Type::Integer => 1,
        Type::Long => 2,
        Type::Double => 3,
        _other => 0,
    }
}

/// `MV_CONTAINS` and `MV_INTERSECTS` with constant texts.
fn set_test(function: &str, left: &Typed, right: &Typed) -> Option<Node> {
    let all = match function {
        "mv_contains" => true,
        "mv_intersects" => false,
        _other => return None,
    };
    if !left.kind.is_string() || !right.kind.is_string() {
        return None;
    }
    let texts = right.constant()?.values().iter();
    let set = texts.filter_map(|value: &Scalar<'_>| Some(value.as_text()?.into()));
    Some(Node::Sets {
        all,
        value: Box::new(left.node.clone()),
        set: set.collect(),
    })
}
