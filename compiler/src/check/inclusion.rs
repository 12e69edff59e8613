//! Whether every text that one pattern matches is matched by another: exact, by running the wider pattern over the narrower one.
//!
//! The narrower pattern is read like a text in which each wildcard stands for characters that occur in no literal: what holds for
//! those holds for all, since only wildcards can take them. An any-run is any number of such characters, so all the sets of places
//! that some number of them leads to must succeed. Where letters may be of either case and the wider pattern is exact, a letter is such a
//! character, too; the answer is then *no* where it might be *yes*.

use crate::ir::fold::{fold, fold_char};
use crate::ir::pattern::Shape;
use crate::ir::{Case, Pattern, Piece};
use std::collections::HashSet;

/// Patterns with more places than this are not compared by running them.
const MAX_PLACES: usize = 512;
/// Sets of places followed at once; with more, the answer is *no*.
const MAX_SETS: usize = 64;

/// What a narrower pattern is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Symbol {
    Char(char),
    /// A character that no literal holds.
    Fresh,
    AnyRun,
}

/// A place of the wider pattern: what it takes to go on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Char(char),
    AnyChar,
    /// Stays, and goes on for nothing.
    AnyRun,
}

/// Whether `wide` matches every text that `narrow` matches.
pub(super) fn includes(wide: &Pattern, narrow: &Pattern) -> bool {
    if let Some(answer) = simple(wide, narrow) {
        return answer;
    }
    let steps = steps(wide);
    let symbols = symbols(narrow, wide.case());
    if steps.len() > MAX_PLACES || symbols.len() > MAX_PLACES {
        return false;
    }
    run(&steps, &symbols)
}

/// The common shapes over literals, without a machine.
fn simple(wide: &Pattern, narrow: &Pattern) -> Option<bool> {
    if wide.shape() == Shape::Anything {
        return Some(true);
    }
    if wide.case() == Case::Exact && narrow.case() == Case::Fold {
        return None;
    }
    let same = |text: &str| {
        if wide.case() == Case::Fold {
            fold(text)
        } else {
            text.to_owned()
        }
    };
    let literal = |piece: Option<&Piece>| match piece {
        Some(Piece::Literal(text)) => Some(same(text)),
        Some(Piece::AnyRun | Piece::AnyChar) | None => None,
    };
    let pieces = narrow.pieces();
    match wide.shape() {
        Shape::Equals(text) => Some(match narrow.shape() {
            Shape::Equals(other) => same(text) == same(other),
            Shape::Anything
            | Shape::StartsWith(_)
            | Shape::EndsWith(_)
            | Shape::Contains(_)
            | Shape::General(_) => false,
        }),
        Shape::StartsWith(text) => {
            Some(literal(pieces.first()).is_some_and(|first| first.starts_with(&same(text))))
        }
        Shape::EndsWith(text) => {
            Some(literal(pieces.last()).is_some_and(|last| last.ends_with(&same(text))))
        }
        Shape::Contains(text) => {
            let text = same(text);
            Some(
                pieces.iter().any(|piece| {
                    literal(Some(piece)).is_some_and(|literal| literal.contains(&text))
                }),
            )
        }
        Shape::Anything | Shape::General(_) => None,
    }
}

fn steps(pattern: &Pattern) -> Vec<Step> {
    let folded = |c: char| {
        if pattern.case() == Case::Fold {
            fold_char(c)
        } else {
            c
        }
    };
    let mut steps = Vec::new();
    for piece in pattern.pieces() {
        match piece {
            Piece::AnyRun => steps.push(Step::AnyRun),
            Piece::AnyChar => steps.push(Step::AnyChar),
            Piece::Literal(text) => steps.extend(text.chars().map(|c| Step::Char(folded(c)))),
        }
    }
    steps
}

fn symbols(narrow: &Pattern, wide: Case) -> Vec<Symbol> {
    let symbol = |c: char| match (wide, narrow.case()) {
        (Case::Fold, _) => Symbol::Char(fold_char(c)),
        // A letter of either case: an exact place takes only one of them.
        (Case::Exact, Case::Fold) if c.is_alphabetic() || !c.is_ascii() => Symbol::Fresh,
        (Case::Exact, Case::Exact | Case::Fold) => Symbol::Char(c),
    };
    let mut symbols = Vec::new();
    for piece in narrow.pieces() {
        match piece {
            Piece::AnyRun => symbols.push(Symbol::AnyRun),
            Piece::AnyChar => symbols.push(Symbol::Fresh),
            Piece::Literal(text) => symbols.extend(text.chars().map(symbol)),
        }
    }
    symbols
}

/// The places of the wider pattern that can be reached; one more than its steps, the last is the end.
type Places = Vec<bool>;

