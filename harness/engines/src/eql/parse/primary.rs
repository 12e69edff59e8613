//! Literals, fields, calls, parentheses and lists.

use super::cursor::{Parser, is_keyword};
use crate::eql::ast::{Call, Expr, ExprKind, Field, Span};
use crate::eql::lex::Kind;

impl Parser {
    /// `( e, .. )` with at least one element; the depth of the deepest too. Broken elements do not hide others.
    pub(super) fn list(&mut self) -> Option<(Vec<Expr>, u16)> {
        self.expect_sign("(")?;
        let mut items = Vec::new();
        let mut failed = false;
        loop {
            match self.expression() {
                Some(item) => items.push(item),
                None => failed = true,
            }
            if !self.take_sign(",") {
                break;
            }
        }
        if failed {
            self.skip_to_close();
            self.take_sign(")");
            return None;
        }
        self.expect_sign(")")?;
        let below = items.iter().map(|item| item.depth).max().unwrap_or(0);
        Some((items, below))
    }

    pub(super) fn primary(&mut self) -> Option<Expr> {
        let span = self.span();
        let literal = match self.kind() {
            Kind::Text(text) => ExprKind::Text(text.clone()),
            Kind::Integer(number) | Kind::Decimal(number) => ExprKind::Number(number.clone()),
            Kind::Word(word) if word == "null" => ExprKind::Null,
            Kind::Word(word) if word == "true" => ExprKind::Bool(true),
            Kind::Word(word) if word == "false" => ExprKind::Bool(false),
            Kind::Word(word) if is_keyword(word) => return self.unexpected("a value"),
            Kind::Word(_) if *self.next_kind() == Kind::Sign("(") => return self.call(false),
            Kind::Tilde(_) => return self.call(true),
            Kind::Sign("(") => return self.parenthesised(),
            Kind::Sign("?") => {
                self.advance();
                return self.field(span.start, true);
            }
            Kind::Word(_) | Kind::Quoted(_) => return self.field(span.start, false),
            Kind::Sign(_) | Kind::End => return self.unexpected("a value"),
        };
        self.advance();
        self.node(literal, span, 0)
    }

    fn parenthesised(&mut self) -> Option<Expr> {
        self.advance();
        let inner = self.expression();
        if inner.is_none() {
            self.skip_to_close();
            self.take_sign(")");
            return None;
        }
        self.expect_sign(")")?;
        inner
    }

    fn call(&mut self, ignore_case: bool) -> Option<Expr> {
        let start = self.span().start;
        let name = match self.kind() {
            Kind::Tilde(name) => {
                let name = name.clone();
                self.advance();
                name
            }
            _other => self.name()?,
        };
        if !self.is_sign("(") {
            return self.unexpected("`(`");
        }
        let (args, below) = if *self.next_kind() == Kind::Sign(")") {
            self.advance();
            self.advance();
            (Vec::new(), 0)
        } else {
            self.list()?
        };
        let call = Call {
            name,
            ignore_case,
            args,
        };
        self.node(ExprKind::Call(call), start..self.end(), below)
    }

    fn field(&mut self, start: usize, optional: bool) -> Option<Expr> {
        let mut name = self.name()?;
        let mut indexed = false;
        loop {
            if self.take_sign(".") {
                let part = self.name()?;
                name.push('.');
                name.push_str(&part);
            } else if self.is_sign("[") && matches!(self.next_kind(), Kind::Integer(_)) {
                self.advance();
                self.advance();
                self.expect_sign("]")?;
                indexed = true;
            } else {
                break;
            }
        }
        let span: Span = start..self.end();
        let field = Field {
            name,
            optional,
            indexed,
        };
        self.node(ExprKind::Field(field), span, 0)
    }
}
