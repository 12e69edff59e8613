//! Regular expressions in the syntax of PCRE, written so that they pass the decoder of string literals unchanged: no quote, no pair of
//! backslashes, no character that means something before the search runs. What is not plain is written as its code.

use crate::caps::Limit;
use crate::header::is_hidden;
use crate::spl::class;
use regex_syntax::ast::{
    AssertionKind, Ast, Flag, Flags, FlagsItemKind, GroupKind, RepetitionKind, RepetitionRange,
};
use std::fmt::Write as _;
use verdict_compiler::codes::target::SPL_REGEX;
use verdict_compiler::ir::{Pattern, Piece, Regex};

/// A pattern over a whole text as an expression to search, and whether a dot stands in it.
pub(crate) fn of_pattern(pattern: &Pattern) -> (String, bool) {
    let pieces = pattern.pieces();
    let open_start = pieces.first() == Some(&Piece::AnyRun);
    let open_end = pieces.last() == Some(&Piece::AnyRun) && pieces.len() > 1;
    let inner = pieces
        .iter()
        .skip(usize::from(open_start))
        .take(pieces.len() - usize::from(open_start) - usize::from(open_end));
    let open_start = open_start || verdict_faults::at("spl/regex/start-anchor-lost");
    let open_end = open_end || verdict_faults::at("spl/regex/end-anchor-lost");
    let mut body = String::from(if open_start { "" } else { r"\A" });
    let mut dots = false;
    for piece in inner {
        match piece {
            Piece::Literal(text) => literal(text, &mut body),
            Piece::AnyRun => {
                dots = !verdict_faults::at("spl/regex/dot-flag-lost");
                body.push_str(".*");
            }
            Piece::AnyChar => {
                dots = true;
                body.push('.');
                if verdict_faults::at("spl/regex/one-as-run") {
                    body.push('*');
                }
            }
        }
    }
    body.push_str(if open_end { "" } else { r"\z" });
    (body, dots)
}

/// A literal text inside an expression.
pub(crate) fn literal(text: &str, into: &mut String) {
    for c in text.chars() {
        character(c, into);
    }
}

fn character(c: char, into: &mut String) {
    match c {
        _ if verdict_faults::at("spl/regex/meta-not-escaped") => into.push(c),
        '\\' if verdict_faults::at("spl/regex/backslash-as-a-pair") => into.push_str(r"\\"),
        '"' if verdict_faults::at("spl/regex/quote-in-literal") => into.push(c),
        '$' | '`' if verdict_faults::at("spl/regex/macro-in-literal") => {
            into.push('\\');
            into.push(c);
        }
        '.' | '(' | ')' | '*' | '+' | '?' | '{' | '}' | '^' => {
            into.push('\\');
            into.push(c);
        }
        // Escaping these would take or make a backslash that the decoder reads, or leave a character that is read before it.
        '\\' | '"' | '`' | '$' | '|' | '[' | ']' => code(c, into),
        c if is_unseen(c) => code(c, into),
        c => into.push(c),
    }
}

/// Whether a character would not show itself, or look like a plain space.
pub(crate) fn is_unseen(c: char) -> bool {
    is_hidden(c) || (c.is_whitespace() && c != ' ')
}

/// A character as its code.
pub(crate) fn code(c: char, into: &mut String) {
    let value = u32::from(c);
    // Writing to a string does not fail.
    let _ = if value < 0x100 {
        write!(into, "\\x{value:02x}")
    } else {
        write!(into, "\\x{{{value:x}}}")
    };
}

/// A rule's expression.
pub(crate) fn of_expression(expression: &Regex) -> Result<String, Limit> {
    let refused = |why: &str| {
        Limit::new(
            SPL_REGEX,
            format!("`{}` cannot be said in PCRE: {why}", expression.source),
        )
    };
    let pattern = expression
        .rust
        .as_ref()
        .ok_or_else(|| refused("it needs a complement or an intersection"))?;
    if verdict_faults::at("spl/regex/rule-text-unchanged") {
        return Ok(expression.source.clone());
    }
    let tree = regex_syntax::ast::parse::ParserBuilder::new()
        .nest_limit(200)
        .build()
        .parse(pattern)
        .map_err(|error| refused(&error.kind().to_string()))?;
    let mut printed = String::new();
    let mut state = State {
        last: true,
        ..State::default()
    };
    write(&tree, &mut state, &mut printed).map_err(refused)?;
    Ok(printed)
}

