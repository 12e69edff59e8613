//! A detection section as it was written: nothing is resolved beyond YAML's scalars, every part has its place.

use super::modifier::ModifierKind;
use crate::span::{Span, Text};
use verdict_event::Number;

/// A `detection:` mapping.
#[derive(Debug, Default)]
pub(super) struct Detections {
    /// The named detections, in the order of the file.
    pub(super) list: Vec<Detection>,
    /// The conditions; several are alternatives.
    pub(super) conditions: Vec<Text>,
    /// The old `timeframe:`, if it stands there.
    pub(super) timeframe: Option<Span>,
}

/// A named detection.
#[derive(Debug)]
pub(super) struct Detection {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) search: Search,
}

/// What a detection looks for.
#[derive(Debug)]
pub(super) enum Search {
    /// A map: every part.
    All(Vec<Search>),
    /// A list: some part.
    Any(Vec<Search>),
    /// One key of a map, or the plain values of a list.
    Item(Item),
}

/// A field (or none: keywords) with its modifiers and values.
#[derive(Debug)]
pub(super) struct Item {
    /// The field; none for keywords.
    pub(super) field: Option<String>,
    pub(super) modifiers: Vec<Modifier>,
    pub(super) values: Vec<Value>,
    /// The key, or the first value where there is none.
    pub(super) span: Span,
}

/// A modifier with its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Modifier {
    pub(super) kind: ModifierKind,
    pub(super) span: Span,
}

/// A value with its place.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) kind: ValueKind,
    /// Its text after quotes and escapes are taken off.
    pub(super) text: Text,
    pub(super) span: Span,
}

/// What a value is (S5).
#[derive(Clone, Debug)]
pub(super) enum ValueKind {
    Null,
    Bool(bool),
    Number(Number),
    Text,
}

impl Value {
    /// The text that a modifier of text works on: a boolean is `true` or `false`, a number its source text.
    pub(super) fn as_text(&self) -> &str {
        match self.kind {
            ValueKind::Bool(true) => "true",
            ValueKind::Bool(false) => "false",
            ValueKind::Null | ValueKind::Number(_) | ValueKind::Text => &self.text.text,
        }
    }
}
