//! Strings. Kusto docs: one page a function; places and lengths count code points.

mod code;

use super::{Function, Param, Returns, count, function, limited, long_of, owned, text_of};
use crate::kql::value::{Json, Type, Val};

const TEXT: Returns = Returns::Is(Type::Text);
const LONG: Returns = Returns::Is(Type::Long);
const ONE: &[Param] = &[Param::AnyText];

pub(super) const FUNCTIONS: &[Function] = &[
    // Kusto docs: tolower(), toupper(): Unicode, unlike the operators.
    function("tolower", ONE, TEXT, |args| {
        if verdict_faults::at("kql/engine/tolower-is-ascii") {
            return owned(text_of(args, 0).to_ascii_lowercase());
        }
        owned(text_of(args, 0).to_lowercase())
    }),
    function("toupper", ONE, TEXT, |args| {
        owned(text_of(args, 0).to_uppercase())
    }),
    function("strlen", &[Param::Text], LONG, |args| {
        let text = text_of(args, 0);
        if verdict_faults::at("kql/engine/strlen-counts-utf16-units") {
            return count(text.encode_utf16().count());
        }
        count(text.chars().count())
    }),
    function("string_size", &[Param::Text], LONG, |args| {
        count(text_of(args, 0).len())
    }),
    function("strcat", ONE, TEXT, strcat).arguments(1, 64),
    function("strcat_delim", ONE, TEXT, strcat_delim).arguments(2, 65),
    function(
        "substring",
        &[Param::AnyText, Param::Integer, Param::Integer],
        TEXT,
        substring,
    )
    .arguments(2, 3),
    function(
        "indexof",
        &[
            Param::AnyText,
            Param::AnyText,
            Param::Integer,
            Param::Integer,
            Param::Integer,
        ],
        LONG,
        indexof,
    )
    .arguments(2, 5),
    function("countof_text", &[Param::Text, Param::Text], LONG, countof),
    function(
        "split",
        &[Param::AnyText, Param::Text, Param::Integer],
        Returns::Is(Type::Dynamic),
        split,
    )
    .arguments(2, 3),
    function(
        "replace_string",
        &[Param::AnyText, Param::Text, Param::Text],
        TEXT,
        replace_string,
    ),
    function("reverse", ONE, TEXT, |args| {
        owned(text_of(args, 0).chars().rev().collect::<String>())
    }),
    function("strcmp", &[Param::Text, Param::Text], LONG, |args| {
        Val::Long(text_of(args, 0).cmp(text_of(args, 1)) as i64)
    }),
    function(
        "base64_decode_tostring",
        &[Param::Text],
        TEXT,
        code::base64_decode,
    ),
    function(
        "base64_encode_tostring",
        &[Param::Text],
        TEXT,
        code::base64_encode,
    ),
    function("url_decode", &[Param::Text], TEXT, code::url_decode),
];

/// What `countof` without a regular expression is bound to; its own name is no function of the language.
pub(in crate::kql) const COUNTOF: &str = "countof_text";

fn strcat<'r>(args: &[Val<'r>]) -> Val<'r> {
    owned(limited(
        (0..args.len()).map(|at| text_of(args, at)).collect(),
    ))
}

fn strcat_delim<'r>(args: &[Val<'r>]) -> Val<'r> {
    let parts: Vec<&str> = (1..args.len()).map(|at| text_of(args, at)).collect();
    owned(limited(parts.join(text_of(args, 0))))
}

/// A negative start counts from the end. Kusto docs: `substring()`. Assumed: a negative length takes nothing, a start
/// before the text is its start.
fn substring<'r>(args: &[Val<'r>]) -> Val<'r> {
    let text = text_of(args, 0);
    let Some(start) = long_of(args, 1) else {
        return Val::EMPTY;
    };
    let start = if verdict_faults::at("kql/engine/substring-counts-from-one") {
        start.saturating_sub(1)
    } else {
        start
    };
    let start = place_of(start, || text.chars().count());
    let length = match args.get(2) {
        None => usize::MAX,
        Some(_) => long_of(args, 2)
            .and_then(|length| usize::try_from(length).ok())
            .unwrap_or(0),
    };
    owned(text.chars().skip(start).take(length).collect::<String>())
}

