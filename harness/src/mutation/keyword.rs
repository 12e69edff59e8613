//! Mistakes about keywords.

use super::case::has_letters;
use super::operator::{
    FIRST_CHARACTER_DROPPED, KEYWORD_CASE_KEPT, KEYWORD_FIRST_DROPPED, KEYWORD_LAST_DROPPED,
    KEYWORD_ONE_FIELD, KEYWORD_WHOLE, LAST_CHARACTER_DROPPED,
};
use super::text::characters;
use super::{Add, becomes};
use verdict_compiler::Ir;
use verdict_compiler::ir::{AnyText, Case, Leaf, LeafKind, Pattern, Piece, Term, Test};
use verdict_event::Path;

/// The field that a keyword is looked for in by mistake, where the rule reads none.
const MESSAGE: &str = "message";

pub(super) fn mutants(ir: &Ir, leaf: &Leaf, add: &mut Add<'_>) {
    let LeafKind::AnyText(text) = &leaf.kind else {
        return;
    };
    let field = ir.fields.keys().next().cloned();
    let term = Term::Field(field.unwrap_or_else(|| Path::new(MESSAGE)));
    let test = match text {
        AnyText::Pattern(pattern) => Test::Text(pattern.clone()),
        AnyText::Regex(regex) => Test::Regex(regex.clone()),
    };
    add(
        KEYWORD_ONE_FIELD,
        becomes(leaf, LeafKind::Is { term, test }),
    );
    let AnyText::Pattern(pattern) = text else {
        return;
    };
    let any = |pattern: Pattern| becomes(leaf, LeafKind::AnyText(AnyText::Pattern(pattern)));
    let mut pieces = pattern.pieces();
    while let Some((Piece::AnyRun, rest)) = pieces.split_first() {
        pieces = rest;
    }
    while let Some((Piece::AnyRun, rest)) = pieces.split_last() {
        pieces = rest;
    }
    let whole = Pattern::new(pieces.to_vec(), pattern.case());
    add(KEYWORD_WHOLE, any(whole));
    if pattern.case() == Case::Fold && has_letters(pattern) {
        add(
            KEYWORD_CASE_KEPT,
            any(pattern.clone().with_case(Case::Exact)),
        );
    }
    for (operator, changed) in characters(pattern) {
        if operator == FIRST_CHARACTER_DROPPED {
            add(KEYWORD_FIRST_DROPPED, any(changed));
        } else if operator == LAST_CHARACTER_DROPPED {
            add(KEYWORD_LAST_DROPPED, any(changed));
        }
    }
}