fn run(steps: &[Step], symbols: &[Symbol]) -> bool {
    let mut start = vec![false; steps.len() + 1];
    if let Some(first) = start.first_mut() {
        *first = true;
    }
    let mut sets: HashSet<Places> = HashSet::from([rest(steps, start)]);
    for symbol in symbols {
        sets = match symbol {
            Symbol::Char(_) | Symbol::Fresh => sets
                .iter()
                .map(|places| advance(steps, places, *symbol))
                .collect(),
            Symbol::AnyRun => {
                let mut reached = HashSet::new();
                for mut places in sets {
                    // After as many characters as there are places, nothing new is reached.
                    while reached.len() <= MAX_SETS && reached.insert(places.clone()) {
                        places = advance(steps, &places, Symbol::Fresh);
                    }
                }
                reached
            }
        };
        if sets.len() > MAX_SETS {
            return false;
        }
    }
    sets.iter()
        .all(|places| places.last().copied().unwrap_or(false))
}

/// The places after one more character.
fn advance(steps: &[Step], places: &Places, symbol: Symbol) -> Places {
    let mut next = vec![false; places.len()];
    for (at, (step, _)) in steps
        .iter()
        .zip(places)
        .enumerate()
        .filter(|(_, (_, reached))| **reached)
    {
        let to = match step {
            Step::AnyRun => Some(at),
            Step::AnyChar => Some(at + 1),
            Step::Char(c) => (symbol == Symbol::Char(*c)).then_some(at + 1),
        };
        if let Some(place) = to.and_then(|to| next.get_mut(to)) {
            *place = true;
        }
    }
    rest(steps, next)
}

/// The same places and those that any-runs let through for nothing.
fn rest(steps: &[Step], mut places: Places) -> Places {
    let mut through = false;
    for (at, place) in places.iter_mut().enumerate() {
        *place |= through;
        through = *place && steps.get(at) == Some(&Step::AnyRun);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::includes;
    use crate::frontends::sigma::wildcard::parse;
    use crate::ir::{Case, Pattern};
    use proptest::prelude::*;

    fn pattern(text: &str, case: Case) -> Pattern {
        Pattern::new(parse(text), case)
    }

    #[test]
    fn known_pairs() {
        for (wide, narrow, expected) in [
            ("*beacon*", "*coBeacon*", true),
            ("*beacon*", "*bea?on*", false),
            (r"*.exe", r"*\cmd.exe", true),
            ("a*", "abc", true),
            ("abc", "a*", false),
            ("*", "", true),
            ("?*", "*", false),
            ("?*", "*a*", true),
            ("*a*b*", "*ab*", true),
            ("*a*b*", "*b*a*", false),
            ("*a?b*", "*a*b*", false),
            ("*a*b*", "*a?b*", true),
            ("a?*b", "a??b", true),
            ("?*?", "??*", true),
            ("*ab*", "*aab*", true),
        ] {
            assert_eq!(
                includes(&pattern(wide, Case::Fold), &pattern(narrow, Case::Fold)),
                expected,
                "{wide} {narrow}"
            );
        }
        assert!(!includes(
            &pattern("*a*", Case::Exact),
            &pattern("*a*", Case::Fold)
        ));
        assert!(includes(
            &pattern("*1*", Case::Exact),
            &pattern("a1", Case::Fold)
        ));
        assert!(includes(
            &pattern("*A*", Case::Fold),
            &pattern("ba", Case::Exact)
        ));
    }

    proptest! {
        #[test]
        fn an_included_pattern_matches_nothing_else(
            wide in "[ab?*]{0,5}", narrow in "[aAb?*]{0,5}", exact in any::<(bool, bool)>(), text in "[aAbc]{0,6}",
        ) {
            let case = |exact: bool| if exact { Case::Exact } else { Case::Fold };
            let (wide, narrow) = (pattern(&wide, case(exact.0)), pattern(&narrow, case(exact.1)));
            if includes(&wide, &narrow) && narrow.matches(&text) {
                prop_assert!(wide.matches(&text), "{wide:?} {narrow:?} {text}");
            }
        }

        #[test]
        fn what_is_not_included_has_a_witness(wide in "[ab?*]{0,3}", narrow in "[ab?*]{0,3}") {
            let (wide, narrow) = (pattern(&wide, Case::Exact), pattern(&narrow, Case::Exact));
            let mut texts = vec![String::new()];
            for length in 0..6 {
                let longer: Vec<String> = texts.iter().filter(|text| text.len() == length)
                    .flat_map(|text| ["a", "b", "c"].map(|c| format!("{text}{c}"))).collect();
                texts.extend(longer);
            }
            let witness = texts.iter().any(|text| narrow.matches(text) && !wide.matches(text));
            prop_assert_eq!(includes(&wide, &narrow), !witness);
        }
    }
}
