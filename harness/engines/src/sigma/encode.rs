//! Encodings: UTF-16 (S12) and Base64 (S13).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// UTF-16, low byte first: `utf16le`, `wide`.
pub(super) fn utf16le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// UTF-16, high byte first: `utf16be`.
pub(super) fn utf16be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// The byte order mark FF FE, then low byte first: `utf16` (specification, "Encoding").
pub(super) fn utf16(text: &str) -> Vec<u8> {
    [vec![0xff, 0xfe], utf16le(text)].concat()
}

/// Base64 with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| chunk.get(at).copied().map_or(0, u32::from);
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4usize {
            if place > chunk.len() {
                if verdict_faults::at("sigma/engine/base64-has-no-padding") {
                    break;
                }
                out.push('=');
            } else {
                let index = usize::try_from(group >> (18 - 6 * place) & 63).unwrap_or(0);
                out.push(ALPHABET.get(index).copied().map_or('=', char::from));
            }
        }
    }
    out
}

/// What Base64 makes of the bytes at each of the three alignments, cut to the characters that depend on these bytes alone. Of a
/// single byte one alignment leaves nothing.
pub(super) fn base64_offsets(bytes: &[u8]) -> [String; 3] {
    [0, 1, 2].map(|shift| {
        let padded = [vec![0; shift], bytes.to_vec()].concat();
        // A character holds six bits; it depends on the value alone if it begins behind the shifted bits and ends within the value.
        let first = (shift * 8).div_ceil(6);
        let mut end = padded.len() * 8 / 6;
        if verdict_faults::at("sigma/engine/base64offset-keeps-its-padding") {
            end = padded.len().div_ceil(3) * 4;
        }
        base64(&padded).chars().take(end).skip(first).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::{base64, base64_offsets, utf16, utf16be, utf16le};

    #[test]
    fn base64_of_rfc_4648() {
        for (text, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
    }

    #[test]
    fn offsets_occur_wherever_the_value_does() {
        assert_eq!(
            base64_offsets(b"foobar"),
            ["Zm9vYmFy", "Zvb2Jhc", "mb29iYX"]
        );
        for text in ["ab", "abc", "abcd", "abcde"] {
            for (before, cut) in ["", "x", "xy"].iter().zip(base64_offsets(text.as_bytes())) {
                for after in ["", "p", "qq", "rrr"] {
                    let whole = base64(format!("{before}{text}{after}").as_bytes());
                    assert!(whole.contains(&cut), "{whole} {cut}");
                }
            }
        }
    }

    #[test]
    fn utf16_as_the_specification_shows_it() {
        assert_eq!(utf16le("cmd"), [0x63, 0, 0x6d, 0, 0x64, 0]);
        assert_eq!(utf16be("cmd"), [0, 0x63, 0, 0x6d, 0, 0x64]);
        assert_eq!(utf16("c"), [0xff, 0xfe, 0x63, 0]);
    }
}
