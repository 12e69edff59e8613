//! How much work a list of plain wildcard patterns can be at most, without doing it.
//!
//! Each pattern is made deterministic before the union is (`effort.rs`), so it is in one state at a time and adds at most one to a set of states.
//! How many sets there can be follows from the text `w` that was read:
//!
//! - While `w` is the beginning of some pattern that starts with text, `w` says in which state every pattern is.
//! - After that, the patterns that start with text are decided. Those that accepted are beginnings of each other, so the longest one says which they are.
//! - The others are told by the longest end of `w` that is a beginning of some text behind a run, and by which of the patterns that end in a run were
//!   already found.
//!
//! What has another form is not told: `?`, and runs between texts.

use super::wildcard::Piece;

/// The longest text of which a pattern alone cannot be too much work: it has as many states, of at most as many positions.
const LONGEST: usize = 300;

/// At most so many states are looked at to make one automaton of the patterns; None for a list that has others than plain ones.
pub(super) fn of_list(patterns: &[Vec<Piece>]) -> Option<usize> {
    let (mut started, mut started_length) = (0_usize, 0_usize);
    let (mut found, mut length) = (0_u32, 0_usize);
    for pattern in patterns {
        let (text, runs_first, runs_last) = match pattern.as_slice() {
            [Piece::Text(text)] => (text, false, false),
            [Piece::Text(text), Piece::Run] => (text, false, true),
            [Piece::Run, Piece::Text(text)] => (text, true, false),
            [Piece::Run, Piece::Text(text), Piece::Run] => (text, true, true),
            _ => return None,
        };
        let count = text.chars().count();
        if count > LONGEST {
            return None;
        }
        if runs_first {
            length = length.checked_add(count)?;
            found += u32::from(runs_last);
        } else {
            started += 1;
            started_length = started_length.checked_add(count)?;
        }
    }
    let after = 2_usize
        .checked_pow(found)?
        .checked_mul(length + 1)?
        .checked_mul(started + 1)?;
    let sets = after.checked_add(started_length + 1)?;
    sets.checked_mul(patterns.len().max(1))
}