/// The flags that stand at a place.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    ignore_case: bool,
    multi_line: bool,
    /// Whether nothing of the expression follows.
    last: bool,
}

/// What became of printing: a phrase where it cannot be done.
pub(crate) type Written = Result<(), &'static str>;

fn write(tree: &Ast, state: &mut State, to: &mut String) -> Written {
    match tree {
        Ast::Empty(_) => {}
        Ast::Flags(set) => {
            let flags = flags(&set.flags, state)?;
            if !flags.is_empty() {
                to.extend(["(?", &flags, ")"]);
            }
        }
        Ast::Literal(literal) => character(literal.c, to),
        Ast::Dot(_) => to.push('.'),
        Ast::Assertion(assertion) => to.push_str(border(&assertion.kind, *state)?),
        Ast::ClassBracketed(class) => class::bracketed(class, state.ignore_case, to)?,
        Ast::ClassUnicode(_) | Ast::ClassPerl(_) => class::spelled(tree, state.ignore_case, to)?,
        Ast::Repetition(repetition) => {
            let single = verdict_faults::at("spl/regex/repetition-of-the-last-character")
                || matches!(
                    &*repetition.ast,
                    Ast::Literal(_) | Ast::Dot(_) | Ast::ClassBracketed(_) | Ast::Group(_)
                );
            let mut inner = State {
                last: false,
                ..*state
            };
            grouped(&repetition.ast, single, &mut inner, to)?;
            to.push_str(&amount(&repetition.op.kind));
            // It says where a match ends, not whether there is one; people know their own expression again.
            to.push_str(if repetition.greedy { "" } else { "?" });
        }
        Ast::Group(group) => {
            let mut inner = *state;
            // A border carries a group of its own in Rust's syntax, for flags that mean nothing here.
            if let (GroupKind::NonCapturing(set), Ast::Assertion(assertion)) =
                (&group.kind, &*group.ast)
                && flags(set, &mut inner)?.is_empty()
            {
                to.push_str(border(&assertion.kind, inner)?);
                return Ok(());
            }
            match &group.kind {
                GroupKind::CaptureIndex(_) | GroupKind::CaptureName { .. } => to.push('('),
                GroupKind::NonCapturing(set) => {
                    let flags = flags(set, &mut inner)?;
                    to.extend(["(?", &flags, ":"]);
                }
            }
            write(&group.ast, &mut inner, to)?;
            to.push(')');
        }
        Ast::Alternation(alternation) => {
            for (at, branch) in alternation.asts.iter().enumerate() {
                if at > 0 {
                    to.push('|');
                }
                if at > 0 && verdict_faults::at("spl/regex/last-branch-dropped") {
                    to.pop();
                    break;
                }
                write(branch, state, to)?;
            }
        }
        Ast::Concat(concat) => {
            let last = state.last;
            for (at, part) in concat.asts.iter().enumerate() {
                state.last = last && at + 1 == concat.asts.len();
                let rest = concat.asts.iter().skip(at + 1);
                if starts_line(part, *state) && !rest.map(shortest).any(|length| length > 0) {
                    return Err(LINE_START);
                }
                if starts_line(part, *state) {
                    to.push_str("(?m:^)");
                } else {
                    write(part, state, to)?;
                }
            }
            state.last = last;
        }
    }
    Ok(())
}

/// Where a line begins, PCRE has none behind a last newline: that only shows where nothing has to follow.
const LINE_START: &str = "a line that it begins may be an empty last one";

fn starts_line(tree: &Ast, state: State) -> bool {
    matches!(tree, Ast::Assertion(assertion) if assertion.kind == AssertionKind::StartLine)
        && state.multi_line
}

/// The least number of characters that an expression takes: not more than it does.
fn shortest(tree: &Ast) -> u32 {
    match tree {
        Ast::Empty(_) | Ast::Flags(_) | Ast::Assertion(_) => 0,
        Ast::Literal(_)
        | Ast::Dot(_)
        | Ast::ClassUnicode(_)
        | Ast::ClassPerl(_)
        | Ast::ClassBracketed(_) => 1,
        Ast::Repetition(repetition) => {
            let least = match &repetition.op.kind {
                RepetitionKind::ZeroOrOne | RepetitionKind::ZeroOrMore => 0,
                RepetitionKind::OneOrMore => 1,
                RepetitionKind::Range(
                    RepetitionRange::Exactly(least)
                    | RepetitionRange::AtLeast(least)
                    | RepetitionRange::Bounded(least, _),
                ) => *least,
            };
            least.saturating_mul(shortest(&repetition.ast))
        }
        Ast::Group(group) => shortest(&group.ast),
        Ast::Alternation(alternation) => alternation.asts.iter().map(shortest).min().unwrap_or(0),
        Ast::Concat(concat) => concat
            .asts
            .iter()
            .map(shortest)
            .fold(0, u32::saturating_add),
    }
}

