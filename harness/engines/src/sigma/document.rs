//! From YAML text to a tree whose scalars keep their source text.
//!
//! The library resolves plain scalars and forgets their text (`04688`, `0x10` and `16` become numbers), and where it gives text it does
//! not say whether it was quoted. So the text is read twice: once for the shape of the tree and what kind the library
//! sees in each scalar, once, led by that shape, for the scalars' texts. A text that the library lends from the document has
//! its place there, and the byte before it tells whether it was quoted.

use super::scalar::{Kind, Scalar, resolve_plain};
use crate::QueryError;
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::cell::Cell;
use std::fmt;
use std::ops::Range;

/// The longest document that is read, in bytes.
const MAX_BYTES: usize = 1 << 20;
/// The most values that a document may hold, aliases resolved. Depth is limited by the library, at 128.
const MAX_VALUES: usize = 100_000;

/// The most opening brackets and braces, wherever they stand: the library takes time that is quadratic in their depth, before it
/// refuses the depth.
const MAX_BRACKETS: usize = 10_000;

/// A YAML value.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Scalar(Scalar),
    List(Vec<Node>),
    /// Keys and values in source order; a key may stand twice.
    Map(Vec<(Scalar, Node)>),
}

impl Node {
    /// Every value under a key of a map.
    pub(super) fn all<'n>(&'n self, key: &'n str) -> impl Iterator<Item = (&'n Scalar, &'n Node)> {
        let entries = match self {
            Self::Map(entries) => entries.as_slice(),
            Self::Scalar(_) | Self::List(_) => &[],
        };
        entries
            .iter()
            .filter(move |(name, _)| name.text == key)
            .map(|(name, value)| (name, value))
    }

    /// The bytes where this value begins and ends, as far as they are known.
    pub(super) fn span(&self) -> Option<Range<usize>> {
        match self {
            Self::Scalar(scalar) => Some(scalar.span.clone()),
            Self::List(items) => items.iter().find_map(Self::span),
            Self::Map(entries) => entries.first().map(|(key, _)| key.span.clone()),
        }
    }
}

/// Reads one document. With `wanted`, the root must be a map and the values of its other keys are left out, unread.
pub(super) fn read(text: &str, wanted: Option<&[&str]>) -> Result<Node, QueryError> {
    if text.len() > MAX_BYTES {
        return Err(QueryError::new(
            format!("the document is longer than {MAX_BYTES} bytes"),
            0..0,
        ));
    }
    if text
        .bytes()
        .filter(|byte| matches!(byte, b'[' | b'{'))
        .count()
        > MAX_BRACKETS
    {
        return Err(QueryError::new(
            format!("the document holds more than {MAX_BRACKETS} opening brackets"),
            0..0,
        ));
    }
    let budget = Cell::new(MAX_VALUES);
    let seed = ShapeSeed {
        budget: &budget,
        wanted,
    };
    let shape = seed
        .deserialize(serde_yaml::Deserializer::from_str(text))
        .map_err(|error| fault(&error))?;
    let place = Cell::new(0);
    TextSeed {
        shape: &shape,
        source: text,
        place: &place,
    }
    .deserialize(serde_yaml::Deserializer::from_str(text))
    .map_err(|error| fault(&error))
}

fn fault(error: &serde_yaml::Error) -> QueryError {
    let at = error.location().map_or(0, |location| location.index());
    QueryError::new(format!("not a YAML document: {error}"), at..at)
}

/// The tree without its texts.
enum Shape {
    Null,
    Bool(bool),
    Number,
    Text,
    List(Vec<Shape>),
    Map(Vec<Shape>),
    LeftOut,
}

#[derive(Clone, Copy)]
struct ShapeSeed<'s> {
    budget: &'s Cell<usize>,
    wanted: Option<&'s [&'s str]>,
}

impl ShapeSeed<'_> {
    fn inner(self) -> Self {
        Self {
            wanted: None,
            ..self
        }
    }

    fn only_a_map<E: Error>(self, shape: Shape) -> Result<Shape, E> {
        if self.wanted.is_some() {
            return Err(E::custom("the document must be a map"));
        }
        Ok(shape)
    }
}

