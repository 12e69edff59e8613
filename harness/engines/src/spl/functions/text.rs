//! Functions of text. Source, of each: Text functions.

use super::super::value::{Texts, Val};
use super::whole;
use std::borrow::Cow;

/// `lower` and `upper`, which take several values, too. Letters outside ASCII change as Unicode says (assumed).
pub(super) fn cased(value: Val<'_>, change: fn(&str) -> String) -> Val<'_> {
    match value {
        Val::Many(texts) => Val::Many(Texts::Owned(
            texts.iter().map(|text| Cow::Owned(change(text))).collect(),
        )),
        value => match value.single() {
            Ok(text) => Val::Text(Cow::Owned(change(&text))),
            Err(outcome) => outcome,
        },
    }
}

/// Code points.
#[expect(
    clippy::cast_precision_loss,
    reason = "a text is shorter than 2^53 characters"
)]
pub(super) fn len<'r>(value: Val<'_>) -> Val<'r> {
    match value.single() {
        Ok(text) if verdict_faults::at("spl/engine/len-counts-bytes") => {
            Val::Number(text.len() as f64)
        }
        Ok(text) => Val::Number(text.chars().count() as f64),
        Err(outcome) => outcome,
    }
}

/// From 1; a negative start counts from the end. A start of zero or before the text, and a negative length, are left open.
pub(super) fn substr<'r>(value: Val<'r>, rest: &[Val<'_>]) -> Val<'r> {
    let text = match value.single() {
        Ok(text) => text,
        Err(outcome) => return outcome,
    };
    let length = text.chars().count();
    let from_zero = i64::from(verdict_faults::at("spl/engine/substr-counts-from-zero"));
    let counted = |start: i64| if start < 0 { start } else { start + from_zero };
    let start = match rest.first().and_then(whole).map(counted) {
        Some(start) if start > 0 => usize::try_from(start - 1).unwrap_or(usize::MAX),
        Some(start) if start < 0 => {
            let back = usize::try_from(-start).unwrap_or(usize::MAX);
            match length.checked_sub(back) {
                Some(start) => start,
                None => return Val::Undefined("a start of substr() before the text"),
            }
        }
        _ => return Val::Undefined("a start of substr() that is none"),
    };
    let most = match rest.get(1) {
        None => usize::MAX,
        Some(most) => match whole(most).and_then(|most| usize::try_from(most).ok()) {
            Some(most) => most,
            None => return Val::Undefined("a length of substr() that is none"),
        },
    };
    Val::Text(Cow::Owned(text.chars().skip(start).take(most).collect()))
}

/// Blanks and tabs, or the characters given.
pub(super) fn trim<'r>(value: Val<'r>, rest: &[Val<'_>], left: bool, right: bool) -> Val<'r> {
    let characters = match rest.first() {
        None => " \t".to_owned(),
        Some(value) => match value.borrow().single() {
            Ok(text) => text.into_owned(),
            Err(outcome) => return outcome,
        },
    };
    let text = match value.single() {
        Ok(text) => text,
        Err(outcome) => return outcome,
    };
    let mut kept = text.as_ref();
    if left {
        kept = kept.trim_start_matches(|letter| characters.contains(letter));
    }
    if right {
        kept = kept.trim_end_matches(|letter| characters.contains(letter));
    }
    Val::Text(Cow::Owned(kept.to_owned()))
}

/// `%41` is `A`. What `+` and broken sequences become is left open.
pub(super) fn url_decode(value: Val<'_>) -> Val<'_> {
    let text = match value.single() {
        Ok(text) => text,
        Err(outcome) => return outcome,
    };
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'+' {
            return Val::Undefined("urldecode() over a plus sign");
        }
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        match (digit(), digit()) {
            (Some(high), Some(low)) => bytes.push(u8::try_from(high * 16 + low).unwrap_or(0)),
            _ => return Val::Undefined("urldecode() over a broken sequence"),
        }
    }
    String::from_utf8(bytes).map_or(Val::Undefined("urldecode() to what is no text"), |text| {
        Val::Text(Cow::Owned(text))
    })
}
