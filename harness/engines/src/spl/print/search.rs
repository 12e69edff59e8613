//! Expressions of `search`, with the fewest brackets.
//!
//! Source: Search Manual, "Boolean expressions": parentheses, NOT, OR, AND: OR binds tighter than AND.

use super::super::ast::{Search, SearchValue, TermKind};
use super::{listed, name, quoted};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    And,
    Or,
    Not,
}

pub(super) fn search(found: &Search) -> String {
    at_least(Level::And, found)
}

/// The expression where only what binds as tightly as this may stand.
fn at_least(wanted: Level, found: &Search) -> String {
    let level = match found {
        Search::And(_) => Level::And,
        Search::Or(_) => Level::Or,
        Search::Not(_) | Search::Term { .. } | Search::Compare { .. } | Search::In { .. } => {
            Level::Not
        }
    };
    if level < wanted {
        format!("({})", bare(found))
    } else {
        bare(found)
    }
}

fn bare(found: &Search) -> String {
    let joined = |terms: &[Search], word, wanted| {
        let terms: Vec<String> = terms.iter().map(|term| at_least(wanted, term)).collect();
        terms.join(word)
    };
    match found {
        Search::And(terms) => joined(terms, " AND ", Level::Or),
        Search::Or(terms) => joined(terms, " OR ", Level::Not),
        Search::Not(inner) => format!("NOT {}", at_least(Level::Not, inner)),
        Search::Term { kind, text } => match kind {
            TermKind::Plain => quoted(&text.text),
            TermKind::Cased => format!("CASE({})", text.text),
            TermKind::Whole => format!("TERM({})", text.text),
        },
        Search::Compare { field, op, value } => {
            format!("{}{}{}", name(&field.text), op.text(), self::value(value))
        }
        Search::In { field, values } => {
            format!("{} IN ({})", name(&field.text), listed(values, value))
        }
    }
}

fn value(value: &SearchValue) -> String {
    if value.cased {
        format!("CASE({})", value.text)
    } else {
        quoted(&value.text)
    }
}
