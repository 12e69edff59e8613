//! Our own form of a rule: one YAML document, every key known.

use crate::codes::rule as codes;
use crate::diagnostic::Diagnostic;
use crate::rule::draft::Draft;
use crate::rule::metadata::{
    Data, Entity, EntityKind, Metadata, Related, RuleSeverity, Schedule, Status, Suppression,
};
use crate::rule::node::{Entry, Node};
use crate::rule::reader::{Reader, get};
use crate::rule::{
    Body, CorrelationBody, EqlBody, Rule, SigmaBody, attack, fixture, guide, pivot, placeholder,
    sigma_yaml,
};

/// The keys of a rule, in the order in which people write them.
pub const KEYS: &[&str] = &[
    "id",
    "name",
    "description",
    "status",
    "language",
    "severity",
    "risk_score",
    "schedule",
    "data",
    "attack",
    "query",
    "logsource",
    "detection",
    "correlation",
    "references",
    "false_positives",
    "authors",
    "license",
    "tags",
    "guide",
    "investigate",
    "setup",
    "version",
    "entities",
    "suppression",
    "output",
    "related",
    "vendor",
    "fixtures",
];

/// The vendors whose keys a rule may carry.
pub const VENDORS: &[&str] = &["elastic", "sentinel", "defender", "splunk", "sigma"];

const RULE: &str = "a rule";
const LANGUAGES: &[&str] = &["eql", "sigma"];
const DEFAULT_CATEGORY: &str = "event.category";

/// Reads a document; None if it lacks an id, a name or a body, which is then reported.
pub(crate) fn read(reader: &mut Reader, document: &Node) -> Option<Rule> {
    let entries = reader.known_map(document, RULE, KEYS)?;
    let mut draft = Draft::default();
    draft.place(entries);
    for key in ["id", "name", "language", "severity"] {
        if get(entries, key).is_none() {
            reader.missing(document.span, RULE, key);
        }
    }
    for entry in entries {
        read_identity(reader, &mut draft, entry);
        read_text(reader, &mut draft.metadata, entry);
        read_block(reader, &mut draft.metadata, entry);
    }
    draft.body = read_body(reader, document, entries);
    let metadata = &draft.metadata;
    guide::check(reader, metadata.guide.as_ref(), &metadata.investigate);
    placeholder::check(reader, &draft);
    draft.finish()
}

fn read_identity(reader: &mut Reader, draft: &mut Draft, entry: &Entry) {
    let node = &entry.value;
    match entry.key.as_str() {
        "id" => draft.id = reader.uuid(node, "`id`"),
        "name" => draft.name = reader.filled(node, "`name`"),
        "authors" => {
            let authors = reader.texts(node, "`authors`");
            draft.authors = authors.into_iter().map(|author| author.value).collect();
        }
        "fixtures" => draft.fixtures = fixture::read(reader, node),
        _ => {}
    }
}

fn read_text(reader: &mut Reader, metadata: &mut Metadata, entry: &Entry) {
    let node = &entry.value;
    match entry.key.as_str() {
        "description" => metadata.description = reader.text(node, "`description`"),
        "status" => {
            metadata.status = reader.choice(node, "`status`", Status::WORDS, Status::parse);
        }
        "severity" => {
            let words = RuleSeverity::WORDS;
            metadata.severity = reader.choice(node, "`severity`", words, RuleSeverity::parse);
        }
        "risk_score" => metadata.risk_score = reader.risk_score(node),
        "references" => metadata.references = reader.texts(node, "`references`"),
        "false_positives" => metadata.false_positives = reader.texts(node, "`false_positives`"),
        "license" => metadata.license = reader.text(node, "`license`"),
        "tags" => metadata.tags = reader.texts(node, "`tags`"),
        "version" => metadata.version = reader.whole(node, "`version`", 1),
        "output" => metadata.output = reader.texts(node, "`output`"),
        "guide" => metadata.guide = reader.block(node, "`guide`"),
        "setup" => metadata.setup = reader.block(node, "`setup`"),
        _ => {}
    }
}

