//! What joins the events of a match.

use super::event::{Event, Field};
use crate::series::tuple::{Tuple, Tuples, Values};

/// How the values of a key compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Address,
    Instant,
}

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// None: nothing ever has it.
    field: Option<Field>,
    kind: Kind,
    optional: bool,
}

impl Key {
    fn new(field: Option<Field>, kind: Kind) -> Self {
        Self {
            field,
            kind,
            optional: false,
        }
    }

    /// Values that compare as text.
    pub fn text(field: Field) -> Self {
        Self::new(Some(field), Kind::Text)
    }

    /// Values that compare as numbers.
    pub fn number(field: Field) -> Self {
        Self::new(Some(field), Kind::Number)
    }

    /// Addresses; one of IPv4 is the one of IPv6 that it is mapped to.
    pub fn address(field: Field) -> Self {
        Self::new(Some(field), Kind::Address)
    }

    /// Instants.
    pub fn instant(field: Field) -> Self {
        Self::new(Some(field), Kind::Instant)
    }

    /// A field that no event has.
    pub fn unmapped() -> Self {
        Self::new(None, Kind::Text)
    }

    /// The key, with null as a value of it: otherwise an event without a value joins nothing.
    pub fn optional(key: Self) -> Self {
        Self {
            optional: true,
            ..key
        }
    }

    fn read(&self, event: &Event, values: &mut Values) {
        for value in self.field.iter().flat_map(|field| event.scalars(*field)) {
            match self.kind {
                Kind::Text => values.text(value.as_str()),
                Kind::Number => {
                    let decimal = value.decimal();
                    match decimal.as_ref().and_then(super::number::Decimal::to_i64) {
                        Some(whole) => values.whole(whole),
                        // A decimal's normal form is its only one.
                        None => values.decimal(&format!("{decimal:?}")),
                    }
                }
                Kind::Address => {
                    if let Some(address) = value.address() {
                        values.address(address);
                    }
                }
                Kind::Instant => values.instant(value.instant().unwrap_or_default()),
            }
        }
        if values.is_empty() && self.optional {
            values.null();
        }
    }
}

/// Every tuple by which an event joins, each once, in order of appearance.
pub(super) fn tuples(keys: &[Key], event: &Event) -> Vec<Tuple> {
    let mut tuples = Tuples::default();
    for key in keys {
        tuples.by(|values| key.read(event, values));
    }
    tuples.into_tuples()
}
