//! Statements and pipelines. Kusto docs: let-statement, tabular-expression-statements.

use super::{Parsed, Parser, STEPS};
use crate::QueryError;
use crate::kql::ast::{Definition, ExprKind, Let, Name, Operator, Pipeline, Program, Source};
use crate::kql::lex::TokenKind;

impl Parser {
    pub(super) fn program(&mut self) -> Parsed<Option<Program>> {
        let mut lets = Vec::new();
        while self.is_definition() {
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

    /// `let name =`, the name bare or in brackets. Kusto docs: let-statement ("You can escape the name with brackets").
    fn is_definition(&self) -> bool {
        let bracketed = matches!(self.kind_after(1), TokenKind::Sign("["));
        let name = if bracketed { 3 } else { 1 };
        self.is_word("let") && matches!(self.kind_after(1 + name), TokenKind::Sign("="))
    }

    fn refuse_statement(&mut self) -> Parsed<()> {
        let TokenKind::Word(word) = self.kind() else {
            return Ok(());
        };
        let known = matches!(
            word.as_str(),
            "set"
                | "declare"
                | "alias"
                | "restrict"
                | "pattern"
                | "search"
                | "find"
                | "print"
                | "range"
                | "externaldata"
                | "evaluate"
                | "let"
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
                return Err(QueryError::new(
                    "user-defined functions are not supported",
                    self.span(),
                ));
            }
            let value = self.expression()?;
            match value.kind {
                // A bare name may be a table: binding knows.
                ExprKind::Name(ref text) if !self.is_sign(";") || text.is_empty() => {
                    return Err(self.expected("`;`"));
                }
                _ => Some(Definition::Scalar(value)),
            }
        };
        self.expect_sign(";")?;
        Ok(definition.map(|definition| Let { name, definition }))
    }

    fn table_ahead(&self) -> bool {
        match self.kind() {
            TokenKind::Word(word)
                if matches!(word.as_str(), "table" | "materialize" | "datatable") =>
            {
                matches!(self.kind_after(1), TokenKind::Sign("("))
            }
            TokenKind::Word(word) if word == "union" => true,
            TokenKind::Word(_) => matches!(self.kind_after(1), TokenKind::Sign("|")),
            TokenKind::Sign("[") => matches!(self.kind_after(3), TokenKind::Sign("|")),
            TokenKind::Sign("(") => {
                matches!(self.kind_after(1), TokenKind::Word(_))
                    && matches!(self.kind_after(2), TokenKind::Sign("|"))
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
    pub(super) fn pipeline(&mut self) -> Parsed<Option<Pipeline>> {
        // Kusto docs: materialize(): a cache, which changes no result.
        let cached =
            self.is_word("materialize") && matches!(self.kind_after(1), TokenKind::Sign("("));
        self.at += usize::from(cached);
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
                    format!(
                        "the query has more than {STEPS} steps, which the vendor's parser refuses"
                    ),
                    bar,
                ));
            }
        }
        Ok(sound.then_some(Pipeline { source, steps }))
    }

    fn grouped_pipeline(&mut self) -> Parsed<(Source, Vec<Operator>)> {
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
                (Source::Table(nothing), Vec::new())
            },
            |pipeline| (pipeline.source, pipeline.steps),
        ))
    }

    pub(super) fn source(&mut self) -> Parsed<Source> {
        let span = self.span();
        if self.is_word("union") {
            self.at += 1;
            return self.union(span).map(Source::Union);
        }
        if self.is_word("datatable") && matches!(self.kind_after(1), TokenKind::Sign("(")) {
            return self.data();
        }
        self.named_source().map(Source::Table)
    }

    fn named_source(&mut self) -> Parsed<Name> {
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
}