fn read_block(reader: &mut Reader, metadata: &mut Metadata, entry: &Entry) {
    let node = &entry.value;
    match entry.key.as_str() {
        "schedule" => metadata.schedule = read_schedule(reader, node),
        "data" => metadata.data = read_data(reader, node),
        "attack" => metadata.attack = attack::read(reader, node),
        "investigate" => metadata.investigate = pivot::read(reader, node),
        "entities" => metadata.entities = read_entities(reader, node),
        "suppression" => metadata.suppression = read_suppression(reader, node),
        "related" => metadata.related = read_related(reader, node, "`related`"),
        "vendor" => read_vendor(reader, metadata, node),
        _ => {}
    }
}

fn read_schedule(reader: &mut Reader, node: &Node) -> Schedule {
    let keys = ["interval", "lookback", "max_alerts"];
    let Some(entries) = reader.known_map(node, "`schedule`", &keys) else {
        return Schedule::default();
    };
    let schedule = Schedule {
        interval: get(entries, "interval").and_then(|node| reader.duration(node, "`interval`")),
        lookback: get(entries, "lookback").and_then(|node| reader.duration(node, "`lookback`")),
        max_alerts: get(entries, "max_alerts")
            .and_then(|node| reader.whole(node, "`max_alerts`", 1)),
    };
    if let (Some(interval), Some(lookback)) = (&schedule.interval, &schedule.lookback)
        && lookback.value.seconds < interval.value.seconds
    {
        reader.push(
            Diagnostic::warning(
                codes::BLIND_SCHEDULE,
                lookback.span,
                "the rule looks back less than it waits between runs",
                "events in between are never read",
            )
            .related(interval.span, "the wait between runs"),
        );
    }
    schedule
}

fn read_data(reader: &mut Reader, node: &Node) -> Data {
    let keys = ["schema", "indices", "sources"];
    let Some(entries) = reader.known_map(node, "`data`", &keys) else {
        return Data::default();
    };
    let mut texts = |key: &str| {
        get(entries, key).map_or_else(Vec::new, |node| reader.texts(node, &format!("`{key}`")))
    };
    let (indices, sources) = (texts("indices"), texts("sources"));
    Data {
        schema: get(entries, "schema").and_then(|node| reader.text(node, "`schema`")),
        indices,
        sources,
    }
}

fn read_entities(reader: &mut Reader, node: &Node) -> Vec<Entity> {
    list_of_maps(
        reader,
        node,
        "`entities`",
        "an entity",
        &["type", "field"],
        |reader, entries| {
            let kind = get(entries, "type").and_then(|node| {
                reader.choice(node, "`type`", EntityKind::WORDS, EntityKind::parse)
            });
            let field = get(entries, "field").and_then(|node| reader.filled(node, "`field`"));
            Some(Entity {
                kind: kind?,
                field: field?,
            })
        },
    )
}

/// Reads `related:`, which is Sigma's own.
pub(crate) fn read_related(reader: &mut Reader, node: &Node, what: &str) -> Vec<Related> {
    const KINDS: &[&str] = &[
        "derived",
        "obsolete",
        "merged",
        "renamed",
        "similar",
        "correlation",
    ];
    list_of_maps(
        reader,
        node,
        what,
        "a related rule",
        &["id", "type"],
        |reader, entries| {
            let id = get(entries, "id").and_then(|node| reader.uuid(node, "a related rule's `id`"));
            let kind = get(entries, "type").and_then(|node| {
                reader.choice(node, "`type`", KINDS, |word| {
                    KINDS.contains(&word).then(|| word.to_owned())
                })
            });
            Some(Related {
                id: id?,
                kind: kind?,
            })
        },
    )
}

