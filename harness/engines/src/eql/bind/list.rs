//! `in`, `:`, `like` and `regex`: tests against lists of constants.

use super::compare::untyped_read;
use super::value::BoundValue;
use super::{Binder, Type};
use crate::QueryError;
use crate::eql::ast::{CompareOp, Expr, ExprKind, MatchOp, Span};
use crate::eql::lucene;
use crate::eql::pattern::Patterns;
use crate::eql::plan::{Node, Read, Test};
use crate::eql::value::Value;
use std::collections::HashSet;

impl Binder<'_> {
    /// `x in (..)`. Wildcards are literal in both forms. Source: test insensitiveInSingleArgPatternVerbatimMatch.
    pub(super) fn within(
        &mut self,
        subject: &Expr,
        ignore_case: bool,
        items: &[Expr],
    ) -> BoundValue {
        let before = self.errors.len();
        let value = self.value(subject);
        let constants = self.constants(items);
        if ignore_case && !matches!(value.ty, Type::Text | Type::Null | Type::Unknown) {
            let message = format!("`in~` takes strings, this is a {}", value.ty.text());
            self.fault(QueryError::new(message, subject.span.clone()).hint("use `in`"));
        }
        if self.errors.len() > before || value.is_null() {
            return BoundValue::null();
        }
        let test = self.list_test(&value, ignore_case, constants);
        if self.errors.len() > before {
            return BoundValue::null();
        }
        if let (Type::Unknown, Test::AnyOf(_)) = (value.ty, &test) {
            return self.untyped_list(value, test);
        }
        let read = untyped_read(value.ty, &test);
        let node = value.read_as(read);
        BoundValue::folded(Node::Test(Box::new(node), test), Type::Bool)
    }

    /// A list of several kinds over a field without a type: each kind reads the field in its own way.
    fn untyped_list(&mut self, value: BoundValue, test: Test) -> BoundValue {
        let (Test::AnyOf(tests), Node::Field(occurrence, _)) = (test, value.node) else {
            return BoundValue::null();
        };
        let slot = self
            .occurrences
            .get(occurrence)
            .copied()
            .unwrap_or(usize::MAX);
        let parts = tests
            .into_iter()
            .enumerate()
            .map(|(at, test)| {
                let mut own = occurrence;
                if at > 0 {
                    self.occurrences.push(slot);
                    own = self.occurrences.len() - 1;
                }
                Node::Test(
                    Box::new(Node::Field(own, untyped_read(Type::Unknown, &test))),
                    test,
                )
            })
            .collect();
        BoundValue::folded(Node::Or(parts), Type::Bool)
    }

    /// The values of a list with their places, nulls left out: they equal nothing.
    /// Source: the verifier; a list holds no fields.
    fn constants(&mut self, items: &[Expr]) -> Vec<(Span, Value<'static>)> {
        let mut constants = Vec::with_capacity(items.len());
        for item in items {
            let value = self.value(item);
            match value.as_constant() {
                Some(Value::Null) => {}
                Some(constant) => constants.push((item.span.clone(), constant.clone())),
                None => self.fault(QueryError::new(
                    "a list holds constants only",
                    item.span.clone(),
                )),
            }
        }
        constants
    }

    /// One test for a whole list: words and whole numbers are looked up by hash.
    fn list_test(
        &mut self,
        value: &BoundValue,
        ignore_case: bool,
        constants: Vec<(Span, Value<'static>)>,
    ) -> Test {
        let mut words = Vec::new();
        let mut integers = HashSet::new();
        let mut tests = Vec::new();
        for (span, constant) in constants {
            match (value.ty, constant) {
                (Type::Text | Type::Unknown, Value::Text(text)) => words.push(text),
                (Type::Number | Type::Unknown, Value::Number(number)) => match number.as_i64() {
                    Some(whole) => {
                        integers.insert(whole);
                    }
                    None => tests.push(Test::Order(CompareOp::Equal, Value::Number(number))),
                },
                (_, constant) => tests.extend(self.test(&span, value, CompareOp::Equal, constant)),
            }
        }
        if !integers.is_empty() {
            tests.push(Test::Integers(integers));
        }
        if !words.is_empty() || tests.is_empty() {
            let words = words.iter().map(|word| &**word);
            let ignore_case = ignore_case && !verdict_faults::at("eql/engine/in-tilde-keeps-case");
            tests.push(Test::Patterns(
                if verdict_faults::at("eql/engine/in-takes-wildcards") {
                    Patterns::wildcards(words, ignore_case)
                } else {
                    Patterns::words(words, ignore_case)
                },
            ));
        }
        match (tests.len(), tests.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                tests.extend(last);
                Test::AnyOf(tests)
            }
        }
    }

    /// `:`, `like`, `regex`: strings only. Source: test testIncorrectUsageOfStringEquals.
    pub(super) fn matching(
        &mut self,
        expr: &Expr,
        subject: &Expr,
        op: MatchOp,
        patterns: &[Expr],
    ) -> BoundValue {
        let before = self.errors.len();
        let value = self.value(subject);
        if !matches!(value.ty, Type::Text | Type::Null | Type::Unknown) {
            let message = format!(
                "`{}` takes strings, this is a {}",
                op.text(),
                value.ty.text()
            );
            self.fault(QueryError::new(message, subject.span.clone()).hint("use `==` or `in`"));
        }
        let texts = self.pattern_texts(op, patterns);
        let test = match op {
            MatchOp::Colon | MatchOp::LikeFold => Some(Test::Patterns(Patterns::wildcards(
                texts.iter().copied(),
                !verdict_faults::at("eql/engine/colon-keeps-case"),
            ))),
            MatchOp::Like => Some(Test::Patterns(Patterns::wildcards(
                texts.iter().copied(),
                verdict_faults::at("eql/engine/like-ignores-case"),
            ))),
            MatchOp::Regex => self.regex(
                expr,
                &texts,
                verdict_faults::at("eql/engine/regex-ignores-case"),
            ),
            MatchOp::RegexFold => self.regex(
                expr,
                &texts,
                !verdict_faults::at("eql/engine/regex-tilde-keeps-case"),
            ),
        };
        let (Some(test), false) = (test, self.errors.len() > before || value.is_null()) else {
            return BoundValue::null();
        };
        // Null alone equals nothing, and makes the expression null.
        if texts.is_empty() {
            return BoundValue::null();
        }
        let node = value.read_as(Read::Text);
        BoundValue::folded(Node::Test(Box::new(node), test), Type::Bool)
    }

    /// The strings of a list of patterns, nulls left out.
    fn pattern_texts<'x>(&mut self, op: MatchOp, patterns: &'x [Expr]) -> Vec<&'x str> {
        let mut texts = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            match &pattern.kind {
                ExprKind::Text(text) => texts.push(text.as_str()),
                ExprKind::Null => {}
                ExprKind::Bool(_)
                | ExprKind::Number(_)
                | ExprKind::Field(_)
                | ExprKind::Call(_)
                | ExprKind::Not(_)
                | ExprKind::Negate(_)
                | ExprKind::Plus(_)
                | ExprKind::And(_)
                | ExprKind::Or(_)
                | ExprKind::Compare(..)
                | ExprKind::Arithmetic(..)
                | ExprKind::In { .. }
                | ExprKind::Match { .. } => {
                    let message = format!("`{}` matches strings against strings", op.text());
                    self.fault(
                        QueryError::new(message, pattern.span.clone()).hint("use `==` or `in`"),
                    );
                }
            }
        }
        texts
    }

    fn regex(&mut self, expr: &Expr, texts: &[&str], ignore_case: bool) -> Option<Test> {
        match lucene::compile(texts.iter().copied(), ignore_case, self.effort) {
            Ok(expression) => Some(Test::Regex(expression)),
            Err(message) => {
                self.fault(QueryError::new(message, expr.span.clone()));
                None
            }
        }
    }
}
