//! Streams that nobody planned.

use super::base;
use super::cast::Cast;
use super::draft::{Actor, Draft, KeyChoice, Role};
use verdict_compiler::ir::Series;

/// Any events at any instants.
pub(super) fn wandering(series: &Series, cast: &Cast, dice: &mut Dice) -> Draft {
    const CHOICES: [KeyChoice; 8] = [
        KeyChoice::A,
        KeyChoice::A,
        KeyChoice::A,
        KeyChoice::B,
        KeyChoice::B,
        KeyChoice::Both,
        KeyChoice::Absent,
        KeyChoice::Null,
    ];
    let base = base::actors(series);
    let unit = base::limit(series).map_or(1000, |limit| (limit / 4).max(1));
    let count = 2 + dice.below(2 * base.len().clamp(2, 12));
    let mut actors = Vec::new();
    for _ in 0..count {
        let predicate = dice.below(cast.predicates().max(1));
        let at = i64::try_from(dice.below(10)).unwrap_or(0);
        let mut actor = Actor::new(predicate, at * unit);
        actor.at = actor.at.filter(|_| dice.below(12) > 0);
        actor.keys = CHOICES
            .get(dice.below(CHOICES.len()))
            .copied()
            .unwrap_or(KeyChoice::A);
        if dice.below(5) == 0 && cast.misses(predicate) > 0 {
            actor.role = Role::Misses(predicate, dice.below(cast.misses(predicate)));
        } else if cast.witnesses(predicate) > 0 {
            actor.role = Role::Satisfies(predicate, dice.below(cast.witnesses(predicate)));
        }
        let measured = base.get(dice.below(base.len().max(1)));
        actor.measured = measured.and_then(|actor| actor.measured.clone());
        if cast.has_tie() && dice.below(2) == 0 {
            actor.tie = i64::try_from(dice.below(3)).ok();
        }
        actors.push(actor);
    }
    Draft::new("wandering", actors)
}

/// Random choices that a seed decides (xorshift).
pub(super) struct Dice {
    state: u64,
}

impl Dice {
    pub(super) fn new(seed: &[u8]) -> Self {
        let fold = |state: u64, byte: &u8| state.rotate_left(8) ^ u64::from(*byte);
        Self {
            state: seed.iter().fold(0x9e37_79b9_7f4a_7c15, fold) | 1,
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from(self.state % bound).unwrap_or(0)
    }
}
