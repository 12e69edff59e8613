//! Tokens to tree.

use super::super::ast::{Name, Op, Search, SearchValue, Span, TermKind};
use super::super::pipeline::MAX_DEPTH;
use super::lex::{Kind, Token, lex};
use crate::QueryError;

/// The expression in a part of the text.
pub(in super::super) fn parse(code: &str, part: Span) -> Result<Search, QueryError> {
    let end = part.end;
    let tokens = lex(code, part.clone())?;
    if tokens.is_empty() {
        return Err(QueryError::new("search looks for nothing", part).hint("`*` is every event"));
    }
    let mut parser = Parser {
        tokens,
        at: 0,
        depth: 0,
        end,
    };
    let found = parser.all()?;
    match parser.tokens.get(parser.at) {
        None => Ok(found),
        Some(token) => Err(QueryError::new(
            "a closing parenthesis without an opening one",
            token.span.clone(),
        )),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: u32,
    end: usize,
}

/// Words that need quotes where they are values. Source: Search Reference, search, "The implied search command", note.
const RESERVED: [&str; 6] = ["AND", "OR", "NOT", "IN", "AS", "XOR"];

impl Parser {
    fn kind(&self, ahead: usize) -> Option<&Kind> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    fn span(&self) -> Span {
        self.tokens
            .get(self.at)
            .map_or(self.end..self.end, |token| token.span.clone())
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = matches!(self.kind(0), Some(Kind::Word(found)) if found == word);
        self.at += usize::from(found);
        found
    }

    /// Terms side by side, or with AND between them. Source: Search Reference, search, "Boolean expressions": parentheses, NOT, OR, AND;
    /// Search Manual, "Boolean expressions": operators are written in capitals, AND is implied.
    fn all(&mut self) -> Result<Search, QueryError> {
        if verdict_faults::at("spl/engine/search-and-binds-tighter-than-or") {
            return self.alternatives();
        }
        let mut terms = vec![self.any()?];
        loop {
            let explicit = self.eat_word("AND");
            match self.kind(0) {
                None | Some(Kind::Close) if !explicit => break,
                _ => terms.push(self.any()?),
            }
        }
        Ok(single(terms, Search::And))
    }

    /// OR between groups of AND, as most languages have it and this one has not.
    fn alternatives(&mut self) -> Result<Search, QueryError> {
        let mut found = Vec::new();
        loop {
            let mut terms = vec![self.negation()?];
            loop {
                let explicit = self.eat_word("AND");
                match self.kind(0) {
                    None | Some(Kind::Close) if !explicit => break,
                    Some(Kind::Word(word)) if word == "OR" => break,
                    _ => terms.push(self.negation()?),
                }
            }
            found.push(single(terms, Search::And));
            if !self.eat_word("OR") {
                return Ok(single(found, Search::Or));
            }
        }
    }

    fn any(&mut self) -> Result<Search, QueryError> {
        let mut terms = vec![self.negation()?];
        while self.eat_word("OR") {
            terms.push(self.negation()?);
        }
        Ok(single(terms, Search::Or))
    }

    /// Source: Search Manual, "Boolean expressions": NOT applies to the term behind it alone.
    fn negation(&mut self) -> Result<Search, QueryError> {
        if !matches!(self.kind(0), Some(Kind::Word(word)) if word == "NOT") {
            return self.primary();
        }
        self.enter()?;
        self.at += 1;
        let inner = self.negation()?;
        self.depth -= 1;
        Ok(Search::Not(Box::new(inner)))
    }

    fn enter(&mut self) -> Result<(), QueryError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(QueryError::new(
                "the expression is nested too deeply",
                self.span(),
            ));
        }
        Ok(())
    }

    fn primary(&mut self) -> Result<Search, QueryError> {
        let span = self.span();
        match self.kind(0) {
            Some(Kind::Open) => {
                self.enter()?;
                self.at += 1;
                let inner = self.all()?;
                self.close(span)?;
                self.depth -= 1;
                Ok(inner)
            }
            Some(Kind::Quoted(_) | Kind::Word(_) | Kind::Directive(..)) => {
                self.comparison_or_term()
            }
            Some(Kind::Comma) => Err(QueryError::new("a comma outside quotes", span)
                .hint("quote values that hold commas; only the list of IN has them bare")),
            Some(Kind::Op(_)) => Err(QueryError::new(
                "a comparison needs a field before it",
                span,
            )),
            Some(Kind::Close) => Err(QueryError::new("nothing between parentheses", span)),
            None => Err(QueryError::new("a term is missing", span)),
        }
    }

    fn close(&mut self, opening: Span) -> Result<(), QueryError> {
        if self.kind(0) == Some(&Kind::Close) {
            self.at += 1;
            return Ok(());
        }
        Err(QueryError::new("the parenthesis is never closed", opening))
    }

    fn comparison_or_term(&mut self) -> Result<Search, QueryError> {
        match self.kind(1) {
            Some(Kind::Op(op)) => {
                let op = *op;
                let field = self.field()?;
                self.at += 1;
                let value = self.value()?;
                Ok(Search::Compare { field, op, value })
            }
            Some(Kind::Word(word)) if word == "IN" => {
                let field = self.field()?;
                self.at += 1;
                let values = self.list()?;
                Ok(Search::In { field, values })
            }
            _ => self.term(),
        }
    }

    fn field(&mut self) -> Result<Name, QueryError> {
        let span = self.span();
        let text = match self.kind(0) {
            Some(Kind::Quoted(text)) => text.clone(),
            Some(Kind::Word(text)) => {
                if RESERVED.contains(&text.as_str()) {
                    return Err(reserved(text, span));
                }
                text.clone()
            }
            _ => return Err(QueryError::new("expected a field", span)),
        };
        // No page says what a wildcard in a name compared does, nor how a quote or a backslash in a name is written.
        if text.is_empty() || text.contains(['*', '"', '\'', '\\', '|', ',']) {
            return Err(QueryError::new("this is no name of a field", span));
        }
        self.at += 1;
        Ok(Name { text, span })
    }

    /// Source: Search Reference, search, "Filter using the IN operator".
    fn list(&mut self) -> Result<Vec<SearchValue>, QueryError> {
        let opening = self.span();
        if self.kind(0) != Some(&Kind::Open) {
            return Err(QueryError::new("IN needs a list in parentheses", opening));
        }
        self.at += 1;
        let mut values = vec![self.value()?];
        while self.kind(0) == Some(&Kind::Comma) {
            self.at += 1;
            values.push(self.value()?);
        }
        self.close(opening)?;
        Ok(values)
    }

    fn value(&mut self) -> Result<SearchValue, QueryError> {
        let span = self.span();
        let mut cased = false;
        let text = match self.kind(0) {
            Some(Kind::Quoted(text)) => text.clone(),
            Some(Kind::Word(word)) => bare(word, &span)?,
            Some(Kind::Directive(TermKind::Cased, text)) => {
                cased = true;
                text.clone()
            }
            Some(Kind::Directive(..)) => {
                return Err(QueryError::new("TERM() is no value of a field", span));
            }
            _ => return Err(QueryError::new("expected a value", span)),
        };
        self.at += 1;
        self.not_called()?;
        Ok(SearchValue { text, cased, span })
    }

    fn term(&mut self) -> Result<Search, QueryError> {
        let span = self.span();
        let mut kind = TermKind::Plain;
        let text = match self.kind(0) {
            Some(Kind::Quoted(text)) => text.clone(),
            Some(Kind::Word(word)) => bare(word, &span)?,
            Some(Kind::Directive(directive, text)) => {
                kind = *directive;
                text.clone()
            }
            _ => return Err(QueryError::new("expected a term", span)),
        };
        self.at += 1;
        self.not_called()?;
        Ok(Search::Term {
            kind,
            text: Name { text, span },
        })
    }

    /// A word that touches an opening parenthesis is no documented form but for CASE and TERM.
    fn not_called(&self) -> Result<(), QueryError> {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        match (before, self.tokens.get(self.at)) {
            (Some(before), Some(open))
                if open.kind == Kind::Open && before.span.end == open.span.start =>
            {
                Err(QueryError::new(
                    "a parenthesis touches the word before it",
                    open.span.clone(),
                )
                .hint("quote values that hold parentheses"))
            }
            _ => Ok(()),
        }
    }
}

/// A bare word as a term or value. Source: Search Reference, search, "Quotes and escaping characters": brackets need quotes.
fn bare(word: &str, span: &Span) -> Result<String, QueryError> {
    if RESERVED.contains(&word) {
        return Err(reserved(word, span.clone()));
    }
    if word.contains(['{', '}']) {
        return Err(QueryError::new("a bracket outside quotes", span.clone()));
    }
    Ok(word.to_owned())
}

fn reserved(word: &str, span: Span) -> QueryError {
    QueryError::new(format!("`{word}` is an operator"), span)
        .hint(format!("write \"{word}\" to search for the word"))
}

/// The only element, or the group of all.
fn single(mut terms: Vec<Search>, group: fn(Vec<Search>) -> Search) -> Search {
    match (terms.pop(), terms.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => {
            terms.push(last);
            group(terms)
        }
        (None, _) => group(terms),
    }
}

impl Op {
    /// Whether two things in this order satisfy the comparison.
    pub(in super::super) fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
        }
    }
}
