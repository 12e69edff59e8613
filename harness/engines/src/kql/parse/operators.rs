//! The steps after a pipe. Kusto docs: where-operator, extend-operator, project-operator and their neighbours.

use super::{Parsed, Parser};
use crate::QueryError;
use crate::kql::ast::{Assignment, Name, Operator, Pattern, SortKey};
use crate::kql::lex::TokenKind;
use crate::kql::suggest;

/// The steps that are run.
const SUPPORTED: [&str; 23] = [
    "where",
    "filter",
    "extend",
    "project",
    "project-away",
    "project-keep",
    "project-rename",
    "project-reorder",
    "take",
    "limit",
    "sort",
    "order",
    "top",
    "as",
    "serialize",
    "summarize",
    "distinct",
    "count",
    "mv-expand",
    "join",
    "union",
    "partition",
    "scan",
];

/// Steps of the language that are not run here.
const REFUSED: [&str; 20] = [
    "lookup",
    "mv-apply",
    "parse",
    "parse-where",
    "parse-kv",
    "evaluate",
    "invoke",
    "make-series",
    "sample",
    "sample-distinct",
    "top-hitters",
    "top-nested",
    "reduce",
    "render",
    "search",
    "find",
    "fork",
    "facet",
    "externaldata",
    "getschema",
];

impl Parser {
    /// The step at hand. `as` and `project-reorder` change no row and give none.
    pub(super) fn operator(&mut self) -> Parsed<Option<Operator>> {
        let (word, span) = self.operator_name()?;
        let step = match word.as_str() {
            "where" | "filter" => Operator::Where(self.expression()?),
            "extend" => Operator::Extend(self.assignments()?),
            "project" => Operator::Project(self.assignments()?),
            "project-away" => Operator::ProjectAway(self.patterns()?),
            "project-keep" => Operator::ProjectKeep(self.patterns()?),
            "project-reorder" => {
                self.patterns()?;
                return Ok(None);
            }
            "project-rename" => Operator::ProjectRename(self.renames()?),
            "take" | "limit" => Operator::Take(self.expression()?),
            "sort" | "order" => {
                self.expect_word("by")?;
                Operator::Sort(self.sort_keys()?)
            }
            "top" => {
                let count = self.expression()?;
                self.expect_word("by")?;
                Operator::Top(count, self.sort_key()?)
            }
            "as" => {
                self.name("a name")?;
                return Ok(None);
            }
            "serialize" if self.at_end_of_step() => Operator::Serialize(Vec::new()),
            "serialize" => Operator::Serialize(self.assignments()?),
            "summarize" => Operator::Summarize(self.summarize()?),
            "distinct" => Operator::Distinct(self.distinct()?),
            "count" => Operator::Count,
            "mv-expand" => Operator::Expand(self.expand()?),
            "join" => Operator::Join(Box::new(self.join()?)),
            "union" => Operator::Union(self.union(span)?),
            "partition" => Operator::Partition(Box::new(self.partition()?)),
            "scan" => Operator::Scan(Box::new(self.scan(span)?)),
            other => return Err(refusal(other, span)),
        };
        if self.at_end_of_step() {
            return Ok(Some(step));
        }
        Err(self.expected("`|` or the end of the query"))
    }

    /// Whether the next sign ends a step: a pipe, the end of the text, or of the parentheses around it.
    pub(super) fn at_end_of_step(&self) -> bool {
        matches!(
            self.kind(),
            TokenKind::End | TokenKind::Sign("|" | ";" | ")")
        )
    }

    fn operator_name(&mut self) -> Parsed<(String, std::ops::Range<usize>)> {
        let span = self.span();
        let TokenKind::Word(word) = self.kind() else {
            return Err(self.expected("an operator after `|`"));
        };
        let mut word = word.clone();
        self.at += 1;
        // `project-away` is one word to the vendor: no blanks around the dash.
        while self.is_sign("-") && self.span().start == self.last_end() {
            let TokenKind::Word(part) = self.kind_after(1) else {
                break;
            };
            word = format!("{word}-{part}");
            self.at += 2;
        }
        let end = self.last_end();
        Ok((word, span.start..end))
    }

    pub(super) fn assignments(&mut self) -> Parsed<Vec<Assignment>> {
        let mut list = vec![self.assignment()?];
        while self.eat_sign(",") {
            list.push(self.assignment()?);
        }
        Ok(list)
    }

    pub(super) fn assignment(&mut self) -> Parsed<Assignment> {
        let width = match self.kind() {
            TokenKind::Word(_) => 1,
            TokenKind::Sign("[") => 3,
            _ => 0,
        };
        if width == 0 || !matches!(self.kind_after(width), TokenKind::Sign("=")) {
            let value = self.expression()?;
            return Ok(Assignment { name: None, value });
        }
        let name = self.name("the name of a column")?;
        self.expect_sign("=")?;
        let value = self.expression()?;
        Ok(Assignment {
            name: Some(name),
            value,
        })
    }

    fn patterns(&mut self) -> Parsed<Vec<Pattern>> {
        let mut list = vec![self.pattern()?];
        while self.eat_sign(",") {
            list.push(self.pattern()?);
        }
        Ok(list)
    }

    fn pattern(&mut self) -> Parsed<Pattern> {
        if let Some(Name { text, .. }) = self.bracketed_name() {
            return Ok(Pattern { text, wild: false });
        }
        let mut text = String::new();
        loop {
            if !text.is_empty() && self.span().start != self.last_end() {
                break;
            }
            match self.kind() {
                TokenKind::Sign("*") => text.push('*'),
                TokenKind::Word(word) => text.push_str(word),
                _ => break,
            }
            self.at += 1;
        }
        if text.is_empty() {
            return Err(self.expected("the name of a column"));
        }
        let wild = text.contains('*');
        Ok(Pattern { text, wild })
    }

    fn renames(&mut self) -> Parsed<Vec<(Name, Name)>> {
        let mut list = Vec::new();
        loop {
            let new = self.name("the new name of a column")?;
            self.expect_sign("=")?;
            let old = self.name("the name of a column")?;
            list.push((new, old));
            if !self.eat_sign(",") {
                return Ok(list);
            }
        }
    }

    fn sort_keys(&mut self) -> Parsed<Vec<SortKey>> {
        let mut keys = vec![self.sort_key()?];
        while self.eat_sign(",") {
            keys.push(self.sort_key()?);
        }
        Ok(keys)
    }

    /// Descending unless told; nulls first when ascending, last when descending. Kusto docs: sort-operator.
    fn sort_key(&mut self) -> Parsed<SortKey> {
        let value = self.expression()?;
        let mut ascending = self.eat_word("asc");
        if !ascending && !self.eat_word("desc") {
            ascending = verdict_faults::at("kql/engine/sort-ascends");
        }
        let nulls_first = if self.eat_word("nulls") {
            let first = self.eat_word("first");
            if !first {
                self.expect_word("last")?;
            }
            first
        } else {
            ascending
        };
        Ok(SortKey {
            value,
            ascending,
            nulls_first,
        })
    }
}

fn refusal(word: &str, span: std::ops::Range<usize>) -> QueryError {
    if REFUSED.contains(&word) {
        return QueryError::new(format!("the operator `{word}` is not supported"), span)
            .hint("this engine runs the operators that queries over events are written with");
    }
    suggest::hint(
        QueryError::new(format!("`{word}` is not an operator"), span),
        word,
        SUPPORTED.iter().chain(&REFUSED).copied(),
    )
}
