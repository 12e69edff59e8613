//! Conditions: `or` < `and` < `not` < comparison < `+ -` < `* / %` < sign < primary with `in`, `:` and their like.

use super::{MAX_DEPTH, Parser, codes};
use crate::diagnostic::Diagnostic;
use crate::frontends::eql::ast::{Expr, ExprKind, Operator, Relation};
use crate::frontends::eql::token::{Kind, Sign};
use crate::ir::Comparison;
use crate::span::Span;

impl Parser {
    /// The condition of an event, up to `]`, `|` or the end.
    pub(super) fn condition(&mut self) -> Expr {
        self.up_to(is_stop)
    }

    /// An expression in brackets or a list, up to `)`, `,` or what ends the whole condition.
    pub(super) fn nested(&mut self) -> Expr {
        self.up_to(|kind| is_stop(kind) || matches!(kind, Kind::Sign(Sign::Close | Sign::Comma)))
    }

    /// A condition up to a stop. What stands between it and there is reported and skipped.
    fn up_to(&mut self, stop: fn(&Kind) -> bool) -> Expr {
        let mut condition = self.disjunction();
        while !stop(self.peek()) {
            self.missing_operator();
            self.skip_to(|kind| stop(kind) || is_junction(kind));
            if !self.at_keyword("and") && !self.at_keyword("or") {
                break;
            }
            // The part before the fault stays, so that its fields are checked as well.
            self.next();
            let rest = self.disjunction();
            let span = condition.span.to(rest.span);
            condition = self.built(ExprKind::And(vec![condition, rest]), span);
        }
        condition
    }

    fn missing_operator(&mut self) {
        let found = self.peek().describe();
        let span = self.span();
        let hint = match self.peek() {
            Kind::Word { name, .. } if name.eq_ignore_ascii_case("is") => {
                "write `== null` or `!= null`"
            }
            Kind::Word { name, .. }
                if ["contains", "wildcard", "matches"].contains(&name.as_str()) =>
            {
                "write `: \"*text*\"`"
            }
            Kind::Sign(Sign::Close) => "there is no `(` for it",
            _ => "conditions are joined by `and` or `or`",
        };
        self.error(
            codes::UNEXPECTED_TOKEN,
            span,
            &format!("expected `and`, `or` or the end of the condition, found {found}"),
            "the condition cannot go on so",
            hint,
        );
    }

    fn disjunction(&mut self) -> Expr {
        self.junction("or", Self::conjunction, ExprKind::Or)
    }

    fn conjunction(&mut self) -> Expr {
        self.junction("and", Self::negation, ExprKind::And)
    }

    fn junction(
        &mut self,
        keyword: &str,
        operand: fn(&mut Self) -> Expr,
        join: fn(Vec<Expr>) -> ExprKind,
    ) -> Expr {
        let first = operand(self);
        if !self.at_keyword(keyword) {
            return first;
        }
        let start = first.span;
        let mut operands = vec![first];
        while self.keyword(keyword) {
            operands.push(operand(self));
        }
        let span = start.to(operands.last().map_or(start, |last| last.span));
        self.built(join(operands), span)
    }

    fn negation(&mut self) -> Expr {
        let start = self.span();
        if !self.keyword("not") {
            return self.comparison();
        }
        let Some(inner) = self.deeper(Self::negation) else {
            return Expr::new(ExprKind::Invalid, start);
        };
        let span = start.to(inner.span);
        self.built(ExprKind::Not(Box::new(inner)), span)
    }

    fn comparison(&mut self) -> Expr {
        let left = self.sum();
        let Some(relation) = self.relation() else {
            return left;
        };
        let right = self.sum();
        let span = left.span.to(right.span);
        let second = self.span();
        if self.relation().is_some() {
            self.error(
                codes::CHAINED,
                second,
                "comparisons in a chain",
                "a second comparison",
                "compare two values at a time and join the conditions by `and`",
            );
            self.sum();
        }
        self.built(
            ExprKind::Compare(relation, Box::new(left), Box::new(right)),
            span,
        )
    }

