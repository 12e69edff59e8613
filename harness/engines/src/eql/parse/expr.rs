//! Tokens to expressions. `or` binds loosest, then `and`, `not`, comparisons (which do not chain), `+ -`, `* / %`, unary signs,
//! and tightest `in`, `:`, `like`, `regex` behind a primary.

use super::cursor::Parser;
use crate::QueryError;
use crate::eql::ast::{ArithmeticOp, CompareOp, Expr, ExprKind, MAX_DEPTH, MatchOp};
use crate::eql::lex::Kind;

impl Parser {
    pub(super) fn expression(&mut self) -> Option<Expr> {
        if self.depth >= MAX_DEPTH {
            return self.fail(QueryError::new(
                format!("expressions nest deeper than {MAX_DEPTH} levels"),
                self.span(),
            ));
        }
        self.depth += 1;
        let parsed = self.chain("or");
        self.depth -= 1;
        parsed
    }

    /// A flat chain of one word's operands. An operand that fails does not stop the others from being read.
    fn chain(&mut self, word: &'static str) -> Option<Expr> {
        let start = self.span().start;
        let mut operands = Vec::new();
        let mut failed = false;
        loop {
            let operand = if word == "or" {
                self.chain("and")
            } else {
                self.negation()
            };
            if let Some(operand) = operand {
                operands.push(operand);
            } else {
                failed = true;
                self.skip_operand();
            }
            if !self.take_word(word) {
                break;
            }
        }
        if failed {
            return None;
        }
        if operands.len() == 1 {
            return operands.pop();
        }
        let below = operands
            .iter()
            .map(|operand| operand.depth)
            .max()
            .unwrap_or(0);
        let kind = if word == "or" {
            ExprKind::Or(operands)
        } else {
            ExprKind::And(operands)
        };
        self.node(kind, start..self.end(), below)
    }

    /// Moves behind a broken operand.
    fn skip_operand(&mut self) {
        let mut open = 0_usize;
        loop {
            match self.kind() {
                Kind::End => return,
                Kind::Sign("(") => open += 1,
                Kind::Sign(")" | "]" | "|" | ",") if open == 0 => return,
                Kind::Sign(")") => open -= 1,
                Kind::Word(word) if open == 0 && (word == "and" || word == "or") => return,
                Kind::Sign(_)
                | Kind::Word(_)
                | Kind::Tilde(_)
                | Kind::Quoted(_)
                | Kind::Text(_)
                | Kind::Integer(_)
                | Kind::Decimal(_) => {}
            }
            self.advance();
        }
    }

    fn negation(&mut self) -> Option<Expr> {
        if !self.is_word("not") {
            return self.comparison();
        }
        let start = self.span().start;
        self.advance();
        if self.depth >= MAX_DEPTH {
            return self.fail(QueryError::new(
                "too many `not` in a row",
                start..self.end(),
            ));
        }
        self.depth += 1;
        let inner = self.negation();
        self.depth -= 1;
        let inner = inner?;
        let below = inner.depth;
        self.node(ExprKind::Not(Box::new(inner)), start..self.end(), below)
    }

    fn comparison(&mut self) -> Option<Expr> {
        let left = self.sum()?;
        let Some(op) = self.compare_op() else {
            if self.is_sign("=") {
                let error = QueryError::new("`=` compares nothing", self.span())
                    .hint("write `==`, or `:` to ignore case");
                return self.fail(error);
            }
            return Some(left);
        };
        self.advance();
        let right = self.sum()?;
        if self.compare_op().is_some() {
            // Source: documentation, limitations: comparisons cannot be chained.
            let error = QueryError::new("comparisons do not chain", self.span())
                .hint("join two comparisons by `and`");
            return self.fail(error);
        }
        let span = left.span.start..right.span.end;
        let below = left.depth.max(right.depth);
        self.node(
            ExprKind::Compare(Box::new(left), op, Box::new(right)),
            span,
            below,
        )
    }

    fn compare_op(&self) -> Option<CompareOp> {
        match self.kind() {
            Kind::Sign("==") => Some(CompareOp::Equal),
            Kind::Sign("!=") => Some(CompareOp::NotEqual),
            Kind::Sign("<") => Some(CompareOp::Less),
            Kind::Sign("<=") => Some(CompareOp::LessEqual),
            Kind::Sign(">") => Some(CompareOp::Greater),
            Kind::Sign(">=") => Some(CompareOp::GreaterEqual),
            Kind::Sign(_)
            | Kind::Word(_)
            | Kind::Tilde(_)
            | Kind::Quoted(_)
            | Kind::Text(_)
            | Kind::Integer(_)
            | Kind::Decimal(_)
            | Kind::End => None,
        }
    }

    fn sum(&mut self) -> Option<Expr> {
        let mut left = self.product()?;
        loop {
            let op = match self.kind() {
                Kind::Sign("+") => ArithmeticOp::Add,
                Kind::Sign("-") => ArithmeticOp::Subtract,
                _other => return Some(left),
            };
            self.advance();
            let right = self.product()?;
            left = self.arithmetic(left, op, right)?;
        }
    }

