//! The IR and findings as the case files have them.

use crate::diagnostic::{Diagnostic, Severity};
use crate::frontends::sigma::wildcard::print;
use crate::ir::{AnyText, Case, Expr, LeafKind, Pattern, Regex, Relation, Term, Test};

/// An operand a line, indented.
pub(super) fn expr(expr: &Expr, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let many = |word: &str, operands: &[Expr]| {
        let inner: String = operands
            .iter()
            .map(|operand| self::expr(operand, depth + 1))
            .collect();
        format!("{indent}{word}\n{inner}")
    };
    match expr {
        Expr::Const(value) => format!("{indent}{value}\n"),
        Expr::Not(inner) => many("not", std::slice::from_ref(inner)),
        Expr::All(operands) => many("all", operands),
        Expr::Any(operands) => many("any", operands),
        Expr::Leaf(leaf) => format!("{indent}{}\n", self::leaf(&leaf.kind)),
    }
}

fn leaf(kind: &LeafKind) -> String {
    match kind {
        LeafKind::Is { term, test } => format!("{} {}", self::term(term), self::test(test)),
        LeafKind::Relate {
            relation,
            left,
            right,
        } => {
            let relation = match relation {
                Relation::Compare(comparison, view, case) => {
                    format!("{} {view:?} {case:?}", comparison.sign())
                }
                Relation::StartsWith(case) => format!("starts with {case:?}"),
                Relation::EndsWith(case) => format!("ends with {case:?}"),
                Relation::Contains { case, empty } => format!("contains {case:?} empty={empty}"),
            };
            format!("{} {relation} {}", term(left), term(right))
        }
        LeafKind::Missing(term) => format!("{} missing", self::term(term)),
        LeafKind::Present(path) => format!("{path} present"),
        LeafKind::AnyText(AnyText::Pattern(pattern)) => {
            format!("any text {}", self::pattern(pattern))
        }
        LeafKind::AnyText(AnyText::Regex(regex)) => format!("any text {}", self::regex(regex)),
    }
}

fn term(term: &Term) -> String {
    match term {
        Term::Field(path) => path.to_string(),
        Term::Const(_) | Term::Call(..) | Term::Truth { .. } => format!("{term:?}"),
    }
}

fn test(test: &Test) -> String {
    match test {
        Test::AnyValue => "any value".to_owned(),
        Test::Text(pattern) => self::pattern(pattern),
        Test::Numeral(number) => format!("numeral {number}"),
        Test::Compare(comparison, number) => format!("{} {number}", comparison.sign()),
        Test::Regex(regex) => self::regex(regex),
        Test::Cidr(network) => format!("in {network}"),
        Test::DatePart(part, comparison, number) => {
            format!("{} {} {number}", part.name(), comparison.sign())
        }
        Test::TextOrder(..) | Test::Bool(_) | Test::Version(..) | Test::Instant(..) => {
            format!("{test:?}")
        }
    }
}

fn pattern(pattern: &Pattern) -> String {
    let cased = match pattern.case() {
        Case::Fold => "",
        Case::Exact => "cased ",
    };
    format!(
        "{cased}`{}`",
        print(pattern.pieces()).replace('\n', "\u{240a}")
    )
}

fn regex(regex: &Regex) -> String {
    format!(
        "re {:?} /{}/",
        regex.case,
        regex.rust.as_deref().unwrap_or("none")
    )
}

/// A line a finding: severity, code, the text at its place, message, reason, hint.
pub(super) fn findings(text: &str, found: &[Diagnostic]) -> String {
    let place = |span: crate::Span| {
        let place = text.get(span.start..span.end).unwrap_or("?");
        let place: String = place.replace('\n', "\u{240a}").chars().take(60).collect();
        place
    };
    let line = |finding: &Diagnostic| {
        let severity = match finding.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        let hint = finding
            .hint
            .as_ref()
            .map_or_else(String::new, |hint| format!(" | {hint}"));
        let mut related = String::new();
        for (span, phrase) in &finding.related {
            related.extend(["; [", &place(*span), "]: ", phrase]);
        }
        format!(
            "{severity} {} at [{}]: {} ({}{related}){hint}\n",
            finding.code,
            place(finding.span),
            finding.message,
            finding.reason
        )
    };
    found.iter().map(line).collect()
}
