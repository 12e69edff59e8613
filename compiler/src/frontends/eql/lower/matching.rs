//! `:`, `like` and `regex`.

use super::Lowering;
use super::cond::Cond;
use super::value::{Kind, Typed, Value};
use crate::codes::eql as codes;
use crate::diagnostic::Diagnostic;
use crate::frontends::eql::ast::{self, ExprKind, Match, MatchKind};
use crate::ir::pattern::Shape;
use crate::ir::{Case, Expr, LeafKind, Pattern, Piece, Regex, Scalar, Test};
use crate::span::{Span, Text};

impl Lowering<'_, '_> {
    pub(super) fn matched(&mut self, matched: &Match, span: Span) -> Cond {
        let value = self.value(&matched.value);
        let case = if matched.insensitive {
            Case::Fold
        } else {
            Case::Exact
        };
        let mut tests = Vec::new();
        for item in &matched.patterns {
            let test = self.pattern(matched.kind, case, item);
            tests.extend(test.map(|test| (test, item.span)));
        }
        if value.is_invalid() {
            return Cond::never();
        }
        if !value.is_null() && value.kind != Kind::Text {
            self.not_text(&value, matched.operator);
            return Cond::never();
        }
        if value.is_null() || tests.is_empty() {
            return Cond::null();
        }
        let single = matched.patterns.len() == 1;
        match value.value {
            Value::Const(Scalar::Text(text)) => Cond::Known(Expr::Const(
                tests.iter().any(|(test, _)| satisfies(test, &text)),
            )),
            Value::Term(term) => {
                let leaves = tests.into_iter().map(|(test, place)| {
                    let term = term.clone();
                    Expr::leaf(
                        LeafKind::Is { term, test },
                        if single { span } else { place },
                    )
                });
                let yes = Expr::any(leaves.collect::<Vec<_>>());
                Cond::over(&[&term], yes, None, span)
            }
            Value::Null | Value::Const(_) | Value::Cond(_) | Value::Invalid => Cond::never(),
        }
    }

    /// The test that one pattern is; None if it was reported or is null.
    fn pattern(&mut self, kind: MatchKind, case: Case, item: &ast::Expr) -> Option<Test> {
        let ExprKind::Text(text) = &item.kind else {
            return self.folded_pattern(kind, case, item);
        };
        self.text_pattern(kind, case, text, item.span)
    }

    /// A pattern that is no literal: null, or an expression over constants.
    fn folded_pattern(&mut self, kind: MatchKind, case: Case, item: &ast::Expr) -> Option<Test> {
        match item.kind {
            // Reported by the parser.
            ExprKind::Field(_) | ExprKind::Call(_) | ExprKind::Invalid => return None,
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Compare(..)
            | ExprKind::Arithmetic(..)
            | ExprKind::Negate(_)
            | ExprKind::In(_)
            | ExprKind::Match(_) => {}
        }
        let value = self.value(item);
        match value.value {
            Value::Const(Scalar::Text(text)) => {
                let text = Text::anchored(text, item.span, Vec::new());
                self.text_pattern(kind, case, &text, item.span)
            }
            Value::Null => {
                self.null_in_list(item.span);
                None
            }
            Value::Invalid => None,
            Value::Const(_) | Value::Term(_) | Value::Cond(_) => {
                self.error(
                    codes::NOT_TEXT,
                    item.span,
                    format!("{} is no pattern", value.kind.describe()),
                    "not text",
                    "put the pattern between double quotes",
                );
                None
            }
        }
    }

    fn text_pattern(
        &mut self,
        kind: MatchKind,
        case: Case,
        text: &Text,
        span: Span,
    ) -> Option<Test> {
        match kind {
            MatchKind::Wildcard => Some(pattern_test(wildcards(&text.text, case))),
            MatchKind::Regex => match Regex::lucene(&text.text, case) {
                Ok(regex) => Some(match regex.literal() {
                    Some(literal) => Test::Text(Pattern::literal(literal, case)),
                    None => Test::Regex(regex),
                }),
                Err(error) => {
                    let place = text.locate(error.start, error.end);
                    let place = if place == Span::new(span.start, span.start) {
                        span
                    } else {
                        place
                    };
                    let hint = if dash_last(&text.text, error.start) {
                        "a dash at the end of a set begins a range; put it first"
                    } else {
                        "`~ & @ # < > \" . ? * + { } [ ] ( ) |` are operators; a backslash makes them literal"
                    };
                    self.findings.push(
                        Diagnostic::error(
                            codes::REGEX,
                            place,
                            "malformed regular expression",
                            error.message,
                        )
                        .hint(hint),
                    );
                    None
                }
            },
        }
    }

    pub(super) fn not_text(&mut self, value: &Typed, span: Span) {
        self.error(
            codes::NOT_TEXT,
            span,
            format!("a pattern on {}", value.kind.describe()),
            "only text has patterns",
            match value.kind {
                Kind::Ip => "use `==` for one address and `cidrMatch` for a network",
                Kind::Null
                | Kind::Bool
                | Kind::Long
                | Kind::Double
                | Kind::Text
                | Kind::Date
                | Kind::Version => "use `==` or `in`, or make text of it with `string(...)`",
            },
        );
    }
}

/// The pattern of a text with wildcards. Nothing escapes them.
fn wildcards(text: &str, case: Case) -> Pattern {
    let mut pieces = Vec::new();
    for part in text.split_inclusive(['*', '?']) {
        let (literal, wildcard) = match part.strip_suffix('*') {
            Some(literal) => (literal, Some(Piece::AnyRun)),
            None => match part.strip_suffix('?') {
                Some(literal) => (literal, Some(Piece::AnyChar)),
                None => (part, None),
            },
        };
        pieces.push(Piece::Literal(literal.to_owned()));
        pieces.extend(wildcard);
    }
    Pattern::new(pieces, case)
}

/// The test that a pattern is: any value at all where it says no more.
pub(super) fn pattern_test(pattern: Pattern) -> Test {
    if pattern.shape() == Shape::Anything {
        Test::AnyValue
    } else {
        Test::Text(pattern)
    }
}

/// Whether a constant satisfies the test that a pattern became.
fn satisfies(test: &Test, value: &str) -> bool {
    match test {
        Test::AnyValue => true,
        Test::Text(pattern) => pattern.matches(value),
        Test::Regex(regex) => regex.matches(value),
        Test::Numeral(_)
        | Test::Compare(..)
        | Test::TextOrder(..)
        | Test::Bool(_)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => false,
    }
}

/// Whether the set in which an expression is malformed has a dash before its bracket, as in `[+-]`, which is a range up to `]`.
fn dash_last(source: &str, at: usize) -> bool {
    let (before, behind) = (source.get(..at), source.get(at..));
    let opened = behind.unwrap_or_default().starts_with('[');
    let start = if opened {
        Some(at)
    } else {
        before.and_then(|before| before.rfind('['))
    };
    let set = start
        .and_then(|start| source.get(start..))
        .unwrap_or_default();
    let end = set
        .find(']')
        .and_then(|end| set.get(..end))
        .unwrap_or_default();
    end.len() > 2 && end.ends_with('-') && !end.ends_with("\\-")
}
