//! Literals, fields, calls, brackets, and the predicates that may follow them.

use super::{Parser, RESERVED, codes};
use crate::diagnostic::Diagnostic;
use crate::frontends::eql::ast::{Call, Expr, ExprKind, Field, Match, MatchKind, Membership};
use crate::frontends::eql::token::{Kind, Sign};
use crate::span::Span;
use verdict_event::Number;

/// The largest magnitude of a whole number: that of the least 64-bit integer.
const MAX_INTEGER: u64 = 1 << 63;

impl Parser {
    /// A primary expression and the predicate behind it.
    pub(super) fn predicated(&mut self) -> Expr {
        let value = self.primary();
        let start = value.span;
        let negated = self.at_keyword("not")
            && matches!(self.ahead(1), Kind::Word { name, .. } if name.eq_ignore_ascii_case("in"));
        if negated {
            self.keyword("not");
        }
        let operator = self.span();
        let (insensitive, word) = match self.peek() {
            Kind::Word { name, tilde } => (*tilde, name.to_ascii_lowercase()),
            Kind::Sign(Sign::Colon) => (true, ":".to_owned()),
            _ => return value,
        };
        let kind = match word.as_str() {
            "in" => {
                self.keyword("in");
                let items = self.list(true);
                let span = start.to(self.previous());
                let membership = Membership {
                    value: Box::new(value),
                    negated,
                    insensitive,
                    items,
                };
                return self.built(ExprKind::In(membership), span);
            }
            ":" => {
                self.next();
                MatchKind::Wildcard
            }
            "like" => {
                self.keyword("like");
                MatchKind::Wildcard
            }
            "regex" => {
                self.keyword("regex");
                MatchKind::Regex
            }
            _ => return value,
        };
        let patterns = self.patterns();
        let span = start.to(self.previous());
        let matched = Match {
            value: Box::new(value),
            kind,
            insensitive,
            patterns,
            operator,
        };
        self.built(ExprKind::Match(matched), span)
    }

    /// One pattern or a list of them.
    fn patterns(&mut self) -> Vec<Expr> {
        if *self.peek() == Kind::Sign(Sign::Open) {
            return self.list(false);
        }
        vec![self.constant()]
    }

    /// A pattern: a constant, or the reported attempt at something else.
    fn constant(&mut self) -> Expr {
        let item = self.primary();
        match item.kind {
            ExprKind::Field(_) | ExprKind::Call(_) => self.error(
                codes::NOT_CONSTANT,
                item.span,
                "a pattern that is no constant",
                "only a string may stand here",
                "`:`, `like` and `regex` take strings; two fields cannot be compared",
            ),
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Compare(..)
            | ExprKind::Arithmetic(..)
            | ExprKind::Negate(_)
            | ExprKind::In(_)
            | ExprKind::Match(_)
            | ExprKind::Invalid => {}
        }
        item
    }

    /// `( a, b, ... )`: expressions, or constants.
    fn list(&mut self, expressions: bool) -> Vec<Expr> {
        let mut items = Vec::new();
        if !self.expect(Sign::Open) {
            // `in "a"` without brackets: read on behind the value.
            if !self.at_list_end() {
                items.push(self.primary());
            }
            return items;
        }
        let open = self.previous();
        while !self.at_list_end() {
            let item = if expressions {
                self.argument()
            } else {
                self.constant()
            };
            items.push(item);
            if self.sign(Sign::Comma) {
                if *self.peek() == Kind::Sign(Sign::Close) {
                    self.unexpected("another value behind the comma");
                }
            } else if !self.at_list_end() {
                self.unexpected("`,` or `)`");
                self.skip_to(|kind| {
                    matches!(
                        kind,
                        Kind::Sign(Sign::Comma | Sign::Close | Sign::CloseBracket | Sign::Pipe)
                    )
                });
                self.sign(Sign::Comma);
            }
        }
        if items.is_empty() {
            self.unexpected("at least one value");
        }
        self.close(open);
        items
    }

    fn at_list_end(&self) -> bool {
        matches!(
            self.peek(),
            Kind::End | Kind::Sign(Sign::Close | Sign::CloseBracket | Sign::Pipe)
        )
    }

    fn close(&mut self, open: Span) {
        if self.sign(Sign::Close) {
            return;
        }
        let found = self.peek().describe();
        let span = self.span();
        self.mark(
            Diagnostic::error(
                codes::UNEXPECTED_TOKEN,
                span,
                format!("expected `)`, found {found}"),
                "the bracket is still open",
            )
            .related(open, "opened here")
            .hint("close the bracket with `)`"),
        );
    }

    /// A nested expression.
    fn argument(&mut self) -> Expr {
        let start = self.span();
        self.deeper(Self::nested)
            .unwrap_or_else(|| Expr::new(ExprKind::Invalid, start))
    }

