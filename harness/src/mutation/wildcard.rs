//! Mistakes in wildcards.

use super::operator::{
    LITERAL_AS_WILDCARD, ONE_AS_LITERAL, ONE_AS_OPTIONAL, ONE_AS_RUN, Operator, RUN_AS_LITERAL,
    RUN_AS_ONE, RUN_DROPPED, RUN_NOT_EMPTY, RUN_WITHIN_LINE,
};
use super::{Add, tested, with_test};
use crate::solver::automaton::as_regex;
use verdict_compiler::ir::{Leaf, Pattern, Piece, Regex, Syntax, Test};

pub(super) fn mutants(leaf: &Leaf, add: &mut Add<'_>) {
    let Some((_, Test::Text(pattern))) = tested(leaf) else {
        return;
    };
    let mut put = |operator: Operator, pieces: Vec<Piece>| {
        let changed = Pattern::new(pieces, pattern.case());
        if changed != *pattern {
            add(operator, with_test(leaf, Test::Text(changed)));
        }
    };
    let pieces = pattern.pieces();
    let ones = |instead: &[Piece]| replaced(pieces, &Piece::AnyChar, &|_| true, instead);
    put(ONE_AS_RUN, ones(&[Piece::AnyRun]));
    put(ONE_AS_LITERAL, ones(&[Piece::Literal("?".to_owned())]));
    put(ONE_AS_OPTIONAL, ones(&[]));
    let runs = |instead: &[Piece]| replaced(pieces, &Piece::AnyRun, &|_| true, instead);
    put(RUN_AS_LITERAL, runs(&[Piece::Literal("*".to_owned())]));
    put(RUN_NOT_EMPTY, runs(&[Piece::AnyChar, Piece::AnyRun]));
    let last = pieces.len().saturating_sub(1);
    let between = |at: usize| at > 0 && at < last;
    let inner = |instead: &[Piece]| replaced(pieces, &Piece::AnyRun, &between, instead);
    put(RUN_AS_ONE, inner(&[Piece::AnyChar]));
    put(RUN_DROPPED, inner(&[]));
    put(LITERAL_AS_WILDCARD, literals_as_wildcards(pieces));
    if pieces
        .iter()
        .any(|piece| matches!(piece, Piece::AnyRun | Piece::AnyChar))
    {
        let within_line = Regex {
            source: String::new(),
            syntax: Syntax::Sigma,
            case: pattern.case(),
            rust: Some(as_regex(pattern, false)),
        };
        add(RUN_WITHIN_LINE, with_test(leaf, Test::Regex(within_line)));
    }
}

/// The pieces with something else for every wildcard of one kind, at the places that are wanted.
fn replaced(
    pieces: &[Piece],
    from: &Piece,
    wanted: &dyn Fn(usize) -> bool,
    to: &[Piece],
) -> Vec<Piece> {
    let mut found = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        if piece == from && wanted(at) {
            found.extend_from_slice(to);
        } else {
            found.push(piece.clone());
        }
    }
    found
}

fn literals_as_wildcards(pieces: &[Piece]) -> Vec<Piece> {
    let mut found = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Literal(text) => found.extend(text.chars().map(|c| match c {
                '*' => Piece::AnyRun,
                '?' => Piece::AnyChar,
                other => Piece::Literal(other.to_string()),
            })),
            Piece::AnyRun | Piece::AnyChar => found.push(piece.clone()),
        }
    }
    found
}
