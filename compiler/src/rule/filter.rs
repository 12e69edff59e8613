//! Filters: what is taken away from rules, Sigma's filter documents and a pack's exceptions alike.

use crate::codes::rule as codes;
use crate::diagnostic::Diagnostic;
use crate::rule::draft::derived_id;
use crate::rule::located::Located;
use crate::rule::node::{Entry, Node, NodeKind};
use crate::rule::reader::{Reader, get};
use crate::rule::{Logsource, Rule, sigma_yaml};
use crate::span::{Source, Span};

/// Events that rules leave out.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// The UUID; made of its text where it has none.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Where it applies: rules whose logsource has every key of this one. Empty: everywhere.
    pub logsource: Logsource,
    /// Which rules it is for, by id or name; None: every rule.
    pub rules: Option<Vec<Located<String>>>,
    /// Its detections and condition, as a rule's `detection:`.
    pub detection: Node,
    /// Where it stands.
    pub span: Span,
}

impl Filter {
    /// Whether it names a rule, or is for every rule.
    pub fn names(&self, rule: &Rule) -> bool {
        self.rules
            .as_ref()
            .is_none_or(|names| names.iter().any(|name| rule.is_called(&name.value)))
    }

    /// Whether it applies where a rule looks.
    pub fn applies_to(&self, logsource: &Logsource) -> bool {
        let agrees = |own: &Option<String>, of_rule: &Option<String>| {
            own.is_none()
                || own.as_ref().map(|own| own.to_lowercase())
                    == of_rule.as_ref().map(|of_rule| of_rule.to_lowercase())
        };
        agrees(&self.logsource.category, &logsource.category)
            && agrees(&self.logsource.product, &logsource.product)
            && agrees(&self.logsource.service, &logsource.service)
    }
}

/// Reads a filter document.
pub(crate) fn read(reader: &mut Reader, source: &Source, document: &Node) -> Option<Filter> {
    let entries = reader.map(document, "a filter")?;
    for key in ["title", "logsource"] {
        if get(entries, key).is_none() {
            reader.missing(document.span, "a filter", key);
        }
    }
    let title = get(entries, "title").and_then(|node| reader.filled(node, "`title`"))?;
    let written = get(entries, "id").filter(|node| !node.is_null());
    let id = if let Some(node) = written {
        reader.uuid(node, "`id`")?.value
    } else {
        let text = source.text.get(document.span.start..document.span.end);
        derived_id(text.unwrap_or_default())
    };
    let logsource =
        get(entries, "logsource").and_then(|node| sigma_yaml::logsource(reader, node))?;
    let section = get(entries, "filter")?;
    let within = reader.map(section, "`filter`")?;
    let Some(names) = get(within, "rules") else {
        let reason = "`rules` is missing";
        reader.push(shape(section.span, reason, "name the rules that it is for"));
        return None;
    };
    let rules = named(reader, names)?;
    Some(Filter {
        id,
        title: title.value,
        logsource,
        rules,
        detection: detection(section, within),
        span: document.span,
    })
}

/// Reads a pack's `exceptions:`.
pub(crate) fn read_exceptions(reader: &mut Reader, node: &Node) -> Vec<Filter> {
    let Some(items) = node.as_list() else {
        if !node.is_null() {
            reader.push(exception_shape(node.span, "not a list"));
        }
        return Vec::new();
    };
    let read = items.iter().enumerate();
    let read = read.filter_map(|(number, item)| exception(reader, number, item));
    read.collect()
}

fn exception(reader: &mut Reader, number: usize, item: &Node) -> Option<Filter> {
    let Some(entries) = item.as_map() else {
        reader.push(exception_shape(item.span, "not a mapping"));
        return None;
    };
    let title = match get(entries, "name") {
        Some(node) => reader.filled(node, "an exception's `name`")?.value,
        None => format!("exception {}", number + 1),
    };
    let rules = match get(entries, "rules") {
        Some(node) => named(reader, node)?,
        None => None,
    };
    let content: Vec<Entry> = entries
        .iter()
        .filter(|entry| entry.key != "name")
        .cloned()
        .collect();
    Some(Filter {
        id: derived_id(&format!("{title} {number}")),
        title,
        logsource: Logsource::default(),
        rules,
        detection: detection(item, &content),
        span: item.span,
    })
}

/// `any`, or names of rules.
#[expect(clippy::option_option, reason = "unreadable, or any rule, or some")]
fn named(reader: &mut Reader, node: &Node) -> Option<Option<Vec<Located<String>>>> {
    let any = node
        .as_scalar()
        .is_some_and(|scalar| scalar.text.text.eq_ignore_ascii_case("any"));
    if any {
        return Some(None);
    }
    let names = reader.one_or_more(node, "`rules`");
    if names.is_empty() {
        reader.push(shape(
            node.span,
            "no rule is named",
            "name the rules, or write `any`",
        ));
        return None;
    }
    Some(Some(names))
}

/// What is left of a section without `rules`: detections and a condition.
fn detection(section: &Node, entries: &[Entry]) -> Node {
    let kept = entries.iter().filter(|entry| entry.key != "rules");
    Node {
        kind: NodeKind::Map(kept.cloned().collect()),
        span: section.span,
    }
}

fn shape(span: Span, reason: &str, hint: &str) -> Diagnostic {
    let code = codes::FILTER_SHAPE;
    Diagnostic::error(code, span, code.title, reason).hint(hint)
}

fn exception_shape(span: Span, reason: &str) -> Diagnostic {
    let code = codes::EXCEPTION_SHAPE;
    Diagnostic::error(code, span, code.title, reason)
        .hint("write a list of detections with a condition each")
}
