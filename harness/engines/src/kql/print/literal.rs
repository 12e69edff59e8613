//! Literals. A value that no bare literal gives stands in its type's parentheses. Kusto docs: scalar-data-types.

use super::listed;
use crate::kql::literal::Literal;
use crate::kql::value::{Json, Type, Val};
use crate::kql::{datetime, timespan};

pub(super) fn literal(Literal { kind, value }: &Literal) -> String {
    match value {
        Val::Bool(value) => value.to_string(),
        Val::Long(value) if *kind == Type::Long && *value >= 0 => value.to_string(),
        Val::Real(value) if value.is_finite() && value.is_sign_positive() => format!("{value:?}"),
        Val::Text(text) => quoted(text, '"'),
        Val::Null => typed(*kind, "null"),
        Val::Long(value) => typed(*kind, &value.to_string()),
        Val::Real(value) => real(*value),
        Val::Decimal(number) => typed(*kind, number.text()),
        Val::DateTime(ticks) => typed(*kind, &datetime::format(*ticks)),
        Val::TimeSpan(ticks) => typed(*kind, &timespan::format(*ticks)),
        Val::Guid(text) => typed(*kind, text),
        Val::Dynamic(value) => typed(*kind, &json(value)),
    }
}

fn typed(kind: Type, text: &str) -> String {
    format!("{}({text})", kind.name())
}

fn real(value: f64) -> String {
    if value.is_nan() {
        return typed(Type::Real, "nan");
    }
    if value.is_infinite() {
        return typed(Type::Real, if value > 0.0 { "+inf" } else { "-inf" });
    }
    typed(Type::Real, &format!("{value:?}"))
}

/// Source: Kql.g4: `jsonValue`.
fn json(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        // Its amount is no long.
        Json::Long(i64::MIN) => typed(Type::Long, &i64::MIN.to_string()),
        Json::Long(value) => value.to_string(),
        Json::Real(value) if value.is_finite() => format!("{value:?}"),
        Json::Real(value) => real(*value),
        Json::DateTime(ticks) => typed(Type::DateTime, &datetime::format(*ticks)),
        Json::TimeSpan(ticks) => typed(Type::TimeSpan, &timespan::format(*ticks)),
        Json::Text(text) => quoted(text, '"'),
        Json::List(items) => format!("[{}]", listed(items, json)),
        Json::Bag(entries) => {
            let entries = listed(entries, |(key, value)| {
                format!("{}: {}", quoted(key, '"'), json(value))
            });
            format!("{{{entries}}}")
        }
    }
}

/// Source: KqlTokens.g4: `STRINGLITERAL`: neither a quote of its own, a backslash nor an end of a line stands for itself.
pub(super) fn quoted(text: &str, quote: char) -> String {
    let mut quoted = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\n",
            '\r' => quoted += "\\r",
            '\t' => quoted += "\\t",
            other => {
                if other == quote {
                    quoted.push('\\');
                }
                quoted.push(other);
            }
        }
    }
    quoted.push(quote);
    quoted
}