    /// Reads a comparison sign; a lone `=` is reported and read as `==`.
    fn relation(&mut self) -> Option<Relation> {
        let Kind::Sign(sign) = self.peek() else {
            return None;
        };
        let relation = match sign {
            Sign::Equal | Sign::Assign => Relation::Is(Comparison::Equal),
            Sign::NotEqual => Relation::NotEqual,
            Sign::Less => Relation::Is(Comparison::Less),
            Sign::LessOrEqual => Relation::Is(Comparison::LessOrEqual),
            Sign::Greater => Relation::Is(Comparison::Greater),
            Sign::GreaterOrEqual => Relation::Is(Comparison::GreaterOrEqual),
            Sign::Plus
            | Sign::Minus
            | Sign::Times
            | Sign::Slash
            | Sign::Percent
            | Sign::Colon
            | Sign::Comma
            | Sign::Dot
            | Sign::Question
            | Sign::Bang
            | Sign::Pipe
            | Sign::Open
            | Sign::Close
            | Sign::OpenBracket
            | Sign::CloseBracket => return None,
        };
        if *sign == Sign::Assign {
            let span = self.span();
            self.error(
                codes::SINGLE_EQUALS,
                span,
                "`=` compares nothing",
                "a single equals sign",
                "write `==` for the exact value, or `:` to ignore case and use wildcards",
            );
        }
        self.next();
        Some(relation)
    }

    fn sum(&mut self) -> Expr {
        self.chain(Self::product, |sign| match sign {
            Sign::Plus => Some(Operator::Add),
            Sign::Minus => Some(Operator::Subtract),
            _ => None,
        })
    }

    fn product(&mut self) -> Expr {
        self.chain(Self::signed, |sign| match sign {
            Sign::Times => Some(Operator::Multiply),
            Sign::Slash => Some(Operator::Divide),
            Sign::Percent => Some(Operator::Modulo),
            _ => None,
        })
    }

    /// Operands joined from the left.
    fn chain(
        &mut self,
        operand: fn(&mut Self) -> Expr,
        operator: fn(Sign) -> Option<Operator>,
    ) -> Expr {
        let mut left = operand(self);
        while let Kind::Sign(sign) = self.peek()
            && let Some(operator) = operator(*sign)
        {
            self.next();
            let right = operand(self);
            let span = left.span.to(right.span);
            left = self.built(
                ExprKind::Arithmetic(operator, Box::new(left), Box::new(right)),
                span,
            );
        }
        left
    }

    fn signed(&mut self) -> Expr {
        let start = self.span();
        let negative = *self.peek() == Kind::Sign(Sign::Minus);
        if !negative && *self.peek() != Kind::Sign(Sign::Plus) {
            return self.predicated();
        }
        self.next();
        let Some(inner) = self.deeper(Self::signed) else {
            return Expr::new(ExprKind::Invalid, start);
        };
        let span = start.to(inner.span);
        if negative {
            self.built(ExprKind::Negate(Box::new(inner)), span)
        } else {
            Expr { span, ..inner }
        }
    }

    /// Parses something nested, unless that would be too deep: then it is reported once and skipped.
    pub(super) fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            let span = self.span();
            self.too_deep(span);
            return None;
        }
        self.depth += 1;
        let parsed = inner(self);
        self.depth -= 1;
        Some(parsed)
    }

    fn too_deep(&mut self, span: Span) {
        // The brackets are out of step from here on: reading on would only complain about that.
        if self
            .findings
            .iter()
            .all(|finding| finding.code != codes::TOO_DEEP)
        {
            self.error(
                codes::TOO_DEEP,
                span,
                &format!("the query nests deeper than {MAX_DEPTH} levels"),
                "too deep",
                "join conditions side by side instead of inside one another",
            );
        }
        self.at = self.tokens.len().saturating_sub(1);
    }

    /// The expression, or an invalid one if it would be too tall to walk.
    pub(super) fn built(&mut self, kind: ExprKind, span: Span) -> Expr {
        let expr = Expr::new(kind, span);
        if expr.height <= 2 * MAX_DEPTH {
            return expr;
        }
        self.too_deep(span);
        Expr::new(ExprKind::Invalid, span)
    }

    pub(super) fn mark(&mut self, finding: Diagnostic) {
        self.report(finding);
    }
}

/// Where a condition ends.
fn is_stop(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::End | Kind::Sign(Sign::Pipe | Sign::CloseBracket)
    )
}

fn is_junction(kind: &Kind) -> bool {
    matches!(kind, Kind::Word { name, .. } if name.eq_ignore_ascii_case("and") || name.eq_ignore_ascii_case("or"))
}
