//! `LIKE` and `RLIKE`.

use super::compare::{changed_case, matches_case};
use super::{Binder, Outcome, folded};
use crate::QueryError;
use crate::esql::ast::{Name, PatternKind, Span};
use crate::esql::functions::Version;
use crate::esql::lucene::TextTest;
use crate::esql::node::{Node, Typed};
use crate::esql::value::{Scalar, Type, Val};

impl Binder<'_> {
    pub(super) fn like(
        &mut self,
        kind: PatternKind,
        value: Typed,
        list: bool,
        patterns: &[Name],
        span: &Span,
    ) -> Outcome<Node> {
        self.check_list(kind, list, span)?;
        // Source: `RegexMatch`: "argument of [...] must be [string]".
        if !value.kind.is_string() && value.kind != Type::Null {
            let message = format!(
                "argument of [{}] must be [string], found type [{}]",
                operator(kind),
                value.kind.name()
            );
            return self.fail(message, span);
        }
        // One pattern in parentheses is a pattern. Source: `ExpressionBuilder.visitLikeListExpression`.
        if let [only] = patterns {
            return self.one_pattern(kind, value.node, only);
        }
        let texts: Vec<&str> = patterns
            .iter()
            .map(|pattern| pattern.text.as_str())
            .collect();
        let test = match kind {
            PatternKind::Like => TextTest::like_any(&texts),
            PatternKind::Rlike => TextTest::rlike_any(&texts),
        };
        match test {
            Ok(test) => Ok(tested(test, value.node)),
            Err(why) => {
                let message = format!("invalid patterns for {}: {why}", operator(kind));
                self.fail(message, span)
            }
        }
    }

    /// Source: docs, `LIKE` and `RLIKE` operators, the versions of their list forms.
    fn check_list(&mut self, kind: PatternKind, list: bool, span: &Span) -> Outcome<()> {
        let version = self.version;
        let known = match kind {
            PatternKind::Like => {
                version >= Version::new(9, 1) || (version.major == 8 && version.minor >= 19)
            }
            PatternKind::Rlike => version >= Version::new(9, 2),
        };
        if !list || known {
            return Ok(());
        }
        let message = format!(
            "a list of patterns for {} is not known to version {}.{}",
            operator(kind),
            version.major,
            version.minor
        );
        self.fail(message, span)
    }

    /// A single pattern over `TO_LOWER` or `TO_UPPER` is matched without case; one in the other case is false, whatever the value.
    /// Source: `ReplaceStringCasingWithInsensitiveRegexMatch`.
    fn one_pattern(&mut self, kind: PatternKind, value: Node, pattern: &Name) -> Outcome<Node> {
        let changed = changed_case(&value).map(|(every, field)| (every, field.clone()));
        let (ignore_case, field) = match changed {
            Some((every, field)) => {
                if !matches_case(every, &pattern.text) {
                    // A pattern that is none is refused all the same.
                    self.prepare(kind, &pattern.text, true, &pattern.span)?;
                    return Ok(Node::Const(Val::One(Scalar::Bool(false))));
                }
                (true, field)
            }
            None => (false, value),
        };
        let test = self.prepare(kind, &pattern.text, ignore_case, &pattern.span)?;
        Ok(tested(test, field))
    }

    pub(super) fn prepare(
        &mut self,
        kind: PatternKind,
        pattern: &str,
        ignore_case: bool,
        span: &Span,
    ) -> Outcome<TextTest> {
        let test = match kind {
            PatternKind::Like => TextTest::like(pattern, ignore_case),
            PatternKind::Rlike => TextTest::rlike(pattern, ignore_case),
        };
        test.map_err(|why| {
            let message = format!("invalid pattern for {} [{pattern}]: {why}", operator(kind));
            self.error(QueryError::new(message, span.clone()))
        })
    }
}

fn operator(kind: PatternKind) -> &'static str {
    match kind {
        PatternKind::Like => "LIKE",
        PatternKind::Rlike => "RLIKE",
    }
}

/// A pattern that takes every text only asks whether there is a value, which is so of several, too.
/// Source: `ReplaceRegexMatch`; where-like.csv-spec, "notLikeListAllWildcard".
fn tested(test: TextTest, value: Node) -> Node {
    if test.is_all() {
        return Node::IsNull {
            negated: true,
            value: Box::new(value),
        };
    }
    folded(Node::Text(Box::new(test), Box::new(value)))
}
