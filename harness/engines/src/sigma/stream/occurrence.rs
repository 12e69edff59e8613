//! What happens in a stream: events that rules match, and matches of correlations, with the fields that they have.

use super::moments::{Moment, moments};
use super::read::Correlation;
use super::window::{self, Entry};
use super::{Document, Kind};
use crate::QueryError;
use crate::sigma::Rule;
use std::collections::HashMap;
use std::rc::Rc;
use verdict_event::{Decimal, Event, Path, Schema};

/// C5, C7: the combinations of one event.
const MAX_COMBINATIONS: usize = 1000;
/// Steps of a run: entries of windows that are looked at, and events that matches hold.
const MAX_STEPS: usize = 50_000_000;

/// Something that a correlation can count.
#[derive(Clone, Debug)]
pub(super) struct Occurrence {
    pub(super) instant: i64,
    /// The place of its last event in the order of time.
    pub(super) order: usize,
    pub(super) identity: Identity,
    pub(super) carrier: Rc<Carrier>,
    /// Its events by their places in the order of time, ascending.
    pub(super) events: Rc<[usize]>,
}

/// C6: one event is one, whatever matches it; a match is one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identity {
    Event,
    Match { document: usize, number: usize },
}

/// Where the fields of an occurrence come from.
#[derive(Debug)]
pub(super) enum Carrier {
    Event {
        row: usize,
        /// The rule, and those of its places that match: fields have the names of these (S25; assumed for correlations).
        document: usize,
        places: Vec<usize>,
    },
    /// C12: the aliases of its group, then its last event.
    Match {
        aliases: Vec<(String, String)>,
        last: Rc<Carrier>,
    },
}

/// One run over a stream.
pub(super) struct Run<'r> {
    documents: &'r [Document],
    rows: &'r [Event],
    moments: Vec<Moment>,
    known: HashMap<usize, Rc<Vec<Occurrence>>>,
    left: usize,
}

impl<'r> Run<'r> {
    pub(super) fn new(documents: &'r [Document], rows: &'r [Event], schema: &Schema) -> Self {
        Self {
            documents,
            rows,
            moments: moments(rows, schema),
            known: HashMap::new(),
            left: MAX_STEPS,
        }
    }

    pub(super) fn spend(&mut self, steps: usize) -> Result<(), QueryError> {
        self.left = self.left.checked_sub(steps).ok_or_else(|| {
            let message = format!("the correlation takes more than {MAX_STEPS} steps");
            QueryError::new(message, 0..0)
        })?;
        Ok(())
    }

    /// The matches that a document tells, by the numbers of events in the stream. A rule does not ask for times. The same events are
    /// told once, by however many groups they match (assumed, as Q8 says of sequences).
    pub(super) fn told(&mut self, document: usize) -> Result<Vec<Vec<usize>>, QueryError> {
        match self.documents.get(document).map(|document| &document.kind) {
            Some(Kind::Rule(rule)) => {
                let rows = self.rows.iter().enumerate();
                let matching = rows.filter(|(_, event)| rule.matches(event));
                Ok(matching.map(|(row, _)| vec![row]).collect())
            }
            Some(Kind::Correlation(_)) => {
                let found = self.occurrences(document)?;
                let row = |place: &usize| self.moments.get(*place).map(|moment| moment.row);
                let rows = |found: &Occurrence| found.events.iter().filter_map(row).collect();
                let mut told: Vec<Vec<usize>> = found.iter().map(rows).collect();
                // Matches are sorted by their instants and events.
                told.dedup();
                Ok(told)
            }
            Some(Kind::Filter(_)) | None => Ok(Vec::new()),
        }
    }

    /// What a document counts for in a correlation. Chains end: `links` has seen to it.
    fn occurrences(&mut self, document: usize) -> Result<Rc<Vec<Occurrence>>, QueryError> {
        if let Some(known) = self.known.get(&document) {
            return Ok(Rc::clone(known));
        }
        let found = match self.documents.get(document).map(|document| &document.kind) {
            Some(Kind::Rule(rule)) => self.events(document, rule),
            Some(Kind::Correlation(correlation)) => self.matches(document, correlation)?,
            Some(Kind::Filter(_)) | None => Vec::new(),
        };
        let found = Rc::new(found);
        self.known.insert(document, Rc::clone(&found));
        Ok(found)
    }

    fn events(&self, document: usize, rule: &Rule) -> Vec<Occurrence> {
        let mut found = Vec::new();
        for (order, moment) in self.moments.iter().enumerate() {
            let Some(event) = self.rows.get(moment.row) else {
                continue;
            };
            let places: Vec<usize> = (0..rule.places.len())
                .filter(|place| rule.matches_in(*place, event))
                .collect();
            if places.is_empty() {
                continue;
            }
            found.push(Occurrence {
                instant: moment.instant,
                order,
                identity: Identity::Event,
                carrier: Rc::new(Carrier::Event {
                    row: moment.row,
                    document,
                    places,
                }),
                events: Rc::from([order]),
            });
        }
        found
    }

