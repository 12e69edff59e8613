//! Which values a field of a type can hold.

use crate::ir::instant;
use crate::ir::term::Scalar;
use std::net::IpAddr;
use verdict_event::{Decimal, FieldType, Number, Value};

/// Whether a field of this type reads a value. One that it cannot read is not there (`docs/semantics.md`, E2): no service would
/// have indexed it.
pub fn readable(kind: FieldType, value: &Value) -> bool {
    let text = value.scalar_text();
    match kind {
        FieldType::Keyword | FieldType::Text | FieldType::Version | FieldType::Object => {
            text.is_some()
        }
        FieldType::Long | FieldType::Double => match value {
            Value::Number(_) => true,
            Value::String(text) => Decimal::parse(text).is_some(),
            Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => false,
        },
        FieldType::Boolean => matches!(text, Some("true" | "false")),
        FieldType::Ip => text.is_some_and(|text| text.parse::<IpAddr>().is_ok()),
        FieldType::Date => match value {
            Value::Number(number) => number.as_i64().is_some(),
            Value::String(text) => instant::parse(text).is_some(),
            Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => false,
        },
    }
}

/// What a function gets of a field of this type whose value has this text: a `keyword` field gives text even where the event has a
/// number, since that is what was indexed, and a `long` field a whole number written plainly. None if the type cannot read it.
pub fn scalar(kind: FieldType, text: &str) -> Option<Scalar> {
    match kind {
        FieldType::Long => Number::parse(text)
            .map(|number| number.as_i64().map_or(number, Number::from))
            .map(Scalar::Number),
        FieldType::Double => Number::parse(text).map(Scalar::Number),
        FieldType::Boolean => text.parse().ok().map(Scalar::Bool),
        FieldType::Keyword
        | FieldType::Text
        | FieldType::Version
        | FieldType::Object
        | FieldType::Ip
        | FieldType::Date => Some(Scalar::Text(text.to_owned())),
    }
}
