//! Kusto's types and the values that an expression yields.

use std::borrow::Cow;
use std::fmt::Write as _;
use verdict_event::{Number, Value};

/// A scalar data type. Kusto docs: scalar-data-types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Bool,
    Int,
    Long,
    Real,
    Decimal,
    DateTime,
    TimeSpan,
    Guid,
    Text,
    Dynamic,
}

impl Type {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Long => "long",
            Self::Real => "real",
            Self::Decimal => "decimal",
            Self::DateTime => "datetime",
            Self::TimeSpan => "timespan",
            Self::Guid => "guid",
            Self::Text => "string",
            Self::Dynamic => "dynamic",
        }
    }

    pub(super) fn is_integer(self) -> bool {
        matches!(self, Self::Int | Self::Long)
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Long | Self::Real | Self::Decimal)
    }

    /// What the text operators take: the vendor's binder refuses them for all other types (KS106).
    pub(super) fn is_textual(self) -> bool {
        matches!(self, Self::Text | Self::Dynamic)
    }
}

/// A value. Its type is known from the binding; `Null` is the null of every type but string.
#[derive(Clone, Debug)]
pub(super) enum Val<'a> {
    Null,
    Bool(bool),
    /// An int or a long.
    Long(i64),
    Real(f64),
    Decimal(Box<Number>),
    /// Ticks of 100 ns since the first of January of year 1.
    DateTime(i64),
    /// Ticks of 100 ns.
    TimeSpan(i64),
    Guid(Box<str>),
    Text(Cow<'a, str>),
    /// Never [`Json::Null`]: that is `Null`.
    Dynamic(Cow<'a, Json>),
}

/// What a dynamic value holds. Kusto docs: scalar-data-types/dynamic.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Long(i64),
    Real(f64),
    DateTime(i64),
    TimeSpan(i64),
    Text(String),
    List(Vec<Json>),
    Bag(Vec<(String, Json)>),
}

impl<'a> Val<'a> {
    pub(super) const EMPTY: Val<'static> = Val::Text(Cow::Borrowed(""));

    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn json(json: Json) -> Self {
        match json {
            Json::Null => Self::Null,
            other => Self::Dynamic(Cow::Owned(other)),
        }
    }

    pub(super) fn json_ref(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Null,
            other => Self::Dynamic(Cow::Borrowed(other)),
        }
    }

    pub(super) fn option<T>(value: Option<T>, make: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, make)
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub(super) fn into_owned(self) -> Val<'static> {
        match self {
            Self::Null => Val::Null,
            Self::Bool(value) => Val::Bool(value),
            Self::Long(value) => Val::Long(value),
            Self::Real(value) => Val::Real(value),
            Self::Decimal(value) => Val::Decimal(value),
            Self::DateTime(ticks) => Val::DateTime(ticks),
            Self::TimeSpan(ticks) => Val::TimeSpan(ticks),
            Self::Guid(text) => Val::Guid(text),
            Self::Text(text) => Val::Text(Cow::Owned(text.into_owned())),
            Self::Dynamic(json) => Val::Dynamic(Cow::Owned(json.into_owned())),
        }
    }

    /// The same value, borrowed where it can be.
    pub(super) fn borrow(&self) -> Val<'_> {
        match self {
            Self::Null => Val::Null,
            Self::Bool(value) => Val::Bool(*value),
            Self::Long(value) => Val::Long(*value),
            Self::Real(value) => Val::Real(*value),
            Self::Decimal(value) => Val::Decimal(value.clone()),
            Self::DateTime(ticks) => Val::DateTime(*ticks),
            Self::TimeSpan(ticks) => Val::TimeSpan(*ticks),
            Self::Guid(text) => Val::Guid(text.clone()),
            Self::Text(text) => Val::Text(Cow::Borrowed(text)),
            Self::Dynamic(json) => Val::Dynamic(Cow::Borrowed(json)),
        }
    }

    /// A dynamic value that holds a scalar, as that scalar; any other value as it is.
    pub(super) fn scalar(&self) -> Val<'_> {
        match self {
            Self::Dynamic(json) => json.scalar().unwrap_or_else(|| self.borrow()),
            _plain => self.borrow(),
        }
    }

    pub(super) fn as_list(&self) -> Option<&[Json]> {
        match self {
            Self::Dynamic(json) => match json.as_ref() {
                Json::List(items) => Some(items),
                _other => None,
            },
            _plain => None,
        }
    }

    /// The elements of a list, those of lists within it in their places. Kusto docs: in-operator, note on nested arrays.
    pub(super) fn flattened(&self) -> Option<Vec<&Json>> {
        let mut open: Vec<&Json> = self.as_list()?.iter().rev().collect();
        let mut found = Vec::with_capacity(open.len());
        while let Some(json) = open.pop() {
            match json {
                Json::List(items) => open.extend(items.iter().rev()),
                other => found.push(other),
            }
        }
        Some(found)
    }
}