/// A list of mappings that must have all these keys and no other.
fn list_of_maps<T>(
    reader: &mut Reader,
    node: &Node,
    what: &str,
    each: &str,
    keys: &[&str],
    mut read: impl FnMut(&mut Reader, &[Entry]) -> Option<T>,
) -> Vec<T> {
    if node.is_null() {
        return Vec::new();
    }
    let Some(items) = node.as_list() else {
        reader.wrong_type(node, what, "a list");
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in items {
        let Some(entries) = reader.known_map(item, each, keys) else {
            continue;
        };
        for key in keys {
            if get(entries, key).is_none() {
                reader.missing(item.span, each, key);
            }
        }
        found.extend(read(reader, entries));
    }
    found
}

fn read_suppression(reader: &mut Reader, node: &Node) -> Option<Suppression> {
    let what = "`suppression`";
    let entries = reader.known_map(node, what, &["by", "for"])?;
    let period = get(entries, "for").and_then(|node| reader.duration(node, "`for`"));
    let Some(by) = get(entries, "by") else {
        reader.missing(node.span, what, "by");
        return None;
    };
    let by = reader.texts(by, "`by`");
    Some(Suppression { by, period })
}

fn read_vendor(reader: &mut Reader, metadata: &mut Metadata, node: &Node) {
    if node.is_null() {
        return;
    }
    let Some(entries) = reader.known_map(node, "`vendor`", VENDORS) else {
        return;
    };
    for entry in entries {
        if reader.map(&entry.value, "each vendor's keys").is_some() {
            let content = entry.value.clone();
            metadata.vendor.insert(entry.key.clone(), content);
        }
    }
}

fn read_body(reader: &mut Reader, document: &Node, entries: &[Entry]) -> Option<Body> {
    let node = get(entries, "language")?;
    let language = reader.choice(node, "`language`", LANGUAGES, |word| {
        LANGUAGES.contains(&word).then(|| word.to_owned())
    })?;
    let correlates = get(entries, "correlation").is_some();
    let (own, foreign): (&[&str], &[&str]) = if language.value == "eql" {
        (&["query"], &["logsource", "detection", "correlation"])
    } else if correlates {
        (&["correlation"], &["query", "logsource", "detection"])
    } else {
        (&["logsource", "detection"], &["query"])
    };
    for key in own {
        if get(entries, key).is_none() {
            reader.missing(document.span, &format!("a rule in {}", language.value), key);
        }
    }
    for entry in entries {
        if foreign.contains(&entry.key.as_str()) {
            let error = Diagnostic::error(
                codes::FOREIGN_KEY,
                entry.key_span,
                format!(
                    "`{}` does not belong to a rule in {}",
                    entry.key, language.value
                ),
                format!("a rule in {} has {}", language.value, own.join(" and ")),
            );
            reader.push(error.related(language.span, "the language"));
        }
    }
    if language.value == "eql" {
        read_eql(reader, entries).map(Body::Eql)
    } else if correlates {
        let section = get(entries, "correlation")?;
        reader.map(section, "`correlation`")?;
        Some(Body::Correlation(CorrelationBody {
            section: section.clone(),
            generate: None,
        }))
    } else {
        let logsource =
            get(entries, "logsource").and_then(|node| sigma_yaml::logsource(reader, node));
        let detection = get(entries, "detection")?;
        reader.map(detection, "`detection`")?;
        Some(Body::Sigma(SigmaBody {
            logsource: logsource?,
            detection: detection.clone(),
        }))
    }
}

fn read_eql(reader: &mut Reader, entries: &[Entry]) -> Option<EqlBody> {
    let node = get(entries, "query")?;
    reader.filled(node, "`query`")?;
    let query = node.as_scalar()?.text.clone();
    let schema = get(entries, "data").and_then(|data| data.get("schema"));
    let ecs = schema
        .and_then(Node::as_scalar)
        .is_some_and(|schema| schema.text.text == "ecs");
    let category = get(entries, "vendor")
        .and_then(|vendor| vendor.get("elastic"))
        .and_then(|elastic| elastic.get("event_category_override"))
        .and_then(Node::as_scalar);
    Some(EqlBody {
        query,
        category_field: category.map_or_else(
            || DEFAULT_CATEGORY.to_owned(),
            |scalar| scalar.text.text.clone(),
        ),
        ecs,
        endpoint: false,
    })
}