impl<'de> DeserializeSeed<'de> for ShapeSeed<'_> {
    type Value = Shape;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        let Some(left) = self.budget.get().checked_sub(1) else {
            return Err(D::Error::custom(format!(
                "the document holds more than {MAX_VALUES} values"
            )));
        };
        self.budget.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ShapeSeed<'_> {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar, list or map without a tag of its own")
    }

    fn visit_unit<E: Error>(self) -> Result<Shape, E> {
        self.only_a_map(Shape::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Shape, E> {
        self.only_a_map(Shape::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Shape, E> {
        self.only_a_map(Shape::Bool(value))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Shape, E> {
        self.only_a_map(Shape::Number)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Shape, E> {
        self.only_a_map(Shape::Number)
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Shape, E> {
        self.only_a_map(Shape::Number)
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Shape, E> {
        self.only_a_map(Shape::Number)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Shape, E> {
        self.only_a_map(Shape::Number)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Shape, E> {
        self.only_a_map(Shape::Text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        let mut shapes = Vec::new();
        while let Some(shape) = items.next_element_seed(self.inner())? {
            shapes.push(shape);
        }
        self.only_a_map(Shape::List(shapes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Shape, A::Error> {
        let mut shapes = Vec::new();
        while let Some(key) = entries.next_key::<String>()? {
            if self
                .wanted
                .is_some_and(|wanted| !wanted.contains(&key.as_str()))
            {
                entries.next_value::<IgnoredAny>()?;
                shapes.push(Shape::LeftOut);
            } else {
                shapes.push(entries.next_value_seed(self.inner())?);
            }
        }
        Ok(Shape::Map(shapes))
    }
}

#[derive(Clone, Copy)]
struct TextSeed<'s> {
    shape: &'s Shape,
    source: &'s str,
    /// Where the last text stood whose place is known: the place of a text whose own is not.
    place: &'s Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for TextSeed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        match self.shape {
            Shape::Null | Shape::Bool(_) | Shape::Number | Shape::Text => {
                deserializer.deserialize_str(self)
            }
            Shape::List(_) => deserializer.deserialize_seq(self),
            Shape::Map(_) => deserializer.deserialize_map(self),
            Shape::LeftOut => {
                deserializer.deserialize_ignored_any(IgnoredAny)?;
                Ok(Node::List(Vec::new()))
            }
        }
    }
}

impl TextSeed<'_> {
    /// The scalar with this text; `lent` where the text is a part of the document.
    fn scalar(self, text: &str, lent: bool) -> Scalar {
        let start = text
            .as_ptr()
            .addr()
            .checked_sub(self.source.as_ptr().addr())
            .filter(|start| {
                lent && self
                    .source
                    .get(*start..)
                    .is_some_and(|rest| rest.starts_with(text))
            });
        let before = start
            .and_then(|start| self.source.get(..start))
            .unwrap_or("");
        let plain = start.is_some()
            && !before.ends_with(['"', '\''])
            && !before.trim_end().ends_with("!!str");
        let kind = match self.shape {
            Shape::Null => Kind::Null,
            _ if plain => resolve_plain(text),
            // Neither plain nor text: a tag such as `!!int` made it so.
            Shape::Bool(value) => Kind::Bool(*value),
            Shape::Number => Kind::Number,
            Shape::Text | Shape::List(_) | Shape::Map(_) | Shape::LeftOut => Kind::Text,
        };
        let start = start.unwrap_or(self.place.get());
        self.place.set(start);
        let end = if lent { start + text.len() } else { start };
        Scalar {
            text: text.to_owned(),
            kind,
            span: start..end,
        }
    }
}

impl<'de> Visitor<'de> for TextSeed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the same value as before")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Node, E> {
        Ok(Node::Scalar(self.scalar(text, true)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Scalar(self.scalar(text, false)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let Shape::List(shapes) = self.shape else {
            return Err(A::Error::custom("a list where none was before"));
        };
        let mut nodes = Vec::new();
        for shape in shapes {
            let seed = TextSeed { shape, ..self };
            nodes.extend(items.next_element_seed(seed)?);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let Shape::Map(shapes) = self.shape else {
            return Err(A::Error::custom("a map where none was before"));
        };
        let mut nodes = Vec::new();
        for shape in shapes {
            let key = TextSeed {
                shape: &Shape::Text,
                ..self
            };
            if let Some(Node::Scalar(key)) = entries.next_key_seed(key)? {
                nodes.push((key, entries.next_value_seed(TextSeed { shape, ..self })?));
            }
        }
        Ok(Node::Map(nodes))
    }
}
