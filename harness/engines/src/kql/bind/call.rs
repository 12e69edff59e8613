//! Calls: which function, how many arguments, of which types.

use super::aggregate::is_aggregate;
use super::window::WINDOWS;
use super::{Binder, Outcome, Scope, Typed, cast_hint};
use crate::QueryError;
use crate::kql::ast::{Expr, Name, Span};
use crate::kql::functions::{self, Function, Param, Returns};
use crate::kql::node::Node;
use crate::kql::pattern::{self, PatternCall, PatternKind};
use crate::kql::suggest;
use crate::kql::value::{Json, Type, Val};

impl Binder<'_> {
    pub(super) fn call(
        &mut self,
        name: &Name,
        arguments: &[Expr],
        span: &Span,
        scope: &Scope,
    ) -> Outcome<Typed> {
        if is_aggregate(&name.text) && self.aggregates.is_some() {
            return self.aggregate_value(name, arguments, span);
        }
        let bound: Vec<Outcome<Typed>> = arguments
            .iter()
            .map(|argument| self.expression(argument, scope))
            .collect();
        let bound = bound.into_iter().collect::<Outcome<Vec<Typed>>>();
        let spans: Vec<&Span> = arguments.iter().map(|argument| &argument.span).collect();
        match name.text.as_str() {
            "not" => self.not(bound?, &spans, span),
            "iff" | "iif" => {
                self.arity(name, arguments.len(), 3, 3)?;
                self.case(bound?, &spans)
            }
            "case" => {
                self.arity(name, arguments.len(), 3, 1001)?;
                if arguments.len().is_multiple_of(2) {
                    return self.fail("`case` needs a value after its last condition", span);
                }
                self.case(bound?, &spans)
            }
            "coalesce" => {
                self.arity(name, arguments.len(), 2, 64)?;
                let bound = bound?;
                let kind = self.common(bound.iter().map(|typed| typed.kind), span)?;
                let nodes = bound.into_iter().map(|typed| typed.node).collect();
                Ok(Typed {
                    node: Node::Coalesce(nodes),
                    kind,
                })
            }
            "gettype" => {
                self.arity(name, arguments.len(), 1, 1)?;
                Ok(gettype(bound?))
            }
            "extract" => {
                self.arity(name, arguments.len(), 3, 3)?;
                self.pattern_call(bound?, &spans, 0, PatternKind::Extract, Type::Text)
            }
            "replace_regex" => {
                self.arity(name, arguments.len(), 3, 3)?;
                self.pattern_call(bound?, &spans, 1, PatternKind::Replace, Type::Text)
            }
            "trim" | "trim_start" | "trim_end" => {
                self.arity(name, arguments.len(), 2, 2)?;
                self.trim(&name.text, bound?, &spans)
            }
            "countof" => {
                self.arity(name, arguments.len(), 2, 3)?;
                self.countof(bound?, &spans)
            }
            "now" | "ago" | "rand" | "new_guid" | "ingestion_time" | "current_principal" => self
                .fail(
                    format!(
                        "`{}()` changes from run to run, which a repeatable run cannot have",
                        name.text
                    ),
                    &name.span,
                ),
            text if WINDOWS.contains(&text) => self.window(name, bound?, &spans, scope),
            text if is_aggregate(text) => self.fail(
                format!("the aggregate `{text}` stands outside `summarize`"),
                &name.span,
            ),
            text => {
                if let Some(function) =
                    functions::lookup(text).filter(|function| function.name != functions::COUNTOF)
                {
                    return self.plain(function, name, bound?, &spans, span);
                }
                let error =
                    QueryError::new(format!("unknown function `{text}`"), name.span.clone());
                let names = functions::names().filter(|name| *name != functions::COUNTOF);
                Err(self.error(suggest::hint(error, text, names)))
            }
        }
    }

    pub(super) fn arity(
        &mut self,
        name: &Name,
        found: usize,
        least: usize,
        most: usize,
    ) -> Outcome<()> {
        if (least..=most).contains(&found) {
            return Ok(());
        }
        let wanted = match (least, most) {
            (1, 1) => "1 argument".to_owned(),
            (least, most) if least == most => format!("{least} arguments"),
            (least, most) => format!("{least} to {most} arguments"),
        };
        self.fail(
            format!("`{}` takes {wanted}, found {found}", name.text),
            &name.span,
        )
    }

    fn plain(
        &mut self,
        function: &'static Function,
        name: &Name,
        bound: Vec<Typed>,
        spans: &[&Span],
        span: &Span,
    ) -> Outcome<Typed> {
        self.arity(name, bound.len(), function.least, function.most)?;
        let kinds: Vec<Type> = bound.iter().map(|typed| typed.kind).collect();
        let kind = match function.returns {
            Returns::Is(kind) => kind,
            Returns::First => kinds.first().copied().unwrap_or(Type::Dynamic),
            Returns::Common => self.common(kinds.iter().copied(), span)?,
        };
        // A conversion to the type that a value has is the value.
        if function.name == "tostring"
            && kinds == [Type::Text]
            && let Some(same) = bound.first()
        {
            return Ok(same.clone());
        }
        if function.name == functions::PART {
            self.datetime_part(&bound, spans)?;
        }
        let mut nodes = Vec::new();
        for (at, typed) in bound.into_iter().enumerate() {
            let param = function
                .params
                .get(at)
                .or(function.params.last())
                .copied()
                .unwrap_or(Param::Any);
            let span = spans.get(at).copied().unwrap_or(span);
            nodes.push(self.argument(param, typed, &name.text, span)?);
        }
        Ok(Typed {
            node: Node::Call(function.apply, nodes),
            kind,
        })
    }

    /// The argument as its parameter wants it, or a fault (Kusto's binder: KS107).
    fn argument(
        &mut self,
        param: Param,
        typed: Typed,
        function: &str,
        span: &Span,
    ) -> Outcome<Node> {
        let kind = typed.kind;
        let fits = match param {
            Param::Any | Param::AnyText => true,
            Param::Text => kind.is_textual(),
            Param::Integer => kind.is_integer(),
            Param::Number => kind.is_number(),
            Param::Amount => kind.is_number() || kind == Type::TimeSpan,
            Param::DateTime => kind == Type::DateTime,
            Param::Dynamic => kind == Type::Dynamic,
        };
        if !fits {
            let wanted = match param {
                Param::Text | Param::AnyText => "a string",
                Param::Integer => "an integer",
                Param::Number => "a number",
                Param::Amount => "a number or a timespan",
                Param::DateTime => "a datetime",
                Param::Dynamic | Param::Any => "a dynamic array",
            };
            let error = QueryError::new(
                format!("`{function}` wants {wanted}, not {}", kind.name()),
                span.clone(),
            );
            return Err(self.error(cast_hint(error, kind)));
        }
        if matches!(param, Param::Text | Param::AnyText) && kind != Type::Text {
            return Ok(Node::Call(functions::tostring, vec![typed.node]).folded());
        }
        Ok(typed.node)
    }

    fn not(&mut self, bound: Vec<Typed>, spans: &[&Span], span: &Span) -> Outcome<Typed> {
        let Ok([typed]) = <[Typed; 1]>::try_from(bound) else {
            return self.fail("`not` takes 1 argument", span);
        };
        self.boolean(&typed, spans.first().copied().unwrap_or(span))?;
        Ok(Typed {
            node: Node::Not(Box::new(typed.node)),
            kind: Type::Bool,
        })
    }

    pub(super) fn boolean(&mut self, typed: &Typed, span: &Span) -> Outcome<()> {
        if typed.kind == Type::Bool {
            return Ok(());
        }
        let message = format!("a condition must be bool, not {}", typed.kind.name());
        Err(self.error(cast_hint(
            QueryError::new(message, span.clone()),
            typed.kind,
        )))
    }

    fn case(&mut self, bound: Vec<Typed>, spans: &[&Span]) -> Outcome<Typed> {
        let last = bound.len().saturating_sub(1);
        let mut kinds = Vec::new();
        for (at, (typed, span)) in bound.iter().zip(spans).enumerate() {
            if at % 2 == 0 && at != last {
                self.boolean(typed, span)?;
            } else {
                kinds.push(typed.kind);
            }
        }
        let whole = spans
            .first()
            .zip(spans.last())
            .map_or(0..0, |(first, last)| first.start..last.end);
        let kind = self.common(kinds.into_iter(), &whole)?;
        Ok(Typed {
            node: Node::Case(bound.into_iter().map(|typed| typed.node).collect()),
            kind,
        })
    }

    /// The one type that all share; numbers widen. Kusto's binder: KS232.
    fn common(&mut self, kinds: impl Iterator<Item = Type>, span: &Span) -> Outcome<Type> {
        let mut found: Option<Type> = None;
        for kind in kinds {
            let joined = match found {
                None => Some(kind),
                Some(known) if known == kind => Some(known),
                Some(known) if known.is_integer() && kind.is_integer() => Some(Type::Long),
                Some(known) if known.is_number() && kind.is_number() => {
                    let decimal = known == Type::Decimal || kind == Type::Decimal;
                    Some(if decimal { Type::Decimal } else { Type::Real })
                }
                Some(_) => None,
            };
            if joined.is_none() {
                let known = found.map_or("", Type::name);
                let message = format!("the arguments share no type: {known} and {}", kind.name());
                return self.fail(message, span);
            }
            found = joined;
        }
        Ok(found.unwrap_or(Type::Dynamic))
    }

    fn pattern_call(
        &mut self,
        bound: Vec<Typed>,
        spans: &[&Span],
        pattern_at: usize,
        kind: PatternKind,
        returns: Type,
    ) -> Outcome<Typed> {
        let mut nodes = Vec::new();
        let mut regex = None;
        for (at, (typed, span)) in bound.into_iter().zip(spans).enumerate() {
            if at == pattern_at {
                regex = Some(self.pattern(&typed.node, span)?);
            } else {
                // `extract` has the only argument that is no text: the group.
                let group = matches!(kind, PatternKind::Extract) && at == 1;
                let param = if group {
                    Param::Integer
                } else {
                    Param::AnyText
                };
                nodes.push(self.argument(param, typed, "the function", span)?);
            }
        }
        let Some(regex) = regex else {
            return Err(super::Failed);
        };
        Ok(Typed {
            node: Node::Pattern(PatternCall { kind, regex }, nodes),
            kind: returns,
        })
    }

    fn trim(&mut self, name: &str, bound: Vec<Typed>, spans: &[&Span]) -> Outcome<Typed> {
        let source = bound
            .first()
            .map_or(Node::Const(Val::Null), |typed| typed.node.clone());
        let span = spans.first().map_or(0..0, |span| (*span).clone());
        let bare = self.pattern(&source, &span)?;
        let (start, end) = (
            format!(r"\A(?:{})", bare.as_str()),
            format!(r"(?:{})\z", bare.as_str()),
        );
        let (Ok(start), Ok(end)) = (pattern::compile(&start), pattern::compile(&end)) else {
            return self.fail("the regular expression cannot be anchored", &span);
        };
        let kind = PatternKind::Trim {
            start: name != "trim_end",
            end: (name != "trim_start").then_some(end),
        };
        let typed = self.pattern_call(bound, spans, 0, kind, Type::Text)?;
        let Node::Pattern(call, nodes) = typed.node else {
            return Err(super::Failed);
        };
        let call = PatternCall {
            regex: start,
            ..call
        };
        Ok(Typed {
            node: Node::Pattern(call, nodes),
            kind: Type::Text,
        })
    }

    fn countof(&mut self, mut bound: Vec<Typed>, spans: &[&Span]) -> Outcome<Typed> {
        let mode = match bound.get(2).map(|typed| &typed.node) {
            None => "normal".to_owned(),
            Some(Node::Const(Val::Text(text))) => text.to_string(),
            Some(_) => String::new(),
        };
        bound.truncate(2);
        match mode.as_str() {
            "regex" => self.pattern_call(bound, spans, 1, PatternKind::Count, Type::Long),
            "normal" => {
                let mut nodes = Vec::new();
                for (typed, span) in bound.into_iter().zip(spans) {
                    nodes.push(self.argument(Param::Text, typed, "countof", span)?);
                }
                let Some(function) = functions::lookup(functions::COUNTOF) else {
                    return Err(super::Failed);
                };
                Ok(Typed {
                    node: Node::Call(function.apply, nodes),
                    kind: Type::Long,
                })
            }
            _ => self.fail(
                "the kind of `countof` is \"normal\" or \"regex\"",
                spans.get(2).copied().unwrap_or(&(0..0)),
            ),
        }
    }

    /// Kusto's binder: KS131, the part must be a literal.
    fn datetime_part(&mut self, bound: &[Typed], spans: &[&Span]) -> Outcome<()> {
        let span = spans.first().map_or(0..0, |span| (*span).clone());
        let Some(Val::Text(part)) = bound.first().and_then(|typed| typed.node.constant()) else {
            return self.fail(
                "the part of `datetime_part` must be a string literal",
                &span,
            );
        };
        let part = part.to_ascii_lowercase();
        if functions::PARTS.contains(&part.as_str()) {
            return Ok(());
        }
        let error = QueryError::new(format!("`{part}` is not a part of a datetime"), span);
        Err(self.error(suggest::hint(error, &part, functions::PARTS)))
    }
}

/// The type of a value; for a dynamic one, of what it holds. Kusto docs: `gettype()`.
fn gettype(bound: Vec<Typed>) -> Typed {
    let node = match bound.into_iter().next() {
        Some(Typed {
            node,
            kind: Type::Dynamic,
        }) => Node::Call(dynamic_type, vec![node]),
        Some(Typed { kind, .. }) => Node::Const(Val::text(kind.name())),
        None => Node::Const(Val::Null),
    };
    Typed {
        node,
        kind: Type::Text,
    }
}

fn dynamic_type<'r>(args: &[Val<'r>]) -> Val<'r> {
    let name = match args.first() {
        Some(Val::Dynamic(json)) => match json.as_ref() {
            Json::Null => "null",
            Json::Bool(_) => "bool",
            // The page's own example says that '1' is an int.
            Json::Long(value) if i32::try_from(*value).is_ok() => "int",
            Json::Long(_) => "long",
            Json::Real(_) => "real",
            Json::DateTime(_) => "datetime",
            Json::TimeSpan(_) => "timespan",
            Json::Text(_) => "string",
            Json::List(_) => "array",
            Json::Bag(_) => "dictionary",
        },
        _ => "null",
    };
    Val::text(name)
}
