//! Steps that make other tables. Kusto docs: summarize-operator, join-operator, union-operator and their neighbours.

use super::{Parsed, Parser};
use crate::QueryError;
use crate::kql::ast::{
    Aggregation, Assignment, Expand, Expanded, Expr, Join, JoinKind, Name, Partition, Pipeline,
    Source, Span, Summarize, Union,
};
use crate::kql::lex::TokenKind;
use crate::kql::value::Type;

impl Parser {
    /// `hint.strategy=native` and its kin; the value of `hint.strategy`. Hints change no result.
    pub(super) fn hints(&mut self) -> Parsed<Option<String>> {
        let mut strategy = None;
        while self.is_word("hint") && matches!(self.kind_after(1), TokenKind::Sign(".")) {
            self.at += 2;
            let name = self.name("the name of a hint")?;
            self.expect_sign("=")?;
            let value = match self.kind() {
                TokenKind::Word(word) => word.clone(),
                TokenKind::Literal(_) => String::new(),
                _ => return Err(self.expected("the value of a hint")),
            };
            self.at += 1;
            if name.text == "strategy" {
                strategy = Some(value);
            }
        }
        Ok(strategy)
    }

    /// `word = value`, if it stands here: the value, a word.
    fn option(&mut self, word: &str) -> Parsed<Option<Name>> {
        if !self.is_word(word) || !matches!(self.kind_after(1), TokenKind::Sign("=")) {
            return Ok(None);
        }
        self.at += 2;
        self.name("a value").map(Some)
    }

    pub(super) fn summarize(&mut self) -> Parsed<Summarize> {
        self.hints()?;
        let mut aggregates = Vec::new();
        if !self.is_word("by") && !self.at_end_of_step() {
            aggregates.push(self.aggregation()?);
            while self.eat_sign(",") {
                aggregates.push(self.aggregation()?);
            }
        }
        let by = if self.eat_word("by") {
            self.assignments()?
        } else {
            Vec::new()
        };
        if aggregates.is_empty() && by.is_empty() {
            return Err(self.expected("an aggregate or `by`"));
        }
        Ok(Summarize { aggregates, by })
    }

    fn aggregation(&mut self) -> Parsed<Aggregation> {
        if let Some(names) = self.tuple() {
            let value = self.expression()?;
            return Ok(Aggregation { names, value });
        }
        let Assignment { name, value } = self.assignment()?;
        Ok(Aggregation {
            names: name.into_iter().collect(),
            value,
        })
    }

    /// `(a, b) =`; nothing is taken if it does not stand here.
    fn tuple(&mut self) -> Option<Vec<Name>> {
        let start = self.at;
        let names = self.tuple_names();
        if names.is_none() {
            self.at = start;
        }
        names
    }

    fn tuple_names(&mut self) -> Option<Vec<Name>> {
        if !self.eat_sign("(") {
            return None;
        }
        let mut names = vec![self.name("a name").ok()?];
        while self.eat_sign(",") {
            names.push(self.name("a name").ok()?);
        }
        (self.eat_sign(")") && self.eat_sign("=")).then_some(names)
    }

    pub(super) fn distinct(&mut self) -> Parsed<Option<Vec<Assignment>>> {
        self.hints()?;
        if self.eat_sign("*") {
            return Ok(None);
        }
        self.assignments().map(Some)
    }

    pub(super) fn expand(&mut self) -> Parsed<Expand> {
        let (mut pairs, mut index) = (false, None);
        loop {
            let kind = match self.option("kind")? {
                Some(kind) => Some(kind),
                None => self.option("bagexpansion")?,
            };
            if let Some(kind) = kind {
                pairs = kind.text == "array";
            } else if let Some(name) = self.option("with_itemindex")? {
                index = Some(name);
            } else {
                break;
            }
        }
        let mut columns = vec![self.expanded()?];
        while self.eat_sign(",") {
            columns.push(self.expanded()?);
        }
        let limit = if self.eat_word("limit") {
            Some(self.expression()?)
        } else {
            None
        };
        Ok(Expand {
            columns,
            index,
            pairs,
            limit,
        })
    }

    fn expanded(&mut self) -> Parsed<Expanded> {
        let value = self.assignment()?;
        let kind = if self.eat_word("to") {
            self.expect_word("typeof")?;
            self.expect_sign("(")?;
            let kind = self.type_name()?;
            self.expect_sign(")")?;
            Some(kind)
        } else {
            None
        };
        Ok(Expanded { value, kind })
    }

