//! `keyword-raw`: the target searches keywords in the event's text, keys and numbers included.

use verdict_compiler::Ir;
use verdict_compiler::ir::{AnyText, LeafKind, Pattern, Piece};
use verdict_event::{Event, Value};

/// Some keyword of the rule is found in the event's text and in none of its strings, or the other way round.
pub(super) fn covers(ir: &Ir, event: &Event) -> bool {
    let text = event.to_json_line();
    let strings = event.strings();
    ir.predicate.leaves().iter().any(|leaf| {
        let LeafKind::AnyText(keyword) = &leaf.kind else {
            return false;
        };
        let (in_text, in_strings) = match keyword {
            AnyText::Pattern(pattern) => (
                pattern.matches(&text) || escaped(pattern).matches(&text),
                strings.iter().any(|string| pattern.matches(string)),
            ),
            AnyText::Regex(expression) => (
                expression.matches(&text),
                strings.iter().any(|string| expression.matches(string)),
            ),
        };
        in_text != in_strings
    })
}

/// The pattern of what JSON writes for the texts that this one matches, wildcards apart.
fn escaped(pattern: &Pattern) -> Pattern {
    let pieces = pattern.pieces().iter().map(|piece| match piece {
        Piece::Literal(text) => {
            let json = Value::String(text.clone()).to_json().to_string();
            let mut inner = json.chars();
            inner.next();
            inner.next_back();
            Piece::Literal(inner.collect())
        }
        Piece::AnyRun => Piece::AnyRun,
        Piece::AnyChar => Piece::AnyChar,
    });
    Pattern::new(pieces, pattern.case())
}
