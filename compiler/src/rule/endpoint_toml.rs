//! Rule files of Elastic Endpoint's behaviour protection: TOML with `[rule]`, `[[actions]]` and `[[threat]]`.
//!
//! Endpoint speaks an EQL of its own, which has more than Elasticsearch's; rules that keep to what both have are compiled like any other.

use crate::rule::draft::Draft;
use crate::rule::node::{Entry, Node};
use crate::rule::reader::{Reader, get};
use crate::rule::{Body, EqlBody, Rule, elastic_threat};

/// Keys of `[rule]` that have a place in our rule.
const PLACED: &[&str] = &["id", "name", "description", "license", "reference", "query"];

/// Whether the entries of `[rule]` are those of such a file and not of a detection rule.
pub(crate) fn is_endpoint(rule: &[Entry]) -> bool {
    let has = |key: &str| get(rule, key).is_some();
    let own = has("min_endpoint_version") || has("os_list");
    own && has("id") && !has("rule_id") && !has("type")
}

/// Reads a file's root table, given its `[rule]`; None if it lacks an id, a name or a query, which is then reported.
pub(crate) fn read(
    reader: &mut Reader,
    document: &Node,
    top: &[Entry],
    rule: &Node,
    entries: &[Entry],
) -> Option<Rule> {
    for key in ["name", "query"] {
        if get(entries, key).is_none() {
            reader.missing(rule.span, "a rule of Elastic Endpoint", key);
        }
    }
    let mut draft = Draft::default();
    draft.place(entries);
    draft.id = get(entries, "id").and_then(|node| reader.foreign_id(node, "`id`"));
    draft.name = get(entries, "name").and_then(|node| reader.filled(node, "`name`"));
    let metadata = &mut draft.metadata;
    for entry in entries {
        let node = &entry.value;
        match entry.key.as_str() {
            "description" => metadata.description = reader.text(node, "`description`"),
            "license" => metadata.license = reader.text(node, "`license`"),
            "reference" => metadata.references = reader.texts(node, "`reference`"),
            _ => {}
        }
    }
    if let Some(threat) = get(top, "threat") {
        metadata.attack = elastic_threat::read(reader, threat);
    }
    if let Some(query) = get(entries, "query") {
        reader.filled(query, "`query`")?;
        draft.body = Some(Body::Eql(EqlBody {
            query: query.as_scalar()?.text.clone(),
            category_field: "event.category".to_owned(),
            ecs: true,
            endpoint: true,
        }));
    }
    let whole = top.iter().filter(|entry| entry.key != "rule");
    let others = entries
        .iter()
        .filter(|entry| !PLACED.contains(&entry.key.as_str()));
    let kept = whole.chain(others).cloned().collect();
    draft.keep("elastic", kept, document.span);
    draft.finish()
}
