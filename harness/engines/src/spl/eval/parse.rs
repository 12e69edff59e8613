//! Tokens to tree: assignments, names, calls. The operators are in [`super::infix`].

use super::super::ast::{Expr, ExprKind, Name, Span};
use super::super::pipeline::MAX_DEPTH;
use super::lex::{Kind, Token, lex};
use crate::QueryError;

pub(super) type Parsed<T> = Result<T, QueryError>;

/// The condition of `where`.
pub(in super::super) fn parse_condition(code: &str, part: Span) -> Parsed<Expr> {
    let mut parser = Parser::new(code, part)?;
    let found = parser.expression()?;
    parser.finish()?;
    Ok(found)
}

/// The assignments of `eval`. Source: Search Reference, eval, "Syntax": `eval <field>=<expression>["," <field>=<expression>]...`.
pub(in super::super) fn parse_assignments(code: &str, part: Span) -> Parsed<Vec<(Name, Expr)>> {
    let mut parser = Parser::new(code, part)?;
    let mut found = Vec::new();
    loop {
        let span = parser.span();
        let text = match parser.kind(0) {
            Some(Kind::Word(text) | Kind::Field(text) | Kind::Text(text)) => text.clone(),
            _ => return Err(parser.expected("a field to assign to")),
        };
        parser.at += 1;
        if text.is_empty() {
            return Err(QueryError::new("this is no name of a field", span));
        }
        if !parser.eat("=") {
            return Err(parser.expected("`=`"));
        }
        let value = parser.expression()?;
        found.push((Name { text, span }, value));
        if !parser.eat(",") {
            break;
        }
    }
    parser.finish()?;
    Ok(found)
}

pub(super) struct Parser {
    tokens: Vec<Token>,
    pub(super) at: usize,
    depth: u32,
    end: usize,
}

impl Parser {
    fn new(code: &str, part: Span) -> Parsed<Self> {
        let end = part.end;
        let tokens = lex(code, part)?;
        Ok(Self {
            tokens,
            at: 0,
            depth: 0,
            end,
        })
    }

    pub(super) fn kind(&self, ahead: usize) -> Option<&Kind> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    pub(super) fn span(&self) -> Span {
        self.tokens
            .get(self.at)
            .map_or(self.end..self.end, |token| token.span.clone())
    }

    /// From a start to the end of the token before.
    pub(super) fn since(&self, start: usize) -> Span {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        start..before.map_or(start, |token| token.span.end)
    }

    pub(super) fn is(&self, sign: &str) -> bool {
        matches!(self.kind(0), Some(Kind::Sign(found)) if *found == sign)
    }

    pub(super) fn eat(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.kind(0), Some(Kind::Word(found)) if found == word)
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn enter(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(QueryError::new(
                "the expression is nested too deeply",
                self.span(),
            ));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn expected(&self, what: &str) -> QueryError {
        let found = match self.kind(0) {
            Some(Kind::Number(text)) => format!("`{text}`"),
            Some(Kind::Text(_)) => "a text".to_owned(),
            Some(Kind::Field(name)) => format!("'{name}'"),
            Some(Kind::Word(word)) => format!("`{word}`"),
            Some(Kind::Sign(sign)) => format!("`{sign}`"),
            None => "the end of the command".to_owned(),
        };
        let error = QueryError::new(format!("expected {what}, found {found}"), self.span());
        match self.kind(0) {
            Some(Kind::Word(word)) if is_operator(&word.to_uppercase()) => {
                error.hint("operators are written in capitals")
            }
            _ => error,
        }
    }

    fn finish(&self) -> Parsed<()> {
        if self.at < self.tokens.len() {
            return Err(self.expected("an operator or the end of the command"));
        }
        Ok(())
    }

    /// A literal, a field, a call, or something in parentheses.
    ///
    /// Source: Search Reference, where: text in double quotes is a literal, a bare word is a field, and a name with other characters than
    /// letters and digits stands in single quotes.
    pub(super) fn primary(&mut self) -> Parsed<Expr> {
        let span = self.span();
        let kind = match self.kind(0) {
            Some(Kind::Number(text)) => ExprKind::Number(text.clone()),
            Some(Kind::Text(text)) => ExprKind::Text(text.clone()),
            Some(Kind::Field(name)) => ExprKind::Field(name.clone()),
            Some(Kind::Word(word)) if is_operator(word) => return Err(self.expected("a value")),
            Some(Kind::Word(word)) => {
                let word = word.clone();
                if self.kind(1) == Some(&Kind::Sign("(")) {
                    self.at += 2;
                    return self.call(word, span.start);
                }
                ExprKind::Field(word)
            }
            Some(Kind::Sign("(")) => {
                self.at += 1;
                self.enter()?;
                let inner = self.expression()?;
                self.leave();
                if !self.eat(")") {
                    return Err(self.expected("`)`"));
                }
                let kind = ExprKind::Group(Box::new(inner));
                return Ok(Expr {
                    kind,
                    span: self.since(span.start),
                });
            }
            _ => return Err(self.expected("a value")),
        };
        self.at += 1;
        Ok(Expr { kind, span })
    }

    fn call(&mut self, name: String, start: usize) -> Parsed<Expr> {
        let arguments = self.arguments()?;
        Ok(Expr {
            kind: ExprKind::Call(name, arguments),
            span: self.since(start),
        })
    }

    /// What stands behind an opening parenthesis, up to and with the closing one.
    pub(super) fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        let mut arguments = Vec::new();
        if self.eat(")") {
            return Ok(arguments);
        }
        self.enter()?;
        loop {
            arguments.push(self.expression()?);
            if self.eat(")") {
                break;
            }
            if !self.eat(",") {
                return Err(self.expected("`,` or `)`"));
            }
        }
        self.leave();
        Ok(arguments)
    }
}

pub(super) fn is_operator(word: &str) -> bool {
    matches!(word, "AND" | "OR" | "NOT" | "XOR" | "LIKE" | "IN")
}
