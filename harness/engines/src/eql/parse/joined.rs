//! Sequences, samples and joins.

use super::cursor::Parser;
use crate::QueryError;
use crate::eql::ast::{Body, Expr, ExprKind, JoinKind, Joined, Span, Term};
use crate::eql::lex::Kind;

impl Parser {
    pub(super) fn joined(&mut self, kind: JoinKind) -> Option<Body> {
        let start = self.span().start;
        self.advance();
        let keys = if self.is_word("by") {
            self.keys()?
        } else {
            Vec::new()
        };
        let mut maxspan = None;
        if self.is_word("with") {
            maxspan = Some(self.maxspan(kind)?);
            // Source: the plan builder refuses `by` after `with`.
            if self.is_word("by") {
                return self.fail(QueryError::new("`by` stands before `with`", self.span()));
            }
        }
        let mut terms = Vec::new();
        while self.is_sign("[") || self.is_sign("!") {
            match self.term(kind) {
                Some(term) => terms.push(term),
                None => self.skip_to_term(),
            }
        }
        let until = if self.is_word("until") {
            let span = self.span();
            self.advance();
            if kind == JoinKind::Sample {
                return self.fail(QueryError::new("a sample has no `until`", span));
            }
            Some(Box::new(self.term(kind)?))
        } else {
            None
        };
        let span = start..self.end();
        let joined = Joined {
            kind,
            keys,
            maxspan,
            terms,
            until,
        };
        self.check_terms(&joined, &span)?;
        Some(Body::Joined(joined, span))
    }

    /// Source: the plan builder; every term, `until` included, has the same number of keys.
    fn check_terms(&mut self, joined: &Joined, span: &Span) -> Option<()> {
        if !self.errors.is_empty() {
            return None;
        }
        let slots: usize = joined.terms.iter().map(|term| term.runs as usize).sum();
        if slots < 2 {
            return self.fail(QueryError::new(
                "at least two terms are needed",
                span.clone(),
            ));
        }
        let wanted = joined.terms.first().map_or(0, |term| term.keys.len());
        let all = joined.terms.iter().chain(joined.until.as_deref());
        if let Some(odd) = all.clone().find(|term| term.keys.len() != wanted) {
            let found = odd.keys.len();
            let at = odd.query.condition.span.clone();
            return self.fail(QueryError::new(
                format!(
                    "every term needs the same number of keys: {wanted} expected, {found} found"
                ),
                at,
            ));
        }
        if joined.kind == JoinKind::Sample && wanted == 0 && joined.keys.is_empty() {
            return self.fail(QueryError::new("a sample needs join keys", span.clone()));
        }
        let missing = joined.terms.iter().filter(|term| term.missing).count();
        if missing > 0 && joined.maxspan.is_none() {
            return self.fail(QueryError::new(
                "missing events need a `maxspan`",
                span.clone(),
            ));
        }
        if missing == joined.terms.len() {
            return self.fail(QueryError::new(
                "at least one term must not be a missing event",
                span.clone(),
            ));
        }
        Some(())
    }

    fn skip_to_term(&mut self) {
        while !matches!(self.kind(), Kind::Sign("[" | "!" | "|") | Kind::End)
            && !self.is_word("until")
        {
            self.advance();
        }
    }

    fn term(&mut self, kind: JoinKind) -> Option<Term> {
        let missing = self.is_sign("!");
        if missing {
            if kind != JoinKind::Sequence {
                return self.fail(QueryError::new(
                    "only a sequence has missing events",
                    self.span(),
                ));
            }
            self.advance();
        }
        self.expect_sign("[")?;
        let query = self.event_query()?;
        self.expect_sign("]")?;
        let keys = if self.is_word("by") {
            self.keys()?
        } else {
            Vec::new()
        };
        let runs = if self.is_word("with") {
            self.runs(kind)?
        } else {
            1
        };
        Some(Term {
            missing,
            query,
            keys,
            runs,
        })
    }

    /// `by k, ..`: fields only.
    fn keys(&mut self) -> Option<Vec<Expr>> {
        self.advance();
        let mut keys = Vec::new();
        loop {
            let key = self.expression()?;
            if matches!(key.kind, ExprKind::Field(_)) {
                keys.push(key);
            } else {
                return self.fail(QueryError::new("a join key is a field", key.span));
            }
            if !self.take_sign(",") {
                return Some(keys);
            }
        }
    }

    /// `with maxspan=30s`, in milliseconds. Source: the plan builder.
    fn maxspan(&mut self, kind: JoinKind) -> Option<u64> {
        if kind != JoinKind::Sequence {
            return self.fail(QueryError::new(
                "only a sequence has a `maxspan`",
                self.span(),
            ));
        }
        self.advance();
        self.expect_word("maxspan")?;
        self.expect_sign("=")?;
        let span = self.span();
        let value = match self.kind() {
            Kind::Integer(digits) => digits.parse::<u64>().ok().filter(|value| *value > 0),
            Kind::Decimal(_) => {
                return self.fail(QueryError::new("a time span is a whole number", span));
            }
            Kind::Word(_)
            | Kind::Tilde(_)
            | Kind::Quoted(_)
            | Kind::Text(_)
            | Kind::Sign(_)
            | Kind::End => None,
        };
        let Some(value) = value else {
            return self.fail(QueryError::new(
                "a positive time span such as `30s` is needed",
                span,
            ));
        };
        self.advance();
        let unit: u64 = match self.kind() {
            Kind::Word(unit) if unit == "ms" => 1,
            Kind::Word(unit) if unit == "s" => 1000,
            Kind::Word(unit) if unit == "m" => 60_000,
            Kind::Word(unit) if unit == "h" => 3_600_000,
            Kind::Word(unit) if unit == "d" => 86_400_000,
            Kind::Word(_)
            | Kind::Tilde(_)
            | Kind::Quoted(_)
            | Kind::Text(_)
            | Kind::Integer(_)
            | Kind::Decimal(_)
            | Kind::Sign(_)
            | Kind::End => return self.unexpected("a unit of time: `ms`, `s`, `m`, `h` or `d`"),
        };
        self.advance();
        Some(value.saturating_mul(unit))
    }

    /// `with runs=3`. Source: documentation, 1 to 100.
    fn runs(&mut self, kind: JoinKind) -> Option<u32> {
        if kind != JoinKind::Sequence {
            return self.fail(QueryError::new("only a sequence has `runs`", self.span()));
        }
        self.advance();
        self.expect_word("runs")?;
        self.expect_sign("=")?;
        let span = self.span();
        let runs = match self.kind() {
            Kind::Integer(digits) => digits.parse().ok().filter(|runs| (1..=100).contains(runs)),
            Kind::Word(_)
            | Kind::Tilde(_)
            | Kind::Quoted(_)
            | Kind::Text(_)
            | Kind::Decimal(_)
            | Kind::Sign(_)
            | Kind::End => None,
        };
        if runs.is_none() {
            return self.fail(QueryError::new(
                "`runs` is a whole number from 1 to 100",
                span,
            ));
        }
        self.advance();
        runs
    }
}
