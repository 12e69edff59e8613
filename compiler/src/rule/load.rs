//! A file to its rules: which form it has, and what its documents have to do with each other.

use crate::codes::rule as codes;
use crate::diagnostic::Diagnostic;
use crate::rule::draft::derived_id;
use crate::rule::filter::{self, Filter};
use crate::rule::node::{Entry, Node, NodeKind};
use crate::rule::pack::{self, Pack};
use crate::rule::reader::Reader;
use crate::rule::{Rule, elastic_toml, sigma_yaml, toml, verdict_yaml, yaml};
use crate::span::{Source, Span};
use std::collections::HashMap;

/// What came of a file.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The rules whose id, name and body could be read, in file order. Where [`Loaded::diagnostics`] holds errors, they are here only so that
    /// their bodies can be checked as well.
    pub rules: Vec<Rule>,
    /// Filters, in file order.
    pub filters: Vec<Filter>,
    /// Everything found, in file order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads a rule file: our YAML, plain Sigma YAML or Elastic TOML. A name that ends in `.toml` is TOML, one that ends in `.yml` or `.yaml` is not; any
/// other text is TOML if it begins with a table of Elastic's. Each YAML document is judged by its keys.
pub fn load(source: &Source) -> Loaded {
    let mut reader = Reader::default();
    let mut filters = Vec::new();
    let rules = if is_toml(source) {
        match toml::document(&source.text) {
            Ok(document) => elastic_toml::read(&mut reader, &document)
                .into_iter()
                .collect(),
            Err(found) => {
                reader.found = found;
                Vec::new()
            }
        }
    } else {
        match yaml::documents(&source.text) {
            Ok(documents) => read_documents(&mut reader, source, &documents, &mut filters),
            Err(found) => {
                reader.found = found;
                Vec::new()
            }
        }
    };
    Loaded {
        rules,
        filters,
        diagnostics: sorted(reader.found),
    }
}

/// Loads a `pack.yml`. The pack is None if a required key is missing, which is then reported.
pub fn load_pack(source: &Source) -> (Option<Pack>, Vec<Diagnostic>) {
    let mut reader = Reader::default();
    let documents = match yaml::documents(&source.text) {
        Ok(documents) => documents,
        Err(found) => return (None, sorted(found)),
    };
    let pack = match documents.as_slice() {
        [document] => pack::read(&mut reader, document),
        [] => {
            no_rule(&mut reader, Span::default(), "the file is empty");
            None
        }
        [_, second, ..] => {
            no_rule(&mut reader, second.span, "a pack is one document");
            None
        }
    };
    (pack, sorted(reader.found))
}

fn sorted(mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    found.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.code));
    found
}

fn is_toml(source: &Source) -> bool {
    let ending = source
        .name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("toml") => true,
        Some("yml" | "yaml") => false,
        _ => {
            let mut lines = source.text.lines().map(str::trim);
            let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
            matches!(first, Some("[metadata]" | "[rule]"))
        }
    }
}

fn no_rule(reader: &mut Reader, span: Span, reason: &str) {
    reader.push(Diagnostic::error(
        codes::NO_RULE,
        Span::new(span.start, span.start),
        codes::NO_RULE.title,
        reason,
    ));
}

/// Documents that Sigma's `action` carries over to later ones.
#[derive(Default)]
struct Carried {
    global: Option<Node>,
    previous: Option<Node>,
    /// How many nodes were copied so far.
    copied: usize,
}

/// What a document may do to later ones.
const ACTIONS: [&str; 3] = ["global", "reset", "repeat"];

/// How many nodes may be carried over, together.
const MAX_COPIED: usize = 100_000;

