//! The formats of `tostring`. Source: Conversion functions, tostring.

use super::super::value::Val;
use super::{MOST, whole};
use std::borrow::Cow;

/// Seconds of a day, from which on the page does not say how a duration is written.
const DAY: u64 = 86_400;

/// A number in one of the formats; whole numbers from 0 to [`MOST`] are taken. What is no such number, and a format that the page does not name, have no documented outcome.
pub(super) fn number<'r>(value: &Val<'_>, name: &Val<'_>) -> Val<'r> {
    let wanted = match name.borrow().single() {
        Ok(text) => text,
        Err(outcome) => return outcome,
    };
    let Some(number) = value
        .number()
        .filter(|number| (0.0..=MOST).contains(number))
    else {
        return Val::Undefined("a format of tostring() over what is no number from 0 on");
    };
    let known = whole(value).and_then(|whole| u64::try_from(whole).ok());
    let text = match (wanted.as_ref(), known) {
        ("commas", Some(whole)) => grouped(&whole.to_string()),
        // With a fraction it is rounded to two places.
        ("commas", None) => {
            let rounded = format!("{number:.2}");
            let (digits, places) = rounded.split_once('.').unwrap_or((&rounded, ""));
            format!("{}.{places}", grouped(digits))
        }
        ("binary", Some(whole)) => format!("{whole:b}"),
        ("hex", Some(whole)) => format!("0x{whole:X}"),
        ("duration", Some(seconds)) if seconds < DAY => {
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)
        }
        _ => return Val::Undefined("a format of tostring()"),
    };
    Val::Text(Cow::Owned(text))
}

/// Digits with a comma before every three from the end.
fn grouped(digits: &str) -> String {
    let mut made = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            made.push(',');
        }
        made.push(digit);
    }
    made
}
