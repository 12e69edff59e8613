//! One event as the rules see it: values by slot, each field read at most once.

use crate::native::fields::{Fields, Sink};
use crate::native::view::View;
use std::cell::OnceCell;
use verdict_event::{Event, FieldType};

/// One event, read as far as anybody asked.
pub(super) struct Reading<'e> {
    event: &'e Event,
    fields: &'e Fields,
    store: Store<'e>,
    strings: OnceCell<Vec<View<'e>>>,
}

enum Store<'e> {
    /// By slot, read when first asked for: best for the few fields of one rule.
    Lazy(Vec<OnceCell<Vec<View<'e>>>>),
    /// Read in one pass over the event: best for the many fields of a pack.
    Whole(Whole<'e>),
}

impl<'e> Reading<'e> {
    /// A reading that looks a field up when a test first asks for it.
    pub(super) fn lazy(event: &'e Event, fields: &'e Fields) -> Self {
        let cells = (0..fields.len()).map(|_| OnceCell::new());
        Self::new(event, fields, Store::Lazy(cells.collect()))
    }

    /// A reading of every field there is.
    pub(super) fn whole(event: &'e Event, fields: &'e Fields) -> Self {
        let mut whole = Whole::new(fields.len());
        fields.walk(event, &mut whole);
        whole.finish();
        Self::new(event, fields, Store::Whole(whole))
    }

    fn new(event: &'e Event, fields: &'e Fields, store: Store<'e>) -> Self {
        Self {
            event,
            fields,
            store,
            strings: OnceCell::new(),
        }
    }

    /// The type of a slot's field.
    pub(super) fn kind(&self, slot: usize) -> FieldType {
        self.fields.kind(slot)
    }

    /// The values of a field.
    pub(super) fn values(&self, slot: usize) -> &[View<'e>] {
        match &self.store {
            Store::Lazy(cells) => match cells.get(slot) {
                Some(cell) => cell.get_or_init(|| self.read(slot)),
                None => &[],
            },
            Store::Whole(whole) => whole.values(slot),
        }
    }

    fn read(&self, slot: usize) -> Vec<View<'e>> {
        let mut views = Vec::new();
        if let Some(field) = self.fields.get(slot) {
            let root = self.event.root();
            field
                .path
                .visit_with_nulls(root, &mut |value| views.extend(field.view(value)));
        }
        views
    }

    /// Whether a field's key stands in the event.
    pub(super) fn stands(&self, slot: usize) -> bool {
        match &self.store {
            Store::Lazy(_) => {
                let field = self.fields.get(slot);
                field.is_some_and(|field| self.event.has_key(&field.path))
            }
            Store::Whole(whole) => whole.spans.get(slot).is_some_and(|span| span.stands),
        }
    }

    /// The slots whose keys stand in the event, each once, where the event was read as a whole.
    pub(super) fn standing(&self) -> &[usize] {
        match &self.store {
            Store::Lazy(_) => &[],
            Store::Whole(whole) => &whole.standing,
        }
    }

    /// Every string of the event.
    pub(super) fn strings(&self) -> &[View<'e>] {
        self.strings.get_or_init(|| {
            let strings = self.event.strings().into_iter();
            strings.map(View::of_text).collect()
        })
    }
}

/// The values of all fields, side by side: an event is read often enough that a list for each field would cost more than reading it.
struct Whole<'e> {
    views: Vec<View<'e>>,
    /// The slot of each view.
    owners: Vec<usize>,
    /// By slot: where its values stand among the views.
    spans: Vec<Span>,
    standing: Vec<usize>,
    /// Whether the values of some slot did not come one after the other.
    scattered: bool,
}

#[derive(Clone, Copy, Default)]
struct Span {
    start: usize,
    end: usize,
    stands: bool,
}

impl<'e> Whole<'e> {
    fn new(slots: usize) -> Self {
        Self {
            views: Vec::with_capacity(32),
            owners: Vec::with_capacity(32),
            spans: vec![Span::default(); slots],
            standing: Vec::with_capacity(32),
            scattered: false,
        }
    }

    fn values(&self, slot: usize) -> &[View<'e>] {
        let span = self.spans.get(slot).copied().unwrap_or_default();
        self.views.get(span.start..span.end).unwrap_or_default()
    }

    /// Brings the values of each slot together.
    fn finish(&mut self) {
        if !self.scattered {
            return;
        }
        let owners = std::mem::take(&mut self.owners).into_iter();
        let views = std::mem::take(&mut self.views).into_iter();
        let mut owned: Vec<(usize, View<'e>)> = owners.zip(views).collect();
        owned.sort_by_key(|(slot, _)| *slot);
        for (at, (slot, _)) in owned.iter().enumerate() {
            let starts = at == 0 || owned.get(at - 1).is_some_and(|(before, _)| before != slot);
            if let Some(span) = self.spans.get_mut(*slot) {
                span.start = if starts { at } else { span.start };
                span.end = at + 1;
            }
        }
        self.views = owned.into_iter().map(|(_, view)| view).collect();
    }
}

impl<'e> Sink<'e> for Whole<'e> {
    fn stands(&mut self, slot: usize) {
        if let Some(span) = self.spans.get_mut(slot)
            && !span.stands
        {
            span.stands = true;
            self.standing.push(slot);
        }
    }

    fn value(&mut self, slot: usize, view: View<'e>) {
        let Some(span) = self.spans.get_mut(slot) else {
            return;
        };
        let at = self.views.len();
        if span.start == span.end {
            span.start = at;
        } else if span.end != at {
            self.scattered = true;
        }
        span.end = at + 1;
        self.views.push(view);
        self.owners.push(slot);
    }
}
