//! Software versions.
//!
//! Source: docs, version field type: semantic versioning precedence; major, minor and patch compare as numbers; a pre-release
//! comes before its release, its parts compare one by one, numbers before words; what is no version sorts behind all that are, by
//! its text. Source of what is one, and of the order where a part ends: Elasticsearch's `VersionEncoder`. No number has leading zeros, and within a
//! pre-release a part that goes on with `-` comes before one that ends at a point, since that is the order of these two characters.

use std::cmp::Ordering;

struct Parsed<'t> {
    release: Vec<&'t str>,
    pre: Option<&'t str>,
    build: Option<&'t str>,
}

fn parse(text: &str) -> Option<Parsed<'_>> {
    let (rest, build) = match text.split_once('+') {
        Some((rest, build)) => (rest, Some(build)),
        None => (text, None),
    };
    let (release, pre) = match rest.split_once('-') {
        Some((release, pre)) => (release, Some(pre)),
        None => (rest, None),
    };
    let release: Vec<&str> = release.split('.').collect();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let padded = |part: &str| part.len() > 1 && part.starts_with('0');
    let words = |part: Option<&str>| {
        part.is_none_or(|part| {
            part.split('.').all(|word| {
                !word.is_empty()
                    && word
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
        })
    };
    let plain = release.iter().all(|part| digits(part) && !padded(part))
        && pre.is_none_or(|pre| pre.split('.').all(|part| !digits(part) || !padded(part)));
    (plain && words(pre) && words(build)).then_some(Parsed {
        release,
        pre,
        build,
    })
}

/// Numbers by value, of whatever length.
fn numbers(left: &str, right: &str) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

fn pre_release(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.split('.').peekable(), right.split('.').peekable());
    loop {
        let (one, other) = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(one), Some(other)) => (one, other),
        };
        let point = |more: bool| if more { "." } else { "" };
        let number =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let ordering = match (number(one), number(other)) {
            (true, true) => numbers(one, other),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) if one == other => Ordering::Equal,
            (false, false) => {
                let one = format!("{one}{}", point(left.peek().is_some()));
                one.cmp(&format!("{other}{}", point(right.peek().is_some())))
            }
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
}

/// The order of two versions.
pub(super) fn order(left: &str, right: &str) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    let (one, other) = match (parse(left), parse(right)) {
        (Some(one), Some(other)) => (one, other),
        (Some(_), None) => return Ordering::Less,
        (None, Some(_)) => return Ordering::Greater,
        (None, None) => return left.as_bytes().cmp(right.as_bytes()),
    };
    for (left, right) in one.release.iter().zip(&other.release) {
        let ordering = numbers(left, right);
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
    // More parts come later (`1.2` before `1.2.0`), and they are not equal.
    one.release
        .len()
        .cmp(&other.release.len())
        .then_with(|| match (one.pre, other.pre) {
            (None, None) => Ordering::Equal,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => pre_release(left, right),
        })
        // The build part is kept and tells values apart. Source: version field type: it is no part of precedence, but values stay distinct.
        .then_with(|| one.build.cmp(&other.build))
}

#[cfg(test)]
mod tests {
    use super::order;

    /// Source: documentation of the field type `version`, which follows Semantic Versioning 2.0.0 (11.2 to 11.4 for the order of what
    /// is a version); the texts that are none come last, by their characters.
    #[test]
    fn every_pair_is_in_order() {
        let ascending = [
            "1.0.0-1",
            "1.0.0-2",
            "1.0.0-10",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.0+a",
            "1.0.0+b",
            "1.0.1",
            "1.2.0",
            "1.11.0",
            "2.0.0",
            "10.0.0",
            "",
            "01.0.0",
            "1..0",
            "1.0.0-",
            "1.0.0-01",
            "1.0.0-a..b",
            "1.0.0-a_b",
            "1.x.0",
            "x",
        ];
        for (left, a) in ascending.iter().enumerate() {
            for (right, b) in ascending.iter().enumerate() {
                assert_eq!(order(a, b), left.cmp(&right), "{a} {b}");
            }
        }
    }
}
