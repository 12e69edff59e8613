//! Every code, once. Codes are append-only: one mistake, one code, one page under `docs/codes/`.
//!
//! Families: V01 files and YAML/TOML, V02 the rule definition, V03 ATT&CK, V04 EQL syntax, V05 EQL types and
//! meaning, V06 Sigma detections, V07 Sigma conditions, V08 findings about a rule's logic, V09 what a target or this version cannot do, V10 packs and
//! schemas. Divergences have names instead of numbers ([`divergence`]).

pub mod check;
pub mod divergence;
pub mod eql;
pub mod rule;
pub mod sigma;
pub mod target;

use std::fmt;

/// A code with its title and page.
#[derive(Clone, Copy)]
pub struct Code {
    /// What is printed: `V0401`, or a divergence's name.
    pub id: &'static str,
    /// A line on what it means.
    pub title: &'static str,
    /// The whole page, Markdown.
    pub page: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.id.cmp(other.id)
    }
}

impl std::hash::Hash for Code {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// Declares a family of codes: a constant each, and `ALL` in order. A code without a page does not compile.
macro_rules! family {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $title:literal;)*) => {
        $(
            $(#[$doc])*
            #[doc = concat!("`", $id, "`: ", $title, ".")]
            pub const $name: $crate::codes::Code = $crate::codes::Code {
                id: $id,
                title: $title,
                page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/codes/", $id, ".md")),
            };
        )*
        /// Every code of this family, in order.
        pub const ALL: &[$crate::codes::Code] = &[$($name),*];
    };
}
pub(crate) use family;

/// Every code there is, family by family.
pub fn all() -> impl Iterator<Item = Code> {
    [
        rule::ALL,
        eql::ALL,
        sigma::ALL,
        check::ALL,
        target::ALL,
        divergence::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The code that is printed so, whatever the case.
pub fn find(id: &str) -> Option<Code> {
    all().find(|code| code.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_unique_and_their_pages_begin_with_them() {
        let mut seen = std::collections::BTreeSet::new();
        for code in super::all() {
            assert!(seen.insert(code.id), "{code} twice");
            let heading = format!("# {}: {}\n", code.id, code.title);
            assert!(
                code.page.starts_with(&heading),
                "the page of {code} must begin with {heading:?}"
            );
            assert!(
                code.page.len() > heading.len() + 40,
                "the page of {code} says nothing"
            );
        }
    }
}
