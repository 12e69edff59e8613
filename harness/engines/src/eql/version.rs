//! The order of `version` fields.
//!
//! Source: documentation of the version field type: numeric parts compare as numbers, a pre-release precedes its release, build
//! metadata is compared last, and texts that are no version sort behind all versions, by their characters. Elasticsearch's own encoding of versions
//! takes no number with a leading zero for one, and orders the words of a pre-release together with the points between them, of which `-` comes before.

use std::cmp::Ordering;

struct Version<'v> {
    numbers: Vec<&'v str>,
    pre_release: Option<&'v str>,
    build: Option<&'v str>,
}

/// Compares two texts as versions.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    if verdict_faults::at("eql/engine/versions-order-as-text") {
        return a.cmp(b);
    }
    match (parse(a), parse(b)) {
        (Some(a), Some(b)) => compare_parsed(&a, &b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

fn parse(text: &str) -> Option<Version<'_>> {
    let (rest, build) = match text.split_once('+') {
        Some((rest, build)) => (rest, Some(build)),
        None => (text, None),
    };
    let (main, pre_release) = match rest.split_once('-') {
        Some((main, pre_release)) => (main, Some(pre_release)),
        None => (rest, None),
    };
    let numbers: Vec<&str> = main.split('.').collect();
    let starts_with_zero = |id: &str| id.len() > 1 && id.starts_with('0');
    let only_digits = |id: &str| id.bytes().all(|byte| byte.is_ascii_digit());
    let numeric = numbers
        .iter()
        .all(|part| !part.is_empty() && only_digits(part) && !starts_with_zero(part));
    let mut ids = pre_release.iter().flat_map(|part| part.split('.'));
    if ids.any(|id| only_digits(id) && starts_with_zero(id)) {
        return None;
    }
    let named = |part: Option<&str>| {
        part.is_none_or(|part| {
            part.split('.').all(|id| {
                !id.is_empty()
                    && id
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
        })
    };
    (numeric && named(pre_release) && named(build)).then_some(Version {
        numbers,
        pre_release,
        build,
    })
}

fn compare_parsed(a: &Version<'_>, b: &Version<'_>) -> Ordering {
    let numbers = a
        .numbers
        .iter()
        .zip(&b.numbers)
        .map(|(a, b)| compare_numbers(a, b))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.numbers.len().cmp(&b.numbers.len()));
    numbers
        .then_with(|| match (a.pre_release, b.pre_release) {
            (Some(a), Some(b)) => compare_ids(a, b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        })
        .then_with(|| a.build.cmp(&b.build))
}

fn compare_ids(a: &str, b: &str) -> Ordering {
    let numeric = |id: &str| id.bytes().all(|byte| byte.is_ascii_digit());
    // Every word but the last keeps the point behind it.
    let (mut left, mut right) = (a.split_inclusive('.'), b.split_inclusive('.'));
    let bare = |id: &'_ str| id.trim_end_matches('.').to_owned();
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => match (numeric(&bare(a)), numeric(&bare(b))) {
                (true, true) => compare_numbers(&bare(a), &bare(b)),
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) if bare(a) == bare(b) => Ordering::Equal,
                (false, false) => a.cmp(b),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn compare_numbers(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::compare;

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
                assert_eq!(compare(a, b), left.cmp(&right), "{a} {b}");
            }
        }
    }
}
