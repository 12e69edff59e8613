//! Expressions, by precedence: `OR`, `AND`, `NOT`, one test (`IN`, `LIKE`, `IS NULL`), one comparison, sums, products, signs, casts.

use super::{MAX_DEPTH, MAX_NESTING, Parsed, Parser};
use crate::esql::ast::{
    Arguments, Arithmetic, Comparison, Connective, Expr, ExprKind, Name, PatternKind, Span,
};
use crate::esql::lex::TokenKind;

/// A node over others: the vendor's builder calls itself once for each.
fn over(kind: ExprKind, span: Span, parts: &[u32]) -> Expr {
    let deepest = parts.iter().copied().max().unwrap_or(0);
    Expr {
        kind,
        span,
        depth: deepest.saturating_add(1),
    }
}

impl Parser<'_> {
    /// Source: parser/Expression.g4: `booleanExpression`.
    pub(super) fn boolean(&mut self) -> Parsed<Expr> {
        if self.nesting >= MAX_NESTING {
            return self.fail(format!("parentheses are nested deeper than {MAX_NESTING}"));
        }
        self.nesting += 1;
        let value = self.disjunction();
        self.nesting -= 1;
        value
    }

    fn disjunction(&mut self) -> Parsed<Expr> {
        let mut terms = Vec::new();
        loop {
            let mut factors = vec![self.negation()?];
            while self.take_keyword("and") {
                factors.push(self.negation()?);
            }
            terms.push(chain(Connective::And, factors));
            if !self.take_keyword("or") {
                return Ok(chain(Connective::Or, terms));
            }
        }
    }

    /// `NOT` binds tighter than `AND`, and looser than any test.
    fn negation(&mut self) -> Parsed<Expr> {
        let mut starts = Vec::new();
        while self.is_keyword(0, "not") {
            if starts.len() > MAX_DEPTH as usize {
                return self.fail(format!("the expression is nested deeper than {MAX_DEPTH}"));
            }
            starts.push(self.peek().span.start);
            self.at += 1;
        }
        let mut value = self.test()?;
        for start in starts.into_iter().rev() {
            let (span, depth) = (start..value.span.end, value.depth);
            value = over(ExprKind::Not(Box::new(value)), span, &[depth]);
        }
        Ok(value)
    }

    /// A value, and at most one of `IN`, `LIKE`, `RLIKE`, `IS NULL` behind it.
    fn test(&mut self) -> Parsed<Expr> {
        let value = self.value()?;
        let negated = self.is_keyword(0, "not")
            && ["in", "like", "rlike"]
                .iter()
                .any(|word| self.is_keyword(1, word));
        let offset = usize::from(negated);
        if self.is_keyword(offset, "in") {
            self.at += offset + 1;
            return self.membership(value, negated);
        }
        for (word, kind) in [("like", PatternKind::Like), ("rlike", PatternKind::Rlike)] {
            if self.is_keyword(offset, word) {
                self.at += offset + 1;
                return self.like(value, kind, negated);
            }
        }
        if self.take_keyword("is") {
            let negated = self.take_keyword("not");
            if !self.take_keyword("null") {
                return self.unexpected("NULL");
            }
            let (span, depth) = (value.span.start..self.last_end(), value.depth);
            let value = Box::new(value);
            return Ok(over(ExprKind::IsNull { negated, value }, span, &[depth]));
        }
        Ok(value)
    }

    fn membership(&mut self, value: Expr, negated: bool) -> Parsed<Expr> {
        self.expect_sign("(")?;
        let mut items = Vec::new();
        let mut deepest = value.depth;
        loop {
            let item = self.value()?;
            deepest = deepest.max(item.depth);
            items.push(item);
            if !self.take_sign(",") {
                break;
            }
        }
        self.expect_sign(")")?;
        let span = value.span.start..self.last_end();
        let value = Box::new(value);
        let kind = ExprKind::In {
            negated,
            value,
            items,
        };
        Ok(over(kind, span, &[deepest]))
    }

    fn like(&mut self, value: Expr, kind: PatternKind, negated: bool) -> Parsed<Expr> {
        let list = self.take_sign("(");
        let mut patterns = Vec::new();
        loop {
            let span = self.peek().span.clone();
            let TokenKind::Text(text) = self.peek().kind.clone() else {
                return self.unexpected("a pattern");
            };
            self.at += 1;
            patterns.push(Name { text, span });
            if !list || !self.take_sign(",") {
                break;
            }
        }
        if list {
            self.expect_sign(")")?;
        }
        let (span, depth) = (value.span.start..self.last_end(), value.depth);
        let kind = ExprKind::Like {
            kind,
            negated,
            value: Box::new(value),
            list,
            patterns,
        };
        Ok(over(kind, span, &[depth]))
    }

    /// Source: parser/Expression.g4: `valueExpression`: at most one comparison.
    fn value(&mut self) -> Parsed<Expr> {
        let left = self.sum()?;
        let comparison = match &self.peek().kind {
            TokenKind::Sign("==") => Comparison::Equal,
            TokenKind::Sign("!=") => Comparison::NotEqual,
            TokenKind::Sign("<") => Comparison::Less,
            TokenKind::Sign("<=") => Comparison::LessOrEqual,
            TokenKind::Sign(">") => Comparison::Greater,
            TokenKind::Sign(">=") => Comparison::GreaterOrEqual,
            TokenKind::Sign("=~") => return self.fail("the operator `=~` is not supported"),
            TokenKind::Sign("=") => return self.fail("equality is written `==`"),
            TokenKind::Sign(":") => return self.full_text(left),
            _other => return Ok(left),
        };
        self.at += 1;
        let right = self.sum()?;
        let span = left.span.start..right.span.end;
        let depths = [left.depth, right.depth];
        let kind = ExprKind::Compare(comparison, Box::new(left), Box::new(right));
        Ok(over(kind, span, &depths))
    }

    /// `field : constant`. It is parsed so that binding can say that this engine has no index.
    fn full_text(&mut self, left: Expr) -> Parsed<Expr> {
        let ExprKind::Column(text) = left.kind else {
            return self.fail("what stands before `:` is the name of a field");
        };
        self.at += 1;
        let right = self.sum()?;
        let span = left.span.start..right.span.end;
        let name = Name {
            text,
            span: left.span,
        };
        Ok(over(ExprKind::Match(name), span, &[]))
    }

    /// Source: parser/Expression.g4: `operatorExpression`; both levels are left associative.
    fn sum(&mut self) -> Parsed<Expr> {
        let mut total = self.product()?;
        loop {
            let operator = match &self.peek().kind {
                TokenKind::Sign("+") => Arithmetic::Add,
                TokenKind::Sign("-") => Arithmetic::Subtract,
                _other => return Ok(total),
            };
            self.at += 1;
            let right = self.product()?;
            total = self.arithmetic(operator, total, right)?;
        }
    }

    fn product(&mut self) -> Parsed<Expr> {
        let mut total = self.signed()?;
        loop {
            let operator = match &self.peek().kind {
                TokenKind::Sign("*") => Arithmetic::Multiply,
                TokenKind::Sign("/") => Arithmetic::Divide,
                TokenKind::Sign("%") => Arithmetic::Modulo,
                _other => return Ok(total),
            };
            self.at += 1;
            let right = self.signed()?;
            total = self.arithmetic(operator, total, right)?;
        }
    }

    fn arithmetic(&mut self, operator: Arithmetic, left: Expr, right: Expr) -> Parsed<Expr> {
        let span = left.span.start..right.span.end;
        let depths = [left.depth, right.depth];
        if depths.iter().any(|depth| *depth >= MAX_DEPTH) {
            let message = format!("the expression is nested deeper than {MAX_DEPTH}");
            return self.fail_at(message, span);
        }
        let kind = ExprKind::Arithmetic(operator, Box::new(left), Box::new(right));
        Ok(over(kind, span, &depths))
    }

    /// Signs before a primary expression. A sign before a number belongs to the number.
    fn signed(&mut self) -> Parsed<Expr> {
        let mut signs = Vec::new();
        while let TokenKind::Sign(sign @ ("+" | "-")) = self.peek().kind {
            if matches!(
                self.peek_after(1).kind,
                TokenKind::Integer(_) | TokenKind::Decimal(_)
            ) {
                break;
            }
            if signs.len() > MAX_DEPTH as usize {
                return self.fail(format!("the expression is nested deeper than {MAX_DEPTH}"));
            }
            signs.push((self.peek().span.start, sign));
            self.at += 1;
        }
        let mut value = self.primary()?;
        for (start, sign) in signs.into_iter().rev() {
            let (span, depth) = (start..value.span.end, value.depth);
            if sign == "-" {
                value = over(ExprKind::Negate(Box::new(value)), span, &[depth]);
            } else {
                value.depth = depth.saturating_add(1);
            }
        }
        Ok(value)
    }

    /// Source: parser/Expression.g4: `primaryExpression`.
    fn primary(&mut self) -> Parsed<Expr> {
        let start = self.peek().span.start;
        let mut value = match self.peek().kind.clone() {
            TokenKind::Sign("(") => {
                self.at += 1;
                let mut inner = self.boolean()?;
                self.expect_sign(")")?;
                inner.span = start..self.last_end();
                inner.depth = inner.depth.saturating_add(2);
                inner
            }
            TokenKind::Word(_) | TokenKind::Quoted(_) if !self.is_constant_word() => {
                self.named()?
            }
            _other => {
                let literal = self.literal()?;
                over(ExprKind::Literal(literal), start..self.last_end(), &[])
            }
        };
        let mut casts = 0_u32;
        while self.take_sign("::") {
            casts += 1;
            if casts > MAX_DEPTH {
                return self.fail(format!("the expression is nested deeper than {MAX_DEPTH}"));
            }
            let name = self.identifier()?;
            let (span, depth) = (start..name.span.end, value.depth);
            value = over(ExprKind::Cast(Box::new(value), name), span, &[depth]);
        }
        Ok(value)
    }

    fn is_constant_word(&self) -> bool {
        ["null", "true", "false"]
            .iter()
            .any(|word| self.is_keyword(0, word))
    }

    /// A column or a call.
    fn named(&mut self) -> Parsed<Expr> {
        let name = self.qualified_name()?;
        if !matches!(self.peek().kind, TokenKind::Sign("(")) {
            let span = name.span.clone();
            return Ok(over(ExprKind::Column(name.text), span, &[]));
        }
        self.at += 1;
        let (arguments, deepest) = self.arguments()?;
        let span = name.span.start..self.last_end();
        Ok(over(ExprKind::Call(name, arguments), span, &[deepest]))
    }

    fn arguments(&mut self) -> Parsed<(Arguments, u32)> {
        let mut list = Vec::new();
        let mut deepest = 0;
        if self.take_sign(")") {
            return Ok((Arguments::List(list), deepest));
        }
        if matches!(self.peek().kind, TokenKind::Sign("*")) {
            self.at += 1;
            self.expect_sign(")")?;
            return Ok((Arguments::Star, deepest));
        }
        loop {
            if matches!(self.peek().kind, TokenKind::Sign("{")) {
                return self.fail("this engine takes no options in `{...}`");
            }
            let argument = self.boolean()?;
            deepest = deepest.max(argument.depth);
            list.push(argument);
            if !self.take_sign(",") {
                break;
            }
        }
        self.expect_sign(")")?;
        Ok((Arguments::List(list), deepest))
    }
}

/// Terms of one connective, nested to the left as the vendor's parser nests them.
fn chain(connective: Connective, terms: Vec<Expr>) -> Expr {
    let mut depth = 0;
    let mut span = 0..0;
    for (at, term) in terms.iter().enumerate() {
        if at == 0 {
            depth = term.depth;
            span = term.span.clone();
        } else {
            depth = depth.max(term.depth).saturating_add(1);
            span.end = term.span.end;
        }
    }
    match <[Expr; 1]>::try_from(terms) {
        Ok([only]) => only,
        Err(terms) => Expr {
            kind: ExprKind::Chain(connective, terms),
            span,
            depth,
        },
    }
}
