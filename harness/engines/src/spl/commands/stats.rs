//! The arguments of `stats`, `eventstats` and `streamstats`.

use super::rows::{alias, boolean, seconds};
use super::{Parsed, Reader};
use crate::QueryError;
use crate::spl::ast::{
    Expr, Name, Span, Stats, StatsArgument, StatsFunction, StatsTerm, StreamStats,
};
use crate::spl::eval;

/// Options of `streamstats`.
const OPTIONS: [&str; 8] = [
    "allnum",
    "current",
    "global",
    "reset_after",
    "reset_before",
    "reset_on_change",
    "time_window",
    "window",
];

/// Source: Search Reference, stats, eventstats: `<stats-agg-term>... [<by-clause>]`.
pub(in crate::spl) fn stats(code: &str, body: Span) -> Parsed<Stats> {
    read(code, body, false).map(|made| made.stats)
}

/// Source: Search Reference, streamstats. Its examples write options before the terms and behind them.
pub(in crate::spl) fn streamstats(code: &str, body: Span) -> Parsed<StreamStats> {
    read(code, body, true)
}

fn read(code: &str, body: Span, stream: bool) -> Parsed<StreamStats> {
    let mut reader = Reader::new(code, &body);
    let mut made = StreamStats {
        stats: Stats {
            terms: Vec::new(),
            by: Vec::new(),
        },
        current: true,
        global: true,
        window: 0,
        time_window: None,
        reset_before: None,
        reset_after: None,
        reset_on_change: false,
    };
    let mut by = false;
    while !reader.rest().is_empty() {
        if let Some(option) = option_ahead(&mut reader) {
            if !stream {
                let message = format!("`{}` is not run here", option.text);
                return Err(QueryError::new(message, option.span));
            }
            take_option(&mut reader, &option, &mut made)?;
        } else if by {
            let Some(name) = reader.field(&[',', '"'])? else {
                return reader.expected("a field");
            };
            made.stats.by.push(name);
        } else if by_ahead(&mut reader) {
            if made.stats.terms.is_empty() {
                return reader.expected("an aggregate before BY");
            }
            by = true;
            continue;
        } else {
            made.stats.terms.push(term(&mut reader)?);
        }
        reader.eat(",");
    }
    if made.stats.terms.is_empty() || (by && made.stats.by.is_empty()) {
        return reader.expected("an aggregate, or a field behind BY");
    }
    Ok(made)
}

/// `name=` of an option; the reader then stands behind it.
fn option_ahead(reader: &mut Reader<'_>) -> Option<Name> {
    let rest = reader.rest();
    let name = OPTIONS.iter().find(|name| {
        rest.strip_prefix(**name)
            .is_some_and(|rest| rest.trim_start().starts_with('='))
    })?;
    let start = reader.at;
    reader.at += name.len();
    let span = start..reader.at;
    reader.eat("=");
    Some(Name {
        text: (*name).to_owned(),
        span,
    })
}

fn take_option(reader: &mut Reader<'_>, option: &Name, made: &mut StreamStats) -> Parsed<()> {
    match option.text.as_str() {
        "current" => made.current = boolean(reader)?,
        "global" => made.global = boolean(reader)?,
        "reset_on_change" => made.reset_on_change = boolean(reader)?,
        "reset_after" => made.reset_after = Some(condition(reader)?),
        "reset_before" => made.reset_before = Some(condition(reader)?),
        "window" => {
            made.window = reader.number(&[',', '"'], "a number")?;
        }
        "time_window" => match reader.word(&[',', '"']) {
            Some(word) => made.time_window = Some(seconds(&word)?),
            None => return reader.expected("a span of time"),
        },
        other => {
            let message = format!("`{other}` is not run here");
            return Err(QueryError::new(message, option.span.clone()));
        }
    }
    Ok(())
}

