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
        let begin: Vec<usize> = starts.iter().copied().collect();
        let mut known: HashSet<Vec<usize>> = HashSet::new();
        let mut open = vec![begin];
        let mut work = 0;
        while let Some(state) = open.pop() {
            work += state.len();
            if work > MOST_WORK {
                return false;
            }
            for letter in &letters {
                let mut next: BTreeSet<usize> = BTreeSet::new();
                for at in &state {
                    let (Some(class), Some(follows)) =
                        (self.classes.get(*at), self.follows.get(*at))
                    else {
                        continue;
                    };
                    if holds(class, *letter) {
                        next.extend(follows);
                    }
                }
                let next: Vec<usize> = next.into_iter().collect();
                if known.insert(next.clone()) {
                    open.push(next);
                }
            }
        }
        true
    }

    /// A character of each kind that the expression tells apart.
    fn letters(&self) -> Vec<char> {
        let borders = self
            .classes
            .iter()
            .flat_map(ClassUnicode::iter)
            .flat_map(|range| {
                let behind = char::from_u32(u32::from(range.end()) + 1);
                std::iter::once(range.start()).chain(behind)
            });
        borders.collect::<BTreeSet<char>>().into_iter().collect()
    }
}

fn holds(class: &ClassUnicode, c: char) -> bool {
    class
        .iter()
        .any(|range| (range.start()..=range.end()).contains(&c))
}
