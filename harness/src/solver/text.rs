//! Texts built from tests: a prefix, the pieces in the middle, a suffix, and filler that the negative tests do not know.

use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};
use verdict_compiler::ir::pattern::Piece;
use verdict_compiler::ir::{AnyText, DatePart, Pattern, Regex, Test, instant};
use verdict_event::Value;

/// Fillers for any-runs, tried in order.
const FILLERS: [&str; 5] = ["", "x", "q7", " z ", "\\w\\"];
/// Fillers for one character.
const ONES: [char; 4] = ['x', 'q', '7', '_'];
/// How often a repetition without an upper bound is taken.
const REPEATS: u32 = 1;

/// Values worth trying for a set of tests, the likeliest first. Whoever asks checks them.
pub fn candidates<'t>(
    positive: &'t [&'t Test],
    negative: &'t [&'t Test],
) -> impl Iterator<Item = Value> + 't {
    let whole = positive
        .iter()
        .flat_map(|test| FILLERS.iter().map(|filler| sample(test, filler)));
    let joined = FILLERS.iter().filter_map(|filler| join(positive, filler));
    let plain = ["x", "q7z", "", "a b", "0", "C:\\q\\x.txt", "zz-zz"]
        .into_iter()
        .map(str::to_owned);
    let free = positive.is_empty() || positive.iter().all(|test| matches!(test, Test::AnyValue));
    let near = negative
        .iter()
        .filter(move |_| free)
        .filter_map(|test| sample(test, "").map(|text| format!("{text}q")));
    joined
        .chain(whole.flatten())
        .chain(plain)
        .chain(near)
        .map(Value::String)
}

/// A text that contains what a keyword looks for.
pub fn for_any_text(text: &AnyText) -> String {
    match text {
        AnyText::Pattern(pattern) => from_pattern(pattern, "x"),
        AnyText::Regex(regex) => from_regex(regex).unwrap_or_default(),
    }
}

/// A text that should satisfy one test.
pub fn sample(test: &Test, filler: &str) -> Option<String> {
    match test {
        Test::AnyValue => Some("x".to_owned()),
        Test::Text(pattern) => Some(from_pattern(pattern, filler)),
        Test::Numeral(number) | Test::Compare(_, number) => Some(number.text().to_owned()),
        Test::TextOrder(_, text) | Test::Version(_, text) => Some(text.clone()),
        Test::Bool(value) => Some(value.to_string()),
        Test::Regex(regex) => from_regex(regex),
        Test::Cidr(network) => Some(network.addr().to_string()),
        Test::Instant(_, at) => Some(instant::print(*at)),
        Test::DatePart(part, _, number) => Some(date_with(*part, *number)),
    }
}

fn date_with(part: DatePart, number: i64) -> String {
    match part {
        DatePart::Minute => format!("2026-03-04T05:{number:02}:07.000Z"),
        DatePart::Hour => format!("2026-03-04T{number:02}:06:07.000Z"),
        DatePart::Day => format!("2026-03-{number:02}T05:06:07.000Z"),
        // The fourth of January is always in the first ISO week.
        DatePart::Week => instant::parse("2026-01-04").map_or_else(String::new, |first| {
            instant::print(first + number.saturating_sub(1).saturating_mul(7 * 86_400_000))
        }),
        DatePart::Month => format!("2026-{number:02}-04T05:06:07.000Z"),
        DatePart::Year => format!("{number:04}-03-04T05:06:07.000Z"),
    }
}

fn from_pattern(pattern: &Pattern, filler: &str) -> String {
    pattern
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::AnyRun => filler,
            Piece::AnyChar => "x",
        })
        .collect()
}

/// One text for several patterns: the longest literal beginning, every middle piece, the longest literal end.
fn join(positive: &[&Test], filler: &str) -> Option<String> {
    let (mut start, mut end) = (String::new(), String::new());
    let mut middle: Vec<String> = Vec::new();
    for test in positive {
        match test {
            Test::Text(pattern) => split(pattern, filler, &mut start, &mut middle, &mut end),
            Test::Regex(regex) => middle.push(from_regex(regex)?),
            Test::AnyValue => {}
            Test::Numeral(_)
            | Test::Compare(..)
            | Test::TextOrder(..)
            | Test::Bool(_)
            | Test::Cidr(_)
            | Test::Version(..)
            | Test::Instant(..)
            | Test::DatePart(..) => return None,
        }
    }
    let mut text = start;
    for piece in middle {
        let held = text.to_lowercase().contains(&piece.to_lowercase())
            || end.to_lowercase().contains(&piece.to_lowercase());
        if !held {
            text.push_str(filler);
            text.push_str(&piece);
        }
    }
    if !text.to_lowercase().ends_with(&end.to_lowercase()) {
        text.push_str(filler);
        text.push_str(&end);
    }
    Some(text)
}

fn split(
    pattern: &Pattern,
    filler: &str,
    start: &mut String,
    middle: &mut Vec<String>,
    end: &mut String,
) {
    let pieces = pattern.pieces();
    let opens = matches!(pieces.first(), Some(Piece::AnyRun));
    let closes = matches!(pieces.last(), Some(Piece::AnyRun));
    let text = from_pattern(pattern, filler);
    match (opens, closes) {
        (false, true) if text.len() > start.len() => *start = text,
        (true, false) if text.len() > end.len() => *end = text,
        (true, true) => middle.push(
            text.strip_prefix(filler)
                .and_then(|text| text.strip_suffix(filler))
                .unwrap_or(&text)
                .to_owned(),
        ),
        (false, false) => *start = text,
        (false, true) | (true, false) => {}
    }
}

/// A text that an expression accepts: the first alternative, the least repetition (but once where it may be none).
pub fn from_regex(regex: &Regex) -> Option<String> {
    let hir = regex_syntax::parse(regex.rust.as_deref()?).ok()?;
    let mut bytes = Vec::new();
    write_sample(&hir, &mut bytes);
    String::from_utf8(bytes).ok()
}

fn write_sample(hir: &Hir, out: &mut Vec<u8>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
        HirKind::Class(class) => out.extend(class_sample(class).to_string().into_bytes()),
        HirKind::Repetition(repetition) => {
            let times = repetition
                .min
                .max(REPEATS)
                .min(repetition.max.unwrap_or(u32::MAX))
                .min(4096);
            for _ in 0..times {
                write_sample(&repetition.sub, out);
            }
        }
        HirKind::Capture(capture) => write_sample(&capture.sub, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write_sample(part, out)),
        HirKind::Alternation(parts) => {
            if let Some(first) = parts.first() {
                write_sample(first, out);
            }
        }
    }
}

fn class_sample(class: &Class) -> char {
    let holds = |c: char| match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .any(|range| range.start() <= c && c <= range.end()),
        Class::Bytes(class) => class.ranges().iter().any(|range| {
            u32::from(range.start()) <= u32::from(c) && u32::from(c) <= u32::from(range.end())
        }),
    };
    let first = match class {
        Class::Unicode(class) => class.ranges().first().map(ClassUnicodeRange::start),
        Class::Bytes(class) => class
            .ranges()
            .first()
            .map(|range| char::from(range.start())),
    };
    ONES.into_iter()
        .chain('a'..='z')
        .chain('0'..='9')
        .chain(' '..='~')
        .find(|c| holds(*c))
        .or(first)
        .unwrap_or('x')
}
