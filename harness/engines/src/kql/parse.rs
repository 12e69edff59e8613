//! Tokens to tree: statements, pipes and the shared helpers. Faults are collected; reading goes on at the next pipe
//! or semicolon.

mod dynamic;
mod expr;
mod operators;

use super::ast::{Definition, ExprKind, Let, Name, Operator, Pipeline, Program, Span};
use super::lex::{Token, TokenKind, lex};
use super::value::Val;
use crate::QueryError;

/// The deepest syntax tree that the vendor's binder analyses (its diagnostic KS245), measured on its parser: a chain of
/// 492 terms, 491 parentheses and 122 nested `not(` pass, one more of each does not. A binary operator and a
/// parenthesis count 1 each and a call counts [`CALL_DEPTH`].
pub(super) const DEPTH: u32 = 491;
/// See [`DEPTH`].
pub(super) const CALL_DEPTH: u32 = 4;
/// Steps of one pipeline, measured likewise.
const STEPS: usize = 492;
/// A limit of our own on the bytes of a text, far above what any service takes.
pub(super) const MAX_TEXT: usize = 1 << 20;
/// Faults past this many are noise.
const MAX_ERRORS: usize = 50;

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
        self.tokens.get(self.at + ahead).map_or(&END, |token| &token.kind)
    }

    fn span(&self) -> Span {
        let last = || self.tokens.last().map_or(0..0, |token| token.span.clone());
        self.tokens.get(self.at).map_or_else(last, |token| token.span.clone())
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
            TokenKind::Literal(_) | TokenKind::Text(_) | TokenKind::Typed(..) => "a literal".to_owned(),
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

    fn program(&mut self) -> Parsed<Option<Program>> {
        let mut lets = Vec::new();
        while self.is_word("let") && matches!(self.kind_after(2), TokenKind::Sign("=")) {
            match self.definition() {
                Ok(Some(definition)) => lets.push(definition),
                Ok(None) => {}
                Err(error) => self.recover_statement(error),
            }
        }
        self.refuse_statement()?;
        let query = self.pipeline()?;
        while self.eat_sign(";") {}
        if !matches!(self.kind(), TokenKind::End) {
            return Err(self
                .expected("`|` or the end of the query")
                .hint("one query statement is run; definitions before it start with `let`"));
        }
        Ok(query.map(|query| Program { lets, query }))
    }

    fn refuse_statement(&mut self) -> Parsed<()> {
        let TokenKind::Word(word) = self.kind() else {
            return Ok(());
        };
        let known = matches!(
            word.as_str(),
            "set" | "declare" | "alias" | "restrict" | "pattern" | "union" | "search" | "find" | "print" | "range" | "datatable"
                | "externaldata" | "evaluate" | "let"
        );
        if known {
            return Err(QueryError::new(format!("`{word}` is not supported at the start of a statement"), self.span())
                .hint("a query is a table and the steps over it, after scalar or tabular `let` statements"));
        }
        Ok(())
    }

    fn recover_statement(&mut self, error: QueryError) {
        self.errors.push(error);
        while !matches!(self.kind(), TokenKind::End) && !self.eat_sign(";") {
            self.at += 1;
        }
    }

    /// `let name = ...;`. Kusto docs: let-statement.
    fn definition(&mut self) -> Parsed<Option<Let>> {
        self.at += 1;
        let name = self.name("the name of a definition")?;
        self.expect_sign("=")?;
        let table = self.table_ahead();
        let definition = if table {
            self.pipeline()?.map(Definition::Table)
        } else {
            if self.is_function_ahead() {
                return Err(QueryError::new("user-defined functions are not supported", self.span()));
            }
            let value = self.expression()?;
            match value.kind {
                // A bare name may be a table: binding knows.
                ExprKind::Name(ref text) if !self.is_sign(";") || text.is_empty() => return Err(self.expected("`;`")),
                _ => Some(Definition::Scalar(value)),
            }
        };
        self.expect_sign(";")?;
        Ok(definition.map(|definition| Let { name, definition }))
    }

    fn table_ahead(&self) -> bool {
        match self.kind() {
            TokenKind::Word(word) if word == "table" => matches!(self.kind_after(1), TokenKind::Sign("(")),
            TokenKind::Word(_) => matches!(self.kind_after(1), TokenKind::Sign("|")),
            TokenKind::Sign("[") => matches!(self.kind_after(3), TokenKind::Sign("|")),
            TokenKind::Sign("(") => {
                matches!(self.kind_after(1), TokenKind::Word(_)) && matches!(self.kind_after(2), TokenKind::Sign("|"))
            }
            _ => false,
        }
    }

    fn is_function_ahead(&self) -> bool {
        let view = self.is_word("view") && matches!(self.kind_after(1), TokenKind::Sign("("));
        let empty = self.is_sign("(") && matches!(self.kind_after(1), TokenKind::Sign(")"));
        let typed = self.is_sign("(")
            && matches!(self.kind_after(1), TokenKind::Word(_))
            && matches!(self.kind_after(2), TokenKind::Sign(":"));
        view || empty || typed
    }

    /// A source and its steps. None if faults were recorded on the way.
    fn pipeline(&mut self) -> Parsed<Option<Pipeline>> {
        let grouped = self.is_sign("(");
        let (source, mut steps) = if grouped {
            self.grouped_pipeline()?
        } else {
            (self.source()?, Vec::new())
        };
        let mut sound = true;
        while self.is_sign("|") {
            let bar = self.span();
            self.at += 1;
            match self.operator() {
                Ok(operators) => steps.extend(operators),
                Err(error) => {
                    sound = false;
                    self.errors.push(error);
                    self.skip_step();
                }
            }
            if steps.len() > STEPS {
                return Err(QueryError::new(
                    format!("the query has more than {STEPS} steps, which the vendor's parser refuses"),
                    bar,
                ));
            }
        }
        Ok(sound.then_some(Pipeline { source, steps }))
    }

    fn grouped_pipeline(&mut self) -> Parsed<(Name, Vec<Operator>)> {
        self.enter(1)?;
        self.expect_sign("(")?;
        let inner = self.pipeline()?;
        self.expect_sign(")")?;
        self.leave(1);
        Ok(inner.map_or_else(
            || {
                let nothing = Name {
                    text: String::new(),
                    span: 0..0,
                };
                (nothing, Vec::new())
            },
            |pipeline| (pipeline.source, pipeline.steps),
        ))
    }

    fn source(&mut self) -> Parsed<Name> {
        if self.is_word("table") && matches!(self.kind_after(1), TokenKind::Sign("(")) {
            let start = self.span().start;
            self.at += 2;
            let TokenKind::Text(text) = self.kind() else {
                return Err(self.expected("the name of a table, as a string literal"));
            };
            let text = text.clone();
            self.at += 1;
            self.expect_sign(")")?;
            return Ok(Name {
                text,
                span: start..self.last_end(),
            });
        }
        let name = self.name("the name of a table")?;
        if self.is_sign("(") {
            return Err(QueryError::new(
                format!("`{}(...)` as a source is not supported", name.text),
                name.span,
            )
            .hint("name a table; every table reads all events"));
        }
        Ok(name)
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
fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "and" | "or" | "by" | "in" | "has" | "contains" | "startswith" | "endswith" | "between" | "where" | "extend" | "project"
            | "summarize" | "join" | "union" | "let" | "matches" | "has_any" | "has_all" | "hasprefix" | "hassuffix" | "has_cs"
            | "contains_cs" | "startswith_cs" | "endswith_cs" | "hasprefix_cs" | "hassuffix_cs" | "print"
    )
}
