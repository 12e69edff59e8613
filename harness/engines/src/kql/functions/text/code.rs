//! Base64 and URL encoding.

use super::super::{owned, text_of};
use crate::kql::value::Val;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Kusto docs: `base64_encode_tostring()`.
pub(super) fn base64_encode<'r>(args: &[Val<'r>]) -> Val<'r> {
    let mut out = String::new();
    for chunk in text_of(args, 0).as_bytes().chunks(3) {
        let mut bits = 0_usize;
        for at in 0..3 {
            bits = bits << 8 | usize::from(chunk.get(at).copied().unwrap_or(0));
        }
        for at in 0..4 {
            let letter = ALPHABET
                .get(bits >> (18 - 6 * at) & 63)
                .copied()
                .unwrap_or(b'=');
            out.push(if at > chunk.len() {
                '='
            } else {
                char::from(letter)
            });
        }
    }
    owned(out)
}

/// Text that is no base64, or no UTF-8 inside, gives null, which a string cannot hold: the empty string. Kusto docs:
/// `base64_decode_tostring()`.
pub(super) fn base64_decode<'r>(args: &[Val<'r>]) -> Val<'r> {
    owned(
        decode(text_of(args, 0))
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .unwrap_or_default(),
    )
}

fn decode(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let body = text
        .strip_suffix("==")
        .or_else(|| text.strip_suffix('='))
        .unwrap_or(text);
    let mut bytes = Vec::new();
    let mut bits = 0_u32;
    let mut held = 0;
    for letter in body.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 255).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}

/// `%41` becomes `A`; what is no escape stays. Kusto docs: `url_decode()`. Assumed: `+` stays.
pub(super) fn url_decode<'r>(args: &[Val<'r>]) -> Val<'r> {
    let mut bytes = Vec::new();
    let mut rest = text_of(args, 0).as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escaped = match (first, tail) {
            (b'%', [high, low, after @ ..]) => hex(*high)
                .zip(hex(*low))
                .map(|(high, low)| (high * 16 + low, after)),
            _ => None,
        };
        let (byte, after) = escaped.unwrap_or((*first, tail));
        bytes.push(byte);
        rest = after;
    }
    owned(String::from_utf8_lossy(&bytes))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
