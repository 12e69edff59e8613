//! Tests of text.
//!
//! Nothing escapes `*` and `?` in a pattern. A literal one is said by an operator without wildcards (`==`, `in~`), by a function (`startsWith`,
//! `endsWith`, `stringContains`), or by a regular expression.

use crate::caps::Limit;
use crate::eql::regex;
use crate::eql::tree::{How, Operand, Tree};
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Case, Pattern, Piece, Regex};

/// The subject's text matches the pattern.
pub(crate) fn pattern(subject: Operand, pattern: &Pattern) -> Result<Tree, Limit> {
    // No string of EQL holds the character zero; an expression can do without.
    let holds_zero = pattern.pieces().iter().any(|piece| match piece {
        Piece::Literal(text) => text.contains('\0'),
        Piece::AnyRun | Piece::AnyChar => false,
    });
    if holds_zero {
        let expression = Operand::Expression(regex::of_pattern(pattern)?);
        return Ok(Tree::matches(
            subject,
            How::Regex(pattern.case()),
            expression,
        ));
    }
    let case = match pattern.case() {
        _ if verdict_faults::at("eql/text/case-minded") => Case::Exact,
        _ if verdict_faults::at("eql/text/case-ignored") => Case::Fold,
        case => case,
    };
    let starred = pattern.pieces().iter().any(|piece| match piece {
        Piece::Literal(text) => {
            (text.contains('*') && !verdict_faults::at("eql/text/star-taken-literally"))
                || (text.contains('?')
                    && !verdict_faults::at("eql/text/question-mark-taken-literally"))
        }
        Piece::AnyRun | Piece::AnyChar => false,
    });
    let text = |text: &str| Operand::Text(text.to_owned());
    let said = match pattern.shape() {
        Shape::Equals(wanted) => {
            let how = match case {
                Case::Exact => How::Equal,
                Case::Fold if starred => How::EqualFold,
                Case::Fold => How::Wildcard,
            };
            Tree::matches(subject, how, text(wanted))
        }
        shape if starred => {
            let (function, part) = match shape {
                Shape::StartsWith(part) if verdict_faults::at("eql/text/start-anywhere") => {
                    ("stringContains", part)
                }
                Shape::EndsWith(part) if verdict_faults::at("eql/text/end-anywhere") => {
                    ("stringContains", part)
                }
                Shape::Contains(part) if verdict_faults::at("eql/text/inside-at-start") => {
                    ("startsWith", part)
                }
                Shape::StartsWith(part) => ("startsWith", part),
                Shape::EndsWith(part) => ("endsWith", part),
                Shape::Contains(part) => ("stringContains", part),
                Shape::Anything | Shape::Equals(_) | Shape::General(_) => {
                    let expression = regex::of_pattern(pattern)?;
                    return Ok(Tree::matches(
                        subject,
                        How::Regex(case),
                        Operand::Expression(expression),
                    ));
                }
            };
            Tree::Call(function_name(function, case), vec![subject, text(part)])
        }
        Shape::Anything
        | Shape::StartsWith(_)
        | Shape::EndsWith(_)
        | Shape::Contains(_)
        | Shape::General(_) => {
            let how = match case {
                Case::Exact if verdict_faults::at("eql/text/equality-of-a-pattern") => How::Equal,
                Case::Exact => How::Like,
                Case::Fold => How::Wildcard,
            };
            Tree::matches(subject, how, Operand::Text(glob(pattern)))
        }
    };
    Ok(said)
}

/// A function's name in the form that heeds or ignores case.
pub(crate) fn function_name(name: &str, case: Case) -> String {
    match case {
        Case::Exact => name.to_owned(),
        Case::Fold if verdict_faults::at("eql/text/function-without-tilde") => name.to_owned(),
        Case::Fold => format!("{name}~"),
    }
}

/// The pattern as EQL writes it; its literals hold no wildcards.
fn glob(pattern: &Pattern) -> String {
    let pieces = pattern.pieces().iter().map(|piece| match piece {
        Piece::Literal(text) => text.as_str(),
        Piece::AnyRun => "*",
        Piece::AnyChar if verdict_faults::at("eql/text/one-as-run") => "*",
        Piece::AnyChar => "?",
    });
    let mut written: String = pieces.collect();
    if verdict_faults::at("eql/text/leading-wildcard-added") {
        written.insert(0, '*');
    }
    if verdict_faults::at("eql/text/trailing-wildcard-added") {
        written.push('*');
    }
    if verdict_faults::at("eql/text/leading-wildcard-lost") && written.starts_with('*') {
        written.remove(0);
    }
    if verdict_faults::at("eql/text/trailing-wildcard-lost") && written.ends_with('*') {
        written.pop();
    }
    written
}

/// The expression is found in the subject's text.
pub(crate) fn search(subject: Operand, expression: &Regex) -> Result<Tree, Limit> {
    let (written, case) = regex::of_expression(expression)?;
    Ok(Tree::matches(
        subject,
        How::Regex(case),
        Operand::Expression(written),
    ))
}