impl Json {
    /// The scalar that this is; none for lists and bags.
    pub(super) fn scalar(&self) -> Option<Val<'_>> {
        match self {
            Self::Null => Some(Val::Null),
            Self::Bool(value) => Some(Val::Bool(*value)),
            Self::Long(value) => Some(Val::Long(*value)),
            Self::Real(value) => Some(Val::Real(*value)),
            Self::DateTime(ticks) => Some(Val::DateTime(*ticks)),
            Self::TimeSpan(ticks) => Some(Val::TimeSpan(*ticks)),
            Self::Text(text) => Some(Val::Text(Cow::Borrowed(text))),
            Self::List(_) | Self::Bag(_) => None,
        }
    }

    /// A value as it stands inside a dynamic one.
    pub(super) fn from_val(value: &Val<'_>) -> Self {
        match value {
            Val::Null => Self::Null,
            Val::Bool(value) => Self::Bool(*value),
            Val::Long(value) => Self::Long(*value),
            Val::Real(value) => Self::Real(*value),
            Val::Decimal(value) => Self::Text(value.text().to_owned()),
            Val::DateTime(ticks) => Self::DateTime(*ticks),
            Val::TimeSpan(ticks) => Self::TimeSpan(*ticks),
            Val::Guid(text) => Self::Text(text.to_string()),
            Val::Text(text) => Self::Text(text.to_string()),
            Val::Dynamic(json) => json.as_ref().clone(),
        }
    }

    /// A value of an event, as JSON ingestion stores it.
    pub(super) fn from_event(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::from_number(number),
            Value::String(text) => Self::Text(text.clone()),
            Value::List(items) => Self::List(items.iter().map(Self::from_event).collect()),
            Value::Object(entries) => Self::Bag(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::from_event(value)))
                    .collect(),
            ),
        }
    }

    /// A JSON number: a long if it is written as one, else a real.
    pub(super) fn from_number(number: &Number) -> Self {
        match number.text().parse::<i64>() {
            Ok(value) => Self::Long(value),
            Err(_) => Self::Real(number.as_f64()),
        }
    }

    /// JSON text as dynamic; None if it is no JSON.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let json: serde_json::Value = serde_json::from_str(text).ok()?;
        Some(Self::from_event(&Value::from(json)))
    }

    /// What `tostring` makes of it: a string as it is, everything else as JSON.
    /// Kusto docs: tostring, dynamic ("Kusto will use a string to serialize values that JSON does not support").
    pub(super) fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::DateTime(ticks) => Cow::Owned(super::datetime::format(*ticks)),
            Self::TimeSpan(ticks) => Cow::Owned(super::timespan::format(*ticks)),
            other => {
                let mut out = String::new();
                other.write(&mut out);
                Cow::Owned(out)
            }
        }
    }

    pub(super) fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Long(value) => {
                let _ = write!(out, "{value}");
            }
            Self::Real(value) => out.push_str(&super::convert::real_text(*value)),
            Self::Text(text) => write_string(text, out),
            Self::DateTime(ticks) => write_string(&super::datetime::format(*ticks), out),
            Self::TimeSpan(ticks) => write_string(&super::timespan::format(*ticks), out),
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Bag(entries) => {
                out.push('{');
                for (at, (key, value)) in entries.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    write_string(key, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn write_string(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}
