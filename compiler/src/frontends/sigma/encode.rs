//! UTF-16 and Base64, as Sigma's modifiers want them (S12, S13).

use super::modifier::Utf16;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The text in UTF-16.
pub(super) fn utf16(text: &str, flavour: Utf16) -> Vec<u8> {
    let units = text.encode_utf16();
    match flavour {
        Utf16::Little => units.flat_map(u16::to_le_bytes).collect(),
        Utf16::Big => units.flat_map(u16::to_be_bytes).collect(),
        Utf16::Marked => [0xff, 0xfe]
            .into_iter()
            .chain(units.flat_map(u16::to_le_bytes))
            .collect(),
    }
}

/// Base64 with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let mut bits = group
            .iter()
            .fold(0u32, |bits, byte| (bits << 8) | u32::from(*byte));
        bits <<= 8 * (3 - group.len());
        for digit in 0..4 {
            let shift = 18 - 6 * digit;
            let index = usize::try_from((bits >> shift) & 63).unwrap_or(0);
            let letter = ALPHABET.get(index).copied().unwrap_or(b'=');
            text.push(if digit > group.len() {
                '='
            } else {
                char::from(letter)
            });
        }
    }
    text
}

/// The value's Base64 at the three alignments it may have inside a longer text, cut to the characters that depend on the
/// value alone. None for values so short that an alignment has no such character.
pub(super) fn base64_offsets(bytes: &[u8]) -> Option<[String; 3]> {
    let aligned = |before: usize| {
        let padded: Vec<u8> = std::iter::repeat_n(0, before)
            .chain(bytes.iter().copied())
            .collect();
        // A first or last group that the value shares with its neighbours gives characters that depend on both.
        let first = [0, 2, 3].get(before).copied().unwrap_or(0);
        let last = [0, 3, 2].get(padded.len() % 3).copied().unwrap_or(0);
        let text = base64(&padded);
        let kept = text
            .get(first..text.len().saturating_sub(last))
            .unwrap_or_default();
        (!kept.is_empty()).then(|| kept.to_owned())
    };
    Some([aligned(0)?, aligned(1)?, aligned(2)?])
}

#[cfg(test)]
mod tests {
    use super::{base64, base64_offsets, utf16};
    use crate::frontends::sigma::modifier::Utf16;

    #[test]
    fn known_encodings() {
        for (text, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
        let expected = ["Zm9v", "Zvb", "mb2"].map(str::to_owned);
        assert_eq!(base64_offsets(b"foo"), Some(expected));
        assert_eq!(base64_offsets(b"f"), None);
        assert_eq!(base64(&utf16("IEX", Utf16::Marked)), "//5JAEUAWAA=");
        assert_eq!(utf16("a", Utf16::Big), [0, 97]);
    }

    #[test]
    fn every_alignment_is_found() {
        for value in ["ab", "foo", "http://", "é!"] {
            let offsets = base64_offsets(value.as_bytes()).expect("long enough");
            for before in 0..6 {
                for after in 0..4 {
                    let whole = format!("{}{value}{}", "x".repeat(before), "y".repeat(after));
                    let text = base64(whole.as_bytes());
                    assert!(offsets.iter().any(|part| text.contains(part)), "{whole}");
                }
            }
        }
    }
}
