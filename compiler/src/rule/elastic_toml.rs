//! Elastic's rule files: TOML with `[metadata]`, `[rule]` and sometimes `[transform]`.
//!
//! What has a place in a rule is put there; every other key is kept under `vendor.elastic`, so that nothing is lost on the way
//! back. The file's own `[metadata]` and `[transform]` are kept whole.

use crate::codes::{rule as codes, target};
use crate::compile::Refusal;
use crate::diagnostic::Diagnostic;
use crate::rule::draft::Draft;
use crate::rule::elastic_keys::{KNOWN, METADATA, PLACED, TOP};
use crate::rule::located::Located;
use crate::rule::metadata::{Duration, Metadata, RuleSeverity, Status, Suppression};
use crate::rule::node::{Entry, Node};
use crate::rule::reader::{Reader, get};
use crate::rule::{Body, EqlBody, Rule, elastic_threat, endpoint_toml, guide, pivot};

const RULE: &str = "an Elastic rule";

/// Reads a file's root table; None if it lacks an id, a name or a type, which is then reported.
pub(crate) fn read(reader: &mut Reader, document: &Node) -> Option<Rule> {
    let top = reader.map(document, "the file")?;
    let rule = get(top, "rule");
    if let Some((rule, entries)) = rule.and_then(|rule| Some((rule, rule.as_map()?)))
        && endpoint_toml::is_endpoint(entries)
    {
        return endpoint_toml::read(reader, document, top, rule, entries);
    }
    warn_unknown(reader, top, "the file", TOP);
    let Some(rule) = rule else {
        reader.missing(document.span, "the file", "rule");
        return None;
    };
    let entries = reader.map(rule, "`rule`")?;
    warn_unknown(reader, entries, RULE, KNOWN);
    for key in [
        "rule_id",
        "name",
        "description",
        "type",
        "severity",
        "risk_score",
    ] {
        if get(entries, key).is_none() {
            reader.missing(rule.span, RULE, key);
        }
    }
    let mut draft = Draft::default();
    draft.place(entries);
    for entry in entries {
        read_identity(reader, &mut draft, entry);
        read_text(reader, &mut draft.metadata, entry);
        read_block(reader, &mut draft.metadata, entry);
    }
    derive_sources(&mut draft.metadata);
    if let Some(metadata) = get(top, "metadata") {
        read_file_metadata(reader, &mut draft.metadata, metadata);
    }
    if let Some(transform) = get(top, "transform") {
        check_transform(reader, &draft.metadata, transform);
        draft.metadata.investigate = pivot::of_transform(transform);
    }
    draft.body = read_body(reader, rule, entries);
    let opaque = !matches!(draft.body, Some(Body::Eql(_)));
    let kept = entries.iter().filter(|entry| must_be_kept(entry, opaque));
    let whole = top.iter().filter(|entry| entry.key != "rule");
    let kept: Vec<Entry> = whole.chain(kept).cloned().collect();
    draft.keep("elastic", kept, document.span);
    draft.finish()
}

/// Whether a key of `[rule]` still holds something after reading.
fn must_be_kept(entry: &Entry, opaque: bool) -> bool {
    match entry.key.as_str() {
        "type" | "language" | "query" => opaque,
        "threat" => elastic_threat::has_foreign_framework(&entry.value),
        "from" => lookback(&entry.value).is_none(),
        "alert_suppression" => entry.value.as_map().is_some_and(|entries| {
            let read = ["group_by", "duration"];
            entries
                .iter()
                .any(|entry| !read.contains(&entry.key.as_str()))
        }),
        key => !PLACED.contains(&key),
    }
}

fn warn_unknown(reader: &mut Reader, entries: &[Entry], what: &str, known: &[&str]) {
    for entry in entries {
        if !known.contains(&entry.key.as_str()) {
            let near = reader.near(&entry.key, known);
            let warning = Diagnostic::warning(
                codes::KEPT_KEY,
                entry.key_span,
                format!("{what} has no key `{}` that is known here", entry.key),
                "kept as it is, and read by nobody",
            );
            reader.push(match near {
                Some(name) => warning.hint(format!("did you mean `{name}`?")),
                None => warning,
            });
        }
    }
}

fn read_identity(reader: &mut Reader, draft: &mut Draft, entry: &Entry) {
    let node = &entry.value;
    match entry.key.as_str() {
        "rule_id" => draft.id = reader.foreign_id(node, "`rule_id`"),
        "name" => draft.name = reader.filled(node, "`name`"),
        "author" => {
            let authors = reader.one_or_more(node, "`author`");
            draft.authors = authors.into_iter().map(|author| author.value).collect();
        }
        _ => {}
    }
}

fn read_text(reader: &mut Reader, metadata: &mut Metadata, entry: &Entry) {
    let node = &entry.value;
    match entry.key.as_str() {
        "description" => metadata.description = reader.text(node, "`description`"),
        "severity" => {
            let words = ["low", "medium", "high", "critical"];
            metadata.severity = reader.choice(node, "`severity`", &words, RuleSeverity::parse);
        }
        "risk_score" => metadata.risk_score = reader.risk_score(node),
        "references" => metadata.references = reader.texts(node, "`references`"),
        "false_positives" => metadata.false_positives = reader.texts(node, "`false_positives`"),
        "license" => metadata.license = reader.text(node, "`license`"),
        "tags" => metadata.tags = reader.texts(node, "`tags`"),
        "version" => metadata.version = reader.whole(node, "`version`", 1),
        "note" => metadata.guide = reader.block(node, "`note`"),
        "setup" => metadata.setup = reader.block(node, "`setup`"),
        _ => {}
    }
}