/// `"("condition")"`, with the quotation marks of the condition escaped. Source: Search Reference, streamstats, "Escaping string values".
fn condition(reader: &mut Reader<'_>) -> Parsed<Expr> {
    if !reader.eat(r#""(""#) {
        return reader.expected(r#"a condition between `"("` and `")"`"#);
    }
    let start = reader.at;
    let rest = reader.code.get(start..reader.end).unwrap_or_default();
    let Some(end) = condition_end(rest) else {
        return reader.expected(r#"`")"` behind the condition"#);
    };
    let text = rest.get(..end).unwrap_or_default().replace("\\\"", "\"");
    reader.at += end + 3;
    let length = text.len();
    eval::parse_condition(&text, 0..length).map_err(|error| QueryError {
        span: start..start + end,
        ..error
    })
}

/// Where a condition ends: at `")"`, whose first mark is not one of the condition's own, which are escaped.
fn condition_end(text: &str) -> Option<usize> {
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '"' => {
                let ends = text
                    .get(at..)
                    .is_some_and(|rest| rest.starts_with(r#"")""#));
                return ends.then_some(at);
            }
            _ => {}
        }
    }
    None
}

/// `by`, in any case.
fn by_ahead(reader: &mut Reader<'_>) -> bool {
    let before = reader.at;
    let found = reader
        .word(&[',', '"', '('])
        .is_some_and(|word| word.text.eq_ignore_ascii_case("by"));
    if !found {
        reader.at = before;
    }
    found
}

fn term(reader: &mut Reader<'_>) -> Parsed<StatsTerm> {
    let Some(word) = reader.word(&[',', '"', '(', '=']) else {
        return reader.expected("an aggregate");
    };
    let Some(function) = function(&word.text) else {
        let message = format!("`{}` is no aggregate that this engine runs", word.text);
        return Err(QueryError::new(message, word.span));
    };
    let behind = reader.code.get(reader.at..reader.end).unwrap_or_default();
    let called = behind.starts_with('(');
    let argument = if called {
        reader.at += 1;
        argument(reader)?
    } else {
        StatsArgument::None
    };
    if matches!(argument, StatsArgument::None) && function != StatsFunction::Count {
        // Source: Search Reference, streamstats, "Statistical functions that are not applied to specific fields": deprecated.
        return Err(QueryError::new("this aggregate needs a field", word.span));
    }
    let name = match (alias(reader)?, &argument) {
        (Some(name), _) => name.text,
        // Source: Search Reference, stats: without AS a field is called like its term.
        (None, StatsArgument::Field(field)) => format!("{}({})", word.text, field.text),
        (None, StatsArgument::None) if called => format!("{}()", word.text),
        (None, StatsArgument::None) => word.text,
        // Every example of an expression has AS, and no page says what is left of its quotation marks in a name.
        (None, StatsArgument::Eval(_)) => {
            return Err(
                QueryError::new("an aggregate of an expression needs a name", word.span)
                    .hint("write AS and a name behind it"),
            );
        }
    };
    Ok(StatsTerm {
        function,
        argument,
        name,
    })
}

fn argument(reader: &mut Reader<'_>) -> Parsed<StatsArgument> {
    if reader.eat(")") {
        return Ok(StatsArgument::None);
    }
    if reader.rest().starts_with("eval(") {
        let start = reader.at + "eval(".len();
        let inside = reader.code.get(start..reader.end).unwrap_or_default();
        let Some(end) = closing(inside) else {
            return reader.expected("`)`");
        };
        let inner = start..start + end;
        reader.at = inner.end + 1;
        if !reader.eat(")") {
            return reader.expected("`)`");
        }
        let expression = eval::parse_condition(reader.code, inner)?;
        return Ok(StatsArgument::Eval(expression));
    }
    let Some(field) = reader.field(&[')', '"', '('])? else {
        return reader.expected("a field");
    };
    if field.text.contains('*') {
        let message = "wildcards in names are not run here";
        return Err(QueryError::new(message, field.span));
    }
    if !reader.eat(")") {
        return reader.expected("`)`");
    }
    Ok(StatsArgument::Field(field))
}

/// Where the parenthesis that is open closes; quoted ones do not count.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (0_u32, None);
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match (letter, quoted) {
            ('\\', Some('"')) => {
                letters.next();
            }
            (letter, Some(quote)) if letter == quote => quoted = None,
            ('"' | '\'', None) => quoted = Some(letter),
            ('(', None) => depth += 1,
            (')', None) => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Some(at),
            },
            (_, _) => {}
        }
    }
    None
}

/// Source: Search Reference, "Statistical and charting functions".
fn function(name: &str) -> Option<StatsFunction> {
    use StatsFunction as Kind;
    let percentile = |rank: &str, exact| {
        let rank: f64 = rank.parse().ok()?;
        (0.0..=100.0)
            .contains(&rank)
            .then_some(Kind::Percentile { rank, exact })
    };
    let name = name.to_ascii_lowercase();
    Some(match name.as_str() {
        "count" | "c" => Kind::Count,
        "dc" | "distinct_count" => Kind::Distinct,
        "sum" => Kind::Sum,
        "avg" | "mean" => Kind::Mean,
        "min" => Kind::Min,
        "max" => Kind::Max,
        "range" => Kind::Range,
        "median" => Kind::Median,
        "earliest" => Kind::Earliest,
        "latest" => Kind::Latest,
        "first" => Kind::First,
        "last" => Kind::Last,
        "values" => Kind::Values,
        "list" => Kind::List,
        other => {
            let rank = |prefix: &str| other.strip_prefix(prefix);
            return match (rank("exactperc"), rank("perc"), rank("p")) {
                (Some(rank), _, _) => percentile(rank, true),
                (None, Some(rank), _) | (None, None, Some(rank)) => percentile(rank, false),
                (None, None, None) => None,
            };
        }
    })
}