    fn primary(&mut self) -> Expr {
        let start = self.span();
        let kind = match self.peek() {
            Kind::Text(text) => ExprKind::Text(text.clone()),
            Kind::Integer(digits) => {
                let number = integer(digits);
                return self.number(number, start);
            }
            Kind::Decimal(digits) => {
                let number = decimal(digits);
                return self.number(number, start);
            }
            Kind::Sign(Sign::Open) => return self.bracketed(),
            Kind::Sign(Sign::Question) | Kind::Quoted(_) => return self.field(),
            Kind::Word { name, .. } => {
                let calls = *self.ahead(1) == Kind::Sign(Sign::Open);
                match name.to_ascii_lowercase().as_str() {
                    "null" | "true" | "false" => return self.word_literal(),
                    lower if RESERVED.contains(&lower) => return self.no_primary(),
                    _ if calls => return self.call(),
                    _ => return self.field(),
                }
            }
            Kind::Sign(_) | Kind::End => return self.no_primary(),
        };
        self.next();
        Expr::new(kind, start)
    }

    fn number(&mut self, number: Option<Number>, span: Span) -> Expr {
        self.next();
        let Some(number) = number else {
            self.error(
                codes::NUMBER,
                span,
                "number out of range",
                "does not fit into 64 bits",
                "whole numbers go up to 9223372036854775807",
            );
            return Expr::new(ExprKind::Invalid, span);
        };
        Expr::new(ExprKind::Number(number), span)
    }

    fn word_literal(&mut self) -> Expr {
        let span = self.span();
        let kind = if self.keyword("null") {
            ExprKind::Null
        } else {
            let truth = self.keyword("true");
            if !truth {
                self.keyword("false");
            }
            ExprKind::Bool(truth)
        };
        Expr::new(kind, span)
    }

    fn no_primary(&mut self) -> Expr {
        let span = self.span();
        self.unexpected("a field, a value or a condition");
        let certain = match self.peek() {
            Kind::End => true,
            Kind::Sign(sign) => matches!(
                sign,
                Sign::Close | Sign::CloseBracket | Sign::Comma | Sign::Pipe
            ),
            Kind::Word { name, .. } => ["and", "or", "in", "like", "regex", "not"]
                .contains(&name.to_ascii_lowercase().as_str()),
            Kind::Quoted(_) | Kind::Text(_) | Kind::Integer(_) | Kind::Decimal(_) => false,
        };
        if !certain {
            self.next();
        }
        Expr::new(ExprKind::Invalid, span)
    }

    fn bracketed(&mut self) -> Expr {
        let open = self.span();
        self.next();
        let inner = self.argument();
        self.close(open);
        Expr {
            span: open.to(self.previous()),
            ..inner
        }
    }

    fn call(&mut self) -> Expr {
        let name_span = self.span();
        let (name, insensitive) = match self.peek() {
            Kind::Word { name, tilde } => (name.clone(), *tilde),
            _ => (String::new(), false),
        };
        self.next();
        let arguments = if *self.ahead(1) == Kind::Sign(Sign::Close) {
            self.next();
            self.next();
            Vec::new()
        } else {
            self.list(true)
        };
        let call = Call {
            name,
            name_span,
            insensitive,
            arguments,
        };
        let span = name_span.to(self.previous());
        self.built(ExprKind::Call(call), span)
    }

    /// A field in an expression.
    fn field(&mut self) -> Expr {
        let start = self.span();
        match self.path() {
            Some(field) => {
                let span = field.span;
                Expr::new(ExprKind::Field(field), span)
            }
            None => Expr::new(ExprKind::Invalid, start),
        }
    }

    /// `?a.b[0]`; None if no name follows, which is reported.
    pub(super) fn path(&mut self) -> Option<Field> {
        let start = self.span();
        let optional = self.sign(Sign::Question);
        let mut name = self.segment()?;
        let mut index = None;
        loop {
            if self.sign(Sign::Dot) {
                let Some(part) = self.segment() else { break };
                name.push('.');
                name.push_str(&part);
            } else if *self.peek() == Kind::Sign(Sign::OpenBracket)
                && matches!(self.ahead(1), Kind::Integer(_))
                && *self.ahead(2) == Kind::Sign(Sign::CloseBracket)
            {
                let open = self.span();
                (0..3).for_each(|_| self.next());
                index = index.or(Some(open.to(self.previous())));
            } else {
                break;
            }
        }
        Some(Field {
            optional,
            name,
            index,
            span: start.to(self.previous()),
        })
    }

    fn segment(&mut self) -> Option<String> {
        let name = match self.peek() {
            Kind::Word { name, tilde: false } | Kind::Quoted(name) => name.clone(),
            Kind::Word { .. }
            | Kind::Text(_)
            | Kind::Integer(_)
            | Kind::Decimal(_)
            | Kind::Sign(_)
            | Kind::End => {
                self.unexpected("a field's name");
                return None;
            }
        };
        self.next();
        Some(name)
    }
}

fn integer(digits: &str) -> Option<Number> {
    let value: u64 = digits.parse().ok()?;
    (value <= MAX_INTEGER).then(|| Number::parse(&value.to_string()))?
}

/// A decimal as JSON would write it.
fn decimal(digits: &str) -> Option<Number> {
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, format!("e{exponent}")),
        None => (digits, String::new()),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    Number::parse(&format!("{whole}.{fraction}{exponent}"))
        .filter(|number| number.as_f64().is_finite())
}