fn read_block(reader: &mut Reader, metadata: &mut Metadata, entry: &Entry) {
    let node = &entry.value;
    match entry.key.as_str() {
        "interval" => metadata.schedule.interval = reader.duration(node, "`interval`"),
        "from" => metadata.schedule.lookback = lookback(node),
        "max_signals" => metadata.schedule.max_alerts = reader.whole(node, "`max_signals`", 1),
        "index" => metadata.data.indices = reader.one_or_more(node, "`index`"),
        "threat" => metadata.attack = elastic_threat::read(reader, node),
        "investigation_fields" => {
            if let Some(fields) = node.get("field_names") {
                metadata.output = reader.texts(fields, "`field_names`");
            }
        }
        "alert_suppression" => metadata.suppression = read_suppression(reader, node),
        _ => {}
    }
}

/// `now-9m` looks back nine minutes; other date arithmetic is kept as it is.
fn lookback(node: &Node) -> Option<Located<Duration>> {
    let text = &node.as_scalar()?.text.text;
    let duration = Duration::parse(text.strip_prefix("now-")?)?;
    Some(Located::new(duration, node.span))
}

fn read_suppression(reader: &mut Reader, node: &Node) -> Option<Suppression> {
    let entries = reader.map(node, "`alert_suppression`")?;
    let by = get(entries, "group_by").map(|node| reader.one_or_more(node, "`group_by`"));
    let period = get(entries, "duration").and_then(|node| {
        let text = |key: &str| Some(node.get(key)?.as_scalar()?.text.text.as_str());
        let written = format!("{}{}", text("value")?, text("unit")?);
        Some(Located::new(Duration::parse(&written)?, node.span))
    });
    Some(Suppression {
        by: by.unwrap_or_default(),
        period,
    })
}

/// The products that deliver the data are tags in Elastic's taxonomy.
fn derive_sources(metadata: &mut Metadata) {
    let sources = metadata.tags.iter().filter_map(|tag| {
        let name = tag.value.strip_prefix("Data Source: ")?;
        Some(Located::new(name.to_owned(), tag.span))
    });
    metadata.data.sources = sources.collect();
}

fn read_file_metadata(reader: &mut Reader, metadata: &mut Metadata, node: &Node) {
    let Some(entries) = reader.map(node, "`metadata`") else {
        return;
    };
    warn_unknown(reader, entries, "`metadata`", METADATA);
    let words = [
        "development",
        "experimental",
        "beta",
        "production",
        "deprecated",
    ];
    metadata.status = get(entries, "maturity").and_then(|node| {
        reader.choice(node, "`maturity`", &words, |word| {
            Some(match word {
                "development" | "experimental" => Status::Experimental,
                "beta" => Status::Test,
                "production" => Status::Production,
                "deprecated" => Status::Deprecated,
                _ => return None,
            })
        })
    });
}

fn check_transform(reader: &mut Reader, metadata: &Metadata, transform: &Node) {
    let Some(entries) = reader.map(transform, "`transform`") else {
        return;
    };
    for entry in entries {
        if let Some(items) = entry.value.as_list() {
            guide::check_transform(reader, metadata.guide.as_ref(), &entry.key, items);
        }
    }
}

fn read_body(reader: &mut Reader, rule: &Node, entries: &[Entry]) -> Option<Body> {
    let kind = reader.filled(get(entries, "type")?, "`type`")?;
    let language = get(entries, "language").and_then(|node| reader.text(node, "`language`"));
    if kind.value != "eql" {
        let reason = match &language {
            Some(language) => format!(
                "rules of type {} in {} are not compiled",
                kind.value, language.value
            ),
            None => format!("rules of type {} are not compiled", kind.value),
        };
        return Some(Body::Opaque(Refusal {
            code: target::LANGUAGE,
            reason,
            span: language.map_or(kind.span, |language| language.span),
        }));
    }
    if let Some(language) = language.filter(|language| language.value != "eql") {
        reader.push(
            Diagnostic::error(
                codes::BAD_CHOICE,
                language.span,
                format!(
                    "a rule of type eql cannot be written in `{}`",
                    language.value
                ),
                "must be `eql`",
            )
            .related(kind.span, "the type"),
        );
        return None;
    }
    let Some(query) = get(entries, "query") else {
        reader.missing(rule.span, "a rule of type eql", "query");
        return None;
    };
    reader.filled(query, "`query`")?;
    let category = get(entries, "event_category_override")
        .and_then(|node| reader.filled(node, "`event_category_override`"));
    Some(Body::Eql(EqlBody {
        query: query.as_scalar()?.text.clone(),
        category_field: category.map_or_else(|| "event.category".to_owned(), |field| field.value),
        ecs: true,
        endpoint: false,
    }))
}
