//! Software versions, ordered as Elasticsearch orders its `version` fields.

use std::cmp::Ordering;

/// The order of two versions: numbers by value, fewer parts first, a pre-release (`-rc1`) before its release, and what was built (`+...`) last. Texts that
/// are no versions, such as those with leading zeros, order after those that are, by their bytes. Only the same text is equal.
///
/// Source: Elasticsearch's `VersionEncoder`, whose bytes are compared.
pub fn compare(a: &str, b: &str) -> Ordering {
    encoded(a).cmp(&encoded(b))
}

/// Bytes that compare as the version does: before each number stand a mark, which is less than any character, and how long it is.
fn encoded(text: &str) -> Vec<u8> {
    let (rest, build) = cut(text, '+');
    let (main, pre) = cut(rest, '-');
    let main: Vec<&str> = main.split('.').collect();
    let pre: Option<Vec<&str>> = pre.map(|pre| pre.split('.').collect());
    let legal = main.iter().all(|part| is_number(part))
        && pre.iter().flatten().all(|part| is_of_pre_release(part))
        && build.is_none_or(|build| build.split('.').all(is_word));
    if !legal {
        // The empty text stands behind every version, too.
        let empty: &[u8] = &[3];
        return if text.is_empty() {
            empty
        } else {
            text.as_bytes()
        }
        .to_vec();
    }
    let mut bytes = Vec::new();
    put(&main, &mut bytes);
    match &pre {
        Some(parts) => {
            bytes.extend([2, b'-']);
            put(parts, &mut bytes);
        }
        None => bytes.push(3),
    }
    if let Some(build) = build {
        bytes.push(b'+');
        bytes.extend(build.bytes());
    }
    bytes
}

fn put(parts: &[&str], bytes: &mut Vec<u8>) {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            bytes.push(b'.');
        }
        if is_number(part) {
            bytes.push(1);
            bytes.extend(part.len().to_be_bytes());
        }
        bytes.extend(part.bytes());
    }
}

/// The text before the sign and behind it.
fn cut(text: &str, sign: char) -> (&str, Option<&str>) {
    match text.split_once(sign) {
        Some((before, behind)) => (before, Some(behind)),
        None => (text, None),
    }
}

/// Digits without leading zeros.
fn is_number(part: &str) -> bool {
    is_digits(part) && (part == "0" || !part.starts_with('0'))
}

fn is_digits(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_word(part: &str) -> bool {
    let of_words = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !part.is_empty() && part.bytes().all(of_words)
}

fn is_of_pre_release(part: &str) -> bool {
    is_word(part) && (!is_digits(part) || is_number(part))
}

#[cfg(test)]
mod tests {
    use super::compare;
    use std::cmp::Ordering;

    #[test]
    fn order() {
        for (a, b) in [
            ("1.2", "1.10"),
            ("1.0.0-rc1", "1.0.0"),
            ("1.0", "1.0.1"),
            ("1.0", "1.0.1-rc1"),
            ("2.0", "nonsense"),
            ("2.0", ""),
            ("2.0", "1.00"),
            ("2.0", "1.0-01"),
            ("2.0", "1.0-"),
            ("1.01", "1.1a"),
            ("1.0-1", "1.0-a"),
            ("1.0-2", "1.0-10"),
            ("1.0-a", "1.0-a.b"),
            ("1.0-a-b", "1.0-a.b"),
            ("1.0", "1.0+b5"),
            ("1.0+b5", "1.0.0"),
        ] {
            assert_eq!(compare(a, b), Ordering::Less, "{a} {b}");
            assert_eq!(compare(b, a), Ordering::Greater, "{b} {a}");
        }
        assert_eq!(compare("1.0-a+b5", "1.0-a+b5"), Ordering::Equal);
    }
}
