//! Classes of characters in the syntax of PCRE.

use crate::spl::regex::{Written, code, is_unseen};
use regex_syntax::ast::{Ast, ClassBracketed, ClassSet, ClassSetItem};
use regex_syntax::hir::{Class, ClassUnicode, HirKind};

/// The most ranges that a spelled-out class may have.
const MOST_RANGES: usize = 100;

/// A class in brackets: as it is where it is a plain one, else as the ranges that it comes to.
pub(crate) fn bracketed(class: &ClassBracketed, ignore_case: bool, to: &mut String) -> Written {
    let mut ranges = Vec::new();
    if let ClassSet::Item(item) = &class.kind
        && plain(item, &mut ranges)
        && !ranges.is_empty()
    {
        written(&ranges, class.negated, to);
        return Ok(());
    }
    spelled(
        &Ast::ClassBracketed(Box::new(class.clone())),
        ignore_case,
        to,
    )
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
pub(crate) fn spelled(class: &Ast, ignore_case: bool, to: &mut String) -> Written {
    const UNREADABLE: &str = "a class of its characters cannot be spelled out";
    let mut translator = regex_syntax::hir::translate::TranslatorBuilder::new()
        .case_insensitive(ignore_case)
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
        (true, false) => to.push_str(r"[^\x00-\x{10ffff}]"),
        (true, true) => to.push_str("(?s:.)"),
        (false, _) => written(&ranges, is_negated, to),
    }
    Ok(())
}

fn written(ranges: &[(char, char)], negated: bool, to: &mut String) {
    let negated = negated && !verdict_faults::at("spl/class/negation-lost");
    to.push_str(if negated { "[^" } else { "[" });
    for (low, high) in ranges {
        member(*low, to);
        if low != high {
            to.push('-');
            if !verdict_faults::at("spl/class/range-open") {
                member(*high, to);
            }
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
    if (special && !verdict_faults::at("spl/class/member-not-escaped")) || is_unseen(c) {
        code(c, to);
    } else {
        to.push(c);
    }
}
