//! The events that play a part in streams: made by the solver for each predicate, then given time and keys.

use super::draft::{Actor, KeyChoice, Measured, Role};
use super::streams::{Joints, Pool};
use super::{apart, time};
use crate::edits::with;
use crate::generate::{Amount, generate};
use crate::oracle::Oracle;
use crate::oracle::series::SeriesOracle;
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::{Correlation, Matches, Order, Place, Term};
use verdict_event::{Event, FieldType, Number, Path, Value};

/// How many events a predicate gets of each sort.
const FEW: usize = 6;

/// Who plays.
pub(super) struct Cast {
    order: Option<Order>,
    /// When streams begin.
    beginning: i64,
    /// By predicate.
    parts: Vec<Part>,
    positions: Vec<Position>,
    /// By predicate: everything that was made for it.
    pools: Vec<Pool>,
}

/// The events of a predicate.
struct Part {
    /// Those that satisfy it, with the shared keys, with the other ones, and as the solver made them.
    shared: Vec<Event>,
    other: Vec<Event>,
    own: Vec<Event>,
    /// Those that nearly do.
    misses: Vec<Event>,
    /// The fields that are measured: more than one where tuples are counted.
    measured: Vec<Path>,
}

/// A key, or a field of a group.
struct Position {
    kind: FieldType,
    /// By predicate: where it stands.
    paths: Vec<Option<Path>>,
    shared: Value,
    other: Value,
}

impl Cast {
    /// The cast of a series.
    pub(super) fn new(
        series: &Series,
        oracle: &SeriesOracle<'_>,
        key: &str,
        amount: Amount,
    ) -> Self {
        let small = small(amount);
        let mut parts = Vec::new();
        let mut pools = Vec::new();
        let oracles = oracle.events();
        for (number, ir) in series.events().into_iter().enumerate() {
            let made = generate(ir, &format!("{key}/{number}"), small);
            let of = |matches: bool| {
                let events = made.events.iter().filter(|made| made.matches == matches);
                events.map(|made| made.event.clone()).collect::<Vec<_>>()
            };
            let misses = of(false);
            let every = (misses.len() / FEW).max(1);
            let mut own = of(true);
            apart::first(oracles, number, &mut own, small);
            parts.push(Part {
                own,
                shared: Vec::new(),
                other: Vec::new(),
                misses: misses.into_iter().step_by(every).take(FEW).collect(),
                measured: Vec::new(),
            });
            pools.push(Pool {
                events: made.events,
                equivalent: made.equivalent,
                account: made.account,
            });
        }
        let mut cast = Self {
            beginning: time::beginning(series.order(), oracles),
            order: series.order().cloned(),
            positions: positions(series, parts.len()),
            parts,
            pools,
        };
        if let Series::Correlation(correlation) = series {
            measured(correlation, &mut 0, &mut cast.parts);
        }
        cast.settle_keys(oracles);
        cast
    }