fn grouped(tree: &Ast, single: bool, state: &mut State, to: &mut String) -> Written {
    if single {
        return write(tree, state, to);
    }
    to.push_str("(?:");
    write(tree, state, to)?;
    to.push(')');
    Ok(())
}

/// Flags as PCRE has them. Multi-line anchors are spelled out instead, and what is printed has no comments.
fn flags(set: &Flags, state: &mut State) -> Result<String, &'static str> {
    let (mut on, mut off) = (String::new(), String::new());
    let mut negated = false;
    for item in &set.items {
        let FlagsItemKind::Flag(flag) = item.kind else {
            negated = true;
            continue;
        };
        let letter = match flag {
            Flag::CaseInsensitive => {
                state.ignore_case = !negated;
                if verdict_faults::at("spl/regex/case-flag-lost") {
                    ""
                } else {
                    "i"
                }
            }
            Flag::MultiLine => {
                state.multi_line = !negated;
                ""
            }
            Flag::DotMatchesNewLine if verdict_faults::at("spl/regex/newline-flag-lost") => "",
            Flag::DotMatchesNewLine => "s",
            Flag::SwapGreed => "U",
            // Without Unicode stand only word borders, which are those of ASCII here.
            Flag::Unicode | Flag::IgnoreWhitespace => "",
            Flag::CRLF => return Err("its lines may end with two characters"),
        };
        if negated { &mut off } else { &mut on }.push_str(letter);
    }
    Ok(if off.is_empty() {
        on
    } else {
        format!("{on}-{off}")
    })
}

/// An anchor. PCRE's `$` also stands before a last newline, so `\z` says the end.
fn border(kind: &AssertionKind, state: State) -> Result<&'static str, &'static str> {
    Ok(match kind {
        // What stands behind it is known to whoever writes a sequence.
        AssertionKind::StartLine if state.multi_line => return Err(LINE_START),
        // Taking the line's end instead of standing before it makes no difference where nothing follows.
        AssertionKind::EndLine
            if state.multi_line
                && state.last
                && verdict_faults::at("spl/regex/line-end-as-text-end") =>
        {
            r"\z"
        }
        AssertionKind::EndLine if state.multi_line && state.last => r"(?:\x0a|\z)",
        AssertionKind::EndLine if state.multi_line => {
            return Err("a line's end in the middle of it would have to look ahead");
        }
        AssertionKind::StartLine => "^",
        AssertionKind::StartText => r"\A",
        AssertionKind::EndLine | AssertionKind::EndText
            if verdict_faults::at("spl/regex/end-before-a-newline") =>
        {
            "$"
        }
        AssertionKind::EndLine | AssertionKind::EndText => r"\z",
        AssertionKind::WordBoundary => r"\b",
        AssertionKind::NotWordBoundary => r"\B",
        AssertionKind::WordBoundaryStart
        | AssertionKind::WordBoundaryEnd
        | AssertionKind::WordBoundaryStartHalf
        | AssertionKind::WordBoundaryEndHalf
        | AssertionKind::WordBoundaryStartAngle
        | AssertionKind::WordBoundaryEndAngle => {
            return Err("it has a word border of one side, which would have to look around");
        }
    })
}

fn amount(kind: &RepetitionKind) -> String {
    match kind {
        RepetitionKind::ZeroOrOne => "?".to_owned(),
        RepetitionKind::ZeroOrMore => "*".to_owned(),
        RepetitionKind::OneOrMore => "+".to_owned(),
        RepetitionKind::Range(RepetitionRange::Exactly(count)) => format!("{{{count}}}"),
        RepetitionKind::Range(RepetitionRange::AtLeast(least)) => {
            let least = least + u32::from(verdict_faults::at("spl/regex/least-count-one-more"));
            format!("{{{least},}}")
        }
        RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => {
            format!("{{{least},{most}}}")
        }
    }
}
