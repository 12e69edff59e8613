//! Regular expressions in Kusto's syntax, which is that of Rust's `regex`.

use crate::caps::Limit;
use regex_syntax::ast::{self, Ast, GroupKind};
use std::fmt::Write as _;
use verdict_compiler::codes::target::KQL_REGEX;
use verdict_compiler::ir::{Case, Pattern, Piece, Regex};

/// The most capture groups that `matches regex` takes.
const MOST_GROUPS: usize = 16;

/// A pattern over a whole text as an expression to search.
pub(crate) fn of_pattern(pattern: &Pattern) -> String {
    written(pattern, &Wildcards::PLAIN)
}

/// A pattern over one value of a joined list as an expression to search in the joined text.
pub(crate) fn of_joined_pattern(pattern: &Pattern) -> String {
    if verdict_faults::at("kql/regex/joined-over-several-values") {
        return written(pattern, &Wildcards::PLAIN);
    }
    written(pattern, &Wildcards::JOINED)
}

/// How wildcards and the two ends are written.
struct Wildcards {
    any_char: &'static str,
    start: &'static str,
    end: &'static str,
    /// Whether `.` must match newlines.
    dot: bool,
}

impl Wildcards {
    const PLAIN: Self = Self {
        any_char: ".",
        start: "^",
        end: "$",
        dot: true,
    };
    const JOINED: Self = Self {
        any_char: r"[^\x1f]",
        start: r"\x1f",
        end: r"\x1f",
        dot: false,
    };
}

fn written(pattern: &Pattern, wildcards: &Wildcards) -> String {
    let pieces = pattern.pieces();
    let open_start = pieces.first() == Some(&Piece::AnyRun);
    let open_end = pieces.last() == Some(&Piece::AnyRun) && pieces.len() > 1;
    let inner = pieces
        .iter()
        .skip(usize::from(open_start))
        .take(pieces.len() - usize::from(open_start) - usize::from(open_end));
    let mut body = String::new();
    let (mut letters, mut dots) = (false, false);
    for piece in inner {
        match piece {
            Piece::Literal(text) => {
                letters |= text.contains(char::is_alphabetic);
                escape(text, &mut body);
            }
            Piece::AnyRun => {
                dots = true;
                body.push_str(wildcards.any_char);
                body.push(if verdict_faults::at("kql/regex/run-not-empty") {
                    '+'
                } else {
                    '*'
                });
            }
            Piece::AnyChar => {
                dots = true;
                body.push_str(wildcards.any_char);
                if verdict_faults::at("kql/regex/one-as-run") {
                    body.push('*');
                }
            }
        }
    }
    let flags = match (
        letters && pattern.case() == Case::Fold && !verdict_faults::at("kql/regex/case-flag-lost"),
        dots && wildcards.dot && !verdict_faults::at("kql/regex/dot-flag-lost"),
    ) {
        (true, true) => "(?is)",
        (true, false) => "(?i)",
        (false, true) => "(?s)",
        (false, false) => "",
    };
    let open_start = open_start || verdict_faults::at("kql/regex/start-anchor-lost");
    let open_end = open_end || verdict_faults::at("kql/regex/end-anchor-lost");
    let start = if open_start { "" } else { wildcards.start };
    let end = if open_end { "" } else { wildcards.end };
    format!("{flags}{start}{body}{end}")
}

/// A literal inside an expression. Controls are escaped here, so that the query's own literal stays verbatim.
fn escape(text: &str, into: &mut String) {
    for c in text.chars() {
        if verdict_faults::at("kql/regex/meta-not-escaped") {
            into.push(c);
        } else if crate::header::is_hidden(c) {
            // Writing to a string does not fail.
            let _ = write!(into, "\\x{{{:x}}}", u32::from(c));
        } else if regex_syntax::is_meta_character(c) {
            into.push('\\');
            into.push(c);
        } else {
            into.push(c);
        }
    }
}

/// A rule's expression as Kusto takes it.
pub(crate) fn of_expression(expression: &Regex) -> Result<String, Limit> {
    let Some(pattern) = &expression.rust else {
        return Err(Limit::new(
            KQL_REGEX,
            format!(
                "`{}` has no equal in Kusto's regular expressions",
                expression.source
            ),
        ));
    };
    if verdict_faults::at("kql/regex/rule-text-unchanged") {
        return Ok(expression.source.clone());
    }
    if verdict_faults::at("kql/regex/whole-text") {
        return Ok(format!("^(?:{pattern})$"));
    }
    let groups = compiled(pattern)?.captures_len().saturating_sub(1);
    if groups <= MOST_GROUPS || verdict_faults::at("kql/regex/too-many-groups") {
        return Ok(pattern.clone());
    }
    let mut parsed = ast::parse::Parser::new()
        .parse(pattern)
        .map_err(|error| rejected(pattern, &error.kind().to_string()))?;
    uncapture(&mut parsed);
    let mut printed = String::new();
    ast::print::Printer::new()
        .print(&parsed, &mut printed)
        .map_err(|_| rejected(pattern, "it cannot be printed"))?;
    compiled(&printed).map(|_| printed)
}

/// The expression as Rust's `regex` compiles it, which is what Kusto runs.
pub(crate) fn compiled(pattern: &str) -> Result<regex::Regex, Limit> {
    regex::Regex::new(pattern).map_err(|error| {
        let reason = error.to_string();
        let last = reason
            .lines()
            .last()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        rejected(pattern, last)
    })
}

fn rejected(pattern: &str, why: &str) -> Limit {
    Limit::new(KQL_REGEX, format!("Kusto rejects `{pattern}`: {why}"))
}

/// Makes every capture group a plain one.
fn uncapture(ast: &mut Ast) {
    match ast {
        Ast::Group(group) => {
            if matches!(
                group.kind,
                GroupKind::CaptureIndex(_) | GroupKind::CaptureName { .. }
            ) {
                group.kind = GroupKind::NonCapturing(ast::Flags {
                    span: group.span,
                    items: Vec::new(),
                });
            }
            uncapture(&mut group.ast);
        }
        Ast::Repetition(repetition) => uncapture(&mut repetition.ast),
        Ast::Alternation(alternation) => alternation.asts.iter_mut().for_each(uncapture),
        Ast::Concat(concat) => concat.asts.iter_mut().for_each(uncapture),
        Ast::Empty(_)
        | Ast::Flags(_)
        | Ast::Literal(_)
        | Ast::Dot(_)
        | Ast::Assertion(_)
        | Ast::ClassUnicode(_)
        | Ast::ClassPerl(_)
        | Ast::ClassBracketed(_) => {}
    }
}
