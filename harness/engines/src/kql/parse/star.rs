//! `*` before an operator. Kusto docs: where-operator, search-operator.

use super::expr::node;
use super::infix::{EQUALITY, Infix};
use super::{Parsed, Parser};
use crate::QueryError;
use crate::kql::ast::{Comparison, Expr, ExprKind, StarOperator, TextKind, TextOperator};

/// `==` as a text operator.
const EQUAL: TextOperator = TextOperator {
    kind: TextKind::Equal,
    ignore_case: false,
    negated: false,
    text: "==",
};

impl Parser {
    /// A test of every column and the tightest operator that may follow it. Which operators take `*`, how tightly they
    /// bind and that they add no depth of their own was measured on the vendor's parser: the text operators,
    /// `matches regex` and `==` do; `!=`, the orders, `between` and the lists (`in`, `has_any` ...) do not.
    pub(super) fn star(&mut self, least: u8) -> Parsed<(Expr, u8)> {
        let start = self.span().start;
        self.at += 1;
        let Some((infix, width)) = self.infix()? else {
            return Err(self.expected("a string operator after `*`"));
        };
        let level = infix.level();
        let operator = match infix {
            Infix::Text(operator) => StarOperator::Text(operator),
            Infix::Regex => StarOperator::Regex,
            Infix::Compare(Comparison::Equal) => StarOperator::Text(EQUAL),
            _ => return Err(self.no_star(infix)),
        };
        if level < least {
            let error = QueryError::new("`* ==` cannot stand here", start..self.span().end);
            return Err(error.hint("put it in parentheses"));
        }
        self.at += width;
        let right = if level == EQUALITY {
            self.binary(level + 1)?
        } else {
            self.unary()?
        };
        let (end, depth) = (right.span.end, right.depth);
        let star = node(ExprKind::Star(operator, Box::new(right)), start, end, depth)?;
        Ok((star, level - 1))
    }

    fn no_star(&self, infix: Infix) -> QueryError {
        let error = self.expected("a string operator after `*`");
        match infix {
            Infix::In(_) => error.hint("write one test for each value: * =~ \"a\" or * =~ \"b\""),
            Infix::Compare(Comparison::NotEqual) => error.hint("write not(* == ...)"),
            _ => error,
        }
    }
}
