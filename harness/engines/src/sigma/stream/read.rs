//! Correlation documents. Source: specification, "Sigma Correlation Rules".

use crate::QueryError;
use crate::sigma::document::Node;
use crate::sigma::only;
use crate::sigma::scalar::{Kind, Scalar};
use std::collections::HashSet;
use std::ops::Range;

/// A correlation as its document has it; `links` adds which documents its names mean.
#[derive(Clone, Debug)]
pub(super) struct Correlation {
    pub(super) rules: Vec<Reference>,
    /// Fields that make groups: names, and whether one is an alias.
    pub(super) group_by: Vec<String>,
    pub(super) aliases: Vec<Alias>,
    /// In milliseconds.
    pub(super) timespan: i64,
    pub(super) measure: Measure,
    pub(super) bounds: Vec<Bound>,
    /// C14.
    pub(super) generate: bool,
    /// The documents of `rules`.
    pub(super) documents: Vec<usize>,
}

/// A name of a rule, and where it stands in its document.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// A field's name in each of the rules.
#[derive(Clone, Debug)]
pub(super) struct Alias {
    pub(super) name: String,
    pub(super) fields: Vec<(Reference, String)>,
}

/// What a window is measured by.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Measure {
    Events,
    Values(Vec<String>),
    Sum(String),
    Average(String),
    Percentile(String, f64),
    /// How many of the rules match.
    Rules,
    Ordered,
}

/// One comparison of a condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bound {
    op: Op,
    value: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Gt,
    Gte,
    Lt,
    Lte,
    Eq,
    Neq,
}

impl Bound {
    #[expect(clippy::float_cmp, reason = "`eq` means equal")]
    pub(super) fn holds(self, value: f64) -> bool {
        match self.op {
            Op::Gt => value > self.value,
            Op::Gte => value >= self.value,
            Op::Lt => value < self.value,
            Op::Lte => value <= self.value,
            Op::Eq => value == self.value,
            Op::Neq => value != self.value,
        }
    }
}

/// A text or a number's text.
pub(super) fn text(node: &Node) -> Option<&str> {
    match node {
        Node::Scalar(scalar) => scalar.as_text(),
        Node::List(_) | Node::Map(_) => None,
    }
}

/// A text, or a list of them, which is not empty.
pub(super) fn texts<'n>(key: &Scalar, node: &'n Node) -> Result<Vec<&'n Scalar>, QueryError> {
    let items = match node {
        Node::List(items) => items.as_slice(),
        Node::Scalar(_) | Node::Map(_) => std::slice::from_ref(node),
    };
    let found: Option<Vec<&Scalar>> = items
        .iter()
        .map(|item| match item {
            Node::Scalar(scalar) if scalar.as_text().is_some() => Some(scalar),
            Node::Scalar(_) | Node::List(_) | Node::Map(_) => None,
        })
        .collect();
    match found {
        Some(found) if !found.is_empty() => Ok(found),
        Some(_) | None => Err(QueryError::new(
            format!("`{}` is a text or a list of texts", key.text),
            key.span.clone(),
        )),
    }
}

/// The same, each text once. Source: specification's JSON schema of correlations, `uniqueItems`.
fn distinct<'n>(key: &Scalar, node: &'n Node) -> Result<Vec<&'n Scalar>, QueryError> {
    let items = texts(key, node)?;
    let mut known = HashSet::new();
    match items.iter().find(|item| !known.insert(item.text.as_str())) {
        None => Ok(items),
        Some(again) => Err(QueryError::new(
            format!("`{}` stands twice in `{}`", again.text, key.text),
            again.span.clone(),
        )),
    }
}

const KEYS: [&str; 7] = [
    "type",
    "rules",
    "group-by",
    "timespan",
    "condition",
    "aliases",
    "generate",
];

