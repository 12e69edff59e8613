//! Which columns of the source a point of a pipeline still shows.

use super::ast::Pattern;

/// No column, or all of them but for those that a pattern hides or fails to keep.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    open: bool,
    kept: Vec<Vec<Pattern>>,
    hidden: Vec<Pattern>,
}

impl Shown {
    pub(super) fn all() -> Self {
        Self {
            open: true,
            ..Self::default()
        }
    }

    /// Whether any column can be shown.
    pub(super) fn open(&self) -> bool {
        self.open
    }

    pub(super) fn hide(&mut self, pattern: &Pattern) {
        self.hidden.push(pattern.clone());
    }

    pub(super) fn keep(&mut self, patterns: &[Pattern]) {
        self.kept.push(patterns.to_vec());
    }

    pub(super) fn shows(&self, name: &str) -> bool {
        let covered = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.covers(name));
        self.open && !covered(&self.hidden) && self.kept.iter().all(|kept| covered(kept))
    }
}

impl Pattern {
    /// Whether a name fits this pattern, whose `*` stands for any text. Kusto docs: project-away-operator.
    pub(super) fn covers(&self, name: &str) -> bool {
        if !self.wild {
            return self.text == name;
        }
        let mut parts = self.text.split('*');
        let first = parts.next().unwrap_or("");
        let Some(mut rest) = name.strip_prefix(first) else {
            return false;
        };
        let mut parts = parts.peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return rest.ends_with(part);
            }
            let Some((_, after)) = rest.split_once(part) else {
                return false;
            };
            rest = after;
        }
        rest.is_empty()
    }
}
