//! How large the automaton of an expression would be.
//!
//! Elasticsearch makes automata deterministic and gives up beyond a limit. So the states that a search can be in are counted here, over the positions of
//! the expression, and what comes near the limit is refused.

use crate::eql::edges::Branch;
use crate::eql::regex::unicode;
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange, Hir, HirKind};
use std::collections::{BTreeSet, HashSet};

/// The most positions that an expression may have.
const MOST_POSITIONS: usize = 5_000;
/// The most positions that all states together may hold; Lucene counts so, and stops at ten times 10,000.
const MOST_WORK: usize = 50_000;
/// The most states, which older versions count.
const MOST_STATES: usize = 10_000;

/// Whether Elasticsearch builds the automaton; `flat` says that `x{2,5}` is written as `x{2}(x?){3}`.
pub(crate) fn fits(branches: &[Branch], flat: bool) -> bool {
    let mut builder = Positions {
        flat,
        ..Positions::default()
    };
    let mut starts = BTreeSet::new();
    for branch in branches {
        let free = ClassUnicode::new([ClassUnicodeRange::new('\0', '\u{10ffff}')]);
        // Before and behind the match anything may stand: a position that follows itself.
        let before = builder.position(free);
        let Some(before) = before else { return false };
        let mut ends: BTreeSet<usize> = BTreeSet::from([before]);
        builder.follow(&ends, &BTreeSet::from([before]));
        starts.insert(before);
        let mut open = true;
        for part in &branch.body {
            let Some(piece) = builder.piece(part) else {
                return false;
            };
            builder.follow(&ends, &piece.first);
            if open {
                starts.extend(&piece.first);
            }
            if piece.nullable {
                ends.extend(piece.last);
            } else {
                ends = piece.last;
                open = false;
            }
        }
    }
    builder.explore(&starts)
}

#[derive(Default)]
struct Positions {
    flat: bool,
    classes: Vec<ClassUnicode>,
    follows: Vec<BTreeSet<usize>>,
}

struct Piece {
    first: BTreeSet<usize>,
    last: BTreeSet<usize>,
    nullable: bool,
}

impl Piece {
    fn empty() -> Self {
        Self {
            first: BTreeSet::new(),
            last: BTreeSet::new(),
            nullable: true,
        }
    }
}

impl Positions {
    fn position(&mut self, class: ClassUnicode) -> Option<usize> {
        if self.classes.len() >= MOST_POSITIONS {
            return None;
        }
        self.classes.push(class);
        self.follows.push(BTreeSet::new());
        Some(self.classes.len() - 1)
    }

    fn follow(&mut self, ends: &BTreeSet<usize>, firsts: &BTreeSet<usize>) {
        for end in ends {
            if let Some(known) = self.follows.get_mut(*end) {
                known.extend(firsts);
            }
        }
    }

