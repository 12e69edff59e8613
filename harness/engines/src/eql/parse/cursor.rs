//! The parser's place in the tokens, and its errors.

use crate::QueryError;
use crate::eql::ast::{Expr, ExprKind, MAX_DEPTH, Span};
use crate::eql::lex::{Kind, Token};

/// After this many errors the rest is not read: more would not help anyone.
const MAX_ERRORS: usize = 100;
/// Words of the grammar, which are no names unless they stand in backticks.
const KEYWORDS: [&str; 19] = [
    "and", "any", "by", "false", "in", "join", "like", "maxspan", "not", "null", "of", "or",
    "regex", "sample", "sequence", "true", "until", "where", "with",
];

/// Whether a word is one of the grammar's own.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
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
    pub(super) fn new(tokens: Vec<Token>, errors: Vec<QueryError>) -> Self {
        Self {
            tokens,
            at: 0,
            errors,
            depth: 0,
        }
    }

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

    pub(super) fn expect_word(&mut self, word: &str) -> Option<()> {
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
                Kind::Sign(")" | "]" | "|") if open == 0 => return,
                Kind::Sign(")" | "]") => open -= 1,
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
