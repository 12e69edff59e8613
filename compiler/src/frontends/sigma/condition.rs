//! Conditions: `selection and not 1 of filter_*` (S22).

mod lex;
mod parse;

pub use parse::parse;

use crate::span::Span;

/// A condition as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `a or b or ...`
    Any(Vec<Condition>),
    /// `a and b and ...`
    All(Vec<Condition>),
    /// `not a`
    Not(Box<Condition>),
    /// A detection's name.
    Name {
        /// The name.
        name: String,
        /// Where it stands.
        span: Span,
    },
    /// `1 of them`, `all of selection_*`
    Of {
        /// Whether all are wanted, or one.
        all: bool,
        /// Of which.
        which: Which,
        /// Where the whole stands.
        span: Span,
    },
}

/// Which detections are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every one whose name does not begin with `_`.
    Them,
    /// Those whose names match; `*` is any run of characters.
    Pattern(String),
}

impl Which {
    /// Whether a detection of this name is counted. A name that begins with `_` is only by a pattern that does so, too.
    pub fn counts(&self, name: &str) -> bool {
        match self {
            Self::Them => !name.starts_with('_'),
            Self::Pattern(pattern) => {
                (!name.starts_with('_') || pattern.starts_with('_')) && matches(pattern, name)
            }
        }
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::Which;

    #[test]
    fn patterns_over_names() {
        let counts = |pattern: &str, name: &str| Which::Pattern(pattern.to_owned()).counts(name);
        assert!(
            counts("selection*", "selection_a") && counts("*a*b*", "xaxbx") && counts("a", "a")
        );
        assert!(!counts("selection*", "Selection_a") && !counts("a*a", "a") && !counts("a", "ab"));
        assert!(!counts("*", "_a") && counts("_*", "_a") && !Which::Them.counts("_a"));
    }
}