    /// The positions of an expression; None if there are too many.
    fn piece(&mut self, hir: &Hir) -> Option<Piece> {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Some(Piece::empty()),
            HirKind::Literal(literal) => {
                let text = String::from_utf8_lossy(&literal.0).into_owned();
                let mut whole = Piece::empty();
                for c in text.chars() {
                    let class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
                    let next = self.single(class)?;
                    whole = self.joined(whole, next);
                }
                Some(whole)
            }
            HirKind::Class(class) => self.single(unicode(class).ok()?),
            HirKind::Capture(capture) => self.piece(&capture.sub),
            HirKind::Concat(parts) => {
                let mut whole = Piece::empty();
                for part in parts {
                    let next = self.piece(part)?;
                    whole = self.joined(whole, next);
                }
                Some(whole)
            }
            HirKind::Alternation(parts) => {
                let mut whole = Piece {
                    nullable: false,
                    ..Piece::empty()
                };
                for part in parts {
                    let one = self.piece(part)?;
                    whole.first.extend(one.first);
                    whole.last.extend(one.last);
                    whole.nullable |= one.nullable;
                }
                Some(whole)
            }
            HirKind::Repetition(repetition) => {
                self.repeated(&repetition.sub, repetition.min, repetition.max)
            }
        }
    }

    /// Copies one after another, as Lucene makes them: in a chain of optional ones each is entered from the one before alone, in a chain of
    /// `x?` from all before.
    fn repeated(&mut self, sub: &Hir, min: u32, max: Option<u32>) -> Option<Piece> {
        let times = max.unwrap_or(min.max(1));
        let mut whole = Piece::empty();
        let mut ends: BTreeSet<usize> = BTreeSet::new();
        for at in 0..times {
            let mut one = self.piece(sub)?;
            if max.is_none() && at + 1 == times {
                self.follow(&one.last, &one.first);
            }
            if self.flat || at < min {
                one.nullable |= at >= min;
                whole = self.joined(whole, one);
                ends.clone_from(&whole.last);
                continue;
            }
            self.follow(&ends, &one.first);
            if at == 0 || whole.nullable && at == min {
                whole.first.extend(&one.first);
            }
            ends = one.last;
            whole.last.extend(&ends);
        }
        whole.nullable |= min == 0;
        Some(whole)
    }

    fn single(&mut self, class: ClassUnicode) -> Option<Piece> {
        let at = self.position(class)?;
        Some(Piece {
            first: BTreeSet::from([at]),
            last: BTreeSet::from([at]),
            nullable: false,
        })
    }

    fn joined(&mut self, mut left: Piece, right: Piece) -> Piece {
        self.follow(&left.last, &right.first);
        if left.nullable {
            left.first.extend(&right.first);
        }
        if right.nullable {
            left.last.extend(&right.last);
        } else {
            left.last = right.last;
        }
        left.nullable &= right.nullable;
        left
    }

    /// Whether the sets of positions that a text can lead to stay within the limit.
    fn explore(&self, starts: &BTreeSet<usize>) -> bool {
        let letters = self.letters();
        let follows: Vec<Bits> = self
            .follows
            .iter()
            .map(|follows| self.bits(follows.iter().copied()))
            .collect();
        let begin = self.bits(starts.iter().copied());
        let mut known: HashSet<Bits> = HashSet::from([begin.clone()]);
        let mut open = vec![begin];
        let mut work = 0;
        while let Some(state) = open.pop() {
            let places: Vec<usize> = members(&state).collect();
            work += places.len();
            if work > MOST_WORK || known.len() > MOST_STATES {
                return false;
            }
            for letter in &letters {
                let mut next = self.bits(std::iter::empty());
                for at in &places {
                    let met = letter
                        .get(at / 64)
                        .is_some_and(|word| word & (1 << (at % 64)) != 0);
                    if let (true, Some(follows)) = (met, follows.get(*at)) {
                        next.iter_mut()
                            .zip(follows)
                            .for_each(|(word, more)| *word |= more);
                    }
                }
                if !known.contains(&next) {
                    known.insert(next.clone());
                    open.push(next);
                }
            }
        }
        true
    }

    fn bits(&self, places: impl Iterator<Item = usize>) -> Bits {
        let mut bits = vec![0; self.classes.len().div_ceil(64)];
        for at in places {
            if let Some(word) = bits.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
        }
        bits
    }

    /// For each kind of character that the expression tells apart, the positions that take it.
    fn letters(&self) -> HashSet<Bits> {
        let borders = self
            .classes
            .iter()
            .flat_map(ClassUnicode::iter)
            .flat_map(|range| {
                let behind = char::from_u32(u32::from(range.end()) + 1);
                std::iter::once(range.start()).chain(behind)
            });
        let borders: BTreeSet<char> = borders.collect();
        let taken = borders.into_iter().map(|c| {
            let places = self
                .classes
                .iter()
                .enumerate()
                .filter(|(_, class)| holds(class, c));
            self.bits(places.map(|(at, _)| at))
        });
        taken.collect()
    }
}

/// A set of positions, a bit each.
type Bits = Vec<u64>;

fn members(bits: &Bits) -> impl Iterator<Item = usize> {
    bits.iter().enumerate().flat_map(|(at, word)| {
        (0..64)
            .filter(move |bit| word & (1 << bit) != 0)
            .map(move |bit| at * 64 + bit)
    })
}

fn holds(class: &ClassUnicode, c: char) -> bool {
    class
        .iter()
        .any(|range| (range.start()..=range.end()).contains(&c))
}

#[cfg(test)]
mod tests {
    use super::fits;
    use crate::eql::edges;

    #[test]
    fn optional_copies_that_skip_one_another_make_fewer_states() {
        for (source, chain, flat) in [
            ("abc", true, true),
            ("a.{30}b", false, false),
            ("[0-9]{100}", true, true),
            (r#"e[\t ]+[^"]{0,64}werfault"#, false, true),
        ] {
            let parsed = regex_syntax::parse(source).expect("an expression");
            let branches = edges::branches(&parsed).expect("branches");
            assert_eq!(
                [fits(&branches, false), fits(&branches, true)],
                [chain, flat],
                "{source}"
            );
        }
    }
}