    fn product(&mut self) -> Option<Expr> {
        let mut left = self.signed()?;
        loop {
            let op = match self.kind() {
                Kind::Sign("*") => ArithmeticOp::Multiply,
                Kind::Sign("/") => ArithmeticOp::Divide,
                Kind::Sign("%") => ArithmeticOp::Modulo,
                _other => return Some(left),
            };
            self.advance();
            let right = self.signed()?;
            left = self.arithmetic(left, op, right)?;
        }
    }

    fn arithmetic(&mut self, left: Expr, op: ArithmeticOp, right: Expr) -> Option<Expr> {
        let span = left.span.start..right.span.end;
        let below = left.depth.max(right.depth);
        self.node(
            ExprKind::Arithmetic(Box::new(left), op, Box::new(right)),
            span,
            below,
        )
    }

    fn signed(&mut self) -> Option<Expr> {
        let minus = self.is_sign("-");
        if !minus && !self.is_sign("+") {
            return self.predicate();
        }
        let start = self.span().start;
        self.advance();
        if self.depth >= MAX_DEPTH {
            return self.fail(QueryError::new(
                "too many signs in a row",
                start..self.end(),
            ));
        }
        self.depth += 1;
        let inner = self.signed();
        self.depth -= 1;
        let inner = inner?;
        let below = inner.depth;
        let inner = Box::new(inner);
        let kind = if minus {
            ExprKind::Negate(inner)
        } else {
            ExprKind::Plus(inner)
        };
        self.node(kind, start..self.end(), below)
    }

    /// A primary and what may stand behind it.
    fn predicate(&mut self) -> Option<Expr> {
        let subject = self.primary()?;
        let negated = self.is_word("not")
            && matches!(self.next_kind(), Kind::Word(word) | Kind::Tilde(word) if word == "in");
        if negated {
            self.advance();
        }
        let start = subject.span.start;
        let ignore_case = match self.kind() {
            Kind::Word(word) if word == "in" => false,
            Kind::Tilde(word) if word == "in" => true,
            _other => return self.string_match(subject),
        };
        self.advance();
        let (items, below) = self.list()?;
        let span = start..self.end();
        let below = below.max(subject.depth);
        let subject = Box::new(subject);
        let kind = ExprKind::In {
            subject,
            ignore_case,
            items,
        };
        let within = self.node(kind, span.clone(), below)?;
        if negated {
            let below = within.depth;
            return self.node(ExprKind::Not(Box::new(within)), span, below);
        }
        Some(within)
    }

    fn string_match(&mut self, subject: Expr) -> Option<Expr> {
        let op = match self.kind() {
            Kind::Sign(":") => MatchOp::Colon,
            Kind::Word(word) if word == "like" => MatchOp::Like,
            Kind::Tilde(word) if word == "like" => MatchOp::LikeFold,
            Kind::Word(word) if word == "regex" => MatchOp::Regex,
            Kind::Tilde(word) if word == "regex" => MatchOp::RegexFold,
            _other => return Some(subject),
        };
        self.advance();
        let patterns = if self.is_sign("(") {
            self.list()?.0
        } else {
            vec![self.constant(op)?]
        };
        // Source: grammar; the right side is a constant or a list of constants.
        if let Some(odd) = patterns.iter().find(|pattern| !is_constant(&pattern.kind)) {
            let message = format!(
                "the right side of `{}` is a constant or a list of constants",
                op.text()
            );
            let span = odd.span.clone();
            return self.fail(QueryError::new(message, span));
        }
        let span = subject.span.start..self.end();
        let below = subject.depth.max(1);
        let subject = Box::new(subject);
        self.node(
            ExprKind::Match {
                subject,
                op,
                patterns,
            },
            span,
            below,
        )
    }

    fn constant(&mut self, op: MatchOp) -> Option<Expr> {
        match self.kind() {
            Kind::Text(_) | Kind::Integer(_) | Kind::Decimal(_) => self.primary(),
            Kind::Word(word) if matches!(word.as_str(), "null" | "true" | "false") => {
                self.primary()
            }
            Kind::Word(_) | Kind::Tilde(_) | Kind::Quoted(_) | Kind::Sign(_) | Kind::End => {
                self.unexpected(&format!("a constant behind `{}`", op.text()))
            }
        }
    }
}

fn is_constant(kind: &ExprKind) -> bool {
    match kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text(_) => true,
        ExprKind::Field(_)
        | ExprKind::Call(_)
        | ExprKind::Not(_)
        | ExprKind::Negate(_)
        | ExprKind::Plus(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Compare(..)
        | ExprKind::Arithmetic(..)
        | ExprKind::In { .. }
        | ExprKind::Match { .. } => false,
    }
}
