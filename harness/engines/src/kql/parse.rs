//! Tokens to tree: statements, pipes and the shared helpers. Faults are collected; reading goes on at the next pipe
//! or semicolon.

mod dynamic;
mod expr;
mod infix;
mod operators;
mod scan;
mod star;
mod statement;
mod tables;

use super::ast::{Name, Program, Span};
use super::lex::{Token, TokenKind, lex};
use super::value::Val;
use crate::QueryError;

/// The deepest syntax tree that the vendor's binder analyses (its diagnostic KS245), measured on its parser with 17 shapes of
/// expression. A name or a literal counts nothing; an operator and a parenthesis add 1 to the deeper side, a list after
/// `in` adds [`LIST_DEPTH`] and a call [`CALL_DEPTH`]. So a chain of 492 comparisons passes, as do 491 parentheses around
/// one and 122 nested `not(`; one more of each does not.
pub(super) const DEPTH: u32 = 492;
/// See [`DEPTH`].
pub(super) const CALL_DEPTH: u32 = 4;
/// See [`DEPTH`].
pub(super) const LIST_DEPTH: u32 = 2;
/// Steps of one pipeline, measured likewise.
const STEPS: usize = 492;
/// A limit of our own on the bytes of a text, far above what any service takes.
pub(super) const MAX_TEXT: usize = 1 << 20;
/// Faults past this many are noise.
pub(super) const MAX_ERRORS: usize = 50;

type Parsed<T> = Result<T, QueryError>;

/// The tree of a text, or all that is wrong with it.
pub(super) fn parse(text: &str) -> Result<Program, Vec<QueryError>> {
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
        nest: 0,
        errors,
    };
    let program = parser.program();
    let mut errors = parser.errors;
    match program {
        Ok(Some(program)) if errors.is_empty() => return Ok(program),
        Ok(_) => {}
        Err(error) => errors.push(error),
    }
    errors.sort_by_key(|error| error.span.start);
    errors.truncate(MAX_ERRORS);
    Err(errors)
}

pub(super) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// How deep the expression that is being read is nested.
    nest: u32,
    errors: Vec<QueryError>,
}

/// The end of the text, for when the token list itself is exhausted.
static END: TokenKind = TokenKind::End;

impl Parser {
    fn kind(&self) -> &TokenKind {
        self.tokens.get(self.at).map_or(&END, |token| &token.kind)
    }

    fn kind_after(&self, ahead: usize) -> &TokenKind {
        self.tokens
            .get(self.at + ahead)
            .map_or(&END, |token| &token.kind)
    }

    fn span(&self) -> Span {
        let last = || self.tokens.last().map_or(0..0, |token| token.span.clone());
        self.tokens
            .get(self.at)
            .map_or_else(last, |token| token.span.clone())
    }

    fn last_end(&self) -> usize {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.map_or(0, |token| token.span.end)
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.kind(), TokenKind::Sign(found) if *found == sign)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.kind(), TokenKind::Word(found) if found == word)
    }

    fn eat_sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        self.at += usize::from(found);
        found
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    fn expect_sign(&mut self, sign: &str) -> Parsed<()> {
        if self.eat_sign(sign) {
            return Ok(());
        }
        Err(self.expected(&format!("`{sign}`")))
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.eat_word(word) {
            return Ok(());
        }
        Err(self.expected(&format!("`{word}`")))
    }

    fn expected(&self, what: &str) -> QueryError {
        let found = match self.kind() {
            TokenKind::Word(word) => format!("`{word}`"),
            TokenKind::Sign(sign) => format!("`{sign}`"),
            TokenKind::Literal(_) | TokenKind::Text(_) | TokenKind::Typed(..) => {
                "a literal".to_owned()
            }
            TokenKind::End => "the end of the query".to_owned(),
        };
        QueryError::new(format!("expected {what}, found {found}"), self.span())
    }

    /// A name: a bare word that is no keyword, or `['...']`.
    fn name(&mut self, what: &str) -> Parsed<Name> {
        if let Some(name) = self.bracketed_name() {
            return Ok(name);
        }
        let span = self.span();
        match self.kind() {
            TokenKind::Word(word) if is_keyword(word) => Err(QueryError::new(
                format!("`{word}` is a keyword where {what} is expected"),
                span,
            )
            .hint(format!("write ['{word}'] for a column of that name"))),
            TokenKind::Word(word) if !word.starts_with('!') && !word.ends_with('~') => {
                let text = word.clone();
                self.at += 1;
                Ok(Name { text, span })
            }
            _ => Err(self.expected(what)),
        }
    }

    /// `['a.b']`. Kusto docs: entity-names.
    fn bracketed_name(&mut self) -> Option<Name> {
        let (TokenKind::Sign("["), TokenKind::Text(text), TokenKind::Sign("]")) =
            (self.kind(), self.kind_after(1), self.kind_after(2))
        else {
            return None;
        };
        let text = text.clone();
        let start = self.span().start;
        self.at += 3;
        Some(Name {
            text,
            span: start..self.last_end(),
        })
    }

    fn skip_step(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.kind() {
                TokenKind::End => return,
                TokenKind::Sign("|" | ";") if depth == 0 => return,
                TokenKind::Sign("(" | "[") => depth += 1,
                TokenKind::Sign(")" | "]") => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Counts a level of nesting, so that no text can exhaust the stack.
    fn enter(&mut self, by: u32) -> Parsed<()> {
        self.nest += by;
        if self.nest > DEPTH {
            return Err(too_deep(self.span()));
        }
        Ok(())
    }

    fn leave(&mut self, by: u32) {
        self.nest = self.nest.saturating_sub(by);
    }

    /// Neighbouring string literals make one. Kusto docs: scalar-data-types/string.
    fn joined_text(&mut self) -> Option<Val<'static>> {
        let mut joined: Option<String> = None;
        while let TokenKind::Text(text) = self.kind() {
            joined.get_or_insert_default().push_str(text);
            self.at += 1;
        }
        joined.map(Val::text)
    }
}

fn too_deep(span: Span) -> QueryError {
    QueryError::new("the expression is nested too deeply for the vendor's parser", span)
        .hint("a chain may have 492 terms, 491 parentheses or 122 nested calls; balance it, or use `in~` or `has_any`")
}

/// Words that the vendor's parser wants bracketed when they are names.
pub(super) fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "or"
            | "by"
            | "in"
            | "has"
            | "contains"
            | "startswith"
            | "endswith"
            | "between"
            | "where"
            | "extend"
            | "project"
            | "summarize"
            | "join"
            | "union"
            | "let"
            | "matches"
            | "has_any"
            | "has_all"
            | "hasprefix"
            | "hassuffix"
            | "has_cs"
            | "contains_cs"
            | "startswith_cs"
            | "endswith_cs"
            | "hasprefix_cs"
            | "hassuffix_cs"
            | "print"
            | "first"
            | "last"
            | "earliest"
            | "latest"
            | "asc"
            | "desc"
            | "of"
            | "to"
            | "set"
            | "kind"
            | "as"
            | "find"
            | "search"
            | "sample"
            | "invoke"
            | "title"
            | "flags"
    )
}
