//! Lists and property bags. Kusto docs: `array_length()`, `set_has_element()`, `pack_array()` and their kin.

use super::{
    Function, MAX_VALUE, Param, Returns, count, function, limited, long_of, owned, text_of,
};
use crate::kql::eval::element_is;
use crate::kql::value::{Json, Type, Val};

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "array_length",
        &[Param::Dynamic],
        Returns::Is(Type::Long),
        array_length,
    ),
    function(
        "array_index_of",
        &[Param::Dynamic, Param::Any, Param::Integer],
        Returns::Is(Type::Long),
        array_index_of,
    )
    .arguments(2, 3),
    function(
        "set_has_element",
        &[Param::Dynamic, Param::Any],
        Returns::Is(Type::Bool),
        set_has_element,
    ),
    function(
        "bag_has_key",
        &[Param::Dynamic, Param::Text],
        Returns::Is(Type::Bool),
        bag_has_key,
    ),
    function(
        "bag_keys",
        &[Param::Dynamic],
        Returns::Is(Type::Dynamic),
        bag_keys,
    ),
    function(
        "pack_array",
        &[Param::Any],
        Returns::Is(Type::Dynamic),
        pack_array,
    )
    .arguments(1, 1024),
    function(
        "strcat_array",
        &[Param::Dynamic, Param::Text],
        Returns::Is(Type::Text),
        strcat_array,
    ),
    function(
        "array_concat",
        &[Param::Dynamic],
        Returns::Is(Type::Dynamic),
        array_concat,
    )
    .arguments(1, 64),
];

fn list<'s>(args: &'s [Val<'_>]) -> Option<&'s [Json]> {
    args.first().and_then(Val::as_list)
}

/// Null for what is no list. Kusto docs: `array_length()`.
fn array_length<'r>(args: &[Val<'r>]) -> Val<'r> {
    list(args).map_or(Val::Null, |items| count(items.len()))
}

/// The place of the first equal element at or after the start, else -1. Kusto docs: `array_index_of()`.
fn array_index_of<'r>(args: &[Val<'r>]) -> Val<'r> {
    let (Some(items), Some(value)) = (list(args), args.get(1)) else {
        return Val::Null;
    };
    let start = long_of(args, 2).unwrap_or(0);
    let start = usize::try_from(start).unwrap_or_else(|_| {
        let back = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
        items.len().saturating_sub(back)
    });
    let found = items
        .iter()
        .enumerate()
        .skip(start)
        .find(|(_, item)| element_is(item, value));
    found.map_or(Val::Long(-1), |(at, _)| count(at))
}

/// Exact, case-sensitive equality. Kusto docs: `set_has_element()`. Assumed: null for a null set.
fn set_has_element<'r>(args: &[Val<'r>]) -> Val<'r> {
    let (Some(items), Some(value)) = (list(args), args.get(1)) else {
        return Val::Null;
    };
    if let Val::Text(text) = value
        && verdict_faults::at("kql/engine/set-has-element-ignores-case")
    {
        let same = |item: &Json| item.to_text().eq_ignore_ascii_case(text);
        return Val::Bool(items.iter().any(same));
    }
    Val::Bool(items.iter().any(|item| element_is(item, value)))
}

/// Kusto docs: `bag_has_key()`: a key that begins with `$.` is a path in the notation of `JSONPath`, without places of arrays. Assumed: null for a
/// null bag, false for what is no bag; names within a path hold no dots.
fn bag_has_key<'r>(args: &[Val<'r>]) -> Val<'r> {
    let Some(Val::Dynamic(json)) = args.first() else {
        return Val::Null;
    };
    let key = text_of(args, 1);
    let found = match key.strip_prefix("$.") {
        Some(path) => path.split('.').try_fold(json.as_ref(), property),
        None => property(json, key),
    };
    Val::Bool(found.is_some())
}

fn property<'j>(json: &'j Json, key: &str) -> Option<&'j Json> {
    match json {
        Json::Bag(entries) => {
            let entry = entries.iter().find(|(name, _)| name == key);
            entry.map(|(_, value)| value)
        }
        _ => None,
    }
}

fn bag_keys<'r>(args: &[Val<'r>]) -> Val<'r> {
    match args.first() {
        Some(Val::Dynamic(json)) => match json.as_ref() {
            Json::Bag(entries) => Val::json(Json::List(
                entries
                    .iter()
                    .map(|(key, _)| Json::Text(key.clone()))
                    .collect(),
            )),
            _ => Val::Null,
        },
        _ => Val::Null,
    }
}

fn pack_array<'r>(args: &[Val<'r>]) -> Val<'r> {
    bounded(args.iter().map(Json::from_val).collect())
}

/// Kusto docs: `array_concat()`. Assumed: a null list adds nothing.
fn array_concat<'r>(args: &[Val<'r>]) -> Val<'r> {
    bounded(
        args.iter()
            .filter_map(Val::as_list)
            .flatten()
            .cloned()
            .collect(),
    )
}

/// A list within the documented size of a dynamic value, else null.
fn bounded<'r>(items: Vec<Json>) -> Val<'r> {
    let weight: usize = items.iter().map(weight).sum();
    if weight > MAX_VALUE {
        return Val::Null;
    }
    Val::json(Json::List(items))
}

fn weight(json: &Json) -> usize {
    match json {
        Json::Null
        | Json::Bool(_)
        | Json::Long(_)
        | Json::Real(_)
        | Json::DateTime(_)
        | Json::TimeSpan(_) => 4,
        Json::Text(text) => text.len() + 2,
        Json::List(items) => 2 + items.iter().map(weight).sum::<usize>(),
        Json::Bag(entries) => {
            2 + entries
                .iter()
                .map(|(key, value)| key.len() + 4 + weight(value))
                .sum::<usize>()
        }
    }
}

/// The elements as text with the delimiter between them. Kusto docs: `strcat_array()`. Assumed: a null list gives the
/// empty string.
fn strcat_array<'r>(args: &[Val<'r>]) -> Val<'r> {
    let Some(items) = list(args) else {
        return Val::EMPTY;
    };
    let delimiter = text_of(args, 1);
    let mut out = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(delimiter);
        }
        if *item != Json::Null {
            out.push_str(&item.to_text());
        }
    }
    owned(limited(out))
}
