//! Software versions, ordered part by part.

use std::cmp::Ordering;

/// The order of two versions: numeric parts by number and before textual ones, a pre-release (`-rc1`) before its release, build metadata
/// (`+...`) ignored. Texts that are no versions order after those that are, by code point.
pub fn compare(a: &str, b: &str) -> Ordering {
    match (Version::parse(a), Version::parse(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

#[derive(PartialEq, Eq)]
struct Version<'t> {
    core: Vec<&'t str>,
    pre: Option<Vec<&'t str>>,
}

impl<'t> Version<'t> {
    fn parse(text: &'t str) -> Option<Self> {
        let text = text.split('+').next()?;
        let (core, pre) = match text.split_once('-') {
            Some((core, pre)) => (core, Some(pre)),
            None => (text, None),
        };
        let core: Vec<&str> = core.split('.').collect();
        let numeric =
            |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        core.iter().all(numeric).then(|| Self {
            core,
            pre: pre.map(|pre| pre.split('.').collect()),
        })
    }

    fn cmp(&self, other: &Self) -> Ordering {
        parts(&self.core, &other.core).then_with(|| match (&self.pre, &other.pre) {
            (None, None) => Ordering::Equal,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => parts(a, b),
        })
    }
}

fn parts(a: &[&str], b: &[&str]) -> Ordering {
    let unequal = a
        .iter()
        .zip(b)
        .map(|(a, b)| part(a, b))
        .find(|order| order.is_ne());
    unequal.unwrap_or_else(|| a.len().cmp(&b.len()))
}

fn part(a: &str, b: &str) -> Ordering {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
    match (number(a), number(b)) {
        (true, true) => {
            let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
            a.len().cmp(&b.len()).then_with(|| a.cmp(b))
        }
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => a.cmp(b),
    }
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
            ("2.0", "nonsense"),
            ("1.0-1", "1.0-a"),
        ] {
            assert_eq!(compare(a, b), Ordering::Less, "{a} {b}");
        }
        assert_eq!(compare("1.01+b5", "1.1"), Ordering::Equal);
    }
}
