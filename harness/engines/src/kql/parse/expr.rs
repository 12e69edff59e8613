//! Expressions, by precedence: `or`, `and`, equality and lists, order, sums, products, text operators, postfix.

use super::infix::{EQUALITY, Infix, OR, ORDER, SUM, TEXT};
use super::{CALL_DEPTH, DEPTH, LIST_DEPTH, Parsed, Parser, too_deep};
use crate::QueryError;
use crate::kql::ast::{Expr, ExprKind, Membership, Name};
use crate::kql::lex::TokenKind;
use crate::kql::literal::{self, Literal};
use crate::kql::value::Type;

impl Parser {
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.binary(OR)
    }

    pub(super) fn binary(&mut self, least: u8) -> Parsed<Expr> {
        // Comparisons do not chain: `1 < 2 < 3` is refused.
        let (mut left, mut most) = if self.is_sign("*") {
            self.star(least)?
        } else {
            (self.unary()?, TEXT)
        };
        while let Some((infix, width)) = self.infix()? {
            let level = infix.level();
            if level < least || level > most {
                break;
            }
            self.at += width;
            left = match infix {
                Infix::In(membership) => self.membership(membership, left)?,
                Infix::Between { negated } => self.between(negated, left)?,
                Infix::Text(_) | Infix::Regex => {
                    let right = self.unary()?;
                    combine(infix, left, right)?
                }
                Infix::Chain(_) | Infix::Compare(_) | Infix::Arithmetic(_) => {
                    let right = self.binary(level + 1)?;
                    combine(infix, left, right)?
                }
            };
            most = match level {
                EQUALITY | ORDER | TEXT => level - 1,
                _ => level,
            };
        }
        Ok(left)
    }

    pub(super) fn unary(&mut self) -> Parsed<Expr> {
        let start = self.span().start;
        let negate = self.is_sign("-");
        if !negate && !self.is_sign("+") {
            return self.postfix();
        }
        self.at += 1;
        let inner = self.postfix()?;
        let (span, depth) = (start..inner.span.end, inner.depth + 1);
        let kind = if negate {
            ExprKind::Negate(Box::new(inner))
        } else {
            ExprKind::Plus(Box::new(inner))
        };
        node(kind, span.start, span.end, depth)
    }

    fn postfix(&mut self) -> Parsed<Expr> {
        let mut left = self.primary()?;
        loop {
            if self.is_sign(".") {
                self.at += 1;
                let name = if let Some(name) = self.bracketed_name() {
                    name
                } else {
                    self.name("the name of a property")?
                };
                let (start, end, depth) = (left.span.start, name.span.end, left.depth + 1);
                left = node(ExprKind::Member(Box::new(left), name), start, end, depth)?;
            } else if self.is_sign("[") {
                self.at += 1;
                self.enter(1)?;
                let index = self.expression()?;
                self.leave(1);
                self.expect_sign("]")?;
                let (start, depth) = (left.span.start, left.depth.max(index.depth) + 1);
                let end = self.last_end();
                left = node(
                    ExprKind::Index(Box::new(left), Box::new(index)),
                    start,
                    end,
                    depth,
                )?;
            } else {
                return Ok(left);
            }
        }
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let span = self.span();
        if self.eat_sign("(") {
            self.enter(1)?;
            let inner = self.expression()?;
            self.leave(1);
            self.expect_sign(")")?;
            return node(inner.kind, span.start, self.last_end(), inner.depth + 1);
        }
        if let Some(value) = self.joined_text() {
            let literal = Literal::new(Type::Text, value);
            return node(ExprKind::Literal(literal), span.start, self.last_end(), 0);
        }
        if let Some(name) = self.bracketed_name() {
            return node(ExprKind::Name(name.text), name.span.start, name.span.end, 0);
        }
        match self.kind().clone() {
            TokenKind::Literal(literal) => {
                self.at += 1;
                node(ExprKind::Literal(literal), span.start, span.end, 0)
            }
            TokenKind::Typed(kind, raw) => {
                self.at += 1;
                let literal = literal::parse(kind, &raw)
                    .map_err(|message| QueryError::new(message, span.clone()))?;
                node(ExprKind::Literal(literal), span.start, span.end, 0)
            }
            TokenKind::Word(word) => self.word(&word),
            TokenKind::Sign(_) | TokenKind::Text(_) | TokenKind::End => {
                Err(self.expected("an expression"))
            }
        }
    }

    fn word(&mut self, word: &str) -> Parsed<Expr> {
        let span = self.span();
        let called = matches!(self.kind_after(1), TokenKind::Sign("("));
        // Kusto docs: scalar-data-types/bool; the spellings were measured on the vendor's parser.
        if let ("true" | "True" | "TRUE" | "false" | "False" | "FALSE", false) = (word, called) {
            self.at += 1;
            let value = crate::kql::value::Val::Bool(word.eq_ignore_ascii_case("true"));
            return node(
                ExprKind::Literal(Literal::new(Type::Bool, value)),
                span.start,
                span.end,
                0,
            );
        }
        if word == "dynamic" && called {
            let literal = self.dynamic()?;
            return node(ExprKind::Literal(literal), span.start, self.last_end(), 0);
        }
        if word == "not" && !called {
            return Err(
                QueryError::new("the function `not` needs parentheses", span)
                    .hint("write not(...)"),
            );
        }
        // `!has` and `in~` are operators: no function has such a name, and `!` negates nothing. Kusto docs: string-operators, logical-operators.
        if called && !word.starts_with('!') && !word.ends_with('~') {
            return self.call(word);
        }
        let name = self.name("an expression")?;
        node(ExprKind::Name(name.text), name.span.start, name.span.end, 0)
    }

    fn call(&mut self, word: &str) -> Parsed<Expr> {
        let name = Name {
            text: word.to_owned(),
            span: self.span(),
        };
        self.at += 2;
        self.enter(CALL_DEPTH)?;
        let arguments = if self.eat_sign(")") {
            Vec::new()
        } else {
            self.arguments(word)?
        };
        self.leave(CALL_DEPTH);
        let depth = arguments
            .iter()
            .map(|argument| argument.depth)
            .max()
            .unwrap_or(0)
            + CALL_DEPTH;
        let start = name.span.start;
        node(
            ExprKind::Call(name, arguments),
            start,
            self.last_end(),
            depth,
        )
    }

    /// The arguments of a call; the last of some aggregates may be `*`, every column. Kusto docs: `arg_max()`, `take_any()`.
    fn arguments(&mut self, function: &str) -> Parsed<Vec<Expr>> {
        let takes_all = matches!(function, "arg_max" | "arg_min" | "take_any");
        let mut items = Vec::new();
        loop {
            let span = self.span();
            if takes_all && self.is_sign("*") && matches!(self.kind_after(1), TokenKind::Sign(")"))
            {
                self.at += 1;
                items.push(node(ExprKind::All, span.start, span.end, 0)?);
            } else {
                items.push(self.expression()?);
            }
            if !self.eat_sign(",") {
                self.expect_sign(")")?;
                return Ok(items);
            }
        }
    }

    /// Expressions parted by commas, and the closing sign.
    fn list_until(&mut self, close: &str) -> Parsed<Vec<Expr>> {
        let mut items = vec![self.expression()?];
        while self.eat_sign(",") {
            items.push(self.expression()?);
        }
        self.expect_sign(close)?;
        Ok(items)
    }

    fn membership(&mut self, membership: Membership, left: Expr) -> Parsed<Expr> {
        self.expect_sign("(")?;
        if self.is_sign(")") {
            return Err(QueryError::new(
                format!("the list of `{}` is empty", membership.text),
                self.span(),
            ));
        }
        self.enter(CALL_DEPTH)?;
        let items = self.list_until(")")?;
        self.leave(CALL_DEPTH);
        let inner = items.iter().map(|item| item.depth).max().unwrap_or(0) + LIST_DEPTH;
        let (start, depth) = (left.span.start, left.depth.max(inner) + 1);
        let end = self.last_end();
        node(
            ExprKind::In(membership, Box::new(left), items),
            start,
            end,
            depth,
        )
    }

    /// `between (a .. b)`. Kusto docs: between-operator.
    fn between(&mut self, negated: bool, value: Expr) -> Parsed<Expr> {
        self.expect_sign("(")?;
        self.enter(1)?;
        let low = self.binary(SUM)?;
        self.expect_sign("..")?;
        let high = self.binary(SUM)?;
        self.leave(1);
        self.expect_sign(")")?;
        let (start, end) = (value.span.start, self.last_end());
        let depth = value.depth.max(low.depth).max(high.depth) + 2;
        let kind = ExprKind::Between {
            negated,
            value: Box::new(value),
            low: Box::new(low),
            high: Box::new(high),
        };
        node(kind, start, end, depth)
    }
}

