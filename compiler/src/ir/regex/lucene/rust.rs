//! [`Node`] in the syntax of Rust's `regex`.

use super::{Node, characters, numbers};
use crate::ir::pattern::Case;

impl Node {
    /// A pattern to be searched that finds exactly the texts that match; None for `~` and `&`, which Rust's syntax lacks.
    pub fn to_rust(&self, case: Case) -> Option<String> {
        let mut pattern = match case {
            Case::Exact => "^(?s:".to_owned(),
            Case::Fold => "^(?si:".to_owned(),
        };
        self.write(case, &mut pattern)?;
        pattern.push_str(")$");
        Some(pattern)
    }

    fn write(&self, case: Case, to: &mut String) -> Option<()> {
        match self {
            Self::Empty => to.push_str("(?:)"),
            Self::Nothing => to.push_str(r"[^\x00-\x{10FFFF}]"),
            Self::Char(c) => to.push_str(&regex_syntax::escape(c.encode_utf8(&mut [0; 4]))),
            Self::Any => to.push('.'),
            Self::AnyText => to.push_str("(?:.*)"),
            Self::Set { ranges, negated } => set(ranges, *negated, case, to),
            Self::Concat(parts) => {
                for part in parts {
                    part.grouped(case, to)?;
                }
            }
            Self::Union(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        to.push('|');
                    }
                    part.write(case, to)?;
                }
            }
            Self::Intersection(_) | Self::Complement(_) => return None,
            Self::Repeat { node, min, max } => {
                to.push_str("(?:");
                node.write(case, to)?;
                to.push(')');
                let count = match (min, max) {
                    (0, None) => "*".to_owned(),
                    (1, None) => "+".to_owned(),
                    (0, Some(1)) => "?".to_owned(),
                    (min, None) => format!("{{{min},}}"),
                    (min, Some(max)) if min == max => format!("{{{min}}}"),
                    (min, Some(max)) => format!("{{{min},{max}}}"),
                };
                to.push_str(&count);
            }
            Self::Number { low, high, digits } => {
                numbers::expand(*low, *high, *digits).grouped(case, to)?;
            }
        }
        Some(())
    }

    /// The same, in brackets where it would not bind as one thing.
    fn grouped(&self, case: Case, to: &mut String) -> Option<()> {
        if matches!(self, Self::Union(_)) {
            to.push_str("(?:");
            self.write(case, to)?;
            to.push(')');
            return Some(());
        }
        self.write(case, to)
    }
}

/// A set. Rust folds ranges where case does not matter, Lucene does not: a set of which this can be told writes out what it holds, case and all.
fn set(ranges: &[(char, char)], negated: bool, case: Case, to: &mut String) {
    let held = characters(ranges, negated, case);
    let mut folded = characters(ranges, false, Case::Exact);
    // Without Unicode tables nothing folds; they are compiled in.
    let _ = folded.try_case_fold_simple();
    if negated {
        folded.negate();
    }
    if case == Case::Exact || held == folded {
        return members(ranges.iter().copied(), negated, to);
    }
    let ranges: Vec<(char, char)> = if negated {
        characters(ranges, false, case)
    } else {
        held
    }
    .iter()
    .map(|range| (range.start(), range.end()))
    .collect();
    to.push_str("(?-i:");
    members(ranges.into_iter(), negated, to);
    to.push(')');
}

fn members(ranges: impl Iterator<Item = (char, char)>, negated: bool, to: &mut String) {
    to.push_str(if negated { "[^" } else { "[" });
    for (low, high) in ranges {
        to.push_str(&member(low));
        if low != high {
            to.push('-');
            to.push_str(&member(high));
        }
    }
    to.push(']');
}

/// A character inside brackets: anything but letters and digits by its code, so that nothing is an operator.
fn member(c: char) -> String {
    if c.is_ascii_alphanumeric() {
        c.to_string()
    } else {
        format!("\\x{{{:X}}}", u32::from(c))
    }
}
