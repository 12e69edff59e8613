//! Functions of strings. Source: docs, string functions, the page of each.

use crate::esql::ip;
use crate::esql::value::{Scalar, Val};

/// The longest text that a function makes. Source: `Concat`, `Repeat`, `Space`: 1 MiB.
const MAX_LENGTH: usize = 1 << 20;

fn text<'v>(arguments: &'v [Scalar<'_>], at: usize) -> Option<&'v str> {
    arguments.get(at)?.as_text()
}

fn long(arguments: &[Scalar<'_>], at: usize) -> Option<i64> {
    arguments.get(at)?.as_long()
}

fn count(number: usize) -> Option<Scalar<'static>> {
    i64::try_from(number).ok().map(Scalar::Long)
}

pub(super) fn concat(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let mut joined = String::new();
    for argument in arguments {
        joined.push_str(argument.as_text()?);
    }
    (joined.len() <= MAX_LENGTH).then(|| Scalar::text(joined))
}

/// In code points. Source: `Length`: `UnicodeUtil.codePointCount`.
pub(super) fn length(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    if verdict_faults::at("esql/engine/length-counts-utf16-units") {
        return count(text(arguments, 0)?.encode_utf16().count());
    }
    count(text(arguments, 0)?.chars().count())
}

pub(super) fn byte_length(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    count(text(arguments, 0)?.len())
}

pub(super) fn bit_length(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    count(text(arguments, 0)?.len() * 8)
}

/// Source: `Substring`: places count from 1 in code points; a negative start counts from the end; 0 is the beginning. A negative length
/// fails the query there, and is null here (assumed never to be written).
pub(super) fn substring(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let chars: Vec<char> = text(arguments, 0)?.chars().collect();
    let start = long(arguments, 1)?;
    let total = i64::try_from(chars.len()).ok()?;
    let begin = match start {
        0 => 0,
        1.. if verdict_faults::at("esql/engine/substring-counts-from-zero") => start,
        1.. => start - 1,
        _ => total.saturating_add(start).max(0),
    };
    let length = match arguments.get(2) {
        Some(length) => length.as_long().filter(|length| *length >= 0)?,
        None => i64::MAX,
    };
    let (begin, length) = (usize::try_from(begin).ok()?, usize::try_from(length).ok()?);
    let part: String = chars.into_iter().skip(begin).take(length).collect();
    Some(Scalar::text(part))
}

/// Source: `Left`: no characters for a negative length.
pub(super) fn left(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let length = usize::try_from(long(arguments, 1)?).unwrap_or(0);
    let part: String = text(arguments, 0)?.chars().take(length).collect();
    Some(Scalar::text(part))
}

pub(super) fn right(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let length = usize::try_from(long(arguments, 1)?).unwrap_or(0);
    let text = text(arguments, 0)?;
    let skip = text.chars().count().saturating_sub(length);
    let part: String = text.chars().skip(skip).collect();
    Some(Scalar::text(part))
}

/// Source: `Locate`: the place from 1 in code points, 0 if it is not found; an empty text is found at the start.
pub(super) fn locate(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let (text, wanted) = (text(arguments, 0)?, text(arguments, 1)?);
    let start = match arguments.get(2) {
        Some(start) => usize::try_from(start.as_long()? - 1).unwrap_or(0),
        None => 0,
    };
    let begin = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .nth(start);
    let Some(rest) = begin.and_then(|begin| text.get(begin..)) else {
        return Some(Scalar::Long(0));
    };
    match rest.find(wanted) {
        Some(at) => count(start + rest.get(..at)?.chars().count() + 1),
        None if verdict_faults::at("esql/engine/locate-of-nothing-is-minus-one") => {
            Some(Scalar::Long(-1))
        }
        None => Some(Scalar::Long(0)),
    }
}

/// Source: Java's `Character.isWhitespace`: blanks but no non-breaking ones, and the separators among the controls.
fn is_blank(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{1c}'..='\u{1f}')
        || (c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{85}'))
}

pub(super) fn trim(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    Some(Scalar::text(text(arguments, 0)?.trim_matches(is_blank)))
}

pub(super) fn ltrim(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    Some(Scalar::text(
        text(arguments, 0)?.trim_start_matches(is_blank),
    ))
}

pub(super) fn rtrim(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    Some(Scalar::text(text(arguments, 0)?.trim_end_matches(is_blank)))
}

pub(super) fn repeat(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let text = text(arguments, 0)?;
    let times = usize::try_from(long(arguments, 1)?).ok()?;
    text.len()
        .checked_mul(times)
        .filter(|length| *length <= MAX_LENGTH)
        .map(|_| Scalar::text(text.repeat(times)))
}

pub(super) fn space(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let times = usize::try_from(long(arguments, 0)?).ok()?;
    (times <= MAX_LENGTH).then(|| Scalar::text(" ".repeat(times)))
}

/// By code points; Elasticsearch keeps composed characters together, which is assumed not to show.
pub(super) fn reverse(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let turned: String = text(arguments, 0)?.chars().rev().collect();
    Some(Scalar::text(turned))
}

/// Source: `Split`: the delimiter is one byte; the parts between delimiters, empty ones too.
pub(super) fn split(arguments: &[Val<'_>]) -> Val<'static> {
    let single = |at: usize| arguments.get(at)?.single()?.as_text();
    let (Some(text), Some(delimiter)) = (single(0), single(1)) else {
        return Val::Null;
    };
    if delimiter.len() != 1 {
        return Val::Null;
    }
    Val::from_vec(text.split(delimiter).map(Scalar::text).collect())
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(super) fn to_base64(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let mut out = String::new();
    for chunk in text(arguments, 0)?.as_bytes().chunks(3) {
        let bits = chunk
            .iter()
            .chain([0, 0].iter())
            .take(3)
            .fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        for place in 0..4 {
            if place <= chunk.len() {
                let letter = ALPHABET.get(bits >> (18 - 6 * place) & 63)?;
                out.push(char::from(*letter));
            } else {
                out.push('=');
            }
        }
    }
    Some(Scalar::text(out))
}

/// Null for what is no Base64, and for what decodes to no UTF-8 (assumed: Elasticsearch keeps such bytes).
pub(super) fn from_base64(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let text = text(arguments, 0)?.trim_end_matches('=');
    let (mut bits, mut held) = (0_u32, 0);
    let mut out = Vec::new();
    for byte in text.bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == byte)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    String::from_utf8(out).ok().map(Scalar::text)
}

/// Source: docs, `IP_PREFIX`.
pub(super) fn ip_prefix(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let Some(Scalar::Ip(address)) = arguments.first() else {
        return None;
    };
    ip::prefix(*address, long(arguments, 1)?, long(arguments, 2)?).map(Scalar::Ip)
}