    /// Chooses the values of keys, such that every predicate can still be satisfied.
    fn settle_keys(&mut self, oracles: &[Oracle<'_>]) {
        for part in &mut self.parts {
            part.shared = part.own.clone();
            part.other = part.own.clone();
        }
        // Keys that hold the same could stand for each other, and nobody would see it.
        let mut used = Vec::new();
        for at in 0..self.positions.len() {
            let (shared, other) = if let Some(earlier) = self.tied(at) {
                (earlier.shared.clone(), earlier.other.clone())
            } else {
                let shared = self.choose(at, oracles, |part| &part.shared, None, &used);
                let other = self.choose(at, oracles, |part| &part.other, Some(&shared), &used);
                (shared, other)
            };
            used.extend([shared.clone(), other.clone()]);
            let Some(position) = self.positions.get_mut(at) else {
                continue;
            };
            position.shared = shared.clone();
            position.other = other.clone();
            for ((part, oracle), path) in self.parts.iter_mut().zip(oracles).zip(&position.paths) {
                if let Some(path) = path {
                    part.shared = keeping(&part.shared, oracle, path, &shared);
                    part.other = keeping(&part.other, oracle, path, &other);
                }
            }
        }
        for part in &mut self.parts {
            for events in [&mut part.shared, &mut part.other, &mut part.own] {
                events.truncate(FEW);
            }
        }
    }

    /// An earlier key that stands in the same field of some event: both hold one value.
    fn tied(&self, at: usize) -> Option<&Position> {
        let own = self.positions.get(at)?;
        let mut earlier = self.positions.iter().take(at);
        earlier.find(|other| {
            let mut both = own.paths.iter().zip(&other.paths);
            both.any(|(one, other)| one.is_some() && one == other)
        })
    }

    /// The first value with which every predicate at a position keeps an event; the first of all, if there is none.
    fn choose(
        &self,
        at: usize,
        oracles: &[Oracle<'_>],
        pool: fn(&Part) -> &Vec<Event>,
        unlike: Option<&Value>,
        used: &[Value],
    ) -> Value {
        let Some(position) = self.positions.get(at) else {
            return Value::Null;
        };
        let mut candidates = plain(position.kind);
        for (part, path) in self.parts.iter().zip(&position.paths) {
            let Some(path) = path else {
                continue;
            };
            for event in pool(part).iter().take(40) {
                for value in event.values(path) {
                    if !candidates.contains(value) {
                        candidates.push(value.clone());
                    }
                }
            }
        }
        candidates.retain(|value| Some(value) != unlike);
        // A key that a keyword is found in would hide what else the keyword is found in.
        let spoken = |value: &Value| {
            let each = position.paths.iter().flatten();
            let events = each.map(|path| with(&Event::new(Vec::new()), path, Some(value.clone())));
            events.into_iter().any(|event| {
                let mut oracles = oracles.iter();
                oracles.any(|oracle| time::says_something(oracle, &event))
            })
        };
        candidates.sort_by_cached_key(|value| (spoken(value), used.contains(value)));
        let fits = |value: &&Value| {
            let each = self.parts.iter().zip(oracles).zip(&position.paths);
            each.into_iter().all(|((part, oracle), path)| match path {
                None => true,
                Some(path) => {
                    let holds =
                        |event: &Event| oracle.holds(&with(event, path, Some((*value).clone())));
                    pool(part).iter().any(holds)
                }
            })
        };
        let found = candidates.iter().find(fits).or(candidates.first());
        found.cloned().unwrap_or(Value::Null)
    }

    /// Where the keys stand.
    pub(super) fn joints(&self) -> Joints {
        let positions = self.positions.iter();
        positions.map(|position| position.paths.clone()).collect()
    }

    /// Everything that was made for the predicates.
    pub(super) fn pools(self) -> Vec<Pool> {
        self.pools
    }

    /// How many events of a sort a predicate has.
    pub(super) fn misses(&self, predicate: usize) -> usize {
        self.parts
            .get(predicate)
            .map_or(0, |part| part.misses.len())
    }

    /// How many events satisfy a predicate, as far as they are played with.
    pub(super) fn witnesses(&self, predicate: usize) -> usize {
        self.parts
            .get(predicate)
            .map_or(0, |part| part.shared.len())
    }

    /// How many predicates there are.
    pub(super) fn predicates(&self) -> usize {
        self.parts.len()
    }

    /// The positions at which a predicate has a key.
    pub(super) fn keys(&self, predicate: usize) -> Vec<usize> {
        let has = |at: &usize| {
            let position = self.positions.get(*at);
            position.is_some_and(|at| matches!(at.paths.get(predicate), Some(Some(_))))
        };
        (0..self.positions.len()).filter(has).collect()
    }

    /// Whether the events have a tiebreaker.
    pub(super) fn has_tie(&self) -> bool {
        let order = self.order.as_ref();
        order.is_some_and(|order| order.tiebreaker.is_some())
    }

    /// The event that an actor plays; None if nothing can play it.
    pub(super) fn play(&self, actor: &Actor) -> Option<Event> {
        let (Role::Satisfies(predicate, _) | Role::Misses(predicate, _)) = actor.role;
        let part = self.parts.get(predicate)?;
        let (pool, turn) = match (actor.role, actor.keys) {
            (Role::Misses(_, turn), _) => (&part.misses, turn),
            (Role::Satisfies(_, turn), KeyChoice::Own) => (&part.own, turn),
            (Role::Satisfies(_, turn), KeyChoice::B) => (&part.other, turn),
            (Role::Satisfies(_, turn), _) => (&part.shared, turn),
        };
        let pool = if pool.is_empty() { &part.own } else { pool };
        let mut event = pool.get(turn % pool.len().max(1))?.clone();
        for (at, position) in self.positions.iter().enumerate() {
            let Some(Some(path)) = position.paths.get(predicate) else {
                continue;
            };
            let choice = match actor.odd {
                Some((odd, choice)) if odd == at => choice,
                Some(_) | None => actor.keys,
            };
            event = position.set(&event, path, choice);
        }
        if let Some(measured) = &actor.measured {
            for (path, value) in part
                .measured
                .iter()
                .zip(measured.values(part.measured.len()))
            {
                event = with(&event, path, value);
            }
        }
        Some(self.timed(&event, actor))
    }

    fn timed(&self, event: &Event, actor: &Actor) -> Event {
        let Some(order) = &self.order else {
            return event.clone();
        };
        let event = time::timed(event, order, actor.at.map(|at| self.beginning + at));
        match &order.tiebreaker {
            Some(path) => with(&event, path, actor.tie.map(Value::from)),
            None => event,
        }
    }
}

/// How many events each predicate gets.
pub(super) fn small(amount: Amount) -> Amount {
    Amount {
        events: 240,
        random: 4,
        ..amount
    }
}

/// The events that still satisfy a predicate with this value at a key.
fn keeping(events: &[Event], oracle: &Oracle<'_>, path: &Path, value: &Value) -> Vec<Event> {
    let changed = events
        .iter()
        .map(|event| with(event, path, Some(value.clone())));
    changed.filter(|event| oracle.holds(event)).collect()
}

impl Position {
    /// Whether the empty text can be a key.
    fn is_text(&self) -> bool {
        match self.kind {
            FieldType::Keyword | FieldType::Text => true,
            FieldType::Long
            | FieldType::Double
            | FieldType::Boolean
            | FieldType::Date
            | FieldType::Ip
            | FieldType::Version
            | FieldType::Object => false,
        }
    }

    fn set(&self, event: &Event, path: &Path, choice: KeyChoice) -> Event {
        let value = match choice {
            KeyChoice::Own => return event.clone(),
            KeyChoice::B => Some(self.other.clone()),
            KeyChoice::Both => Some(Value::List(vec![self.shared.clone(), self.other.clone()])),
            KeyChoice::Twice => Some(Value::List(vec![
                self.shared.clone(),
                Value::Null,
                self.shared.clone(),
            ])),
            KeyChoice::Null => Some(Value::Null),
            KeyChoice::Absent => None,
            KeyChoice::EmptyList => Some(Value::List(Vec::new())),
            KeyChoice::EmptyText if self.is_text() => Some(Value::from("")),
            KeyChoice::A | KeyChoice::EmptyText => Some(self.shared.clone()),
        };
        with(event, path, value)
    }
}

impl Measured {
    /// A value for each of the fields that are measured. Tuples of two fields differ while neither field has so many values: 0 0, 0 1,
    /// 1 0 and so on. What is odd stands in the first field.
    fn values(&self, fields: usize) -> impl Iterator<Item = Option<Value>> {
        let (first, second) = match self {
            Self::Value(turn) if fields > 1 => (Self::Value(turn / 2), Self::Value(turn % 2)),
            other => (other.clone(), Self::Value(0)),
        };
        let rest = std::iter::repeat_with(|| Self::Value(0).value());
        [first.value(), second.value()].into_iter().chain(rest)
    }

    fn value(&self) -> Option<Value> {
        match self {
            Self::Value(turn) => Some(Value::from(format!("v{turn}").as_str())),
            Self::Number(text) => Number::parse(text).map(Value::Number),
            Self::List => Some(Value::List(vec![Value::from(1), Value::from(2)])),
            Self::Word => Some(Value::from("word")),
            Self::Empty => Some(Value::from("")),
            Self::Absent => None,
        }
    }
}

/// Plain values of a type: two for each of a few keys.
fn plain(kind: FieldType) -> Vec<Value> {
    let texts = |texts: &[&str]| texts.iter().map(|text| Value::from(*text)).collect();
    match kind {
        FieldType::Keyword | FieldType::Text | FieldType::Object => texts(&[
            "key-a", "key-b", "key-c", "key-d", "key-e", "key-f", "zz-1", "zz-2",
        ]),
        FieldType::Long | FieldType::Double => (4711..4717).map(Value::from).collect(),
        FieldType::Boolean => vec![Value::Bool(true), Value::Bool(false)],
        FieldType::Ip => texts(&["10.9.8.7", "10.9.8.8", "8.8.8.8", "8.8.4.4", "2600::1"]),
        FieldType::Version => texts(&["1.2.3", "1.2.4"]),
        FieldType::Date => texts(&["2025-05-01T00:00:00.000Z", "2025-05-02T00:00:00.000Z"]),
    }
}

fn positions(series: &Series, predicates: usize) -> Vec<Position> {
    let of_terms = |terms: Vec<&Term>| {
        let count = terms.first().map_or(0, |term| term.keys.len());
        let position = |at: usize| {
            let key = |term: &&Term| term.keys.get(at).map(|key| key.field.clone());
            let first = terms.first().and_then(|term| term.keys.get(at));
            Position {
                kind: first.map_or(FieldType::Keyword, |key| key.schema.kind),
                paths: terms.iter().map(key).collect(),
                shared: Value::Null,
                other: Value::Null,
            }
        };
        (0..count).map(position).collect()
    };
    match series {
        Series::Sequence(sequence) => of_terms(sequence.terms().collect()),
        Series::Sample(sample) => of_terms(sample.terms.iter().collect()),
        Series::Correlation(correlation) => {
            let mut found = Vec::new();
            of_groups(correlation, &mut 0, predicates, &mut found);
            found
        }
    }
}

/// The positions of a correlation's groups, those of inner ones too.
fn of_groups(
    correlation: &Correlation,
    predicate: &mut usize,
    predicates: usize,
    found: &mut Vec<Position>,
) {
    let own = found.len();
    for _ in &correlation.group_by {
        found.push(Position {
            kind: FieldType::Keyword,
            paths: vec![None; predicates],
            shared: Value::Null,
            other: Value::Null,
        });
    }
    for rule in &correlation.rules {
        let first = *predicate;
        let inner = found.len();
        match &rule.matches {
            Matches::Events(_) => *predicate += 1,
            Matches::Correlation(inner) => of_groups(inner, predicate, predicates, found),
        }
        for (at, place) in rule.group.iter().enumerate() {
            let paths: Vec<Option<Path>> = match place {
                Place::Field(path) => vec![Some(path.clone()); *predicate],
                // The group that the inner one found it in: its events hold that.
                Place::Group(group) => {
                    let of = found.get(inner + group);
                    of.map(|position| position.paths.clone())
                        .unwrap_or_default()
                }
            };
            if let Some(position) = found.get_mut(own + at) {
                let under = position.paths.iter_mut().zip(paths).take(*predicate);
                under.skip(first).for_each(|(at, path)| *at = path);
            }
        }
    }
}

fn measured(correlation: &Correlation, predicate: &mut usize, parts: &mut [Part]) {
    for rule in &correlation.rules {
        match &rule.matches {
            Matches::Events(_) => {
                if let Some(part) = parts.get_mut(*predicate) {
                    let fields = rule.values.iter().filter_map(Place::field);
                    part.measured = fields.cloned().collect();
                }
                *predicate += 1;
            }
            Matches::Correlation(inner) => measured(inner, predicate, parts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Measured;
    use std::collections::BTreeSet;

    /// Tuples are counted, not the values of one field: every turn is another tuple, and no field has as many values.
    #[test]
    fn turns_are_tuples() {
        let text = |value: Option<verdict_event::Value>| format!("{value:?}");
        let turn =
            |turn| -> Vec<String> { Measured::Value(turn).values(2).take(2).map(text).collect() };
        let turns: Vec<Vec<String>> = (0..6).map(turn).collect();
        assert_eq!(turns.iter().collect::<BTreeSet<_>>().len(), 6);
        for field in 0..2 {
            let values: BTreeSet<_> = turns.iter().filter_map(|turn| turn.get(field)).collect();
            assert!(values.len() < 4, "{values:?}");
        }
        let alone: Vec<String> = Measured::Value(5).values(1).take(1).map(text).collect();
        assert_eq!(alone, [text(Some(verdict_event::Value::from("v5")))]);
    }
}