    /// The name of a type. Kusto docs: scalar-data-types.
    pub(super) fn type_name(&mut self) -> Parsed<Type> {
        let kind = match self.kind() {
            TokenKind::Word(word) => match word.as_str() {
                "string" => Some(Type::Text),
                "dynamic" => Some(Type::Dynamic),
                other => crate::kql::literal::literal_type(other),
            },
            _ => None,
        };
        let Some(kind) = kind else {
            return Err(self.expected("the name of a type"));
        };
        self.at += 1;
        Ok(kind)
    }

    pub(super) fn join(&mut self) -> Parsed<Join> {
        let mut kind = JoinKind::InnerUnique;
        loop {
            let before = self.at;
            self.hints()?;
            if let Some(name) = self.option("kind")? {
                kind = join_kind(&name)?;
            }
            if self.at == before {
                break;
            }
        }
        let right = self.table()?;
        self.expect_word("on")?;
        let mut on = vec![self.expression()?];
        while self.eat_sign(",") {
            on.push(self.expression()?);
        }
        Ok(Join { kind, right, on })
    }

    /// A table by its name, or a pipeline in parentheses.
    fn table(&mut self) -> Parsed<Pipeline> {
        self.enter(1)?;
        let table = if self.is_sign("(") {
            self.at += 1;
            let inner = self.pipeline()?;
            self.expect_sign(")")?;
            inner.ok_or_else(|| self.expected("a sound table"))
        } else {
            let source = self.source()?;
            Ok(Pipeline {
                source,
                steps: Vec::new(),
            })
        };
        self.leave(1);
        table
    }

    pub(super) fn union(&mut self, span: Span) -> Parsed<Union> {
        let (mut inner, mut source) = (false, None);
        loop {
            let before = self.at;
            self.hints()?;
            if let Some(kind) = self.option("kind")? {
                inner = match kind.text.as_str() {
                    "inner" => true,
                    "outer" => false,
                    _ => {
                        let message = "the kind of a union is `inner` or `outer`";
                        return Err(QueryError::new(message, kind.span));
                    }
                };
            }
            if let Some(name) = self.option("withsource")? {
                source = Some(name);
            }
            self.option("isfuzzy")?;
            if self.at == before {
                break;
            }
        }
        let mut tables = vec![self.table()?];
        while self.eat_sign(",") {
            tables.push(self.table()?);
        }
        Ok(Union {
            inner,
            source,
            tables,
            span,
        })
    }

    pub(super) fn partition(&mut self) -> Parsed<Partition> {
        let strategy = self.hints()?;
        let legacy = match strategy.as_deref() {
            None | Some("legacy") => true,
            Some("native" | "shuffle") => false,
            Some(_) => return Err(self.expected("the strategy native, shuffle or legacy")),
        };
        self.expect_word("by")?;
        let by = self.name("the name of a column")?;
        self.hints()?;
        if self.is_sign("{") {
            let error = QueryError::new(
                "a partition with a source of its own is not supported",
                self.span(),
            );
            return Err(error.hint("put the steps in parentheses"));
        }
        self.expect_sign("(")?;
        self.enter(1)?;
        let mut steps = Vec::new();
        loop {
            steps.extend(self.operator()?);
            if !self.eat_sign("|") {
                break;
            }
        }
        self.leave(1);
        self.expect_sign(")")?;
        Ok(Partition { legacy, by, steps })
    }

    /// `datatable (name: type, ...) [value, ...]`. Kusto docs: datatable-operator.
    pub(super) fn data(&mut self) -> Parsed<Source> {
        let start = self.span().start;
        self.at += 1;
        self.expect_sign("(")?;
        let mut columns = Vec::new();
        loop {
            let name = self.name("the name of a column")?;
            self.expect_sign(":")?;
            columns.push((name, self.type_name()?));
            if !self.eat_sign(",") {
                break;
            }
        }
        self.expect_sign(")")?;
        self.expect_sign("[")?;
        let mut values: Vec<Expr> = Vec::new();
        while !self.is_sign("]") {
            values.push(self.expression()?);
            if !self.eat_sign(",") {
                break;
            }
        }
        self.expect_sign("]")?;
        let span = start..self.last_end();
        Ok(Source::Data {
            columns,
            values,
            span,
        })
    }
}

fn join_kind(name: &Name) -> Parsed<JoinKind> {
    Ok(match name.text.as_str() {
        "innerunique" => JoinKind::InnerUnique,
        "inner" => JoinKind::Inner,
        "leftouter" => JoinKind::LeftOuter,
        "leftanti" | "anti" | "leftantisemi" => JoinKind::LeftAnti,
        "leftsemi" => JoinKind::LeftSemi,
        other => {
            let message = format!("a join of kind `{other}` is not supported");
            return Err(QueryError::new(message, name.span.clone())
                .hint("innerunique, inner, leftouter, leftanti and leftsemi are run"));
        }
    })
}
