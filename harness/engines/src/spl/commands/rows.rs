//! The arguments of `bin`, `sort`, `dedup` and `rename`.

use super::{Parsed, Reader};
use crate::QueryError;
use crate::spl::ast::{Bin, Command, Dedup, Name, Sort, SortKey, SortKind, Span};
use std::num::NonZeroUsize;

/// Rows that `sort` keeps where it names no number. Source: Search Reference, sort.
const SORTED: usize = 10_000;

/// A span of time in seconds: `5m`, `30s`, `1day`.
///
/// Source: Search Reference, bin, "Time scale units". Months and longer have no fixed length, and subseconds no use here: both are refused.
pub(super) fn seconds(word: &Name) -> Parsed<u32> {
    let digits = word.text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = word.text.split_at_checked(digits).unwrap_or(("", ""));
    let unit: Option<u32> = match unit {
        "s" | "sec" | "secs" | "second" | "seconds" => Some(1),
        "m" | "min" | "mins" | "minute" | "minutes" => Some(60),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(3600),
        "d" | "day" | "days" => Some(86_400),
        "w" | "week" | "weeks" => Some(604_800),
        _ => None,
    };
    let number = if number.is_empty() {
        Some(1)
    } else {
        number.parse::<u32>().ok()
    };
    let span = number
        .zip(unit)
        .and_then(|(number, unit)| number.checked_mul(unit));
    span.filter(|span| *span > 0).ok_or_else(|| {
        QueryError::new(
            "this is no span of time that is run here",
            word.span.clone(),
        )
        .hint("write a number and s, m, h, d or w")
    })
}

/// `AS name`, in any case, if it stands here.
pub(super) fn alias(reader: &mut Reader<'_>) -> Parsed<Option<Name>> {
    let before = reader.at;
    match reader.word(&[',', '"']) {
        Some(word) if word.text.eq_ignore_ascii_case("as") => match reader.field(&[',', '"'])? {
            Some(name) => Ok(Some(name)),
            None => reader.expected("a name behind AS"),
        },
        _ => {
            reader.at = before;
            Ok(None)
        }
    }
}

/// Source: Search Reference, bin: `bin [<bin-options>...] <field> [AS <newfield>]`; of the options only `span` is run here, and only over
/// `_time`: the bins of other fields are texts such as `0-10`.
pub(in crate::spl) fn bin(code: &str, body: Span) -> Parsed<Command> {
    let mut reader = Reader::new(code, &body);
    let (mut field, mut span, mut new) = (None, None, None);
    while !reader.rest().is_empty() {
        if field.is_some()
            && let Some(name) = alias(&mut reader)?
        {
            new = Some(name);
            continue;
        }
        let Some(word) = reader.field(&['=', '"'])? else {
            return reader.expected("a field or an option");
        };
        if reader.eat("=") {
            if word.text != "span" {
                let message = format!("`{}` of bin is not run here", word.text);
                return Err(QueryError::new(message, word.span));
            }
            let Some(value) = reader.word(&['"']) else {
                return reader.expected("a span of time");
            };
            span = Some(seconds(&value)?);
        } else if field.is_none() {
            field = Some(word);
        } else {
            return Err(QueryError::new("a second field", word.span));
        }
    }
    let (Some(field), Some(span)) = (field, span) else {
        return reader.expected("a field and its span");
    };
    if field.text != "_time" {
        return Err(QueryError::new(
            "only `_time` is put into bins here",
            field.span,
        ));
    }
    Ok(Command::Bin(Bin { field, span, new }))
}

/// Source: Search Reference, sort: `sort [<count>] <sort-by-clause>... [desc]`: `-` before a field is descending, `0` is no limit, and without a
/// number there are at most 10,000 results. `desc`, in short `d`, turns all of it around.
pub(in crate::spl) fn sort(code: &str, body: Span) -> Parsed<Command> {
    let mut reader = Reader::new(code, &body);
    let mut count = SORTED;
    reader.eat("limit=");
    if reader
        .rest()
        .starts_with(|letter: char| letter.is_ascii_digit())
    {
        count = reader.number(&[',', '"', '-', '+'], "a number")?;
    }
    let mut keys = Vec::new();
    loop {
        keys.push(sort_key(&mut reader)?);
        let comma = reader.eat(",");
        if !comma && matches!(reader.rest().trim_end(), "d" | "desc") {
            for key in &mut keys {
                key.ascending = !key.ascending;
            }
            return Ok(Command::Sort(Sort { count, keys }));
        }
        if reader.rest().is_empty() {
            if comma {
                return reader.expected("a field to sort by");
            }
            return Ok(Command::Sort(Sort { count, keys }));
        }
    }
}

