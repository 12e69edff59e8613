//! A rule while it is read: what is known so far, and what the three forms have in common.

use crate::rule::fixture::Fixture;
use crate::rule::located::Located;
use crate::rule::metadata::Metadata;
use crate::rule::node::{Entry, Node, NodeKind};
use crate::rule::{Body, Rule};
use crate::span::Span;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A rule whose required parts may still be missing.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) id: Option<Located<String>>,
    pub(crate) name: Option<Located<String>>,
    pub(crate) authors: Vec<String>,
    pub(crate) body: Option<Body>,
    pub(crate) metadata: Metadata,
    pub(crate) fixtures: Vec<Fixture>,
}

impl Draft {
    /// Notes where every key's value stands.
    pub(crate) fn place(&mut self, entries: &[Entry]) {
        let places = entries
            .iter()
            .map(|entry| (entry.key.clone(), entry.value.span));
        self.metadata.places.extend(places);
    }

    /// Keeps entries word for word under a vendor.
    pub(crate) fn keep(&mut self, vendor: &str, entries: Vec<Entry>, span: Span) {
        if !entries.is_empty() {
            let node = Node {
                kind: NodeKind::Map(entries),
                span,
            };
            self.metadata.vendor.insert(vendor.to_owned(), node);
        }
    }

    /// The rule, if id, name and body are there.
    pub(crate) fn finish(self) -> Option<Rule> {
        Some(Rule {
            id: self.id?.value,
            name: self.name?.value,
            authors: self.authors,
            body: self.body?,
            metadata: self.metadata,
            fixtures: self.fixtures,
        })
    }
}

/// A stable id for a text that has none: a UUID of version 8 made of its SHA-256.
pub(crate) fn derived_id(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut id = String::new();
    for (index, byte) in digest.iter().take(16).enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            id.push('-');
        }
        let byte = match index {
            6 => 0x80 | (byte & 0x0f),
            8 => 0x80 | (byte & 0x3f),
            _ => *byte,
        };
        // Writing to a String cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

/// Authors written as one text: names apart by commas, those inside parentheses aside.
pub(crate) fn split_authors(text: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let parts = text.split(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ',' && depth == 0
    });
    parts
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{derived_id, split_authors};
    use crate::rule::reader::is_uuid;

    #[test]
    fn authors_are_apart_by_commas() {
        assert_eq!(
            split_authors("A B, C (x, y) , ,D"),
            ["A B", "C (x, y)", "D"]
        );
        assert_eq!(split_authors("@a"), ["@a"]);
    }

    #[test]
    fn derived_ids_are_stable_uuids() {
        assert_eq!(derived_id("a"), derived_id("a"));
        assert_ne!(derived_id("a"), derived_id("b"));
        assert!(is_uuid(&derived_id("")));
    }
}