    /// The matches of a correlation, group by group, put in the order of time.
    fn matches(
        &mut self,
        document: usize,
        correlation: &Correlation,
    ) -> Result<Vec<Occurrence>, QueryError> {
        let mut groups: HashMap<Vec<String>, Vec<Entry>> = HashMap::new();
        for (rule, target) in correlation.documents.iter().enumerate() {
            let occurrences = self.occurrences(*target)?;
            let fields = self.group_fields(correlation, *target);
            for occurrence in occurrences.iter() {
                let keys = self.tuples(&occurrence.carrier, &fields);
                self.spend(keys.len())?;
                for key in keys {
                    groups.entry(key).or_default().push(Entry {
                        occurrence: occurrence.clone(),
                        rules: vec![rule],
                        carriers: vec![Rc::clone(&occurrence.carrier)],
                    });
                }
            }
        }
        let mut keys: Vec<Vec<String>> = groups.keys().cloned().collect();
        keys.sort_unstable();
        let mut found: Vec<(window::Match, Rc<Carrier>)> = Vec::new();
        for key in keys {
            let entries = window::merged(groups.remove(&key).unwrap_or_default());
            let aliases: Vec<(String, String)> = correlation
                .group_by
                .iter()
                .zip(&key)
                .filter(|(name, _)| correlation.aliases.iter().any(|alias| alias.name == **name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            for matched in window::judge(correlation, &entries, self)? {
                let last = Rc::clone(&matched.last);
                let aliases = aliases.clone();
                found.push((matched, Rc::new(Carrier::Match { aliases, last })));
            }
        }
        found.sort_by(|(left, _), (right, _)| {
            (left.instant, &left.events).cmp(&(right.instant, &right.events))
        });
        let occurrence =
            |(number, (matched, carrier)): (usize, (window::Match, Rc<Carrier>))| Occurrence {
                instant: matched.instant,
                order: matched.events.last().copied().unwrap_or_default(),
                identity: Identity::Match { document, number },
                carrier,
                events: matched.events.into(),
            };
        Ok(found.into_iter().enumerate().map(occurrence).collect())
    }

    /// The fields that make the groups, in the names of one of the rules.
    fn group_fields(&self, correlation: &Correlation, target: usize) -> Vec<String> {
        let document = self.documents.get(target);
        let called = |text: &String| {
            document.is_some_and(|document| {
                document.id.as_ref() == Some(text) || document.name.as_ref() == Some(text)
            })
        };
        let field = |name: &String| {
            let alias = correlation.aliases.iter().find(|alias| alias.name == *name);
            let meant = alias.and_then(|alias| {
                let mut fields = alias.fields.iter();
                fields.find(|(rule, _)| called(&rule.text))
            });
            meant.map_or_else(|| name.clone(), |(_, field)| field.clone())
        };
        correlation.group_by.iter().map(field).collect()
    }

    /// C5, C7: each combination of the texts of fields; none if one is missing.
    pub(super) fn tuples(&self, carrier: &Carrier, fields: &[String]) -> Vec<Vec<String>> {
        let mut tuples = vec![Vec::new()];
        for field in fields {
            let mut texts: Vec<String> = Vec::new();
            self.visit(carrier, field, &mut |text| {
                if !texts.iter().any(|known| known == text) {
                    texts.push(text.to_owned());
                }
            });
            if texts.is_empty() && verdict_faults::at("sigma/engine/missing-key-makes-a-group") {
                texts.push(String::new());
            }
            let longer = |tuple: &Vec<String>| {
                let tuple = tuple.clone();
                texts.clone().into_iter().map(move |text| {
                    let mut longer = tuple.clone();
                    longer.push(text);
                    longer
                })
            };
            tuples = tuples
                .iter()
                .flat_map(longer)
                .take(MAX_COMBINATIONS)
                .collect();
        }
        tuples
    }

    /// C8: the numbers of a field.
    pub(super) fn numbers(&self, carrier: &Carrier, field: &str) -> Vec<f64> {
        let mut numbers = Vec::new();
        self.visit(carrier, field, &mut |text| {
            if Decimal::parse(text).is_some() {
                numbers.extend(text.parse::<f64>().ok().filter(|number| number.is_finite()));
            }
        });
        numbers
    }

    /// The texts of a field.
    fn visit(&self, carrier: &Carrier, field: &str, found: &mut dyn FnMut(&str)) {
        match carrier {
            Carrier::Match { aliases, last } => {
                match aliases.iter().find(|(name, _)| name == field) {
                    Some((_, value)) => found(value),
                    None => self.visit(last, field, found),
                }
            }
            Carrier::Event {
                row,
                document,
                places,
            } => {
                let Some(event) = self.rows.get(*row) else {
                    return;
                };
                for name in self.names(*document, places, field) {
                    Path::new(name).visit(event.root(), &mut |value| {
                        if let Some(text) = value.scalar_text() {
                            found(text);
                        }
                    });
                }
            }
        }
    }

    /// What a field is called in places of a rule.
    fn names<'n>(&'n self, document: usize, places: &[usize], field: &'n str) -> Vec<&'n str> {
        let kind = self.documents.get(document).map(|document| &document.kind);
        let Some(Kind::Rule(rule)) = kind else {
            return vec![field];
        };
        let mut names: Vec<&str> = Vec::new();
        for place in places.iter().filter_map(|place| rule.places.get(*place)) {
            let name = place.rename.get(field).map_or(field, String::as_str);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}
