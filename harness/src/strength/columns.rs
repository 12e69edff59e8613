//! The values of the fields of some events, read and folded once.
//!
//! A long list asks thousands of leaves about the same field of the same events; looking the field up and folding its text each time is most of the
//! work. What is kept here says nothing of its own: [`super::probe`] asks it, and what the oracle says is what counts.

use super::bits::Bits;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;
use verdict_compiler::Ir;
use verdict_compiler::ir::fold;
use verdict_event::{Event, Path, Value};

/// The fields of an IR, by number.
pub(crate) struct Fields<'i> {
    numbers: HashMap<&'i Path, usize>,
}

impl<'i> Fields<'i> {
    pub(crate) fn new(ir: &'i Ir) -> Self {
        let numbers = ir.fields.keys().enumerate();
        Self {
            numbers: numbers.map(|(number, path)| (path, number)).collect(),
        }
    }

    /// The number of a field, if the IR has it.
    pub(crate) fn number(&self, path: &Path) -> Option<usize> {
        self.numbers.get(path).copied()
    }
}

/// Some events, and the columns that were asked for.
pub(crate) struct Columns<'e> {
    events: Vec<&'e Event>,
    columns: Vec<OnceCell<Column<'e>>>,
}

/// A value as the tests see it.
pub(crate) struct Held<'e> {
    pub value: &'e Value,
    pub text: Option<&'e str>,
    /// The text without regard to case, if that is another one.
    folded: Option<String>,
}

impl Held<'_> {
    pub(crate) fn folded(&self) -> Option<&str> {
        self.folded.as_deref().or(self.text)
    }
}

/// One field of all the events.
pub(crate) struct Column<'e> {
    held: Vec<Held<'e>>,
    of_event: Vec<Range<usize>>,
    /// The events that hold more than one value.
    pub several: Bits,
}

impl<'e> Columns<'e> {
    pub(crate) fn new(fields: &Fields<'_>, events: &[&'e Event]) -> Self {
        Self {
            events: events.to_vec(),
            columns: fields.numbers.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    pub(crate) fn event(&self, at: usize) -> Option<&'e Event> {
        self.events.get(at).copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.events.len()
    }

    /// The column of a field, which [`Fields`] numbered.
    pub(crate) fn of(&self, number: usize, path: &Path) -> Option<&Column<'e>> {
        let slot = self.columns.get(number)?;
        Some(slot.get_or_init(|| Column::new(path, &self.events)))
    }
}

impl<'e> Column<'e> {
    fn new(path: &Path, events: &[&'e Event]) -> Self {
        let mut column = Self {
            held: Vec::new(),
            of_event: Vec::with_capacity(events.len()),
            several: Bits::all(events.len(), false),
        };
        for (at, event) in events.iter().enumerate() {
            let start = column.held.len();
            path.visit(event.root(), &mut |value| column.held.push(held(value)));
            let of_event = start..column.held.len();
            if of_event.len() > 1 {
                column.several.set(at);
            }
            column.of_event.push(of_event);
        }
        column
    }

    /// The values that an event holds.
    pub(crate) fn values(&self, event: usize) -> &[Held<'e>] {
        let range = self.of_event.get(event).cloned().unwrap_or(0..0);
        self.held.get(range).unwrap_or_default()
    }
}

fn held(value: &Value) -> Held<'_> {
    let text = value.scalar_text();
    let folded = text.map(fold::fold);
    Held {
        value,
        text,
        folded: folded.filter(|folded| text != Some(folded)),
    }
}