pub(super) fn node(kind: ExprKind, start: usize, end: usize, depth: u32) -> Parsed<Expr> {
    let span = start..end;
    if depth > DEPTH {
        return Err(too_deep(span));
    }
    Ok(Expr { kind, span, depth })
}

fn combine(infix: Infix, left: Expr, right: Expr) -> Parsed<Expr> {
    let (start, end) = (left.span.start, right.span.end);
    let depth = left.depth.max(right.depth) + 1;
    let kind = match infix {
        Infix::Chain(connective) => match left.kind {
            ExprKind::Chain(same, mut terms) if same == connective => {
                terms.push(right);
                ExprKind::Chain(connective, terms)
            }
            _ => ExprKind::Chain(connective, vec![left, right]),
        },
        Infix::Compare(comparison) => {
            ExprKind::Compare(comparison, Box::new(left), Box::new(right))
        }
        Infix::Arithmetic(arithmetic) => {
            ExprKind::Arithmetic(arithmetic, Box::new(left), Box::new(right))
        }
        Infix::Text(operator) => ExprKind::Text(operator, Box::new(left), Box::new(right)),
        Infix::Regex => ExprKind::Regex(Box::new(left), Box::new(right)),
        // Both read a list of their own.
        Infix::In(membership) => ExprKind::In(membership, Box::new(left), vec![right]),
        Infix::Between { .. } => left.kind,
    };
    node(kind, start, end, depth)
}