pub(super) fn correlation(root: &Node) -> Result<Correlation, Vec<QueryError>> {
    let mut faults = Vec::new();
    let Some((key, node)) = only(root, "correlation", &mut faults) else {
        return Err(faults);
    };
    let Node::Map(entries) = node else {
        faults.push(QueryError::new("`correlation` is a map", key.span.clone()));
        return Err(faults);
    };
    for (key, _) in entries {
        if !KEYS.contains(&key.text.as_str()) {
            faults.push(QueryError::new(
                format!("`{}` is not expected in a correlation", key.text),
                key.span.clone(),
            ));
        }
    }
    let rules = only(node, "rules", &mut faults).map(|(key, node)| distinct(key, node));
    let group_by = optional(node, "group-by", &mut faults).map(|(key, node)| match node {
        Node::List(items) if items.is_empty() => Ok(Vec::new()),
        node => distinct(key, node),
    });
    let timespan = only(node, "timespan", &mut faults).map(|(key, node)| timespan(key, node));
    let aliases = optional(node, "aliases", &mut faults).map(|(key, node)| aliases(key, node));
    // Source: specification's JSON schema of correlations: `generate` stands beside `correlation`; pySigma reads it within.
    let generate =
        optional(node, "generate", &mut faults).or_else(|| optional(root, "generate", &mut faults));
    let generate = generate.map(|(key, node)| match node {
        Node::Scalar(scalar) => match scalar.kind {
            Kind::Bool(value) => Ok(value),
            _ => Err(QueryError::new(
                "`generate` is true or false",
                key.span.clone(),
            )),
        },
        _ => Err(QueryError::new(
            "`generate` is true or false",
            key.span.clone(),
        )),
    });
    let kind = only(node, "type", &mut faults);
    let condition = optional(node, "condition", &mut faults);
    let measured = kind.map(|(key, node)| measured(key, node, condition));
    let mut keep = Keep { faults };
    let (rules, group_by) = (keep.one(rules), keep.one(group_by));
    let (timespan, aliases) = (keep.one(timespan), keep.one(aliases));
    let (generate, measured) = (keep.one(generate), keep.one(measured));
    let mut faults = keep.faults;
    if let (Some(rules), Some(timespan), Some((measure, bounds)), true) =
        (rules, timespan, measured, faults.is_empty())
    {
        return Ok(Correlation {
            rules: rules.into_iter().map(reference).collect(),
            group_by: group_by
                .unwrap_or_default()
                .into_iter()
                .map(|field| field.text.clone())
                .collect(),
            aliases: aliases.unwrap_or_default(),
            timespan,
            measure,
            bounds,
            generate: generate.unwrap_or(false),
            documents: Vec::new(),
        });
    }
    faults.sort_by_key(|fault| fault.span.start);
    Err(faults)
}

/// Collects faults of parts.
struct Keep {
    faults: Vec<QueryError>,
}

impl Keep {
    fn one<T>(&mut self, part: Option<Result<T, QueryError>>) -> Option<T> {
        match part? {
            Ok(part) => Some(part),
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        }
    }
}

fn reference(scalar: &Scalar) -> Reference {
    Reference {
        text: scalar.text.clone(),
        span: scalar.span.clone(),
    }
}

/// The value of a key that may stand once.
fn optional<'n>(
    node: &'n Node,
    name: &'n str,
    faults: &mut Vec<QueryError>,
) -> Option<(&'n Scalar, &'n Node)> {
    node.all(name).next()?;
    only(node, name, faults)
}

/// Source: specification, "timespan": a number and `s`, `m`, `h` or `d`.
fn timespan(key: &Scalar, node: &Node) -> Result<i64, QueryError> {
    let fault = || {
        let message = "`timespan` is a number and a unit: s, m, h or d";
        QueryError::new(message, node.span().unwrap_or(key.span.clone()))
    };
    let text = text(node).ok_or_else(fault)?;
    let unit = match text.chars().next_back() {
        Some('s') => 1000,
        Some('m') => 60_000,
        Some('h') => 3_600_000,
        Some('d') => 86_400_000,
        _ => return Err(fault()),
    };
    let digits = text.get(..text.len() - 1).unwrap_or("");
    let number: i64 = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())
        .flatten()
        .filter(|number| *number > 0)
        .ok_or_else(fault)?;
    number.checked_mul(unit).ok_or_else(fault)
}

fn aliases(key: &Scalar, node: &Node) -> Result<Vec<Alias>, QueryError> {
    let fault = || {
        let message = "`aliases` maps names to the fields of rules";
        QueryError::new(message, key.span.clone())
    };
    let Node::Map(entries) = node else {
        return Err(fault());
    };
    let mut aliases: Vec<Alias> = Vec::new();
    for (name, fields) in entries {
        let Node::Map(fields) = fields else {
            return Err(fault());
        };
        if aliases.iter().any(|alias| alias.name == name.text) {
            let message = format!("the alias `{}` stands twice", name.text);
            return Err(QueryError::new(message, name.span.clone()));
        }
        let pair =
            |(rule, field): &(Scalar, Node)| Some((reference(rule), text(field)?.to_owned()));
        let fields: Option<Vec<_>> = fields.iter().map(pair).collect();
        aliases.push(Alias {
            name: name.text.clone(),
            fields: fields.ok_or_else(fault)?,
        });
    }
    Ok(aliases)
}

