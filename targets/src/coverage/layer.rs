//! The coverage as a layer of MITRE's ATT&CK Navigator.
//!
//! Source: the layer format, version 4.5, github.com/mitre-attack/attack-navigator, `layers/LAYERFORMATv4_5.md`.

use super::{Cell, Coverage};
use serde_json::{Value, json};
use verdict_compiler::rule::attack;

/// The colours of the Navigator's gradient, from one rule to most.
const GRADIENT: [&str; 2] = ["#cfe3f7", "#1f5fa8"];

/// The layer: its name, what it says of itself, and a line a technique and tactic with the number of rules as score and their names as metadata.
///
/// `names` are those of the rules, in the order in which the coverage was given them.
pub fn layer(coverage: &Coverage, name: &str, names: &[&str]) -> Value {
    let mut techniques: Vec<(&str, usize, Value)> = Vec::new();
    for (order, column) in coverage.columns.iter().enumerate() {
        let tactic = column.tactic.short_name;
        for cell in column.cells.iter().filter(|cell| cell.is_covered()) {
            let below: Vec<&Cell> = cell.below.iter().filter(|cell| cell.is_covered()).collect();
            let id = cell.technique.id;
            techniques.push((id, order, technique(cell, tactic, names, !below.is_empty())));
            for cell in below {
                let id = cell.technique.id;
                techniques.push((id, order, technique(cell, tactic, names, false)));
            }
        }
    }
    techniques.sort_by_key(|(id, order, _)| (*id, *order));
    let techniques: Vec<Value> = techniques.into_iter().map(|(_, _, line)| line).collect();
    let (covered, all) = coverage.techniques();
    json!({
        "name": name,
        "versions": {"attack": attack::release(), "navigator": "5.1.0", "layer": "4.5"},
        "domain": "enterprise-attack",
        "description": format!(
            "{} rules cover {covered} of {all} techniques. The score is the number of rules.",
            coverage.rules
        ),
        "sorting": 0,
        "layout": {
            "layout": "side",
            "showID": false,
            "showName": true,
            "showAggregateScores": false,
            "countUnscored": false,
            "expandedSubtechniques": "annotated",
        },
        "hideDisabled": false,
        "techniques": techniques,
        "gradient": {
            "colors": GRADIENT,
            "minValue": 0,
            "maxValue": coverage.most().max(1),
        },
        "legendItems": [],
        "metadata": [],
        "links": [],
        "showTacticRowBackground": false,
        "selectTechniquesAcrossTactics": false,
        "selectSubtechniquesWithParent": false,
    })
}

fn technique(cell: &Cell, tactic: &str, names: &[&str], open: bool) -> Value {
    let rules = cell.rules.iter().filter_map(|rule| names.get(*rule));
    let rules: Vec<Value> = rules
        .map(|name| json!({"name": "rule", "value": name}))
        .collect();
    json!({
        "techniqueID": cell.technique.id,
        "tactic": tactic,
        "score": cell.rules.len(),
        "enabled": true,
        "metadata": rules,
        "showSubtechniques": open,
    })
}
