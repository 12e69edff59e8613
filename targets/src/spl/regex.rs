//! Regular expressions in the syntax of PCRE, written so that they pass the decoder of string literals unchanged: no quote, no pair of
//! backslashes, no character that means something before the search runs. What is not plain is written as its code.

use crate::caps::Limit;
use crate::header::is_hidden;
use regex_syntax::ast::{
    AssertionKind, Ast, ClassBracketed, ClassSet, ClassSetItem, Flag, Flags, FlagsItemKind,
    GroupKind, RepetitionKind, RepetitionRange,
};
use regex_syntax::hir::{Class, ClassUnicode, HirKind};
use std::fmt::Write as _;
use verdict_compiler::codes::target::SPL_REGEX;
use verdict_compiler::ir::{Pattern, Piece, Regex};

/// The most ranges that a spelled-out class may have.
const MOST_RANGES: usize = 100;

/// A pattern over a whole text as an expression to search, and whether a dot stands in it.
pub(crate) fn of_pattern(pattern: &Pattern) -> (String, bool) {
    let pieces = pattern.pieces();
    let open_start = pieces.first() == Some(&Piece::AnyRun);
    let open_end = pieces.last() == Some(&Piece::AnyRun) && pieces.len() > 1;
    let inner = pieces
        .iter()
        .skip(usize::from(open_start))
        .take(pieces.len() - usize::from(open_start) - usize::from(open_end));
    let mut body = String::from(if open_start { "" } else { r"\A" });
    let mut dots = false;
    for piece in inner {
        match piece {
            Piece::Literal(text) => literal(text, &mut body),
            Piece::AnyRun => {
                dots = true;
                body.push_str(".*");
            }
            Piece::AnyChar => {
                dots = true;
                body.push('.');
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
fn is_unseen(c: char) -> bool {
    is_hidden(c) || (c.is_whitespace() && c != ' ')
}

fn code(c: char, into: &mut String) {
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
    let tree = regex_syntax::ast::parse::ParserBuilder::new()
        .nest_limit(200)
        .build()
        .parse(pattern)
        .map_err(|error| refused(&error.kind().to_string()))?;
    let mut printed = String::new();
    write(&tree, &mut State::default(), &mut printed).map_err(refused)?;
    Ok(printed)
}

/// The flags that stand at a place.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    ignore_case: bool,
    multi_line: bool,
}

type Written = Result<(), &'static str>;

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
        Ast::ClassBracketed(class) => bracketed(class, *state, to)?,
        Ast::ClassUnicode(_) | Ast::ClassPerl(_) => spelled(tree, *state, to)?,
        Ast::Repetition(repetition) => {
            let single = matches!(
                &*repetition.ast,
                Ast::Literal(_) | Ast::Dot(_) | Ast::ClassBracketed(_) | Ast::Group(_)
            );
            grouped(&repetition.ast, single, state, to)?;
            to.push_str(&amount(&repetition.op.kind));
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
                write(branch, state, to)?;
            }
        }
        Ast::Concat(concat) => {
            for part in &concat.asts {
                write(part, state, to)?;
            }
        }
    }
    Ok(())
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
                "i"
            }
            Flag::MultiLine => {
                state.multi_line = !negated;
                ""
            }
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

/// An anchor. PCRE's `$` also stands before a last newline, and its `^` never behind one, so only `\z` and what says it in full are used.
fn border(kind: &AssertionKind, state: State) -> Result<&'static str, &'static str> {
    Ok(match kind {
        AssertionKind::StartLine if state.multi_line => r"(?<![^\x0a])",
        AssertionKind::EndLine if state.multi_line => r"(?![^\x0a])",
        AssertionKind::StartLine => "^",
        AssertionKind::StartText => r"\A",
        AssertionKind::EndLine | AssertionKind::EndText => r"\z",
        AssertionKind::WordBoundary => r"\b",
        AssertionKind::NotWordBoundary => r"\B",
        AssertionKind::WordBoundaryStart => "(?<![0-9A-Za-z_])(?=[0-9A-Za-z_])",
        AssertionKind::WordBoundaryEnd => "(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])",
        AssertionKind::WordBoundaryStartHalf => "(?<![0-9A-Za-z_])",
        AssertionKind::WordBoundaryEndHalf => "(?![0-9A-Za-z_])",
        AssertionKind::WordBoundaryStartAngle | AssertionKind::WordBoundaryEndAngle => {
            return Err("it has a word border of another dialect");
        }
    })
}

