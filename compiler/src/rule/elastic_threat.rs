//! Elastic's `[[rule.threat]]`: tactics with their techniques, by framework.

use crate::rule::attack::{self, Mapping, Rigour};
use crate::rule::located::Located;
use crate::rule::node::Node;
use crate::rule::reader::Reader;
use std::collections::{HashMap, HashSet};

const FRAMEWORK: &str = "MITRE ATT&CK";

/// Whether some entry belongs to another framework than ATT&CK.
pub(crate) fn has_foreign_framework(node: &Node) -> bool {
    let items = node.as_list().unwrap_or_default();
    items.iter().any(|item| !is_attack(item))
}

fn is_attack(item: &Node) -> bool {
    item.get("framework")
        .and_then(Node::as_scalar)
        .is_none_or(|framework| framework.text.text == FRAMEWORK)
}

/// Reads `threat`. A technique that stands under several tactics becomes one mapping with all of them.
pub(crate) fn read(reader: &mut Reader, node: &Node) -> Vec<Mapping> {
    let Some(items) = node.as_list() else {
        reader.wrong_type(node, "`threat`", "a list of tables");
        return Vec::new();
    };
    let mut mappings = Mappings::default();
    for item in items {
        if reader.map(item, "each item of `threat`").is_none() || !is_attack(item) {
            continue;
        }
        let tactic = item.get("tactic").and_then(|tactic| id(reader, tactic));
        let mut techniques = Vec::new();
        for technique in list(item, "technique") {
            techniques.extend(id(reader, technique));
            for below in list(technique, "subtechnique") {
                techniques.extend(id(reader, below));
            }
        }
        if techniques.is_empty() {
            mappings.all.extend(tactic.map(|tactic| Mapping {
                technique: None,
                tactics: vec![tactic],
            }));
        } else {
            for technique in techniques {
                mappings.add(technique, tactic.clone());
            }
        }
    }
    for mapping in &mappings.all {
        attack::judge(reader, mapping, Rigour::Foreign);
    }
    mappings.all
}

#[derive(Default)]
struct Mappings {
    all: Vec<Mapping>,
    /// Where each technique's mapping stands in `all`.
    places: HashMap<String, usize>,
    /// Techniques and tactics that were seen together.
    pairs: HashSet<(String, String)>,
}

impl Mappings {
    fn add(&mut self, technique: Located<String>, tactic: Option<Located<String>>) {
        let id = technique.value.clone();
        let tactic = tactic.filter(|tactic| self.pairs.insert((id.clone(), tactic.value.clone())));
        let place = *self.places.entry(id).or_insert(self.all.len());
        match self.all.get_mut(place) {
            Some(mapping) => mapping.tactics.extend(tactic),
            None => self.all.push(Mapping {
                technique: Some(technique),
                tactics: tactic.into_iter().collect(),
            }),
        }
    }
}

fn list<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).and_then(Node::as_list).unwrap_or_default()
}

fn id(reader: &mut Reader, node: &Node) -> Option<Located<String>> {
    let Some(id) = node.get("id") else {
        reader.missing(node.span, "a tactic or technique", "id");
        return None;
    };
    reader.filled(id, "`id`")
}
