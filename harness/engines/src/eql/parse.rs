//! Tokens to a tree: statements, event queries and pipes here, the rest in the modules below.
//!
//! A parsing function that fails has left its error in the parser's list and returns None; callers move on to the next place
//! from which reading makes sense, so that one text yields all its faults. Source: the EQL grammar; what the grammar lets through
//! and Elasticsearch's plan builder refuses is refused here too.

mod cursor;
mod expr;
mod joined;
mod primary;

use super::ast::{Body, EventQuery, JoinKind, Pipe, Statement};
use super::lex::{Kind, lex};
use super::similar;
use crate::QueryError;
use cursor::{Parser, is_keyword};

/// The longest text that is read.
pub(crate) const MAX_TEXT: usize = 4 << 20;
const PIPES: [&str; 7] = [
    "count",
    "filter",
    "head",
    "sort",
    "tail",
    "unique",
    "unique_count",
];

/// Reads a query; all its faults otherwise.
pub(crate) fn parse(text: &str) -> Result<Statement, Vec<QueryError>> {
    if text.len() > MAX_TEXT {
        return Err(vec![QueryError::new(
            format!("the query is longer than {MAX_TEXT} bytes"),
            0..text.len(),
        )]);
    }
    let (tokens, errors) = lex(text);
    let mut parser = Parser::new(tokens, errors);
    let statement = parser.statement();
    let mut errors = parser.errors;
    errors.sort_by_key(|error| (error.span.start, error.span.end));
    errors.dedup();
    match statement {
        Some(statement) if errors.is_empty() => Ok(statement),
        _ if errors.is_empty() => Err(vec![QueryError::new("this is no query", 0..text.len())]),
        _ => Err(errors),
    }
}

impl Parser {
    fn statement(&mut self) -> Option<Statement> {
        let body = match self.kind() {
            Kind::Word(word) if word == "sequence" => self.joined(JoinKind::Sequence),
            Kind::Word(word) if word == "sample" => self.joined(JoinKind::Sample),
            Kind::Word(word) if word == "join" => self.joined(JoinKind::Join),
            Kind::Word(_)
            | Kind::Tilde(_)
            | Kind::Quoted(_)
            | Kind::Text(_)
            | Kind::Integer(_)
            | Kind::Decimal(_)
            | Kind::Sign(_)
            | Kind::End => self.event_query().map(Body::Event),
        };
        if body.is_none() {
            while !matches!(self.kind(), Kind::Sign("|") | Kind::End) {
                self.advance();
            }
        }
        let mut pipes = Vec::new();
        while self.take_sign("|") {
            match self.pipe() {
                Some(pipe) => pipes.push(pipe),
                None => self.skip_to_close(),
            }
        }
        if *self.kind() != Kind::End && body.is_some() {
            return self.unexpected("the end of the query");
        }
        body.map(|body| Statement { body, pipes })
    }

    pub(super) fn event_query(&mut self) -> Option<EventQuery> {
        let category = match self.kind() {
            Kind::Word(word) if word == "any" => None,
            Kind::Word(word) if !is_keyword(word) => Some(word.clone()),
            Kind::Text(text) => Some(text.clone()),
            Kind::Word(_)
            | Kind::Tilde(_)
            | Kind::Quoted(_)
            | Kind::Integer(_)
            | Kind::Decimal(_)
            | Kind::Sign(_)
            | Kind::End => return self.unexpected("an event category or `any`"),
        };
        self.advance();
        self.expect_word("where")?;
        let condition = self.expression()?;
        Some(EventQuery {
            category,
            condition,
        })
    }

    fn pipe(&mut self) -> Option<Pipe> {
        let span = self.span();
        let name = self.name()?;
        if name != "head" && name != "tail" {
            if PIPES.contains(&name.as_str()) {
                return self.fail(QueryError::new(
                    format!("the pipe `{name}` is not supported"),
                    span,
                ));
            }
            let error = QueryError::new(format!("unknown pipe `{name}`"), span);
            let near = similar::suggest(&name, PIPES);
            return self.fail(match near {
                Some(near) => error.hint(near),
                None => error,
            });
        }
        let at = self.span();
        let count = match self.kind() {
            Kind::Integer(digits) => digits.parse().ok(),
            Kind::Word(_)
            | Kind::Tilde(_)
            | Kind::Quoted(_)
            | Kind::Text(_)
            | Kind::Decimal(_)
            | Kind::Sign(_)
            | Kind::End => None,
        };
        let Some(count) = count else {
            return self.fail(QueryError::new(
                format!("`{name}` takes one whole number, not negative"),
                at,
            ));
        };
        self.advance();
        Some(if name == "head" {
            Pipe::Head(count)
        } else {
            Pipe::Tail(count)
        })
    }
}