/// A place as it is; a negative one counts from the end.
fn place_of(at: i64, length: impl FnOnce() -> usize) -> usize {
    let distance = usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX);
    if at < 0 {
        length().saturating_sub(distance)
    } else {
        distance
    }
}

/// Kusto docs: `indexof()`, with its nine examples.
fn indexof<'r>(args: &[Val<'r>]) -> Val<'r> {
    let text: Vec<char> = text_of(args, 0).chars().collect();
    let sought: Vec<char> = text_of(args, 1).chars().collect();
    let number = |at: usize, default: i64| match args.get(at) {
        None => Some(default),
        Some(_) => long_of(args, at),
    };
    let (Some(start), Some(length), Some(occurrence)) = (number(2, 0), number(3, -1), number(4, 1))
    else {
        return Val::Null;
    };
    if length < -1 || occurrence < 0 {
        return Val::Null;
    }
    let start = place_of(start, || text.len());
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let found = place(&text, &sought, start, length, occurrence.max(1));
    let found = if verdict_faults::at("kql/engine/indexof-counts-from-one") {
        found.map(|at| at + 1)
    } else {
        found
    };
    found.map_or(Val::Long(-1), count)
}

/// Every occurrence is looked for in a range of the same length that starts behind the one before: only so does the page's
/// eighth example give 9.
fn place(
    text: &[char],
    sought: &[char],
    start: usize,
    length: usize,
    occurrence: i64,
) -> Option<usize> {
    let mut from = start;
    let mut left = occurrence;
    loop {
        let range = text.get(from..from.saturating_add(length).min(text.len()))?;
        if sought.is_empty() {
            return Some(from);
        }
        let at = range
            .windows(sought.len())
            .position(|window| window == sought)?;
        left -= 1;
        if left == 0 {
            return Some(from + at);
        }
        from += at + 1;
    }
}

/// Plain matches may overlap. Kusto docs: `countof()`.
fn countof<'r>(args: &[Val<'r>]) -> Val<'r> {
    let (text, sought) = (text_of(args, 0).as_bytes(), text_of(args, 1).as_bytes());
    if sought.is_empty() {
        return Val::Long(0);
    }
    count(
        text.windows(sought.len())
            .filter(|window| *window == sought)
            .count(),
    )
}

/// Kusto docs: `split()`. Assumed: an empty delimiter splits nothing.
fn split<'r>(args: &[Val<'r>]) -> Val<'r> {
    let (text, delimiter) = (text_of(args, 0), text_of(args, 1));
    let parts: Vec<&str> = if delimiter.is_empty() {
        vec![text]
    } else {
        let empty_counts = !verdict_faults::at("kql/engine/split-drops-empty-parts");
        text.split(delimiter)
            .filter(|part| empty_counts || !part.is_empty())
            .collect()
    };
    // No such part: an empty list.
    let wanted = args.get(2).map(|_| {
        long_of(args, 2)
            .and_then(|at| usize::try_from(at).ok())
            .unwrap_or(usize::MAX)
    });
    let kept = parts
        .into_iter()
        .enumerate()
        .filter(|(at, _)| wanted.is_none_or(|wanted| wanted == *at));
    Val::json(Json::List(
        kept.map(|(_, part)| Json::Text(part.to_owned())).collect(),
    ))
}

/// Kusto docs: `replace_string()`. Assumed: looking for the empty string replaces nothing.
fn replace_string<'r>(args: &[Val<'r>]) -> Val<'r> {
    let (text, sought) = (text_of(args, 0), text_of(args, 1));
    if sought.is_empty() {
        return owned(text);
    }
    owned(limited(text.replace(sought, text_of(args, 2))))
}