fn read_documents(
    reader: &mut Reader,
    source: &Source,
    documents: &[Node],
    filters: &mut Vec<Filter>,
) -> Vec<Rule> {
    let mut carried = Carried::default();
    let mut ids = HashMap::new();
    let mut rules = Vec::new();
    let mut any = false;
    for document in documents {
        // A file may end in `---`, and editors leave empty documents behind.
        if document.is_null() {
            continue;
        }
        any = true;
        if !sigma_yaml::is_sigma(document) && carried.global.is_none() {
            let rule = verdict_yaml::read(reader, document);
            let rule = rule.and_then(|rule| unique(reader, &mut ids, document, document, rule));
            rules.extend(rule);
            continue;
        }
        // Left alone, a slip would take what the document carries over from its rules.
        let action = document.get("action").filter(|action| !action.is_null());
        let known = |word: &str| ACTIONS.contains(&word).then_some(());
        if action.is_some_and(|action| {
            let read = reader.choice(action, "`action`", &ACTIONS, known);
            read.is_none()
        }) {
            continue;
        }
        let Some(merged) = carried.take(document) else {
            continue;
        };
        if carried.copied > MAX_COPIED {
            let start = Span::new(document.span.start, document.span.start);
            let reason = format!("more than {MAX_COPIED} in all");
            let code = codes::TOO_MANY_COPIES;
            reader.push(Diagnostic::error(code, start, code.title, reason));
            break;
        }
        if merged.get("filter").is_some() {
            filters.extend(filter::read(reader, source, &merged));
            continue;
        }
        let rule = sigma_yaml::read(reader, source, &merged);
        let rule = rule.and_then(|rule| unique(reader, &mut ids, document, &merged, rule));
        rules.extend(rule);
    }
    if !any {
        no_rule(reader, Span::default(), "there is nothing in the file");
    }
    rules
}

impl Carried {
    /// The document with what earlier ones carry over; None if it is there only for later ones.
    fn take(&mut self, document: &Node) -> Option<Node> {
        let action = document
            .get("action")
            .and_then(Node::as_scalar)
            .map(|scalar| scalar.text.text.as_str());
        match action {
            Some("global") => {
                self.global = Some(self.with_global(document));
                // A `repeat` right behind repeats what is carried over.
                self.previous.clone_from(&self.global);
                return None;
            }
            Some("reset") => {
                self.global = None;
                return None;
            }
            Some("repeat") => {
                let base = self.previous.take();
                self.copied += base.as_ref().map_or(0, yaml::size);
                self.previous = Some(match base {
                    Some(base) => merge(&base, document),
                    None => document.clone(),
                });
            }
            Some(_) | None => self.previous = Some(self.with_global(document)),
        }
        self.previous.clone()
    }

    fn with_global(&mut self, document: &Node) -> Node {
        match &self.global {
            Some(global) => {
                self.copied += yaml::size(global);
                merge(global, document)
            }
            None => document.clone(),
        }
    }
}

/// Mappings are merged key by key, everything else is replaced; `action` is left behind.
fn merge(base: &Node, over: &Node) -> Node {
    let (Some(below), Some(above)) = (base.as_map(), over.as_map()) else {
        return over.clone();
    };
    let mut entries: Vec<Entry> = below.to_vec();
    let places = below.iter().enumerate();
    let places: HashMap<&str, usize> = places.map(|(at, entry)| (entry.key.as_str(), at)).collect();
    for entry in above {
        let known = places.get(entry.key.as_str()).copied();
        match known.and_then(|at| entries.get_mut(at)) {
            Some(known) => {
                known.value = merge(&known.value, &entry.value);
                known.key_span = entry.key_span;
            }
            None => entries.push(entry.clone()),
        }
    }
    entries.retain(|entry| entry.key != "action");
    Node {
        kind: NodeKind::Map(entries),
        span: over.span,
    }
}

/// Keeps ids apart. A document that has its id from an `action: global` one is a rule of its own and gets an id of its own, unless it is the first.
fn unique(
    reader: &mut Reader,
    ids: &mut HashMap<String, Span>,
    document: &Node,
    merged: &Node,
    mut rule: Rule,
) -> Option<Rule> {
    let here = merged.get("id").map_or(document.span, |node| node.span);
    let Some(first) = ids.get(&rule.id).copied() else {
        ids.insert(rule.id.clone(), here);
        return Some(rule);
    };
    if document.get("id").is_some() || merged.get("id").is_none() {
        reader.push(
            Diagnostic::error(
                codes::DUPLICATE_ID,
                here,
                format!("two rules have the id {}", rule.id),
                "an id belongs to one rule",
            )
            .related(first, "first here"),
        );
        return None;
    }
    let start = Span::new(document.span.start, document.span.start);
    rule.id = derived_id(&format!("{} {}", rule.id, ids.len()));
    reader.push(
        Diagnostic::note(
            codes::DERIVED_ID,
            start,
            "the document has no id of its own, so one was made",
            rule.id.clone(),
        )
        .related(first, "this id belongs to the first rule"),
    );
    ids.insert(rule.id.clone(), start);
    Some(rule)
}
