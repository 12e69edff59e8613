//! Conversions and tests for null. Kusto docs: `tolong()` and its kin, `isnull()`, `isempty()`.

use super::{Function, Param, Returns, function};
use crate::kql::convert::{cast, to_text};
use crate::kql::value::{Json, Type, Val};

const ANY: &[Param] = &[Param::Any];

pub(super) const FUNCTIONS: &[Function] = &[
    function("tostring", ANY, Returns::Is(Type::Text), tostring),
    function("tolong", ANY, Returns::Is(Type::Long), |args| {
        to(args, Type::Long)
    }),
    function("toint", ANY, Returns::Is(Type::Int), |args| {
        to(args, Type::Int)
    }),
    function("toreal", ANY, Returns::Is(Type::Real), |args| {
        to(args, Type::Real)
    }),
    function("todouble", ANY, Returns::Is(Type::Real), |args| {
        to(args, Type::Real)
    }),
    function("todecimal", ANY, Returns::Is(Type::Decimal), |args| {
        to(args, Type::Decimal)
    }),
    function("tobool", ANY, Returns::Is(Type::Bool), |args| {
        to(args, Type::Bool)
    }),
    function("toboolean", ANY, Returns::Is(Type::Bool), |args| {
        to(args, Type::Bool)
    }),
    function("todatetime", ANY, Returns::Is(Type::DateTime), |args| {
        to(args, Type::DateTime)
    }),
    function("totimespan", ANY, Returns::Is(Type::TimeSpan), |args| {
        to(args, Type::TimeSpan)
    }),
    function("toguid", ANY, Returns::Is(Type::Guid), |args| {
        to(args, Type::Guid)
    }),
    function("todynamic", ANY, Returns::Is(Type::Dynamic), parse_json),
    function("parse_json", ANY, Returns::Is(Type::Dynamic), parse_json),
    function("isnull", ANY, Returns::Is(Type::Bool), |args| {
        Val::Bool(is_null(args))
    }),
    function("isnotnull", ANY, Returns::Is(Type::Bool), |args| {
        Val::Bool(!is_null(args))
    }),
    function("isempty", ANY, Returns::Is(Type::Bool), |args| {
        Val::Bool(is_empty(args))
    }),
    function("isnotempty", ANY, Returns::Is(Type::Bool), |args| {
        Val::Bool(!is_empty(args))
    }),
    function("notempty", ANY, Returns::Is(Type::Bool), |args| {
        Val::Bool(!is_empty(args))
    }),
];

fn to<'r>(args: &[Val<'r>], kind: Type) -> Val<'r> {
    args.first().map_or(Val::Null, |value| cast(value, kind))
}

pub(in crate::kql) fn tostring<'r>(args: &[Val<'r>]) -> Val<'r> {
    match args.first() {
        Some(Val::Text(text)) => Val::Text(text.clone()),
        Some(other) => super::owned(to_text(other)),
        None => Val::EMPTY,
    }
}

/// Text that is no JSON becomes a dynamic string; the empty string becomes null. Kusto docs: `parse_json()`, `gettype()`.
fn parse_json<'r>(args: &[Val<'r>]) -> Val<'r> {
    match args.first() {
        Some(Val::Text(text)) if text.trim().is_empty() => Val::Null,
        Some(Val::Text(text)) => {
            Val::json(Json::parse(text).unwrap_or_else(|| Json::Text(text.to_string())))
        }
        Some(other) => other.clone(),
        None => Val::Null,
    }
}

/// A string is never null. Kusto docs: null-values.
fn is_null(args: &[Val<'_>]) -> bool {
    if verdict_faults::at("kql/engine/isnull-of-the-empty-text") {
        return is_empty(args);
    }
    args.first().is_none_or(Val::is_null)
}

/// The empty string, or the null of any other type. Kusto docs: `isempty()`.
fn is_empty(args: &[Val<'_>]) -> bool {
    args.first().is_none_or(|value| match value {
        Val::Null => !verdict_faults::at("kql/engine/isempty-is-for-texts"),
        Val::Text(text) => text.is_empty(),
        Val::Dynamic(json) => matches!(json.as_ref(), Json::Text(text) if text.is_empty()),
        Val::Bool(_)
        | Val::Long(_)
        | Val::Real(_)
        | Val::Decimal(_)
        | Val::DateTime(_)
        | Val::TimeSpan(_)
        | Val::Guid(_) => false,
    })
}
