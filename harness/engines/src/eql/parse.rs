//! Tokens to a tree: statements, queries, terms and pipes. Expressions are in [`super::parse_expr`].
//!
//! A parsing function that fails has left its error in [`Parser::errors`] and returns None; callers move on to the next place
//! from which reading makes sense, so that one text yields all its faults. Source: the EQL grammar; what the grammar lets through
//! and Elasticsearch's plan builder refuses is refused here too.

use super::ast::{
    Body, EventQuery, Expr, ExprKind, JoinKind, Joined, MAX_DEPTH, Pipe, Span, Statement, Term,
};
use super::lex::{Kind, Token, lex};
use super::similar;
use crate::QueryError;

/// The longest text that is read.
pub(crate) const MAX_TEXT: usize = 4 << 20;
/// After this many errors the rest is not read: more would not help anyone.
const MAX_ERRORS: usize = 100;
/// Words of the grammar, which are no names unless they stand in backticks.
const KEYWORDS: [&str; 19] = [
    "and", "any", "by", "false", "in", "join", "like", "maxspan", "not", "null", "of", "or",
    "regex", "sample", "sequence", "true", "until", "where", "with",
];
const PIPES: [&str; 7] = [
    "count",
    "filter",
    "head",
    "sort",
    "tail",
    "unique",
    "unique_count",
];

/// Whether a word is one of the grammar's own.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Reads a query; all its faults otherwise.
pub(crate) fn parse(text: &str) -> Result<Statement, Vec<QueryError>> {
    if text.len() > MAX_TEXT {
        return Err(vec![QueryError::new(
            format!("the query is longer than {MAX_TEXT} bytes"),
            0..text.len(),
        )]);
    }
    let (tokens, errors) = lex(text);
    let mut parser = Parser {
        tokens,
        at: 0,
        errors,
        depth: 0,
    };
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

pub(super) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    pub(super) errors: Vec<QueryError>,
    /// How many expressions are open around this place.
    pub(super) depth: u16,
}

const END: Kind = Kind::End;

impl Parser {
    pub(super) fn kind(&self) -> &Kind {
        self.tokens.get(self.at).map_or(&END, |token| &token.kind)
    }

    pub(super) fn next_kind(&self) -> &Kind {
        self.tokens
            .get(self.at + 1)
            .map_or(&END, |token| &token.kind)
    }

    pub(super) fn span(&self) -> Span {
        self.tokens
            .get(self.at)
            .map_or(0..0, |token| token.span.clone())
    }

    /// Where the last token that was taken ends.
    pub(super) fn end(&self) -> usize {
        self.at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(0, |token| token.span.end)
    }

    pub(super) fn advance(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        matches!(self.kind(), Kind::Sign(found) if *found == sign)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.kind(), Kind::Word(found) if found == word)
    }

    pub(super) fn take_sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        if found {
            self.advance();
        }
        found
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.advance();
        }
        found
    }

    /// Leaves an error and fails.
    pub(super) fn fail<T>(&mut self, error: QueryError) -> Option<T> {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
        None
    }

    /// Fails at the token that stands here instead of `wanted`.
    pub(super) fn unexpected<T>(&mut self, wanted: &str) -> Option<T> {
        let found = match self.kind() {
            Kind::Word(word) if KEYWORDS.contains(&word.as_str()) => {
                format!("the keyword `{word}`")
            }
            Kind::Word(word) | Kind::Quoted(word) => format!("`{word}`"),
            Kind::Tilde(word) => format!("`{word}~`"),
            Kind::Text(_) => "a string".to_owned(),
            Kind::Integer(number) | Kind::Decimal(number) => format!("`{number}`"),
            Kind::Sign(sign) => format!("`{sign}`"),
            Kind::End => "the end".to_owned(),
        };
        self.fail(QueryError::new(
            format!("expected {wanted}, found {found}"),
            self.span(),
        ))
    }

    pub(super) fn expect_sign(&mut self, sign: &str) -> Option<()> {
        if self.take_sign(sign) {
            Some(())
        } else {
            self.unexpected(&format!("`{sign}`"))
        }
    }

    fn expect_word(&mut self, word: &str) -> Option<()> {
        if self.take_word(word) {
            Some(())
        } else {
            self.unexpected(&format!("`{word}`"))
        }
    }

    /// A name that is no keyword.
    pub(super) fn name(&mut self) -> Option<String> {
        match self.kind() {
            Kind::Word(word) if !KEYWORDS.contains(&word.as_str()) => {
                let name = word.clone();
                self.advance();
                Some(name)
            }
            Kind::Quoted(name) => {
                let name = name.clone();
                self.advance();
                Some(name)
            }
            Kind::Word(_)
            | Kind::Tilde(_)
            | Kind::Text(_)
            | Kind::Integer(_)
            | Kind::Decimal(_)
            | Kind::Sign(_)
            | Kind::End => self.unexpected("a name"),
        }
    }

    /// Skips to the closing sign of the bracket that is open here, or to a pipe or the end.
    pub(super) fn skip_to_close(&mut self) {
        let mut open = 0_usize;
        loop {
            match self.kind() {
                Kind::End => return,
                Kind::Sign("(" | "[") => open += 1,
                Kind::Sign(")" | "]") if open == 0 => return,
                Kind::Sign(")" | "]") => open -= 1,
                Kind::Sign("|") if open == 0 => return,
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

    fn event_query(&mut self) -> Option<EventQuery> {
        let category = match self.kind() {
            Kind::Word(word) if word == "any" => None,
            Kind::Word(word) if !KEYWORDS.contains(&word.as_str()) => Some(word.clone()),
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

    fn joined(&mut self, kind: JoinKind) -> Option<Body> {
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

    /// A node, unless its tree would be too deep.
    pub(super) fn node(&mut self, kind: ExprKind, span: Span, below: u16) -> Option<Expr> {
        let depth = below.saturating_add(1);
        if depth > MAX_DEPTH {
            return self.fail(QueryError::new(
                format!("expressions nest deeper than {MAX_DEPTH} levels"),
                span,
            ));
        }
        Some(Expr { kind, span, depth })
    }
}