/// What the type and the condition ask for.
fn measured(
    key: &Scalar,
    node: &Node,
    condition: Option<(&Scalar, &Node)>,
) -> Result<(Measure, Vec<Bound>), QueryError> {
    let kind = text(node).unwrap_or("");
    let at = node.span().unwrap_or(key.span.clone());
    let known = [
        "event_count",
        "value_count",
        "temporal",
        "temporal_ordered",
        "value_sum",
        "value_avg",
        "value_percentile",
        "value_median",
    ];
    if !known.contains(&kind) {
        let message = format!("unknown type of correlation `{kind}`");
        return Err(QueryError::new(message, at));
    }
    let temporal = matches!(kind, "temporal" | "temporal_ordered");
    let asked = match condition {
        Some((key, node)) => asked(key, node)?,
        None if temporal => Asked::default(),
        None => {
            return Err(QueryError::new(format!("`{kind}` needs a `condition`"), at));
        }
    };
    let at = condition.map_or(at, |(key, _)| key.span.clone());
    let fault = |message: String| Err(QueryError::new(message, at.clone()));
    if asked.bounds.is_empty() && !temporal {
        return fault("the condition compares with nothing".to_owned());
    }
    let field = || match asked.fields.as_slice() {
        [only] => Ok(only.clone()),
        _ => Err(QueryError::new(
            format!("`{kind}` needs one `field` in its condition"),
            at.clone(),
        )),
    };
    let takes_field = kind.starts_with("value_");
    if !takes_field && !asked.fields.is_empty() {
        return fault(format!("`{kind}` takes no `field`"));
    }
    if asked.percentile.is_some() && kind != "value_percentile" {
        return fault(format!("`{kind}` takes no `percentile`"));
    }
    let measure = match kind {
        "event_count" => Measure::Events,
        "value_count" if asked.fields.is_empty() => {
            return fault("`value_count` needs a `field` in its condition".to_owned());
        }
        "value_count" => Measure::Values(asked.fields),
        "value_sum" => Measure::Sum(field()?),
        "value_avg" => Measure::Average(field()?),
        // C8: the median is percentile 50.
        "value_median" => Measure::Percentile(field()?, 50.0),
        "value_percentile" => match asked.percentile {
            Some(percent) => Measure::Percentile(field()?, percent),
            // C9.
            None => {
                return fault(
                    "`value_percentile` needs a `percentile` in its condition".to_owned(),
                );
            }
        },
        "temporal" => Measure::Rules,
        _ordered => Measure::Ordered,
    };
    Ok((measure, asked.bounds))
}

/// What stands in a condition.
#[derive(Default)]
struct Asked {
    bounds: Vec<Bound>,
    fields: Vec<String>,
    percentile: Option<f64>,
}

fn asked(key: &Scalar, node: &Node) -> Result<Asked, QueryError> {
    let Node::Map(entries) = node else {
        return Err(QueryError::new(
            "the condition of a correlation is a map: `gte: 5`",
            key.span.clone(),
        ));
    };
    let mut asked = Asked::default();
    let mut seen: Vec<&str> = Vec::new();
    for (key, value) in entries {
        let name = key.text.as_str();
        if seen.contains(&name) {
            let message = format!("the key `{name}` stands twice");
            return Err(QueryError::new(message, key.span.clone()));
        }
        seen.push(name);
        let op = match name {
            "gt" => Op::Gt,
            "gte" => Op::Gte,
            "lt" => Op::Lt,
            "lte" => Op::Lte,
            "eq" => Op::Eq,
            "neq" => Op::Neq,
            "field" => {
                let fields = texts(key, value)?;
                asked.fields = fields.into_iter().map(|field| field.text.clone()).collect();
                continue;
            }
            "percentile" => {
                let percent = number(value).filter(|percent| (0.0..=100.0).contains(percent));
                if percent.is_none() {
                    let message = "`percentile` is a number from 0 to 100";
                    return Err(QueryError::new(message, key.span.clone()));
                }
                asked.percentile = percent;
                continue;
            }
            other => {
                return Err(QueryError::new(
                    format!("`{other}` is not expected in a condition"),
                    key.span.clone(),
                ));
            }
        };
        let Some(value) = number(value) else {
            let message = format!("`{name}` compares with a number");
            return Err(QueryError::new(message, key.span.clone()));
        };
        asked.bounds.push(Bound { op, value });
    }
    Ok(asked)
}

fn number(node: &Node) -> Option<f64> {
    match node {
        Node::Scalar(scalar) => {
            scalar.number()?;
            scalar.text.parse().ok()
        }
        Node::List(_) | Node::Map(_) => None,
    }
}
