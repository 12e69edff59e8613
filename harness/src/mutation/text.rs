//! Mistakes in the literals of patterns, and in where they must stand.

use super::operator::{
    BACKSLASH_DOUBLED, BACKSLASH_EATEN, BACKSLASH_TO_SLASH, CHARACTER_CHANGED, CONTAINS_TO_ENDS,
    CONTAINS_TO_EQUALS, CONTAINS_TO_STARTS, END_ANCHOR_GAINED, END_ANCHOR_LOST, ENDS_TO_CONTAINS,
    ENDS_TO_EQUALS, ENDS_TO_STARTS, EQUALS_TO_CONTAINS, EQUALS_TO_ENDS, EQUALS_TO_STARTS,
    FIRST_CHARACTER_DROPPED, LAST_CHARACTER_DROPPED, Operator, QUOTE_EATEN, SPACE_TRIMMED,
    START_ANCHOR_GAINED, START_ANCHOR_LOST, STARTS_TO_CONTAINS, STARTS_TO_ENDS, STARTS_TO_EQUALS,
};
use super::{Add, tested, with_test};
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Leaf, Pattern, Piece, Test, fold};

pub(super) fn mutants(leaf: &Leaf, add: &mut Add<'_>) {
    let Some((_, Test::Text(pattern))) = tested(leaf) else {
        return;
    };
    let mut put = |operator: Operator, changed: Pattern| {
        if changed != *pattern {
            add(operator, with_test(leaf, Test::Text(changed)));
        }
    };
    for (operator, changed) in characters(pattern) {
        put(operator, changed);
    }
    anchors(pattern, &mut put);
}

/// The pattern with a mistake in its literals.
pub(super) fn characters(pattern: &Pattern) -> Vec<(Operator, Pattern)> {
    let mut found = Vec::new();
    let literals = || {
        let pieces = pattern.pieces().iter().enumerate();
        pieces.filter_map(|(at, piece)| match piece {
            Piece::Literal(text) => Some((at, text.as_str())),
            Piece::AnyRun | Piece::AnyChar => None,
        })
    };
    let with = |at: usize, text: String| {
        let pieces = pattern.pieces().iter().enumerate();
        let pieces = pieces.map(|(other, piece)| {
            if other == at {
                Piece::Literal(text.clone())
            } else {
                piece.clone()
            }
        });
        Pattern::new(pieces, pattern.case())
    };
    if let Some((at, text)) = literals().next() {
        found.push((FIRST_CHARACTER_DROPPED, with(at, without_first(text))));
    }
    if let Some((at, text)) = literals().next_back() {
        found.push((LAST_CHARACTER_DROPPED, with(at, without_last(text))));
    }
    if let Some((at, text)) = literals().max_by_key(|(_, text)| text.len()) {
        found.push((CHARACTER_CHANGED, with(at, middle_changed(text))));
    }
    let everywhere = |change: &dyn Fn(&str) -> String| {
        let pieces = pattern.pieces().iter().map(|piece| match piece {
            Piece::Literal(text) => Piece::Literal(change(text)),
            Piece::AnyRun | Piece::AnyChar => piece.clone(),
        });
        Pattern::new(pieces, pattern.case())
    };
    for (operator, from, to) in [
        (BACKSLASH_DOUBLED, "\\", "\\\\"),
        (BACKSLASH_EATEN, "\\", ""),
        (BACKSLASH_TO_SLASH, "\\", "/"),
        (QUOTE_EATEN, "\"", ""),
    ] {
        found.push((operator, everywhere(&|text| text.replace(from, to))));
    }
    found.push((SPACE_TRIMMED, everywhere(&|text| text.trim().to_owned())));
    found.retain(|(_, changed)| changed != pattern);
    found
}

fn without_first(text: &str) -> String {
    text.chars().skip(1).collect()
}

fn without_last(text: &str) -> String {
    let mut chars = text.chars();
    chars.next_back();
    chars.as_str().to_owned()
}

fn middle_changed(text: &str) -> String {
    let middle = text.chars().count() / 2;
    let other = |c: char| if fold::fold_char(c) == 'q' { 'x' } else { 'q' };
    text.chars()
        .enumerate()
        .map(|(at, c)| if at == middle { other(c) } else { c })
        .collect()
}

fn anchors(pattern: &Pattern, put: &mut dyn FnMut(Operator, Pattern)) {
    let case = pattern.case();
    let of = |text: &str, before: bool, behind: bool| {
        Pattern::literal(text, case).widened(before, behind)
    };
    match pattern.shape() {
        Shape::Anything => {}
        Shape::Equals(text) => {
            put(EQUALS_TO_CONTAINS, of(text, true, true));
            put(EQUALS_TO_STARTS, of(text, false, true));
            put(EQUALS_TO_ENDS, of(text, true, false));
        }
        Shape::StartsWith(text) => {
            put(STARTS_TO_EQUALS, of(text, false, false));
            put(STARTS_TO_CONTAINS, of(text, true, true));
            put(STARTS_TO_ENDS, of(text, true, false));
        }
        Shape::EndsWith(text) => {
            put(ENDS_TO_EQUALS, of(text, false, false));
            put(ENDS_TO_CONTAINS, of(text, true, true));
            put(ENDS_TO_STARTS, of(text, false, true));
        }
        Shape::Contains(text) => {
            put(CONTAINS_TO_EQUALS, of(text, false, false));
            put(CONTAINS_TO_STARTS, of(text, false, true));
            put(CONTAINS_TO_ENDS, of(text, true, false));
        }
        Shape::General(pieces) => general(pattern, pieces, put),
    }
}

fn general(pattern: &Pattern, pieces: &[Piece], put: &mut dyn FnMut(Operator, Pattern)) {
    let case = pattern.case();
    if let Some((Piece::AnyRun, rest)) = pieces.split_first() {
        put(START_ANCHOR_GAINED, Pattern::new(rest.to_vec(), case));
    } else {
        put(START_ANCHOR_LOST, pattern.clone().widened(true, false));
    }
    if let Some((Piece::AnyRun, rest)) = pieces.split_last() {
        put(END_ANCHOR_GAINED, Pattern::new(rest.to_vec(), case));
    } else {
        put(END_ANCHOR_LOST, pattern.clone().widened(false, true));
    }
}
