//! Which events of the streams satisfy which predicates, each different event asked once.

use super::super::bits::Bits;
use crate::mutation::series::SeriesMutant;
use crate::oracle::Oracle;
use crate::oracle::series::{SeriesOracle, matches_by};
use crate::series::Judged;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use verdict_compiler::Ir;
use verdict_compiler::ir::{LeafKind, Series};
use verdict_event::{Event, Path};

/// In so many streams it is tried whether an event decides, and so many are kept in which it does.
const MOST_TRIED: usize = 16;
const MOST_KEPT: usize = 3;

/// What the predicates say of the events of some streams.
pub(super) struct Hits<'s> {
    series: &'s Series,
    streams: &'s [Judged],
    /// By predicate.
    parts: Vec<Part<'s>>,
}

/// What one predicate says. Events that are alike in all that it reads are one.
struct Part<'s> {
    events: Vec<&'s Event>,
    says: Vec<bool>,
    /// By stream, by place: which event it is.
    places: Vec<Vec<usize>>,
    /// By event: the streams that hold it.
    holding: Vec<Vec<usize>>,
    /// By event, once asked for: streams in which it decides.
    deciding: RefCell<Vec<Option<Vec<usize>>>>,
}

impl<'s> Hits<'s> {
    pub(super) fn new(oracle: &SeriesOracle<'s>, streams: &'s [Judged]) -> Self {
        let parts = oracle.events().iter().map(|own| Part::new(own, streams));
        Self {
            series: oracle.series(),
            streams,
            parts: parts.collect(),
        }
    }

    /// The different events, as far as a predicate sees.
    pub(super) fn events(&self, predicate: usize) -> &[&'s Event] {
        self.parts.get(predicate).map_or(&[], |part| &part.events)
    }

    fn says(&self, predicate: usize, stream: usize, place: usize) -> bool {
        let part = self.parts.get(predicate);
        part.is_some_and(|part| {
            let event = part.event(stream, place);
            event.and_then(|event| part.says.get(event)) == Some(&true)
        })
    }

    /// Whether some stream has other matches with a mistake in how events come together.
    pub(super) fn show(&self, mutant: &SeriesMutant) -> bool {
        let streams = self.streams.iter().enumerate();
        streams.into_iter().any(|(number, (made, matches))| {
            let says = |predicate: usize, place: usize| {
                let own = mutant.predicates.get(predicate);
                own.is_some_and(|own| self.says(*own, number, place))
            };
            let found = matches_by(&mutant.series, &made.stream, &says);
            if mutant.counted {
                found.len() != matches.len()
            } else {
                found != *matches
            }
        })
    }

    /// Whether a stream has other matches if a predicate says the opposite of these events.
    pub(super) fn turn(&self, predicate: usize, events: &Bits, stream: usize) -> bool {
        self.turned(predicate, stream, &|event| events.get(event))
    }

    fn turned(&self, predicate: usize, stream: usize, turned: &dyn Fn(usize) -> bool) -> bool {
        let Some((made, matches)) = self.streams.get(stream) else {
            return false;
        };
        let says = |of: usize, place: usize| {
            let part = self.parts.get(of).filter(|_| of == predicate);
            let event = part.and_then(|part| part.event(stream, place));
            self.says(of, stream, place) != event.is_some_and(turned)
        };
        matches_by(self.series, &made.stream, &says) != *matches
    }

    /// Streams in which it decides what a predicate says of an event.
    pub(super) fn deciding(&self, predicate: usize, event: usize) -> Vec<usize> {
        let Some(part) = self.parts.get(predicate) else {
            return Vec::new();
        };
        let known = part.deciding.borrow().get(event).cloned().flatten();
        if let Some(known) = known {
            return known;
        }
        let holding = part.holding.get(event).into_iter().flatten().copied();
        let decides = |stream: &usize| self.turned(predicate, *stream, &|other| other == event);
        let found: Vec<usize> = holding
            .take(MOST_TRIED)
            .filter(decides)
            .take(MOST_KEPT)
            .collect();
        if let Some(slot) = part.deciding.borrow_mut().get_mut(event) {
            *slot = Some(found.clone());
        }
        found
    }
}

impl<'s> Part<'s> {
    fn new(oracle: &Oracle<'_>, streams: &'s [Judged]) -> Self {
        let sight = Sight::new(oracle.ir());
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut part = Self {
            events: Vec::new(),
            says: Vec::new(),
            places: Vec::new(),
            holding: Vec::new(),
            deciding: RefCell::default(),
        };
        for (number, (made, _)) in streams.iter().enumerate() {
            let mut places = Vec::new();
            for event in &made.stream {
                let next = part.events.len();
                let own = *known.entry(sight.of(event)).or_insert(next);
                if own == next {
                    part.events.push(event);
                    part.says.push(oracle.holds(event));
                    part.holding.push(Vec::new());
                }
                if let Some(holding) = part.holding.get_mut(own)
                    && holding.last() != Some(&number)
                {
                    holding.push(number);
                }
                places.push(own);
            }
            part.places.push(places);
        }
        part.deciding = RefCell::new(vec![None; part.events.len()]);
        part
    }

    fn event(&self, stream: usize, place: usize) -> Option<usize> {
        self.places.get(stream)?.get(place).copied()
    }
}

/// What a predicate sees of an event.
enum Sight {
    All,
    Fields(Vec<Path>),
}

impl Sight {
    fn new(ir: &Ir) -> Self {
        let mut keywords = false;
        ir.predicate.each_leaf_within(&mut |leaf| {
            keywords |= matches!(leaf.kind, LeafKind::AnyText(_));
        });
        if keywords {
            return Self::All;
        }
        let mut fields = ir.predicate.fields();
        fields.extend(ir.fields.keys().cloned());
        Self::Fields(fields.into_iter().collect())
    }

    /// The same text for events that look alike.
    fn of(&self, event: &Event) -> String {
        let Self::Fields(fields) = self else {
            return event.to_json_line();
        };
        let mut text = String::new();
        for path in fields {
            text.push(if event.has_key(path) { '+' } else { '-' });
            path.visit_with_nulls(event.root(), &mut |value| {
                let _ = write!(text, "{value:?}|");
            });
            text.push('\n');
        }
        text
    }
}