fn sort_key(reader: &mut Reader<'_>) -> Parsed<SortKey> {
    let descending = reader.eat("-");
    if !descending {
        reader.eat("+");
    }
    let called = [
        ("auto(", SortKind::Auto),
        ("ip(", SortKind::Address),
        ("num(", SortKind::Number),
        ("str(", SortKind::Text),
    ];
    let found = called.into_iter().find(|(word, _)| reader.eat(word));
    let field = reader.field(&[',', '"', '(', ')'])?;
    let closed = found.is_none() || reader.eat(")");
    let Some(field) = field.filter(|_| closed) else {
        return reader.expected("a field to sort by, or auto(), ip(), num() or str() of one");
    };
    if reader.rest().starts_with('(') {
        return reader.expected("auto(), ip(), num() or str() of a field");
    }
    Ok(SortKey {
        field,
        ascending: !descending,
        kind: found.map_or(SortKind::Auto, |(_, kind)| kind),
    })
}

/// Source: Search Reference, dedup: `dedup [<int>] <field-list> [keepempty=<bool>] [consecutive=<bool>]`; `keepevents` and `sortby` are not run here.
pub(in crate::spl) fn dedup(code: &str, body: Span) -> Parsed<Command> {
    let mut reader = Reader::new(code, &body);
    let mut made = Dedup {
        count: 1,
        fields: Vec::new(),
        keep_empty: false,
        consecutive: false,
    };
    if reader
        .rest()
        .starts_with(|letter: char| letter.is_ascii_digit())
    {
        let number: NonZeroUsize = reader.number(&[',', '"'], "a number above zero")?;
        made.count = number.get();
    }
    while !reader.rest().is_empty() {
        let Some(word) = reader.field(&[',', '=', '"'])? else {
            return reader.expected("a field");
        };
        if reader.eat("=") {
            let value = boolean(&mut reader)?;
            match word.text.as_str() {
                "keepempty" => made.keep_empty = value,
                "consecutive" => made.consecutive = value,
                other => {
                    let message = format!("`{other}` of dedup is not run here");
                    return Err(QueryError::new(message, word.span));
                }
            }
        } else if word.text == "sortby" {
            let message = "`sortby` of dedup is not run here";
            return Err(QueryError::new(message, word.span));
        } else {
            made.fields.push(word);
        }
        reader.eat(",");
    }
    if made.fields.is_empty() {
        return reader.expected("a field");
    }
    Ok(Command::Dedup(made))
}

/// Source: Search Reference, rename: `rename <wc-field> AS <wc-field>...`; wildcards are not run here.
pub(in crate::spl) fn rename(code: &str, body: Span) -> Parsed<Command> {
    let mut reader = Reader::new(code, &body);
    let mut pairs = Vec::new();
    loop {
        let Some(old) = reader.field(&[',', '"'])? else {
            return reader.expected("a field to rename");
        };
        let Some(new) = alias(&mut reader)? else {
            return reader.expected("`AS`");
        };
        if old.text.contains('*') || new.text.contains('*') {
            let message = "wildcards in names are not run here";
            return Err(QueryError::new(message, old.span.start..new.span.end));
        }
        pairs.push((old, new));
        reader.eat(",");
        if reader.rest().is_empty() {
            return Ok(Command::Rename(pairs));
        }
    }
}

/// A boolean of an option. Source: Search Reference, "Understanding SPL syntax".
pub(super) fn boolean(reader: &mut Reader<'_>) -> Parsed<bool> {
    let Some(word) = reader.word(&[',', '"']) else {
        return reader.expected("true or false");
    };
    match word.text.to_ascii_lowercase().as_str() {
        "true" | "t" | "1" => Ok(true),
        "false" | "f" | "0" => Ok(false),
        _ => Err(QueryError::new("expected true or false", word.span)),
    }
}
