//! [`Node`] in the syntax of Rust's `regex`.

use super::{Node, numbers};
use crate::ir::pattern::Case;

impl Node {
    /// A pattern to be searched that finds exactly the texts that match; None for `~` and `&`, which Rust's syntax lacks.
    pub fn to_rust(&self, case: Case) -> Option<String> {
        let mut pattern = match case {
            Case::Exact => "^(?s:".to_owned(),
            Case::Fold => "^(?si:".to_owned(),
        };
        self.write(&mut pattern)?;
        pattern.push_str(")$");
        Some(pattern)
    }

    fn write(&self, to: &mut String) -> Option<()> {
        match self {
            Self::Empty => to.push_str("(?:)"),
            Self::Nothing => to.push_str(r"[^\x00-\x{10FFFF}]"),
            Self::Char(c) => to.push_str(&regex_syntax::escape(c.encode_utf8(&mut [0; 4]))),
            Self::Any => to.push('.'),
            Self::AnyText => to.push_str("(?:.*)"),
            Self::Set { ranges, negated } => set(ranges, *negated, to),
            Self::Concat(parts) => {
                for part in parts {
                    part.grouped(to)?;
                }
            }
            Self::Union(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        to.push('|');
                    }
                    part.write(to)?;
                }
            }
            Self::Intersection(_) | Self::Complement(_) => return None,
            Self::Repeat { node, min, max } => {
                to.push_str("(?:");
                node.write(to)?;
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
                numbers::expand(*low, *high, *digits).grouped(to)?;
            }
        }
        Some(())
    }

    /// The same, in brackets where it would not bind as one thing.
    fn grouped(&self, to: &mut String) -> Option<()> {
        if matches!(self, Self::Union(_)) {
            to.push_str("(?:");
            self.write(to)?;
            to.push(')');
            return Some(());
        }
        self.write(to)
    }
}

fn set(ranges: &[(char, char)], negated: bool, to: &mut String) {
    to.push_str(if negated { "[^" } else { "[" });
    for (low, high) in ranges {
        to.push_str(&member(*low));
        if low != high {
            to.push('-');
            to.push_str(&member(*high));
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
