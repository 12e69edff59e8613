//! Typed literals such as `datetime(2015-12-31)` and `int(null)`.
//!
//! Kusto docs: scalar-data-types. The lexer hands over the raw text between the parentheses, as the vendor's does.

use super::value::{Type, Val};
use super::{convert, datetime, timespan};
use verdict_event::Number;

/// A literal: its type and value.
#[derive(Clone, Debug)]
pub(super) struct Literal {
    pub(super) kind: Type,
    pub(super) value: Val<'static>,
}

impl Literal {
    pub(super) fn new(kind: Type, value: Val<'static>) -> Self {
        Self { kind, value }
    }
}

/// The types whose name, followed by a parenthesis, opens a literal.
pub(super) fn literal_type(name: &str) -> Option<Type> {
    Some(match name {
        "bool" | "boolean" => Type::Bool,
        "int" => Type::Int,
        "long" => Type::Long,
        "real" | "double" => Type::Real,
        "decimal" => Type::Decimal,
        "datetime" | "date" => Type::DateTime,
        "timespan" | "time" => Type::TimeSpan,
        "guid" => Type::Guid,
        _ => return None,
    })
}

/// The literal of this type with this text between its parentheses; `Err` says what is wrong.
pub(super) fn parse(kind: Type, raw: &str) -> Result<Literal, String> {
    let text = unquote(raw.trim());
    if text.eq_ignore_ascii_case("null") {
        return Ok(Literal::new(kind, Val::Null));
    }
    let value = match kind {
        Type::Bool => convert::text_to_bool(text).map(Val::Bool),
        Type::Int => convert::text_to_long(text)
            .filter(|value| i32::try_from(*value).is_ok())
            .map(Val::Long),
        Type::Long => convert::text_to_long(text).map(Val::Long),
        Type::Real => real(text).map(Val::Real),
        Type::Decimal => Number::parse(text).map(|number| Val::Decimal(Box::new(number))),
        Type::DateTime if text.is_empty() => {
            return Err(
                "`datetime()` is the current time, which a repeatable run cannot have".to_owned(),
            );
        }
        Type::DateTime => datetime::parse(text).map(Val::DateTime),
        Type::TimeSpan => timespan::parse(text).map(Val::TimeSpan),
        Type::Guid => guid(text).map(|text| Val::Guid(text.into())),
        Type::Text | Type::Dynamic => None,
    };
    value
        .map(|value| Literal::new(kind, value))
        .ok_or_else(|| format!("`{raw}` is not a {} literal", kind.name()))
}

fn unquote(text: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = text
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
        {
            return inner.trim();
        }
    }
    text
}

fn real(text: &str) -> Option<f64> {
    match text.to_ascii_lowercase().as_str() {
        "nan" => Some(f64::NAN),
        "+inf" | "inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        _ => convert::text_to_real(text),
    }
}

/// A guid in its canonical form: 8-4-4-4-12 hexadecimal digits, in lower case.
pub(super) fn guid(text: &str) -> Option<String> {
    let bare: String = text
        .trim_matches(['{', '}'])
        .chars()
        .filter(|letter| *letter != '-')
        .collect::<String>()
        .to_ascii_lowercase();
    if bare.len() != 32 || !bare.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let parts: Option<Vec<&str>> = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)]
        .iter()
        .map(|&(from, to)| bare.get(from..to))
        .collect();
    Some(parts?.join("-"))
}
