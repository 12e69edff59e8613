//! One event as the rules see it: values by slot, each field read at most once, each text folded at most once.

use crate::native::fields::{Fields, Sink};
use std::borrow::Cow;
use std::cell::OnceCell;
use verdict_compiler::ir::{Scalar, fold};
use verdict_event::{Event, FieldType, Number, Value};

/// A scalar with what tests keep asking of it.
#[derive(Debug)]
pub(super) struct View<'e> {
    text: Cow<'e, str>,
    kind: Kind,
    /// The folded text; None where folding changes nothing.
    folded: OnceCell<Option<Box<str>>>,
}

/// Which kind of scalar a text came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Bool,
}

impl<'e> View<'e> {
    fn new(text: Cow<'e, str>, kind: Kind) -> Self {
        Self {
            text,
            kind,
            folded: OnceCell::new(),
        }
    }

    /// The view of a scalar; None of anything else.
    pub(super) fn of(value: &'e Value) -> Option<Self> {
        let kind = match value {
            Value::String(_) => Kind::Text,
            Value::Number(_) => Kind::Number,
            Value::Bool(_) => Kind::Bool,
            Value::Null | Value::List(_) | Value::Object(_) => return None,
        };
        Some(Self::new(Cow::Borrowed(value.scalar_text()?), kind))
    }

    /// The view of a computed value.
    pub(super) fn of_scalar(scalar: &'e Scalar) -> Self {
        match scalar {
            Scalar::Text(text) => Self::new(Cow::Borrowed(text), Kind::Text),
            Scalar::Number(number) => Self::new(Cow::Borrowed(number.text()), Kind::Number),
            Scalar::Bool(value) => Self::of_bool(*value),
        }
    }

    /// The view of a value that nothing else keeps.
    pub(super) fn owned(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Text(text) => Self::new(Cow::Owned(text), Kind::Text),
            Scalar::Number(number) => Self::new(Cow::Owned(number.text().to_owned()), Kind::Number),
            Scalar::Bool(value) => Self::of_bool(value),
        }
    }

    pub(super) fn of_bool(value: bool) -> Self {
        let text = if value { "true" } else { "false" };
        Self::new(Cow::Borrowed(text), Kind::Bool)
    }

    pub(super) fn scalar(&self) -> Option<Scalar> {
        match self.kind {
            Kind::Text => Some(Scalar::Text(self.text.clone().into_owned())),
            Kind::Number => Number::parse(&self.text).map(Scalar::Number),
            Kind::Bool => Some(Scalar::Bool(self.text == "true")),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn folded(&self) -> &str {
        let folded = self.folded.get_or_init(|| {
            let changes = |byte: u8| byte.is_ascii_uppercase() || !byte.is_ascii();
            self.text
                .bytes()
                .any(changes)
                .then(|| fold::fold(&self.text).into())
        });
        folded.as_deref().unwrap_or(&self.text)
    }
}

/// One event, read as far as anybody asked.
pub(super) struct Reading<'e> {
    event: &'e Event,
    fields: &'e Fields,
    slots: Vec<OnceCell<Vec<View<'e>>>>,
    strings: OnceCell<Vec<View<'e>>>,
    /// The slots whose keys stand in the event, ascending or not, each once; None before the event was walked.
    standing: Option<Vec<usize>>,
}

impl<'e> Reading<'e> {
    /// A reading that looks a field up when a test first asks for it: best for the few fields of one rule.
    pub(super) fn lazy(event: &'e Event, fields: &'e Fields) -> Self {
        Self {
            event,
            fields,
            slots: (0..fields.len()).map(|_| OnceCell::new()).collect(),
            strings: OnceCell::new(),
            standing: None,
        }
    }

    /// The type of a slot's field.
    pub(super) fn kind(&self, slot: usize) -> FieldType {
        self.fields.kind(slot)
    }

    /// A reading of every field in one pass over the event: best where many fields are asked for.
    pub(super) fn whole(event: &'e Event, fields: &'e Fields) -> Self {
        let mut reading = Self::lazy(event, fields);
        reading.standing = Some(Vec::with_capacity(32));
        fields.walk(event, &mut reading);
        reading
    }

    /// The values of a field.
    pub(super) fn values(&self, slot: usize) -> &[View<'e>] {
        let Some(cell) = self.slots.get(slot) else {
            return &[];
        };
        if self.standing.is_some() {
            return cell.get().map_or(&[], Vec::as_slice);
        }
        cell.get_or_init(|| self.read(slot))
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
        match &self.standing {
            Some(_) => self
                .slots
                .get(slot)
                .is_some_and(|cell| cell.get().is_some()),
            None => self
                .fields
                .get(slot)
                .is_some_and(|field| self.event.has_key(&field.path)),
        }
    }

    /// The slots whose keys stand in a walked event.
    pub(super) fn standing(&self) -> &[usize] {
        self.standing.as_deref().unwrap_or_default()
    }

    /// Every string of the event.
    pub(super) fn strings(&self) -> &[View<'e>] {
        self.strings.get_or_init(|| {
            let text = |text| View::new(Cow::Borrowed(text), Kind::Text);
            self.event.strings().into_iter().map(text).collect()
        })
    }
}

impl<'e> Sink<'e> for Reading<'e> {
    fn stands(&mut self, slot: usize) {
        let Some(cell) = self.slots.get_mut(slot) else {
            return;
        };
        if cell.get().is_none() {
            let _ = cell.set(Vec::new());
            if let Some(standing) = &mut self.standing {
                standing.push(slot);
            }
        }
    }

    fn value(&mut self, slot: usize, view: View<'e>) {
        if let Some(views) = self.slots.get_mut(slot).and_then(OnceCell::get_mut) {
            views.push(view);
        }
    }
}
