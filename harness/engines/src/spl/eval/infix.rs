//! Operators of an eval expression, from the loosest to the tightest.
//!
//! Source: Search Reference, eval and where, "Boolean expressions": parentheses, NOT, AND, OR, XOR. Where comparisons, arithmetic and
//! concatenation stand among themselves no page says in so many words: comparisons are taken to be looser than arithmetic, products tighter
//! than sums (assumed); `.` beside arithmetic is refused unless parentheses say what is meant.

use super::super::ast::{Expr, ExprKind, Op, Sign};
use super::lex::Kind;
use super::parse::{Parsed, Parser};
use crate::QueryError;

impl Parser {
    /// A whole expression.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        if verdict_faults::at("spl/engine/where-or-binds-tighter-than-and") {
            return self.chain("AND", Self::alternatives, ExprKind::And);
        }
        self.chain("XOR", Self::disjunction, ExprKind::Xor)
    }

    /// OR before AND, as `search` has it and this language has not.
    fn alternatives(&mut self) -> Parsed<Expr> {
        self.chain("OR", Self::negation, ExprKind::Or)
    }

    fn disjunction(&mut self) -> Parsed<Expr> {
        self.chain("OR", Self::conjunction, ExprKind::Or)
    }

    fn conjunction(&mut self) -> Parsed<Expr> {
        self.chain("AND", Self::negation, ExprKind::And)
    }

    /// Terms between one operator, as one group: a chain of thousands is not deep.
    fn chain(
        &mut self,
        word: &str,
        term: fn(&mut Self) -> Parsed<Expr>,
        group: fn(Vec<Expr>) -> ExprKind,
    ) -> Parsed<Expr> {
        let first = term(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        let start = first.span.start;
        let mut terms = vec![first];
        while self.eat_word(word) {
            terms.push(term(self)?);
        }
        Ok(Expr {
            kind: group(terms),
            span: self.since(start),
        })
    }

    /// `NOT`, and `!`, which the page of `mvfilter` writes before a call.
    fn negation(&mut self) -> Parsed<Expr> {
        let start = self.span().start;
        if self.is("!") {
            let called = matches!(
                (self.kind(1), self.kind(2)),
                (Some(Kind::Word(_)), Some(Kind::Sign("("))) | (Some(Kind::Sign("(")), _)
            );
            if !called {
                return Err(QueryError::new(
                    "`!` is written only before a call or a parenthesis",
                    self.span(),
                ));
            }
            self.at += 1;
            let inner = self.primary()?;
            let kind = ExprKind::Not(Box::new(inner));
            return Ok(Expr {
                kind,
                span: self.since(start),
            });
        }
        if !self.eat_word("NOT") {
            return self.comparison();
        }
        self.enter()?;
        let inner = self.negation()?;
        self.leave();
        Ok(Expr {
            kind: ExprKind::Not(Box::new(inner)),
            span: self.since(start),
        })
    }

    /// Source: Search Reference, eval, "Operators that produce booleans": `=` and `==` are one; `LIKE`; Comparison and Conditional
    /// functions, in: `field in(...)`.
    fn comparison(&mut self) -> Parsed<Expr> {
        let left = self.sum()?;
        let start = left.span.start;
        let left = Box::new(left);
        let kind = match self.kind(0) {
            Some(Kind::Sign(sign)) => match comparison_of(sign) {
                Some(op) => {
                    self.at += 1;
                    ExprKind::Compare(op, left, Box::new(self.sum()?))
                }
                None => return Ok(*left),
            },
            Some(Kind::Word(word)) if word == "LIKE" => {
                self.at += 1;
                ExprKind::Like(left, Box::new(self.sum()?))
            }
            Some(Kind::Word(word)) if word == "in" && self.kind(1) == Some(&Kind::Sign("(")) => {
                self.at += 2;
                ExprKind::In(left, self.arguments()?)
            }
            _ => return Ok(*left),
        };
        if matches!(self.kind(0), Some(Kind::Sign(sign)) if comparison_of(sign).is_some()) {
            return Err(QueryError::new(
                "comparisons cannot be chained",
                self.span(),
            ));
        }
        Ok(Expr {
            kind,
            span: self.since(start),
        })
    }

    fn sum(&mut self) -> Parsed<Expr> {
        let mut left = self.product()?;
        let start = left.span.start;
        let mut links = 0;
        loop {
            let sign = match self.kind(0) {
                Some(Kind::Sign("+")) => Sign::Plus,
                Some(Kind::Sign("-")) => Sign::Minus,
                _ => return Ok(left),
            };
            links += 1;
            self.at += 1;
            let right = self.product()?;
            left = self.arithmetic(sign, left, right, start, links)?;
        }
    }

    fn product(&mut self) -> Parsed<Expr> {
        let mut left = self.concatenation()?;
        let start = left.span.start;
        let mut links = 0;
        loop {
            let sign = match self.kind(0) {
                Some(Kind::Sign("*")) => Sign::Times,
                Some(Kind::Sign("/")) => Sign::Divide,
                Some(Kind::Sign("%")) => Sign::Remainder,
                _ => return Ok(left),
            };
            links += 1;
            self.at += 1;
            let right = self.concatenation()?;
            left = self.arithmetic(sign, left, right, start, links)?;
        }
    }

    fn arithmetic(
        &self,
        sign: Sign,
        left: Expr,
        right: Expr,
        start: usize,
        links: u32,
    ) -> Parsed<Expr> {
        for side in [&left, &right] {
            if matches!(side.kind, ExprKind::Concat(_)) {
                return Err(QueryError::new(
                    "`.` beside arithmetic: which comes first is not documented",
                    side.span.clone(),
                )
                .hint("put one of them in parentheses"));
            }
        }
        // A chain leans to the left, so its depth is its length.
        if links > super::super::pipeline::MAX_DEPTH {
            return Err(QueryError::new("the chain is too long", left.span));
        }
        Ok(Expr {
            kind: ExprKind::Arithmetic(sign, Box::new(left), Box::new(right)),
            span: self.since(start),
        })
    }

    fn concatenation(&mut self) -> Parsed<Expr> {
        let first = self.signed()?;
        if !self.is(".") {
            return Ok(first);
        }
        let start = first.span.start;
        let mut parts = vec![first];
        while self.eat(".") {
            parts.push(self.signed()?);
        }
        Ok(Expr {
            kind: ExprKind::Concat(parts),
            span: self.since(start),
        })
    }

    fn signed(&mut self) -> Parsed<Expr> {
        let start = self.span().start;
        if !self.eat("-") {
            return self.primary();
        }
        self.enter()?;
        let inner = self.signed()?;
        self.leave();
        Ok(Expr {
            kind: ExprKind::Negate(Box::new(inner)),
            span: self.since(start),
        })
    }
}

fn comparison_of(sign: &str) -> Option<Op> {
    Some(match sign {
        "=" | "==" => Op::Equal,
        "!=" => Op::Unequal,
        "<" => Op::Less,
        "<=" => Op::LessEqual,
        ">" => Op::Greater,
        ">=" => Op::GreaterEqual,
        _ => return None,
    })
}