fn amount(kind: &RepetitionKind) -> String {
    match kind {
        RepetitionKind::ZeroOrOne => "?".to_owned(),
        RepetitionKind::ZeroOrMore => "*".to_owned(),
        RepetitionKind::OneOrMore => "+".to_owned(),
        RepetitionKind::Range(RepetitionRange::Exactly(count)) => format!("{{{count}}}"),
        RepetitionKind::Range(RepetitionRange::AtLeast(least)) => format!("{{{least},}}"),
        RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => {
            format!("{{{least},{most}}}")
        }
    }
}

/// A class in brackets: as it is where it is a plain one, else as the ranges that it comes to.
fn bracketed(class: &ClassBracketed, state: State, to: &mut String) -> Written {
    let mut ranges = Vec::new();
    if let ClassSet::Item(item) = &class.kind
        && plain(item, &mut ranges)
        && !ranges.is_empty()
    {
        written(&ranges, class.negated, to);
        return Ok(());
    }
    spelled(&Ast::ClassBracketed(Box::new(class.clone())), state, to)
}

/// Collects the ranges of an item; false if it is more than characters and ranges.
fn plain(item: &ClassSetItem, ranges: &mut Vec<(char, char)>) -> bool {
    match item {
        ClassSetItem::Empty(_) => true,
        ClassSetItem::Literal(literal) => {
            ranges.push((literal.c, literal.c));
            true
        }
        ClassSetItem::Range(range) => {
            ranges.push((range.start.c, range.end.c));
            true
        }
        ClassSetItem::Bracketed(inner) if !inner.negated => match &inner.kind {
            ClassSet::Item(item) => plain(item, ranges),
            ClassSet::BinaryOp(_) => false,
        },
        ClassSetItem::Union(union) => union.items.iter().all(|item| plain(item, ranges)),
        ClassSetItem::Bracketed(_)
        | ClassSetItem::Ascii(_)
        | ClassSetItem::Unicode(_)
        | ClassSetItem::Perl(_) => false,
    }
}

/// Any class as the ranges that it comes to.
fn spelled(class: &Ast, state: State, to: &mut String) -> Written {
    const UNREADABLE: &str = "a class of its characters cannot be spelled out";
    let mut translator = regex_syntax::hir::translate::TranslatorBuilder::new()
        .case_insensitive(state.ignore_case)
        .build();
    let hir = translator.translate("", class).map_err(|_| UNREADABLE)?;
    let positive = match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => class.clone(),
        HirKind::Literal(text) => {
            let text = std::str::from_utf8(&text.0).map_err(|_| UNREADABLE)?;
            ClassUnicode::new(
                text.chars()
                    .map(|c| regex_syntax::hir::ClassUnicodeRange::new(c, c)),
            )
        }
        _ => return Err(UNREADABLE),
    };
    let mut negative = positive.clone();
    negative.negate();
    let is_negated = negative.ranges().len() < positive.ranges().len();
    let class = if is_negated { negative } else { positive };
    let ranges: Vec<(char, char)> = class
        .ranges()
        .iter()
        .map(|range| (range.start(), range.end()))
        .collect();
    if ranges.len() > MOST_RANGES {
        return Err("a class of its characters is too long to be spelled out");
    }
    match (ranges.is_empty(), is_negated) {
        // No character at all, and any.
        (true, false) => to.push_str("(?!)"),
        (true, true) => to.push_str("(?s:.)"),
        (false, _) => written(&ranges, is_negated, to),
    }
    Ok(())
}

fn written(ranges: &[(char, char)], negated: bool, to: &mut String) {
    to.push_str(if negated { "[^" } else { "[" });
    for (low, high) in ranges {
        member(*low, to);
        if low != high {
            to.push('-');
            member(*high, to);
        }
    }
    to.push(']');
}

/// A character inside brackets: its code wherever it could mean something there or earlier.
fn member(c: char, to: &mut String) {
    let special = matches!(
        c,
        '\\' | ']' | '[' | '^' | '-' | '"' | '`' | '$' | '|' | '&' | '~'
    );
    if special || is_unseen(c) {
        code(c, to);
    } else {
        to.push(c);
    }
}
