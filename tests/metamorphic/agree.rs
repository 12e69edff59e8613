//! A rule and what a relation makes of it have one verdict on every event, from every judge.

use crate::judges::{Judged, Said};
use crate::rules::Specimen;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use verdict_compiler::ir::print::print;
use verdict_event::Event;
use verdict_harness::generate::{Amount, generate};

/// A rule written otherwise; None where there is nothing to write otherwise.
pub(crate) type OfRules = fn(&Specimen) -> Option<Specimen>;
/// An event written otherwise.
pub(crate) type OfEvents = fn(&Judged, &Event) -> Option<Event>;

/// What a relation came to.
pub(crate) struct Tally {
    /// Rules that the relation wrote otherwise, or whose events it did.
    pub rules: usize,
    /// Comparisons of two verdicts.
    pub compared: usize,
    /// What was found.
    pub faults: Vec<String>,
}

/// So many faults are enough to look at.
const ENOUGH: usize = 8;

/// The events that the harness makes for a rule. They are made once, since every relation wants them.
pub(crate) fn events(judged: &Judged) -> Arc<Vec<Event>> {
    static MADE: LazyLock<Mutex<HashMap<String, Arc<Vec<Event>>>>> = LazyLock::new(Mutex::default);
    let key = print(&judged.ir);
    if let Some(made) = MADE.lock().expect("no panic").get(&key) {
        return Arc::clone(made);
    }
    let amount = Amount {
        events: 100,
        random: 12,
        ..Amount::default()
    };
    let made = generate(&judged.ir, "metamorphic", amount).events;
    let made: Arc<Vec<Event>> = Arc::new(made.into_iter().map(|labelled| labelled.event).collect());
    MADE.lock()
        .expect("no panic")
        .insert(key, Arc::clone(&made));
    made
}

/// Holds a relation of rules against some rules.
pub(crate) fn rules(relation: OfRules, specimens: &[Specimen]) -> Tally {
    let mut tally = Tally::none();
    for specimen in specimens {
        let (Some(first), Some(other)) = (Judged::new(specimen), relation(specimen)) else {
            continue;
        };
        tally.rules += 1;
        let Some(second) = Judged::new(&other) else {
            tally.fault(specimen, &format!("does not compile as {}", other.text()));
            continue;
        };
        let (mut before, mut after) = (first.judges(), second.judges());
        // Which text a target can make of a rule may hang on how it is written; where it can, it says the same.
        before.retain(|name, _| after.contains_key(name));
        after.retain(|name, _| before.contains_key(name));
        let events = events(&first);
        for (name, judge) in &before {
            let other_judge = after.get(name).expect("the same judges");
            for event in events.iter() {
                if !tally.compare(&judge(event), &other_judge(event)) {
                    let told = format!("{name} of {}\n  {}", event.to_json_line(), other.text());
                    tally.fault(specimen, &told);
                    break;
                }
            }
        }
        if tally.faults.len() >= ENOUGH {
            break;
        }
    }
    tally
}

/// Holds a relation of events against some rules.
pub(crate) fn of_events(relation: OfEvents, specimens: &[Specimen]) -> Tally {
    let mut tally = Tally::none();
    for specimen in specimens {
        let Some(judged) = Judged::new(specimen) else {
            continue;
        };
        let events = events(&judged);
        let pairs = events
            .iter()
            .filter_map(|event| Some((relation(&judged, event)?, event.clone())));
        let pairs: Vec<(Event, Event)> = pairs.collect();
        tally.rules += usize::from(!pairs.is_empty());
        for (name, judge) in &judged.judges() {
            for (other, event) in &pairs {
                if !tally.compare(&judge(event), &judge(other)) {
                    let told = format!(
                        "{name} of {} and {}",
                        event.to_json_line(),
                        other.to_json_line()
                    );
                    tally.fault(specimen, &told);
                    break;
                }
            }
        }
        if tally.faults.len() >= ENOUGH {
            break;
        }
    }
    tally
}

impl Tally {
    fn none() -> Self {
        Self {
            rules: 0,
            compared: 0,
            faults: Vec::new(),
        }
    }

    /// Whether two verdicts may stand beside each other. An engine that refuses its text may not.
    fn compare(&mut self, first: &Answer, second: &Answer) -> bool {
        let (Ok(first), Ok(second)) = (first, second) else {
            return false;
        };
        let (Some(first), Some(second)) = (first.exact(), second.exact()) else {
            return true;
        };
        self.compared += 1;
        first == second
    }

    fn fault(&mut self, specimen: &Specimen, told: &str) {
        self.faults
            .push(format!("{}: {told}\n  {}", specimen.name, specimen.text()));
    }
}

type Answer = Result<Said, String>;

/// The relation holds, and there was something to hold it against.
pub(crate) fn check(name: &str, tally: &Tally, at_least: usize) {
    assert!(
        tally.faults.is_empty(),
        "{name}: {} rules, {} comparisons\n{}",
        tally.rules,
        tally.compared,
        tally.faults.join("\n")
    );
    assert!(
        tally.rules >= at_least && tally.compared >= 100 * at_least,
        "{name} was held against next to nothing: {} rules, {} comparisons",
        tally.rules,
        tally.compared
    );
}
